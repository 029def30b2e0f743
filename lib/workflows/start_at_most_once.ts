/**
 * `startOnce`: starts a run at most once, also where the answer to the request is lost. All ways to start a run use it.
 *
 * dbt Cloud has no idempotency keys. So the request is sent once. If its answer is lost, the run is searched for among
 * the job's newer runs, by a mark that no other run has. Only with the option `resend` is the request sent a second
 * time.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import type * as jobs from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { TransformRateLimitWait, TransformRetry } from "../client/retry.ts";
import { Dbt } from "../dbt.ts";
import { type Ambiguous, DbtError, type Undecodable } from "../error.ts";
import { paginate } from "../paginate.ts";
import { hasEnded } from "./wait_for_run.ts";

/** Makes an effect interruptible again within `Effect.uninterruptibleMask`, which provides it. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;

/** What people can recognize a run by. */
export interface Mark {
  /** The field of the run that holds it. */
  readonly field: "trigger.cause" | "retrying_run_id";
  /** What stands there, at its end. */
  readonly value: string;
}

/** How to start a run of a job, and to recognize it. */
export interface StartRequest {
  /** Sends the request. */
  readonly send: Effect.Effect<Run, DbtError, Dbt>;
  /** What people can recognize the run by. */
  readonly mark: Mark;
  /** Called with the mark before the request is sent. */
  readonly onAsk?: ((mark: Mark) => Effect.Effect<void>) | undefined;
  /** How to find the run where the answer is lost (default: no search). */
  readonly recognition?: Recognition;
}

/** How to find a run whose answer was lost. */
export interface Recognition {
  /** Whether a run is the requested one. */
  readonly matches: (run: Run) => boolean;
  /** Whether no run that somebody else started can match. */
  readonly isProof: boolean;
  /** Whether to send the request again where no run is found. If two runs come to be, one of them is cancelled. */
  readonly resend?: boolean;
  /** Another way out where no run is found, for the error message. */
  readonly advice?: string | undefined;
}

/** A run that was started. */
export interface Started {
  /** The run. */
  readonly run: Run;
  /** Whether it was certainly started by this call: by dbt Cloud's answer, or by a mark that proves it. */
  readonly ours: boolean;
}

/** The waits before each search for a run whose answer was lost, in seconds: 60 in all. */
const patientWaits = [1, 2, 4, 8, 15, 30];
/** The waits after an interrupt. Lists may not show a new run for 5 s. */
const hastyWaits = [0, 1, 2, 3];
/** The waits before each search for a second run, after the request was sent twice. */
const twinWaits = [1, 2, 4];

/**
 * Starts a run that is newer than `newest`, the job's newest run. Has to be called in an uninterruptible region: a
 * write is not abandoned while its answer is due, and an interrupt only shortens the search for a run whose answer was
 * lost. All other waits can be interrupted, with `restore`.
 */
export const startOnce = Effect.fnUntraced(function* (
  job: jobs.OfJob,
  newest: Run | undefined,
  { mark, onAsk = () => Effect.void, recognition, send }: StartRequest,
  restore: Restore,
): Effect.fn.Return<Started, DbtError, Dbt> {
  const attempt = Effect.andThen(onAsk(mark), send).pipe(
    Effect.provideService(TransformRetry, (schedule) => interruptible(schedule, restore)),
    Effect.provideService(TransformRateLimitWait, restore),
    Effect.result,
  );
  const answer = yield* attempt;
  if (Result.isSuccess(answer)) return { run: answer.success, ours: true };
  if (!isAnswerLost(answer.failure.reason)) return yield* answer.failure;
  const fail = ambiguous(answer.failure, job, newest, mark);
  if (recognition === undefined) return yield* fail("Nothing marks the run: it cannot be told from others.");

  const { advice = "", isProof, matches, resend = false } = recognition;
  const seconds = patientWaits.reduce((sum, wait) => sum + wait);
  yield* Effect.logWarning(
    `The answer was lost: looking for the run with ${mark.field} ${mark.value}, for up to ${seconds} s`,
  );
  const search = makeSearch(job, newest?.id ?? 0, matches, restore);
  const [found] = yield* search(patientWaits, 1);
  if (found !== undefined) return { run: found, ours: isProof };
  let secondAnswer = "";
  if (resend && !search.wasInterrupted()) {
    yield* Effect.logWarning("No run turned up: asking a second time");
    const again = yield* attempt;
    if (Result.isSuccess(again) || isAnswerLost(again.failure.reason)) {
      const answered = Result.isSuccess(again) ? [again.success] : yield* search(patientWaits, 1);
      const seen = answered.length === 1 ? yield* search(twinWaits, 2) : answered;
      const [stays, ...twins] = byId([...answered, ...seen]);
      yield* Effect.forEach(twins, (twin) => cancelTwin(job, twin));
      if (stays !== undefined) return { run: stays, ours: isProof };
    } else secondAnswer = ` Asked a second time: ${again.failure.message}`;
  }
  const within = search.wasInterrupted() ? "yet" : `within ${seconds} s`;
  const result = search.hasListed()
    ? `No newer run of job ${job.job_id} with ${mark.field} ${mark.value} turned up ${within}.`
    : `The runs of job ${job.job_id} could not be listed: whether one has ${mark.field} ${mark.value} is not known.`;
  return yield* fail(result + secondAnswer, advice);
});

/** Whether a write may have been carried out. After all other failures it certainly was not. */
export function isAnswerLost(reason: DbtError["reason"]): reason is Ambiguous | Undecodable {
  return reason._tag === "Ambiguous" || reason._tag === "Undecodable";
}

/** Fails with `Ambiguous`, whose message says how to find out whether a run was started. */
function ambiguous(
  { endpoint, reason }: DbtError,
  { account_id, job_id }: jobs.OfJob,
  newest: Run | undefined,
  { field }: Mark,
): (result: string, advice?: string) => Effect.Effect<never, DbtError, Dbt> {
  return Effect.fnUntraced(function* (result, advice = "") {
    const { defaults, url } = yield* Dbt;
    const account = `${url}/deploy/${account_id ?? defaults.account_id}`;
    // The link needs the project, which only a run of the job tells.
    const page = newest?.project_id ? `${account}/projects/${newest.project_id}/jobs/${job_id}` : account;
    const remedy = `${result} It may still come. Before you start it again, look at ${page} or with ` +
      `"${
        findCommand({ account_id, job_id }, field)
      }": if it is there, "dbtc runs wait RUN" sees it through. ${advice}`;
    return yield* new DbtError({
      endpoint,
      reason: {
        _tag: "Ambiguous",
        ...("status" in reason && reason.status !== undefined ? { status: reason.status } : {}),
        detail: "detail" in reason ? reason.detail : reason._tag,
        remedy: remedy.trimEnd(),
      },
    });
  });
}

/** The command that lists a job's newest runs with their marks. */
export function findCommand(
  { account_id, job_id }: { readonly account_id?: number | undefined; readonly job_id: number },
  field: Mark["field"],
): string {
  return `dbtc runs list${account_id === undefined ? "" : ` --account-id ${account_id}`} --job-id ${job_id}` +
    `${field === "trigger.cause" ? " --include-related trigger" : ""} --fields id,status_humanized,${field}`;
}

/** Searches for a job's runs: waits, lists them, and so on, until `enough` runs are found or the waits are over. */
interface Search {
  (waits: ReadonlyArray<number>, enough: number): Effect.Effect<ReadonlyArray<Run>, never, Dbt>;
  /** Whether an interrupt has shortened the search. */
  readonly wasInterrupted: () => boolean;
  /** Whether the runs could be listed at least once. */
  readonly hasListed: () => boolean;
}

function makeSearch(
  { job_id, ...account }: jobs.OfJob,
  newestId: number,
  matches: Recognition["matches"],
  restore: Restore,
): Search {
  let [interrupted, hasListed] = [false, false];
  // Oldest first: a busy job may have many newer runs, and the requested one is among the first of them. No retries:
  // the next attempt is one.
  const list = (enough: number) =>
    paginate(runs.list, {
      ...account,
      job_definition_id: job_id,
      id__gt: newestId,
      include_related: ["trigger"],
      order_by: "id",
    }, { concurrency: 1 }).pipe(
      Stream.filter((run) => run.id > newestId && matches(run)),
      Stream.take(enough),
      Stream.runCollect,
      Effect.provideService(TransformRetry, () => Schedule.recurs(0)),
    );
  const patient = (wait: number, enough: number) =>
    restore(list(enough).pipe(Effect.timeout("15 seconds"), Effect.delay(Duration.seconds(wait))));
  const hasty = (wait: number, enough: number) =>
    list(enough).pipe(Effect.timeout("5 seconds"), Effect.delay(Duration.seconds(wait)));
  const search = Effect.fnUntraced(function* (waits: ReadonlyArray<number>, enough: number) {
    let found: ReadonlyArray<Run> = [];
    let left = interrupted ? hastyWaits : waits;
    while (left.length > 0 && found.length < enough) {
      const [wait = 0, ...rest] = left;
      // An attempt that fails has found nothing.
      const exit = yield* Effect.exit((interrupted ? hasty : patient)(wait, enough));
      if (Exit.isSuccess(exit)) {
        hasListed = true;
        found = byId([...found, ...exit.value]);
      }
      if (!interrupted && Exit.hasInterrupts(exit)) {
        interrupted = true;
        left = hastyWaits;
      } else left = rest;
    }
    return found;
  });
  return Object.assign(search, { wasInterrupted: () => interrupted, hasListed: () => hasListed });
}

/** Each run once, as last seen, sorted by id. */
function byId(seen: ReadonlyArray<Run>): ReadonlyArray<Run> {
  return [...new Map(seen.map((run) => [run.id, run])).values()].toSorted((a, b) => a.id - b.id);
}

/** Cancels a second run that came to be, if it is still queued. If it runs, logs how to cancel it. */
const cancelTwin = Effect.fnUntraced(function* ({ job_id: _, ...account }: jobs.OfJob, twin: Run) {
  const { id } = twin;
  if (hasEnded(twin)) return yield* Effect.logWarning(`Run ${id} was started too, and has ended`);
  if (twin.status !== runs.RunStatus.queued) {
    return yield* Effect.logWarning(`Run ${id} was started too, and goes on: dbtc runs cancel ${id}`);
  }
  yield* runs.cancel({ ...account, run_id: id }).pipe(
    Effect.timeout("5 seconds"),
    Effect.matchEffect({
      onSuccess: () => Effect.logWarning(`Run ${id} was started too: it was cancelled in the queue`),
      onFailure: ({ message }) =>
        Effect.logWarning(`Run ${id} was started too, and could not be cancelled: ${message}`),
    }),
  );
});

/** The same schedule with waits that can be interrupted in an uninterruptible region: it sleeps by itself. */
export function interruptible(
  schedule: Schedule.Schedule<unknown, DbtError>,
  restore: Restore,
): Schedule.Schedule<unknown, DbtError> {
  return Schedule.fromStep(
    Effect.map(Schedule.toStep(schedule), (step) => (now: number, error: DbtError) =>
      Effect.flatMap(
        step(now, error),
        ([output, delay]) =>
          Effect.as(restore(Effect.sleep(delay)), [output, Duration.zero] as [unknown, Duration.Duration]),
      )),
  );
}
