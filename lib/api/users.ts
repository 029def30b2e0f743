/**
 * The endpoints of the group `users`: users of an account, and their licences.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import {
  field,
  type Fields,
  type InAccount,
  inAccount,
  named,
  type Nested,
  nested,
  nullable,
  optional,
  type Ordered,
  ordered,
  type Paging,
  paging,
  type Related,
  related,
  State,
  state,
  type StateFilter,
  struct,
} from "../schema.ts";
import { Group } from "./groups.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What a user may use. */
export const LicenseType = { developer: "developer", read_only: "read_only", analyst: "analyst", it: "it" } as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** Something that a user may do. Source: Python dbtc's documentation. */
export interface PermissionStatement {
  /** What: `jobs_read`, `develop_access` … */
  readonly permission?: string | null;
  /** To what; null for everything. */
  readonly target_resource?: number | string | null;
  /** Whether to everything. */
  readonly all_resources?: boolean | null;
}

const permissionStatement: Schema.Codec<PermissionStatement> = struct({
  permission: nullable(Schema.String),
  target_resource: nullable(Schema.Union([Schema.Int, Schema.String])),
  all_resources: nullable(Schema.Boolean),
});

/** A user's licence in an account, and what comes with it. */
export interface UserLicense {
  /** The licence's id: `permission_id` of {@linkcode updateLicense}. */
  readonly id?: number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** The user. */
  readonly user_id?: number | null;
  /** What the user may use: see {@linkcode LicenseType}. */
  readonly license_type?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** The user's groups in the account. */
  readonly groups?: ReadonlyArray<Nested<Group>> | null;
  /** What the user may do in the account. Source: Python dbtc's documentation. */
  readonly permission_statements?: ReadonlyArray<PermissionStatement> | null;
  /** Whether the identity provider manages the user, by SCIM. */
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

/** A user. {@linkcode get} gives less than the others, and has `license` instead of `permissions`. */
export interface User {
  /** The user's id. */
  readonly id: number;
  /** The address of mail. */
  readonly email?: string | null;
  /** The first name. */
  readonly first_name?: string | null;
  /** The last name. */
  readonly last_name?: string | null;
  /** Both names. */
  readonly fullname?: string | null;
  /** The user's picture. Source: answers that other clients recorded. */
  readonly avatar_url?: string | null;
  /** Whether the user may log in. */
  readonly is_active?: boolean | null;
  /** Whether the user works for dbt Labs. */
  readonly is_staff?: boolean | null;
  /** When the user last logged in. */
  readonly last_login?: string | null;
  /** When the user's token was last used. */
  readonly apitoken_last_used?: string | null;
  /** Whether the address of mail is the user's. */
  readonly email_verified?: boolean | null;
  /** Whether the user can log in by mail and password. */
  readonly email_connected?: boolean | null;
  /** Whether the user can log in by SSO. */
  readonly enterprise_connected?: boolean | null;
  /** How the user logs in by SSO. */
  readonly enterprise_authentication_method?: string | null;
  /** Whether the user can log in by SSO only. */
  readonly sso_only_user?: boolean | null;
  /** Whether the identity provider manages the user, by SCIM. */
  readonly scim_managed?: boolean | null;
  /** Whether GitHub is connected. */
  readonly github_connected?: boolean | null;
  /** The name on GitHub. */
  readonly github_username?: string | null;
  /** Whether dbt Cloud could not get GitHub's token. */
  readonly github_token_retrieval_failure?: boolean | null;
  /** Whether GitLab is connected. */
  readonly gitlab_connected?: boolean | null;
  /** The name on GitLab. */
  readonly gitlab_username?: string | null;
  /** Whether dbt Cloud could not get GitLab's token. */
  readonly gitlab_token_retrieval_failure?: boolean | null;
  /** Whether Azure Active Directory is connected. */
  readonly azure_active_directory_connected?: boolean | null;
  /** The name in Azure Active Directory. */
  readonly azure_active_directory_username?: string | null;
  /** Whether dbt Cloud could not get Azure Active Directory's token. */
  readonly azure_active_directory_token_retrieval_failure?: boolean | null;
  /** Whether Slack is connected. Source: the specification of 2023. */
  readonly slack_connected?: boolean | null;
  /** The team in Slack. Source: the specification of 2023. */
  readonly slack_team_name?: string | null;
  /** What other services say of the user, by service. Its shape is not published. */
  readonly auth_provider_infos?: unknown;
  /** The licence in the account. */
  readonly license?: UserLicense | null;
  /** The licences, with the user's groups, one for each account. */
  readonly permissions?: ReadonlyArray<UserLicense> | null;
  /** The licences again, by account. Their shape is not published. */
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
}, { columns: ["id", "email", "first_name", "last_name", "is_active", "license.license_type", "last_login"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one user, whatever the account, has. */
export interface OfUser {
  /** The user. */
  readonly user_id: number;
}

const ofUser: Fields<OfUser> = { user_id: field(Schema.Int, "The user") };

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Active users, deleted ones, or all of them; active when absent. Source: Python dbtc. */
  readonly state?: StateFilter;
  /** Related things to include in each user. */
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

/** What {@linkcode get} asks for. */
export interface Get extends InAccount, OfUser {
  /** Related things to include in the user. */
  readonly include_related?: Related;
}

const getRequest: Fields<Get> = { ...inAccount, ...ofUser, include_related: optional(related()) };

/** Get one user with the licence in the account. */
export const get: Endpoint<Get, User> = endpoint("users.get", {
  route: "GET /api/v3/accounts/:account_id/users/:user_id/",
  summary: "Get one user with the licence in the account",
  request: getRequest,
  success: data(User),
});

/** What {@linkcode updateLicense} asks for. */
export interface UpdateLicense extends InAccount {
  /** The licence: the `id` of one of the user's `permissions`. */
  readonly permission_id: number;
  /** What the user may use: see {@linkcode LicenseType}. */
  readonly license_type: string;
  /** Whether it is there: 1 active, 2 to deactivate the user. */
  readonly state: number;
  /** The user. Source: Python dbtc's documentation. */
  readonly user_id?: number;
  /** All the user's groups. Source: Python dbtc's documentation. */
  readonly groups?: ReadonlyArray<Group>;
  /** All that the user may do. Source: Python dbtc's documentation. */
  readonly permission_statements?: ReadonlyArray<PermissionStatement>;
}

/** Change or deactivate a user's licence. */
export const updateLicense: Endpoint<UpdateLicense, UserLicense> = endpoint("users.updateLicense", {
  route: "POST /api/v2/accounts/:account_id/permissions/:permission_id/",
  summary: "Change or deactivate a user's licence",
  request: {
    ...inAccount,
    permission_id: field(Schema.Int, "The licence: the id of one of the user's permissions"),
    license_type: field(named(Schema.String, LicenseType), "What the user may use"),
    state: field(named(Schema.Int, State), "Whether it is there; deleted to deactivate the user"),
    user_id: optional(field(Schema.Int, "The user")),
    groups: optional(field(Schema.Array(Group), "All the user's groups")),
    permission_statements: optional(field(Schema.Array(permissionStatement), "All that the user may do")),
  },
  success: data(UserLicense),
  dbtc: "deactivate_user_license",
});

/** What {@linkcode getGlobal} asks for. */
export interface GetGlobal extends OfUser {
  /** Related things to include in the user. */
  readonly include_related?: Related;
}

/** Get one user with the licences in all accounts. */
export const getGlobal: Endpoint<GetGlobal, User> = endpoint("users.getGlobal", {
  route: "GET /api/v2/users/:user_id/",
  summary: "Get one user with the licences in all accounts",
  request: { ...ofUser, include_related: optional(related()) },
  success: data(User),
});

/** What {@linkcode update} asks for. */
export interface Update extends OfUser {
  /** The first name. */
  readonly first_name: string;
  /** The last name. */
  readonly last_name: string;
}

/** Change the names of a user. */
export const update: Endpoint<Update, User> = endpoint("users.update", {
  route: "POST /api/v2/users/:user_id/",
  summary: "Change the names of a user",
  request: {
    ...ofUser,
    first_name: field(Schema.String, "The first name"),
    last_name: field(Schema.String, "The last name"),
  },
  success: data(User),
});

/** What {@linkcode listV2} asks for. */
export interface ListV2 extends InAccount, Paging {
  /** Related things to include in each user. */
  readonly include_related?: Related;
}

/** List the users of an account, by API v2. */
export const listV2: Endpoint<ListV2, Page<User>> = endpoint("users.listV2", {
  route: "GET /api/v2/accounts/:account_id/users/",
  summary: "List the users of an account, by API v2",
  request: { ...inAccount, include_related: optional(related()), ...paging },
  success: page(User),
});

/** Get one user with groups and permissions, by API v2. */
export const getV2: Endpoint<Get, User> = endpoint("users.getV2", {
  route: "GET /api/v2/accounts/:account_id/users/:user_id/",
  summary: "Get one user with groups and permissions, by API v2",
  request: getRequest,
  success: data(User),
  dbtc: "get_user",
  undocumented: "Published until 2023-06-16; Python dbtc and the Terraform provider use it",
});
