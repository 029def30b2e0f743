/**
 * Starting a run, and waiting for it: the public functions. Each start comes in three forms: it leaves the run
 * (`trigger`), it is a stream of what happens to the run (`triggerAndWatch`), or it waits for the run's success
 * (`triggerAndWait`). How it is done is in `start_tagged.ts` and `wait_with_retries.ts`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type * as jobs from "../api/jobs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import type {
  AskOptions,
  EventOptions,
  FollowOptions,
  RestartOptions,
  StartOptions,
  TriggerEvent,
  TriggerOptions,
  WatchOptions,
} from "./start_options.ts";
import { startFromFailure, startTagged } from "./start_tagged.ts";
import type { RunRequest } from "./wait_for_run.ts";
import { awaitStarted, begin, watchStarted } from "./wait_with_retries.ts";

export type { Callback } from "../deliver_events.ts";
export type { Mark } from "./start_at_most_once.ts";
export type {
  AskOptions,
  Attached,
  Cancelling,
  EventOptions,
  FollowOptions,
  NotCancelled,
  RestartOptions,
  SeeThroughOptions,
  StartOptions,
  StopEvent,
  Triggered,
  TriggerEvent,
  TriggerOptions,
  WatchOptions,
} from "./start_options.ts";

// ---- a new run ------------------------------------------------------------------------------------------------------

/**
 * Starts a run of a job, at most once, and leaves it.
 *
 * **When to use**
 *
 * To start a run and not wait for it. `jobs.trigger` is the bare request: it leaves the cause alone, and does not search
 * for a run whose answer was lost.
 *
 * **Details**
 *
 * Two requests: one lists the job's newest run, one starts the run. The cause ends with a tag, and its words are cut so
 * that both fit into the 255 bytes that dbt Cloud keeps. Where the answer is lost, up to six requests within 60 s search
 * for the run by its tag. A second request to start it is sent only with `resend`.
 *
 * An interrupt waits for a write that is under way, shortens the search, and leaves the run.
 *
 * **Errors**
 *
 * `Ambiguous` where the answer was lost and no run turned up: it says where to look. `Unsendable` where options
 * contradict each other, or the client is read-only. All other reasons say that no run was started: `NotFound`,
 * `Forbidden`, `Invalid`, `Unauthorized`, `RateLimited`, `ServerFault`, `Unreachable`.
 *
 * @example
 * ```ts
 * import { DbtClient, trigger } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * // A CI step that is run again gets the run that it started before.
 * const step = trigger({ job_id: 1, cause: "Deploy" }, { key: "build-4711" });
 * const [first, again] = await Effect.runPromise(Effect.all([step, step]).pipe(Effect.provide(session)));
 * assert.equal(first.id, again.id);
 * ```
 */
export function trigger<E = never, R = never>(
  request: jobs.Trigger,
  options: StartOptions<E, R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  return begin((restore) => startTagged(request, options, restore), options).pipe(Effect.withSpan("trigger"));
}

/**
 * Starts a run of a job as {@linkcode trigger} does, and gives what happens to it as a stream, until it has ended.
 *
 * **When to use**
 *
 * To react to each event, and to decide when to stop. {@linkcode triggerAndWait} runs this stream to its end, and gives
 * only the run.
 *
 * **Details**
 *
 * The first event is `Triggered` or `Attached`. The last one is a `StatusChanged` with the run as it ended, in success
 * or not. The next poll is made when the consumer asks for more: a slow consumer makes the wait slower, not wrong.
 *
 * The scope of the stream owns the run. Where the consumer stops before the run has ended, the run is cancelled if it is
 * certain that it was started here: after an interrupt, `Effect.timeout`, a race, `Stream.take`, and also where the
 * consumer itself fails or dies. The cancel takes up to 10 s, and comes first; `onStop` hears of it. A start
 * that is under way is waited for before: up to the client's `timeout`, and half a minute to find a run whose answer was
 * lost. A run that was
 * attached to is never cancelled. `onInterrupt: "leave"` leaves the run. After `timeout`, and where dbt Cloud's answers
 * end the wait, the run is left, unless `onTimeout` is `cancel` and the time was up.
 *
 * One request for each poll, beside those of {@linkcode trigger}; see {@linkcode watchRun}.
 *
 * **Errors**
 *
 * Those of {@linkcode trigger} and {@linkcode watchRun}. With `retries`, also `Ambiguous` where the answer to a retry
 * was lost.
 *
 * @example
 * ```ts
 * import { DbtClient, triggerAndWatch } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWatch({ job_id: 1, cause: "Watched" }).pipe(
 *   Stream.map(({ _tag }) => _tag),
 *   Stream.runCollect,
 * );
 * const events = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(events[0], "Triggered");
 * assert.equal(events.at(-1), "StatusChanged");
 * ```
 */
export function triggerAndWatch<E = never, R = never>(
  request: jobs.Trigger,
  options: AskOptions<E, R> & WatchOptions<E, R> = {},
): Stream.Stream<TriggerEvent, DbtError, Dbt | R> {
  return watchStarted((restore) => startTagged(request, options, restore), request, options).pipe(
    Stream.withSpan("triggerAndWatch"),
  );
}

/**
 * Starts a run of a job as {@linkcode trigger} does, waits until it has ended in success, and gives it.
 *
 * **When to use**
 *
 * For a deployment or a CI step that must not go on before the run has succeeded.
 *
 * **Details**
 *
 * An interrupt, as by `Effect.timeout` or a race, cancels the run that was started here, and no other: also one whose
 * answer was lost, since its tag proves whose it is. It takes up to 10 s once the run is known; a start that is under
 * way is waited for before, up to the client's `timeout` and half a minute to find a run whose answer was lost.
 * `onInterrupt: "leave"` leaves the run. After
 * `timeout`, and where dbt Cloud's answers end the wait, the run is left, unless `onTimeout` is `cancel` and the time was
 * up.
 *
 * One request for each poll, beside those of {@linkcode trigger}: 40 in all for a run of ten minutes.
 *
 * **Errors**
 *
 * `RunFailed` and `RunCancelled`, with the run as it ended, and the errors of {@linkcode triggerAndWatch}.
 *
 * @example
 * ```ts
 * import { DbtClient, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 1, cause: "README" }, { timeout: "5 minutes" });
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Success");
 * ```
 */
export function triggerAndWait<E = never, R = never>(
  request: jobs.Trigger,
  options: TriggerOptions<E, R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  return awaitStarted((restore) => startTagged(request, options, restore), request, options).pipe(
    Effect.withSpan("triggerAndWait"),
  );
}

// ---- a retry of the newest run of a job -----------------------------------------------------------------------------

/**
 * Starts a run that retries a job's newest run from the point of failure, at most once, and leaves it.
 *
 * **When to use**
 *
 * To restart a job without knowing its last run. {@linkcode retryRun} retries a run that you name.
 *
 * **Details**
 *
 * Two requests, as with {@linkcode trigger}. Such a run has no cause, and so no tag: where the answer is lost, the run is
 * found by the run that it retries. It may then be one that another started at the same time, and is never cancelled.
 *
 * **Errors**
 *
 * `Unsendable` where the newest run did not fail, or dbt cannot retry it, unless `orRun` says what to start then.
 * Otherwise those of {@linkcode trigger}.
 */
export function restart<E = never, R = never>(
  job: jobs.OfJob,
  options: RestartOptions<E, R> & EventOptions<TriggerEvent, E, R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  return begin((restore) => startFromFailure(job, options, restore), options).pipe(Effect.withSpan("restart"));
}

/**
 * Starts a run as {@linkcode restart} does, and gives what happens to it as {@linkcode triggerAndWatch} does, with the
 * errors of both.
 */
export function restartAndWatch<E = never, R = never>(
  job: jobs.OfJob,
  options: RestartOptions<E, R> & WatchOptions<E, R> = {},
): Stream.Stream<TriggerEvent, DbtError, Dbt | R> {
  return watchStarted((restore) => startFromFailure(job, options, restore), job, options).pipe(
    Stream.withSpan("restartAndWatch"),
  );
}

/**
 * Starts a run as {@linkcode restart} does, and waits for it as {@linkcode triggerAndWait} does, with the errors of both.
 */
export function restartAndWait<E = never, R = never>(
  job: jobs.OfJob,
  options: RestartOptions<E, R> & FollowOptions<E, R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  return awaitStarted((restore) => startFromFailure(job, options, restore), job, options).pipe(
    Effect.withSpan("restartAndWait"),
  );
}

// ---- a retry of a run -----------------------------------------------------------------------------------------------

/**
 * Starts a run that retries this one from the point of failure, at most once, and leaves it.
 *
 * **Details**
 *
 * As {@linkcode restart}, with one more request, for the run's job.
 *
 * **Errors**
 *
 * `Unsendable` where the run is not the newest of its job, did not fail, or dbt cannot retry it. Otherwise those of
 * {@linkcode trigger}.
 *
 * @example
 * ```ts
 * import { DbtClient, retryRun, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 2, cause: "Nightly" }).pipe(
 *   Effect.catchReason("DbtError", "RunFailed", ({ run }) => retryRun({ run_id: run.id })),
 * );
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Queued");
 * ```
 */
export function retryRun<E = never, R = never>(
  run: RunRequest,
  options: Omit<RestartOptions<E, R>, "orRun"> & EventOptions<TriggerEvent, E, R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  return begin((restore) => startFromFailure(run, options, restore), options).pipe(Effect.withSpan("retryRun"));
}

/**
 * Starts a run as {@linkcode retryRun} does, and gives what happens to it as {@linkcode triggerAndWatch} does, with the
 * errors of both.
 */
export function retryAndWatch<E = never, R = never>(
  run: RunRequest,
  options: Omit<RestartOptions<E, R>, "orRun"> & WatchOptions<E, R> = {},
): Stream.Stream<TriggerEvent, DbtError, Dbt | R> {
  return watchStarted((restore) => startFromFailure(run, options, restore), run, options).pipe(
    Stream.withSpan("retryAndWatch"),
  );
}

/**
 * Starts a run as {@linkcode retryRun} does, and waits for it as {@linkcode triggerAndWait} does, with the errors of
 * both.
 */
export function retryAndWait<E = never, R = never>(
  run: RunRequest,
  options: Omit<RestartOptions<E, R>, "orRun"> & FollowOptions<E, R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  return awaitStarted((restore) => startFromFailure(run, options, restore), run, options).pipe(
    Effect.withSpan("retryAndWait"),
  );
}
