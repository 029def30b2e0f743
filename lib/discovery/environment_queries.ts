/**
 * The state, the lineage and the search of an environment; `discovery.ts` has the whole group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection, type Limited, limited } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import { environmentVariables, type InEnvironment, inEnvironment } from "./node_requests.ts";
import { json } from "./nodes.ts";

/** The state in the warehouse, in numbers. */
export interface AppliedCounts {
  /** When the newest run was taken in; null before the first run. */
  readonly lastUpdatedAt?: string | null;
  /** The commit of the newest run. */
  readonly latestGitSha?: string | null;
  /** How many resources of each type there are. */
  readonly resourceCounts?: { readonly [name: string]: unknown } | null;
}

/** The schema of {@linkcode AppliedCounts}. */
export const AppliedCounts: Schema.Codec<AppliedCounts> = struct({
  lastUpdatedAt: nullable(Schema.String),
  latestGitSha: nullable(Schema.String),
  resourceCounts: nullable(json),
});

/** What the Discovery API knows of an environment. */
export interface EnvironmentState {
  /** The name of the dbt project. */
  readonly dbtProjectName?: string | null;
  /** The kind of warehouse: `snowflake`. */
  readonly adapterType?: string | null;
  /** The state in the warehouse; null if nothing ever ran. */
  readonly applied?: AppliedCounts | null;
}

/** The schema of {@linkcode EnvironmentState}. */
export const EnvironmentState: Schema.Codec<EnvironmentState> = struct({
  dbtProjectName: nullable(Schema.String),
  adapterType: nullable(Schema.String),
  applied: nullable(AppliedCounts),
}, { columns: ["dbtProjectName", "adapterType", "applied.lastUpdatedAt", "applied.latestGitSha"] });

/** Show when an environment was updated last, and how many resources it has. */
export const state: Query<InEnvironment, EnvironmentState> = query("discovery.state", {
  summary: "Show when an environment was updated last, and how many resources it has",
  request: inEnvironment,
  at: ["environment(id: $environment_id)"],
  variables: environmentVariables,
  answer: EnvironmentState,
});

/** A node of the lineage. */
export interface LineageNode {
  /** dbt's id, such as `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The type of the resource, such as `model`. */
  readonly resourceType?: string | null;
  /** The file that defines it. */
  readonly filePath?: string | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Whether `select` names it, and does not only add it by `+`. */
  readonly matchesMethod?: boolean | null;
  /** The ids of what it needs. */
  readonly parentIds?: ReadonlyArray<string> | null;
  /** How the latest attempt ended. */
  readonly lastRunStatus?: string | null;
}

const lineageNode = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  filePath: nullable(Schema.String),
  projectId: nullable(Schema.Number),
  tags: nullable(Schema.Array(Schema.String)),
  matchesMethod: nullable(Schema.Boolean),
};
const parentIds = { parentIds: nullable(Schema.Array(Schema.String)) };
const lastRunStatus = { lastRunStatus: nullable(Schema.String) };
const interfaceOf = (name: string, members: Schema.Struct.Fields) =>
  Schema.Struct({ __typename: Schema.Literal(name), ...members });

/** The schema of a {@linkcode LineageNode}. */
// The union has the members of the interface, spread over GraphQL's interfaces that have them.
export const LineageNode: Schema.Codec<LineageNode> = Schema.Union([
  interfaceOf("LineageNodeWithParents", parentIds),
  interfaceOf("LineageNodeExecutable", lastRunStatus),
  Schema.Struct({ __typename: Schema.String, ...lineageNode }),
]).annotate({
  columns: ["uniqueId", "lastRunStatus", "matchesMethod"],
}) as unknown as Schema.Codec<LineageNode>;

/** Which nodes of the lineage to list. */
export interface Lineage extends InEnvironment {
  /** dbt's node selection: `customers`, `+customers+1`, `tag:nightly`. */
  readonly select: string;
  /** Nodes to leave out, by dbt's node selection. */
  readonly exclude?: string;
  /** Only nodes of these types: Model, Source, Seed, Snapshot, Test, Exposure, Metric, SemanticModel or SavedQuery. */
  readonly types?: ReadonlyArray<string>;
  /** Only nodes with one of these tags. */
  readonly tags?: ReadonlyArray<string>;
}

/** List the nodes upstream and downstream of a node. */
export const lineage: Query<Lineage, ReadonlyArray<LineageNode>> = query("discovery.lineage", {
  summary: "List the nodes upstream and downstream of a node",
  request: {
    ...inEnvironment,
    select: field(Schema.String, "Nodes, by dbt's node selection, such as +customers+1 or tag:nightly"),
    exclude: optional(field(Schema.String, "Exclude these nodes, by dbt's node selection")),
    types: optional(field(Schema.Array(Schema.String), "Only nodes of this type, such as Model")),
    tags: optional(field(Schema.Array(Schema.String), "Only nodes with this tag")),
  },
  at: ["environment(id: $environment_id)", "applied", "lineage(filter: $filter)"],
  variables: { ...environmentVariables, filter: "LineageFilter!" },
  answer: Schema.Array(LineageNode),
});

/** What a search found. */
export interface SearchHit {
  /** dbt's id, such as `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The type of the resource, such as `model`. */
  readonly resourceType?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** The file that defines it. */
  readonly filePath?: string | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** The environment's id. */
  readonly environmentId?: number | null;
  /** The account's id. */
  readonly accountId?: number | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Its `meta`. */
  readonly meta?: { readonly [name: string]: unknown } | null;
}

/** The schema of {@linkcode SearchHit}. */
export const SearchHit: Schema.Codec<SearchHit> = struct({
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  description: nullable(Schema.String),
  filePath: nullable(Schema.String),
  projectId: nullable(Schema.Number),
  environmentId: nullable(Schema.Number),
  accountId: nullable(Schema.Number),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
});

/** A match of a search. */
export interface SearchResult {
  /** What was found. */
  readonly hit?: SearchHit | null;
  /** Where the match is: name, description, column, code or relation. */
  readonly matchedField?: string | null;
  /** The text around the match. */
  readonly highlight?: string | null;
}

/** The schema of {@linkcode SearchResult}. */
export const SearchResult: Schema.Codec<SearchResult> = struct({
  hit: nullable(SearchHit),
  matchedField: nullable(Schema.String),
  highlight: nullable(Schema.String),
}, { columns: ["hit.name", "hit.resourceType", "matchedField", "highlight"] });

/** What to search for. */
export interface Search extends InEnvironment, Limited {
  /** The text to find. */
  readonly query: string;
  /** Where to look: name, description, column, code or relation (default: everywhere). */
  readonly searchFields?: ReadonlyArray<string>;
  /** Only nodes of these types, such as Model. */
  readonly resourceTypes?: ReadonlyArray<string>;
  /** Only models with this access. */
  readonly accessLevels?: ReadonlyArray<string>;
  /** Only models with this materialization, such as table. */
  readonly materializationTypes?: ReadonlyArray<string>;
  /** Only models of these layers. */
  readonly modelingLayers?: ReadonlyArray<string>;
  /** Only nodes with one of these tags. */
  readonly tags?: ReadonlyArray<string>;
}

/** Search the resources of an environment. */
export const search: Connection<Search, SearchResult> = connection("discovery.search", {
  summary: "Search the resources of an environment",
  request: {
    ...inEnvironment,
    ...limited,
    query: field(Schema.String, "Text to find"),
    searchFields: optional(
      field(Schema.Array(Schema.String), "Search only in this: name, description, column, code or relation"),
    ),
    resourceTypes: optional(
      field(Schema.Array(Schema.String), "Only nodes of this type, such as Model"),
    ),
    accessLevels: optional(field(Schema.Array(Schema.String), "Only models with this access")),
    materializationTypes: optional(
      field(Schema.Array(Schema.String), "Only models with this materialization, such as table"),
    ),
    modelingLayers: optional(field(Schema.Array(Schema.String), "Only models of this layer")),
    tags: optional(field(Schema.Array(Schema.String), "Only nodes with this tag")),
  },
  in: "discovery_beta",
  at: ["environment(id: $environment_id)", "applied", "searchResults(filter: $filter, first: $first, after: $after)"],
  variables: { ...environmentVariables, filter: "SearchQueryFilter!" },
  filterNames: { searchFields: "fields" },
  row: SearchResult,
  paging: "relay",
  most: 500,
  dbtc: "search",
});

/** A recommendation about a resource. */
export interface Recommendation {
  /** The rule's name. */
  readonly name?: string | null;
  /** Its category. */
  readonly category?: string | null;
  /** How severe it is. */
  readonly severity?: string | null;
  /** dbt's id of the resource. */
  readonly uniqueId?: string | null;
  /** The id of this finding. */
  readonly violationId?: string | null;
  /** What to do. */
  readonly description?: string | null;
}

/** The schema of {@linkcode Recommendation}. */
export const Recommendation: Schema.Codec<Recommendation> = struct({
  name: nullable(Schema.String),
  category: nullable(Schema.String),
  severity: nullable(Schema.String),
  uniqueId: nullable(Schema.String),
  violationId: nullable(Schema.String),
  description: nullable(Schema.String),
}, { columns: ["name", "category", "severity", "uniqueId"] });

/** Which recommendations to list. */
export interface ListRecommendations extends InEnvironment, Limited {
  /** Recommendations of this severity. */
  readonly severity?: ReadonlyArray<string>;
  /** Recommendations of these categories. */
  readonly categories?: ReadonlyArray<string>;
  /** Recommendations of these rules. */
  readonly ruleNames?: ReadonlyArray<string>;
  /** Recommendations about these resources. */
  readonly uniqueIds?: ReadonlyArray<string>;
}

/** List dbt Cloud's recommendations for a project. */
export const recommendations: Connection<ListRecommendations, Recommendation> = connection(
  "discovery.recommendations",
  {
    summary: "List dbt Cloud's recommendations for a project",
    request: {
      ...inEnvironment,
      ...limited,
      severity: optional(field(Schema.Array(Schema.String), "Only recommendations of this severity")),
      categories: optional(
        field(Schema.Array(Schema.String), "Only recommendations of this category"),
      ),
      ruleNames: optional(field(Schema.Array(Schema.String), "Only recommendations of this rule")),
      uniqueIds: optional(
        field(Schema.Array(Schema.String), "Only recommendations about this resource"),
      ),
    },
    in: "discovery_beta",
    at: ["recommendations(environmentId: $environment_id)", "rules(first: $first, after: $after, filter: $filter)"],
    variables: { ...environmentVariables, filter: "RuleFilter", first: "Int!" },
    row: Recommendation,
    paging: "relay",
    most: 500,
    dbtc: "recommendations",
  },
);
