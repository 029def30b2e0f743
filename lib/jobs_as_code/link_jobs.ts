/**
 * Puts tags on jobs that exist, and takes them off. Nothing else of a job changes.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as jobs from "../api/jobs.ts";
import type { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import { accountOf, checkAccount, idsIn, isInScope, listJobs, managedJob } from "./account_jobs.ts";
import { replaceJob } from "./apply_job_plan.ts";
import { changedFields } from "./canonical_job.ts";
import { readDeclared } from "./declared_jobs.ts";
import { longestDescription, type Tag, untag, withTag } from "./identifier_tag.ts";
import type { LinkJobs, ManagedJob, UnlinkJobs } from "./jobs_as_code_types.ts";
import { makeProblems, refuseProblems } from "./problems.ts";
import type { Job } from "../models/job.ts";

/** A job whose tag changes. */
export interface TagChange {
  /** The job in short. `identifier` is that of the tag. */
  readonly managed: ManagedJob;
  /** The job as it is. */
  readonly live: Job;
  /** The new tag; undefined to take the tag off. */
  readonly tag: Tag | undefined;
}

/** The tags that the files ask for. Refuses everything if one of them is wrong. */
export const tagsToAdd: (request: LinkJobs) => Effect.Effect<ReadonlyArray<TagChange>, DbtError, Dbt> = Effect.fn(
  "jobs.link",
)(function* (request) {
  const problems = makeProblems();
  const declared = yield* readDeclared(request, problems);
  yield* refuseProblems("jobs.link", problems);
  const account_id = yield* accountOf("jobs.link", request);
  checkAccount(declared, account_id, problems);
  const live = yield* listJobs(account_id);
  const place = request.use_desc_for_id === true ? "description" : declared.identifiers_in ?? "name";
  const changes: Array<TagChange> = [];
  const taken = new Map<number, string>();
  for (const { filter, key, linked_id, placeOf } of declared.jobs) {
    if (linked_id === undefined) continue;
    const at = placeOf("linked_id");
    const found = live.find(({ job }) => job.id === linked_id);
    const other = live.find(({ job, tag }) => tag?.identifier === key && job.id !== linked_id);
    const earlier = taken.get(linked_id);
    taken.set(linked_id, key);
    if (found === undefined) {
      problems.refuse(at, `${key}: linked_id: there is no job ${linked_id}, or this token may not see it`);
      continue;
    }
    if (!isInScope(request, found.job)) continue;
    if (earlier !== undefined) {
      problems.refuse(at, `${key} and ${earlier} are both job ${linked_id}: correct linked_id`);
    }
    if (other !== undefined) {
      problems.refuse(
        at,
        `${key}: job ${other.job.id} "${other.name}" has the tag [[${key}]] already: correct linked_id`,
      );
    }
    if (found.tag !== undefined && found.tag.identifier !== key) {
      problems.refuse(
        at,
        `${key}: job ${linked_id} has the tag [[${found.tag.identifier}]] already. jobs apply renames it; or take it off: ` +
          `dbtc jobs unlink --identifiers ${found.tag.identifier}`,
      );
    }
    if (found.tag !== undefined) continue;
    const tag: Tag = { identifier: key, filter, place };
    const { description } = withTag(untag(found.job), tag);
    if (description.length > longestDescription) {
      problems.refuse(at, `${key}: the description has no room for the tag: at most ${longestDescription} characters`);
    }
    changes.push({ managed: { ...managedJob(found), identifier: key }, live: found.job, tag });
  }
  yield* refuseProblems("jobs.link", problems);
  return changes;
});

/** The tags that a request wants to be taken off. */
export const tagsToRemove: (request: UnlinkJobs) => Effect.Effect<ReadonlyArray<TagChange>, DbtError, Dbt> = Effect.fn(
  "jobs.unlink",
)(function* (request) {
  const { all_jobs = false, environment_id, environment_id__in, identifiers = [], project_id, project_id__in } =
    request;
  const isNarrowed = identifiers.length > 0 ||
    [idsIn(project_id, project_id__in), idsIn(environment_id, environment_id__in)].some((ids) => ids !== undefined);
  if (!isNarrowed && !all_jobs) {
    const detail = "identifiers, project_id or environment_id says which jobs; all_jobs takes all of the account";
    return yield* unsendable("jobs.unlink", detail);
  }
  const live = yield* listJobs(yield* accountOf("jobs.unlink", request));
  const managed = live.filter((one) => one.tag !== undefined && isInScope(request, one.job));
  const unknown = identifiers.find((identifier) => !managed.some(({ tag }) => tag?.identifier === identifier));
  if (unknown !== undefined) {
    const detail = `no job has the tag [[${unknown}]]`;
    return yield* unsendable("jobs.unlink", detail);
  }
  return managed.filter(({ tag }) => identifiers.length === 0 || identifiers.includes(tag?.identifier ?? ""))
    .map((one) => ({ managed: managedJob(one), live: one.job, tag: undefined }));
});

/** Changes the tag of a job. Fails if the job changed meanwhile. */
export const changeTag = Effect.fnUntraced(function* (
  endpoint: string,
  account_id: number,
  { live, managed, tag }: TagChange,
): Effect.fn.Return<ManagedJob, DbtError, Dbt> {
  const fresh = yield* jobs.get({ account_id, job_id: live.id });
  const changed = changedFields(live, fresh);
  if (changed.length > 0) {
    const detail = `job ${live.id} changed meanwhile (${changed.join(", ")}). Run the same command again`;
    return yield* unsendable(endpoint, detail);
  }
  const plain = untag(fresh);
  yield* replaceJob(
    account_id,
    fresh,
    tag === undefined ? { name: plain.name, description: plain.description } : withTag(plain, tag),
  );
  return managed;
});

/** Puts the tags of the files on the jobs that they name by `linked_id`. */
export const linkJobs: (request: LinkJobs) => Effect.Effect<ReadonlyArray<ManagedJob>, DbtError, Dbt> = Effect
  .fnUntraced(
    function* (request) {
      const changes = yield* tagsToAdd(request);
      const account_id = yield* accountOf("jobs.link", request);
      return yield* Effect.forEach(changes, (change) => changeTag("jobs.link", account_id, change));
    },
  );

/** Takes tags off jobs. */
export const unlinkJobs: (request: UnlinkJobs) => Effect.Effect<ReadonlyArray<ManagedJob>, DbtError, Dbt> = Effect
  .fnUntraced(function* (request) {
    const changes = yield* tagsToRemove(request);
    const account_id = yield* accountOf("jobs.unlink", request);
    return yield* Effect.forEach(changes, (change) => changeTag("jobs.unlink", account_id, change));
  });
