/**
 * Secrets in requests and answers. Rows never hold a secret that came in, and a new token is shown in one answer only.
 * Endpoints, the log of requests and recordings use it.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as Record from "effect/Record";
import * as SchemaAST from "effect/SchemaAST";
import { fieldOf } from "../../request.ts";
import { isSecret, mapParts, masked } from "../../schema.ts";
import { isRow, type Row } from "../protocol/response_format.ts";
import type { Route } from "../protocol/routes.ts";
import { hash } from "./stable_ids.ts";

/** A value without the secrets that its schema names. A member that may also hold plain values is kept. */
export function withoutSecrets(ast: SchemaAST.AST, value: unknown): unknown {
  if (isSecret(ast)) return undefined;
  if (SchemaAST.isUnion(ast)) {
    const types = ast.types.filter((type) => !SchemaAST.isNull(type));
    if (types.length > 0 && types.every(isSecret)) return undefined;
    return types.filter((type) => !isSecret(type)).reduce((rest, type) => withoutSecrets(type, rest), value);
  }
  const shown = mapParts(ast, value, withoutSecrets);
  return isRow(shown) ? Record.filter(shown, Predicate.isNotUndefined) : shown;
}

/** A body for the log of requests: with `***` for the secrets that its endpoint's schema names. */
export function maskSecrets(call: Route["call"] | undefined, body: unknown): unknown {
  if (call === undefined) return body;
  const shown = (name: string, value: unknown) => {
    const schema = fieldOf(call, name);
    return schema === undefined ? value : masked(schema.ast, value);
  };
  if (call.payload !== undefined) return shown(call.payload, body);
  return isRow(body)
    ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, shown(name, value)]))
    : body;
}

/** The secrets of a connection's OAuth client, by the names that different warehouses give them. */
const oauthSecrets = [
  ["application_id", "application_secret"],
  ["client_id", "client_secret"],
  ["oauth_client_id", "oauth_client_secret"],
] as const;

/** What a connection says of the secrets that a request has: whether an OAuth client is set; nothing where it has none. */
export function secretMarks(collection: string, body: Row): Row {
  const given = body.config ?? body.details;
  if (collection !== "connections" || !isRow(given)) return {};
  const pair = oauthSecrets.find((names) => names.every((name) => name in given));
  return pair === undefined ? {} : { is_configured_for_native_oauth: pair.every((name) => Boolean(given[name])) };
}

/** Secrets that dbt Cloud shows only once. They follow from the row, so the sandbox need not store them. */
const oneTimeSecrets: Readonly<Record<string, (row: Row) => Row>> = {
  "serviceTokens.create": ({ uid }) => ({ token_string: `dbtc_${uid}` }),
  "scim.createToken": ({ id, created_at }) => ({ token_string: `dbts_${hash(`${id}${created_at}`)}` }),
  "personalAccessTokens.create": ({ uid }) => ({ token_string: `dbtu_${uid}` }),
  "personalAccessTokens.rotate": ({ uid, updated_at }) => ({ token_string: `dbtu_${hash(`${uid}${updated_at}`)}` }),
  "webhooks.create": ({ id }) => ({ hmac_secret: hash(`${id}/1`) + hash(`${id}/2`) }),
};

/** The secrets that this one answer of an endpoint shows, by endpoint. */
export function issuedSecrets(endpoint: string, row: Row): Row {
  return oneTimeSecrets[endpoint]?.(row) ?? {};
}
