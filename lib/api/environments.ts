/**
 * Environments: where a project's dbt runs.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import {
  environment_id,
  field,
  type Fields,
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  jsonList,
  type Members,
  named,
  nullable,
  optional,
  type Ordered,
  ordered,
  project_id,
  type Related,
  related,
  State,
  state,
  type StateFilter,
  struct,
} from "../schema.ts";
import { Job } from "./jobs.ts";
import { Connection, Project, Repository } from "./projects.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What an environment is for. */
export const EnvironmentType = { development: "development", deployment: "deployment" } as const;

/** What a deployment environment is for. */
export const DeploymentType = { production: "production", staging: "staging" } as const;

const type = named(Schema.String, EnvironmentType);
const deploymentType = named(Schema.String, DeploymentType);

// ---- models ---------------------------------------------------------------------------------------------------------

/** Credentials as they come with an environment, without secrets. What else they have depends on the warehouse. */
export interface Credentials {
  /** The credentials' id. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The kind of warehouse: `snowflake`, `bigquery`, `adapter` … */
  readonly type?: string | null;
  /** The adapter: `snowflake_v0`, `databricks_v0` … */
  readonly adapter_version?: string | null;
  /** How many threads dbt uses. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
  /** The schema that dbt builds into, on most warehouses. */
  readonly schema?: string | null;
  /** The schema that dbt builds into, on Postgres and Redshift. */
  readonly default_schema?: string | null;
  /** Whether they are there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
}

/** What one can set about an environment. */
export interface EnvironmentOptions {
  /** The name. */
  readonly name?: string | null;
  /** What it is for: see {@linkcode EnvironmentType}. */
  readonly type?: string | null;
  /** What a deployment environment is for: see {@linkcode DeploymentType}. Leave out for neither; empty text is refused. */
  readonly deployment_type?: string | null;
  /** The dbt version of its runs. */
  readonly dbt_version?: string | null;
  /** The connection to the warehouse. */
  readonly connection_id?: number | null;
  /** The credentials for the warehouse; null for a development environment. */
  readonly credentials_id?: number | null;
  /** Its extended attributes. */
  readonly extended_attributes_id?: number | null;
  /** Whether it uses `custom_branch` instead of the repository's default one. */
  readonly use_custom_branch?: boolean | null;
  /** The branch that it uses. */
  readonly custom_branch?: string | null;
  /** Whether it supports documentation. */
  readonly supports_docs?: boolean | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** What only API v3 can set about an environment. */
export interface EnvironmentOptionsV3 extends EnvironmentOptions {
  /** Whether dbt Cloud gathers who queries its models. */
  readonly enable_model_query_history?: boolean | null;
  /** Whether its runs adapt to what changed. */
  readonly enable_dbt_state?: boolean | null;
  /** Its primary profile. */
  readonly primary_profile_id?: number | null;
}

/** What only API v2 can set about an environment. */
export interface EnvironmentOptionsV2 extends EnvironmentOptions {
  /** The git repository. */
  readonly repository_id?: number | null;
  /** The directory of `dbt_project.yml` in the repository; null for its root. */
  readonly dbt_project_subdirectory?: string | null;
  /** The user who created it. */
  readonly created_by_id?: number | null;
}

const options: Members<EnvironmentOptions> = {
  name: nullable(field(Schema.String, "The name")),
  type: nullable(field(type, "What it is for")),
  deployment_type: nullable(field(deploymentType, "What a deployment environment is for")),
  dbt_version: nullable(field(Schema.String, "The dbt version of its runs")),
  connection_id: nullable(field(Schema.Int, "The connection to the warehouse")),
  credentials_id: nullable(field(Schema.Int, "The credentials for the warehouse")),
  extended_attributes_id: nullable(field(Schema.Int, "Its extended attributes")),
  use_custom_branch: nullable(field(Schema.Boolean, "Whether it uses custom_branch instead of the default one")),
  custom_branch: nullable(field(Schema.String, "The branch that it uses")),
  supports_docs: nullable(field(Schema.Boolean, "Whether it supports documentation")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

const optionsV3: Members<EnvironmentOptionsV3> = {
  ...options,
  enable_model_query_history: nullable(field(Schema.Boolean, "Whether dbt Cloud gathers who queries its models")),
  enable_dbt_state: nullable(field(Schema.Boolean, "Whether its runs adapt to what changed")),
  primary_profile_id: nullable(field(Schema.Int, "Its primary profile")),
};

const optionsV2: Members<EnvironmentOptionsV2> = {
  ...options,
  repository_id: nullable(field(Schema.Int, "The git repository")),
  dbt_project_subdirectory: nullable(field(Schema.String, "The directory of dbt_project.yml in the repository")),
  created_by_id: nullable(field(Schema.Int, "The user who created it")),
};

const credentials: Schema.Codec<Credentials> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  type: nullable(Schema.String),
  adapter_version: nullable(Schema.String),
  threads: nullable(Schema.Int),
  target_name: nullable(Schema.String),
  schema: nullable(Schema.String),
  default_schema: nullable(Schema.String),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
});

/** An environment, as API v2 and v3 give it. */
export interface Environment extends EnvironmentOptionsV2, EnvironmentOptionsV3 {
  /** The environment's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The dbt version, as it was set. */
  readonly raw_dbt_version?: string | null;
  /** Whether jobs can defer to it. */
  readonly is_deferrable?: boolean | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** Its project; absent or null unless asked for with `include_related`. */
  readonly project?: Project | null;
  /** Its connection; absent or null unless asked for with `include_related`. */
  readonly connection?: Connection | null;
  /** Its repository; absent or null unless asked for with `include_related`. */
  readonly repository?: Repository | null;
  /** Its credentials; absent or null unless asked for with `include_related`. */
  readonly credentials?: Credentials | null;
  /** Its jobs; absent or null unless asked for with `include_related`. */
  readonly jobs?: ReadonlyArray<Job> | null;
  /** Its environment variables. Their shape is not published. */
  readonly custom_environment_variables?: unknown;
  /** Whether it could run on Fusion. Its shape is not published. */
  readonly fusion_readiness?: unknown;
}

/** Reads an {@linkcode Environment}. */
export const Environment: Schema.Codec<Environment> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  ...optionsV2,
  ...optionsV3,
  raw_dbt_version: nullable(Schema.String),
  is_deferrable: nullable(Schema.Boolean),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  project: nullable(Schema.suspend((): Schema.Codec<Project> => Project)),
  connection: nullable(Schema.suspend((): Schema.Codec<Connection> => Connection)),
  repository: nullable(Schema.suspend((): Schema.Codec<Repository> => Repository)),
  credentials: nullable(credentials),
  jobs: nullable(Schema.Array(Schema.suspend((): Schema.Codec<Job> => Job))),
  custom_environment_variables: optional(Schema.Unknown),
  fusion_readiness: optional(Schema.Unknown),
}, { columns: ["id", "name", "project_id", "type", "deployment_type", "dbt_version", "connection_id"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one environment of a project has. */
export interface OfEnvironment extends InProject {
  /** The environment. */
  readonly environment_id: number;
}

const ofEnvironment: Fields<OfEnvironment> = { ...inProject, environment_id };

/** Which related things an answer about environments can include. */
export type EnvironmentRelated = Related<"project" | "connection" | "credentials" | "repository">;

const environmentRelated: Schema.Codec<EnvironmentRelated, string> = related(
  "project",
  "connection",
  "credentials",
  "repository",
);

/** Which environments a list has. */
export interface Filters extends Ordered {
  /** Only the environments of this name. */
  readonly name?: string;
  /** Only the environments whose name contains this, in any case. */
  readonly name__icontains?: string;
  /** Only the environments of this type: see {@linkcode EnvironmentType}. */
  readonly type?: string;
  /** Only the environments of this deployment type: see {@linkcode DeploymentType}. */
  readonly deployment_type?: string;
  /** Only the environments of these deployment types. */
  readonly deployment_type__in?: ReadonlyArray<string>;
  /** Only the environments with these credentials. */
  readonly credentials_id?: number;
  /** Only the environments of this dbt version. */
  readonly dbt_version?: string;
  /** Only the environments of these dbt versions. */
  readonly dbt_version__in?: ReadonlyArray<string>;
  /** Only the environments of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the environment with this id. */
  readonly pk?: number;
  /** Only the environments with these ids. */
  readonly pk__in?: ReadonlyArray<number>;
  /** Only the environments with a greater id. */
  readonly id__gt?: number;
  /** Active environments, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each environment. */
  readonly include_related?: EnvironmentRelated;
}

const filters: Fields<Filters> = {
  name: optional(field(Schema.String, "Only the environments of this name")),
  name__icontains: optional(field(Schema.String, "Only the environments whose name contains this, in any case")),
  type: optional(field(type, "Only the environments of this type")),
  deployment_type: optional(field(deploymentType, "Only the environments of this deployment type")),
  deployment_type__in: optional(field(jsonList(deploymentType), "Only the environments of these deployment types")),
  credentials_id: optional(field(Schema.Int, "Only the environments with these credentials")),
  dbt_version: optional(field(Schema.String, "Only the environments of this dbt version")),
  dbt_version__in: optional(field(jsonList(Schema.String), "Only the environments of these dbt versions")),
  project_id__in: optional(field(jsonList(Schema.Int), "Only the environments of these projects")),
  pk: optional(field(Schema.Int, "Only the environment with this id")),
  pk__in: optional(field(jsonList(Schema.Int), "Only the environments with these ids")),
  id__gt: optional(field(Schema.Int, "Only the environments with a greater id")),
  state: optional(state),
  include_related: optional(environmentRelated),
  ...ordered,
};

/** What {@linkcode list} asks for. */
export interface List extends InProject, Filters {}

/** List the environments of a project. */
export const list: Endpoint<List, Page<Environment>> = endpoint({
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environments/",
  summary: "List the environments of a project",
  request: { ...inProject, ...filters },
  success: page(Environment),
  dbtc: "list_environments",
});

/** What {@linkcode listByAccount} asks for. */
export interface ListByAccount extends InAccount, Filters {
  /** Only the environments of this project. */
  readonly project_id?: number;
}

/** List the environments of an account. */
export const listByAccount: Endpoint<ListByAccount, Page<Environment>> = endpoint({
  route: "GET /api/v3/accounts/:account_id/environments/",
  summary: "List the environments of an account",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the environments of this project")),
    ...filters,
  },
  success: page(Environment),
  dbtc: "list_environments_by_account",
  undocumented: "Python dbtc, the Terraform provider and dbt-jobs-as-code use it",
});

/** What {@linkcode create} asks for. */
export interface Create extends InProject, EnvironmentOptionsV3 {
  /** The name. */
  readonly name: string;
}

const name = field(Schema.String, "The name");

/** Create an environment. */
export const create: Endpoint<Create, Environment> = endpoint({
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environments/",
  summary: "Create an environment",
  request: { ...inProject, ...optionsV3, name },
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Environment),
  dbtc: "create_environment",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfEnvironment {
  /** Related things to include in the environment. */
  readonly include_related?: EnvironmentRelated;
}

/** Get one environment. */
export const get: Endpoint<Get, Environment> = endpoint({
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environments/:environment_id/",
  summary: "Get one environment",
  request: { ...ofEnvironment, include_related: optional(environmentRelated) },
  success: data(Environment),
  dbtc: "get_environment",
});

/** What {@linkcode update} asks for. */
export interface Update extends OfEnvironment, Create {}

/** Update an environment. What is not given is reset: connection and credentials too. */
export const update: Endpoint<Update, Environment> = endpoint({
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environments/:environment_id/",
  summary: "Update an environment",
  request: { ...ofEnvironment, ...optionsV3, name },
  repeats: { account_id: "account_id", project_id: "project_id", id: "environment_id" },
  replaces: true,
  success: data(Environment),
  dbtc: "update_environment",
});

/** Delete an environment. */
const del: Endpoint<OfEnvironment, Environment | undefined> = endpoint({
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/environments/:environment_id/",
  summary: "Delete an environment",
  request: ofEnvironment,
  success: maybe(Environment),
  dbtc: "delete_environment",
});
export { del as delete };

/** What every request about one environment of an account has. */
export interface OfEnvironmentV2 extends InAccount {
  /** The environment. */
  readonly environment_id: number;
}

const ofEnvironmentV2: Fields<OfEnvironmentV2> = { ...inAccount, environment_id };

/** Clear what state-aware orchestration remembers of an environment. */
export const deleteSaoCache: Endpoint<OfEnvironmentV2, unknown> = endpoint({
  route: "DELETE /api/v3/accounts/:account_id/environments/:environment_id/sao-cache/",
  summary: "Clear what state-aware orchestration remembers of an environment",
  request: ofEnvironmentV2,
  success: maybe(Schema.Unknown),
});

// ---- API v2 ---------------------------------------------------------------------------------------------------------

/** What {@linkcode listV2} asks for. */
export interface ListV2 extends
  InAccount,
  Pick<
    Filters,
    keyof Ordered | "dbt_version" | "dbt_version__in" | "project_id__in" | "pk" | "state" | "include_related"
  > {
  /** Only the environments of this project. */
  readonly project_id?: number;
}

/** List the environments of an account, by API v2. */
export const listV2: Endpoint<ListV2, Page<Environment>> = endpoint({
  route: "GET /api/v2/accounts/:account_id/environments/",
  summary: "List the environments of an account, by API v2",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the environments of this project")),
    project_id__in: filters.project_id__in,
    dbt_version: filters.dbt_version,
    dbt_version__in: filters.dbt_version__in,
    pk: filters.pk,
    state: filters.state,
    include_related: filters.include_related,
    ...ordered,
  },
  success: page(Environment),
  deprecated: "environments list-by-account",
});

/** What {@linkcode createV2} asks for. */
export interface CreateV2 extends InAccount, EnvironmentOptionsV2 {
  /** The project. */
  readonly project_id: number;
  /** The name. */
  readonly name: string;
}

/** Create an environment, by API v2. */
export const createV2: Endpoint<CreateV2, Environment> = endpoint({
  route: "POST /api/v2/accounts/:account_id/environments/",
  summary: "Create an environment, by API v2",
  request: { ...inAccount, ...optionsV2, project_id, name },
  repeats: { account_id: "account_id" },
  success: data(Environment),
  deprecated: "environments create",
});

/** What {@linkcode getV2} asks for. */
export interface GetV2 extends OfEnvironmentV2 {
  /** Related things to include in the environment. */
  readonly include_related?: EnvironmentRelated;
}

/** Get one environment, by API v2. */
export const getV2: Endpoint<GetV2, Environment> = endpoint({
  route: "GET /api/v2/accounts/:account_id/environments/:environment_id/",
  summary: "Get one environment, by API v2",
  request: { ...ofEnvironmentV2, include_related: optional(environmentRelated) },
  success: data(Environment),
  deprecated: "environments get",
});

/** What {@linkcode updateV2} asks for. */
export interface UpdateV2 extends OfEnvironmentV2, CreateV2 {}

/** Update an environment, by API v2. What is not given is reset. */
export const updateV2: Endpoint<UpdateV2, Environment> = endpoint({
  route: "POST /api/v2/accounts/:account_id/environments/:environment_id/",
  summary: "Update an environment, by API v2",
  request: { ...ofEnvironmentV2, ...optionsV2, project_id, name },
  repeats: { account_id: "account_id", id: "environment_id" },
  replaces: true,
  success: data(Environment),
  deprecated: "environments update",
});

/** Delete an environment, by API v2. */
export const deleteV2: Endpoint<OfEnvironmentV2, Environment | undefined> = endpoint({
  route: "DELETE /api/v2/accounts/:account_id/environments/:environment_id/",
  summary: "Delete an environment, by API v2",
  request: ofEnvironmentV2,
  success: maybe(Environment),
  deprecated: "environments delete",
});
