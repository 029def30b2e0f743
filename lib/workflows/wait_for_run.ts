/**
 * Waiting for a run.
 *
 * A healthy run is not given up for a blip: failures that pass are sat out, and the run's `status` alone tells whether
 * it has ended. Nothing here cancels a run.
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
import type { InAccount } from "../schema.ts";
import { grown, type Told } from "./step_log.ts";

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
export const pace: Schedule.Schedule<Duration.Duration> = slowing((seconds) => seconds < 1800 ? 25 : 60);

/**
 * The waits between two looks at a run whose logs are told: as {@linkcode pace}, but at most 10 s, whatever its age.
 */
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

/** How long a run may not be found that was triggered just now: about one in a hundred (PrefectHQ/prefect#12959). */
const freshness = 60;
/** How often in a row a run may not be found that was seen already. */
const disappearances = 5;
/** How long the last look may take, in seconds. */
const lastLook = 5;

/**
 * What happens to a run until it has ended: the last event is a {@linkcode StatusChanged} with the run as it ended,
 * whichever way. The first one tells how the run is now. Fails as the API fails for good, and with `WaitTimedOut`.
 */
export function watchRun(request: RunRequest, options: WaitOptions = {}): Stream.Stream<RunEvent, DbtError, Dbt> {
  return looks({ ...request, include_related: ["run_steps"] }, options).pipe(
    Stream.mapAccum(
      (): Seen => ({ logs: options.logs ? new Map() : undefined }),
      (seen, run) => [{ ...seen, run }, changes(seen, run)],
    ),
  );
}

/**
 * The run, once it has ended in success. Fails with `RunFailed`, `RunCancelled` or `WaitTimedOut`, which hold the run,
 * and as the API fails for good.
 */
export const waitForRun: (request: RunRequest, options?: WaitOptions) => Effect.Effect<Run, DbtError, Dbt> = Effect
  .fn("waitForRun")(function* (request, options = {}) {
    const last = yield* Stream.runLast(looks(request, options));
    // The looks end with a final one, or fail.
    return yield* outcome(Option.getOrThrow(last));
  });

/** The run that ended in success, or the failure that another end is. */
export function outcome(run: Run): Effect.Effect<Run, DbtError> {
  if (run.status === runs.RunStatus.success) return Effect.succeed(run);
  const _tag = run.status === runs.RunStatus.cancelled ? "RunCancelled" : "RunFailed";
  return Effect.fail(new DbtError({ endpoint: runs.get.name, reason: { _tag, run } }));
}

/** The run at each look, until one finds that it has ended. */
export function looks(
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
    const step = yield* Schedule.toStep(schedule);
    const begun = yield* now;
    const longest = Duration.toSeconds(Duration.fromInputUnsafe(timeout));
    const bearable = Duration.toSeconds(Duration.fromInputUnsafe(patience));
    let begins = true;
    let seen: Run | undefined;
    let failing: { readonly since: number; readonly missing: number; readonly error: DbtError } | undefined;

    /** Bears a failure that may pass. */
    const bear = Effect.fnUntraced(function* (error: DbtError) {
      const at = yield* now;
      const isMissing = error.reason._tag === "NotFound";
      // As a proxy's page; a host that is the wrong one never knew the run.
      const isGarbled = error.reason._tag === "Undecodable" && (fresh || seen !== undefined);
      // A 429 shows that dbt Cloud is there: it counts for nothing, and what failed before has passed.
      const since = error.reason._tag === "RateLimited" ? Infinity : Math.min(failing?.since ?? at, at);
      failing = { since, missing: (failing?.missing ?? 0) + Number(isMissing), error };
      const bears = isMissing
        ? seen === undefined ? fresh && at - begun < freshness : failing.missing <= disappearances
        : (isTransient(error) || isGarbled) && at - since < bearable;
      return bears ? undefined : yield* error;
    });

    /** TransformRetry for the time of the next look; there is none when the time is up. */
    const rest = Effect.gen(function* () {
      const seconds = (yield* now) - begun;
      const asks = seconds < longest ? step(yield* Clock.currentTimeMillis, seen) : Cause.done();
      const delay = yield* asks.pipe(Effect.map(([, delay]) => delay), Pull.catchDone(() => Effect.undefined));
      if (delay !== undefined) return yield* Effect.sleep(Duration.min(delay, Duration.seconds(longest - seconds)));
      // There was a look: it saw the run, or it failed.
      const run = seen ?? (yield* failing!.error);
      const reason = { _tag: "WaitTimedOut", run, seconds: Math.round(seconds) } as const;
      return yield* new DbtError({ endpoint: runs.get.name, reason });
    });

    /** One look, which ends soon after the time is up, also where the client would try again. */
    const glance = Effect.gen(function* () {
      let last: DbtError | undefined;
      const seconds = Math.max(0, longest - ((yield* now) - begun)) + lastLook;
      const { url } = yield* Dbt;
      return yield* runs.get(request).pipe(
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

    /** The run, as soon as a look finds it. */
    const look = Effect.gen(function* () {
      while (true) {
        if (begins) begins = false;
        else yield* rest;
        const run = yield* Effect.catch(glance, bear);
        if (run === undefined) continue;
        failing = undefined;
        return seen = run;
      }
    });
    return Stream.fromEffectRepeat(look).pipe(Stream.takeUntil(hasEnded));
  }));
}

/** Whether a run, or a step of one, has ended. A status that nobody knows has not. */
export function hasEnded({ status }: { readonly status?: number | null }): boolean {
  return status !== undefined && status !== null && runs.isFinal(status);
}

/** What was seen of a run before. */
interface Seen {
  readonly run?: Run;
  /** What was told of the steps' logs, by the steps' ids, where it is told. */
  readonly logs: Map<number, Told> | undefined;
}

/** What happened between two looks; what ended the run comes last. */
function changes({ run: before, logs }: Seen, run: Run): ReadonlyArray<RunEvent> {
  const status: ReadonlyArray<RunEvent> = before !== undefined && before.status === run.status
    ? []
    : [{ _tag: "StatusChanged", run }];
  const steps = (run.run_steps ?? []).flatMap((step): ReadonlyArray<RunEvent> => {
    const then = before?.run_steps?.find(({ id, index }) =>
      step.id === undefined ? index === step.index : id === step.id
    );
    return [
      ...(hasBegun(step) && !(then && hasBegun(then)) ? [{ _tag: "StepBegan", run, step } as const] : []),
      ...lines(logs, run, step),
      ...(hasEnded(step) && !(then && hasEnded(then)) ? [{ _tag: "StepEnded", run, step } as const] : []),
    ];
  });
  return hasEnded(run) ? [...steps, ...status] : [...status, ...steps];
}

/** What a step printed since the last look, where that is told. */
function lines(logs: Map<number, Told> | undefined, run: Run, step: RunStep): ReadonlyArray<LogsGrew> {
  if (logs === undefined) return [];
  const whole = hasEnded(step) || hasEnded(run);
  const key = step.id ?? -(step.index ?? 0);
  const [told, text] = grown(logs.get(key) ?? { log: "", length: 0 }, step.logs ?? "", whole);
  logs.set(key, told);
  return text === undefined ? [] : [{ _tag: "LogsGrew", run, step, text }];
}

function hasBegun({ status }: RunStep): boolean {
  return status !== runs.RunStatus.queued && status !== runs.RunStatus.starting;
}

/** Seconds of a clock that nobody sets. */
const now: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e9);
