/**
 * The endpoints of the group `projects`: projects, each with its repository, environments and jobs.
 *
 * `lib/groups/projects.ts` adds the workflows of the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { Project, ProjectOptions } from "../models/project.ts";
import { field, type Fields, jsonList, optional } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type Ordered,
  ordered,
  project_id,
  type Related,
  related,
  state,
  type StateFilter,
} from "../shared_fields.ts";

export * from "../models/project.ts";

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one project. */
export interface OfProject extends InAccount {
  /** The project's id. */
  readonly project_id: number;
}

const ofProject: Fields<OfProject> = { ...inAccount, project_id };

/** Related objects that requests for projects can include. */
export type ProjectRelated = Related<
  "repository" | "connection" | "group_permissions" | "docs_job" | "freshness_job" | "environments"
>;

const projectRelated: Schema.Codec<ProjectRelated, string> = related(
  "repository",
  "connection",
  "group_permissions",
  "docs_job",
  "freshness_job",
  "environments",
);

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the projects whose name contains this text, ignoring case. */
  readonly name__icontains?: string;
  /** Only the project with this id. */
  readonly pk?: number;
  /** Only the projects with these ids. */
  readonly pk__in?: ReadonlyArray<number>;
  /** Only the projects with a greater id. */
  readonly pk__gt?: number;
  /** State of the projects: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each project. */
  readonly include_related?: ProjectRelated;
}

const listRequest: Fields<List> = {
  ...inAccount,
  name__icontains: optional(field(Schema.String, "Only the projects whose name contains this text, ignoring case")),
  pk: optional(field(Schema.Int, "Only the project with this id")),
  pk__in: optional(field(jsonList(Schema.Int), "Only the projects with these ids")),
  pk__gt: optional(field(Schema.Int, "Only the projects with a greater id")),
  state: optional(state),
  include_related: optional(projectRelated),
  ...ordered,
};

/** The request of {@linkcode create}. */
export interface Create extends InAccount, ProjectOptions {
  /** The project's name. */
  readonly name: string;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...ProjectOptions,
  name: field(Schema.String, "Name of the project"),
};

/** The request of {@linkcode get}. */
export interface Get extends OfProject {
  /** Related objects to include in the project. */
  readonly include_related?: ProjectRelated;
}

const getRequest: Fields<Get> = { ...ofProject, include_related: optional(projectRelated) };

/** The request of {@linkcode update}. */
export interface Update extends OfProject, Create {}

const updateRequest: Fields<Update> = { ...ofProject, ...createRequest };

/** List the projects of an account. */
export const list: Endpoint<List, Page<Project>> = endpoint("projects.list", {
  route: "GET /api/v3/accounts/:account_id/projects/",
  summary: "List the projects of an account",
  request: listRequest,
  success: page(Project),
  dbtc: "list_projects",
});

/** Create a project. */
export const create: Endpoint<Create, Project> = endpoint("projects.create", {
  route: "POST /api/v3/accounts/:account_id/projects/",
  summary: "Create a project",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(Project),
  dbtc: "create_project",
});

/** Get a project. */
export const get: Endpoint<Get, Project> = endpoint("projects.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/",
  summary: "Get a project",
  request: getRequest,
  success: data(Project),
  dbtc: "get_project",
});

/** Update a project. Fields that are left out are reset. */
export const update: Endpoint<Update, Project> = endpoint("projects.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/",
  summary: "Update a project",
  request: updateRequest,
  repeats: { account_id: "account_id", id: "project_id" },
  replaces: true,
  success: data(Project),
  dbtc: "update_project",
});

/** Delete a project. */
const del: Endpoint<OfProject, Project | undefined> = endpoint("projects.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/",
  summary: "Delete a project",
  request: ofProject,
  success: maybe(Project),
  dbtc: "delete_project",
});
export { del as delete };

/** List the projects of an account, by API v2. */
export const listV2: Endpoint<List, Page<Project>> = endpoint("projects.listV2", {
  route: "GET /api/v2/accounts/:account_id/projects/",
  summary: "List the projects of an account, by API v2",
  request: listRequest,
  success: page(Project),
  deprecated: "projects list",
});

/** Create a project, by API v2. */
export const createV2: Endpoint<Create, Project> = endpoint("projects.createV2", {
  route: "POST /api/v2/accounts/:account_id/projects/",
  summary: "Create a project, by API v2",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(Project),
  deprecated: "projects create",
});

/** Get a project, by API v2. */
export const getV2: Endpoint<Get, Project> = endpoint("projects.getV2", {
  route: "GET /api/v2/accounts/:account_id/projects/:project_id/",
  summary: "Get a project, by API v2",
  request: getRequest,
  success: data(Project),
  deprecated: "projects get",
});

/** Update a project, by API v2. Fields that are left out are reset. */
export const updateV2: Endpoint<Update, Project> = endpoint("projects.updateV2", {
  route: "POST /api/v2/accounts/:account_id/projects/:project_id/",
  summary: "Update a project, by API v2",
  request: updateRequest,
  repeats: { account_id: "account_id", id: "project_id" },
  replaces: true,
  success: data(Project),
  deprecated: "projects update",
});

/** Delete a project, by API v2. */
export const deleteV2: Endpoint<OfProject, Project | undefined> = endpoint("projects.deleteV2", {
  route: "DELETE /api/v2/accounts/:account_id/projects/:project_id/",
  summary: "Delete a project, by API v2",
  request: ofProject,
  success: maybe(Project),
  deprecated: "projects delete",
});
