/**
 * Tests of properties: claims about all values of a kind, tried on values that `effect/Arbitrary` draws from a fixed seed.
 * Where a claim is wrong, the error shows the smallest value that breaks it.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";

/** Defines a test that tries a claim on drawn values. Its name is the seed. */
export function testProperty<A>(
  name: string,
  values: Arbitrary.Arbitrary<A>,
  holds: (value: A) => void | Promise<void>,
  options: Arbitrary.CheckOptions = {},
): void {
  Deno.test(name, () => check(values, holds, { seed: name, ...options }));
}

/** Tries a claim on drawn values (default: 300). `holds` throws where the claim is wrong. */
export async function check<A>(
  values: Arbitrary.Arbitrary<A>,
  holds: (value: A) => void | Promise<void>,
  options: Arbitrary.CheckOptions,
): Promise<void> {
  const attempt = (value: A) =>
    Effect.as(Effect.tryPromise({ try: async () => await holds(value), catch: (error) => error }), true);
  const result = await Effect.runPromise(Arbitrary.checkEffect(values, attempt, { runs: 300, ...options }));
  const failure = Arbitrary.formatCheckFailure(result);
  if (failure !== undefined) assert.fail(failure);
}

/** A whole number, both bounds included. */
export function integer(minimum: number, maximum: number): Arbitrary.Arbitrary<number> {
  return Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })));
}

/** One of these values. Shrinking goes towards the first. */
export function oneOf<const A>(values: ReadonlyArray<A>): Arbitrary.Arbitrary<A> {
  return Arbitrary.map(integer(0, values.length - 1), (index) => values[index] as A); // there is one at each index
}

/** A value of one of these kinds. Shrinking goes towards the first. */
export function anyOf<A>(kinds: ReadonlyArray<Arbitrary.Arbitrary<A>>): Arbitrary.Arbitrary<A> {
  return Arbitrary.flatMap(oneOf(kinds), (kind) => kind);
}
