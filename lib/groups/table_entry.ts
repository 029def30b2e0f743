/**
 * The rows of the table, made from what a group exports. `table.ts` makes all of them; the command line makes those of
 * the group that it runs.
 *
 * @module
 */
import type { Download, Endpoint, Workflow } from "../endpoint.ts";

/** A request of an endpoint that is known only at run time. The endpoint checks it field by field. */
export type AnyRequest = Readonly<Record<string, unknown>>;

/** What a row calls. */
export type Callable = Endpoint<AnyRequest, unknown> | Download<AnyRequest> | Workflow<AnyRequest, unknown>;

/** One row of the table. */
export interface Row {
  /** The group as the command line spells it: `service-tokens`. */
  readonly group: string;
  /** The verb as the command line spells it: `list-artifacts`. */
  readonly verb: string;
  /** The endpoint or workflow. Its `name` is the name in code: `serviceTokens.list`. */
  readonly call: Callable;
  /** For a call that replaces a whole thing: the endpoint that reads the thing, with the same path and GET. */
  readonly reader?: Endpoint<AnyRequest, unknown>;
  /** The group's `list`: commands for one thing use it to look things up. */
  readonly list?: Callable;
}

/** The rows of a group, from its module: sorted by name, as every module lists its exports. */
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

/** The methods of Python dbtc that do the same as a call. */
export function pythonNames({ dbtc }: Pick<Callable, "dbtc">): ReadonlyArray<string> {
  return dbtc === undefined ? [] : typeof dbtc === "string" ? [dbtc] : dbtc;
}

/** Whether an export is an endpoint, a download or a workflow. Nothing else is a function with a `kind`. */
function isCallable(member: [string, unknown]): member is [string, Callable] {
  return typeof member[1] === "function" && "kind" in member[1];
}

/** A name in code as the command line spells it: `list-artifacts` for `listArtifacts`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
