/**
 * The roots of the Discovery API: an environment with its applied and its definition state, and a job's run. The
 * performance of models is in `discovery_performance.ts`, accounts and search are in `discovery_account.ts`.
 *
 * @module
 */
import { withoutNulls } from "../../defined.ts";
import { GraphQLError } from "graphql";
import { type Node, projectName } from "../data/dbt_node.ts";
import { parentsOf } from "../data/node_graph.ts";
import { nodes, resources } from "../data/jaffle_shop_nodes.ts";
import type { World } from "../endpoints/endpoint_request.ts";
import { isDeleted } from "../data/row_store.ts";
import { selectNodes } from "../runs/node_selection.ts";
import { attemptsOf, type EndedRun, endedRuns, foldRuns, type ProjectState } from "../runs/node_state.ts";
import type { RunRecord } from "../runs/run_store.ts";
import type { Row } from "../protocol/response_format.ts";
import * as Result from "effect/Result";
import {
  aliasInWarehouse,
  badInput,
  connection,
  type ConnectionArguments,
  type Filter,
  fits,
  rowPage,
} from "./discovery_lists.ts";
import { packageOf, tagsOf, typeNames } from "./discovery_node_facts.ts";
import {
  dateTime,
  type DiscoveryProject,
  type Flavor,
  groupsOf,
  jobNodeObject,
  nodeObject,
} from "./discovery_nodes.ts";
import { childrenOf } from "../data/node_graph.ts";
import { oneLine } from "../../schema.ts";

/** The projects of a world at a time. */
export interface Discovery {
  /** What the sandbox holds. */
  readonly world: World;
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

const folded = new WeakMap<object, Map<number, { readonly key: string; readonly state: ProjectState }>>();

/** The project of an environment: what its runs made of it. CI runs do not change it. */
export function projectOf({ now, world }: Discovery, environment: unknown): DiscoveryProject | undefined {
  const row = world.store.find("environments", Number(environment));
  if (row === undefined || isDeleted(row)) return undefined;
  const place = {
    account_id: Number(row.account_id),
    project_id: Number(row.project_id),
    environment_id: Number(row.id),
  };
  const ci = new Set(world.store.rows("jobs").filter(({ job_type }) => job_type === "ci").map(({ id }) => Number(id)));
  const counts = ({ job, place }: RunRecord) => place.environment_id === Number(row.id) && !ci.has(job);
  const ended = endedRuns(world.runs, now, counts);
  // Runs that have ended do not change any more, so their number and the newest one tell whether there is news.
  const key = `${ended.length} ${ended.at(-1)?.run.id}`;
  let states = folded.get(world);
  if (states === undefined) folded.set(world, states = new Map());
  let known = states.get(place.environment_id);
  if (known?.key !== key) states.set(place.environment_id, known = { key, state: foldRuns(ended) });
  return { place, ended, state: known.state };
}

/** `environment(id)`. */
export function environmentRoot(discovery: Discovery, id: unknown): Row {
  const project = projectOf(discovery, id);
  if (project === undefined) {
    throw new GraphQLError(`Environment ${id} was not found.`, { extensions: { code: "NOT_FOUND" } });
  }
  return {
    adapterType: "snowflake",
    dbtProjectName: projectName,
    applied: () => appliedState(project),
    definition: () => definitionState(project),
  };
}

/** The nodes of some types that a state has. Without a manifest there are none. */
function nodesOf(project: DiscoveryProject, flavor: Flavor, types: ReadonlyArray<string>): ReadonlyArray<Node> {
  if (project.state.manifest === undefined) return [];
  return resources.filter(({ id, kind }) =>
    types.includes(typeNames[kind]) &&
    (flavor === "Definition" || !builtKinds.has(kind) || project.state.nodes.has(id))
  ).toSorted((a, b) => a.id < b.id ? -1 : 1);
}

/** What dbt builds: it is in the applied state once a run tried to build it. */
const builtKinds: ReadonlySet<string> = new Set(["model", "seed", "snapshot", "test", "unit_test"]);

/** Lists of the nodes of some types. */
function listOf(project: DiscoveryProject, flavor: Flavor, ...types: ReadonlyArray<string>) {
  return (args: ConnectionArguments) => {
    const filter = withoutNulls(args.filter);
    const fitting = nodesOf(project, flavor, [...filter.types ?? types]).filter((node) => fits(node, filter, project));
    return connection(
      sorted(fitting, args, project),
      args,
      (node) => nodeObject(node, project, flavor),
      ({ id }) => id,
    );
  };
}

/** The models in the order of `sort`. */
function sorted(
  all: ReadonlyArray<Node>,
  { sort }: ConnectionArguments,
  { state }: DiscoveryProject,
): ReadonlyArray<Node> {
  if (sort === undefined || sort === null) return all;
  const valueOf = ({ id, rows }: Node): string | number =>
    sort.field === "executeCompletedAt"
      ? state.nodes.get(id)?.success?.end ?? 0
      : sort.field === "rowCount"
      ? rows
      : sort.field === "queryUsageCount"
      ? 0
      : id;
  const sign = sort.direction === "desc" ? -1 : 1;
  return all.toSorted((a, b) => valueOf(a) < valueOf(b) ? -sign : valueOf(a) > valueOf(b) ? sign : 0);
}

/** What both states have. */
function sharedState(project: DiscoveryProject, flavor: Flavor): Row {
  const { manifest, updated } = project.state;
  const counts = () =>
    Object.fromEntries(
      [...Map.groupBy(nodesOf(project, flavor, Object.values(typeNames)), ({ kind }) => kind)]
        .map(([kind, all]) => [kind, all.length]),
    );
  return {
    lastUpdatedAt: dateTime(updated),
    latestGitSha: manifest?.run.trigger.git_sha ?? null,
    resourceCounts: counts,
    packages: ({ resource }: { readonly resource: string }) => [
      ...new Set(nodesOf(project, flavor, [resource === "macro" ? "Macro" : "Model"]).map(packageOf)),
    ],
    tags: () =>
      [...new Set(nodesOf(project, flavor, Object.values(typeNames)).flatMap(tagsOf))].map((name) => ({ name })),
    lineage: (args: { readonly filter: Filter }) => lineageOf(project, flavor, withoutNulls(args.filter)),
    resources: listOf(project, flavor),
    models: listOf(project, flavor, "Model"),
    sources: listOf(project, flavor, "Source"),
    seeds: listOf(project, flavor, "Seed"),
    snapshots: listOf(project, flavor, "Snapshot"),
    tests: listOf(project, flavor, "Test"),
    exposures: listOf(project, flavor, "Exposure"),
  };
}

function appliedState(project: DiscoveryProject): Row {
  return {
    ...sharedState(project, "AppliedState"),
    exposureTile: (args: { readonly filter: Filter & { readonly uniqueId?: string } }) => {
      const exposure = nodesOf(project, "AppliedState", ["Exposure"]).find(({ id }) =>
        id === withoutNulls(args.filter).uniqueId
      );
      return exposure === undefined ? null : {
        ...nodeObject(exposure, project, "AppliedState"),
        __typename: "ExposureTileNode",
        healthIssues: [],
        quality: "Unknown",
      };
    },
    owners: ({ resource }: { readonly resource: string }) => {
      const rows = resource === "group"
        ? groupsOf(project)
        : nodesOf(project, "AppliedState", ["Exposure"]).map((node) => nodeObject(node, project, "AppliedState"));
      return rows.map(({ ownerEmail, ownerName }) => ({ email: ownerEmail ?? "", name: ownerName ?? "" }));
    },
    modelHistoricalRuns: (args: HistoryArguments) => historicalRuns(project, args),
  };
}

function definitionState(project: DiscoveryProject): Row {
  return {
    ...sharedState(project, "Definition"),
    macros: listOf(project, "Definition", "Macro"),
    metrics: listOf(project, "Definition", "Metric"),
    semanticModels: listOf(project, "Definition", "SemanticModel"),
    savedQueries: listOf(project, "Definition", "SavedQuery"),
    groups: (args: ConnectionArguments) => {
      const { uniqueIds } = withoutNulls(args.filter);
      const fitting = groupsOf(project).filter(({ uniqueId }) => uniqueIds?.includes(String(uniqueId)) ?? true);
      return connection(fitting, args, (group) => group, ({ uniqueId }) => String(uniqueId));
    },
  };
}

// ---- lineage --------------------------------------------------------------------------------------------------------

/** The nodes of the lineage. `select` and `exclude` are dbt's node selection. */
function lineageOf(project: DiscoveryProject, flavor: Flavor, filter: Filter): ReadonlyArray<Row> {
  const select = filter.select ?? "";
  const option = (name: string, text: string | undefined) =>
    text === undefined || text === "" ? "" : ` --${name} ${text}`;
  const selected = selection(`dbt list${option("select", select)}${option("exclude", filter.exclude)}`);
  // The nodes that the methods find, without those that `+` and `@` add.
  const matched = select === ""
    ? new Set<string>()
    : selection(`dbt list --select ${select.replaceAll(/\d*\+\d*|@/g, "")}`);
  // Macros are no part of the graph that dbt selects from.
  const types = filter.types ?? Object.values(typeNames).filter((type) => type !== "Macro");
  return nodesOf(project, flavor, types).filter((node) =>
    (node.kind === "macro" ? select === "" : selected.has(node.id)) && fits(node, { ...filter, types }, project)
  ).map((node) => {
    const own = project.state.nodes.get(node.id)?.last;
    const { access, database, fqn, group, name, schema, sourceName, version } = nodeObject(node, project, flavor);
    const tests = childrenOf(node).filter(({ kind }) => typeNames[kind] === "Test");
    const results = tests.flatMap(({ id }) => project.state.nodes.get(id)?.last.status ?? []);
    return {
      __typename: `${typeNames[node.kind]}LineageNode`,
      ...{ access, database, fqn, group, name, schema, sourceName, version },
      uniqueId: node.id,
      alias: aliasInWarehouse(node),
      filePath: node.file,
      projectId: project.place.project_id,
      resourceType: typeNames[node.kind],
      tags: tagsOf(node),
      matchesMethod: matched.has(node.id),
      materializationType: node.materialized,
      modelingLayer: null,
      parentIds: parentsOf(node).map(({ id }) => id),
      publicParentIds: [],
      lastRunStatus: own?.status ?? null,
      worstTestStatus: ["error", "skipped", "pass"].find((status) => results.some((result) => result === status)) ??
        null,
    };
  });
}

function selection(command: string): ReadonlySet<string> {
  const selected = selectNodes(command);
  if (Result.isFailure(selected)) {
    throw badInput(oneLine(selected.failure));
  }
  return new Set(selected.success.nodes.map(({ id }) => id));
}

// ---- runs of jobs ---------------------------------------------------------------------------------------------------

/** The arguments of a model's history. */
export interface HistoryArguments {
  readonly identifier?: string | null;
  readonly uniqueId?: string | null;
  readonly lastRunCount?: number | null;
}

/** The newest runs that built a model, newest first. */
export function historicalRuns(project: DiscoveryProject, args: HistoryArguments): ReadonlyArray<Row> {
  const { identifier, lastRunCount, uniqueId } = args;
  const count = lastRunCount ?? 1;
  if (count < 1 || count > 20) {
    throw badInput("lastRunCount must be from 1 to 20.");
  }
  const model = nodes.find((node) =>
    node.kind === "model" && (uniqueId ? node.id === uniqueId : aliasInWarehouse(node) === identifier)
  );
  if (model === undefined) return [];
  const found: Array<Row> = [];
  for (const ended of project.ended.toReversed()) {
    if (found.length === count) break;
    const attempt = ended.steps.flatMap((step) => attemptsOf(ended, step)).findLast(([id]) => id === model.id);
    if (attempt !== undefined) found.push(jobNodeObject(model, attempt[1], ofRun(project, ended), ended));
  }
  return found;
}

/** A project as one run built it. */
function ofRun({ place }: DiscoveryProject, ended: EndedRun): DiscoveryProject {
  return { place, ended: [ended], state: foldRuns([ended]) };
}

/** `job(id, runId)`: a run of a job, the newest that has ended by default. */
export function jobRoot({ now, world }: Discovery, id: unknown, runId: unknown): Row | null {
  const wanted = (run: RunRecord) =>
    run.job === Number(id) && (runId === undefined || runId === null || run.id === Number(runId));
  const ended = endedRuns(world.runs, now, wanted).at(-1);
  if (ended === undefined) return null;
  const { run } = ended;
  const project = ofRun({ place: run.place, ended: [], state: foldRuns([]) }, ended);
  const { freshness, nodes: built } = project.state;
  const rowOf = (node: Node) => jobNodeObject(node, built.get(node.id)?.last ?? freshness.get(node.id), project, ended);
  const all = (type: string) =>
    nodesOf(project, "AppliedState", [type]).filter((node) => !builtKinds.has(node.kind) || built.has(node.id));
  const list = (type: string) => (args: JobListArguments) =>
    rowPage(all(type).filter((node) => fits(node, jobFilter(args), project)), args, rowOf, ({ id }) => id);
  const one = (type: string) => ({ name, uniqueId }: { readonly name?: string; readonly uniqueId?: string }) => {
    const node = all(type).find((node) => uniqueId === undefined ? node.name === name : node.id === uniqueId);
    return node === undefined ? null : rowOf(node);
  };
  return {
    id: run.job,
    runId: run.id,
    ...Object.fromEntries(
      ["Model", "Source", "Seed", "Snapshot", "Test", "Exposure", "Metric", "Macro"].flatMap((type) => [
        [`${type.toLowerCase()}s`, list(type)],
        [type.toLowerCase(), one(type)],
      ]),
    ),
  };
}

/** The arguments of a job's list. */
interface JobListArguments extends ConnectionArguments {
  readonly database?: string | null;
  readonly identifier?: string | null;
  readonly schema?: string | null;
}

function jobFilter({ database, identifier, schema }: JobListArguments): Filter {
  return withoutNulls({ database, identifier, schema });
}
