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
  for (const field of fields) {
    const [name = "", ...rest] = field.split(".");
    const list = rest.length > 0 ? valueAt(row, name) : undefined;
    if (!Array.isArray(list)) setPath(picked, field.split("."), valueAt(row, field) ?? null);
    // The items of a list are picked from once, with all fields that lead into it.
    else if (!Object.hasOwn(picked, name)) {
      const inner = fields.filter((field) => field.startsWith(`${name}.`)).map((field) => field.slice(name.length + 1));
      setOwn(picked, name, list.map((item) => pick(item, inner)));
    }
  }
  return picked;
}

function setPath(target: Record<string, unknown>, path: ReadonlyArray<string>, value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) return setOwn(target, name, value);
  const inner = own(target, name) ?? {};
  // `--fields name,name.first`: a text keeps its value, and has no members to add.
  if (!Predicate.isObject(inner)) return;
  // A copy: the row itself must not change.
  const copy = { ...inner };
  setPath(copy, rest, value);
  setOwn(target, name, copy);
}

/** Sets a member, also `__proto__`: an assignment to that changes what the object inherits. */
function setOwn(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true });
}

/** The names of a row's own fields. */
export function fieldsOf(row: unknown): ReadonlyArray<string> {
  return Predicate.isReadonlyObject(row) ? Object.keys(row) : [];
}

/**
 * The value at a path; undefined if the row does not have it. A path through a list leads to the list of its items'
 * values. A field may have a dot in its own name.
 */
export function valueAt(row: unknown, path: string): unknown {
  if (Predicate.isReadonlyObject(row) && Object.hasOwn(row, path)) return row[path];
  const member = (value: unknown, name: string): unknown =>
    Array.isArray(value)
      ? value.map((item) => member(item, name))
      : Predicate.isReadonlyObject(value)
      ? own(value, name)
      : undefined;
  return path.split(".").reduce(member, row);
}

/** A value as one text: an object or list as JSON, null as nothing. */
export function asText(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
