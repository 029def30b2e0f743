/**
 * The groups of the table, each loaded where it is asked for: a command starts without the others.
 *
 * @module
 */
import type * as api from "./mod.ts";

/** What loads each group. */
export const loaders: { readonly [Group in keyof typeof api]: () => Promise<typeof api[Group]> } = {
  accounts: () => import("./accounts.ts"),
  adapters: () => import("./adapters.ts"),
  auditLogs: () => import("./audit_logs.ts"),
  connections: () => import("./connections.ts"),
  credentials: () => import("./credentials.ts"),
  envVars: () => import("./env_vars.ts"),
  environments: () => import("./environments.ts"),
  extendedAttributes: () => import("./extended_attributes.ts"),
  favoriteAssets: () => import("./favorite_assets.ts"),
  groups: () => import("./groups.ts"),
  invites: () => import("./invites.ts"),
  ipRestrictions: () => import("./ip_restrictions.ts"),
  jobs: () => import("./jobs.ts"),
  licenseMaps: () => import("./license_maps.ts"),
  lineageIntegrations: () => import("./lineage_integrations.ts"),
  notifications: () => import("./notifications.ts"),
  oauthConfigurations: () => import("./oauth_configurations.ts"),
  personalAccessTokens: () => import("./personal_access_tokens.ts"),
  privateEndpoints: () => import("./private_endpoints.ts"),
  profiles: () => import("./profiles.ts"),
  projects: () => import("./projects.ts"),
  repos: () => import("./repos.ts"),
  runs: () => import("./runs.ts"),
  scim: () => import("./scim.ts"),
  semanticLayerConfigurations: () => import("./semantic_layer_configurations.ts"),
  semanticLayerCredentials: () => import("./semantic_layer_credentials.ts"),
  serviceTokens: () => import("./service_tokens.ts"),
  sshTunnels: () => import("./ssh_tunnels.ts"),
  userCredentials: () => import("./user_credentials.ts"),
  users: () => import("./users.ts"),
  webhooks: () => import("./webhooks.ts"),
};
