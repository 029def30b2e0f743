/**
 * Waiting for a run: as a stream of events, or until its end. A transient failure does not end the wait of a healthy
 * run, and only the run's `status` says that it has ended. Nothing here cancels a run.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Pull from "effect/Pull";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { noAnswerWithin } from "../client/response.ts";
import { TransformRetry } from "../client/retry.ts";
import { Dbt } from "../dbt.ts";
import { DbtError, isTransient } from "../error.ts";
import type { InAccount } from "../shared_fields.ts";
import { warn } from "../deliver_events.ts";
import { monotonicSeconds } from "../time.ts";
import { sendForRun } from "./lenient_run.ts";
import { changes, hasEnded, type RunEvent, type Seen } from "./run_events.ts";

/** Which run is waited for. */
export interface RunRequest extends InAccount {
  /** The run. */
  readonly run_id: number;
}

/**
 * How a run is waited for.
 *
 * @typeParam R What the schedule needs.
 */
export interface WaitOptions<R = never> {
  /**
   * Give up after this long, by monotonic time; the last poll may take up to 5 s more. The run goes on (default: no
   * limit).
   */
  readonly timeout?: Duration.Input;
  /**
   * The polling intervals. The schedule is given the run as last seen, and its time does not jump when somebody sets
   * the clock. Where it ends, the wait ends as after `timeout` (default: {@linkcode pace}, and {@linkcode logsPace} with
   * `logs`).
   */
  readonly schedule?: Schedule.Schedule<unknown, Run | undefined, never, R>;
  /**
   * Ask for the run's steps, which {@linkcode StepBegan}, {@linkcode StepEnded} and {@linkcode LogsGrew} need. dbt Cloud
   * sends the logs of the steps with them (default: only where somebody gets events).
   */
  readonly steps?: boolean;
  /** Report what the steps print, as {@linkcode LogsGrew} (default: false). */
  readonly logs?: boolean;
  /** The run was triggered just now: for a minute, a `NotFound` does not end the wait (default: false). */
  readonly fresh?: boolean;
  /**
   * How long to bear with nothing but transient failures; once the run was seen, or is `fresh`, also with answers that
   * are not understood. A 429 does not count (default: 10 minutes).
   */
  readonly patience?: Duration.Input;
}

/**
 * The default polling intervals: 2 s at first, then a quarter of the time waited so far, at most 25 s; 60 s after half
 * an hour. So the end of a run is seen no later than 25 s after it, and 60 s where it took longer than half an hour. A
 * run of ten minutes costs at most 38 polls.
 */
export const pace: Schedule.Schedule<Duration.Duration> = slowing((seconds) => seconds < 1800 ? 25 : 60);

/** The default polling intervals of a wait with logs: as {@linkcode pace}, but at most 10 s, whatever the run's age. */
export const logsPace: Schedule.Schedule<Duration.Duration> = slowing(() => 10);

function slowing(longest: (seconds: number) => number): Schedule.Schedule<Duration.Duration> {
  return Schedule.fromStep(Effect.sync(() => {
    let begun: number | undefined;
    return (now: number) => {
      begun ??= now;
      const seconds = (now - begun) / 1000;
      const delay = Duration.seconds(Math.min(Math.max(2, seconds / 4), longest(seconds)));
      return Effect.succeed<[Duration.Duration, Duration.Duration]>([delay, delay]);
    };
  }));
}

/** For how many seconds a run may not be found that was triggered just now: about one in a hundred (PrefectHQ/prefect#12959). */
const freshness = 60;
/** How often in a row a run may not be found that was seen already. */
const disappearances = 5;
/** How long the last poll may take, in seconds. */
const lastPoll = 5;
/** How many answers with steps are not understood, although the same run without steps is, until no steps are asked for. */
const mostUnreadSteps = 2;

/**
 * Watches a run until it has ended, as a stream of events. The last event is a {@linkcode StatusChanged} with the run as
 * it ended, in success or not. The first one reports how the run is now.
 *
 * **When to use**
 *
 * For a run that something else started: it is never cancelled. {@linkcode waitForRun} gives only the run at its end;
 * `triggerAndWatch` also starts it.
 *
 * **Details**
 *
 * One request for each poll, at the intervals of `schedule`. Only `id` and `status` decide: any other member of the run
 * may be missing, null or of another type. An event's `run` is the object that came; its `step` has no members of a
 * wrong type. The steps come with their logs: where such an answer is not understood, as one of more than 64 MiB, and
 * the run without them is, the wait goes on without steps, and logs a warning.
 *
 * **Errors**
 *
 * `WaitTimedOut` where the last poll before `timeout` saw the run in flight, else the failure of that poll. Failures
 * that are not transient end the watch at once: `Unauthorized`, `Forbidden`, `NotFound`, `Invalid`. Transient ones end
 * it after `patience`: `Unreachable`, `ServerFault`, `Undecodable`.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs, watchRun } from "@dbtc/dbtc";
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
 * const program = Effect.gen(function* () {
 *   const { id } = yield* jobs.trigger({ job_id: 1, cause: "By another tool" });
 *   return yield* watchRun({ run_id: id }).pipe(
 *     Stream.filter((event) => event._tag === "StepEnded"),
 *     Stream.map(({ step }) => step.name),
 *     Stream.runCollect,
 *   );
 * });
 * const steps = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert(steps.includes("Invoke dbt with `dbt build`"));
 * ```
 */
export function watchRun<R = never>(
  request: RunRequest,
  options: WaitOptions<R> = {},
): Stream.Stream<RunEvent, DbtError, Dbt | R> {
  return watchUntil(request, options, { passed: false });
}

/** Whether a wait ended because its time was up. */
export interface Deadline {
  /** Set before the wait fails. */
  passed: boolean;
}

/** {@linkcode watchRun}, which also says whether the time was up. */
export function watchUntil<R>(
  request: RunRequest,
  { steps = true, ...options }: WaitOptions<R>,
  deadline: Deadline,
): Stream.Stream<RunEvent, DbtError, Dbt | R> {
  const asked: runs.Get = steps || options.logs ? { ...request, include_related: ["run_steps"] } : request;
  return polls(asked, options, deadline).pipe(
    Stream.mapAccum(
      (): Seen => ({ status: undefined, steps: new Map(), logs: options.logs ? new Map() : undefined }),
      (seen, run) => [{ ...seen, status: run.status ?? null }, changes(seen, run)],
    ),
  );
}

/**
 * Waits until a run has ended in success, and gives it.
 *
 * **When to use**
 *
 * For a run that something else started: it is never cancelled. `runs.wait` is the same with default options, for a run
 * that may have been triggered just now; `triggerAndWait` also starts the run.
 *
 * **Details**
 *
 * One request for each poll, without the run's steps; see {@linkcode watchRun}.
 *
 * **Errors**
 *
 * `RunFailed` and `RunCancelled`, with the run as it ended, and the errors of {@linkcode watchRun}.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs, waitForRun } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = jobs.trigger({ job_id: 1, cause: "By another tool" }).pipe(
 *   Effect.flatMap(({ id }) => waitForRun({ run_id: id }, { fresh: true, timeout: "30 minutes" })),
 * );
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Success");
 * ```
 */
export function waitForRun<R = never>(
  request: RunRequest,
  options: WaitOptions<R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  // The polls end with one that saw the run's end, or fail.
  return Stream.runLast(polls(request, options)).pipe(
    Effect.flatMap((last) => outcome(Option.getOrThrow(last))),
    Effect.withSpan("waitForRun"),
  );
}

/** The run that ended in success, or the failure that another end is. */
export function outcome(run: Run): Effect.Effect<Run, DbtError> {
  if (run.status === runs.RunStatus.success) return Effect.succeed(run);
  const _tag = run.status === runs.RunStatus.cancelled ? "RunCancelled" : "RunFailed";
  return Effect.fail(new DbtError({ endpoint: runs.get.name, reason: { _tag, run } }));
}

/** The run at each poll, until one finds that it has ended. */
export function polls<R = never>(
  request: runs.Get,
  {
    timeout = Duration.infinity,
    logs = false,
    schedule = logs ? logsPace : pace,
    fresh = false,
    patience = "10 minutes",
  }: WaitOptions<R>,
  deadline: Deadline = { passed: false },
): Stream.Stream<Run, DbtError, Dbt | R> {
  return Stream.unwrap(Effect.gen(function* () {
    const step = yield* Schedule.toStep(schedule);
    const begun = yield* monotonicSeconds;
    const wallClock = yield* Clock.currentTimeMillis;
    const longest = Duration.toSeconds(Duration.fromInputUnsafe(timeout));
    const bearable = Duration.toSeconds(Duration.fromInputUnsafe(patience));
    let begins = true;
    let seen: Run | undefined;
    let failing: { readonly since: number; readonly missing: number; readonly error: DbtError } | undefined;

    /** Bears a failure that may pass. */
    const bear = Effect.fnUntraced(function* (error: DbtError) {
      const at = yield* monotonicSeconds;
      const isMissing = error.reason._tag === "NotFound";
      // As a proxy's page; a host that is the wrong one never knew the run.
      const isGarbled = error.reason._tag === "Undecodable" && (fresh || seen !== undefined);
      // A 429 shows that dbt Cloud is there: it counts for nothing, and what failed before has passed.
      const since = error.reason._tag === "RateLimited" ? Infinity : Math.min(failing?.since ?? at, at);
      failing = { since, missing: (failing?.missing ?? 0) + Number(isMissing), error };
      const bears = isMissing
        ? seen === undefined ? fresh && at - begun < freshness : failing.missing <= disappearances
        : (isTransient(error) || isGarbled) && at - since < bearable;
      if (bears) return undefined;
      deadline.passed = at - begun >= longest;
      return yield* error;
    });

    /** Waits until the next poll. Fails where the time is up. */
    const rest = Effect.gen(function* () {
      const seconds = (yield* monotonicSeconds) - begun;
      // The time of day is for schedules such as `Schedule.cron`; the passing of time is monotonic.
      const asks = seconds < longest ? step(wallClock + seconds * 1000, seen) : Cause.done();
      const delay = yield* asks.pipe(Effect.map(([, delay]) => delay), Pull.catchDone(() => Effect.undefined));
      if (delay !== undefined) return yield* Effect.sleep(Duration.min(delay, Duration.seconds(longest - seconds)));
      deadline.passed = true;
      // Only a poll that saw the run knows that it is in flight.
      if (failing !== undefined || seen === undefined) return yield* failing!.error;
      const reason = { _tag: "WaitTimedOut", run: seen, seconds: Math.round(seconds) } as const;
      return yield* new DbtError({ endpoint: runs.get.name, reason });
    });

    const { include_related, ...plain } = request;
    let unreadSteps = 0;
    /** The run; without its steps where they are what is not understood, as where their logs are too large. */
    const read = Effect.suspend(() => {
      if (include_related === undefined || unreadSteps >= mostUnreadSteps) return sendForRun(runs.get, plain);
      return sendForRun(runs.get, request).pipe(
        Effect.catchReason("DbtError", "Undecodable", (_, error) =>
          sendForRun(runs.get, plain).pipe(
            Effect.mapError(() => error),
            Effect.tap(() =>
              ++unreadSteps === mostUnreadSteps
                ? warn(`The steps of run ${plain.run_id} are not shown any more: ${error.message}`)
                : Effect.void
            ),
          )),
      );
    });

    /** One poll, which ends soon after the time is up, also where the client would try again. */
    const poll = Effect.gen(function* () {
      let last: DbtError | undefined;
      const seconds = Math.max(0, longest - ((yield* monotonicSeconds) - begun)) + lastPoll;
      const { url } = yield* Dbt;
      return yield* read.pipe(
        Effect.updateService(
          TransformRetry,
          (waits) => (policy) => Schedule.tap(waits(policy), ({ input }) => Effect.sync(() => last = input)),
        ),
        Effect.timeoutOrElse({
          duration: Duration.seconds(seconds),
          orElse: () => {
            const detail = noAnswerWithin(Duration.seconds(Math.round(seconds)));
            const reason = { _tag: "Unreachable", host: new URL(url).host, detail, permanent: false } as const;
            return Effect.fail(last ?? new DbtError({ endpoint: runs.get.name, reason }));
          },
        }),
      );
    });

    /** The run, as soon as a poll finds it. */
    const next = Effect.gen(function* () {
      while (true) {
        if (begins) begins = false;
        else yield* rest;
        const run = yield* Effect.catch(poll, bear);
        if (run === undefined) continue;
        failing = undefined;
        return seen = run;
      }
    });
    return Stream.fromEffectRepeat(next).pipe(Stream.takeUntil(hasEnded));
  }));
}
