/**
 * The groups of `mod.ts`, each with its line of help and a function that loads it: the command line loads only the
 * group that it runs.
 *
 * Written by `deno task generate`; not edited.
 *
 * @module
 */

/** How to load a group. */
export interface GroupLoader {
  /** The group's line of help. */
  readonly description: string;
  /** Loads the group and returns its exports. */
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
}

/** The loader of each group, by the group's name. */
export const loaders: Readonly<Record<string, GroupLoader>> = {
  accounts: {
    description: "Accounts: settings, licenses, audit logs and the current user",
    load: () => import("./accounts.ts"),
  },
  adapters: {
    description: "Adapters: the kind of warehouse that a project's connections use",
    load: () => import("../api/adapters.ts"),
  },
  auditLogs: {
    description: "Audit logs: recent events as CSV, and exports of all events",
    load: () => import("../api/audit_logs.ts"),
  },
  connections: {
    description: "Connections: how dbt Cloud reaches a warehouse",
    load: () => import("../api/connections.ts"),
  },
  credentials: {
    description: "Credentials: how dbt logs in to a warehouse, and where it builds",
    load: () => import("../api/credentials.ts"),
  },
  discovery: {
    description: "Discovery API: state, lineage, search, and queries of your own",
    load: () => import("../discovery/discovery.ts"),
  },
  envVars: {
    description: "Environment variables, by project, environment, job and user",
    load: () => import("./env_vars.ts"),
  },
  environments: {
    description: "Environments: where the jobs and developers of a project run dbt",
    load: () => import("../api/environments.ts"),
  },
  exposures: {
    description: "Exposures: dashboards and other uses of a project's models",
    load: () => import("../discovery/exposures.ts"),
  },
  extendedAttributes: {
    description: "Extended attributes: connection settings of one environment",
    load: () => import("../api/extended_attributes.ts"),
  },
  favoriteAssets: {
    description: "Favorite assets: resources that users marked in the catalog",
    load: () => import("../api/favorite_assets.ts"),
  },
  groups: {
    description: "Groups of users, and their permissions",
    load: () => import("./groups.ts"),
  },
  invites: {
    description: "Invitations to an account",
    load: () => import("../api/invites.ts"),
  },
  ipRestrictions: {
    description: "IP restrictions: which addresses may reach an account",
    load: () => import("../api/ip_restrictions.ts"),
  },
  jobs: {
    description: "Jobs: what dbt runs, when, and where",
    load: () => import("./all_jobs.ts"),
  },
  licenseMaps: {
    description: "License maps: which SSO groups get which license",
    load: () => import("../api/license_maps.ts"),
  },
  lineageIntegrations: {
    description: "Lineage integrations: BI dashboards in the lineage of dbt Cloud",
    load: () => import("../api/lineage_integrations.ts"),
  },
  macros: {
    description: "Macros of a project and of its packages",
    load: () => import("../discovery/macros.ts"),
  },
  metrics: {
    description: "Metrics, as projects define them",
    load: () => import("../discovery/metrics.ts"),
  },
  modelGroups: {
    description: "Groups of models in dbt, each with an owner",
    load: () => import("../discovery/model_groups.ts"),
  },
  models: {
    description: "Models: how they were built, their lineage, how long they take",
    load: () => import("../discovery/models.ts"),
  },
  notifications: {
    description: "Notifications: messages about how jobs and models ended",
    load: () => import("../api/notifications.ts"),
  },
  oauthConfigurations: {
    description: "OAuth configurations: log in to a warehouse through Okta or Entra ID",
    load: () => import("../api/oauth_configurations.ts"),
  },
  personalAccessTokens: {
    description: "Personal access tokens: API tokens of a user, for one account",
    load: () => import("../api/personal_access_tokens.ts"),
  },
  privateEndpoints: {
    description: "Private endpoints: ways to a warehouse without the public internet",
    load: () => import("../api/private_endpoints.ts"),
  },
  profiles: {
    description: "Profiles: a connection, credentials and extended attributes together",
    load: () => import("../api/profiles.ts"),
  },
  projects: {
    description: "Projects: each holds the environments and jobs of a dbt project",
    load: async () => ({ ...await import("./projects.ts"), ...await import("../discovery/projects.ts") }),
  },
  repos: {
    description: "Repositories: the git repositories of projects",
    load: () => import("../api/repos.ts"),
  },
  runs: {
    description: "Runs: one execution of a job, with its steps, logs and artifacts",
    load: () => import("./runs.ts"),
  },
  scim: {
    description: "SCIM: users and groups that an identity provider manages",
    load: () => import("../api/scim.ts"),
  },
  seeds: {
    description: "Seeds: CSV files that dbt loads, and how they were built",
    load: () => import("../discovery/seeds.ts"),
  },
  semanticLayerConfigurations: {
    description: "Semantic Layer configurations: which environment has the metrics",
    load: () => import("../api/semantic_layer_configurations.ts"),
  },
  semanticLayerCredentials: {
    description: "Semantic Layer credentials, and the service tokens that use them",
    load: () => import("../api/semantic_layer_credentials.ts"),
  },
  serviceTokens: {
    description: "Service tokens: API tokens of an account, and their permissions",
    load: () => import("../api/service_tokens.ts"),
  },
  sl: {
    description: "The Semantic Layer: metrics by dimensions, computed in the warehouse",
    load: () => import("../semantic_layer/mod.ts"),
  },
  snapshots: {
    description: "Snapshots: tables that keep how rows change, and how they were built",
    load: () => import("../discovery/snapshots.ts"),
  },
  sources: {
    description: "Sources: tables that dbt reads, and how fresh they are",
    load: () => import("../discovery/sources.ts"),
  },
  sshTunnels: {
    description: "SSH tunnels to Postgres and Redshift",
    load: () => import("../api/ssh_tunnels.ts"),
  },
  tests: {
    description: "Tests: data tests and unit tests, and how they ended",
    load: () => import("../discovery/tests.ts"),
  },
  userCredentials: {
    description: "User credentials: what a developer uses in each project",
    load: () => import("../api/user_credentials.ts"),
  },
  users: {
    description: "Users of an account, and their licenses",
    load: () => import("./users.ts"),
  },
  webhooks: {
    description: "Webhooks: HTTP requests about the runs of jobs, and their history",
    load: () => import("../api/webhooks.ts"),
  },
};
