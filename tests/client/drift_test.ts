/**
 * Where answers differ from what is known of them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { table } from "../../lib/groups/table.ts";
import { type Dbt, type DbtError, type Difference, Drift, jobs, makeDriftLog, paginate, runs } from "../../mod.ts";
import { command } from "../support/command.ts";
import type { Json } from "../support/damage.ts";
import { answers } from "../contracts/facts/answers.ts";
import { absent, read } from "../support/evidence.ts";
import { ok, type Reply, session, transport, virtually } from "../support/fixtures.ts";

/** What is found in the answers to a call, whether it succeeds or not. */
async function differences(
  call: Effect.Effect<unknown, DbtError, Dbt>,
  reply: Reply,
): Promise<ReadonlyArray<Difference>> {
  const log = makeDriftLog();
  await virtually(call.pipe(Effect.provideService(Drift, log), Effect.provide(session(transport(() => reply)))));
  return log.differences().filter(({ kind }) => kind !== "missing");
}

const calls = {
  get: runs.get({ run_id: 1 }),
  list: Stream.runDrain(paginate(jobs.list, {})),
};

Deno.test("Drift notes fields that are not known, at any depth, and not what they hold", async () => {
  const row = { id: 1, x_new: "secret", settings: { threads: 4, x_deep: [{ secret: 1 }] } };
  assert.deepEqual(await differences(calls.list, ok([row, { ...row, id: 2, x_new: null }])), [
    { endpoint: "jobs.list", path: "data[].x_new", kind: "unknown", seen: ["string", "null"], times: 2 },
    { endpoint: "jobs.list", path: "data[].settings.x_deep", kind: "unknown", seen: ["list"], times: 2 },
  ]);
});

Deno.test("Drift notes values without a name, where others have one", async () => {
  const run = { id: 1, status: 42, trigger: { id: 1, cause: "anything", cause_category: "telepathy" } };
  assert.deepEqual(await differences(calls.get, ok(run)), [
    { endpoint: "runs.get", path: "status", kind: "value", seen: ["42"], times: 1 },
    { endpoint: "runs.get", path: "trigger.cause_category", kind: "value", seen: ['"telepathy"'], times: 1 },
  ]);
  assert.deepEqual(await differences(calls.get, ok({ ...run, status: 10, trigger: null })), []);
});

Deno.test("Drift notes other types, also where the call fails of them", async () => {
  assert.deepEqual(await differences(calls.get, ok({ id: "1", git_sha: 5, trigger: [] })), [
    { endpoint: "runs.get", path: "id", kind: "type", seen: ["string"], times: 1 },
    { endpoint: "runs.get", path: "git_sha", kind: "type", seen: ["number"], times: 1 },
    { endpoint: "runs.get", path: "trigger", kind: "type", seen: ["list"], times: 1 },
  ]);
});

Deno.test("Drift notes a known field as missing only while no answer had it", async () => {
  const log = makeDriftLog();
  const missing = () => log.differences().filter(({ kind, path }) => kind === "missing" && /^(id|name)$/.test(path));
  const net = transport((_, index) => ok(index < 2 ? { id: 5 } : { id: 5, name: "a" }));
  const twice = Effect.andThen(jobs.get({ job_id: 5 }), jobs.get({ job_id: 5 }));
  const run = <A, E>(call: Effect.Effect<A, E>) => virtually(Effect.provideService(call, Drift, log));
  await run(Effect.provide(twice, session(net)));
  assert.deepEqual(missing(), [{ endpoint: "jobs.get", path: "name", kind: "missing", seen: [], times: 2 }]);
  await run(Effect.provide(jobs.get({ job_id: 5 }), session(net)));
  assert.deepEqual([missing(), log.answers], [[], 3]);
});

Deno.test("An answer is the same with a Drift and without", async () => {
  const job = { id: 5, x_new: { id: 1 } };
  const call = jobs.get({ job_id: 5 }).pipe(Effect.provideService(Drift, makeDriftLog()));
  const { result } = await virtually(Effect.provide(call, session(transport(() => ok(job)))));
  assert.deepEqual(result, Result.succeed(job));
});

// ---- answers as they come -------------------------------------------------------------------------------------------

/** Every way in which a value can have one field more, and where. */
function* grown(value: Json, path: string): Generator<readonly [path: string, value: Json]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const [at, other] of grown(item, `${path}[]`)) yield [at, value.with(index, other)];
    }
  } else if (typeof value === "object" && value !== null) {
    const members = value as { readonly [name: string]: Json }; // it is no array
    yield [path === "" ? "x_new" : `${path}.x_new`, { ...members, x_new: 1 }];
    for (const [name, member] of Object.entries(members)) {
      for (const [at, other] of grown(member, path === "" ? name : `${path}.${name}`)) {
        yield [at, { ...members, [name]: other }];
      }
    }
  }
}

/** What an endpoint's answer could have more is noted. */
function notesMore(name: string, data: Json): void {
  const call = table.find((row) => row.call.name === name)?.call;
  assert(call?.kind === "endpoint");
  const unknown = (value: Json) => {
    const log = makeDriftLog();
    log.observe(call.name, call.success, value);
    return log.differences().filter(({ kind }) => kind === "unknown").map(({ path }) => path);
  };
  const before = unknown(data);
  let [found, free] = [0, 0];
  for (const [path, value] of grown(data, "")) {
    const more = unknown(value).filter((other) => !before.includes(other));
    // Within what is not modelled, and within maps, any field will do.
    if (more.length === 0) free++;
    else found += 1;
    if (more.length > 0) assert.deepEqual(more, [path]);
  }
  assert(found >= 1 && free <= found + 3, `${found} found, ${free} not`);
}

for (
  const [file, name] of [["job_create", "jobs.get"], ["run_cancel", "runs.get"], [
    "project_get",
    "projects.get",
  ]] as const
) {
  Deno.test(`Drift notes every field that our own ${file} could have more`, () => notesMore(name, answers[file].data));

  Deno.test({
    name: `Drift notes every field that a recorded ${file} could have more`,
    ignore: absent,
    fn: () => notesMore(name, JSON.parse(read(`admin/recorded/${file}_response.json`)).data),
  });
}

// ---- the command ----------------------------------------------------------------------------------------------------

Deno.test("--drift says on stderr what differed, once the command is over", async () => {
  const net = transport(() => ok([{ id: 1, x_new: 1, job_type: "telepathy" }], { pagination: { total_count: 1 } }));
  const [list, raw, none, quiet] = await Effect.runPromise(
    Effect.all([
      command(["jobs", "list", "--drift", "--format", "jsonl"], surroundings),
      command(["api", "GET", "/api/v2/accounts/7/jobs/", "--drift"], surroundings),
      command(["api", "GET", "/api/v2/accounts/7/nothing/", "--drift"], surroundings),
      command(["jobs", "list", "--format", "jsonl"], surroundings),
    ]).pipe(Effect.provide(net.layer)),
  );
  const expected = [
    "drift: jobs.list: data[].x_new is unknown (number)",
    'drift: jobs.list: data[].job_type has new values: "telepathy"',
  ];
  for (const { code, stderr } of [list, raw]) {
    assert.equal(code, 0);
    const lines = stderr.trimEnd().split("\n");
    assert.deepEqual(lines.filter((line) => !line.endsWith(" is missing")), expected);
    assert(lines.includes("drift: jobs.list: data[].name is missing"));
  }
  assert.equal(list.stdout, quiet.stdout);
  assert.deepEqual([none.stderr, quiet.stderr], ["drift: no response had a known schema\n", ""]);
});

const surroundings = {
  env: {
    DBT_CLOUD_HOST: "ab123.us1.dbt.com",
    DBT_CLOUD_SERVICE_TOKEN: "dbtc_s3cr3t-0123456789",
    DBT_CLOUD_ACCOUNT_ID: "7",
  },
};
