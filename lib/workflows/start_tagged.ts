/**
 * The ways in which a run comes to be waited for: it is started, it is there already, or it retries one that failed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Struct from "effect/Struct";
import * as jobs from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { type DbtError, unsendable } from "../error.ts";
import { type Overrides, overrides } from "../shared_fields.ts";
import { monotonicSeconds } from "../time.ts";
import { hasEnded } from "./run_events.ts";
import { drawTag, hasKey, hasTag, keyHash, tagged } from "./run_tag.ts";
import { type Restore, type Started, startOnce } from "./start_at_most_once.ts";
import { fitting, listRuns, sendForRun } from "./lenient_run.ts";
import { oneAtATime } from "./one_at_a_time.ts";
import type { AskOptions, RestartOptions } from "./start_options.ts";
import type { RunRequest } from "./wait_for_run.ts";

/** A run, and whether it was there already. */
export interface Begun extends Started {
  /** It was there already: it is another's to cancel. */
  readonly attached: boolean;
}

/** A run that was begun some time ago, by monotonic time. */
interface Before extends Begun {
  readonly at: number;
}

/** For how many seconds a run that was started here may not be listed. */
const unlisted = 60;
/** How many of a job's newest runs are looked at for one to attach to. */
const reach = 100;

/** Attaches to a run as the options say, or starts one. */
export const startTagged = Effect.fnUntraced(function* <E, R>(
  request: jobs.Trigger,
  { key, onAsk, resend = false, reuseRunning = false, tag = true }: AskOptions<E, R>,
  restore: Restore,
): Effect.fn.Return<Begun, DbtError, Dbt | R> {
  if (key?.trim() === "") return yield* unsendable(jobs.trigger.name, "the key is empty");
  if (!tag && (key !== undefined || resend)) {
    return yield* unsendable(jobs.trigger.name, `without a tag, ${resend ? "resend" : "a key"} could find no run`);
  }
  const job = ofJob(request);
  const hash = key === undefined ? undefined : keyHash(request.job_id, key);
  const attaches = hash !== undefined || reuseRunning;
  const start = Effect.fnUntraced(function* (
    before: ReadonlyArray<Before>,
  ): Effect.fn.Return<Before, DbtError, Dbt | R> {
    // That its runs can be listed is also what makes a lost one findable.
    const listed = attaches || tag ? yield* restore(newestRuns(job, attaches ? reach : 1)) : [];
    const newest = yield* restore(withUnlisted(job, listed, before));
    const there = (hash === undefined ? undefined : keyed(newest, hash)) ??
      (reuseRunning ? newest.find((run) => !hasEnded(run) && doesTheSame(run, request)) : undefined);
    if (there !== undefined) return { run: there, ours: false, attached: true, at: yield* monotonicSeconds };

    const drawn = yield* drawTag(hash);
    const cause = tag ? tagged(request.cause, drawn) : request.cause;
    const otherwise = key === undefined
      ? undefined
      : "Or start it again with the same key: a run that came is found by it.";
    const begun = yield* startOnce(job, newest[0], {
      ask: sendForRun(jobs.trigger, { ...request, cause }),
      mark: { field: "trigger.cause", value: tag ? drawn : cause },
      onAsk,
      ...(tag ? { trace: { isIt: (run) => hasTag(run, drawn), proves: true, resend, otherwise } } : {}),
    }, restore);
    return { ...begun, attached: false, at: yield* monotonicSeconds };
  });
  if (!attaches) return yield* start([]);
  const { account_id = (yield* Dbt).defaults.account_id, job_id } = job;
  // Both locks, always in this order.
  return yield* oneAtATime(
    [...(reuseRunning ? [`${account_id} ${job_id}`] : []), ...(hash === undefined ? [] : [`${account_id} ${hash}`])],
    start,
    restore,
  );
});

/** Listed runs, newest first, with those that were begun here before and that dbt Cloud does not list yet. */
const withUnlisted = Effect.fnUntraced(function* (
  { job_id: _, ...account }: jobs.OfJob,
  listed: ReadonlyArray<Run>,
  before: ReadonlyArray<Before>,
): Effect.fn.Return<ReadonlyArray<Run>, DbtError, Dbt> {
  const at = yield* monotonicSeconds;
  const missing = before.filter((begun) => at - begun.at < unlisted && !listed.some(({ id }) => id === begun.run.id));
  const found = yield* Effect.forEach(
    missing,
    ({ run }) =>
      sendForRun(runs.get, { ...account, run_id: run.id, include_related: ["trigger"] }).pipe(
        // It is not found for a while either, although dbt Cloud has answered with it.
        Effect.catchReason("DbtError", "NotFound", () => Effect.succeed(run)),
        Effect.map(fitting),
      ),
  );
  return [...found, ...listed].toSorted((a, b) => b.id - a.id);
});

/** Retries a run from the point of failure, or the newest one of a job. */
export const startFromFailure = Effect.fnUntraced(function* <E, R>(
  of: jobs.OfJob | RunRequest,
  { onAsk, orRun }: RestartOptions<E, R>,
  restore: Restore,
): Effect.fn.Return<Begun, DbtError, Dbt | R> {
  const job = "job_id" in of ? ofJob(of) : yield* restore(jobOf(of));
  const { job_id, ...account } = job;
  const [newest] = yield* restore(newestRuns(job, 1));
  const why = "run_id" in of && newest?.id !== of.run_id
    ? `${reasons.RETRY_NOT_LATEST_RUN}${newest === undefined ? "" : `, which is ${newest.id}`}`
    : newest === undefined
    ? "it has no run yet"
    : whyNot(newest);
  if (newest === undefined || why !== undefined) {
    if (orRun !== undefined) {
      return yield* startTagged({ ...orRun, ...job }, defined({ onAsk }), restore);
    }
    const which = "run_id" in of
      ? `run ${of.run_id}`
      : newest === undefined
      ? `job ${job_id}`
      : `run ${newest.id}, the newest of job ${job_id},`;
    return yield* unsendable(
      runs.retry.name,
      `${which} cannot be retried: ${why}. "dbtc jobs rerun ${job_id} --or-run" starts an ordinary run`,
    );
  }
  const started = yield* startOnce(job, newest, {
    ask: sendForRun(runs.retry, { ...account, run_id: newest.id }),
    mark: { field: "retrying_run_id", value: String(newest.id) },
    onAsk,
    // Another may have retried the same run.
    trace: { isIt: ({ retrying_run_id }) => retrying_run_id === newest.id, proves: false },
  }, restore);
  return { ...started, attached: false };
});

/** The job, and nothing else of a request. */
export function ofJob(request: jobs.OfJob): jobs.OfJob {
  return Struct.pick(request, ["account_id", "job_id"]);
}

const jobOf = Effect.fnUntraced(function* (run: RunRequest): Effect.fn.Return<jobs.OfJob, DbtError, Dbt> {
  const { job_definition_id, job_id } = fitting(yield* sendForRun(runs.get, run));
  const id = job_definition_id ?? job_id;
  if (typeof id !== "number") return yield* unsendable(runs.retry.name, `run ${run.run_id} is of no job`);
  return ofJob({ ...run, job_id: id });
});

/** The newest runs of a job, newest first; with what started them where one of several is looked for. */
const newestRuns = Effect.fnUntraced(function* ({ job_id, ...account }: jobs.OfJob, limit: number) {
  const include_related = limit > 1 ? { include_related: ["trigger"] as const } : {};
  const { data } = yield* listRuns({
    ...account,
    ...include_related,
    job_definition_id: job_id,
    order_by: "-id",
    limit,
  });
  return data;
});

// ---- what is there already ------------------------------------------------------------------------------------------

/** The first run of a key that is in flight or succeeded, or whose last retry is or did. */
export function keyed(newest: ReadonlyArray<Run>, hash: string): Run | undefined {
  return newest.filter((run) => hasKey(run, hash)).flatMap((run) => triesOf(newest, run).slice(-1))
    .findLast((run) => !hasEnded(run) || run.status === runs.RunStatus.success);
}

/** A run, and those of the listed ones that retried it, the last one last. */
export function triesOf(listed: ReadonlyArray<Run>, run: Run): ReadonlyArray<Run> {
  const next = listed.find(({ id, retrying_run_id }) => retrying_run_id === run.id && id > run.id);
  return next === undefined ? [run] : [run, ...triesOf(listed, next)];
}

/** Whether a run does what is asked for: the whole job, with the very same overrides. */
function doesTheSame({ retrying_run_id, trigger }: Run, request: jobs.Trigger): boolean {
  return trigger !== undefined && trigger !== null && (retrying_run_id ?? null) === null &&
    differingOverrides(trigger, request).length === 0;
}

/** The names of the overrides that differ; null is as good as none. */
export function differingOverrides(
  one: { readonly [Name in keyof Overrides]?: unknown },
  other: Overrides,
): ReadonlyArray<string> {
  // All names that `overrides` has are those of `Overrides`: its type says so.
  const names = Object.keys(overrides) as ReadonlyArray<keyof Overrides>;
  return names.filter((name) => JSON.stringify(one[name] ?? null) !== JSON.stringify(other[name] ?? null));
}

// ---- why a run cannot be retried ------------------------------------------------------------------------------------

/** https://docs.getdbt.com/docs/deploy/retry-jobs */
const reasons: Readonly<Record<keyof typeof runs.RetryNotSupportedReason, string>> = {
  RETRY_UNSUPPORTED_CMD: "dbt cannot retry the command that failed",
  RETRY_UNSUPPORTED_VERSION: "its dbt version cannot retry: 1.6 is the first that can",
  RETRY_NOT_LATEST_RUN: "it is not the newest run of its job",
  RETRY_NOT_FAILED_RUN: "it did not fail",
  RETRY_NO_RUN_RESULTS: "it left no run results that say where it failed",
};

/** Why the newest run of a job cannot be retried, in words. */
function whyNot(run: Run): string | undefined {
  if (run.status !== runs.RunStatus.error) {
    return run.status === runs.RunStatus.cancelled
      ? "it was cancelled"
      : hasEnded(run)
      ? reasons.RETRY_NOT_FAILED_RUN
      : "it has not ended";
  }
  if (run.can_retry !== false) return undefined;
  const reason = run.retry_not_supported_reason ?? "";
  const words: Readonly<Record<string, string>> = reasons;
  return Object.hasOwn(words, reason) ? words[reason] : `dbt Cloud says ${reason === "" ? "no" : reason}`;
}
