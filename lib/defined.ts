/**
 * Leaves out the members that are undefined, or null too: an optional field is left out rather than undefined.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as Record from "effect/Record";

/** The members of an object that are not undefined. */
export function defined<A extends object>(members: A): { readonly [K in keyof A]?: Exclude<A[K], undefined> } {
  // Only members that are undefined are missing.
  return Record.filter(members as Record<string, unknown>, Predicate.isNotUndefined) as {
    readonly [K in keyof A]?: Exclude<A[K], undefined>;
  };
}

/** The members of an object that are neither null nor undefined; none where there is no object. */
export function withoutNulls<A extends object>(
  members: A | null | undefined,
): { readonly [K in keyof A]?: NonNullable<A[K]> } {
  // Only members that are null or undefined are missing.
  return Record.filter({ ...members } as Record<string, unknown>, Predicate.isNotNullish) as {
    readonly [K in keyof A]?: NonNullable<A[K]>;
  };
}
