/**
 * The requests and results of jobs as code: files, plans, and what was applied. The code that makes them is in the other
 * files of this folder, and is loaded when it runs.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import type { DbtError } from "../error.ts";
import type { Job } from "../models/job.ts";
import type { InAccount } from "../shared_fields.ts";

// ---- requests -------------------------------------------------------------------------------------------------------

/** A file of jobs, in the format of dbt-jobs-as-code. */
export interface JobsFile {
  /** The file's path, for messages. */
  readonly path: string;
  /** The text of the file. */
  readonly text: string;
}

/** Files of jobs, and the values of their variables. */
export interface JobsFiles extends InAccount {
  /** The files. An identifier may be in one of them only. */
  readonly files: ReadonlyArray<JobsFile>;
  /** The values of variables. Without it, a file that uses variables is refused. */
  readonly vars?: { readonly [name: string]: unknown };
}

/** Projects and environments. */
export interface JobsScope {
  /** Only the jobs of this project. */
  readonly project_id?: number;
  /** Only the jobs of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the jobs of this environment. */
  readonly environment_id?: number;
  /** Only the jobs of these environments. */
  readonly environment_id__in?: ReadonlyArray<number>;
}

/** What happens to jobs in dbt Cloud that are no longer in the files. */
export type Prune = "deactivate" | "delete";

/** The request of `jobs.plan`. */
export interface PlanJobs extends JobsFiles, JobsScope {
  /** Look for jobs only in the projects and environments that the files name (default: in the whole account). */
  readonly limit_projects_envs_to_yml?: boolean;
  /** Leave out jobs whose identifier matches this regular expression, in the files and in dbt Cloud. */
  readonly exclude_identifiers_matching?: string;
  /** Deactivate or delete jobs that have an identifier and are not in the files (default: leave them alone). */
  readonly prune?: Prune;
  /** Put new tags into descriptions instead of names (default: as `identifiers_in` of the files says, else names). */
  readonly use_desc_for_id?: boolean;
  /** Send the values of secret environment variables, although dbt Cloud has one (default: only where it has none). */
  readonly secrets?: boolean;
}

/** The request of `jobs.apply`. */
export interface ApplyJobs extends PlanJobs {
  /** Update also jobs that changed since the plan. */
  readonly force?: boolean;
  /** Go on after a change that failed. Nothing is pruned then. */
  readonly keep_going?: boolean;
}

/** The request of `jobs.export`. */
export interface ExportJobs extends InAccount, JobsScope {
  /** Only this job. */
  readonly job_id?: number;
  /** Only these jobs. */
  readonly job_id__in?: ReadonlyArray<number>;
  /** Only jobs that have an identifier. */
  readonly managed_only?: boolean;
  /** Write the id of each job as `linked_id`. */
  readonly include_linked_id?: boolean;
  /** Write names of projects and environments, and identifiers of jobs, instead of ids. dbt-jobs-as-code cannot read them. */
  readonly names?: boolean;
}

/** The request of `jobs.link`. */
export interface LinkJobs extends JobsFiles, JobsScope {
  /** Put the tags into descriptions instead of names. */
  readonly use_desc_for_id?: boolean;
}

/** The request of `jobs.unlink`. */
export interface UnlinkJobs extends InAccount, JobsScope {
  /** Only jobs with these identifiers. */
  readonly identifiers?: ReadonlyArray<string>;
  /** All jobs of the account that have an identifier: needed if nothing else says which jobs. */
  readonly all_jobs?: boolean;
}

// ---- plans ----------------------------------------------------------------------------------------------------------

/** A difference between a file and dbt Cloud. */
export interface JobDifference {
  /** The field, such as `triggers.schedule`. `identifier` is the tag in the name or description. */
  readonly field: string;
  /** The value in dbt Cloud. */
  readonly before: unknown;
  /** The value in the file. */
  readonly after: unknown;
}

/** A change of an environment variable's override for a job. */
export interface OverrideChange {
  /** What happens to the override. */
  readonly action: "create" | "update" | "delete";
  /** The variable's name. */
  readonly name: string;
  /** The value in dbt Cloud; asterisks if it is secret. */
  readonly before?: string;
  /** The value in the file. A secret one is redacted. */
  readonly after?: string | Redacted.Redacted<string>;
}

/** The job of a change. */
export interface ChangedJob {
  /** The identifier. */
  readonly identifier: string;
  /** The name, without the tag. */
  readonly name: string;
  /** The project's id. */
  readonly project_id: number;
  /** The environment's id. */
  readonly environment_id: number;
}

/** A job, or the identifier of a job that does not exist yet. */
export type JobReference = number | { readonly identifier: string };

/** The fields of a job as they will be. References to jobs that do not exist yet are identifiers. */
export interface DesiredJob {
  /** The fields to send, without references and tag. */
  readonly fields: { readonly [name: string]: unknown };
  /** The name and the place of the tag. */
  readonly tag: { readonly identifier: string; readonly filter: string; readonly place: "name" | "description" };
  /** The job that runs defer to; `self` for the job itself. */
  readonly defers_to: JobReference | "self" | null;
  /** The job whose end starts this one. */
  readonly completion:
    | { readonly job: JobReference; readonly project_id: number; readonly statuses: ReadonlyArray<number> }
    | null;
}

/** A job to create. */
export interface CreateJobChange extends ChangedJob {
  /** Tells the changes apart. */
  readonly action: "create";
  /** The job as it will be. */
  readonly desired: DesiredJob;
  /** The overrides of environment variables to create. */
  readonly overrides: ReadonlyArray<OverrideChange>;
}

/** A job to update. */
export interface UpdateJobChange extends ChangedJob {
  /** Tells the changes apart. */
  readonly action: "update";
  /** The job's id. */
  readonly job_id: number;
  /** By what the job was found. */
  readonly matched_by: "name" | "description" | "linked_id";
  /** The job as it is. */
  readonly live: Job;
  /** The job as it will be. */
  readonly desired: DesiredJob;
  /** What changes. Empty if only overrides change. */
  readonly differences: ReadonlyArray<JobDifference>;
  /** The overrides of environment variables that change. */
  readonly overrides: ReadonlyArray<OverrideChange>;
}

/** A job that is not in the files any more. */
export interface PruneJobChange extends ChangedJob {
  /** Tells the changes apart. */
  readonly action: Prune;
  /** The job's id. */
  readonly job_id: number;
  /** The job as it is. */
  readonly live: Job;
}

/** A change of a plan. */
export type JobChange = CreateJobChange | UpdateJobChange | PruneJobChange;

/** A job in dbt Cloud. */
export interface ManagedJob extends ChangedJob {
  /** The job's id. */
  readonly job_id: number;
}

/** What has to change in dbt Cloud so that it is as the files say. It is valid as a whole. */
export interface JobPlan {
  /** The account's id. */
  readonly account_id: number;
  /** Jobs to create, each after those that it refers to. */
  readonly creates: ReadonlyArray<CreateJobChange>;
  /** Jobs to update. */
  readonly updates: ReadonlyArray<UpdateJobChange>;
  /** Jobs to deactivate or delete. Empty without `prune`. */
  readonly deletes: ReadonlyArray<PruneJobChange>;
  /** Jobs that are as the files say. */
  readonly unchanged: ReadonlyArray<ManagedJob>;
  /** Jobs with an identifier, in the projects and environments of the files, that are not in the files. */
  readonly not_in_files: ReadonlyArray<ManagedJob>;
  /** What may be wrong: unknown keys, jobs that were left out. */
  readonly warnings: ReadonlyArray<string>;
}

// ---- results --------------------------------------------------------------------------------------------------------

/** A change that was applied, or that failed. */
export interface AppliedChange extends ChangedJob {
  /** What was done. */
  readonly action: JobChange["action"];
  /** The job's id. Absent if the job could not be created. */
  readonly job_id?: number;
  /** Why the change failed. Absent if it was applied. */
  readonly failure?: DbtError;
}

/** How far a plan was applied. */
export interface AppliedJobs {
  /** The changes that were applied, in order. */
  readonly applied: ReadonlyArray<AppliedChange>;
  /** The changes that failed. */
  readonly failed: ReadonlyArray<AppliedChange>;
  /** The changes that were not tried. */
  readonly left: ReadonlyArray<JobChange>;
}
