/**
 * Damages answers in every way in which dbt Cloud may change them: the tests of models and of validation use it.
 *
 * @module
 */
import type * as Schema from "effect/Schema";

/** Any JSON value. */
export type Json = Schema.Json;

/**
 * Every copy of a value that differs from it in one place: a member is missing, null or unknown, or a text or number is
 * new. `required` members stay, and are never null.
 */
export function* damaged(value: Json, required: ReadonlySet<string>): Generator<Json> {
  if (typeof value === "string") yield "never-seen-before";
  if (typeof value === "number") yield 4711;
  if (isList(value)) {
    for (const [index, item] of value.entries()) {
      for (const other of damaged(item, required)) yield value.with(index, other);
    }
  } else if (typeof value === "object" && value !== null) {
    // The new member is nested: within a map of maps it is one more entry.
    yield { ...value, not_known_yet: { deeply: { nested: [null, true] } } };
    for (const [name, member] of Object.entries(value)) {
      for (const other of damaged(member, required)) yield { ...value, [name]: other };
      if (required.has(name)) continue;
      yield { ...value, [name]: null };
      const { [name]: _, ...rest } = value;
      yield rest;
    }
  }
}

/** `Array.isArray` for read-only arrays. */
function isList(value: Json): value is ReadonlyArray<Json> {
  return Array.isArray(value);
}
