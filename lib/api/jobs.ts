/**
 * The endpoints of the group `jobs`: jobs, and starting a run of one.
 *
 * `lib/groups/jobs.ts` adds the workflows of the group.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as Schema from "effect/Schema";
import * as Struct from "effect/Struct";
import {
  type Call,
  data,
  type Download,
  download,
  type Endpoint,
  endpoint,
  maybe,
  type Page,
  page,
} from "../endpoint.ts";
import { Job, JobOptions, Schedule } from "../models/job.ts";
import { Run } from "../models/run.ts";
import {
  field,
  type Fields,
  type InAccount,
  inAccount,
  job_id,
  jsonList,
  nullable,
  optional,
  type Ordered,
  ordered,
  type Overrides,
  overrides,
  type Related,
  related,
  state,
  type StateFilter,
} from "../schema.ts";

export * from "../models/job.ts";

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one job has. */
export interface OfJob extends InAccount {
  /** The job. */
  readonly job_id: number;
}

const ofJob: Fields<OfJob> = { ...inAccount, job_id };

/** Which related things an answer about jobs can include. */
export type JobRelated = Related<
  | "account"
  | "project"
  | "environment"
  | "custom_environment_variables"
  | "most_recent_run"
  | "most_recent_completed_run"
  | "fusion_readiness"
>;

const jobRelated: Schema.Codec<JobRelated, string> = related(
  "account",
  "project",
  "environment",
  "custom_environment_variables",
  "most_recent_run",
  "most_recent_completed_run",
  "fusion_readiness",
);

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Only the jobs of this project. */
  readonly project_id?: number;
  /** Only the jobs of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the jobs of this environment. */
  readonly environment_id?: number;
  /** Only the jobs whose name contains this, in any case. */
  readonly name__icontains?: string;
  /** Only the jobs of these dbt versions. */
  readonly dbt_version__in?: ReadonlyArray<string>;
  /** Only the jobs that a schedule starts, or that none does. */
  readonly triggers_schedule?: boolean;
  /** Only the jobs that could run on Fusion, or that could not. */
  readonly is_fusion_ready?: boolean;
  /** Only the jobs that dbt Cloud made for itself, or that it did not; the latter when absent. */
  readonly is_system?: boolean;
  /** Only the job with this id. */
  readonly pk?: number;
  /** Active jobs, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each job. */
  readonly include_related?: JobRelated;
}

/** List the jobs of an account. */
export const list: Endpoint<List, Page<Job>> = endpoint("jobs.list", {
  route: "GET /api/v2/accounts/:account_id/jobs/",
  summary: "List the jobs of an account",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the jobs of this project")),
    project_id__in: optional(field(jsonList(Schema.Int), "Only the jobs of these projects")),
    environment_id: optional(field(Schema.Int, "Only the jobs of this environment")),
    name__icontains: optional(field(Schema.String, "Only the jobs whose name contains this, in any case")),
    dbt_version__in: optional(field(jsonList(Schema.String), "Only the jobs of these dbt versions")),
    triggers_schedule: optional(field(Schema.Boolean, "Only the jobs that a schedule starts, or that none does")),
    is_fusion_ready: optional(field(Schema.Boolean, "Only the jobs that could run on Fusion, or that could not")),
    is_system: optional(field(Schema.Boolean, "Only the jobs that dbt Cloud made for itself, or that it did not")),
    pk: optional(field(Schema.Int, "Only the job with this id")),
    state: optional(state),
    include_related: optional(jobRelated),
    ...ordered,
  },
  success: page(Job),
  dbtc: "list_jobs",
});

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, JobOptions {
  /** The name. */
  readonly name: string;
  /** The project. */
  readonly project_id: number;
  /** The environment that its runs run in. */
  readonly environment_id: number;
  /** The dbt commands to run. */
  readonly execute_steps?: ReadonlyArray<string>;
  /** When it runs by itself; nothing starts it while `triggers.schedule` is false. */
  readonly schedule?: Schedule | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...JobOptions,
  name: field(Schema.String, "The name"),
  project_id: field(Schema.Int, "The project"),
  environment_id: field(Schema.Int, "The environment that its runs run in"),
  // The specification does not require it.
  execute_steps: optional(field(Schema.Array(Schema.String), "The dbt commands to run")),
  schedule: nullable(field(Schedule, "When it runs by itself")),
};

/**
 * A job as it may be sent. What was only read is left out where dbt Cloud refuses it:
 *
 * - `force_node_selection`, which dbt Cloud derives: any value is 405 for a CI or merge job (terraform-provider-dbtcloud
 *   664).
 * - `cost_optimization_features` of a CI or merge job, unless they are `[]` or `["dbt_state"]`. On other jobs the list
 *   wins over `force_node_selection` (the Terraform provider), so it makes way for one that the user names.
 * - `triggers.custom_branch_only`: 400, "Additional properties are not allowed" (dbt-jobs-as-code 91).
 */
const sendableJob: NonNullable<Call<Create>["sendable"]> = (job, named) => {
  const left = new Set<string>();
  const { cost_optimization_features: features, triggers } = job;
  const isForCi = job.job_type === "ci" || job.job_type === "merge";
  const isRefused = isForCi && JSON.stringify(features) !== "[]" && JSON.stringify(features) !== '["dbt_state"]';
  if (!Object.hasOwn(named, "force_node_selection")) left.add("force_node_selection");
  if (!Object.hasOwn(named, "cost_optimization_features") && (isRefused || !left.has("force_node_selection"))) {
    left.add("cost_optimization_features");
  }
  const namesBranch = Predicate.isObject(named.triggers) && Object.hasOwn(named.triggers, "custom_branch_only");
  const sent = Object.entries(job).filter(([name]) => !left.has(name)).map(([name, value]) =>
    name === "triggers" && Predicate.isObject(triggers) && !namesBranch
      ? [name, Struct.omit(triggers, ["custom_branch_only"])]
      : [name, value]
  );
  return Object.fromEntries(sent);
};

/** Create a job. */
export const create: Endpoint<Create, Job> = endpoint("jobs.create", {
  route: "POST /api/v2/accounts/:account_id/jobs/",
  summary: "Create a job",
  request: createRequest,
  repeats: { account_id: "account_id" },
  sendable: sendableJob,
  success: data(Job),
  dbtc: "create_job",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfJob {
  /** Related things to include in the job. */
  readonly include_related?: JobRelated;
}

/** Get one job. */
export const get: Endpoint<Get, Job> = endpoint("jobs.get", {
  route: "GET /api/v2/accounts/:account_id/jobs/:job_id/",
  summary: "Get one job",
  request: { ...ofJob, include_related: optional(jobRelated) },
  success: data(Job),
  dbtc: "get_job",
});

/** What {@linkcode update} asks for. */
export interface Update extends OfJob, Create {}

/** Update a job. What is not given is reset. */
export const update: Endpoint<Update, Job> = endpoint("jobs.update", {
  route: "POST /api/v2/accounts/:account_id/jobs/:job_id/",
  summary: "Update a job",
  request: { ...ofJob, ...createRequest },
  repeats: { account_id: "account_id", id: "job_id" },
  replaces: true,
  sendable: sendableJob,
  success: data(Job),
  dbtc: "update_job",
});

/** Delete a job. */
const del: Endpoint<OfJob, Job | undefined> = endpoint("jobs.delete", {
  route: "DELETE /api/v2/accounts/:account_id/jobs/:job_id/",
  summary: "Delete a job",
  request: ofJob,
  success: maybe(Job),
  dbtc: "delete_job",
});
export { del as delete };

/** What {@linkcode trigger} asks for. */
export interface Trigger extends OfJob, Overrides {
  /** Why the run is started; at most 255 bytes. */
  readonly cause: string;
}

/** Start a run of a job. */
export const trigger: Endpoint<Trigger, Run> = endpoint("jobs.trigger", {
  route: "POST /api/v2/accounts/:account_id/jobs/:job_id/run/",
  summary: "Start a run of a job",
  request: { ...ofJob, cause: field(Schema.String, "Why the run is started; at most 255 bytes"), ...overrides },
  success: data(Run),
  dbtc: "trigger_job",
});

/** Start a run that takes up the job's newest one where it failed, or an ordinary run if it did not. */
export const rerun: Endpoint<OfJob, Run> = endpoint("jobs.rerun", {
  route: "POST /api/v2/accounts/:account_id/jobs/:job_id/rerun/",
  summary: "Start a run that takes up the job's newest one where it failed, or an ordinary run if it did not",
  request: ofJob,
  success: data(Run),
  dbtc: "trigger_job_from_failure",
});

/** What {@linkcode getArtifact} asks for. */
export interface GetArtifact extends OfJob {
  /** The file: `manifest.json`, `run_results.json`, `catalog.json`, `compiled/…`. */
  readonly path: string;
}

/** Download the newest artifact of a job. */
export const getArtifact: Download<GetArtifact> = download("jobs.getArtifact", {
  route: "GET /api/v2/accounts/:account_id/jobs/:job_id/artifacts/:path*",
  summary: "Download the newest artifact of a job",
  request: { ...ofJob, path: field(Schema.String, "The file: manifest.json, run_results.json, compiled/…") },
});
