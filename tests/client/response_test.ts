/**
 * How answers are read, and what errors say.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import assert from "node:assert/strict";
import { Dbt, type DbtError, jobs, type Reason, runs } from "../../mod.ts";
import { fails, html, ok, refusal, type Reply, session, succeeds, transport } from "../support/fixtures.ts";

const get: Effect.Effect<unknown, DbtError, Dbt> = jobs.get({ job_id: 5 });
const trigger: Effect.Effect<unknown, DbtError, Dbt> = jobs.trigger({ job_id: 5, cause: "test" });

/** The reason for which a call fails that is answered so, and how often it was sent. */
async function reasonFor(reply: Reply, call: Effect.Effect<unknown, DbtError, Dbt> = get): Promise<Reason> {
  const net = transport(() => reply);
  const { reason } = await fails(Effect.provide(call, session(net, { retry: Schedule.recurs(0) })));
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
    [{ status: 404, body: { detail: "Not found." } }, {
      _tag: "NotFound",
      status: 404,
      host,
      path,
      enveloped: false,
      user_message: "Not found.",
    }],
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

Deno.test("An error repeats all that dbt Cloud says, in whatever form, and each thing once", async () => {
  const envelope = (user_message: string, developer_message: string, data: unknown) => ({
    status: { code: 400, is_success: false, user_message, developer_message },
    data,
  });
  const scim = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: "409",
    scimType: "uniqueness",
    detail: "User exists",
  };
  const said: ReadonlyArray<readonly [status: number, body: unknown, message: string]> = [
    [400, envelope("Bad request.", 'no field "x"', null), 'Refused (400: Bad request). no field "x".'],
    [400, envelope("Bad request.", "Bad request.", {}), "Refused (400: Bad request)."],
    [400, envelope("Bad: name is taken", "", { reason: "name is taken" }), "Refused (400: Bad: name is taken)."],
    [400, envelope("", "no user_message", { a: 1 }), 'Refused (400). no user_message. {"a":1}'],
    [403, envelope("No.", "needs job_admin", null), "The token may not do this (403: No). needs job_admin. Check "],
    [405, { detail: 'Method "GET" not allowed.' }, 'Refused (405: Method "GET" not allowed).'],
    [400, { name: ["This field is required."] }, 'Refused (400). {"name":["This field is required."]}'],
    [409, scim, 'Refused (409: User exists). {"scimType":"uniqueness"}'],
    [404, { ...scim, detail: "No such user" }, "Not found, or not visible to this token (404: No such user)"],
    [503, envelope("Busy.", "shard 7 is down", null), "dbt Cloud fails (503: Busy). shard 7 is down. Try again later."],
    [400, ["a", "b"], 'Refused (400). ["a","b"]'],
    [400, "no", "Refused (400). no"],
  ];
  for (const [status, body, message] of said) {
    const net = transport(() => ({ status, body: JSON.stringify(body) }));
    const error = await fails(Effect.provide(get, session(net, { retry: Schedule.recurs(0) })));
    assert(error.message.startsWith(`jobs.get: ${message}`), error.message);
  }
  assert.deepEqual(await reasonFor({ status: 500, body: envelope("Oops.", "at line 5", null) }, trigger), {
    _tag: "Ambiguous",
    status: 500,
    detail: "500: Oops.: at line 5",
  });
});

Deno.test("A message stays short where the words are long, and the reason has all of them", async () => {
  const words = "x".repeat(100_000);
  const net = transport(() => refusal(400, words));
  const error = await fails(Effect.provide(get, session(net)));
  assert(error.message.length < 5000 && error.message.includes("100000 characters"));
  assert(error.reason._tag === "Invalid" && error.reason.user_message === words);
});

Deno.test("JSON of 100,000 levels ends in a reason, in an answer, an error and a request", async () => {
  const [open, close] = ["[".repeat(100_000), "]".repeat(100_000)];
  const [objects, ends] = ['{"job":{"most_recent_run":'.repeat(50_000), "}}".repeat(50_000)];
  for (const body of [`${open}${close}`, `{"data":{"id":5,"deep":${open}${close}}}`, `{"data":${objects}1${ends}}`]) {
    for (const status of [200, 400, 404, 500]) {
      for (const call of [get, trigger, jobs.list({})]) {
        const { _tag } = await reasonFor({ status, body }, call);
        assert.notEqual(_tag, undefined);
      }
    }
  }
  for (const levels of [600, 2000, 4900]) {
    const body = `{"data":${'{"id":1,"job":{"most_recent_run":'.repeat(levels / 2)}5${"}}".repeat(levels / 2)}}`;
    assert.equal((await reasonFor({ status: 200, body }, trigger))._tag, "Undecodable");
    const data = `{"status":{"code":400},"data":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    const net = transport(() => ({ status: 400, body: data }));
    assert.match((await fails(Effect.provide(get, session(net)))).message, /Refused \(400\)/);
  }
  const worded = transport(() => ({
    status: 404,
    body: `{"status":{"code":404,"user_message":"No job","developer_message":"Gone"},"data":${open}${close}}`,
  }));
  assert.match((await fails(Effect.provide(get, session(worded)))).message, /Not found, .*: No job\).* Gone\./);
  const deep = JSON.parse(`${open}${close}`);
  const net = transport(() => ok({ id: 5 }));
  const placed = { method: "POST", path: "/api/v2/accounts/7/jobs/", query: [], body: deep } as const;
  const api = Dbt.use((dbt) => dbt.execute("api", placed, Result.succeed));
  const calls: ReadonlyArray<Effect.Effect<unknown, DbtError, Dbt>> = [
    api,
    jobs.trigger({ job_id: 5, cause: "test", steps_override: deep }),
  ];
  for (const call of calls) {
    assert.equal((await fails(Effect.provide(call, session(net)))).reason._tag, "Unsendable");
  }
  assert.deepEqual(net.sent, []);
});

Deno.test("A null among rows or steps is left out, and everything else comes as it was sent", async () => {
  const rows = [{ id: 1, x: [null] }, null, { id: 2, run_steps: [null, { index: 1, x: null }], blocked_by: [null, 3] }];
  const net = transport(() => ok(rows));
  const { data } = await succeeds(Effect.provide(runs.list({}), session(net)));
  assert.deepEqual(data, [{ id: 1, x: [null] }, { id: 2, run_steps: [{ index: 1, x: null }], blocked_by: [3] }]);
});

Deno.test("Things within another one need no id, as in the samples of dbt's specification", async () => {
  const run = {
    id: 5555,
    job: { name: "Daily", most_recent_run: { status: 10 } },
    environment: { name: "Production", project: { name: "Analytics" } },
    run_steps: [{ index: 1, status: 10 }, { id: null, index: 2 }],
  };
  const net = transport(() => ok(run));
  assert.deepEqual(await succeeds(Effect.provide(runs.get({ run_id: 5555 }), session(net))), run);
  const without = transport(() => ok({ status: 10 }));
  assert.equal((await fails(Effect.provide(runs.get({ run_id: 5555 }), session(without)))).reason._tag, "Undecodable");
});

Deno.test("A field of a request may be called as a member of every object is", async () => {
  const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
  const fields = JSON.parse(`{${names.map((name) => `"${name}":{"a":1}`).join()}}`);
  const net = transport(() => ok({ id: 5 }));
  const request = Object.assign(Object.create(null), { job_id: 5, cause: "test" });
  for (const [name, value] of Object.entries(fields)) Object.defineProperty(request, name, { value, enumerable: true });
  await succeeds(Effect.provide(jobs.trigger(request), session(net)));
  assert.deepEqual(net.sent[0]?.body, JSON.parse(`{"cause":"test",${JSON.stringify(fields).slice(1)}`));
});
