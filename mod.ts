/**
 * dbt Cloud for Effect: each endpoint is a function that gives an `Effect`, and needs a {@linkcode Dbt} session.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * // The sandbox stands in for dbt Cloud; `DbtClient.layerFetch` is a session with the real one.
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = Effect.gen(function* () {
 *   const job = yield* jobs.get({ job_id: 1 });
 *   const run = yield* triggerAndWait({ job_id: job.id, cause: "A first try" });
 *   return run.status_humanized;
 * });
 * assert.equal(await Effect.runPromise(program.pipe(Effect.provide(session))), "Success");
 * ```
 *
 * @module
 */
export * from "./lib/groups/mod.ts";
export { ArtifactMetadata, RunResult, RunResults, type RunResultTiming } from "./lib/artifacts/run_results.ts";
export {
  type AutoscaleEvent,
  type AutoscaleOptions,
  type Cloned,
  type Cloning,
  type Superseding,
  triggerAutoscalingCi,
} from "./lib/workflows/autoscaling_ci.ts";
export { type Cancellation, type CancelRuns, cancelRuns, runsToCancel } from "./lib/workflows/cancel_runs.ts";
export { type ArtifactFile, artifactOf, type ArtifactRequest, findArtifact } from "./lib/artifacts/find_artifact.ts";
export { applyJobPlan, type ApplyOptions } from "./lib/jobs_as_code/apply_job_plan.ts";
export {
  findByName,
  type FindByNameOptions,
  type NamedKind,
  type ParentIds,
  type ResolvedId,
  resolveId,
  type ResolveIdOptions,
} from "./lib/groups/find_named.ts";
export { Dbt, type DbtFunctions, type Named, type Received, type Retriable, type WithRetry } from "./lib/dbt.ts";
export type { Options } from "./lib/client/client_options.ts";
export type { ApiOverrides } from "./lib/client/host.ts";
/** The layers that make a client. */
export * as DbtClient from "./lib/client/mod.ts";
/** The saved contexts: which accounts there are, and with which token. */
export * as Contexts from "./lib/client/contexts.ts";
export { diagnose } from "./lib/client/diagnose.ts";
export type { ConnectionStage, HealthCheck } from "./lib/client/judge_answer.ts";
export { transport } from "./lib/client/transport.ts";
export { type Difference, Drift, type DriftLog, makeDriftLog } from "./lib/client/drift.ts";
export type {
  Answer,
  Call,
  Definition,
  Download,
  Endpoint,
  Entry,
  Extra,
  Page,
  Pagination,
  Route,
  Verb,
  Workflow,
} from "./lib/endpoint.ts";
export type { Api, Defaults, Placed } from "./lib/request.ts";
export {
  type Ambiguous,
  DbtError,
  type Forbidden,
  type GraphQLError,
  type Invalid,
  isTransient,
  type NotFound,
  type QueryFailed,
  type RateLimited,
  type Reason,
  type RunCancelled,
  type RunFailed,
  type ServerFault,
  type Unauthorized,
  type Undecodable,
  type Unreachable,
  type Unsendable,
  type WaitTimedOut,
  type Words,
} from "./lib/error.ts";
export { type DbtErrorJson, DbtErrorSchema } from "./lib/error_schema.ts";
export type { Fields, Members, Nested } from "./lib/schema.ts";
export {
  type InAccount,
  type InProject,
  type Open,
  type Ordered,
  type Overrides,
  type Paging,
  type Related,
  State,
  type StateFilter,
} from "./lib/shared_fields.ts";
export { pages, type PagesOptions, paginate } from "./lib/paginate.ts";
export type { ExplainedNode, ExplainedStep, Explanation } from "./lib/workflows/explain_run.ts";
export type { PassedNode } from "./lib/workflows/step_results.ts";
export type { LogText, StepHead, StepLog } from "./lib/workflows/step_log.ts";
export { streamLogs } from "./lib/workflows/stream_logs.ts";
export {
  downloadArtifacts,
  type Downloaded,
  type DownloadedFile,
  type DownloadOptions,
  type FailedFile,
} from "./lib/artifacts/download_folder.ts";
export type { ComparedRun, NodeChange, NodeChangeKind, RunComparison } from "./lib/workflows/compare_runs.ts";
export type { FailedRun, FailingNode, FailingNodes, JobFailures, RunFailures } from "./lib/workflows/run_failures.ts";
export type { AnalysisPeriod, JobOfRuns } from "./lib/workflows/run_period.ts";
export type { EnvironmentDiff, VariableDiff } from "./lib/workflows/env_var_diff.ts";
export type { ChangedValue } from "./lib/workflows/env_var_values.ts";
export type { TriggerChange, TriggerName } from "./lib/workflows/job_triggers.ts";
export type { UserGroup, UserGroups } from "./lib/workflows/user_groups.ts";
export type { Durations, JobStats, RunCounts, RunStats, StatsSlot } from "./lib/workflows/run_stats.ts";
export { type TokenAccess, tokenAccess } from "./lib/workflows/token_access.ts";
export { type Finished, type Happened, type SeveralEvent, watchSeveral } from "./lib/workflows/several_runs.ts";
export { type NodeTiming, type RunTiming, type ThreadsInUse, timingOf } from "./lib/workflows/run_timing.ts";
export {
  type AskOptions,
  type Attached,
  type Callback,
  type Cancelling,
  type EventOptions,
  type FollowOptions,
  type Mark,
  type NotCancelled,
  restart,
  restartAndWait,
  restartAndWatch,
  type RestartOptions,
  retryAndWait,
  retryAndWatch,
  retryRun,
  type SeeThroughOptions,
  type StartOptions,
  type StopEvent,
  trigger,
  triggerAndWait,
  triggerAndWatch,
  type Triggered,
  type TriggerEvent,
  type TriggerOptions,
  type WatchOptions,
} from "./lib/workflows/trigger_and_wait.ts";
export type { LogsGrew, RunEvent, StatusChanged, StepBegan, StepEnded } from "./lib/workflows/run_events.ts";
export {
  logsPace,
  pace,
  type RunRequest,
  waitForRun,
  type WaitOptions,
  watchRun,
} from "./lib/workflows/wait_for_run.ts";
export { retry } from "./lib/client/retry.ts";
export { parseTimestamp } from "./lib/time.ts";
