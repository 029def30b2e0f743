/**
 * Starting a run and seeing it through.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as jobs from "./api/jobs.ts";
import * as runs from "./api/runs.ts";
import type { Run } from "./api/runs.ts";
import type { Dbt } from "./client.ts";
import { DbtError } from "./error.ts";
import { drawTag, hasTag, type Restore, type Started, startOnce, tagged } from "./once.ts";
import { hasEnded, looks, outcome, type RunEvent, type RunRequest, type WaitOptions, watchRun } from "./wait.ts";

/** A run was started. */
export interface Triggered {
  /** Tells the event. */
  readonly _tag: "Triggered";
  /** The run, as it began. */
  readonly run: Run;
}

/** A run that was started here is being cancelled. */
export interface Cancelling {
  /** Tells the event. */
  readonly _tag: "Cancelling";
  /** The run, as last seen. */
  readonly run: Run;
}

/** What is seen of a run that is started. */
export type TriggerEvent = Triggered | RunEvent | Cancelling;

/** How a run is started and waited for. */
export interface TriggerOptions extends Omit<WaitOptions, "fresh"> {
  /** Told each event; the last one it is told holds the last known run. */
  readonly onEvent?: (event: TriggerEvent) => Effect.Effect<void>;
  /** What becomes of the run after `timeout`, where it is sure that it was started here. It is left when absent. */
  readonly onTimeout?: "leave" | "cancel";
}

// ---- starting -------------------------------------------------------------------------------------------------------

/**
 * Starts a run of a job, exactly once. The cause ends with a tag, and is cut to the 255 bytes that dbt Cloud keeps.
 * Where the answer is lost, the run is found by that tag; not found within 30 s, this fails with `Ambiguous`, which says
 * where to look. A second request is never sent.
 *
 * An interrupt waits for a write that is under way, and leaves the run.
 */
export function trigger(request: jobs.Trigger): Effect.Effect<Run, DbtError, Dbt> {
  return Effect.uninterruptibleMask((restore) => startTagged(request, restore)).pipe(
    Effect.map(({ run }) => run),
    Effect.withSpan("trigger"),
  );
}

/**
 * Starts a run that takes up a job's newest run where that failed, exactly once. Nothing is sent when the newest run did
 * not fail. Where the answer is lost, the run is found by the run that it takes up: it may then be one that another
 * started at the same time.
 */
export function restart(job: jobs.OfJob): Effect.Effect<Run, DbtError, Dbt> {
  return Effect.uninterruptibleMask((restore) => startFromFailure(job, restore)).pipe(
    Effect.map(({ run }) => run),
    Effect.withSpan("restart"),
  );
}

const startTagged = Effect.fnUntraced(function* (request: jobs.Trigger, restore: Restore) {
  const tag = yield* drawTag;
  return yield* startOnce(ofJob(request), {
    ask: () => jobs.trigger({ ...request, cause: tagged(request.cause, tag) }),
    isIt: (run) => hasTag(run, tag),
    proves: true,
    mark: `the cause ${tag}`,
  }, restore);
});

const startFromFailure = Effect.fnUntraced(function* (job: jobs.OfJob, restore: Restore) {
  const { job_id, ...account } = ofJob(job);
  return yield* startOnce(ofJob(job), {
    ask: (newest) => {
      if (newest?.status === runs.RunStatus.error) return runs.retry({ ...account, run_id: newest.id });
      const detail = `the newest run of job ${job_id} did not fail: there is nothing to take up`;
      return Effect.fail(new DbtError({ endpoint: runs.retry.name, reason: { _tag: "Unsendable", detail } }));
    },
    isIt: (run, newest) => run.retrying_run_id === newest?.id,
    // Another may have taken up the same run.
    proves: false,
    mark: "the retrying_run_id of the newest run before it",
  }, restore);
});

function ofJob({ account_id, job_id }: jobs.OfJob): jobs.OfJob {
  return account_id === undefined ? { job_id } : { account_id, job_id };
}

// ---- and waiting ----------------------------------------------------------------------------------------------------

/**
 * Starts a run of a job as {@linkcode trigger} does, and waits until it has ended in success. Fails with `RunFailed`,
 * `RunCancelled` or `WaitTimedOut`, which hold the run.
 *
 * An interrupt, as by `Effect.timeout` or a race, cancels the run that was started here, and no other: also one whose
 * answer was lost, since its tag proves whose it is. A failure leaves it, and so does `timeout`, unless `onTimeout` says
 * otherwise.
 *
 * @example
 * ```ts
 * import { Dbt, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = Dbt.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 1, cause: "README" }, { timeout: "5 minutes" });
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Success");
 * ```
 */
export function triggerAndWait(
  request: jobs.Trigger,
  options: TriggerOptions = {},
): Effect.Effect<Run, DbtError, Dbt> {
  return seeThrough((restore) => startTagged(request, restore), request, options).pipe(
    Effect.withSpan("triggerAndWait"),
  );
}

/**
 * Starts a run as {@linkcode restart} does, and waits for it as {@linkcode triggerAndWait} does. A run whose answer was
 * lost is never cancelled: nothing proves whose it is.
 */
export function restartAndWait(job: jobs.OfJob, options: TriggerOptions = {}): Effect.Effect<Run, DbtError, Dbt> {
  return seeThrough((restore) => startFromFailure(job, restore), job, options).pipe(Effect.withSpan("restartAndWait"));
}

function seeThrough(
  start: (restore: Restore) => Effect.Effect<Started, DbtError, Dbt>,
  job: jobs.OfJob,
  { onEvent = () => Effect.void, onTimeout = "leave", ...options }: TriggerOptions,
): Effect.Effect<Run, DbtError, Dbt> {
  return Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    const started = yield* start(restore);
    let last = started.run;
    const tell = (event: TriggerEvent) => {
      last = event.run;
      return onEvent(event);
    };
    yield* tell({ _tag: "Triggered", run: last });
    const { job_id: _, ...account } = ofJob(job);
    const request = { ...account, run_id: last.id };
    const wait = watchRun(request, { ...options, fresh: true }).pipe(
      Stream.runForEach(tell),
      Effect.andThen(Effect.suspend(() => outcome(last))),
    );
    return yield* restore(wait).pipe(
      Effect.onInterrupt(() =>
        Effect.suspend(() => started.ours && !hasEnded(last) ? cancel(request, last, tell) : Effect.void)
      ),
      Effect.catchReason("DbtError", "WaitTimedOut", (reason, error) => {
        if (onTimeout === "leave" || !started.ours) return Effect.fail(error);
        return Effect.flatMap(
          cancel(request, last, tell),
          () => new DbtError({ endpoint: error.endpoint, reason: { ...reason, run: last, cancelled: true } }),
        );
      }),
    );
  }));
}

/** Cancels a run, and looks what became of it: 5 s for the one, 5 s for the other. */
const cancel = Effect.fnUntraced(function* (
  request: RunRequest,
  run: Run,
  tell: (event: TriggerEvent) => Effect.Effect<void>,
): Effect.fn.Return<void, never, Dbt> {
  yield* tell({ _tag: "Cancelling", run });
  yield* runs.cancel(request).pipe(
    // To cancel twice does no harm.
    Effect.retry({ schedule: Schedule.spaced("1 second"), while: ({ reason }) => reason._tag === "Ambiguous" }),
    Effect.timeout("5 seconds"),
    Effect.catch(({ message }) => Effect.logWarning(`Run ${run.id} could not be cancelled: ${message}`)),
  );
  const ended = yield* looks(request, { schedule: Schedule.spaced("1 second"), fresh: true }).pipe(
    Stream.runLast,
    Effect.timeout("5 seconds"),
    Effect.orElseSucceed(() => Option.none<Run>()),
  );
  if (Option.isSome(ended)) yield* tell({ _tag: "StatusChanged", run: ended.value });
});
