/**
 * What the tokens may do that the sandbox itself issued: service tokens and personal access tokens, as in
 * `data/secret_fields.ts`. `server/serve_request.ts` asks here about tokens that it does not know.
 *
 * @module
 */
import { licencesOf } from "../data/licences.ts";
import { isDeleted, type Store } from "../data/row_store.ts";
import { issuedSecrets } from "../data/secret_fields.ts";
import type { Row } from "../protocol/response_format.ts";
import { referring } from "./computed_fields.ts";

/** What a token may do: all, start and stop runs, or only read. */
export type Permission = "all" | "run" | "read";

/** Permission sets that change nothing: dbt's documentation of enterprise permissions. All others may do everything. */
const readOnlySets = /(_viewer|_read)$|^(metadata_only|readonly|semantic_layer_only|stakeholder)$/;

/** The most that a list of permissions allows; undefined where it is empty. */
function mostOf(permissions: ReadonlyArray<Permission>): Permission | undefined {
  return (["all", "run", "read"] as const).find((permission) => permissions.includes(permission));
}

function ofSet(set: unknown): Permission {
  return set === "job_runner" ? "run" : readOnlySets.test(String(set)) ? "read" : "all";
}

/** The texts that open an access token: the first one, or the one of its last rotation. */
function textsOf(row: Row): ReadonlyArray<unknown> {
  const rotated = issuedSecrets("personalAccessTokens.rotate", row).token_string;
  return row.created_at === row.updated_at
    ? [issuedSecrets("personalAccessTokens.create", row).token_string, rotated]
    : [rotated];
}

/** Permission sets with which a service token may use the Semantic Layer by itself; others need both of two sets. */
const semanticLayerSets = /^(?:owner|account_admin|admin|project_admin|developer|analyst|team_admin)$/;

/**
 * Whether a token may use the Semantic Layer: not a service token that lacks the sets Semantic Layer Only and Metadata
 * Only. https://docs.getdbt.com/docs/dbt-apis/sl-graphql
 */
export function mayUseSemanticLayer(store: Store, token: string): boolean {
  const service = serviceToken(store, token);
  if (service === undefined) return true;
  const sets = referring(store, "service-tokens/permissions", "service_token_id", service.id)
    .map(({ permission_set }) => String(permission_set));
  return sets.some((set) => semanticLayerSets.test(set)) ||
    ["semantic_layer_only", "metadata_only"].every((set) => sets.includes(set));
}

function serviceToken(store: Store, token: string): Row | undefined {
  return store.rows("service-tokens").find((row) =>
    !isDeleted(row) && issuedSecrets("serviceTokens.create", row).token_string === token
  );
}

/** What an issued token may do; undefined where none of its permissions or licences is left, or nobody issued it. */
export function issuedPermission(store: Store, token: string): Permission | undefined {
  const service = serviceToken(store, token);
  if (service !== undefined) {
    const grants = referring(store, "service-tokens/permissions", "service_token_id", service.id);
    return mostOf(grants.map(({ permission_set }) => ofSet(permission_set)));
  }
  const access = store.rows("users/account-apikeys").find((row) => !isDeleted(row) && textsOf(row).includes(token));
  if (access === undefined) return undefined;
  const licences = licencesOf(store, access.user_id, undefined).filter((licence) => !isDeleted(licence));
  return mostOf(licences.map(({ license_type }) => license_type === "read_only" ? "read" : "all"));
}
