/**
 * The endpoints of the group `oauthConfigurations`: OAuth configurations, with which developers log in to a warehouse
 * through an identity provider.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, type Members, named, nullable, optional, secret, struct } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type Ordered,
  ordered,
  type Related,
  related,
  state,
  type StateFilter,
} from "../shared_fields.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The identity providers. Source: the Terraform provider. */
export const OAuthConfigurationType = { okta: "okta", entra: "entra" } as const;

const type = named(Schema.String, OAuthConfigurationType);

// ---- models ---------------------------------------------------------------------------------------------------------

/** Settings that only Entra ID has. */
export interface EntraData {
  /** The application id URI. */
  readonly application_id_uri?: string | null;
}

const entraData: Schema.Codec<EntraData> = struct({
  application_id_uri: nullable(field(Schema.String, "Application id URI (Entra ID)")),
});

/** The fields of an OAuth configuration that requests can set. */
export interface OAuthConfigurationOptions {
  /** The identity provider: see {@linkcode OAuthConfigurationType}. */
  readonly type?: string | null;
  /** The configuration's name. */
  readonly name?: string | null;
  /** The OAuth client id. */
  readonly client_id?: string | null;
  /** The authorization URL of the identity provider. */
  readonly authorize_url?: string | null;
  /** The token URL of the identity provider. */
  readonly token_url?: string | null;
  /** The redirect URI. */
  readonly redirect_uri?: string | null;
  /** Settings for Entra ID. */
  readonly extra_data?: EntraData | null;
}

const options: Members<OAuthConfigurationOptions> = {
  type: nullable(field(type, "Identity provider")),
  name: nullable(field(Schema.String, "Name of the configuration")),
  client_id: nullable(field(Schema.String, "OAuth client id")),
  authorize_url: nullable(field(Schema.String, "Authorization URL of the identity provider")),
  token_url: nullable(field(Schema.String, "Token URL of the identity provider")),
  redirect_uri: nullable(field(Schema.String, "Redirect URI")),
  extra_data: nullable(field(entraData, "Settings for Entra ID")),
};

/** An OAuth configuration, without its secret. */
export interface OAuthConfiguration extends OAuthConfigurationOptions {
  /** The configuration's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads an {@linkcode OAuthConfiguration}. */
export const OAuthConfiguration: Schema.Codec<OAuthConfiguration> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...options,
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "type", "client_id", "authorize_url", "created_at"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about one OAuth configuration. */
export interface OfOAuthConfiguration extends InAccount {
  /** The OAuth configuration's id. */
  readonly oauth_configuration_id: number;
}

const ofOAuthConfiguration: Fields<OfOAuthConfiguration> = {
  ...inAccount,
  oauth_configuration_id: field(Schema.Int, "OAuth configuration id"),
};

/** The request of {@linkcode list}. */
export interface List extends InAccount, Ordered {
  /** Only the configurations with this client id. */
  readonly client_id?: string;
  /** Only the configurations of this identity provider: see {@linkcode OAuthConfigurationType}. */
  readonly type?: string;
  /** Only the configuration with this id. */
  readonly pk?: number;
  /** State of the configurations: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each configuration. */
  readonly include_related?: Related;
}

/** List the OAuth configurations of an account. */
export const list: Endpoint<List, Page<OAuthConfiguration>> = endpoint("oauthConfigurations.list", {
  route: "GET /api/v3/accounts/:account_id/oauth-configurations/",
  summary: "List the OAuth configurations of an account",
  request: {
    ...inAccount,
    client_id: optional(field(Schema.String, "Only the configurations with this client id")),
    type: optional(field(type, "Only the configurations of this identity provider")),
    pk: optional(field(Schema.Int, "Only the configuration with this id")),
    state: optional(state),
    include_related: optional(related()),
    ...ordered,
  },
  success: page(OAuthConfiguration),
});

/** The request of {@linkcode create}. */
export interface Create extends InAccount, OAuthConfigurationOptions {
  /** The identity provider: see {@linkcode OAuthConfigurationType}. */
  readonly type: string;
  /** The OAuth client secret. */
  readonly client_secret?: Redacted.Redacted<string> | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...options,
  type: field(type, "Identity provider"),
  client_secret: nullable(field(secret, "OAuth client secret")),
};

/** Create an OAuth configuration. */
export const create: Endpoint<Create, OAuthConfiguration> = endpoint("oauthConfigurations.create", {
  route: "POST /api/v3/accounts/:account_id/oauth-configurations/",
  summary: "Create an OAuth configuration",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(OAuthConfiguration),
});

/** The request of {@linkcode get}. */
export interface Get extends OfOAuthConfiguration {
  /** Related objects to include in the configuration. */
  readonly include_related?: Related;
}

/** Get an OAuth configuration. */
export const get: Endpoint<Get, OAuthConfiguration> = endpoint("oauthConfigurations.get", {
  route: "GET /api/v3/accounts/:account_id/oauth-configurations/:oauth_configuration_id/",
  summary: "Get an OAuth configuration",
  request: { ...ofOAuthConfiguration, include_related: optional(related()) },
  success: data(OAuthConfiguration),
});

/** The request of {@linkcode update}. */
export interface Update extends OfOAuthConfiguration, Create {}

/** Update an OAuth configuration. Fields that are left out are reset. */
export const update: Endpoint<Update, OAuthConfiguration> = endpoint("oauthConfigurations.update", {
  route: "POST /api/v3/accounts/:account_id/oauth-configurations/:oauth_configuration_id/",
  summary: "Update an OAuth configuration",
  request: { ...ofOAuthConfiguration, ...createRequest },
  repeats: { account_id: "account_id", id: "oauth_configuration_id" },
  replaces: true,
  success: data(OAuthConfiguration),
});

/** Delete an OAuth configuration. */
const del: Endpoint<OfOAuthConfiguration, OAuthConfiguration | undefined> = endpoint("oauthConfigurations.delete", {
  route: "DELETE /api/v3/accounts/:account_id/oauth-configurations/:oauth_configuration_id/",
  summary: "Delete an OAuth configuration",
  request: ofOAuthConfiguration,
  success: maybe(OAuthConfiguration),
});
export { del as delete };
