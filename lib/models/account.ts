/**
 * The model of an account: interfaces, with the schemas that validate responses. `lib/api/accounts.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files in this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, struct } from "../schema.ts";
import { State } from "../shared_fields.ts";
import { Job } from "./job.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The plans of an account. */
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

/** The fields of an account that requests can set. */
export interface AccountOptions {
  /** The account's name. */
  readonly name?: string | null;
  /** State of the account: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** The id of the job that generates the docs. Deprecated by dbt. */
  readonly docs_job_id?: number | null;
  /** The id of the job that checks source freshness. Deprecated by dbt. */
  readonly freshness_job_id?: number | null;
}

/** The fields of {@linkcode AccountOptions}. */
export const AccountOptions: Members<AccountOptions> = {
  name: nullable(field(Schema.String, "Name of the account")),
  state: nullable(field(named(Schema.Int, State), "State of the account")),
  docs_job_id: nullable(field(Schema.Int, "Id of the job that generates the docs (deprecated)")),
  freshness_job_id: nullable(field(Schema.Int, "Id of the job that checks source freshness (deprecated)")),
};

/** An account. */
export interface Account extends AccountOptions {
  /** The account's id. */
  readonly id: number;
  /** Its plan: see {@linkcode Plan}. */
  readonly plan?: string | null;
  /** How many runs can run at the same time. */
  readonly run_slots?: number | null;
  /** The number of developer licenses. */
  readonly developer_seats?: number | null;
  /** The number of IT licenses. */
  readonly it_seats?: number | null;
  /** The number of Explorer licenses. */
  readonly explorer_seats?: number | null;
  /** The number of analyst licenses. */
  readonly analyst_seats?: number | null;
  /** The number of read-only licenses. */
  readonly read_only_seats?: number | null;
  /** Whether it is locked. */
  readonly locked?: boolean | null;
  /** Why it is locked, in words. */
  readonly lock_reason?: string | null;
  /** Why it is locked: see {@linkcode LockCause}. */
  readonly lock_cause?: string | null;
  /** When it was unlocked. */
  readonly unlocked_at?: string | null;
  /** Whether renewing the subscription unlocks it. Source: recorded responses. */
  readonly unlock_if_subscription_renewed?: boolean | null;
  /** Until when it cannot start runs. */
  readonly run_locked_until?: string | null;
  /** Until when it cannot use Copilot. */
  readonly copilot_locked_until?: string | null;
  /** Whether agents are locked because their credit is used up. */
  readonly agent_credit_locked?: boolean | null;
  /** Whether its subscription will be cancelled. */
  readonly pending_cancel?: boolean | null;
  /** When its trial ends. */
  readonly trial_end_date?: string | null;
  /** The email address for billing. */
  readonly billing_email_address?: string | null;
  /** Its customer id at Stripe. Source: the specification of 2023. */
  readonly stripe_customer_id?: string | null;
  /** Its customer id at Metronome. Source: the specification of 2023. */
  readonly metronome_customer_id?: string | null;
  /** Its customer id at Salesforce. Source: the specification of 2023. */
  readonly salesforce_customer_id?: string | null;
  /** Billing by a third party. Source: the specification of 2023, which does not describe its structure. */
  readonly third_party_billing?: unknown;
  /** The memory for a run, in MiB. */
  readonly pod_memory_request_mebibytes?: number | null;
  /** The memory for a development session, in MiB. */
  readonly develop_pod_memory_request_mebibytes?: number | null;
  /** The maximum duration of a run, in seconds. dbt Cloud cancels longer runs. */
  readonly run_duration_limit_seconds?: number | null;
  /** How many runs can be queued. */
  readonly queue_limit?: number | null;
  /** The name in the URL of its login page. */
  readonly enterprise_login_slug?: string | null;
  /** The URL of its login page. Source: recorded responses. */
  readonly enterprise_login_url?: string | null;
  /** The SSO method of its users. Source: recorded responses. */
  readonly enterprise_authentication_method?: string | null;
  /** Its name at the identity provider. Source: recorded responses. */
  readonly enterprise_unique_identifier?: string | null;
  /** Whether its users must log in with SSO. Source: recorded responses. */
  readonly force_sso?: boolean | null;
  /** Whether its users must log in with SSO again from time to time. Source: recorded responses. */
  readonly sso_reauth?: boolean | null;
  /** Whether it is business critical. */
  readonly business_critical?: boolean | null;
  /** Whether development has a file system. Source: recorded responses. */
  readonly develop_file_system?: boolean | null;
  /** Whether runs may cache repositories. Source: the specification of 2023. */
  readonly allow_repo_caching?: boolean | null;
  /** The repository that new projects start from. */
  readonly starter_repo_url?: string | null;
  /** Whose git authentication is used: `team`, `personal`. */
  readonly git_auth_level?: string | null;
  /** Its identifier in URLs. */
  readonly identifier?: string | null;
  /** Its subdomain, assigned by dbt. */
  readonly static_subdomain?: string | null;
  /** Its subdomain, chosen by the customer. */
  readonly vanity_subdomain?: string | null;
  /** Its groups of users. Their structure is not documented. */
  readonly groups?: ReadonlyArray<unknown> | null;
  /** Its migrations between regions. Their structure is not documented. */
  readonly account_migration_events?: ReadonlyArray<unknown> | null;
  /** The job that generates the docs. Source: recorded responses. */
  readonly docs_job?: Nested<Job> | null;
  /** The job that checks source freshness. Source: recorded responses. */
  readonly freshness_job?: Nested<Job> | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

const job = nested((): Schema.Codec<Job> => Job);

/** Reads an {@linkcode Account}. */
export const Account: Schema.Codec<Account> = struct({
  id: Schema.Int,
  ...AccountOptions,
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
