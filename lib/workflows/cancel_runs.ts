/**
 * Cancelling many runs at once.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import * as UndefinedOr from "effect/UndefinedOr";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError, unsendable } from "../error.ts";
import { paginate } from "../paginate.ts";
import type { InAccount } from "../shared_fields.ts";
import { hasEnded } from "./run_events.ts";
import { isLost } from "./start_at_most_once.ts";
import { listRuns, sendForRun } from "./lenient_run.ts";
import { polls } from "./wait_for_run.ts";
import { millisOf } from "../time.ts";

/** Which runs are cancelled: those in flight that match. */
export interface CancelRuns extends
  Pick<
    runs.List,
    | "account_id"
    | "job_definition_id"
    | "project_id"
    | "project_id__in"
    | "environment_id"
    | "status"
    | "status__in"
    | "created_at__range"
  > {
  /** Cancel the runs of every job of the account: needed where neither job, project nor environment is given. */
  readonly all_jobs?: boolean;
}

/** How a run is after its cancel was requested. */
export interface Cancellation {
  /** The run, as last seen. */
  readonly run: Run;
  /** Why it is still in flight. Absent where it is not: it was cancelled, or has ended meanwhile. */
  readonly failure?: DbtError;
}

/** How a run is after its cancel was requested, and whether there was anything to cancel. */
export interface CancelledRun {
  /** The run, as dbt Cloud answered. */
  readonly run: Run;
  /** Whether it had ended before with another result than `Cancelled`: the cancel changed nothing. */
  readonly hadEnded: boolean;
}

/**
 * Cancels one run. One request; and one more where dbt Cloud refuses it, since the run may have ended. A run that had ended
 * is no failure.
 */
export const cancelRun: (request: runs.OfRun) => Effect.Effect<CancelledRun, DbtError, Dbt> = Effect.fnUntraced(
  function* (request) {
    const run = yield* Effect.catchReason(
      runs.cancel(request),
      "DbtError",
      "Invalid",
      (_, refused) =>
        Effect.filterOrElse(
          Effect.orElseSucceed(runs.get(request), () => undefined),
          isEnded,
          () => Effect.fail(refused),
        ),
    );
    return { run, hadEnded: hasEnded(run) && run.status !== runs.RunStatus.cancelled };
  },
);

function isEnded(run: Run | undefined): run is Run {
  return run !== undefined && hasEnded(run);
}

/** How many runs are cancelled at the same time. */
const concurrency = 8;
/** How long a run may take to stop, in seconds: mostly it is two. */
const stopping = 10;

/**
 * Cancels the runs in flight that match, and gives how each of them is then.
 *
 * **When to use**
 *
 * To stop all runs of a job, a project or an environment. `runs.cancel` cancels one run.
 *
 * **Details**
 *
 * One request for each run, eight at the same time, and up to ten more within 10 s to see it end; before that, one for
 * each page of the list. A run that ended meanwhile is no failure. A run that cannot be cancelled does not fail the
 * effect: its {@linkcode Cancellation} says why.
 *
 * **Errors**
 *
 * `Unsendable` where nothing says whose runs, or a status is a final one; and as listing the runs fails.
 *
 * @example
 * ```ts
 * import { cancelRuns, DbtClient, jobs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = Effect.gen(function* () {
 *   yield* jobs.trigger({ job_id: 3, cause: "To be cancelled" });
 *   return yield* cancelRuns({ job_definition_id: 3 });
 * });
 * const cancelled = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.deepEqual(cancelled.map(({ run, failure }) => [run.status_humanized, failure]), [["Cancelled", undefined]]);
 * ```
 */
export const cancelRuns: (filter: CancelRuns) => Effect.Effect<ReadonlyArray<Cancellation>, DbtError, Dbt> = Effect.fn(
  "cancelRuns",
)(function* (filter) {
  return yield* Stream.runCollect(cancelEach(yield* runsToCancel(filter), filter));
});

/**
 * Gives the runs that {@linkcode cancelRuns} would cancel, in its order: those in the queue first, so that they do not
 * begin meanwhile. One request for each page of the list, with the errors of {@linkcode cancelRuns}.
 */
export const runsToCancel: (filter: CancelRuns) => Effect.Effect<ReadonlyArray<Run>, DbtError, Dbt> = Effect.fn(
  "runsToCancel",
)(function* ({ all_jobs = false, status, status__in, ...where }) {
  const statuses = status__in ?? (status === undefined ? runs.inFlight : [status]);
  const over = statuses.find(runs.isFinal);
  if (over !== undefined) {
    return yield* unsendable(
      runs.cancel.name,
      `a run with status ${over} is over: queued (1), starting (2) and running (3) are not`,
    );
  }
  const { job_definition_id, project_id, project_id__in, environment_id } = where;
  if (!all_jobs && (job_definition_id ?? project_id ?? project_id__in ?? environment_id) === undefined) {
    return yield* unsendable(
      runs.cancel.name,
      "job_definition_id, project_id or environment_id says whose runs; all_jobs takes those of every job",
    );
  }
  const found = yield* paginate(listRuns, { ...where, status__in: statuses }).pipe(
    // A server that ignores a filter, or a run that ended between two pages: what does not fit is not cancelled.
    Stream.filter((run) => fits(run, { ...where, status__in: statuses })),
    Stream.runCollect,
  );
  return found.toSorted((a, b) => (a.status ?? 0) - (b.status ?? 0) || a.id - b.id);
});

function fits(run: Run, filter: Omit<CancelRuns, "all_jobs" | "status">): boolean {
  const same = (wanted: number | undefined, is: number | null | undefined) => wanted === undefined || wanted === is;
  const among = (wanted: ReadonlyArray<number> | undefined, is: number | null | undefined) =>
    wanted === undefined || wanted.some((one) => one === is);
  return same(filter.job_definition_id, run.job_definition_id) && same(filter.environment_id, run.environment_id) &&
    same(filter.project_id, run.project_id) && among(filter.project_id__in, run.project_id) &&
    among(filter.status__in, run.status) && within(filter.created_at__range, run.created_at);
}

function within(range: ReadonlyArray<string> | undefined, time: string | null | undefined): boolean {
  if (range === undefined) return true;
  const seconds = (text: string | null | undefined) => UndefinedOr.map(millisOf(text), (at) => Math.floor(at / 1000));
  const [from, at, to] = [seconds(range[0]), seconds(time), seconds(range[1])];
  // Bounds that cannot be read are dbt Cloud's to judge.
  return from === undefined || to === undefined || (at !== undefined && from <= at && at <= to);
}

/**
 * Cancels these runs, several at the same time, and polls each for up to 10 s until it has ended. Keeps their order.
 */
export function cancelEach(
  each: ReadonlyArray<Run>,
  request: InAccount,
): Stream.Stream<Cancellation, never, Dbt> {
  const account = Struct.pick(request, ["account_id"]);
  return Stream.fromIterable(each).pipe(Stream.mapEffect((run) => cancelOne(run, account), { concurrency }));
}

const cancelOne = Effect.fnUntraced(function* (
  run: Run,
  account: InAccount,
): Effect.fn.Return<Cancellation, never, Dbt> {
  const request = { ...account, run_id: run.id };
  const asked = yield* Effect.result(sendForRun(runs.cancel, request));
  if (Result.isFailure(asked)) {
    const { reason } = asked.failure;
    if (reason._tag === "Unsendable") return { run, failure: asked.failure };
    if (!isLost(reason)) {
      // It may be refused because it is over.
      const seen = yield* Effect.orElseSucceed(sendForRun(runs.get, request), () => run);
      return hasEnded(seen) ? { run: seen } : { run: seen, failure: asked.failure };
    }
  } else if (hasEnded(asked.success)) return { run: asked.success };
  const watched = polls(request, { schedule: Schedule.spaced("1 second"), timeout: `${stopping} seconds` });
  const seen = yield* Effect.result(Effect.map(Stream.runLast(watched), Option.getOrThrow));
  if (Result.isSuccess(seen)) return { run: seen.success };
  const { endpoint, reason } = seen.failure;
  if (reason._tag !== "WaitTimedOut") {
    return { run, failure: Result.isFailure(asked) ? asked.failure : seen.failure };
  }
  if (Result.isFailure(asked)) return { run: reason.run, failure: asked.failure };
  return { run: reason.run, failure: new DbtError({ endpoint, reason: { ...reason, cancelled: true } }) };
});
