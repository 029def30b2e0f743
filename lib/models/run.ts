/**
 * The model of a run, its steps and their statuses: interfaces, with the schemas that validate responses.
 * `lib/api/runs.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files in this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { type Overrides, overrides } from "../shared_fields.ts";
import { Environment } from "./environment.ts";
import { Job } from "./job.ts";
import { Repository } from "./project.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The statuses of runs and steps. The last three are final. */
export const RunStatus = { queued: 1, starting: 2, running: 3, success: 10, error: 20, cancelled: 30 } as const;

/** Whether a status is final. An unknown status is not. */
export function isFinal(status: number): boolean {
  return status === RunStatus.success || status === RunStatus.error || status === RunStatus.cancelled;
}

/** The statuses of a run that has not ended. */
export const inFlight: ReadonlyArray<number> = [RunStatus.queued, RunStatus.starting, RunStatus.running];

/** The kinds of causes that start a run. */
export const CauseCategory = {
  api: "api",
  ci: "ci",
  scheduled: "scheduled",
  ui: "ui",
  rerun: "rerun",
  "job completion": "job completion",
  merge: "merge",
  "exposures generated": "exposures generated",
  adaptive: "adaptive",
  ingest: "ingest",
} as const;

/** The reasons why a run cannot be retried. */
export const RetryNotSupportedReason = {
  RETRY_UNSUPPORTED_CMD: "RETRY_UNSUPPORTED_CMD",
  RETRY_UNSUPPORTED_VERSION: "RETRY_UNSUPPORTED_VERSION",
  RETRY_NOT_LATEST_RUN: "RETRY_NOT_LATEST_RUN",
  RETRY_NOT_FAILED_RUN: "RETRY_NOT_FAILED_RUN",
  RETRY_NO_RUN_RESULTS: "RETRY_NO_RUN_RESULTS",
} as const;

const status = named(Schema.Int, RunStatus);

// ---- models ---------------------------------------------------------------------------------------------------------

/** What started a run, with the overrides of its job. Returned with `include_related: ["trigger"]`. */
export interface RunTrigger extends Overrides {
  /** The trigger's id. Source: the specification of 2023. */
  readonly id?: number | null;
  /** The reason for the run, as sent with the trigger. */
  readonly cause?: string | null;
  /** The kind of cause: see {@linkcode CauseCategory}. */
  readonly cause_category?: string | null;
  /** The cause in words. Source: the specification of 2023. */
  readonly cause_humanized?: string | null;
  /** The id of the job that was triggered. */
  readonly job_definition_id?: number | null;
  /** When it was triggered. Source: the specification of 2023. */
  readonly created_at?: string | null;
}

/** Reads a {@linkcode RunTrigger}. */
export const RunTrigger: Schema.Codec<RunTrigger> = struct({
  id: nullable(Schema.Int),
  cause: nullable(Schema.String),
  cause_category: nullable(named(Schema.String, CauseCategory)),
  cause_humanized: nullable(Schema.String),
  job_definition_id: nullable(Schema.Int),
  created_at: nullable(Schema.String),
  ...overrides,
});

/** The dbt command of a step. */
export interface RunStepCommand {
  /** The step's id. */
  readonly run_step_id?: number | null;
  /** The command: `dbt build`. */
  readonly dbt_command?: string | null;
}

/** The dbt invocation of a step. */
export interface RunStepInvocation {
  /** The step's id. */
  readonly run_step_id?: number | null;
  /** The run's id. */
  readonly run_id?: number | null;
}

/** A step of a run: cloning the repository, or one dbt command. */
export interface RunStep {
  /** The step's id. */
  readonly id?: number | null;
  /** The run's id. */
  readonly run_id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** Its number in the run, from 1: `step` of {@linkcode getArtifact}. */
  readonly index?: number | null;
  /** Its status: see {@linkcode RunStatus}. */
  readonly status?: number | null;
  /** The status in words. */
  readonly status_humanized?: string | null;
  /** The color of the status: `#rrggbb`. */
  readonly status_color?: string | null;
  /** Its name: ``Invoke dbt with `dbt build` ``. */
  readonly name?: string | null;
  /** The output of dbt. */
  readonly logs?: string | null;
  /** dbt's debug logs; complete only with `include_related: ["debug_logs"]`. */
  readonly debug_logs?: string | null;
  /** The last 1,000 lines of dbt's debug logs. */
  readonly truncated_debug_logs?: string | null;
  /** Where dbt Cloud stores the logs. */
  readonly log_path?: string | null;
  /** Where dbt Cloud stores the debug logs. */
  readonly debug_log_path?: string | null;
  /** The storage of the logs. Source: the specification of 2023. */
  readonly log_location?: string | null;
  /** How the logs are archived. Source: the specification of 2023. */
  readonly log_archive_type?: string | null;
  /** When it started. */
  readonly started_at?: string | null;
  /** When it ended. */
  readonly finished_at?: string | null;
  /** How long it took: `HH:MM:SS`. */
  readonly duration?: string | null;
  /** How long it took, in words. */
  readonly duration_humanized?: string | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** The dbt command, if the step runs one. */
  readonly run_step_command?: RunStepCommand | null;
  /** The dbt invocation, if the step has one. */
  readonly run_step_invocation?: RunStepInvocation | null;
}

const command: Schema.Codec<RunStepCommand> = struct({
  run_step_id: nullable(Schema.Int),
  dbt_command: nullable(Schema.String),
});

const invocation: Schema.Codec<RunStepInvocation> = struct({
  run_step_id: nullable(Schema.Int),
  run_id: nullable(Schema.Int),
});

/** Reads a {@linkcode RunStep}. */
export const RunStep: Schema.Codec<RunStep> = struct({
  id: nullable(Schema.Int),
  run_id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  index: nullable(Schema.Int),
  status: nullable(status),
  status_humanized: nullable(Schema.String),
  status_color: nullable(Schema.String),
  name: nullable(Schema.String),
  logs: nullable(Schema.String),
  debug_logs: nullable(Schema.String),
  truncated_debug_logs: nullable(Schema.String),
  log_path: nullable(Schema.String),
  debug_log_path: nullable(Schema.String),
  log_location: nullable(Schema.String),
  log_archive_type: nullable(Schema.String),
  started_at: nullable(Schema.String),
  finished_at: nullable(Schema.String),
  duration: nullable(Schema.String),
  duration_humanized: nullable(Schema.String),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  run_step_command: nullable(command),
  run_step_invocation: nullable(invocation),
}, { columns: ["id", "index", "name", "status_humanized", "duration", "started_at", "finished_at"] });

/** The user or token that started or cancelled a run. */
export interface RunAuditActor {
  /** The actor's id: a user's, or a service token's. */
  readonly id?: string | number | null;
  /** The actor's type. */
  readonly type?: string | null;
  /** The actor's name. */
  readonly name?: string | null;
}

/** The start or the cancellation of a run. */
export interface RunAuditEvent {
  /** Who did it. */
  readonly actor?: RunAuditActor | null;
}

/** Who started and who cancelled a run. */
export interface RunAudit {
  /** Who started it. */
  readonly trigger?: RunAuditEvent | null;
  /** Who cancelled it. */
  readonly cancellation?: RunAuditEvent | null;
}

const actor: Schema.Codec<RunAuditActor> = struct({
  id: nullable(Schema.Union([Schema.String, Schema.Int])),
  type: nullable(Schema.String),
  name: nullable(Schema.String),
});

const auditEvent: Schema.Codec<RunAuditEvent> = struct({ actor: nullable(actor) });

const audit: Schema.Codec<RunAudit> = struct({ trigger: nullable(auditEvent), cancellation: nullable(auditEvent) });

/** The deprecation warnings of a run. */
export interface RunDeprecation {
  /** The number of warnings. */
  readonly count?: number | null;
}

const deprecation: Schema.Codec<RunDeprecation> = struct({ count: nullable(Schema.Int) });

/** A run of a job. */
export interface Run {
  /** The run's id. */
  readonly id: number;
  /** The trigger's id. */
  readonly trigger_id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The environment's id. */
  readonly environment_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The job's id. */
  readonly job_definition_id?: number | null;
  /** The same as `job_definition_id`. */
  readonly job_id?: number | null;
  /** Its status: see {@linkcode RunStatus}. */
  readonly status?: number | null;
  /** The status in words: `Queued`, `Starting`, `Running`, `Success`, `Error`, `Cancelled`. */
  readonly status_humanized?: string | null;
  /** Why the run has this status: `Cancelled by user.` */
  readonly status_message?: string | null;
  /** The dbt version. */
  readonly dbt_version?: string | null;
  /** The branch that was checked out. */
  readonly git_branch?: string | null;
  /** The commit that was checked out. */
  readonly git_sha?: string | null;
  /** The id of the thread that owns it. */
  readonly owner_thread_id?: string | null;
  /** The id of the thread that executed it. */
  readonly executed_by_thread_id?: string | null;
  /** The id of the run that it defers to. */
  readonly deferring_run_id?: number | null;
  /** Whether its artifacts can be downloaded. */
  readonly artifacts_saved?: boolean | null;
  /** Where dbt Cloud stores the artifacts. */
  readonly artifact_s3_path?: string | null;
  /** Whether it generated docs. */
  readonly has_docs_generated?: boolean | null;
  /** Whether it checked source freshness. */
  readonly has_sources_generated?: boolean | null;
  /** Whether dbt Cloud has sent the notifications. */
  readonly notifications_sent?: boolean | null;
  /** The ids of the runs that it waits for. */
  readonly blocked_by?: ReadonlyArray<number> | null;
  /** An internal setting of dbt Cloud. Source: recorded responses. */
  readonly scribe_enabled?: boolean | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** When it left the queue. */
  readonly dequeued_at?: string | null;
  /** When it started. */
  readonly started_at?: string | null;
  /** When it ended. */
  readonly finished_at?: string | null;
  /** When dbt Cloud last checked it. */
  readonly last_checked_at?: string | null;
  /** When its worker last sent a heartbeat. */
  readonly last_heartbeat_at?: string | null;
  /** When it should start. */
  readonly should_start_at?: string | null;
  /** What started it; null unless requested with `include_related`. */
  readonly trigger?: RunTrigger | null;
  /** Its job; null unless requested with `include_related`. */
  readonly job?: Nested<Job> | null;
  /** Its environment; null unless requested with `include_related`. */
  readonly environment?: Nested<Environment> | null;
  /** Its repository; absent unless requested with `include_related`. */
  readonly repository?: Nested<Repository> | null;
  /** Its steps so far; empty unless requested with `include_related`. */
  readonly run_steps?: ReadonlyArray<RunStep> | null;
  /** The runs that retry it; absent unless requested with `include_related`. Their structure is not documented. */
  readonly run_retries?: unknown;
  /** The cache that it restored; absent unless requested with `include_related`. Its structure is not documented. */
  readonly repo_cache_restore?: unknown;
  /** Who started and who cancelled it; absent unless requested with `include_related`. */
  readonly audit?: RunAudit | null;
  /** Its deprecation warnings. */
  readonly deprecation?: RunDeprecation | null;
  /** Whether it is queued, starting or running. */
  readonly in_progress?: boolean | null;
  /** Whether it has ended. */
  readonly is_complete?: boolean | null;
  /** Whether it succeeded. */
  readonly is_success?: boolean | null;
  /** Whether it failed. */
  readonly is_error?: boolean | null;
  /** Whether it was cancelled. */
  readonly is_cancelled?: boolean | null;
  /** Whether it is running. */
  readonly is_running?: boolean | null;
  /** The time from creation to end: `HH:MM:SS`; hours can exceed 24. */
  readonly duration?: string | null;
  /** The time from creation to start: `HH:MM:SS`. */
  readonly queued_duration?: string | null;
  /** The time from start to end: `HH:MM:SS`. */
  readonly run_duration?: string | null;
  /** `duration` in words: `1 minute, 37 seconds`. */
  readonly duration_humanized?: string | null;
  /** `queued_duration` in words. */
  readonly queued_duration_humanized?: string | null;
  /** `run_duration` in words. */
  readonly run_duration_humanized?: string | null;
  /** How long ago it was created, in words. */
  readonly created_at_humanized?: string | null;
  /** How long ago it ended, in words. */
  readonly finished_at_humanized?: string | null;
  /** The id of the run that this one retries. */
  readonly retrying_run_id?: number | null;
  /** Whether {@linkcode retry} can retry it. */
  readonly can_retry?: boolean | null;
  /** Why it cannot be retried, or null: see {@linkcode RetryNotSupportedReason}. */
  readonly retry_not_supported_reason?: string | null;
  /** The URL of its page in dbt Cloud. */
  readonly href?: string | null;
  /** Whether it used a cached repository; null unless requested with `include_related`. */
  readonly used_repo_cache?: boolean | null;
}

/** Reads a {@linkcode Run}. */
export const Run: Schema.Codec<Run> = struct({
  id: Schema.Int,
  trigger_id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  environment_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  job_definition_id: nullable(Schema.Int),
  job_id: nullable(Schema.Int),
  status: nullable(status),
  status_humanized: nullable(Schema.String),
  status_message: nullable(Schema.String),
  dbt_version: nullable(Schema.String),
  git_branch: nullable(Schema.String),
  git_sha: nullable(Schema.String),
  owner_thread_id: nullable(Schema.String),
  executed_by_thread_id: nullable(Schema.String),
  deferring_run_id: nullable(Schema.Int),
  artifacts_saved: nullable(Schema.Boolean),
  artifact_s3_path: nullable(Schema.String),
  has_docs_generated: nullable(Schema.Boolean),
  has_sources_generated: nullable(Schema.Boolean),
  notifications_sent: nullable(Schema.Boolean),
  blocked_by: nullable(Schema.Array(Schema.Int)),
  scribe_enabled: nullable(Schema.Boolean),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  dequeued_at: nullable(Schema.String),
  started_at: nullable(Schema.String),
  finished_at: nullable(Schema.String),
  last_checked_at: nullable(Schema.String),
  last_heartbeat_at: nullable(Schema.String),
  should_start_at: nullable(Schema.String),
  trigger: nullable(RunTrigger),
  job: nullable(nested((): Schema.Codec<Job> => Job)),
  environment: nullable(nested((): Schema.Codec<Environment> => Environment)),
  repository: nullable(nested((): Schema.Codec<Repository> => Repository)),
  run_steps: nullable(Schema.Array(RunStep)),
  run_retries: optional(Schema.Unknown),
  repo_cache_restore: optional(Schema.Unknown),
  audit: nullable(audit),
  deprecation: nullable(deprecation),
  in_progress: nullable(Schema.Boolean),
  is_complete: nullable(Schema.Boolean),
  is_success: nullable(Schema.Boolean),
  is_error: nullable(Schema.Boolean),
  is_cancelled: nullable(Schema.Boolean),
  is_running: nullable(Schema.Boolean),
  duration: nullable(Schema.String),
  queued_duration: nullable(Schema.String),
  run_duration: nullable(Schema.String),
  duration_humanized: nullable(Schema.String),
  queued_duration_humanized: nullable(Schema.String),
  run_duration_humanized: nullable(Schema.String),
  created_at_humanized: nullable(Schema.String),
  finished_at_humanized: nullable(Schema.String),
  retrying_run_id: nullable(Schema.Int),
  can_retry: nullable(Schema.Boolean),
  retry_not_supported_reason: nullable(named(Schema.String, RetryNotSupportedReason)),
  href: nullable(Schema.String),
  used_repo_cache: nullable(Schema.Boolean),
}, {
  columns: ["id", "job_definition_id", "status_humanized", "git_branch", "started_at", "duration", "status_message"],
});

/** The failed step of a run, and the steps that it skipped. */
export interface RunFailureDetails {
  /** The name of the failed step. */
  readonly failed_step?: string | null;
  /** The names of the skipped steps. */
  readonly skipped_steps?: ReadonlyArray<string> | null;
}

/** Reads {@linkcode RunFailureDetails}. */
export const RunFailureDetails: Schema.Codec<RunFailureDetails> = struct({
  failed_step: nullable(Schema.String),
  skipped_steps: nullable(Schema.Array(Schema.String)),
}, { columns: ["failed_step", "skipped_steps"] });
