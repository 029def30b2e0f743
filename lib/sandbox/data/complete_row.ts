/**
 * Turns what a request or a seed says into a complete row: with ids, defaults, and the fields that dbt Cloud derives
 * when it stores the row. Fields that are derived each time a row is shown are in `endpoints/computed_fields.ts`.
 *
 * @module
 */
import { isRow, listIn, objectIn, objectsIn, type Row } from "../protocol/response_format.ts";
import { configDefaults } from "./connection_config.ts";
import { derivedJob } from "./job_fields.ts";
import { hash } from "./stable_ids.ts";
import { rowMembers } from "../protocol/routes.ts";

/**
 * A complete row: what is written, over the defaults of its collection. `before` is the stored row that it replaces.
 */
export function completeRow(collection: string, written: Row, before?: Row): Row {
  const row: Row = {};
  for (const name of rowMembers(collection).keys()) row[name] = null;
  Object.assign(row, { state: 1 }, defaults[collection]);
  for (const [name, value] of Object.entries(written)) {
    const parts = row[name];
    row[name] = isRow(parts) && isRow(value) ? { ...parts, ...value } : value;
  }
  if ("raw_dbt_version" in row) row.raw_dbt_version = row.dbt_version;
  return { ...row, ...derivedOnWrite[collection]?.(row, written, before) };
}

/** How the ids of a collection begin, where they are text. */
const prefixes: Readonly<Record<string, string>> = { "webhooks/subscriptions": "wsu_", "private-endpoints": "ple_" };

/** The id of a new row, such as 5 or `wsu_…`, and its `uid` where its collection has one. `next` is its number. */
export function newIds(collection: string, next: number): Row {
  const members = rowMembers(collection);
  const text = hash(`${collection}/${next}`);
  const id = members.get("id")?._tag === "String" ? (prefixes[collection] ?? "") + text : next;
  return members.has("uid") ? { id, uid: text } : { id };
}

/** By collection: the fields of a new row that are not null by default. */
const defaults: Readonly<Record<string, Row>> = {
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
    },
    schedule: { cron: "0 * * * *", date: { type: "every_day" }, time: { type: "every_hour", interval: 1 } },
    generate_docs: false,
    run_generate_sources: false,
    is_deferrable: false,
    is_system: false,
    deactivated: false,
    run_failure_count: 0,
    lifecycle_webhooks: false,
    run_compare_changes: false,
    compare_changes_flags: "--select state:modified",
    run_lint: false,
    errors_on_lint_failure: true,
    triggers_on_draft_pr: false,
  },
  // The older Terraform provider (0.3.26) reads `target_name` of every credential.
  credentials: { target_name: "default" },
  connections: { is_ssh_tunnel_enabled: false, is_configured_for_native_oauth: false },
  "extended-attributes": { extended_attributes: {} },
  groups: { assign_by_default: false, sso_mapping_groups: [], scim_managed: false },
  "license-maps": { sso_license_mapping_groups: [] },
  notifications: { type: 1, on_cancel: [], on_failure: [], on_success: [], on_warning: [] },
  "platform-metadata-credentials": {
    catalog_ingestion_enabled: false,
    cost_optimization_enabled: false,
    cost_insights_enabled: false,
  },
  "notification-settings": { is_active: true, channels: [], rules: [] },
  "semantic-layer-credentials": { schema_type: "semantic_layer_credentials", values: {} },
  "service-tokens": { type: 2, metadata_only: false, webhooks_only: false },
  "users/account-apikeys": { type: 2 },
  "webhooks/subscriptions": { description: "", job_ids: [], http_status_code: "0" },
};

// ---- derived when a row is written ----------------------------------------------------------------------------------

/** Warehouses that have a `type` of their own in connections and credentials of a project; others are `adapter`. */
const classic = ["postgres", "redshift", "snowflake", "bigquery"];

/** A connection of an account has `config`, one of a project `details`. The row always has `config`. */
function connection(row: Row): Row {
  const { details, config, adapter_version, type } = row;
  const adapter = adapter_version ?? (classic.includes(String(type)) ? `${type}_v0` : null);
  const kind = String(adapter).replace(/_v\d+$/, "");
  const given = details ?? config;
  const { client_id, ...rest } = objectIn(given);
  // Older connections of a project name the fields of their adapter themselves.
  const fields = isRow(rest.connection_details) ? rest : { ...configDefaults(String(adapter)), ...rest };
  return {
    adapter_version: adapter,
    type: type ?? (classic.includes(kind) ? kind : "adapter"),
    // The OAuth client's id is a secret of Databricks only.
    config: client_id === undefined || kind === "databricks" ? fields : { ...fields, client_id },
    details: null,
  };
}

/** Fields that credentials of an adapter have twice: as their own, and among their details. */
const mirrored = ["schema", "target_name", "threads"];

/**
 * Values that an adapter marks as encrypted are not stored. A field that is changed at the top only is changed in the
 * details too: so the Terraform provider updates `dbtcloud_bigquery_credential` (inferred).
 */
function credentials(row: Row, _: Row, before?: Row): Row {
  const { type, credential_details: details, adapter_version } = row;
  const adapter = { adapter_version: adapter_version ?? (classic.includes(String(type)) ? `${type}_v0` : null) };
  if (!isRow(details) || !isRow(details.fields)) return adapter;
  const hidden = ({ metadata }: Row) => isRow(metadata) && metadata.encrypt === true;
  const own: Row = {};
  const fields = Object.entries(details.fields).flatMap(([name, field]): ReadonlyArray<[string, Row]> => {
    if (!isRow(field)) return [];
    const changed = before !== undefined && mirrored.includes(name) && (row[name] ?? before[name]) !== before[name];
    const value = hidden(field) ? "" : changed ? row[name] : field.value;
    if (mirrored.includes(name) && value !== undefined && value !== "") own[name] = value;
    return [[name, { ...field, value }]];
  });
  return { ...adapter, ...own, credential_details: { ...details, fields: Object.fromEntries(fields) } };
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

/** The public part of the keys that dbt Cloud makes. */
const publicKey = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 dbt-cloud";

/** What dbt Cloud shows instead of the value of a secret variable. */
const stars = "**********";

function envVar({ name, raw_value, display_value }: Row): Row {
  const value = String(name).startsWith("DBT_ENV_SECRET") ? stars : raw_value ?? display_value;
  return { raw_value: value, display_value: value };
}

/** The objects of a list, each with an `id`: its own, or the next number. The Terraform provider reads them. */
function withIds(list: unknown): ReadonlyArray<unknown> {
  const objects = objectsIn(list);
  let next = Math.max(0, ...objects.map(({ id }) => Number(id ?? 0)));
  return objects.map((object) => ({ ...object, id: object.id ?? ++next }));
}

/**
 * By collection: fields that dbt Cloud derives when a row is written, and stores: later writes, filters and runs see
 * them. `row` has its defaults already; `written` is what the request says.
 */
const derivedOnWrite: Readonly<Record<string, (row: Row, written: Row, before?: Row) => Row>> = {
  jobs: derivedJob,
  connections: connection,
  credentials,
  "notification-settings": ({ channels, rules }) => ({ channels: withIds(channels), rules: withIds(rules) }),
  repositories: repository,
  "environment-variables": envVar,
  encryptions: ({ public_key }) => ({ public_key: public_key ?? publicKey }),
  users: ({ first_name, last_name }) => ({ fullname: `${first_name} ${last_name}` }),
  "webhooks/subscriptions": ({ job_ids }) => ({ job_ids: listIn(job_ids).map(String) }),
};
