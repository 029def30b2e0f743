/**
 * CI runs of several pull requests at the same time, where dbt Cloud itself runs one after the other: a job that is busy
 * is cloned, and the clone is deleted afterwards.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import * as accounts from "../api/accounts.ts";
import * as jobs from "../api/jobs.ts";
import type { Job } from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { type DbtError, unsendable } from "../error.ts";
import { paginate } from "../paginate.ts";
import { place } from "../request.ts";
import type { InAccount } from "../shared_fields.ts";
import { cancelEach } from "./cancel_runs.ts";
import { cloneOf, leavesOpen, removeClone } from "./clone_job.ts";
import { delivering, warn } from "../deliver_events.ts";
import { listRuns } from "./lenient_run.ts";
import {
  type AskOptions,
  type EventOptions,
  type SeeThroughOptions,
  trigger,
  triggerAndWatch,
  type TriggerEvent,
} from "./trigger_and_wait.ts";
import type { TriggerAutoscalingCi } from "./autoscaling_ci_request.ts";
import { outcomeOf } from "./wait_with_retries.ts";

/** The job is busy: a clone of it is asked for. */
export interface Cloning {
  /** The kind of event. */
  readonly _tag: "Cloning";
  /** A part of the clone's name that no other job has. */
  readonly mark: string;
}

/** The job was busy: a clone of it was made for the run. */
export interface Cloned {
  /** The kind of event. */
  readonly _tag: "Cloned";
  /** The clone. */
  readonly job: Job;
}

/** An older run of the same pull request is being cancelled. */
export interface Superseding {
  /** The kind of event. */
  readonly _tag: "Superseding";
  /** The older run. */
  readonly run: Run;
}

/** What happens to an autoscaled run, to the job, and to older runs of the pull request. */
export type AutoscaleEvent = TriggerEvent | Cloning | Cloned | Superseding;

/**
 * How an autoscaled run is started and waited for.
 *
 * @typeParam E How the callbacks fail. It is logged, and changes nothing.
 * @typeParam R What the schedule and the callbacks need.
 */
export interface AutoscaleOptions<E = never, R = never>
  extends SeeThroughOptions<R>, EventOptions<AutoscaleEvent, E, R>, Pick<AskOptions<E, R>, "onAsk"> {
  /**
   * Wait until the run has ended (default: true). The run of a clone that is to be deleted is waited for in any case.
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
 * Starts the CI run of a pull request, waits until it has ended in success, and gives it. A job that is busy is cloned,
 * and the clone is deleted afterwards.
 *
 * **When to use**
 *
 * Where CI runs of several pull requests would wait for each other. Most accounts do not need it: runs of dbt Cloud's own
 * CI jobs are side by side, and a new commit cancels the run of the one before.
 *
 * **Details**
 *
 * - Where another pull request's run is in flight on the job, and fewer than `max_run_slots` runs are in flight in the
 *   account, not counting those that this one replaces, a clone of the job is run. Otherwise the job itself is run, and
 *   its run may wait in the queue.
 * - Once the new run has been started, and not before, all older runs of the same pull request in the job's project are
 *   cancelled, on whichever job. So a start that fails leaves the pull request with the run that it had; and of two
 *   starts at the same time, the newer run stays.
 * - A clone has the name of the job with `[dbtc clone of job …]` at its end, and neither a schedule nor triggers. It does
 *   not have the job's own values of environment variables: dbt Cloud keeps those apart. `schema_override` keeps its run
 *   in the schema of the job's runs; without it dbt Cloud names one after the clone.
 * - A clone is deleted whatever happens, also after an interrupt, a failure or a timeout. Its run is cancelled before
 *   that, whatever `onInterrupt` and `onTimeout` say. Where it is unknown whether the run was started, the clone's runs
 *   are searched for during 15 s more, and cancelled; one that comes later finds no job to run. A clone that cannot be
 *   deleted, or whose runs cannot be listed then, is left, and a warning gives its id and how to delete it.
 *
 * Two starts at the same time may both take the last free slot, or the idle job: one of the runs then waits in the queue.
 *
 * Three requests, with more where lists have several pages, then those of {@linkcode triggerAndWait}. A clone takes two
 * more, each older run one or more.
 *
 * **Errors**
 *
 * `Unsendable` where the request makes no sense, and the errors of {@linkcode triggerAndWait}. `Ambiguous` also where it
 * is unknown whether the clone was made: then no run was started.
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
export function triggerAutoscalingCi<E = never, R = never>(
  request: TriggerAutoscalingCi,
  options: AutoscaleOptions<E, R> = {},
): Effect.Effect<Run, DbtError, Dbt | R> {
  return delivering(options.onEvent, (tell: Tell) => autoscale(request, options, tell)).pipe(
    Effect.withSpan("triggerAutoscalingCi"),
  );
}

type Tell = (event: AutoscaleEvent) => void;

const autoscale = Effect.fnUntraced(function* <E, R>(
  request: TriggerAutoscalingCi,
  options: AutoscaleOptions<E, R>,
  tell: Tell,
): Effect.fn.Return<Run, DbtError, Dbt | R> {
  const { delete_cloned_job: deletes = true, max_run_slots, ...start } = yield* checked(request);
  const account: InAccount = Struct.pick(start, ["account_id"]);
  const job = yield* jobs.get({ ...account, job_id: start.job_id });
  const inFlight = yield* runsInFlight(account);
  const same = isFor(start, job);
  const others = inFlight.filter((run) => !same(run));
  const busy = others.some(({ job_definition_id }) => job_definition_id === job.id);
  const supersede = superseding({ ...account, ...(job.project_id && { project_id: job.project_id }) }, same, tell);
  if (!busy || others.length >= (yield* slots(account, max_run_slots))) {
    return yield* startRun(start, options, supersede, tell);
  }
  return yield* Effect.uninterruptibleMask(Effect.fnUntraced(function* (restore) {
    const clone = yield* cloneOf(job, account, restore, (mark) => tell({ _tag: "Cloning", mark }));
    tell({ _tag: "Cloned", job: clone });
    let run: Run | undefined;
    let stopped = false;
    const watched: AutoscaleOptions<E, R> = {
      ...options,
      // A run does not outlive its job.
      ...(deletes ? { wait: true, onInterrupt: "cancel", onTimeout: "cancel" } : {}),
    };
    const take: Tell = (event) => {
      if ("run" in event && event._tag !== "Superseding") run = event.run;
      stopped ||= event._tag === "Cancelling";
      tell(event);
    };
    return yield* restore(startRun({ ...start, job_id: clone.id }, watched, supersede, take)).pipe(
      Effect.onExit((exit) => {
        const lost = leavesOpen(exit);
        // A clone that never had a run is of no use to anybody.
        return deletes || (run === undefined && !lost)
          ? removeClone(clone, job, { ...account, run, stopped, lost, hurried: Exit.hasInterrupts(exit) }, restore)
          : Effect.void;
      }),
    );
  }));
});

// ---- before anything is sent ----------------------------------------------------------------------------------------

/** What errors name as their origin. */
const endpoint = "jobs.triggerAutoscalingCi";

/** The request, where it makes sense; its pull request as a number, though a CI system may have given a text. */
const checked = Effect.fnUntraced(function* ({ cause, ...request }: TriggerAutoscalingCi) {
  const { max_run_slots } = request;
  if (max_run_slots !== undefined && !(Number.isInteger(max_run_slots) && max_run_slots > 0)) {
    return yield* unsendable(endpoint, `max_run_slots is ${max_run_slots}, and has to be 1 at least`);
  }
  const given = pullRequestIds.filter((field) => (request[field] ?? null) !== null);
  const [field, second] = given;
  if (second !== undefined) {
    return yield* unsendable(endpoint, `${field} and ${second} are both given: a run is for one of them`);
  }
  const id = field === undefined ? undefined : Number(request[field]);
  if (id !== undefined && !(Number.isSafeInteger(id) && id > 0)) {
    return yield* unsendable(endpoint, `${field} is "${request[field!]}", which is not the number of a pull request`);
  }
  const words = id === undefined ? "Triggered by dbtc" : `Triggered by dbtc for pull request ${id}`;
  const whole = { ...request, ...(field === undefined ? {} : { [field]: id }), cause: cause ?? words };
  const { delete_cloned_job: _, max_run_slots: _slots, ...start } = whole;
  // What is wrong with the run has to be found before there is a clone to run it.
  const { defaults } = yield* Dbt;
  yield* Effect.mapError(
    Effect.fromResult(place(jobs.trigger, start, defaults)),
    (detail) => unsendable(endpoint, detail),
  );
  return whole;
});

// ---- what there is --------------------------------------------------------------------------------------------------

/** All runs in flight, with what triggered them. */
function runsInFlight(where: Pick<runs.List, "account_id" | "project_id">) {
  return Stream.runCollect(
    paginate(listRuns, { ...where, status__in: runs.inFlight, include_related: ["trigger"] }),
  );
}

/** Whether a run is for the same pull request, of the same project. */
function isFor(start: jobs.Trigger, { project_id }: Job): (run: Run) => boolean {
  const field = pullRequestIds.find((field) => (start[field] ?? null) !== null);
  if (field === undefined || typeof project_id !== "number") return () => false;
  return (run) => run.project_id === project_id && run.trigger?.[field] === start[field];
}

/** How many runs there may be: what is asked for, and no more than the account has. */
const slots = Effect.fnUntraced(function* (account: InAccount, most: number = Infinity) {
  const { run_slots } = yield* accounts.get(account);
  if (typeof run_slots === "number") return Math.min(most, run_slots);
  if (most < Infinity) return most;
  yield* warn("The account does not say how many run slots it has: max_run_slots can. No clone is made");
  return 0;
});

// ---- the run --------------------------------------------------------------------------------------------------------

/** Starts the run, and waits for it; cancels older ones as soon as it is there. */
const startRun = Effect.fnUntraced(function* <E, R>(
  start: jobs.Trigger,
  { onEvent: _, wait = true, ...options }: AutoscaleOptions<E, R>,
  supersede: (run: Run) => Effect.Effect<void, never, Dbt>,
  tell: Tell,
): Effect.fn.Return<Run, DbtError, Dbt | R> {
  const take = (event: TriggerEvent) => Effect.sync(() => tell(event));
  if (!wait) {
    const { onAsk } = options;
    const run = yield* trigger<E, R>(start, { ...defined({ onAsk }), onEvent: take });
    yield* supersede(run);
    return run;
  }
  const dbt = yield* Dbt;
  let superseding: Fiber.Fiber<void> | undefined;
  const seen = triggerAndWatch<E, R>(start, { ...options, onStop: take }).pipe(
    Stream.tap(Effect.fnUntraced(function* (event) {
      tell(event);
      // Beside the wait: nobody who interrupts that waits for this.
      if (event._tag === "Triggered") {
        superseding ??= yield* Effect.forkDetach(Effect.provideService(supersede(event.run), Dbt, dbt));
      }
    })),
    outcomeOf,
  );
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.onExit(
      restore(seen),
      Effect.fnUntraced(function* (exit) {
        if (superseding === undefined) return;
        // How the run ended stays known, whoever interrupts what is left.
        const isCut = Exit.hasInterrupts(exit) ||
          Exit.hasInterrupts(yield* Effect.exit(restore(Fiber.await(superseding))));
        if (isCut) yield* Fiber.interrupt(superseding);
      }),
    )
  );
});

/** Cancels all older runs that are the same. One that cannot be cancelled is logged, and does not fail the new one. */
function superseding(
  where: Pick<runs.List, "account_id" | "project_id">,
  same: (run: Run) => boolean,
  tell: Tell,
): (run: Run) => Effect.Effect<void, never, Dbt> {
  return Effect.fnUntraced(
    function* ({ id }) {
      // Looked for once more: one may have been started since.
      const older = (yield* runsInFlight(where)).filter((run) => run.id < id && same(run));
      for (const run of older) tell({ _tag: "Superseding", run });
      yield* cancelEach(older, where).pipe(
        Stream.runForEach(({ failure, run }) =>
          failure === undefined
            ? Effect.void
            : warn(`Run ${run.id} of the same pull request is not over: ${failure.message}`)
        ),
      );
    },
    Effect.catch(({ message }) => warn(`Older runs of the pull request could not be listed: ${message}`)),
  );
}
