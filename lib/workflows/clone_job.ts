/**
 * The clone of a job: made, and deleted.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as jobs from "../api/jobs.ts";
import type { Job } from "../api/jobs.ts";
import type { Run } from "../api/runs.ts";
import { TransformRateLimitWait, TransformRetry } from "../client/retry.ts";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { DbtError } from "../error.ts";
import { writable } from "../request.ts";
import type { InAccount } from "../shared_fields.ts";
import { cancelEach } from "./cancel_runs.ts";
import { warn } from "../deliver_events.ts";
import { listRuns } from "./lenient_run.ts";
import { hasEnded } from "./run_events.ts";
import { drawLetters } from "./run_tag.ts";
import { awake, isLost, type Restore } from "./start_at_most_once.ts";

/** What dbt Cloud keeps of a name, as far as is known. */
const longestName = 255;
/** The waits between searches for what a lost answer may have made, in seconds: at 1, 3, 7 and 15 s. */
const lookAgain = [1, 2, 4, 8];

/**
 * Clones a job, at most once: where the answer is lost, the clone is found by its name. `onAsk` gets a part of the name
 * that no other job has, before the request is sent.
 */
export const cloneOf = Effect.fnUntraced(function* (
  job: Job,
  account: InAccount,
  restore: Restore,
  onAsk: (mark: string) => void,
): Effect.fn.Return<Job, DbtError, Dbt> {
  const drawn = yield* drawLetters;
  const mark = `[dbtc clone of job ${job.id}: ${drawn}]`;
  const name = `${(job.name ?? "").slice(0, longestName - mark.length - 1)} ${mark}`.trimStart();
  const whole = writable(jobs.create, {
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
  onAsk(drawn);
  const asked = yield* jobs.create(whole).pipe(
    Effect.provideService(TransformRetry, (schedule) => awake(schedule, restore)),
    Effect.provideService(TransformRateLimitWait, restore),
    Effect.result,
  );
  if (Result.isSuccess(asked)) return asked.success;
  const { endpoint, reason } = asked.failure;
  if (!isLost(reason)) return yield* asked.failure;
  const where = { ...account, ...(job.project_id && { project_id: job.project_id }), name__icontains: drawn };
  const found = yield* seek(Effect.map(jobs.list(where), ({ data }) => data.find((other) => other.name === name)));
  if (found.thing !== undefined) return found.thing;
  return yield* new DbtError({
    endpoint,
    reason: {
      _tag: "Ambiguous",
      ...defined({ status: reason.status }),
      detail: reason.detail,
      remedy: `No run was started. Should there be a clone of job ${job.id} now, "dbtc jobs list --name-icontains ` +
        `${drawn}" finds it, and "dbtc jobs delete" deletes it.`,
    },
  });
});

/** What is known at the end of a clone. */
export interface End extends InAccount {
  /** Its run, as last seen. */
  readonly run: Run | undefined;
  /** The run was asked to stop. */
  readonly stopped: boolean;
  /** It is unknown whether a run was started. */
  readonly lost: boolean;
  /** Nobody wants to wait any more. */
  readonly hurried: boolean;
}

/** How long a clone may take to be deleted, in seconds: as long as a cooldown of dbt Cloud's. */
const patience = 360;
/**
 * How long a clone's run may take to be cancelled, and the clone to be deleted, once nobody wants to wait, in seconds.
 */
const haste = 10;

/**
 * Deletes a clone, and cancels what still runs of it before. To be called where nothing interrupts: an interrupt only
 * shortens it.
 */
export const removeClone = Effect.fnUntraced(function* (
  clone: Job,
  job: Job,
  { hurried: hurriedBefore, lost, run, stopped, ...account }: End,
  restore: Restore,
): Effect.fn.Return<void, never, Dbt> {
  let hurried = hurriedBefore;
  /**
   * Once nobody wants to wait any more, it is begun anew, and has little time. To cancel or delete twice does no harm.
   */
  const hurrying = Effect.fnUntraced(function* (
    patient: Effect.Effect<void, never, Dbt>,
    orElse: (seconds: number) => Effect.Effect<void>,
  ): Effect.fn.Return<void, never, Dbt> {
    if (!hurried) {
      const exit = yield* Effect.exit(restore(patient));
      if (!Exit.hasInterrupts(exit)) return yield* exit;
      hurried = true;
    }
    yield* Effect.timeoutOrElse(patient, { duration: Duration.seconds(haste), orElse: () => orElse(haste) });
  });
  const left = (why: string) =>
    warn(
      `The clone of job ${job.id} is left: job ${clone.id}, "${clone.name}". ${why} ` +
        `To delete it: dbtc jobs delete ${clone.id}`,
    );
  let last = run;
  if (lost) {
    const ofClone = { ...account, job_definition_id: clone.id, id__gt: run?.id ?? 0, order_by: "-id", limit: 1 };
    const found = yield* seek(Effect.map(listRuns(ofClone), ({ data }) => data.at(0)));
    if (!found.sure) return yield* left("Whether a run of it goes on could not be found out.");
    if (found.thing !== undefined) last = found.thing;
    if (found.thing !== undefined && hasEnded(found.thing)) {
      const how = found.thing.status_humanized ?? found.thing.status;
      yield* warn(`Run ${found.thing.id} of the clone was found after all, and had ended: ${how}`);
    }
  }
  if (last !== undefined && !hasEnded(last)) {
    const goesOn = `Run ${last.id} of the clone, which is deleted, may go on`;
    const cancelled = cancelEach([last], account).pipe(
      Stream.runForEach(({ failure }) =>
        warn(
          failure === undefined ? `Run ${last?.id} of the clone was cancelled` : `${goesOn}: ${failure.message}`,
        )
      ),
    );
    yield* stopped ? warn(goesOn) : hurrying(cancelled, () => warn(goesOn));
  }
  const late = (seconds: number) => left(`It could not be deleted within ${seconds} s.`);
  const deleted = jobs.delete({ ...account, job_id: clone.id }).pipe(
    Effect.retry({
      schedule: Schedule.spaced("1 second"),
      times: 5,
      while: ({ reason }) => reason._tag === "Ambiguous",
    }),
    Effect.catchReason("DbtError", "NotFound", (reason, error) => reason.enveloped ? Effect.void : Effect.fail(error)),
    Effect.asVoid,
    Effect.catch(({ message }) => left(message)),
    Effect.timeoutOrElse({ duration: Duration.seconds(patience), orElse: () => late(patience) }),
  );
  yield* hurrying(deleted, late);
});

/** Whether it is unknown if a run was started. */
export function leavesOpen(exit: Exit.Exit<unknown, DbtError>): boolean {
  return Exit.isFailure(exit) &&
    exit.cause.reasons.filter(Cause.isFailReason).some(({ error }) => isLost(error.reason));
}

/** Searches several times for what a write whose answer was lost may have made. `sure`: the last search had an answer. */
const seek = Effect.fnUntraced(function* <A>(
  look: Effect.Effect<A | undefined, DbtError, Dbt>,
): Effect.fn.Return<{ readonly thing: A | undefined; readonly sure: boolean }, never, Dbt> {
  let sure = false;
  for (const wait of lookAgain) {
    const seen = yield* look.pipe(
      Effect.provideService(TransformRetry, () => Schedule.recurs(0)),
      Effect.timeout("5 seconds"),
      Effect.delay(Duration.seconds(wait)),
      Effect.result,
    );
    sure = Result.isSuccess(seen);
    if (Result.isSuccess(seen) && seen.success !== undefined) return { thing: seen.success, sure };
  }
  return { thing: undefined, sure };
});
