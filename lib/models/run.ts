/**
 * The model of a run and its steps, and the statuses that they have: interfaces, with the schemas that check answers.
 * `lib/api/runs.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files of this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { named, type Nested, nested, nullable, optional, type Overrides, overrides, struct } from "../schema.ts";
import { Environment } from "./environment.ts";
import { Job } from "./job.ts";
import { Repository } from "./project.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** How far a run, or a step of one, has come. The last three are final. */
export const RunStatus = { queued: 1, starting: 2, running: 3, success: 10, error: 20, cancelled: 30 } as const;

/** Whether a run with this status has ended. A status that is not known has not. */
export function isFinal(status: number): boolean {
  return status === RunStatus.success || status === RunStatus.error || status === RunStatus.cancelled;
}

/** The statuses of a run that has not ended. */
export const inFlight: ReadonlyArray<number> = [RunStatus.queued, RunStatus.starting, RunStatus.running];

/** What made a run start. */
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

/** Why a run cannot be retried. */
export const RetryNotSupportedReason = {
  RETRY_UNSUPPORTED_CMD: "RETRY_UNSUPPORTED_CMD",
  RETRY_UNSUPPORTED_VERSION: "RETRY_UNSUPPORTED_VERSION",
  RETRY_NOT_LATEST_RUN: "RETRY_NOT_LATEST_RUN",
  RETRY_NOT_FAILED_RUN: "RETRY_NOT_FAILED_RUN",
  RETRY_NO_RUN_RESULTS: "RETRY_NO_RUN_RESULTS",
} as const;

const status = named(Schema.Int, RunStatus);

// ---- models ---------------------------------------------------------------------------------------------------------

/** What started a run, and how that run differs from its job. Comes with `include_related: ["trigger"]`. */
export interface RunTrigger extends Overrides {
  /** The trigger's id. Source: the specification of 2023. */
  readonly id?: number | null;
  /** Why the run was started, in the words of who started it. */
  readonly cause?: string | null;
  /** What kind of cause it was: see {@linkcode CauseCategory}. */
  readonly cause_category?: string | null;
  /** The cause in words for people. Source: the specification of 2023. */
  readonly cause_humanized?: string | null;
  /** The job that was triggered. */
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

/** The dbt command behind a step. */
export interface RunStepCommand {
  /** The step. */
  readonly run_step_id?: number | null;
  /** The command: `dbt build`. */
  readonly dbt_command?: string | null;
}

/** The invocation behind a step. */
export interface RunStepInvocation {
  /** The step. */
  readonly run_step_id?: number | null;
  /** The run. */
  readonly run_id?: number | null;
}

/** A step of a run: cloning the repository, or one dbt command. */
export interface RunStep {
  /** The step's id. dbt's specification leaves it out. */
  readonly id?: number | null;
  /** The run it belongs to. */
  readonly run_id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** Its place in the run, from 1: what `step` means to {@linkcode getArtifact}. */
  readonly index?: number | null;
  /** How far it has come: see {@linkcode RunStatus}. */
  readonly status?: number | null;
  /** The status in words. */
  readonly status_humanized?: string | null;
  /** The status as a colour: `#rrggbb`. */
  readonly status_color?: string | null;
  /** Its name: ``Invoke dbt with `dbt build` ``. */
  readonly name?: string | null;
  /** What dbt printed. */
  readonly logs?: string | null;
  /** dbt's debug log, whole only with `include_related: ["debug_logs"]`. */
  readonly debug_logs?: string | null;
  /** The last 1,000 lines of dbt's debug log. */
  readonly truncated_debug_logs?: string | null;
  /** Where the log lies. */
  readonly log_path?: string | null;
  /** Where the debug log lies. */
  readonly debug_log_path?: string | null;
  /** What stores the log. Source: the specification of 2023. */
  readonly log_location?: string | null;
  /** How the log is archived. Source: the specification of 2023. */
  readonly log_archive_type?: string | null;
  /** When it began. */
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
  /** The dbt command, where the step is one. */
  readonly run_step_command?: RunStepCommand | null;
  /** The invocation, where the step is one. */
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

/** Who did something to a run. */
export interface RunAuditActor {
  /** The actor's id: a user's, or a service token's. */
  readonly id?: string | number | null;
  /** What the actor is. */
  readonly type?: string | null;
  /** The actor's name. */
  readonly name?: string | null;
}

/** Something that was done to a run. */
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

/** How many deprecated things a run used. */
export interface RunDeprecation {
  /** How many warnings. */
  readonly count?: number | null;
}

const deprecation: Schema.Codec<RunDeprecation> = struct({ count: nullable(Schema.Int) });

/** A run of a job. */
export interface Run {
  /** The run's id. */
  readonly id: number;
  /** What triggered it. */
  readonly trigger_id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** The environment that it runs in. */
  readonly environment_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The job that it is a run of. */
  readonly job_definition_id?: number | null;
  /** The same as `job_definition_id`. */
  readonly job_id?: number | null;
  /** How far it has come: see {@linkcode RunStatus}. */
  readonly status?: number | null;
  /** The status in words: `Queued`, `Starting`, `Running`, `Success`, `Error`, `Cancelled`. */
  readonly status_humanized?: string | null;
  /** Why it ended so: `Cancelled by user.` */
  readonly status_message?: string | null;
  /** The dbt version. */
  readonly dbt_version?: string | null;
  /** The branch that was checked out. */
  readonly git_branch?: string | null;
  /** The commit that was checked out. */
  readonly git_sha?: string | null;
  /** The thread that owns it. */
  readonly owner_thread_id?: string | null;
  /** The thread that executed it. */
  readonly executed_by_thread_id?: string | null;
  /** The run whose artifacts it defers to. */
  readonly deferring_run_id?: number | null;
  /** Whether its artifacts are there to download. */
  readonly artifacts_saved?: boolean | null;
  /** Where dbt Cloud keeps the artifacts. */
  readonly artifact_s3_path?: string | null;
  /** Whether it made documentation. */
  readonly has_docs_generated?: boolean | null;
  /** Whether it looked at the freshness of sources. */
  readonly has_sources_generated?: boolean | null;
  /** Whether notifications went out. */
  readonly notifications_sent?: boolean | null;
  /** The runs that it waits for. */
  readonly blocked_by?: ReadonlyArray<number> | null;
  /** An inner switch of dbt Cloud. Source: recorded answers. */
  readonly scribe_enabled?: boolean | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** When a worker took it from the queue. */
  readonly dequeued_at?: string | null;
  /** When it began. */
  readonly started_at?: string | null;
  /** When it ended. */
  readonly finished_at?: string | null;
  /** When dbt Cloud last looked at it. */
  readonly last_checked_at?: string | null;
  /** When its worker last gave a sign of life. */
  readonly last_heartbeat_at?: string | null;
  /** When it should begin. */
  readonly should_start_at?: string | null;
  /** What started it; null unless asked for with `include_related`. */
  readonly trigger?: RunTrigger | null;
  /** Its job; null unless asked for with `include_related`. */
  readonly job?: Nested<Job> | null;
  /** Its environment; null unless asked for with `include_related`. */
  readonly environment?: Nested<Environment> | null;
  /** Its repository; absent unless asked for with `include_related`. */
  readonly repository?: Nested<Repository> | null;
  /** Its steps so far; empty unless asked for with `include_related`. */
  readonly run_steps?: ReadonlyArray<RunStep> | null;
  /** The runs that tried it again; absent unless asked for with `include_related`. Their shape is not published. */
  readonly run_retries?: unknown;
  /** The cache that it restored; absent unless asked for with `include_related`. Its shape is not published. */
  readonly repo_cache_restore?: unknown;
  /** Who started and who cancelled it; absent unless asked for with `include_related`. */
  readonly audit?: RunAudit | null;
  /** How many deprecated things it used. */
  readonly deprecation?: RunDeprecation | null;
  /** Whether it is queued, starting or running. */
  readonly in_progress?: boolean | null;
  /** Whether it has ended. */
  readonly is_complete?: boolean | null;
  /** Whether it ended in success. */
  readonly is_success?: boolean | null;
  /** Whether it ended in error. */
  readonly is_error?: boolean | null;
  /** Whether it was cancelled. */
  readonly is_cancelled?: boolean | null;
  /** Whether it is running. */
  readonly is_running?: boolean | null;
  /** From creation to end: `HH:MM:SS`, whole seconds; hours go beyond 24. */
  readonly duration?: string | null;
  /** From creation to begin: `HH:MM:SS`. */
  readonly queued_duration?: string | null;
  /** From begin to end: `HH:MM:SS`. */
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
  /** The run that this one tries again. */
  readonly retrying_run_id?: number | null;
  /** Whether {@linkcode retry} would work. */
  readonly can_retry?: boolean | null;
  /** Why not, where it would not: see {@linkcode RetryNotSupportedReason}. */
  readonly retry_not_supported_reason?: string | null;
  /** Its page in dbt Cloud. */
  readonly href?: string | null;
  /** Whether it used a cached repository; null unless asked for with `include_related`. */
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
  columns: ["id", "job_definition_id", "status_humanized", "git_branch", "created_at", "duration", "status_message"],
});

/** Where a run failed, and what it therefore did not do. */
export interface RunFailureDetails {
  /** The step that failed. */
  readonly failed_step?: string | null;
  /** The steps that were skipped. */
  readonly skipped_steps?: ReadonlyArray<string> | null;
}

/** Reads {@linkcode RunFailureDetails}. */
export const RunFailureDetails: Schema.Codec<RunFailureDetails> = struct({
  failed_step: nullable(Schema.String),
  skipped_steps: nullable(Schema.Array(Schema.String)),
}, { columns: ["failed_step", "skipped_steps"] });
