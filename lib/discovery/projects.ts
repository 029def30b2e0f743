/**
 * The queries of the group `projects`: how the projects of an account use each other's models.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Query, query } from "../graphql/query.ts";
import { nullable, struct } from "../schema.ts";
import { type InAccount, inAccount } from "../shared_fields.ts";

/** How many resources a project has. */
export interface MeshProjectSummary {
  /** All nodes. */
  readonly totalNodes?: number | null;
  /** Models. */
  readonly totalModels?: number | null;
  /** Public models. */
  readonly publicModels?: number | null;
  /** Sources. */
  readonly sources?: number | null;
  /** Metrics. */
  readonly metrics?: number | null;
  /** Semantic models. */
  readonly semanticModels?: number | null;
  /** Tests. */
  readonly tests?: number | null;
  /** Snapshots. */
  readonly snapshots?: number | null;
  /** Exposures. */
  readonly exposures?: number | null;
  /** Macros. */
  readonly macros?: number | null;
  /** Seeds. */
  readonly seeds?: number | null;
}

/** The schema of {@linkcode MeshProjectSummary}. */
export const MeshProjectSummary: Schema.Codec<MeshProjectSummary> = struct({
  totalNodes: nullable(Schema.Number),
  totalModels: nullable(Schema.Number),
  publicModels: nullable(Schema.Number),
  sources: nullable(Schema.Number),
  metrics: nullable(Schema.Number),
  semanticModels: nullable(Schema.Number),
  tests: nullable(Schema.Number),
  snapshots: nullable(Schema.Number),
  exposures: nullable(Schema.Number),
  macros: nullable(Schema.Number),
  seeds: nullable(Schema.Number),
});

/** A project that uses another one's models. */
export interface DependentProject {
  /** The name of its dbt project. */
  readonly dbtCoreProject?: string | null;
  /** The project's name in dbt Cloud. */
  readonly dbtCloudProject?: string | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** The project's default environment. */
  readonly defaultEnvironmentId?: number | null;
}

/** The schema of {@linkcode DependentProject}. */
export const DependentProject: Schema.Codec<DependentProject> = struct({
  dbtCoreProject: nullable(Schema.String),
  dbtCloudProject: nullable(Schema.String),
  projectId: nullable(Schema.Number),
  defaultEnvironmentId: nullable(Schema.Number),
});

/** A project of an account, and how it is connected with others. */
export interface MeshProject {
  /** The name of the dbt project. */
  readonly dbtCoreProject?: string | null;
  /** The project's name in dbt Cloud. */
  readonly dbtCloudProject?: string | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** The project's default environment. */
  readonly defaultEnvironmentId?: number | null;
  /** Whether other projects use its models. */
  readonly isProducer?: boolean | null;
  /** Whether it uses models of other projects. */
  readonly isConsumer?: boolean | null;
  /** What it has. */
  readonly projectSummary?: MeshProjectSummary | null;
  /** The projects that refer to it. */
  readonly dependentProjects?: ReadonlyArray<DependentProject> | null;
}

/** The schema of {@linkcode MeshProject}. */
export const MeshProject: Schema.Codec<MeshProject> = struct({
  dbtCoreProject: nullable(Schema.String),
  dbtCloudProject: nullable(Schema.String),
  projectId: nullable(Schema.Number),
  defaultEnvironmentId: nullable(Schema.Number),
  isProducer: nullable(Schema.Boolean),
  isConsumer: nullable(Schema.Boolean),
  projectSummary: nullable(MeshProjectSummary),
  dependentProjects: nullable(Schema.Array(DependentProject)),
}, {
  columns: [
    "dbtCloudProject",
    "projectId",
    "isProducer",
    "isConsumer",
    "projectSummary.publicModels",
    "projectSummary.totalModels",
  ],
});

/** List the projects of the account, and which of them use models of others. */
export const mesh: Query<InAccount, ReadonlyArray<MeshProject>> = query("projects.mesh", {
  summary: "List the projects of the account, and which of them use models of others",
  request: inAccount,
  in: "discovery_beta",
  at: ["account(id: $account_id)", "meshProjects"],
  variables: { account_id: "BigInt!" },
  answer: Schema.Array(MeshProject),
  dbtc: "mesh_projects",
});
