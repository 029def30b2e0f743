/**
 * The endpoints of the group `connections`: connections, which say how dbt Cloud reaches a warehouse; those of the
 * account, and the older ones of a project.
 *
 * `lib/groups/mod.ts` exports this file as the group.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { data, type Endpoint, endpoint, maybe, type Page, page } from "../endpoint.ts";
import { field, type Fields, type Members, named, nullable, optional, part, secret, struct } from "../schema.ts";
import {
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  type Ordered,
  ordered,
  type Paging,
  paging,
  type Related,
  related,
  State,
  state,
  type StateFilter,
} from "../shared_fields.ts";
import { adapterVersion, type AnyOf } from "./adapters.ts";
import { Connection as ProjectConnection } from "./projects.ts";

// ---- vocabulary -----------------------------------------------------------------------------------------------------

/** The kinds of connections and credentials, as they were before there were adapters. */
export const ConnectionType = {
  adapter: "adapter",
  bigquery: "bigquery",
  postgres: "postgres",
  redshift: "redshift",
  snowflake: "snowflake",
} as const;

// ---- what each kind of warehouse needs ------------------------------------------------------------------------------

/** What a connection to Snowflake needs. */
export interface SnowflakeConfig {
  /** The account: `ab12345.eu-west-1`. */
  readonly account: string;
  /** The database. */
  readonly database: string;
  /** The warehouse. */
  readonly warehouse: string;
  /** The role. */
  readonly role?: string | null;
  /** Whether a session stays open beyond four hours; false when absent. */
  readonly client_session_keep_alive?: boolean | null;
  /** Whether developers log in by SSO; false when absent. */
  readonly allow_sso?: boolean | null;
  /** The OAuth client's id. */
  readonly oauth_client_id?: Redacted.Redacted<string> | null;
  /** The OAuth client's secret. */
  readonly oauth_client_secret?: Redacted.Redacted<string> | null;
}

/** What a connection to Postgres needs. */
export interface PostgresConfig {
  /** The host. */
  readonly hostname: string;
  /** The database. */
  readonly dbname: string;
  /** The port; 5432 when absent. */
  readonly port?: number | null;
  /** How often to try again, 0 to 10. */
  readonly retries?: number | null;
}

/** What a connection to Redshift needs. Its port is 5439 when absent. */
export interface RedshiftConfig extends PostgresConfig {}

/** What a connection to BigQuery may need, whichever adapter it has. */
export interface BigqueryOptions {
  /** `interactive` or `batch`. */
  readonly priority?: string | null;
  /** The OAuth scopes. */
  readonly scopes?: ReadonlyArray<string> | null;
  /** The location of new datasets. */
  readonly location?: string | null;
  /** The most bytes that a query may bill. */
  readonly maximum_bytes_billed?: number | null;
  /** The project that pays for queries. */
  readonly execution_project?: string | null;
  /** The service account to act as. */
  readonly impersonate_service_account?: string | null;
  /** How often to try again, 0 to 60. */
  readonly retries?: number | null;
  /** Seconds after which a job is not tried again. */
  readonly job_retry_deadline_seconds?: number | null;
  /** Seconds that the creation of a job may take. */
  readonly job_creation_timeout_seconds?: number | null;
  /** The OAuth client's id. */
  readonly application_id?: Redacted.Redacted<string> | null;
  /** The OAuth client's secret. */
  readonly application_secret?: Redacted.Redacted<string> | null;
  /** The bucket for Python models. */
  readonly gcs_bucket?: string | null;
  /** The region of Dataproc, for Python models. */
  readonly dataproc_region?: string | null;
  /** The cluster of Dataproc, for Python models. */
  readonly dataproc_cluster_name?: string | null;
  /** The host of the API, where it is not Google's usual one. */
  readonly api_endpoint?: string | null;
}

/** What a connection to BigQuery needs, with adapter `bigquery_v0`: a service account's key. */
export interface BigqueryConfig extends BigqueryOptions {
  /** Google's project. */
  readonly project_id: string;
  /** Seconds that a query may take, at most 86,400. */
  readonly timeout_seconds: number;
  /** The id of the private key. */
  readonly private_key_id: string;
  /** The private key. */
  readonly private_key: Redacted.Redacted<string>;
  /** The service account. */
  readonly client_email: string;
  /** The service account's id. */
  readonly client_id: string;
  /** Where Google asks. */
  readonly auth_uri: string;
  /** Where Google gives tokens. */
  readonly token_uri: string;
  /** The certificate of Google. */
  readonly auth_provider_x509_cert_url: string;
  /** The certificate of the service account. */
  readonly client_x509_cert_url: string;
}

/** What a connection to BigQuery needs, with adapter `bigquery_v1`. */
export interface BigqueryV1Config extends BigqueryOptions {
  /** Google's project. */
  readonly project_id: string;
  /** How deployment environments log in: `service-account-json` or `external-oauth-wif`. */
  readonly deployment_env_auth_type?: string | null;
  /** Seconds that a job may take, at most 86,400. */
  readonly job_execution_timeout_seconds?: number | null;
  /** The id of the private key. */
  readonly private_key_id?: string | null;
  /** The private key. */
  readonly private_key?: Redacted.Redacted<string> | null;
  /** The service account. */
  readonly client_email?: string | null;
  /** The service account's id. */
  readonly client_id?: string | null;
  /** Where Google asks. */
  readonly auth_uri?: string | null;
  /** Where Google gives tokens. */
  readonly token_uri?: string | null;
  /** The certificate of Google. */
  readonly auth_provider_x509_cert_url?: string | null;
  /** The certificate of the service account. */
  readonly client_x509_cert_url?: string | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to Databricks needs. */
export interface DatabricksConfig {
  /** The host: `dbc-a1b2c3d4-e5f6.cloud.databricks.com`. */
  readonly host: string;
  /** The path of the SQL warehouse or cluster: `/sql/1.0/warehouses/…`. */
  readonly http_path: string;
  /** The catalog. */
  readonly catalog?: string | null;
  /** The OAuth client's id. */
  readonly client_id?: Redacted.Redacted<string> | null;
  /** The OAuth client's secret. */
  readonly client_secret?: Redacted.Redacted<string> | null;
  /** The OAuth scopes. */
  readonly scopes?: ReadonlyArray<string> | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to Spark on Databricks needs. */
export interface DatabricksSparkConfig {
  /** The host. */
  readonly host: string;
  /** `odbc`. */
  readonly method?: string | null;
  /** The port; 443 when absent. */
  readonly port?: number | null;
  /** The cluster. */
  readonly cluster?: string | null;
  /** The SQL endpoint. */
  readonly endpoint?: string | null;
  /** The path of the ODBC driver. */
  readonly driver?: string | null;
  /** The organization. */
  readonly organization?: string | null;
  /** The user. */
  readonly user?: string | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to Apache Spark needs. */
export interface ApacheSparkConfig {
  /** The host. */
  readonly host: string;
  /** The cluster. */
  readonly cluster: string;
  /** `http`, which it is when absent, or `thrift`. */
  readonly method?: string | null;
  /** The port; 443 when absent. */
  readonly port?: number | null;
  /** Seconds until a connection counts as failed; 10 when absent. */
  readonly connect_timeout?: number | null;
  /** How often to try a connection again; 0 when absent. */
  readonly connect_retries?: number | null;
  /** The organization. */
  readonly organization?: string | null;
  /** The user. */
  readonly user?: string | null;
  /** How to log in: `KERBEROS`. */
  readonly auth?: string | null;
  /** The name of the Kerberos service. */
  readonly kerberos_service_name?: string | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to Trino or Starburst needs. */
export interface TrinoConfig {
  /** The host. */
  readonly host: string;
  /** How to log in; `ldap` when absent. */
  readonly method?: string | null;
  /** The port; 443 when absent. */
  readonly port?: number | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to one of Microsoft's warehouses may need. */
export interface MicrosoftOptions {
  /** The database. */
  readonly database: string;
  /** The ODBC driver; `ODBC Driver 18 for SQL Server` when absent. */
  readonly driver?: string | null;
  /** The port; 1433 when absent. */
  readonly port?: number | null;
  /** How often to try again; 1 when absent. */
  readonly retries?: number | null;
  /** Seconds that a login may take; 0, for no limit of dbt's own, when absent. */
  readonly login_timeout?: number | null;
  /** Seconds that a query may take; 0, for no limit of dbt's own, when absent. */
  readonly query_timeout?: number | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to Microsoft Fabric needs. */
export interface FabricConfig extends MicrosoftOptions {
  /** The server. */
  readonly server: string;
}

/** What a connection to Azure Synapse needs. */
export interface SynapseConfig extends MicrosoftOptions {
  /** The host. */
  readonly host: string;
}

/** What a connection to Athena needs. */
export interface AthenaConfig {
  /** The region of AWS. */
  readonly region_name: string;
  /** The data catalog. */
  readonly database: string;
  /** Where on S3 Athena stages results. */
  readonly s3_staging_dir: string;
  /** The work group. */
  readonly work_group?: string | null;
  /** The work group for Python models. */
  readonly spark_work_group?: string | null;
  /** Where on S3 tables lie. */
  readonly s3_data_dir?: string | null;
  /** How paths of tables are named. */
  readonly s3_data_naming?: string | null;
  /** Where on S3 temporary tables lie. */
  readonly s3_tmp_table_dir?: string | null;
  /** Seconds between two looks at a query. */
  readonly poll_interval?: number | null;
  /** How often to try a failed query again. */
  readonly num_retries?: number | null;
  /** How often to try a request to AWS again. */
  readonly num_boto3_retries?: number | null;
  /** How often to try an Iceberg commit again. */
  readonly num_iceberg_retries?: number | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to Salesforce Data Cloud needs. */
export interface SalesforceConfig {
  /** The login page. */
  readonly login_url: string;
  /** The database; `default` when absent. */
  readonly database?: string | null;
  /** Milliseconds that a data transform may take; 180,000 when absent. */
  readonly data_transform_run_timeout?: number | null;
  /** How to log in: `jwt_bearer`. */
  readonly auth_type?: string | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection to Teradata needs. */
export interface TeradataConfig {
  /** The host. */
  readonly host: string;
  /** The port, which is text here. */
  readonly port?: string | null;
  /** The transaction mode; `ANSI` when absent. */
  readonly tmode?: string | null;
  /** How often to try again. */
  readonly retries?: number | null;
  /** Seconds that a request may take. */
  readonly request_timeout?: number | null;
  /** The adapter, by id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** What a connection needs, by its adapter. */
export interface Configs {
  /** Apache Spark. */
  readonly apache_spark_v0: ApacheSparkConfig;
  /** Athena. */
  readonly athena_v0: AthenaConfig;
  /** BigQuery, by a service account's key. */
  readonly bigquery_v0: BigqueryConfig;
  /** BigQuery. */
  readonly bigquery_v1: BigqueryV1Config;
  /** Spark on Databricks. */
  readonly databricks_spark_v0: DatabricksSparkConfig;
  /** Databricks. */
  readonly databricks_v0: DatabricksConfig;
  /** Microsoft Fabric. */
  readonly fabric_v0: FabricConfig;
  /** Postgres. */
  readonly postgres_v0: PostgresConfig;
  /** Redshift. */
  readonly redshift_v0: RedshiftConfig;
  /** Salesforce Data Cloud. */
  readonly salesforce_v0: SalesforceConfig;
  /** Snowflake. */
  readonly snowflake_v0: SnowflakeConfig;
  /** Azure Synapse. */
  readonly synapse_v0: SynapseConfig;
  /** Teradata. */
  readonly teradata_v0: TeradataConfig;
  /** Trino and Starburst. */
  readonly trino_v0: TrinoConfig;
}

/** What a change of a connection may say of its config: all that any kind needs. */
export type AnyConfig = AnyOf<Configs[keyof Configs]>;

const int = (description: string) => nullable(field(Schema.Int, description));
const text = (description: string) => nullable(field(Schema.String, description));
const hidden = (description: string) => nullable(field(secret, description));
const bool = (description: string) => nullable(field(Schema.Boolean, description));

// One struct with the members of all kinds, not a union of fourteen structs: a union would write a value by whichever
// struct it fits first.
const configFields: Fields<AnyConfig> = {
  account: text("The account (Snowflake)"),
  adapter_id: int("The adapter, by id (deprecated)"),
  api_endpoint: text("The host of the API (BigQuery)"),
  application_id: hidden("The OAuth client's id (BigQuery)"),
  application_secret: hidden("The OAuth client's secret (BigQuery)"),
  allow_sso: bool("Whether developers log in by SSO (Snowflake)"),
  auth: text("How to log in (Apache Spark)"),
  auth_provider_x509_cert_url: text("The certificate of Google (BigQuery)"),
  auth_type: text("How to log in (Salesforce)"),
  auth_uri: text("Where Google asks (BigQuery)"),
  catalog: text("The catalog (Databricks)"),
  client_email: text("The service account (BigQuery)"),
  client_id: nullable(
    field(Schema.Union([secret, Schema.String]), "The service account's id (BigQuery), or the client's"),
  ),
  client_secret: hidden("The OAuth client's secret (Databricks)"),
  client_session_keep_alive: bool("Whether a session stays open beyond four hours (Snowflake)"),
  client_x509_cert_url: text("The certificate of the service account (BigQuery)"),
  cluster: text("The cluster (Spark)"),
  connect_retries: int("How often to try a connection again (Apache Spark)"),
  connect_timeout: int("Seconds until a connection counts as failed (Apache Spark)"),
  data_transform_run_timeout: int("Milliseconds that a data transform may take (Salesforce)"),
  database: text("The database (Snowflake, Fabric, Synapse, Salesforce), or the data catalog (Athena)"),
  dataproc_cluster_name: text("The cluster of Dataproc (BigQuery)"),
  dataproc_region: text("The region of Dataproc (BigQuery)"),
  dbname: text("The database (Postgres, Redshift)"),
  deployment_env_auth_type: text(
    "How deployment environments log in (BigQuery): service-account-json, external-oauth-wif",
  ),
  driver: text("The ODBC driver (Spark on Databricks, Fabric, Synapse)"),
  endpoint: text("The SQL endpoint (Spark on Databricks)"),
  execution_project: text("The project that pays for queries (BigQuery)"),
  gcs_bucket: text("The bucket for Python models (BigQuery)"),
  host: text("The host (Databricks, Spark, Trino, Synapse, Teradata)"),
  hostname: text("The host (Postgres, Redshift)"),
  http_path: text("The path of the SQL warehouse or cluster (Databricks)"),
  impersonate_service_account: text("The service account to act as (BigQuery)"),
  job_creation_timeout_seconds: int("Seconds that the creation of a job may take (BigQuery)"),
  job_execution_timeout_seconds: int("Seconds that a job may take (BigQuery, bigquery_v1)"),
  job_retry_deadline_seconds: int("Seconds after which a job is not tried again (BigQuery)"),
  kerberos_service_name: text("The name of the Kerberos service (Apache Spark)"),
  location: text("The location of new datasets (BigQuery)"),
  login_timeout: int("Seconds that a login may take (Fabric, Synapse)"),
  login_url: text("The login page (Salesforce)"),
  maximum_bytes_billed: int("The most bytes that a query may bill (BigQuery)"),
  method: text("How to connect (Spark): http, thrift, odbc; how to log in (Trino)"),
  num_boto3_retries: int("How often to try a request to AWS again (Athena)"),
  num_iceberg_retries: int("How often to try an Iceberg commit again (Athena)"),
  num_retries: int("How often to try a failed query again (Athena)"),
  oauth_client_id: hidden("The OAuth client's id (Snowflake)"),
  oauth_client_secret: hidden("The OAuth client's secret (Snowflake)"),
  organization: text("The organization (Spark)"),
  poll_interval: int("Seconds between two looks at a query (Athena)"),
  port: nullable(field(Schema.Union([Schema.Int, Schema.String]), "The port; text for Teradata")),
  priority: text("interactive or batch (BigQuery)"),
  private_key: hidden("The private key (BigQuery)"),
  private_key_id: text("The id of the private key (BigQuery)"),
  project_id: text("Google's project (BigQuery)"),
  query_timeout: int("Seconds that a query may take (Fabric, Synapse)"),
  region_name: text("The region of AWS (Athena)"),
  request_timeout: int("Seconds that a request may take (Teradata)"),
  retries: int("How often to try again"),
  role: text("The role (Snowflake)"),
  s3_data_dir: text("Where on S3 tables lie (Athena)"),
  s3_data_naming: text("How paths of tables are named (Athena)"),
  s3_staging_dir: text("Where on S3 Athena stages results"),
  s3_tmp_table_dir: text("Where on S3 temporary tables lie (Athena)"),
  scopes: nullable(field(Schema.Array(Schema.String), "The OAuth scopes (BigQuery, Databricks)")),
  server: text("The server (Fabric)"),
  spark_work_group: text("The work group for Python models (Athena)"),
  timeout_seconds: int("Seconds that a query may take (BigQuery, bigquery_v0)"),
  tmode: text("The transaction mode (Teradata)"),
  token_uri: text("Where Google gives tokens (BigQuery)"),
  user: text("The user (Spark)"),
  warehouse: text("The warehouse (Snowflake)"),
  work_group: text("The work group (Athena)"),
};

const anyConfig: Schema.Codec<AnyConfig, unknown> = part(configFields);

// ---- models ---------------------------------------------------------------------------------------------------------

/** What one can set about a connection, whatever its kind. */
export interface ConnectionOptions {
  /** The name. */
  readonly name?: string | null;
  /** The private endpoint that it goes through. */
  readonly private_link_endpoint_id?: string | null;
  /** Whether it goes through an SSH tunnel. */
  readonly is_ssh_tunnel_enabled?: boolean | null;
  /** Its OAuth configuration, with which developers can log in. */
  readonly oauth_configuration_id?: number | null;
}

const options: Members<ConnectionOptions> = {
  name: nullable(field(Schema.String, "The name")),
  private_link_endpoint_id: nullable(field(Schema.String, "The private endpoint that it goes through")),
  is_ssh_tunnel_enabled: nullable(field(Schema.Boolean, "Whether it goes through an SSH tunnel")),
  oauth_configuration_id: nullable(field(Schema.Int, "Its OAuth configuration, with which developers can log in")),
};

/** A connection of an account. */
export interface Connection extends ConnectionOptions {
  /** The connection's id. */
  readonly id: number;
  /** The account. */
  readonly account_id?: number | null;
  /** The adapter: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** What the warehouse needs, without secrets: see {@linkcode Configs}. Null in a list. */
  readonly config?: { readonly [name: string]: unknown } | null;
  /** How many environments use it; in a list only. */
  readonly environment__count?: number | null;
  /** Where OAuth comes back to. */
  readonly oauth_redirect_uri?: string | null;
  /** Whether developers log in by the warehouse's own OAuth. */
  readonly is_configured_for_native_oauth?: boolean | null;
  /** The credentials for the platform's metadata. */
  readonly platform_metadata_credentials_id?: number | null;
  /** The credentials for analytics. */
  readonly analytics_credentials_id?: number | null;
  /** When it was created. */
  readonly created_at?: string | null;
  /** When it last changed. */
  readonly updated_at?: string | null;
}

/** Reads a {@linkcode Connection}. */
export const Connection: Schema.Codec<Connection> = struct({
  id: Schema.Int,
  account_id: nullable(Schema.Int),
  ...options,
  adapter_version: nullable(adapterVersion),
  config: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  environment__count: nullable(Schema.Int),
  oauth_redirect_uri: nullable(Schema.String),
  is_configured_for_native_oauth: nullable(Schema.Boolean),
  platform_metadata_credentials_id: nullable(Schema.Int),
  analytics_credentials_id: nullable(Schema.Int),
  created_at: nullable(Schema.String),
  updated_at: nullable(Schema.String),
}, { columns: ["id", "name", "adapter_version", "environment__count", "is_ssh_tunnel_enabled", "created_at"] });

/** What dbt Cloud reads into its catalog, and what not. An empty list clears. Source: the Terraform provider. */
export interface CatalogConfigOptions {
  /** Only these databases. */
  readonly database_allow?: ReadonlyArray<string>;
  /** Not these databases. */
  readonly database_deny?: ReadonlyArray<string>;
  /** Only these schemas. */
  readonly schema_allow?: ReadonlyArray<string>;
  /** Not these schemas. */
  readonly schema_deny?: ReadonlyArray<string>;
  /** Only these tables. */
  readonly table_allow?: ReadonlyArray<string>;
  /** Not these tables. */
  readonly table_deny?: ReadonlyArray<string>;
  /** Only these views. */
  readonly view_allow?: ReadonlyArray<string>;
  /** Not these views. */
  readonly view_deny?: ReadonlyArray<string>;
}

const texts = (description: string) => optional(field(Schema.Array(Schema.String), description));

const catalogOptions: Fields<CatalogConfigOptions> = {
  database_allow: texts("Only these databases"),
  database_deny: texts("Not these databases"),
  schema_allow: texts("Only these schemas"),
  schema_deny: texts("Not these schemas"),
  table_allow: texts("Only these tables"),
  table_deny: texts("Not these tables"),
  view_allow: texts("Only these views"),
  view_deny: texts("Not these views"),
};

/** What dbt Cloud reads into its catalog through a connection. Source: the Terraform provider. */
export interface CatalogConfig extends AnyOf<CatalogConfigOptions> {
  /** The connection. */
  readonly connection_id?: number | null;
}

/** Reads a {@linkcode CatalogConfig}. */
export const CatalogConfig: Schema.Codec<CatalogConfig> = struct({
  connection_id: nullable(Schema.Int),
  database_allow: nullable(Schema.Array(Schema.String)),
  database_deny: nullable(Schema.Array(Schema.String)),
  schema_allow: nullable(Schema.Array(Schema.String)),
  schema_deny: nullable(Schema.Array(Schema.String)),
  table_allow: nullable(Schema.Array(Schema.String)),
  table_deny: nullable(Schema.Array(Schema.String)),
  view_allow: nullable(Schema.Array(Schema.String)),
  view_deny: nullable(Schema.Array(Schema.String)),
}, { columns: ["connection_id", "database_allow", "database_deny", "schema_allow", "schema_deny", "table_allow"] });

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one connection of an account has. */
export interface OfConnection extends InAccount {
  /** The connection. */
  readonly connection_id: number;
}

const connection_id = field(Schema.Int, "The connection");
const ofConnection: Fields<OfConnection> = { ...inAccount, connection_id };

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Paging {
  /** Only the connections whose name contains this, in any case. */
  readonly name__icontains?: string;
  /** Only the connections of this adapter: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string;
  /** Only the connections that go through this private endpoint. */
  readonly private_endpoint_id?: string;
  /** Only the connections with credentials for analytics, or those without. */
  readonly has_analytics_credentials?: boolean;
  /** Only the connections that the catalog reads, or those that it does not. */
  readonly has_catalog_ingestion_enabled?: boolean;
  /** Only the connections with cost insights, or those without. */
  readonly has_cost_insights_enabled?: boolean;
  /** Only the connections with cost management, or those without. */
  readonly has_cost_management_enabled?: boolean;
  /** Only the connections with credentials for the platform's metadata, or those without. */
  readonly has_platform_metadata_credentials?: boolean;
  /** Only the connections that need such credentials, or those that have some, one for each warehouse account. */
  readonly requires_platform_metadata_credentials?: boolean;
  /** Related things to include in each connection. */
  readonly include_related?: Related;
}

/** List the connections of an account. */
export const list: Endpoint<List, Page<Connection>> = endpoint("connections.list", {
  route: "GET /api/v3/accounts/:account_id/connections/",
  summary: "List the connections of an account",
  request: {
    ...inAccount,
    name__icontains: optional(field(Schema.String, "Only the connections whose name contains this, in any case")),
    adapter_version: optional(field(adapterVersion, "Only the connections of this adapter")),
    private_endpoint_id: optional(field(Schema.String, "Only the connections that go through this private endpoint")),
    has_analytics_credentials: optional(field(Schema.Boolean, "Only those with credentials for analytics, or without")),
    has_catalog_ingestion_enabled: optional(field(Schema.Boolean, "Only those that the catalog reads, or does not")),
    has_cost_insights_enabled: optional(field(Schema.Boolean, "Only those with cost insights, or without")),
    has_cost_management_enabled: optional(field(Schema.Boolean, "Only those with cost management, or without")),
    has_platform_metadata_credentials: optional(
      field(Schema.Boolean, "Only those with credentials for the platform's metadata, or without"),
    ),
    requires_platform_metadata_credentials: optional(
      field(Schema.Boolean, "Only those that need such credentials, or have some, one for each warehouse account"),
    ),
    include_related: optional(related()),
    ...paging,
  },
  success: page(Connection),
});

/** What {@linkcode create} asks for, for one adapter. */
export interface CreateFor<Version extends keyof Configs> extends InAccount, ConnectionOptions {
  /** The name. */
  readonly name: string;
  /** The adapter. */
  readonly adapter_version: Version;
  /** What the warehouse needs. */
  readonly config: Configs[Version];
}

/** What {@linkcode create} asks for: a config that fits the adapter. */
export type Create = { [Version in keyof Configs]: CreateFor<Version> }[keyof Configs];

/** Create a connection. */
export const create: Endpoint<Create, Connection> = endpoint("connections.create", {
  route: "POST /api/v3/accounts/:account_id/connections/",
  summary: "Create a connection",
  request: {
    ...inAccount,
    ...options,
    name: field(Schema.String, "The name"),
    adapter_version: field(adapterVersion, "The adapter"),
    config: field(anyConfig, "What the warehouse needs"),
  } as Fields<Create>, // each alternative of `Create` has these fields
  repeats: { account_id: "account_id" },
  success: data(Connection),
});

/** What {@linkcode get} asks for. */
export interface Get extends OfConnection {
  /** Related things to include in the connection. */
  readonly include_related?: Related;
}

/** Get one connection, with its config. */
export const get: Endpoint<Get, Connection> = endpoint("connections.get", {
  route: "GET /api/v3/accounts/:account_id/connections/:connection_id/",
  summary: "Get one connection, with its config",
  request: { ...ofConnection, include_related: optional(related()) },
  success: data(Connection),
});

/** What {@linkcode patch} asks for. */
export interface Patch extends OfConnection, ConnectionOptions {
  /** What changes of what the warehouse needs. */
  readonly config?: AnyConfig | null;
}

/** Change some of a connection. */
export const patch: Endpoint<Patch, Connection> = endpoint("connections.patch", {
  route: "PATCH /api/v3/accounts/:account_id/connections/:connection_id/",
  summary: "Change some of a connection",
  request: {
    ...ofConnection,
    ...options,
    config: nullable(field(anyConfig, "What changes of what the warehouse needs")),
  },
  repeats: { account_id: "account_id" },
  success: data(Connection),
});

/** Delete a connection. */
const del: Endpoint<OfConnection, Connection | undefined> = endpoint("connections.delete", {
  route: "DELETE /api/v3/accounts/:account_id/connections/:connection_id/",
  summary: "Delete a connection",
  request: ofConnection,
  success: maybe(Connection),
});
export { del as delete };

/** What {@linkcode test} asks for. */
export interface Test extends InAccount {
  /** The connection to test. What dbt Cloud takes is not published. */
  readonly connection: { readonly [name: string]: unknown };
}

/** Test whether a connection would work. */
export const test: Endpoint<Test, unknown> = endpoint("connections.test", {
  route: "POST /api/v3/accounts/:account_id/connections/test/",
  summary: "Test whether a connection would work",
  request: {
    ...inAccount,
    connection: field(Schema.Record(Schema.String, Schema.Unknown), "The connection to test"),
  },
  payload: "connection",
  success: maybe(Schema.Unknown),
  dbtc: "test_connection",
  undocumented: "Published until 2023-06-16, without a body; Python dbtc uses it",
});

const byTerraform = "The Terraform provider uses it";

/** Get what dbt Cloud reads into its catalog through a connection. */
export const getCatalogConfig: Endpoint<OfConnection, CatalogConfig> = endpoint("connections.getCatalogConfig", {
  route: "GET /api/v3/accounts/:account_id/connections/:connection_id/catalog-configs/",
  summary: "Get what dbt Cloud reads into its catalog through a connection",
  request: ofConnection,
  success: data(CatalogConfig),
  undocumented: byTerraform,
});

/** What {@linkcode patchCatalogConfig} asks for. */
export interface PatchCatalogConfig extends OfConnection, CatalogConfigOptions {}

/** Change what dbt Cloud reads into its catalog through a connection. */
export const patchCatalogConfig: Endpoint<PatchCatalogConfig, CatalogConfig> = endpoint(
  "connections.patchCatalogConfig",
  {
    route: "PATCH /api/v3/accounts/:account_id/connections/:connection_id/catalog-configs/",
    summary: "Change what dbt Cloud reads into its catalog through a connection",
    request: { ...ofConnection, ...catalogOptions },
    success: data(CatalogConfig),
    undocumented: byTerraform,
  },
);

// ---- by project -----------------------------------------------------------------------------------------------------

/** What every request about one connection of a project has. */
export interface OfConnectionInProject extends InProject {
  /** The connection. */
  readonly connection_id: number;
}

const ofConnectionInProject: Fields<OfConnectionInProject> = { ...inProject, connection_id };

/** What {@linkcode listInProject} asks for. */
export interface ListInProject extends InProject, Ordered {
  /** Only the connections of this adapter: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string;
  /** Only the connections that the catalog reads, or those that it does not. */
  readonly has_catalog_ingestion_enabled?: boolean;
  /** Only the connections with cost insights, or those without. */
  readonly has_cost_insights_enabled?: boolean;
  /** Only the connections with cost management, or those without. */
  readonly has_cost_management_enabled?: boolean;
  /** Only the connections with credentials for the platform's metadata, or those without. */
  readonly has_platform_metadata_credentials?: boolean;
  /** Only the connection with this id. */
  readonly pk?: number;
  /** Active connections, deleted ones, or all of them; active when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each connection. */
  readonly include_related?: Related;
}

/** List the connections of a project. */
export const listInProject: Endpoint<ListInProject, Page<ProjectConnection>> = endpoint("connections.listInProject", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/connections/",
  summary: "List the connections of a project",
  request: {
    ...inProject,
    adapter_version: list.request.adapter_version,
    has_catalog_ingestion_enabled: list.request.has_catalog_ingestion_enabled,
    has_cost_insights_enabled: list.request.has_cost_insights_enabled,
    has_cost_management_enabled: list.request.has_cost_management_enabled,
    has_platform_metadata_credentials: list.request.has_platform_metadata_credentials,
    pk: optional(field(Schema.Int, "Only the connection with this id")),
    state: optional(state),
    include_related: optional(related()),
    ...ordered,
  },
  success: page(ProjectConnection),
  dbtc: "list_connections",
  deprecated: "connections list",
});

/** What a connection of a project needs, whatever its kind. Source: Python dbtc, the specification of 2023. */
export type Details = AnyConfig & DetailsOptions;

/** What only connections of a project need. */
export interface DetailsOptions {
  /** Whether it goes through an SSH tunnel. */
  readonly tunnel_enabled?: boolean | null;
  /** What an adapter needs: `{ fields: { host: { value: … } } }`. */
  readonly connection_details?: { readonly [name: string]: unknown } | null;
}

const details: Schema.Codec<Details, unknown> = part({
  ...configFields,
  tunnel_enabled: bool("Whether it goes through an SSH tunnel (Postgres, Redshift)"),
  connection_details: nullable(field(Schema.Record(Schema.String, Schema.Unknown), "What an adapter needs")),
});

/** What {@linkcode createInProject} asks for. */
export interface CreateInProject extends InProject {
  /** The name. */
  readonly name: string;
  /** The kind of warehouse: see {@linkcode ConnectionType}. */
  readonly type: string;
  /** The adapter, where the type is `adapter`: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** What the warehouse needs. */
  readonly details?: Details | null;
  /** The private endpoint that it goes through. */
  readonly private_link_endpoint_id?: string | null;
  /** Its OAuth configuration. */
  readonly oauth_configuration_id?: number | null;
  /** The user who created it. */
  readonly created_by_id?: number | null;
  /** The service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** Whether it is there: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const createInProjectRequest: Fields<CreateInProject> = {
  ...inProject,
  name: field(Schema.String, "The name"),
  type: field(named(Schema.String, ConnectionType), "The kind of warehouse"),
  adapter_version: nullable(field(adapterVersion, "The adapter, where the type is adapter")),
  details: nullable(field(details, "What the warehouse needs")),
  private_link_endpoint_id: options.private_link_endpoint_id,
  oauth_configuration_id: options.oauth_configuration_id,
  created_by_id: int("The user who created it"),
  created_by_service_token_id: int("The service token that created it"),
  state: nullable(field(named(Schema.Int, State), "Whether it is there")),
};

/** Create a connection of a project. */
export const createInProject: Endpoint<CreateInProject, ProjectConnection> = endpoint("connections.createInProject", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/connections/",
  summary: "Create a connection of a project",
  request: createInProjectRequest,
  repeats: { account_id: "account_id", project_id: "project_id" },
  success: data(ProjectConnection),
  dbtc: "create_connection",
  deprecated: "connections create",
});

/** What {@linkcode getInProject} asks for. */
export interface GetInProject extends OfConnectionInProject {
  /** Related things to include in the connection. */
  readonly include_related?: Related;
}

/** Get one connection of a project. */
export const getInProject: Endpoint<GetInProject, ProjectConnection> = endpoint("connections.getInProject", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/connections/:connection_id/",
  summary: "Get one connection of a project",
  request: { ...ofConnectionInProject, include_related: optional(related()) },
  success: data(ProjectConnection),
  dbtc: "get_connection",
  deprecated: "connections get",
});

/** What {@linkcode updateInProject} asks for. */
export interface UpdateInProject extends OfConnectionInProject, CreateInProject {}

/** Update a connection of a project. What is not given is reset. */
export const updateInProject: Endpoint<UpdateInProject, ProjectConnection> = endpoint("connections.updateInProject", {
  route: "POST /api/v3/accounts/:account_id/projects/:project_id/connections/:connection_id/",
  summary: "Update a connection of a project",
  request: { ...ofConnectionInProject, ...createInProjectRequest },
  repeats: { account_id: "account_id", project_id: "project_id", id: "connection_id" },
  replaces: true,
  success: data(ProjectConnection),
  dbtc: "update_connection",
  deprecated: "connections patch",
});

/** Delete a connection of a project. */
export const deleteInProject: Endpoint<OfConnectionInProject, ProjectConnection | undefined> = endpoint(
  "connections.deleteInProject",
  {
    route: "DELETE /api/v3/accounts/:account_id/projects/:project_id/connections/:connection_id/",
    summary: "Delete a connection of a project",
    request: ofConnectionInProject,
    success: maybe(ProjectConnection),
    dbtc: "delete_connection",
    deprecated: "connections delete",
  },
);
