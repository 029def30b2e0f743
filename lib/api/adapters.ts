/**
 * The endpoints of the group `adapters`: adapters, which connect dbt to one kind of warehouse.
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

/** The adapters of dbt Cloud, each with its version. */
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

/** Reads an {@linkcode AdapterVersion}, or the name of a newer one. */
export const adapterVersion: Schema.Codec<string> = named(Schema.String, AdapterVersion);

/**
 * The members of all alternatives of a union, each optional, and null to clear it. A PATCH request uses it for an
 * object whose kind dbt Cloud already knows.
 */
export type AnyOf<T> = {
  readonly [K in T extends unknown ? keyof T : never]?:
    | (T extends unknown ? K extends keyof T ? Exclude<T[K], undefined> : never : never)
    | null;
};

// ---- models ---------------------------------------------------------------------------------------------------------

/** The fields of an adapter that requests can set. */
export interface AdapterOptions {
  /** The adapter and its version: see {@linkcode AdapterVersion}. */
  readonly adapter_version?: string | null;
  /** Its title and links. Required by dbt's specification; Python dbtc leaves it out. */
  readonly metadata_json?: { readonly [name: string]: unknown } | null;
  /** The id of the user who created it. */
  readonly created_by_id?: number | null;
  /** The id of the service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** State of the adapter: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const options: Members<AdapterOptions> = {
  adapter_version: nullable(field(adapterVersion, "Adapter and its version")),
  metadata_json: nullable(field(Schema.Record(Schema.String, Schema.Unknown), "Title and links of the adapter")),
  created_by_id: nullable(field(Schema.Int, "Id of the user who created it")),
  created_by_service_token_id: nullable(field(Schema.Int, "Id of the service token that created it")),
  state: nullable(field(named(Schema.Int, State), "State of the adapter")),
};

/** An adapter of a project. */
export interface Adapter extends AdapterOptions {
  /** The adapter's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The project's id. */
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

/** One of the values that a field allows. */
export interface FieldOption {
  /** The label in the UI. */
  readonly label?: string | null;
  /** The value that the field stores. */
  readonly value?: string | null;
}

/** Rules for the value of a field. */
export interface FieldValidation {
  /** Whether the field is required. */
  readonly required?: boolean | null;
}

/** Metadata of a field of a connection or of credentials. Source: the specification of 2023, Terraform. */
export interface FieldMetadata {
  /** The label in the UI. */
  readonly label?: string | null;
  /** The description in the UI. */
  readonly description?: string | null;
  /** The type of the field: `text`, `number`, `select` … */
  readonly field_type?: string | null;
  /** Whether the value is secret. dbt Cloud never returns it. */
  readonly encrypt?: boolean | null;
  /** Whether an environment can override it. */
  readonly overrideable?: boolean | null;
  /** Whether it can be searched. */
  readonly is_searchable?: boolean | null;
  /** The values of other fields for which this field applies. */
  readonly depends_on?: { readonly [name: string]: unknown } | null;
  /** The values that the field allows. */
  readonly options?: ReadonlyArray<FieldOption> | null;
  /** Rules for the value. */
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

/** A field of a connection or of credentials. */
export interface SchemaField {
  /** The field's type, label and rules. */
  readonly metadata?: FieldMetadata | null;
  /** The default value. */
  readonly value?: unknown;
}

/** A group of fields in the UI. */
export interface FieldGroup {
  /** The group's name. */
  readonly name?: string | null;
  /** The names of its fields. */
  readonly members?: ReadonlyArray<string> | null;
}

/** The fields of one kind of object of an adapter, such as a connection. */
export interface SchemaFields {
  /** The fields, by name. Source: the specification of 2023. */
  readonly fields?: { readonly [name: string]: SchemaField | null } | null;
  /** The order of the fields in the UI. */
  readonly field_order?: ReadonlyArray<string> | null;
  /** The groups of the fields. */
  readonly field_groups?: ReadonlyArray<FieldGroup> | null;
}

/** How an adapter uses a private endpoint. */
export interface AdapterPrivateLink {
  /** The type or types of private endpoint. */
  readonly endpoint_type?: string | ReadonlyArray<string> | null;
  /** The field that holds the host name. */
  readonly hostname_field?: string | null;
  /** The suffix to remove from the endpoint to get the host name. */
  readonly strip_suffix?: string | null;
}

/** The name and links of an adapter. */
export interface AdapterMetadata {
  /** Its display name. */
  readonly title?: string | null;
  /** The URL of its documentation. */
  readonly docs_link?: string | null;
  /** The URL of its logo. */
  readonly image_link?: string | null;
  /** How it uses a private endpoint; null if it cannot. */
  readonly private_link?: AdapterPrivateLink | null;
}

/** An adapter, with the fields of its connections and credentials. */
export interface AdapterDescription {
  /** Its name and links. */
  readonly metadata?: AdapterMetadata | null;
  /** The fields of a connection. */
  readonly connection?: SchemaFields | null;
  /** The fields of credentials. */
  readonly credential?: SchemaFields | null;
  /** The fields of platform metadata credentials. */
  readonly platform_metadata_credentials?: SchemaFields | null;
  /** The fields of analytics credentials. */
  readonly analytics_credentials?: SchemaFields | null;
  /** The fields of Semantic Layer credentials. */
  readonly semantic_layer_credentials?: SchemaFields | null;
  /** The fields of the cost insights configuration. */
  readonly cost_insights_config?: SchemaFields | null;
}

/** The schema of an adapter. */
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

/** Fields of every request about one adapter of a project. */
export interface OfAdapter extends InProject {
  /** The adapter's id. */
  readonly adapter_id: number;
}

const ofAdapter: Fields<OfAdapter> = { ...inProject, adapter_id: field(Schema.Int, "Adapter id") };

/** The request of {@linkcode create}. */
export interface Create extends InProject, AdapterOptions {
  /** The adapter and its version: see {@linkcode AdapterVersion}. */
  readonly adapter_version: string;
}

const createRequest: Fields<Create> = {
  ...inProject,
  ...options,
  adapter_version: field(adapterVersion, "Adapter and its version"),
};

/** Create an adapter for the connections and credentials of a project. */
export const create: Endpoint<Create, Adapter> = endpoint("adapters.create", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/adapters/",
  summary: "Create an adapter for the connections and credentials of a project",
  request: createRequest,
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(Adapter),
  dbtc: "create_adapter",
});

/** The request of {@linkcode get}. */
export interface Get extends OfAdapter {
  /** Related objects to include in the adapter. */
  readonly include_related?: Related;
}

/** Get an adapter. */
export const get: Endpoint<Get, Adapter> = endpoint("adapters.get", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/adapters/:adapter_id/",
  summary: "Get an adapter",
  request: { ...ofAdapter, include_related: optional(related()) },
  success: data(Adapter),
  dbtc: "get_adapter",
});

/** The request of {@linkcode update}. */
export interface Update extends OfAdapter, Create {}

/** Update an adapter. Fields that are left out are reset. */
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

/** The request of {@linkcode getSchema}. */
export interface GetSchema {
  /** The adapter and its version: see {@linkcode AdapterVersion}. */
  readonly adapter_version: string;
  /** Related objects to include in the response. */
  readonly include_related?: Related;
}

/** Get the fields of an adapter's connections and credentials. */
export const getSchema: Endpoint<GetSchema, AdapterSchema> = endpoint("adapters.getSchema", {
  route: "GET /api/v3/adapter-schema/",
  summary: "Get the fields of an adapter's connections and credentials",
  request: { adapter_version: field(adapterVersion, "Adapter and its version"), include_related: optional(related()) },
  success: data(AdapterSchema),
});
