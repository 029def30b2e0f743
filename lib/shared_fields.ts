/**
 * Fields that many requests and models share: ids, states, related objects, paging, and the overrides of a run. The
 * files of `lib/api` and `lib/models` use them, so that each is described once.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { commaList, field, type Fields, type Members, named, nullable, optional } from "./schema.ts";

// ---- ids ------------------------------------------------------------------------------------------------------------

/** The account's id. */
export const account_id: Schema.Codec<number> = field(
  Schema.Int,
  "Account (default: $DBT_CLOUD_ACCOUNT_ID, or the only one)",
);
/** The project's id. */
export const project_id: Schema.Codec<number> = field(Schema.Int, "Project");
/** The environment's id. */
export const environment_id: Schema.Codec<number> = field(Schema.Int, "Environment");
/** The job's id. */
export const job_id: Schema.Codec<number> = field(Schema.Int, "Job");
/** The run's id. */
export const run_id: Schema.Codec<number> = field(Schema.Int, "Run");
/** The id of a run's step. */
export const step_id: Schema.Codec<number> = field(Schema.Int, "Step id");

/** Fields of every request within an account. */
export interface InAccount {
  /** The account's id (default: the client's). */
  readonly account_id?: number;
}

/** The fields of {@linkcode InAccount}. */
export const inAccount: Fields<InAccount> = { account_id: optional(account_id) };

/** Fields of every request within a project. */
export interface InProject extends InAccount {
  /** The project's id (default: the client's). */
  readonly project_id?: number;
}

/** The fields of {@linkcode InProject}. */
export const inProject: Fields<InProject> = {
  ...inAccount,
  project_id: optional(field(Schema.Int, "Project (default: $DBT_CLOUD_PROJECT_ID, or the only one)")),
};

/** Fields of every request about an environment to the Discovery API and the Semantic Layer. */
export interface InEnvironment {
  /** The environment's id (default: the client's). */
  readonly environment_id?: number;
}

/** The fields of {@linkcode InEnvironment}. */
export const inEnvironment: Fields<InEnvironment> = {
  environment_id: optional(field(Schema.Int, "Environment (default: $DBT_CLOUD_ENVIRONMENT_ID, or the only one)")),
};

// ---- lists ----------------------------------------------------------------------------------------------------------

/** Fields that select a part of a list. */
export interface Paging {
  /** At most this many rows (default: 100, which is also dbt Cloud's maximum). */
  readonly limit?: number;
  /** Skip this many rows (default: 0). */
  readonly offset?: number;
}

/** The fields of {@linkcode Paging}. */
export const paging: Fields<Paging> = {
  limit: optional(field(Schema.Int, "At most this many rows (default: 100)")),
  offset: optional(field(Schema.Int, "Skip this many rows (default: 0)")),
};

/** Fields of a list that can be ordered. */
export interface Ordered extends Paging {
  /** The field to order by; `-` in front for descending. */
  readonly order_by?: string;
}

/** The fields of {@linkcode Ordered}. */
export const ordered: Fields<Ordered> = {
  ...paging,
  order_by: optional(field(Schema.String, "Field to order by; - in front for descending")),
};

/** One of these names, or any other text, since dbt adds new names. */
export type Open<Name extends string> = Name | (string & Record<never, never>);

/** The related objects to include in a response. */
export type Related<Name extends string = never> = ReadonlyArray<Open<Name>>;

/** The schema of {@linkcode Related}. Help lists the names. */
export function related<Name extends string = never>(
  ...names: ReadonlyArray<Name>
): Schema.Codec<Related<Name>, string> {
  const item: Schema.Codec<Open<Name>> = named(Schema.String, Object.fromEntries(names.map((name) => [name, name])));
  return field(commaList(item), "Related objects to include in the response");
}

// ---- states ---------------------------------------------------------------------------------------------------------

/** The state of an object. dbt Cloud keeps deleted objects. */
export const State = { active: 1, deleted: 2 } as const;

/** A filter by {@linkcode State}. */
export type StateFilter = number | "active" | "deleted" | "all";

/** The schema of a {@linkcode StateFilter}. */
export const state: Schema.Codec<StateFilter> = field(
  Schema.Union([Schema.Int, Schema.Literals(["active", "deleted", "all"])]),
  "State: active, deleted or all (default: active)",
);

// ---- overrides ------------------------------------------------------------------------------------------------------

/** The settings of one run that differ from its job. */
export interface Overrides {
  /** The commit to check out. */
  readonly git_sha?: string | null;
  /** The branch to check out. */
  readonly git_branch?: string | null;
  /** The schema to build into (default: that of the credentials). dbt Cloud does not drop it afterwards. */
  readonly schema_override?: string | null;
  /** The version of dbt to run. */
  readonly dbt_version_override?: string | null;
  /** The number of dbt threads. */
  readonly threads_override?: number | null;
  /** The name of the target. */
  readonly target_name_override?: string | null;
  /** Whether to run `dbt docs generate` at the end. */
  readonly generate_docs_override?: boolean | null;
  /** The timeout in seconds, after which dbt Cloud cancels the run; 0 for none. */
  readonly timeout_seconds_override?: number | null;
  /** The commands to run instead of the job's, such as `dbt build`. */
  readonly steps_override?: ReadonlyArray<string> | null;
  /** The number of the pull request in Azure DevOps that the run is for. */
  readonly azure_pull_request_id?: number | null;
  /** The number of the pull request on GitHub that the run is for. */
  readonly github_pull_request_id?: number | null;
  /** The number of the merge request on GitLab that the run is for. */
  readonly gitlab_merge_request_id?: number | null;
  /** The number of the pull request on a git provider that dbt Cloud has no integration with. */
  readonly non_native_pull_request_id?: number | null;
}

/** The fields of {@linkcode Overrides}. */
export const overrides: Members<Overrides> = {
  git_sha: nullable(field(Schema.String, "Commit to check out")),
  git_branch: nullable(field(Schema.String, "Branch to check out")),
  schema_override: nullable(field(Schema.String, "Schema to build into (default: that of the credentials)")),
  dbt_version_override: nullable(field(Schema.String, "Version of dbt to run")),
  threads_override: nullable(field(Schema.Int, "Number of dbt threads")),
  target_name_override: nullable(field(Schema.String, "Name of the target")),
  generate_docs_override: nullable(field(Schema.Boolean, "Whether to run dbt docs generate at the end")),
  timeout_seconds_override: nullable(
    field(Schema.Int, "Timeout in seconds, after which dbt Cloud cancels the run; 0 for none"),
  ),
  steps_override: nullable(
    field(Schema.Array(Schema.String), "Commands to run instead of the job's, such as dbt build"),
  ),
  azure_pull_request_id: nullable(field(Schema.Int, "Number of the Azure DevOps pull request that the run is for")),
  github_pull_request_id: nullable(field(Schema.Int, "Number of the GitHub pull request that the run is for")),
  gitlab_merge_request_id: nullable(field(Schema.Int, "Number of the GitLab merge request that the run is for")),
  non_native_pull_request_id: nullable(field(Schema.Int, "Number of the pull request on another git provider")),
};
