/**
 * The queries of the group `snapshots`: tables that keep how rows change over time.
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
  type Surroundings,
  surroundings,
} from "./nodes.ts";

/** A snapshot of an environment. */
export interface AppliedSnapshot {
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

const appliedSnapshotMembers = {
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

/** The schema of {@linkcode AppliedSnapshot}. */
export const AppliedSnapshot: Schema.Codec<AppliedSnapshot> = struct(appliedSnapshotMembers, {
  columns: [
    "name",
    "schema",
    "executionInfo.lastRunStatus",
    "executionInfo.executeCompletedAt",
    "executionInfo.executionTime",
  ],
});

/** A snapshot with what is around it. */
export interface AppliedSnapshotDetails extends AppliedSnapshot, Surroundings {
  /** Its tests. */
  readonly tests?: ReadonlyArray<NodeTest> | null;
  /** Its relation in the warehouse; null if no run has generated docs. */
  readonly catalog?: Catalog | null;
  /** Its code, with Jinja. */
  readonly rawCode?: string | null;
  /** Its code as dbt compiled it. */
  readonly compiledCode?: string | null;
  /** Its configuration. */
  readonly config?: { readonly [name: string]: unknown } | null;
}

/** The schema of {@linkcode AppliedSnapshotDetails}. */
export const AppliedSnapshotDetails: Schema.Codec<AppliedSnapshotDetails> = struct({
  ...appliedSnapshotMembers,
  ...surroundings,
  tests: nullable(Schema.Array(NodeTest)),
  catalog: nullable(Catalog),
  rawCode: nullable(Schema.String),
  compiledCode: nullable(Schema.String),
  config: nullable(json),
});

/** List the snapshots of an environment. */
export const list: Connection<RelationFilter, AppliedSnapshot> = connection("snapshots.list", {
  summary: "List the snapshots of an environment",
  request: relationFilter,
  at: ["environment(id: $environment_id)", "applied", "snapshots(filter: $filter, first: $first, after: $after)"],
  variables: { ...environmentVariables, filter: "GenericMaterializedFilter" },
  row: AppliedSnapshot,
  paging: "relay",
  most: 500,
});

/** Get a snapshot of an environment. */
export const get: Query<OneNode, AppliedSnapshotDetails> = query("snapshots.get", {
  summary: "Get a snapshot of an environment",
  request: oneNode,
  at: [
    "environment(id: $environment_id)",
    "applied",
    "snapshots(filter: {uniqueIds: [$uniqueId]}, first: 1)",
    "edges",
    "node",
  ],
  variables: nodeVariables,
  answer: AppliedSnapshotDetails,
});

/** A snapshot as one run built it. */
export interface RunSnapshot extends RunNode {
  /** The database that it is in. */
  readonly database?: string | null;
  /** The schema that it is in. */
  readonly schema?: string | null;
  /** The name of its relation. */
  readonly alias?: string | null;
  /** The thread that built it. */
  readonly threadId?: string | null;
}

/** The schema of {@linkcode RunSnapshot}. */
export const RunSnapshot: Schema.Codec<RunSnapshot> = struct({
  ...runNodeMembers,
  database: nullable(Schema.String),
  schema: nullable(Schema.String),
  alias: nullable(Schema.String),
  threadId: nullable(Schema.String),
}, { columns: ["name", "status", "executionTime", "executeCompletedAt", "runId"] });

/** List the snapshots of a job's run. */
export const listOfJob: Connection<OfJobRun, RunSnapshot> = connection("snapshots.listOfJob", {
  summary: "List the snapshots of a job's run",
  request: ofJobRun,
  at: [jobAt, "snapshots(first: $first, after: $after)"],
  variables: jobVariables,
  row: RunSnapshot,
  paging: "rows",
  most: 100,
});
