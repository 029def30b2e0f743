/**
 * When a request is sent again.
 *
 * What may be sent again is a property of the error ({@linkcode isTransient}); how long to wait is this schedule, which
 * a caller can replace.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Schedule from "effect/Schedule";
import type { DbtError } from "./error.ts";

/** Waits between attempts, in seconds, for errors of one kind. */
interface Ladder {
  /** The wait before attempt `n`, counted from 0. */
  readonly delay: (attempt: number) => number;
  /** No attempt begins later than this after the first error of the kind; for a blip, the first since a cooldown. */
  readonly bound: number;
  /** Spread the waits over all of `[0, delay]`, so that many clients do not come back at once. */
  readonly jitter: boolean;
}

// Above its limit the Admin API cools down for five minutes, and promises no Retry-After:
// https://docs.getdbt.com/docs/dbt-apis/rate-limits
const cooldown: Ladder = { delay: (attempt) => Math.min(2 ** (attempt + 1), 30), bound: 330, jitter: false };
const blip: Ladder = { delay: (attempt) => Math.min(2 ** attempt, 8), bound: 20, jitter: true };

/**
 * The waits of a session that says nothing else. After a 429: 2, 4, 8, 16, 30, 30 … s, 330 s in all. After anything
 * else that is transient: up to 1, 2, 4, 8 s at random, 20 s in all between two 429. A `Retry-After` is waited for
 * where it fits.
 */
export const retry: Schedule.Schedule<Duration.Duration, DbtError> = Schedule.fromStep(Effect.sync(() => {
  const seen = new Map<Ladder, { attempt: number; readonly since: number }>();
  return Effect.fnUntraced(function* (now: number, { message, reason }: DbtError) {
    const ladder = reason._tag === "RateLimited" ? cooldown : blip;
    const state = seen.get(ladder) ?? { attempt: 0, since: now };
    seen.set(ladder, state);
    const longest = ladder.delay(state.attempt++);
    const drawn = ladder.jitter ? longest * (yield* Random.next) : longest;
    const asked = "retry_after" in reason ? reason.retry_after ?? 0 : 0;
    const delay = Duration.seconds(Math.max(drawn, asked));
    if (now - state.since + Duration.toMillis(delay) > ladder.bound * 1000) return yield* Cause.done(delay);
    if (reason._tag === "RateLimited") {
      yield* Effect.logWarning(`dbt Cloud limits the rate: trying again in ${Math.ceil(Duration.toSeconds(delay))} s`);
      // A cooldown is no part of a blip: what fails after it begins anew.
      seen.delete(blip);
    } else if (state.attempt === 2) {
      // Once is a blip; from the second time on, whoever waits wants to know.
      yield* Effect.logWarning(`${message.replace(/ Try again later\.$/, "")} Trying again`);
    }
    return [delay, delay] as [Duration.Duration, Duration.Duration];
  });
}));

/** What becomes of a session's waits between attempts, for the calls that it is provided to. */
export const Waits: Context.Reference<
  (schedule: Schedule.Schedule<unknown, DbtError>) => Schedule.Schedule<unknown, DbtError>
> = Context.Reference("@dbtc/dbtc/retry/Waits", { defaultValue: () => (schedule) => schedule });

/**
 * What becomes of a wait for the session's rate limiter, for the calls that it is provided to: `Effect.interruptible`
 * where the call itself cannot be interrupted. Nothing is sent before the wait is over.
 */
export const Pause: Context.Reference<(wait: Effect.Effect<void>) => Effect.Effect<void>> = Context.Reference(
  "@dbtc/dbtc/retry/Pause",
  { defaultValue: () => (wait) => wait },
);
