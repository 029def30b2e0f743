/**
 * Real answers of dbt Cloud, whole and damaged.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { fieldOf } from "../../lib/request.ts";
import { table } from "../../lib/groups/table.ts";
import { RunResults, runs } from "../../mod.ts";
import { damaged, type Json } from "../support/damage.ts";
import { absent, read } from "../support/evidence.ts";
import { session, transport } from "../support/fixtures.ts";

/** Which endpoints answer so. `run_list_response.json` is left out: it is of API v4, which is gone. */
const recorded = {
  account_list: ["accounts.list", "accounts.listV2"],
  connection_create: ["connections.createInProject", "connections.getInProject", "connections.updateInProject"],
  connection_delete: ["connections.deleteInProject"],
  connection_list: ["connections.listInProject"],
  environment_create: ["environments.create", "environments.get", "environments.update"],
  environment_list: ["environments.list", "environments.listByAccount", "environments.listV2"],
  job_create: ["jobs.create", "jobs.get", "jobs.update"],
  job_delete: ["jobs.delete"],
  job_list: ["jobs.list"],
  project_create: ["projects.create", "projects.createV2", "projects.update", "projects.updateV2"],
  project_delete: ["projects.delete", "projects.deleteV2"],
  project_get: ["projects.get", "projects.getV2"],
  project_list: ["projects.list", "projects.listV2"],
  run_cancel: ["runs.cancel", "runs.get", "runs.retry", "jobs.trigger", "jobs.rerun"],
};

/** What the requests need, taken together. Each takes what its fields allow. */
const given = {
  project_id: 1,
  connection_id: 1,
  environment_id: 1,
  job_id: 1,
  run_id: 1,
  name: "Nightly",
  type: "snowflake",
  execute_steps: ["dbt build"],
  cause: "a test",
};

/** A recorded answer. */
interface Envelope {
  readonly data: Json;
}

function envelope(file: string): Envelope {
  return JSON.parse(read(`admin/recorded/${file}_response.json`)) as Envelope; // every recorded answer is one
}

/** What an endpoint makes of each body, one after another, and what it should make of it. */
async function handsOn(name: string, bodies: ReadonlyArray<Envelope>) {
  const call = table.find((row) => row.call.name === name)?.call;
  assert(call?.kind === "endpoint", name);
  const fits = ([name, value]: [string, unknown]) => Schema.is(fieldOf(call, name) ?? Schema.Never)(value);
  const request = Object.fromEntries(Object.entries(given).filter(fits));
  const over = transport((_, index) => ({ status: 200, body: bodies[index] }));
  const results = await Effect.runPromise(
    Effect.forEach(bodies, () => Effect.result(call(request))).pipe(
      Effect.provide(session(over, { requestsPerMinute: 1e9 })),
    ),
  );
  return results.map((result, index) => ({
    result: Result.mapError(result, (error) => error.message),
    right: Result.succeed(call.success.from === "page" ? bodies[index] : bodies[index]?.data),
  }));
}

for (const [file, names] of Object.entries(recorded)) {
  for (const name of names) {
    Deno.test({
      name: `${name} hands on ${file} unchanged, also with any member lacking, null, unknown or changed`,
      ignore: absent,
      async fn() {
        const whole = envelope(file);
        const others = [...damaged(whole.data, new Set(["id"]))].map((data) => ({ ...whole, data }));
        assert(others.length > 40, `only ${others.length} kinds of damage`);
        for (const { result, right } of await handsOn(name, [whole, ...others])) assert.deepEqual(result, right);
      },
    });

    Deno.test({
      name: `${name} refuses ${file} without ids`,
      ignore: absent,
      async fn() {
        const whole = envelope(file);
        const data = JSON.parse(JSON.stringify(whole.data).replaceAll('"id":', '"di":')) as Json; // it was
        const [first] = await handsOn(name, [{ ...whole, data }]);
        assert(first !== undefined && Result.isFailure(first.result));
        assert.match(first.result.failure, /is not understood: Missing key at .*\["id"\]/);
      },
    });
  }
}

Deno.test({
  name: "runs.getArtifact hands on a recorded file byte for byte",
  ignore: absent,
  async fn() {
    const body = read("admin/recorded/run_get_artifact_response.json");
    const text = runs.getArtifact({ run_id: 1, path: "run_results.json" }).pipe(Stream.decodeText, Stream.mkString);
    const over = transport(() => ({ status: 200, body }));
    assert.equal(await Effect.runPromise(Effect.provide(text, session(over))), body);
  },
});

for (
  const file of [
    "admin/recorded/run_get_artifact_response.json",
    "artifacts/run_results_v6.json",
    "artifacts/run_results_v6_dbt1.12.json",
  ]
) {
  Deno.test({
    name: `RunResults reads ${file}, also with any member lacking, null, unknown or changed`,
    ignore: absent,
    fn() {
      const whole = JSON.parse(read(file)) as { readonly results: ReadonlyArray<Json> }; // it is a run_results.json
      const few: Json = { ...whole, results: whole.results.slice(0, 2) };
      const is = Schema.is(RunResults);
      assert(is(JSON.parse(read(file))));
      assert.deepEqual([...damaged(few, new Set(["results", "unique_id"]))].filter((value) => !is(value)), []);
      assert(!is({ ...whole, results: null }));
    },
  });
}
