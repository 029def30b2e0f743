/**
 * The public models of an account, and the lineage of columns; `models.ts` has the whole group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection, type Limited, limited } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount } from "../shared_fields.ts";
import { environmentVariables, type InEnvironment, inEnvironment } from "./node_requests.ts";

/** A project that needs a public model. */
export interface DependentCount {
  /** The name of its dbt project. */
  readonly dbtCoreProject?: string | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** The environment's id. */
  readonly environmentId?: number | null;
  /** The project's default environment. */
  readonly defaultEnvironmentId?: number | null;
  /** How many models there need it. */
  readonly dependentModelsCount?: number | null;
}

/** The schema of {@linkcode DependentCount}. */
export const DependentCount: Schema.Codec<DependentCount> = struct({
  dbtCoreProject: nullable(Schema.String),
  projectId: nullable(Schema.Number),
  environmentId: nullable(Schema.Number),
  defaultEnvironmentId: nullable(Schema.Number),
  dependentModelsCount: nullable(Schema.Number),
});

/** A public model that another one needs. */
export interface PublicAncestor {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The name of its dbt project. */
  readonly dbtCoreProject?: string | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** The environment's id. */
  readonly environmentId?: number | null;
}

/** The schema of {@linkcode PublicAncestor}. */
export const PublicAncestor: Schema.Codec<PublicAncestor> = struct({
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  dbtCoreProject: nullable(Schema.String),
  projectId: nullable(Schema.Number),
  environmentId: nullable(Schema.Number),
});

/** A model that other projects of the account may refer to. */
export interface PublicModel {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** The account's id. */
  readonly accountId?: number | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** The environment's id. */
  readonly environmentId?: number | null;
  /** The name of its dbt project. */
  readonly dbtCoreProject?: string | null;
  /** The package that it is from. */
  readonly packageName?: string | null;
  /** The group that owns it. */
  readonly group?: string | null;
  /** The database that it is in. */
  readonly database?: string | null;
  /** The schema that it is in. */
  readonly schema?: string | null;
  /** The name of its relation. */
  readonly identifier?: string | null;
  /** The full name of its relation. */
  readonly relationName?: string | null;
  /** What dbt builds it as. */
  readonly materializationType?: string | null;
  /** dbt's fully qualified name: the package, the folders, and the name. */
  readonly fqn?: ReadonlyArray<string> | null;
  /** How many columns it has. */
  readonly columnCount?: number | null;
  /** The latest version, if it has versions. */
  readonly latestVersion?: string | null;
  /** When it is deprecated, in ISO 8601. */
  readonly deprecationDate?: string | null;
  /** The type of its environment: production or staging. */
  readonly environmentDeploymentType?: string | null;
  /** Whether its environment is the default one. */
  readonly isDefaultEnv?: boolean | null;
  /** How the latest attempt ended: success, error or skipped. */
  readonly lastRunStatus?: string | null;
  /** When the run wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
  /** What is wrong with it. */
  readonly healthIssues?: ReadonlyArray<string> | null;
  /** The projects that refer to it. */
  readonly dependentProjects?: ReadonlyArray<DependentCount> | null;
  /** The public models that it needs. */
  readonly publicAncestors?: ReadonlyArray<PublicAncestor> | null;
}

/** The schema of {@linkcode PublicModel}. */
export const PublicModel: Schema.Codec<PublicModel> = struct({
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  accountId: nullable(Schema.Number),
  projectId: nullable(Schema.Number),
  environmentId: nullable(Schema.Number),
  dbtCoreProject: nullable(Schema.String),
  packageName: nullable(Schema.String),
  group: nullable(Schema.String),
  database: nullable(Schema.String),
  schema: nullable(Schema.String),
  identifier: nullable(Schema.String),
  relationName: nullable(Schema.String),
  materializationType: nullable(Schema.String),
  fqn: nullable(Schema.Array(Schema.String)),
  columnCount: nullable(Schema.Number),
  latestVersion: nullable(Schema.String),
  deprecationDate: nullable(Schema.String),
  environmentDeploymentType: nullable(Schema.String),
  isDefaultEnv: nullable(Schema.Boolean),
  lastRunStatus: nullable(Schema.String),
  runGeneratedAt: nullable(Schema.String),
  healthIssues: nullable(Schema.Array(Schema.String)),
  dependentProjects: nullable(Schema.Array(DependentCount)),
  publicAncestors: nullable(Schema.Array(PublicAncestor)),
}, { columns: ["name", "dbtCoreProject", "environmentId", "lastRunStatus", "relationName"] });

/** Which public models to list. */
export interface ListPublicModels extends InAccount, Limited {
  /** Models of this dbt project, by its name. */
  readonly dbtCoreProjectName?: string;
  /** Models of these environments. */
  readonly environmentIds?: ReadonlyArray<number>;
  /** Models of this project, by its id. */
  readonly projectId?: number;
  /** Models with these ids. */
  readonly uniqueIds?: ReadonlyArray<string>;
}

/** List the public models of the account. */
export const listPublic: Connection<ListPublicModels, PublicModel> = connection("models.listPublic", {
  summary: "List the public models of the account",
  request: {
    ...inAccount,
    ...limited,
    dbtCoreProjectName: optional(field(Schema.String, "Only models of the dbt project with this name")),
    environmentIds: optional(field(Schema.Array(Schema.Int), "Only models of these environments")),
    projectId: optional(field(Schema.Int, "Only models of the project with this id")),
    uniqueIds: optional(field(Schema.Array(Schema.String), "Only models with this id")),
  },
  in: "discovery_beta",
  at: ["account(id: $account_id)", "publicModels(filter: $filter, first: $first, after: $after)"],
  variables: { account_id: "BigInt!", filter: "PublicModelsFilter" },
  row: PublicModel,
  paging: "relay",
  most: 500,
  dbtc: "public_models",
});

/** A column that another one comes from, or leads to. */
export interface ColumnLineage {
  /** The account's id. */
  readonly accountId?: number | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** The environment's id. */
  readonly environmentId?: number | null;
  /** The run's id. */
  readonly runId?: number | null;
  /** The id of the column's node. */
  readonly nodeUniqueId?: string | null;
  /** dbt's id of the column. */
  readonly uniqueId?: string | null;
  /** Its name. */
  readonly name?: string | null;
  /** The columns that it comes from. */
  readonly parentColumns?: ReadonlyArray<string> | null;
  /** The columns that come from it. */
  readonly childColumns?: ReadonlyArray<string> | null;
  /** How it comes from its parents: as it is (passthrough), with a new name (rename), or transformed. */
  readonly relationship?: string | null;
  /** Whether its lineage could not be found. */
  readonly isError?: boolean | null;
  /** Why its lineage could not be found. */
  readonly error?: string | null;
  /** The kind of the error. */
  readonly errorCategory?: string | null;
}

/** The schema of {@linkcode ColumnLineage}. */
export const ColumnLineage: Schema.Codec<ColumnLineage> = struct({
  accountId: nullable(Schema.Number),
  projectId: nullable(Schema.Number),
  environmentId: nullable(Schema.Number),
  runId: nullable(Schema.Number),
  nodeUniqueId: nullable(Schema.String),
  uniqueId: nullable(Schema.String),
  name: nullable(Schema.String),
  parentColumns: nullable(Schema.Array(Schema.String)),
  childColumns: nullable(Schema.Array(Schema.String)),
  relationship: nullable(Schema.String),
  isError: nullable(Schema.Boolean),
  error: nullable(Schema.String),
  errorCategory: nullable(Schema.String),
}, { columns: ["nodeUniqueId", "name", "relationship", "parentColumns", "error"] });

/** Which columns to list. */
export interface ListColumnLineage extends InEnvironment {
  /** dbt's id of the model. */
  readonly nodeUniqueId: string;
  /** How many steps to follow (default: all). */
  readonly maxDepth?: number;
  /** Only the column with this name. */
  readonly columnName?: string;
  /** Only columns whose lineage could not be found, or only the others. */
  readonly isError?: boolean;
}

/** List the columns upstream and downstream of a model's columns. */
export const columnLineage: Query<ListColumnLineage, ReadonlyArray<ColumnLineage>> = query("models.columnLineage", {
  summary: "List the columns upstream and downstream of a model's columns",
  request: {
    ...inEnvironment,
    nodeUniqueId: field(Schema.String, "The model's id in dbt, such as model.jaffle_shop.customers"),
    maxDepth: optional(field(Schema.Int, "How many steps to follow (default: all)")),
    columnName: optional(field(Schema.String, "Only the column with this name")),
    isError: optional(field(Schema.Boolean, "Only columns whose lineage could not be found")),
  },
  in: "discovery_beta",
  at: ["column(environmentId: $environment_id)", "lineage(nodeUniqueId: $nodeUniqueId, filters: $filter)"],
  variables: { ...environmentVariables, nodeUniqueId: "String!", filter: "ColumnLineageFilter" },
  answer: Schema.Array(ColumnLineage),
  dbtc: "column_lineage",
});
