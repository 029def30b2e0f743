/**
 * What dbt Cloud demands of rows beyond the schemas of their fields. `endpoints/check_body.ts` applies it to what is
 * written, and `adapter_schema.ts` shows the fields that adapters need.
 *
 * @module
 */
import { isRow, type Row } from "../protocol/response_format.ts";

/** The fields that a connection's `config` needs, secrets aside, by its `adapter_version`. */
export const connectionFields: Readonly<Record<string, ReadonlyArray<string>>> = {
  apache_spark_v0: ["host", "cluster"],
  athena_v0: ["region_name", "database", "s3_staging_dir"],
  bigquery_v0: [
    "project_id",
    "timeout_seconds",
    "private_key_id",
    "client_email",
    "client_id",
    "auth_uri",
    "token_uri",
    "auth_provider_x509_cert_url",
    "client_x509_cert_url",
  ],
  bigquery_v1: ["project_id"],
  databricks_spark_v0: ["host"],
  databricks_v0: ["host", "http_path"],
  fabric_v0: ["server", "database"],
  postgres_v0: ["hostname", "dbname"],
  redshift_v0: ["hostname", "dbname"],
  salesforce_v0: ["login_url"],
  snowflake_v0: ["account", "database", "warehouse"],
  synapse_v0: ["host", "database"],
  teradata_v0: ["host"],
  trino_v0: ["host"],
};

/** The fields that credentials need, secrets aside, by their `type`. */
export const credentialFields: Readonly<Record<string, ReadonlyArray<string>>> = {
  adapter: ["credential_details"],
  bigquery: ["schema"],
  postgres: ["username", "default_schema"],
  redshift: ["default_schema"],
  snowflake: ["auth_type", "schema"],
};

/** The fields that a row does not have. */
function missing(row: Row, names: ReadonlyArray<string> = []): Row {
  const absent = names.filter((name) => row[name] === undefined || row[name] === null);
  return Object.fromEntries(absent.map((name) => [name, "required key not provided"]));
}

/** The field that says which environment, job or user the value of a variable is for. */
const targetField: Readonly<Record<string, string>> = {
  environment: "environment_id",
  job: "job_definition_id",
  user: "user_id",
};

/** Whether two rows are values of one variable for the same target. */
function sameTarget(a: Row, b: Row): boolean {
  const field = targetField[String(a.type)];
  return a.id !== b.id && a.project_id === b.project_id && a.name === b.name && a.type === b.type &&
    (field === undefined || a[field] === b[field]);
}

/** By collection: what is wrong with a row, by field. `others` are the other rows of its collection. */
export const rowRules: Readonly<Record<string, (row: Row, others: ReadonlyArray<Row>) => Row>> = {
  connections: ({ adapter_version, config }) =>
    isRow(config) ? missing(config, connectionFields[String(adapter_version)]) : {},
  credentials: (row) => missing(row, credentialFields[String(row.type)]),
  "environment-variables": (row, others) => {
    const { name, type } = row;
    const field = targetField[String(type)];
    return {
      ...String(name).startsWith("DBT_") ? {} : { name: "must begin with DBT_" },
      ...missing(row, field === undefined ? [] : [field]),
      ...others.some((other) => sameTarget(row, other)) ? { name: `${name} has a value of this type already` } : {},
    };
  },
};
