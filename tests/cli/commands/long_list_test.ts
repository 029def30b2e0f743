/**
 * Long lists on the command line: written as they come, so that they take no more memory than short ones.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import * as Sink from "effect/Sink";
import * as Stdio from "effect/Stdio";
import assert from "node:assert/strict";
import { run } from "../../../lib/cli/main.ts";
import { Transport } from "../../../lib/cli/commands/with_dbt.ts";
import { platform } from "../../../lib/cli/platform.ts";
import { command } from "../../support/command.ts";
import { ok, secret, type Sent, transport, virtually } from "../../support/fixtures.ts";

const env = {
  HOME: "/nonexistent",
  DBT_CLOUD_HOST: "ab123.us1.dbt.com",
  DBT_CLOUD_SERVICE_TOKEN: secret,
  DBT_CLOUD_ACCOUNT_ID: "7",
  DBTC_REQUESTS_PER_MINUTE: "1000000",
};

/** Answers a page of so many rows. */
function paged(total: number, row: (id: number) => object): (sent: Sent) => ReturnType<typeof ok> {
  return ({ url }) => {
    const offset = Number(url.searchParams.get("offset"));
    const rows = Array.from({ length: Math.min(100, total - offset) }, (_, index) => row(offset + index + 1));
    return ok(rows, { pagination: { total_count: total } });
  };
}

/** Runs a command, and tells how many requests were out at each write. */
async function writes(argv: ReadonlyArray<string>, total: number) {
  const net = transport(paged(total, (id) => ({ id, name: `Job ${id}` })));
  const seen: Array<{ readonly requests: number; readonly lines: number }> = [];
  const stdout = Sink.forEach((text: string | Uint8Array) =>
    Effect.sync(() => {
      seen.push({ requests: net.sent.length, lines: String(text).split("\n").length - 1 });
    })
  );
  const stdio = Stdio.layerTest({ args: Effect.succeed(argv), stdout: () => stdout });
  const code = await Effect.runPromise(
    run(argv).pipe(
      Effect.provideService(Transport, Effect.succeed(net.layer)),
      Effect.provide(Layer.mergeAll(
        platform,
        stdio,
        ConfigProvider.layer(ConfigProvider.fromEnv({ env })),
      )),
    ),
  );
  assert.equal(code, 0);
  return { seen, requests: net.sent.length };
}

for (const [format, header] of [["jsonl", 0], ["csv", 1]] as const) {
  Deno.test(`--format ${format} writes the rows of a long list as they come`, async () => {
    const { requests, seen } = await writes(["jobs", "list", "--all", "--format", format], 20_000);
    assert(requests >= 202 && requests <= 204, `${requests} requests`);
    assert.equal(seen.reduce((sum, { lines }) => sum + lines, 0), 20_000 + header);
    // No page waits for others than those that are fetched ahead of it.
    const kept = seen.map(({ requests }, index) => requests - index);
    assert(Math.max(...kept) < 60, `${Math.max(...kept)} pages were kept`);
    assert(Math.max(...seen.map(({ lines }) => lines)) <= 100 + header);
  });
}

/** Runs a command over rows of one's own. */
function commanded(argv: ReadonlyArray<string>, total: number, row: (id: number) => object) {
  return Effect.runPromise(command(argv, { env }).pipe(Effect.provide(transport(paged(total, row)).layer)));
}

Deno.test("--format csv has the columns of the first page, and says which fields came later", async () => {
  const late = (id: number) => id > 150 ? { id, name: "b", x_new: 1, x_other: 2 } : { id, name: "a" };
  const argv = ["jobs", "list", "--all", "--format", "csv"];
  const { code, stderr, stdout } = await commanded(argv, 200, late);
  assert.deepEqual([code, stderr], [
    0,
    "Left out, because the first rows do not have them: x_new, x_other. To print them, name them in --fields\n",
  ]);
  assert.deepEqual(stdout.split("\n"), [
    "id,name",
    ...Array.from({ length: 200 }, (_, index) => `${index + 1},${index < 150 ? "a" : "b"}`),
    "",
  ]);
  const named = await commanded([...argv, "--fields", "id,name"], 200, late);
  assert.deepEqual([named.stdout, named.stderr], [stdout, ""]);
});

Deno.test("--format csv of no rows prints the header, for a reader that expects one", async () => {
  const none = (...argv: ReadonlyArray<string>) =>
    commanded(["jobs", "list", "--format", "csv", ...argv], 0, () => ({}));
  assert.deepEqual(await none("--fields", "id,name"), { code: 0, stdout: "id,name\n", stderr: "" });
  assert.match((await none()).stdout, /^id,account_id,name,[a-z_,]+\n$/);
});

Deno.test("--format json writes a list as it comes, in the form of the whole", async () => {
  const rows = async (count: number) =>
    (await commanded(["jobs", "list", "--all", "--format", "json", "--fields", "id"], count, (id) => ({ id }))).stdout;
  for (const count of [0, 1, 100, 250]) {
    const whole = JSON.stringify(Array.from({ length: count }, (_, index) => ({ id: index + 1 })), null, 2);
    assert.equal(await rows(count), `${whole}\n`);
  }
});

Deno.test("--format csv writes nothing when --fields is mistaken", async () => {
  const { code, stdout } = await commanded(["jobs", "list", "--format", "csv", "--fields", "nme"], 5, (id) => ({ id }));
  assert.deepEqual([code, stdout], [2, ""]);
});

Deno.test("a list that takes longer than a second counts its rows on stderr of a terminal", async () => {
  const net = transport((sent) => {
    const answer = paged(1000, (id) => ({ id, name: `Job ${id}` }))(sent);
    return typeof answer === "object" && "status" in answer ? { ...answer, after: 0.5 } : answer;
  });
  const run = command(["jobs", "list", "--all"], { env, terminal: true, columns: 80 });
  const { result } = await virtually(Effect.provide(run, net.layer));
  const { stderr } = Result.getOrThrow(result);
  assert(stderr.includes("\r\u001b[2K") && /[\d,]+ of 1,000 rows/.test(stderr), JSON.stringify(stderr));
  // What was counted is erased.
  assert(stderr.endsWith("\r\u001b[2K"), JSON.stringify(stderr));
  const quick = await Effect.runPromise(Effect.provide(run, transport(paged(100, (id) => ({ id }))).layer));
  assert.equal(quick.stderr, "");
});
