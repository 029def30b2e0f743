/**
 * The differences between the table of endpoints and the specification that are on purpose, each with its reason.
 * `conformance.ts` reports all others.
 *
 * @module
 */

/** The differences of some calls in some fields. */
function each(calls: string, fields: string, how: string): ReadonlyArray<string> {
  return calls.split(" ").flatMap((call) => fields.split(" ").map((field) => `${call} ${field} ${how}`));
}

const leftOut = "is left out";
const notPublished = "is not published";

const reasons: ReadonlyArray<readonly [reason: string, differences: ReadonlyArray<string>]> = [
  // ---- what the specification has too much of
  [
    "files, paths, numbers and names of steps have nothing to relate",
    each(
      "accounts.getLicenses auditLogs.downloadRecent jobs.getArtifact repos.downloadManaged runs.getArtifact " +
        "runs.getFailureDetails runs.listArtifacts",
      "include_related",
      leftOut,
    ),
  ],
  [
    "a write has no pages",
    each("connections.create privateEndpoints.create profiles.create webhooks.create", "limit offset", leftOut),
  ],
  [
    "what dbt Cloud makes of the fields that it is sent",
    each("credentials.create credentials.patch credentials.update", "credential_details._ciphertext", leftOut),
  ],
  ["the list is the whole body: the specification names it by nothing", ["groups.assignPermissions  is left out"]],
  ["dbt Cloud gives it", ["webhooks.create id is left out"]],
  [
    "dbt Cloud writes it: the specification has one shape for request and answer",
    each("webhooks.create webhooks.update", "account_identifier dispatched_at http_status_code", leftOut),
  ],
  // ---- what it has wrong
  [
    "a list answers a list",
    ["connections", "favoriteAssets", "profiles"].map((group) => `${group}.list.data is object, not Arrays`),
  ],
  [
    "one thing is asked for, and the specification of 2023 has one",
    ["userCredentials.get is array, not Objects"],
  ],
  // ---- what it lacks
  [
    "the answer's envelope counts pages; other clients ask for them",
    each(
      "invites.list serviceTokens.list serviceTokens.listPermissions users.list users.listV2 webhooks.listEvents",
      "limit offset",
      notPublished,
    ),
  ],
  [
    "Python dbtc sends it",
    [
      ...each("accounts.listAuditLogs", "limit logged_at_end logged_at_start offset", notPublished),
      ...each("envVars.list envVars.listByJob envVars.listByUser", "environment_id name type", notPublished),
      ...each("runs.listArtifacts", "step", notPublished),
      ...each("users.list", "order_by state", notPublished),
      ...each("users.updateLicense", "groups permission_statements user_id", notPublished),
      ...each("envVars.deleteBulk", "name", notPublished),
      ...each("repos.create repos.createV2", "token_str", notPublished),
    ],
  ],
  [
    "Python dbtc sends it, and the specification of 2023 has it",
    each("connections.createInProject connections.updateInProject", "details", notPublished),
  ],
  [
    "the Terraform provider sends it",
    [
      ...each("jobs.create jobs.update", "force_node_selection job_completion_trigger_condition", notPublished),
      ...each(
        "repos.create repos.createV2",
        "azure_active_directory_project_id azure_active_directory_repository_id " +
          "azure_bypass_webhook_registration_failure gitlab_project_id pull_request_url_template",
        notPublished,
      ),
      ...each("repos.update", "pull_request_url_template", notPublished),
    ],
  ],
  [
    "Python dbtc and the Terraform provider send it: without it there is no repository",
    each("repos.create repos.createV2 repos.update", "remote_url", notPublished),
  ],
  [
    "other clients' recorded answers have it",
    each("ipRestrictions.create ipRestrictions.update", "state", notPublished),
  ],
  [
    "the specification has no body at all for it: these are the answer's fields",
    each(
      "privateEndpoints.create privateEndpoints.patch",
      "cidr_range endpoint_identifier name port private_link_endpoint type",
      notPublished,
    ),
  ],
  ["RFC 7644 has it", each("scim.listGroups scim.listUsers", "count filter startIndex", notPublished)],
];

/** The differences, as `conformance.ts` words them, each with its reason. */
export const deliberate: ReadonlyMap<string, string> = new Map(
  reasons.flatMap(([reason, differences]) => differences.map((difference) => [difference, reason] as const)),
);

/** The published members that models leave out: Postgres's, which the specification gives every warehouse. */
export const otherWarehouses: RegExp = /\.credentials\.username|\.connection\.(hostname|dbname|port|tunnel_enabled) /;
