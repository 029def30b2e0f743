/**
 * Locks within one process, by client and name: `start_tagged.ts` uses them so that two starts with the same key do not
 * both find that there is no run yet.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import { Dbt } from "../dbt.ts";
import type { Restore } from "./start_at_most_once.ts";

/** A lock, and the last result of its holders. */
interface Lock<A> {
  readonly semaphore: Semaphore.Semaphore;
  /** How many hold it or wait for it. */
  users: number;
  left: A | undefined;
}

/** How many locks that nobody uses are kept of a client, for what they hold. */
const kept = 1000;
const locks = new WeakMap<Dbt, Map<string, Lock<never>>>();

/**
 * Runs `use` while no other call with one of the same names does; it is given the last result under each name. To be called
 * where nothing interrupts: only the wait for the locks can be interrupted.
 */
export const oneAtATime = Effect.fnUntraced(function* <A, E, R>(
  names: ReadonlyArray<string>,
  use: (left: ReadonlyArray<A>) => Effect.Effect<A, E, R>,
  restore: Restore,
): Effect.fn.Return<A, E, R | Dbt> {
  const dbt = yield* Dbt;
  // A name is used with one type only: there is one caller.
  const all = (locks.get(dbt) ?? new Map()) as Map<string, Lock<A>>;
  locks.set(dbt, all as Map<string, Lock<never>>);
  const mine = names.map((name) => {
    const lock = all.get(name) ?? { semaphore: Semaphore.makeUnsafe(1), users: 0, left: undefined };
    lock.users++;
    // The newest last, so that the oldest go first.
    all.delete(name);
    all.set(name, lock);
    return lock;
  });
  const locked = mine.reduceRight<Effect.Effect<A, E, R>>(
    (inner, { semaphore }) => Effect.andThen(restore(semaphore.take(1)), Effect.ensuring(inner, semaphore.release(1))),
    Effect.suspend(() => use(mine.flatMap(({ left }) => left === undefined ? [] : [left]))).pipe(
      Effect.tap((result) =>
        Effect.sync(() => {
          for (const lock of mine) lock.left = result;
        })
      ),
    ),
  );
  return yield* Effect.ensuring(
    locked,
    Effect.sync(() => {
      for (const lock of mine) lock.users--;
      for (const [name, { users }] of all) {
        if (all.size <= kept) break;
        if (users === 0) all.delete(name);
      }
    }),
  );
});
