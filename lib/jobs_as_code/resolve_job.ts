/**
 * From a job of a file to the job as it will be: names and identifiers become ids, which have to exist.
 *
 * @module
 */
import { defined } from "../defined.ts";
import type { LiveJob, NamedThing } from "./account_jobs.ts";
import { allStatuses } from "./canonical_job.ts";
import type { DeclaredJob } from "./declared_job.ts";
import { objectOf } from "./declared_values.ts";
import type { Tag } from "./identifier_tag.ts";
import type { DesiredJob, JobReference } from "./jobs_as_code_types.ts";
import { didYouMean, type Problems } from "./problems.ts";

/** What names and identifiers are looked up in. */
export interface Lookup {
  readonly projects: ReadonlyArray<NamedThing>;
  readonly environments: ReadonlyArray<NamedThing>;
  readonly live: ReadonlyArray<LiveJob>;
  readonly problems: Problems;
}

/** The project and the environment of a job. */
export interface JobPlace {
  readonly project_id: number;
  readonly environment_id: number;
}

/** The project and environment of a job, and the environment that it defers to. Undefined where one is not found. */
export function placeJob(
  declared: DeclaredJob,
  lookup: Lookup,
): (JobPlace & { readonly deferring?: number }) | undefined {
  const { fields } = declared;
  const look = (named: Named) => find(declared, named, lookup.problems);
  const project = look({
    field: "project_id",
    noun: "project",
    value: fields.project_id,
    things: lookup.projects,
  });
  if (project === undefined) return undefined;
  const inProject = lookup.environments.filter((environment) => environment.project_id === project);
  const environment = look({
    field: "environment_id",
    noun: "environment",
    value: fields.environment_id,
    things: inProject,
    where: ` in project ${project}`,
  });
  const deferring = fields.deferring_environment_id;
  const defersTo = (deferring ?? null) === null ? undefined : look({
    field: "deferring_environment_id",
    noun: "environment",
    value: deferring,
    things: lookup.environments,
    first: inProject,
  });
  return environment === undefined
    ? undefined
    : { project_id: project, environment_id: environment, ...defined({ deferring: defersTo }) };
}

/** A thing that a file names by id or name. */
interface Named {
  /** The field that names it. */
  readonly field: string;
  /** What it is. */
  readonly noun: "project" | "environment";
  /** Its id or name. */
  readonly value: unknown;
  /** The things that there are. */
  readonly things: ReadonlyArray<NamedThing>;
  /** The things whose names count first (default: all). */
  readonly first?: ReadonlyArray<NamedThing>;
  /** Where they are, for messages. */
  readonly where?: string;
}

/** The id of a thing that a file names. */
function find(
  { key, placeOf }: DeclaredJob,
  { field, noun, things, value, first = things, where = "" }: Named,
  problems: Problems,
): number | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined; // refused before
  const among = [first, things].map((some) =>
    some.filter(({ id, name }) => typeof value === "number" ? id === value : name === value)
  );
  const [found, second] = among[0]?.length === 0 ? among[1] ?? [] : among[0] ?? [];
  if (found !== undefined && second === undefined) return found.id;
  const named = `${noun} ${typeof value === "number" ? value : `"${value}"`}`;
  const known = things.slice(0, 10).map(({ id, name }) => `${id} "${name}"`).join(", ");
  problems.refuse(
    placeOf(field),
    second === undefined
      ? `${key}: ${field}: there is no ${named}${where}, or this token may not see it` +
        `${typeof value === "string" ? didYouMean(value, things.map(({ name }) => name)) : ""}` +
        (known === "" ? "" : `${typeof value === "string" ? "" : "."} There is ${known}`)
      : `${key}: ${field}: ${named} is ambiguous: ${found?.id}, ${second.id}. Give the id`,
  );
  return undefined;
}

/** The jobs of the files, by identifier: the id of each that exists, and its project. */
export type KnownJobs = ReadonlyMap<string, { readonly id: number | undefined; readonly project_id: number }>;

/** The job as it will be. `place` is where it runs, `known` are the jobs of the files. */
export function desiredJob(
  declared: DeclaredJob,
  place: JobPlace & { readonly deferring?: number },
  tag: Tag,
  known: KnownJobs,
  lookup: Lookup,
): DesiredJob {
  const { account_id: _, deferring_job_definition_id, job_completion_trigger_condition, ...fields } = declared.fields;
  const job = (path: string, value: unknown) => findJob(declared, path, value, place.project_id, known, lookup);
  const deferral = job("deferring_job_definition_id", deferring_job_definition_id);
  const own = known.get(declared.key)?.id;
  const isSelf = declared.self_deferring ||
    (deferral !== undefined &&
      (typeof deferral.job === "number" ? deferral.job === own : deferral.job.identifier === declared.key));
  return {
    fields: {
      ...fields,
      project_id: place.project_id,
      environment_id: place.environment_id,
      ...defined({ deferring_environment_id: place.deferring }),
    },
    tag,
    defers_to: isSelf ? "self" : deferral?.job ?? null,
    completion: completionOf(declared, job, lookup, job_completion_trigger_condition),
  };
}

function completionOf(
  declared: DeclaredJob,
  job: (path: string, value: unknown) => FoundJob | undefined,
  lookup: Lookup,
  trigger: unknown,
): DesiredJob["completion"] {
  const condition = objectOf(objectOf(trigger)?.condition);
  if (condition === undefined) return null;
  const path = "job_completion_trigger_condition.condition";
  if ((condition.job_id ?? null) === null) {
    lookup.problems.refuse(declared.placeOf(path), `${declared.key}: ${path}.job_id is missing`);
    return null;
  }
  const found = job(`${path}.job_id`, condition.job_id);
  if (found === undefined) return null;
  const given = condition.project_id;
  const project = (given ?? null) === null ? found.project_id : find(
    declared,
    { field: `${path}.project_id`, noun: "project", value: given, things: lookup.projects },
    lookup.problems,
  );
  if (project !== undefined && project !== found.project_id) {
    lookup.problems.refuse(
      declared.placeOf(`${path}.project_id`),
      `${declared.key}: ${path}.project_id is ${project}, but that job is in project ${found.project_id}`,
    );
  }
  const statuses = Array.isArray(condition.statuses) ? condition.statuses : allStatuses;
  return { job: found.job, project_id: found.project_id, statuses };
}

interface FoundJob {
  readonly job: JobReference;
  readonly project_id: number;
}

/** The job that a file names by id, identifier or name. A job of the files comes first. */
function findJob(
  { key, placeOf }: DeclaredJob,
  path: string,
  value: unknown,
  project: number,
  known: KnownJobs,
  { live, problems }: Lookup,
): FoundJob | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  if (typeof value === "string") {
    const declared = known.get(value);
    if (declared !== undefined) {
      return { job: declared.id ?? { identifier: value }, project_id: declared.project_id };
    }
  }
  const matching = (test: (live: LiveJob) => boolean) => {
    const found = live.filter(test);
    const near = found.filter(({ job }) => job.project_id === project);
    return near.length > 0 ? near : found;
  };
  const byIdentifier = typeof value === "string" ? matching(({ tag }) => tag?.identifier === value) : [];
  const found = typeof value === "number"
    ? matching(({ job }) => job.id === value)
    : byIdentifier.length > 0
    ? byIdentifier
    : matching(({ name }) => name === value);
  const [first, second] = found;
  if (first !== undefined && second === undefined) {
    return { job: first.job.id, project_id: first.job.project_id ?? project };
  }
  const names = [
    ...known.keys(),
    ...live.flatMap(({ name, tag }) => [name, ...tag === undefined ? [] : [tag.identifier]]),
  ];
  problems.refuse(
    placeOf(path),
    first === undefined
      ? `${key}: ${path}: there is no job ${
        typeof value === "number" ? value : `"${value}"`
      } in the files or in dbt Cloud` +
        (typeof value === "string" ? didYouMean(value, names) : "")
      : `${key}: ${path}: "${value}" is ambiguous: jobs ${found.map(({ job }) => job.id).join(", ")}. Give the id`,
  );
  return undefined;
}
