/**
 * Starts a run and waits for it: with retries from the point of failure, and a cancellation after an interrupt or a
 * timeout. `trigger_and_wait.ts` exports what is made with it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import type { InAccount } from "../shared_fields.ts";
import type { Restore } from "./start_at_most_once.ts";
import type { StartOptions, TriggerEvent, TriggerOptions } from "./start_options.ts";
import { type StartedRun, startFromFailure } from "./start_tagged.ts";
import { hasEnded, outcome, pollRun, type RunRequest, watchRun } from "./wait_for_run.ts";

/** Starts a run, and does not wait for it. */
export function startOnly(
  start: (restore: Restore) => Effect.Effect<StartedRun, DbtError, Dbt>,
  options: Pick<StartOptions, "onEvent">,
): Effect.Effect<Run, DbtError, Dbt> {
  return Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    const started = yield* start(restore);
    yield* reportStart(started, options);
    return started.run;
  }));
}

/** Starts a run, and waits until it has ended in success. */
export function startAndWait(
  start: (restore: Restore) => Effect.Effect<StartedRun, DbtError, Dbt>,
  { account_id }: InAccount,
  { onAsk, retries = 0, timeout = Duration.infinity, ...options }: TriggerOptions,
): Effect.Effect<Run, DbtError, Dbt> {
  const account = account_id === undefined ? {} : { account_id };
  return Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    let started = yield* start(restore);
    const since = yield* Clock.currentTimeMillis;
    for (let left = retries;; left--) {
      const passed = Duration.millis((yield* Clock.currentTimeMillis) - since);
      const request = { ...account, run_id: started.run.id };
      const rest = { ...options, timeout: Duration.subtract(Duration.fromInputUnsafe(timeout), passed) };
      const ended = yield* Effect.result(waitOrCancel(started, request, rest, restore));
      if (Result.isSuccess(ended)) return ended.success;
      if (left <= 0 || ended.failure.reason._tag !== "RunFailed") return yield* ended.failure;
      const again = yield* Effect.result(startFromFailure(request, onAsk === undefined ? {} : { onAsk }, restore));
      if (Result.isSuccess(again)) started = again.success;
      else if (again.failure.reason._tag === "Ambiguous") return yield* again.failure;
      else {
        // The caller gets the run's failure, which matters more than why there was no retry.
        yield* Effect.logWarning(`Run ${started.run.id} was not tried again: ${again.failure.message}`);
        return yield* ended.failure;
      }
    }
  }));
}

/** Reports that a run was started, or was there already. */
function reportStart(
  { attached, ours, run }: StartedRun,
  { onEvent = () => Effect.void }: Pick<StartOptions, "onEvent">,
): Effect.Effect<void> {
  return onEvent(attached ? { _tag: "Attached", run } : { _tag: "Triggered", run, ours });
}

/** Waits until a run has ended in success. After an interrupt or a timeout, cancels it if it is ours. */
const waitOrCancel = Effect.fnUntraced(function* (
  started: StartedRun,
  request: RunRequest,
  { onEvent = () => Effect.void, onInterrupt = "cancel", onTimeout = "leave", ...options }: TriggerOptions,
  restore: Restore,
): Effect.fn.Return<Run, DbtError, Dbt> {
  let last = started.run;
  const report = (event: TriggerEvent) => {
    last = event.run;
    return onEvent(event);
  };
  yield* reportStart(started, { onEvent: report });
  const wait = watchRun(request, { ...options, fresh: true }).pipe(
    Stream.runForEach(report),
    Effect.andThen(Effect.suspend(() => outcome(last))),
  );
  const stop = Effect.suspend(() => started.ours && !hasEnded(last) ? cancel(request, last, report) : Effect.void);
  return yield* restore(wait).pipe(
    onInterrupt === "cancel" ? Effect.onInterrupt(() => stop) : (self) => self,
    Effect.catchReason("DbtError", "WaitTimedOut", (reason, error) => {
      if (onTimeout === "leave" || !started.ours) return Effect.fail(error);
      return Effect.flatMap(
        stop,
        () => new DbtError({ endpoint: error.endpoint, reason: { ...reason, run: last, cancelled: true } }),
      );
    }),
  );
});

/** Cancels a run, for up to 5 s, and polls it until it has ended, for up to 5 s more. */
const cancel = Effect.fnUntraced(function* (
  request: RunRequest,
  run: Run,
  report: (event: TriggerEvent) => Effect.Effect<void>,
): Effect.fn.Return<void, never, Dbt> {
  yield* report({ _tag: "Cancelling", run });
  const asked = yield* runs.cancel(request).pipe(
    // A second cancel has no effect.
    Effect.retry({ schedule: Schedule.spaced("1 second"), while: ({ reason }) => reason._tag === "Ambiguous" }),
    Effect.timeout("5 seconds"),
    Effect.result,
  );
  if (Result.isFailure(asked)) {
    const { message } = asked.failure;
    yield* Effect.logWarning(`Run ${run.id} could not be cancelled: ${message}`);
    yield* report({ _tag: "NotCancelled", run, detail: message });
  }
  const ended = yield* pollRun(request, { schedule: Schedule.spaced("1 second"), fresh: true }).pipe(
    Stream.runLast,
    Effect.timeout("5 seconds"),
    Effect.orElseSucceed(() => Option.none<Run>()),
  );
  if (Option.isSome(ended)) yield* report({ _tag: "StatusChanged", run: ended.value });
});
