/**
 * Fields that many requests and models share: ids, states, related things, paging, and the overrides of a run. The
 * files of `lib/api` and `lib/models` use them, so that each is described once.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { commaList, field, type Fields, type Members, named, nullable, optional } from "./schema.ts";

// ---- ids ------------------------------------------------------------------------------------------------------------

/** The account. */
export const account_id: Schema.Codec<number> = field(Schema.Int, "The account; the session's when absent");
/** The project. */
export const project_id: Schema.Codec<number> = field(Schema.Int, "The project");
/** The environment. */
export const environment_id: Schema.Codec<number> = field(Schema.Int, "The environment");
/** The job. */
export const job_id: Schema.Codec<number> = field(Schema.Int, "The job");
/** The run. */
export const run_id: Schema.Codec<number> = field(Schema.Int, "The run");
/** The step of a run. */
export const step_id: Schema.Codec<number> = field(Schema.Int, "The step");

/** Fields of every request within an account. */
export interface InAccount {
  /** The account; the session's when absent. */
  readonly account_id?: number;
}

/** The fields of {@linkcode InAccount}. */
export const inAccount: Fields<InAccount> = { account_id: optional(account_id) };

/** Fields of every request within a project. */
export interface InProject extends InAccount {
  /** The project; the session's when absent. */
  readonly project_id?: number;
}

/** The fields of {@linkcode InProject}. */
export const inProject: Fields<InProject> = {
  ...inAccount,
  project_id: optional(field(Schema.Int, "The project; the session's when absent")),
};

// ---- lists ----------------------------------------------------------------------------------------------------------

/** Fields that select a part of a list. */
export interface Paging {
  /** At most this many rows; dbt Cloud allows 100. */
  readonly limit?: number;
  /** After this many rows. */
  readonly offset?: number;
}

/** The fields of {@linkcode Paging}. */
export const paging: Fields<Paging> = {
  limit: optional(field(Schema.Int, "At most this many rows")),
  offset: optional(field(Schema.Int, "After this many rows")),
};

/** Fields of a list that can be ordered. */
export interface Ordered extends Paging {
  /** The field to order by, with `-` in front for descending. */
  readonly order_by?: string;
}

/** The fields of {@linkcode Ordered}. */
export const ordered: Fields<Ordered> = {
  ...paging,
  order_by: optional(field(Schema.String, "The field to order by; - in front for descending")),
};

/** One of these names, or any other text, since dbt adds new names. */
export type Open<Name extends string> = Name | (string & Record<never, never>);

/** The related things that an answer is to include. */
export type Related<Name extends string = never> = ReadonlyArray<Open<Name>>;

/** The schema of {@linkcode Related}. Help lists the names. */
export function related<Name extends string = never>(
  ...names: ReadonlyArray<Name>
): Schema.Codec<Related<Name>, string> {
  const item: Schema.Codec<Open<Name>> = named(Schema.String, Object.fromEntries(names.map((name) => [name, name])));
  return field(commaList(item), "Related things to include in the answer");
}

// ---- states ---------------------------------------------------------------------------------------------------------

/** The state of a thing. dbt Cloud keeps deleted things. */
export const State = { active: 1, deleted: 2 } as const;

/** A filter by {@linkcode State}. */
export type StateFilter = number | "active" | "deleted" | "all";

/** The schema of a {@linkcode StateFilter}. */
export const state: Schema.Codec<StateFilter> = field(
  Schema.Union([Schema.Int, Schema.Literals(["active", "deleted", "all"])]),
  "Active things, deleted ones, or all of them",
);

// ---- overrides ------------------------------------------------------------------------------------------------------

/** The settings of one run that differ from its job. */
export interface Overrides {
  /** The commit to check out. */
  readonly git_sha?: string | null;
  /** The branch to check out. */
  readonly git_branch?: string | null;
  /** The schema to build into, instead of the credentials' one. dbt Cloud does not drop it afterwards. */
  readonly schema_override?: string | null;
  /** The dbt version to run. */
  readonly dbt_version_override?: string | null;
  /** How many threads dbt uses. */
  readonly threads_override?: number | null;
  /** The name of the target. */
  readonly target_name_override?: string | null;
  /** Whether to run `dbt docs generate` at the end. */
  readonly generate_docs_override?: boolean | null;
  /** Seconds until dbt Cloud cancels the run; 0 for never. */
  readonly timeout_seconds_override?: number | null;
  /** The dbt commands to run, instead of the job's. */
  readonly steps_override?: ReadonlyArray<string> | null;
  /** The pull request in Azure DevOps that the run belongs to. */
  readonly azure_pull_request_id?: number | null;
  /** The pull request on GitHub that the run belongs to. */
  readonly github_pull_request_id?: number | null;
  /** The merge request on GitLab that the run belongs to. */
  readonly gitlab_merge_request_id?: number | null;
  /** The pull request that the run belongs to, where dbt Cloud does not know the git provider. */
  readonly non_native_pull_request_id?: number | null;
}

/** The fields of {@linkcode Overrides}. */
export const overrides: Members<Overrides> = {
  git_sha: nullable(field(Schema.String, "The commit to check out")),
  git_branch: nullable(field(Schema.String, "The branch to check out")),
  schema_override: nullable(field(Schema.String, "The schema to build into")),
  dbt_version_override: nullable(field(Schema.String, "The dbt version to run")),
  threads_override: nullable(field(Schema.Int, "How many threads dbt uses")),
  target_name_override: nullable(field(Schema.String, "The name of the target")),
  generate_docs_override: nullable(field(Schema.Boolean, "Whether to run dbt docs generate at the end")),
  timeout_seconds_override: nullable(field(Schema.Int, "Seconds until dbt Cloud cancels the run; 0 for never")),
  steps_override: nullable(field(Schema.Array(Schema.String), "The dbt commands to run, instead of the job's")),
  azure_pull_request_id: nullable(field(Schema.Int, "The pull request in Azure DevOps that the run is for")),
  github_pull_request_id: nullable(field(Schema.Int, "The pull request on GitHub that the run is for")),
  gitlab_merge_request_id: nullable(field(Schema.Int, "The merge request on GitLab that the run is for")),
  non_native_pull_request_id: nullable(field(Schema.Int, "The pull request elsewhere that the run is for")),
};
