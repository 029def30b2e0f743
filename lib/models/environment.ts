/**
 * The model of an environment: interfaces, with the schemas that check answers. `lib/api/environments.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files of this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, State, struct } from "../schema.ts";
import { Job } from "./job.ts";
import { Connection, Project, Repository } from "./project.ts";

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
  /**
   * What a deployment environment is for: see {@linkcode DeploymentType}. Leave out for neither; empty text is refused.
   */
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

/** The fields of {@linkcode EnvironmentOptionsV3}. */
export const EnvironmentOptionsV3: Members<EnvironmentOptionsV3> = {
  ...options,
  enable_model_query_history: nullable(field(Schema.Boolean, "Whether dbt Cloud gathers who queries its models")),
  enable_dbt_state: nullable(field(Schema.Boolean, "Whether its runs adapt to what changed")),
  primary_profile_id: nullable(field(Schema.Int, "Its primary profile")),
};

/** The fields of {@linkcode EnvironmentOptionsV2}. */
export const EnvironmentOptionsV2: Members<EnvironmentOptionsV2> = {
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
  readonly project?: Nested<Project> | null;
  /** Its connection; absent or null unless asked for with `include_related`. */
  readonly connection?: Nested<Connection> | null;
  /** Its repository; absent or null unless asked for with `include_related`. */
  readonly repository?: Nested<Repository> | null;
  /** Its credentials; absent or null unless asked for with `include_related`. */
  readonly credentials?: Credentials | null;
  /** Its jobs; absent or null unless asked for with `include_related`. */
  readonly jobs?: ReadonlyArray<Nested<Job>> | null;
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
