/**
 * The endpoints of the group `serviceTokens`: service tokens, which belong to an account, and their permissions.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, issued, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Paging, paging, type Related, related, State } from "../shared_fields.ts";
import { EnvironmentCategory, PermissionSet } from "./groups.ts";
import { User } from "./users.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The types of tokens. */
export const TokenType = { cloud_cli: 1, general: 2, native_app_user_link: 3, scim: 4 } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A permission to grant to a new token. */
export interface PermissionGrant {
  /** The permission set: see `PermissionSet` of groups. */
  readonly permission_set?: string | null;
  /** The project's id (default: all projects). */
  readonly project_id?: number | null;
  /** The environments that it allows to change: see `EnvironmentCategory` of groups. */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
}

const categories = Schema.Array(named(Schema.String, EnvironmentCategory));

const permissionGrant: Schema.Codec<PermissionGrant> = struct({
  permission_set: nullable(named(Schema.String, PermissionSet)),
  project_id: nullable(Schema.Int),
  writable_environment_categories: nullable(categories),
});

/** A permission of a service token. */
export interface ServiceTokenPermission {
  /** The permission's id. */
  readonly id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The token's id. */
  readonly service_token_id?: number | null;
  /** The project's id; null for all projects. */
  readonly project_id?: number | null;
  /** Whether it applies to all projects. */
  readonly all_projects?: boolean | null;
  /** The permission set: see `PermissionSet` of groups. */
  readonly permission_set?: string | null;
  /** The environments that it allows to change: see `EnvironmentCategory` of groups. */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** State of the permission: 1 active, 2 deleted. */
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
  /** The account's id. */
  readonly account_id?: number | null;
  /** Its unique id. */
  readonly uid?: string | null;
  /** The token's name. */
  readonly name?: string | null;
  /** The token itself. Only the response that creates or rotates the token contains it. */
  readonly token_string?: string | null;
  /** The token, hashed. */
  readonly token?: string | null;
  /** Its type: see {@linkcode TokenType}. */
  readonly type?: number | null;
  /** Its permissions. */
  readonly permission_grants?: ReadonlyArray<PermissionGrant> | null;
  /** Its permissions, in older responses. */
  readonly service_token_permissions?: ReadonlyArray<ServiceTokenPermission> | null;
  /** The Semantic Layer credentials that it uses. Their structure is not documented. */
  readonly semantic_layer_credentials?: ReadonlyArray<unknown> | null;
  /** Whether it may only read metadata. Deprecated by dbt: use the permission set `metadata_only`. */
  readonly metadata_only?: boolean | null;
  /** Whether it may only manage webhooks. */
  readonly webhooks_only?: boolean | null;
  /** The id of the owner, for a personal access token. */
  readonly user_id?: number | null;
  /** The owner of a personal access token, if requested with `include_related`. */
  readonly user?: Nested<User> | null;
  /** State of the token: 1 active, 2 deleted; deleted tokens can still be read. */
  readonly state?: number | null;
  /** When it was last used. */
  readonly last_used?: string | null;
  /** When it last identified itself. */
  readonly last_identify?: string | null;
  /** When it expires. */
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

/** Fields of every request about one service token. */
export interface OfServiceToken extends InAccount {
  /** The service token's id. */
  readonly service_token_id: number;
}

const ofServiceToken: Fields<OfServiceToken> = {
  ...inAccount,
  service_token_id: field(Schema.Int, "Service token id"),
};

/** The request of {@linkcode list}. */
export interface List extends InAccount, Paging {
  /** Related objects to include in each service token. */
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

/** The request of {@linkcode create}. */
export interface Create extends InAccount {
  /** The token's name. */
  readonly name: string;
  /** Its permissions (default: none). */
  readonly permission_grants?: ReadonlyArray<PermissionGrant>;
  /** Whether it may only read metadata. Deprecated by dbt: use the permission set `metadata_only`. */
  readonly metadata_only?: boolean;
  /** Whether it may only manage webhooks. */
  readonly webhooks_only?: boolean;
}

const name = field(Schema.String, "Name of the token");

/** Create a service token. Only this response contains the token itself. */
export const create: Endpoint<Create, ServiceToken> = endpoint("serviceTokens.create", {
  route: "POST /api/v3/accounts/:account_id/service-tokens/",
  summary: "Create a service token",
  request: {
    ...inAccount,
    name,
    permission_grants: optional(field(Schema.Array(permissionGrant), "Permissions of the token (default: none)")),
    metadata_only: optional(
      field(Schema.Boolean, "Whether it may only read metadata (deprecated: use the permission set metadata_only)"),
    ),
    webhooks_only: optional(field(Schema.Boolean, "Whether it may only manage webhooks")),
  },
  success: data(ServiceToken),
  dbtc: "create_service_token",
});

/** The request of {@linkcode get}. */
export interface Get extends OfServiceToken {
  /** Related objects to include in the service token. */
  readonly include_related?: Related;
}

/** Get a service token. Deleted tokens are returned too: check `state`. */
export const get: Endpoint<Get, ServiceToken> = endpoint("serviceTokens.get", {
  route: "GET /api/v3/accounts/:account_id/service-tokens/:service_token_id/",
  summary: "Get a service token",
  request: { ...ofServiceToken, include_related: optional(related()) },
  success: data(ServiceToken),
  dbtc: "get_service_token",
});

/** The request of {@linkcode update}. */
export interface Update extends OfServiceToken {
  /** The token's name. */
  readonly name: string;
}

/** Rename a service token. */
export const update: Endpoint<Update, ServiceToken> = endpoint("serviceTokens.update", {
  route: "PUT /api/v3/accounts/:account_id/service-tokens/:service_token_id/",
  summary: "Rename a service token",
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

/** The request of {@linkcode listPermissions}. */
export interface ListPermissions extends OfServiceToken, Paging {
  /** Related objects to include in each permission. */
  readonly include_related?: Related;
}

/** List the permissions of a service token. */
export const listPermissions: Endpoint<ListPermissions, Page<ServiceTokenPermission>> = endpoint(
  "serviceTokens.listPermissions",
  {
    route: "GET /api/v3/accounts/:account_id/service-tokens/:service_token_id/permissions/",
    summary: "List the permissions of a service token",
    request: { ...ofServiceToken, include_related: optional(related()), ...paging },
    success: page(ServiceTokenPermission),
    dbtc: "list_service_token_permissions",
  },
);

/** A permission to grant to a service token. */
export interface Grant {
  /** The account's id. */
  readonly account_id: number;
  /** The service token's id. */
  readonly service_token_id: number;
  /** The permission set: see `PermissionSet` of groups. */
  readonly permission_set: string;
  /** Whether it applies to all projects. */
  readonly all_projects: boolean;
  /** The project's id, if it applies to one project. */
  readonly project_id?: number | null;
  /** The environments that it allows to change: see `EnvironmentCategory` of groups. */
  readonly writable_environment_categories?: ReadonlyArray<string> | null;
  /** State of the permission: 1 active, 2 deleted. */
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

/** The request of {@linkcode assignPermissions}. */
export interface AssignPermissions extends OfServiceToken {
  /** All permissions of the service token. */
  readonly permissions: ReadonlyArray<Grant>;
}

/** Replace the permissions of a service token. */
export const assignPermissions: Endpoint<AssignPermissions, unknown> = endpoint("serviceTokens.assignPermissions", {
  route: "POST /api/v3/accounts/:account_id/service-tokens/:service_token_id/permissions/",
  summary: "Replace the permissions of a service token",
  request: {
    ...ofServiceToken,
    permissions: field(Schema.Array(grant), "All permissions of the service token"),
  },
  payload: "permissions",
  success: data(Schema.Unknown),
  dbtc: "assign_service_token_permissions",
  undocumented: "Published until 2023-08-08; Python dbtc and the Terraform provider use it",
});
