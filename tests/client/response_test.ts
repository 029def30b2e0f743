/**
 * How answers are read, and what errors say.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { type Dbt, type DbtError, jobs } from "../../mod.ts";
import { fails, html, ok, refusal, type Reply, session, succeeds, transport } from "../support/fixtures.ts";

const get: Effect.Effect<unknown, DbtError, Dbt> = jobs.get({ job_id: 5 });
const trigger: Effect.Effect<unknown, DbtError, Dbt> = jobs.trigger({ job_id: 5, cause: "test" });

/** The reason for which a call fails that is answered so, and how often it was sent. */
async function reasonFor(reply: Reply, call: Effect.Effect<unknown, DbtError, Dbt> = get): Promise<unknown> {
  const net = transport(() => reply);
  const { reason } = await fails(Effect.provide(call, session(net)));
  assert.equal(net.sent.length, 1);
  return reason;
}

Deno.test("An answer comes as it was sent, with keys at any depth that nobody knows", async () => {
  const page = {
    status: { code: 200, is_success: true, trace: "a1" },
    data: [{ id: 5, name: null, brand_new: { deep: [1, { er: true }] }, settings: { threads: 4, colour: "red" } }],
    extra: { filters: { limit: 100 }, pagination: { count: 1, total_count: 1, cursor: "x" }, more: 1 },
    beside: [null],
  };
  const net = transport(() => ({ status: 200, body: page }));
  assert.deepEqual(await succeeds(Effect.provide(jobs.list({}), session(net))), page);
});

Deno.test("A list whose data is null or absent has no rows", async () => {
  for (const body of [{ status: { code: 200 }, data: null, extra: { more: 1 } }, { extra: { more: 1 } }]) {
    const net = transport(() => ({ status: 200, body }));
    assert.deepEqual(await succeeds(Effect.provide(jobs.list({}), session(net))), { ...body, data: [] });
  }
});

Deno.test("jobs.delete() answers the job, or nothing", async () => {
  for (
    const [reply, answer] of [
      [ok({ id: 5, state: 2 }), { id: 5, state: 2 }],
      [ok(null), undefined],
      [{ status: 204 }, undefined],
    ] as const
  ) {
    const net = transport(() => reply);
    assert.deepEqual(await succeeds(Effect.provide(jobs.delete({ job_id: 5 }), session(net))), answer);
  }
});

Deno.test("A refusal keeps dbt's words", async () => {
  const host = "ab123.us1.dbt.com";
  const fields = { name: ["This field is required."] };
  const cases = (path: string): ReadonlyArray<readonly [Reply, unknown]> => [
    [refusal(401, "Invalid token"), { _tag: "Unauthorized", status: 401, host, user_message: "Invalid token" }],
    [refusal(403, "Forbidden: Access denied"), {
      _tag: "Forbidden",
      status: 403,
      user_message: "Forbidden: Access denied",
    }],
    [refusal(404, "Not found."), {
      _tag: "NotFound",
      status: 404,
      host,
      path,
      enveloped: true,
      user_message: "Not found.",
    }],
    [html(404), { _tag: "NotFound", status: 404, host, path, enveloped: false }],
    [{ status: 404, body: { detail: "Not found." } }, { _tag: "NotFound", status: 404, host, path, enveloped: false }],
    [refusal(400, "Invalid", fields), { _tag: "Invalid", status: 400, user_message: "Invalid", data: fields }],
    [refusal(409), { _tag: "Invalid", status: 409, user_message: "No.", data: null }],
    [html(413), { _tag: "Invalid", status: 413 }],
  ];
  for (const [reply, reason] of cases("/api/v2/accounts/7/jobs/5/")) {
    assert.deepEqual(await reasonFor(reply), reason);
  }
  for (const [reply, reason] of cases("/api/v2/accounts/7/jobs/5/run/")) {
    assert.deepEqual(await reasonFor(reply, trigger), reason);
  }
});

Deno.test("An error says what failed, what came back and what to try", async () => {
  const cases: ReadonlyArray<readonly [Reply, string]> = [
    [
      refusal(404, "Not found."),
      "jobs.get: Not found, or not visible to this token (404: Not found): /api/v2/accounts/7/jobs/5/. " +
      "Check the ids, the account and the token's permissions.",
    ],
    [
      html(404),
      "jobs.get: ab123.us1.dbt.com has no such route (404 without dbt's envelope): /api/v2/accounts/7/jobs/5/. " +
      "Check the host.",
    ],
    [refusal(400, "Bad.", { name: ["No."] }), 'jobs.get: Refused (400: Bad). {"name":["No."]}'],
    [
      { status: 301 },
      "jobs.get: ab123.us1.dbt.com redirects elsewhere (301), which is not followed. Check the host.",
    ],
  ];
  for (const [reply, message] of cases) {
    const net = transport(() => reply);
    assert.equal((await fails(Effect.provide(get, session(net)))).message, message);
  }
});

Deno.test("An envelope that says failure is one, whatever the HTTP status", async () => {
  const envelope = (code: number | undefined): Reply => ({
    status: 200,
    body: { status: { code, is_success: false, user_message: "No." }, data: null },
  });
  const host = "ab123.us1.dbt.com";
  assert.deepEqual(await reasonFor(envelope(404)), {
    _tag: "NotFound",
    status: 404,
    host,
    path: "/api/v2/accounts/7/jobs/5/",
    enveloped: true,
    user_message: "No.",
  });
  for (const code of [200, undefined]) {
    const invalid = { _tag: "Invalid", status: 200, user_message: "No.", data: null };
    assert.deepEqual(await reasonFor(envelope(code)), invalid);
    assert.deepEqual(await reasonFor(envelope(code), trigger), invalid);
  }
  assert.deepEqual(await reasonFor(envelope(500), trigger), { _tag: "Ambiguous", status: 500, detail: "500: No." });
});

Deno.test("An answer of another shape is Undecodable, and says where", async () => {
  assert.deepEqual(await reasonFor({ status: 200, body: "<!doctype html><p>Sign in</p>" }), {
    _tag: "Undecodable",
    status: 200,
    detail: "it is HTML, not JSON. Check the host",
    truncated: false,
  });
  assert.deepEqual(await reasonFor(ok({ id: "five" })), {
    _tag: "Undecodable",
    status: 200,
    detail: 'Expected number at ["id"]',
    truncated: false,
  });
});
