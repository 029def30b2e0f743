/**
 * Handing events to a caller's callback so that the callback cannot touch what is being done: it runs on a fiber of its
 * own, in order, and its failure is logged. Used by everything that starts a run or waits for one, and by downloads.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

/** A callback: whatever it needs, and however it fails. */
export type Callback<A, E, R> = (event: A) => Effect.Effect<unknown, E, R>;

/** How long a callback may take, at the end, for events that it has not been given yet. */
const grace = Duration.seconds(5);

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
    const waiting: Array<A> = [];
    let [warned, givenUp] = [false, false];
    let fiber: Fiber.Fiber<void> | undefined;
    const deliver = Effect.gen(function* () {
      for (let event = waiting.shift(); event !== undefined && !givenUp; event = waiting.shift()) {
        const given = event;
        // A callback may also throw before it returns an effect.
        const exit = yield* Effect.exit(Effect.suspend(() => callback(given)));
        if (exit._tag === "Success" || warned || givenUp) continue;
        warned = true;
        yield* warn("A callback failed. That changes nothing else", exit.cause);
      }
    });
    // Detached: a callback that cannot be interrupted must not hold the caller. It starts at once, so that one that
    // waits for nothing is never behind.
    const run = Effect.runForkWith(yield* Effect.context<R>());
    const exit = yield* Effect.exit(restore(Effect.suspend(() =>
      use((event) => {
        waiting.push(event);
        if (fiber === undefined || fiber.pollUnsafe() !== undefined) fiber = run(deliver);
      })
    )));
    if (fiber !== undefined && fiber.pollUnsafe() === undefined) {
      const left = fiber;
      yield* Effect.timeoutOrElse(Fiber.await(left), {
        duration: grace,
        orElse: () => {
          givenUp = true;
          left.interruptUnsafe();
          const count = waiting.length === 0 ? "" : `, and ${waiting.length} events were not delivered`;
          return warn(`A callback was interrupted: it did not end within ${Duration.toSeconds(grace)} s${count}`);
        },
      });
    }
    return yield* exit;
  }));
}

/** Logs a warning. A logger that fails or dies changes nothing. */
export function warn(...message: ReadonlyArray<unknown>): Effect.Effect<void> {
  return Effect.ignoreCause(Effect.logWarning(...message));
}
