/**
 * Pausing a job: what starts it automatically is turned off, and on again.
 *
 * dbt Cloud has no switch for a whole job. Its `state` means deleted, and `deactivated` is set by dbt Cloud itself after
 * many failed runs. A job is paused when none of its triggers is on: so do dbt-jobs-as-code (`deactivate-jobs`) and the
 * Terraform provider (`is_active` is only the `state`; its documentation points to the triggers).
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as jobs from "../api/jobs.ts";
import type { Job } from "../api/jobs.ts";
import type { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import { fieldOf, readRequest, writable } from "../request.ts";
import type { Enable } from "./job_requests.ts";

/** A trigger of a job. */
export type TriggerName = "schedule" | "github_webhook" | "git_provider_webhook" | "on_merge";

/** The triggers that a job can have. */
const triggerNames: ReadonlyArray<TriggerName> = ["schedule", "github_webhook", "git_provider_webhook", "on_merge"];

/** What changed in a job's triggers. */
export interface TriggerChange {
  /** The job's id. */
  readonly job_id: number;
  /** The job's name. */
  readonly job_name: string | null;
  /** The triggers that are on now. */
  readonly triggers: ReadonlyArray<TriggerName>;
  /** The triggers that were turned on, or off. */
  readonly changed: ReadonlyArray<TriggerName>;
  /** The other job whose end started this one, if that was turned off; null otherwise. */
  readonly completion_trigger: jobs.JobCompletionTrigger | null;
}

/** Turns off everything that starts a job: see `jobs.disable`. */
export const disableJob: (request: jobs.OfJob) => Effect.Effect<TriggerChange, DbtError, Dbt> = Effect.fn(
  "jobs.disable",
)(function* (request) {
  const job = yield* jobs.get(request);
  const changed = triggersOf(job);
  const completion_trigger = hasCompletionTrigger(job) ? job.job_completion_trigger_condition ?? null : null;
  if (changed.length > 0 || completion_trigger !== null) {
    yield* update(request, job, { triggers: flags([]), job_completion_trigger_condition: null });
  }
  return { job_id: job.id, job_name: job.name ?? null, triggers: [], changed, completion_trigger };
});

/** Turns triggers of a job on: see `jobs.enable`. */
export const enableJob: (request: Enable) => Effect.Effect<TriggerChange, DbtError, Dbt> = Effect.fn("jobs.enable")(
  function* ({ trigger, ...request }) {
    const job = yield* jobs.get(request);
    const before = triggersOf(job);
    const chosen = trigger === undefined || trigger.length === 0 ? byType(job) : trigger;
    const unknown = chosen.find((name) => !triggerNames.some((known) => known === name));
    if (unknown !== undefined) {
      return yield* unsendable(jobs.update.name, `"${unknown}" is no trigger: ${triggerNames.join(", ")}`);
    }
    if (chosen.includes("schedule") && !job.schedule?.cron) {
      return yield* unsendable(
        jobs.update.name,
        `job ${job.id} has no schedule. Give it one with "dbtc jobs update ${job.id}"`,
      );
    }
    const triggers = triggerNames.filter((name) => before.includes(name) || chosen.includes(name));
    const changed = triggers.filter((name) => !before.includes(name));
    // A job that dbt Cloud deactivated is saved once more, as in its web page.
    if (changed.length > 0 || job.deactivated) yield* update(request, job, { triggers: flags(triggers) });
    return { job_id: job.id, job_name: job.name ?? null, triggers, changed, completion_trigger: null };
  },
);

/** The triggers that a type of job has, as the Terraform provider's examples set them. */
function byType({ job_type }: Job): ReadonlyArray<TriggerName> {
  if (job_type === "ci") return ["github_webhook", "git_provider_webhook"];
  return job_type === "merge" ? ["on_merge"] : ["schedule"];
}

/** The triggers of a job that are on. */
function triggersOf({ triggers }: Job): ReadonlyArray<TriggerName> {
  return triggerNames.filter((name) => triggers?.[name] === true);
}

function flags(on: ReadonlyArray<TriggerName>): jobs.JobTriggers {
  return Object.fromEntries(triggerNames.map((name) => [name, on.includes(name)]));
}

function hasCompletionTrigger({ job_completion_trigger_condition: trigger }: Job): boolean {
  return typeof trigger?.condition?.job_id === "number";
}

/** Updates a job, which replaces all of it: the fields that do not change are sent as they were read. */
const update = Effect.fnUntraced(function* (request: jobs.OfJob, job: Job, changes: jobs.JobOptions) {
  const kept = Object.entries({ ...job, ...changes, ...request }).filter(([name, value]) => {
    const schema = fieldOf(jobs.update, name);
    // A response may have null where a request must not. dbt Cloud then resets to null what the request leaves out.
    return value !== null || schema === undefined || Schema.is(schema)(null);
  });
  const whole = readRequest(jobs.update, writable(jobs.update, Object.fromEntries(kept), { ...changes }));
  if (Result.isFailure(whole)) {
    return yield* unsendable(jobs.update.name, `job ${job.id} cannot be sent back: ${whole.failure}`);
  }
  yield* jobs.update(whole.success);
});
