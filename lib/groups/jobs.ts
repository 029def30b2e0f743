/**
 * The group `jobs`: its endpoints, workflows that start the CI run of a pull request and pause a job, and jobs as code.
 * Their code is in `lib/workflows` and `lib/jobs_as_code`, and is loaded when it runs.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { get, list, type OfJob, rerun } from "../api/jobs.ts";
import { Dbt } from "../dbt.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import type {
  AppliedJobs,
  ApplyJobs,
  ExportJobs,
  JobPlan,
  JobsFile,
  JobsFiles,
  JobsScope,
  LinkJobs,
  ManagedJob,
  PlanJobs,
  UnlinkJobs,
} from "../jobs_as_code/jobs_as_code_types.ts";
import type { Run } from "../models/run.ts";
import { field, type Fields, named, optional, struct } from "../schema.ts";
import { inAccount, overrides } from "../shared_fields.ts";
import type { TriggerAutoscalingCi } from "../workflows/autoscaling_ci_request.ts";
import type { Enable } from "../workflows/job_requests.ts";
import type { TriggerChange } from "../workflows/job_triggers.ts";

export * from "../api/jobs.ts";
export type * from "../jobs_as_code/jobs_as_code_types.ts";
export type * from "../workflows/autoscaling_ci_request.ts";
export type * from "../workflows/job_requests.ts";

/** The fields that identify a job. */
const ofJob = rerun.request;

/**
 * Open a job in the browser. Only the command opens it: this function gives the URL of the page, on the client's host,
 * since dbt Cloud gives no `href` for jobs.
 */
export const open: Workflow<OfJob, string> = workflow("jobs.open", {
  summary: "Open a job in the browser",
  request: ofJob,
  run: Effect.fn("jobs.open")(function* (request: OfJob) {
    const { account_id, id, project_id } = yield* get(request);
    // As in https://docs.datahub.com/docs/generated/ingestion/sources/dbt
    return new URL(`/deploy/${account_id}/projects/${project_id}/jobs/${id}/`, (yield* Dbt).url).href;
  }),
});

/**
 * Start the CI run of a pull request, on a clone of the job if the job is busy. Cancels older runs of the pull request,
 * waits for the run, and deletes the clone. The function `triggerAutoscalingCi` is the same with options, and explains
 * each case.
 */
export const triggerAutoscalingCi: Workflow<TriggerAutoscalingCi, Run> = workflow("jobs.triggerAutoscalingCi", {
  summary: "Start the CI run of a pull request, on a clone of the job if the job is busy",
  request: {
    ...ofJob,
    cause: optional(field(Schema.String, "Reason for the run, at most 255 bytes (default: names the pull request)")),
    ...overrides,
    max_run_slots: optional(
      field(Schema.Int, "Clone the job only while fewer runs than this are active (default: the account's run slots)"),
    ),
    delete_cloned_job: optional(field(Schema.Boolean, "Whether to delete the clone at the end (default: yes)")),
  },
  load: async () => (await import("../workflows/autoscaling_ci.ts")).triggerAutoscalingCi,
  dbtc: "trigger_autoscaling_ci_job",
});

/**
 * Pause a job: turn off everything that starts it automatically.
 *
 * **Details**
 *
 * Turns off the triggers by schedule, pull request and merge, and the one by another job's end. The schedule itself
 * stays in the job. A run that is queued or running continues, and the job can still be started by hand. dbt Cloud has
 * no other way to pause a job: `state` means deleted. Two requests; one if nothing is on.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = jobs.disable({ job_id: 4 }).pipe(Effect.andThen(jobs.enable({ job_id: 4 })));
 * const { triggers } = await Effect.runPromise(program.pipe(Effect.provide(client)));
 * assert.deepEqual(triggers, ["github_webhook", "git_provider_webhook"]);
 * ```
 */
export const disable: Workflow<OfJob, TriggerChange> = workflow("jobs.disable", {
  summary: "Pause a job: turn off everything that starts it automatically",
  request: ofJob,
  load: async () => (await import("../workflows/job_triggers.ts")).disableJob,
});

/**
 * Turn on what starts a job automatically.
 *
 * **Details**
 *
 * Without `trigger`, turns on the schedule; of a CI job, the triggers by pull request; of a merge job, the one by merge.
 * Also for a job that dbt Cloud deactivated after many failed runs. Two requests; one if nothing changes.
 *
 * **Errors**
 *
 * `Unsendable` if the job has no schedule that could start it.
 */
export const enable: Workflow<Enable, TriggerChange> = workflow("jobs.enable", {
  summary: "Turn on what starts a job automatically",
  request: {
    ...ofJob,
    trigger: optional(
      field(
        Schema.Array(
          named(Schema.String, {
            schedule: "schedule",
            github_webhook: "github_webhook",
            git_provider_webhook: "git_provider_webhook",
            on_merge: "on_merge",
          }),
        ),
        "Turn on this trigger (default: by the job's type: schedule, pull requests of a CI job, or merges)",
      ),
    ),
  },
  load: async () => (await import("../workflows/job_triggers.ts")).enableJob,
});

// ---- jobs as code ---------------------------------------------------------------------------------------------------

const jobsFile: Schema.Codec<JobsFile> = struct({ path: Schema.String, text: Schema.String });

const inFiles: Fields<JobsFiles> = {
  ...inAccount,
  files: field(Schema.Array(jobsFile), "Files of jobs"),
  vars: optional(field(Schema.Record(Schema.String, Schema.Unknown), "Values of the variables in the files")),
};

const inScope: Fields<JobsScope> = {
  project_id: list.request.project_id,
  project_id__in: list.request.project_id__in,
  environment_id: list.request.environment_id,
  environment_id__in: optional(field(Schema.Array(Schema.Int), "Only the jobs of these environments")),
};

const useDescription = optional(
  field(Schema.Boolean, "Put new tags into descriptions (default: as identifiers_in of the files says, else names)"),
);

const planRequest: Fields<PlanJobs> = {
  ...inFiles,
  ...inScope,
  limit_projects_envs_to_yml: optional(
    field(Schema.Boolean, "Look for jobs only in the projects and environments of the files"),
  ),
  exclude_identifiers_matching: optional(
    field(Schema.String, "Leave out jobs whose identifier matches this regular expression"),
  ),
  prune: optional(field(
    Schema.Literals(["deactivate", "delete"]),
    "Deactivate or delete jobs that have an identifier and are not in the files (default: leave them alone)",
  )),
  use_desc_for_id: useDescription,
  secrets: optional(
    field(Schema.Boolean, "Send secret values also where dbt Cloud has one already (default: no)"),
  ),
};

/**
 * Compare files of jobs with dbt Cloud: what to create, update and delete. The files have the format of
 * dbt-jobs-as-code; `docs/jobs_as_code.md` describes it. Changes nothing; `applyJobPlan` applies the plan.
 *
 * **Details**
 *
 * One request for 100 jobs, projects or environments, one for the variables of each project, and one for each job of the
 * files only where the list of jobs does not have its overrides.
 *
 * **Errors**
 *
 * `Unsendable` if anything is wrong with the files or with what they name: its message has every problem, with file and
 * line.
 */
export const plan: Workflow<PlanJobs, JobPlan> = workflow("jobs.plan", {
  summary: "Compare files of jobs with dbt Cloud: what to create, update and delete",
  request: planRequest,
  load: async () => (await import("../jobs_as_code/plan_jobs.ts")).planJobs,
});

/**
 * Create, update and delete jobs so that dbt Cloud matches the files. Plans and applies in one step; nothing is changed
 * unless the whole plan is valid. The function `applyJobPlan` takes a plan, and has the details.
 */
export const apply: Workflow<ApplyJobs, AppliedJobs> = workflow("jobs.apply", {
  summary: "Create, update and delete jobs so that dbt Cloud matches the files",
  request: {
    ...planRequest,
    force: optional(field(Schema.Boolean, "Update also jobs that changed since the plan")),
    keep_going: optional(field(Schema.Boolean, "Go on after a change that failed; nothing is pruned then")),
  },
  load: async () => (await import("../jobs_as_code/apply_job_plan.ts")).planAndApply,
});

/** Export jobs as a file, in the format of dbt-jobs-as-code. Secret values are variables in it. */
const exportJobs: Workflow<ExportJobs, string> = workflow("jobs.export", {
  summary: "Export jobs as a file, in the format of dbt-jobs-as-code",
  request: {
    ...inAccount,
    ...inScope,
    job_id: optional(field(Schema.Int, "Only this job")),
    job_id__in: optional(field(Schema.Array(Schema.Int), "Only these jobs")),
    managed_only: optional(field(Schema.Boolean, "Only jobs that have an identifier")),
    include_linked_id: optional(field(Schema.Boolean, "Write the id of each job as linked_id")),
    names: optional(
      field(Schema.Boolean, "Write names and identifiers instead of ids, which dbt-jobs-as-code cannot read"),
    ),
  },
  load: async () => (await import("../jobs_as_code/export_jobs.ts")).exportJobs,
});
export { exportJobs as export };

/** Give jobs the identifiers of files, which name the jobs by linked_id. Changes nothing else. */
export const link: Workflow<LinkJobs, ReadonlyArray<ManagedJob>> = workflow("jobs.link", {
  summary: "Give jobs the identifiers of files, which name the jobs by linked_id",
  request: { ...inFiles, ...inScope, use_desc_for_id: useDescription },
  load: async () => (await import("../jobs_as_code/link_jobs.ts")).linkJobs,
});

/** Remove the identifiers of jobs, so that no file manages them. Changes nothing else. */
export const unlink: Workflow<UnlinkJobs, ReadonlyArray<ManagedJob>> = workflow("jobs.unlink", {
  summary: "Remove the identifiers of jobs, so that no file manages them",
  request: {
    ...inAccount,
    ...inScope,
    identifiers: optional(field(Schema.Array(Schema.String), "Only jobs with this identifier")),
    all_jobs: optional(field(Schema.Boolean, "All jobs of the account that have an identifier")),
  },
  load: async () => (await import("../jobs_as_code/link_jobs.ts")).unlinkJobs,
});
