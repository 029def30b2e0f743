/**
 * The kinds of things that have names: for each kind, the list that finds a name's id. `find_named.ts` and the command
 * line look names up with it.
 *
 * Written by `deno task generate` from the table; not edited.
 *
 * @module
 */

/** Where the names of a kind of things are. */
export interface NamedThings {
  /** The group in code: `serviceTokens`. */
  readonly group: string;
  /** The list that has the names: `serviceTokens.list`. */
  readonly list: string;
  /** The members of a row that name it. */
  readonly names: ReadonlyArray<string>;
  /** The type of the ids. */
  readonly idType: "number" | "text";
  /** The ids that narrow the list: of the projects and environments that contain such things. */
  readonly within: ReadonlyArray<"project_id" | "environment_id">;
}

/** A kind of things that have names: the name of their id, without `_id`. */
export type NamedKind =
  | "account"
  | "connection"
  | "environment"
  | "group"
  | "integration"
  | "invite"
  | "job"
  | "oauth_configuration"
  | "personal_access_token"
  | "private_endpoint"
  | "profile"
  | "project"
  | "repository"
  | "rule"
  | "service_token"
  | "sl_creds"
  | "user"
  | "webhook";

/** Where the names of each kind are. */
export const namedThings: Readonly<Record<NamedKind, NamedThings>> = {
  account: { "group": "accounts", "list": "accounts.list", "names": ["name"], "idType": "number", "within": [] },
  connection: {
    "group": "connections",
    "list": "connections.list",
    "names": ["name"],
    "idType": "number",
    "within": [],
  },
  environment: {
    "group": "environments",
    "list": "environments.listByAccount",
    "names": ["name"],
    "idType": "number",
    "within": ["project_id"],
  },
  group: { "group": "groups", "list": "groups.list", "names": ["name"], "idType": "number", "within": [] },
  integration: {
    "group": "lineageIntegrations",
    "list": "lineageIntegrations.list",
    "names": ["name"],
    "idType": "number",
    "within": ["project_id"],
  },
  invite: { "group": "invites", "list": "invites.list", "names": ["email_address"], "idType": "number", "within": [] },
  job: {
    "group": "jobs",
    "list": "jobs.list",
    "names": ["name"],
    "idType": "number",
    "within": ["project_id", "environment_id"],
  },
  oauth_configuration: {
    "group": "oauthConfigurations",
    "list": "oauthConfigurations.list",
    "names": ["name"],
    "idType": "number",
    "within": [],
  },
  personal_access_token: {
    "group": "personalAccessTokens",
    "list": "personalAccessTokens.list",
    "names": ["name"],
    "idType": "number",
    "within": [],
  },
  private_endpoint: {
    "group": "privateEndpoints",
    "list": "privateEndpoints.list",
    "names": ["name"],
    "idType": "text",
    "within": [],
  },
  profile: {
    "group": "profiles",
    "list": "profiles.list",
    "names": ["key"],
    "idType": "number",
    "within": ["project_id"],
  },
  project: { "group": "projects", "list": "projects.list", "names": ["name"], "idType": "number", "within": [] },
  repository: {
    "group": "repos",
    "list": "repos.listV2",
    "names": ["name", "full_name"],
    "idType": "number",
    "within": ["project_id"],
  },
  rule: {
    "group": "ipRestrictions",
    "list": "ipRestrictions.list",
    "names": ["name"],
    "idType": "number",
    "within": [],
  },
  service_token: {
    "group": "serviceTokens",
    "list": "serviceTokens.list",
    "names": ["name"],
    "idType": "number",
    "within": [],
  },
  sl_creds: {
    "group": "semanticLayerCredentials",
    "list": "semanticLayerCredentials.list",
    "names": ["name"],
    "idType": "number",
    "within": ["project_id"],
  },
  user: { "group": "users", "list": "users.list", "names": ["email", "fullname"], "idType": "number", "within": [] },
  webhook: { "group": "webhooks", "list": "webhooks.list", "names": ["name"], "idType": "text", "within": [] },
};
