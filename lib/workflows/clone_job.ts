/**
 * Clones a job for a CI run, and deletes the clone afterwards, whatever has happened. `autoscaling_ci.ts` uses it.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Random from "effect/Random";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as jobs from "../api/jobs.ts";
import type { Job } from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { TransformRateLimitWait, TransformRetry } from "../client/retry.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { writable } from "../request.ts";
import type { InAccount } from "../shared_fields.ts";
import { cancelEach } from "./cancel_runs.ts";
import { interruptible, isAnswerLost, type Restore } from "./start_at_most_once.ts";
import { hasEnded } from "./wait_for_run.ts";

/** The longest name that dbt Cloud keeps, as far as is known. */
const longestName = 255;
/**
 * The waits before each search for what a request with a lost answer may have made, in seconds: at 1, 3, 7 and 15 s.
 */
const searchWaits = [1, 2, 4, 8];

/** Clones a job at most once: where the answer is lost, the clone is searched for by its name. */
export const createClone = Effect.fnUntraced(function* (
  job: Job,
  account: InAccount,
  restore: Restore,
): Effect.fn.Return<Job, DbtError, Dbt> {
  const drawn = Math.floor((yield* Random.next) * 36 ** 10).toString(36).padStart(10, "0");
  const mark = `[dbtc clone of job ${job.id}: ${drawn}]`;
  const name = `${(job.name ?? "").slice(0, longestName - mark.length - 1)} ${mark}`.trimStart();
  const copy = writable(jobs.create, {
    ...job,
    ...account,
    name,
    schedule: undefined,
    job_completion_trigger_condition: null,
    triggers_on_draft_pr: false,
    triggers: {
      ...Object.fromEntries(Object.keys(job.triggers ?? {}).map((trigger) => [trigger, false])),
      github_webhook: false,
      git_provider_webhook: false,
      schedule: false,
      on_merge: false,
    },
  }) as unknown as jobs.Create; // `create` checks every field by its schema
  const answer = yield* jobs.create(copy).pipe(
    Effect.provideService(TransformRetry, (schedule) => interruptible(schedule, restore)),
    Effect.provideService(TransformRateLimitWait, restore),
    Effect.result,
  );
  if (Result.isSuccess(answer)) return answer.success;
  const { endpoint, reason } = answer.failure;
  if (!isAnswerLost(reason)) return yield* answer.failure;
  const where = { ...account, ...(job.project_id && { project_id: job.project_id }), name__icontains: drawn };
  const search = yield* repeatSearch(
    Effect.map(jobs.list(where), ({ data }) => data.find((other) => other.name === name)),
  );
  if (search.found !== undefined) return search.found;
  return yield* new DbtError({
    endpoint,
    reason: {
      _tag: "Ambiguous",
      ...(reason.status === undefined ? {} : { status: reason.status }),
      detail: reason.detail,
      remedy: `No run was started. Should there be a clone of job ${job.id} now, "dbtc jobs list --name-icontains ` +
        `${drawn}" finds it, and "dbtc jobs delete" deletes it.`,
    },
  });
});

/** What is known when a clone is not needed any more. */
export interface CloneState extends InAccount {
  /** Its run, as last seen. */
  readonly run: Run | undefined;
  /** Whether the run was asked to stop. */
  readonly stopped: boolean;
  /** Whether there may be a run that is not known, since an answer was lost. */
  readonly mayHaveRun: boolean;
  /** Whether the program was interrupted, so that there is little time. */
  readonly interrupted: boolean;
}

/** The most seconds for deleting a clone: longer than dbt Cloud answers 429. */
const secondsToDelete = 360;
/** After an interrupt, the most seconds for cancelling a clone's run, and for deleting the clone. */
const secondsAfterInterrupt = 10;

/**
 * Deletes a clone, and before that cancels its run. Has to be called in an uninterruptible region: an interrupt only
 * shortens it.
 */
export const removeClone = Effect.fnUntraced(function* (
  clone: Job,
  job: Job,
  { interrupted: wasInterrupted, mayHaveRun, run, stopped, ...account }: CloneState,
  restore: Restore,
): Effect.fn.Return<void, never, Dbt> {
  let interrupted = wasInterrupted;
  /** Runs a step. After an interrupt, runs it again with a timeout: a second cancel or delete has no effect. */
  const shortenable = Effect.fnUntraced(function* (
    step: Effect.Effect<void, never, Dbt>,
    onTimeout: (seconds: number) => Effect.Effect<void>,
  ): Effect.fn.Return<void, never, Dbt> {
    if (!interrupted) {
      const exit = yield* Effect.exit(restore(step));
      if (!Exit.hasInterrupts(exit)) return yield* exit;
      interrupted = true;
    }
    yield* Effect.timeoutOrElse(step, {
      duration: Duration.seconds(secondsAfterInterrupt),
      orElse: () => onTimeout(secondsAfterInterrupt),
    });
  });
  const leave = (why: string) =>
    Effect.logWarning(
      `The clone of job ${job.id} is left: job ${clone.id}, "${clone.name}". ${why} ` +
        `To delete it: dbtc jobs delete ${clone.id}`,
    );
  let last = run;
  if (mayHaveRun) {
    const newer = { ...account, job_definition_id: clone.id, id__gt: run?.id ?? 0, order_by: "-id", limit: 1 };
    const { found, isSure } = yield* repeatSearch(Effect.map(runs.list(newer), ({ data }) => data.at(0)));
    if (!isSure) return yield* leave("Whether a run of it goes on could not be found out.");
    if (found !== undefined) last = found;
    if (found !== undefined && hasEnded(found)) {
      const status = found.status_humanized ?? found.status;
      yield* Effect.logWarning(`Run ${found.id} of the clone was found after all, and had ended: ${status}`);
    }
  }
  if (last !== undefined && !hasEnded(last)) {
    const goesOn = `Run ${last.id} of the clone, which is deleted, may go on`;
    const cancel = cancelEach([last], account).pipe(
      Stream.runForEach(({ failure }) =>
        Effect.logWarning(
          failure === undefined ? `Run ${last?.id} of the clone was cancelled` : `${goesOn}: ${failure.message}`,
        )
      ),
    );
    yield* stopped ? Effect.logWarning(goesOn) : shortenable(cancel, () => Effect.logWarning(goesOn));
  }
  const onTimeout = (seconds: number) => leave(`It could not be deleted within ${seconds} s.`);
  const remove = jobs.delete({ ...account, job_id: clone.id }).pipe(
    Effect.retry({
      schedule: Schedule.spaced("1 second"),
      times: 5,
      while: ({ reason }) => reason._tag === "Ambiguous",
    }),
    Effect.catchReason("DbtError", "NotFound", (reason, error) => reason.enveloped ? Effect.void : Effect.fail(error)),
    Effect.asVoid,
    Effect.catch(({ message }) => leave(message)),
    Effect.timeoutOrElse({ duration: Duration.seconds(secondsToDelete), orElse: () => onTimeout(secondsToDelete) }),
  );
  yield* shortenable(remove, onTimeout);
});

/** Whether a call that started a run may have started one that is not known, since its answer was lost. */
export function isStartLost(exit: Exit.Exit<unknown, DbtError>): boolean {
  return Exit.isFailure(exit) &&
    exit.cause.reasons.filter(Cause.isFailReason).some(({ error }) => isAnswerLost(error.reason));
}

/**
 * Searches several times for what a write with a lost answer may have made. `isSure` says whether the last search
 * succeeded, so that nothing found means that there is nothing.
 */
const repeatSearch = Effect.fnUntraced(function* <A>(
  search: Effect.Effect<A | undefined, DbtError, Dbt>,
): Effect.fn.Return<{ readonly found: A | undefined; readonly isSure: boolean }, never, Dbt> {
  let isSure = false;
  for (const wait of searchWaits) {
    const result = yield* search.pipe(
      Effect.provideService(TransformRetry, () => Schedule.recurs(0)),
      Effect.timeout("5 seconds"),
      Effect.delay(Duration.seconds(wait)),
      Effect.result,
    );
    isSure = Result.isSuccess(result);
    if (Result.isSuccess(result) && result.success !== undefined) return { found: result.success, isSure };
  }
  return { found: undefined, isSure };
});
