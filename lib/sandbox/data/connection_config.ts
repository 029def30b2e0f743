/**
 * The fields of a connection's `config`, by adapter: which are required, and what dbt Cloud answers for the others
 * where nobody set them. `complete_row.ts` fills them in, `row_rules.ts` demands the required ones, and
 * `adapter_schema.ts` lists them.
 *
 * The defaults are those of the published specification. That dbt Cloud answers every field that is no secret is what
 * the Terraform provider relies on: it panics where one is absent.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import type { Configs } from "../../api/connections.ts";
import type { Row } from "../protocol/response_format.ts";

/** Marks a field that has no default, since a connection cannot be without it. */
const required = Symbol("required");

/** Whether a type allows plain values: a field that only allows secrets is never answered. */
type Shown<T> = [Exclude<T, Redacted.Redacted<string> | null | undefined>] extends [never] ? never : T;

/** For each field of a config that is no secret: that it is required, or its default. */
type ConfigFields<C> = {
  readonly [F in keyof C as [Shown<C[F]>] extends [never] ? never : F]-?: object extends Pick<C, F>
    ? Exclude<C[F], undefined>
    : typeof required;
};

const bigqueryOptions = {
  priority: null,
  scopes: null,
  location: null,
  maximum_bytes_billed: null,
  execution_project: null,
  impersonate_service_account: null,
  job_retry_deadline_seconds: null,
  job_creation_timeout_seconds: null,
  gcs_bucket: null,
  dataproc_region: null,
  dataproc_cluster_name: null,
  api_endpoint: null,
};

const microsoftOptions = {
  database: required,
  driver: "ODBC Driver 18 for SQL Server",
  port: 1433,
  retries: 1,
  login_timeout: 0,
  query_timeout: 0,
  adapter_id: null,
} as const;

// The compiler holds this to the client's own interfaces: a field that is missing or to spare does not compile.
const configFields: { readonly [A in keyof Configs]: ConfigFields<Configs[A]> } = {
  apache_spark_v0: {
    host: required,
    cluster: required,
    method: "http",
    port: 443,
    connect_timeout: 10,
    connect_retries: 0,
    organization: "",
    user: "",
    auth: "",
    kerberos_service_name: "",
    adapter_id: null,
  },
  athena_v0: {
    region_name: required,
    database: required,
    s3_staging_dir: required,
    work_group: null,
    spark_work_group: null,
    s3_data_dir: null,
    s3_data_naming: null,
    s3_tmp_table_dir: null,
    poll_interval: null,
    num_retries: null,
    num_boto3_retries: null,
    num_iceberg_retries: null,
    adapter_id: null,
  },
  bigquery_v0: {
    ...bigqueryOptions,
    retries: 1,
    project_id: required,
    timeout_seconds: required,
    private_key_id: required,
    client_email: required,
    client_id: required,
    auth_uri: required,
    token_uri: required,
    auth_provider_x509_cert_url: required,
    client_x509_cert_url: required,
  },
  bigquery_v1: {
    ...bigqueryOptions,
    retries: null,
    project_id: required,
    deployment_env_auth_type: "service-account-json",
    job_execution_timeout_seconds: null,
    private_key_id: null,
    client_email: null,
    client_id: null,
    auth_uri: null,
    token_uri: null,
    auth_provider_x509_cert_url: null,
    client_x509_cert_url: null,
    adapter_id: null,
  },
  databricks_spark_v0: {
    host: required,
    method: "odbc",
    port: 443,
    cluster: "",
    endpoint: "",
    driver: "/opt/simba/spark/lib/64/libsparkodbc_sb64.so",
    organization: "",
    user: "",
    adapter_id: null,
  },
  databricks_v0: { host: required, http_path: required, catalog: "", scopes: null, adapter_id: null },
  fabric_v0: { server: required, ...microsoftOptions },
  postgres_v0: { hostname: required, dbname: required, port: 5432, retries: null },
  redshift_v0: { hostname: required, dbname: required, port: 5439, retries: null },
  salesforce_v0: {
    login_url: required,
    database: "default",
    data_transform_run_timeout: 180_000,
    auth_type: "jwt_bearer",
    adapter_id: null,
  },
  snowflake_v0: {
    account: required,
    database: required,
    warehouse: required,
    role: null,
    client_session_keep_alive: false,
    allow_sso: false,
  },
  synapse_v0: { host: required, ...microsoftOptions },
  teradata_v0: { host: required, port: null, tmode: "ANSI", retries: null, request_timeout: null, adapter_id: null },
  trino_v0: { host: required, method: "ldap", port: 443, adapter_id: null },
};

const fields = new Map<string, ReadonlyArray<readonly [string, unknown]>>(
  Object.entries(configFields).map(([adapter, config]) => [adapter, Object.entries(config)]),
);

/** The fields that the config of an adapter cannot be without, secrets aside; undefined for an unknown adapter. */
export function requiredConfig(adapter: string): ReadonlyArray<string> | undefined {
  return fields.get(adapter)?.filter(([, value]) => value === required).map(([name]) => name);
}

/** What dbt Cloud answers for the fields of an adapter's config that nobody set. */
export function configDefaults(adapter: string): Row {
  return Object.fromEntries(fields.get(adapter)?.filter(([, value]) => value !== required) ?? []);
}
