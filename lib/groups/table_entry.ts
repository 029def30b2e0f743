/**
 * The rows of the table, made from the exports of a group. `table.ts` makes all rows; the command line makes only those
 * of the group that it runs.
 *
 * @module
 */
import { defined } from "../defined.ts";
import type { Download, Endpoint, RowStream, Workflow } from "../endpoint.ts";
import type { Connection, Limited } from "../graphql/connection.ts";
import type { Query } from "../graphql/query.ts";

/** A request of an endpoint that is known only at run time. The endpoint checks each field. */
export type AnyRequest = Readonly<Record<string, unknown>>;

/** The endpoint or workflow of a row. */
export type Callable =
  | Endpoint<AnyRequest, unknown>
  | Download<AnyRequest>
  | Workflow<AnyRequest, unknown>
  | RowStream<AnyRequest, unknown>;

/** A GraphQL query of a row. */
export type AnyQuery = Query<AnyRequest, unknown> | Connection<AnyRequest & Limited, unknown>;

/** The row of a GraphQL query. */
export interface QueryRow {
  /** The group's name on the command line: `model-groups`. */
  readonly group: string;
  /** The verb on the command line: `list-of-job`. */
  readonly verb: string;
  /** The query. Its `name` is the name in code: `models.list`. */
  readonly call: AnyQuery;
  /** The group's `list`, which commands use to find a node by name. */
  readonly list?: Connection<AnyRequest & Limited, unknown>;
}

/** What a command calls. */
export type AnyCall = Callable | AnyQuery;

/** One row of the table: of an endpoint or workflow, or of a query. */
export type AnyRow = Row | QueryRow;

/** The row of an endpoint or a workflow. */
export interface Row {
  /** The group's name on the command line: `service-tokens`. */
  readonly group: string;
  /** The verb on the command line: `list-artifacts`. */
  readonly verb: string;
  /** The endpoint or workflow. Its `name` is the name in code: `serviceTokens.list`. */
  readonly call: Callable;
  /** The GET endpoint with the same path, if the call replaces a whole object or deletes it. */
  readonly reader?: Endpoint<AnyRequest, unknown>;
  /** The group's `list`, which commands use to find an object by name. */
  readonly list?: Callable;
}

/** The rows of a group's endpoints and workflows, from the exports of its module. */
export function rowsOf(members: Readonly<Record<string, unknown>>): ReadonlyArray<Row> {
  const calls = Object.entries(members).filter(isCallable);
  const list = calls.find(([verb]) => verb === "list")?.[1];
  return calls.map(([, call]) => {
    const [group = "", verb = ""] = call.name.split(".");
    const reader = call.kind === "endpoint" && (call.replaces || call.route.startsWith("DELETE "))
      ? calls.map(([, other]) => other).find((other): other is Endpoint<AnyRequest, unknown> =>
        other.kind === "endpoint" && other.route === call.route.replace(/^[A-Z]+/, "GET")
      )
      : undefined;
    return {
      group: kebab(group),
      verb: kebab(verb),
      call,
      ...defined({ reader, list }),
    };
  });
}

/** The rows of a group's GraphQL queries. */
function queryRowsOf(members: Readonly<Record<string, unknown>>): ReadonlyArray<QueryRow> {
  const calls = Object.values(members).filter(isQuery);
  const list = calls.find((call) => call.kind === "connection" && call.name.endsWith(".list"));
  return calls.map((call) => {
    const [group = "", verb = ""] = call.name.split(".").map(kebab);
    return { group, verb, call, ...(list?.kind === "connection" ? { list } : {}) };
  });
}

/** All rows of a group, sorted by name. */
export function commandsOf(group: Readonly<Record<string, unknown>>): ReadonlyArray<AnyRow> {
  return [...rowsOf(group), ...queryRowsOf(group)].toSorted((a, b) => a.call.name < b.call.name ? -1 : 1);
}

/** Whether a row is that of a query. */
export function isQueryRow(row: AnyRow): row is QueryRow {
  return isQuery(row.call);
}

/** Whether an export is a GraphQL query. */
function isQuery(member: unknown): member is AnyQuery {
  return typeof member === "function" && "kind" in member && (member.kind === "query" || member.kind === "connection");
}

/** The methods of Python dbtc that match a call. */
export function pythonNames({ dbtc }: { readonly dbtc?: string | ReadonlyArray<string> }): ReadonlyArray<string> {
  return dbtc === undefined ? [] : typeof dbtc === "string" ? [dbtc] : dbtc;
}

/** Whether an export is an endpoint, a download or a workflow. Nothing else but queries is a function with a `kind`. */
function isCallable(member: [string, unknown]): member is [string, Callable] {
  return typeof member[1] === "function" && "kind" in member[1] && !isQuery(member[1]);
}

/** Converts a name in code to the command line's spelling: `listArtifacts` to `list-artifacts`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The group and verb of a call's name, as the command line spells them: `service-tokens list` of `serviceTokens.list`. */
export function commandName(name: string): string {
  return name.split(".").map(kebab).join(" ");
}
