/**
 * What requests about the nodes of an environment, or of a job's run, have in common: their fields, their variables, and
 * how they reach the nodes.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Limited, limited } from "../graphql/connection.ts";
import { field, type Fields, optional } from "../schema.ts";
import { type InEnvironment, inEnvironment } from "../shared_fields.ts";

export { type InEnvironment, inEnvironment };

/** The variables of {@linkcode InEnvironment}. */
export const environmentVariables = { environment_id: "BigInt!" } as const;

/** Fields of every request about one node of an environment. */
export interface OneNode extends InEnvironment {
  /** dbt's id of the node: `model.jaffle_shop.customers`. */
  readonly uniqueId: string;
}

/** The fields of {@linkcode OneNode}. */
export const oneNode: Fields<OneNode> = {
  ...inEnvironment,
  uniqueId: field(Schema.String, "The node's id in dbt, such as model.jaffle_shop.customers"),
};

/** The variables of {@linkcode OneNode}. */
export const nodeVariables = { ...environmentVariables, uniqueId: "String!" } as const;

/** Filters that most lists have. */
export interface NodeFilter extends InEnvironment, Limited {
  /** Nodes with these ids. */
  readonly uniqueIds?: ReadonlyArray<string>;
  /** Nodes with one of these tags. */
  readonly tags?: ReadonlyArray<string>;
}

/** The fields of {@linkcode NodeFilter}. */
export const nodeFilter: Fields<NodeFilter> = {
  ...inEnvironment,
  ...limited,
  uniqueIds: optional(field(Schema.Array(Schema.String), "Only nodes with this id")),
  tags: optional(field(Schema.Array(Schema.String), "Only nodes with this tag")),
};

/** Filters by the relation of a node. */
export interface RelationFilter extends NodeFilter {
  /** Nodes in this database. */
  readonly database?: string;
  /** Nodes in this schema. */
  readonly schema?: string;
  /** Nodes whose relation has this name; it may differ from the node's own. */
  readonly identifier?: string;
}

/** The fields of {@linkcode RelationFilter}. */
export const relationFilter: Fields<RelationFilter> = {
  ...nodeFilter,
  database: optional(field(Schema.String, "Only nodes in this database")),
  schema: optional(field(Schema.String, "Only nodes in this schema")),
  identifier: optional(field(Schema.String, "Only nodes whose relation has this name")),
};

/** Fields of every request about the nodes of a job's run. */
export interface OfJobRun extends Limited {
  /** The job's id. */
  readonly job_id: number;
  /** The run's id (default: the newest run of the job). */
  readonly run_id?: number;
}

/** The fields of {@linkcode OfJobRun}. */
export const ofJobRun: Fields<OfJobRun> = {
  ...limited,
  job_id: field(Schema.Int, "Job"),
  run_id: optional(field(Schema.Int, "Run id (default: the newest run)")),
};

/** How to reach the nodes of a job's run. */
export const jobAt = "job(id: $job_id, runId: $run_id)";

/** The variables of {@linkcode OfJobRun}. */
export const jobVariables = { job_id: "BigInt!", run_id: "BigInt" } as const;

/** How to reach the lists of an environment: as they are in the warehouse, or as the newest manifest defines them. */
export type EnvironmentState = "applied" | "definition";

/** How to reach a list of an environment. */
export function listAt(list: string, state: EnvironmentState = "applied"): ReadonlyArray<string> {
  return ["environment(id: $environment_id)", state, `${list}(filter: $filter, first: $first, after: $after)`];
}

/** How to reach one node of such a list. */
export function oneNodeAt(list: string, state: EnvironmentState = "applied"): ReadonlyArray<string> {
  return [
    "environment(id: $environment_id)",
    state,
    `${list}(filter: {uniqueIds: [$uniqueId]}, first: 1)`,
    "edges",
    "node",
  ];
}
