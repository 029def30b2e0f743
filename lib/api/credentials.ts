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
import {
  field,
  type Fields,
  type InProject,
  inProject,
  named,
  type Nested,
  nested,
  nullable,
  optional,
  part,
  type Related,
  related,
  secret,
  State,
  struct,
} from "../schema.ts";
import { Adapter, adapterVersion, type AnyOf, FieldMetadata } from "./adapters.ts";
import { ConnectionType } from "./connections.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** How credentials log in to Snowflake; to Redshift by `password` or `external_oauth` only. */
export const AuthType = {
  password: "password",
  keypair: "keypair",
  sso: "sso",
  external_oauth: "external_oauth",
} as const;

// ---- models ---------------------------------------------------------------------------------------------------------

/** Credentials of any kind, without their secrets. What they have depends on their type. */
export interface Credentials {
  /** The credentials' id. Source: the specification of 2023, the Terraform provider. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The kind of warehouse: see {@linkcode ConnectionType}. */
  readonly type?: string | null;
  /** The adapter, where the type is `adapter`: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** The adapter, by id. */
  readonly adapter_id?: number | null;
  /** The adapter, where it is included. Source: the specification of 2023. */
  readonly adapter?: Nested<Adapter> | null;
  /** How many threads dbt uses. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
  /** How to log in: see {@linkcode AuthType}. */
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
  /** What dbt Cloud gets new tokens with. Published; whether it ever comes is not known. */
  readonly _refresh_token?: string | null;
  /** Whether there is such a token. Source: the specification of 2023. */
  readonly has_refresh_token?: boolean | null;
  /** Whether they log in by OAuth. Source: the specification of 2023. */
  readonly is_configured_for_oauth?: boolean | null;
  /** What an adapter needs, as it was written. Source: the Terraform provider. */
  readonly credential_details?: { readonly [name: string]: unknown } | null;
  /** What an adapter needs: the plain values, without secrets. Source: the Terraform provider. */
  readonly unencrypted_credential_details?: { readonly [name: string]: unknown } | null;
  /** Whether they are there: 1 active, 2 deleted. */
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

// ---- what each kind of warehouse needs ------------------------------------------------------------------------------

/** What credentials of any kind can have. */
export interface CredentialsOptions {
  /** How many threads dbt uses. */
  readonly threads?: number | null;
  /** The name of the target. */
  readonly target_name?: string | null;
  /** The adapter: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** Whether they are there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** Credentials for Postgres. */
export interface PostgresCredentials extends CredentialsOptions {
  /** Tells the kind. */
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
  /** Tells the kind. */
  readonly type: "redshift";
  /** How to log in: `password` or `external_oauth`. The Terraform provider leaves it out. */
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
  /** Tells the kind. */
  readonly type: "snowflake";
  /** How to log in: see {@linkcode AuthType}. */
  readonly auth_type: string;
  /** The user. */
  readonly user?: string | null;
  /** The password, where they log in by `password`. */
  readonly password?: Redacted.Redacted<string> | null;
  /** The private key, where they log in by `keypair`. */
  readonly private_key?: Redacted.Redacted<string> | null;
  /** What the private key is locked with. */
  readonly private_key_passphrase?: Redacted.Redacted<string> | null;
  /** What dbt Cloud gets new tokens with. */
  readonly _refresh_token?: Redacted.Redacted<string> | null;
  /** The schema that dbt builds into. */
  readonly schema: string;
  /** The role; the connection's when absent. */
  readonly role?: string | null;
  /** The database; the connection's when absent. */
  readonly database?: string | null;
  /** The warehouse; the connection's when absent. */
  readonly warehouse?: string | null;
}

/** Credentials for BigQuery, with adapter `bigquery_v0`. */
export interface BigqueryCredentials extends CredentialsOptions {
  /** Tells the kind. */
  readonly type: "bigquery";
  /** The dataset that dbt builds into. */
  readonly schema: string;
  /** What dbt Cloud gets new tokens with. */
  readonly _refresh_token?: Redacted.Redacted<string> | null;
}

/** The value of one field of credentials. */
export interface CredentialField {
  /** What the field is: dbt Cloud keeps it with the value. See `adapters.getSchema`. */
  readonly metadata?: FieldMetadata | null;
  /** The value; a secret as `Redacted`. */
  readonly value?: string | number | boolean | Redacted.Redacted<string> | null;
}

/** What an adapter needs to log in, field by field. Source: the Terraform provider, the specification of 2023. */
export interface CredentialDetails {
  /** The fields, by name: `schema`, `token`, `threads` … */
  readonly fields: { readonly [name: string]: CredentialField };
  /** The order in which people see them. */
  readonly field_order?: ReadonlyArray<string> | null;
}

/** Credentials for any other warehouse, and for BigQuery with adapter `bigquery_v1`. */
export interface AdapterCredentials extends CredentialsOptions {
  /** Tells the kind. */
  readonly type: "adapter";
  /** The adapter, by id; `adapter_version` does instead. */
  readonly adapter_id?: number | null;
  /** What the warehouse needs. */
  readonly credential_details?: CredentialDetails | null;
}

/** What credentials say, whatever the warehouse. */
export type CredentialsInput =
  | AdapterCredentials
  | BigqueryCredentials
  | PostgresCredentials
  | RedshiftCredentials
  | SnowflakeCredentials;

/** What a change of credentials may say: all that any kind has. */
export type AnyCredentials = AnyOf<CredentialsInput>;

const credentialField: Schema.Codec<CredentialField, unknown> = part({
  metadata: nullable(FieldMetadata),
  value: nullable(Schema.Union([secret, Schema.String, Schema.Finite, Schema.Boolean])),
});

const credentialDetails: Schema.Codec<CredentialDetails, unknown> = part({
  fields: field(Schema.Record(Schema.String, credentialField), "The fields, by name"),
  field_order: nullable(field(Schema.Array(Schema.String), "The order in which people see them")),
});

// One list with the fields of all kinds, not a union of five: a union would write a value by whichever one it fits
// first.
const anyCredentials: Fields<AnyCredentials> = {
  type: nullable(field(Schema.Literals(Object.values(ConnectionType)), "The kind of warehouse")),
  threads: nullable(field(Schema.Int, "How many threads dbt uses")),
  target_name: nullable(field(Schema.String, "The name of the target")),
  adapter_version: nullable(field(adapterVersion, "The adapter")),
  state: nullable(field(named(Schema.Int, State), "Whether they are there")),
  auth_type: nullable(field(authType, "How to log in (Snowflake, Redshift)")),
  user: nullable(field(Schema.String, "The user (Snowflake)")),
  username: nullable(field(Schema.String, "The user (Postgres, Redshift)")),
  password: nullable(field(secret, "The password (Snowflake, Postgres, Redshift)")),
  private_key: nullable(field(secret, "The private key (Snowflake)")),
  private_key_passphrase: nullable(field(secret, "What the private key is locked with (Snowflake)")),
  _refresh_token: nullable(field(secret, "What dbt Cloud gets new tokens with (Snowflake, BigQuery)")),
  schema: nullable(field(Schema.String, "The schema or dataset that dbt builds into (Snowflake, BigQuery)")),
  default_schema: nullable(field(Schema.String, "The schema that dbt builds into (Postgres, Redshift)")),
  role: nullable(field(Schema.String, "The role (Snowflake)")),
  database: nullable(field(Schema.String, "The database (Snowflake)")),
  warehouse: nullable(field(Schema.String, "The warehouse (Snowflake)")),
  adapter_id: nullable(field(Schema.Int, "The adapter, by id (type adapter)")),
  credential_details: nullable(field(credentialDetails, "What the warehouse needs (type adapter)")),
};

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about credentials of a project has. */
export interface OfCredentials extends InProject {
  /** The credentials. */
  readonly credentials_id: number;
}

const ofCredentials: Fields<OfCredentials> = {
  ...inProject,
  credentials_id: field(Schema.Int, "The credentials"),
};

/** Which related things an answer about credentials can include. Source: the Terraform provider. */
export type CredentialsRelated = Related<"adapter">;

const credentialsRelated: Schema.Codec<CredentialsRelated, string> = related("adapter");

/** What {@linkcode list} asks for. */
export interface List extends InProject {
  /** Related things to include in each. */
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

/** What {@linkcode create} asks for. */
export type Create = InProject & CredentialsInput;

const createRequest = { ...inProject, ...anyCredentials, type: field(type, "The kind of warehouse") };

/** Create credentials. */
export const create: Endpoint<Create, Credentials> = endpoint("credentials.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/credentials/",
  summary: "Create credentials",
  request: createRequest as Fields<Create>, // each alternative of `Create` has some of these fields
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Credentials),
  dbtc: "create_credentials",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfCredentials {
  /** Related things to include in the credentials. */
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

/** What {@linkcode update} asks for. */
export type Update = OfCredentials & CredentialsInput;

/** Update credentials. What is not given is reset. */
export const update: Endpoint<Update, Credentials> = endpoint("credentials.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/credentials/:credentials_id/",
  summary: "Update credentials",
  request: { ...ofCredentials, ...createRequest } as Fields<Update>, // as for `create`
  repeats: { account_id: "account_id", project_id: "project_id", id: "credentials_id" },
  replaces: true,
  success: data(Credentials),
  dbtc: "update_credentials",
});

/** What {@linkcode patch} asks for. */
export type Patch = OfCredentials & AnyCredentials;

/** Change some of credentials. */
export const patch: Endpoint<Patch, Credentials> = endpoint("credentials.patch", {
  route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/credentials/:credentials_id/",
  summary: "Change some of credentials",
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
