/**
 * Which job of dbt Cloud is which job of the files: by the tag in its name, then in its description, then by
 * `linked_id`. What is ambiguous is refused.
 *
 * @module
 */
import type { LiveJob } from "./account_jobs.ts";
import { isInScope } from "./account_jobs.ts";
import type { DeclaredJob } from "./declared_job.ts";
import type { JobsScope, UpdateJobChange } from "./jobs_as_code_types.ts";
import type { Problems } from "./problems.ts";
import type { JobPlace } from "./resolve_job.ts";

/** A job of the files, where it runs, and the job of dbt Cloud that it is. */
export interface MatchedJob {
  readonly declared: DeclaredJob;
  readonly place: JobPlace & { readonly deferring?: number };
  /** Undefined if it has to be created. */
  readonly live: LiveJob | undefined;
  /** By what it was found. */
  readonly matched_by: UpdateJobChange["matched_by"];
}

/** Where jobs are looked for. */
export interface MatchOptions {
  /** The projects and environments that the user names. They decide between several jobs with one identifier. */
  readonly scope: JobsScope;
  /** Whether jobs outside the projects and environments of the files count. */
  readonly everywhere: boolean;
  readonly problems: Problems;
}

/** Whether a job runs in a project and an environment of the files. */
export function inPlaces(places: ReadonlyArray<JobPlace>): (live: LiveJob) => boolean {
  const [projects, environments] = [
    new Set<unknown>(places.map(({ project_id }) => project_id)),
    new Set<unknown>(places.map(({ environment_id }) => environment_id)),
  ];
  return ({ job }) => projects.has(job.project_id) && environments.has(job.environment_id);
}

/** Matches each job of the files. */
export function matchJobs(
  placed: ReadonlyArray<Pick<MatchedJob, "declared" | "place">>,
  live: ReadonlyArray<LiveJob>,
  { everywhere, problems, scope }: MatchOptions,
): ReadonlyArray<MatchedJob> {
  const isInFiles = inPlaces(placed.map(({ place }) => place));
  const byIdentifier = Map.groupBy(live, ({ tag }) => tag?.identifier);
  const matched = placed.map(({ declared, place }): MatchedJob => {
    const { key, linked_id, placeOf } = declared;
    const all = byIdentifier.get(key) ?? [];
    const tagged = all.filter((job) => everywhere || isInFiles(job));
    const narrowed = tagged.filter(({ job }) => isInScope(scope, job));
    const candidates = tagged.length > 1 && narrowed.length > 0 ? narrowed : tagged;
    const linked = linked_id === undefined ? undefined : live.find(({ job }) => job.id === linked_id);
    if (linked_id !== undefined && linked === undefined) {
      problems.refuse(
        placeOf("linked_id"),
        `${key}: linked_id: there is no job ${linked_id}, or this token may not see it`,
      );
    }
    const [first, second] = candidates;
    if (first !== undefined && second !== undefined && !candidates.some(({ job }) => job.id === linked_id)) {
      problems.refuse(
        declared,
        `the identifier ${key} is on ${candidates.length} jobs in dbt Cloud: ${candidates.map(where).join("; ")}. ` +
          (everywhere
            ? "With -l, dbtc looks only in the projects and environments of the files. Or take a tag away: " +
              `dbtc jobs unlink --identifiers ${key} --environment ID`
            : "Take a tag away: dbtc jobs unlink --identifiers KEY --environment ID"),
      );
    }
    const byTag = candidates.find(({ job }) => job.id === linked_id) ?? first;
    if (byTag !== undefined && linked !== undefined && byTag !== linked) {
      problems.refuse(
        placeOf("linked_id"),
        `${key}: linked_id is ${linked.job.id}, but the tag [[${key}]] is on ${
          where(byTag)
        }. Correct linked_id, or leave it out`,
      );
    }
    const elsewhere = linked === undefined ? all.find((job) => !isInFiles(job)) : undefined;
    if (elsewhere !== undefined && (byTag === undefined || byTag === elsewhere)) {
      problems.warn(
        declared,
        `${key}: ${
          where(elsewhere)
        } has the same identifier, and stays as it is. From now on, -l tells the two apart. ` +
          `To move that job here instead, give linked_id: ${elsewhere.job.id}`,
      );
      return { declared, place, live: undefined, matched_by: "name" };
    }
    const found = byTag ?? linked;
    if (found?.other !== undefined) {
      problems.refuse(
        declared,
        `${key}: ${where(found)} has [[${found.tag?.identifier}]] in its name and [[${found.other}]] in its ` +
          `description: take one of the tags out in dbt Cloud`,
      );
    }
    return { declared, place, live: found, matched_by: byTag?.tag?.place ?? "linked_id" };
  });
  for (const [job, several] of Map.groupBy(matched, ({ live }) => live?.job.id)) {
    const [first, second] = several;
    if (job === undefined || first === undefined || second === undefined) continue;
    const { file, line } = first.declared.placeOf("linked_id");
    problems.refuse(
      second.declared.placeOf("linked_id"),
      `${second.declared.key} and ${first.declared.key} (${file}:${line}) are both job ${job}: correct linked_id`,
    );
  }
  return matched;
}

/** A job, for messages. */
function where({ job, name }: LiveJob): string {
  return `job ${job.id} "${name}" (project ${job.project_id}, environment ${job.environment_id})`;
}
