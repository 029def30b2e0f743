/**
 * The table of docs/retries.md, row by row.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import { MaxBodySize } from "effect/http/HttpIncomingMessage";
import * as ByteSize from "effect/ByteSize";
import assert from "node:assert/strict";
import { jobs } from "../../mod.ts";
import {
  html,
  ok,
  refusal,
  refused,
  type Reply,
  reset,
  session,
  transport,
  untrusted,
  virtually,
} from "../support/fixtures.ts";

const bytes = new TextEncoder().encode('{"data":{"id":5,"name":"?"}}').map((byte) => byte === 63 ? 0xff : byte);

/** What stands in the table's first column, as answers. */
const came: Readonly<Record<string, ReadonlyArray<Reply>>> = {
  "400, 409, 422": [refusal(400), refusal(409), refusal(422)],
  "401": [refusal(401), html(401)],
  "403": [refusal(403), html(403)],
  "404": [refusal(404), html(404)],
  "3xx": [301, 302, 303, 307, 308].map((status) => ({ status, headers: { location: "https://example.com/" } })),
  "408": [refusal(408)],
  "429": [refusal(429), { status: 429, headers: { "retry-after": "3" } }],
  "500": [refusal(500), html(500)],
  "501": [refusal(501)],
  "502, 504": [html(502), html(504)],
  "503": [refusal(503), html(503)],
  "503 with Retry-After": [{ status: 503, headers: { "retry-after": "3" } }],
  "505": [refusal(505)],
  "a connection that was never made": [refused],
  "a certificate that is not the host's": [untrusted],
  "a connection that broke": [reset, { status: 200, chunks: ['{"data":', reset] }],
  "no answer in time": ["silence", { status: 200, chunks: ['{"data":', null] }],
  "an empty or a cut answer": [{ status: 200, body: "" }, { status: 200, body: '{"data":{"id":5' }],
  "204 where something should come": [{ status: 204 }],
  "an answer of another shape": [ok({ id: "five" }), ok(null), ok([]), { status: 200, body: "null" }, html(200)],
  "an answer that is not UTF-8": [{ status: 200, chunks: [bytes] }],
  "an answer longer than 64 MiB": [ok({ id: 5, name: "a".repeat(2000) })],
  "200 whose envelope says it failed": [],
};

const page = await Deno.readTextFile(new URL("../../docs/retries.md", import.meta.url));
const rows = page.slice(page.indexOf("| What came"), page.indexOf("A file is sent for again")).trim().split("\n")
  .slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", "")));

Deno.test("docs/retries.md has the rows that are tried here, each with its reason", () => {
  assert.deepEqual(
    rows.map(([what]) => what).toSorted(),
    Object.keys(came).toSorted(),
    "add a row that is tried to the table of docs/retries.md, and what comes of a row of that table to `came` in " +
      "tests/contracts/retry_table_test.ts",
  );
  const short = rows.filter((cells) => cells.length !== 4 || cells.includes(""));
  assert.deepEqual(short, [], "fill in all four cells of these rows in docs/retries.md");
});

const calls = { read: jobs.get({ job_id: 5 }), write: jobs.trigger({ job_id: 5, cause: "test" }) };

for (const [what = "", read = "", write = ""] of rows) {
  Deno.test(`A request after ${what}: a read is "${read}", a write is "${write}"`, async () => {
    for (const [verb, cell] of [["read", read], ["write", write]] as const) {
      for (const reply of came[what] ?? []) {
        const net = transport((_, index) => index === 0 ? reply : ok({ id: 5 }));
        const small = what.includes("64 MiB") ? ByteSize.fromInputUnsafe(1000) : undefined;
        const call = Effect.provide(calls[verb], Layer.merge(session(net), Layer.succeed(MaxBodySize, small)));
        const { result } = await virtually(call);
        const ended = Result.isSuccess(result) ? "again" : result.failure.reason._tag;
        assert.deepEqual(
          [ended, net.sent.length],
          [cell, cell === "again" ? 2 : 1],
          `${verb}: ${Deno.inspect(reply)}. Correct the cell in docs/retries.md, or \`isTransient\` in lib/error.ts`,
        );
      }
    }
  });
}

Deno.test("A 200 whose envelope says that it failed is treated as its code is", async () => {
  for (const [what = "", read, write] of rows) {
    const code = Number(/^\d{3}$/.exec(what)?.[0]);
    if (Number.isNaN(code)) continue;
    for (const [verb, cell] of [["read", read], ["write", write]] as const) {
      const body = { status: { code, is_success: false, user_message: "No." }, data: null };
      const net = transport((_, index) => index === 0 ? { status: 200, body } : ok({ id: 5 }));
      const { result } = await virtually(Effect.provide(calls[verb], session(net)));
      const ended = Result.isSuccess(result) ? "again" : result.failure.reason._tag;
      assert.deepEqual([ended, net.sent.length], [cell, cell === "again" ? 2 : 1], `${code} ${verb}`);
    }
  }
});
