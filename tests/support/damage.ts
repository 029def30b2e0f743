/**
 * Answers damaged in every way in which they may come tomorrow.
 *
 * @module
 */

/** Anything that JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Json>
  | { readonly [name: string]: Json };

/**
 * Every copy of a value that differs from it in one place: a member dropped, null or unknown, a text or a number never
 * seen before. `required` members are neither dropped nor made null.
 */
export function* damaged(value: Json, required: ReadonlySet<string>): Generator<Json> {
  if (typeof value === "string") yield "never-seen-before";
  if (typeof value === "number") yield 4711;
  if (isList(value)) {
    for (const [index, item] of value.entries()) {
      for (const other of damaged(item, required)) yield value.with(index, other);
    }
  } else if (typeof value === "object" && value !== null) {
    // Things within things, as in a map of maps: there, what is not known yet is one more entry.
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

/** `Array.isArray`, which does not know arrays that are read only. */
function isList(value: Json): value is ReadonlyArray<Json> {
  return Array.isArray(value);
}
