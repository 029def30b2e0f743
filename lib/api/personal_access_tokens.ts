/**
 * The endpoints of the group `personalAccessTokens`: personal access tokens, which belong to a user and are valid for
 * one account.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, optional } from "../schema.ts";
import { type InAccount, inAccount, type Related, related } from "../shared_fields.ts";
import { ServiceToken } from "./service_tokens.ts";

/** Fields of every request about a user's tokens. */
export interface OfUser extends InAccount {
  /** The user's id. */
  readonly user_id: number;
}

const ofUser: Fields<OfUser> = { ...inAccount, user_id: field(Schema.Int, "User id") };

/** Fields of every request about one personal access token. */
export interface OfPersonalAccessToken extends OfUser {
  /** The personal access token's id. */
  readonly personal_access_token_id: number;
}

const ofPersonalAccessToken: Fields<OfPersonalAccessToken> = {
  ...ofUser,
  personal_access_token_id: field(Schema.Int, "Personal access token id"),
};

/** The request of {@linkcode list}. */
export interface List extends OfUser {
  /** Related objects to include in each token. */
  readonly include_related?: Related;
}

/** List the personal access tokens of a user. */
export const list: Endpoint<List, Page<ServiceToken>> = endpoint("personalAccessTokens.list", {
  route: "GET /api/v3/accounts/:account_id/users/:user_id/account-apikeys/",
  summary: "List the personal access tokens of a user",
  request: { ...ofUser, include_related: optional(related()) },
  success: page(ServiceToken),
});

/** The request of {@linkcode create}. */
export interface Create extends OfUser {
  /** The token's name. */
  readonly name: string;
}

/** Create a personal access token. Only this response contains the token itself. */
export const create: Endpoint<Create, ServiceToken> = endpoint("personalAccessTokens.create", {
  route: "POST /api/v3/accounts/:account_id/users/:user_id/account-apikeys/",
  summary: "Create a personal access token",
  request: { ...ofUser, name: field(Schema.String, "Name of the token") },
  success: data(ServiceToken),
});

/** The request of {@linkcode get}. */
export interface Get extends OfPersonalAccessToken {
  /** Related objects to include in the token. */
  readonly include_related?: Related;
}

/** Get a personal access token. */
export const get: Endpoint<Get, ServiceToken> = endpoint("personalAccessTokens.get", {
  route: "GET /api/v3/accounts/:account_id/users/:user_id/account-apikeys/:personal_access_token_id/",
  summary: "Get a personal access token",
  request: { ...ofPersonalAccessToken, include_related: optional(related()) },
  success: data(ServiceToken),
});

/** Replace a personal access token with a new one. Only this response contains the token itself. */
export const rotate: Endpoint<OfPersonalAccessToken, ServiceToken> = endpoint("personalAccessTokens.rotate", {
  route: "POST /api/v3/accounts/:account_id/users/:user_id/account-apikeys/:personal_access_token_id/",
  summary: "Replace a personal access token with a new one",
  request: ofPersonalAccessToken,
  success: data(ServiceToken),
});

/** Delete a personal access token. */
const del: Endpoint<OfPersonalAccessToken, ServiceToken | undefined> = endpoint("personalAccessTokens.delete", {
  route: "DELETE /api/v3/accounts/:account_id/users/:user_id/account-apikeys/:personal_access_token_id/",
  summary: "Delete a personal access token",
  request: ofPersonalAccessToken,
  success: maybe(ServiceToken),
});
export { del as delete };
