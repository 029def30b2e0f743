/**
 * What each collection's things are like: their defaults, and what dbt Cloud makes of them.
 *
 * @module
 */
import { isDeleted, type Store } from "./row_store.ts";
import { isRow, type Row } from "../protocol/response_format.ts";

/** What a new thing has where nothing is given; whatever else its answer knows is null. */
export const defaults: Readonly<Record<string, Row>> = {
  accounts: {
    plan: "enterprise",
    run_slots: 1,
    developer_seats: 0,
    it_seats: 0,
    explorer_seats: 0,
    analyst_seats: 0,
    read_only_seats: 0,
    locked: false,
    unlock_if_subscription_renewed: false,
    agent_credit_locked: false,
    pending_cancel: false,
    pod_memory_request_mebibytes: 600,
    develop_pod_memory_request_mebibytes: 0,
    run_duration_limit_seconds: 86400,
    queue_limit: 50,
    force_sso: false,
    sso_reauth: false,
    business_critical: false,
    develop_file_system: true,
    groups: [],
    account_migration_events: [],
  },
  projects: { skipped_setup: false, type: 0, group_permissions: [] },
  environments: {
    name: "New Environment",
    dbt_version: "latest",
    type: "deployment",
    use_custom_branch: false,
    supports_docs: false,
    is_deferrable: false,
    enable_model_query_history: false,
    enable_dbt_state: false,
  },
  jobs: {
    description: "",
    execute_steps: [],
    execution: { timeout_seconds: 0 },
    settings: { threads: 1, target_name: "default" },
    triggers: {
      github_webhook: false,
      git_provider_webhook: null,
      schedule: false,
      on_merge: null,
      custom_branch_only: null,
    },
    schedule: { cron: "0 * * * *", date: { type: "every_day" }, time: { type: "every_hour", interval: 1 } },
    generate_docs: false,
    run_generate_sources: false,
    generate_sources: false,
    is_deferrable: false,
    is_system: false,
    deactivated: false,
    run_failure_count: 0,
    lifecycle_webhooks: false,
    run_compare_changes: false,
    compare_changes_flags: "--select state:modified",
    run_lint: false,
    errors_on_lint_failure: true,
    cost_optimization_features: [],
    triggers_on_draft_pr: false,
  },
  connections: { is_ssh_tunnel_enabled: false, is_configured_for_native_oauth: false },
  "extended-attributes": { extended_attributes: {} },
  groups: { assign_by_default: false, sso_mapping_groups: [], scim_managed: false },
  "license-maps": { sso_license_mapping_groups: [] },
  notifications: { type: 1, on_cancel: [], on_failure: [], on_success: [], on_warning: [] },
  "notification-settings": { is_active: true, channels: [], rules: [] },
  "semantic-layer-credentials": { schema_type: "semantic_layer_credentials", values: {} },
  "service-tokens": { type: 2, metadata_only: false, webhooks_only: false },
  "users/account-apikeys": { type: 2 },
  "webhooks/subscriptions": { description: "", job_ids: [], http_status_code: "0" },
};

/** The things that come without being asked for, as the recorded answers have them. */
export const always: Readonly<Record<string, ReadonlyArray<string>>> = {
  "v2 projects": ["connection", "repository"],
  "v3 projects": ["connection", "repository"],
  "v2 environments": ["connection", "repository"],
  "v3 environments": ["project"],
  "v3 groups": ["group_permissions"],
  "v2 notifications": ["user"],
  "v3 semantic-layer-configurations": ["semantic_layer_credentials"],
  "v2 users": ["permissions"],
  "v3 users": ["license"],
};

// ---- what is made of a thing that was written -----------------------------------------------------------------------

function job(row: Row, given: Row): Row {
  const triggers = isRow(row.triggers) ? row.triggers : {};
  const kind = triggers.github_webhook || triggers.git_provider_webhook
    ? "ci"
    : triggers.on_merge
    ? "merge"
    : triggers.schedule
    ? "scheduled"
    : "other";
  const schedule = isRow(row.schedule) ? row.schedule : {};
  const time = isRow(schedule.time) ? schedule.time : {};
  const every = time.type === "every_hour" ? Number(time.interval ?? 1) : undefined;
  return {
    job_type: given.job_type ?? kind,
    generate_sources: row.run_generate_sources,
    cron_humanized: every === undefined ? schedule.cron ?? null : every === 1 ? "Every hour" : `Every ${every} hours`,
  };
}

/** Warehouses that connections and credentials of a project call by their own name; all others are an adapter. */
const classic = ["postgres", "redshift", "snowflake", "bigquery"];

/** Connections of an account and of a project are the same things, told otherwise. */
function connection(row: Row): Row {
  const { details, config, adapter_version, type } = row;
  const adapter = adapter_version ?? (classic.includes(String(type)) ? `${type}_v0` : null);
  const kind = String(adapter).replace(/_v\d+$/, "");
  const { client_id, ...rest } = isRow(details ?? config) ? { ...Object(details ?? config) } : {};
  return {
    adapter_version: adapter,
    type: type ?? (classic.includes(kind) ? kind : "adapter"),
    // The OAuth client's id is a secret of Databricks only.
    config: client_id === undefined || kind === "databricks" ? rest : { ...rest, client_id },
    details: null,
  };
}

/** What an adapter needs to log in can be read without the secrets. */
function credentials({ type, credential_details: details, adapter_version }: Row): Row {
  const adapter = { adapter_version: adapter_version ?? (classic.includes(String(type)) ? `${type}_v0` : null) };
  if (!isRow(details) || !isRow(details.fields)) return adapter;
  const fields = Object.entries(details.fields).filter((field): field is [string, Row] => isRow(field[1]));
  const hidden = ({ metadata }: Row) => isRow(metadata) && metadata.encrypt === true;
  return {
    ...adapter,
    credential_details: {
      ...details,
      fields: Object.fromEntries(fields.map(([name, one]) => [name, hidden(one) ? { ...one, value: "" } : one])),
    },
    unencrypted_credential_details: Object.fromEntries(
      fields.filter(([, one]) => !hidden(one)).map(([name, { value }]) => [name, value]),
    ),
  };
}

const hosts: ReadonlyArray<readonly [string, string]> = [
  ["github.com", "github"],
  ["gitlab.com", "gitlab"],
  ["dev.azure.com", "ado"],
];

function repository(row: Row): Row {
  const url = String(row.remote_url ?? "");
  const [, host = "", path = ""] = /^(?:\w+:\/\/)?(?:[^@/]*@)?([^:/]+)[:/](.*?)(?:\.git)?$/.exec(url) ?? [];
  const full = String(row.full_name ?? path);
  const strategy = row.git_clone_strategy ?? "deploy_key";
  const key = { id: row.deploy_key_id ?? row.id ?? 1, account_id: row.account_id, state: 1, public_key: publicKey };
  return {
    full_name: full,
    name: row.name ?? full.split("/").at(-1),
    remote_backend: row.remote_backend ?? hosts.find(([name]) => name === host)?.[1] ?? "manual_config",
    git_clone_strategy: strategy,
    web_url: row.web_url ?? (host === "" ? null : `https://${host}/${full}`),
    ...strategy === "deploy_key" && row.deploy_key === null ? { deploy_key: key, deploy_key_id: key.id } : {},
  };
}

/** The public half of the keys that dbt Cloud makes. */
const publicKey = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 dbt-cloud";

/** How a secret value of an environment variable is shown. */
const stars = "**********";

function envVar({ name, raw_value, display_value }: Row): Row {
  const value = String(name).startsWith("DBT_ENV_SECRET") ? stars : raw_value ?? display_value;
  return { raw_value: value, display_value: value };
}

/** By collection. */
export const made: Readonly<Record<string, (row: Row, given: Row) => Row>> = {
  jobs: job,
  connections: connection,
  credentials,
  repositories: repository,
  "environment-variables": envVar,
  encryptions: ({ public_key }) => ({ public_key: public_key ?? publicKey }),
  users: ({ first_name, last_name }) => ({ fullname: `${first_name} ${last_name}` }),
  "webhooks/subscriptions": ({ job_ids }) => ({ job_ids: Array.isArray(job_ids) ? job_ids.map(String) : [] }),
};

// ---- what follows from other things ---------------------------------------------------------------------------------

/** Shows another thing, where it is there. */
export type See = (collection: string, id: unknown) => Row | undefined;

function of(store: Store, collection: string, field: string, row: Row): ReadonlyArray<Row> {
  return store.rows(collection).filter((other) => other[field] === row.id && !isDeleted(other));
}

/** The ids that a row has of others. */
export function idsIn(row: Row, field: string): ReadonlyArray<unknown> {
  const ids = row[field];
  return Array.isArray(ids) ? ids : [];
}

function groupsOf(row: Row, see: See): Row {
  return { groups: idsIn(row, "group_ids").flatMap((id) => see("groups", id) ?? []) };
}

function binding({ id, name, type, deployment_type }: Row): Row {
  return { id, name, type, deployment_type };
}

function grant({ permission_set, project_id, writable_environment_categories }: Row): Row {
  return { permission_set, project_id, writable_environment_categories };
}

/** By collection: what a thing's answers say that its row does not. */
export const computed: Readonly<Record<string, (row: Row, store: Store, see: See) => Row>> = {
  connections: (row, store) => ({
    details: row.config,
    environment__count: of(store, "environments", "connection_id", row).length,
  }),
  groups: (row, store) => ({
    member_count: store.rows("permissions").filter((one) => !isDeleted(one) && idsIn(one, "group_ids").includes(row.id))
      .length,
  }),
  invites: (row, _, see) => groupsOf(row, see),
  permissions: (row, _, see) => groupsOf(row, see),
  profiles: (row, store) => ({
    primary_bindings: of(store, "environments", "primary_profile_id", row).map(binding),
    catalog_bindings: [],
  }),
  "semantic-layer-credentials": (row, store) => ({
    service_tokens: of(
      store,
      "semantic-layer-credential-to-service-token-mappings",
      "semantic_layer_credentials_id",
      row,
    )
      .map(({ service_token_id }) => {
        const { id, account_id, uid, name } = store.find("service-tokens", service_token_id) ?? {};
        return { id, account_id, uid, name };
      }),
  }),
  "service-tokens": (row, store) => {
    const permissions = of(store, "service-tokens/permissions", "service_token_id", row);
    return { permission_grants: permissions.map(grant), service_token_permissions: permissions };
  },
};
