/**
 * Accounts, their licences and audit logs, and who one is.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { data, type Endpoint, endpoint, type Page, page, type Workflow, workflow } from "../endpoint.ts";
import { oneNamed } from "../names.ts";
import {
  field,
  type Fields,
  type InAccount,
  inAccount,
  type Members,
  named,
  nullable,
  optional,
  type Paging,
  paging,
  type Related,
  related,
  State,
  struct,
} from "../schema.ts";
import { Job } from "./jobs.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** What an account pays for. */
export const Plan = {
  cancelled: "cancelled",
  cancelled_2022: "cancelled_2022",
  cancelled_2025: "cancelled_2025",
  developer: "developer",
  developer_2022: "developer_2022",
  enterprise: "enterprise",
  enterprise_2025: "enterprise_2025",
  enterprise_plus_2025: "enterprise_plus_2025",
  free: "free",
  starter_2025: "starter_2025",
  team: "team",
  team_2022: "team_2022",
  team_annual: "team_annual",
  trial: "trial",
  trial_2022: "trial_2022",
  trial_2025: "trial_2025",
  usage_2026: "usage_2026",
  usage_managed_2026: "usage_managed_2026",
} as const;

/** Why an account is locked. */
export const LockCause = {
  trial_expired: "trial_expired",
  cancelled: "cancelled",
  unpaid: "unpaid",
  provisioned_team_annual: "provisioned_team_annual",
  other: "other",
  migrated: "migrated",
  workshop: "workshop",
} as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** What one can set about an account. */
export interface AccountOptions {
  /** The name. */
  readonly name?: string | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** The job that makes the documentation. Deprecated by dbt. */
  readonly docs_job_id?: number | null;
  /** The job that looks at the freshness of sources. Deprecated by dbt. */
  readonly freshness_job_id?: number | null;
}

const accountOptions: Members<AccountOptions> = {
  name: nullable(field(Schema.String, "The name")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
  docs_job_id: nullable(field(Schema.Int, "The job that makes the documentation (deprecated)")),
  freshness_job_id: nullable(field(Schema.Int, "The job that looks at the freshness of sources (deprecated)")),
};

/** An account. */
export interface Account extends AccountOptions {
  /** The account's id. */
  readonly id: number;
  /** What it pays for: see {@linkcode Plan}. */
  readonly plan?: string | null;
  /** How many runs can run at once. */
  readonly run_slots?: number | null;
  /** How many developers it can have. */
  readonly developer_seats?: number | null;
  /** How many IT users it can have. */
  readonly it_seats?: number | null;
  /** How many Explorer users it can have. */
  readonly explorer_seats?: number | null;
  /** How many analysts it can have. */
  readonly analyst_seats?: number | null;
  /** How many read-only users it can have. */
  readonly read_only_seats?: number | null;
  /** Whether it is locked. */
  readonly locked?: boolean | null;
  /** Why it is locked, in words. */
  readonly lock_reason?: string | null;
  /** Why it is locked: see {@linkcode LockCause}. */
  readonly lock_cause?: string | null;
  /** When it was unlocked. */
  readonly unlocked_at?: string | null;
  /** Whether paying unlocks it. Source: recorded answers. */
  readonly unlock_if_subscription_renewed?: boolean | null;
  /** Until when it may not run anything. */
  readonly run_locked_until?: string | null;
  /** Until when it may not use Copilot. */
  readonly copilot_locked_until?: string | null;
  /** Whether its agents are out of credit. */
  readonly agent_credit_locked?: boolean | null;
  /** Whether its subscription is about to end. */
  readonly pending_cancel?: boolean | null;
  /** When its trial ends. */
  readonly trial_end_date?: string | null;
  /** Who is sent the bill. */
  readonly billing_email_address?: string | null;
  /** Its number at Stripe. Source: the specification of 2023. */
  readonly stripe_customer_id?: string | null;
  /** Its number at Metronome. Source: the specification of 2023. */
  readonly metronome_customer_id?: string | null;
  /** Its number at Salesforce. Source: the specification of 2023. */
  readonly salesforce_customer_id?: string | null;
  /** Who else bills it. Source: the specification of 2023, which does not say its shape. */
  readonly third_party_billing?: unknown;
  /** The memory of a run, in MiB. */
  readonly pod_memory_request_mebibytes?: number | null;
  /** The memory of a development session, in MiB. */
  readonly develop_pod_memory_request_mebibytes?: number | null;
  /** Seconds until dbt Cloud cancels any run. */
  readonly run_duration_limit_seconds?: number | null;
  /** How many runs can be queued. */
  readonly queue_limit?: number | null;
  /** The name in its login page's address. */
  readonly enterprise_login_slug?: string | null;
  /** Its login page. Source: recorded answers. */
  readonly enterprise_login_url?: string | null;
  /** How its users log in. Source: recorded answers. */
  readonly enterprise_authentication_method?: string | null;
  /** Its name at the identity provider. Source: recorded answers. */
  readonly enterprise_unique_identifier?: string | null;
  /** Whether its users have to log in by SSO. Source: recorded answers. */
  readonly force_sso?: boolean | null;
  /** Whether its users log in by SSO again and again. Source: recorded answers. */
  readonly sso_reauth?: boolean | null;
  /** Whether it is business critical. */
  readonly business_critical?: boolean | null;
  /** Whether development has a file system. Source: recorded answers. */
  readonly develop_file_system?: boolean | null;
  /** Whether runs may cache repositories. Source: the specification of 2023. */
  readonly allow_repo_caching?: boolean | null;
  /** The repository that new projects start from. */
  readonly starter_repo_url?: string | null;
  /** Who authenticates to git: `team`, `personal`. */
  readonly git_auth_level?: string | null;
  /** Its name in addresses. */
  readonly identifier?: string | null;
  /** Its subdomain, given by dbt. */
  readonly static_subdomain?: string | null;
  /** Its subdomain, chosen by itself. */
  readonly vanity_subdomain?: string | null;
  /** The groups of its users. Their shape is not published. */
  readonly groups?: ReadonlyArray<unknown> | null;
  /** Its moves between regions. Their shape is not published. */
  readonly account_migration_events?: ReadonlyArray<unknown> | null;
  /** The job that makes the documentation. Source: recorded answers. */
  readonly docs_job?: Job | null;
  /** The job that looks at the freshness of sources. Source: recorded answers. */
  readonly freshness_job?: Job | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

const job = Schema.suspend((): Schema.Codec<Job> => Job);

/** Reads an {@linkcode Account}. */
export const Account: Schema.Codec<Account> = struct({
  id: Schema.Int,
  ...accountOptions,
  plan: nullable(named(Schema.String, Plan)),
  run_slots: nullable(Schema.Int),
  developer_seats: nullable(Schema.Int),
  it_seats: nullable(Schema.Int),
  explorer_seats: nullable(Schema.Int),
  analyst_seats: nullable(Schema.Int),
  read_only_seats: nullable(Schema.Int),
  locked: nullable(Schema.Boolean),
  lock_reason: nullable(Schema.String),
  lock_cause: nullable(named(Schema.String, LockCause)),
  unlocked_at: nullable(Schema.String),
  unlock_if_subscription_renewed: nullable(Schema.Boolean),
  run_locked_until: nullable(Schema.String),
  copilot_locked_until: nullable(Schema.String),
  agent_credit_locked: nullable(Schema.Boolean),
  pending_cancel: nullable(Schema.Boolean),
  trial_end_date: nullable(Schema.String),
  billing_email_address: nullable(Schema.String),
  stripe_customer_id: nullable(Schema.String),
  metronome_customer_id: nullable(Schema.String),
  salesforce_customer_id: nullable(Schema.String),
  third_party_billing: optional(Schema.Unknown),
  pod_memory_request_mebibytes: nullable(Schema.Int),
  develop_pod_memory_request_mebibytes: nullable(Schema.Int),
  run_duration_limit_seconds: nullable(Schema.Int),
  queue_limit: nullable(Schema.Int),
  enterprise_login_slug: nullable(Schema.String),
  enterprise_login_url: nullable(Schema.String),
  enterprise_authentication_method: nullable(Schema.String),
  enterprise_unique_identifier: nullable(Schema.String),
  force_sso: nullable(Schema.Boolean),
  sso_reauth: nullable(Schema.Boolean),
  business_critical: nullable(Schema.Boolean),
  develop_file_system: nullable(Schema.Boolean),
  allow_repo_caching: nullable(Schema.Boolean),
  starter_repo_url: nullable(Schema.String),
  git_auth_level: nullable(Schema.String),
  identifier: nullable(Schema.String),
  static_subdomain: nullable(Schema.String),
  vanity_subdomain: nullable(Schema.String),
  groups: nullable(Schema.Array(Schema.Unknown)),
  account_migration_events: nullable(Schema.Array(Schema.Unknown)),
  docs_job: nullable(job),
  freshness_job: nullable(job),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "plan", "run_slots", "developer_seats", "locked", "created_at"] });

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
export const list: Endpoint<List, Page<Account>> = endpoint({
  route: "GET /api/v3/accounts/",
  summary: "List the accounts that the token can see",
  request: listRequest,
  success: page(Account),
  dbtc: "list_accounts",
});

/** List the accounts that the token can see, by API v2. */
export const listV2: Endpoint<List, Page<Account>> = endpoint({
  route: "GET /api/v2/accounts/",
  summary: "List the accounts that the token can see, by API v2",
  request: listRequest,
  success: page(Account),
  deprecated: "accounts list",
});

/** What {@linkcode get} asks for. */
export interface Get extends InAccount, List {}

/** Get one account: its plan, seats and limits. */
export const get: Endpoint<Get, Account> = endpoint({
  route: "GET /api/v2/accounts/:account_id/",
  summary: "Get one account: its plan, seats and limits",
  request: { ...inAccount, ...listRequest },
  success: data(Account),
  dbtc: "get_account",
});

/** What {@linkcode getByName} asks for. */
export interface GetByName {
  /** The account's name, letter for letter. */
  readonly account_name: string;
}

/** Get one account by its name. Fails with `NotFound` for none, and with `Unsendable` for several. */
export const getByName: Workflow<GetByName, Account> = workflow({
  summary: "Get one account by its name",
  request: { account_name: field(Schema.String, "The account's name, letter for letter") },
  run: Effect.fn("accounts.getByName")(function* ({ account_name }: GetByName) {
    const accounts = Stream.fromArrayEffect(Effect.map(list({}), (page) => page.data));
    const { id } = yield* oneNamed("accounts.getByName", "account", account_name, accounts);
    return yield* get({ account_id: id });
  }),
  dbtc: "get_account_by_name",
});

/** What {@linkcode update} asks for. */
export interface Update extends InAccount, AccountOptions {
  /** The name. */
  readonly name: string;
}

/** Update an account's settings. What is not given is reset. */
export const update: Endpoint<Update, Account> = endpoint({
  route: "POST /api/v2/accounts/:account_id/",
  summary: "Update an account's settings",
  request: { ...inAccount, ...accountOptions, name: field(Schema.String, "The name") },
  replaces: true,
  success: data(Account),
});

/** What {@linkcode patch} asks for. */
export interface Patch extends InAccount, AccountOptions {}

/** Change some of an account's settings. */
export const patch: Endpoint<Patch, Account> = endpoint({
  route: "PATCH /api/v2/accounts/:account_id/",
  summary: "Change some of an account's settings",
  request: { ...inAccount, ...accountOptions },
  success: data(Account),
});

/** What {@linkcode whoami} asks for: nothing. */
export type Whoami = Readonly<Record<string, never>>;

/** Get the user that the token belongs to. */
export const whoami: Endpoint<Whoami, CurrentUser> = endpoint({
  route: "GET /api/v2/whoami/",
  summary: "Get the user that the token belongs to",
  request: {},
  success: data(CurrentUser),
  undocumented: "Published until 2023-06-16; the Terraform provider and dbt-mcp use it",
});

/** Get how many licences an account has, by kind. */
export const getLicenses: Endpoint<InAccount, LicenseAllocation | ReadonlyArray<LicenseAllocation>> = endpoint({
  route: "GET /api/v2/accounts/:account_id/licenses/",
  summary: "Get how many licences an account has, by kind",
  request: inAccount,
  // The specification says a list of them; nobody has recorded one.
  success: data(Schema.Union([Schema.Array(LicenseAllocation), LicenseAllocation])),
  dbtc: "get_account_licenses",
});

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
export const listAuditLogs: Endpoint<ListAuditLogs, Page<AuditLog>> = endpoint({
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
export const listFeatureFlags: Endpoint<InAccount, unknown> = endpoint({
  route: "GET /api/v3/accounts/:account_id/feature-flag/",
  summary: "List the feature flags of an account",
  request: inAccount,
  success: data(Schema.Unknown),
  dbtc: "list_feature_flags",
  undocumented: "Python dbtc uses it",
});
