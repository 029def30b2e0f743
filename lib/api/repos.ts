/**
 * The endpoints of the group `repos`: the git repositories of projects, including those that dbt Cloud hosts itself.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { data, type Download, download, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, jsonList, type Members, named, nullable, optional, secret } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  type Ordered,
  ordered,
  type Related,
  related,
  State,
  state,
  type StateFilter,
} from "../shared_fields.ts";
import { Repository } from "./projects.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The git providers that host a repository. */
export const RemoteBackend = {
  ado: "ado",
  github: "github",
  gitlab: "gitlab",
  managed: "managed",
  manual_config: "manual_config",
} as const;

/** How dbt Cloud clones a repository. */
export const GitCloneStrategy = {
  azure_active_directory_app: "azure_active_directory_app",
  deploy_key: "deploy_key",
  deploy_token: "deploy_token",
  github_app: "github_app",
  git_token: "git_token",
} as const;

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** The fields of a repository that requests can set. */
export interface RepositoryOptions {
  /** Its full name: `dbt-labs/jaffle_shop`. If it is wrong, CI jobs may not start. */
  readonly full_name?: string | null;
  /** The git provider that hosts it: see {@linkcode RemoteBackend}. If it is wrong, CI jobs may not start. */
  readonly remote_backend?: string | null;
  /** How dbt Cloud clones it: see {@linkcode GitCloneStrategy}. */
  readonly git_clone_strategy?: string | null;
  /** The deploy key's id. */
  readonly deploy_key_id?: number | null;
  /** The id of its credentials. */
  readonly repository_credentials_id?: number | null;
  /** The installation id of dbt's GitHub app. */
  readonly github_installation_id?: number | null;
  /** The id of its webhook on GitHub. */
  readonly github_webhook_id?: number | null;
  /** The git provider's id. */
  readonly git_provider_id?: number | null;
  /** The id of the private endpoint that git uses. */
  readonly private_link_endpoint_id?: string | null;
  /** The URL that opens a pull request, with `{{source}}` and `{{destination}}`. Source: the Terraform provider. */
  readonly pull_request_url_template?: string | null;
  /** State of the repository: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Members<RepositoryOptions> = {
  full_name: nullable(field(Schema.String, "Full name, such as dbt-labs/jaffle_shop")),
  remote_backend: nullable(field(named(Schema.String, RemoteBackend), "Git provider that hosts the repository")),
  git_clone_strategy: nullable(field(named(Schema.String, GitCloneStrategy), "How dbt Cloud clones the repository")),
  deploy_key_id: nullable(field(Schema.Int, "Deploy key id")),
  repository_credentials_id: nullable(field(Schema.Int, "Id of the repository's credentials")),
  github_installation_id: nullable(field(Schema.Int, "Installation id of dbt's GitHub app")),
  github_webhook_id: nullable(field(Schema.Int, "Id of the repository's webhook on GitHub")),
  git_provider_id: nullable(field(Schema.Int, "Git provider id")),
  private_link_endpoint_id: nullable(field(Schema.String, "Id of the private endpoint that git uses")),
  pull_request_url_template: nullable(
    field(Schema.String, "URL that opens a pull request, with {{source}} and {{destination}}"),
  ),
  state: nullable(field(named(Schema.Int, State), "State of the repository")),
};

/** The fields of a new repository that requests can set. The added fields are not in the specification. */
export interface NewRepositoryOptions extends RepositoryOptions {
  /** The git URL: `git@github.com:dbt-labs/jaffle_shop.git`. Source: Python dbtc, the Terraform provider. */
  readonly remote_url: string;
  /** The token that dbt Cloud uses to clone. Source: Python dbtc. */
  readonly token_str?: Redacted.Redacted<string> | null;
  /** The project's id on GitLab. Source: the Terraform provider. */
  readonly gitlab_project_id?: number | null;
  /** The project's id in Azure DevOps. Source: the Terraform provider. */
  readonly azure_active_directory_project_id?: string | null;
  /** The repository's id in Azure DevOps. Source: the Terraform provider. */
  readonly azure_active_directory_repository_id?: string | null;
  /** Whether to create it even if Azure DevOps refuses the webhook. Source: the Terraform provider. */
  readonly azure_bypass_webhook_registration_failure?: boolean | null;
}

const remote_url = field(Schema.String, "Git URL, such as git@github.com:dbt-labs/jaffle_shop.git");

const newOptions: Fields<NewRepositoryOptions> = {
  ...options,
  remote_url,
  token_str: nullable(field(secret, "Token that dbt Cloud uses to clone")),
  gitlab_project_id: nullable(field(Schema.Int, "Project id on GitLab")),
  azure_active_directory_project_id: nullable(field(Schema.String, "Project id in Azure DevOps")),
  azure_active_directory_repository_id: nullable(field(Schema.String, "Repository id in Azure DevOps")),
  azure_bypass_webhook_registration_failure: nullable(
    field(Schema.Boolean, "Whether to create the repository even if Azure DevOps refuses the webhook"),
  ),
};

/** Related objects that requests for repositories can include. */
export type RepositoryRelated = Related<"deploy_key">;

const repositoryRelated: Schema.Codec<RepositoryRelated, string> = related("deploy_key");

/** Fields of every request about one repository. */
export interface OfRepository extends InProject {
  /** The repository's id. */
  readonly repository_id: number;
}

const repository_id = field(Schema.Int, "Repository id");
const ofRepository: Fields<OfRepository> = { ...inProject, repository_id };

/** The filters of a list of repositories. */
export interface Filters extends Ordered {
  /** Only the repositories with this remote URL. */
  readonly remote_url?: string;
  /** Only the repositories of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the repository with this id. */
  readonly pk?: number;
  /** State of the repositories: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each repository. */
  readonly include_related?: RepositoryRelated;
}

const filters: Fields<Filters> = {
  remote_url: optional(field(Schema.String, "Only the repositories with this remote URL")),
  project_id__in: optional(field(jsonList(Schema.Int), "Only the repositories of these projects")),
  pk: optional(field(Schema.Int, "Only the repository with this id")),
  state: optional(state),
  include_related: optional(repositoryRelated),
  ...ordered,
};

/** The request of {@linkcode list}. */
export interface List extends InProject, Filters {}

/** List the repositories of a project. */
export const list: Endpoint<List, Page<Repository>> = endpoint("repos.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/repositories/",
  summary: "List the repositories of a project",
  request: { ...inProject, ...filters },
  success: page(Repository),
  dbtc: "list_repositories",
});

/** The request of {@linkcode create}. */
export interface Create extends InProject, NewRepositoryOptions {}

/** Create a repository. If dbt Cloud creates a deploy key, add it at the git provider. */
export const create: Endpoint<Create, Repository> = endpoint("repos.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/repositories/",
  summary: "Create a repository",
  request: { ...inProject, ...newOptions },
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Repository),
  dbtc: "create_repository",
});

/** The request of {@linkcode get}. */
export interface Get extends OfRepository {
  /** Related objects to include in the repository. */
  readonly include_related?: RepositoryRelated;
}

/** Get a repository. */
export const get: Endpoint<Get, Repository> = endpoint("repos.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/repositories/:repository_id/",
  summary: "Get a repository",
  request: { ...ofRepository, include_related: optional(repositoryRelated) },
  success: data(Repository),
  dbtc: "get_repository",
});

/** The request of {@linkcode update}. */
export interface Update extends OfRepository, RepositoryOptions {
  /** The git URL. */
  readonly remote_url: string;
}

/** Update a repository. Fields that are left out are reset, deploy key and credentials included. */
export const update: Endpoint<Update, Repository> = endpoint("repos.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/repositories/:repository_id/",
  summary: "Update a repository",
  request: { ...ofRepository, ...options, remote_url },
  repeats: { account_id: "account_id", project_id: "project_id", id: "repository_id" },
  replaces: true,
  success: data(Repository),
  dbtc: "update_repository",
});

/** Delete a repository. */
const del: Endpoint<OfRepository, Repository | undefined> = endpoint("repos.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/repositories/:repository_id/",
  summary: "Delete a repository",
  request: ofRepository,
  success: maybe(Repository),
  dbtc: "delete_repository",
});
export { del as delete };

// ---- hosted by dbt Cloud --------------------------------------------------------------------------------------------

/** The request of {@linkcode createManaged}. */
export interface CreateManaged extends InProject {
  /** The repository's name. */
  readonly name: string;
}

/** Create a repository that dbt Cloud hosts. */
export const createManaged: Endpoint<CreateManaged, Repository> = endpoint("repos.createManaged", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/managed-repositories/",
  summary: "Create a repository that dbt Cloud hosts",
  request: { ...inProject, name: field(Schema.String, "Name of the repository") },
  success: data(Repository),
  dbtc: "create_managed_repository",
});

/** Download a repository that dbt Cloud hosts, as a ZIP file. */
export const downloadManaged: Download<OfRepository> = download("repos.downloadManaged", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/managed-repositories/:repository_id/download/",
  summary: "Download a repository that dbt Cloud hosts, as a ZIP file",
  request: ofRepository,
});

// ---- API v2 ---------------------------------------------------------------------------------------------------------

/** Fields of every request about one repository of an account. */
export interface OfRepositoryV2 extends InAccount {
  /** The repository's id. */
  readonly repository_id: number;
}

const ofRepositoryV2: Fields<OfRepositoryV2> = { ...inAccount, repository_id };

/** The request of {@linkcode listV2}. */
export interface ListV2 extends InAccount, Filters {
  /** Only the repositories of this project. */
  readonly project_id?: number;
}

/** List the repositories of an account, by API v2. */
export const listV2: Endpoint<ListV2, Page<Repository>> = endpoint("repos.listV2", {
  route: "GET /api/v2/accounts/:account_id/repositories/",
  summary: "List the repositories of an account, by API v2",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the repositories of this project")),
    ...filters,
  },
  success: page(Repository),
  deprecated: "repos list",
});

/** The request of {@linkcode createV2}. */
export interface CreateV2 extends InAccount, NewRepositoryOptions {
  /** The project's id. */
  readonly project_id?: number | null;
}

/** Create a repository, by API v2. */
export const createV2: Endpoint<CreateV2, Repository> = endpoint("repos.createV2", {
  route: "POST /api/v2/accounts/:account_id/repositories/",
  summary: "Create a repository, by API v2",
  request: { ...inAccount, ...newOptions, project_id: nullable(field(Schema.Int, "Project")) },
  repeats: { account_id: "account_id" },
  success: data(Repository),
  deprecated: "repos create",
});

/** The request of {@linkcode getV2}. */
export interface GetV2 extends OfRepositoryV2 {
  /** Related objects to include in the repository. */
  readonly include_related?: RepositoryRelated;
}

/** Get a repository, by API v2. */
export const getV2: Endpoint<GetV2, Repository> = endpoint("repos.getV2", {
  route: "GET /api/v2/accounts/:account_id/repositories/:repository_id/",
  summary: "Get a repository, by API v2",
  request: { ...ofRepositoryV2, include_related: optional(repositoryRelated) },
  success: data(Repository),
  deprecated: "repos get",
});

/** Delete a repository, by API v2. */
export const deleteV2: Endpoint<OfRepositoryV2, Repository | undefined> = endpoint("repos.deleteV2", {
  route: "DELETE /api/v2/accounts/:account_id/repositories/:repository_id/",
  summary: "Delete a repository, by API v2",
  request: ofRepositoryV2,
  success: maybe(Repository),
  deprecated: "repos delete",
});
