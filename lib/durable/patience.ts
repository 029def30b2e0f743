/**
 * How deployments bear with a database that is away or full: what is tried again, after how long, and what people are
 * told meanwhile.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import { warn } from "../deliver_events.ts";

/** The pauses between tries: longer each time, at most five seconds. */
export const pauses = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]);

/** Tries a step of the database until it succeeds. */
export function patient<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> {
  return Effect.orDie(Effect.retry(effect, pauses));
}

/** Makes a warning that is printed at most once a minute. */
export function makeRareWarning(): (text: string) => Effect.Effect<void> {
  let warnedAt = -Infinity;
  return Effect.fnUntraced(function* (text) {
    const now = yield* Clock.currentTimeMillis;
    if (now - warnedAt < 60_000) return;
    warnedAt = now;
    yield* warn(text);
  });
}
