/**
 * Rows of the Jaffle Shop's account beside its project: users and groups, tokens, webhooks, variables, audit logs and
 * settings. `jaffle_shop_seed.ts` puts them into the seed, so that no list of a new sandbox is empty.
 *
 * @module
 */
import type { Row } from "../protocol/response_format.ts";
import { hash } from "./stable_ids.ts";
import type { Seed } from "./row_store.ts";

const created = "2024-09-06 07:41:12.146234+00:00";
const common: Row = { account_id: 1, state: 1, created_at: created, updated_at: created };
const inProject: Row = { ...common, project_id: 1 };

/** The same time as `created`, in microseconds, as webhooks write it. */
const micros = "1725608472146234";

function user(id: number, first_name: string, last_name: string): Row {
  return {
    id,
    first_name,
    last_name,
    email: `${first_name.toLowerCase()}@jaffleshop.example`,
    is_active: true,
    is_staff: false,
    email_verified: true,
    last_login: created,
    created_at: created,
  };
}

function envVar(id: number, name: string, raw_value: string, rest: Row = {}): Row {
  return { ...inProject, id, name, type: "project", raw_value, ...rest };
}

function audit(id: string, event_type: string, event_label: string): Row {
  return {
    id,
    account_id: 1,
    source: "CLOUD_UI",
    service: "SERVICE_BACKEND",
    event_type,
    event_label,
    event_context: {},
    actor_type: "USER",
    actor_name: "Ada Jaffle",
    actor_id: 1,
    actor_ip: "192.0.2.1",
    logged_at: created,
    internal: false,
    state: 1,
    created_at: created,
    updated_at: created,
  };
}

const subscription = `wsu_${hash("subscription")}`;

function event(name: string, trigger_event_type: string): Row {
  const id = `wev_${hash(name)}`;
  return {
    id,
    subscription_id: subscription,
    account_id: "1",
    account_identifier: "act_jaffle123",
    job_id: "1",
    trigger_event_type,
    payload: JSON.stringify({
      accountId: 1,
      webhooksID: subscription,
      eventId: id,
      timestamp: "2024-09-06T07:41:12.146234Z",
      eventType: trigger_event_type,
      webhookName: "Tell the shop",
      data: { jobId: "1", jobName: "Daily build", projectId: "1", projectName: "jaffle_shop" },
    }),
    http_status_code: "200",
    created_at: micros,
    updated_at: micros,
  };
}

const events = [event("started", "job.run.started"), event("completed", "job.run.completed")];

/** The rows, by collection. */
export const accountSeed: Seed = {
  users: [user(1, "Ada", "Jaffle"), user(2, "Grace", "Waffle")],
  permissions: [
    { ...common, id: 1, user_id: 1, license_type: "developer", group_ids: [1, 2], permission_statements: [] },
    { ...common, id: 2, user_id: 2, license_type: "read_only", group_ids: [2], permission_statements: [] },
  ],
  groups: [
    { ...common, id: 1, name: "Owner" },
    { ...common, id: 2, name: "Everyone", assign_by_default: true },
  ],
  "group-permissions": [
    { ...common, id: 1, group_id: 1, permission_set: "owner", all_projects: true, project_id: null },
    { ...common, id: 2, group_id: 2, permission_set: "readonly", all_projects: false, project_id: 1 },
  ],
  invites: [{
    id: 1,
    account_id: 1,
    email_address: "linus@jaffleshop.example",
    license_type: "developer",
    status: 1,
    type: "manual",
    group_ids: [2],
    created_at: created,
  }],
  "license-maps": [{ ...common, id: 1, license_type: "developer", sso_license_mapping_groups: ["analytics"] }],
  "scim-config/tokens": [{ id: 1, account_id: 1, name: "Identity provider", created_at: created, state: 1 }],
  "service-tokens": [{ ...common, id: 1, uid: hash("token"), name: "Orchestrator" }],
  "service-tokens/permissions": [{
    ...common,
    id: 1,
    service_token_id: 1,
    permission_set: "job_admin",
    all_projects: true,
    project_id: null,
    writable_environment_categories: [],
  }],
  "users/account-apikeys": [{ ...common, id: 1, user_id: 1, uid: hash("apikey"), name: "Laptop" }],
  "users/credentials": [{ ...inProject, id: 1, user_id: 1, credentials_id: 1 }],
  "feature-flags": [{ id: 1, name: "dbt-explorer", value: true }, { id: 2, name: "fusion", value: false }],
  "audit-logs": [
    audit("aud_1", "auth.credentials.login.succeeded", "Login succeeded"),
    audit("aud_2", "job_definition.changed", "Job definition changed"),
  ],
  "oauth-configurations": [{
    id: 1,
    account_id: 1,
    type: "entra",
    name: "Entra ID",
    client_id: "0a1b2c3d",
    authorize_url: "https://login.microsoftonline.com/jaffle/oauth2/v2.0/authorize",
    token_url: "https://login.microsoftonline.com/jaffle/oauth2/v2.0/token",
    redirect_uri: "https://cloud.getdbt.com/complete/entra",
    created_at: created,
    updated_at: created,
  }],
  "notification-settings": [{
    id: 1,
    account_id: 1,
    name: "Failures",
    description: "To the channel of the data team",
    channels: [{ id: 1, channel_type: "teams", teams_team_id: "T1", teams_channel_id: "C1" }],
    rules: [{ id: 1, trigger_on: "failure", job_id: 1, job_name: "Daily build" }],
  }],
  notifications: [{ ...common, id: 1, user_id: 1, on_failure: [1, 2] }],
  "webhooks/subscriptions": [{
    id: subscription,
    account_id: "1",
    account_identifier: "act_jaffle123",
    name: "Tell the shop",
    client_url: "https://hooks.jaffleshop.example/dbt",
    event_types: ["job.run.started", "job.run.completed"],
    active: true,
    http_status_code: "200",
    dispatched_at: micros,
    created_at: micros,
    updated_at: micros,
  }],
  "webhooks/events": events,
  "webhooks/receipts": events.map(({ id, payload }, index) => ({
    id: `wre_${hash(String(index))}`,
    account_id: "1",
    event_id: id,
    subscription_id: subscription,
    dispatched_at: micros,
    http_status_code: "200",
    request_body: payload,
    request_headers: JSON.stringify({ "Content-Type": "application/json" }),
    response_body: "ok",
    created_at: micros,
  })),
  encryptions: [{ id: 1, account_id: 1, connection_id: 1, username: "dbt", hostname: "bastion.example", port: 22 }],
  adapters: [{
    ...inProject,
    id: 1,
    adapter_version: "snowflake_v0",
    metadata_json: { title: "Snowflake", docs_link: "https://docs.getdbt.com", image_link: "" },
    created_by_id: 1,
  }],
  profiles: [{
    id: 1,
    account_id: 1,
    project_id: 1,
    key: "production",
    connection_id: 1,
    credentials_id: 1,
    extended_attributes_id: 1,
  }],
  "extended-attributes": [{ ...inProject, id: 1, extended_attributes: { query_tag: "dbt" } }],
  "environment-variables": [
    envVar(1, "DBT_WAREHOUSE_SIZE", "XS"),
    envVar(2, "DBT_WAREHOUSE_SIZE", "XL", { type: "environment", environment_id: 1 }),
    envVar(3, "DBT_WAREHOUSE_SIZE", "XXL", { type: "job", job_definition_id: 2 }),
    envVar(4, "DBT_WAREHOUSE_SIZE", "S", { type: "user", user_id: 1 }),
    envVar(5, "DBT_ENV_SECRET_TOKEN", "hidden"),
  ],
  "favorite-assets": [{
    id: 1,
    account_id: 1,
    project_id: 1,
    environment_id: 1,
    user_id: 1,
    asset_id: "model.jaffle_shop.customers",
    name: "customers",
    platform: "dbt",
    asset_type: "model",
    created_at: created,
    updated_at: created,
  }],
  "private-endpoints": [{
    ...common,
    id: `ple_${hash("endpoint")}`,
    name: "To the warehouse",
    type: "snowflake",
    private_link_endpoint: "app.jaffle.privatelink.example",
    endpoint_state: "available",
  }],
  "ip-restrictions": [{ ...common, id: 1, name: "Office", type: 1, cidrs: [{ id: 1, cidr: "192.0.2.0/24" }] }],
  "integrations/lineages": [{
    id: 1,
    account_id: 1,
    project_id: 1,
    name: "tableau",
    config: { host: "tableau.example", site_id: "jaffle", token_name: "dbt" },
    created_at: created,
    updated_at: created,
  }],
  "semantic-layer-credentials": [{
    ...inProject,
    id: 1,
    name: "Metrics",
    adapter_version: "snowflake_v0",
    values: { role: "reporter", warehouse: "reporting", user: "dbt_metrics", auth_type: "password" },
  }],
  "semantic-layer-configurations": [{ ...inProject, id: 1, environment_id: 1, semantic_layer_credentials_id: 1 }],
  "semantic-layer-credential-to-service-token-mappings": [{
    ...inProject,
    id: 1,
    semantic_layer_credentials_id: 1,
    service_token_id: 1,
  }],
};
