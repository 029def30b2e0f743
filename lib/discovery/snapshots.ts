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
  environmentVariables,
  jobAt,
  jobVariables,
  listAt,
  nodeVariables,
  type OfJobRun,
  ofJobRun,
  type OneNode,
  oneNode,
  oneNodeAt,
  type RelationFilter,
  relationFilter,
} from "./node_requests.ts";
import { ExecutionInfo } from "./nodes.ts";
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

/** A snapshot of an environment. */
export interface AppliedSnapshot extends PackageResource, RelationName {
  /** How it was built. */
  readonly executionInfo?: ExecutionInfo | null;
}

const appliedSnapshotMembers = {
  ...packageResourceMembers,
  ...relationNameMembers,
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
export interface AppliedSnapshotDetails extends AppliedSnapshot, Parents, RelationDetails, CodeDetails {}

/** The schema of {@linkcode AppliedSnapshotDetails}. */
export const AppliedSnapshotDetails: Schema.Codec<AppliedSnapshotDetails> = struct({
  ...appliedSnapshotMembers,
  ...parentsMembers,
  ...relationDetailsMembers,
  ...codeDetailsMembers,
});

/** List the snapshots of an environment. */
export const list: Connection<RelationFilter, AppliedSnapshot> = connection("snapshots.list", {
  summary: "List the snapshots of an environment",
  request: relationFilter,
  at: listAt("snapshots"),
  variables: { ...environmentVariables, filter: "GenericMaterializedFilter" },
  row: AppliedSnapshot,
  paging: "relay",
  most: 500,
});

/** Get a snapshot of an environment. */
export const get: Query<OneNode, AppliedSnapshotDetails> = query("snapshots.get", {
  summary: "Get a snapshot of an environment",
  request: oneNode,
  at: oneNodeAt("snapshots"),
  variables: nodeVariables,
  answer: AppliedSnapshotDetails,
});

/** A snapshot as one run built it. */
export interface RunSnapshot extends RunNode, RelationName {
  /** The thread that built it. */
  readonly threadId?: string | null;
}

/** The schema of {@linkcode RunSnapshot}. */
export const RunSnapshot: Schema.Codec<RunSnapshot> = struct({
  ...runNodeMembers,
  ...relationNameMembers,
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
