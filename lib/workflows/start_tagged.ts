/**
 * The two ways to get a run that can be waited for: `startTagged` starts one, or attaches to one that is there already,
 * and `startFromFailure` retries one that failed. `wait_with_retries.ts` and `trigger_and_wait.ts` use them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as jobs from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { overrides } from "../shared_fields.ts";
import { drawTag, hasKey, hasTag, keyHash, tagged } from "./run_tag.ts";
import { type Restore, type Started, startOnce } from "./start_at_most_once.ts";
import type { RestartOptions, StartOptions } from "./start_options.ts";
import { hasEnded, type RunRequest } from "./wait_for_run.ts";

/** A run that was started, or found. */
export interface StartedRun extends Started {
  /** Whether it was there already. Then this call never cancels it. */
  readonly attached: boolean;
}

/** How many of a job's newest runs are searched for one to attach to. */
const searchedRuns = 100;

/** Attaches to a run that the options allow, or starts one. */
export const startTagged = Effect.fnUntraced(function* (
  request: jobs.Trigger,
  { key, onAsk, resend = false, reuseRunning = false, tag = true }: StartOptions,
  restore: Restore,
): Effect.fn.Return<StartedRun, DbtError, Dbt> {
  if (key?.trim() === "") return yield* unsendable(jobs.trigger.name, "the key is empty");
  if (!tag && (key !== undefined || resend)) {
    return yield* unsendable(jobs.trigger.name, `without a tag, ${resend ? "resend" : "a key"} could find no run`);
  }
  const job = ofJob(request);
  const hash = key === undefined ? undefined : keyHash(request.job_id, key);
  const attaches = hash !== undefined || reuseRunning;
  // With a tag, the list also gives the id after which a run whose answer is lost is searched.
  const newest = attaches || tag ? yield* restore(newestRuns(job, attaches ? searchedRuns : 1)) : [];
  const existing = (hash === undefined ? undefined : runOfKey(newest, hash)) ??
    (reuseRunning ? newest.find((run) => !hasEnded(run) && isForSameRequest(run, request)) : undefined);
  if (existing !== undefined) return { run: existing, ours: false, attached: true };

  const drawn = yield* drawTag(hash);
  const cause = tag ? tagged(request.cause, drawn) : request.cause;
  const advice = key === undefined ? undefined : "Or start it again with the same key: a run that came is found by it.";
  const started = yield* startOnce(job, newest[0], {
    send: jobs.trigger({ ...request, cause }),
    mark: { field: "trigger.cause", value: tag ? drawn : cause },
    onAsk,
    ...(tag ? { recognition: { matches: (run) => hasTag(run, drawn), isProof: true, resend, advice } } : {}),
  }, restore);
  return { ...started, attached: false };
});

/** Retries a run, or the newest run of a job, from the point of failure. */
export const startFromFailure = Effect.fnUntraced(function* (
  of: jobs.OfJob | RunRequest,
  { orRun, ...options }: RestartOptions,
  restore: Restore,
): Effect.fn.Return<StartedRun, DbtError, Dbt> {
  const job = "job_id" in of ? ofJob(of) : yield* restore(jobOf(of));
  const { job_id, ...account } = job;
  const [newest] = yield* restore(newestRuns(job, 1));
  const problem = "run_id" in of && newest?.id !== of.run_id
    ? `${reasons.RETRY_NOT_LATEST_RUN}${newest === undefined ? "" : `, which is ${newest.id}`}`
    : newest === undefined
    ? "it has no run yet"
    : retryProblem(newest);
  if (newest === undefined || problem !== undefined) {
    if (orRun !== undefined) return yield* startTagged({ ...orRun, ...job }, options, restore);
    const which = "run_id" in of
      ? `run ${of.run_id}`
      : newest === undefined
      ? `job ${job_id}`
      : `run ${newest.id}, the newest of job ${job_id},`;
    return yield* unsendable(
      runs.retry.name,
      `${which} cannot be taken up: ${problem}. "dbtc jobs rerun ${job_id} --or-run" starts an ordinary run`,
    );
  }
  const started = yield* startOnce(job, newest, {
    send: runs.retry({ ...account, run_id: newest.id }),
    mark: { field: "retrying_run_id", value: String(newest.id) },
    onAsk: options.onAsk,
    // No proof: somebody else may have retried the same run.
    recognition: { matches: ({ retrying_run_id }) => retrying_run_id === newest.id, isProof: false },
  }, restore);
  return { ...started, attached: false };
});

/** The fields of a request that say which job. */
export function ofJob({ account_id, job_id }: jobs.OfJob): jobs.OfJob {
  return account_id === undefined ? { job_id } : { account_id, job_id };
}

const jobOf = Effect.fnUntraced(function* (run: RunRequest): Effect.fn.Return<jobs.OfJob, DbtError, Dbt> {
  const { job_definition_id, job_id } = yield* runs.get(run);
  const id = job_definition_id ?? job_id;
  if (typeof id !== "number") return yield* unsendable(runs.retry.name, `run ${run.run_id} is of no job`);
  return ofJob({ ...run, job_id: id });
});

/** The newest runs of a job, newest first. With their triggers if there are several, to compare them. */
const newestRuns = Effect.fnUntraced(function* ({ job_id, ...account }: jobs.OfJob, limit: number) {
  const include_related = limit > 1 ? { include_related: ["trigger"] as const } : {};
  const { data } = yield* runs.list({
    ...account,
    ...include_related,
    job_definition_id: job_id,
    order_by: "-id",
    limit,
  });
  return data;
});

// ---- runs to attach to ----------------------------------------------------------------------------------------------

/** The first run of a key that is in flight or succeeded, itself or in its last retry. */
function runOfKey(newest: ReadonlyArray<Run>, hash: string): Run | undefined {
  const lastTry = (run: Run): Run => {
    const next = newest.find(({ id, retrying_run_id }) => retrying_run_id === run.id && id > run.id);
    return next === undefined ? run : lastTry(next);
  };
  return newest.filter((run) => hasKey(run, hash)).map(lastTry)
    .findLast((run) => !hasEnded(run) || run.status === runs.RunStatus.success);
}

/** Whether a run does the same as a request: the whole job, with equal overrides. */
function isForSameRequest({ retrying_run_id, trigger }: Run, request: jobs.Trigger): boolean {
  // Trigger and request both have the members of `overrides`.
  const names = Object.keys(overrides) as ReadonlyArray<keyof typeof overrides>;
  return trigger !== undefined && trigger !== null && (retrying_run_id ?? null) === null &&
    names.every((name) => JSON.stringify(trigger[name] ?? null) === JSON.stringify(request[name] ?? null));
}

// ---- runs that cannot be retried ------------------------------------------------------------------------------------

/** https://docs.getdbt.com/docs/deploy/retry-jobs */
const reasons: Readonly<Record<keyof typeof runs.RetryNotSupportedReason, string>> = {
  RETRY_UNSUPPORTED_CMD: "dbt cannot retry the command that failed",
  RETRY_UNSUPPORTED_VERSION: "its dbt version cannot retry: 1.6 is the first that can",
  RETRY_NOT_LATEST_RUN: "it is not the newest run of its job",
  RETRY_NOT_FAILED_RUN: "it did not fail",
  RETRY_NO_RUN_RESULTS: "it left no run results that say where it failed",
};

/** Why the newest run of a job cannot be retried; undefined if it can. */
function retryProblem(run: Run): string | undefined {
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

function unsendable(endpoint: string, detail: string): DbtError {
  return new DbtError({ endpoint, reason: { _tag: "Unsendable", detail } });
}
