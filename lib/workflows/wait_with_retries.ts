/**
 * Watching a run that is started here: it is retried where it failed, and cancelled where nobody waits for it any more.
 * `trigger_and_wait.ts` makes the public functions of it.
 *
 * @module
 */
import type * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Latch from "effect/Latch";
import * as Option from "effect/Option";
import * as Queue from "effect/Queue";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { DbtError } from "../error.ts";
import type { InAccount } from "../shared_fields.ts";
import { delivering, warn } from "../deliver_events.ts";
import { monotonicSeconds } from "../time.ts";
import { sendForRun } from "./lenient_run.ts";
import { hasEnded } from "./run_events.ts";
import type { Restore } from "./start_at_most_once.ts";
import type {
  AskOptions,
  EventOptions,
  FollowOptions,
  StopEvent,
  TriggerEvent,
  WatchOptions,
} from "./start_options.ts";
import { type Begun, startFromFailure } from "./start_tagged.ts";
import { type Deadline, outcome, polls, type RunRequest, watchUntil } from "./wait_for_run.ts";

/** What begins a run where nothing interrupts; `restore` makes a part interruptible again. */
export type Start<R> = (restore: Restore) => Effect.Effect<Begun, DbtError, Dbt | R>;

/** Begins a run, reports it, and leaves it. */
export function begin<E, R>(
  start: Start<R>,
  { onEvent }: EventOptions<TriggerEvent, E, R>,
): Effect.Effect<Run, DbtError, Dbt | R> {
  return delivering(onEvent, (tell) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.map(start(restore), (begun) => {
        tell(eventOf(begun));
        return begun.run;
      })
    ));
}

function eventOf({ attached, ours, run }: Begun): StopEvent {
  return attached ? { _tag: "Attached", run } : { _tag: "Triggered", run, ours };
}

/** What is known of the run that is watched. */
interface Watched {
  /** The fiber that begins a run now, and what opens when it has: another fiber may close the stream's scope before. */
  beginning: { readonly fiber: Fiber.Fiber<unknown, unknown>; readonly ended: Latch.Latch } | undefined;
  /** The run as it began; undefined before that. */
  begun: Begun | undefined;
  /** The run as last seen. */
  last: Run | undefined;
  /** The event that says so, until the consumer gets it. */
  news: StopEvent | undefined;
  /** It was asked to stop after its timeout. */
  stopping: { readonly fiber: Fiber.Fiber<boolean>; readonly queue: Queue.Dequeue<StopEvent, Cause.Done> } | undefined;
  /** The stream failed by itself: what happens to the run then, `onTimeout` says. */
  failed: boolean;
}

/** Begins a run when the stream is run, and watches it until it has ended. */
export function watchStarted<E, R, E2>(
  start: Start<R>,
  request: InAccount,
  { onAsk, onInterrupt = "cancel", onStop, onTimeout = "leave", retries = 0, timeout = Duration.infinity, ...options }:
    & WatchOptions<E, R>
    & Pick<AskOptions<E2, R>, "onAsk">,
): Stream.Stream<TriggerEvent, DbtError, Dbt | R> {
  const account = Struct.pick(request, ["account_id"]);

  return Stream.unwrap(Effect.gen(function* () {
    const watched: Watched = {
      beginning: undefined,
      begun: undefined,
      last: undefined,
      news: undefined,
      stopping: undefined,
      failed: false,
    };
    yield* Effect.addFinalizer(() => stopped(watched));
    let since: number | undefined;

    /** Begins a run, and watches it. */
    const attempt = (
      from: Start<R>,
      left: number,
      failedBefore: boolean,
    ): Stream.Stream<TriggerEvent, DbtError, Dbt | R> =>
      Stream.unwrap(Effect.gen(function* () {
        const began = yield* Effect.uninterruptibleMask((restore) =>
          Effect.withFiber((fiber) => {
            const ended = Latch.makeUnsafe();
            watched.beginning = { fiber, ended };
            return Effect.result(from(restore)).pipe(
              Effect.tap((began) =>
                Effect.sync(() => {
                  if (Result.isFailure(began)) return;
                  watched.begun = began.success;
                  watched.last = began.success.run;
                  watched.news = eventOf(began.success);
                })
              ),
              Effect.ensuring(ended.open),
            );
          })
        );
        since ??= yield* monotonicSeconds;
        if (Result.isSuccess(began)) {
          const news = Stream.suspend(() => {
            const { news } = watched;
            watched.news = undefined;
            return news === undefined ? Stream.empty : Stream.succeed(news);
          });
          return Stream.concat(news, follow(began.success, since, left));
        }
        if (!failedBefore || began.failure.reason._tag === "Ambiguous") return Stream.fail(began.failure);
        // What counts is that the run failed.
        yield* warn(`Run ${watched.last?.id} was not retried: ${began.failure.message}`);
        return Stream.empty;
      }));

    /** Watches a run until it has ended, and retries it where it failed. */
    const follow = (
      begun: Begun,
      since: number,
      left: number,
    ): Stream.Stream<TriggerEvent, DbtError, Dbt | R> => {
      const request = { ...account, run_id: begun.run.id };
      const deadline: Deadline = { passed: false };
      const watching = Stream.unwrap(Effect.map(monotonicSeconds, (at) => {
        const rest = Duration.subtract(Duration.fromInputUnsafe(timeout), Duration.seconds(at - since));
        return watchUntil(request, { ...options, timeout: rest, fresh: true }, deadline);
      }));
      return watching.pipe(
        Stream.tap((event) => Effect.sync(() => watched.last = event.run)),
        Stream.catchCause((cause): Stream.Stream<TriggerEvent, DbtError, Dbt> => {
          const error = Exit.findErrorOption(Exit.failCause(cause));
          if (deadline.passed && onTimeout === "cancel" && begun.ours && Option.isSome(error)) {
            return stopAtTimeout(watched, begun.run, request, since, error.value);
          }
          return Stream.failCause(cause);
        }),
        Stream.concat(
          Stream.suspend(() =>
            left > 0 && watched.last?.status === runs.RunStatus.error
              ? attempt(
                (restore) => startFromFailure(request, defined({ onAsk }), restore),
                left - 1,
                true,
              )
              : Stream.empty
          ),
        ),
      );
    };

    return attempt(start, retries, false).pipe(
      Stream.tapError(() => Effect.sync(() => watched.failed = true)),
    );
  }));

  /** What happens where the stream ends: a run that is in flight, and that nobody waits for any more, is cancelled. */
  function stopped(watched: Watched): Effect.Effect<void, never, Dbt | R> {
    if (watched.beginning?.ended.isOpen() === false) {
      watched.beginning.fiber.interruptUnsafe();
      return Effect.andThen(watched.beginning.ended.await, Effect.suspend(() => stopped(watched)));
    }
    const { begun, failed, last, news, stopping } = watched;
    if (begun === undefined || last === undefined || failed) return Effect.void;
    const cancels = onInterrupt === "cancel" && begun.ours && stopping === undefined && !hasEnded(last);
    if (news === undefined && stopping === undefined && !cancels) return Effect.void;
    return delivering(onStop, (tell) =>
      Effect.gen(function* () {
        if (news !== undefined) tell(news);
        if (stopping !== undefined) {
          yield* Fiber.await(stopping.fiber);
          (yield* Queue.clear(stopping.queue)).forEach(tell);
        } else if (cancels) yield* cancel({ ...account, run_id: last.id }, last, tell);
      }));
  }
}

/** Cancels a run whose time is up, tells what comes of it, and fails. */
function stopAtTimeout(
  watched: Watched,
  begun: Run,
  request: RunRequest,
  since: number,
  error: DbtError,
): Stream.Stream<StopEvent, DbtError, Dbt> {
  return Stream.unwrap(Effect.uninterruptible(Effect.gen(function* () {
    const queue = yield* Queue.unbounded<StopEvent, Cause.Done>();
    const tell = (event: StopEvent) => {
      watched.last = event.run;
      Queue.offerUnsafe(queue, event);
    };
    // On a fiber of its own: a consumer cannot keep it from its work.
    const fiber = yield* Effect.forkDetach(
      Effect.ensuring(cancel(request, watched.last ?? begun, tell), Queue.end(queue)),
      { uninterruptible: true },
    );
    watched.stopping = { fiber, queue };
    const failing = Effect.gen(function* () {
      const asked = yield* Fiber.join(fiber);
      const run = watched.last ?? begun;
      const seconds = error.reason._tag === "WaitTimedOut"
        ? error.reason.seconds
        : Math.round((yield* monotonicSeconds) - since);
      // Where the last poll failed, and dbt Cloud did not answer to the cancel either, nobody knows how the run is.
      return yield* error.reason._tag === "WaitTimedOut" || asked
        ? new DbtError({ endpoint: error.endpoint, reason: { _tag: "WaitTimedOut", run, seconds, cancelled: true } })
        : error;
    });
    return Stream.concat(Stream.fromQueue(queue), Stream.fromEffect(failing));
  })));
}

/** Begins a run, and waits until it has ended in success. `onEvent` gets the events on a fiber of its own. */
export function awaitStarted<E, R>(
  start: Start<R>,
  request: InAccount,
  options: FollowOptions<E, R> & Pick<AskOptions<E, R>, "onAsk">,
): Effect.Effect<Run, DbtError, Dbt | R> {
  const { onEvent, steps = onEvent !== undefined } = options;
  return delivering(onEvent, (tell: (event: TriggerEvent) => void) => {
    const onStop = (event: TriggerEvent) => Effect.sync(() => tell(event));
    return outcomeOf(Stream.tap(watchStarted(start, request, { ...options, steps, onStop }), onStop));
  });
}

/** Runs a stream of events to its end: the run that ended in success, or the failure that another end is. */
export function outcomeOf<E, R>(
  events: Stream.Stream<TriggerEvent, DbtError | E, R>,
): Effect.Effect<Run, DbtError | E, R> {
  // There is an event of the run before the stream can end.
  return Effect.flatMap(Stream.runLast(events), (last) => outcome(Option.getOrThrow(last).run));
}

/** Cancels a run, and waits for its end: at most 5 s for the one, 5 s for the other. Says whether dbt Cloud agreed. */
const cancel = Effect.fnUntraced(function* (
  request: RunRequest,
  run: Run,
  tell: (event: StopEvent) => void,
): Effect.fn.Return<boolean, never, Dbt> {
  const asking = yield* sendForRun(runs.cancel, request).pipe(
    // To cancel twice does no harm.
    Effect.retry({ schedule: Schedule.spaced("1 second"), while: ({ reason }) => reason._tag === "Ambiguous" }),
    // An answer of 200 that cannot be read: dbt Cloud has taken the request.
    Effect.catchReason("DbtError", "Undecodable", () => Effect.void),
    Effect.timeout("5 seconds"),
    Effect.result,
    Effect.forkChild({ startImmediately: true, uninterruptible: "inherit" }),
  );
  // The request is under way before anybody hears of it.
  tell({ _tag: "Cancelling", run });
  const asked = yield* Fiber.join(asking);
  if (Result.isFailure(asked)) {
    const { message } = asked.failure;
    yield* warn(`Run ${run.id} could not be cancelled: ${message}`);
    tell({ _tag: "NotCancelled", run, detail: message });
  }
  const ended = yield* polls(request, { schedule: Schedule.spaced("1 second"), fresh: true }).pipe(
    Stream.runLast,
    Effect.timeout("5 seconds"),
    Effect.orElseSucceed(() => Option.none<Run>()),
  );
  if (Option.isSome(ended)) tell({ _tag: "StatusChanged", run: ended.value });
  return Result.isSuccess(asked) || Option.isSome(ended);
});
