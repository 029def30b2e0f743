/**
 * The group `runs`: its endpoints, and the workflows that find, wait for, explain and download runs. The code of
 * longer workflows is in `lib/workflows` and `lib/artifacts`, and is loaded when the workflow runs.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import { cancel, get, type GetArtifact, getArtifact, type List, list, type OfRun } from "../api/runs.ts";
import type { Download } from "../artifacts/download_request.ts";
import type { ArtifactFile } from "../artifacts/find_artifact.ts";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import type { DbtError } from "../error.ts";
import { notFound } from "../not_found.ts";
import { type Run, RunStatus } from "../models/run.ts";
import { field, type Fields, optional } from "../schema.ts";
import { inAccount, type Ordered } from "../shared_fields.ts";
import type { Explanation } from "../workflows/explain_run.ts";
import type { RunComparison } from "../workflows/compare_runs.ts";
import type { RunFailures } from "../workflows/run_failures.ts";
import type { Compare, Explain, Failures, Logs, RunPeriod, Stats } from "../workflows/run_requests.ts";
import type { RunStats } from "../workflows/run_stats.ts";
import type { RunTiming } from "../workflows/run_timing.ts";
import { headOf, logOf, type StepLog } from "../workflows/step_log.ts";

export * from "../api/runs.ts";
export type * from "../artifacts/download_request.ts";
export type * from "../workflows/run_requests.ts";

/** The fields that identify a run. */
const ofRun = cancel.request;

/** The request of {@linkcode getMostRecent}. */
export interface GetMostRecent extends Omit<List, keyof Ordered> {}

/** The filters of {@linkcode list}. */
const filters = Struct.omit(list.request, ["limit", "offset", "order_by"]);

/** Get the newest run that matches the filters. Fails with `NotFound` if no run matches. */
export const getMostRecent: Workflow<GetMostRecent, Run> = /* @__PURE__ */ workflow("runs.getMostRecent", () => ({
  summary: "Get the newest run that matches the filters",
  request: filters,
  run: Effect.fn("runs.getMostRecent")(function* (request: GetMostRecent) {
    const { data: [newest] } = yield* list({ ...request, order_by: "-id", limit: 1 });
    return newest ?? (yield* notFound("runs.getMostRecent", "no run matches the filters"));
  }),
  dbtc: "get_most_recent_run",
}));

/**
 * Wait for a run to end, and fail if it did not succeed. This is `waitForRun` with its default
 * options, for a run that may have been triggered just now. In programs, `waitForRun` is the function to use; this is
 * the command's row of the table.
 */
export const wait: Workflow<OfRun, Run> = /* @__PURE__ */ workflow("runs.wait", () => ({
  summary: "Wait for a run to end, and fail if it did not succeed",
  request: ofRun,
  load: async () => {
    const { waitForRun } = await import("../workflows/wait_for_run.ts");
    return (request) => waitForRun(request, { fresh: true });
  },
}));

/** The request of {@linkcode getMostRecentArtifact}. */
export interface GetMostRecentArtifact
  extends Omit<GetMostRecent, "status" | "status__in" | "include_related">, Omit<GetArtifact, "run_id" | "step"> {
  /** The step's number, from 1, or `auto` for the step that {@linkcode findArtifact} finds (default: the last step). */
  readonly step?: number | "auto";
}

const numberOrAuto = Schema.Union([Schema.Int, Schema.Literal("auto")]);

/**
 * Download an artifact of the newest successful run that matches the filters. Succeeds with a stream of the file's
 * bytes: `Stream.unwrap` turns both into one stream. Fails with `NotFound` if no run matches.
 */
export const getMostRecentArtifact: Workflow<GetMostRecentArtifact, Stream.Stream<Uint8Array, DbtError, Dbt>> =
  /* @__PURE__ */ workflow("runs.getMostRecentArtifact", () => ({
    summary: "Download an artifact of the newest successful run that matches the filters",
    request: {
      ...Struct.omit(filters, ["status", "status__in", "include_related"]),
      path: getArtifact.request.path,
      step: optional(
        field(
          numberOrAuto,
          "Number of the step, from 1, or auto for the step that built the file (default: the last step)",
        ),
      ),
    },
    run: Effect.fn("runs.getMostRecentArtifact")(function* (request: GetMostRecentArtifact) {
      const { path, step, ...which } = request;
      const { id } = yield* getMostRecent({ ...which, status: RunStatus.success });
      const file = {
        run_id: id,
        path,
        ...defined({ account_id: which.account_id }),
      };
      if (step !== "auto") return getArtifact({ ...file, ...defined({ step }) });
      const { artifactOf } = yield* Effect.promise(() => import("../artifacts/find_artifact.ts"));
      return artifactOf(file);
    }),
    dbtc: "get_most_recent_run_artifact",
  }));

/**
 * Download the artifacts of a run. Gives each one's path and, as a stream that is fetched when it runs, its bytes;
 * `downloadArtifacts` writes them into a folder. `run_results.json` and others that several steps write come from the
 * step that {@linkcode findArtifact} finds. One request for the run, one for the list, and some for those files. Fails
 * with `NotFound` where there are none, or none that match.
 */
export const download: Workflow<Download, ReadonlyArray<ArtifactFile>> = /* @__PURE__ */ workflow(
  "runs.download",
  () => ({
    summary: "Download the artifacts of a run",
    request: {
      ...ofRun,
      match: optional(
        field(
          Schema.Array(Schema.String),
          "Only artifacts that match this glob, such as *.json; ** matches any folder",
        ),
      ),
      step: optional(
        field(
          numberOrAuto,
          "Number of the step, from 1, or auto: the last step, with run_results.json of the build (default: auto)",
        ),
      ),
    },
    load: async () => (await import("../artifacts/find_artifact.ts")).artifactsOf,
  }),
);

/**
 * Open a run in the browser. Only the command opens it: this function gives the URL of the page, the run's own `href`.
 * Fails with `NotFound` if dbt Cloud gives none.
 */
export const open: Workflow<OfRun, string> = /* @__PURE__ */ workflow("runs.open", () => ({
  summary: "Open a run in the browser",
  request: ofRun,
  run: Effect.fn("runs.open")(function* (request: OfRun) {
    const { href } = yield* get(request);
    return href || (yield* notFound("runs.open", "the run has no page"));
  }),
}));

/** Get the timing of a run's nodes: the slowest nodes, threads in use, critical path. */
export const timing: Workflow<OfRun, RunTiming> = /* @__PURE__ */ workflow("runs.timing", () => ({
  summary: "Get the timing of a run's nodes: the slowest nodes, threads in use, critical path",
  request: ofRun,
  load: async () => (await import("../workflows/run_timing.ts")).timingOf,
}));

/**
 * Get the logs of a run's steps so far. For logs that may have more than 64 MiB, there is `streamLogs`.
 */
export const logs: Workflow<Logs, ReadonlyArray<StepLog>> = /* @__PURE__ */ workflow("runs.logs", () => ({
  summary: "Get the logs of a run's steps so far",
  request: {
    ...ofRun,
    step: optional(field(Schema.Int, "Only the step with this number, from 1 (default: all steps)")),
    debug: optional(field(Schema.Boolean, "Get the complete debug logs instead of the output of dbt")),
  },
  run: Effect.fn("runs.logs")(function* ({ step, debug = false, ...request }: Logs) {
    const { run_steps } = yield* get({
      ...request,
      include_related: debug ? ["run_steps", "debug_logs"] : ["run_steps"],
    });
    const logs = (run_steps ?? []).map((runStep) => ({ step: headOf(runStep), log: logOf(runStep, debug) }));
    if (step === undefined) return logs;
    const found = logs.filter((log, position) => (log.step.index ?? position + 1) === step);
    return found.length > 0 ? found : yield* notFound("runs.logs", `the run has no step ${step} yet`);
  }),
}));

/**
 * Explain the result of a run: the failed steps, nodes and errors. Gives its steps, with the nodes that failed, were
 * skipped or warn, and the end of the log.
 *
 * **When to use**
 *
 * After `RunFailed`, or for any run that has ended. `runs.getFailureDetails` gives only the failed step.
 *
 * **Details**
 *
 * Each step comes with the nodes of its own `run_results.json`, `sources.json` or `freshness.json`; dbt Cloud itself
 * gives the last step's file, which is often that of `dbt docs generate`. One request for the run, one for each file, and
 * one more for a cancelled run. Files that are late are waited for, up to a minute after the run's end.
 *
 * **Errors**
 *
 * Fails only where the run itself cannot be read. Where a file cannot be read, `unread` of the step says why.
 *
 * @example
 * ```ts
 * import { DbtClient, runs, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 2, cause: "README" }).pipe(
 *   Effect.flip,
 *   Effect.andThen(runs.getMostRecent({ job_definition_id: 2 })),
 *   Effect.flatMap(({ id }) => runs.explain({ run_id: id })),
 * );
 * const { steps } = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * const [node] = steps.flatMap(({ failed }) => failed);
 * assert.equal(node?.file, "models/customers.sql");
 * ```
 */
export const explain: Workflow<Explain, Explanation> = /* @__PURE__ */ workflow("runs.explain", () => ({
  summary: "Explain the result of a run: the failed steps, nodes and errors",
  request: {
    ...ofRun,
    lines: optional(
      field(Schema.Int, "Number of lines from the end of a log (default: 30, or 10 if failed nodes have messages)"),
    ),
    passed: optional(field(Schema.Boolean, "Whether to include the nodes that passed (default: no)")),
    code: optional(
      field(Schema.Boolean, "Whether to include the compiled code of failed nodes (default: in JSON only)"),
    ),
  },
  load: async () => (await import("../workflows/explain_run.ts")).explainRun,
}));

// ---- many runs ------------------------------------------------------------------------------------------------------

/** The fields of a period, with the most runs that are read by default, as text: `toLocaleString` takes 12 ms at first. */
function period(limit: string): Fields<RunPeriod> {
  return {
    ...inAccount,
    ...Struct.pick(list.request, ["job_definition_id", "project_id", "environment_id", "created_at__range"]),
    limit: optional(
      field(Schema.Int, `Read at most this many runs, the newest first (default: ${limit})`),
    ),
  };
}

/**
 * List the jobs whose runs failed, with the number of failures.
 *
 * **When to use**
 *
 * To see what failed in the last days: by job, or with `nodes` by model and test.
 *
 * **Details**
 *
 * dbt Cloud filters the runs by status and time (default: the last 7 days). One request for 100 failures; at most
 * 1,000 failures are read, in 11 requests, unless `limit` says otherwise. With `nodes`, the results of the newest 25
 * failed runs (`max_runs`) are read: for each, one request for the run, and one for each of its steps with results.
 *
 * **Errors**
 *
 * `Unsendable` for a range that is none. A run or artifact that cannot be read is in `failing_nodes.unread`.
 *
 * @example
 * ```ts
 * import { DbtClient, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const failures = runs.failures({ nodes: true }).pipe(Effect.provide(client));
 * const { failing_nodes, jobs } = await Effect.runPromise(failures);
 * assert.equal(jobs[0]?.job_name, "Nightly full refresh");
 * assert.equal(failing_nodes?.nodes[0]?.unique_id, "model.jaffle_shop.customers");
 * ```
 */
export const failures: Workflow<Failures, RunFailures> = /* @__PURE__ */ workflow("runs.failures", () => ({
  summary: "List the jobs whose runs failed, with the number of failures",
  request: {
    ...period("1,000"),
    nodes: optional(field(Schema.Boolean, "Read the artifacts of the failed runs, and list the nodes that failed")),
    max_runs: optional(
      field(Schema.Int, "With --nodes, read the artifacts of at most this many runs, the newest first (default: 25)"),
    ),
  },
  load: async () => (await import("../workflows/run_failures.ts")).failuresOf,
}));

/**
 * Get success rate, duration and time in the queue of runs, by job.
 *
 * **Details**
 *
 * Cancelled runs do not count for the success rate. The durations are those of the runs that succeeded; percentiles are
 * nearest ranks. dbt Cloud filters the runs by job and time (default: the last 30 days). One request for 100 runs; at
 * most 2,000 runs are read, in 21 requests, unless `limit` says otherwise. Only a few numbers of each run are kept.
 *
 * **Errors**
 *
 * `Unsendable` for a range that is none.
 *
 * @example
 * ```ts
 * import { DbtClient, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const stats = runs.stats({ job_definition_id: 1 }).pipe(Effect.provide(client));
 * const { jobs: [job] } = await Effect.runPromise(stats);
 * assert.equal(job?.success_rate, 1);
 * ```
 */
export const stats: Workflow<Stats, RunStats> = /* @__PURE__ */ workflow("runs.stats", () => ({
  summary: "Get success rate, duration and time in the queue of runs, by job",
  request: period("2,000"),
  load: async () => (await import("../workflows/run_stats.ts")).statsOf,
}));

/**
 * Compare the nodes of two runs: which fail now, are slower, new or gone.
 *
 * **When to use**
 *
 * To see what a change did to a job: compare the run before it with the run after it.
 *
 * **Details**
 *
 * For each of the two runs, one request for the run and one for the `run_results.json` of each step that builds or
 * tests nodes. A node that several steps ran has the result of the last one, and the seconds of all.
 *
 * **Errors**
 *
 * `NotFound` if a run is not found, or has no results to compare.
 *
 * @example
 * ```ts
 * import { DbtClient, runs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = Effect.gen(function* () {
 *   const before = yield* runs.getMostRecent({ job_definition_id: 1 });
 *   const after = yield* runs.getMostRecent({ job_definition_id: 2 });
 *   return yield* runs.compare({ before_run_id: before.id, after_run_id: after.id });
 * });
 * const { nodes: [worst] } = await Effect.runPromise(program.pipe(Effect.provide(client)));
 * assert.deepEqual([worst?.change, worst?.unique_id], ["failing", "model.jaffle_shop.customers"]);
 * ```
 */
export const compare: Workflow<Compare, RunComparison> = /* @__PURE__ */ workflow("runs.compare", () => ({
  summary: "Compare the nodes of two runs: which fail now, are slower, new or gone",
  request: {
    before_run_id: field(Schema.Int, "Id of the run to compare with"),
    after_run_id: field(Schema.Int, "Id of the run to compare"),
    ...inAccount,
    min_seconds: optional(
      field(Schema.Number, "A node is slower if it took at least this many seconds longer (default: 1)"),
    ),
    min_percent: optional(field(Schema.Number, "And at least this many percent longer (default: 20)")),
  },
  load: async () => (await import("../workflows/compare_runs.ts")).compareRuns,
}));
