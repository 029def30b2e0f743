/**
 * Polls a run until it has ended: `waitForRun`, and `watchRun` as a stream of events. The library exports both;
 * starting and cancelling runs and the command line build on them.
 *
 * Polling goes on through failures that pass: only the run's `status` says that it has ended. Nothing here cancels a
 * run.
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
import type { Run, RunStep } from "../api/runs.ts";
import { noAnswerWithin } from "../client/response.ts";
import { TransformRetry } from "../client/retry.ts";
import { Dbt } from "../dbt.ts";
import { DbtError, isTransient } from "../error.ts";
import type { InAccount } from "../shared_fields.ts";
import { type LogProgress, newLines } from "./step_log.ts";

/** Which run is waited for. */
export interface RunRequest extends InAccount {
  /** The run. */
  readonly run_id: number;
}

/** How a run is waited for. */
export interface WaitOptions {
  /** Give up after this long, after one last look of at most 5 s; the run goes on. For ever when absent. */
  readonly timeout?: Duration.Input;
  /**
   * The waits between two looks, fed with the run as last seen; where it ends, the wait ends as after `timeout`.
   * {@linkcode pace} when absent, or {@linkcode logsPace} where `logs` are told.
   */
  readonly schedule?: Schedule.Schedule<unknown, Run | undefined>;
  /** Tell what the steps print, as {@linkcode LogsGrew}. They are not told when absent. */
  readonly logs?: boolean;
  /** The run was triggered just now: for a minute, dbt Cloud may not find it. */
  readonly fresh?: boolean;
  /**
   * How long to bear with nothing but failures that may pass: once the run was seen, or is `fresh`, also with answers
   * that are not understood. 10 minutes when absent. A 429 is none of them: it is borne until `timeout`.
   */
  readonly patience?: Duration.Input;
}

/** The run's status is another one, or is seen for the first time. */
export interface StatusChanged {
  /** Tells the event. */
  readonly _tag: "StatusChanged";
  /** The run, as it is now. */
  readonly run: Run;
}

/** A step of the run began. */
export interface StepBegan {
  /** Tells the event. */
  readonly _tag: "StepBegan";
  /** The run, as it is now. */
  readonly run: Run;
  /** The step. */
  readonly step: RunStep;
}

/** A step of the run ended: its status says how. */
export interface StepEnded {
  /** Tells the event. */
  readonly _tag: "StepEnded";
  /** The run, as it is now. */
  readonly run: Run;
  /** The step. */
  readonly step: RunStep;
}

/**
 * A step printed lines, or had printed them when the run was first seen. Each line is told once, and none is lost: also
 * those of a step that ended between two looks.
 */
export interface LogsGrew {
  /** Tells the event. */
  readonly _tag: "LogsGrew";
  /** The run, as it is now. */
  readonly run: Run;
  /** The step. */
  readonly step: RunStep;
  /** The new lines, as they came: with the escapes that colour a terminal. The last one has no line break. */
  readonly text: string;
}

/** What is seen of a run. */
export type RunEvent = StatusChanged | StepBegan | LogsGrew | StepEnded;

/**
 * The waits between two looks at a run: 2 s at first, then a quarter of what was waited so far, at most 25 s; 60 s
 * after half an hour. So the end of a run is seen no later than 25 s after it, and 60 s where it has taken longer than
 * half an hour; one of ten minutes costs no more than 38 looks.
 */
export const pace: Schedule.Schedule<Duration.Duration> = growingInterval((seconds) => seconds < 1800 ? 25 : 60);

/**
 * The waits between two looks at a run whose logs are told: as {@linkcode pace}, but at most 10 s, whatever its age.
 */
export const logsPace: Schedule.Schedule<Duration.Duration> = growingInterval(() => 10);

/** A quarter of the time since the first poll, between 2 s and `longest`, which is told that time. */
function growingInterval(longest: (seconds: number) => number): Schedule.Schedule<Duration.Duration> {
  return Schedule.fromStep(Effect.sync(() => {
    let start: number | undefined;
    return (now: number) => {
      start ??= now;
      const seconds = (now - start) / 1000;
      const delay = Duration.seconds(Math.min(Math.max(2, seconds / 4), longest(seconds)));
      return Effect.succeed<[Duration.Duration, Duration.Duration]>([delay, delay]);
    };
  }));
}

/**
 * For how many seconds a new run may not be found: about one in a hundred is not at first (PrefectHQ/prefect#12959).
 */
const secondsUntilFound = 60;
/** How often in a row a run may not be found once it was found. */
const mostDisappearances = 5;
/** How many seconds the last poll, after the timeout, may take. */
const lastPoll = 5;

/**
 * What happens to a run until it has ended: the last event is a {@linkcode StatusChanged} with the run as it ended,
 * whichever way. The first one tells how the run is now. Fails as the API fails for good, and with `WaitTimedOut`.
 */
export function watchRun(request: RunRequest, options: WaitOptions = {}): Stream.Stream<RunEvent, DbtError, Dbt> {
  return pollRun({ ...request, include_related: ["run_steps"] }, options).pipe(
    Stream.mapAccum(
      (): LastState => ({ logs: options.logs ? new Map() : undefined }),
      (before, run) => [{ ...before, run }, changes(before, run)],
    ),
  );
}

/**
 * The run, once it has ended in success. Fails with `RunFailed`, `RunCancelled` or `WaitTimedOut`, which hold the run,
 * and as the API fails for good.
 */
export const waitForRun: (request: RunRequest, options?: WaitOptions) => Effect.Effect<Run, DbtError, Dbt> = Effect
  .fn("waitForRun")(function* (request, options = {}) {
    const last = yield* Stream.runLast(pollRun(request, options));
    // Polling ends with the run as it ended, or fails: there is a last one.
    return yield* outcome(Option.getOrThrow(last));
  });

/** The run, if it succeeded; otherwise fails with `RunFailed` or `RunCancelled`. */
export function outcome(run: Run): Effect.Effect<Run, DbtError> {
  if (run.status === runs.RunStatus.success) return Effect.succeed(run);
  const _tag = run.status === runs.RunStatus.cancelled ? "RunCancelled" : "RunFailed";
  return Effect.fail(new DbtError({ endpoint: runs.get.name, reason: { _tag, run } }));
}

/** The run at each poll; the last one is the run as it ended. */
export function pollRun(
  request: runs.Get,
  {
    timeout = Duration.infinity,
    logs = false,
    schedule = logs ? logsPace : pace,
    fresh = false,
    patience = "10 minutes",
  }: WaitOptions,
): Stream.Stream<Run, DbtError, Dbt> {
  return Stream.unwrap(Effect.gen(function* () {
    const nextDelay = yield* Schedule.toStep(schedule);
    const start = yield* now;
    const timeoutSeconds = Duration.toSeconds(Duration.fromInputUnsafe(timeout));
    const patienceSeconds = Duration.toSeconds(Duration.fromInputUnsafe(patience));
    let isFirst = true;
    let seen: Run | undefined;
    /** The failures since the last poll that found the run: since when, how many `NotFound`, and the last one. */
    let failing: { readonly since: number; readonly missing: number; readonly error: DbtError } | undefined;

    /** Fails, unless the failure may pass. */
    const tolerate = Effect.fnUntraced(function* (error: DbtError) {
      const at = yield* now;
      const isMissing = error.reason._tag === "NotFound";
      // Such as the error page of a proxy. Where the run was never found, the host may be a wrong one.
      const isGarbled = error.reason._tag === "Undecodable" && (fresh || seen !== undefined);
      // A 429 shows that dbt Cloud works: the time of failures starts over after it.
      const since = error.reason._tag === "RateLimited" ? Infinity : Math.min(failing?.since ?? at, at);
      failing = { since, missing: (failing?.missing ?? 0) + Number(isMissing), error };
      const mayPass = isMissing
        ? seen === undefined ? fresh && at - start < secondsUntilFound : failing.missing <= mostDisappearances
        : (isTransient(error) || isGarbled) && at - since < patienceSeconds;
      return mayPass ? undefined : yield* error;
    });

    /** Waits until the next poll. Fails after `timeout`, or where the schedule ends. */
    const waitForNext = Effect.gen(function* () {
      const seconds = (yield* now) - start;
      const next = seconds < timeoutSeconds ? nextDelay(yield* Clock.currentTimeMillis, seen) : Cause.done();
      const delay = yield* next.pipe(Effect.map(([, delay]) => delay), Pull.catchDone(() => Effect.undefined));
      if (delay !== undefined) {
        return yield* Effect.sleep(Duration.min(delay, Duration.seconds(timeoutSeconds - seconds)));
      }
      // At least one poll was made: it found the run, or it failed.
      const run = seen ?? (yield* failing!.error);
      const reason = { _tag: "WaitTimedOut", run, seconds: Math.round(seconds) } as const;
      return yield* new DbtError({ endpoint: runs.get.name, reason });
    });

    /** One poll. It ends soon after `timeout`, even where the client would go on with retries. */
    const getRun = Effect.gen(function* () {
      let last: DbtError | undefined;
      const seconds = Math.max(0, timeoutSeconds - ((yield* now) - start)) + lastPoll;
      const { url } = yield* Dbt;
      return yield* runs.get(request).pipe(
        // Remembers the last error, which says more than "no answer".
        Effect.updateService(
          TransformRetry,
          (transform) => (policy) => Schedule.tap(transform(policy), ({ input }) => Effect.sync(() => last = input)),
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

    /** Polls until the run is found. */
    const poll = Effect.gen(function* () {
      while (true) {
        if (isFirst) isFirst = false;
        else yield* waitForNext;
        const run = yield* Effect.catch(getRun, tolerate);
        if (run === undefined) continue;
        failing = undefined;
        return seen = run;
      }
    });
    return Stream.fromEffectRepeat(poll).pipe(Stream.takeUntil(hasEnded));
  }));
}

/** Whether a run, or a step of one, has ended. With an unknown status, it has not. */
export function hasEnded({ status }: { readonly status?: number | null }): boolean {
  return status !== undefined && status !== null && runs.isFinal(status);
}

/** What is known from the polls before. */
interface LastState {
  readonly run?: Run;
  /** By the id of each step, the progress of its log; undefined where no logs are wanted. */
  readonly logs: Map<number, LogProgress> | undefined;
}

/** The events between two polls. The run's end comes last. */
function changes({ run: before, logs }: LastState, run: Run): ReadonlyArray<RunEvent> {
  const status: ReadonlyArray<RunEvent> = before !== undefined && before.status === run.status
    ? []
    : [{ _tag: "StatusChanged", run }];
  const steps = (run.run_steps ?? []).flatMap((step): ReadonlyArray<RunEvent> => {
    const then = before?.run_steps?.find(({ id, index }) =>
      step.id === undefined ? index === step.index : id === step.id
    );
    return [
      ...(hasBegun(step) && !(then && hasBegun(then)) ? [{ _tag: "StepBegan", run, step } as const] : []),
      ...logEvents(logs, run, step),
      ...(hasEnded(step) && !(then && hasEnded(then)) ? [{ _tag: "StepEnded", run, step } as const] : []),
    ];
  });
  return hasEnded(run) ? [...steps, ...status] : [...status, ...steps];
}

/** The event for what a step has printed since the last poll. */
function logEvents(logs: Map<number, LogProgress> | undefined, run: Run, step: RunStep): ReadonlyArray<LogsGrew> {
  if (logs === undefined) return [];
  const whole = hasEnded(step) || hasEnded(run);
  const key = step.id ?? -(step.index ?? 0);
  const [progress, text] = newLines(logs.get(key) ?? { log: "", length: 0 }, step.logs ?? "", whole);
  logs.set(key, progress);
  return text === undefined ? [] : [{ _tag: "LogsGrew", run, step, text }];
}

function hasBegun({ status }: RunStep): boolean {
  return status !== runs.RunStatus.queued && status !== runs.RunStatus.starting;
}

/** Monotonic time, in seconds. */
const now: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e9);
