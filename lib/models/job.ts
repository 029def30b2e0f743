/**
 * The model of a job and of the fields that requests can set: interfaces, with the schemas that validate responses.
 * `lib/api/jobs.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files in this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { State } from "../shared_fields.ts";
import { Account } from "./account.ts";
import { Environment } from "./environment.ts";
import { Project } from "./project.ts";
import { Run } from "./run.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The types of jobs. */
export const JobType = {
  ci: "ci",
  scheduled: "scheduled",
  other: "other",
  merge: "merge",
  exposure_sync: "exposure_sync",
  adaptive: "adaptive",
  hybrid: "hybrid",
} as const;

/** How a schedule chooses its days. */
export const ScheduleDateType = {
  every_day: "every_day",
  days_of_week: "days_of_week",
  custom_cron: "custom_cron",
  interval_cron: "interval_cron",
} as const;

/** How a schedule chooses its hours. */
export const ScheduleTimeType = { every_hour: "every_hour", at_exact_hours: "at_exact_hours" } as const;

/** The cost optimization features of dbt Cloud. */
export const CostOptimizationFeature = {
  state_aware_orchestration: "state_aware_orchestration",
  efficient_testing: "efficient_testing",
  dbt_state: "dbt_state",
} as const;

/** The results of a job that can start another job. */
export const CompletionStatus = { success: 10, error: 20, cancelled: 30 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** The time limit for a job's runs. */
export interface JobExecution {
  /** Seconds until dbt Cloud cancels a run; 0 for never. */
  readonly timeout_seconds?: number | null;
}

/** The dbt settings of a job. */
export interface JobSettings {
  /** The number of dbt threads. dbt's default is 1. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
}

/** What starts a job automatically. */
export interface JobTriggers {
  /** Whether pull requests on GitHub start it. */
  readonly github_webhook?: boolean | null;
  /** Whether pull requests on other git providers start it. */
  readonly git_provider_webhook?: boolean | null;
  /** Whether the schedule starts it. */
  readonly schedule?: boolean | null;
  /** Whether merges into the environment's branch start it. */
  readonly on_merge?: boolean | null;
  /** Whether only pull requests to the custom branch start it. Deprecated by dbt. */
  readonly custom_branch_only?: boolean | null;
}

/** The days on which a job runs. */
export interface ScheduleDate {
  /** How the days are chosen: see {@linkcode ScheduleDateType}. */
  readonly type?: string | null;
  /** The days of the week, 0 for Sunday to 6. */
  readonly days?: ReadonlyArray<number> | null;
  /** The schedule in cron syntax, for `custom_cron` and `interval_cron`. */
  readonly cron?: string | null;
}

/** The hours at which a job runs. */
export interface ScheduleTime {
  /** How the hours are chosen: see {@linkcode ScheduleTimeType}. */
  readonly type?: string | null;
  /** The number of hours between runs, for `every_hour` (default: 1). */
  readonly interval?: number | null;
  /** The hours in UTC, for `at_exact_hours`. */
  readonly hours?: ReadonlyArray<number> | null;
}

/** The schedule of a job. */
export interface Schedule {
  /**
   * The schedule in cron syntax, in UTC, which dbt Cloud derives from `date` and `time`. For a cron expression of your
   * own, set `date.type` to `custom_cron`, and `date.cron`.
   */
  readonly cron?: string | null;
  /** On which days it runs. */
  readonly date?: ScheduleDate | null;
  /** At which hours it runs. */
  readonly time?: ScheduleTime | null;
}

/** The schedule of a job that is nested in another object, without the details of days and hours. */
export interface FlatSchedule {
  /** The schedule in cron syntax, in UTC. */
  readonly cron?: string | null;
  /** How the days are chosen: see {@linkcode ScheduleDateType}. */
  readonly date?: string | null;
  /** How the hours are chosen: see {@linkcode ScheduleTimeType}. */
  readonly time?: string | null;
}

/** The job and the results that start this job. */
export interface JobCompletionCondition {
  /** The id of the job that has to end. */
  readonly job_id?: number | null;
  /** The id of that job's project. */
  readonly project_id?: number | null;
  /** The results of that job that start this one: see {@linkcode CompletionStatus}. */
  readonly statuses?: ReadonlyArray<number> | null;
}

/** The job that starts this one when it ends. */
export interface JobCompletionTrigger {
  /** The job and its results. */
  readonly condition?: JobCompletionCondition | null;
}

/** The fields of a job that requests can set. */
export interface JobOptions {
  /** The job's name. */
  readonly name?: string | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The id of the environment that the job runs in. */
  readonly environment_id?: number | null;
  /** The dbt commands to run. */
  readonly execute_steps?: ReadonlyArray<string> | null;
  /** What the job is for. */
  readonly description?: string | null;
  /** The dbt version (default: the environment's). */
  readonly dbt_version?: string | null;
  /** Its type: see {@linkcode JobType}. */
  readonly job_type?: string | null;
  /** The id of the environment that its runs defer to. */
  readonly deferring_environment_id?: number | null;
  /** The id of the job that its runs defer to: to its last successful run. */
  readonly deferring_job_definition_id?: number | null;
  /** The time limit for its runs. */
  readonly execution?: JobExecution | null;
  /** The dbt settings. */
  readonly settings?: JobSettings | null;
  /** What starts it automatically. */
  readonly triggers?: JobTriggers | null;
  /** The job that starts this one when it ends. Source: recorded responses and the Terraform provider. */
  readonly job_completion_trigger_condition?: JobCompletionTrigger | null;
  /** Whether draft pull requests start it too. */
  readonly triggers_on_draft_pr?: boolean | null;
  /** Whether `dbt docs generate` runs at the end. */
  readonly generate_docs?: boolean | null;
  /** Whether `dbt source freshness` runs first. */
  readonly run_generate_sources?: boolean | null;
  /** The same as `run_generate_sources`. */
  readonly generate_sources?: boolean | null;
  /** Whether runs compare their changes with the deferred environment. */
  readonly run_compare_changes?: boolean | null;
  /** The models to compare, in dbt's selection syntax. dbt's default is `--select state:modified`. */
  readonly compare_changes_flags?: string | null;
  /** Whether runs lint the SQL first. */
  readonly run_lint?: boolean | null;
  /** Whether a run fails if linting fails. */
  readonly errors_on_lint_failure?: boolean | null;
  /** The cost optimization features in use: see {@linkcode CostOptimizationFeature}. dbt Cloud may change this list. */
  readonly cost_optimization_features?: ReadonlyArray<string> | null;
  /** Whether dbt builds the selected nodes even if nothing has changed. Source: the Terraform provider. */
  readonly force_node_selection?: boolean | null;
  /** Whether dbt Cloud sends events about its runs. */
  readonly lifecycle_webhooks?: boolean | null;
  /** State of the job: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const cron = nullable(field(Schema.String, "Schedule in cron syntax, in UTC"));

const scheduleDate: Schema.Codec<ScheduleDate> = struct({
  type: nullable(field(named(Schema.String, ScheduleDateType), "How the days are chosen")),
  days: nullable(field(Schema.Array(Schema.Int), "Days of the week, 0 for Sunday to 6")),
  cron,
});

const scheduleTime: Schema.Codec<ScheduleTime> = struct({
  type: nullable(field(named(Schema.String, ScheduleTimeType), "How the hours are chosen")),
  interval: nullable(field(Schema.Int, "Hours between runs, for every_hour (default: 1)")),
  hours: nullable(field(Schema.Array(Schema.Int), "Hours in UTC, for at_exact_hours")),
});

/** Reads a {@linkcode Schedule}. */
export const Schedule: Schema.Codec<Schedule> = struct({
  cron: nullable(
    field(Schema.String, "Derived from date and time; for your own, set date.type custom_cron and date.cron"),
  ),
  date: nullable(scheduleDate),
  time: nullable(scheduleTime),
});

const flatSchedule: Schema.Codec<FlatSchedule> = struct({
  cron,
  date: nullable(named(Schema.String, ScheduleDateType)),
  time: nullable(named(Schema.String, ScheduleTimeType)),
});

const condition: Schema.Codec<JobCompletionCondition> = struct({
  job_id: nullable(field(Schema.Int, "Id of the job that starts this one when it ends")),
  project_id: nullable(field(Schema.Int, "Id of that job's project")),
  statuses: nullable(
    field(Schema.Array(named(Schema.Int, CompletionStatus)), "Results of that job that start this one"),
  ),
});

const completion: Schema.Codec<JobCompletionTrigger> = struct({ condition: nullable(condition) });

const execution: Schema.Codec<JobExecution> = struct({
  timeout_seconds: nullable(field(Schema.Int, "Seconds until dbt Cloud cancels a run; 0 for never")),
});

const settings: Schema.Codec<JobSettings> = struct({
  threads: nullable(field(Schema.Int, "Number of dbt threads")),
  target_name: nullable(field(Schema.String, "Name of the target")),
});

const triggers: Schema.Codec<JobTriggers> = struct({
  github_webhook: nullable(field(Schema.Boolean, "Whether pull requests on GitHub start the job")),
  git_provider_webhook: nullable(field(Schema.Boolean, "Whether pull requests on other git providers start the job")),
  schedule: nullable(field(Schema.Boolean, "Whether the schedule starts the job")),
  on_merge: nullable(field(Schema.Boolean, "Whether merges into the environment's branch start the job")),
  custom_branch_only: nullable(
    field(Schema.Boolean, "Whether only pull requests to the custom branch start the job (deprecated)"),
  ),
});

/** The fields of {@linkcode JobOptions}. */
export const JobOptions: Members<JobOptions> = {
  name: nullable(field(Schema.String, "Name of the job")),
  project_id: nullable(field(Schema.Int, "Project")),
  environment_id: nullable(field(Schema.Int, "Id of the environment that the job runs in")),
  execute_steps: nullable(field(Schema.Array(Schema.String), "Commands to run, such as dbt build")),
  description: nullable(field(Schema.String, "What the job is for")),
  dbt_version: nullable(field(Schema.String, "Version of dbt (default: the environment's)")),
  job_type: nullable(field(named(Schema.String, JobType), "Type of the job")),
  deferring_environment_id: nullable(field(Schema.Int, "Id of the environment that runs defer to")),
  deferring_job_definition_id: nullable(field(Schema.Int, "Id of the job that runs defer to")),
  execution: nullable(field(execution, "Time limit for runs")),
  settings: nullable(field(settings, "Settings of dbt")),
  triggers: nullable(field(triggers, "What starts the job automatically")),
  job_completion_trigger_condition: nullable(field(completion, "Job that starts this one when it ends")),
  triggers_on_draft_pr: nullable(field(Schema.Boolean, "Whether draft pull requests start the job too")),
  generate_docs: nullable(field(Schema.Boolean, "Whether dbt docs generate runs at the end")),
  run_generate_sources: nullable(field(Schema.Boolean, "Whether dbt source freshness runs first")),
  generate_sources: nullable(field(Schema.Boolean, "Same as run_generate_sources")),
  run_compare_changes: nullable(
    field(Schema.Boolean, "Whether runs compare their changes with the deferred environment"),
  ),
  compare_changes_flags: nullable(
    field(Schema.String, "Models to compare, in dbt's selection syntax, such as --select state:modified"),
  ),
  run_lint: nullable(field(Schema.Boolean, "Whether runs lint the SQL first")),
  errors_on_lint_failure: nullable(field(Schema.Boolean, "Whether a run fails if linting fails")),
  cost_optimization_features: nullable(
    field(Schema.Array(named(Schema.String, CostOptimizationFeature)), "Cost optimization features to use"),
  ),
  force_node_selection: nullable(
    field(Schema.Boolean, "Whether dbt builds the selected nodes even if nothing has changed"),
  ),
  lifecycle_webhooks: nullable(field(Schema.Boolean, "Whether dbt Cloud sends events about its runs")),
  state: nullable(field(named(Schema.Int, State), "State of the job")),
};

/** A job. */
export interface Job extends JobOptions {
  /** The job's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The schedule; a {@linkcode FlatSchedule} if the job is nested in another object. */
  readonly schedule?: Schedule | FlatSchedule | null;
  /** The schedule in words. Source: recorded responses. */
  readonly cron_humanized?: string | null;
  /** When the schedule starts it next. Source: recorded responses. */
  readonly next_run?: string | null;
  /** The time until then, in words. Source: recorded responses. */
  readonly next_run_humanized?: string | null;
  /** The dbt version as set by the user. */
  readonly raw_dbt_version?: string | null;
  /** Whether other jobs can defer to it. */
  readonly is_deferrable?: boolean | null;
  /** Whether dbt Cloud made it for itself. Source: dbt-jobs-as-code. */
  readonly is_system?: boolean | null;
  /** Whether dbt Cloud has deactivated it, such as after many failed runs. Source: recorded responses. */
  readonly deactivated?: boolean | null;
  /** How many runs failed in a row. */
  readonly run_failure_count?: number | null;
  /** The URL that gets events about its runs. */
  readonly lifecycle_webhooks_url?: string | null;
  /** Whether it could run on Fusion; only with `include_related`. Its structure is not documented. */
  readonly fusion_readiness?: unknown;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** Its account; absent or null unless requested with `include_related`. */
  readonly account?: Nested<Account> | null;
  /** Its project; absent or null unless requested with `include_related`. */
  readonly project?: Nested<Project> | null;
  /** Its environment; absent or null unless requested with `include_related`. */
  readonly environment?: Nested<Environment> | null;
  /** Its newest run; absent or null unless requested with `include_related`. */
  readonly most_recent_run?: Nested<Run> | null;
  /** Its newest run that ended; absent or null unless requested with `include_related`. */
  readonly most_recent_completed_run?: Nested<Run> | null;
  /** Its overrides of environment variables; absent unless requested with `include_related`. */
  readonly custom_environment_variables?: unknown;
}

// Jobs and runs contain each other, so their files import each other. `suspend` reads the model when it is first used:
// both files are loaded then.
const run: Schema.Codec<Nested<Run>> = nested((): Schema.Codec<Run> => Run);

/** Reads a {@linkcode Job}. */
export const Job: Schema.Codec<Job> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...JobOptions,
  schedule: nullable(Schema.Union([Schedule, flatSchedule])),
  cron_humanized: nullable(Schema.String),
  next_run: nullable(Schema.String),
  next_run_humanized: nullable(Schema.String),
  raw_dbt_version: nullable(Schema.String),
  is_deferrable: nullable(Schema.Boolean),
  is_system: nullable(Schema.Boolean),
  deactivated: nullable(Schema.Boolean),
  run_failure_count: nullable(Schema.Int),
  lifecycle_webhooks_url: nullable(Schema.String),
  fusion_readiness: optional(Schema.Unknown),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  account: nullable(nested((): Schema.Codec<Account> => Account)),
  project: nullable(nested((): Schema.Codec<Project> => Project)),
  environment: nullable(nested((): Schema.Codec<Environment> => Environment)),
  most_recent_run: nullable(run),
  most_recent_completed_run: nullable(run),
  custom_environment_variables: optional(Schema.Unknown),
}, { columns: ["id", "name", "project_id", "environment_id", "most_recent_run", "next_run"] });
