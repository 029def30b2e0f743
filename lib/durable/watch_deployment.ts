/**
 * What happens to a deployment, as the events of a run: the command line shows its progress by them.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import type { Run } from "../api/runs.ts";
import type { DbtError } from "../error.ts";
import { hasEnded } from "../workflows/run_events.ts";
import type { TriggerEvent } from "../workflows/start_options.ts";
import { outcomeOf, timedOut } from "./deploy.ts";
import { type DeploymentRow, readDeployment, runOf } from "./deployment_rows.ts";
import { databaseError } from "./database_error.ts";
import type { Storage } from "./deployments.ts";

/** What the last event said. */
interface Seen {
  /** The run. */
  readonly run_id: number | undefined;
  readonly status: number | null | undefined;
  /** What the deployment is paused for. */
  readonly note: string | null;
}

/**
 * Watches a deployment until it is closed. The last event is a `StatusChanged` with its last run; a deployment that ends
 * without success fails. `onNote` is told what the deployment waits for.
 */
export function watchDeployment(
  storage: Storage,
  row: DeploymentRow,
  { onNote, timeout }: {
    readonly onNote: (note: string) => Effect.Effect<void>;
    readonly timeout?: Duration.Input | undefined;
  },
): Stream.Stream<TriggerEvent, DbtError> {
  const read = Effect.mapError(
    readDeployment(storage.sql, row.execution_id),
    databaseError(storage.database, "deployments.wait"),
  );
  return Stream.unwrap(Effect.gen(function* () {
    const begun = yield* Clock.currentTimeMillis;
    const limit = timeout === undefined ? Infinity : Duration.toMillis(Duration.fromInputUnsafe(timeout));
    let seen: Seen = { run_id: undefined, status: undefined, note: null };
    let first = true;
    const next = Effect.gen(
      function* (): Effect.fn.Return<readonly [ReadonlyArray<TriggerEvent>, DeploymentRow], DbtError> {
        if (!first) yield* Effect.sleep("500 millis");
        first = false;
        // The database may go away and come back.
        const found = yield* Effect.result(read);
        if (Result.isFailure(found)) yield* storage.tellFailure(found.failure);
        const now = Result.isSuccess(found) ? found.success ?? row : row;
        if (now.note !== null && now.note !== seen.note) yield* onNote(now.note);
        const run = runOf(now);
        const last = seen;
        seen = { run_id: run?.id, status: run?.status, note: now.note };
        const events = run === undefined ? [] : [
          ...eventsOf(run, last),
          ...(now.state === "cancelled" && !hasEnded(run) ? [{ _tag: "Cancelling", run } as const] : []),
        ];
        const elapsed = (yield* Clock.currentTimeMillis) - begun;
        if (now.state === "open" && elapsed >= limit) return yield* timedOut(storage, now, Math.round(elapsed / 1000));
        return [events, now];
      },
    );
    return Stream.fromEffectRepeat(next).pipe(
      Stream.takeUntil(([, row]) => row.state !== "open"),
      Stream.flatMap(([events, now]) =>
        Stream.concat(
          Stream.fromIterable(events),
          now.state === "open" ? Stream.empty : Stream.fromEffect(outcomeOf(now)).pipe(
            // A run that has failed is an event of the stream: who consumes it says so.
            Stream.catchIf(
              (error) => error.reason._tag === "RunFailed",
              () => Stream.empty,
            ),
            Stream.map((run): TriggerEvent => ({ _tag: "StatusChanged", run })),
          ),
        )
      ),
    );
  }));
}

function eventsOf(run: Run, last: Seen): ReadonlyArray<TriggerEvent> {
  if (run.id !== last.run_id) return [{ _tag: "Triggered", run, ours: false }, { _tag: "StatusChanged", run }];
  return run.status === last.status ? [] : [{ _tag: "StatusChanged", run }];
}

/** The first run of a deployment, as soon as it is known. */
export function firstRun(events: Stream.Stream<TriggerEvent, DbtError>): Effect.Effect<Option.Option<Run>, DbtError> {
  return Effect.map(Stream.runHead(events), Option.map(({ run }) => run));
}
