/**
 * The nodes of the Discovery API: what is known of a node by its files, and what the runs made of it.
 * `discovery_state.ts` lists them. An object has the members of all types that it may be; `graphql` takes those that a query asks for.
 *
 * @module
 */
import { compiledCode, type Node, type NodeKind, projectName } from "../data/dbt_node.ts";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { childrenOf, parentsOf, relatives } from "../data/node_graph.ts";
import { uuid } from "../data/stable_ids.ts";
import { objectIn, type Row } from "../protocol/response_format.ts";
import type { EndedRun, NodeAttempt, NodeState, ProjectState } from "../runs/node_state.ts";
import { loadedBefore } from "../runs/run_artifacts.ts";
import { describe, graphFacts, manifestOf, testFacts, typeNames } from "./discovery_node_facts.ts";

/** The project of an environment. */
export interface DiscoveryProject {
  /** Where it is. */
  readonly place: { readonly account_id: number; readonly project_id: number; readonly environment_id: number };
  /** The runs of its environment that have ended, oldest first. */
  readonly ended: ReadonlyArray<EndedRun>;
  /** What they made of it. */
  readonly state: ProjectState;
}

/** The types that have an applied state; the others have a definition only. */
const applied: ReadonlySet<string> = new Set(["Exposure", "Model", "Seed", "Snapshot", "Source", "Test"]);

/** The state of an environment: as it is in the warehouse, or as the manifest defines it. */
export type Flavor = "AppliedState" | "Definition";

/** A time as GraphQL's `DateTime`. */
export function dateTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** The groups of the project's models, by the manifest. */
export function groupsOf(project: DiscoveryProject): ReadonlyArray<Row> {
  return [...manifestOf(project.state.manifest)].filter(([id]) => id.startsWith("group.")).map(([uniqueId, group]) => {
    const models = nodes.filter(({ config }) => config.group === group.name);
    const owner = objectIn(group.owner);
    return {
      ...placeOf(project),
      uniqueId,
      name: group.name,
      resourceType: "group",
      description: null,
      filePath: group.original_file_path,
      meta: {},
      tags: [],
      packageName: projectName,
      ownerEmail: owner.email,
      ownerName: owner.name,
      modelCount: models.length,
      models: () => models.map((model) => nodeObject(model, project, "Definition", true)),
      ...manifestRun(project),
    };
  });
}

function placeOf({ place }: DiscoveryProject): Row {
  return { accountId: place.account_id, projectId: place.project_id, environmentId: place.environment_id };
}

/** The run that defined the project. */
function manifestRun({ state: { manifest } }: DiscoveryProject): Row {
  const generated = dateTime(manifest?.state.finished ?? undefined);
  return {
    runId: manifest?.run.id,
    jobId: manifest?.run.job,
    jobDefinitionId: manifest?.run.job,
    runGeneratedAt: generated,
    manifestGeneratedAt: generated,
  };
}

// ---- nodes ----------------------------------------------------------------------------------------------------------

/** A node of a state; nested, as a parent or child of another one. */
export function nodeObject(node: Node, project: DiscoveryProject, flavor: Flavor, nested = false): Row {
  const { state } = project;
  const type = typeNames[node.kind];
  const own = state.nodes.get(node.id);
  const facts = manifestOf(state.manifest).get(node.id) ?? {};
  const schema = (own?.last ?? { run: state.manifest?.run }).run?.profile.schema ?? "prod";
  const near = (others: ReadonlyArray<Node>) => () =>
    others.filter((other) => flavor === "Definition" || applied.has(typeNames[other.kind]))
      .map((other) => nodeObject(other, project, flavor, true));
  const tests = childrenOf(node).filter(({ kind }) => typeNames[kind] === "Test");
  // A metric has one type for both states.
  const typeFlavor = applied.has(type) ? flavor : "Definition";
  return {
    __typename: `${type}${typeFlavor}${nested ? "NestedNode" : "Node"}`,
    ...placeOf(project),
    ...describe(node, facts, schema),
    ...graphFacts(facts),
    ...testFacts(node),
    ...manifestRun(project),
    parents: near(parentsOf(node)),
    children: near(childrenOf(node).filter(({ kind }) => typeNames[kind] !== "Test")),
    tests: near(tests),
    ancestors: ({ types }: { readonly types?: ReadonlyArray<string> }) =>
      near(
        [...relatives([node], parentsOf)].filter(({ kind }) => types === undefined || types.includes(typeNames[kind])),
      )(),
    executionInfo: executionInfo(own),
    lastKnownResult: own === undefined ? null : testResult(own.last),
    testStatuses: () =>
      Object.fromEntries(tests.flatMap(({ id }) => {
        const test = state.nodes.get(id);
        return test === undefined ? [] : [[id, testResult(test.last)]];
      })),
    freshness: freshnessOf(node, project),
    freshnessStatus: null,
    catalog: () => catalogOf(node, project),
  };
}

// ---- what the runs made of nodes ------------------------------------------------------------------------------------

/** Seconds that an attempt took. */
export function secondsOf({ begin, end }: NodeAttempt): number {
  return (end - begin) / 1000;
}

/**
 * The latest attempt, good or bad, and the latest success: https://docs.getdbt.com/docs/dbt-apis/project-state says which
 * field tells of which.
 */
function executionInfo(state: NodeState | undefined): Row {
  const { last, success } = state ?? {};
  return {
    lastRunId: last?.run.id,
    lastRunStatus: last?.status,
    lastRunError: last?.message,
    lastRunGeneratedAt: dateTime(generated(last)),
    lastJobDefinitionId: last?.run.job,
    lastRunFailures: last?.status === "pass" ? 0 : null,
    lastRunSkip: last === undefined ? null : last.status === "skipped",
    lastSuccessRunId: success?.run.id,
    lastSuccessJobDefinitionId: success?.run.job,
    runGeneratedAt: dateTime(generated(success)),
    runElapsedTime: success && ((success.step.finished ?? success.end) - success.step.started) / 1000,
    executeStartedAt: dateTime(success?.begin),
    executeCompletedAt: dateTime(success?.end),
    compileStartedAt: dateTime(success?.begin),
    compileCompletedAt: dateTime(success?.begin),
    executionTime: success && secondsOf(success),
  };
}

/** When the artifacts of an attempt were written. */
function generated(attempt: NodeAttempt | undefined): number | undefined {
  return attempt && (attempt.step.finished ?? attempt.end);
}

/** The result of a test, in dbt's words for tests. */
function testResult({ status }: NodeAttempt): string {
  return status === "success" ? "pass" : status;
}

const criteria: Row = {
  warnAfter: { count: 12, period: "hour" },
  errorAfter: { count: null, period: null },
};

/** How fresh a source was when it was checked last: as `sources.json` says. */
function freshnessOf({ id, source }: Node, { state }: DiscoveryProject): Row {
  const check = state.freshness.get(id);
  const hasCriteria = source?.freshness === true;
  return {
    criteria: hasCriteria ? criteria : { warnAfter: null, errorAfter: null },
    freshnessChecked: check !== undefined,
    freshnessStatus: check === undefined ? null : "Pass",
    freshnessRunId: check?.run.id,
    freshnessJobDefinitionId: check?.run.job,
    freshnessRunGeneratedAt: dateTime(generated(check)),
    snapshottedAt: dateTime(check?.begin),
    maxLoadedAt: dateTime(check && check.begin - loadedBefore),
    maxLoadedAtTimeAgoInS: check && loadedBefore / 1000,
  };
}

/** The relation of a node in the warehouse, since a run wrote a catalog. */
function catalogOf(node: Node, { place, state: { catalog, nodes: built } }: DiscoveryProject): Row | null {
  const isRelation = ["seed", "model", "snapshot"].includes(node.kind) && built.get(node.id)?.success !== undefined;
  if (catalog === undefined || !isRelation) return null;
  const isView = node.materialized === "view";
  return {
    uniqueId: node.id,
    environmentId: place.environment_id,
    runId: catalog.run.id,
    jobDefinitionId: catalog.run.job,
    runGeneratedAt: dateTime(catalog.state.finished ?? undefined),
    type: isView ? "VIEW" : "BASE TABLE",
    owner: "TRANSFORMER",
    comment: null,
    rowCountStat: isView ? null : node.rows,
    bytesStat: null,
    columns: columnsOf(node),
    stats: statsOf(node),
  };
}

function columnsOf({ columns }: Node): ReadonlyArray<Row> {
  return Object.entries(columns).map(([name, type], at) => ({
    name,
    type,
    index: at + 1,
    comment: null,
    description: null,
    meta: {},
    tags: [],
  }));
}

function statsOf({ materialized, rows }: Node): ReadonlyArray<Row> {
  return materialized === "view"
    ? []
    : [{ id: "row_count", label: "Row Count", value: rows, include: true, description: "Rows of this table" }];
}

// ---- nodes of one run -----------------------------------------------------------------------------------------------

/** A node as a run of a job built it; also one that it did not build, where `attempt` is undefined. */
export function jobNodeObject(
  node: Node,
  attempt: NodeAttempt | undefined,
  project: DiscoveryProject,
  ended: EndedRun,
): Row {
  const { run } = ended;
  const { manifest } = project.state;
  const schema = run.profile.schema;
  const facts = manifestOf(manifest).get(node.id) ?? {};
  const other = (node: Node): Row => jobNodeObject(node, attemptIn(project, node), project, ended);
  const parents = (kind: NodeKind) => () => parentsOf(node).filter((parent) => parent.kind === kind).map(other);
  const isTest = typeNames[node.kind] === "Test";
  const step = attempt?.step;
  const result: Row = {
    status: attempt?.status,
    error: attempt?.message,
    skip: attempt === undefined ? null : attempt.status === "skipped",
    executeStartedAt: dateTime(attempt?.begin),
    executeCompletedAt: dateTime(attempt?.end),
    compileStartedAt: dateTime(attempt?.begin),
    compileCompletedAt: dateTime(attempt?.begin),
    executionTime: attempt && secondsOf(attempt),
    runElapsedTime: step && ((step.finished ?? step.started) - step.started) / 1000,
    runGeneratedAt: dateTime(generated(attempt) ?? ended.finished),
    threadId: attempt && `Thread-${attempt.thread} (worker)`,
    invocationId: step && uuid(`${run.id}/${step.index}`),
    args: null,
  };
  const check = node.kind === "source" ? freshnessOf(node, project) : {};
  return {
    __typename: `${typeNames[node.kind]}Node`,
    ...placeOf(project),
    ...describe(node, facts, schema),
    ...graphFacts(facts),
    ...testFacts(node),
    ...manifestRun(project),
    ...check,
    ...result,
    jobId: run.job,
    runId: run.id,
    state: node.kind === "source" ? check.freshnessStatus : attempt && testResult(attempt),
    fail: isTest ? attempt?.status === "error" : null,
    warn: isTest ? false : null,
    runResults: attempt === undefined ? [] : [result],
    dependsOn: [...node.macros, ...node.needs],
    originalFilePath: node.file,
    path: node.file,
    rootPath: null,
    childrenL1: childrenOf(node).map(({ id }) => id),
    parents: () => parentsOf(node).map(other),
    parentsModels: parents("model"),
    parentsSources: parents("source"),
    tests: () => childrenOf(node).filter(({ kind }) => typeNames[kind] === "Test").map(other),
    columns: columnsOf(node),
    stats: statsOf(node),
    comment: null,
    owner: "TRANSFORMER",
    type: node.kind === "metric" ? facts.type : node.materialized === "view" ? "VIEW" : "BASE TABLE",
    dbtGroup: node.config.group ?? null,
    compiledSql: () => compiledCode(node, schema),
    rawSql: node.code,
    thread_id: attempt && `Thread-${attempt.thread} (worker)`,
    dimensions: [],
    filters: [],
    calculation_method: null,
    environmentName: null,
    expression: null,
    model: null,
    sql: null,
    timeGrains: [],
    timestamp: null,
    paginationCursor: btoa(`cursor:${node.id}`),
  };
}

/** The attempt of a run that `project` consists of. */
function attemptIn({ state }: DiscoveryProject, { id }: Node): NodeAttempt | undefined {
  return state.nodes.get(id)?.last;
}
