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
  listAt,
  type NodeFilter,
  nodeFilter,
  nodeVariables,
  type OfJobRun,
  ofJobRun,
  type OneNode,
  oneNode,
  oneNodeAt,
} from "./node_requests.ts";
import { TestExecutionInfo, TestMetadata } from "./nodes.ts";
import {
  type CodeDetails,
  codeDetailsMembers,
  type Parents,
  parentsMembers,
  type Resource,
  resourceMembers,
  type RunNode,
  runNodeMembers,
} from "./resources.ts";

/** A test of an environment. */
export interface AppliedTest extends Resource {
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
  /** How it ended. */
  readonly executionInfo?: TestExecutionInfo | null;
}

const appliedTestMembers = {
  ...resourceMembers,
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
export interface AppliedTestDetails extends AppliedTest, Parents, CodeDetails {}

/** The schema of {@linkcode AppliedTestDetails}. */
export const AppliedTestDetails: Schema.Codec<AppliedTestDetails> = struct({
  ...appliedTestMembers,
  ...parentsMembers,
  ...codeDetailsMembers,
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
  at: listAt("tests"),
  variables: { ...environmentVariables, filter: "TestAppliedFilter" },
  row: AppliedTest,
  paging: "relay",
  most: 500,
});

/** Get a test of an environment. */
export const get: Query<OneNode, AppliedTestDetails> = query("tests.get", {
  summary: "Get a test of an environment",
  request: oneNode,
  at: oneNodeAt("tests"),
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
