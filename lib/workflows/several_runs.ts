/**
 * Watching several runs at once: the events of each, and how each ended.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import type { Run } from "../api/runs.ts";
import { type DbtError, unsendable } from "../error.ts";
import { hasEnded } from "./run_events.ts";
import type { TriggerEvent } from "./start_options.ts";
import { outcome } from "./wait_for_run.ts";

/** Something happened to one of several runs. */
export interface Happened<Key> {
  /** Always `Happened`. */
  readonly _tag: "Happened";
  /** Which of the runs. */
  readonly key: Key;
  /** What happened. */
  readonly event: TriggerEvent;
}

/** The watch of one of several runs ended. */
export interface Finished<Key> {
  /** Always `Finished`. */
  readonly _tag: "Finished";
  /** Which of the runs. */
  readonly key: Key;
  /**
   * The run that ended in success, or why it did not, or why it could not be started or watched. If its stream ends
   * before the run, this is the run as it was last seen; if it has no events, `Unsendable`: there was no run to watch.
   */
  readonly result: Result.Result<Run, DbtError>;
}

/** What a watch of several runs tells. */
export type SeveralEvent<Key> = Happened<Key> | Finished<Key>;

/**
 * Watches several runs at the same time, as one stream. `watches` has a key for each run, and the stream that starts or
 * watches it.
 *
 * **When to use**
 *
 * To start several jobs, or wait for several runs, and show all of them. To wait only, `Effect.all` of
 * `triggerAndWait` and `waitForRun` is enough.
 *
 * **Details**
 *
 * Each run has its `Happened` events in order, and one `Finished` at the end. A run that fails stops no other, so the
 * stream itself never fails. The requests are those of the single streams. Where the consumer stops early, each stream
 * does what it does alone: a run that `triggerAndWatch` started is cancelled, all of them at the same time.
 *
 * @example
 * ```ts
 * import { DbtClient, triggerAndWatch, watchSeveral } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 600 })),
 * );
 * const jobs = [1, 2].map((job_id) => [job_id, triggerAndWatch({ job_id, cause: "Both" })] as const);
 * const program = watchSeveral(jobs).pipe(
 *   Stream.filter((event) => event._tag === "Finished"),
 *   Stream.map(({ key, result }) => [key, result._tag] as const),
 *   Stream.runCollect,
 * );
 * const ends = await Effect.runPromise(program.pipe(Effect.provide(client)));
 * assert.deepEqual(new Map(ends), new Map([[1, "Success"], [2, "Failure"]]));
 * ```
 */
export function watchSeveral<Key, R>(
  watches: Iterable<readonly [key: Key, events: Stream.Stream<TriggerEvent, DbtError, R>]>,
): Stream.Stream<SeveralEvent<Key>, never, R> {
  const each = Array.from(watches, ([key, events]) =>
    Stream.suspend((): Stream.Stream<SeveralEvent<Key>, never, R> => {
      let last: Run | undefined;
      const happened = Stream.map(events, (event): SeveralEvent<Key> => {
        last = event.run;
        return { _tag: "Happened", key, event };
      });
      const finished = (result: Result.Result<Run, DbtError>): SeveralEvent<Key> => ({ _tag: "Finished", key, result });
      const end = Stream.fromEffect(Effect.suspend(() =>
        last === undefined
          ? Effect.fail(unsendable("watchSeveral", "the stream of a run has no events: it has no run to watch"))
          : Effect.map(Effect.result(hasEnded(last) ? outcome(last) : Effect.succeed(last)), finished)
      ));
      return Stream.catch(Stream.concat(happened, end), (error) =>
        Stream.succeed(finished(Result.fail(error))));
    }));
  // Each stream is run on a fiber of its own, which cancels the run when it is interrupted. `Stream.mergeAll` would close
  // the scope of one stream after the other.
  return Stream.callback((queue) =>
    Effect.forEach(each, Stream.runForEach((event) => Queue.offer(queue, event)), {
      concurrency: "unbounded",
      discard: true,
    }).pipe(Effect.andThen(Queue.end(queue)))
  );
}
