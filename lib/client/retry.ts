/**
 * `retry`, the default schedule of retries: how long the client waits before it sends a request again. Which errors are
 * retried at all is decided by `isTransient` of `lib/error.ts`; docs/retries.md has the table.
 *
 * The two references at the end change the waits of single calls: workflows use them.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Schedule from "effect/Schedule";
import { type DbtError, longestWait } from "../error.ts";

/** The waits after errors of one kind, in seconds. */
interface Backoff {
  /** The wait before retry `n`, counted from 0. */
  readonly delay: (retry: number) => number;
  /** No retry begins later than this after the first error of the kind. */
  readonly limit: number;
  /** Whether the wait is drawn from all of `[0, delay]`, so that many clients do not come back at once. */
  readonly jitter: boolean;
}

// Once a client is above its rate limit, the Admin API answers 429 for five minutes, and promises no Retry-After:
// https://docs.getdbt.com/docs/dbt-apis/rate-limits

/** The wait after a 429, in seconds; `before` is the number of 429 in a row before it. */
export function cooldownDelay(before: number): number {
  return Math.min(2 ** (before + 1), 30);
}

const afterRateLimit: Backoff = { delay: cooldownDelay, limit: longestWait, jitter: false };
const afterOtherErrors: Backoff = { delay: (retry) => Math.min(2 ** retry, 8), limit: 20, jitter: true };

/** The seconds that the server asks to wait before a retry, if it does. */
export function requestedWait({ reason }: DbtError): number | undefined {
  return "retry_after" in reason ? reason.retry_after : undefined;
}

/**
 * The default delays between retries.
 *
 * **When to use**
 *
 * To change a part of the policy and keep the rest: for a client by the option `retry`, for one call by `withRetry`.
 *
 * **Details**
 *
 * After a 429, or any answer with a `Retry-After`: 2, 4, 8, 16, 30, 30 … s, but at least as long as the answer asks, and
 * 330 s in all. After any other error that `isTransient` accepts: a random part of 1, 2, 4, 8, 8 … s, 20 s in all
 * between two answers that ask to wait. The schedule ends where the next wait would pass these limits.
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
  const states = new Map<Backoff, { retries: number; readonly since: number }>();
  return (now: number, error: DbtError) =>
    Effect.gen(function* () {
      const requested = requestedWait(error);
      const isAsked = error.reason._tag === "RateLimited" || requested !== undefined;
      const backoff = isAsked ? afterRateLimit : afterOtherErrors;
      const state = states.get(backoff) ?? { retries: 0, since: now };
      states.set(backoff, state);
      const longest = backoff.delay(state.retries++);
      const ours = backoff.jitter ? longest * (yield* Random.next) : longest;
      const delay = Duration.seconds(Math.max(ours, requested ?? 0));
      if (now - state.since + Duration.toMillis(delay) > backoff.limit * 1000) return yield* Cause.done(delay);
      // A wait that dbt Cloud asks for does not count for other errors: they start over after it.
      if (isAsked) states.delete(afterOtherErrors);
      return [delay, delay] as [Duration.Duration, Duration.Duration];
    });
}));

/** Changes the client's schedule of retries for the calls that it is provided to. */
export const TransformRetry: Context.Reference<
  (schedule: Schedule.Schedule<unknown, DbtError>) => Schedule.Schedule<unknown, DbtError>
> = Context.Reference("@dbtc/dbtc/client/retry/TransformRetry", { defaultValue: () => (schedule) => schedule });

/**
 * Changes the waits for the client's rate limiter for the calls that it is provided to: to `Effect.interruptible`, say,
 * where the call itself cannot be interrupted. The request is sent only after the wait.
 */
export const TransformRateLimitWait: Context.Reference<<E>(wait: Effect.Effect<void, E>) => Effect.Effect<void, E>> =
  Context.Reference("@dbtc/dbtc/client/retry/TransformRateLimitWait", { defaultValue: () => (wait) => wait });
