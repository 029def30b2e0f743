/**
 * The plan: what has to change in dbt Cloud so that it is as the files say.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import {
  accountOf,
  checkAccount,
  idsIn,
  isInScope,
  listEnvironments,
  listJobs,
  listProjects,
  type LiveJob,
  managedJob,
} from "./account_jobs.ts";
import { checkCycles } from "./completion_cycles.ts";
import { overrideChanges } from "./plan_overrides.ts";
import { canBecome, differencesOf, isActive, kindOf, withDefaults } from "./canonical_job.ts";
import type { DeclaredJob } from "./declared_job.ts";
import { readDeclared } from "./declared_jobs.ts";
import { longestDescription, type Tag, withTag } from "./identifier_tag.ts";
import type {
  ChangedJob,
  CreateJobChange,
  DesiredJob,
  JobPlan,
  PlanJobs,
  UpdateJobChange,
} from "./jobs_as_code_types.ts";
import { inPlaces, type MatchedJob, matchJobs } from "./match_jobs.ts";
import { makeProblems, type Problems, refuseProblems } from "./problems.ts";
import { desiredJob, type KnownJobs, placeJob } from "./resolve_job.ts";

/** Makes a plan. Everything that is wrong is found, and refused together, before anything is sent that changes something. */
export const planJobs: (request: PlanJobs) => Effect.Effect<JobPlan, DbtError, Dbt> = Effect.fn("jobs.plan")(
  function* (request) {
    const problems = makeProblems();
    const declared = yield* readDeclared(request, problems);
    const excluded = excludes(request, problems);
    yield* refuseProblems("jobs.plan", problems);
    const account_id = yield* accountOf("jobs.plan", request);
    checkAccount(declared, account_id, problems);
    yield* refuseProblems("jobs.plan", problems);
    const [all, projects, environments] = yield* Effect.all(
      [listJobs(account_id), listProjects(account_id), listEnvironments(account_id)],
      { concurrency: "unbounded" },
    );
    const live = all.filter(({ tag }) => tag === undefined || !excluded(tag.identifier));
    const lookup = { projects, environments, live: all, problems };
    const placed = declared.jobs.filter(({ key }) => !excluded(key)).flatMap((job) => {
      const place = placeJob(job, lookup);
      return place === undefined ? [] : [{ declared: job, place }];
    });
    const matched = matchJobs(placed, live, {
      scope: request,
      everywhere: request.limit_projects_envs_to_yml !== true,
      problems,
    });
    const known: KnownJobs = new Map(
      matched.map(({ declared, live, place }) => [declared.key, { id: live?.job.id, project_id: place.project_id }]),
    );
    const considered = matched.filter(({ declared, live, place }) => {
      if (isInScope(request, place) || (live !== undefined && isInScope(request, live.job))) return true;
      problems.warn(
        declared,
        `${declared.key} is left out: it is in project ${place.project_id}, environment ${place.environment_id}`,
      );
      return false;
    });
    const newTags = request.use_desc_for_id === true ? "description" : declared.identifiers_in ?? "name";
    const wanted = considered.map((match) => {
      const tag = tagOf(match, newTags);
      return { ...match, tag, desired: desiredJob(match.declared, match.place, tag, known, lookup) };
    });
    for (const { declared, live, desired } of wanted) checkChange(declared, live, desired, problems);
    checkCycles(wanted, all, problems);
    const overrides = yield* overrideChanges(account_id, considered, request.secrets === true, problems);
    yield* refuseProblems("jobs.plan", problems);

    const creates: Array<CreateJobChange> = [];
    const updates: Array<UpdateJobChange> = [];
    const unchanged: Array<ReturnType<typeof managedJob>> = [];
    for (const { declared, desired, live, matched_by, place } of wanted) {
      const changed: ChangedJob = {
        identifier: declared.key,
        name: String(desired.fields.name),
        project_id: place.project_id,
        environment_id: place.environment_id,
      };
      const ofJob = overrides.get(declared.key) ?? [];
      if (live === undefined) {
        const twin = all.find(({ job, name, tag }) =>
          tag === undefined && name === changed.name && job.project_id === place.project_id &&
          job.environment_id === place.environment_id
        );
        if (twin !== undefined) {
          problems.warn(
            declared,
            `${declared.key}: job ${twin.job.id} has the same name and no identifier. If it is this job, give ` +
              `linked_id: ${twin.job.id}`,
          );
        }
        creates.push({ action: "create", ...changed, desired, overrides: ofJob });
        continue;
      }
      const differences = differencesOf(live.job, desired);
      if (differences.length === 0 && ofJob.length === 0) unchanged.push({ ...changed, job_id: live.job.id });
      else {
        const { job } = live;
        updates.push({
          action: "update",
          ...changed,
          job_id: job.id,
          matched_by,
          live: job,
          desired,
          differences,
          overrides: ofJob,
        });
      }
    }
    const not_in_files = notInFiles(request, placed, matched, live, problems);
    const { prune } = request;
    const deletes = prune === undefined ? [] : not_in_files
      .filter(({ job }) => prune === "delete" || isActive(job))
      .map((live) => ({ action: prune, ...managedJob(live), live: live.job }));
    return {
      account_id,
      creates: inOrder(creates),
      updates,
      deletes,
      unchanged,
      not_in_files: not_in_files.map(managedJob),
      warnings: problems.warnings,
    };
  },
);

/** Whether an identifier is left out. */
function excludes(
  { exclude_identifiers_matching: pattern }: PlanJobs,
  problems: Problems,
): (identifier: string) => boolean {
  if (pattern === undefined) return () => false;
  const expression = Result.try(() => new RegExp(pattern));
  if (Result.isSuccess(expression)) return (identifier) => expression.success.test(identifier);
  problems.refuse(undefined, `exclude_identifiers_matching: "${pattern}" is not a regular expression`);
  return () => false;
}

/** The tag that a job will have: where it is, if it has one, with its filter. */
function tagOf({ declared, live }: MatchedJob, newTags: Tag["place"]): Tag {
  return {
    identifier: declared.key,
    filter: live?.tag?.filter || declared.filter,
    place: live?.tag?.place ?? newTags,
  };
}

/** What dbt Cloud would refuse of a change. */
function checkChange(
  { key, placeOf }: DeclaredJob,
  live: LiveJob | undefined,
  { fields, tag }: UpdateJobChange["desired"],
  problems: Problems,
): void {
  const whole = withDefaults(fields);
  const { description } = withTag({ name: "", description: String(whole.description) }, tag);
  if (description.length > longestDescription) {
    problems.refuse(
      placeOf("description"),
      `${key}: description has ${description.length} characters with its tag: at most ${longestDescription}`,
    );
  }
  if (live !== undefined && !canBecome(live.job.job_type, whole.job_type)) {
    const [from, to] = [kindOf(live.job.job_type), kindOf(whole.job_type)];
    problems.refuse(
      placeOf("job_type"),
      `${key}: job ${live.job.id} is of type ${from}, which dbt Cloud does not change to ${to}. Keep the type, or delete ` +
        `the job first, so that a new one is created: dbtc jobs delete ${live.job.id}`,
    );
  }
}

/** New jobs, each after those that it refers to. Jobs that defer to each other come in the order of their identifiers. */
function inOrder(creates: ReadonlyArray<CreateJobChange>): ReadonlyArray<CreateJobChange> {
  const [ordered, left] = [new Set<CreateJobChange>(), [...creates]];
  while (left.length > 0) {
    const isDone = (identifier: string) => !left.some((change) => change.identifier === identifier);
    const next = left.findIndex((change) =>
      newReferences(change.desired).every((name) => name === change.identifier || isDone(name))
    );
    const [change] = left.splice(Math.max(next, 0), 1);
    if (change !== undefined) ordered.add(change);
  }
  return [...ordered];
}

/** The identifiers of new jobs that a job refers to. */
export function newReferences({ completion, defers_to }: DesiredJob): ReadonlyArray<string> {
  return [defers_to, completion?.job].flatMap((job) => typeof job === "object" && job !== null ? [job.identifier] : []);
}

// ---- jobs that are not in the files ---------------------------------------------------------------------------------

/** Managed jobs in the projects and environments of the files, or in those of the request, that no file has. */
function notInFiles(
  request: PlanJobs,
  placed: ReadonlyArray<{ readonly declared: DeclaredJob; readonly place: MatchedJob["place"] }>,
  matched: ReadonlyArray<MatchedJob>,
  live: ReadonlyArray<LiveJob>,
  problems: Problems,
): ReadonlyArray<LiveJob> {
  const inProjects = idsIn(request.project_id, request.project_id__in);
  const inEnvironments = idsIn(request.environment_id, request.environment_id__in);
  if (placed.length === 0 && (inProjects === undefined || inEnvironments === undefined)) {
    problems.warn(
      undefined,
      "The files have no job. To prune, they need --project and --environment, which say where",
    );
    return [];
  }
  const places = placed.map(({ place }) => place);
  const projects = inProjects ?? new Set(places.map(({ project_id }) => project_id));
  const environments = inEnvironments ?? new Set(places.map(({ environment_id }) => environment_id));
  const isThere = inPlaces(
    [...projects].flatMap((project_id) => [...environments].map((environment_id) => ({ project_id, environment_id }))),
  );
  const taken = new Set(matched.map(({ live }) => live));
  return live.filter((job) => job.tag !== undefined && !taken.has(job) && isThere(job))
    .toSorted((a, b) => (a.tag?.identifier ?? "") < (b.tag?.identifier ?? "") ? -1 : 1);
}
