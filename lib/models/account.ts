/**
 * The model of an account: interfaces, with the schemas that check answers. `lib/api/accounts.ts` exports it.
 *
 * dbt Cloud nests accounts, environments, jobs, projects and runs in each other, so the files of this folder import
 * each other.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { field, type Members, named, type Nested, nested, nullable, optional, State, struct } from "../schema.ts";
import { Job } from "./job.ts";

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

/** The fields of {@linkcode AccountOptions}. */
export const AccountOptions: Members<AccountOptions> = {
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
  readonly docs_job?: Nested<Job> | null;
  /** The job that looks at the freshness of sources. Source: recorded answers. */
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
