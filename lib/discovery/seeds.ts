/**
 * The queries of the group `seeds`: CSV files that dbt loads.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { nullable, struct } from "../schema.ts";
import {
  Catalog,
  environmentVariables,
  ExecutionInfo,
  jobAt,
  jobVariables,
  json,
  Neighbour,
  NodeTest,
  nodeVariables,
  type OfJobRun,
  ofJobRun,
  type OneNode,
  oneNode,
  type RelationFilter,
  relationFilter,
  type RunNode,
  runNodeMembers,
} from "./nodes.ts";

/** A seed of an environment. */
export interface AppliedSeed {
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
  /** The database that it is in. */
  readonly database?: string | null;
  /** The schema that it is in. */
  readonly schema?: string | null;
  /** The name of its relation. */
  readonly alias?: string | null;
  /** How it was built. */
  readonly executionInfo?: ExecutionInfo | null;
}

const appliedSeedMembers = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  filePath: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
  packageName: nullable(Schema.String),
  database: nullable(Schema.String),
  schema: nullable(Schema.String),
  alias: nullable(Schema.String),
  executionInfo: nullable(ExecutionInfo),
};

/** The schema of {@linkcode AppliedSeed}. */
export const AppliedSeed: Schema.Codec<AppliedSeed> = struct(appliedSeedMembers, {
  columns: [
    "name",
    "schema",
    "executionInfo.lastRunStatus",
    "executionInfo.executeCompletedAt",
    "executionInfo.executionTime",
  ],
});

/** A seed with what is around it. */
export interface AppliedSeedDetails extends AppliedSeed {
  /** What needs it. */
  readonly children?: ReadonlyArray<Neighbour> | null;
  /** Its tests. */
  readonly tests?: ReadonlyArray<NodeTest> | null;
  /** Its relation in the warehouse; null if no run has generated docs. */
  readonly catalog?: Catalog | null;
}

/** The schema of {@linkcode AppliedSeedDetails}. */
export const AppliedSeedDetails: Schema.Codec<AppliedSeedDetails> = struct({
  ...appliedSeedMembers,
  children: nullable(Schema.Array(Neighbour)),
  tests: nullable(Schema.Array(NodeTest)),
  catalog: nullable(Catalog),
});

/** List the seeds of an environment. */
export const list: Connection<RelationFilter, AppliedSeed> = connection("seeds.list", {
  summary: "List the seeds of an environment",
  request: relationFilter,
  at: ["environment(id: $environment_id)", "applied", "seeds(filter: $filter, first: $first, after: $after)"],
  variables: { ...environmentVariables, filter: "GenericMaterializedFilter" },
  row: AppliedSeed,
  paging: "relay",
  most: 500,
});

/** Get a seed of an environment. */
export const get: Query<OneNode, AppliedSeedDetails> = query("seeds.get", {
  summary: "Get a seed of an environment",
  request: oneNode,
  at: [
    "environment(id: $environment_id)",
    "applied",
    "seeds(filter: {uniqueIds: [$uniqueId]}, first: 1)",
    "edges",
    "node",
  ],
  variables: nodeVariables,
  answer: AppliedSeedDetails,
});

/** A seed as one run built it. */
export interface RunSeed extends RunNode {
  /** The database that it is in. */
  readonly database?: string | null;
  /** The schema that it is in. */
  readonly schema?: string | null;
  /** The name of its relation. */
  readonly alias?: string | null;
}

/** The schema of {@linkcode RunSeed}. */
export const RunSeed: Schema.Codec<RunSeed> = struct({
  ...runNodeMembers,
  database: nullable(Schema.String),
  schema: nullable(Schema.String),
  alias: nullable(Schema.String),
}, { columns: ["name", "status", "executionTime", "executeCompletedAt", "runId"] });

/** List the seeds of a job's run. */
export const listOfJob: Connection<OfJobRun, RunSeed> = connection("seeds.listOfJob", {
  summary: "List the seeds of a job's run",
  request: ofJobRun,
  at: [jobAt, "seeds(first: $first, after: $after)"],
  variables: jobVariables,
  row: RunSeed,
  paging: "rows",
  most: 100,
});
