/**
 * dbt Cloud for Effect.
 *
 * @module
 */
export * from "./lib/api/mod.ts";
export { ArtifactMetadata, RunResult, RunResults, type RunResultTiming } from "./lib/artifact.ts";
export { Dbt, type Options, type Session } from "./lib/client.ts";
export type { Download, Endpoint, Extra, Page, Pagination, Workflow } from "./lib/endpoint.ts";
export {
  type Ambiguous,
  DbtError,
  type Forbidden,
  type Invalid,
  type NotFound,
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
} from "./lib/error.ts";
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
} from "./lib/schema.ts";
export { pages, type PagesOptions, paginate } from "./lib/pages.ts";
export { type FailureOptions, failuresOf, type StepFailure } from "./lib/failures.ts";
export {
  type Cancelling,
  restart,
  restartAndWait,
  trigger,
  triggerAndWait,
  type Triggered,
  type TriggerEvent,
  type TriggerOptions,
} from "./lib/trigger.ts";
export {
  pace,
  type RunEvent,
  type RunRequest,
  type StatusChanged,
  type StepBegan,
  type StepEnded,
  waitForRun,
  type WaitOptions,
  watchRun,
} from "./lib/wait.ts";
export { parseTimestamp } from "./lib/time.ts";
import "./lib/table.ts";
