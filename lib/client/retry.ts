/**
 * When a request is sent again.
 *
 * What may be sent again is a property of the error ({@linkcode isTransient}), and docs/retries.md has the table, each
 * cell with its reason; how long to wait is a schedule, which a caller can replace.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Schedule from "effect/Schedule";
import type { DbtError } from "../error.ts";

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

/** The seconds of the wait after that many 429 in a row. */
export function cooldownDelay(before: number): number {
  return Math.min(2 ** (before + 1), 30);
}

/** The seconds after which a cooldown is over, if it was one. */
export const longestCooldown = 330;

const cooldown: Ladder = { delay: cooldownDelay, bound: longestCooldown, jitter: false };
const blip: Ladder = { delay: (attempt) => Math.min(2 ** attempt, 8), bound: 20, jitter: true };

/**
 * The waits of a session that says nothing else. After a 429: 2, 4, 8, 16, 30, 30 … s, 330 s in all. After anything
 * else that is transient: up to 1, 2, 4, 8 s at random, 20 s in all between two 429. A `Retry-After` is waited for
 * where it fits.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs, retry } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Schedule from "effect/Schedule";
 * import assert from "node:assert/strict";
 *
 * // As always, but never more than three times.
 * const session = DbtClient.layer({
 *   token: Redacted.make("sandbox"),
 *   account_id: 1,
 *   host: "http://127.0.0.1",
 *   retry: Schedule.max([retry, Schedule.recurs(2)]),
 * }).pipe(Layer.provide(sandbox.layer({ faults: [{ fault: "server-error", times: 1 }] })));
 * const job = await Effect.runPromise(jobs.get({ job_id: 1 }).pipe(Effect.provide(session)));
 * assert.equal(job.id, 1);
 * ```
 */
export const retry: Schedule.Schedule<Duration.Duration, DbtError> = Schedule.fromStep(Effect.sync(() => {
  const seen = new Map<Ladder, { attempt: number; readonly since: number }>();
  return Effect.fnUntraced(function* (now: number, { reason }: DbtError) {
    const ladder = reason._tag === "RateLimited" ? cooldown : blip;
    const state = seen.get(ladder) ?? { attempt: 0, since: now };
    seen.set(ladder, state);
    const longest = ladder.delay(state.attempt++);
    const drawn = ladder.jitter ? longest * (yield* Random.next) : longest;
    const asked = "retry_after" in reason ? reason.retry_after ?? 0 : 0;
    const delay = Duration.seconds(Math.max(drawn, asked));
    if (now - state.since + Duration.toMillis(delay) > ladder.bound * 1000) return yield* Cause.done(delay);
    // A cooldown is no part of a blip: what fails after it begins anew.
    if (reason._tag === "RateLimited") seen.delete(blip);
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
export const Pause: Context.Reference<<E>(wait: Effect.Effect<void, E>) => Effect.Effect<void, E>> = Context.Reference(
  "@dbtc/dbtc/retry/Pause",
  { defaultValue: () => (wait) => wait },
);
