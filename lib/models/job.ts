/**
 * The model of a job and of what a request can set about it: interfaces, with the schemas that check answers.
 * `lib/api/jobs.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files of this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, State, struct } from "../schema.ts";
import { Account } from "./account.ts";
import { Environment } from "./environment.ts";
import { Project } from "./project.ts";
import { Run } from "./run.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What a job is for. */
export const JobType = {
  ci: "ci",
  scheduled: "scheduled",
  other: "other",
  merge: "merge",
  exposure_sync: "exposure_sync",
  adaptive: "adaptive",
  hybrid: "hybrid",
} as const;

/** The days of a schedule. */
export const ScheduleDateType = {
  every_day: "every_day",
  days_of_week: "days_of_week",
  custom_cron: "custom_cron",
  interval_cron: "interval_cron",
} as const;

/** The hours of a schedule. */
export const ScheduleTimeType = { every_hour: "every_hour", at_exact_hours: "at_exact_hours" } as const;

/** What dbt Cloud can do to save cost. */
export const CostOptimizationFeature = {
  state_aware_orchestration: "state_aware_orchestration",
  efficient_testing: "efficient_testing",
  dbt_state: "dbt_state",
} as const;

/** How a job can end that starts another one. */
export const CompletionStatus = { success: 10, error: 20, cancelled: 30 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** How long a job's runs may take. */
export interface JobExecution {
  /** Seconds until dbt Cloud cancels a run; 0 for never. */
  readonly timeout_seconds?: number | null;
}

/** How dbt is called. */
export interface JobSettings {
  /** How many threads dbt uses. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
}

/** What starts a job by itself. */
export interface JobTriggers {
  /** A pull request on GitHub. */
  readonly github_webhook?: boolean | null;
  /** A pull request at another git provider. */
  readonly git_provider_webhook?: boolean | null;
  /** The schedule. */
  readonly schedule?: boolean | null;
  /** A merge into the environment's branch. */
  readonly on_merge?: boolean | null;
  /** Only pull requests against the custom branch. Deprecated by dbt. */
  readonly custom_branch_only?: boolean | null;
}

/** The days on which a job runs. */
export interface ScheduleDate {
  /** Which days: see {@linkcode ScheduleDateType}. */
  readonly type?: string | null;
  /** The days of the week, from 0 for Sunday. */
  readonly days?: ReadonlyArray<number> | null;
  /** The schedule in cron syntax, for `custom_cron` and `interval_cron`. */
  readonly cron?: string | null;
}

/** The hours at which a job runs. */
export interface ScheduleTime {
  /** Which hours: see {@linkcode ScheduleTimeType}. */
  readonly type?: string | null;
  /** Every so many hours, for `every_hour`. */
  readonly interval?: number | null;
  /** The hours in UTC, for `at_exact_hours`. */
  readonly hours?: ReadonlyArray<number> | null;
}

/** When a job runs by itself. */
export interface Schedule {
  /** The schedule in cron syntax, in UTC. */
  readonly cron?: string | null;
  /** The days. */
  readonly date?: ScheduleDate | null;
  /** The hours. */
  readonly time?: ScheduleTime | null;
}

/** A schedule as it comes in a job within another thing: without the parts. */
export interface FlatSchedule {
  /** The schedule in cron syntax, in UTC. */
  readonly cron?: string | null;
  /** Which days: see {@linkcode ScheduleDateType}. */
  readonly date?: string | null;
  /** Which hours: see {@linkcode ScheduleTimeType}. */
  readonly time?: string | null;
}

/** How another job has to end to start this one. */
export interface JobCompletionCondition {
  /** The job that has to end. */
  readonly job_id?: number | null;
  /** Its project. */
  readonly project_id?: number | null;
  /** How it has to end: see {@linkcode CompletionStatus}. */
  readonly statuses?: ReadonlyArray<number> | null;
}

/** The job whose end starts this one. */
export interface JobCompletionTrigger {
  /** Which job, and how it has to end. */
  readonly condition?: JobCompletionCondition | null;
}

/** What one can set about a job. */
export interface JobOptions {
  /** The name. */
  readonly name?: string | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The environment that its runs run in. */
  readonly environment_id?: number | null;
  /** The dbt commands to run. */
  readonly execute_steps?: ReadonlyArray<string> | null;
  /** What the job is for, in words. */
  readonly description?: string | null;
  /** The dbt version to run; the environment's when null. */
  readonly dbt_version?: string | null;
  /** What kind of job it is: see {@linkcode JobType}. */
  readonly job_type?: string | null;
  /** The environment that its runs defer to. */
  readonly deferring_environment_id?: number | null;
  /** The job whose last run its runs defer to. */
  readonly deferring_job_definition_id?: number | null;
  /** How long its runs may take. */
  readonly execution?: JobExecution | null;
  /** How dbt is called. */
  readonly settings?: JobSettings | null;
  /** What starts it by itself. */
  readonly triggers?: JobTriggers | null;
  /** The job whose end starts this one. Source: recorded answers and the Terraform provider. */
  readonly job_completion_trigger_condition?: JobCompletionTrigger | null;
  /** Whether a draft pull request starts it too. */
  readonly triggers_on_draft_pr?: boolean | null;
  /** Whether `dbt docs generate` runs at the end. */
  readonly generate_docs?: boolean | null;
  /** Whether `dbt source freshness` runs first. */
  readonly run_generate_sources?: boolean | null;
  /** The same as `run_generate_sources`. */
  readonly generate_sources?: boolean | null;
  /** Whether runs compare what they change with what the deferred environment has. */
  readonly run_compare_changes?: boolean | null;
  /** What to compare, in dbt's selection syntax. */
  readonly compare_changes_flags?: string | null;
  /** Whether runs lint the SQL first. */
  readonly run_lint?: boolean | null;
  /** Whether a run fails when linting does. */
  readonly errors_on_lint_failure?: boolean | null;
  /** What dbt Cloud does to save cost: see {@linkcode CostOptimizationFeature}. It may change this list itself. */
  readonly cost_optimization_features?: ReadonlyArray<string> | null;
  /** Whether dbt selects nodes even where state says that nothing changed. Source: the Terraform provider. */
  readonly force_node_selection?: boolean | null;
  /** Whether dbt Cloud tells webhooks of its runs. */
  readonly lifecycle_webhooks?: boolean | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const cron = nullable(field(Schema.String, "The schedule in cron syntax, in UTC"));

const scheduleDate: Schema.Codec<ScheduleDate> = struct({
  type: nullable(field(named(Schema.String, ScheduleDateType), "Which days")),
  days: nullable(field(Schema.Array(Schema.Int), "The days of the week, from 0 for Sunday")),
  cron,
});

const scheduleTime: Schema.Codec<ScheduleTime> = struct({
  type: nullable(field(named(Schema.String, ScheduleTimeType), "Which hours")),
  interval: nullable(field(Schema.Int, "Every so many hours")),
  hours: nullable(field(Schema.Array(Schema.Int), "The hours, in UTC")),
});

/** Reads a {@linkcode Schedule}. */
export const Schedule: Schema.Codec<Schedule> = struct({
  cron,
  date: nullable(scheduleDate),
  time: nullable(scheduleTime),
});

const flatSchedule: Schema.Codec<FlatSchedule> = struct({
  cron,
  date: nullable(named(Schema.String, ScheduleDateType)),
  time: nullable(named(Schema.String, ScheduleTimeType)),
});

const condition: Schema.Codec<JobCompletionCondition> = struct({
  job_id: nullable(field(Schema.Int, "The job that has to end")),
  project_id: nullable(field(Schema.Int, "Its project")),
  statuses: nullable(field(Schema.Array(named(Schema.Int, CompletionStatus)), "How it has to end")),
});

const completion: Schema.Codec<JobCompletionTrigger> = struct({ condition: nullable(condition) });

const execution: Schema.Codec<JobExecution> = struct({
  timeout_seconds: nullable(field(Schema.Int, "Seconds until dbt Cloud cancels a run; 0 for never")),
});

const settings: Schema.Codec<JobSettings> = struct({
  threads: nullable(field(Schema.Int, "How many threads dbt uses")),
  target_name: nullable(field(Schema.String, "The name of the target")),
});

const triggers: Schema.Codec<JobTriggers> = struct({
  github_webhook: nullable(field(Schema.Boolean, "A pull request on GitHub starts it")),
  git_provider_webhook: nullable(field(Schema.Boolean, "A pull request at another git provider starts it")),
  schedule: nullable(field(Schema.Boolean, "The schedule starts it")),
  on_merge: nullable(field(Schema.Boolean, "A merge into the environment's branch starts it")),
  custom_branch_only: nullable(field(Schema.Boolean, "Only pull requests against the custom branch (deprecated)")),
});

/** The fields of {@linkcode JobOptions}. */
export const JobOptions: Members<JobOptions> = {
  name: nullable(field(Schema.String, "The name")),
  project_id: nullable(field(Schema.Int, "The project")),
  environment_id: nullable(field(Schema.Int, "The environment that its runs run in")),
  execute_steps: nullable(field(Schema.Array(Schema.String), "The dbt commands to run")),
  description: nullable(field(Schema.String, "What the job is for, in words")),
  dbt_version: nullable(field(Schema.String, "The dbt version to run; the environment's when null")),
  job_type: nullable(field(named(Schema.String, JobType), "What kind of job it is")),
  deferring_environment_id: nullable(field(Schema.Int, "The environment that its runs defer to")),
  deferring_job_definition_id: nullable(field(Schema.Int, "The job whose last run its runs defer to")),
  execution: nullable(field(execution, "How long its runs may take")),
  settings: nullable(field(settings, "How dbt is called")),
  triggers: nullable(field(triggers, "What starts it by itself")),
  job_completion_trigger_condition: nullable(field(completion, "The job whose end starts this one")),
  triggers_on_draft_pr: nullable(field(Schema.Boolean, "Whether a draft pull request starts it too")),
  generate_docs: nullable(field(Schema.Boolean, "Whether dbt docs generate runs at the end")),
  run_generate_sources: nullable(field(Schema.Boolean, "Whether dbt source freshness runs first")),
  generate_sources: nullable(field(Schema.Boolean, "The same as run_generate_sources")),
  run_compare_changes: nullable(field(Schema.Boolean, "Whether runs compare what they change")),
  compare_changes_flags: nullable(field(Schema.String, "What to compare, in dbt's selection syntax")),
  run_lint: nullable(field(Schema.Boolean, "Whether runs lint the SQL first")),
  errors_on_lint_failure: nullable(field(Schema.Boolean, "Whether a run fails when linting does")),
  cost_optimization_features: nullable(
    field(Schema.Array(named(Schema.String, CostOptimizationFeature)), "What dbt Cloud does to save cost"),
  ),
  force_node_selection: nullable(field(Schema.Boolean, "Whether nodes are selected even where nothing changed")),
  lifecycle_webhooks: nullable(field(Schema.Boolean, "Whether dbt Cloud tells webhooks of its runs")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** A job. */
export interface Job extends JobOptions {
  /** The job's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** When it runs by itself; without the parts in a job within another thing. */
  readonly schedule?: Schedule | FlatSchedule | null;
  /** The schedule in words. Source: recorded answers. */
  readonly cron_humanized?: string | null;
  /** When it next runs by itself. Source: recorded answers. */
  readonly next_run?: string | null;
  /** How long until then, in words. Source: recorded answers. */
  readonly next_run_humanized?: string | null;
  /** The dbt version, as it was set. */
  readonly raw_dbt_version?: string | null;
  /** Whether other jobs can defer to it. */
  readonly is_deferrable?: boolean | null;
  /** Whether dbt Cloud made it for itself. Source: dbt-jobs-as-code. */
  readonly is_system?: boolean | null;
  /** Whether dbt Cloud no longer starts it, as after many failures. Source: recorded answers. */
  readonly deactivated?: boolean | null;
  /** How many runs failed in a row. */
  readonly run_failure_count?: number | null;
  /** Where dbt Cloud tells of its runs. */
  readonly lifecycle_webhooks_url?: string | null;
  /** Whether it could run on Fusion; absent unless asked for with `include_related`. Its shape is not published. */
  readonly fusion_readiness?: unknown;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** Its account; absent or null unless asked for with `include_related`. */
  readonly account?: Nested<Account> | null;
  /** Its project; absent or null unless asked for with `include_related`. */
  readonly project?: Nested<Project> | null;
  /** Its environment; absent or null unless asked for with `include_related`. */
  readonly environment?: Nested<Environment> | null;
  /** Its newest run; absent or null unless asked for with `include_related`. */
  readonly most_recent_run?: Nested<Run> | null;
  /** Its newest run that ended; absent or null unless asked for with `include_related`. */
  readonly most_recent_completed_run?: Nested<Run> | null;
  /** Its own values of environment variables; absent unless asked for with `include_related`. */
  readonly custom_environment_variables?: unknown;
}

// Jobs and runs contain each other, so their files import each other. `suspend` looks the model up when it is first
// used, when both files are loaded.
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
}, { columns: ["id", "name", "project_id", "environment_id", "job_type", "next_run_humanized"] });
