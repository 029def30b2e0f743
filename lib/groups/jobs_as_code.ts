/**
 * Jobs as code: workflows of the group `jobs` over files of jobs. Their code is in `lib/jobs_as_code`, and is loaded when
 * it runs.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { list } from "../api/jobs.ts";
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
import { field, type Fields, optional, struct } from "../schema.ts";
import { inAccount } from "../shared_fields.ts";

export type * from "../jobs_as_code/jobs_as_code_types.ts";

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
export const plan: Workflow<PlanJobs, JobPlan> = /* @__PURE__ */ workflow("jobs.plan", () => ({
  summary: "Compare files of jobs with dbt Cloud: what to create, update and delete",
  request: planRequest,
  load: async () => (await import("../jobs_as_code/plan_jobs.ts")).planJobs,
}));

/**
 * Create, update and delete jobs so that dbt Cloud matches the files. Plans and applies in one step; nothing is changed
 * unless the whole plan is valid. The function `applyJobPlan` takes a plan, and has the details.
 */
export const apply: Workflow<ApplyJobs, AppliedJobs> = /* @__PURE__ */ workflow("jobs.apply", () => ({
  summary: "Create, update and delete jobs so that dbt Cloud matches the files",
  request: {
    ...planRequest,
    force: optional(field(Schema.Boolean, "Update also jobs that changed since the plan")),
    keep_going: optional(field(Schema.Boolean, "Go on after a change that failed; nothing is pruned then")),
  },
  load: async () => (await import("../jobs_as_code/apply_job_plan.ts")).planAndApply,
}));

/** Export jobs as a file, in the format of dbt-jobs-as-code. Secret values are variables in it. */
const exportJobs: Workflow<ExportJobs, string> = /* @__PURE__ */ workflow("jobs.export", () => ({
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
}));
export { exportJobs as export };

/** Give jobs the identifiers of files, which name the jobs by linked_id. Changes nothing else. */
export const link: Workflow<LinkJobs, ReadonlyArray<ManagedJob>> = /* @__PURE__ */ workflow("jobs.link", () => ({
  summary: "Give jobs the identifiers of files, which name the jobs by linked_id",
  request: { ...inFiles, ...inScope, use_desc_for_id: useDescription },
  load: async () => (await import("../jobs_as_code/link_jobs.ts")).linkJobs,
}));

/** Remove the identifiers of jobs, so that no file manages them. Changes nothing else. */
export const unlink: Workflow<UnlinkJobs, ReadonlyArray<ManagedJob>> = /* @__PURE__ */ workflow("jobs.unlink", () => ({
  summary: "Remove the identifiers of jobs, so that no file manages them",
  request: {
    ...inAccount,
    ...inScope,
    identifiers: optional(field(Schema.Array(Schema.String), "Only jobs with this identifier")),
    all_jobs: optional(field(Schema.Boolean, "All jobs of the account that have an identifier")),
  },
  load: async () => (await import("../jobs_as_code/link_jobs.ts")).unlinkJobs,
}));
