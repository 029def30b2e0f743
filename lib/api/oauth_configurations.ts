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

/** What only Entra has. */
export interface EntraData {
  /** The URI of the application's id. */
  readonly application_id_uri?: string | null;
}

const entraData: Schema.Codec<EntraData> = struct({
  application_id_uri: nullable(field(Schema.String, "The URI of the application's id, at Entra")),
});

/** What one can see and set about an OAuth configuration. */
export interface OAuthConfigurationOptions {
  /** The identity provider: see {@linkcode OAuthConfigurationType}. */
  readonly type?: string | null;
  /** The name. */
  readonly name?: string | null;
  /** The client's id. */
  readonly client_id?: string | null;
  /** Where the provider asks the user. */
  readonly authorize_url?: string | null;
  /** Where the provider gives tokens. */
  readonly token_url?: string | null;
  /** Where the provider sends the user back to. */
  readonly redirect_uri?: string | null;
  /** What only Entra has. */
  readonly extra_data?: EntraData | null;
}

const options: Members<OAuthConfigurationOptions> = {
  type: nullable(field(type, "The identity provider")),
  name: nullable(field(Schema.String, "The name")),
  client_id: nullable(field(Schema.String, "The client's id")),
  authorize_url: nullable(field(Schema.String, "Where the provider asks the user")),
  token_url: nullable(field(Schema.String, "Where the provider gives tokens")),
  redirect_uri: nullable(field(Schema.String, "Where the provider sends the user back to")),
  extra_data: nullable(field(entraData, "What only Entra has")),
};

/** An OAuth configuration, without its secret. */
export interface OAuthConfiguration extends OAuthConfigurationOptions {
  /** The configuration's id. */
  readonly id: number;
  /** The account. */
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

/** What every request about one OAuth configuration has. */
export interface OfOAuthConfiguration extends InAccount {
  /** The OAuth configuration. */
  readonly oauth_configuration_id: number;
}

const ofOAuthConfiguration: Fields<OfOAuthConfiguration> = {
  ...inAccount,
  oauth_configuration_id: field(Schema.Int, "The OAuth configuration"),
};

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Only the configurations with this client. */
  readonly client_id?: string;
  /** Only the configurations of this identity provider: see {@linkcode OAuthConfigurationType}. */
  readonly type?: string;
  /** Only the configuration with this id. */
  readonly pk?: number;
  /** Active configurations, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each configuration. */
  readonly include_related?: Related;
}

/** List the OAuth configurations of an account. */
export const list: Endpoint<List, Page<OAuthConfiguration>> = endpoint("oauthConfigurations.list", {
  route: "GET /api/v3/accounts/:account_id/oauth-configurations/",
  summary: "List the OAuth configurations of an account",
  request: {
    ...inAccount,
    client_id: optional(field(Schema.String, "Only the configurations with this client")),
    type: optional(field(type, "Only the configurations of this identity provider")),
    pk: optional(field(Schema.Int, "Only the configuration with this id")),
    state: optional(state),
    include_related: optional(related()),
    ...ordered,
  },
  success: page(OAuthConfiguration),
});

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, OAuthConfigurationOptions {
  /** The identity provider: see {@linkcode OAuthConfigurationType}. */
  readonly type: string;
  /** The client's secret. */
  readonly client_secret?: Redacted.Redacted<string> | null;
}

const createRequest: Fields<Create> = {
  ...inAccount,
  ...options,
  type: field(type, "The identity provider"),
  client_secret: nullable(field(secret, "The client's secret")),
};

/** Create an OAuth configuration. */
export const create: Endpoint<Create, OAuthConfiguration> = endpoint("oauthConfigurations.create", {
  route: "POST /api/v3/accounts/:account_id/oauth-configurations/",
  summary: "Create an OAuth configuration",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(OAuthConfiguration),
});

/** What {@linkcode get} asks for. */
export interface Get extends OfOAuthConfiguration {
  /** Related things to include in the configuration. */
  readonly include_related?: Related;
}

/** Get one OAuth configuration. */
export const get: Endpoint<Get, OAuthConfiguration> = endpoint("oauthConfigurations.get", {
  route: "GET /api/v3/accounts/:account_id/oauth-configurations/:oauth_configuration_id/",
  summary: "Get one OAuth configuration",
  request: { ...ofOAuthConfiguration, include_related: optional(related()) },
  success: data(OAuthConfiguration),
});

/** What {@linkcode update} asks for. */
export interface Update extends OfOAuthConfiguration, Create {}

/** Update an OAuth configuration. What is not given is reset. */
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
