/**
 * What a run does with dbt's node selection: steps that fail or find nothing, what they log and write, and selection by
 * the results of the job's previous run.
 *
 * Source: dbt-core 1.9.8 on the command line, for logs and artifacts; docs.getdbt.com/reference/node-selection/methods,
 * "result" and "source_status".
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { type Bench, test, v2 } from "../support/sandbox_fixture.ts";

/** Runs the steps in a job to their end. */
const runSteps = Effect.fnUntraced(function* (bench: Bench, job: number, steps: ReadonlyArray<string>) {
  const overrides = { cause: "test", steps_override: steps, generate_docs_override: false };
  const { id } = yield* bench.data(`POST ${v2}/jobs/${job}/run/`, overrides);
  yield* TestClock.adjust("20 minutes");
  return yield* bench.data(`GET ${v2}/runs/${id}/?include_related=run_steps`);
});

/** A step's log without colours and times. */
// deno-lint-ignore no-explicit-any -- an answer's data
const logOf = (step: any): string =>
  // deno-lint-ignore no-control-regex -- the escapes of colours
  step.logs.replaceAll(/\u001b\[\d+m/g, "").replaceAll(/^\d\d:\d\d:\d\d {2}/gm, "");

const found = "Found 10 models, 1 snapshot, 23 data tests, 3 seeds, 2 sources, 1 exposure, 1 metric, 472 macros, " +
  "2 groups, 1 semantic model, 1 saved query, 1 unit test";
const begun = ["Running with dbt=1.9.8", "Registered adapter: snowflake=1.9.4", found];

test(
  "fails a step whose selector dbt cannot read, with dbt's words",
  Effect.fnUntraced(function* (bench) {
    const ended = yield* runSteps(bench, 1, ["dbt build --select xyz:a", "dbt run"]);
    const [step] = ended.run_steps.slice(3);
    assert.deepEqual([ended.is_error, ended.run_steps.length, step.status_humanized], [true, 4, "Error"]);
    assert.deepEqual(logOf(step).split("\n"), [
      ...begun,
      "Encountered an error:",
      "Runtime Error",
      "  'xyz' is not a valid method name",
    ]);
    assert.deepEqual(yield* bench.data(`GET ${v2}/runs/${ended.id}/artifacts/?step=4`), ["manifest.json"]);
    const retried = yield* bench.data(`POST ${v2}/runs/${ended.id}/retry/`);
    yield* TestClock.adjust("2 minutes");
    const again = yield* bench.data(`GET ${v2}/runs/${retried.id}/?include_related=run_steps`);
    assert.deepEqual([again.is_error, again.run_steps[3].name], [
      true,
      "Invoke dbt with `dbt build --select xyz:a`",
    ]);
  }),
);

test(
  "fails a step whose options dbt does not have, with dbt's usage",
  Effect.fnUntraced(function* (bench) {
    const ended = yield* runSteps(bench, 1, ["dbt run --selct customers"]);
    assert.equal(ended.is_error, true);
    assert.equal(
      ended.run_steps[3].logs,
      "Usage: dbt run [OPTIONS]\nTry 'dbt run -h' for help.\n\nError: No such option: --selct",
    );
    assert.deepEqual(yield* bench.data(`GET ${v2}/runs/${ended.id}/artifacts/?step=4`), null);
  }),
);

test(
  "warns of a selector that matches nothing, and succeeds",
  Effect.fnUntraced(function* (bench) {
    const ended = yield* runSteps(bench, 1, ["dbt run --select tag:hourly", "dbt run --select customers nothing"]);
    assert.deepEqual([ended.is_success, ended.run_steps.length], [true, 5]);
    const [none, one] = ended.run_steps.slice(3);
    assert.deepEqual(logOf(none).split("\n"), [
      ...begun,
      "The selection criterion 'tag:hourly' does not match any enabled nodes",
      "Nothing to do. Try checking your model configs and model specification args",
    ]);
    assert.match(logOf(one), /The selection criterion 'nothing' does not match any enabled nodes\n/);
    assert.match(logOf(one), /Done\. PASS=1 WARN=0 ERROR=0 SKIP=0 TOTAL=1$/);
    const results = (step: number) =>
      Effect.map(
        bench.ask(`GET ${v2}/runs/${ended.id}/artifacts/run_results.json?step=${step}`),
        ({ body }) => body.results.map(({ unique_id }: { unique_id: string }) => unique_id),
      );
    assert.deepEqual([yield* results(4), yield* results(5)], [[], ["model.jaffle_shop.customers"]]);
  }),
);

test(
  "selects by the results of the job's previous run",
  Effect.fnUntraced(function* (bench) {
    // Job 2 fails in `customers`, of which three tests are skipped then. Its runs before went the same way.
    const failed = yield* runSteps(bench, 2, ["dbt build"]);
    assert.equal(failed.is_error, true);
    const again = yield* runSteps(bench, 2, ["dbt build --select result:skipped result:fail"]);
    assert.deepEqual(
      logOf(again.run_steps[3]).match(/PASS \w+_\w+/g)?.toSorted(),
      [
        "PASS not_null_customers_customer_id",
        "PASS relationships_orders_customer_id__customer_id__ref_customers_",
        "PASS unique_customers_customer_id",
      ],
    );
    const after = yield* runSteps(bench, 2, ["dbt build --select result:skipped"]);
    assert.match(logOf(after.run_steps[3]), /The selection criterion 'result:skipped' does not match/);
  }),
);

test(
  "fails a step that compares with results that no run left",
  Effect.fnUntraced(function* (bench) {
    const ended = yield* runSteps(bench, 4, ["dbt build --select result:error"]);
    assert.match(logOf(ended.run_steps[3]), /Encountered an error:\nInternal Error\n {2}No comparison run_results$/);
  }),
);

test(
  "checks sources that have a freshness, and selects the fresher ones",
  Effect.fnUntraced(function* (bench) {
    const steps = ["dbt source freshness", "dbt build --select source_status:fresher+"];
    const first = yield* runSteps(bench, 1, steps);
    assert.match(logOf(first.run_steps[4]), /No previous state comparison freshness results in sources\.json$/);
    assert.match(logOf(first.run_steps[3]), /1 of 1 PASS freshness of shop\.events \.+ \[PASS in [\d.]+s\]\n/);
    const { results } = (yield* bench.ask(`GET ${v2}/runs/${first.id}/artifacts/sources.json?step=4`)).body;
    assert.deepEqual(
      results.map((result: { unique_id: string; status: string }) => [result.unique_id, result.status]),
      [
        ["source.jaffle_shop.shop.events", "pass"],
      ],
    );
    const second = yield* runSteps(bench, 1, steps);
    assert.equal(second.is_success, true);
    const without = yield* runSteps(bench, 1, steps.slice(1));
    assert.match(logOf(without.run_steps[3]), /No current state comparison freshness results in sources\.json$/);
  }),
);

test(
  "builds for each command what dbt builds",
  Effect.fnUntraced(function* (bench) {
    const totals: Record<string, string | undefined> = {};
    const commands = ["build", "run", "test", "seed", "snapshot", "clone", "retry", "source freshness"];
    const others = ["compile", "list", "docs generate", "run-operation grant_all", "parse", "show -s orders"];
    const ended = yield* runSteps(bench, 3, [...commands, ...others].map((command) => `dbt ${command}`));
    assert.equal(ended.is_success, true);
    for (const [at, command] of [...commands, ...others].entries()) {
      totals[command] = logOf(ended.run_steps[3 + at]).match(/ TOTAL=(\d+)$/)?.[1];
    }
    assert.deepEqual(totals, {
      ...{ build: "39", run: "10", test: "24", seed: "3", snapshot: "1", clone: "14" },
      ...Object.fromEntries(["retry", "source freshness", ...others].map((command) => [command, undefined])),
    });
    const listed = logOf(ended.run_steps[3 + commands.length + 1]).split("\n").slice(begun.length);
    assert.deepEqual([listed.length, ...listed.slice(0, 3)], [
      44,
      "exposure:jaffle_shop.weekly_report",
      "metric:jaffle_shop.revenue",
      "jaffle_shop.customers",
    ]);
    const alone = yield* runSteps(bench, 3, ["dbt retry"]);
    assert.match(logOf(alone.run_steps[3]), /Could not find previous run in 'target' target directory$/);
  }),
);
