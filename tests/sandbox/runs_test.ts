/**
 * How runs proceed with the time: queue and slots, steps, logs, artifacts, cancelling and retrying.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as JsonSchema from "effect/JsonSchema";
import * as Schema from "effect/Schema";
import * as SchemaRepresentation from "effect/SchemaRepresentation";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { absent, read } from "../support/evidence.ts";
import { type Bench, inProcess, test, v2 } from "../support/sandbox_fixture.ts";

const trigger = ({ data }: Bench, job: number, overrides: object = {}) =>
  data(`POST ${v2}/jobs/${job}/run/`, { cause: "test", ...overrides });
const run = ({ data }: Bench, id: number, related = "") => data(`GET ${v2}/runs/${id}/?include_related=${related}`);
// deno-lint-ignore no-explicit-any -- an answer's data
const stepsOf = (of: any) => of.run_steps.map((step: any) => [step.index, step.name, step.status_humanized]);

// ---- what comes of a run --------------------------------------------------------------------------------------------

test(
  "queues, starts, runs and ends a run, in about a minute",
  Effect.fnUntraced(function* (bench) {
    const begun = yield* trigger(bench, 1);
    assert.deepEqual(
      [begun.id, begun.status, begun.status_humanized, begun.in_progress, begun.started_at, begun.job.name],
      [70471800000007, 1, "Queued", true, null, "Daily build"],
    );
    const seen: Array<unknown> = [];
    for (let second = 0; second < 70; second++) {
      const { status_humanized } = yield* run(bench, begun.id);
      if (seen.at(-1) !== status_humanized) seen.push(second, status_humanized);
      yield* TestClock.adjust("1 second");
    }
    assert.deepEqual(seen, [0, "Queued", 1, "Starting", 4, "Running", 64, "Success"]);
    const ended = yield* run(bench, begun.id);
    const { status, created_at, dequeued_at, started_at, finished_at, status_message, artifacts_saved } = ended;
    assert.deepEqual(
      { status, created_at, dequeued_at, started_at, finished_at, status_message, artifacts_saved },
      {
        status: 10,
        created_at: "1970-01-01 00:00:00.000000+00:00",
        dequeued_at: "1970-01-01 00:00:01.000000+00:00",
        started_at: "1970-01-01 00:00:04.000000+00:00",
        finished_at: "1970-01-01 00:01:04.000000+00:00",
        status_message: null,
        artifacts_saved: true,
      },
    );
    const { duration, queued_duration, run_duration, duration_humanized, created_at_humanized, finished_at_humanized } =
      ended;
    assert.deepEqual(
      { duration, queued_duration, run_duration, duration_humanized, created_at_humanized, finished_at_humanized },
      {
        duration: "00:01:04",
        queued_duration: "00:00:04",
        run_duration: "00:01:00",
        duration_humanized: "1 minute, 4 seconds",
        created_at_humanized: "1 minute, 10 seconds ago",
        finished_at_humanized: "6 seconds ago",
      },
    );
    assert.deepEqual(
      [ended.is_complete, ended.is_success, ended.is_error, ended.is_cancelled, ended.is_running, ended.in_progress],
      [true, true, false, false, false, false],
    );
  }),
);

test(
  "takes steps one by one",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 1);
    const counts: Array<number> = [];
    for (const seconds of [0, 4, 2, 1, 30, 30]) {
      yield* TestClock.adjust(seconds * 1000);
      counts.push((yield* run(bench, id, "run_steps")).run_steps.length);
    }
    assert.deepEqual(counts, [0, 1, 2, 3, 4, 5]);
    const ended = yield* run(bench, id, "run_steps");
    assert.deepEqual(stepsOf(ended), [
      [1, "Clone git repository", "Success"],
      [2, "Create profile from connection Snowflake", "Success"],
      [3, "Invoke dbt with `dbt deps`", "Success"],
      [4, "Invoke dbt with `dbt build`", "Success"],
      [5, "Invoke dbt with `dbt docs generate`", "Success"],
    ]);
    const [step] = ended.run_steps.slice(3);
    const { logs, truncated_debug_logs, ...rest } = yield* bench.data(`GET ${v2}/steps/${step.id}/`);
    assert.deepEqual({ ...rest, logs, truncated_debug_logs }, step);
    assert.equal(rest.debug_logs, null);
    assert.match(logs, /Running with dbt=1\.9\.8\n/);
    assert.match(logs, /39 of 39 .*PASS=39 WARN=0 ERROR=0 SKIP=0 TOTAL=39$/s);
    assert.equal(truncated_debug_logs.split("\n").length, 1000);
    const { debug_logs } = yield* bench.data(`GET ${v2}/steps/${step.id}/?include_related=debug_logs`);
    assert.equal(debug_logs.split("\n").length > 1000 && debug_logs.endsWith(truncated_debug_logs), true);
  }),
);

test(
  "lets a log grow while its step runs",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 1);
    const logs: Array<string> = [];
    for (const seconds of [15, 10, 10, 20, 10]) {
      yield* TestClock.adjust(seconds * 1000);
      logs.push((yield* run(bench, id, "run_steps")).run_steps[3].logs);
    }
    const [first = "", ...later] = logs;
    assert.deepEqual(first.split("\n").length, 9);
    for (const [index, log] of later.entries()) assert.equal(log.startsWith(logs[index] ?? ""), true);
    assert.equal(new Set(logs.slice(0, 4)).size, 4);
    assert.equal(logs[4], logs[3]);
  }),
);

test(
  "fails job 2 in one model, and does not make docs",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 2);
    yield* TestClock.adjust("2 minutes");
    const ended = yield* run(bench, id, "run_steps");
    assert.deepEqual([ended.status, ended.is_error, ended.can_retry, ended.retry_not_supported_reason], [
      20,
      true,
      true,
      null,
    ]);
    assert.deepEqual(stepsOf(ended).slice(3), [
      [4, "Invoke dbt with `dbt seed --full-refresh`", "Success"],
      [5, "Invoke dbt with `dbt build --full-refresh`", "Error"],
    ]);
    assert.match(ended.run_steps[4].logs, /Database Error in model customers \(models\/customers\.sql\)/);
    assert.match(ended.run_steps[4].logs, /Done\. PASS=35 WARN=0 ERROR=1 SKIP=3 TOTAL=39$/);
    assert.deepEqual(yield* bench.data(`GET ${v2}/runs/${id}/retry/`), {
      failed_step: "Invoke dbt with `dbt build --full-refresh`",
      skipped_steps: ["dbt docs generate"],
    });
  }),
);

test(
  "goes as fast as it is told to",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 3);
    yield* TestClock.adjust("10 seconds");
    assert.equal((yield* run(bench, id)).status_humanized, "Running");
    yield* TestClock.adjust("67 millis");
    assert.equal((yield* run(bench, id)).status_humanized, "Success");
  }),
  { speed: 60 },
);

test(
  "brings overrides back, and follows them",
  Effect.fnUntraced(function* (bench) {
    const overrides = {
      git_sha: "abc",
      git_branch: "topic",
      schema_override: "dbt_ada",
      dbt_version_override: "1.8.0-latest",
      threads_override: 2,
      target_name_override: "ada",
      generate_docs_override: true,
      timeout_seconds_override: 900,
      steps_override: ["dbt run --select stg_orders+", "dbt test -s orders"],
      github_pull_request_id: 12,
    };
    const { id, trigger: begun } = yield* trigger(bench, 3, overrides);
    yield* TestClock.adjust("11 minutes");
    const ended = yield* run(bench, id, "trigger,run_steps");
    assert.deepEqual(ended.trigger, begun);
    assert.deepEqual(begun, {
      id: 70471900000007,
      cause: "test",
      cause_category: "api",
      cause_humanized: "test",
      job_definition_id: 3,
      created_at: "1970-01-01 00:00:00.000000+00:00",
      azure_pull_request_id: null,
      gitlab_merge_request_id: null,
      non_native_pull_request_id: null,
      ...overrides,
    });
    assert.deepEqual([ended.git_branch, ended.git_sha, ended.dbt_version], ["topic", "abc", "1.8.0-latest"]);
    assert.deepEqual(stepsOf(ended).slice(3), [
      [4, "Invoke dbt with `dbt run --select stg_orders+`", "Success"],
      [5, "Invoke dbt with `dbt test -s orders`", "Success"],
      [6, "Invoke dbt with `dbt docs generate`", "Success"],
    ]);
    const { results, args } = (yield* bench.ask(`GET ${v2}/runs/${id}/artifacts/run_results.json?step=4`)).body;
    assert.deepEqual([args.target, args.threads, args.which], ["ada", 2, "run"]);
    assert.deepEqual(
      results.map((result: { unique_id: string; relation_name: string }) => [result.unique_id, result.relation_name]),
      ["stg_orders", "customers", "orders"].map((name) => [
        `model.jaffle_shop.${name}`,
        `analytics.dbt_ada.${name}`,
      ]),
    );
  }),
);

test(
  "cancels a run that takes longer than its job allows",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 3, { timeout_seconds_override: 30 });
    yield* TestClock.adjust("40 seconds");
    const { status, status_message, run_duration } = yield* run(bench, id);
    assert.deepEqual([status, status_message, run_duration], [
      30,
      "This run timed out after running for longer than the configured timeout of 30 seconds.",
      "00:00:30",
    ]);
  }),
);

// ---- the queue ------------------------------------------------------------------------------------------------------

test(
  "runs the runs of a job one after another, and CI side by side",
  Effect.fnUntraced(function* (bench) {
    const begun: Array<number> = [];
    for (const job of [1, 1, 4, 4]) begun.push((yield* trigger(bench, job)).id);
    yield* TestClock.adjust("10 seconds");
    const waiting = yield* run(bench, begun[1] ?? 0);
    assert.deepEqual([waiting.status_humanized, waiting.blocked_by], ["Queued", [begun[0]]]);
    yield* TestClock.adjust("3 minutes");
    const spans = yield* Effect.forEach(
      begun,
      (id) =>
        Effect.map(
          run(bench, id),
          ({ dequeued_at, finished_at }) => [dequeued_at, finished_at].map((at) => at.slice(14, 19)),
        ),
    );
    assert.deepEqual(spans, [["00:01", "01:04"], ["01:04", "02:07"], ["00:01", "00:34"], ["00:01", "00:34"]]);
  }),
);

test(
  "shares the account's slots between jobs",
  Effect.fnUntraced(function* (bench) {
    const jobs = [1, 3, 2];
    const begun = yield* Effect.forEach(jobs, (job) => trigger(bench, job));
    yield* TestClock.adjust("20 minutes");
    const spans = yield* Effect.forEach(
      begun,
      ({ id }) =>
        Effect.map(
          run(bench, id),
          ({ dequeued_at, finished_at }) => [dequeued_at, finished_at].map((at) => at.slice(14, 19)),
        ),
    );
    assert.deepEqual(spans, [["00:01", "01:04"], ["00:01", "10:04"], ["01:04", "02:07"]]);
  }),
  { seed: { accounts: [{ id: 1, name: "Small", run_slots: 2 }] } },
);

test(
  "cancels a queued run at once, and a running one after two seconds",
  Effect.fnUntraced(function* (bench) {
    const [first, second] = [(yield* trigger(bench, 3)).id, (yield* trigger(bench, 3)).id];
    yield* TestClock.adjust("20 seconds");
    const queued = yield* bench.data(`POST ${v2}/runs/${second}/cancel/`);
    assert.deepEqual(
      [queued.status, queued.status_message, queued.started_at, queued.duration, queued.run_duration_humanized],
      [30, "Cancelled by user.", null, "00:00:20", "0 minutes"],
    );
    const running = yield* bench.data(`POST ${v2}/runs/${first}/cancel/`);
    assert.equal(running.status, 3);
    yield* TestClock.adjust("2 seconds");
    const cancelled = yield* run(bench, first, "run_steps,audit");
    assert.deepEqual([cancelled.status, cancelled.status_message, cancelled.duration], [
      30,
      "Cancelled by user.",
      "00:00:22",
    ]);
    assert.deepEqual(stepsOf(cancelled).at(-1), [4, "Invoke dbt with `dbt build --full-refresh`", "Cancelled"]);
    assert.equal(cancelled.audit.cancellation.actor.name, "Ada Jaffle");
    const third = (yield* trigger(bench, 3)).id;
    yield* TestClock.adjust("5 seconds");
    assert.equal((yield* run(bench, third)).status_humanized, "Running");
    const { status } = yield* bench.data(`POST ${v2}/runs/70471800000001/cancel/`);
    assert.equal(status, 10);
  }),
);

// ---- again ----------------------------------------------------------------------------------------------------------

test(
  "tries a failed run again from where it failed",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 2);
    yield* TestClock.adjust("2 minutes");
    const again = yield* bench.data(`POST ${v2}/runs/${id}/retry/`);
    assert.deepEqual([again.retrying_run_id, again.status, again.trigger.cause_category], [id, 1, "rerun"]);
    yield* TestClock.adjust("2 minutes");
    const ended = yield* run(bench, again.id, "run_steps");
    assert.equal(ended.status_humanized, "Success");
    assert.deepEqual(stepsOf(ended).slice(2), [
      [3, "Invoke dbt with `dbt deps`", "Success"],
      [4, "Invoke dbt with `dbt retry`", "Success"],
      [5, "Invoke dbt with `dbt docs generate`", "Success"],
    ]);
    const { body } = yield* bench.ask(`GET ${v2}/runs/${again.id}/artifacts/run_results.json?step=4`);
    assert.deepEqual(
      body.results.map(({ unique_id }: { unique_id: string }) => unique_id.split(".")[2]),
      [
        "customers",
        "unique_customers_customer_id",
        "not_null_customers_customer_id",
        "relationships_orders_customer_id__customer_id__ref_customers_",
      ],
    );
    assert.deepEqual((yield* run(bench, id, "run_retries")).run_retries, [again.id]);
  }),
);

test(
  "says why a run cannot be tried again",
  Effect.fnUntraced(function* (bench) {
    const reasons: Array<unknown> = [];
    for (const id of [70471800000001, 70471800000002, 70471800000005]) {
      const { can_retry, retry_not_supported_reason } = yield* run(bench, id);
      const { status, body } = yield* bench.ask(`POST ${v2}/runs/${id}/retry/`);
      reasons.push([can_retry, retry_not_supported_reason, status, body.data.reason]);
    }
    assert.deepEqual(reasons, [
      [false, "RETRY_NOT_FAILED_RUN", 400, "RETRY_NOT_FAILED_RUN"],
      [false, "RETRY_NOT_LATEST_RUN", 400, "RETRY_NOT_LATEST_RUN"],
      [true, null, 200, undefined],
    ]);
  }),
);

test(
  "reruns a job from its failure, and as usual where there is none",
  Effect.fnUntraced(function* ({ data }) {
    const failed = yield* data(`POST ${v2}/jobs/2/rerun/`);
    const fine = yield* data(`POST ${v2}/jobs/1/rerun/`);
    assert.deepEqual([failed.retrying_run_id, fine.retrying_run_id], [70471800000005, null]);
  }),
);

test(
  "knows a job's newest runs",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 1);
    const job = yield* bench.data(
      `GET ${v2}/jobs/1/?include_related=most_recent_run,most_recent_completed_run,project`,
    );
    assert.deepEqual(
      [job.most_recent_run.id, job.most_recent_completed_run.id, job.project.name],
      [id, 70471800000004, "jaffle_shop"],
    );
  }),
);

// ---- artifacts ------------------------------------------------------------------------------------------------------

test(
  "keeps artifacts by step, the last step's by default",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 1);
    const path = `${v2}/runs/${id}/artifacts/`;
    assert.equal(yield* bench.data(`GET ${path}`), null);
    yield* TestClock.adjust("2 minutes");
    const paths: ReadonlyArray<string> = yield* bench.data(`GET ${path}`);
    assert.deepEqual([paths.length, ...paths.slice(0, 2), ...paths.slice(-2)], [
      72,
      "manifest.json",
      "run_results.json",
      "catalog.json",
      "index.html",
    ]);
    for (const file of paths) assert.deepEqual([file, (yield* bench.ask(`GET ${path}${file}`)).status], [file, 200]);
    const which = yield* Effect.forEach(
      ["", "?step=5", "?step=4"],
      (step) => Effect.map(bench.ask(`GET ${path}run_results.json${step}`), ({ body }) => body.args.which),
    );
    assert.deepEqual(which, ["generate", "generate", "build"]);
    const statuses = yield* Effect.forEach([
      "catalog.json?step=4",
      "manifest.json?step=3",
      "manifest.json?step=6",
      "sources.json",
    ], (file) => Effect.map(bench.ask(`GET ${path}${file}`), ({ status }) => status));
    assert.deepEqual(statuses, [404, 404, 404, 404]);
    const newest = yield* bench.ask(`GET ${v2}/jobs/1/artifacts/manifest.json`);
    assert.deepEqual(newest.body, (yield* bench.ask(`GET ${path}manifest.json`)).body);
    assert.equal(newest.headers["content-type"], "application/json");
  }),
);

test(
  "fits artifacts to their run",
  Effect.fnUntraced(function* (bench) {
    const { id } = yield* trigger(bench, 2);
    yield* TestClock.adjust("2 minutes");
    const { body } = yield* bench.ask(`GET ${v2}/runs/${id}/artifacts/run_results.json?step=5`);
    assert.deepEqual(body.metadata.env, {
      DBT_CLOUD_PROJECT_ID: "1",
      DBT_CLOUD_RUN_ID: String(id),
      DBT_CLOUD_JOB_ID: "2",
      DBT_CLOUD_RUN_REASON: "test",
      DBT_CLOUD_RUN_REASON_CATEGORY: "api",
    });
    const failed = body.results.find(({ status }: { status: string }) => status === "error");
    assert.equal(failed.unique_id, "model.jaffle_shop.customers");
    assert.match(failed.message, /^Database Error in model customers \(models\/customers\.sql\)\n {2}000630/);
    assert.match(failed.compiled_code, /select \* from analytics\.prod\.stg_customers/);
    const { run_steps } = yield* run(bench, id, "run_steps");
    assert.equal(run_steps[4].logs.includes(failed.message.split("\n")[1]), true);
  }),
);

Deno.test({
  name: "sandbox writes artifacts that dbt's schemas accept",
  ignore: absent,
  fn: () =>
    inProcess(
      {},
      Effect.fnUntraced(function* (bench) {
        const schemas = Object.entries({
          "manifest.json": "manifest_v12",
          "run_results.json": "run_results_v6",
          "catalog.json": "catalog_v1",
          "sources.json": "sources_v3",
        }).map(([file, name]) => {
          const document = JsonSchema.fromSchemaDraft2020_12(JSON.parse(read(`artifacts/schema_${name}.json`)));
          const schema = SchemaRepresentation.fromJsonSchemaDocument(document, { patterns: "apply" });
          // The schemas need no service.
          return [
            file,
            Schema.decodeUnknownSync(schema as Schema.Codec<unknown>, { onExcessProperty: "error" }),
          ] as const;
        });
        const begun = [
          (yield* trigger(bench, 1)).id,
          (yield* trigger(bench, 2)).id,
          (yield* trigger(bench, 3, {
            steps_override: ["dbt source freshness", "dbt run -s nothing", "dbt docs generate"],
          })).id,
        ];
        yield* TestClock.adjust("20 minutes");
        const found: Record<string, number> = {};
        for (const id of begun) {
          for (const step of [1, 2, 3, 4, 5, 6]) {
            for (const [file, accept] of schemas) {
              const { status, body } = yield* bench.ask(`GET ${v2}/runs/${id}/artifacts/${file}?step=${step}`);
              if (status !== 200) continue;
              accept(body);
              found[file] = (found[file] ?? 0) + 1;
            }
          }
        }
        assert.deepEqual(found, { "manifest.json": 7, "run_results.json": 6, "catalog.json": 2, "sources.json": 3 });
      }),
    ),
});
