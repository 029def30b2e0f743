/**
 * Runs a save once for all who ask for it at the same time: the sandbox saves its state before it answers a write.
 *
 * @module
 */
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";

/**
 * An effect that returns once a whole `save` has run that began after it. Two never run at the same time: who comes
 * while one runs waits for the next, together with all others who wait. `save` runs to its end even if the client that
 * started it leaves, since others may wait for it.
 */
export function coalesce(save: Effect.Effect<void>): Effect.Effect<void> {
  const turn = Semaphore.makeUnsafe(1);
  let next: Deferred.Deferred<void> | undefined;
  return Effect.suspend(() => {
    if (next !== undefined) return Deferred.await(next);
    const round = next = Deferred.makeUnsafe<void>();
    const begin = Effect.suspend(() => {
      next = undefined;
      return save;
    });
    return turn.withPermits(1)(begin).pipe(
      Effect.onExit((exit) => Deferred.done(round, exit)),
      Effect.uninterruptible,
    );
  });
}
