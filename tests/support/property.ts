/**
 * Properties: a claim about every value of a kind, tried on values that `effect/Arbitrary` draws from a fixed seed.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";

/**
 * A test that a claim holds for many drawn values. `holds` throws where it does not; the test then fails with the smallest
 * value that was found to break it.
 */
export function testProperty<A>(
  name: string,
  values: Arbitrary.Arbitrary<A>,
  holds: (value: A) => void | Promise<void>,
  options: Arbitrary.CheckOptions = {},
): void {
  Deno.test(name, async () => {
    const attempt = (value: A) =>
      Effect.as(Effect.tryPromise({ try: async () => await holds(value), catch: (error) => error }), true);
    const result = await Effect.runPromise(
      Arbitrary.checkEffect(values, attempt, { seed: name, runs: 300, ...options }),
    );
    const failure = Arbitrary.formatCheckFailure(result);
    if (failure !== undefined) assert.fail(failure);
  });
}
