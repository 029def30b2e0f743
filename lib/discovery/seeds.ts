/**
 * The queries of the group `seeds`: CSV files that dbt loads.
 *
 * @module
 */
import type * as Schema from "effect/Schema";
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
  type PackageResource,
  packageResourceMembers,
  type RelationDetails,
  relationDetailsMembers,
  type RelationName,
  relationNameMembers,
  type RunNode,
  runNodeMembers,
} from "./resources.ts";

/** A seed of an environment. */
export interface AppliedSeed extends PackageResource, RelationName {
  /** How it was built. */
  readonly executionInfo?: ExecutionInfo | null;
}

const appliedSeedMembers = {
  ...packageResourceMembers,
  ...relationNameMembers,
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
export interface AppliedSeedDetails extends AppliedSeed, RelationDetails {}

/** The schema of {@linkcode AppliedSeedDetails}. */
export const AppliedSeedDetails: Schema.Codec<AppliedSeedDetails> = struct({
  ...appliedSeedMembers,
  ...relationDetailsMembers,
});

/** List the seeds of an environment. */
export const list: Connection<RelationFilter, AppliedSeed> = connection("seeds.list", {
  summary: "List the seeds of an environment",
  request: relationFilter,
  at: listAt("seeds"),
  variables: { ...environmentVariables, filter: "GenericMaterializedFilter" },
  row: AppliedSeed,
  paging: "relay",
  most: 500,
});

/** Get a seed of an environment. */
export const get: Query<OneNode, AppliedSeedDetails> = query("seeds.get", {
  summary: "Get a seed of an environment",
  request: oneNode,
  at: oneNodeAt("seeds"),
  variables: nodeVariables,
  answer: AppliedSeedDetails,
});

/** A seed as one run built it. */
export interface RunSeed extends RunNode, RelationName {}

/** The schema of {@linkcode RunSeed}. */
export const RunSeed: Schema.Codec<RunSeed> = struct({
  ...runNodeMembers,
  ...relationNameMembers,
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
