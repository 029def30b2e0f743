/**
 * The model of an environment: interfaces, with the schemas that validate responses. `lib/api/environments.ts` exports
 * it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files in this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { State } from "../shared_fields.ts";
import { Job } from "./job.ts";
import { Connection, Project, Repository } from "./project.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The types of environments. */
export const EnvironmentType = { development: "development", deployment: "deployment" } as const;

/** The types of deployment environments. */
export const DeploymentType = { production: "production", staging: "staging" } as const;

const type = named(Schema.String, EnvironmentType);
const deploymentType = named(Schema.String, DeploymentType);

// ---- models ---------------------------------------------------------------------------------------------------------

/** The credentials of an environment, without secrets. Other fields depend on the warehouse. */
export interface Credentials {
  /** The credentials' id. */
  readonly id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The type of the credentials: `snowflake`, `bigquery`, `adapter` … */
  readonly type?: string | null;
  /** The adapter and its version: `snowflake_v0`, `databricks_v0` … */
  readonly adapter_version?: string | null;
  /** The number of dbt threads. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
  /** The schema that dbt builds into, on most warehouses. */
  readonly schema?: string | null;
  /** The schema that dbt builds into, on Postgres and Redshift. */
  readonly default_schema?: string | null;
  /** State of the credentials: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
}

/** The fields of an environment that requests can set. */
export interface EnvironmentOptions {
  /** The environment's name. */
  readonly name?: string | null;
  /** Its type: see {@linkcode EnvironmentType}. */
  readonly type?: string | null;
  /**
   * The type of a deployment environment: see {@linkcode DeploymentType}. Leave it out for a general one: dbt Cloud
   * refuses an empty string.
   */
  readonly deployment_type?: string | null;
  /** The dbt version for its runs. */
  readonly dbt_version?: string | null;
  /** The connection's id. */
  readonly connection_id?: number | null;
  /** The credentials' id; null for a development environment. */
  readonly credentials_id?: number | null;
  /** The extended attributes' id. */
  readonly extended_attributes_id?: number | null;
  /** Whether it uses `custom_branch` instead of the repository's default branch. */
  readonly use_custom_branch?: boolean | null;
  /** The branch to use if `use_custom_branch` is true. */
  readonly custom_branch?: string | null;
  /** Whether it supports docs. */
  readonly supports_docs?: boolean | null;
  /** State of the environment: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** The fields of an environment that requests of API v3 can set. */
export interface EnvironmentOptionsV3 extends EnvironmentOptions {
  /** Whether dbt Cloud collects the query history of models. */
  readonly enable_model_query_history?: boolean | null;
  /** Whether its runs use dbt State. */
  readonly enable_dbt_state?: boolean | null;
  /** The id of its primary profile. */
  readonly primary_profile_id?: number | null;
}

/** The fields of an environment that requests of API v2 can set. */
export interface EnvironmentOptionsV2 extends EnvironmentOptions {
  /** The repository's id. */
  readonly repository_id?: number | null;
  /** The directory of `dbt_project.yml` in the repository; null for the root. */
  readonly dbt_project_subdirectory?: string | null;
  /** The id of the user who created it. */
  readonly created_by_id?: number | null;
}

const options: Members<EnvironmentOptions> = {
  name: nullable(field(Schema.String, "Name of the environment")),
  type: nullable(field(type, "Type of the environment")),
  deployment_type: nullable(field(deploymentType, "Type of a deployment environment")),
  dbt_version: nullable(field(Schema.String, "Version of dbt for runs")),
  connection_id: nullable(field(Schema.Int, "Connection id")),
  credentials_id: nullable(field(Schema.Int, "Credentials id")),
  extended_attributes_id: nullable(field(Schema.Int, "Extended attributes id")),
  use_custom_branch: nullable(field(Schema.Boolean, "Whether to use custom_branch instead of the default branch")),
  custom_branch: nullable(field(Schema.String, "Branch to use, with use_custom_branch")),
  supports_docs: nullable(field(Schema.Boolean, "Whether it supports docs")),
  state: nullable(field(named(Schema.Int, State), "State of the environment")),
};

/** The fields of {@linkcode EnvironmentOptionsV3}. */
export const EnvironmentOptionsV3: Members<EnvironmentOptionsV3> = {
  ...options,
  enable_model_query_history: nullable(field(Schema.Boolean, "Whether dbt Cloud collects the query history of models")),
  enable_dbt_state: nullable(field(Schema.Boolean, "Whether runs use dbt State")),
  primary_profile_id: nullable(field(Schema.Int, "Id of the primary profile")),
};

/** The fields of {@linkcode EnvironmentOptionsV2}. */
export const EnvironmentOptionsV2: Members<EnvironmentOptionsV2> = {
  ...options,
  repository_id: nullable(field(Schema.Int, "Repository id")),
  dbt_project_subdirectory: nullable(
    field(Schema.String, "Directory of dbt_project.yml in the repository (default: the root)"),
  ),
  created_by_id: nullable(field(Schema.Int, "Id of the user who created it")),
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

/** An environment, in API v2 and v3. */
export interface Environment extends EnvironmentOptionsV2, EnvironmentOptionsV3 {
  /** The environment's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The dbt version as set by the user. */
  readonly raw_dbt_version?: string | null;
  /** Whether jobs can defer to it. */
  readonly is_deferrable?: boolean | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** Its project; absent or null unless requested with `include_related`. */
  readonly project?: Nested<Project> | null;
  /** Its connection; absent or null unless requested with `include_related`. */
  readonly connection?: Nested<Connection> | null;
  /** Its repository; absent or null unless requested with `include_related`. */
  readonly repository?: Nested<Repository> | null;
  /** Its credentials; absent or null unless requested with `include_related`. */
  readonly credentials?: Credentials | null;
  /** Its jobs; absent or null unless requested with `include_related`. */
  readonly jobs?: ReadonlyArray<Nested<Job>> | null;
  /** Its environment variables. Their structure is not documented. */
  readonly custom_environment_variables?: unknown;
  /** Whether it could run on Fusion. Its structure is not documented. */
  readonly fusion_readiness?: unknown;
}

/** Reads an {@linkcode Environment}. */
export const Environment: Schema.Codec<Environment> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  ...EnvironmentOptionsV2,
  ...EnvironmentOptionsV3,
  raw_dbt_version: nullable(Schema.String),
  is_deferrable: nullable(Schema.Boolean),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  project: nullable(nested((): Schema.Codec<Project> => Project)),
  connection: nullable(nested((): Schema.Codec<Connection> => Connection)),
  repository: nullable(nested((): Schema.Codec<Repository> => Repository)),
  credentials: nullable(credentials),
  jobs: nullable(Schema.Array(nested((): Schema.Codec<Job> => Job))),
  custom_environment_variables: optional(Schema.Unknown),
  fusion_readiness: optional(Schema.Unknown),
}, { columns: ["id", "name", "project_id", "type", "deployment_type", "dbt_version", "connection_id"] });
