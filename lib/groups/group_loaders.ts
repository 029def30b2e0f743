/**
 * The groups of `mod.ts`, each with a function that loads it: the command line loads only the group that it runs.
 *
 * Written by `deno task generate`; not edited.
 *
 * @module
 */

/** By the name of a group, what loads it and returns what it exports. */
export const loaders: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  accounts: () => import("./accounts.ts"),
  adapters: () => import("../api/adapters.ts"),
  auditLogs: () => import("../api/audit_logs.ts"),
  connections: () => import("../api/connections.ts"),
  credentials: () => import("../api/credentials.ts"),
  envVars: () => import("../api/env_vars.ts"),
  environments: () => import("../api/environments.ts"),
  extendedAttributes: () => import("../api/extended_attributes.ts"),
  favoriteAssets: () => import("../api/favorite_assets.ts"),
  groups: () => import("./groups.ts"),
  invites: () => import("../api/invites.ts"),
  ipRestrictions: () => import("../api/ip_restrictions.ts"),
  jobs: () => import("./jobs.ts"),
  licenseMaps: () => import("../api/license_maps.ts"),
  lineageIntegrations: () => import("../api/lineage_integrations.ts"),
  notifications: () => import("../api/notifications.ts"),
  oauthConfigurations: () => import("../api/oauth_configurations.ts"),
  personalAccessTokens: () => import("../api/personal_access_tokens.ts"),
  privateEndpoints: () => import("../api/private_endpoints.ts"),
  profiles: () => import("../api/profiles.ts"),
  projects: () => import("./projects.ts"),
  repos: () => import("../api/repos.ts"),
  runs: () => import("./runs.ts"),
  scim: () => import("../api/scim.ts"),
  semanticLayerConfigurations: () => import("../api/semantic_layer_configurations.ts"),
  semanticLayerCredentials: () => import("../api/semantic_layer_credentials.ts"),
  serviceTokens: () => import("../api/service_tokens.ts"),
  sshTunnels: () => import("../api/ssh_tunnels.ts"),
  userCredentials: () => import("../api/user_credentials.ts"),
  users: () => import("../api/users.ts"),
  webhooks: () => import("../api/webhooks.ts"),
};
