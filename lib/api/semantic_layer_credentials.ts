/**
 * The endpoints of the group `semanticLayerCredentials`: Semantic Layer credentials, with which the Semantic Layer
 * logs in to a warehouse, and the service tokens that use them.
 *
 * dbt's specification has only the list. It had the other endpoints until 2024-05-01, and the Terraform provider still
 * uses them.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, named, nullable, optional, part, secret, struct } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  project_id,
  type Related,
  related,
  State,
  state,
  type StateFilter,
} from "../shared_fields.ts";
import { adapterVersion } from "./adapters.ts";

// ---- models ---------------------------------------------------------------------------------------------------------

/** A service token that uses Semantic Layer credentials. */
export interface CredentialsServiceToken {
  /** The token's id. */
  readonly id?: number | null;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The token's unique id. */
  readonly uid?: string | null;
  /** The token's name. */
  readonly name?: string | null;
}

const serviceToken: Schema.Codec<CredentialsServiceToken> = struct({
  id: nullable(Schema.Int),
  account_id: nullable(Schema.Int),
  uid: nullable(Schema.String),
  name: nullable(Schema.String),
});

/** Semantic Layer credentials, without their secrets. */
export interface SemanticLayerCredentials {
  /** The credentials' id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The adapter and its version: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** Always `semantic_layer_credentials`. */
  readonly schema_type?: string | null;
  /** The credentials' name. */
  readonly name?: string | null;
  /** The values for the warehouse, without secrets. */
  readonly values?: { readonly [name: string]: unknown } | null;
  /** The service tokens that use them. */
  readonly service_tokens?: ReadonlyArray<CredentialsServiceToken> | null;
  /** State of the credentials: 1 active, 2 deleted. */
  readonly state?: number | null;
  /** When they were created. */
  readonly created_at?: string | null;
  /** When they last changed. */
  readonly updated_at?: string | null;
}

/** Reads {@linkcode SemanticLayerCredentials}. */
export const SemanticLayerCredentials: Schema.Codec<SemanticLayerCredentials> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  adapter_version: nullable(adapterVersion),
  schema_type: nullable(Schema.String),
  name: nullable(Schema.String),
  values: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  service_tokens: nullable(Schema.Array(serviceToken)),
  state: nullable(named(Schema.Int, State)),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "project_id", "adapter_version", "created_at"] });

/** Which service token uses which Semantic Layer credentials. Source: the Terraform provider. */
export interface ServiceTokenMapping {
  /** The mapping's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
  readonly project_id?: number | null;
  /** The credentials' id. */
  readonly semantic_layer_credentials_id?: number | null;
  /** The service token's id. */
  readonly service_token_id?: number | null;
  /** State of the mapping: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** Reads a {@linkcode ServiceTokenMapping}. */
export const ServiceTokenMapping: Schema.Codec<ServiceTokenMapping> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  semantic_layer_credentials_id: nullable(Schema.Int),
  service_token_id: nullable(Schema.Int),
  state: nullable(named(Schema.Int, State)),
}, { columns: ["id", "project_id", "semantic_layer_credentials_id", "service_token_id", "state"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** The values that a warehouse needs. Other values are sent too. Source: the Terraform provider. */
export interface SemanticLayerValues {
  /** The authentication method, on Snowflake: `password`, `keypair`. */
  readonly auth_type?: string | null;
  /** The user, on Snowflake. */
  readonly user?: string | null;
  /** The user, on Postgres and Redshift. */
  readonly username?: string | null;
  /** The password, on Snowflake, Postgres and Redshift. */
  readonly password?: Redacted.Redacted<string> | null;
  /** The private key, on Snowflake and BigQuery. */
  readonly private_key?: Redacted.Redacted<string> | null;
  /** The passphrase of the private key, on Snowflake. */
  readonly private_key_passphrase?: Redacted.Redacted<string> | null;
  /** The role, on Snowflake. */
  readonly role?: string | null;
  /** The warehouse, on Snowflake. */
  readonly warehouse?: string | null;
  /** The token, on Databricks. */
  readonly token?: Redacted.Redacted<string> | null;
  /** The catalog, on Databricks. */
  readonly catalog?: string | null;
  /** The id of the private key, on BigQuery. */
  readonly private_key_id?: string | null;
  /** The email address of the service account, on BigQuery. */
  readonly client_email?: string | null;
  /** The client id of the service account, on BigQuery. */
  readonly client_id?: string | null;
  /** The URL of Google's OAuth login, on BigQuery. */
  readonly auth_uri?: string | null;
  /** The URL that issues Google's tokens, on BigQuery. */
  readonly token_uri?: string | null;
  /** The URL of Google's certificates, on BigQuery. */
  readonly auth_provider_x509_cert_url?: string | null;
  /** The URL of the service account's certificate, on BigQuery. */
  readonly client_x509_cert_url?: string | null;
  /** The project that is billed for queries, on BigQuery. */
  readonly execution_project?: string | null;
}

const values: Schema.Codec<SemanticLayerValues, unknown> = part({
  auth_type: nullable(field(Schema.String, "Authentication method (Snowflake): password or keypair")),
  user: nullable(field(Schema.String, "User (Snowflake)")),
  username: nullable(field(Schema.String, "User (Postgres, Redshift)")),
  password: nullable(field(secret, "Password (Snowflake, Postgres, Redshift)")),
  private_key: nullable(field(secret, "Private key (Snowflake, BigQuery)")),
  private_key_passphrase: nullable(field(secret, "Passphrase of the private key (Snowflake)")),
  role: nullable(field(Schema.String, "Role (Snowflake)")),
  warehouse: nullable(field(Schema.String, "Warehouse (Snowflake)")),
  token: nullable(field(secret, "Token (Databricks)")),
  catalog: nullable(field(Schema.String, "Catalog (Databricks)")),
  private_key_id: nullable(field(Schema.String, "Id of the private key (BigQuery)")),
  client_email: nullable(field(Schema.String, "Email address of the service account (BigQuery)")),
  client_id: nullable(field(Schema.String, "Client id of the service account (BigQuery)")),
  auth_uri: nullable(field(Schema.String, "URL of Google's OAuth login (BigQuery)")),
  token_uri: nullable(field(Schema.String, "URL that issues Google's tokens (BigQuery)")),
  auth_provider_x509_cert_url: nullable(field(Schema.String, "URL of Google's certificates (BigQuery)")),
  client_x509_cert_url: nullable(field(Schema.String, "URL of the service account's certificate (BigQuery)")),
  execution_project: nullable(field(Schema.String, "Project that is billed for queries (BigQuery)")),
});

/** The fields of Semantic Layer credentials that requests can set. */
export interface SemanticLayerCredentialsOptions {
  /** The credentials' name. */
  readonly name?: string | null;
  /** The adapter of the project: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** The values for the warehouse. */
  readonly values?: SemanticLayerValues | null;
  /** Always `semantic_layer_credentials`. */
  readonly schema_type?: string | null;
  /** State of the credentials: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Fields<SemanticLayerCredentialsOptions> = {
  name: nullable(field(Schema.String, "Name of the credentials")),
  adapter_version: nullable(field(adapterVersion, "Adapter of the project, with its version")),
  values: nullable(field(values, "Values for the warehouse")),
  schema_type: nullable(field(Schema.String, "Always semantic_layer_credentials")),
  state: nullable(field(named(Schema.Int, State), "State of the credentials")),
};

/** The fields of new Semantic Layer credentials. */
export interface NewSemanticLayerCredentials extends SemanticLayerCredentialsOptions {
  /** The credentials' name. */
  readonly name: string;
  /** The adapter of the project: see `adapters.AdapterVersion`. */
  readonly adapter_version: string;
  /** The values for the warehouse. */
  readonly values: SemanticLayerValues;
}

const newOptions: Fields<NewSemanticLayerCredentials> = {
  ...options,
  name: field(Schema.String, "Name of the credentials"),
  adapter_version: field(adapterVersion, "Adapter of the project, with its version"),
  values: field(values, "Values for the warehouse"),
};

const sl_creds_id = field(Schema.Int, "Semantic Layer credentials id");

/** Fields of every request about Semantic Layer credentials of an account. */
export interface OfSemanticLayerCredentials extends InAccount {
  /** The Semantic Layer credentials' id. */
  readonly sl_creds_id: number;
}

const ofSemanticLayerCredentials: Fields<OfSemanticLayerCredentials> = { ...inAccount, sl_creds_id };

/** The request of {@linkcode list}. */
export interface List extends InAccount {
  /** Only the credentials of this project. */
  readonly project_id?: number;
  /** Only the credentials with this id. */
  readonly pk?: number;
  /** State of the credentials: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each row. */
  readonly include_related?: Related;
  /** The field to order by; `-` in front for descending. */
  readonly order_by?: string;
}

/** List the Semantic Layer credentials of an account. */
export const list: Endpoint<List, Page<SemanticLayerCredentials>> = endpoint("semanticLayerCredentials.list", {
  route: "GET /api/v3/accounts/:account_id/semantic-layer-credentials/",
  summary: "List the Semantic Layer credentials of an account",
  request: {
    ...inAccount,
    project_id: optional(field(Schema.Int, "Only the credentials of this project")),
    pk: optional(field(Schema.Int, "Only the credentials with this id")),
    state: optional(state),
    include_related: optional(related()),
    order_by: optional(field(Schema.String, "Field to order by; - in front for descending")),
  },
  success: page(SemanticLayerCredentials),
});

const undocumented = "Published until 2024-05-01; the Terraform provider uses it";

/** The request of {@linkcode create}. */
export interface Create extends InAccount, NewSemanticLayerCredentials {
  /** The project's id. */
  readonly project_id: number;
}

const createRequest: Fields<Create> = { ...inAccount, ...newOptions, project_id };

/** Create Semantic Layer credentials. */
export const create: Endpoint<Create, SemanticLayerCredentials> = endpoint("semanticLayerCredentials.create", {
  route: "POST /api/v3/accounts/:account_id/semantic-layer-credentials/",
  summary: "Create Semantic Layer credentials",
  request: createRequest,
  repeats: { account_id: "account_id" },
  success: data(SemanticLayerCredentials),
  undocumented,
});

/** Get Semantic Layer credentials. */
export const get: Endpoint<OfSemanticLayerCredentials, SemanticLayerCredentials> = endpoint(
  "semanticLayerCredentials.get",
  {
    route: "GET /api/v3/accounts/:account_id/semantic-layer-credentials/:sl_creds_id/",
    summary: "Get Semantic Layer credentials",
    request: ofSemanticLayerCredentials,
    success: data(SemanticLayerCredentials),
    undocumented,
  },
);

/** The request of {@linkcode update}. */
export interface Update extends OfSemanticLayerCredentials, Create {}

/** Update Semantic Layer credentials. Fields that are left out are reset. */
export const update: Endpoint<Update, SemanticLayerCredentials> = endpoint("semanticLayerCredentials.update", {
  route: "POST /api/v3/accounts/:account_id/semantic-layer-credentials/:sl_creds_id/",
  summary: "Update Semantic Layer credentials",
  request: { ...ofSemanticLayerCredentials, ...createRequest },
  repeats: { account_id: "account_id", id: "sl_creds_id" },
  replaces: true,
  success: data(SemanticLayerCredentials),
  undocumented,
});

/** The request of {@linkcode patch}. */
export interface Patch extends OfSemanticLayerCredentials, SemanticLayerCredentialsOptions {}

/** Change some fields of Semantic Layer credentials. */
export const patch: Endpoint<Patch, SemanticLayerCredentials> = endpoint("semanticLayerCredentials.patch", {
  route: "PATCH /api/v3/accounts/:account_id/semantic-layer-credentials/:sl_creds_id/",
  summary: "Change some fields of Semantic Layer credentials",
  request: { ...ofSemanticLayerCredentials, ...options },
  success: data(SemanticLayerCredentials),
  undocumented: "Published until 2024-05-01",
});

/** Delete Semantic Layer credentials. */
const del: Endpoint<OfSemanticLayerCredentials, SemanticLayerCredentials | undefined> = endpoint(
  "semanticLayerCredentials.delete",
  {
    route: "DELETE /api/v3/accounts/:account_id/semantic-layer-credentials/:sl_creds_id/",
    summary: "Delete Semantic Layer credentials",
    request: ofSemanticLayerCredentials,
    success: maybe(SemanticLayerCredentials),
    undocumented,
  },
);
export { del as delete };

// ---- service tokens -------------------------------------------------------------------------------------------------

const byTerraform = "The Terraform provider uses it";

/** The request of {@linkcode listServiceTokens}. */
export interface ListServiceTokens extends InAccount {
  /** Only the mappings of this project. */
  readonly project_id?: number;
}

/** List which service tokens use which Semantic Layer credentials. */
export const listServiceTokens: Endpoint<ListServiceTokens, Page<ServiceTokenMapping>> = endpoint(
  "semanticLayerCredentials.listServiceTokens",
  {
    route: "GET /api/v3/accounts/:account_id/semantic-layer-credential-to-service-token-mapping/",
    summary: "List which service tokens use which Semantic Layer credentials",
    request: { ...inAccount, project_id: optional(field(Schema.Int, "Only the mappings of this project")) },
    success: page(ServiceTokenMapping),
    undocumented: byTerraform,
  },
);

/** The request of {@linkcode addServiceToken}. */
export interface AddServiceToken extends InAccount {
  /** The project's id. */
  readonly project_id: number;
  /** The Semantic Layer credentials' id. */
  readonly semantic_layer_credentials_id: number;
  /** The service token's id. */
  readonly service_token_id: number;
  /** State of the mapping: 1 active, 2 deleted. */
  readonly state?: number | null;
}

/** Let a service token use Semantic Layer credentials. */
export const addServiceToken: Endpoint<AddServiceToken, ServiceTokenMapping> = endpoint(
  "semanticLayerCredentials.addServiceToken",
  {
    route: "POST /api/v3/accounts/:account_id/semantic-layer-credential-to-service-token-mapping/",
    summary: "Let a service token use Semantic Layer credentials",
    request: {
      ...inAccount,
      project_id,
      semantic_layer_credentials_id: sl_creds_id,
      service_token_id: field(Schema.Int, "Service token id"),
      state: options.state,
    },
    repeats: { account_id: "account_id" },
    success: data(ServiceTokenMapping),
    undocumented: byTerraform,
  },
);

/** The request of {@linkcode removeServiceToken}. */
export interface RemoveServiceToken extends InAccount {
  /** The mapping's id, from {@linkcode listServiceTokens}. */
  readonly service_token_mapping_id: number;
}

/** Stop a service token from using Semantic Layer credentials. */
export const removeServiceToken: Endpoint<RemoveServiceToken, ServiceTokenMapping | undefined> = endpoint(
  "semanticLayerCredentials.removeServiceToken",
  {
    route:
      "DELETE /api/v3/accounts/:account_id/semantic-layer-credential-to-service-token-mapping/:service_token_mapping_id/",
    summary: "Stop a service token from using Semantic Layer credentials",
    request: { ...inAccount, service_token_mapping_id: field(Schema.Int, "Mapping id, from list-service-tokens") },
    success: maybe(ServiceTokenMapping),
    undocumented: byTerraform,
  },
);

// ---- by project -----------------------------------------------------------------------------------------------------

const byPython = "Python dbtc uses it; it has never been in the specification";

/** Fields of every request about Semantic Layer credentials of a project. */
export interface OfSemanticLayerCredentialsInProject extends InProject {
  /** The Semantic Layer credentials' id. */
  readonly sl_creds_id: number;
}

const ofSemanticLayerCredentialsInProject: Fields<OfSemanticLayerCredentialsInProject> = {
  ...inProject,
  sl_creds_id,
};

/** The request of {@linkcode createInProject}. */
export interface CreateInProject extends InProject, NewSemanticLayerCredentials {}

/** Create Semantic Layer credentials, by project. */
export const createInProject: Endpoint<CreateInProject, SemanticLayerCredentials> = endpoint(
  "semanticLayerCredentials.createInProject",
  {
    route: "POST /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-credentials/",
    summary: "Create Semantic Layer credentials, by project",
    request: { ...inProject, ...newOptions },
    repeats: { account_id: "account_id", project_id: "project_id" },
    success: data(SemanticLayerCredentials),
    dbtc: "create_sl_creds",
    undocumented: byPython,
  },
);

/** Get Semantic Layer credentials, by project. */
export const getInProject: Endpoint<OfSemanticLayerCredentialsInProject, SemanticLayerCredentials> = endpoint(
  "semanticLayerCredentials.getInProject",
  {
    route: "GET /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-credentials/:sl_creds_id/",
    summary: "Get Semantic Layer credentials, by project",
    request: ofSemanticLayerCredentialsInProject,
    success: data(SemanticLayerCredentials),
    dbtc: "get_sl_creds",
    undocumented: byPython,
  },
);

/** The request of {@linkcode updateInProject}. */
export interface UpdateInProject extends OfSemanticLayerCredentialsInProject, CreateInProject {}

/** Update Semantic Layer credentials, by project. Fields that are left out are reset. */
export const updateInProject: Endpoint<UpdateInProject, SemanticLayerCredentials> = endpoint(
  "semanticLayerCredentials.updateInProject",
  {
    route: "POST /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-credentials/:sl_creds_id/",
    summary: "Update Semantic Layer credentials, by project",
    request: { ...ofSemanticLayerCredentialsInProject, ...newOptions },
    repeats: { account_id: "account_id", project_id: "project_id", id: "sl_creds_id" },
    replaces: true,
    success: data(SemanticLayerCredentials),
    dbtc: "update_sl_creds",
    undocumented: byPython,
  },
);

/** The request of {@linkcode patchInProject}. */
export interface PatchInProject extends OfSemanticLayerCredentialsInProject, SemanticLayerCredentialsOptions {}

/** Change some fields of Semantic Layer credentials, by project. */
export const patchInProject: Endpoint<PatchInProject, SemanticLayerCredentials> = endpoint(
  "semanticLayerCredentials.patchInProject",
  {
    route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-credentials/:sl_creds_id/",
    summary: "Change some fields of Semantic Layer credentials, by project",
    request: { ...ofSemanticLayerCredentialsInProject, ...options },
    success: data(SemanticLayerCredentials),
    dbtc: "partially_update_sl_creds",
    undocumented: byPython,
  },
);

/** Delete Semantic Layer credentials, by project. */
export const deleteInProject: Endpoint<
  OfSemanticLayerCredentialsInProject,
  SemanticLayerCredentials | undefined
> = endpoint("semanticLayerCredentials.deleteInProject", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-credentials/:sl_creds_id/",
  summary: "Delete Semantic Layer credentials, by project",
  request: ofSemanticLayerCredentialsInProject,
  success: maybe(SemanticLayerCredentials),
  dbtc: "delete_sl_creds",
  undocumented: byPython,
});
