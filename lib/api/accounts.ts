/**
 * The endpoints of the group `accounts`: accounts, their licences and audit logs, and the user behind the token
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

/** A user, as {@linkcode whoami} gives one. */
export interface User {
  /** The user's id. */
  readonly id?: number | null;
  /** The address of mail. */
  readonly email?: string | null;
  /** The first name. */
  readonly first_name?: string | null;
  /** The last name. */
  readonly last_name?: string | null;
  /** Both names. */
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

/** Who the token belongs to. Source: the Terraform provider and dbt-mcp. */
export interface CurrentUser {
  /** The user. */
  readonly user?: User | null;
}

/** Reads a {@linkcode CurrentUser}. */
export const CurrentUser: Schema.Codec<CurrentUser> = struct({ user: nullable(user) }, {
  columns: ["user.id", "user.email", "user.first_name", "user.last_name"],
});

/** How many licences of a kind an account has. */
export interface LicenseDetail {
  /** Whether there is a limit. */
  readonly limited?: boolean | null;
  /** Whether more are in use than there are. */
  readonly over_limit?: boolean | null;
  /** How many there are. */
  readonly total?: number | null;
  /** How many are in use. */
  readonly in_use?: number | null;
  /** How many are left. */
  readonly available?: number | null;
  /** How many are assigned. */
  readonly assigned?: number | null;
  /** Whether the account's plan is an enterprise one. */
  readonly enterprise_plan?: boolean | null;
}

/** How many licences an account has, by kind. */
export interface LicenseAllocation {
  /** Of developers. */
  readonly developer?: LicenseDetail | null;
  /** Of Explorer users. */
  readonly explorer?: LicenseDetail | null;
  /** Of read-only users. */
  readonly read_only?: LicenseDetail | null;
  /** Of IT users. */
  readonly it?: LicenseDetail | null;
  /** Of analysts. */
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

/** Something that somebody did in an account. */
export interface AuditLog {
  /** The entry's id: text, and a number in 2022. */
  readonly id?: string | number | null;
  /** The account. */
  readonly account_id?: number | null;
  /** Where it was done. */
  readonly source?: string | null;
  /** What part of dbt Cloud did it. */
  readonly service?: string | null;
  /** What was done. */
  readonly event_type?: string | null;
  /** What was done, in words. */
  readonly event_label?: string | null;
  /** What it was done to. Its shape is not published. */
  readonly event_context?: unknown;
  /** Who did it. Its shape is not published. */
  readonly actor?: unknown;
  /** Who did it: the kind. Source: recorded answers. */
  readonly actor_type?: string | null;
  /** Who did it: the name. Source: recorded answers. */
  readonly actor_name?: string | null;
  /** Who did it: the id. Source: recorded answers. */
  readonly actor_id?: string | number | null;
  /** Who did it: the address. Source: recorded answers. */
  readonly actor_ip?: string | null;
  /** What was done, as dbt Cloud routes it. Source: recorded answers. */
  readonly routing_key?: string | null;
  /** When it was done. Source: recorded answers. */
  readonly logged_at?: string | null;
  /** The entry's other id. Source: recorded answers. */
  readonly uuid?: string | null;
  /** What else is known. Source: recorded answers. */
  readonly metadata?: unknown;
  /** Whether dbt itself did it. Source: recorded answers. */
  readonly internal?: boolean | null;
  /** Whether it is there: 1 active, 2 deleted. Source: recorded answers. */
  readonly state?: number | null;
  /** When it was written. */
  readonly created_at?: string | null;
  /** When it last changed. Source: recorded answers. */
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

/** What {@linkcode list} asks for. */
export interface List {
  /** Related things to include in each account. */
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

/** What {@linkcode get} asks for. */
export interface Get extends InAccount, List {}

/** Get one account: its plan, seats and limits. */
export const get: Endpoint<Get, Account> = endpoint("accounts.get", {
  route: "GET /api/v2/accounts/:account_id/",
  summary: "Get one account: its plan, seats and limits",
  request: { ...inAccount, ...listRequest },
  success: data(Account),
  dbtc: "get_account",
});

/** What {@linkcode update} asks for. */
export interface Update extends InAccount, AccountOptions {
  /** The name. */
  readonly name: string;
}

/** Update an account's settings. What is not given is reset. */
export const update: Endpoint<Update, Account> = endpoint("accounts.update", {
  route: "POST /api/v2/accounts/:account_id/",
  summary: "Update an account's settings",
  request: { ...inAccount, ...AccountOptions, name: field(Schema.String, "The name") },
  replaces: true,
  success: data(Account),
});

/** What {@linkcode patch} asks for. */
export interface Patch extends InAccount, AccountOptions {}

/** Change some of an account's settings. */
export const patch: Endpoint<Patch, Account> = endpoint("accounts.patch", {
  route: "PATCH /api/v2/accounts/:account_id/",
  summary: "Change some of an account's settings",
  request: { ...inAccount, ...AccountOptions },
  success: data(Account),
});

/** What {@linkcode whoami} asks for: nothing. */
export type Whoami = Readonly<Record<string, never>>;

/** Get the user that the token belongs to. */
export const whoami: Endpoint<Whoami, CurrentUser> = endpoint("accounts.whoami", {
  route: "GET /api/v2/whoami/",
  summary: "Get the user that the token belongs to",
  request: {},
  success: data(CurrentUser),
  undocumented: "Published until 2023-06-16; the Terraform provider and dbt-mcp use it",
});

/** Get how many licences an account has, by kind. */
export const getLicenses: Endpoint<InAccount, LicenseAllocation | ReadonlyArray<LicenseAllocation>> = endpoint(
  "accounts.getLicenses",
  {
    route: "GET /api/v2/accounts/:account_id/licenses/",
    summary: "Get how many licences an account has, by kind",
    request: inAccount,
    // The specification says that the answer is a list of them. There is no recorded answer to check that against.
    success: data(Schema.Union([Schema.Array(LicenseAllocation), LicenseAllocation])),
    dbtc: "get_account_licenses",
  },
);

/** What {@linkcode listAuditLogs} asks for. */
export interface ListAuditLogs extends InAccount, Paging {
  /** Only what was done since this day: `2024-05-27`. Source: Python dbtc. */
  readonly logged_at_start?: string;
  /** Only what was done until this day: `2024-05-27`. Source: Python dbtc. */
  readonly logged_at_end?: string;
  /** Related things to include in each entry. */
  readonly include_related?: Related;
}

/** List what was done in an account lately. */
export const listAuditLogs: Endpoint<ListAuditLogs, Page<AuditLog>> = endpoint("accounts.listAuditLogs", {
  route: "GET /api/v3/accounts/:account_id/audit-logs/",
  summary: "List what was done in an account lately",
  request: {
    ...inAccount,
    logged_at_start: optional(field(Schema.String, "Only what was done since this day: 2024-05-27")),
    logged_at_end: optional(field(Schema.String, "Only what was done until this day: 2024-05-27")),
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
