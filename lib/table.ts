/**
 * The table: every endpoint of `lib/api`, with the group and verb that its file and name give it. The only reflection.
 *
 * Client spans, the command line, the sandbox's routes, the reference and the table-wide tests all start here.
 *
 * @module
 */
import * as api from "./api/mod.ts";
import type { Download, Endpoint, Workflow } from "./endpoint.ts";

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
}

/** The rows, sorted by group and name, as modules list what they export. */
export const table: ReadonlyArray<Row> = Object.entries(api).flatMap(([group, members]) =>
  Object.entries<unknown>(members).filter(isCallable).map(([verb, call]) => {
    Object.defineProperty(call, "name", { value: `${group}.${verb}` });
    return { group: kebab(group), verb: kebab(verb), call };
  })
);

/** The methods of Python dbtc that a row stands for. */
export function pythonNames({ dbtc }: Pick<Callable, "dbtc">): ReadonlyArray<string> {
  return dbtc === undefined ? [] : typeof dbtc === "string" ? [dbtc] : dbtc;
}

/** What the constructors of `endpoint.ts` make, and nothing else, is a function with a kind. */
function isCallable(member: [string, unknown]): member is [string, Callable] {
  return typeof member[1] === "function" && "kind" in member[1];
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
