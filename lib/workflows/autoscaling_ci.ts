/**
 * `triggerAutoscalingCi`: runs CI for several pull requests at the same time, where dbt Cloud would run them one after
 * another. A busy job is cloned, and the clone is deleted afterwards. The library exports it, and the group `jobs` has
 * it as a workflow and a command.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import * as accounts from "../api/accounts.ts";
import * as jobs from "../api/jobs.ts";
import type { Job } from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { paginate } from "../paginate.ts";
import { place } from "../request.ts";
import type { InAccount } from "../shared_fields.ts";
import type { TriggerAutoscalingCi } from "./autoscaling_ci_request.ts";
import { cancelEach } from "./cancel_runs.ts";
import { createClone, isStartLost, removeClone } from "./clone_job.ts";
import {
  type SeeThroughOptions,
  type StartOptions,
  trigger,
  triggerAndWait,
  type TriggerEvent,
} from "./trigger_and_wait.ts";

/** The job was busy: a clone of it was made for the run. */
export interface Cloned {
  /** Tells the event. */
  readonly _tag: "Cloned";
  /** The clone. */
  readonly job: Job;
}

/** An older run of the same pull request is being cancelled. */
export interface Superseding {
  /** Tells the event. */
  readonly _tag: "Superseding";
  /** The older run. */
  readonly run: Run;
}

/** What is seen of an autoscaled run. */
export type AutoscaleEvent = TriggerEvent | Cloned | Superseding;

/** How an autoscaled run is started and waited for. */
export interface AutoscaleOptions extends Omit<SeeThroughOptions, "onEvent">, Pick<StartOptions, "onAsk"> {
  /** Told each event. */
  readonly onEvent?: (event: AutoscaleEvent) => Effect.Effect<void>;
  /**
   * Whether to wait until the run has ended; so when absent. The run of a clone that is to be deleted is waited for in
   * any case.
   */
  readonly wait?: boolean;
}

/** The fields that say which pull request a run is for, as each git provider has its own. */
const pullRequestIds = [
  "github_pull_request_id",
  "gitlab_merge_request_id",
  "azure_pull_request_id",
  "non_native_pull_request_id",
] as const;

/**
 * Starts the CI run of a pull request, and waits for it as {@linkcode triggerAndWait} does. Most accounts do not need
 * this: runs of dbt Cloud's own CI jobs are side by side, and a new commit cancels the run of the one before.
 *
 * - Where another pull request's run is in flight on the job, and fewer than `max_run_slots` runs are in the account,
 *   all but those that this one supersedes, the run is one of a clone of the job. Otherwise it is one of the job
 *   itself, and may wait in the queue.
 * - Once the new run has been started, and not before, all older runs of the same pull request in the job's project are
 *   cancelled, on whichever job. So a start that fails leaves the pull request with the run that it had; and of two
 *   starts at the same time, the newer run stays.
 * - A clone has the name of the job with `[dbtc clone of job …]` behind it, and neither a schedule nor triggers. Its
 *   own values of environment variables it has not: dbt Cloud keeps those apart. `schema_override` keeps its run in the
 *   schema of the job's runs; without it dbt Cloud names one after the clone.
 * - A clone is deleted whatever happens: after an interrupt, a failure and a timeout, too. Its run ends before it: it
 *   is cancelled then, whatever `onInterrupt` and `onTimeout` say. Where it is unknown whether the run was started
 *   (`Ambiguous`), the clone's runs are looked for during 15 s more, and cancelled; one that comes later still finds no
 *   job to run. A clone that cannot be deleted, or whose runs cannot be listed then, is left, and a warning says its id
 *   and how to delete it.
 *
 * Two starts at the same time may both take the last free slot, or the idle job: one of the runs then waits in the
 * queue.
 *
 * @example
 * ```ts
 * import { DbtClient, triggerAutoscalingCi } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAutoscalingCi({
 *   job_id: 4,
 *   github_pull_request_id: 7,
 *   git_sha: "981c5cf",
 *   schema_override: "dbt_cloud_pr_4_7",
 *   max_run_slots: 3,
 * });
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Success");
 * ```
 */
export const triggerAutoscalingCi: (
  request: TriggerAutoscalingCi,
  options?: AutoscaleOptions,
) => Effect.Effect<Run, DbtError, Dbt> = Effect.fn("triggerAutoscalingCi")(function* (request, options = {}) {
  const { onEvent = () => Effect.void } = options;
  const { delete_cloned_job: deletesClone = true, max_run_slots, ...start } = yield* checkRequest(request);
  const account = accountOf(start);
  const job = yield* jobs.get({ ...account, job_id: start.job_id });
  const inFlight = yield* runsInFlight(account);
  const isSamePullRequest = samePullRequest(start, job);
  const others = inFlight.filter((run) => !isSamePullRequest(run));
  const isBusy = others.some(({ job_definition_id }) => job_definition_id === job.id);
  const inProject = { ...account, ...(job.project_id && { project_id: job.project_id }) };
  const supersede = superseding(inProject, isSamePullRequest, onEvent);
  if (!isBusy || others.length >= (yield* runSlots(account, max_run_slots))) {
    return yield* startRun(start, options, supersede);
  }
  return yield* Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    const clone = yield* createClone(job, account, restore);
    yield* onEvent({ _tag: "Cloned", job: clone });
    let run: Run | undefined;
    let stopped = false;
    const watched: AutoscaleOptions = {
      ...options,
      // The clone is deleted at the end, so its run has to end before.
      ...(deletesClone ? { wait: true, onInterrupt: "cancel", onTimeout: "cancel" } : {}),
      onEvent: (event) => {
        if ("run" in event && event._tag !== "Superseding") run = event.run;
        stopped ||= event._tag === "Cancelling";
        return onEvent(event);
      },
    };
    return yield* restore(startRun({ ...start, job_id: clone.id }, watched, supersede)).pipe(
      Effect.onExit((exit) => {
        const mayHaveRun = isStartLost(exit);
        const interrupted = Exit.hasInterrupts(exit);
        // Without a run, a clone is of no use, even if the caller wants to keep it.
        return deletesClone || (run === undefined && !mayHaveRun)
          ? removeClone(clone, job, { ...account, run, stopped, mayHaveRun, interrupted }, restore)
          : Effect.void;
      }),
    );
  }));
});

// ---- checks ---------------------------------------------------------------------------------------------------------

/** Checks a request. The number of its pull request may be text, as CI systems have it; it becomes a number here. */
const checkRequest = Effect.fnUntraced(function* ({ cause, ...request }: TriggerAutoscalingCi) {
  const { max_run_slots } = request;
  if (max_run_slots !== undefined && !(Number.isInteger(max_run_slots) && max_run_slots > 0)) {
    return yield* unsendable(`max_run_slots is ${max_run_slots}, and has to be 1 at least`);
  }
  const given = pullRequestIds.filter((field) => (request[field] ?? null) !== null);
  const [field, second] = given;
  if (second !== undefined) return yield* unsendable(`${field} and ${second} are both given: a run is for one of them`);
  const id = field === undefined ? undefined : Number(request[field]);
  if (id !== undefined && !(Number.isSafeInteger(id) && id > 0)) {
    return yield* unsendable(`${field} is "${request[field!]}", which is not the number of a pull request`);
  }
  const defaultCause = id === undefined ? "Triggered by dbtc" : `Triggered by dbtc for pull request ${id}`;
  const whole = { ...request, ...(field === undefined ? {} : { [field]: id }), cause: cause ?? defaultCause };
  const { delete_cloned_job: _, max_run_slots: _slots, ...start } = whole;
  // A mistake in the run's fields is found now, before a clone is made.
  const { defaults } = yield* Dbt;
  yield* Effect.mapError(Effect.fromResult(place(jobs.trigger, start, defaults)), unsendable);
  return whole;
});

function unsendable(detail: string): DbtError {
  return new DbtError({ endpoint: "jobs.triggerAutoscalingCi", reason: { _tag: "Unsendable", detail } });
}

function accountOf({ account_id }: InAccount): InAccount {
  return account_id === undefined ? {} : { account_id };
}

// ---- runs in flight -------------------------------------------------------------------------------------------------

/** All runs in flight, with their triggers. */
function runsInFlight(where: Pick<runs.List, "account_id" | "project_id">) {
  return Stream.runCollect(
    paginate(runs.list, { ...where, status__in: runs.inFlight, include_related: ["trigger"] }),
  );
}

/** A function that tells whether a run is for the same pull request as `start`, and in the same project. */
function samePullRequest(start: jobs.Trigger, { project_id }: Job): (run: Run) => boolean {
  const field = pullRequestIds.find((field) => (start[field] ?? null) !== null);
  if (field === undefined || typeof project_id !== "number") return () => false;
  return (run) => run.project_id === project_id && run.trigger?.[field] === start[field];
}

/** How many runs there may be: at most `most`, and no more than the account's run slots. */
const runSlots = Effect.fnUntraced(function* (account: InAccount, most: number = Infinity) {
  const { run_slots } = yield* accounts.get(account);
  if (typeof run_slots === "number") return Math.min(most, run_slots);
  if (most < Infinity) return most;
  yield* Effect.logWarning("The account does not say how many run slots it has: max_run_slots can. No clone is made");
  return 0;
});

// ---- the run --------------------------------------------------------------------------------------------------------

/** Starts the run and waits for it. Cancels older runs of the pull request as soon as the new one was started. */
const startRun = Effect.fnUntraced(function* (
  start: jobs.Trigger,
  { onEvent = () => Effect.void, wait = true, ...options }: AutoscaleOptions,
  supersede: (run: Run) => Effect.Effect<void, never, Dbt>,
): Effect.fn.Return<Run, DbtError, Dbt> {
  if (!wait) {
    const run = yield* trigger(start, { ...options, onEvent });
    yield* supersede(run);
    return run;
  }
  const dbt = yield* Dbt;
  let superseding: Fiber.Fiber<void> | undefined;
  const startAndWait = triggerAndWait(start, {
    ...options,
    onEvent: Effect.fnUntraced(function* (event) {
      yield* onEvent(event);
      // In a fiber of its own, so that an interrupt of the wait does not have to wait for the cancellations.
      if (event._tag === "Triggered") {
        superseding ??= yield* Effect.forkDetach(Effect.provideService(supersede(event.run), Dbt, dbt));
      }
    }),
  });
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.onExit(
      restore(startAndWait),
      Effect.fnUntraced(function* (exit) {
        if (superseding === undefined) return;
        // An interrupt of the cancellations does not change the result of the run.
        const isInterrupted = Exit.hasInterrupts(exit) ||
          Exit.hasInterrupts(yield* Effect.exit(restore(Fiber.await(superseding))));
        if (isInterrupted) yield* Fiber.interrupt(superseding);
      }),
    )
  );
});

/** Cancels older runs of the same pull request. If one cannot be cancelled, logs that, and does not fail. */
function superseding(
  where: Pick<runs.List, "account_id" | "project_id">,
  isSamePullRequest: (run: Run) => boolean,
  onEvent: (event: AutoscaleEvent) => Effect.Effect<void>,
): (run: Run) => Effect.Effect<void, never, Dbt> {
  return Effect.fnUntraced(
    function* ({ id }) {
      // Listed again: another one may have been started since.
      const older = (yield* runsInFlight(where)).filter((run) => run.id < id && isSamePullRequest(run));
      for (const run of older) yield* onEvent({ _tag: "Superseding", run });
      yield* cancelEach(older, where).pipe(
        Stream.runForEach(({ failure, run }) =>
          failure === undefined
            ? Effect.void
            : Effect.logWarning(`Run ${run.id} of the same pull request is not over: ${failure.message}`)
        ),
      );
    },
    Effect.catch(({ message }) => Effect.logWarning(`Older runs of the pull request could not be listed: ${message}`)),
  );
}
