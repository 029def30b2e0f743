/**
 * A row of the table: what a group exports, with the group and verb that its file and name give it.
 *
 * @module
 */
import type { Download, Endpoint, Workflow } from "../endpoint.ts";

/** A request whose type is not known: its endpoint checks it field by field. */
export type AnyRequest = Readonly<Record<string, unknown>>;

/** Anything that can stand in the table. */
export type Callable = Endpoint<AnyRequest, unknown> | Download<AnyRequest> | Workflow<AnyRequest, unknown>;

/** One row of the table. */
export interface Row {
  /** The group as the command line spells it: `service-tokens`. */
  readonly group: string;
  /** The verb as the command line spells it: `list-artifacts`. */
  readonly verb: string;
  /** What it calls. Its `name` is the one it has in code: `serviceTokens.list`. */
  readonly call: Callable;
  /** What reads the thing that a call which replaces it must be sent whole: the GET of the same path. */
  readonly reader?: Endpoint<AnyRequest, unknown>;
  /** What lists the things of its group: a command on one of them may look for several by it. */
  readonly list?: Callable;
}

/** The rows of a group, sorted by name, as modules list what they export. */
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

/** The methods of Python dbtc that a row stands for. */
export function pythonNames({ dbtc }: Pick<Callable, "dbtc">): ReadonlyArray<string> {
  return dbtc === undefined ? [] : typeof dbtc === "string" ? [dbtc] : dbtc;
}

/** What the constructors of `endpoint.ts` make, and nothing else, is a function with a kind. */
function isCallable(member: [string, unknown]): member is [string, Callable] {
  return typeof member[1] === "function" && "kind" in member[1];
}

/** A name of code as the command line spells it. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
