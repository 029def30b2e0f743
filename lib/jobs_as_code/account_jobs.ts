/**
 * What dbt Cloud has: jobs, with projects, environments and the overrides of environment variables. Read in as few
 * requests as the API allows: one for 100 jobs, projects or environments, one for the variables of each project, and one
 * for each job only where the list of jobs does not tell its overrides.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as environments from "../api/environments.ts";
import * as envVars from "../api/env_vars.ts";
import * as jobs from "../api/jobs.ts";
import * as projects from "../api/projects.ts";
import { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import type { Job } from "../models/job.ts";
import { paginate } from "../paginate.ts";
import { nullable } from "../schema.ts";
import { type InAccount, State } from "../shared_fields.ts";
import { type Tag, untag } from "./identifier_tag.ts";
import type { JobsScope, ManagedJob } from "./jobs_as_code_types.ts";
import type { Declared } from "./declared_job.ts";
import type { Problems } from "./problems.ts";

/** A job with its tag taken out. */
export interface LiveJob {
  /** The job, as dbt Cloud has it. */
  readonly job: Job;
  /** The tag. */
  readonly tag: Tag | undefined;
  /** Another identifier in the description. */
  readonly other: string | undefined;
  /** The name without the tag. */
  readonly name: string;
}

/** A thing with a name. */
export interface NamedThing {
  readonly id: number;
  readonly name: string;
  readonly project_id: number | undefined;
}

/** The override of a variable for a job. */
export interface Override {
  /** The id of the value. The list of jobs does not have it. */
  readonly id: number | undefined;
  /** The value; asterisks if it is secret. */
  readonly value: string;
}

/** The account of a request: the one that it names, or else the client's. */
export const accountOf = Effect.fnUntraced(function* (
  endpoint: string,
  { account_id }: InAccount,
): Effect.fn.Return<number, DbtError, Dbt> {
  const id = account_id ?? (yield* Dbt).defaults.account_id;
  if (id !== undefined) return id;
  const detail = "account_id is missing: set DBT_CLOUD_ACCOUNT_ID, or give the account_id of the request";
  return yield* unsendable(endpoint, detail);
});

/** Refuses files for another account. */
export function checkAccount({ account_id: named }: Declared, account_id: number, problems: Problems): void {
  if (named === undefined || named.value === account_id) return;
  problems.refuse(
    named.at,
    `account_id ${named.value}, but this client is for account ${account_id}: use the account of the files, or leave ` +
      "account_id out",
  );
}

/** All jobs of an account, by id. */
export const listJobs = Effect.fnUntraced(function* (account_id: number) {
  const found = yield* Stream.runCollect(
    paginate(jobs.list, { account_id, include_related: ["custom_environment_variables"] }),
  );
  return found.map(asLive).toSorted((a, b) => a.job.id - b.job.id);
});

/** A job with its tag taken out. */
function asLive(job: Job): LiveJob {
  const { name, other, tag } = untag(job);
  return { job, tag, other, name };
}

/** The projects of an account. */
export const listProjects = Effect.fnUntraced(function* (account_id: number) {
  return (yield* Stream.runCollect(paginate(projects.list, { account_id }))).map(({ id, name }): NamedThing => ({
    id,
    name: name ?? "",
    project_id: id,
  }));
});

/** The environments of an account. */
export const listEnvironments = Effect.fnUntraced(function* (account_id: number) {
  return (yield* Stream.runCollect(paginate(environments.listByAccount, { account_id })))
    .map(({ id, name, project_id }): NamedThing => ({ id, name: name ?? "", project_id: project_id ?? undefined }));
});

/** How many requests about variables are sent at the same time. */
export const concurrency = 8;

/** The names of the environment variables of projects, by project. */
export const listVariables = Effect.fnUntraced(function* (account_id: number, projects: Iterable<number>) {
  const entries = yield* Effect.forEach(
    new Set(projects),
    (project_id) =>
      Effect.map(
        envVars.list({ account_id, project_id }),
        ({ variables }) => [project_id, new Set(Object.keys(variables ?? {}))] as const,
      ),
    { concurrency },
  );
  return new Map(entries);
});

/**
 * The overrides of a job as the list of jobs has them: `include_related=custom_environment_variables` of the
 * specification. Undefined where it does not: recorded answers have null.
 */
export function relatedOverrides(
  { custom_environment_variables: list, id }: Job,
): ReadonlyMap<string, Override> | undefined {
  const related = Option.getOrUndefined(Schema.decodeUnknownOption(RelatedVariables)(list));
  return related && new Map(
    related.filter(({ job_definition_id, state, type }) =>
      type === "job" && job_definition_id === id && state !== State.deleted
    ).map(({ display_value, name }) => [name, { id: undefined, value: display_value ?? "" }]),
  );
}

/** What is read of `custom_environment_variables`. */
const RelatedVariables = Schema.Array(Schema.Struct({
  name: Schema.String,
  type: nullable(Schema.String),
  job_definition_id: nullable(Schema.Int),
  display_value: nullable(Schema.String),
  state: nullable(Schema.Int),
}));

/** The overrides of a job, with their ids. */
export const readOverridesOf = Effect.fnUntraced(function* (
  account_id: number,
  project_id: number,
  job_definition_id: number,
): Effect.fn.Return<ReadonlyMap<string, Override>, DbtError, Dbt> {
  const layers = yield* envVars.listByJob({ account_id, project_id, job_definition_id });
  return new Map(
    Object.entries(layers).flatMap(([name, value]) =>
      value?.job === null || value?.job === undefined
        ? []
        : [[name, { id: value.job.id ?? undefined, value: value.job.value ?? "" }] as const]
    ),
  );
});

/** The ids that a scope names; undefined if it names none. */
export function idsIn(one: number | undefined, several: ReadonlyArray<number> = []): ReadonlySet<number> | undefined {
  const ids = new Set([...one === undefined ? [] : [one], ...several]);
  return ids.size === 0 ? undefined : ids;
}

/** Whether a place is in a scope. */
export function isInScope(
  { environment_id, environment_id__in, project_id, project_id__in }: JobsScope,
  place: { readonly project_id?: number | null; readonly environment_id?: number | null },
): boolean {
  const [inProjects, inEnvironments] = [idsIn(project_id, project_id__in), idsIn(environment_id, environment_id__in)];
  return (inProjects?.has(place.project_id ?? NaN) ?? true) &&
    (inEnvironments?.has(place.environment_id ?? NaN) ?? true);
}

/** A managed job in short. */
export function managedJob({ job, name, tag }: LiveJob): ManagedJob {
  return {
    identifier: tag?.identifier ?? "",
    job_id: job.id,
    name,
    project_id: job.project_id ?? 0,
    environment_id: job.environment_id ?? 0,
  };
}
