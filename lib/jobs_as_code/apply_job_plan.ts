/**
 * Applies a plan: creates, then updates, then what is no longer in the files. One change at a time, so that it is always
 * known how far it came.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as envVars from "../api/env_vars.ts";
import * as jobs from "../api/jobs.ts";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import { type DbtError, unsendable } from "../error.ts";
import type { Job } from "../models/job.ts";
import { writable } from "../request.ts";
import { readOverridesOf } from "./account_jobs.ts";
import { changedFields, defaults, differencesOf, sentFields } from "./canonical_job.ts";
import { untag, withTag } from "./identifier_tag.ts";
import type {
  AppliedChange,
  AppliedJobs,
  ApplyJobs,
  CreateJobChange,
  DesiredJob,
  JobChange,
  JobPlan,
  JobReference,
  OverrideChange,
  PruneJobChange,
  UpdateJobChange,
} from "./jobs_as_code_types.ts";
import { newReferences, planJobs } from "./plan_jobs.ts";

/** How a plan is applied. */
export interface ApplyOptions {
  /** Update also jobs that changed since the plan (default: refuse). */
  readonly force?: boolean;
  /** Go on after a change that failed. Nothing is pruned then. */
  readonly keep_going?: boolean;
}

/** The changes of a plan, in the order in which they are applied. */
export function changesOf({ creates, deletes, updates }: JobPlan): ReadonlyArray<JobChange> {
  return [...creates, ...updates, ...deletes];
}

/** Makes a plan and applies it. */
export const planAndApply: (request: ApplyJobs) => Effect.Effect<AppliedJobs, DbtError, Dbt> = Effect.fn("jobs.apply")(
  function* ({ force = false, keep_going = false, ...request }) {
    return yield* applyJobPlan(yield* planJobs(request), { force, keep_going });
  },
);

/**
 * Applies a plan, and gives how far it came.
 *
 * **When to use**
 *
 * After `jobs.plan`, where a person or a program looks at the plan first. `jobs.apply` makes both in one step.
 *
 * **Details**
 *
 * One change at a time: jobs to create, each after those that it refers to; jobs to update; jobs to deactivate or delete.
 * It stops at the first failure, unless `keep_going` is set, and prunes nothing after one. An update reads the job again,
 * replaces the fields of the file, and leaves all others as they are. If the job has changed since the plan, it is not
 * updated, unless `force` is set. Between that read and the write is a moment in which nobody notices a change by others:
 * dbt Cloud has no conditional write.
 *
 * After an interrupt, a new plan has what is left: a job that was created is found by its tag.
 *
 * **Errors**
 *
 * None: `failed` has the changes that could not be applied, with their errors, and `left` those that were not tried.
 *
 * @example
 * ```ts
 * import { applyJobPlan, DbtClient, jobs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const text = `
 * jobs:
 *   hourly:
 *     project_id: jaffle_shop
 *     environment_id: production
 *     name: Hourly orders
 *     execute_steps: [dbt build --select orders+]
 *     schedule: { cron: "15 * * * *" }
 *     triggers: { schedule: true }
 * `;
 * const program = Effect.gen(function* () {
 *   const files = [{ path: "jobs.yml", text }];
 *   const plan = yield* jobs.plan({ files });
 *   const { applied } = yield* applyJobPlan(plan);
 *   return [plan.creates.length, applied.length, (yield* jobs.plan({ files })).creates.length];
 * });
 * assert.deepEqual(await Effect.runPromise(program.pipe(Effect.provide(client))), [1, 1, 0]);
 * ```
 */
export const applyJobPlan: (plan: JobPlan, options?: ApplyOptions) => Effect.Effect<AppliedJobs, never, Dbt> = Effect
  .fn(
    "applyJobPlan",
  )(function* (plan, options) {
    const done = yield* Stream.runCollect(applyChanges(plan, options));
    return summaryOf(plan, done);
  });

/** How far a plan came, from the changes that were tried. */
export function summaryOf(plan: JobPlan, done: ReadonlyArray<AppliedChange>): AppliedJobs {
  const tried = new Set(done.map(({ action, identifier, job_id }) => keyOf({ action, identifier, job_id })));
  return {
    applied: done.filter(({ failure }) => failure === undefined),
    failed: done.filter(({ failure }) => failure !== undefined),
    left: changesOf(plan).filter((change) => !tried.has(keyOf(change))),
  };
}

function keyOf(change: { readonly action: string; readonly identifier: string; readonly job_id?: number | undefined }) {
  return `${change.action} ${change.identifier} ${change.action === "create" ? "" : change.job_id}`;
}

/** Applies the changes of a plan one by one. Ends after a failure, unless `keep_going` is set. */
export function applyChanges(
  plan: JobPlan,
  { force = false, keep_going = false }: ApplyOptions = {},
): Stream.Stream<AppliedChange, never, Dbt> {
  return Stream.suspend(() => {
    /** The ids of new jobs, by identifier. */
    const ids = new Map<string, number>();
    let hasFailed = false;
    return Stream.fromIterable(changesOf(plan)).pipe(
      Stream.mapEffect(Effect.fnUntraced(function* (change): Effect.fn.Return<AppliedChange | undefined, never, Dbt> {
        // Decided here, one by one: a filter before this step would pass a whole chunk at once.
        const isTried = !hasFailed || (keep_going && (change.action === "create" || change.action === "update"));
        if (!isTried) return undefined;
        const { action, environment_id, identifier, name, project_id } = change;
        const result = yield* Effect.result(applyOne(plan, change, ids, force));
        const job_id = change.action === "create" ? ids.get(identifier) : change.job_id;
        hasFailed ||= Result.isFailure(result);
        return {
          action,
          identifier,
          name,
          project_id,
          environment_id,
          ...defined({ job_id }),
          ...Result.isFailure(result) ? { failure: result.failure } : {},
        };
      })),
      Stream.filter((change) => change !== undefined),
    );
  });
}

function applyOne(plan: JobPlan, change: JobChange, ids: Map<string, number>, force: boolean) {
  switch (change.action) {
    case "create":
      return createJob(plan, change, ids);
    case "update":
      return updateJob(plan, change, ids, force);
    default:
      return pruneJob(plan, change, force);
  }
}

// ---- creates --------------------------------------------------------------------------------------------------------

const createJob = Effect.fnUntraced(function* (
  plan: JobPlan,
  change: CreateJobChange,
  ids: Map<string, number>,
): Effect.fn.Return<void, DbtError, Dbt> {
  const { account_id } = plan;
  const { desired, identifier, overrides } = change;
  // `create` checks each field by its schema.
  const request = writable(jobs.create, { ...bodyOf(desired, ids, null, {}), account_id }) as unknown as jobs.Create;
  const { id } = yield* jobs.create(request).pipe(
    Effect.catchReason("DbtError", "Ambiguous", (_, error) => findCreated(plan, change, error)),
  );
  ids.set(identifier, id);
  if (desired.defers_to === "self") {
    yield* sendUpdate(plan, yield* jobs.get({ account_id, job_id: id }), desired, ids);
  }
  yield* applyOverrides(plan, change.project_id, id, overrides);
  // A new job that refers to this one could not name it yet.
  for (const other of plan.creates) {
    const otherId = ids.get(other.identifier);
    if (otherId === undefined || other === change || !newReferences(other.desired).includes(identifier)) continue;
    yield* sendUpdate(plan, yield* jobs.get({ account_id, job_id: otherId }), other.desired, ids);
  }
});

/** Looks for a job whose creation was not answered, after 1, 3 and 6 seconds. */
const findCreated = Effect.fnUntraced(function* (
  { account_id }: JobPlan,
  { desired: { tag }, name, project_id }: CreateJobChange,
  error: DbtError,
): Effect.fn.Return<Job, DbtError, Dbt> {
  const search = Effect.flatMap(
    jobs.list({ account_id, project_id, name__icontains: name }),
    ({ data }) => {
      const found = data.find((job) => untag(job).tag?.identifier === tag.identifier && untag(job).name === name);
      return found === undefined ? Effect.fail(error) : Effect.succeed(found);
    },
  );
  return yield* Effect.delay(search, "1 second").pipe(
    Effect.retry({ times: 2, schedule: Schedule.exponential("1 second") }),
    Effect.mapError(() => error),
  );
});

/** The body of a job. It has no reference to a job that does not exist yet. `own` is the job's id, if it has one. */
function bodyOf(
  { completion, defers_to, fields, tag }: DesiredJob,
  ids: ReadonlyMap<string, number>,
  own: number | null,
  live: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const idOf = (reference: JobReference | "self" | null): number | null => {
    if (reference === null || typeof reference === "number") return reference;
    return reference === "self" ? own : ids.get(reference.identifier) ?? null;
  };
  const starts = completion === null ? null : idOf(completion.job);
  const texts = { name: String(fields.name), description: String(fields.description ?? "") };
  return {
    ...sentFields(fields, live),
    ...withTag(texts, tag),
    deferring_job_definition_id: idOf(defers_to),
    job_completion_trigger_condition: completion === null || starts === null
      ? null
      : { condition: { job_id: starts, project_id: completion.project_id, statuses: completion.statuses } },
  };
}

// ---- updates --------------------------------------------------------------------------------------------------------

const updateJob = Effect.fnUntraced(function* (
  plan: JobPlan,
  { desired, differences, job_id, live, overrides, project_id }: UpdateJobChange,
  ids: ReadonlyMap<string, number>,
  force: boolean,
): Effect.fn.Return<void, DbtError, Dbt> {
  const { account_id } = plan;
  if (differences.length > 0) {
    const fresh = yield* readUnchanged(plan, live, force);
    yield* sendUpdate(plan, fresh, desired, ids).pipe(
      Effect.catchReason("DbtError", "Ambiguous", (_, error) =>
        Effect.flatMap(
          jobs.get({ account_id, job_id }),
          (now) => differencesOf(now, desired).length === 0 ? Effect.void : Effect.fail(error),
        )),
    );
  }
  yield* applyOverrides(plan, live.project_id ?? project_id, job_id, overrides, force);
});

/** Reads a job again. Fails if it has changed since the plan. */
const readUnchanged = Effect.fnUntraced(function* (
  { account_id }: JobPlan,
  live: Job,
  force: boolean,
): Effect.fn.Return<Job, DbtError, Dbt> {
  const fresh = yield* jobs.get({ account_id, job_id: live.id });
  const changed = force ? [] : changedFields(live, fresh);
  return changed.length === 0 ? fresh : yield* unsendable(
    "jobs.apply",
    `job ${live.id} changed since the plan (${changed.join(", ")}). Plan again and look at it, or use --force`,
  );
});

/** Replaces the fields of a job that a file names, and leaves all others as they are. */
const sendUpdate = Effect.fnUntraced(function* (
  { account_id }: JobPlan,
  fresh: Job,
  desired: DesiredJob,
  ids: ReadonlyMap<string, number>,
): Effect.fn.Return<void, DbtError, Dbt> {
  yield* replaceJob(account_id, fresh, bodyOf(desired, ids, fresh.id, { ...fresh }));
});

/** Sends a job with other values of some fields. */
export const replaceJob = Effect.fnUntraced(function* (
  account_id: number,
  fresh: Job,
  named: Readonly<Record<string, unknown>>,
): Effect.fn.Return<Job, DbtError, Dbt> {
  const whole = writable(jobs.update, { ...fresh, ...named }, named);
  // `update` checks each field by its schema.
  return yield* jobs.update({ ...whole, account_id, job_id: fresh.id } as unknown as jobs.Update);
});

// ---- overrides ------------------------------------------------------------------------------------------------------

const applyOverrides = Effect.fnUntraced(function* (
  { account_id }: JobPlan,
  project_id: number,
  job_definition_id: number,
  changes: ReadonlyArray<OverrideChange>,
  force = true,
): Effect.fn.Return<void, DbtError, Dbt> {
  if (changes.length === 0) return;
  const live = yield* readOverridesOf(account_id, project_id, job_definition_id);
  for (const { action, after, before, name } of changes) {
    const now = live.get(name);
    if (!force && now?.value !== before && !(action === "delete" && now === undefined)) {
      return yield* unsendable(
        "jobs.apply",
        `${name} of job ${job_definition_id} changed since the plan. Plan again and look at it, or use --force`,
      );
    }
    const place = { account_id, project_id };
    const value = { name, type: envVars.EnvVarType.job, job_definition_id, raw_value: after ?? null };
    if (action !== "delete" && now?.id === undefined) yield* envVars.create({ ...place, ...value });
    else if (now?.id !== undefined) {
      const ofValue = { ...place, env_var_id: now.id };
      yield* action === "delete" ? envVars.delete(ofValue) : envVars.update({ ...ofValue, ...value });
    }
  }
});

// ---- jobs that are not in the files ---------------------------------------------------------------------------------

const pruneJob = Effect.fnUntraced(function* (
  plan: JobPlan,
  { action, job_id, live }: PruneJobChange,
  force: boolean,
): Effect.fn.Return<void, DbtError, Dbt> {
  const { account_id } = plan;
  const fresh = yield* readUnchanged(plan, live, force);
  if (action === "deactivate") {
    yield* replaceJob(account_id, fresh, {
      triggers: defaults.triggers,
      job_completion_trigger_condition: null,
    });
    return;
  }
  yield* jobs.delete({ account_id, job_id }).pipe(
    Effect.asVoid,
    Effect.catchReason("DbtError", "NotFound", (reason, error) => reason.enveloped ? Effect.void : Effect.fail(error)),
  );
});
