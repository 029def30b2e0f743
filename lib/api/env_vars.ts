/**
 * The endpoints of the group `envVars`: environment variables, with a value for the project and overrides for
 * environments, jobs and users.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe } from "../endpoint.ts";
import { field, type Fields, named, type Nested, nested, nullable, optional, secret, struct } from "../schema.ts";
import { type InProject, inProject, type Related, related, State } from "../shared_fields.ts";
import { Environment } from "./environments.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The scope of a value. */
export const EnvVarType = { project: "project", environment: "environment", job: "job", user: "user" } as const;

const type = named(Schema.String, EnvVarType);

// ---- models ---------------------------------------------------------------------------------------------------------

/** A value to set. Pass a secret as `Redacted`, so that nothing prints it. */
export type NewValue = string | Redacted.Redacted<string>;

const newValue: Schema.Codec<NewValue, string> = Schema.Union([Schema.String, secret]);

/** A value in a list. */
export interface Value {
  /** The value's id: `env_var_id` of {@linkcode update}. */
  readonly id?: number | null;
  /** The value; asterisks if it is secret. */
  readonly value?: string | null;
}

const value: Schema.Codec<Value> = struct({ id: nullable(Schema.Int), value: nullable(Schema.String) });

/** The variables of a project. */
export interface EnvVars {
  /** The names of the environments, in order. The first is `project`. */
  readonly environments?: ReadonlyArray<string> | null;
  /** The values, by variable and environment. `project` is the project's default. */
  readonly variables?: { readonly [name: string]: { readonly [environment: string]: Value | null } | null } | null;
}

/** Reads {@linkcode EnvVars}. */
export const EnvVars: Schema.Codec<EnvVars> = struct({
  environments: nullable(Schema.Array(Schema.String)),
  variables: nullable(
    Schema.Record(Schema.String, Schema.NullOr(Schema.Record(Schema.String, Schema.NullOr(value)))),
  ),
}, { columns: ["environments", "variables"] });

/** The values of one variable for a job or a user, by scope. */
export interface Layers {
  /** The project's default value. */
  readonly project?: Value | null;
  /** The environment's value. */
  readonly environment?: Value | null;
  /** The job's override, if it has one. */
  readonly job?: Value | null;
  /** The user's override, if there is one. */
  readonly user?: Value | null;
}

const layers: Schema.Codec<Layers> = struct({
  project: nullable(value),
  environment: nullable(value),
  job: nullable(value),
  user: nullable(value),
});

/** The values of each variable, by the variable's name. */
export type LayersByName = { readonly [name: string]: Layers | null };

const layersByName: Schema.Codec<LayersByName> = Schema.Record(Schema.String, Schema.NullOr(layers));

/** One value of an environment variable, with its scope. */
export interface EnvVar {
  /** The value's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The variable's name. */
  readonly name?: string | null;
  /** The value's scope: see {@linkcode EnvVarType}. */
  readonly type?: string | null;
  /** The environment's id, if the scope is an environment. */
  readonly environment_id?: number | null;
  /** The job's id, if the scope is a job. */
  readonly job_definition_id?: number | null;
  /** The user's id, if the scope is a user. */
  readonly user_id?: number | null;
  /** The value; asterisks if it is secret. */
  readonly display_value?: string | null;
  /** The value. Source: the Terraform provider. */
  readonly raw_value?: string | null;
  /** The environment, if requested with `include_related`. */
  readonly environment?: Nested<Environment> | null;
  /** State of the value: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads an {@linkcode EnvVar}. */
export const EnvVar: Schema.Codec<EnvVar> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  name: nullable(Schema.String),
  type: nullable(type),
  environment_id: nullable(Schema.Int),
  job_definition_id: nullable(Schema.Int),
  user_id: nullable(Schema.Int),
  display_value: nullable(Schema.String),
  raw_value: nullable(Schema.String),
  environment: nullable(nested(() => Environment)),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "type", "environment_id", "job_definition_id", "user_id", "display_value"] });

/** The result of setting variables. */
export interface SetVars {
  /** A message about the result. */
  readonly message?: string | null;
  /** The ids of the new values. */
  readonly new_var_ids?: ReadonlyArray<number> | null;
  /** The ids of the deleted values. */
  readonly deleted_var_ids?: ReadonlyArray<number> | null;
  /** The values that could not be set, and why. Its structure is not documented. */
  readonly failures?: unknown;
}

/** Reads {@linkcode SetVars}. */
export const SetVars: Schema.Codec<SetVars> = struct({
  message: nullable(Schema.String),
  new_var_ids: nullable(Schema.Array(Schema.Int)),
  deleted_var_ids: nullable(Schema.Array(Schema.Int)),
  failures: optional(Schema.Unknown),
}, { columns: ["message", "new_var_ids", "deleted_var_ids", "failures"] });

/** The result of creating one of several variables. */
export interface CreatedVar {
  /** The result, in a word. */
  readonly status?: string | null;
  /** The result, as an HTTP status code. */
  readonly status_code?: number | null;
  /** The variable's name. */
  readonly key_name?: string | null;
  /** The values that were set. */
  readonly data?: SetVars | null;
}

const createdVar: Schema.Codec<CreatedVar> = struct({
  status: nullable(Schema.String),
  status_code: nullable(Schema.Int),
  key_name: nullable(Schema.String),
  data: nullable(SetVars),
}, { columns: ["key_name", "status", "status_code", "data.message"] });

// ---- reads ----------------------------------------------------------------------------------------------------------

/** The filters of a list of variables. Source: Python dbtc; the specification names none of these. */
export interface Filters {
  /** Only the variable with this name. */
  readonly name?: string;
  /** Only values with this scope: see {@linkcode EnvVarType}. */
  readonly type?: string;
  /** Only values of this environment. */
  readonly environment_id?: number;
  /** Related objects to include in the response. */
  readonly include_related?: Related;
}

const filters: Fields<Filters> = {
  name: optional(field(Schema.String, "Only the variable with this name")),
  type: optional(field(type, "Only values with this scope")),
  environment_id: optional(field(Schema.Int, "Only values of this environment")),
  include_related: optional(related()),
};

/** The request of {@linkcode list}. */
export interface List extends InProject, Filters {}

/** List the environment variables of a project, with their values for each environment. */
export const list: Endpoint<List, EnvVars> = endpoint("envVars.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environment-variables/environment/",
  summary: "List the environment variables of a project, with their values for each environment",
  request: { ...inProject, ...filters },
  success: data(EnvVars),
  dbtc: "list_environment_variables",
});

/** The request of {@linkcode listByJob}. */
export interface ListByJob extends List {
  /** The job's id. */
  readonly job_definition_id: number;
}

/** List the environment variables of a project, with their values for a job. */
export const listByJob: Endpoint<ListByJob, LayersByName> = endpoint("envVars.listByJob", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environment-variables/job/",
  summary: "List the environment variables of a project, with their values for a job",
  request: { ...inProject, job_definition_id: field(Schema.Int, "Job"), ...filters },
  success: data(layersByName),
});

/** The request of {@linkcode listByUser}. */
export interface ListByUser extends List {
  /** The user's id. */
  readonly user_id: number;
}

/** List the environment variables of a project, with their values for a user. */
export const listByUser: Endpoint<ListByUser, LayersByName> = endpoint("envVars.listByUser", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environment-variables/user/",
  summary: "List the environment variables of a project, with their values for a user",
  request: { ...inProject, user_id: field(Schema.Int, "User"), ...filters },
  success: data(layersByName),
});

// ---- one value at a time --------------------------------------------------------------------------------------------

/** Fields of every request about one value. */
export interface OfEnvVar extends InProject {
  /** The value's id, from a list. */
  readonly env_var_id: number;
}

const ofEnvVar: Fields<OfEnvVar> = { ...inProject, env_var_id: field(Schema.Int, "Id of the value, from a list") };

/** The request of {@linkcode create}. */
export interface Create extends InProject {
  /** The variable's name, which begins with `DBT_`. Variables that begin with `DBT_ENV_SECRET` are secret. */
  readonly name: string;
  /** The value's scope: see {@linkcode EnvVarType}. */
  readonly type: string;
  /** The value. */
  readonly raw_value?: NewValue | null;
  /** The environment's id, if the scope is an environment. */
  readonly environment_id?: number | null;
  /** The job's id, if the scope is a job. */
  readonly job_definition_id?: number | null;
  /** The user's id, if the scope is a user. */
  readonly user_id?: number | null;
  /** The value that dbt Cloud displays. */
  readonly display_value?: string | null;
  /** State of the value: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const createRequest: Fields<Create> = {
  ...inProject,
  name: field(
    Schema.String,
    "Name of the variable, such as DBT_SIZE; a name that begins with DBT_ENV_SECRET makes it secret",
  ),
  type: field(type, "Scope of the value"),
  raw_value: nullable(field(newValue, "Value")),
  environment_id: nullable(field(Schema.Int, "Environment id, if the scope is an environment")),
  job_definition_id: nullable(field(Schema.Int, "Job id, if the scope is a job")),
  user_id: nullable(field(Schema.Int, "User id, if the scope is a user")),
  display_value: nullable(field(Schema.String, "Value that dbt Cloud displays")),
  state: nullable(field(named(Schema.Int, State), "State of the value")),
};

/** Create one value of an environment variable. */
export const create: Endpoint<Create, EnvVar> = endpoint("envVars.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environment-variables/",
  summary: "Create one value of an environment variable",
  request: createRequest,
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(EnvVar),
  dbtc: "create_env_vars",
});

/** The request of {@linkcode update}. */
export interface Update extends OfEnvVar, Create {}

/** Change one value of an environment variable. */
export const update: Endpoint<Update, EnvVar> = endpoint("envVars.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environment-variables/:env_var_id/",
  summary: "Change one value of an environment variable",
  request: { ...ofEnvVar, ...createRequest },
  repeats: { account_id: "account_id", project_id: "project_id", id: "env_var_id" },
  success: data(EnvVar),
  dbtc: "update_env_vars",
});

/** Delete one value of an environment variable. */
const del: Endpoint<OfEnvVar, EnvVar | undefined> = endpoint("envVars.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/environment-variables/:env_var_id/",
  summary: "Delete one value of an environment variable",
  request: ofEnvVar,
  success: maybe(EnvVar),
  dbtc: "delete_env_vars",
});
export { del as delete };

// ---- all values of a variable at once -------------------------------------------------------------------------------

/**
 * Values by key: `project`, the name of an environment, or in an update the id of a value. An empty text or null deletes
 * the value. Lists occur only in an example of Python dbtc.
 */
export interface ValuesByEnvironment {
  /** The project's default value; an empty text or null deletes it. */
  readonly project?: NewValue | null;
  /**
   * The name of an environment: creates its value, which overrides the project's. In an update, digits are the id of a
   * value that exists, not of an environment. An empty text or null deletes the value.
   */
  // With `undefined`, since the interfaces that extend this one have optional members: not every program that imports it
  // is checked with `exactOptionalPropertyTypes`.
  readonly [environment: string]: NewValue | ReadonlyArray<unknown> | null | undefined;
}

const values = Schema.Record(
  Schema.String,
  Schema.Union([newValue, Schema.Null, Schema.Array(Schema.Unknown)]),
);

/** A variable to create. */
export interface NewVar extends ValuesByEnvironment {
  /** The variable's name. */
  readonly new_name: string;
}

const newVar: Schema.Codec<NewVar, unknown> = Schema.StructWithRest(
  Schema.Struct({ new_name: Schema.String, project: nullable(newValue) }),
  [values],
);

/** A variable to change. */
export interface ChangedVar extends ValuesByEnvironment {
  /** The variable's name. */
  readonly name: string;
  /** The variable's new name. */
  readonly new_name?: string;
}

const changedVar: Schema.Codec<ChangedVar, unknown> = Schema.StructWithRest(
  Schema.Struct({
    name: field(Schema.String, "Name of the variable"),
    new_name: optional(field(Schema.String, "New name of the variable")),
    project: nullable(
      field(
        newValue,
        'Default value for the project ("" or null deletes it). More keys in --payload: the name of an environment ' +
          "creates its override, digits are the id of a value, not of an environment",
      ),
    ),
  }),
  [values],
);

/** The request of {@linkcode createBulk}. */
export interface CreateBulk extends InProject {
  /** The variables. A single variable need not be in a list: the Terraform provider sends it so. */
  readonly env_var: ReadonlyArray<NewVar> | NewVar;
}

/** Create environment variables, each with values for several environments. */
export const createBulk: Endpoint<CreateBulk, ReadonlyArray<CreatedVar> | SetVars> = endpoint("envVars.createBulk", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environment-variables/bulk/",
  summary: "Create environment variables, each with values for several environments",
  request: {
    ...inProject,
    env_var: field(
      Schema.Union([Schema.Array(newVar), newVar]),
      'Variables: [{"new_name": "DBT_SIZE", "project": "S", "Production": "XL"}]',
    ),
  },
  // The specification says that the response is a list; the Terraform provider reads one object.
  success: data(Schema.Union([Schema.Array(createdVar), SetVars])),
  dbtc: ["create_environment_variables", "create_env_vars_bulk"],
});

/** The request of {@linkcode updateBulk}. */
export interface UpdateBulk extends InProject {
  /** The variable and its values. Values that are left out do not change. */
  readonly env_vars: ChangedVar;
}

/** Change the name of an environment variable, and its values for several environments. */
export const updateBulk: Endpoint<UpdateBulk, SetVars> = endpoint("envVars.updateBulk", {
  route: "PUT /api/v3/accounts/:account_id/projects/:project_id/environment-variables/bulk/",
  summary: "Change the name of an environment variable, and its values for several environments",
  request: {
    ...inProject,
    env_vars: field(
      changedVar,
      'Variable and its values: {"name": "DBT_SIZE", "Production": "XXL", "123": ""}. Keys: project, the name of an ' +
        "environment (creates an override), or digits (the id of a value, not of an environment). An empty text or null " +
        "deletes the value. Values that are left out do not change",
    ),
  },
  success: data(SetVars),
  dbtc: ["update_environment_variables", "update_env_vars_bulk"],
});

/** The request of {@linkcode deleteBulk}. */
export interface DeleteBulk extends InProject {
  /** The variable's name. */
  readonly name: string;
}

/** Delete an environment variable with all its values. */
export const deleteBulk: Endpoint<DeleteBulk, unknown> = endpoint("envVars.deleteBulk", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/environment-variables/bulk/",
  summary: "Delete an environment variable with all its values",
  request: { ...inProject, name: field(Schema.String, "Name of the variable") },
  success: maybe(Schema.Unknown),
  dbtc: ["delete_environment_variables", "delete_env_vars_bulk"],
});
