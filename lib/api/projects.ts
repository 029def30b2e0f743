/**
 * Projects.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { Dbt } from "../client.ts";
import { Session } from "../session.ts";
import { data, type Endpoint, endpoint, maybe, type Page, page, type Workflow, workflow } from "../endpoint.ts";
import { DbtError } from "../error.ts";
import { oneNamed } from "../names.ts";
import { paginate } from "../pages.ts";
import {
  field,
  type Fields,
  type InAccount,
  inAccount,
  jsonList,
  type Members,
  named,
  nullable,
  optional,
  type Ordered,
  ordered,
  project_id,
  type Related,
  related,
  State,
  state,
  type StateFilter,
  struct,
} from "../schema.ts";
import * as accounts from "./accounts.ts";
import { Environment } from "./environments.ts";
import { Job } from "./jobs.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What a project is. */
export const ProjectType = { default: 0, hybrid: 1 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A connection as it comes with a project or an environment. What else it has depends on the warehouse. */
export interface Connection {
  /** The connection's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The dbt project; in a v2 environment on BigQuery, Google's project. */
  readonly project_id?: number | string | null;
  /** The dbt project, in a v2 environment. Source: recorded answers. */
  readonly dbt_project_id?: number | null;
  /** The name. */
  readonly name?: string | null;
  /** The kind of warehouse: `snowflake`, `bigquery`, `adapter` … */
  readonly type?: string | null;
  /** The adapter: `snowflake_v0`, `databricks_v0` … */
  readonly adapter_version?: string | null;
  /** The user who created it. */
  readonly created_by_id?: number | null;
  /** The service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** The private endpoint that it goes through. */
  readonly private_link_endpoint_id?: string | null;
  /** Where OAuth comes back to. */
  readonly oauth_redirect_uri?: string | null;
  /** Its OAuth configuration. */
  readonly oauth_configuration_id?: number | null;
  /** What the warehouse needs, without secrets. Source: recorded answers. */
  readonly details?: { readonly [name: string]: unknown } | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode Connection}. */
export const Connection: Schema.Codec<Connection> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Union([Schema.Int, Schema.String])),
  dbt_project_id: nullable(Schema.Int),
  name: nullable(Schema.String),
  type: nullable(Schema.String),
  adapter_version: nullable(Schema.String),
  created_by_id: nullable(Schema.Int),
  created_by_service_token_id: nullable(Schema.Int),
  private_link_endpoint_id: nullable(Schema.String),
  oauth_redirect_uri: nullable(Schema.String),
  oauth_configuration_id: nullable(Schema.Int),
  details: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "type", "adapter_version", "project_id"] });

/** The key with which dbt Cloud reads a repository. */
export interface DeployKey {
  /** The key's id. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** Its public half. */
  readonly public_key?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** A git repository. */
export interface Repository {
  /** The repository's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** Its name: `jaffle_shop`. */
  readonly name?: string | null;
  /** Its name with its owner's: `dbt-labs/jaffle_shop`. */
  readonly full_name?: string | null;
  /** Where git finds it. Source: recorded answers. */
  readonly remote_url?: string | null;
  /** Where people find it. */
  readonly web_url?: string | null;
  /** Who hosts it: `github`, `gitlab`, `ado`, `managed`, `manual_config`. */
  readonly remote_backend?: string | null;
  /** How dbt Cloud clones it: `github_app`, `deploy_key`, `deploy_token`, … */
  readonly git_clone_strategy?: string | null;
  /** Its deploy key. */
  readonly deploy_key_id?: number | null;
  /** Its deploy key, where it is included. */
  readonly deploy_key?: DeployKey | null;
  /** Its credentials. */
  readonly repository_credentials_id?: number | null;
  /** The installation of dbt's GitHub app. */
  readonly github_installation_id?: number | null;
  /** Its webhook on GitHub. */
  readonly github_webhook_id?: number | null;
  /** Its name on GitHub. */
  readonly github_repo?: string | null;
  /** The git provider. */
  readonly git_provider_id?: number | null;
  /** The git provider, where it is included. Its shape is not published. */
  readonly git_provider?: unknown;
  /** What GitLab says of it. Its shape is not published. */
  readonly gitlab?: unknown;
  /** The private endpoint that git goes through. */
  readonly private_link_endpoint_id?: string | null;
  /** Whether git goes through a private endpoint. */
  readonly is_private_link_enabled?: boolean | null;
  /** The page that opens a pull request, with `{{source}}` and `{{destination}}`. Source: recorded answers. */
  readonly pull_request_url_template?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

const deployKey: Schema.Codec<DeployKey> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  public_key: nullable(Schema.String),
  state: nullable(named(Schema.Int, State)),
});

/** Reads a {@linkcode Repository}. */
export const Repository: Schema.Codec<Repository> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  name: nullable(Schema.String),
  full_name: nullable(Schema.String),
  remote_url: nullable(Schema.String),
  web_url: nullable(Schema.String),
  remote_backend: nullable(Schema.String),
  git_clone_strategy: nullable(Schema.String),
  deploy_key_id: nullable(Schema.Int),
  deploy_key: nullable(deployKey),
  repository_credentials_id: nullable(Schema.Int),
  github_installation_id: nullable(Schema.Int),
  github_webhook_id: nullable(Schema.Int),
  github_repo: nullable(Schema.String),
  git_provider_id: nullable(Schema.Int),
  git_provider: optional(Schema.Unknown),
  gitlab: optional(Schema.Unknown),
  private_link_endpoint_id: nullable(Schema.String),
  is_private_link_enabled: nullable(Schema.Boolean),
  pull_request_url_template: nullable(Schema.String),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "full_name", "remote_backend", "git_clone_strategy", "project_id"] });

/** What a group may do in a project. */
export interface GroupPermission {
  /** The permission's id. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** The group. */
  readonly group_id?: number | null;
  /** The project; null for all of them. */
  readonly project_id?: number | null;
  /** Whether it holds for all projects. */
  readonly all_projects?: boolean | null;
  /** What it allows: `developer`, `job_admin` … */
  readonly permission_set?: string | null;
  /** What it allows, as a number. */
  readonly permission_level?: number | null;
  /** The environments that it allows writing to: `all`, `development` … */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode GroupPermission}. */
export const GroupPermission: Schema.Codec<GroupPermission> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  group_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  all_projects: nullable(Schema.Boolean),
  permission_set: nullable(Schema.String),
  permission_level: nullable(Schema.Int),
  writable_environment_categories: nullable(Schema.Array(Schema.String)),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "permission_set", "project_id", "all_projects", "writable_environment_categories"] });

/** What one can set about a project. */
export interface ProjectOptions {
  /** The name. */
  readonly name?: string | null;
  /** What the project is for, in words. */
  readonly description?: string | null;
  /** The connection to the warehouse. */
  readonly connection_id?: number | null;
  /** The git repository. */
  readonly repository_id?: number | null;
  /** The configuration of the Semantic Layer. */
  readonly semantic_layer_config_id?: number | null;
  /** The directory of `dbt_project.yml` in the repository; null for its root. */
  readonly dbt_project_subdirectory?: string | null;
  /** The job that makes the documentation. */
  readonly docs_job_id?: number | null;
  /** The job that looks at the freshness of sources. */
  readonly freshness_job_id?: number | null;
  /** What it is: see {@linkcode ProjectType}. */
  readonly type?: number | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const projectOptions: Members<ProjectOptions> = {
  name: nullable(field(Schema.String, "The name")),
  description: nullable(field(Schema.String, "What the project is for, in words")),
  connection_id: nullable(field(Schema.Int, "The connection to the warehouse")),
  repository_id: nullable(field(Schema.Int, "The git repository")),
  semantic_layer_config_id: nullable(field(Schema.Int, "The configuration of the Semantic Layer")),
  dbt_project_subdirectory: nullable(field(Schema.String, "The directory of dbt_project.yml in the repository")),
  docs_job_id: nullable(field(Schema.Int, "The job that makes the documentation")),
  freshness_job_id: nullable(field(Schema.Int, "The job that looks at the freshness of sources")),
  type: nullable(field(named(Schema.Int, ProjectType), "What it is")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** A project. */
export interface Project extends ProjectOptions {
  /** The project's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** Whether its setup was skipped. Source: recorded answers. */
  readonly skipped_setup?: boolean | null;
  /** The dbt version of new environments. */
  readonly default_version?: string | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
  /** Its connection. */
  readonly connection?: Connection | null;
  /** Its repository. */
  readonly repository?: Repository | null;
  /** Its environments; absent or null unless asked for with `include_related`. */
  readonly environments?: ReadonlyArray<Environment> | null;
  /** What groups may do in it. */
  readonly group_permissions?: ReadonlyArray<GroupPermission> | null;
  /** The job that makes the documentation; null unless asked for with `include_related`. */
  readonly docs_job?: Job | null;
  /** The job that looks at the freshness of sources; null unless asked for with `include_related`. */
  readonly freshness_job?: Job | null;
  /** Whether it could run on Fusion. Its shape is not published. */
  readonly fusion_readiness?: unknown;
}

const job = Schema.suspend((): Schema.Codec<Job> => Job);

/** Reads a {@linkcode Project}. */
export const Project: Schema.Codec<Project> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...projectOptions,
  skipped_setup: nullable(Schema.Boolean),
  default_version: nullable(Schema.String),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
  connection: nullable(Connection),
  repository: nullable(Repository),
  environments: nullable(Schema.Array(Schema.suspend((): Schema.Codec<Environment> => Environment))),
  group_permissions: nullable(Schema.Array(GroupPermission)),
  docs_job: nullable(job),
  freshness_job: nullable(job),
  fusion_readiness: optional(Schema.Unknown),
}, { columns: ["id", "name", "type", "connection_id", "repository_id", "dbt_project_subdirectory", "created_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one project has. */
export interface OfProject extends InAccount {
  /** The project. */
  readonly project_id: number;
}

const ofProject: Fields<OfProject> = { ...inAccount, project_id };

/** Which related things an answer about projects can include. */
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

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Only the projects whose name contains this, in any case. */
  readonly name__icontains?: string;
  /** Only the project with this id. */
  readonly pk?: number;
  /** Only the projects with these ids. */
  readonly pk__in?: ReadonlyArray<number>;
  /** Only the projects with a greater id. */
  readonly pk__gt?: number;
  /** Active projects, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each project. */
  readonly include_related?: ProjectRelated;
}

const listRequest: Fields<List> = {
  ...inAccount,
  name__icontains: optional(field(Schema.String, "Only the projects whose name contains this, in any case")),
  pk: optional(field(Schema.Int, "Only the project with this id")),
  pk__in: optional(field(jsonList(Schema.Int), "Only the projects with these ids")),
  pk__gt: optional(field(Schema.Int, "Only the projects with a greater id")),
  state: optional(state),
  include_related: optional(projectRelated),
  ...ordered,
};

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, ProjectOptions {
  /** The name. */
  readonly name: string;
}

const createRequest: Fields<Create> = { ...inAccount, ...projectOptions, name: field(Schema.String, "The name") };

/** What {@linkcode get} asks for. */
export interface Get extends OfProject {
  /** Related things to include in the project. */
  readonly include_related?: ProjectRelated;
}

const getRequest: Fields<Get> = { ...ofProject, include_related: optional(projectRelated) };

/** What {@linkcode update} asks for. */
export interface Update extends OfProject, Create {}

const updateRequest: Fields<Update> = { ...ofProject, ...createRequest };

/** List the projects of an account. */
export const list: Endpoint<List, Page<Project>> = endpoint({
  route: "GET /api/v3/accounts/:account_id/projects/",
  summary: "List the projects of an account",
  request: listRequest,
  success: page(Project),
  dbtc: "list_projects",
});

/** Create a project. */
export const create: Endpoint<Create, Project> = endpoint({
  route: "POST /api/v3/accounts/:account_id/projects/",
  summary: "Create a project",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(Project),
  dbtc: "create_project",
});

/** Get one project. */
export const get: Endpoint<Get, Project> = endpoint({
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/",
  summary: "Get one project",
  request: getRequest,
  success: data(Project),
  dbtc: "get_project",
});

/** What {@linkcode getByName} asks for. */
export interface GetByName {
  /** The project's name, letter for letter. */
  readonly project_name: string;
  /** The account to look in. The session's when this and the name are absent; with no session's, all that one can see. */
  readonly account_id?: number;
  /** The account to look in, by its name; not together with `account_id`. */
  readonly account_name?: string;
}

/** Get one project by its name. Fails with `NotFound` for none, and with `Unsendable` for several. */
export const getByName: Workflow<GetByName, Project> = workflow({
  summary: "Get one project by its name",
  request: {
    project_name: field(Schema.String, "The project's name, letter for letter"),
    account_id: optional(field(Schema.Int, "The account to look in; all that one can see where none is known")),
    account_name: optional(field(Schema.String, "The account to look in, by its name")),
  },
  run: Effect.fn("projects.getByName")(function* (request: GetByName) {
    const { project_name } = request;
    const candidates = Stream.fromIterableEffect(accountsOf(request)).pipe(
      Stream.flatMap((account_id) =>
        paginate(list, { account_id, name__icontains: project_name }).pipe(
          Stream.map(({ id, name = null }) => ({ account_id, id, name })),
        )
      ),
    );
    const { account_id, id } = yield* oneNamed("projects.getByName", "project", project_name, candidates);
    return yield* get({ account_id, project_id: id });
  }),
  dbtc: "get_project_by_name",
});

/** The accounts in which {@linkcode getByName} looks. */
const accountsOf = Effect.fnUntraced(function* (
  { account_id, account_name }: GetByName,
): Effect.fn.Return<ReadonlyArray<number>, DbtError, Dbt> {
  if (account_id !== undefined && account_name !== undefined) {
    const detail = "account_id and account_name are both given: one says which account";
    return yield* new DbtError({ endpoint: "projects.getByName", reason: { _tag: "Unsendable", detail } });
  }
  if (account_name !== undefined) return [(yield* accounts.getByName({ account_name })).id];
  const known = account_id ?? (yield* Session).defaults.account_id;
  return known === undefined ? (yield* accounts.list({})).data.map(({ id }) => id) : [known];
});

/** Update a project. What is not given is reset. */
export const update: Endpoint<Update, Project> = endpoint({
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/",
  summary: "Update a project",
  request: updateRequest,
  repeats: { account_id: "account_id", id: "project_id" },
  replaces: true,
  success: data(Project),
  dbtc: "update_project",
});

/** Delete a project. */
const del: Endpoint<OfProject, Project | undefined> = endpoint({
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/",
  summary: "Delete a project",
  request: ofProject,
  success: maybe(Project),
  dbtc: "delete_project",
});
export { del as delete };

/** List the projects of an account, by API v2. */
export const listV2: Endpoint<List, Page<Project>> = endpoint({
  route: "GET /api/v2/accounts/:account_id/projects/",
  summary: "List the projects of an account, by API v2",
  request: listRequest,
  success: page(Project),
  deprecated: "projects list",
});

/** Create a project, by API v2. */
export const createV2: Endpoint<Create, Project> = endpoint({
  route: "POST /api/v2/accounts/:account_id/projects/",
  summary: "Create a project, by API v2",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(Project),
  deprecated: "projects create",
});

/** Get one project, by API v2. */
export const getV2: Endpoint<Get, Project> = endpoint({
  route: "GET /api/v2/accounts/:account_id/projects/:project_id/",
  summary: "Get one project, by API v2",
  request: getRequest,
  success: data(Project),
  deprecated: "projects get",
});

/** Update a project, by API v2. What is not given is reset. */
export const updateV2: Endpoint<Update, Project> = endpoint({
  route: "POST /api/v2/accounts/:account_id/projects/:project_id/",
  summary: "Update a project, by API v2",
  request: updateRequest,
  repeats: { account_id: "account_id", id: "project_id" },
  replaces: true,
  success: data(Project),
  deprecated: "projects update",
});

/** Delete a project, by API v2. */
export const deleteV2: Endpoint<OfProject, Project | undefined> = endpoint({
  route: "DELETE /api/v2/accounts/:account_id/projects/:project_id/",
  summary: "Delete a project, by API v2",
  request: ofProject,
  success: maybe(Project),
  deprecated: "projects delete",
});
