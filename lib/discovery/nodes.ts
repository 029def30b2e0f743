/**
 * What the nodes of the Discovery API have in common: how they were built, their neighbours and their relations in the
 * warehouse. `resources.ts` makes the nodes of these parts.
 *
 * The facts are those of https://docs.getdbt.com/docs/dbt-apis/discovery-schema-environment-applied, of the schema that
 * the API published in December 2024, and of recorded answers. Only what identifies a node is always there.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { asked } from "../graphql/selection.ts";
import { nullable, struct } from "../schema.ts";

/** Free JSON: a value that dbt stores and does not describe. */
export const json: Schema.Codec<{ readonly [name: string]: unknown }> = Schema.Record(Schema.String, Schema.Unknown);

/** How a node was built: the latest attempt, good or bad, and the latest success. */
export interface ExecutionInfo {
  /** The run of the latest attempt, good or bad. */
  readonly lastRunId?: number | null;
  /** How the latest attempt ended: success, error or skipped. */
  readonly lastRunStatus?: string | null;
  /** Why the latest attempt failed. */
  readonly lastRunError?: string | null;
  /** When the latest attempt wrote its results. */
  readonly lastRunGeneratedAt?: string | null;
  /** The job of the latest attempt. */
  readonly lastJobDefinitionId?: number | null;
  /** The run of the latest success. */
  readonly lastSuccessRunId?: number | null;
  /** The job of the latest success. */
  readonly lastSuccessJobDefinitionId?: number | null;
  /** When the run wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
  /** When the latest success began to execute. */
  readonly executeStartedAt?: string | null;
  /** When the latest success had executed. */
  readonly executeCompletedAt?: string | null;
  /** How long the latest success took, in seconds. */
  readonly executionTime?: number | null;
  /** How long the command took, in seconds. */
  readonly runElapsedTime?: number | null;
}

/** The schema of {@linkcode ExecutionInfo}. */
export const ExecutionInfo: Schema.Codec<ExecutionInfo> = struct({
  lastRunId: nullable(Schema.Number),
  lastRunStatus: nullable(Schema.String),
  lastRunError: nullable(Schema.String),
  lastRunGeneratedAt: nullable(Schema.String),
  lastJobDefinitionId: nullable(Schema.Number),
  lastSuccessRunId: nullable(Schema.Number),
  lastSuccessJobDefinitionId: nullable(Schema.Number),
  runGeneratedAt: nullable(Schema.String),
  executeStartedAt: nullable(Schema.String),
  executeCompletedAt: nullable(Schema.String),
  executionTime: nullable(Schema.Number),
  runElapsedTime: nullable(Schema.Number),
});

/** A node beside another one: a parent, a child or an ancestor. */
export interface Neighbour {
  /** Its GraphQL type, such as `ModelAppliedStateNestedNode`. */
  readonly __typename: string;
  /** dbt's id. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The type of the resource, such as `model`. */
  readonly resourceType?: string | null;
  /** Its description. */
  readonly description?: string | null;
  /** How it was built. Models have it. */
  readonly executionInfo?: ExecutionInfo | null;
  /** How fresh it is. Sources have it. */
  readonly freshness?: Freshness | null;
}

const neighbour = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  description: nullable(Schema.String),
};

/** An age in periods. */
export interface AgeLimit {
  /** How many periods. */
  readonly count?: number | null;
  /** The period: minute, hour or day. */
  readonly period?: string | null;
}

/** The schema of {@linkcode AgeLimit}. */
export const AgeLimit: Schema.Codec<AgeLimit> = struct({
  count: nullable(Schema.Number),
  period: nullable(Schema.String),
});

/** How old the newest row of a source may be. */
export interface FreshnessCriteria {
  /** The age from which dbt warns. */
  readonly warnAfter?: AgeLimit | null;
  /** The age from which dbt fails. */
  readonly errorAfter?: AgeLimit | null;
}

/** The schema of {@linkcode FreshnessCriteria}. */
export const FreshnessCriteria: Schema.Codec<FreshnessCriteria> = struct({
  warnAfter: nullable(AgeLimit),
  errorAfter: nullable(AgeLimit),
});

/** How fresh a source was when dbt checked it last. */
export interface Freshness {
  /** Pass, Warn, Error or Unknown; null if it was never checked. */
  readonly freshnessStatus?: string | null;
  /** Whether a run has checked it. */
  readonly freshnessChecked?: boolean | null;
  /** When its newest row was loaded. */
  readonly maxLoadedAt?: string | null;
  /** The age of its newest row at the check, in seconds. */
  readonly maxLoadedAtTimeAgoInS?: number | null;
  /** When it was checked. */
  readonly snapshottedAt?: string | null;
  /** How old its newest row may be. */
  readonly criteria?: FreshnessCriteria | null;
  /** The run that checked it. */
  readonly freshnessRunId?: number | null;
  /** The job that checked it. */
  readonly freshnessJobDefinitionId?: number | null;
  /** When that run wrote its results. */
  readonly freshnessRunGeneratedAt?: string | null;
}

/** The schema of {@linkcode Freshness}. */
export const Freshness: Schema.Codec<Freshness> = struct({
  freshnessStatus: nullable(Schema.String),
  freshnessChecked: nullable(Schema.Boolean),
  maxLoadedAt: nullable(Schema.String),
  maxLoadedAtTimeAgoInS: nullable(Schema.Number),
  snapshottedAt: nullable(Schema.String),
  criteria: nullable(FreshnessCriteria),
  freshnessRunId: nullable(Schema.Number),
  freshnessJobDefinitionId: nullable(Schema.Number),
  freshnessRunGeneratedAt: nullable(Schema.String),
});

const typed = (type: string, members: Schema.Struct.Fields) =>
  Schema.Struct({ __typename: Schema.Literal(`${type}AppliedStateNestedNode`), ...members });

/** The schema of a {@linkcode Neighbour}. */
// The union has the members of the interface, spread over the types that have them.
export const Neighbour: Schema.Codec<Neighbour> = Schema.Union([
  // The types of this field differ between models, seeds and snapshots, so that GraphQL refuses it for all of them.
  typed("Model", { executionInfo: nullable(ExecutionInfo) }),
  typed("Source", { freshness: nullable(Freshness) }),
  Schema.Struct({ __typename: Schema.String, ...neighbour }),
]).annotate({ columns: ["name", "resourceType", "uniqueId", "description"] }) as unknown as Schema.Codec<Neighbour>;

/** A column of a relation. */
export interface CatalogColumn {
  /** Its name. */
  readonly name?: string | null;
  /** Its type in the warehouse. */
  readonly type?: string | null;
  /** Its place, from 1. */
  readonly index?: number | null;
  /** Its description. */
  readonly description?: string | null;
  /** Its comment in the warehouse. */
  readonly comment?: string | null;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string> | null;
}

/** The schema of {@linkcode CatalogColumn}. */
export const CatalogColumn: Schema.Codec<CatalogColumn> = struct({
  name: nullable(Schema.String),
  type: nullable(Schema.String),
  index: nullable(Schema.Number),
  description: nullable(Schema.String),
  comment: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
}, { columns: ["name", "type", "description", "comment"] });

/** A relation in the warehouse, as the newest docs describe it. */
export interface Catalog {
  /** What it is in the warehouse, such as `VIEW`. */
  readonly type?: string | null;
  /** Its owner in the warehouse. */
  readonly owner?: string | null;
  /** Its comment in the warehouse. */
  readonly comment?: string | null;
  /** How many rows it has. */
  readonly rowCountStat?: number | null;
  /** How many bytes it has. */
  readonly bytesStat?: number | null;
  /** When the run wrote its results, in ISO 8601. */
  readonly runGeneratedAt?: string | null;
  /** Its columns. */
  readonly columns?: ReadonlyArray<CatalogColumn> | null;
}

/** The schema of {@linkcode Catalog}. */
export const Catalog: Schema.Codec<Catalog> = struct({
  type: nullable(Schema.String),
  owner: nullable(Schema.String),
  comment: nullable(Schema.String),
  rowCountStat: nullable(Schema.Number),
  bytesStat: nullable(Schema.Number),
  runGeneratedAt: nullable(Schema.String),
  columns: nullable(Schema.Array(CatalogColumn)),
});

/** The generic test that a test is made of. */
export interface TestMetadata {
  /** The test's name, such as `unique`. */
  readonly name?: string | null;
  /** The column that it tests. */
  readonly columnName?: string | null;
  /** The package that defines it. */
  readonly namespace?: string | null;
  /** Its arguments. */
  readonly kwargs?: { readonly [name: string]: unknown } | null;
}

/** The schema of {@linkcode TestMetadata}. */
export const TestMetadata: Schema.Codec<TestMetadata> = struct({
  name: nullable(Schema.String),
  columnName: nullable(Schema.String),
  namespace: nullable(Schema.String),
  kwargs: nullable(json),
});

/** How a test ended. */
export interface TestExecutionInfo {
  /** The run of the latest attempt, good or bad. */
  readonly lastRunId?: number | null;
  /** How the latest attempt ended: pass, fail, warn, error or skipped. */
  readonly lastRunStatus?: string | null;
  /** Why the latest attempt failed. */
  readonly lastRunError?: string | null;
  /** How many rows failed the test. */
  readonly lastRunFailures?: number | null;
  /** When the latest attempt wrote its results. */
  readonly lastRunGeneratedAt?: string | null;
  /** The job of the latest attempt. */
  readonly lastJobDefinitionId?: number | null;
  /** The run of the latest success. */
  readonly lastSuccessRunId?: number | null;
  /** How long the latest success took, in seconds. */
  readonly executionTime?: number | null;
}

/** The schema of {@linkcode TestExecutionInfo}. */
export const TestExecutionInfo: Schema.Codec<TestExecutionInfo> = struct({
  lastRunId: nullable(Schema.Number),
  lastRunStatus: nullable(Schema.String),
  lastRunError: nullable(Schema.String),
  lastRunFailures: nullable(Schema.Number),
  lastRunGeneratedAt: nullable(Schema.String),
  lastJobDefinitionId: nullable(Schema.Number),
  lastSuccessRunId: nullable(Schema.Number),
  executionTime: nullable(Schema.Number),
});

/** A test of a node. */
export interface NodeTest {
  /** dbt's id of the test. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The column that it tests. */
  readonly columnName?: string | null;
  /** The kind of test: generic, singular or unit. */
  readonly testType?: string | null;
  /** The latest result: pass, fail, error, skipped or warn. */
  readonly lastKnownResult?: string | null;
  /** How it ended. */
  readonly executionInfo?: TestExecutionInfo | null;
}

/** The schema of {@linkcode NodeTest}. */
export const NodeTest: Schema.Codec<NodeTest> = struct({
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  columnName: nullable(Schema.String),
  testType: nullable(Schema.String),
  lastKnownResult: nullable(Schema.String),
  executionInfo: nullable(TestExecutionInfo),
});

/** A node beside another one, as the manifest defines it. */
export interface DefinedNeighbour {
  /** dbt's id. */
  readonly uniqueId: string;
  /** Its name. */
  readonly name?: string | null;
  /** The type of the resource, such as `model`. */
  readonly resourceType?: string | null;
  /** Its description. */
  readonly description?: string | null;
}

/** The schema of a {@linkcode DefinedNeighbour}. */
export const DefinedNeighbour: Schema.Codec<DefinedNeighbour> = struct(neighbour);

/** All that a node comes from. */
export const ancestors: Schema.Codec<ReadonlyArray<Neighbour>> = asked(
  Schema.Array(Neighbour),
  "ancestors(types: [Model, Source, Seed, Snapshot])",
);
