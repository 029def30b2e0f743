/**
 * What becomes of what is given: rules, ids, and secrets that are kept by nobody or told once.
 *
 * @module
 */
import * as SchemaAST from "effect/SchemaAST";
import { fieldOf } from "../../request.ts";
import { masked } from "../../schema.ts";
import { hash } from "./dbt_node.ts";
import { membersOf, type Route } from "../protocol/routes.ts";
import { isRow, type Row } from "../protocol/response_format.ts";

// ---- secrets --------------------------------------------------------------------------------------------------------

/** A value without the secrets that its schema names. What may be plain as well is no secret. */
export function withoutSecrets(ast: SchemaAST.AST, value: unknown): unknown {
  if (isSecret(ast)) return undefined;
  if (SchemaAST.isSuspend(ast)) return withoutSecrets(ast.thunk(), value);
  if (SchemaAST.isUnion(ast)) {
    const types = ast.types.filter((type) => !SchemaAST.isNull(type));
    if (types.length > 0 && types.every(isSecret)) return undefined;
    return types.filter((type) => !isSecret(type)).reduce((rest, type) => withoutSecrets(type, rest), value);
  }
  if (!SchemaAST.isObjects(ast) || !isRow(value)) return value;
  const members = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const member = members.get(name);
      return [name, member === undefined ? inner : withoutSecrets(member, inner)];
    }).filter(([, inner]) => inner !== undefined),
  );
}

/** A body to be shown: without the values of what its endpoint marks as secret. */
export function hideSecrets(call: Route["call"] | undefined, body: unknown): unknown {
  if (call === undefined) return body;
  const shown = (name: string, value: unknown) => {
    const schema = fieldOf(call, name);
    return schema === undefined ? value : masked(schema.ast, value);
  };
  if (call.payload !== undefined) return shown(call.payload, body);
  return isRow(body)
    ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, shown(name, value)]))
    : body;
}

/** Whether a schema is that of a secret, as `secret` of the client says it. */
export function isSecret(ast: SchemaAST.AST): boolean {
  return ast.annotations?.secret === true;
}

/** Secrets that an answer tells once: they follow from the row, so that nothing needs to keep them. */
const once: Readonly<Record<string, (row: Row) => Row>> = {
  "serviceTokens.create": ({ uid }) => ({ token_string: `dbtc_${uid}` }),
  "personalAccessTokens.create": ({ uid }) => ({ token_string: `dbtu_${uid}` }),
  "personalAccessTokens.rotate": ({ uid, updated_at }) => ({ token_string: `dbtu_${hash(`${uid}${updated_at}`)}` }),
  "webhooks.create": ({ id }) => ({ hmac_secret: hash(`${id}/1`) + hash(`${id}/2`) }),
};

/** What the answer of an endpoint tells of a row this once. */
export function issueOnce(endpoint: string, row: Row): Row {
  return once[endpoint]?.(row) ?? {};
}

// ---- ids ------------------------------------------------------------------------------------------------------------

const prefixes: Readonly<Record<string, string>> = { "webhooks/subscriptions": "wsu_", "private-endpoints": "ple_" };

/** The id of a new row, and its other id where it has one: `wsu_…` */
export function newId(collection: string, next: number): Row {
  const members = membersOf(collection);
  const text = hash(`${collection}/${next}`);
  const id = members.get("id")?._tag === "String" ? (prefixes[collection] ?? "") + text : next;
  return members.has("uid") ? { id, uid: text } : { id };
}

// ---- rules ----------------------------------------------------------------------------------------------------------

/** What a warehouse's connection needs, secrets aside. */
export const needed: Readonly<Record<string, ReadonlyArray<string>>> = {
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

/** What credentials of a type need. */
export const neededToLogIn: Readonly<Record<string, ReadonlyArray<string>>> = {
  adapter: ["credential_details"],
  bigquery: ["schema"],
  postgres: ["username", "default_schema"],
  redshift: ["default_schema"],
  snowflake: ["auth_type", "schema"],
};

function lacking(given: Row, names: ReadonlyArray<string> = []): Row {
  const absent = names.filter((name) => given[name] === undefined || given[name] === null);
  return Object.fromEntries(absent.map((name) => [name, "required key not provided"]));
}

const target: Readonly<Record<string, string>> = {
  environment: "environment_id",
  job: "job_definition_id",
  user: "user_id",
};

/** Whether two values of a variable hold for the same. */
function same(a: Row, b: Row): boolean {
  const field = target[String(a.type)];
  return a.id !== b.id && a.project_id === b.project_id && a.name === b.name && a.type === b.type &&
    (field === undefined || a[field] === b[field]);
}

/** By collection: what is wrong with a thing as a whole, beside the others that are there. */
export const rules: Readonly<Record<string, (given: Row, others: ReadonlyArray<Row>) => Row>> = {
  connections: ({ adapter_version, config }) => isRow(config) ? lacking(config, needed[String(adapter_version)]) : {},
  credentials: (given) => lacking(given, neededToLogIn[String(given.type)]),
  "environment-variables": (given, others) => {
    const { name, type } = given;
    const field = target[String(type)];
    return {
      ...String(name).startsWith("DBT_") ? {} : { name: "must begin with DBT_" },
      ...lacking(given, field === undefined ? [] : [field]),
      ...others.some((other) => same(given, other)) ? { name: `${name} has a value of this type already` } : {},
    };
  },
};
