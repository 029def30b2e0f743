/**
 * The endpoints of the group `semanticLayerCredentials`: Semantic Layer credentials, with which the Semantic Layer
 * logs in to a warehouse, and the service tokens that use them.
 *
 * dbt publishes only the list. It published the rest until 2024-05-01, and the Terraform provider still uses it.
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
  /** The account. */
  readonly account_id?: number | null;
  /** The token's other id. */
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
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The adapter: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** Always `semantic_layer_credentials`. */
  readonly schema_type?: string | null;
  /** The name. */
  readonly name?: string | null;
  /** What the warehouse needs, without secrets. */
  readonly values?: { readonly [name: string]: unknown } | null;
  /** The service tokens that use them. */
  readonly service_tokens?: ReadonlyArray<CredentialsServiceToken> | null;
  /** Whether they are there: 1 active, 2 deleted. */
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
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** The credentials. */
  readonly semantic_layer_credentials_id?: number | null;
  /** The service token. */
  readonly service_token_id?: number | null;
  /** Whether it is there: 1 active, 2 deleted. */
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

/** What a warehouse needs. Each has its own; what is not named here is sent too. Source: the Terraform provider. */
export interface SemanticLayerValues {
  /** How to log in, on Snowflake: `password`, `keypair`. */
  readonly auth_type?: string | null;
  /** The user, on Snowflake. */
  readonly user?: string | null;
  /** The user, on Postgres and Redshift. */
  readonly username?: string | null;
  /** The password, on Snowflake, Postgres and Redshift. */
  readonly password?: Redacted.Redacted<string> | null;
  /** The private key, on Snowflake and BigQuery. */
  readonly private_key?: Redacted.Redacted<string> | null;
  /** What the private key is locked with, on Snowflake. */
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
  /** The service account, on BigQuery. */
  readonly client_email?: string | null;
  /** The service account's id, on BigQuery. */
  readonly client_id?: string | null;
  /** Where Google asks, on BigQuery. */
  readonly auth_uri?: string | null;
  /** Where Google gives tokens, on BigQuery. */
  readonly token_uri?: string | null;
  /** The certificate of Google, on BigQuery. */
  readonly auth_provider_x509_cert_url?: string | null;
  /** The certificate of the service account, on BigQuery. */
  readonly client_x509_cert_url?: string | null;
  /** The project that pays for queries, on BigQuery. */
  readonly execution_project?: string | null;
}

const values: Schema.Codec<SemanticLayerValues, unknown> = part({
  auth_type: nullable(field(Schema.String, "How to log in (Snowflake): password, keypair")),
  user: nullable(field(Schema.String, "The user (Snowflake)")),
  username: nullable(field(Schema.String, "The user (Postgres, Redshift)")),
  password: nullable(field(secret, "The password (Snowflake, Postgres, Redshift)")),
  private_key: nullable(field(secret, "The private key (Snowflake, BigQuery)")),
  private_key_passphrase: nullable(field(secret, "What the private key is locked with (Snowflake)")),
  role: nullable(field(Schema.String, "The role (Snowflake)")),
  warehouse: nullable(field(Schema.String, "The warehouse (Snowflake)")),
  token: nullable(field(secret, "The token (Databricks)")),
  catalog: nullable(field(Schema.String, "The catalog (Databricks)")),
  private_key_id: nullable(field(Schema.String, "The id of the private key (BigQuery)")),
  client_email: nullable(field(Schema.String, "The service account (BigQuery)")),
  client_id: nullable(field(Schema.String, "The service account's id (BigQuery)")),
  auth_uri: nullable(field(Schema.String, "Where Google asks (BigQuery)")),
  token_uri: nullable(field(Schema.String, "Where Google gives tokens (BigQuery)")),
  auth_provider_x509_cert_url: nullable(field(Schema.String, "The certificate of Google (BigQuery)")),
  client_x509_cert_url: nullable(field(Schema.String, "The certificate of the service account (BigQuery)")),
  execution_project: nullable(field(Schema.String, "The project that pays for queries (BigQuery)")),
});

/** What one can set about Semantic Layer credentials. */
export interface SemanticLayerCredentialsOptions {
  /** The name. */
  readonly name?: string | null;
  /** The adapter, the project's: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** What the warehouse needs. */
  readonly values?: SemanticLayerValues | null;
  /** Always `semantic_layer_credentials`. */
  readonly schema_type?: string | null;
  /** Whether they are there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Fields<SemanticLayerCredentialsOptions> = {
  name: nullable(field(Schema.String, "The name")),
  adapter_version: nullable(field(adapterVersion, "The adapter, the project's")),
  values: nullable(field(values, "What the warehouse needs")),
  schema_type: nullable(field(Schema.String, "Always semantic_layer_credentials")),
  state: nullable(field(named(Schema.Int, State), "Whether they are there")),
};

/** What new Semantic Layer credentials need. */
export interface NewSemanticLayerCredentials extends SemanticLayerCredentialsOptions {
  /** The name. */
  readonly name: string;
  /** The adapter, the project's: see `adapters.AdapterVersion`. */
  readonly adapter_version: string;
  /** What the warehouse needs. */
  readonly values: SemanticLayerValues;
}

const newOptions: Fields<NewSemanticLayerCredentials> = {
  ...options,
  name: field(Schema.String, "The name"),
  adapter_version: field(adapterVersion, "The adapter, the project's"),
  values: field(values, "What the warehouse needs"),
};

const sl_creds_id = field(Schema.Int, "The Semantic Layer credentials");

/** What every request about Semantic Layer credentials of an account has. */
export interface OfSemanticLayerCredentials extends InAccount {
  /** The Semantic Layer credentials. */
  readonly sl_creds_id: number;
}

const ofSemanticLayerCredentials: Fields<OfSemanticLayerCredentials> = { ...inAccount, sl_creds_id };

/** What {@linkcode list} asks for. */
export interface List extends InAccount {
  /** Only the credentials of this project. */
  readonly project_id?: number;
  /** Only the credentials with this id. */
  readonly pk?: number;
  /** Active credentials, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each. */
  readonly include_related?: Related;
  /** The field to order by, with `-` in front for descending. */
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
    order_by: optional(field(Schema.String, "The field to order by; - in front for descending")),
  },
  success: page(SemanticLayerCredentials),
});

const undocumented = "Published until 2024-05-01; the Terraform provider uses it";

/** What {@linkcode create} asks for. */
export interface Create extends InAccount, NewSemanticLayerCredentials {
  /** The project. */
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

/** What {@linkcode update} asks for. */
export interface Update extends OfSemanticLayerCredentials, Create {}

/** Update Semantic Layer credentials. What is not given is reset. */
export const update: Endpoint<Update, SemanticLayerCredentials> = endpoint("semanticLayerCredentials.update", {
  route: "POST /api/v3/accounts/:account_id/semantic-layer-credentials/:sl_creds_id/",
  summary: "Update Semantic Layer credentials",
  request: { ...ofSemanticLayerCredentials, ...createRequest },
  repeats: { account_id: "account_id", id: "sl_creds_id" },
  replaces: true,
  success: data(SemanticLayerCredentials),
  undocumented,
});

/** What {@linkcode patch} asks for. */
export interface Patch extends OfSemanticLayerCredentials, SemanticLayerCredentialsOptions {}

/** Change some of Semantic Layer credentials. */
export const patch: Endpoint<Patch, SemanticLayerCredentials> = endpoint("semanticLayerCredentials.patch", {
  route: "PATCH /api/v3/accounts/:account_id/semantic-layer-credentials/:sl_creds_id/",
  summary: "Change some of Semantic Layer credentials",
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

/** What {@linkcode listServiceTokens} asks for. */
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

/** What {@linkcode addServiceToken} asks for. */
export interface AddServiceToken extends InAccount {
  /** The project. */
  readonly project_id: number;
  /** The Semantic Layer credentials. */
  readonly semantic_layer_credentials_id: number;
  /** The service token. */
  readonly service_token_id: number;
  /** Whether it is there: 1 active, 2 deleted. */
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
      service_token_id: field(Schema.Int, "The service token"),
      state: options.state,
    },
    repeats: { account_id: "account_id" },
    success: data(ServiceTokenMapping),
    undocumented: byTerraform,
  },
);

/** What {@linkcode removeServiceToken} asks for. */
export interface RemoveServiceToken extends InAccount {
  /** The mapping's id, from {@linkcode listServiceTokens}. */
  readonly service_token_mapping_id: number;
}

/** Let a service token no longer use Semantic Layer credentials. */
export const removeServiceToken: Endpoint<RemoveServiceToken, ServiceTokenMapping | undefined> = endpoint(
  "semanticLayerCredentials.removeServiceToken",
  {
    route:
      "DELETE /api/v3/accounts/:account_id/semantic-layer-credential-to-service-token-mapping/:service_token_mapping_id/",
    summary: "Let a service token no longer use Semantic Layer credentials",
    request: { ...inAccount, service_token_mapping_id: field(Schema.Int, "The mapping, from list-service-tokens") },
    success: maybe(ServiceTokenMapping),
    undocumented: byTerraform,
  },
);

// ---- by project -----------------------------------------------------------------------------------------------------

const byPython = "Python dbtc uses it; no specification has ever had it";

/** What every request about Semantic Layer credentials of a project has. */
export interface OfSemanticLayerCredentialsInProject extends InProject {
  /** The Semantic Layer credentials. */
  readonly sl_creds_id: number;
}

const ofSemanticLayerCredentialsInProject: Fields<OfSemanticLayerCredentialsInProject> = {
  ...inProject,
  sl_creds_id,
};

/** What {@linkcode createInProject} asks for. */
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

/** What {@linkcode updateInProject} asks for. */
export interface UpdateInProject extends OfSemanticLayerCredentialsInProject, CreateInProject {}

/** Update Semantic Layer credentials, by project. What is not given is reset. */
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

/** What {@linkcode patchInProject} asks for. */
export interface PatchInProject extends OfSemanticLayerCredentialsInProject, SemanticLayerCredentialsOptions {}

/** Change some of Semantic Layer credentials, by project. */
export const patchInProject: Endpoint<PatchInProject, SemanticLayerCredentials> = endpoint(
  "semanticLayerCredentials.patchInProject",
  {
    route: "PATCH /api/v3/accounts/:account_id/projects/:project_id/semantic-layer-credentials/:sl_creds_id/",
    summary: "Change some of Semantic Layer credentials, by project",
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
