/**
 * The rows of the table, made from the exports of a group. `table.ts` makes all rows; the command line makes only those
 * of the group that it runs.
 *
 * @module
 */
import type { Query } from "../graphql/query.ts";
import type { Download, Endpoint, RowStream, Workflow } from "../endpoint.ts";

/** A request of an endpoint that is known only at run time. The endpoint checks each field. */
export type AnyRequest = Readonly<Record<string, unknown>>;

/** The endpoint or workflow of a row. */
export type Callable =
  | Endpoint<AnyRequest, unknown>
  | Download<AnyRequest>
  | Workflow<AnyRequest, unknown>
  | RowStream<AnyRequest, unknown>
  | Query<AnyRequest, unknown>;

/** One row of the table. */
export interface Row {
  /** The group's name on the command line: `service-tokens`. */
  readonly group: string;
  /** The verb on the command line: `list-artifacts`. */
  readonly verb: string;
  /** The endpoint or workflow. Its `name` is the name in code: `serviceTokens.list`. */
  readonly call: Callable;
  /** The GET endpoint with the same path, if the call replaces a whole object. */
  readonly reader?: Endpoint<AnyRequest, unknown>;
  /** The group's `list`, which commands use to find an object by name. */
  readonly list?: Callable;
}

/** The rows of a group, from the exports of its module, which are sorted by name. */
export function rowsOf(members: Readonly<Record<string, unknown>>): ReadonlyArray<Row> {
  const calls = Object.entries(members).filter(isCallable);
  const list = calls.find(([verb]) => verb === "list")?.[1];
  return calls.map(([, call]) => {
    const [group = "", verb = ""] = call.name.split(".");
    const reader = call.kind === "endpoint" && call.replaces
      ? calls.map(([, other]) => other).find((other): other is Endpoint<AnyRequest, unknown> =>
        other.kind === "endpoint" && other.route === call.route.replace(/^[A-Z]+/, "GET")
      )
      : undefined;
    return {
      group: kebab(group),
      verb: kebab(verb),
      call,
      ...(reader === undefined ? {} : { reader }),
      ...(list === undefined ? {} : { list }),
    };
  });
}

/** The methods of Python dbtc that match a call. */
export function pythonNames({ dbtc }: Pick<Callable, "dbtc">): ReadonlyArray<string> {
  return dbtc === undefined ? [] : typeof dbtc === "string" ? [dbtc] : dbtc;
}

/** Whether an export is an endpoint, a download or a workflow. Nothing else is a function with a `kind`. */
function isCallable(member: [string, unknown]): member is [string, Callable] {
  return typeof member[1] === "function" && "kind" in member[1];
}

/** Converts a name in code to the command line's spelling: `listArtifacts` to `list-artifacts`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The group and verb of a call's name, as the command line spells them: `service-tokens list` of `serviceTokens.list`. */
export function commandName(name: string): string {
  return name.split(".").map(kebab).join(" ");
}
