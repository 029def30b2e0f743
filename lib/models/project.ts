/**
 * The model of a project, of its connection and its repository: interfaces, with the schemas that validate responses.
 * `lib/api/projects.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files in this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { State } from "../shared_fields.ts";
import { Environment } from "./environment.ts";
import { Job } from "./job.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The types of projects. */
export const ProjectType = { default: 0, hybrid: 1 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** The connection of a project or an environment. Other fields depend on the warehouse. */
export interface Connection {
  /** The connection's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id; in a v2 environment on BigQuery, the Google Cloud project. */
  readonly project_id?: number | string | null;
  /** The project's id, in a v2 environment. Source: recorded responses. */
  readonly dbt_project_id?: number | null;
  /** The connection's name. */
  readonly name?: string | null;
  /** The type of the connection: `snowflake`, `bigquery`, `adapter` … */
  readonly type?: string | null;
  /** The adapter and its version: `snowflake_v0`, `databricks_v0` … */
  readonly adapter_version?: string | null;
  /** The id of the user who created it. */
  readonly created_by_id?: number | null;
  /** The id of the service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** The id of the private endpoint that it uses. */
  readonly private_link_endpoint_id?: string | null;
  /** The redirect URI for OAuth. */
  readonly oauth_redirect_uri?: string | null;
  /** The id of its OAuth configuration. */
  readonly oauth_configuration_id?: number | null;
  /** The settings for the warehouse, without secrets. Source: recorded responses. */
  readonly details?: { readonly [name: string]: unknown } | null;
  /** State of the connection: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode Connection}. */
export const Connection: Schema.Codec<Connection> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Union([Schema.Int, Schema.String])),
  dbt_project_id: nullable(Schema.Int),
  name: nullable(Schema.String),
  type: nullable(Schema.String),
  adapter_version: nullable(Schema.String),
  created_by_id: nullable(Schema.Int),
  created_by_service_token_id: nullable(Schema.Int),
  private_link_endpoint_id: nullable(Schema.String),
  oauth_redirect_uri: nullable(Schema.String),
  oauth_configuration_id: nullable(Schema.Int),
  details: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "type", "adapter_version", "project_id"] });

/** The SSH key with which dbt Cloud reads a repository. */
export interface DeployKey {
  /** The key's id. */
  readonly id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The public key. */
  readonly public_key?: string | null;
  /** State of the deploy key: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** A git repository. */
export interface Repository {
  /** The repository's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** Its name: `jaffle_shop`. */
  readonly name?: string | null;
  /** Its full name: `dbt-labs/jaffle_shop`. */
  readonly full_name?: string | null;
  /** The git URL. Source: recorded responses. */
  readonly remote_url?: string | null;
  /** The URL of its web page. */
  readonly web_url?: string | null;
  /** The git provider that hosts it: `github`, `gitlab`, `ado`, `managed`, `manual_config`. */
  readonly remote_backend?: string | null;
  /** How dbt Cloud clones it: `github_app`, `deploy_key`, `deploy_token`, … */
  readonly git_clone_strategy?: string | null;
  /** The deploy key's id. */
  readonly deploy_key_id?: number | null;
  /** Its deploy key, if requested with `include_related`. */
  readonly deploy_key?: DeployKey | null;
  /** The id of its credentials. */
  readonly repository_credentials_id?: number | null;
  /** The installation id of dbt's GitHub app. */
  readonly github_installation_id?: number | null;
  /** The id of its webhook on GitHub. */
  readonly github_webhook_id?: number | null;
  /** Its name on GitHub. */
  readonly github_repo?: string | null;
  /** The git provider's id. */
  readonly git_provider_id?: number | null;
  /** The git provider, if requested with `include_related`. Its structure is not documented. */
  readonly git_provider?: unknown;
  /** Details from GitLab. Its structure is not documented. */
  readonly gitlab?: unknown;
  /** The id of the private endpoint that git uses. */
  readonly private_link_endpoint_id?: string | null;
  /** Whether git uses a private endpoint. */
  readonly is_private_link_enabled?: boolean | null;
  /** The URL that opens a pull request, with `{{source}}` and `{{destination}}`. Source: recorded responses. */
  readonly pull_request_url_template?: string | null;
  /** State of the repository: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

const deployKey: Schema.Codec<DeployKey> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  public_key: nullable(Schema.String),
  state: nullable(named(Schema.Int, State)),
});

/** Reads a {@linkcode Repository}. */
export const Repository: Schema.Codec<Repository> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  name: nullable(Schema.String),
  full_name: nullable(Schema.String),
  remote_url: nullable(Schema.String),
  web_url: nullable(Schema.String),
  remote_backend: nullable(Schema.String),
  git_clone_strategy: nullable(Schema.String),
  deploy_key_id: nullable(Schema.Int),
  deploy_key: nullable(deployKey),
  repository_credentials_id: nullable(Schema.Int),
  github_installation_id: nullable(Schema.Int),
  github_webhook_id: nullable(Schema.Int),
  github_repo: nullable(Schema.String),
  git_provider_id: nullable(Schema.Int),
  git_provider: optional(Schema.Unknown),
  gitlab: optional(Schema.Unknown),
  private_link_endpoint_id: nullable(Schema.String),
  is_private_link_enabled: nullable(Schema.Boolean),
  pull_request_url_template: nullable(Schema.String),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "full_name", "remote_backend", "git_clone_strategy", "project_id"] });

/** A permission of a group. */
export interface GroupPermission {
  /** The permission's id. */
  readonly id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The group's id. */
  readonly group_id?: number | null;
  /** The project's id; null for all projects. */
  readonly project_id?: number | null;
  /** Whether it applies to all projects. */
  readonly all_projects?: boolean | null;
  /** The permission set: `developer`, `job_admin` … */
  readonly permission_set?: string | null;
  /** The permission level, as a number. */
  readonly permission_level?: number | null;
  /** The environments that it allows to change: `all`, `development` … */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** State of the permission: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode GroupPermission}. */
export const GroupPermission: Schema.Codec<GroupPermission> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  group_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  all_projects: nullable(Schema.Boolean),
  permission_set: nullable(Schema.String),
  permission_level: nullable(Schema.Int),
  writable_environment_categories: nullable(Schema.Array(Schema.String)),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "permission_set", "project_id", "all_projects", "writable_environment_categories"] });

/** The fields of a project that requests can set. */
export interface ProjectOptions {
  /** The project's name. */
  readonly name?: string | null;
  /** What the project is for. */
  readonly description?: string | null;
  /** The connection's id. */
  readonly connection_id?: number | null;
  /** The repository's id. */
  readonly repository_id?: number | null;
  /** The id of the Semantic Layer configuration. */
  readonly semantic_layer_config_id?: number | null;
  /** The directory of `dbt_project.yml` in the repository; null for the root. */
  readonly dbt_project_subdirectory?: string | null;
  /** The id of the job that generates the docs. */
  readonly docs_job_id?: number | null;
  /** The id of the job that checks source freshness. */
  readonly freshness_job_id?: number | null;
  /** Its type: see {@linkcode ProjectType}. */
  readonly type?: number | null;
  /** State of the project: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** The fields of {@linkcode ProjectOptions}. */
export const ProjectOptions: Members<ProjectOptions> = {
  name: nullable(field(Schema.String, "Name of the project")),
  description: nullable(field(Schema.String, "What the project is for")),
  connection_id: nullable(field(Schema.Int, "Connection id")),
  repository_id: nullable(field(Schema.Int, "Repository id")),
  semantic_layer_config_id: nullable(field(Schema.Int, "Id of the Semantic Layer configuration")),
  dbt_project_subdirectory: nullable(
    field(Schema.String, "Directory of dbt_project.yml in the repository (default: the root)"),
  ),
  docs_job_id: nullable(field(Schema.Int, "Id of the job that generates the docs")),
  freshness_job_id: nullable(field(Schema.Int, "Id of the job that checks source freshness")),
  type: nullable(field(named(Schema.Int, ProjectType), "Type of the project")),
  state: nullable(field(named(Schema.Int, State), "State of the project")),
};

/** A project. */
export interface Project extends ProjectOptions {
  /** The project's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** Whether its setup was skipped. Source: recorded responses. */
  readonly skipped_setup?: boolean | null;
  /** The dbt version of new environments. */
  readonly default_version?: string | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** Its connection. */
  readonly connection?: Nested<Connection> | null;
  /** Its repository. */
  readonly repository?: Nested<Repository> | null;
  /** Its environments; absent or null unless requested with `include_related`. */
  readonly environments?: ReadonlyArray<Nested<Environment>> | null;
  /** The permissions of groups in it. */
  readonly group_permissions?: ReadonlyArray<GroupPermission> | null;
  /** The job that generates the docs; null unless requested with `include_related`. */
  readonly docs_job?: Nested<Job> | null;
  /** The job that checks source freshness; null unless requested with `include_related`. */
  readonly freshness_job?: Nested<Job> | null;
  /** Whether it could run on Fusion. Its structure is not documented. */
  readonly fusion_readiness?: unknown;
}

const job = nested((): Schema.Codec<Job> => Job);

/** Reads a {@linkcode Project}. */
export const Project: Schema.Codec<Project> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...ProjectOptions,
  skipped_setup: nullable(Schema.Boolean),
  default_version: nullable(Schema.String),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  connection: nullable(nested(() => Connection)),
  repository: nullable(nested(() => Repository)),
  environments: nullable(Schema.Array(nested((): Schema.Codec<Environment> => Environment))),
  group_permissions: nullable(Schema.Array(GroupPermission)),
  docs_job: nullable(job),
  freshness_job: nullable(job),
  fusion_readiness: optional(Schema.Unknown),
}, { columns: ["id", "name", "connection_id", "repository_id", "dbt_project_subdirectory", "created_at"] });
