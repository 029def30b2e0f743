/**
 * Cancels several runs, and reports for each whether it has stopped. The library exports `cancelRuns`; `dbtc runs
 * cancel` and the CI workflow use the parts.
 *
 * @module
 */
import * as DateTime from "effect/DateTime";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { paginate } from "../paginate.ts";
import type { InAccount } from "../shared_fields.ts";
import { parseTimestamp } from "../time.ts";
import { isAnswerLost } from "./start_at_most_once.ts";
import { hasEnded, pollRun } from "./wait_for_run.ts";

/** Which runs are cancelled: those in flight that fit. */
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
  /** Take the runs of every job of the account, where neither job, project nor environment says which. */
  readonly all_jobs?: boolean;
}

/** What became of a run that was to be cancelled. */
export interface Cancellation {
  /** The run, as last seen. */
  readonly run: Run;
  /** Why it is not over. Absent where it is: it was cancelled, or has ended meanwhile. */
  readonly failure?: DbtError;
}

/** How many runs are cancelled at the same time. */
const concurrency = 8;
/** For how many seconds a run is polled after the request to cancel it. Mostly it stops within two. */
const secondsToStop = 10;

/**
 * Cancels the runs in flight that fit, each once, and gives what became of each. A run that ended meanwhile is no
 * failure, nor is it one of this effect when a run cannot be cancelled: its {@linkcode Cancellation} says so.
 *
 * Fails with `Unsendable` where nothing says which jobs' runs, and where a status is a final one.
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

/** The runs that {@linkcode cancelRuns} would cancel, in its order: those in the queue first, or they would begin. */
export const runsToCancel: (filter: CancelRuns) => Effect.Effect<ReadonlyArray<Run>, DbtError, Dbt> = Effect.fn(
  "runsToCancel",
)(function* ({ all_jobs = false, status, status__in, ...where }) {
  const statuses = status__in ?? (status === undefined ? runs.inFlight : [status]);
  const over = statuses.find(runs.isFinal);
  if (over !== undefined) {
    return yield* unsendable(`a run with status ${over} is over: queued (1), starting (2) and running (3) are not`);
  }
  const { job_definition_id, project_id, project_id__in, environment_id } = where;
  if (!all_jobs && (job_definition_id ?? project_id ?? project_id__in ?? environment_id) === undefined) {
    return yield* unsendable(
      "job_definition_id, project_id or environment_id says whose runs; all_jobs takes those of every job",
    );
  }
  const found = yield* paginate(runs.list, { ...where, status__in: statuses }).pipe(
    // Checked again here: the server may ignore a filter, and a run may have ended since.
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
  const seconds = (text: string | null | undefined) =>
    Option.match(parseTimestamp(text ?? ""), {
      onNone: () => undefined,
      onSome: (at) => Math.floor(DateTime.toEpochMillis(at) / 1000),
    });
  const [from, at, to] = [seconds(range[0]), seconds(time), seconds(range[1])];
  // Where a bound cannot be parsed, dbt Cloud's own filter decides.
  return from === undefined || to === undefined || (at !== undefined && from <= at && at <= to);
}

/** Cancels runs, each once and several at a time, and polls each for up to 10 s. Keeps their order. */
export function cancelEach(
  each: ReadonlyArray<Run>,
  { account_id }: InAccount,
): Stream.Stream<Cancellation, never, Dbt> {
  const account = account_id === undefined ? {} : { account_id };
  return Stream.fromIterable(each).pipe(Stream.mapEffect((run) => cancelOne(run, account), { concurrency }));
}

const cancelOne = Effect.fnUntraced(function* (
  run: Run,
  account: InAccount,
): Effect.fn.Return<Cancellation, never, Dbt> {
  const request = { ...account, run_id: run.id };
  const asked = yield* Effect.result(runs.cancel(request));
  if (Result.isFailure(asked)) {
    const { reason } = asked.failure;
    if (reason._tag === "Unsendable") return { run, failure: asked.failure };
    if (!isAnswerLost(reason)) {
      // dbt Cloud may have refused because the run has ended.
      const seen = yield* Effect.orElseSucceed(runs.get(request), () => run);
      return hasEnded(seen) ? { run: seen } : { run: seen, failure: asked.failure };
    }
  } else if (hasEnded(asked.success)) return { run: asked.success };
  const polled = pollRun(request, { schedule: Schedule.spaced("1 second"), timeout: `${secondsToStop} seconds` });
  const seen = yield* Effect.result(Effect.map(Stream.runLast(polled), Option.getOrThrow));
  if (Result.isSuccess(seen)) return { run: seen.success };
  const { endpoint, reason } = seen.failure;
  if (reason._tag !== "WaitTimedOut") {
    return { run, failure: Result.isFailure(asked) ? asked.failure : seen.failure };
  }
  if (Result.isFailure(asked)) return { run: reason.run, failure: asked.failure };
  return { run: reason.run, failure: new DbtError({ endpoint, reason: { ...reason, cancelled: true } }) };
});

function unsendable(detail: string): DbtError {
  return new DbtError({ endpoint: runs.cancel.name, reason: { _tag: "Unsendable", detail } });
}
