/**
 * The groups, one line each: `jobs` here is `jobs.list` in the library and `dbtc jobs list` on the command line. A line
 * names the file of `lib/api`, or the one beside this where the group has workflows too.
 *
 * `mod.ts` of the package exports all of them; `table.ts` lists their calls. After a change, run `deno task generate`.
 *
 * @module
 */
/** Accounts, their licences and audit logs, and who one is. */
export * as accounts from "./accounts.ts";
/** Adapters: what dbt speaks to each kind of warehouse with. */
export * as adapters from "../api/adapters.ts";
/** Audit logs as files. */
export * as auditLogs from "../api/audit_logs.ts";
/** Connections: how dbt Cloud reaches a warehouse. */
export * as connections from "../api/connections.ts";
/** Credentials: what dbt logs in to a warehouse with, and where it builds. */
export * as credentials from "../api/credentials.ts";
/** Environments: where a project's dbt runs. */
export * as environments from "../api/environments.ts";
/** Environment variables: a project's, and what environments, jobs and users have instead. */
export * as envVars from "../api/env_vars.ts";
/** Extended attributes: what an environment or a profile adds to its connection, or overrides there. */
export * as extendedAttributes from "../api/extended_attributes.ts";
/** Favorite assets: models, sources … that users marked in the catalog. */
export * as favoriteAssets from "../api/favorite_assets.ts";
/** Groups of users, and what they may do. */
export * as groups from "./groups.ts";
/** Invitations to an account. */
export * as invites from "../api/invites.ts";
/** IP restrictions: the addresses from which an account can be reached. */
export * as ipRestrictions from "../api/ip_restrictions.ts";
/** Jobs, and starting a run of one. */
export * as jobs from "./jobs.ts";
/** License maps: which groups at the identity provider get which licence. */
export * as licenseMaps from "../api/license_maps.ts";
/** Lineage integrations: the BI tools whose dashboards dbt Cloud shows beside the models that they read. */
export * as lineageIntegrations from "../api/lineage_integrations.ts";
/** Notifications: whom dbt Cloud tells how jobs and models ended. */
export * as notifications from "../api/notifications.ts";
/** OAuth configurations: how developers log in to a warehouse through an identity provider. */
export * as oauthConfigurations from "../api/oauth_configurations.ts";
/** Personal access tokens: tokens that belong to a user, for one account. */
export * as personalAccessTokens from "../api/personal_access_tokens.ts";
/** Private endpoints, through which dbt Cloud reaches a warehouse without the public internet. */
export * as privateEndpoints from "../api/private_endpoints.ts";
/** Profiles: connection, credentials and extended attributes together, for environments to use. */
export * as profiles from "../api/profiles.ts";
/** Projects. */
export * as projects from "./projects.ts";
/** Repositories: the git repositories of projects, and those that dbt Cloud hosts itself. */
export * as repos from "../api/repos.ts";
/** Runs, their steps and artifacts. */
export * as runs from "./runs.ts";
/** SCIM: how an identity provider manages the users and groups of an account. */
export * as scim from "../api/scim.ts";
/** Semantic Layer configurations: the environment of a project that the Semantic Layer reads. */
export * as semanticLayerConfigurations from "../api/semantic_layer_configurations.ts";
/** Semantic Layer credentials, and the service tokens that use them. */
export * as semanticLayerCredentials from "../api/semantic_layer_credentials.ts";
/** Service tokens: tokens that belong to an account, and what they may do. */
export * as serviceTokens from "../api/service_tokens.ts";
/** SSH tunnels, through which connections reach Postgres and Redshift. */
export * as sshTunnels from "../api/ssh_tunnels.ts";
/** User credentials: which credentials a user develops with, in each project. */
export * as userCredentials from "../api/user_credentials.ts";
/** Users and their licences. */
export * as users from "../api/users.ts";
/** Webhooks: subscriptions to what happens to jobs' runs, and what was sent to them. */
export * as webhooks from "../api/webhooks.ts";
