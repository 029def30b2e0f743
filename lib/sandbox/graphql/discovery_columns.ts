/**
 * `column` of the Discovery API: the columns that those of a node come from, and that come from them.
 *
 * @module
 */
import { withoutNulls } from "../../defined.ts";
import { compiledCode, type Node, relationOf } from "../data/dbt_node.ts";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { parentsOf, relatives } from "../data/node_graph.ts";
import type { Row } from "../protocol/response_format.ts";
import { type Column, nodeTable, type Origin, queryTable, type Table, UnknownTable } from "./column_origins.ts";
import type { DiscoveryProject } from "./discovery_nodes.ts";

/** The arguments of `lineage`. */
interface LineageArguments {
  readonly nodeUniqueId: string;
  readonly filters?: {
    readonly maxDepth?: number | null;
    readonly columnName?: string | null;
    readonly isError?: boolean | null;
  } | null;
}

/** A column with its parents, or why they are not known. */
interface LineageColumn extends Column {
  readonly origin: Origin;
  readonly error: string | null;
}

/** `column(environmentId)`. The lineage is there since a run wrote a catalog, as in dbt Cloud. */
export function columnRoot(project: DiscoveryProject): Row {
  const { place, state: { catalog } } = project;
  return {
    lineage: ({ filters, nodeUniqueId }: LineageArguments) => {
      if (catalog === undefined) return [];
      const { columnName, isError, maxDepth } = withoutNulls(filters);
      return columnsAround(nodeUniqueId, columnName?.toLowerCase(), maxDepth ?? Infinity)
        .filter(({ error }) => isError !== true || error !== null)
        .map((column) => ({
          accountId: place.account_id,
          projectId: place.project_id,
          environmentId: place.environment_id,
          runId: catalog.run.id,
          nodeUniqueId: column.node,
          uniqueId: idOf(column),
          name: column.name,
          parentColumns: column.origin.from.map(idOf),
          childColumns: columns().filter(({ origin }) => origin.from.some((one) => idOf(one) === idOf(column))).map(
            idOf,
          ),
          relationship: relationshipOf(column),
          isError: column.error !== null,
          error: column.error,
          errorCategory: column.error === null ? null : "Unknown error",
        }));
    },
  };
}

function idOf({ name, node }: Column): string {
  return `${node}.${name}`;
}

/** dbt Cloud's words for it: a column is reused, with its name or a new one, or transformed. */
function relationshipOf({ name, origin: { from: [first], unchanged } }: LineageColumn): string | null {
  if (first === undefined) return null;
  return !unchanged ? "transformation" : first.name === name ? "passthrough" : "rename";
}

/** The columns of a node, those before them and those after them, at most so many steps away. */
function columnsAround(node: string, name: string | undefined, most: number): ReadonlyArray<LineageColumn> {
  const all = columns();
  const start = all.filter((column) => column.node === node && (name === undefined || column.name === name));
  const isParent = (parent: Column, { origin }: LineageColumn) => origin.from.some((one) => idOf(one) === idOf(parent));
  const before = relatives(start, (column) => all.filter((other) => isParent(other, column)), most);
  const after = relatives(start, (column) => all.filter((other) => isParent(column, other)), most);
  return [...new Set([...start, ...before, ...after])];
}

let known: ReadonlyArray<LineageColumn> | undefined;

/** All columns of the project, each after its parents. */
function columns(): ReadonlyArray<LineageColumn> {
  if (known !== undefined) return known;
  const ofNodes = nodes.flatMap(lineageColumns);
  const ids = new Set(ofNodes.map(idOf));
  // The columns of sources are those that models take from them.
  const ofSources = ofNodes.flatMap(({ origin }) => origin.from).filter((column) =>
    !ids.has(idOf(column)) && ids.add(idOf(column))
  );
  return known = [...ofSources.map((column) => ({ ...column, origin: noOrigin, error: null })), ...ofNodes];
}

const noOrigin: Origin = { from: [], unchanged: false };

function namesOf({ columns }: Node): ReadonlyArray<string> {
  return Object.keys(columns).map((name) => name.toLowerCase());
}

function lineageColumns(node: Node): ReadonlyArray<LineageColumn> {
  const schema = "prod";
  let table: Table | undefined;
  let error: string | null = null;
  if (node.code !== "") {
    const parents = parentsOf(node).map((parent) =>
      [relationOf(parent, schema), nodeTable(parent.id, namesOf(parent))] as const
    );
    try {
      table = queryTable(compiledCode(node, schema), new Map(parents));
    } catch (failure) {
      if (!(failure instanceof UnknownTable)) throw failure;
      error = `The origin of the column is not known: ${failure.message} is not in the project.`;
    }
  }
  return namesOf(node).map((name) => ({ node: node.id, name, origin: table?.find(name) ?? noOrigin, error }));
}
