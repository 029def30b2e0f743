/**
 * What dbt Cloud demands of rows beyond the schemas of their fields. `endpoints/check_body.ts` applies it to what is
 * written, and `adapter_schema.ts` shows the fields that adapters need.
 *
 * @module
 */
import { isRow, type Row } from "../protocol/response_format.ts";
import { requiredConfig } from "./connection_config.ts";
import { jobErrors } from "./job_fields.ts";

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

/**
 * By collection: what is wrong with a row, by field. `others` are the other rows of its collection, `before` is the
 * stored row that it replaces.
 */
export const rowRules: Readonly<
  Record<string, (row: Row, others: ReadonlyArray<Row>, before: Row | undefined) => Row>
> = {
  connections: ({ adapter_version, config }) =>
    isRow(config) ? missing(config, requiredConfig(String(adapter_version))) : {},
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
  jobs: (row, _, before) => jobErrors(row, before),
};
