/**
 * How dbt Cloud's answers look, as small cases of our own: the members, which of them are null, missing or empty, and how
 * times are written are those of recorded answers; the values are made up.
 *
 * Source: the recorded answers of 2021 to 2023 in data-mie/dbt-cloud-cli (`tests/data`, Apache-2.0). Where the folder of
 * evidence is there, `recorded_answers_test.ts` compares each case with its recording.
 *
 * @module
 */
import type { Json } from "../../support/damage.ts";

/** An answer in dbt's envelope. */
export interface Envelope {
  /** What came of the request. */
  readonly status: Json;
  /** The thing, or the rows. */
  readonly data: Json;
  /** How a list was asked for. Single things and some lists come without it. */
  readonly extra?: Json;
}

type Members = Readonly<Record<string, Json>>;

/** Members that are there, and null. */
function nulls(names: string): Members {
  return Object.fromEntries(names.split(" ").map((name) => [name, null]));
}

function envelope(code: number, data: Json, extra?: Json): Envelope {
  const status = { code, is_success: true, user_message: "Success!", developer_message: "" };
  return { status, data, ...extra === undefined ? {} : { extra } };
}

/** Times of v3, and of runs: a space between day and time. */
const spaced = { created_at: "2024-02-29 08:09:10.000011+00:00", updated_at: "2024-03-01 00:00:00.500000+00:00" };
/** Times of v2, and of accounts: a T between them. */
const joined = { created_at: "2024-02-29T08:09:10.000011+00:00", updated_at: "2024-03-01T00:00:00.500000+00:00" };

// ---- accounts -------------------------------------------------------------------------------------------------------

const account: Members = {
  id: 3,
  name: "Corner Shop",
  identifier: "corner-3",
  state: 1,
  plan: "team",
  git_auth_level: "team",
  billing_email_address: "bills@example.com",
  run_slots: 2,
  developer_seats: 6,
  read_only_seats: 9,
  queue_limit: 40,
  pod_memory_request_mebibytes: 512,
  run_duration_limit_seconds: 7200,
  pending_cancel: false,
  locked: false,
  unlock_if_subscription_renewed: false,
  develop_file_system: true,
  sso_reauth: false,
  ...joined,
  // Python's word for nothing, within a text.
  enterprise_login_url: "https://sso.example.com/None/",
  ...nulls("docs_job_id freshness_job_id docs_job freshness_job lock_reason unlocked_at starter_repo_url"),
  ...nulls("enterprise_authentication_method enterprise_login_slug enterprise_unique_identifier"),
};

// ---- connections and repositories -----------------------------------------------------------------------------------

/** A connection of a project. A service token made it, so that no user did: one of the two is null. */
const snowflake: Members = {
  id: 21,
  account_id: 3,
  project_id: 5,
  name: "Warehouse of the shop",
  type: "snowflake",
  state: 1,
  created_by_id: null,
  created_by_service_token_id: 8,
  details: {
    account: "zz00000",
    database: "shop",
    warehouse: "small",
    role: "loader",
    allow_sso: false,
    client_session_keep_alive: false,
  },
  private_link_endpoint_id: null,
  ...spaced,
};

/** What BigQuery's connection says: always, in more places, and in most. */
const bigquery: Members = {
  project_id: "shop-in-the-cloud",
  timeout_seconds: 60,
  retries: 2,
  location: null,
  private_key_id: "hidden",
  client_email: "hidden",
  client_id: "hidden",
  auth_uri: "https://login.example.com/auth",
  token_uri: "https://login.example.com/token",
  auth_provider_x509_cert_url: "https://login.example.com/certificates",
  client_x509_cert_url: "https://login.example.com/certificates/shop",
};
const budget: Members = {
  maximum_bytes_billed: 0,
  job_retry_deadline_seconds: 0,
  job_creation_timeout_seconds: 0,
  ...nulls("priority scopes execution_project impersonate_service_account"),
};
const dataproc = nulls("gcs_bucket dataproc_region dataproc_cluster_name");

/** A connection within its project: made by a user. */
function within(details: Members): Members {
  return {
    id: 22,
    account_id: 3,
    project_id: 5,
    name: "Lake",
    type: "bigquery",
    state: 1,
    created_by_id: 12,
    created_by_service_token_id: null,
    details,
    ...spaced,
  };
}

const repository: Members = {
  id: 31,
  account_id: 3,
  project_id: 5,
  name: "transformations",
  full_name: "corner/transformations",
  github_repo: "corner/transformations",
  remote_url: "git://example.com/corner/transformations.git",
  remote_backend: "github",
  git_clone_strategy: "github_app",
  git_provider_id: 4,
  github_installation_id: 55,
  repository_credentials_id: null,
  deploy_key_id: 32,
  deploy_key: { id: 32, account_id: 3, state: 1, public_key: "ssh-ed25519 hidden" },
  pull_request_url_template: "https://example.com/corner/{{source}}/{{destination}}",
  state: 1,
  ...spaced,
};

// ---- projects -------------------------------------------------------------------------------------------------------

const documentation = nulls("docs_job_id freshness_job_id docs_job freshness_job");

const project: Members = {
  id: 5,
  account_id: 3,
  name: "shop",
  state: 1,
  skipped_setup: false,
  dbt_project_subdirectory: null,
  ...spaced,
  ...documentation,
};

/** A project that was just made has neither connection nor repository, and an empty list of permissions. */
const bare: Members = {
  ...project,
  group_permissions: [],
  ...nulls("connection_id repository_id semantic_layer_config_id connection repository"),
};

/** A project that is set up; the connection in a list says less than that of one project. */
function whole(details: Members): Members {
  return {
    ...project,
    connection_id: 22,
    repository_id: 31,
    connection: within({ ...details, is_configured_for_oauth: false }),
    repository: { ...repository, ...nulls("gitlab git_provider") },
    group_permissions: [],
  };
}

// ---- environments ---------------------------------------------------------------------------------------------------

/** An environment that was just made, with its whole project; it has no time of creation yet. */
const environment: Members = {
  id: 41,
  account_id: 3,
  project_id: 5,
  name: "nightly",
  type: "deployment",
  state: 1,
  dbt_version: "1.8.0-latest",
  raw_dbt_version: "1.8.0-latest",
  use_custom_branch: false,
  supports_docs: false,
  updated_at: spaced.updated_at,
  ...nulls("created_at credentials_id credentials custom_branch deployment_type jobs custom_environment_variables"),
  project: {
    ...project,
    connection_id: 22,
    repository_id: 31,
    connection: {
      ...within({ ...bigquery, ...budget, ...dataproc, is_configured_for_oauth: false }),
      private_link_endpoint_id: null,
    },
    repository: { ...repository, ...nulls("gitlab git_provider github_webhook_id") },
    ...nulls("semantic_layer_config_id group_permissions"),
  },
};

/** An environment in a list of v2: no time of creation, no type; its connection's details stand among its members. */
const listedEnvironment: Members = {
  id: 42,
  account_id: 3,
  project_id: 5,
  connection_id: 22,
  repository_id: 31,
  name: "Work",
  state: 1,
  dbt_version: "1.7.0-latest",
  raw_dbt_version: "1.7.0-latest",
  use_custom_branch: false,
  supports_docs: false,
  updated_at: joined.updated_at,
  ...nulls("credentials_id created_by_id custom_branch dbt_project_subdirectory"),
  repository: { ...repository, ...joined },
  connection: {
    id: 22,
    account_id: 3,
    // The project of dbt Cloud; `project_id` is BigQuery's, a text.
    dbt_project_id: 5,
    name: "Lake",
    type: "bigquery",
    state: 1,
    created_by_id: 12,
    created_by_service_token_id: null,
    ...bigquery,
    ...budget,
    ...dataproc,
  },
};

// ---- jobs and runs --------------------------------------------------------------------------------------------------

const job: Members = {
  id: 51,
  account_id: 3,
  project_id: 5,
  environment_id: 41,
  name: "Every night",
  state: 1,
  execute_steps: ["dbt build", "dbt source freshness"],
  execution: { timeout_seconds: 0 },
  settings: { threads: 3, target_name: "default" },
  triggers: { github_webhook: false, git_provider_webhook: null, custom_branch_only: false, schedule: false },
  schedule: { cron: "30 2 * * *", date: { type: "every_day" }, time: { type: "every_hour", interval: 2 } },
  cron_humanized: "At 02:30 AM",
  generate_docs: false,
  generate_sources: false,
  run_generate_sources: false,
  is_deferrable: false,
  lifecycle_webhooks: false,
  ...joined,
  ...nulls("dbt_version deferring_job_definition_id lifecycle_webhooks_url next_run next_run_humanized"),
};

/**
 * A run that was cancelled in the queue: it has a time of its end and none of its start; what is related is null, and
 * lists of it are empty. `job_id` is another number than `job_definition_id`.
 */
const cancelled: Members = {
  id: 61,
  account_id: 3,
  project_id: 5,
  environment_id: 41,
  job_definition_id: 51,
  job_id: 50,
  trigger_id: 62,
  status: 30,
  status_humanized: "Cancelled",
  status_message: "Somebody cancelled it.",
  dbt_version: "1.8.0",
  href: "https://example.com/runs/61/",
  in_progress: false,
  is_complete: true,
  is_success: false,
  is_error: false,
  is_cancelled: true,
  artifacts_saved: false,
  has_docs_generated: false,
  has_sources_generated: false,
  notifications_sent: false,
  scribe_enabled: true,
  blocked_by: [],
  run_steps: [],
  ...spaced,
  finished_at: spaced.updated_at,
  duration: "00:01:20",
  queued_duration: "00:01:20",
  run_duration: "00:00:00",
  duration_humanized: "1 minute, 20 seconds",
  queued_duration_humanized: "1 minute, 20 seconds",
  run_duration_humanized: "0 minutes",
  created_at_humanized: "1 minute, 20 seconds ago",
  finished_at_humanized: "0 minutes ago",
  ...nulls("git_branch git_sha owner_thread_id executed_by_thread_id deferring_run_id artifact_s3_path"),
  ...nulls("dequeued_at started_at last_checked_at last_heartbeat_at should_start_at trigger job environment"),
};

// ---- answers --------------------------------------------------------------------------------------------------------

/** The cases, by the recording whose facts they hold: `job_list` for `job_list_response.json`. */
export const answers = {
  // A list without an order, whose filter nobody asked for: the accounts that the token may see.
  account_list: envelope(200, [account], {
    filters: { pk__in: [3] },
    order_by: null,
    pagination: { count: 1, total_count: 1 },
  }),
  connection_create: envelope(201, snowflake),
  // A delete answers what it deleted: state 2.
  connection_delete: envelope(200, { ...snowflake, state: 2 }),
  connection_list: envelope(200, [{ ...snowflake, created_by_id: 12, created_by_service_token_id: null }], {
    filters: { account_id: 3, project_id: 5, limit: 1, offset: 0 },
    order_by: "id",
    pagination: { count: 1, total_count: 1 },
  }),
  environment_create: envelope(201, environment),
  // One of many rows.
  environment_list: envelope(200, [listedEnvironment], {
    filters: { account_id: 3, limit: 1, offset: 0 },
    order_by: "id",
    pagination: { count: 1, total_count: 17 },
  }),
  job_create: envelope(201, job),
  job_delete: envelope(200, { ...job, state: 2, execute_steps: ["dbt run"] }),
  // A list that says nothing of itself: no `extra`.
  job_list: envelope(200, [job]),
  project_create: envelope(201, { ...bare, dbt_project_subdirectory: "transform/" }),
  project_delete: envelope(200, { ...bare, state: 2 }),
  project_get: envelope(200, whole({ ...bigquery, ...budget })),
  project_list: envelope(200, [whole(bigquery)], {
    filters: { account_id: 3, limit: 100, offset: 0 },
    order_by: "id",
    pagination: { count: 1, total_count: 1 },
  }),
  run_cancel: envelope(200, cancelled),
} as const satisfies Readonly<Record<string, Envelope>>;
