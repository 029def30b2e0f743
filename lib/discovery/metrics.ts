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
  environmentVariables,
  listAt,
  nodeVariables,
  type OneNode,
  oneNode,
  oneNodeAt,
  type RelationFilter,
  relationFilter,
} from "./node_requests.ts";
import { DefinedNeighbour, json } from "./nodes.ts";
import { type PackageResource, packageResourceMembers } from "./resources.ts";

/** A metric of an environment. */
export interface MetricDefinition extends PackageResource {
  /** Its kind: simple, ratio, derived, cumulative or conversion. */
  readonly type?: string | null;
  /** Its formula. */
  readonly formula?: string | null;
  /** The filter of its rows. */
  readonly filter?: { readonly [name: string]: unknown } | null;
  /** Its parameters, by its type. */
  readonly typeParams?: { readonly [name: string]: unknown } | null;
  /** The group that owns it. */
  readonly group?: string | null;
  /** When the run that defined it wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
}

const metricDefinitionMembers = {
  ...packageResourceMembers,
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
  at: listAt("metrics", "definition"),
  variables: { ...environmentVariables, filter: "GenericMaterializedFilter" },
  row: MetricDefinition,
  paging: "relay",
  most: 500,
});

/** Get a metric of an environment. */
export const get: Query<OneNode, MetricDefinitionDetails> = query("metrics.get", {
  summary: "Get a metric of an environment",
  request: oneNode,
  at: oneNodeAt("metrics", "definition"),
  variables: nodeVariables,
  answer: MetricDefinitionDetails,
});
