/**
 * The queries of the group `metrics`: metrics as the project defines them. The Semantic Layer computes them.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { nullable, struct } from "../schema.ts";
import {
  DefinedNeighbour,
  environmentVariables,
  json,
  nodeVariables,
  type OneNode,
  oneNode,
  type RelationFilter,
  relationFilter,
} from "./nodes.ts";

/** A metric of an environment. */
export interface MetricDefinition {
  /** dbt's id: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** Its type, such as `model`. */
  readonly resourceType?: string | null;
  /** The file that defines it. */
  readonly filePath?: string | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Its `meta`. */
  readonly meta?: { readonly [name: string]: unknown } | null;
  /** The package that it is from. */
  readonly packageName?: string | null;
  /** Its type. */
  readonly type?: string | null;
  /** Its formula. */
  readonly formula?: string | null;
  /** The filter of its rows. */
  readonly filter?: { readonly [name: string]: unknown } | null;
  /** Its parameters, by its type. */
  readonly typeParams?: { readonly [name: string]: unknown } | null;
  /** The group that owns it. */
  readonly group?: string | null;
  /** When the run wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
}

const metricDefinitionMembers = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  filePath: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
  packageName: nullable(Schema.String),
  type: nullable(Schema.String),
  formula: nullable(Schema.String),
  filter: nullable(json),
  typeParams: nullable(json),
  group: nullable(Schema.String),
  runGeneratedAt: nullable(Schema.String),
};

/** The schema of {@linkcode MetricDefinition}. */
export const MetricDefinition: Schema.Codec<MetricDefinition> = struct(metricDefinitionMembers, {
  columns: ["name", "type", "formula", "description"],
});

/** A metric with what is around it. */
export interface MetricDefinitionDetails extends MetricDefinition {
  /** What it needs. */
  readonly parents?: ReadonlyArray<DefinedNeighbour> | null;
  /** What needs it. */
  readonly children?: ReadonlyArray<DefinedNeighbour> | null;
}

/** The schema of {@linkcode MetricDefinitionDetails}. */
export const MetricDefinitionDetails: Schema.Codec<MetricDefinitionDetails> = struct({
  ...metricDefinitionMembers,
  parents: nullable(Schema.Array(DefinedNeighbour)),
  children: nullable(Schema.Array(DefinedNeighbour)),
});

/** List the metrics of an environment. */
export const list: Connection<RelationFilter, MetricDefinition> = connection("metrics.list", {
  summary: "List the metrics of an environment",
  request: relationFilter,
  at: ["environment(id: $environment_id)", "definition", "metrics(filter: $filter, first: $first, after: $after)"],
  variables: { ...environmentVariables, filter: "GenericMaterializedFilter" },
  row: MetricDefinition,
  paging: "relay",
  most: 500,
});

/** Get a metric of an environment. */
export const get: Query<OneNode, MetricDefinitionDetails> = query("metrics.get", {
  summary: "Get a metric of an environment",
  request: oneNode,
  at: [
    "environment(id: $environment_id)",
    "definition",
    "metrics(filter: {uniqueIds: [$uniqueId]}, first: 1)",
    "edges",
    "node",
  ],
  variables: nodeVariables,
  answer: MetricDefinitionDetails,
});
