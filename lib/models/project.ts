/**
 * The model of a project, of its connection and its repository: interfaces, with the schemas that check answers.
 * `lib/api/projects.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files of this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, State, struct } from "../schema.ts";
import { Environment } from "./environment.ts";
import { Job } from "./job.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What a project is. */
export const ProjectType = { default: 0, hybrid: 1 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A connection as it comes with a project or an environment. What else it has depends on the warehouse. */
export interface Connection {
  /** The connection's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The dbt project; in a v2 environment on BigQuery, Google's project. */
  readonly project_id?: number | string | null;
  /** The dbt project, in a v2 environment. Source: recorded answers. */
  readonly dbt_project_id?: number | null;
  /** The name. */
  readonly name?: string | null;
  /** The kind of warehouse: `snowflake`, `bigquery`, `adapter` … */
  readonly type?: string | null;
  /** The adapter: `snowflake_v0`, `databricks_v0` … */
  readonly adapter_version?: string | null;
  /** The user who created it. */
  readonly created_by_id?: number | null;
  /** The service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** The private endpoint that it goes through. */
  readonly private_link_endpoint_id?: string | null;
  /** Where OAuth comes back to. */
  readonly oauth_redirect_uri?: string | null;
  /** Its OAuth configuration. */
  readonly oauth_configuration_id?: number | null;
  /** What the warehouse needs, without secrets. Source: recorded answers. */
  readonly details?: { readonly [name: string]: unknown } | null;
  /** Whether it is there: 1 active, 2 deleted. */
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

/** The key with which dbt Cloud reads a repository. */
export interface DeployKey {
  /** The key's id. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** Its public half. */
  readonly public_key?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** A git repository. */
export interface Repository {
  /** The repository's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** Its name: `jaffle_shop`. */
  readonly name?: string | null;
  /** Its name with its owner's: `dbt-labs/jaffle_shop`. */
  readonly full_name?: string | null;
  /** Where git finds it. Source: recorded answers. */
  readonly remote_url?: string | null;
  /** Where people find it. */
  readonly web_url?: string | null;
  /** Who hosts it: `github`, `gitlab`, `ado`, `managed`, `manual_config`. */
  readonly remote_backend?: string | null;
  /** How dbt Cloud clones it: `github_app`, `deploy_key`, `deploy_token`, … */
  readonly git_clone_strategy?: string | null;
  /** Its deploy key. */
  readonly deploy_key_id?: number | null;
  /** Its deploy key, where it is included. */
  readonly deploy_key?: DeployKey | null;
  /** Its credentials. */
  readonly repository_credentials_id?: number | null;
  /** The installation of dbt's GitHub app. */
  readonly github_installation_id?: number | null;
  /** Its webhook on GitHub. */
  readonly github_webhook_id?: number | null;
  /** Its name on GitHub. */
  readonly github_repo?: string | null;
  /** The git provider. */
  readonly git_provider_id?: number | null;
  /** The git provider, where it is included. Its shape is not published. */
  readonly git_provider?: unknown;
  /** What GitLab says of it. Its shape is not published. */
  readonly gitlab?: unknown;
  /** The private endpoint that git goes through. */
  readonly private_link_endpoint_id?: string | null;
  /** Whether git goes through a private endpoint. */
  readonly is_private_link_enabled?: boolean | null;
  /** The page that opens a pull request, with `{{source}}` and `{{destination}}`. Source: recorded answers. */
  readonly pull_request_url_template?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
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

/** What a group may do in a project. */
export interface GroupPermission {
  /** The permission's id. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** The group. */
  readonly group_id?: number | null;
  /** The project; null for all of them. */
  readonly project_id?: number | null;
  /** Whether it holds for all projects. */
  readonly all_projects?: boolean | null;
  /** What it allows: `developer`, `job_admin` … */
  readonly permission_set?: string | null;
  /** What it allows, as a number. */
  readonly permission_level?: number | null;
  /** The environments that it allows writing to: `all`, `development` … */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** Whether it is there: 1 active, 2 deleted. */
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

/** What one can set about a project. */
export interface ProjectOptions {
  /** The name. */
  readonly name?: string | null;
  /** What the project is for, in words. */
  readonly description?: string | null;
  /** The connection to the warehouse. */
  readonly connection_id?: number | null;
  /** The git repository. */
  readonly repository_id?: number | null;
  /** The configuration of the Semantic Layer. */
  readonly semantic_layer_config_id?: number | null;
  /** The directory of `dbt_project.yml` in the repository; null for its root. */
  readonly dbt_project_subdirectory?: string | null;
  /** The job that makes the documentation. */
  readonly docs_job_id?: number | null;
  /** The job that looks at the freshness of sources. */
  readonly freshness_job_id?: number | null;
  /** What it is: see {@linkcode ProjectType}. */
  readonly type?: number | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** The fields of {@linkcode ProjectOptions}. */
export const ProjectOptions: Members<ProjectOptions> = {
  name: nullable(field(Schema.String, "The name")),
  description: nullable(field(Schema.String, "What the project is for, in words")),
  connection_id: nullable(field(Schema.Int, "The connection to the warehouse")),
  repository_id: nullable(field(Schema.Int, "The git repository")),
  semantic_layer_config_id: nullable(field(Schema.Int, "The configuration of the Semantic Layer")),
  dbt_project_subdirectory: nullable(field(Schema.String, "The directory of dbt_project.yml in the repository")),
  docs_job_id: nullable(field(Schema.Int, "The job that makes the documentation")),
  freshness_job_id: nullable(field(Schema.Int, "The job that looks at the freshness of sources")),
  type: nullable(field(named(Schema.Int, ProjectType), "What it is")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** A project. */
export interface Project extends ProjectOptions {
  /** The project's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** Whether its setup was skipped. Source: recorded answers. */
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
  /** Its environments; absent or null unless asked for with `include_related`. */
  readonly environments?: ReadonlyArray<Nested<Environment>> | null;
  /** What groups may do in it. */
  readonly group_permissions?: ReadonlyArray<GroupPermission> | null;
  /** The job that makes the documentation; null unless asked for with `include_related`. */
  readonly docs_job?: Nested<Job> | null;
  /** The job that looks at the freshness of sources; null unless asked for with `include_related`. */
  readonly freshness_job?: Nested<Job> | null;
  /** Whether it could run on Fusion. Its shape is not published. */
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
}, { columns: ["id", "name", "type", "connection_id", "repository_id", "dbt_project_subdirectory", "created_at"] });
