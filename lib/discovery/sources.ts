/**
 * The queries of the group `sources`: the tables that dbt reads and does not build, and how fresh they are.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { field, nullable, optional, struct } from "../schema.ts";
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
import { Freshness, FreshnessCriteria, json } from "./nodes.ts";
import { type RelationDetails, relationDetailsMembers, type Resource, resourceMembers } from "./resources.ts";

/** A table of a source of an environment. */
export interface AppliedSource extends Resource {
  /** The source that it is a table of. */
  readonly sourceName?: string | null;
  /** The description of its source. */
  readonly sourceDescription?: string | null;
  /** The name of its relation. */
  readonly identifier?: string | null;
  /** The database that it is in. */
  readonly database?: string | null;
  /** The schema that it is in. */
  readonly schema?: string | null;
  /** What loads it. */
  readonly loader?: string | null;
  /** How fresh it was when dbt checked it last. */
  readonly freshness?: Freshness | null;
}

const appliedSourceMembers = {
  ...resourceMembers,
  sourceName: nullable(Schema.String),
  sourceDescription: nullable(Schema.String),
  identifier: nullable(Schema.String),
  database: nullable(Schema.String),
  schema: nullable(Schema.String),
  loader: nullable(Schema.String),
  freshness: nullable(Freshness),
};

/** The schema of {@linkcode AppliedSource}. */
export const AppliedSource: Schema.Codec<AppliedSource> = struct(appliedSourceMembers, {
  columns: ["sourceName", "name", "schema", "freshness.freshnessStatus", "freshness.maxLoadedAt"],
});

/** A table of a source with what is around it. */
export interface AppliedSourceDetails extends AppliedSource, RelationDetails {}

/** The schema of {@linkcode AppliedSourceDetails}. */
export const AppliedSourceDetails: Schema.Codec<AppliedSourceDetails> = struct({
  ...appliedSourceMembers,
  ...relationDetailsMembers,
});

/** Which sources to list. */
export interface ListSources extends RelationFilter {
  /** Tables of these sources. */
  readonly sourceNames?: ReadonlyArray<string>;
  /** Sources with this freshness: Pass, Warn or Error. */
  readonly freshnessStatus?: string;
  /** Only sources that a run has checked, or only the others. */
  readonly freshnessChecked?: boolean;
}

/** List the source tables of an environment. */
export const list: Connection<ListSources, AppliedSource> = connection("sources.list", {
  summary: "List the source tables of an environment",
  request: {
    ...relationFilter,
    sourceNames: optional(field(Schema.Array(Schema.String), "Only tables of this source")),
    freshnessStatus: optional(field(Schema.String, "Only sources with this freshness: Pass, Warn or Error")),
    freshnessChecked: optional(field(Schema.Boolean, "Only sources that a run has checked")),
  },
  at: listAt("sources"),
  variables: { ...environmentVariables, filter: "SourceAppliedFilter" },
  row: AppliedSource,
  paging: "relay",
  most: 500,
});

/** Get a source table of an environment. */
export const get: Query<OneNode, AppliedSourceDetails> = query("sources.get", {
  summary: "Get a source table of an environment",
  request: oneNode,
  at: oneNodeAt("sources"),
  variables: nodeVariables,
  answer: AppliedSourceDetails,
});

/** A table of a source as one run found it. */
export interface RunSource {
  /** dbt's id, such as `source.jaffle_shop.shop.events`. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The type of the resource: `source`. */
  readonly resourceType?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** The source that it is a table of. */
  readonly sourceName?: string | null;
  /** How fresh it was: Pass, Warn or Error. */
  readonly state?: string | null;
  /** When its newest row was loaded. */
  readonly maxLoadedAt?: string | null;
  /** The age of its newest row at the check, in seconds. */
  readonly maxLoadedAtTimeAgoInS?: number | null;
  /** When it was checked. */
  readonly snapshottedAt?: string | null;
  /** How old its newest row may be. */
  readonly criteria?: FreshnessCriteria | null;
  /** The run's id. */
  readonly runId?: number | null;
  /** The job's id. */
  readonly jobId?: number | null;
  /** The environment's id. */
  readonly environmentId?: number | null;
  /** The project's id. */
  readonly projectId?: number | null;
  /** When the run wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
  /** How long the command took, in seconds. */
  readonly runElapsedTime?: number | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
  /** Its `meta`. */
  readonly meta?: { readonly [name: string]: unknown } | null;
}

/** The schema of {@linkcode RunSource}. */
export const RunSource: Schema.Codec<RunSource> = struct({
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  description: nullable(Schema.String),
  sourceName: nullable(Schema.String),
  state: nullable(Schema.String),
  maxLoadedAt: nullable(Schema.String),
  maxLoadedAtTimeAgoInS: nullable(Schema.Number),
  snapshottedAt: nullable(Schema.String),
  criteria: nullable(FreshnessCriteria),
  runId: nullable(Schema.Number),
  jobId: nullable(Schema.Number),
  environmentId: nullable(Schema.Number),
  projectId: nullable(Schema.Number),
  runGeneratedAt: nullable(Schema.String),
  runElapsedTime: nullable(Schema.Number),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
}, { columns: ["sourceName", "name", "state", "maxLoadedAt", "runId"] });

/** List the source tables of a job's run. */
export const listOfJob: Connection<OfJobRun, RunSource> = connection("sources.listOfJob", {
  summary: "List the source tables of a job's run",
  request: ofJobRun,
  at: [jobAt, "sources(first: $first, after: $after)"],
  variables: jobVariables,
  row: RunSource,
  paging: "rows",
  most: 100,
});
