/**
 * The endpoints of the group `adapters`: adapters, which connect dbt to a kind of warehouse.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe } from "../endpoint.ts";
import { field, type Fields, type Members, named, nullable, optional, struct } from "../schema.ts";
import { type InProject, inProject, type Related, related, State } from "../shared_fields.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The adapters that dbt Cloud has, each with its version. */
export const AdapterVersion = {
  apache_spark_v0: "apache_spark_v0",
  athena_v0: "athena_v0",
  bigquery_v0: "bigquery_v0",
  bigquery_v1: "bigquery_v1",
  databricks_spark_v0: "databricks_spark_v0",
  databricks_v0: "databricks_v0",
  fabric_v0: "fabric_v0",
  postgres_v0: "postgres_v0",
  redshift_v0: "redshift_v0",
  salesforce_v0: "salesforce_v0",
  snowflake_v0: "snowflake_v0",
  synapse_v0: "synapse_v0",
  teradata_v0: "teradata_v0",
  trino_v0: "trino_v0",
} as const;

/** Reads an {@linkcode AdapterVersion}, or one that dbt has added since. */
export const adapterVersion: Schema.Codec<string> = named(Schema.String, AdapterVersion);

/**
 * All that any of several alternatives can say, each member optional, and null to clear it: what a change may say of a
 * thing whose kind is known already.
 */
export type AnyOf<T> = {
  readonly [K in T extends unknown ? keyof T : never]?:
    | (T extends unknown ? K extends keyof T ? Exclude<T[K], undefined> : never : never)
    | null;
};

// ---- models ---------------------------------------------------------------------------------------------------------

/** What one can set about an adapter. */
export interface AdapterOptions {
  /** The adapter: see {@linkcode AdapterVersion}. */
  readonly adapter_version?: string | null;
  /** Its title and links. dbt's specification asks for it; Python dbtc leaves it out. */
  readonly metadata_json?: { readonly [name: string]: unknown } | null;
  /** The user who created it. */
  readonly created_by_id?: number | null;
  /** The service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Members<AdapterOptions> = {
  adapter_version: nullable(field(adapterVersion, "The adapter")),
  metadata_json: nullable(field(Schema.Record(Schema.String, Schema.Unknown), "Its title and links")),
  created_by_id: nullable(field(Schema.Int, "The user who created it")),
  created_by_service_token_id: nullable(field(Schema.Int, "The service token that created it")),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** An adapter of a project. */
export interface Adapter extends AdapterOptions {
  /** The adapter's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The project. */
  readonly project_id?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads an {@linkcode Adapter}. */
export const Adapter: Schema.Codec<Adapter> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  project_id: nullable(Schema.Int),
  ...options,
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "adapter_version", "project_id", "created_by_id", "created_at"] });

/** A value that a field can have. */
export interface FieldOption {
  /** What people see. */
  readonly label?: string | null;
  /** What is written. */
  readonly value?: string | null;
}

/** What a field has to be. */
export interface FieldValidation {
  /** Whether it has to be there. */
  readonly required?: boolean | null;
}

/** What dbt Cloud says of a field of a connection, or of credentials. Source: the specification of 2023, Terraform. */
export interface FieldMetadata {
  /** What people see. */
  readonly label?: string | null;
  /** What it is for. */
  readonly description?: string | null;
  /** What kind of field it is: `text`, `number`, `select` … */
  readonly field_type?: string | null;
  /** Whether its value is a secret: it goes in, and never comes out. */
  readonly encrypt?: boolean | null;
  /** Whether an environment can override it. */
  readonly overrideable?: boolean | null;
  /** Whether it can be searched. */
  readonly is_searchable?: boolean | null;
  /** The values of other fields with which it counts. */
  readonly depends_on?: { readonly [name: string]: unknown } | null;
  /** The values that it can have. */
  readonly options?: ReadonlyArray<FieldOption> | null;
  /** What it has to be. */
  readonly validation?: FieldValidation | null;
}

const option: Schema.Codec<FieldOption> = struct({
  label: nullable(Schema.String),
  value: nullable(Schema.String),
});

const validation: Schema.Codec<FieldValidation> = struct({ required: nullable(Schema.Boolean) });

/** Reads a {@linkcode FieldMetadata}. */
export const FieldMetadata: Schema.Codec<FieldMetadata> = struct({
  label: nullable(Schema.String),
  description: nullable(Schema.String),
  field_type: nullable(Schema.String),
  encrypt: nullable(Schema.Boolean),
  overrideable: nullable(Schema.Boolean),
  is_searchable: nullable(Schema.Boolean),
  depends_on: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  options: nullable(Schema.Array(option)),
  validation: nullable(validation),
});

/** A field of a connection, or of credentials. */
export interface SchemaField {
  /** What it is. */
  readonly metadata?: FieldMetadata | null;
  /** The value that it has where none is given. */
  readonly value?: unknown;
}

/** Fields that belong together. */
export interface FieldGroup {
  /** The group's name. */
  readonly name?: string | null;
  /** Its fields. */
  readonly members?: ReadonlyArray<string> | null;
}

/** The fields that an adapter asks for, in one place. */
export interface SchemaFields {
  /** The fields, by name. Source: the specification of 2023. */
  readonly fields?: { readonly [name: string]: SchemaField | null } | null;
  /** The order in which people see them. */
  readonly field_order?: ReadonlyArray<string> | null;
  /** How they belong together. */
  readonly field_groups?: ReadonlyArray<FieldGroup> | null;
}

/** How an adapter goes through a private endpoint. */
export interface AdapterPrivateLink {
  /** The kind of endpoint, or the kinds. */
  readonly endpoint_type?: string | ReadonlyArray<string> | null;
  /** The field that has the host's name. */
  readonly hostname_field?: string | null;
  /** What to strip from the endpoint to get the host's name. */
  readonly strip_suffix?: string | null;
}

/** What an adapter is. */
export interface AdapterMetadata {
  /** Its name for people. */
  readonly title?: string | null;
  /** The page that describes it. */
  readonly docs_link?: string | null;
  /** Its picture. */
  readonly image_link?: string | null;
  /** How it goes through a private endpoint; null where it cannot. */
  readonly private_link?: AdapterPrivateLink | null;
}

/** An adapter, and the fields that it asks for. */
export interface AdapterDescription {
  /** What it is. */
  readonly metadata?: AdapterMetadata | null;
  /** The fields of a connection. */
  readonly connection?: SchemaFields | null;
  /** The fields of credentials. */
  readonly credential?: SchemaFields | null;
  /** The fields of credentials for the platform's metadata. */
  readonly platform_metadata_credentials?: SchemaFields | null;
  /** The fields of credentials for analytics. */
  readonly analytics_credentials?: SchemaFields | null;
  /** The fields of credentials for the Semantic Layer. */
  readonly semantic_layer_credentials?: SchemaFields | null;
  /** The fields of the configuration of cost insights. */
  readonly cost_insights_config?: SchemaFields | null;
}

/** What an adapter asks for. */
export interface AdapterSchema {
  /** The adapter. */
  readonly adapter?: AdapterDescription | null;
}

const schemaField: Schema.Codec<SchemaField> = struct({
  metadata: nullable(FieldMetadata),
  value: optional(Schema.Unknown),
});

const fieldGroup: Schema.Codec<FieldGroup> = struct({
  name: nullable(Schema.String),
  members: nullable(Schema.Array(Schema.String)),
});

const schemaFields: Schema.Codec<SchemaFields> = struct({
  fields: nullable(Schema.Record(Schema.String, Schema.NullOr(schemaField))),
  field_order: nullable(Schema.Array(Schema.String)),
  field_groups: nullable(Schema.Array(fieldGroup)),
});

const privateLink: Schema.Codec<AdapterPrivateLink> = struct({
  endpoint_type: nullable(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  hostname_field: nullable(Schema.String),
  strip_suffix: nullable(Schema.String),
});

const metadata: Schema.Codec<AdapterMetadata> = struct({
  title: nullable(Schema.String),
  docs_link: nullable(Schema.String),
  image_link: nullable(Schema.String),
  private_link: nullable(privateLink),
});

const description: Schema.Codec<AdapterDescription> = struct({
  metadata: nullable(metadata),
  connection: nullable(schemaFields),
  credential: nullable(schemaFields),
  platform_metadata_credentials: nullable(schemaFields),
  analytics_credentials: nullable(schemaFields),
  semantic_layer_credentials: nullable(schemaFields),
  cost_insights_config: nullable(schemaFields),
});

/** Reads an {@linkcode AdapterSchema}. */
export const AdapterSchema: Schema.Codec<AdapterSchema> = struct({ adapter: nullable(description) }, {
  columns: ["adapter.metadata.title", "adapter.connection.field_order", "adapter.credential.field_order"],
});

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one adapter of a project has. */
export interface OfAdapter extends InProject {
  /** The adapter. */
  readonly adapter_id: number;
}

const ofAdapter: Fields<OfAdapter> = { ...inProject, adapter_id: field(Schema.Int, "The adapter") };

/** What {@linkcode create} asks for. */
export interface Create extends InProject, AdapterOptions {
  /** The adapter: see {@linkcode AdapterVersion}. */
  readonly adapter_version: string;
}

const createRequest: Fields<Create> = {
  ...inProject,
  ...options,
  adapter_version: field(adapterVersion, "The adapter"),
};

/** Create an adapter, as connections and credentials of a project may need one. */
export const create: Endpoint<Create, Adapter> = endpoint("adapters.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/adapters/",
  summary: "Create an adapter, as connections and credentials of a project may need one",
  request: createRequest,
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Adapter),
  dbtc: "create_adapter",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfAdapter {
  /** Related things to include in the adapter. */
  readonly include_related?: Related;
}

/** Get one adapter. */
export const get: Endpoint<Get, Adapter> = endpoint("adapters.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/adapters/:adapter_id/",
  summary: "Get one adapter",
  request: { ...ofAdapter, include_related: optional(related()) },
  success: data(Adapter),
  dbtc: "get_adapter",
});

/** What {@linkcode update} asks for. */
export interface Update extends OfAdapter, Create {}

/** Update an adapter. What is not given is reset. */
export const update: Endpoint<Update, Adapter> = endpoint("adapters.update", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/adapters/:adapter_id/",
  summary: "Update an adapter",
  request: { ...ofAdapter, ...createRequest },
  repeats: { account_id: "account_id", project_id: "project_id", id: "adapter_id" },
  replaces: true,
  success: data(Adapter),
  dbtc: "update_adapter",
});

/** Delete an adapter. */
const del: Endpoint<OfAdapter, Adapter | undefined> = endpoint("adapters.delete", {
  route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/adapters/:adapter_id/",
  summary: "Delete an adapter",
  request: ofAdapter,
  success: maybe(Adapter),
  dbtc: "delete_adapter",
});
export { del as delete };

/** What {@linkcode getSchema} asks for. */
export interface GetSchema {
  /** The adapter: see {@linkcode AdapterVersion}. */
  readonly adapter_version: string;
  /** Related things to include in the answer. */
  readonly include_related?: Related;
}

/** Get the fields that an adapter asks for: of connections, and of credentials. */
export const getSchema: Endpoint<GetSchema, AdapterSchema> = endpoint("adapters.getSchema", {
  route: "GET /api/v3/adapter-schema/",
  summary: "Get the fields that an adapter asks for: of connections, and of credentials",
  request: { adapter_version: field(adapterVersion, "The adapter"), include_related: optional(related()) },
  success: data(AdapterSchema),
});
