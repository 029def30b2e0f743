/**
 * The endpoints of the group `users`: users of an account, and their licenses.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import { field, type Fields, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type Ordered,
  ordered,
  type Paging,
  paging,
  type Related,
  related,
  State,
  state,
  type StateFilter,
} from "../shared_fields.ts";
import { Group } from "./groups.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The license types of users. */
export const LicenseType = { developer: "developer", read_only: "read_only", analyst: "analyst", it: "it" } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** A single permission of a user. Source: Python dbtc's documentation. */
export interface PermissionStatement {
  /** The permission: `jobs_read`, `develop_access` … */
  readonly permission?: string | null;
  /** The id of the resource that it applies to; null for all. */
  readonly target_resource?: number | string | null;
  /** Whether it applies to all resources. */
  readonly all_resources?: boolean | null;
}

const permissionStatement: Schema.Codec<PermissionStatement> = struct({
  permission: nullable(Schema.String),
  target_resource: nullable(Schema.Union([Schema.Int, Schema.String])),
  all_resources: nullable(Schema.Boolean),
});

/** The license of a user in an account, with groups and permissions. */
export interface UserLicense {
  /** The license's id: `permission_id` of {@linkcode updateLicense}. */
  readonly id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The user's id. */
  readonly user_id?: number | null;
  /** The license type: see {@linkcode LicenseType}. */
  readonly license_type?: string | null;
  /** State of the license: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** The user's groups in the account. */
  readonly groups?: ReadonlyArray<Nested<Group>> | null;
  /** The user's permissions in the account. Source: Python dbtc's documentation. */
  readonly permission_statements?: ReadonlyArray<PermissionStatement> | null;
  /** Whether the identity provider manages the user through SCIM. */
  readonly scim_managed?: boolean | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode UserLicense}. */
export const UserLicense: Schema.Codec<UserLicense> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  user_id: nullable(Schema.Int),
  license_type: nullable(named(Schema.String, LicenseType)),
  state: nullable(named(Schema.Int, State)),
  groups: nullable(Schema.Array(nested(() => Group))),
  permission_statements: nullable(Schema.Array(permissionStatement)),
  scim_managed: nullable(Schema.Boolean),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "user_id", "license_type", "state", "scim_managed", "updated_at"] });

/** A user. {@linkcode get} returns fewer fields than the other endpoints, and `license` instead of `permissions`. */
export interface User {
  /** The user's id. */
  readonly id: number;
  /** The email address. */
  readonly email?: string | null;
  /** The first name. */
  readonly first_name?: string | null;
  /** The last name. */
  readonly last_name?: string | null;
  /** The full name. */
  readonly fullname?: string | null;
  /** The URL of the user's picture. Source: responses that other clients recorded. */
  readonly avatar_url?: string | null;
  /** Whether the user may log in. */
  readonly is_active?: boolean | null;
  /** Whether the user works for dbt Labs. */
  readonly is_staff?: boolean | null;
  /** When the user last logged in. */
  readonly last_login?: string | null;
  /** When the user's token was last used. */
  readonly apitoken_last_used?: string | null;
  /** Whether the email address is verified. */
  readonly email_verified?: boolean | null;
  /** Whether the user can log in with email and password. */
  readonly email_connected?: boolean | null;
  /** Whether the user can log in with SSO. */
  readonly enterprise_connected?: boolean | null;
  /** The SSO method of the user. */
  readonly enterprise_authentication_method?: string | null;
  /** Whether the user can log in only with SSO. */
  readonly sso_only_user?: boolean | null;
  /** Whether the identity provider manages the user through SCIM. */
  readonly scim_managed?: boolean | null;
  /** Whether the user's GitHub account is connected. */
  readonly github_connected?: boolean | null;
  /** The user name on GitHub. */
  readonly github_username?: string | null;
  /** Whether dbt Cloud failed to get a token from GitHub. */
  readonly github_token_retrieval_failure?: boolean | null;
  /** Whether the user's GitLab account is connected. */
  readonly gitlab_connected?: boolean | null;
  /** The user name on GitLab. */
  readonly gitlab_username?: string | null;
  /** Whether dbt Cloud failed to get a token from GitLab. */
  readonly gitlab_token_retrieval_failure?: boolean | null;
  /** Whether the user's Azure Active Directory account is connected. */
  readonly azure_active_directory_connected?: boolean | null;
  /** The user name in Azure Active Directory. */
  readonly azure_active_directory_username?: string | null;
  /** Whether dbt Cloud failed to get a token from Azure Active Directory. */
  readonly azure_active_directory_token_retrieval_failure?: boolean | null;
  /** Whether the user's Slack account is connected. Source: the specification of 2023. */
  readonly slack_connected?: boolean | null;
  /** The name of the Slack team. Source: the specification of 2023. */
  readonly slack_team_name?: string | null;
  /** Details from other services, by service. Its structure is not documented. */
  readonly auth_provider_infos?: unknown;
  /** The license in the account. */
  readonly license?: UserLicense | null;
  /** The licenses with groups, one for each account. */
  readonly permissions?: ReadonlyArray<UserLicense> | null;
  /** The licenses by account id. Their structure is not documented. */
  readonly licenses?: unknown;
  /** When the user was created. */
  readonly created_at?: string | null;
  /** When the user last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode User}. */
export const User: Schema.Codec<User> = struct({
  id: Schema.Int,
  email: nullable(Schema.String),
  first_name: nullable(Schema.String),
  last_name: nullable(Schema.String),
  fullname: nullable(Schema.String),
  avatar_url: nullable(Schema.String),
  is_active: nullable(Schema.Boolean),
  is_staff: nullable(Schema.Boolean),
  last_login: nullable(Schema.String),
  apitoken_last_used: nullable(Schema.String),
  email_verified: nullable(Schema.Boolean),
  email_connected: nullable(Schema.Boolean),
  enterprise_connected: nullable(Schema.Boolean),
  enterprise_authentication_method: nullable(Schema.String),
  sso_only_user: nullable(Schema.Boolean),
  scim_managed: nullable(Schema.Boolean),
  github_connected: nullable(Schema.Boolean),
  github_username: nullable(Schema.String),
  github_token_retrieval_failure: nullable(Schema.Boolean),
  gitlab_connected: nullable(Schema.Boolean),
  gitlab_username: nullable(Schema.String),
  gitlab_token_retrieval_failure: nullable(Schema.Boolean),
  azure_active_directory_connected: nullable(Schema.Boolean),
  azure_active_directory_username: nullable(Schema.String),
  azure_active_directory_token_retrieval_failure: nullable(Schema.Boolean),
  slack_connected: nullable(Schema.Boolean),
  slack_team_name: nullable(Schema.String),
  auth_provider_infos: optional(Schema.Unknown),
  license: nullable(UserLicense),
  permissions: nullable(Schema.Array(UserLicense)),
  licenses: optional(Schema.Unknown),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "email", "fullname", "is_active", "license.license_type", "last_login"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one user of any account. */
export interface OfUser {
  /** The user's id. */
  readonly user_id: number;
}

const ofUser: Fields<OfUser> = { user_id: field(Schema.Int, "User id") };

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** State of the users: active, deleted or all (default: active). Source: Python dbtc. */
  readonly state?: StateFilter;
  /** Related objects to include in each user. */
  readonly include_related?: Related;
}

/** List the users of an account. */
export const list: Endpoint<List, Page<User>> = endpoint("users.list", {
  route: "GET /api/v3/accounts/:account_id/users/",
  summary: "List the users of an account",
  request: { ...inAccount, state: optional(state), include_related: optional(related()), ...ordered },
  success: page(User),
  dbtc: "list_users",
});

/** The request of {@linkcode get}. */
export interface Get extends InAccount, OfUser {
  /** Related objects to include in the user. */
  readonly include_related?: Related;
}

const getRequest: Fields<Get> = { ...inAccount, ...ofUser, include_related: optional(related()) };

/** Get a user with the license in the account. */
export const get: Endpoint<Get, User> = endpoint("users.get", {
  route: "GET /api/v3/accounts/:account_id/users/:user_id/",
  summary: "Get a user with the license in the account",
  request: getRequest,
  success: data(User),
});

/** The request of {@linkcode updateLicense}. */
export interface UpdateLicense extends InAccount {
  /** The license's id: `id` of one of the user's `permissions`. */
  readonly permission_id: number;
  /** The license type: see {@linkcode LicenseType}. */
  readonly license_type: string;
  /** State of the license: 1 active, 2 to deactivate the user. */
  readonly state: number;
  /** The user. Source: Python dbtc's documentation. */
  readonly user_id?: number;
  /** All groups of the user. Source: Python dbtc's documentation. */
  readonly groups?: ReadonlyArray<Group>;
  /** All permissions of the user. Source: Python dbtc's documentation. */
  readonly permission_statements?: ReadonlyArray<PermissionStatement>;
}

/** Change or deactivate the license of a user. */
export const updateLicense: Endpoint<UpdateLicense, UserLicense> = endpoint("users.updateLicense", {
  route: "POST /api/v2/accounts/:account_id/permissions/:permission_id/",
  summary: "Change or deactivate the license of a user",
  request: {
    ...inAccount,
    permission_id: field(Schema.Int, "License id: id of one of the user's permissions"),
    license_type: field(named(Schema.String, LicenseType), "License type"),
    state: field(named(Schema.Int, State), "State of the license; deleted deactivates the user"),
    user_id: optional(field(Schema.Int, "User id")),
    groups: optional(field(Schema.Array(Group), "All groups of the user")),
    permission_statements: optional(field(Schema.Array(permissionStatement), "All permissions of the user")),
  },
  success: data(UserLicense),
  dbtc: "deactivate_user_license",
});

/** The request of {@linkcode getGlobal}. */
export interface GetGlobal extends OfUser {
  /** Related objects to include in the user. */
  readonly include_related?: Related;
}

/** Get a user with the licenses in all accounts. */
export const getGlobal: Endpoint<GetGlobal, User> = endpoint("users.getGlobal", {
  route: "GET /api/v2/users/:user_id/",
  summary: "Get a user with the licenses in all accounts",
  request: { ...ofUser, include_related: optional(related()) },
  success: data(User),
});

/** The request of {@linkcode update}. */
export interface Update extends OfUser {
  /** The first name. */
  readonly first_name: string;
  /** The last name. */
  readonly last_name: string;
}

/** Change the name of a user. */
export const update: Endpoint<Update, User> = endpoint("users.update", {
  route: "POST /api/v2/users/:user_id/",
  summary: "Change the name of a user",
  request: {
    ...ofUser,
    first_name: field(Schema.String, "First name"),
    last_name: field(Schema.String, "Last name"),
  },
  success: data(User),
});

/** The request of {@linkcode listV2}. */
export interface ListV2 extends InAccount, Paging {
  /** Related objects to include in each user. */
  readonly include_related?: Related;
}

/** List the users of an account, by API v2. */
export const listV2: Endpoint<ListV2, Page<User>> = endpoint("users.listV2", {
  route: "GET /api/v2/accounts/:account_id/users/",
  summary: "List the users of an account, by API v2",
  request: { ...inAccount, include_related: optional(related()), ...paging },
  success: page(User),
});

/** Get a user with groups and permissions, by API v2. */
export const getV2: Endpoint<Get, User> = endpoint("users.getV2", {
  route: "GET /api/v2/accounts/:account_id/users/:user_id/",
  summary: "Get a user with groups and permissions, by API v2",
  request: getRequest,
  success: data(User),
  dbtc: "get_user",
  undocumented: "Published until 2023-06-16; Python dbtc and the Terraform provider use it",
});
