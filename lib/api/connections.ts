/**
 * The endpoints of the group `connections`: connections, which say how dbt Cloud reaches a warehouse. Connections
 * belong to an account; the deprecated ones belong to a project.
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

/** The types of connections and credentials. All newer warehouses have the type `adapter`. */
export const ConnectionType = {
  adapter: "adapter",
  bigquery: "bigquery",
  postgres: "postgres",
  redshift: "redshift",
  snowflake: "snowflake",
} as const;

// ---- the settings of each warehouse --------------------------------------------------------------------------------

/** The settings of a connection to Snowflake. */
export interface SnowflakeConfig {
  /** The Snowflake account: `ab12345.eu-west-1`. */
  readonly account: string;
  /** The database. */
  readonly database: string;
  /** The warehouse. */
  readonly warehouse: string;
  /** The role. */
  readonly role?: string | null;
  /** Whether sessions stay open after four hours without activity (default: false). */
  readonly client_session_keep_alive?: boolean | null;
  /** Whether developers log in with SSO (default: false). */
  readonly allow_sso?: boolean | null;
  /** The OAuth client id. */
  readonly oauth_client_id?: Redacted.Redacted<string> | null;
  /** The OAuth client secret. */
  readonly oauth_client_secret?: Redacted.Redacted<string> | null;
}

/** The settings of a connection to Postgres. */
export interface PostgresConfig {
  /** The host. */
  readonly hostname: string;
  /** The database. */
  readonly dbname: string;
  /** The port (default: 5432). */
  readonly port?: number | null;
  /** The number of retries, 0 to 10. */
  readonly retries?: number | null;
}

/** The settings of a connection to Redshift. The default port is 5439. */
export interface RedshiftConfig extends PostgresConfig {}

/** The settings of a connection to BigQuery that `bigquery_v0` and `bigquery_v1` share. */
export interface BigqueryOptions {
  /** The priority of queries: `interactive` or `batch`. */
  readonly priority?: string | null;
  /** The OAuth scopes. */
  readonly scopes?: ReadonlyArray<string> | null;
  /** The location of datasets. */
  readonly location?: string | null;
  /** The maximum number of bytes that a query may bill. */
  readonly maximum_bytes_billed?: number | null;
  /** The project that is billed for queries. */
  readonly execution_project?: string | null;
  /** The service account to impersonate. */
  readonly impersonate_service_account?: string | null;
  /** The number of retries, 0 to 60 (default: 1 with `bigquery_v0`). */
  readonly retries?: number | null;
  /** Seconds after which a failed job is not retried. */
  readonly job_retry_deadline_seconds?: number | null;
  /** Timeout for creating a job, in seconds. */
  readonly job_creation_timeout_seconds?: number | null;
  /** The OAuth client id. */
  readonly application_id?: Redacted.Redacted<string> | null;
  /** The OAuth client secret. */
  readonly application_secret?: Redacted.Redacted<string> | null;
  /** The Cloud Storage bucket for Python models. */
  readonly gcs_bucket?: string | null;
  /** The Dataproc region for Python models. */
  readonly dataproc_region?: string | null;
  /** The Dataproc cluster for Python models. */
  readonly dataproc_cluster_name?: string | null;
  /** The host of the BigQuery API (default: Google's). */
  readonly api_endpoint?: string | null;
}

/** The settings of a connection to BigQuery with adapter `bigquery_v0`: the key of a service account. */
export interface BigqueryConfig extends BigqueryOptions {
  /** The Google Cloud project. */
  readonly project_id: string;
  /** Timeout for a query, in seconds; at most 86,400. */
  readonly timeout_seconds: number;
  /** The id of the private key. */
  readonly private_key_id: string;
  /** The private key. */
  readonly private_key: Redacted.Redacted<string>;
  /** The email address of the service account. */
  readonly client_email: string;
  /** The client id of the service account. */
  readonly client_id: string;
  /** The URL of Google's OAuth login. */
  readonly auth_uri: string;
  /** The URL that issues Google's tokens. */
  readonly token_uri: string;
  /** The URL of Google's certificates. */
  readonly auth_provider_x509_cert_url: string;
  /** The URL of the service account's certificate. */
  readonly client_x509_cert_url: string;
}

/** The settings of a connection to BigQuery with adapter `bigquery_v1`. */
export interface BigqueryV1Config extends BigqueryOptions {
  /** The Google Cloud project. */
  readonly project_id: string;
  /** How deployment environments authenticate: `service-account-json` or `external-oauth-wif`. */
  readonly deployment_env_auth_type?: string | null;
  /** Timeout for a job, in seconds; at most 86,400. */
  readonly job_execution_timeout_seconds?: number | null;
  /** The id of the private key. */
  readonly private_key_id?: string | null;
  /** The private key. */
  readonly private_key?: Redacted.Redacted<string> | null;
  /** The email address of the service account. */
  readonly client_email?: string | null;
  /** The client id of the service account. */
  readonly client_id?: string | null;
  /** The URL of Google's OAuth login. */
  readonly auth_uri?: string | null;
  /** The URL that issues Google's tokens. */
  readonly token_uri?: string | null;
  /** The URL of Google's certificates. */
  readonly auth_provider_x509_cert_url?: string | null;
  /** The URL of the service account's certificate. */
  readonly client_x509_cert_url?: string | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection to Databricks. */
export interface DatabricksConfig {
  /** The host: `dbc-a1b2c3d4-e5f6.cloud.databricks.com`. */
  readonly host: string;
  /** The HTTP path of the SQL warehouse or cluster: `/sql/1.0/warehouses/…`. */
  readonly http_path: string;
  /** The catalog. */
  readonly catalog?: string | null;
  /** The OAuth client id. */
  readonly client_id?: Redacted.Redacted<string> | null;
  /** The OAuth client secret. */
  readonly client_secret?: Redacted.Redacted<string> | null;
  /** The OAuth scopes. */
  readonly scopes?: ReadonlyArray<string> | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection to Spark on Databricks. */
export interface DatabricksSparkConfig {
  /** The host. */
  readonly host: string;
  /** The connection method: `odbc`. */
  readonly method?: string | null;
  /** The port (default: 443). */
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
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection to Apache Spark. */
export interface ApacheSparkConfig {
  /** The host. */
  readonly host: string;
  /** The cluster. */
  readonly cluster: string;
  /** The connection method: `http` (default) or `thrift`. */
  readonly method?: string | null;
  /** The port (default: 443). */
  readonly port?: number | null;
  /** Timeout for connecting, in seconds (default: 10). */
  readonly connect_timeout?: number | null;
  /** The number of retries of a failed connection (default: 0). */
  readonly connect_retries?: number | null;
  /** The organization. */
  readonly organization?: string | null;
  /** The user. */
  readonly user?: string | null;
  /** The authentication method: `KERBEROS`. */
  readonly auth?: string | null;
  /** The name of the Kerberos service. */
  readonly kerberos_service_name?: string | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection to Trino or Starburst. */
export interface TrinoConfig {
  /** The host. */
  readonly host: string;
  /** The authentication method (default: `ldap`). */
  readonly method?: string | null;
  /** The port (default: 443). */
  readonly port?: number | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings that Fabric and Synapse share. */
export interface MicrosoftOptions {
  /** The database. */
  readonly database: string;
  /** The ODBC driver (default: `ODBC Driver 18 for SQL Server`). */
  readonly driver?: string | null;
  /** The port (default: 1433). */
  readonly port?: number | null;
  /** The number of retries (default: 1). */
  readonly retries?: number | null;
  /** Timeout for a login, in seconds (default: 0, no timeout by dbt). */
  readonly login_timeout?: number | null;
  /** Timeout for a query, in seconds (default: 0, no timeout by dbt). */
  readonly query_timeout?: number | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection to Microsoft Fabric. */
export interface FabricConfig extends MicrosoftOptions {
  /** The server. */
  readonly server: string;
}

/** The settings of a connection to Azure Synapse. */
export interface SynapseConfig extends MicrosoftOptions {
  /** The host. */
  readonly host: string;
}

/** The settings of a connection to Athena. */
export interface AthenaConfig {
  /** The AWS region. */
  readonly region_name: string;
  /** The data catalog. */
  readonly database: string;
  /** The S3 location for query results. */
  readonly s3_staging_dir: string;
  /** The work group. */
  readonly work_group?: string | null;
  /** The work group for Python models. */
  readonly spark_work_group?: string | null;
  /** The S3 location for tables. */
  readonly s3_data_dir?: string | null;
  /** How the S3 paths of tables are named. */
  readonly s3_data_naming?: string | null;
  /** The S3 location for temporary tables. */
  readonly s3_tmp_table_dir?: string | null;
  /** Polling interval for queries, in seconds. */
  readonly poll_interval?: number | null;
  /** The number of retries of a failed query. */
  readonly num_retries?: number | null;
  /** The number of retries of a request to AWS. */
  readonly num_boto3_retries?: number | null;
  /** The number of retries of an Iceberg commit. */
  readonly num_iceberg_retries?: number | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection to Salesforce Data Cloud. */
export interface SalesforceConfig {
  /** The URL of the login page. */
  readonly login_url: string;
  /** The database (default: `default`). */
  readonly database?: string | null;
  /** Timeout for a data transform, in milliseconds (default: 180,000). */
  readonly data_transform_run_timeout?: number | null;
  /** The authentication method: `jwt_bearer`. */
  readonly auth_type?: string | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection to Teradata. */
export interface TeradataConfig {
  /** The host. */
  readonly host: string;
  /** The port, as text. */
  readonly port?: string | null;
  /** The transaction mode (default: `ANSI`). */
  readonly tmode?: string | null;
  /** The number of retries. */
  readonly retries?: number | null;
  /** Timeout for a request, in seconds. */
  readonly request_timeout?: number | null;
  /** The adapter's id. Deprecated by dbt. */
  readonly adapter_id?: number | null;
}

/** The settings of a connection, by adapter. */
export interface Configs {
  /** Apache Spark. */
  readonly apache_spark_v0: ApacheSparkConfig;
  /** Athena. */
  readonly athena_v0: AthenaConfig;
  /** BigQuery with the key of a service account. */
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

/** The settings that {@linkcode patch} can change: those of all adapters. */
export type AnyConfig = AnyOf<Configs[keyof Configs]>;

const int = (description: string) => nullable(field(Schema.Int, description));
const text = (description: string) => nullable(field(Schema.String, description));
const hidden = (description: string) => nullable(field(secret, description));
const bool = (description: string) => nullable(field(Schema.Boolean, description));

// One struct with the members of all adapters, not a union of fourteen structs: a union would encode a value with the
// first struct that fits.
const configFields: Fields<AnyConfig> = {
  account: text("Snowflake account, such as ab12345.eu-west-1"),
  adapter_id: int("Adapter id (deprecated)"),
  api_endpoint: text("Host of the BigQuery API (default: Google's)"),
  application_id: hidden("OAuth client id (BigQuery)"),
  application_secret: hidden("OAuth client secret (BigQuery)"),
  allow_sso: bool("Whether developers log in with SSO (Snowflake, default: false)"),
  auth: text("Authentication method (Apache Spark): KERBEROS"),
  auth_provider_x509_cert_url: text("URL of Google's certificates (BigQuery)"),
  auth_type: text("Authentication method (Salesforce): jwt_bearer"),
  auth_uri: text("URL of Google's OAuth login (BigQuery)"),
  catalog: text("Catalog (Databricks)"),
  client_email: text("Email address of the service account (BigQuery)"),
  client_id: nullable(
    field(
      Schema.Union([secret, Schema.String]),
      "Client id of the service account (BigQuery), or OAuth client id (Databricks)",
    ),
  ),
  client_secret: hidden("OAuth client secret (Databricks)"),
  client_session_keep_alive: bool(
    "Whether sessions stay open after four hours without activity (Snowflake, default: false)",
  ),
  client_x509_cert_url: text("URL of the service account's certificate (BigQuery)"),
  cluster: text("Cluster (Spark)"),
  connect_retries: int("Number of retries of a failed connection (Apache Spark, default: 0)"),
  connect_timeout: int("Timeout for connecting, in seconds (Apache Spark, default: 10)"),
  data_transform_run_timeout: int("Timeout for a data transform, in milliseconds (Salesforce, default: 180000)"),
  database: text("Database (Snowflake, Fabric, Synapse, Salesforce), or data catalog (Athena)"),
  dataproc_cluster_name: text("Dataproc cluster for Python models (BigQuery)"),
  dataproc_region: text("Dataproc region for Python models (BigQuery)"),
  dbname: text("Database (Postgres, Redshift)"),
  deployment_env_auth_type: text(
    "How deployment environments authenticate (BigQuery): service-account-json or external-oauth-wif",
  ),
  driver: text("ODBC driver (Spark on Databricks, Fabric, Synapse)"),
  endpoint: text("SQL endpoint (Spark on Databricks)"),
  execution_project: text("Project that is billed for queries (BigQuery)"),
  gcs_bucket: text("Cloud Storage bucket for Python models (BigQuery)"),
  host: text("Host (Databricks, Spark, Trino, Synapse, Teradata)"),
  hostname: text("Host (Postgres, Redshift)"),
  http_path: text("HTTP path of the SQL warehouse or cluster (Databricks), such as /sql/1.0/warehouses/…"),
  impersonate_service_account: text("Service account to impersonate (BigQuery)"),
  job_creation_timeout_seconds: int("Timeout for creating a job, in seconds (BigQuery)"),
  job_execution_timeout_seconds: int("Timeout for a job, in seconds (BigQuery, bigquery_v1), at most 86400"),
  job_retry_deadline_seconds: int("Seconds after which a failed job is not retried (BigQuery)"),
  kerberos_service_name: text("Name of the Kerberos service (Apache Spark)"),
  location: text("Location of datasets (BigQuery)"),
  login_timeout: int("Timeout for a login, in seconds (Fabric, Synapse; default: 0, no timeout)"),
  login_url: text("URL of the login page (Salesforce)"),
  maximum_bytes_billed: int("Maximum number of bytes that a query may bill (BigQuery)"),
  method: text("Connection method (Spark): http, thrift or odbc; authentication method (Trino, default: ldap)"),
  num_boto3_retries: int("Number of retries of a request to AWS (Athena)"),
  num_iceberg_retries: int("Number of retries of an Iceberg commit (Athena)"),
  num_retries: int("Number of retries of a failed query (Athena)"),
  oauth_client_id: hidden("OAuth client id (Snowflake)"),
  oauth_client_secret: hidden("OAuth client secret (Snowflake)"),
  organization: text("Organization (Spark)"),
  poll_interval: int("Polling interval for queries, in seconds (Athena)"),
  port: nullable(
    field(
      Schema.Union([Schema.Int, Schema.String]),
      "Port (default: 5432 for Postgres, 5439 Redshift, 443 Spark and Trino, 1433 Fabric and Synapse)",
    ),
  ),
  priority: text("Priority of queries (BigQuery): interactive or batch"),
  private_key: hidden("Private key (BigQuery)"),
  private_key_id: text("Id of the private key (BigQuery)"),
  project_id: text("Google Cloud project (BigQuery)"),
  query_timeout: int("Timeout for a query, in seconds (Fabric, Synapse; default: 0, no timeout)"),
  region_name: text("AWS region (Athena)"),
  request_timeout: int("Timeout for a request, in seconds (Teradata)"),
  retries: int("Number of retries: at most 10 for Postgres and Redshift, 60 for BigQuery"),
  role: text("Role (Snowflake)"),
  s3_data_dir: text("S3 location for tables (Athena)"),
  s3_data_naming: text("How the S3 paths of tables are named (Athena)"),
  s3_staging_dir: text("S3 location for query results (Athena)"),
  s3_tmp_table_dir: text("S3 location for temporary tables (Athena)"),
  scopes: nullable(field(Schema.Array(Schema.String), "OAuth scopes (BigQuery, Databricks)")),
  server: text("Server (Fabric)"),
  spark_work_group: text("Work group for Python models (Athena)"),
  timeout_seconds: int("Timeout for a query, in seconds (BigQuery, bigquery_v0), at most 86400"),
  tmode: text("Transaction mode (Teradata, default: ANSI)"),
  token_uri: text("URL that issues Google's tokens (BigQuery)"),
  user: text("User (Spark)"),
  warehouse: text("Warehouse (Snowflake)"),
  work_group: text("Work group (Athena)"),
};

const anyConfig: Schema.Codec<AnyConfig, unknown> = part(configFields);

// ---- models ---------------------------------------------------------------------------------------------------------

/** The fields of a connection that requests can set, for every warehouse. */
export interface ConnectionOptions {
  /** The connection's name. */
  readonly name?: string | null;
  /** The id of the private endpoint that the connection uses. */
  readonly private_link_endpoint_id?: string | null;
  /** Whether the connection uses an SSH tunnel. */
  readonly is_ssh_tunnel_enabled?: boolean | null;
  /** The id of the OAuth configuration with which developers log in. */
  readonly oauth_configuration_id?: number | null;
}

const options: Members<ConnectionOptions> = {
  name: nullable(field(Schema.String, "Name of the connection")),
  private_link_endpoint_id: nullable(field(Schema.String, "Id of the private endpoint that the connection uses")),
  is_ssh_tunnel_enabled: nullable(field(Schema.Boolean, "Whether the connection uses an SSH tunnel")),
  oauth_configuration_id: nullable(field(Schema.Int, "Id of the OAuth configuration with which developers log in")),
};

/** A connection of an account. */
export interface Connection extends ConnectionOptions {
  /** The connection's id. */
  readonly id: number;
  /** The account's id. */
  readonly account_id?: number | null;
  /** The adapter and its version: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** The settings for the warehouse, without secrets: see {@linkcode Configs}. Null in a list. */
  readonly config?: { readonly [name: string]: unknown } | null;
  /** How many environments use it. Only in a list. */
  readonly environment__count?: number | null;
  /** The redirect URI for OAuth. */
  readonly oauth_redirect_uri?: string | null;
  /** Whether developers log in with the warehouse's own OAuth. */
  readonly is_configured_for_native_oauth?: boolean | null;
  /** The id of the platform metadata credentials, with which dbt Cloud reads the warehouse's metadata. */
  readonly platform_metadata_credentials_id?: number | null;
  /** The id of the analytics credentials. */
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

/** What dbt Cloud reads into its catalog. An empty list removes a filter. Source: the Terraform provider. */
export interface CatalogConfigOptions {
  /** Only these databases. */
  readonly database_allow?: ReadonlyArray<string>;
  /** Exclude these databases. */
  readonly database_deny?: ReadonlyArray<string>;
  /** Only these schemas. */
  readonly schema_allow?: ReadonlyArray<string>;
  /** Exclude these schemas. */
  readonly schema_deny?: ReadonlyArray<string>;
  /** Only these tables. */
  readonly table_allow?: ReadonlyArray<string>;
  /** Exclude these tables. */
  readonly table_deny?: ReadonlyArray<string>;
  /** Only these views. */
  readonly view_allow?: ReadonlyArray<string>;
  /** Exclude these views. */
  readonly view_deny?: ReadonlyArray<string>;
}

const texts = (description: string) => optional(field(Schema.Array(Schema.String), description));

const catalogOptions: Fields<CatalogConfigOptions> = {
  database_allow: texts("Only these databases"),
  database_deny: texts("Exclude these databases"),
  schema_allow: texts("Only these schemas"),
  schema_deny: texts("Exclude these schemas"),
  table_allow: texts("Only these tables"),
  table_deny: texts("Exclude these tables"),
  view_allow: texts("Only these views"),
  view_deny: texts("Exclude these views"),
};

/** What dbt Cloud reads into its catalog from a connection. Source: the Terraform provider. */
export interface CatalogConfig extends AnyOf<CatalogConfigOptions> {
  /** The connection's id. */
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

/** Fields of every request about one connection of an account. */
export interface OfConnection extends InAccount {
  /** The connection's id. */
  readonly connection_id: number;
}

const connection_id = field(Schema.Int, "Connection id");
const ofConnection: Fields<OfConnection> = { ...inAccount, connection_id };

/** The request of {@linkcode list}. */
export interface List extends InAccount, Paging {
  /** Only the connections whose name contains this text, ignoring case. */
  readonly name__icontains?: string;
  /** Only the connections of this adapter: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string;
  /** Only the connections that use this private endpoint. */
  readonly private_endpoint_id?: string;
  /** Only the connections with analytics credentials; false for those without. */
  readonly has_analytics_credentials?: boolean;
  /** Only the connections that the catalog reads; false for the others. */
  readonly has_catalog_ingestion_enabled?: boolean;
  /** Only the connections with cost insights; false for those without. */
  readonly has_cost_insights_enabled?: boolean;
  /** Only the connections with cost management; false for those without. */
  readonly has_cost_management_enabled?: boolean;
  /** Only the connections with platform metadata credentials; false for those without. */
  readonly has_platform_metadata_credentials?: boolean;
  /** Only the connections that need platform metadata credentials; false for those that have them. */
  readonly requires_platform_metadata_credentials?: boolean;
  /** Related objects to include in each connection. */
  readonly include_related?: Related;
}

/** List the connections of an account. */
export const list: Endpoint<List, Page<Connection>> = endpoint("connections.list", {
  route: "GET /api/v3/accounts/:account_id/connections/",
  summary: "List the connections of an account",
  request: {
    ...inAccount,
    name__icontains: optional(
      field(Schema.String, "Only the connections whose name contains this text, ignoring case"),
    ),
    adapter_version: optional(field(adapterVersion, "Only the connections of this adapter")),
    private_endpoint_id: optional(field(Schema.String, "Only the connections that use this private endpoint")),
    has_analytics_credentials: optional(
      field(Schema.Boolean, "Only connections with analytics credentials (false: those without)"),
    ),
    has_catalog_ingestion_enabled: optional(
      field(Schema.Boolean, "Only connections that the catalog reads (false: the others)"),
    ),
    has_cost_insights_enabled: optional(
      field(Schema.Boolean, "Only connections with cost insights (false: those without)"),
    ),
    has_cost_management_enabled: optional(
      field(Schema.Boolean, "Only connections with cost management (false: those without)"),
    ),
    has_platform_metadata_credentials: optional(
      field(
        Schema.Boolean,
        "Only connections with platform metadata credentials (false: those without)",
      ),
    ),
    requires_platform_metadata_credentials: optional(
      field(
        Schema.Boolean,
        "Only connections that need platform metadata credentials (false: those that have them)",
      ),
    ),
    include_related: optional(related()),
    ...paging,
  },
  success: page(Connection),
});

/** The request of {@linkcode create} for one adapter. */
export interface CreateFor<Version extends keyof Configs> extends InAccount, ConnectionOptions {
  /** The connection's name. */
  readonly name: string;
  /** The adapter and its version. */
  readonly adapter_version: Version;
  /** The settings for the warehouse. */
  readonly config: Configs[Version];
}

/** The request of {@linkcode create}: `config` depends on `adapter_version`. */
export type Create = { [Version in keyof Configs]: CreateFor<Version> }[keyof Configs];

/** Create a connection. */
export const create: Endpoint<Create, Connection> = endpoint("connections.create", {
  route: "POST /api/v3/accounts/:account_id/connections/",
  summary: "Create a connection",
  request: {
    ...inAccount,
    ...options,
    name: field(Schema.String, "Name of the connection"),
    adapter_version: field(adapterVersion, "Adapter and its version"),
    config: field(anyConfig, "Settings for the warehouse"),
  } as Fields<Create>, // each alternative of `Create` has these fields
  repeats: { account_id: "account_id" },
  success: data(Connection),
});

/** The request of {@linkcode get}. */
export interface Get extends OfConnection {
  /** Related objects to include in the connection. */
  readonly include_related?: Related;
}

/** Get a connection with its settings. */
export const get: Endpoint<Get, Connection> = endpoint("connections.get", {
  route: "GET /api/v3/accounts/:account_id/connections/:connection_id/",
  summary: "Get a connection with its settings",
  request: { ...ofConnection, include_related: optional(related()) },
  success: data(Connection),
});

/** The request of {@linkcode patch}. */
export interface Patch extends OfConnection, ConnectionOptions {
  /** The settings for the warehouse to change. */
  readonly config?: AnyConfig | null;
}

/** Change some fields of a connection. */
export const patch: Endpoint<Patch, Connection> = endpoint("connections.patch", {
  route: "PATCH /api/v3/accounts/:account_id/connections/:connection_id/",
  summary: "Change some fields of a connection",
  request: {
    ...ofConnection,
    ...options,
    config: nullable(field(anyConfig, "Settings for the warehouse to change")),
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

/** The request of {@linkcode test}. */
export interface Test extends InAccount {
  /** The connection to test. The fields are not documented. */
  readonly connection: { readonly [name: string]: unknown };
}

/** Test a connection. */
export const test: Endpoint<Test, unknown> = endpoint("connections.test", {
  route: "POST /api/v3/accounts/:account_id/connections/test/",
  summary: "Test a connection",
  request: {
    ...inAccount,
    connection: field(Schema.Record(Schema.String, Schema.Unknown), "Connection to test"),
  },
  payload: "connection",
  success: maybe(Schema.Unknown),
  dbtc: "test_connection",
  undocumented: "Published until 2023-06-16, without a body; Python dbtc uses it",
});

const byTerraform = "The Terraform provider uses it";

/** Get what dbt Cloud reads into its catalog from a connection. */
export const getCatalogConfig: Endpoint<OfConnection, CatalogConfig> = endpoint("connections.getCatalogConfig", {
  route: "GET /api/v3/accounts/:account_id/connections/:connection_id/catalog-configs/",
  summary: "Get what dbt Cloud reads into its catalog from a connection",
  request: ofConnection,
  success: data(CatalogConfig),
  undocumented: byTerraform,
});

/** The request of {@linkcode patchCatalogConfig}. */
export interface PatchCatalogConfig extends OfConnection, CatalogConfigOptions {}

/** Change what dbt Cloud reads into its catalog from a connection. */
export const patchCatalogConfig: Endpoint<PatchCatalogConfig, CatalogConfig> = endpoint(
  "connections.patchCatalogConfig",
  {
    route: "PATCH /api/v3/accounts/:account_id/connections/:connection_id/catalog-configs/",
    summary: "Change what dbt Cloud reads into its catalog from a connection",
    request: { ...ofConnection, ...catalogOptions },
    success: data(CatalogConfig),
    undocumented: byTerraform,
  },
);

// ---- by project -----------------------------------------------------------------------------------------------------

/** Fields of every request about one connection of a project. */
export interface OfConnectionInProject extends InProject {
  /** The connection's id. */
  readonly connection_id: number;
}

const ofConnectionInProject: Fields<OfConnectionInProject> = { ...inProject, connection_id };

/** The request of {@linkcode listInProject}. */
export interface ListInProject extends InProject, Ordered {
  /** Only the connections of this adapter: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string;
  /** Only the connections that the catalog reads; false for the others. */
  readonly has_catalog_ingestion_enabled?: boolean;
  /** Only the connections with cost insights; false for those without. */
  readonly has_cost_insights_enabled?: boolean;
  /** Only the connections with cost management; false for those without. */
  readonly has_cost_management_enabled?: boolean;
  /** Only the connections with platform metadata credentials; false for those without. */
  readonly has_platform_metadata_credentials?: boolean;
  /** Only the connection with this id. */
  readonly pk?: number;
  /** State of the connections: active, deleted or all (default: active). */
  readonly state?: StateFilter;
  /** Related objects to include in each connection. */
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

/** The settings of a connection of a project, for every warehouse. Source: Python dbtc, the specification of 2023. */
export type Details = AnyConfig & DetailsOptions;

/** The settings that only connections of a project have. */
export interface DetailsOptions {
  /** Whether the connection uses an SSH tunnel. */
  readonly tunnel_enabled?: boolean | null;
  /** The settings of an adapter: `{ fields: { host: { value: … } } }`. */
  readonly connection_details?: { readonly [name: string]: unknown } | null;
}

const details: Schema.Codec<Details, unknown> = part({
  ...configFields,
  tunnel_enabled: bool("Whether the connection uses an SSH tunnel (Postgres, Redshift)"),
  connection_details: nullable(field(Schema.Record(Schema.String, Schema.Unknown), "Settings of an adapter")),
});

/** The request of {@linkcode createInProject}. */
export interface CreateInProject extends InProject {
  /** The connection's name. */
  readonly name: string;
  /** The type of the connection: see {@linkcode ConnectionType}. */
  readonly type: string;
  /** The adapter, if the type is `adapter`: see `adapters.AdapterVersion`. */
  readonly adapter_version?: string | null;
  /** The settings for the warehouse. */
  readonly details?: Details | null;
  /** The id of the private endpoint that the connection uses. */
  readonly private_link_endpoint_id?: string | null;
  /** The id of the OAuth configuration with which developers log in. */
  readonly oauth_configuration_id?: number | null;
  /** The id of the user who created it. */
  readonly created_by_id?: number | null;
  /** The id of the service token that created it. */
  readonly created_by_service_token_id?: number | null;
  /** State of the connection: 1 active, 2 deleted. */
  readonly state?: number | null;
}

const createInProjectRequest: Fields<CreateInProject> = {
  ...inProject,
  name: field(Schema.String, "Name of the connection"),
  type: field(named(Schema.String, ConnectionType), "Type of the connection"),
  adapter_version: nullable(field(adapterVersion, "Adapter and its version, if the type is adapter")),
  details: nullable(field(details, "Settings for the warehouse")),
  private_link_endpoint_id: options.private_link_endpoint_id,
  oauth_configuration_id: options.oauth_configuration_id,
  created_by_id: int("Id of the user who created it"),
  created_by_service_token_id: int("Id of the service token that created it"),
  state: nullable(field(named(Schema.Int, State), "State of the connection")),
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

/** The request of {@linkcode getInProject}. */
export interface GetInProject extends OfConnectionInProject {
  /** Related objects to include in the connection. */
  readonly include_related?: Related;
}

/** Get a connection of a project. */
export const getInProject: Endpoint<GetInProject, ProjectConnection> = endpoint("connections.getInProject", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/connections/:connection_id/",
  summary: "Get a connection of a project",
  request: { ...ofConnectionInProject, include_related: optional(related()) },
  success: data(ProjectConnection),
  dbtc: "get_connection",
  deprecated: "connections get",
});

/** The request of {@linkcode updateInProject}. */
export interface UpdateInProject extends OfConnectionInProject, CreateInProject {}

/** Update a connection of a project. Fields that are left out are reset. */
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
