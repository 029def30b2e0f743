/**
 * Setting and deleting the values of environment variables by environment. `env_var_diff.ts` compares them.
 *
 * dbt Cloud lists values by the names of environments, and never shows a secret: it has asterisks for it. In an update,
 * a value that exists is named by its id, and a new one by its environment; an empty text deletes a value. So each write
 * here reads the list first, and names one value only: the others stay as they are.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import * as envVars from "../api/env_vars.ts";
import { type Environment, listByAccount } from "../api/environments.ts";
import { get as getJob } from "../api/jobs.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError, type Reason, unsendable } from "../error.ts";
import { notFound } from "../not_found.ts";
import { paginate } from "../paginate.ts";
import { own } from "../request.ts";
import type { InAccount, InProject } from "../shared_fields.ts";
import type { SetValue, UnsetValue } from "./env_var_requests.ts";

/** What happened to the value of a variable. */
export interface ChangedValue {
  /** The variable's name. */
  readonly name: string;
  /** The name of the environment; `project` for the project's default value; null for a job's override. */
  readonly environment: string | null;
  /** The id of the job whose override it is; null for other values. */
  readonly job_definition_id: number | null;
  /** What happened to the value. */
  readonly result: "created" | "updated" | "deleted";
}

/** The name that dbt Cloud's lists have for the project's default value. */
export const projectDefault = "project";

/** Whether a variable is secret: https://docs.getdbt.com/docs/build/environment-variables#handling-secrets */
export function isSecretName(name: string): boolean {
  return name.startsWith("DBT_ENV_SECRET");
}

/** Whether a text is what dbt Cloud shows for a secret: asterisks. */
export function isMask(text: string | null | undefined): boolean {
  return /^\*+$/.test(text ?? "");
}

/** Whether a variable has this value. */
export function isSet(value: envVars.Value | null | undefined): boolean {
  return typeof value?.id === "number" || typeof value?.value === "string";
}

const onePlace = "a value is for an environment or for a job: leave out one of them";

/** Sets one value: see `envVars.set`. */
export const setValue: (request: SetValue) => Effect.Effect<ChangedValue, DbtError, Dbt> = Effect.fn("envVars.set")(
  function* ({ environment_id, job_definition_id, name, value, ...inProject }) {
    const endpoint = "envVars.set";
    const text = Redacted.isRedacted(value) ? Redacted.value(value) : value;
    if (text === "") {
      return yield* unsendable(endpoint, `an empty value would delete ${name}: use "dbtc env-vars unset"`);
    }
    if (isSecretName(name) && isMask(text)) {
      return yield* unsendable(endpoint, `the value is the mask that dbt Cloud shows for a secret, not the secret`);
    }
    if (environment_id !== undefined && job_definition_id !== undefined) return yield* unsendable(endpoint, onePlace);
    const sent = isSecretName(name) ? Redacted.make(text) : text;
    if (job_definition_id !== undefined) {
      const { id, ofJob } = yield* readOverride(endpoint, inProject, job_definition_id, name);
      const override = { name, type: envVars.EnvVarType.job, job_definition_id, raw_value: sent };
      if (id === undefined) yield* envVars.create({ ...ofJob, ...override });
      else yield* envVars.update({ ...ofJob, ...override, env_var_id: id });
      return { name, environment: null, job_definition_id, result: id === undefined ? "created" : "updated" };
    }
    const { environment, place, variables } = yield* readValues(endpoint, inProject, environment_id);
    const values = own(variables, name);
    if (values === undefined || values === null) {
      const answer = yield* envVars.createBulk({ ...place, env_var: [{ new_name: name, [environment]: sent }] });
      yield* checkCreated(endpoint, answer);
      return { name, environment, job_definition_id: null, result: "created" };
    }
    const id = own(values, environment)?.id;
    if (typeof id !== "number" && /^\d+$/.test(environment)) {
      const detail = `dbt Cloud takes "${environment}" for the id of a value. Create the value with ` +
        `"dbtc env-vars create --name ${name} --type environment --environment-id ${environment_id}"`;
      return yield* unsendable(endpoint, detail);
    }
    const answer = yield* envVars.updateBulk({ ...place, env_vars: { name, [String(id ?? environment)]: sent } });
    yield* checkSet(envVars.updateBulk.name, answer);
    return { name, environment, job_definition_id: null, result: typeof id === "number" ? "updated" : "created" };
  },
);

/** The values that `envVars.unset` deletes. */
export interface ValuesToDelete {
  /** The values, as they are reported once they are deleted. */
  readonly values: ReadonlyArray<ChangedValue>;
  /** Deletes them: one request. */
  readonly remove: Effect.Effect<void, DbtError, Dbt>;
}

/** Finds the values that a request deletes. Fails if there are none, and changes nothing. */
export const valuesToDelete: (request: UnsetValue) => Effect.Effect<ValuesToDelete, DbtError, Dbt> = Effect.fnUntraced(
  function* ({ all = false, environment_id, job_definition_id, name, ...inProject }) {
    const endpoint = "envVars.unset";
    if (all && (environment_id ?? job_definition_id) !== undefined) {
      return yield* unsendable(endpoint, "all deletes every value of the variable: it does not go with one of them");
    }
    if (environment_id !== undefined && job_definition_id !== undefined) return yield* unsendable(endpoint, onePlace);
    const deleted = (environment: string | null, job_definition_id: number | null = null): ChangedValue => ({
      name,
      environment,
      job_definition_id,
      result: "deleted",
    });
    if (job_definition_id !== undefined) {
      const { id, ofJob } = yield* readOverride(endpoint, inProject, job_definition_id, name);
      if (id === undefined) return yield* notFound(endpoint, `job ${job_definition_id} does not override ${name}`);
      const remove = Effect.asVoid(envVars.delete({ ...ofJob, env_var_id: id }));
      return { values: [deleted(null, job_definition_id)], remove };
    }
    const { environment, place, variables } = yield* readValues(endpoint, inProject, environment_id);
    const values = own(variables, name) ?? {};
    const set = Object.entries(values).flatMap(([environment, value]) => isSet(value) ? [environment] : []);
    if (set.length === 0) return yield* notFound(endpoint, `the project has no variable ${name}`);
    if (all) {
      const remove = Effect.asVoid(envVars.deleteBulk({ ...place, name }));
      return { values: set.map((environment) => deleted(environment)), remove };
    }
    const id = own(values, environment)?.id;
    if (!set.includes(environment) || typeof id !== "number") {
      const what = environment === projectDefault ? "default value" : `value for ${environment}`;
      return yield* notFound(endpoint, `${name} has no ${what}. It is set for: ${set.join(", ")}`);
    }
    const remove = Effect.flatMap(
      envVars.updateBulk({ ...place, env_vars: { name, [String(id)]: "" } }),
      (answer) => checkSet(envVars.updateBulk.name, answer),
    );
    return { values: [deleted(environment)], remove };
  },
);

/** Deletes values: see `envVars.unset`. */
export const unsetValue: (request: UnsetValue) => Effect.Effect<ReadonlyArray<ChangedValue>, DbtError, Dbt> = Effect.fn(
  "envVars.unset",
)(function* (request) {
  const { remove, values } = yield* valuesToDelete(request);
  yield* remove;
  return values;
});

// ---- reading --------------------------------------------------------------------------------------------------------

/** The values of a project, the name of the environment that is meant, and the project. */
const readValues = Effect.fnUntraced(function* (
  endpoint: string,
  inProject: InProject,
  environment_id: number | undefined,
) {
  const environment = environment_id === undefined
    ? undefined
    : yield* findEnvironment(endpoint, inProject, environment_id);
  const place = { ...inProject, ...environment === undefined ? {} : placeOf(environment) };
  const { variables } = yield* envVars.list(place);
  return { environment: environment?.name ?? projectDefault, place, variables: variables ?? {} };
});

/** The id of a job's override of a variable, if it has one, and the project of both. */
const readOverride = Effect.fnUntraced(function* (
  endpoint: string,
  { project_id: asked, ...inAccount }: InProject,
  job_definition_id: number,
  name: string,
): Effect.fn.Return<{ readonly id: number | undefined; readonly ofJob: InProject }, DbtError, Dbt> {
  const { project_id } = yield* getJob({ ...inAccount, job_id: job_definition_id });
  if (asked !== undefined && asked !== project_id) {
    return yield* notFound(endpoint, `project ${asked} has no job ${job_definition_id}`);
  }
  const ofJob = { ...inAccount, ...placeOf({ project_id: project_id ?? null }) };
  const values = own(yield* envVars.listByJob({ ...ofJob, job_definition_id }), name);
  if (values === undefined || values === null) {
    return yield* notFound(
      endpoint,
      `the job's project has no variable ${name}: a job can only override one that is there`,
    );
  }
  return { id: values.job?.id ?? undefined, ofJob };
});

/** An environment of the project, or of the account where the request names no project. */
export const findEnvironment = Effect.fnUntraced(function* (
  endpoint: string,
  { account_id, project_id }: InProject,
  id: number,
): Effect.fn.Return<Environment & { readonly name: string }, DbtError, Dbt> {
  const within: InAccount & { readonly project_id?: number } = {
    ...account_id === undefined ? {} : { account_id },
    ...project_id === undefined ? {} : { project_id },
  };
  const found = yield* paginate(listByAccount, { ...within, pk: id }).pipe(
    Stream.filter((environment) => environment.id === id),
    Stream.runHead,
  );
  if (Option.isNone(found)) {
    const where = project_id === undefined ? "" : ` of project ${project_id}`;
    return yield* notFound(endpoint, `no environment${where} has the id ${id}`);
  }
  const { name } = found.value;
  // Without a name, the value would become the project's.
  if (!name) return yield* notFound(endpoint, `environment ${id} has no name`);
  return { ...found.value, name };
});

/** The project of an environment or a job. */
export function placeOf({ project_id }: Pick<Environment, "project_id">): InProject {
  return typeof project_id === "number" ? { project_id } : {};
}

// ---- answers --------------------------------------------------------------------------------------------------------

/** Fails where an answer with status 200 says that values could not be set. */
const checkSet = Effect.fnUntraced(function* (endpoint: string, { failures, message }: envVars.SetVars) {
  const isEmpty = Array.isArray(failures)
    ? failures.length === 0
    : !Predicate.isObject(failures) || Object.keys(failures).length === 0;
  if (!isEmpty) return yield* refused(endpoint, message, failures);
});

const checkCreated = Effect.fnUntraced(function* (
  endpoint: string,
  answer: ReadonlyArray<envVars.CreatedVar> | envVars.SetVars,
) {
  // A list has one result for each variable, and here there is one.
  const [result] = isList(answer) ? answer : [{ data: answer }];
  if ((result?.status_code ?? 200) >= 400) return yield* refused(endpoint, result?.status, result);
  if (result?.data) yield* checkSet(endpoint, result.data);
});

function isList<A, B>(answer: ReadonlyArray<A> | B): answer is ReadonlyArray<A> {
  return Array.isArray(answer);
}

function refused(endpoint: string, user_message: string | null | undefined, data: unknown): DbtError {
  const reason: Reason = { _tag: "Invalid", status: 200, data, ...(user_message ? { user_message } : {}) };
  return new DbtError({ endpoint, reason });
}
