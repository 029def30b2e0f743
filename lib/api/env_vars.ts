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
import {
  field,
  type Fields,
  type InProject,
  inProject,
  named,
  type Nested,
  nested,
  nullable,
  optional,
  type Related,
  related,
  secret,
  State,
  struct,
} from "../schema.ts";
import { Environment } from "./environments.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** For what a value holds. */
export const EnvVarType = { project: "project", environment: "environment", job: "job", user: "user" } as const;

const type = named(Schema.String, EnvVarType);

// ---- models ---------------------------------------------------------------------------------------------------------

/** A value to set. It may be held as `Redacted`, so that nothing prints it. */
export type NewValue = string | Redacted.Redacted<string>;

const newValue: Schema.Codec<NewValue, string> = Schema.Union([Schema.String, secret]);

/** A value that is set, as the lists give it. */
export interface Value {
  /** Its id: `env_var_id` of {@linkcode update}. */
  readonly id?: number | null;
  /** The value; asterisks where it is secret. */
  readonly value?: string | null;
}

const value: Schema.Codec<Value> = struct({ id: nullable(Schema.Int), value: nullable(Schema.String) });

/** The variables of a project. */
export interface EnvVars {
  /** The names of its environments, in order; the first is `project`. */
  readonly environments?: ReadonlyArray<string> | null;
  /** The values: by variable, and within it by environment; the project's own is called `project`. */
  readonly variables?: { readonly [name: string]: { readonly [environment: string]: Value | null } | null } | null;
}

/** Reads {@linkcode EnvVars}. */
export const EnvVars: Schema.Codec<EnvVars> = struct({
  environments: nullable(Schema.Array(Schema.String)),
  variables: nullable(
    Schema.Record(Schema.String, Schema.NullOr(Schema.Record(Schema.String, Schema.NullOr(value)))),
  ),
}, { columns: ["environments", "variables"] });

/** The values of one variable that matter to a job or to a user. */
export interface Layers {
  /** The project's. */
  readonly project?: Value | null;
  /** The environment's. */
  readonly environment?: Value | null;
  /** The job's, where it has one. */
  readonly job?: Value | null;
  /** The user's, where there is one. */
  readonly user?: Value | null;
}

const layers: Schema.Codec<Layers> = struct({
  project: nullable(value),
  environment: nullable(value),
  job: nullable(value),
  user: nullable(value),
});

/** The values of the variables, by variable. */
export type LayersByName = { readonly [name: string]: Layers | null };

const layersByName: Schema.Codec<LayersByName> = Schema.Record(Schema.String, Schema.NullOr(layers));

/** One value of a variable, and for what it holds. */
export interface EnvVar {
  /** The value's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The variable's name. */
  readonly name?: string | null;
  /** For what it holds: see {@linkcode EnvVarType}. */
  readonly type?: string | null;
  /** The environment, where it holds for one. */
  readonly environment_id?: number | null;
  /** The job, where it holds for one. */
  readonly job_definition_id?: number | null;
  /** The user, where it holds for one. */
  readonly user_id?: number | null;
  /** The value; asterisks where it is secret. */
  readonly display_value?: string | null;
  /** The value. Source: the Terraform provider. */
  readonly raw_value?: string | null;
  /** The environment, where it is included. */
  readonly environment?: Nested<Environment> | null;
  /** Whether it is there: 1 active, 2 deleted. */
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

/** What became of variables that were set. */
export interface SetVars {
  /** What became of them, in words. */
  readonly message?: string | null;
  /** The ids of the new values. */
  readonly new_var_ids?: ReadonlyArray<number> | null;
  /** The ids of the values that went. */
  readonly deleted_var_ids?: ReadonlyArray<number> | null;
  /** What could not be set, and why. Its shape is not published. */
  readonly failures?: unknown;
}

/** Reads {@linkcode SetVars}. */
export const SetVars: Schema.Codec<SetVars> = struct({
  message: nullable(Schema.String),
  new_var_ids: nullable(Schema.Array(Schema.Int)),
  deleted_var_ids: nullable(Schema.Array(Schema.Int)),
  failures: optional(Schema.Unknown),
}, { columns: ["message", "new_var_ids", "deleted_var_ids", "failures"] });

/** What became of one variable of several that were created. */
export interface CreatedVar {
  /** What became of it, in a word. */
  readonly status?: string | null;
  /** What became of it, as a status of HTTP. */
  readonly status_code?: number | null;
  /** The variable's name. */
  readonly key_name?: string | null;
  /** What was set. */
  readonly data?: SetVars | null;
}

const createdVar: Schema.Codec<CreatedVar> = struct({
  status: nullable(Schema.String),
  status_code: nullable(Schema.Int),
  key_name: nullable(Schema.String),
  data: nullable(SetVars),
}, { columns: ["key_name", "status", "status_code", "data.message"] });

// ---- reads ----------------------------------------------------------------------------------------------------------

/** Which variables a list has. Source: Python dbtc; the specification names none of these. */
export interface Filters {
  /** Only the variable of this name. */
  readonly name?: string;
  /** Only values that hold for this: see {@linkcode EnvVarType}. */
  readonly type?: string;
  /** Only values of this environment. */
  readonly environment_id?: number;
  /** Related things to include in the answer. */
  readonly include_related?: Related;
}

const filters: Fields<Filters> = {
  name: optional(field(Schema.String, "Only the variable of this name")),
  type: optional(field(type, "Only values that hold for this")),
  environment_id: optional(field(Schema.Int, "Only values of this environment")),
  include_related: optional(related()),
};

/** What {@linkcode list} asks for. */
export interface List extends InProject, Filters {}

/** List the variables of a project, with the values of its environments. */
export const list: Endpoint<List, EnvVars> = endpoint("envVars.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environment-variables/environment/",
  summary: "List the variables of a project, with the values of its environments",
  request: { ...inProject, ...filters },
  success: data(EnvVars),
  dbtc: "list_environment_variables",
});

/** What {@linkcode listByJob} asks for. */
export interface ListByJob extends List {
  /** The job. */
  readonly job_definition_id: number;
}

/** List the variables of a project, with the values that a job has. */
export const listByJob: Endpoint<ListByJob, LayersByName> = endpoint("envVars.listByJob", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environment-variables/job/",
  summary: "List the variables of a project, with the values that a job has",
  request: { ...inProject, job_definition_id: field(Schema.Int, "The job"), ...filters },
  success: data(layersByName),
});

/** What {@linkcode listByUser} asks for. */
export interface ListByUser extends List {
  /** The user. */
  readonly user_id: number;
}

/** List the variables of a project, with the values that a user has. */
export const listByUser: Endpoint<ListByUser, LayersByName> = endpoint("envVars.listByUser", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environment-variables/user/",
  summary: "List the variables of a project, with the values that a user has",
  request: { ...inProject, user_id: field(Schema.Int, "The user"), ...filters },
  success: data(layersByName),
});

// ---- one value at a time --------------------------------------------------------------------------------------------

/** What every request about one value has. */
export interface OfEnvVar extends InProject {
  /** The value, as the lists name it. */
  readonly env_var_id: number;
}

const ofEnvVar: Fields<OfEnvVar> = { ...inProject, env_var_id: field(Schema.Int, "The value, as the lists name it") };

/** What {@linkcode create} asks for. */
export interface Create extends InProject {
  /** The variable's name: `DBT_…`; what begins with `DBT_ENV_SECRET` is secret. */
  readonly name: string;
  /** For what the value holds: see {@linkcode EnvVarType}. */
  readonly type: string;
  /** The value. */
  readonly raw_value?: NewValue | null;
  /** The environment, where it holds for one. */
  readonly environment_id?: number | null;
  /** The job, where it holds for one. */
  readonly job_definition_id?: number | null;
  /** The user, where it holds for one. */
  readonly user_id?: number | null;
  /** The value as it is shown. */
  readonly display_value?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const createRequest: Fields<Create> = {
  ...inProject,
  name: field(Schema.String, "The variable's name: DBT_…; what begins with DBT_ENV_SECRET is secret"),
  type: field(type, "For what the value holds"),
  raw_value: nullable(field(newValue, "The value")),
  environment_id: nullable(field(Schema.Int, "The environment, where it holds for one")),
  job_definition_id: nullable(field(Schema.Int, "The job, where it holds for one")),
  user_id: nullable(field(Schema.Int, "The user, where it holds for one")),
  display_value: nullable(field(Schema.String, "The value as it is shown")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** Set a value of a variable. */
export const create: Endpoint<Create, EnvVar> = endpoint("envVars.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environment-variables/",
  summary: "Set a value of a variable",
  request: createRequest,
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(EnvVar),
  dbtc: "create_env_vars",
});

/** What {@linkcode update} asks for. */
export interface Update extends OfEnvVar, Create {}

/** Change a value of a variable. */
export const update: Endpoint<Update, EnvVar> = endpoint("envVars.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environment-variables/:env_var_id/",
  summary: "Change a value of a variable",
  request: { ...ofEnvVar, ...createRequest },
  repeats: { account_id: "account_id", project_id: "project_id", id: "env_var_id" },
  success: data(EnvVar),
  dbtc: "update_env_vars",
});

/** Delete a value of a variable. */
const del: Endpoint<OfEnvVar, EnvVar | undefined> = endpoint("envVars.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/environment-variables/:env_var_id/",
  summary: "Delete a value of a variable",
  request: ofEnvVar,
  success: maybe(EnvVar),
  dbtc: "delete_env_vars",
});
export { del as delete };

// ---- all values of a variable at once -------------------------------------------------------------------------------

/**
 * Values by key: `project`, the name of an environment, or in an update the id of a value. An empty text or null deletes
 * the value. Lists stand in Python dbtc's sample only.
 */
export interface ValuesByEnvironment {
  /** The value for the whole project; an empty text or null deletes it. */
  readonly project?: NewValue | null;
  /**
   * The name of an environment: creates its value, which overrides the project's. In an update, digits are the id of a
   * value that exists, not of an environment. An empty text or null deletes the value.
   */
  readonly [environment: string]: NewValue | ReadonlyArray<unknown> | null;
}

const values = Schema.Record(
  Schema.String,
  Schema.Union([newValue, Schema.Null, Schema.Array(Schema.Unknown)]),
);

/** A variable to create. */
export interface NewVar extends ValuesByEnvironment {
  /** Its name. */
  readonly new_name: string;
}

const newVar: Schema.Codec<NewVar, unknown> = Schema.StructWithRest(
  Schema.Struct({ new_name: Schema.String, project: nullable(newValue) }),
  [values],
);

/** A variable to change. */
export interface ChangedVar extends ValuesByEnvironment {
  /** Its name. */
  readonly name: string;
  /** Its new name. */
  readonly new_name?: string;
}

const changedVar: Schema.Codec<ChangedVar, unknown> = Schema.StructWithRest(
  Schema.Struct({
    name: field(Schema.String, "Its name"),
    new_name: optional(field(Schema.String, "Its new name")),
    project: nullable(
      field(
        newValue,
        'The value for the whole project ("" or null deletes it). More keys in --payload: the name of an environment creates ' +
          "its override, digits are the id of a value, not of an environment",
      ),
    ),
  }),
  [values],
);

/** What {@linkcode createBulk} asks for. */
export interface CreateBulk extends InProject {
  /** The variables; one alone, as the Terraform provider sends it, need not be in a list. */
  readonly env_var: ReadonlyArray<NewVar> | NewVar;
}

/** Create variables, each with its values for any number of environments. */
export const createBulk: Endpoint<CreateBulk, ReadonlyArray<CreatedVar> | SetVars> = endpoint("envVars.createBulk", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environment-variables/bulk/",
  summary: "Create variables, each with its values for any number of environments",
  request: {
    ...inProject,
    env_var: field(
      Schema.Union([Schema.Array(newVar), newVar]),
      'The variables: [{"new_name": "DBT_SIZE", "project": "S", "Production": "XL"}]',
    ),
  },
  // The specification says that the answer is a list; the Terraform provider reads one object.
  success: data(Schema.Union([Schema.Array(createdVar), SetVars])),
  dbtc: ["create_environment_variables", "create_env_vars_bulk"],
});

/** What {@linkcode updateBulk} asks for. */
export interface UpdateBulk extends InProject {
  /** The variable, and its values. Values that are not named stay. */
  readonly env_vars: ChangedVar;
}

/** Change a variable: its name, and its values for any number of environments. */
export const updateBulk: Endpoint<UpdateBulk, SetVars> = endpoint("envVars.updateBulk", {
  route: "PUT /api/v3/accounts/:account_id/projects/:project_id/environment-variables/bulk/",
  summary: "Change a variable: its name, and its values for any number of environments",
  request: {
    ...inProject,
    env_vars: field(
      changedVar,
      'The variable, and its values: {"name": "DBT_SIZE", "Production": "XXL", "123": ""}. Keys: project, the name of an ' +
        "environment (creates an override), or digits (the id of a value, not of an environment). An empty text or null " +
        "deletes the value. Values that are not named stay",
    ),
  },
  success: data(SetVars),
  dbtc: ["update_environment_variables", "update_env_vars_bulk"],
});

/** What {@linkcode deleteBulk} asks for. */
export interface DeleteBulk extends InProject {
  /** The variable's name. */
  readonly name: string;
}

/** Delete a variable with all its values. */
export const deleteBulk: Endpoint<DeleteBulk, unknown> = endpoint("envVars.deleteBulk", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/environment-variables/bulk/",
  summary: "Delete a variable with all its values",
  request: { ...inProject, name: field(Schema.String, "The variable's name") },
  success: maybe(Schema.Unknown),
  dbtc: ["delete_environment_variables", "delete_env_vars_bulk"],
});
