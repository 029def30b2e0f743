/**
 * Reads fields of rows, by name or by path (`environment.name`). The output formats and tables use them.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import { own } from "../../request.ts";

/** An object with only these fields of a row, nested as in the row. A field that the row does not have is null. */
export function pick(row: unknown, fields: ReadonlyArray<string>): unknown {
  const picked: Record<string, unknown> = {};
  for (const field of fields) setPath(picked, field.split("."), valueAt(row, field) ?? null);
  return picked;
}

function setPath(target: Record<string, unknown>, path: ReadonlyArray<string>, value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name] ?? {};
  // `--fields name,name.first`: a text keeps its value, and has no members to add.
  if (!Predicate.isObject(inner)) return;
  // A copy: the row itself must not change.
  const copy = { ...inner };
  setPath(copy, rest, value);
  target[name] = copy;
}

/** The names of a row's own fields. */
export function fieldsOf(row: unknown): ReadonlyArray<string> {
  return Predicate.isReadonlyObject(row) ? Object.keys(row) : [];
}

/** The value at a path; undefined if the row does not have it. A field may have a dot in its own name. */
export function valueAt(row: unknown, path: string): unknown {
  if (Predicate.isReadonlyObject(row) && Object.hasOwn(row, path)) return row[path];
  return path.split(".").reduce((value, name) => Predicate.isReadonlyObject(value) ? own(value, name) : undefined, row);
}

/** A value as one text: an object or list as JSON, null as nothing. */
export function asText(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
