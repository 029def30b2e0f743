/**
 * The endpoints of the group `runs`: runs, their steps and artifacts.
 *
 * `lib/groups/runs.ts` adds the workflows of the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import {
  data,
  type Download as FileEndpoint,
  download as fileEndpoint,
  type Endpoint,
  endpoint,
  type Page,
  page,
} from "../endpoint.ts";
import { Run, RunFailureDetails, RunStatus, RunStep } from "../models/run.ts";
import { field, type Fields, jsonList, named, optional } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  type Ordered,
  ordered,
  type Related,
  related,
  run_id,
  state,
  type StateFilter,
  step_id,
} from "../shared_fields.ts";

export * from "../models/run.ts";

const status = named(Schema.Int, RunStatus);

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one run. */
export interface OfRun extends InAccount {
  /** The run's id. */
  readonly run_id: number;
}

const ofRun: Fields<OfRun> = { ...inAccount, run_id };

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the runs of this job. */
  readonly job_definition_id?: number;
  /** Only the runs of this project. */
  readonly project_id?: number;
  /** Only the runs of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the runs in this environment. */
  readonly environment_id?: number;
  /** Only the runs with this status: see {@linkcode RunStatus}. */
  readonly status?: number;
  /** Only the runs with one of these statuses. */
  readonly status__in?: ReadonlyArray<number>;
  /** Only the runs that defer to this run. */
  readonly deferring_run_id?: number;
  /**
   * Only the runs created between these two times. Omit the UTC offset: with one, dbt Cloud ignores the time of day.
   */
  readonly created_at__range?: ReadonlyArray<string>;
  /**
   * Only the runs that ended between these two times. Omit the UTC offset: with one, dbt Cloud ignores the time of day.
   */
  readonly finished_at__range?: ReadonlyArray<string>;
  /** Only the runs of this dbt version. */
  readonly dbt_version?: string;
  /** Only the runs of these dbt versions. */
  readonly dbt_version__in?: ReadonlyArray<string>;
  /** Only the runs that generated docs; false for the others. */
  readonly has_docs_generated?: boolean;
  /** Only the runs that checked source freshness; false for the others. */
  readonly has_sources_generated?: boolean;
  /** Only the run with this id. */
  readonly pk?: number;
  /** Only the runs with these ids. */
  readonly pk__in?: ReadonlyArray<number>;
  /** Only the runs with a greater id. */
  readonly id__gt?: number;
  /** State of the runs: active, deleted or all (default: all). */
  readonly state?: StateFilter;
  /** Related objects to include in each run. */
  readonly include_related?: Related<
    "trigger" | "job" | "environment" | "repository" | "run_steps" | "audit" | "debug_logs"
  >;
}

const listRequest: Fields<List> = {
  ...inAccount,
  job_definition_id: optional(field(Schema.Int, "Only the runs of this job")),
  project_id: optional(field(Schema.Int, "Only the runs of this project")),
  project_id__in: optional(field(jsonList(Schema.Int), "Only the runs of these projects")),
  environment_id: optional(field(Schema.Int, "Only the runs in this environment")),
  status: optional(field(status, "Only the runs with this status")),
  status__in: optional(field(jsonList(status), "Only the runs with one of these statuses")),
  deferring_run_id: optional(field(Schema.Int, "Only the runs that defer to this run")),
  created_at__range: optional(
    field(jsonList(Schema.String), "Only the runs created between these two times, in UTC without an offset"),
  ),
  finished_at__range: optional(
    field(jsonList(Schema.String), "Only the runs that ended between these two times, in UTC without an offset"),
  ),
  dbt_version: optional(field(Schema.String, "Only the runs of this dbt version")),
  dbt_version__in: optional(field(jsonList(Schema.String), "Only the runs of these dbt versions")),
  has_docs_generated: optional(field(Schema.Boolean, "Only the runs that generated docs (false: the others)")),
  has_sources_generated: optional(
    field(Schema.Boolean, "Only the runs that checked source freshness (false: the others)"),
  ),
  pk: optional(field(Schema.Int, "Only the run with this id")),
  pk__in: optional(field(jsonList(Schema.Int), "Only the runs with these ids")),
  id__gt: optional(field(Schema.Int, "Only the runs with a greater id")),
  state: optional(field(state, "State of the runs: active, deleted or all (default: all)")),
  include_related: optional(
    related("trigger", "job", "environment", "repository", "run_steps", "audit", "debug_logs"),
  ),
  ...ordered,
};

/** List the runs of an account. */
export const list: Endpoint<List, Page<Run>> = endpoint("runs.list", {
  route: "GET /api/v2/accounts/:account_id/runs/",
  summary: "List the runs of an account",
  request: listRequest,
  success: page(Run),
  order: "-id",
  dbtc: "list_runs",
});

/** The request of {@linkcode get}. */
export interface Get extends OfRun {
  /** Related objects to include in the run. */
  readonly include_related?: Related<
    | "trigger"
    | "job"
    | "environment"
    | "repository"
    | "run_steps"
    | "run_retries"
    | "used_repo_cache"
    | "repo_cache_restore"
    | "audit"
    | "debug_logs"
  >;
}

/** Get a run. */
export const get: Endpoint<Get, Run> = endpoint("runs.get", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/",
  summary: "Get a run",
  request: {
    ...ofRun,
    include_related: optional(
      related(
        "trigger",
        "job",
        "environment",
        "repository",
        "run_steps",
        "run_retries",
        "used_repo_cache",
        "repo_cache_restore",
        "audit",
        "debug_logs",
      ),
    ),
  },
  success: data(Run),
  dbtc: "get_run",
});

/** Cancel a run that is queued or running. */
export const cancel: Endpoint<OfRun, Run> = endpoint("runs.cancel", {
  route: "POST /api/v2/accounts/:account_id/runs/:run_id/cancel/",
  summary: "Cancel a run that is queued or running",
  request: ofRun,
  success: data(Run),
  dbtc: "cancel_run",
});

/** Retry a failed run from the point of failure, as a new run. */
export const retry: Endpoint<OfRun, Run> = endpoint("runs.retry", {
  route: "POST /api/v2/accounts/:account_id/runs/:run_id/retry/",
  summary: "Retry a failed run from the point of failure, as a new run",
  request: ofRun,
  success: data(Run),
});

/** Get the failed step of a run, and the steps that it skipped. */
export const getFailureDetails: Endpoint<OfRun, RunFailureDetails> = endpoint("runs.getFailureDetails", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/retry/",
  summary: "Get the failed step of a run, and the steps that it skipped",
  request: ofRun,
  success: data(RunFailureDetails),
});

/** The request of {@linkcode listArtifacts}. */
export interface ListArtifacts extends OfRun {
  /** The step's number, from 1 (default: the last step). Source: Python dbtc. */
  readonly step?: number;
}

const step = field(Schema.Int, "Number of the step, from 1 (default: the last step)");

/** List the paths of a run's artifacts. */
export const listArtifacts: Endpoint<ListArtifacts, Page<string>> = endpoint("runs.listArtifacts", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/artifacts/",
  summary: "List the paths of a run's artifacts",
  request: { ...ofRun, step: optional(step) },
  success: page(Schema.String),
  dbtc: "list_run_artifacts",
});

/** The request of {@linkcode getArtifact}. */
export interface GetArtifact extends OfRun {
  /** The artifact's path: `manifest.json`, `run_results.json`, `catalog.json`, `compiled/…`. */
  readonly path: string;
  /** The step's number, from 1 (default: the last step, which is `dbt docs generate` if the job generates docs). */
  readonly step?: number;
}

const artifactPath = field(
  Schema.String,
  "Path of the artifact, such as manifest.json, run_results.json or compiled/…",
);

/** Download an artifact of a run. */
export const getArtifact: FileEndpoint<GetArtifact> = fileEndpoint("runs.getArtifact", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/artifacts/:path*",
  summary: "Download an artifact of a run",
  request: {
    ...ofRun,
    path: artifactPath,
    step: optional(step),
  },
  dbtc: "get_run_artifact",
});

/** The request of {@linkcode getStep}. */
export interface GetStep extends InAccount {
  /** The step's id. */
  readonly step_id: number;
  /** Related objects to include in the step. */
  readonly include_related?: Related<"trigger" | "job" | "debug_logs">;
}

/** Get a step of a run with its logs. */
export const getStep: Endpoint<GetStep, RunStep> = endpoint("runs.getStep", {
  route: "GET /api/v2/accounts/:account_id/steps/:step_id/",
  summary: "Get a step of a run with its logs",
  request: { ...inAccount, step_id, include_related: optional(related("trigger", "job", "debug_logs")) },
  success: data(RunStep),
});

/** The request of {@linkcode getTiming}. */
export interface GetTiming extends InProject {
  /** The run's id. */
  readonly run_id: number;
}

/** Get dbt Cloud's timing of a run's models. */
export const getTiming: Endpoint<GetTiming, unknown> = endpoint("runs.getTiming", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/runs/:run_id/timing/",
  summary: "Get dbt Cloud's timing of a run's models",
  request: { ...inProject, run_id },
  success: data(Schema.Unknown),
  dbtc: "get_run_timing_details",
  undocumented: "Published until 2023-06-16; Python dbtc uses it",
});
