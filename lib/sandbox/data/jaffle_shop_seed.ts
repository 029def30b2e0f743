/**
 * The rows that a sandbox starts with by default: the account of the Jaffle Shop, its project, environments, jobs,
 * connection, repositories and credentials. The rest of the account is in `jaffle_shop_account_seed.ts`.
 *
 * @module
 */
import type { Row } from "../protocol/response_format.ts";
import { accountSeed } from "./jaffle_shop_account_seed.ts";
import type { Seed } from "./row_store.ts";
import type { RunScript } from "./run_script.ts";

const created = "2024-09-06 07:41:12.146234+00:00";
const common: Row = { account_id: 1, state: 1, created_at: created, updated_at: created };

function job(id: number, name: string, steps: ReadonlyArray<string>, script: RunScript, rest: Row = {}): Row {
  return {
    ...common,
    id,
    project_id: 1,
    environment_id: 1,
    name,
    execute_steps: steps,
    settings: { threads: 4, target_name: "prod" },
    _sandbox: script,
    ...rest,
  };
}

/** The rows of the Jaffle Shop. `runs/new_run.ts` adds its runs. */
export const jaffleShop: Seed = {
  ...accountSeed,
  accounts: [{
    id: 1,
    state: 1,
    created_at: created,
    updated_at: created,
    name: "Jaffle Shop",
    plan: "enterprise",
    run_slots: 5,
    developer_seats: 4,
    read_only_seats: 50,
    it_seats: 1,
    billing_email_address: "ap@jaffleshop.example",
    git_auth_level: "team",
    identifier: "jaffle-123",
    // Clients derive hosts from a subdomain, as dbt-mcp does. The sandbox has no such hosts.
    static_subdomain: null,
    vanity_subdomain: null,
    enterprise_login_url: "https://cloud.getdbt.com/enterprise-login/None/",
  }],
  projects: [{
    ...common,
    id: 1,
    name: "jaffle_shop",
    connection_id: 1,
    repository_id: 1,
    semantic_layer_config_id: 1,
  }],
  environments: [
    {
      ...common,
      id: 1,
      project_id: 1,
      connection_id: 1,
      repository_id: 1,
      credentials_id: 1,
      name: "production",
      type: "deployment",
      deployment_type: "production",
      primary_profile_id: 1,
      extended_attributes_id: 1,
      dbt_version: "1.9.0-latest",
      supports_docs: true,
    },
    {
      ...common,
      id: 2,
      project_id: 1,
      connection_id: 1,
      repository_id: 1,
      name: "development",
      type: "development",
      dbt_version: "1.9.0-latest",
      custom_branch: "develop",
      use_custom_branch: true,
    },
  ],
  jobs: [
    job(1, "Daily build", ["dbt build"], { seconds: 60 }, {
      generate_docs: true,
      schedule: {
        cron: "0 6 * * *",
        date: { type: "every_day" },
        time: { type: "at_exact_hours", hours: [6] },
      },
    }),
    job(2, "Nightly full refresh", ["dbt seed --full-refresh", "dbt build --full-refresh"], {
      seconds: 80,
      fails: "customers",
    }, { generate_docs: true }),
    job(3, "Weekly backfill", ["dbt build --full-refresh"], { seconds: 600 }),
    job(4, "CI", ["dbt build --select state:modified+"], { seconds: 30 }, {
      job_type: "ci",
      triggers: { github_webhook: true, git_provider_webhook: false, schedule: false, on_merge: false },
      deferring_environment_id: 1,
      settings: { threads: 4, target_name: "ci" },
    }),
  ],
  connections: [{
    ...common,
    id: 1,
    project_id: 1,
    name: "Snowflake",
    type: "snowflake",
    adapter_version: "snowflake_v0",
    created_by_id: 1,
    created_by_service_token_id: null,
    details: {
      account: "ja12345.us-east-1",
      database: "analytics",
      warehouse: "transforming",
      allow_sso: false,
      client_session_keep_alive: false,
      role: "transformer",
    },
    private_link_endpoint_id: null,
  }],
  repositories: [{
    ...common,
    id: 1,
    project_id: 1,
    name: "jaffle_shop",
    full_name: "jaffle-shop/jaffle_shop",
    remote_url: "git://github.com/jaffle-shop/jaffle_shop.git",
    web_url: "https://github.com/jaffle-shop/jaffle_shop",
    remote_backend: "github",
    git_clone_strategy: "github_app",
    deploy_key_id: 1,
    deploy_key: { id: 1, account_id: 1, state: 1, public_key: "ssh-rsa AAAA" },
    repository_credentials_id: null,
    github_installation_id: 19320001,
    github_webhook_id: null,
    github_repo: "jaffle-shop/jaffle_shop",
    git_provider_id: 1,
    git_provider: null,
    gitlab: null,
    pull_request_url_template: "https://github.com/jaffle-shop/jaffle_shop/compare/{{destination}}...{{source}}",
  }, {
    ...common,
    id: 2,
    project_id: 1,
    name: "jaffle-managed",
    full_name: "managed/jaffle-managed",
    remote_url: "git://github.com/dbt-cloud-managed/jaffle-managed.git",
    remote_backend: "managed",
    git_clone_strategy: "github_app",
  }],
  credentials: [{
    ...common,
    id: 1,
    project_id: 1,
    type: "snowflake",
    adapter_version: "snowflake_v0",
    auth_type: "password",
    user: "dbt_cloud",
    schema: "prod",
    target_name: "default",
    threads: 4,
  }],
};
