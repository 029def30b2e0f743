/**
 * The endpoints of the group `accounts`: accounts, their licenses and audit logs, and the user who owns the token
 * (`whoami`).
 *
 * `lib/groups/accounts.ts` adds the workflows of the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, type Page, page } from "../endpoint.ts";
import { Account, AccountOptions } from "../models/account.ts";
import { field, type Fields, named, nullable, optional, struct } from "../schema.ts";
import { type InAccount, inAccount, type Paging, paging, type Related, related, State } from "../shared_fields.ts";

export * from "../models/account.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** The user that {@linkcode whoami} returns. */
export interface User {
  /** The user's id. */
  readonly id?: number | null;
  /** The email address. */
  readonly email?: string | null;
  /** The first name. */
  readonly first_name?: string | null;
  /** The last name. */
  readonly last_name?: string | null;
  /** The full name. */
  readonly fullname?: string | null;
  /** Whether the user may log in. */
  readonly is_active?: boolean | null;
  /** When the user last logged in. */
  readonly last_login?: string | null;
  /** When the user was created. */
  readonly created_at?: string | null;
}

const user: Schema.Codec<User> = struct({
  id: nullable(Schema.Int),
  email: nullable(Schema.String),
  first_name: nullable(Schema.String),
  last_name: nullable(Schema.String),
  fullname: nullable(Schema.String),
  is_active: nullable(Schema.Boolean),
  last_login: nullable(Schema.String),
  created_at: nullable(Schema.String),
});

/** The owner of the token. Source: the Terraform provider and dbt-mcp. */
export interface CurrentUser {
  /** The user. */
  readonly user?: User | null;
}

/** Reads a {@linkcode CurrentUser}. */
export const CurrentUser: Schema.Codec<CurrentUser> = struct({ user: nullable(user) }, {
  columns: ["user.id", "user.email", "user.first_name", "user.last_name"],
});

/** The number of licenses of one type in an account. */
export interface LicenseDetail {
  /** Whether the number of licenses is limited. */
  readonly limited?: boolean | null;
  /** Whether more licenses are in use than the account has. */
  readonly over_limit?: boolean | null;
  /** How many licenses the account has. */
  readonly total?: number | null;
  /** How many licenses are in use. */
  readonly in_use?: number | null;
  /** How many licenses are available. */
  readonly available?: number | null;
  /** How many licenses are assigned. */
  readonly assigned?: number | null;
  /** Whether the account has an Enterprise plan. */
  readonly enterprise_plan?: boolean | null;
}

/** The licenses of an account, by type. */
export interface LicenseAllocation {
  /** Developer licenses. */
  readonly developer?: LicenseDetail | null;
  /** Explorer licenses. */
  readonly explorer?: LicenseDetail | null;
  /** Read-only licenses. */
  readonly read_only?: LicenseDetail | null;
  /** IT licenses. */
  readonly it?: LicenseDetail | null;
  /** Analyst licenses. */
  readonly analyst?: LicenseDetail | null;
}

const licenseDetail: Schema.Codec<LicenseDetail> = struct({
  limited: nullable(Schema.Boolean),
  over_limit: nullable(Schema.Boolean),
  total: nullable(Schema.Int),
  in_use: nullable(Schema.Int),
  available: nullable(Schema.Int),
  assigned: nullable(Schema.Int),
  enterprise_plan: nullable(Schema.Boolean),
});

/** Reads a {@linkcode LicenseAllocation}. */
export const LicenseAllocation: Schema.Codec<LicenseAllocation> = struct({
  developer: nullable(licenseDetail),
  explorer: nullable(licenseDetail),
  read_only: nullable(licenseDetail),
  it: nullable(licenseDetail),
  analyst: nullable(licenseDetail),
}, {
  columns: ["developer.in_use", "developer.total", "read_only.in_use", "read_only.total", "it.in_use", "it.total"],
});

/** An audit log event: one action in an account. */
export interface AuditLog {
  /** The event's id: text, or a number in responses of 2022. */
  readonly id?: string | number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** Where the action came from, such as the API or the UI. */
  readonly source?: string | null;
  /** The service of dbt Cloud that wrote the event. */
  readonly service?: string | null;
  /** The type of the event. */
  readonly event_type?: string | null;
  /** The type of the event, in words. */
  readonly event_label?: string | null;
  /** The objects that the action affected. Its structure is not documented. */
  readonly event_context?: unknown;
  /** Who did it. Its structure is not documented. */
  readonly actor?: unknown;
  /** The type of the actor. Source: recorded responses. */
  readonly actor_type?: string | null;
  /** The actor's name. Source: recorded responses. */
  readonly actor_name?: string | null;
  /** The actor's id. Source: recorded responses. */
  readonly actor_id?: string | number | null;
  /** The actor's IP address. Source: recorded responses. */
  readonly actor_ip?: string | null;
  /** The event's internal name. Source: recorded responses. */
  readonly routing_key?: string | null;
  /** When the action happened. Source: recorded responses. */
  readonly logged_at?: string | null;
  /** The event's UUID. Source: recorded responses. */
  readonly uuid?: string | null;
  /** Further details. Source: recorded responses. */
  readonly metadata?: unknown;
  /** Whether the action is internal to dbt. Source: recorded responses. */
  readonly internal?: boolean | null;
  /** State of the event: 1 active, 2 deleted. Source: recorded responses. */
  readonly state?: number | null;
  /** When the event was recorded. */
  readonly created_at?: string | null;
  /** When it last changed. Source: recorded responses. */
  readonly updated_at?: string | null;
}

const textOrInt = Schema.Union([Schema.String, Schema.Int]);

/** Reads an {@linkcode AuditLog}. */
export const AuditLog: Schema.Codec<AuditLog> = struct({
  id: nullable(textOrInt),
  account_id: nullable(Schema.Int),
  source: nullable(Schema.String),
  service: nullable(Schema.String),
  event_type: nullable(Schema.String),
  event_label: nullable(Schema.String),
  event_context: optional(Schema.Unknown),
  actor: optional(Schema.Unknown),
  actor_type: nullable(Schema.String),
  actor_name: nullable(Schema.String),
  actor_id: nullable(textOrInt),
  actor_ip: nullable(Schema.String),
  routing_key: nullable(Schema.String),
  logged_at: nullable(Schema.String),
  uuid: nullable(Schema.String),
  metadata: optional(Schema.Unknown),
  internal: nullable(Schema.Boolean),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "created_at", "event_type", "event_label", "actor_name", "source", "service"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** The request of {@linkcode list}. */
export interface List {
  /** Related objects to include in each account. */
  readonly include_related?: Related;
}

const listRequest: Fields<List> = { include_related: optional(related()) };

/** List the accounts that the token can see. */
export const list: Endpoint<List, Page<Account>> = endpoint("accounts.list", {
  route: "GET /api/v3/accounts/",
  summary: "List the accounts that the token can see",
  request: listRequest,
  success: page(Account),
  dbtc: "list_accounts",
});

/** List the accounts that the token can see, by API v2. */
export const listV2: Endpoint<List, Page<Account>> = endpoint("accounts.listV2", {
  route: "GET /api/v2/accounts/",
  summary: "List the accounts that the token can see, by API v2",
  request: listRequest,
  success: page(Account),
  deprecated: "accounts list",
});

/** The request of {@linkcode get}. */
export interface Get extends InAccount, List {}

/** Get an account: its plan, seats and limits. */
export const get: Endpoint<Get, Account> = endpoint("accounts.get", {
  route: "GET /api/v2/accounts/:account_id/",
  summary: "Get an account: its plan, seats and limits",
  request: { ...inAccount, ...listRequest },
  success: data(Account),
  dbtc: "get_account",
});

/** The request of {@linkcode update}. */
export interface Update extends InAccount, AccountOptions {
  /** The account's name. */
  readonly name: string;
}

/** Update the settings of an account. Fields that are left out are reset. */
export const update: Endpoint<Update, Account> = endpoint("accounts.update", {
  route: "POST /api/v2/accounts/:account_id/",
  summary: "Update the settings of an account",
  request: { ...inAccount, ...AccountOptions, name: field(Schema.String, "Name of the account") },
  replaces: true,
  success: data(Account),
});

/** The request of {@linkcode patch}. */
export interface Patch extends InAccount, AccountOptions {}

/** Change some settings of an account. */
export const patch: Endpoint<Patch, Account> = endpoint("accounts.patch", {
  route: "PATCH /api/v2/accounts/:account_id/",
  summary: "Change some settings of an account",
  request: { ...inAccount, ...AccountOptions },
  success: data(Account),
});

/** The request of {@linkcode whoami}, which has no fields. */
export type Whoami = Readonly<Record<string, never>>;

/** Get the user who owns the token. */
export const whoami: Endpoint<Whoami, CurrentUser> = endpoint("accounts.whoami", {
  route: "GET /api/v2/whoami/",
  summary: "Get the user who owns the token",
  request: {},
  success: data(CurrentUser),
  undocumented: "Published until 2023-06-16; the Terraform provider and dbt-mcp use it",
});

/** Get the number of licenses of an account, by type. */
export const getLicenses: Endpoint<InAccount, LicenseAllocation | ReadonlyArray<LicenseAllocation>> = endpoint(
  "accounts.getLicenses",
  {
    route: "GET /api/v2/accounts/:account_id/licenses/",
    summary: "Get the number of licenses of an account, by type",
    request: inAccount,
    // The specification says that the response is a list of them. No recorded response confirms it.
    success: data(Schema.Union([Schema.Array(LicenseAllocation), LicenseAllocation])),
    dbtc: "get_account_licenses",
  },
);

/** The request of {@linkcode listAuditLogs}. */
export interface ListAuditLogs extends InAccount, Paging {
  /** Only events since this date, such as `2024-05-27`. Source: Python dbtc. */
  readonly logged_at_start?: string;
  /** Only events until this date, such as `2024-05-27`. Source: Python dbtc. */
  readonly logged_at_end?: string;
  /** Related objects to include in each event. */
  readonly include_related?: Related;
}

/** List the recent audit log events of an account. */
export const listAuditLogs: Endpoint<ListAuditLogs, Page<AuditLog>> = endpoint("accounts.listAuditLogs", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/",
  summary: "List the recent audit log events of an account",
  request: {
    ...inAccount,
    logged_at_start: optional(field(Schema.String, "Only events since this date, such as 2024-05-27")),
    logged_at_end: optional(field(Schema.String, "Only events until this date, such as 2024-05-27")),
    include_related: optional(related()),
    ...paging,
  },
  success: page(AuditLog),
  dbtc: "list_audit_logs",
});

/** List the feature flags of an account. */
export const listFeatureFlags: Endpoint<InAccount, unknown> = endpoint("accounts.listFeatureFlags", {
  route: "GET /api/v3/accounts/:account_id/feature-flag/",
  summary: "List the feature flags of an account",
  request: inAccount,
  success: data(Schema.Unknown),
  dbtc: "list_feature_flags",
  undocumented: "Python dbtc uses it",
});
