/**
 * Answers of dbt Cloud, whole and damaged: cases of our own that hold the facts, and the recordings that they come from.
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
import { answers, type Envelope } from "./facts/answers.ts";
import * as artifacts from "./facts/artifacts.ts";

/** Which endpoints answer so. `run_list_response.json` is left out: it is of API v4, which is gone. */
const endpoints: Readonly<Record<keyof typeof answers, ReadonlyArray<string>>> = {
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

function recorded(file: string): Envelope {
  return JSON.parse(read(`admin/recorded/${file}_response.json`)) as Envelope; // every recorded answer is one
}

/** The result of an endpoint for each body, one after another, and the right result. */
async function resultsOf(name: string, bodies: ReadonlyArray<Envelope>) {
  const call = table.find((row) => row.call.name === name)?.call;
  assert(
    call?.kind === "endpoint",
    `no endpoint is called ${name}: put its new name into \`endpoints\` of tests/contracts/recorded_answers_test.ts`,
  );
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

/** Tests what endpoints make of answers, whole and damaged. */
function testAnswers(what: string, ignore: boolean, envelopeOf: (file: keyof typeof answers) => Envelope): void {
  for (const file of Object.keys(endpoints) as Array<keyof typeof answers>) { // it has these keys and no other
    for (const name of endpoints[file]) {
      Deno.test({
        name: `${name} returns ${what} ${file} unchanged, also with any member missing, null, unknown or changed`,
        ignore,
        async fn() {
          const whole = envelopeOf(file);
          const others = [...damaged(whole.data, new Set(["id"]))].map((data) => ({ ...whole, data }));
          assert(others.length > 40, `only ${others.length} kinds of damage`);
          for (const { result, right } of await resultsOf(name, [whole, ...others])) {
            assert.deepEqual(
              result,
              right,
              `${name} requires too much: make the member \`nullable\`, or widen its schema, in the model of lib/models or ` +
                "lib/api",
            );
          }
        },
      });

      Deno.test({
        name: `${name} refuses ${what} ${file} without ids`,
        ignore,
        async fn() {
          const whole = envelopeOf(file);
          const data = JSON.parse(JSON.stringify(whole.data).replaceAll('"id":', '"di":')) as Json; // it was
          const [first] = await resultsOf(name, [{ ...whole, data }]);
          assert(first !== undefined && Result.isFailure(first.result));
          assert.match(first.result.failure, /is not understood: Missing key at .*\["id"\]/);
        },
      });
    }
  }
}

testAnswers("our own", false, (file) => answers[file]);
testAnswers("a recorded", absent, recorded);

/** What an answer says of dbt Cloud: its members, their kinds, how times are written; the numbers of states and codes. */
function* factsOf(value: Json, at = ""): Generator<string> {
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value);
    yield `${at} is ${members.length === 0 ? "an empty" : "a"} ${Array.isArray(value) ? "list" : "object"}`;
    for (const [name, inner] of members) yield* factsOf(inner, Array.isArray(value) ? `${at}[]` : `${at}.${name}`);
  } else if (typeof value === "string") {
    const known = {
      "day T time": /^[\d-]{10}T/,
      "day, space, time": /^[\d-]{10} /,
      "hours:minutes:seconds": /^[\d:]{8}$/,
    };
    yield `${at} is ${Object.entries(known).find(([, pattern]) => pattern.test(value))?.[0] ?? "text"}`;
  } else yield `${at} is ${/\.(state|status|code)$/.test(at) || value === null ? value : typeof value}`;
}

Deno.test({
  name: "our own answers say of dbt Cloud what the recorded ones say",
  ignore: absent,
  fn() {
    for (const [file, own] of Object.entries(answers)) {
      const facts = (answer: Envelope) => [...new Set(factsOf({ ...answer }))].toSorted();
      assert.deepEqual(
        facts(own),
        facts(recorded(file)),
        `bring \`${file}\` in tests/contracts/facts/answers.ts in line`,
      );
    }
  },
});

// ---- artifacts ------------------------------------------------------------------------------------------------------

/** Checks that `RunResults` reads a file, also damaged. */
function readsResults(text: string): void {
  const whole = JSON.parse(text) as { readonly results: ReadonlyArray<Json> }; // it is a run_results.json
  const few: Json = { ...whole, results: whole.results.slice(0, 2) };
  const is = Schema.is(RunResults);
  assert(is(JSON.parse(text)));
  assert.deepEqual([...damaged(few, new Set(["results", "unique_id"]))].filter((value) => !is(value)), []);
  assert(!is({ ...whole, results: null }));
}

/** Whether `runs.getArtifact` returns a file as it is. */
async function returnsFile(body: string): Promise<void> {
  const text = runs.getArtifact({ run_id: 1, path: "run_results.json" }).pipe(Stream.decodeText, Stream.mkString);
  const over = transport(() => ({ status: 200, body }));
  assert.equal(await Effect.runPromise(Effect.provide(text, session(over))), body);
}

Deno.test("runs.getArtifact returns a file of our own byte for byte", () => returnsFile(artifacts.oldResults));

Deno.test({
  name: "runs.getArtifact returns a recorded file byte for byte",
  ignore: absent,
  fn: () => returnsFile(read("admin/recorded/run_get_artifact_response.json")),
});

for (
  const [name, text] of Object.entries({ results: artifacts.results, docs: artifacts.docs, old: artifacts.oldResults })
) {
  Deno.test(`RunResults reads our own ${name}, also with any member missing, null, unknown or changed`, () => {
    readsResults(text);
  });
}

/** Our own files, by those whose facts they hold. */
const files = {
  "admin/recorded/run_get_artifact_response.json": artifacts.oldResults,
  "artifacts/run_results_v6.json": artifacts.results,
  "artifacts/run_results_v6_dbt1.12.json": artifacts.docs,
};

for (const file of Object.keys(files)) {
  Deno.test({
    name: `RunResults reads ${file}, also with any member missing, null, unknown or changed`,
    ignore: absent,
    fn: () => readsResults(read(file)),
  });
}

/** What a file says of each kind of node: the members of its results, and which of them are null. */
function factsOfResults(text: string): ReadonlyArray<string> {
  const { results } = JSON.parse(text) as { readonly results: ReadonlyArray<Readonly<Record<string, Json>>> }; // it is one
  const facts = results.map((result) => {
    const kinds = Object.entries(result).map(([name, value]) => `${name}: ${value === null ? null : typeof value}`);
    return [String(result["unique_id"]).replace(/\..*/, ""), result["status"], ...kinds.toSorted()].join(", ");
  });
  return [...new Set(facts)].toSorted();
}

Deno.test({
  name: "our own artifacts say of dbt what its own say",
  ignore: absent,
  fn() {
    for (const [file, own] of Object.entries(files)) {
      assert.deepEqual(
        factsOfResults(own),
        factsOfResults(read(file)),
        `bring tests/contracts/facts/artifacts.ts in line with ${file}`,
      );
    }
  },
});
