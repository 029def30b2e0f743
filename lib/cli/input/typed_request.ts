/**
 * What a command line says about a request, before names are looked up. `request_input.ts` makes the request of it.
 *
 * @module
 */
import type * as FileSystem from "effect/FileSystem";
import * as Predicate from "effect/Predicate";
import type * as Stdio from "effect/Stdio";
import type { Dbt } from "../../dbt.ts";
import type { Moment } from "./flag_types.ts";

/** What making a request needs. */
export type RequestServices = Dbt | FileSystem.FileSystem | Stdio.Stdio;

/** What a command line says about a request. */
export interface Typed {
  /** The values of the fields' flags, by flag. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The values of the flags that take only a name, by flag. */
  readonly names: Readonly<Record<string, string | undefined>>;
  /** Where to look for names, by flag, if the request itself has no such field. */
  readonly within: Readonly<Record<string, number | string | undefined>>;
  /** The arguments, by the field that they fill. */
  readonly args: Readonly<Record<string, unknown>>;
  /** `payload`, unread. */
  readonly body: Readonly<Record<string, string | undefined>>;
  /** `since` and `until`. */
  readonly times: Readonly<Record<string, Moment | undefined>>;
}

/** Whether a field's flag is given. A flag with several values has an empty list if it is not. */
export function isGiven({ fields }: Pick<Typed, "fields">, flag: string): boolean {
  const value = fields[flag];
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** Sets a member of a request. */
export function setPath(request: Record<string, unknown>, path: ReadonlyArray<string>, value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    request[name] = value;
    return;
  }
  const inner = Predicate.isObject(request[name]) ? { ...request[name] } : {};
  setPath(inner, rest, value);
  request[name] = inner;
}
