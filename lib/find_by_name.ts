/**
 * Things by their names.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { Dbt } from "./dbt.ts";
import { DbtError, type Reason } from "./error.ts";

/** A thing that can be found by its name. */
export interface Named {
  /** Its id. */
  readonly id: number;
  /** Its name. dbt Cloud does not keep two things from having the same. */
  readonly name?: string | null;
  /** The account that it is in, where it is in one. */
  readonly account_id?: number | null;
}

/**
 * The one among these things that has this name, letter for letter. None is `NotFound`, several are `Unsendable`: both
 * say so for `endpoint`, the latter with the ids.
 */
export const oneNamed: <A extends Named>(
  endpoint: string,
  noun: string,
  name: string,
  things: Stream.Stream<A, DbtError, Dbt>,
) => Effect.Effect<A, DbtError, Dbt> = Effect.fnUntraced(function* (endpoint, noun, name, things) {
  const found = yield* Stream.runCollect(Stream.filter(things, (thing) => thing.name === name));
  const [first, second] = found;
  if (first === undefined) return yield* absent(endpoint, `no ${noun} is called "${name}"`);
  if (second === undefined) return first;
  const apart = new Set(found.map(({ account_id }) => account_id)).size > 1;
  const ids = found.map(({ account_id, id }) => apart ? `${id} in account ${account_id}` : `${id}`).join(", ");
  const reason: Reason = {
    _tag: "Unsendable",
    detail: `${found.length} ${noun}s are called "${name}": ${ids}. Give the id instead`,
  };
  return yield* new DbtError({ endpoint, reason });
});

/** Nothing fits, as dbt Cloud says of an id that nothing has. */
export const absent = Effect.fnUntraced(function* (
  endpoint: string,
  user_message: string,
): Effect.fn.Return<never, DbtError, Dbt> {
  const { host } = new URL((yield* Dbt).url);
  return yield* new DbtError({
    endpoint,
    reason: { _tag: "NotFound", status: 404, enveloped: true, host, user_message },
  });
});
