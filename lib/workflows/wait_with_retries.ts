/**
 * Seeing a run through: it is waited for, taken up again where it failed, and cancelled where nobody waits any more.
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
import type { InAccount } from "../schema.ts";
import type { Restore } from "./start_at_most_once.ts";
import type { StartOptions, TriggerEvent, TriggerOptions } from "./start_options.ts";
import { type Begun, startFromFailure } from "./start_tagged.ts";
import { hasEnded, looks, outcome, type RunRequest, watchRun } from "./wait_for_run.ts";

/** Begins a run, tells it, and leaves it. */
export function begin(
  start: (restore: Restore) => Effect.Effect<Begun, DbtError, Dbt>,
  options: Pick<StartOptions, "onEvent">,
): Effect.Effect<Run, DbtError, Dbt> {
  return Effect.uninterruptibleMask((restore) => Effect.tap(start(restore), (begun) => announce(begun, options))).pipe(
    Effect.map(({ run }) => run),
  );
}

/** Begins a run, and waits until it has ended in success. */
export function seeThrough(
  start: (restore: Restore) => Effect.Effect<Begun, DbtError, Dbt>,
  { account_id }: InAccount,
  { onAsk, retries = 0, timeout = Duration.infinity, ...options }: TriggerOptions,
): Effect.Effect<Run, DbtError, Dbt> {
  const account = account_id === undefined ? {} : { account_id };
  return Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    let begun = yield* start(restore);
    const since = yield* Clock.currentTimeMillis;
    for (let left = retries;; left--) {
      const passed = Duration.millis((yield* Clock.currentTimeMillis) - since);
      const request = { ...account, run_id: begun.run.id };
      const rest = { ...options, timeout: Duration.subtract(Duration.fromInputUnsafe(timeout), passed) };
      const seen = yield* Effect.result(watch(begun, request, rest, restore));
      if (Result.isSuccess(seen)) return seen.success;
      if (left <= 0 || seen.failure.reason._tag !== "RunFailed") return yield* seen.failure;
      const again = yield* Effect.result(startFromFailure(request, onAsk === undefined ? {} : { onAsk }, restore));
      if (Result.isSuccess(again)) begun = again.success;
      else if (again.failure.reason._tag === "Ambiguous") return yield* again.failure;
      else {
        // What counts is that the run failed.
        yield* Effect.logWarning(`Run ${begun.run.id} was not tried again: ${again.failure.message}`);
        return yield* seen.failure;
      }
    }
  }));
}

/** Tells that a run began, or was there already. */
function announce(
  { attached, ours, run }: Begun,
  { onEvent = () => Effect.void }: Pick<StartOptions, "onEvent">,
): Effect.Effect<void> {
  return onEvent(attached ? { _tag: "Attached", run } : { _tag: "Triggered", run, ours });
}

/** Waits until a run has ended in success, and cancels it where it is ours and nobody waits any more. */
const watch = Effect.fnUntraced(function* (
  begun: Begun,
  request: RunRequest,
  { onEvent = () => Effect.void, onInterrupt = "cancel", onTimeout = "leave", ...options }: TriggerOptions,
  restore: Restore,
): Effect.fn.Return<Run, DbtError, Dbt> {
  let last = begun.run;
  const tell = (event: TriggerEvent) => {
    last = event.run;
    return onEvent(event);
  };
  yield* announce(begun, { onEvent: tell });
  const wait = watchRun(request, { ...options, fresh: true }).pipe(
    Stream.runForEach(tell),
    Effect.andThen(Effect.suspend(() => outcome(last))),
  );
  const stop = Effect.suspend(() => begun.ours && !hasEnded(last) ? cancel(request, last, tell) : Effect.void);
  return yield* restore(wait).pipe(
    onInterrupt === "cancel" ? Effect.onInterrupt(() => stop) : (self) => self,
    Effect.catchReason("DbtError", "WaitTimedOut", (reason, error) => {
      if (onTimeout === "leave" || !begun.ours) return Effect.fail(error);
      return Effect.flatMap(
        stop,
        () => new DbtError({ endpoint: error.endpoint, reason: { ...reason, run: last, cancelled: true } }),
      );
    }),
  );
});

/** Cancels a run, and looks what became of it: 5 s for the one, 5 s for the other. */
const cancel = Effect.fnUntraced(function* (
  request: RunRequest,
  run: Run,
  tell: (event: TriggerEvent) => Effect.Effect<void>,
): Effect.fn.Return<void, never, Dbt> {
  yield* tell({ _tag: "Cancelling", run });
  const asked = yield* runs.cancel(request).pipe(
    // To cancel twice does no harm.
    Effect.retry({ schedule: Schedule.spaced("1 second"), while: ({ reason }) => reason._tag === "Ambiguous" }),
    Effect.timeout("5 seconds"),
    Effect.result,
  );
  if (Result.isFailure(asked)) {
    const { message } = asked.failure;
    yield* Effect.logWarning(`Run ${run.id} could not be cancelled: ${message}`);
    yield* tell({ _tag: "NotCancelled", run, detail: message });
  }
  const ended = yield* looks(request, { schedule: Schedule.spaced("1 second"), fresh: true }).pipe(
    Stream.runLast,
    Effect.timeout("5 seconds"),
    Effect.orElseSucceed(() => Option.none<Run>()),
  );
  if (Option.isSome(ended)) yield* tell({ _tag: "StatusChanged", run: ended.value });
});
