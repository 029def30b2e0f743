/**
 * The state of the models of an environment; `models.ts` has the whole group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { onlyByName } from "../graphql/selection.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import {
  environmentVariables,
  jobAt,
  jobVariables,
  nodeVariables,
  type OfJobRun,
  ofJobRun,
  type OneNode,
  oneNode,
  oneNodeAt,
  type RelationFilter,
  relationFilter,
} from "./node_requests.ts";
import { ancestors, CatalogColumn, ExecutionInfo, Neighbour, NodeTest } from "./nodes.ts";
import {
  type CodeDetails,
  codeDetailsMembers,
  type PackageResource,
  packageResourceMembers,
  type Parents,
  parentsMembers,
  type RelationDetails,
  relationDetailsMembers,
  type RelationName,
  relationNameMembers,
  type RunNode,
  runNodeMembers,
} from "./resources.ts";

/** A model of an environment, as it was built last. */
export interface AppliedModel extends PackageResource, RelationName {
  /** What dbt builds it as: `table`, `view`, `incremental` …. */
  readonly materializedType?: string | null;
  /** Who may refer to it: `private`, `protected` or `public`. */
  readonly access?: string | null;
  /** The group that owns it. */
  readonly group?: string | null;
  /** The layer that dbt infers: staging, intermediate or marts. */
  readonly modelingLayer?: string | null;
  /** `sql` or `python`. */
  readonly language?: string | null;
  /** Whether dbt enforces its contract. */
  readonly contractEnforced?: boolean | null;
  /** Its version, if it has versions. */
  readonly version?: string | null;
  /** The latest version, if it has versions. */
  readonly latestVersion?: string | null;
  /** How it was built. */
  readonly executionInfo?: ExecutionInfo | null;
}

const appliedModelMembers = {
  ...packageResourceMembers,
  materializedType: nullable(Schema.String),
  ...relationNameMembers,
  access: nullable(Schema.String),
  group: nullable(Schema.String),
  modelingLayer: nullable(Schema.String),
  language: nullable(Schema.String),
  contractEnforced: nullable(Schema.Boolean),
  version: nullable(Schema.String),
  latestVersion: nullable(Schema.String),
  executionInfo: nullable(ExecutionInfo),
};

/** The schema of {@linkcode AppliedModel}. */
export const AppliedModel: Schema.Codec<AppliedModel> = struct(appliedModelMembers, {
  columns: [
    "name",
    "version",
    "materializedType",
    "executionInfo.lastRunStatus",
    "executionInfo.executeCompletedAt",
    "executionInfo.executionTime",
  ],
});

/** A model with what is around it. */
export interface ModelDetails extends AppliedModel, Parents, RelationDetails, CodeDetails {
  /** dbt's fully qualified name: the package, the folders, and the name. */
  readonly fqn?: ReadonlyArray<string> | null;
  /** The full name of its relation. */
  readonly relationName?: string | null;
  /** The YAML file that describes it. */
  readonly patchPath?: string | null;
  /** The version of dbt that built it. */
  readonly dbtVersion?: string | null;
  /** When it is deprecated, in ISO 8601. */
  readonly deprecationDate?: string | null;
}

/** The schema of {@linkcode ModelDetails}. */
export const ModelDetails: Schema.Codec<ModelDetails> = struct({
  ...appliedModelMembers,
  ...parentsMembers,
  ...relationDetailsMembers,
  fqn: nullable(Schema.Array(Schema.String)),
  relationName: nullable(Schema.String),
  patchPath: nullable(Schema.String),
  dbtVersion: nullable(Schema.String),
  deprecationDate: nullable(Schema.String),
  ...codeDetailsMembers,
});

/** How a model, its tests and all that it comes from were built. */
export interface ModelHealth {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** How it was built. */
  readonly executionInfo?: ExecutionInfo | null;
  /** Its tests. */
  readonly tests?: ReadonlyArray<NodeTest> | null;
  /** All that it comes from. */
  readonly ancestors?: ReadonlyArray<Neighbour> | null;
}

/** The schema of {@linkcode ModelHealth}. */
export const ModelHealth: Schema.Codec<ModelHealth> = struct({
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  executionInfo: nullable(ExecutionInfo),
  tests: nullable(Schema.Array(NodeTest)),
  ancestors: nullable(ancestors),
});

/** A model as one run built it. */
export interface RunModel extends RunNode, RelationName {
  /** What dbt builds it as: `table`, `view`, `incremental` …. */
  readonly materializedType?: string | null;
  /** The thread that built it. */
  readonly threadId?: string | null;
  /** The id of dbt's invocation. */
  readonly invocationId?: string | null;
  /** The ids of what it needs. */
  readonly dependsOn?: ReadonlyArray<string> | null;
  /** Its code, with Jinja. */
  readonly rawCode?: string | null;
  /** Its code as dbt compiled it. */
  readonly compiledCode?: string | null;
}

/** The schema of {@linkcode RunModel}. */
export const RunModel: Schema.Codec<RunModel> = struct({
  ...runNodeMembers,
  ...relationNameMembers,
  materializedType: nullable(Schema.String),
  threadId: nullable(Schema.String),
  invocationId: nullable(Schema.String),
  dependsOn: nullable(Schema.Array(Schema.String)),
  rawCode: nullable(onlyByName(Schema.String)),
  compiledCode: nullable(onlyByName(Schema.String)),
}, { columns: ["name", "status", "executionTime", "executeCompletedAt", "runId"] });

// ---- the state of an environment ------------------------------------------------------------------------------------

const neighbours = Schema.Array(Neighbour);
const columnList = Schema.Array(CatalogColumn);

/** How to sort models. */
export interface ModelSort {
  /** What to sort by: executeCompletedAt, queryUsageCount, rowCount or uniqueId. */
  readonly field: string;
  /** `asc` or `desc`. */
  readonly direction: string;
}

const sort: Schema.Codec<ModelSort> = Schema.Struct({
  field: field(Schema.String, "Sort by executeCompletedAt, queryUsageCount, rowCount or uniqueId"),
  direction: field(Schema.String, "Sort asc or desc"),
});

/** Which models to list. */
export interface ListModels extends RelationFilter {
  /** Models whose latest attempt ended so: success, error or skipped. */
  readonly lastRunStatus?: string;
  /** Models with this access: private, protected or public. */
  readonly access?: string;
  /** Models of this group. */
  readonly group?: string;
  /** Models of this layer. */
  readonly modelingLayer?: string;
  /** Models of this package. */
  readonly packageName?: string;
  /** The order (default: by uniqueId). */
  readonly sort?: ModelSort;
}

/** List the models of an environment, and how they were built. Streams pages of 500, the most that dbt Cloud returns. */
export const list: Connection<ListModels, AppliedModel> = connection("models.list", {
  summary: "List the models of an environment, and how they were built",
  request: {
    ...relationFilter,
    lastRunStatus: optional(
      field(Schema.String, "Only models with this status of their latest run: success, error or skipped"),
    ),
    access: optional(field(Schema.String, "Only models with this access: private, protected or public")),
    group: optional(field(Schema.String, "Only models of this group")),
    modelingLayer: optional(field(Schema.String, "Only models of this layer")),
    packageName: optional(field(Schema.String, "Only models of this package")),
    sort: optional(field(sort, "Order of the models (default: by uniqueId)")),
  },
  at: [
    "environment(id: $environment_id)",
    "applied",
    "models(filter: $filter, first: $first, after: $after, sort: $sort)",
  ],
  variables: { ...environmentVariables, filter: "ModelAppliedFilter", sort: "AppliedModelSort" },
  row: AppliedModel,
  paging: "relay",
  most: 500,
});

/** Get a model with its parents, children, tests, columns and code. */
export const get: Query<OneNode, ModelDetails> = query("models.get", {
  summary: "Get a model with its parents, children, tests, columns and code",
  request: oneNode,
  at: oneNodeAt("models"),
  variables: nodeVariables,
  answer: ModelDetails,
});

/** List the nodes that a model depends on. */
export const parents: Query<OneNode, ReadonlyArray<Neighbour>> = query("models.parents", {
  summary: "List the nodes that a model depends on",
  request: oneNode,
  at: [...oneNodeAt("models"), "parents"],
  variables: nodeVariables,
  answer: neighbours,
});

/** List the nodes that depend on a model. */
export const children: Query<OneNode, ReadonlyArray<Neighbour>> = query("models.children", {
  summary: "List the nodes that depend on a model",
  request: oneNode,
  at: [...oneNodeAt("models"), "children"],
  variables: nodeVariables,
  answer: neighbours,
});

/** Show the status of a model, its tests and everything upstream. */
export const health: Query<OneNode, ModelHealth> = query("models.health", {
  summary: "Show the status of a model, its tests and everything upstream",
  request: oneNode,
  at: oneNodeAt("models"),
  variables: nodeVariables,
  answer: ModelHealth,
});

/** List the columns of a model in the warehouse; none if no run has generated docs. */
export const columns: Query<OneNode, ReadonlyArray<CatalogColumn>> = query("models.columns", {
  summary: "List the columns of a model in the warehouse; none if no run has generated docs",
  request: oneNode,
  at: [...oneNodeAt("models"), "catalog", "columns"],
  variables: nodeVariables,
  answer: columnList,
});

/** Which runs of a model to list. */
export interface ModelHistory extends OneNode {
  /** How many runs, 20 at most (default: 1). */
  readonly lastRunCount?: number;
}

/** List the newest runs that built a model. */
export const history: Query<ModelHistory, ReadonlyArray<RunModel>> = query("models.history", {
  summary: "List the newest runs that built a model",
  request: {
    ...oneNode,
    lastRunCount: optional(field(Schema.Int, "How many runs, 20 at most (default: 1)")),
  },
  at: [
    "environment(id: $environment_id)",
    "applied",
    "modelHistoricalRuns(uniqueId: $uniqueId, lastRunCount: $lastRunCount)",
  ],
  variables: { ...nodeVariables, lastRunCount: "Int" },
  answer: Schema.Array(RunModel),
});

/** List the models of a job's run. */
export const listOfJob: Connection<OfJobRun, RunModel> = connection("models.listOfJob", {
  summary: "List the models of a job's run",
  request: ofJobRun,
  at: [jobAt, "models(first: $first, after: $after)"],
  variables: jobVariables,
  row: RunModel,
  paging: "rows",
  most: 100,
});
