/**
 * The queries of the group `tests`: data tests and unit tests, and how they ended.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Connection, connection } from "../graphql/connection.ts";
import { type Query, query } from "../graphql/query.ts";
import { onlyByName } from "../graphql/selection.ts";
import { field, nullable, optional, struct } from "../schema.ts";
import {
  environmentVariables,
  jobAt,
  jobVariables,
  json,
  Neighbour,
  type NodeFilter,
  nodeFilter,
  nodeVariables,
  type OfJobRun,
  ofJobRun,
  type OneNode,
  oneNode,
  type RunNode,
  runNodeMembers,
  TestExecutionInfo,
  TestMetadata,
} from "./nodes.ts";

/** A test of an environment. */
export interface AppliedTest {
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
  /** The kind of test: generic, singular or unit. */
  readonly testType?: string | null;
  /** The column that it tests. */
  readonly columnName?: string | null;
  /** The id of the node that it tests. */
  readonly testedNodeUniqueId?: string | null;
  /** The generic test that it is made of. */
  readonly testMetadata?: TestMetadata | null;
  /** The latest result: pass, fail, error, skipped or warn. */
  readonly lastKnownResult?: string | null;
  /** How it was built. */
  readonly executionInfo?: TestExecutionInfo | null;
}

const appliedTestMembers = {
  uniqueId: Schema.String,
  name: nullable(Schema.String),
  description: nullable(Schema.String),
  resourceType: nullable(Schema.String),
  filePath: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
  meta: nullable(json),
  testType: nullable(Schema.String),
  columnName: nullable(Schema.String),
  testedNodeUniqueId: nullable(Schema.String),
  testMetadata: nullable(TestMetadata),
  lastKnownResult: nullable(Schema.String),
  executionInfo: nullable(TestExecutionInfo),
};

/** The schema of {@linkcode AppliedTest}. */
export const AppliedTest: Schema.Codec<AppliedTest> = struct(appliedTestMembers, {
  columns: [
    "name",
    "testType",
    "columnName",
    "executionInfo.lastRunStatus",
    "executionInfo.lastRunFailures",
    "executionInfo.lastRunId",
  ],
});

/** A test with what is around it. */
export interface AppliedTestDetails extends AppliedTest {
  /** What it needs. */
  readonly parents?: ReadonlyArray<Neighbour> | null;
  /** Its code, with Jinja. */
  readonly rawCode?: string | null;
  /** Its code as dbt compiled it. */
  readonly compiledCode?: string | null;
  /** Its configuration. */
  readonly config?: { readonly [name: string]: unknown } | null;
}

/** The schema of {@linkcode AppliedTestDetails}. */
export const AppliedTestDetails: Schema.Codec<AppliedTestDetails> = struct({
  ...appliedTestMembers,
  parents: nullable(Schema.Array(Neighbour)),
  rawCode: nullable(Schema.String),
  compiledCode: nullable(Schema.String),
  config: nullable(json),
});

/** Which tests to list. */
export interface ListTests extends NodeFilter {
  /** Tests whose latest run ended so: pass, fail, warn, error or skipped. */
  readonly status?: string;
  /** Tests of these kinds: GENERIC_DATA_TEST, SINGULAR_DATA_TEST or UNIT_TEST. */
  readonly testTypes?: ReadonlyArray<string>;
}

/** List the tests of an environment. */
export const list: Connection<ListTests, AppliedTest> = connection("tests.list", {
  summary: "List the tests of an environment",
  request: {
    ...nodeFilter,
    status: optional(field(Schema.String, "Only tests with this result: pass, fail, warn, error or skipped")),
    testTypes: optional(
      field(Schema.Array(Schema.String), "Only tests of this kind: GENERIC_DATA_TEST, SINGULAR_DATA_TEST or UNIT_TEST"),
    ),
  },
  at: ["environment(id: $environment_id)", "applied", "tests(filter: $filter, first: $first, after: $after)"],
  variables: { ...environmentVariables, filter: "TestAppliedFilter" },
  row: AppliedTest,
  paging: "relay",
  most: 500,
});

/** Get a test of an environment. */
export const get: Query<OneNode, AppliedTestDetails> = query("tests.get", {
  summary: "Get a test of an environment",
  request: oneNode,
  at: [
    "environment(id: $environment_id)",
    "applied",
    "tests(filter: {uniqueIds: [$uniqueId]}, first: 1)",
    "edges",
    "node",
  ],
  variables: nodeVariables,
  answer: AppliedTestDetails,
});

/** A test as one run built it. */
export interface RunTest extends RunNode {
  /** The column that it tests. */
  readonly columnName?: string | null;
  /** The result. */
  readonly state?: string | null;
  /** Whether it failed. */
  readonly fail?: boolean | null;
  /** Whether it warned. */
  readonly warn?: boolean | null;
  /** The ids of what it needs. */
  readonly dependsOn?: ReadonlyArray<string> | null;
  /** Its code as dbt compiled it. */
  readonly compiledCode?: string | null;
}

/** The schema of {@linkcode RunTest}. */
export const RunTest: Schema.Codec<RunTest> = struct({
  ...runNodeMembers,
  columnName: nullable(Schema.String),
  state: nullable(Schema.String),
  fail: nullable(Schema.Boolean),
  warn: nullable(Schema.Boolean),
  dependsOn: nullable(Schema.Array(Schema.String)),
  compiledCode: nullable(onlyByName(Schema.String)),
}, { columns: ["name", "status", "columnName", "executionTime", "runId"] });

/** List the tests of a job's run. */
export const listOfJob: Connection<OfJobRun, RunTest> = connection("tests.listOfJob", {
  summary: "List the tests of a job's run",
  request: ofJobRun,
  at: [jobAt, "tests(first: $first, after: $after)"],
  variables: jobVariables,
  row: RunTest,
  paging: "rows",
  most: 100,
});
