/**
 * Every group of endpoints, one line each: `jobs` here is `jobs.list` in the library and `dbtc jobs list` on the
 * command line. A line names a file of `lib/api`, or the file in this folder if the group has workflows too.
 *
 * The package's `mod.ts` exports them all, and `table.ts` lists their endpoints. `group_loaders.ts` is written from
 * this file: the comment of a group is its line of help, at most 70 characters. After a change, run
 * `deno task generate`.
 *
 * @module
 */
/** Accounts: settings, licenses, audit logs and the current user. */
export * as accounts from "./accounts.ts";
/** Adapters: the kind of warehouse that a project's connections use. */
export * as adapters from "../api/adapters.ts";
/** Audit logs: recent events as CSV, and exports of all events. */
export * as auditLogs from "../api/audit_logs.ts";
/** Connections: how dbt Cloud reaches a warehouse. */
export * as connections from "../api/connections.ts";
/** Credentials: how dbt logs in to a warehouse, and where it builds. */
export * as credentials from "../api/credentials.ts";
/** Environments: where the jobs and developers of a project run dbt. */
export * as environments from "../api/environments.ts";
/** Environment variables, by project, environment, job and user. */
export * as envVars from "./env_vars.ts";
/** Extended attributes: connection settings of one environment. */
export * as extendedAttributes from "../api/extended_attributes.ts";
/** Favorite assets: resources that users marked in the catalog. */
export * as favoriteAssets from "../api/favorite_assets.ts";
/** Groups of users, and their permissions. */
export * as groups from "./groups.ts";
/** Invitations to an account. */
export * as invites from "../api/invites.ts";
/** IP restrictions: which addresses may reach an account. */
export * as ipRestrictions from "../api/ip_restrictions.ts";
/** Jobs: what dbt runs, when, and where. */
export * as jobs from "./all_jobs.ts";
/** License maps: which SSO groups get which license. */
export * as licenseMaps from "../api/license_maps.ts";
/** Lineage integrations: BI dashboards in the lineage of dbt Cloud. */
export * as lineageIntegrations from "../api/lineage_integrations.ts";
/** Notifications: messages about how jobs and models ended. */
export * as notifications from "../api/notifications.ts";
/** OAuth configurations: log in to a warehouse through Okta or Entra ID. */
export * as oauthConfigurations from "../api/oauth_configurations.ts";
/** Personal access tokens: API tokens of a user, for one account. */
export * as personalAccessTokens from "../api/personal_access_tokens.ts";
/** Private endpoints: ways to a warehouse without the public internet. */
export * as privateEndpoints from "../api/private_endpoints.ts";
/** Profiles: a connection, credentials and extended attributes together. */
export * as profiles from "../api/profiles.ts";
/** Projects: each holds the environments and jobs of a dbt project. */
export * as projects from "./projects.ts";
/** Repositories: the git repositories of projects. */
export * as repos from "../api/repos.ts";
/** Runs: one execution of a job, with its steps, logs and artifacts. */
export * as runs from "./runs.ts";
/** SCIM: users and groups that an identity provider manages. */
export * as scim from "../api/scim.ts";
/** Semantic Layer configurations: which environment has the metrics. */
export * as semanticLayerConfigurations from "../api/semantic_layer_configurations.ts";
/** Semantic Layer credentials, and the service tokens that use them. */
export * as semanticLayerCredentials from "../api/semantic_layer_credentials.ts";
/** Service tokens: API tokens of an account, and their permissions. */
export * as serviceTokens from "../api/service_tokens.ts";
/** SSH tunnels to Postgres and Redshift. */
export * as sshTunnels from "../api/ssh_tunnels.ts";
/** User credentials: what a developer uses in each project. */
export * as userCredentials from "../api/user_credentials.ts";
/** Users of an account, and their licenses. */
export * as users from "./users.ts";
/** Webhooks: HTTP requests about the runs of jobs, and their history. */
export * as webhooks from "../api/webhooks.ts";
