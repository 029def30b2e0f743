/**
 * The endpoints of the group `jobs`: jobs, which say what dbt runs, when, and where.
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
import { field, type Fields, jsonList, nullable, optional } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  job_id,
  type Ordered,
  ordered,
  type Overrides,
  overrides,
  type Related,
  related,
  state,
  type StateFilter,
} from "../shared_fields.ts";

export * from "../models/job.ts";

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one job. */
export interface OfJob extends InAccount {
  /** The job's id. */
  readonly job_id: number;
}

const ofJob: Fields<OfJob> = { ...inAccount, job_id };

/** Related objects that requests for jobs can include. */
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

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the jobs of this project. */
  readonly project_id?: number;
  /** Only the jobs of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the jobs of this environment. */
  readonly environment_id?: number;
  /** Only the jobs whose name contains this text, ignoring case. */
  readonly name__icontains?: string;
  /** Only the jobs of these dbt versions. */
  readonly dbt_version__in?: ReadonlyArray<string>;
  /** Only the jobs that a schedule starts; false for the others. */
  readonly triggers_schedule?: boolean;
  /** Only the jobs that could run on Fusion; false for the others. */
  readonly is_fusion_ready?: boolean;
  /** Only the jobs that dbt Cloud made for itself; false for the others (default: false). */
  readonly is_system?: boolean;
  /** Only the job with this id. */
  readonly pk?: number;
  /** State of the jobs: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each job. */
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
    name__icontains: optional(field(Schema.String, "Only the jobs whose name contains this text, ignoring case")),
    dbt_version__in: optional(field(jsonList(Schema.String), "Only the jobs of these dbt versions")),
    triggers_schedule: optional(field(Schema.Boolean, "Only the jobs that a schedule starts (false: the others)")),
    is_fusion_ready: optional(field(Schema.Boolean, "Only the jobs that could run on Fusion (false: the others)")),
    is_system: optional(field(Schema.Boolean, "Only the jobs that dbt Cloud made for itself (default: false)")),
    pk: optional(field(Schema.Int, "Only the job with this id")),
    state: optional(state),
    include_related: optional(jobRelated),
    ...ordered,
  },
  success: page(Job),
  dbtc: "list_jobs",
});

/** The request of {@linkcode create}. */
export interface Create extends InAccount, JobOptions {
  /** The job's name. */
  readonly name: string;
  /** The project's id. */
  readonly project_id: number;
  /** The id of the environment that the job runs in. */
  readonly environment_id: number;
  /** The schedule. It has no effect while `triggers.schedule` is false. */
  readonly schedule?: Schedule | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...JobOptions,
  name: field(Schema.String, "Name of the job"),
  project_id: field(Schema.Int, "Project"),
  environment_id: field(Schema.Int, "Id of the environment that the job runs in"),
  schedule: nullable(field(Schedule, "Schedule; without effect while triggers.schedule is false")),
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

/** The request of {@linkcode get}. */
export interface Get extends OfJob {
  /** Related objects to include in the job. */
  readonly include_related?: JobRelated;
}

/** Get a job. */
export const get: Endpoint<Get, Job> = endpoint("jobs.get", {
  route: "GET /api/v2/accounts/:account_id/jobs/:job_id/",
  summary: "Get a job",
  request: { ...ofJob, include_related: optional(jobRelated) },
  success: data(Job),
  dbtc: "get_job",
});

/** The request of {@linkcode update}. */
export interface Update extends OfJob, Create {}

/** Update a job. Fields that are left out are reset. */
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

/** The request of {@linkcode trigger}. */
export interface Trigger extends OfJob, Overrides {
  /** The reason for the run; at most 255 bytes. */
  readonly cause: string;
}

/** Start a run of a job. */
export const trigger: Endpoint<Trigger, Run> = endpoint("jobs.trigger", {
  route: "POST /api/v2/accounts/:account_id/jobs/:job_id/run/",
  summary: "Start a run of a job",
  request: { ...ofJob, cause: field(Schema.String, "Reason for the run, at most 255 bytes"), ...overrides },
  success: data(Run),
  dbtc: "trigger_job",
});

/** Retry a job's newest run from the point of failure, or start a normal run if it did not fail. */
export const rerun: Endpoint<OfJob, Run> = endpoint("jobs.rerun", {
  route: "POST /api/v2/accounts/:account_id/jobs/:job_id/rerun/",
  summary: "Retry a job's newest run from the point of failure, or start a normal run if it did not fail",
  request: ofJob,
  success: data(Run),
  dbtc: "trigger_job_from_failure",
});

/** The request of {@linkcode getArtifact}. */
export interface GetArtifact extends OfJob {
  /** The artifact's path: `manifest.json`, `run_results.json`, `catalog.json`, `compiled/…`. */
  readonly path: string;
}

/** Download the newest version of a job's artifact. */
export const getArtifact: Download<GetArtifact> = download("jobs.getArtifact", {
  route: "GET /api/v2/accounts/:account_id/jobs/:job_id/artifacts/:path*",
  summary: "Download the newest version of a job's artifact",
  request: {
    ...ofJob,
    path: field(Schema.String, "Path of the artifact, such as manifest.json, run_results.json or compiled/…"),
  },
});
