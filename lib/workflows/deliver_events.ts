/**
 * Handing events to a caller's callback so that the callback cannot touch what is being done: it runs on a fiber of its
 * own, in order, and its failure is logged. Used by everything that starts a run or waits for one.
 *
 * @module
 */
import type * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";

/** A callback: whatever it needs, and however it fails. */
export type Callback<A, E, R> = (event: A) => Effect.Effect<unknown, E, R>;

/** How long a callback may take, at the end, for events that it has not been given yet. */
const grace = Duration.seconds(5);

/** How many turns of the scheduler it gets before that time begins. */
const turns = 1000;

/**
 * Runs an effect that tells events. Telling never waits and never fails. The callback gets each event, in order, on a
 * fiber of its own; its first failure or defect is logged as a warning. When the effect has ended, the callback has 5
 * seconds for what is left; then it is interrupted, which is logged too.
 */
export function delivering<A, E, R, B, E2, R2>(
  callback: Callback<A, E, R> | undefined,
  use: (tell: (event: A) => void) => Effect.Effect<B, E2, R2>,
): Effect.Effect<B, E2, R | R2> {
  if (callback === undefined) return use(() => {});
  return Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    const queue = yield* Queue.unbounded<A, Cause.Done>();
    let [left, warned] = [0, false];
    const deliver = Effect.fnUntraced(function* (event: A) {
      // A callback may also throw before it returns an effect.
      const exit = yield* Effect.exit(Effect.suspend(() => callback(event)));
      left--;
      if (exit._tag === "Success" || warned) return;
      warned = true;
      yield* warn("A callback failed; the run goes on as if it had not", exit.cause);
    });
    // Detached: a callback that cannot be interrupted must not hold the caller.
    const fiber = yield* Effect.forkDetach(
      Effect.interruptible(Stream.runForEach(Stream.fromQueue(queue), deliver)),
    );
    const exit = yield* Effect.exit(restore(Effect.suspend(() =>
      use((event) => {
        if (Queue.offerUnsafe(queue, event)) left++;
      })
    )));
    Queue.endUnsafe(queue);
    // A callback that waits for nothing needs turns and no time: on a `TestClock`, time can pass before it has any.
    for (let turn = 0; turn < turns && fiber.pollUnsafe() === undefined; turn++) yield* Effect.yieldNow;
    yield* Effect.timeoutOrElse(Fiber.await(fiber), {
      duration: grace,
      orElse: () => {
        fiber.interruptUnsafe();
        return warn(`A callback was given up: ${left} events were left after ${Duration.toSeconds(grace)} s`);
      },
    });
    return yield* exit;
  }));
}

/** Logs a warning. A logger that fails or dies changes nothing. */
export function warn(...message: ReadonlyArray<unknown>): Effect.Effect<void> {
  return Effect.ignoreCause(Effect.logWarning(...message));
}
