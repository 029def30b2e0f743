/**
 * The endpoints of the group `environments`: environments, which say where and how the jobs of a project run dbt. The
 * endpoints of API v2 are at the end.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import {
  DeploymentType,
  Environment,
  EnvironmentOptionsV2,
  EnvironmentOptionsV3,
  EnvironmentType,
} from "../models/environment.ts";
import { field, type Fields, jsonList, named, optional } from "../schema.ts";
import {
  environment_id,
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  type Ordered,
  ordered,
  project_id,
  type Related,
  related,
  state,
  type StateFilter,
} from "../shared_fields.ts";

export * from "../models/environment.ts";

const type = named(Schema.String, EnvironmentType);
const deploymentType = named(Schema.String, DeploymentType);

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one environment of a project. */
export interface OfEnvironment extends InProject {
  /** The environment's id. */
  readonly environment_id: number;
}

const ofEnvironment: Fields<OfEnvironment> = { ...inProject, environment_id };

/** Related objects that requests for environments can include. */
export type EnvironmentRelated = Related<"project" | "connection" | "credentials" | "repository">;

const environmentRelated: Schema.Codec<EnvironmentRelated, string> = related(
  "project",
  "connection",
  "credentials",
  "repository",
);

/** The filters of a list of environments. */
export interface Filters extends Ordered {
  /** Only the environments of this name. */
  readonly name?: string;
  /** Only the environments whose name contains this text, ignoring case. */
  readonly name__icontains?: string;
  /** Only the environments of this type: see {@linkcode EnvironmentType}. */
  readonly type?: string;
  /** Only the environments of this deployment type: see {@linkcode DeploymentType}. */
  readonly deployment_type?: string;
  /** Only the environments of these deployment types. */
  readonly deployment_type__in?: ReadonlyArray<string>;
  /** Only the environments with these credentials. */
  readonly credentials_id?: number;
  /** Only the environments of this dbt version. */
  readonly dbt_version?: string;
  /** Only the environments of these dbt versions. */
  readonly dbt_version__in?: ReadonlyArray<string>;
  /** Only the environments of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the environment with this id. */
  readonly pk?: number;
  /** Only the environments with these ids. */
  readonly pk__in?: ReadonlyArray<number>;
  /** Only the environments with a greater id. */
  readonly id__gt?: number;
  /** State of the environments: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each environment. */
  readonly include_related?: EnvironmentRelated;
}

const filters: Fields<Filters> = {
  name: optional(field(Schema.String, "Only the environments of this name")),
  name__icontains: optional(field(Schema.String, "Only the environments whose name contains this text, ignoring case")),
  type: optional(field(type, "Only the environments of this type")),
  deployment_type: optional(field(deploymentType, "Only the environments of this deployment type")),
  deployment_type__in: optional(field(jsonList(deploymentType), "Only the environments of these deployment types")),
  credentials_id: optional(field(Schema.Int, "Only the environments with these credentials")),
  dbt_version: optional(field(Schema.String, "Only the environments of this dbt version")),
  dbt_version__in: optional(field(jsonList(Schema.String), "Only the environments of these dbt versions")),
  project_id__in: optional(field(jsonList(Schema.Int), "Only the environments of these projects")),
  pk: optional(field(Schema.Int, "Only the environment with this id")),
  pk__in: optional(field(jsonList(Schema.Int), "Only the environments with these ids")),
  id__gt: optional(field(Schema.Int, "Only the environments with a greater id")),
  state: optional(state),
  include_related: optional(environmentRelated),
  ...ordered,
};

/** The request of {@linkcode list}. */
export interface List extends InProject, Filters {}

/** List the environments of a project. */
export const list: Endpoint<List, Page<Environment>> = endpoint("environments.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environments/",
  summary: "List the environments of a project",
  request: { ...inProject, ...filters },
  success: page(Environment),
  dbtc: "list_environments",
});

/** The request of {@linkcode listByAccount}. */
export interface ListByAccount extends InAccount, Filters {
  /** Only the environments of this project. */
  readonly project_id?: number;
}

/** List the environments of an account. */
export const listByAccount: Endpoint<ListByAccount, Page<Environment>> = endpoint("environments.listByAccount", {
  route: "GET /api/v3/accounts/:account_id/environments/",
  summary: "List the environments of an account",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the environments of this project")),
    ...filters,
  },
  success: page(Environment),
  dbtc: "list_environments_by_account",
  undocumented: "Python dbtc, the Terraform provider and dbt-jobs-as-code use it",
});

/** The request of {@linkcode create}. */
export interface Create extends InProject, EnvironmentOptionsV3 {
  /** The environment's name. */
  readonly name: string;
}

const name = field(Schema.String, "Name of the environment");

/** Create an environment. */
export const create: Endpoint<Create, Environment> = endpoint("environments.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environments/",
  summary: "Create an environment",
  request: { ...inProject, ...EnvironmentOptionsV3, name },
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Environment),
  dbtc: "create_environment",
});

/** The request of {@linkcode get}. */
export interface Get extends OfEnvironment {
  /** Related objects to include in the environment. */
  readonly include_related?: EnvironmentRelated;
}

/** Get an environment. */
export const get: Endpoint<Get, Environment> = endpoint("environments.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/environments/:environment_id/",
  summary: "Get an environment",
  request: { ...ofEnvironment, include_related: optional(environmentRelated) },
  success: data(Environment),
  dbtc: "get_environment",
});

/** The request of {@linkcode update}. */
export interface Update extends OfEnvironment, Create {}

/** Update an environment. Fields that are left out are reset, connection and credentials included. */
export const update: Endpoint<Update, Environment> = endpoint("environments.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/environments/:environment_id/",
  summary: "Update an environment",
  request: { ...ofEnvironment, ...EnvironmentOptionsV3, name },
  repeats: { account_id: "account_id", project_id: "project_id", id: "environment_id" },
  replaces: true,
  success: data(Environment),
  dbtc: "update_environment",
});

/** Delete an environment. */
const del: Endpoint<OfEnvironment, Environment | undefined> = endpoint("environments.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/environments/:environment_id/",
  summary: "Delete an environment",
  request: ofEnvironment,
  success: maybe(Environment),
  dbtc: "delete_environment",
});
export { del as delete };

/** Fields of every request about one environment of an account. */
export interface OfEnvironmentV2 extends InAccount {
  /** The environment's id. */
  readonly environment_id: number;
}

const ofEnvironmentV2: Fields<OfEnvironmentV2> = { ...inAccount, environment_id };

/** Clear the state-aware orchestration cache of an environment. */
export const deleteSaoCache: Endpoint<OfEnvironmentV2, unknown> = endpoint("environments.deleteSaoCache", {
  route: "DELETE /api/v3/accounts/:account_id/environments/:environment_id/sao-cache/",
  summary: "Clear the state-aware orchestration cache of an environment",
  request: ofEnvironmentV2,
  success: maybe(Schema.Unknown),
});

// ---- API v2 ---------------------------------------------------------------------------------------------------------

/** The request of {@linkcode listV2}. */
export interface ListV2 extends
  InAccount,
  Pick<
    Filters,
    keyof Ordered | "dbt_version" | "dbt_version__in" | "project_id__in" | "pk" | "state" | "include_related"
  > {
  /** Only the environments of this project. */
  readonly project_id?: number;
}

/** List the environments of an account, by API v2. */
export const listV2: Endpoint<ListV2, Page<Environment>> = endpoint("environments.listV2", {
  route: "GET /api/v2/accounts/:account_id/environments/",
  summary: "List the environments of an account, by API v2",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the environments of this project")),
    project_id__in: filters.project_id__in,
    dbt_version: filters.dbt_version,
    dbt_version__in: filters.dbt_version__in,
    pk: filters.pk,
    state: filters.state,
    include_related: filters.include_related,
    ...ordered,
  },
  success: page(Environment),
  deprecated: "environments list-by-account",
});

/** The request of {@linkcode createV2}. */
export interface CreateV2 extends InAccount, EnvironmentOptionsV2 {
  /** The project's id. */
  readonly project_id: number;
  /** The environment's name. */
  readonly name: string;
}

/** Create an environment, by API v2. */
export const createV2: Endpoint<CreateV2, Environment> = endpoint("environments.createV2", {
  route: "POST /api/v2/accounts/:account_id/environments/",
  summary: "Create an environment, by API v2",
  request: { ...inAccount, ...EnvironmentOptionsV2, project_id, name },
  repeats: { account_id: "account_id" },
  success: data(Environment),
  deprecated: "environments create",
});

/** The request of {@linkcode getV2}. */
export interface GetV2 extends OfEnvironmentV2 {
  /** Related objects to include in the environment. */
  readonly include_related?: EnvironmentRelated;
}

/** Get an environment, by API v2. */
export const getV2: Endpoint<GetV2, Environment> = endpoint("environments.getV2", {
  route: "GET /api/v2/accounts/:account_id/environments/:environment_id/",
  summary: "Get an environment, by API v2",
  request: { ...ofEnvironmentV2, include_related: optional(environmentRelated) },
  success: data(Environment),
  deprecated: "environments get",
});

/** The request of {@linkcode updateV2}. */
export interface UpdateV2 extends OfEnvironmentV2, CreateV2 {}

/** Update an environment, by API v2. Fields that are left out are reset. */
export const updateV2: Endpoint<UpdateV2, Environment> = endpoint("environments.updateV2", {
  route: "POST /api/v2/accounts/:account_id/environments/:environment_id/",
  summary: "Update an environment, by API v2",
  request: { ...ofEnvironmentV2, ...EnvironmentOptionsV2, project_id, name },
  repeats: { account_id: "account_id", id: "environment_id" },
  replaces: true,
  success: data(Environment),
  deprecated: "environments update",
});

/** Delete an environment, by API v2. */
export const deleteV2: Endpoint<OfEnvironmentV2, Environment | undefined> = endpoint("environments.deleteV2", {
  route: "DELETE /api/v2/accounts/:account_id/environments/:environment_id/",
  summary: "Delete an environment, by API v2",
  request: ofEnvironmentV2,
  success: maybe(Environment),
  deprecated: "environments delete",
});
