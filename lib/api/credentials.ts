/**
 * The endpoints of the group `credentials`: credentials, which say how dbt logs in to a warehouse and where it builds.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, named, type Nested, nested, nullable, optional, part, secret, struct } from "../schema.ts";
import { type InProject, inProject, type Related, related, State } from "../shared_fields.ts";
import { Adapter, adapterVersion, type AnyOf, FieldMetadata } from "./adapters.ts";
import { ConnectionType } from "./connections.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** Authentication methods of Snowflake credentials. Redshift has `password` and `external_oauth` only. */
export const AuthType = {
  password: "password",
  keypair: "keypair",
  sso: "sso",
  external_oauth: "external_oauth",
} as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** Credentials of any type, without secrets. The fields depend on the type. */
export interface Credentials {
  /** The credentials' id. Source: the specification of 2023, the Terraform provider. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The type of the credentials: see {@linkcode ConnectionType}. */
  readonly type?: string | null;
  /** The adapter, if the type is `adapter`: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** The adapter's id. */
  readonly adapter_id?: number | null;
  /** The adapter, if requested with `include_related`. Source: the specification of 2023. */
  readonly adapter?: Nested<Adapter> | null;
  /** The number of dbt threads. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
  /** The authentication method: see {@linkcode AuthType}. */
  readonly auth_type?: string | null;
  /** The user, on Snowflake. */
  readonly user?: string | null;
  /** The user, on Postgres and Redshift. */
  readonly username?: string | null;
  /** The schema or dataset that dbt builds into, on Snowflake and BigQuery. */
  readonly schema?: string | null;
  /** The schema that dbt builds into, on Postgres and Redshift. */
  readonly default_schema?: string | null;
  /** The role, on Snowflake. */
  readonly role?: string | null;
  /** The database, on Snowflake. */
  readonly database?: string | null;
  /** The warehouse, on Snowflake. */
  readonly warehouse?: string | null;
  /** The OAuth refresh token. In the specification; whether dbt Cloud ever returns it is unknown. */
  readonly _refresh_token?: string | null;
  /** Whether the credentials have a refresh token. Source: the specification of 2023. */
  readonly has_refresh_token?: boolean | null;
  /** Whether they log in with OAuth. Source: the specification of 2023. */
  readonly is_configured_for_oauth?: boolean | null;
  /** The fields of an adapter, with their metadata. Source: the Terraform provider. */
  readonly credential_details?: { readonly [name: string]: unknown } | null;
  /** The values of an adapter's fields, without secrets. Source: the Terraform provider. */
  readonly unencrypted_credential_details?: { readonly [name: string]: unknown } | null;
  /** State of the credentials: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. Source: the specification of 2023. */
  readonly created_at?: string | null;
  /** When they last changed. Source: the specification of 2023. */
  readonly updated_at?: string | null;
}

const type = named(Schema.String, ConnectionType);
const authType = named(Schema.String, AuthType);

/** Reads {@linkcode Credentials}. */
export const Credentials: Schema.Codec<Credentials> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  type: nullable(type),
  adapter_version: nullable(adapterVersion),
  adapter_id: nullable(Schema.Int),
  adapter: nullable(nested(() => Adapter)),
  threads: nullable(Schema.Int),
  target_name: nullable(Schema.String),
  auth_type: nullable(authType),
  user: nullable(Schema.String),
  username: nullable(Schema.String),
  schema: nullable(Schema.String),
  default_schema: nullable(Schema.String),
  role: nullable(Schema.String),
  database: nullable(Schema.String),
  warehouse: nullable(Schema.String),
  _refresh_token: nullable(Schema.String),
  has_refresh_token: nullable(Schema.Boolean),
  is_configured_for_oauth: nullable(Schema.Boolean),
  credential_details: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  unencrypted_credential_details: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "type", "adapter_version", "schema", "default_schema", "target_name", "threads", "state"] });

// ---- the settings of each warehouse --------------------------------------------------------------------------------

/** Fields of credentials of any type. */
export interface CredentialsOptions {
  /** The number of dbt threads. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
  /** The adapter and its version: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** State of the credentials: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** Credentials for Postgres. */
export interface PostgresCredentials extends CredentialsOptions {
  /** The type of the credentials. */
  readonly type: "postgres";
  /** The user. */
  readonly username: string;
  /** The password. */
  readonly password?: Redacted.Redacted<string> | null;
  /** The schema that dbt builds into. */
  readonly default_schema: string;
}

/** Credentials for Redshift. */
export interface RedshiftCredentials extends CredentialsOptions {
  /** The type of the credentials. */
  readonly type: "redshift";
  /** The authentication method: `password` or `external_oauth`. The Terraform provider leaves it out. */
  readonly auth_type?: string | null;
  /** The user. */
  readonly username?: string | null;
  /** The password. */
  readonly password?: Redacted.Redacted<string> | null;
  /** The schema that dbt builds into. */
  readonly default_schema: string;
}

/** Credentials for Snowflake. */
export interface SnowflakeCredentials extends CredentialsOptions {
  /** The type of the credentials. */
  readonly type: "snowflake";
  /** The authentication method: see {@linkcode AuthType}. */
  readonly auth_type: string;
  /** The user. */
  readonly user?: string | null;
  /** The password, for `auth_type` `password`. */
  readonly password?: Redacted.Redacted<string> | null;
  /** The private key, for `auth_type` `keypair`. */
  readonly private_key?: Redacted.Redacted<string> | null;
  /** The passphrase of the private key. */
  readonly private_key_passphrase?: Redacted.Redacted<string> | null;
  /** The OAuth refresh token. */
  readonly _refresh_token?: Redacted.Redacted<string> | null;
  /** The schema that dbt builds into. */
  readonly schema: string;
  /** The role (default: the connection's). */
  readonly role?: string | null;
  /** The database (default: the connection's). */
  readonly database?: string | null;
  /** The warehouse (default: the connection's). */
  readonly warehouse?: string | null;
}

/** Credentials for BigQuery with adapter `bigquery_v0`. */
export interface BigqueryCredentials extends CredentialsOptions {
  /** The type of the credentials. */
  readonly type: "bigquery";
  /** The dataset that dbt builds into. */
  readonly schema: string;
  /** The OAuth refresh token. */
  readonly _refresh_token?: Redacted.Redacted<string> | null;
}

/** The value of one field of credentials. */
export interface CredentialField {
  /** The field's metadata, which dbt Cloud stores with the value: see `adapters.getSchema`. */
  readonly metadata?: FieldMetadata | null;
  /** The value. Pass a secret as `Redacted`. */
  readonly value?: string | number | boolean | Redacted.Redacted<string> | null;
}

/** The fields of an adapter's credentials. Source: the Terraform provider, the specification of 2023. */
export interface CredentialDetails {
  /** The fields, by name: `schema`, `token`, `threads` … */
  readonly fields: { readonly [name: string]: CredentialField };
  /** The order of the fields in the UI. */
  readonly field_order?: ReadonlyArray<string> | null;
}

/** Credentials for all other warehouses, and for BigQuery with adapter `bigquery_v1`. */
export interface AdapterCredentials extends CredentialsOptions {
  /** The type of the credentials. */
  readonly type: "adapter";
  /** The adapter's id. `adapter_version` can replace it. */
  readonly adapter_id?: number | null;
  /** The fields for the warehouse. */
  readonly credential_details?: CredentialDetails | null;
}

/** New credentials, for any warehouse. */
export type CredentialsInput =
  | AdapterCredentials
  | BigqueryCredentials
  | PostgresCredentials
  | RedshiftCredentials
  | SnowflakeCredentials;

/** The fields that {@linkcode patch} can change: those of all types. */
export type AnyCredentials = AnyOf<CredentialsInput>;

const credentialField: Schema.Codec<CredentialField, unknown> = part({
  metadata: nullable(FieldMetadata),
  value: nullable(Schema.Union([secret, Schema.String, Schema.Finite, Schema.Boolean])),
});

const credentialDetails: Schema.Codec<CredentialDetails, unknown> = part({
  fields: field(Schema.Record(Schema.String, credentialField), "Fields, by name"),
  field_order: nullable(field(Schema.Array(Schema.String), "Order of the fields in the UI")),
});

// One list with the fields of all types, not a union of five: a union would encode a value with the first one that
// fits.
const anyCredentials: Fields<AnyCredentials> = {
  type: nullable(field(Schema.Literals(Object.values(ConnectionType)), "Type of the credentials")),
  threads: nullable(field(Schema.Int, "Number of dbt threads")),
  target_name: nullable(field(Schema.String, "Name of the target")),
  adapter_version: nullable(field(adapterVersion, "Adapter and its version")),
  state: nullable(field(named(Schema.Int, State), "State of the credentials")),
  auth_type: nullable(field(authType, "Authentication method (Snowflake, Redshift)")),
  user: nullable(field(Schema.String, "User (Snowflake)")),
  username: nullable(field(Schema.String, "User (Postgres, Redshift)")),
  password: nullable(field(secret, "Password (Snowflake, Postgres, Redshift)")),
  private_key: nullable(field(secret, "Private key (Snowflake)")),
  private_key_passphrase: nullable(field(secret, "Passphrase of the private key (Snowflake)")),
  _refresh_token: nullable(field(secret, "OAuth refresh token (Snowflake, BigQuery)")),
  schema: nullable(field(Schema.String, "Schema or dataset that dbt builds into (Snowflake, BigQuery)")),
  default_schema: nullable(field(Schema.String, "Schema that dbt builds into (Postgres, Redshift)")),
  role: nullable(field(Schema.String, "Role (Snowflake, default: the connection's)")),
  database: nullable(field(Schema.String, "Database (Snowflake, default: the connection's)")),
  warehouse: nullable(field(Schema.String, "Warehouse (Snowflake, default: the connection's)")),
  adapter_id: nullable(field(Schema.Int, "Adapter id (type adapter)")),
  credential_details: nullable(field(credentialDetails, "Fields for the warehouse (type adapter)")),
};

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** Fields of every request about credentials of a project. */
export interface OfCredentials extends InProject {
  /** The credentials' id. */
  readonly credentials_id: number;
}

const ofCredentials: Fields<OfCredentials> = {
  ...inProject,
  credentials_id: field(Schema.Int, "Credentials id"),
};

/** Related objects that requests for credentials can include. Source: the Terraform provider. */
export type CredentialsRelated = Related<"adapter">;

const credentialsRelated: Schema.Codec<CredentialsRelated, string> = related("adapter");

/** The request of {@linkcode list}. */
export interface List extends InProject {
  /** Related objects to include in each row. */
  readonly include_related?: CredentialsRelated;
}

/** List the credentials of a project. */
export const list: Endpoint<List, Page<Credentials>> = endpoint("credentials.list", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/credentials/",
  summary: "List the credentials of a project",
  request: { ...inProject, include_related: optional(credentialsRelated) },
  success: page(Credentials),
  dbtc: "list_credentials",
});

/** The request of {@linkcode create}. */
export type Create = InProject & CredentialsInput;

const createRequest = { ...inProject, ...anyCredentials, type: field(type, "Type of the credentials") };

/** Create credentials. */
export const create: Endpoint<Create, Credentials> = endpoint("credentials.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/credentials/",
  summary: "Create credentials",
  request: createRequest as Fields<Create>, // each alternative of `Create` has some of these fields
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Credentials),
  dbtc: "create_credentials",
});

/** The request of {@linkcode get}. */
export interface Get extends OfCredentials {
  /** Related objects to include in the credentials. */
  readonly include_related?: CredentialsRelated;
}

/** Get credentials. */
export const get: Endpoint<Get, Credentials> = endpoint("credentials.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/credentials/:credentials_id/",
  summary: "Get credentials",
  request: { ...ofCredentials, include_related: optional(credentialsRelated) },
  success: data(Credentials),
  dbtc: "get_credentials",
});

/** The request of {@linkcode update}. */
export type Update = OfCredentials & CredentialsInput;

/** Update credentials. Fields that are left out are reset. */
export const update: Endpoint<Update, Credentials> = endpoint("credentials.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/credentials/:credentials_id/",
  summary: "Update credentials",
  request: { ...ofCredentials, ...createRequest } as Fields<Update>, // as for `create`
  repeats: { account_id: "account_id", project_id: "project_id", id: "credentials_id" },
  replaces: true,
  success: data(Credentials),
  dbtc: "update_credentials",
});

/** The request of {@linkcode patch}. */
export type Patch = OfCredentials & AnyCredentials;

/** Change some fields of credentials. */
export const patch: Endpoint<Patch, Credentials> = endpoint("credentials.patch", {
  route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/credentials/:credentials_id/",
  summary: "Change some fields of credentials",
  request: { ...ofCredentials, ...anyCredentials },
  repeats: { account_id: "account_id", project_id: "project_id", id: "credentials_id" },
  success: data(Credentials),
  dbtc: "partial_update_credentials",
});

/** Delete credentials. */
const del: Endpoint<OfCredentials, Credentials | undefined> = endpoint("credentials.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/credentials/:credentials_id/",
  summary: "Delete credentials",
  request: ofCredentials,
  success: maybe(Credentials),
  dbtc: "delete_credentials",
});
export { del as delete };
