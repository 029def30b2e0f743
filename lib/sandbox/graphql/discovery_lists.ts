/**
 * Pages and filters of the Discovery API's lists.
 *
 * @module
 */
import { GraphQLError } from "graphql";
import { aliasOf, database, type Node, relationOf } from "../data/dbt_node.ts";
import type { Row } from "../protocol/response_format.ts";
import { modelingLayer, packageOf, tagsOf, testTypeOf, typeNames } from "./discovery_node_facts.ts";
import type { DiscoveryProject } from "./discovery_nodes.ts";

// ---- arguments ------------------------------------------------------------------------------------------------------

/** The arguments of a connection. A null, which some clients send, counts as absent. */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: { readonly [K in keyof Filter]: Filter[K] | null } | null;
  readonly sort?: { readonly field: string; readonly direction: string } | null;
}

/** The members of all filters. */
export interface Filter {
  readonly access?: string;
  readonly accessLevels?: ReadonlyArray<string>;
  readonly database?: string;
  readonly exclude?: string;
  readonly exposureType?: string;
  readonly freshnessChecked?: boolean;
  readonly freshnessStatus?: string;
  readonly group?: string;
  readonly identifier?: string;
  readonly lastKnownResult?: string;
  readonly lastKnownResults?: ReadonlyArray<string>;
  readonly lastRunStatus?: string;
  readonly materializationTypes?: ReadonlyArray<string>;
  readonly modelingLayer?: string;
  readonly modelingLayers?: ReadonlyArray<string>;
  readonly packageName?: string;
  readonly resourceTypes?: ReadonlyArray<string>;
  readonly schema?: string;
  readonly select?: string;
  readonly sourceNames?: ReadonlyArray<string>;
  readonly status?: string;
  readonly tags?: ReadonlyArray<string>;
  readonly testTypes?: ReadonlyArray<string>;
  readonly types?: ReadonlyArray<string>;
  readonly uniqueIds?: ReadonlyArray<string>;
}

/** The name of a node's relation, which `identifier` compares with; case does not count. */
export function aliasInWarehouse(node: Node): string {
  return node.source === undefined ? aliasOf(node) : node.name;
}

/** Whether a node fits a filter. */
export function fits(node: Node, filter: Filter, { state }: DiscoveryProject): boolean {
  const last = state.nodes.get(node.id)?.last;
  const result = last?.status === "success" ? "pass" : last?.status;
  const check = state.freshness.get(node.id);
  const relation = relationOf(node, last?.run.profile.schema ?? "prod").split(".");
  const same = (wanted: string | undefined, is: unknown) =>
    wanted === undefined || wanted.toLowerCase() === String(is ?? "").toLowerCase();
  const among = (wanted: ReadonlyArray<string> | undefined, ...is: ReadonlyArray<unknown>) =>
    wanted === undefined || wanted.some((one) => is.includes(one));
  const results = filter.lastKnownResults ??
    (filter.lastKnownResult === undefined ? undefined : [filter.lastKnownResult]);
  return among(filter.uniqueIds, node.id) &&
    among(filter.types, typeNames[node.kind]) &&
    among(filter.resourceTypes, typeNames[node.kind]) &&
    among(filter.tags, ...tagsOf(node)) &&
    same(filter.database, database) &&
    same(filter.schema, relation[1]) &&
    same(filter.identifier, aliasInWarehouse(node)) &&
    same(filter.packageName, packageOf(node)) &&
    same(filter.group, node.config.group) &&
    same(filter.access, node.config.access) &&
    among(filter.accessLevels, node.config.access) &&
    same(filter.modelingLayer, modelingLayer(node)) &&
    among(filter.modelingLayers, modelingLayer(node)) &&
    among(filter.materializationTypes, node.materialized) &&
    among(filter.sourceNames, node.source?.name) &&
    among(filter.testTypes, testTypeOf(node)) &&
    same(filter.lastRunStatus, last?.status) &&
    same(filter.status, result) &&
    among(results, result) &&
    same(filter.exposureType, "dashboard") &&
    (filter.freshnessChecked === undefined || filter.freshnessChecked === (check !== undefined)) &&
    (filter.freshnessStatus === undefined || (check !== undefined && filter.freshnessStatus === "Pass"));
}

// ---- pages ----------------------------------------------------------------------------------------------------------

/** The most rows of a connection's page: https://docs.getdbt.com/docs/dbt-apis/discovery-querying */
const mostEdges = 500;
/** The most rows of a page of a job's list. */
const mostRows = 100;

/** A page of a connection. The cursor says which row was the last one. */
export function connection<A>(
  all: ReadonlyArray<A>,
  { after, first }: ConnectionArguments,
  node: (item: A) => Row,
  idOf: (item: A) => string,
): Row {
  const count = pageSize(first, mostEdges) ?? mostEdges;
  const begin = beginAfter(all, after, idOf);
  const items = all.slice(begin, begin + count);
  const cursorOf = (item: A | undefined) => item === undefined ? null : btoa(`cursor:${idOf(item)}`);
  return {
    totalCount: all.length,
    edges: items.map((item) => ({ cursor: cursorOf(item), node: node(item) })),
    pageInfo: {
      startCursor: cursorOf(items[0]),
      endCursor: cursorOf(items.at(-1)),
      hasNextPage: begin + count < all.length,
      hasPreviousPage: begin > 0,
    },
  };
}

/** A page of a job's list: rows, each with its cursor. Without `first`, it has all rows. */
export function rowPage<A>(
  all: ReadonlyArray<A>,
  { after, first }: ConnectionArguments,
  row: (item: A) => Row,
  idOf: (item: A) => string,
): ReadonlyArray<Row> {
  const begin = beginAfter(all, after, idOf);
  return all.slice(begin, begin + (pageSize(first, mostRows) ?? all.length)).map(row);
}

function pageSize(first: number | null | undefined, most: number): number | undefined {
  if (first === undefined || first === null) return undefined;
  if (first >= 0 && first <= most) return first;
  throw badInput(`first is ${first}, and must be from 0 to ${most}.`);
}

function beginAfter<A>(all: ReadonlyArray<A>, after: string | null | undefined, idOf: (item: A) => string): number {
  if (after === undefined || after === null || after === "") return 0;
  let id: string;
  try {
    id = atob(after).replace(/^cursor:/, "");
  } catch {
    throw badInput(`after is ${JSON.stringify(after)}, which is no cursor.`);
  }
  const at = all.findIndex((item) => idOf(item) === id);
  if (at < 0) throw badInput(`after is ${JSON.stringify(after)}, which is no cursor of this list.`);
  return at + 1;
}

/** An argument with a value that is not allowed. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}
