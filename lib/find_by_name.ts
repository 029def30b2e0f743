/**
 * Finding a thing by its name. `lib/groups` builds `getByName` on it, and the command line flags like `--job-name`.
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
  /** Its name. Several things can have the same. */
  readonly name?: string | null;
  /** Its account, unless it is an account itself. */
  readonly account_id?: number | null;
}

/**
 * The thing that has exactly this name. Fails with `NotFound` where no thing has it, and with `Unsendable`, which lists
 * the ids, where several have it. The failure names `endpoint` as its origin.
 */
export const oneNamed: <A extends Named>(
  endpoint: string,
  noun: string,
  name: string,
  things: Stream.Stream<A, DbtError, Dbt>,
) => Effect.Effect<A, DbtError, Dbt> = Effect.fnUntraced(function* (endpoint, noun, name, things) {
  const found = yield* Stream.runCollect(Stream.filter(things, (thing) => thing.name === name));
  const [first, second] = found;
  if (first === undefined) return yield* notFound(endpoint, `no ${noun} is called "${name}"`);
  if (second === undefined) return first;
  const inSeveralAccounts = new Set(found.map(({ account_id }) => account_id)).size > 1;
  const ids = found.map(({ account_id, id }) => inSeveralAccounts ? `${id} in account ${account_id}` : `${id}`).join(
    ", ",
  );
  const reason: Reason = {
    _tag: "Unsendable",
    detail: `${found.length} ${noun}s are called "${name}": ${ids}. Give the id instead`,
  };
  return yield* new DbtError({ endpoint, reason });
});

/** Fails with `NotFound`, in the form that dbt Cloud has for an unknown id. */
export const notFound = Effect.fnUntraced(function* (
  endpoint: string,
  user_message: string,
): Effect.fn.Return<never, DbtError, Dbt> {
  const { host } = new URL((yield* Dbt).url);
  return yield* new DbtError({
    endpoint,
    reason: { _tag: "NotFound", status: 404, enveloped: true, host, user_message },
  });
});
