/**
 * The endpoints of the group `serviceTokens`: service tokens, which belong to an account, and their permissions.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import {
  field,
  type Fields,
  type InAccount,
  inAccount,
  issued,
  named,
  type Nested,
  nested,
  nullable,
  optional,
  type Paging,
  paging,
  type Related,
  related,
  State,
  struct,
} from "../schema.ts";
import { EnvironmentCategory, PermissionSet } from "./groups.ts";
import { User } from "./users.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What a token is for. */
export const TokenType = { cloud_cli: 1, general: 2, native_app_user_link: 3, scim: 4 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A permission that a new token is to have. */
export interface PermissionGrant {
  /** What it allows: see `PermissionSet` of groups. */
  readonly permission_set?: string | null;
  /** The project; all of them when absent. */
  readonly project_id?: number | null;
  /** The environments that it allows writing to: see `EnvironmentCategory` of groups. */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
}

const categories = Schema.Array(named(Schema.String, EnvironmentCategory));

const permissionGrant: Schema.Codec<PermissionGrant> = struct({
  permission_set: nullable(named(Schema.String, PermissionSet)),
  project_id: nullable(Schema.Int),
  writable_environment_categories: nullable(categories),
});

/** What a token may do. */
export interface ServiceTokenPermission {
  /** The permission's id. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** The token. */
  readonly service_token_id?: number | null;
  /** The project; null for all of them. */
  readonly project_id?: number | null;
  /** Whether it holds for all projects. */
  readonly all_projects?: boolean | null;
  /** What it allows: see `PermissionSet` of groups. */
  readonly permission_set?: string | null;
  /** The environments that it allows writing to: see `EnvironmentCategory` of groups. */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode ServiceTokenPermission}. */
export const ServiceTokenPermission: Schema.Codec<ServiceTokenPermission> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  service_token_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  all_projects: nullable(Schema.Boolean),
  permission_set: nullable(named(Schema.String, PermissionSet)),
  writable_environment_categories: nullable(categories),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "permission_set", "project_id", "all_projects", "writable_environment_categories"] });

/** A token: a service token, or a personal access token. */
export interface ServiceToken {
  /** The token's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** Its other id. */
  readonly uid?: string | null;
  /** The name. */
  readonly name?: string | null;
  /** The token itself, to authenticate with. It comes once, when the token is created or rotated. */
  readonly token_string?: string | null;
  /** The token, hashed. */
  readonly token?: string | null;
  /** What it is for: see {@linkcode TokenType}. */
  readonly type?: number | null;
  /** What it may do. */
  readonly permission_grants?: ReadonlyArray<PermissionGrant> | null;
  /** What it may do, as older answers say it. */
  readonly service_token_permissions?: ReadonlyArray<ServiceTokenPermission> | null;
  /** The credentials of the Semantic Layer that it uses. Their shape is not published. */
  readonly semantic_layer_credentials?: ReadonlyArray<unknown> | null;
  /** Whether it may read metadata only. Deprecated by dbt: there is a permission for it. */
  readonly metadata_only?: boolean | null;
  /** Whether it may manage webhooks only. */
  readonly webhooks_only?: boolean | null;
  /** The user, of a personal access token. */
  readonly user_id?: number | null;
  /** The user, of a personal access token, where it is included. */
  readonly user?: Nested<User> | null;
  /** Whether it is there: 1 active, 2 deleted; a deleted one can still be read. */
  readonly state?: number | null;
  /** When it was last used. */
  readonly last_used?: string | null;
  /** When it last told who it is. */
  readonly last_identify?: string | null;
  /** When it ends. */
  readonly expires_at?: string | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode ServiceToken}. */
export const ServiceToken: Schema.Codec<ServiceToken> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  uid: nullable(Schema.String),
  name: nullable(Schema.String),
  token_string: nullable(issued),
  token: nullable(Schema.String),
  type: nullable(named(Schema.Int, TokenType)),
  permission_grants: nullable(Schema.Array(permissionGrant)),
  service_token_permissions: nullable(Schema.Array(ServiceTokenPermission)),
  semantic_layer_credentials: nullable(Schema.Array(Schema.Unknown)),
  metadata_only: nullable(Schema.Boolean),
  webhooks_only: nullable(Schema.Boolean),
  user_id: nullable(Schema.Int),
  user: nullable(nested(() => User)),
  state: nullable(named(Schema.Int, State)),
  last_used: nullable(Schema.String),
  last_identify: nullable(Schema.String),
  expires_at: nullable(Schema.String),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "state", "last_used", "expires_at", "created_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one service token has. */
export interface OfServiceToken extends InAccount {
  /** The service token. */
  readonly service_token_id: number;
}

const ofServiceToken: Fields<OfServiceToken> = {
  ...inAccount,
  service_token_id: field(Schema.Int, "The service token"),
};

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Paging {
  /** Related things to include in each service token. */
  readonly include_related?: Related;
}

/** List the service tokens of an account. */
export const list: Endpoint<List, Page<ServiceToken>> = endpoint("serviceTokens.list", {
  route: "GET /api/v3/accounts/:account_id/service-tokens/",
  summary: "List the service tokens of an account",
  request: { ...inAccount, include_related: optional(related()), ...paging },
  success: page(ServiceToken),
  dbtc: "list_service_tokens",
});

/** What {@linkcode create} asks for. */
export interface Create extends InAccount {
  /** The name. */
  readonly name: string;
  /** What it may do; nothing when absent. */
  readonly permission_grants?: ReadonlyArray<PermissionGrant>;
  /** Whether it may read metadata only. Deprecated by dbt: there is a permission for it. */
  readonly metadata_only?: boolean;
  /** Whether it may manage webhooks only. */
  readonly webhooks_only?: boolean;
}

const name = field(Schema.String, "The name");

/** Create a service token. The answer has the token itself, this once. */
export const create: Endpoint<Create, ServiceToken> = endpoint("serviceTokens.create", {
  route: "POST /api/v3/accounts/:account_id/service-tokens/",
  summary: "Create a service token",
  request: {
    ...inAccount,
    name,
    permission_grants: optional(field(Schema.Array(permissionGrant), "What it may do")),
    metadata_only: optional(field(Schema.Boolean, "Whether it may read metadata only (deprecated)")),
    webhooks_only: optional(field(Schema.Boolean, "Whether it may manage webhooks only")),
  },
  success: data(ServiceToken),
  dbtc: "create_service_token",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfServiceToken {
  /** Related things to include in the service token. */
  readonly include_related?: Related;
}

/** Get one service token. A deleted one too: see its `state`. */
export const get: Endpoint<Get, ServiceToken> = endpoint("serviceTokens.get", {
  route: "GET /api/v3/accounts/:account_id/service-tokens/:service_token_id/",
  summary: "Get one service token",
  request: { ...ofServiceToken, include_related: optional(related()) },
  success: data(ServiceToken),
  dbtc: "get_service_token",
});

/** What {@linkcode update} asks for. */
export interface Update extends OfServiceToken {
  /** The name. */
  readonly name: string;
}

/** Change the name of a service token. */
export const update: Endpoint<Update, ServiceToken> = endpoint("serviceTokens.update", {
  route: "PUT /api/v3/accounts/:account_id/service-tokens/:service_token_id/",
  summary: "Change the name of a service token",
  request: { ...ofServiceToken, name },
  success: data(ServiceToken),
});

/** Delete a service token. */
const del: Endpoint<OfServiceToken, ServiceToken | undefined> = endpoint("serviceTokens.delete", {
  route: "DELETE /api/v3/accounts/:account_id/service-tokens/:service_token_id/",
  summary: "Delete a service token",
  request: ofServiceToken,
  success: maybe(ServiceToken),
});
export { del as delete };

/** What {@linkcode listPermissions} asks for. */
export interface ListPermissions extends OfServiceToken, Paging {
  /** Related things to include in each permission. */
  readonly include_related?: Related;
}

/** List what a service token may do. */
export const listPermissions: Endpoint<ListPermissions, Page<ServiceTokenPermission>> = endpoint(
  "serviceTokens.listPermissions",
  {
    route: "GET /api/v3/accounts/:account_id/service-tokens/:service_token_id/permissions/",
    summary: "List what a service token may do",
    request: { ...ofServiceToken, include_related: optional(related()), ...paging },
    success: page(ServiceTokenPermission),
    dbtc: "list_service_token_permissions",
  },
);

/** A permission that a service token is to have. */
export interface Grant {
  /** The account. */
  readonly account_id: number;
  /** The service token. */
  readonly service_token_id: number;
  /** What it allows: see `PermissionSet` of groups. */
  readonly permission_set: string;
  /** Whether it holds for all projects. */
  readonly all_projects: boolean;
  /** The project, where it holds for one. */
  readonly project_id?: number | null;
  /** The environments that it allows writing to: see `EnvironmentCategory` of groups. */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const grant: Schema.Codec<Grant> = struct({
  account_id: Schema.Int,
  service_token_id: Schema.Int,
  permission_set: named(Schema.String, PermissionSet),
  all_projects: Schema.Boolean,
  project_id: nullable(Schema.Int),
  writable_environment_categories: nullable(categories),
  state: nullable(named(Schema.Int, State)),
});

/** What {@linkcode assignPermissions} asks for. */
export interface AssignPermissions extends OfServiceToken {
  /** All that the service token is to be allowed. */
  readonly permissions: ReadonlyArray<Grant>;
}

/** Replace the permissions of a service token. */
export const assignPermissions: Endpoint<AssignPermissions, unknown> = endpoint("serviceTokens.assignPermissions", {
  route: "POST /api/v3/accounts/:account_id/service-tokens/:service_token_id/permissions/",
  summary: "Replace the permissions of a service token",
  request: {
    ...ofServiceToken,
    permissions: field(Schema.Array(grant), "All that the service token is to be allowed"),
  },
  payload: "permissions",
  success: data(Schema.Unknown),
  dbtc: "assign_service_token_permissions",
  undocumented: "Published until 2023-08-08; Python dbtc and the Terraform provider use it",
});
