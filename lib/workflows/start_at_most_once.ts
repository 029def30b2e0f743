/**
 * Starting a run at most once, and finding it again where the answer was lost.
 *
 * dbt Cloud has no idempotency key. So one request is sent, and where its answer is lost, the run is searched for among
 * the job's newer runs, by a mark that no other run has. A second request is sent only with `resend`.
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
import { type Callback, delivering, warn } from "../deliver_events.ts";
import { monotonicSeconds } from "../time.ts";
import { listRuns, sendForRun } from "./lenient_run.ts";
import { hasEnded } from "./run_events.ts";

/** What makes the wrapped effect interruptible again, as `Effect.uninterruptibleMask` gives it. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;

/** What a run can be recognized by before its id is known. */
export interface Mark extends jobs.OfJob {
  /** The field of the run that holds the mark. */
  readonly field: "trigger.cause" | "retrying_run_id";
  /** The end of that field's value. */
  readonly value: string;
}

/** What starts a run of a job, and how that run is recognized. */
export interface Start<E, R> {
  /** Asks for the run. */
  readonly ask: Effect.Effect<Run, DbtError, Dbt>;
  /** What it can be recognized by. */
  readonly mark: Pick<Mark, "field" | "value">;
  /** Told the mark before the request is sent. */
  readonly onAsk: Callback<Mark, E, R> | undefined;
  /** How the run is found where the answer is lost (default: it is not searched for). */
  readonly trace?: Trace;
}

/** How a run is found whose answer was lost. */
export interface Trace {
  /** Whether a run is the one that was asked for. */
  readonly isIt: (run: Run) => boolean;
  /** Whether nobody else's run can be the one that `isIt` says. */
  readonly proves: boolean;
  /** Asks a second time where no run turned up, and sees to it that one run stays. */
  readonly resend?: boolean;
  /** What else one can do where none turned up. */
  readonly otherwise?: string | undefined;
}

/** A run that was started. */
export interface Started {
  /** The run. */
  readonly run: Run;
  /** Whether it is sure that it was started here: dbt Cloud answered so, or its mark proves it. */
  readonly ours: boolean;
}

/** The waits between searches for a run whose answer was lost, in seconds: 60 in all. */
const patientWaits = [1, 2, 4, 8, 15, 30];
/** The waits that are left once nobody wants to wait any more: lists may hide a new run for 5 s. */
const hastyWaits = [0, 1, 2, 3];
/** The waits between searches for a second run, after a second request. */
const twinWaits = [1, 2, 4];

/**
 * Starts a run above `newest`, the job's newest one. To be called where nothing interrupts: a write that is under way
 * is not given up, and an interrupt only shortens the search for a run whose answer was lost. All other waits can be
 * interrupted.
 */
export const startOnce = Effect.fnUntraced(function* <E, R>(
  job: jobs.OfJob,
  newest: Run | undefined,
  { mark, onAsk, trace, ...start }: Start<E, R>,
  restore: Restore,
): Effect.fn.Return<Started, DbtError, Dbt | R> {
  // Nothing was sent yet: an interrupt ends it here.
  yield* restore(delivering(onAsk, (tell) => Effect.sync(() => tell({ ...mark, ...job }))));
  const ask = start.ask.pipe(
    Effect.provideService(TransformRetry, (schedule) => awake(schedule, restore)),
    Effect.provideService(TransformRateLimitWait, restore),
    Effect.result,
  );
  const asked = yield* ask;
  if (Result.isSuccess(asked)) return { run: asked.success, ours: true };
  if (!isLost(asked.failure.reason)) return yield* asked.failure;
  const fail = ambiguous(asked.failure, job, newest, mark);
  if (trace === undefined) return yield* fail("Nothing marks the run: it cannot be told from others.");

  const { isIt, otherwise = "", proves, resend = false } = trace;
  const seconds = sum(patientWaits);
  yield* warn(
    `The answer was lost: looking for the run with ${mark.field} ${mark.value}, for up to ${seconds} s`,
  );
  const search = makeSearch(job, newest?.id ?? 0, isIt, restore);
  const [found] = yield* search(patientWaits, 1);
  if (found !== undefined) return { run: found, ours: proves };
  let also = "";
  if (resend && !search.hurried()) {
    yield* warn("No run turned up: asking a second time");
    const again = yield* ask;
    if (Result.isSuccess(again) || isLost(again.failure.reason)) {
      const answered = Result.isSuccess(again) ? [again.success] : yield* search(patientWaits, 1);
      const seen = answered.length === 1 ? yield* search(twinWaits, 2) : answered;
      const [stays, ...twins] = byId([...answered, ...seen]);
      yield* Effect.forEach(twins, (twin) => dismiss(job, twin));
      if (stays !== undefined) return { run: stays, ours: proves };
    } else also = ` Asked a second time: ${again.failure.message}`;
  }
  const within = search.hurried() ? "yet" : `within ${seconds} s`;
  const saw = search.looked()
    ? `No newer run of job ${job.job_id} with ${mark.field} ${mark.value} turned up ${within}.`
    : `The runs of job ${job.job_id} could not be listed: whether one has ${mark.field} ${mark.value} is not known.`;
  return yield* fail(saw + also, otherwise);
});

/** Whether it is unknown if a write was carried out. With all other failures it certainly was not. */
export function isLost(reason: DbtError["reason"]): reason is Ambiguous | Undecodable {
  return reason._tag === "Ambiguous" || reason._tag === "Undecodable";
}

/** Says that a run may have been started, and how to find out. */
function ambiguous(
  { endpoint, reason }: DbtError,
  { account_id, job_id }: jobs.OfJob,
  newest: Run | undefined,
  { field }: Pick<Mark, "field">,
): (seen: string, otherwise?: string) => Effect.Effect<never, DbtError, Dbt> {
  return Effect.fnUntraced(function* (seen, otherwise = "") {
    const { defaults, url } = yield* Dbt;
    const account = `${url}/deploy/${account_id ?? defaults.account_id}`;
    // The project is known only from a run.
    const page = newest?.project_id ? `${account}/projects/${newest.project_id}/jobs/${job_id}` : account;
    const remedy = `${seen} It may still come. Before you start it again, look at ${page} or with ` +
      `"${
        findCommand({ account_id, job_id }, field)
      }": if it is there, "dbtc runs wait RUN" waits for it. ${otherwise}`;
    return yield* new DbtError({
      endpoint,
      reason: {
        _tag: "Ambiguous",
        ...("status" in reason && reason.status !== undefined ? { status: reason.status } : {}),
        detail: ("detail" in reason ? reason.detail : undefined) ?? reason._tag,
        remedy: remedy.trimEnd(),
      },
    });
  });
}

/** The command that shows a job's newest runs, with what one of them can be recognized by. */
export function findCommand(
  { account_id, job_id }: { readonly account_id?: number | undefined; readonly job_id: number },
  field: Mark["field"],
): string {
  return `dbtc runs list${account_id === undefined ? "" : ` --account-id ${account_id}`} --job-id ${job_id}` +
    `${field === "trigger.cause" ? " --include-related trigger" : ""} --fields id,status_humanized,${field}`;
}

/** A search for runs above a baseline: it gives what it has found as soon as that is enough, or the waits are over. */
interface Search {
  (waits: ReadonlyArray<number>, enough: number): Effect.Effect<ReadonlyArray<Run>, never, Dbt>;
  /** Whether an interrupt shortened it. */
  readonly hurried: () => boolean;
  /** Whether any search could see the runs. */
  readonly looked: () => boolean;
}

function makeSearch(
  { job_id, ...account }: jobs.OfJob,
  baseline: number,
  isIt: Trace["isIt"],
  restore: Restore,
): Search {
  let [hurried, looked] = [false, false];
  // A busy job has many newer runs; the one that was asked for is among the first of them. A search is not retried:
  // the next one is.
  const look = (enough: number) =>
    paginate(listRuns, {
      ...account,
      job_definition_id: job_id,
      id__gt: baseline,
      include_related: ["trigger"],
      order_by: "id",
    }, { concurrency: 1 }).pipe(
      Stream.filter((run) => run.id > baseline && isIt(run)),
      Stream.take(enough),
      Stream.runCollect,
      Effect.provideService(TransformRetry, () => Schedule.recurs(0)),
    );
  const patient = (wait: number, enough: number) =>
    restore(look(enough).pipe(Effect.timeout("15 seconds"), Effect.delay(Duration.seconds(wait))));
  const hasty = (wait: number, enough: number) =>
    look(enough).pipe(
      Effect.timeout("5 seconds"),
      Effect.delay(Duration.seconds(wait)),
    );
  const search = Effect.fnUntraced(function* (waits: ReadonlyArray<number>, enough: number) {
    let found: ReadonlyArray<Run> = [];
    let left = hurried ? hastyWaits : waits;
    // A patient search that hangs takes from the waits after it, so that all of them last no longer than was said.
    let late = 0;
    while (left.length > 0 && found.length < enough && late <= sum(left)) {
      const [wait = 0, ...rest] = left;
      const [ownWait, begin] = [Math.max(0, wait - late), yield* monotonicSeconds];
      // A search that fails found nothing.
      const seen = yield* Effect.exit((hurried ? hasty : patient)(ownWait, enough));
      late = hurried ? 0 : Math.max(0, late - wait) + (yield* monotonicSeconds) - begin - ownWait;
      if (Exit.isSuccess(seen)) [looked, found] = [true, byId([...found, ...seen.value])];
      const cut = !hurried && Exit.hasInterrupts(seen);
      hurried ||= cut;
      if (cut) late = 0;
      left = cut ? hastyWaits : rest;
    }
    return found;
  });
  return Object.assign(search, { hurried: () => hurried, looked: () => looked });
}

function sum(waits: ReadonlyArray<number>): number {
  return waits.reduce((total, wait) => total + wait, 0);
}

/** Each run once, as it was last seen, the lowest id first. */
function byId(seen: ReadonlyArray<Run>): ReadonlyArray<Run> {
  return [...new Map(seen.map((run) => [run.id, run])).values()].toSorted((a, b) => a.id - b.id);
}

/** Cancels a second run that was asked for where it is still queued. One that runs is left, and said. */
const dismiss = Effect.fnUntraced(function* ({ job_id: _, ...account }: jobs.OfJob, twin: Run) {
  const { id } = twin;
  if (hasEnded(twin)) return yield* warn(`Run ${id} was started too, and has ended`);
  if (twin.status !== runs.RunStatus.queued) {
    return yield* warn(`Run ${id} was started too, and goes on: dbtc runs cancel ${id}`);
  }
  yield* sendForRun(runs.cancel, { ...account, run_id: id }).pipe(
    // An answer of 200 that cannot be read: dbt Cloud has taken the request.
    Effect.catchReason("DbtError", "Undecodable", () => Effect.void),
    Effect.timeout("5 seconds"),
    Effect.matchEffect({
      onSuccess: () => warn(`Run ${id} was started too: it was cancelled in the queue`),
      onFailure: ({ message }) => warn(`Run ${id} was started too, and could not be cancelled: ${message}`),
    }),
  );
});

/** The same waits, but such that they can be interrupted where nothing else can. */
export function awake(
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
