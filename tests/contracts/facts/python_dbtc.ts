/**
 * What users of the Python dbtc type, in lines and payloads of our own: which methods there are, how its documentation
 * spells their commands and flags, and which members its payloads have. The values are the sandbox's.
 *
 * Source: the page "Cloud" of its documentation, and the methods of its clients `cloud`, `metadata` and `sl`.
 *
 * @module
 */

/**
 * Its methods, such as `sl.query`: how many there are, and the SHA-256 of their names in alphabetical order, joined by
 * line breaks.
 */
export const methods = { count: 135, digest: "806dc2a7ff81e01e6b7307d01478d951c0b5d3baea80a7973febe470ec1b15c5" };

/** A command of a method. */
export interface Line {
  /** The method that it calls. */
  readonly method: string;
  /** Its words. `RUN` stands for the id of a run. */
  readonly words: ReadonlyArray<string>;
}

function line(method: string, typed: string, ...more: ReadonlyArray<string>): Line {
  return { method, words: [...typed.split(" "), ...more] };
}

const payload = (json: unknown) => `--payload=${JSON.stringify(json)}`;
/** Everything that is made has an id of null, also within its payload. */
const adapter = { id: null, account_id: 1, created_by_id: 1, project_id: 1, state: 1, adapter_version: "spark_v0" };
const connection = { id: null, state: 1, account_id: 1, project_id: 1 };

/** Group and verb, each of them a word. */
const grouped: ReadonlyArray<Line> = [
  line("get_account", "accounts get --account-id 1"),
  line("get_account_by_name", "accounts get-by-name --account-name", "Jaffle Shop"),
  line("get_account_licenses", "accounts get-licenses"),
  line("list_accounts", "accounts list"),
  line("list_audit_logs", "accounts list-audit-logs"),
  line("create_adapter", "adapters create", payload(adapter)),
  line("get_adapter", "adapters get --adapter-id 1"),
  line("update_adapter", "adapters update --adapter-id 1", payload(adapter)),
  line("delete_adapter", "adapters delete --adapter-id 1"),
  line("get_most_recent_run_artifact", "runs get-most-recent-artifact --path manifest.json"),
  line("get_run_artifact", "runs get-artifact --run-id RUN --path run_results.json"),
  line("list_run_artifacts", "runs list-artifacts --run-id RUN"),
];

/** The method itself, with dashes or underscores. */
const flat: ReadonlyArray<Line> = [
  line("list_feature_flags", "list-feature-flags"),
  line("list_connections", "list-connections"),
  line("delete_connection", "delete-connection --connection-id 1"),
  // A payload may hold what the warehouse asks for, null too, and what no warehouse knows.
  ...[
    {
      type: "redshift",
      details: { hostname: "warehouse.example.com", port: 5439, dbname: "shop", tunnel_enabled: false },
    },
    {
      type: "snowflake",
      details: { account: "zz0", role: "loader", database: "shop", warehouse: "small", oauth_client_id: null },
    },
    { type: "bigquery", details: { project_id: "shop", private_key: "hidden", retries: 1, unheard_of: null } },
  ].map((more) => line("create_connection", "create-connection", payload({ ...connection, name: "Lake", ...more }))),
  line(
    "create_credentials",
    "create-credentials",
    payload({ type: "postgres", default_schema: "shop", threads: 2, username: "loader", password: "hidden" }),
  ),
  line("list_credentials", "list-credentials"),
  line("list_environments", "list-environments"),
  line("delete_environment", "delete-environment --environment-id=1"),
  // Members that are names of environments, and one that Python dbtc sends twice under two names.
  line(
    "create_environment_variables",
    "create-environment-variables",
    payload({
      env_var: { name: "DBT_A", ids: [], new_name: "DBT_A", project: "x", development: "y", production: "z" },
    }),
  ),
  line("delete_environment_variables", "delete-environment-variables", payload({ name: "DBT_WAREHOUSE_SIZE" })),
  line("list_groups", "list-groups"),
  line(
    "create_user_group",
    "create-user-group",
    payload({ account_id: 1, name: "Readers", assign_by_default: false, sso_mapping_groups: ["readers"] }),
  ),
  line("delete_user_group", "delete-user-group --group-id=1"),
  // The payload is a list.
  line(
    "assign_group_permissions",
    "assign-group-permissions --group-id 1",
    payload([{ group_id: 1, account_id: 1, permission_set: "analyst", project_id: 1, all_projects: false }]),
  ),
  line("assign_user_to_group", "assign-user-to-group", payload({ user_id: 1, desired_group_ids: [1] })),
  line(
    "create_job",
    "create-job",
    payload({
      id: null,
      account_id: 1,
      project_id: 1,
      environment_id: 1,
      name: "Every night",
      dbt_version: "1.8.0",
      // Without `custom_branch_only` of the page, which dbt Cloud refuses: dbt-jobs-as-code 91.
      triggers: { github_webhook: false, schedule: false },
      execute_steps: ["dbt build"],
      settings: { threads: 3, target_name: "default" },
      state: 1,
      generate_docs: false,
      schedule: { date: { type: "every_day" }, time: { type: "every_hour", interval: 2 } },
    }),
  ),
  line("get_job", "get-job --job-id=1"),
  line("list_jobs", "list-jobs"),
  line("delete_job", "delete-job --job-id=1"),
  line(
    "create_repository",
    "create-repository",
    payload({
      account_id: 1,
      project_id: 1,
      remote_url: "git://example.com/shop.git",
      git_clone_strategy: "deploy_key",
      github_installation_id: null,
      token_str: null,
    }),
  ),
  line("list_repositories", "list-repositories"),
  line("delete_repository", "delete-repository --repository-id=1"),
  line("get_run", "get-run --run-id=RUN"),
  line("get_most_recent_run", "get-most-recent-run"),
  line("get_run_timing_details", "get-run-timing-details --run-id=RUN"),
  line("list_runs", "list-runs"),
  line("cancel_run", "cancel-run --account-id=1 --run-id=RUN"),
  line(
    "create_project",
    "create-project",
    payload({
      id: null,
      account_id: 1,
      name: "shop",
      dbt_project_subdirectory: null,
      connection_id: null,
      repository_id: null,
    }),
  ),
  line("get_project", "get-project --project-id 1"),
  line("get_project_by_name", "get-project-by-name --project-name=jaffle_shop"),
  line("list_projects", "list-projects"),
  line("delete_project", "delete-project --project-id 1"),
  line(
    "create_service_token",
    "create-service-token",
    payload({
      id: null,
      account_id: 1,
      name: "loader",
      state: 1,
      access: { job_admin: { permissionSet: "job_admin", projects: [1] } },
    }),
  ),
  line("get_service_token", "get-service-token --service-token-id=1"),
  line("list_service_tokens", "list-service-tokens"),
  line("list_service_token_permissions", "list-service-token-permissions --service-token-id=1"),
  line(
    "assign_service_token_permissions",
    "assign-service-token-permissions --service-token-id 1",
    payload([{ service_token_id: 1, account_id: 1, permission_set: "job_viewer", project_id: 1, all_projects: false }]),
  ),
  // The whole permission, with its groups and theirs.
  line(
    "deactivate_user_license",
    "deactivate-user-license --permission_id=1",
    payload({
      id: 1,
      user_id: 1,
      account_id: 1,
      state: 2,
      license_type: "developer",
      groups: [{
        id: 1,
        account_id: 1,
        name: "Readers",
        state: 1,
        assign_by_default: false,
        sso_mapping_groups: ["readers"],
        group_permissions: [{
          id: 1,
          account_id: 1,
          group_id: 1,
          project_id: null,
          all_projects: true,
          permission_set: "analyst",
          permission_level: null,
          state: 1,
        }],
      }],
      permission_statements: [{ permission: "runs_read", target_resource: null, all_resources: true }],
    }),
  ),
  line("get_user", "get_user --user-id=1"),
  line("list_invited_users", "list-invited-users"),
  line("list_users", "list-users"),
];

/** A line for each method that the page has a command for. */
export const lines: ReadonlyArray<Line> = [...grouped, ...flat];
