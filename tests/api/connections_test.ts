/**
 * Connections and credentials: one request for many kinds of warehouses, with secrets in it.
 *
 * @module
 */
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import { place, type Placed } from "../../lib/request.ts";
import { connections, credentials } from "../../mod.ts";

const secret = (name: string) => Redacted.make(`the ${name}`);
const defaults = { account_id: 7, project_id: 8 };

function bodyOf(placed: Result.Result<Placed, string>): unknown {
  return Result.getOrThrow(placed).body;
}

/** A request's value as it goes out. */
function revealed(value: unknown): unknown {
  if (Redacted.isRedacted(value)) return Redacted.value(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revealed(inner)]));
}

// ---- connections ----------------------------------------------------------------------------------------------------

/** What a connection to each kind of warehouse may ask for. */
const configs: connections.Configs = {
  apache_spark_v0: { host: "spark", cluster: "c1", method: "thrift", port: 10000 },
  athena_v0: { region_name: "eu-west-1", database: "awsdatacatalog", s3_staging_dir: "s3://b/", num_retries: null },
  bigquery_v0: {
    project_id: "jaffle",
    timeout_seconds: 300,
    private_key_id: "k1",
    private_key: secret("private key"),
    client_email: "dbt@jaffle",
    client_id: "42",
    auth_uri: "https://auth",
    token_uri: "https://token",
    auth_provider_x509_cert_url: "https://google",
    client_x509_cert_url: "https://account",
    application_secret: secret("application secret"),
  },
  bigquery_v1: { project_id: "jaffle", deployment_env_auth_type: "external-oauth-wif", scopes: ["bigquery"] },
  databricks_spark_v0: { host: "dbc", cluster: "c1" },
  databricks_v0: { host: "dbc", http_path: "/sql/1", client_id: secret("id"), client_secret: secret("secret") },
  fabric_v0: { server: "fabric", database: "jaffle", login_timeout: 5 },
  postgres_v0: { hostname: "pg", dbname: "jaffle", retries: 3 },
  redshift_v0: { hostname: "rs", dbname: "jaffle", port: 5439 },
  salesforce_v0: { login_url: "https://login", auth_type: "jwt_bearer" },
  snowflake_v0: { account: "ab1", database: "DB", warehouse: "WH", role: null, oauth_client_secret: secret("secret") },
  synapse_v0: { host: "syn", database: "jaffle" },
  teradata_v0: { host: "td", port: "1025", tmode: "ANSI" },
  trino_v0: { host: "trino", method: "ldap" },
};

for (const [adapter_version, config] of Object.entries(configs)) {
  Deno.test(`connections.create and patch send what ${adapter_version} needs, secrets as text`, () => {
    const request = { name: "Warehouse", adapter_version, config } as connections.Create; // `configs` matches them
    assert.deepEqual(bodyOf(place(connections.create, request, defaults)), {
      account_id: 7,
      name: "Warehouse",
      adapter_version,
      config: revealed(config),
    });
    assert.deepEqual(bodyOf(place(connections.patch, { connection_id: 9, config }, defaults)), {
      account_id: 7,
      config: revealed(config),
    });
  });
}

Deno.test("connections.create keeps what dbt may have added to a config since, its secrets as text too", () => {
  const config = { hostname: "pg", dbname: "jaffle", tls: { mode: "require", keys: [secret("key")] } };
  const request: connections.Create = { name: "Warehouse", adapter_version: "postgres_v0", config };
  assert.deepEqual(bodyOf(place(connections.create, request, defaults)), {
    account_id: 7,
    name: "Warehouse",
    adapter_version: "postgres_v0",
    config: { hostname: "pg", dbname: "jaffle", tls: { mode: "require", keys: ["the key"] } },
  });
});

Deno.test("connections.create takes an adapter that dbt may have added since, in its wire form", () => {
  const request = { name: "Warehouse", adapter_version: "duckdb_v0", config: { path: "jaffle.duckdb" } };
  const wire = request as unknown as connections.Create; // as the command line reads it: from text
  assert.deepEqual(bodyOf(place(connections.create, wire, defaults, "wire")), { account_id: 7, ...request });
});

Deno.test("connections.createInProject sends the details of any warehouse", () => {
  const request: connections.CreateInProject = {
    name: "Warehouse",
    type: "snowflake",
    details: { account: "ab1", oauth_client_secret: secret("secret"), tunnel_enabled: false },
  };
  assert.deepEqual(bodyOf(place(connections.createInProject, request, defaults)), {
    account_id: 7,
    project_id: 8,
    name: "Warehouse",
    type: "snowflake",
    details: { account: "ab1", oauth_client_secret: "the secret", tunnel_enabled: false },
  });
});

// ---- credentials ----------------------------------------------------------------------------------------------------

/** Credentials of each kind. */
const inputs: ReadonlyArray<credentials.Create> = [
  { type: "postgres", username: "dbt", password: secret("password"), default_schema: "prod", threads: 4 },
  { type: "redshift", auth_type: "password", default_schema: "prod", password: null },
  { type: "snowflake", auth_type: "keypair", schema: "PROD", private_key: secret("key"), role: "DBT" },
  { type: "bigquery", schema: "prod", _refresh_token: secret("token") },
  {
    type: "adapter",
    adapter_version: "databricks_v0",
    credential_details: {
      fields: {
        token: { metadata: { field_type: "text", encrypt: true }, value: secret("token") },
        schema: { value: "prod" },
        threads: { value: 4 },
      },
      field_order: [],
    },
  },
];

for (const input of inputs) {
  Deno.test(`credentials.create, update and patch send those of type ${input.type}, secrets as text`, () => {
    const body = { account_id: 7, project_id: 8, ...Object(revealed(input)) };
    const of: credentials.Update = { credentials_id: 9, ...input };
    assert.deepEqual(bodyOf(place(credentials.create, input, defaults)), body);
    assert.deepEqual(bodyOf(place(credentials.update, of, defaults)), { ...body, id: 9 });
    assert.deepEqual(bodyOf(place(credentials.patch, of, defaults)), { ...body, id: 9 });
  });
}

Deno.test("credentials.create says what is wrong, without the secret", () => {
  const password = Redacted.make("hunter2");
  const request: object = { type: "postgres", username: 7, password, default_schema: "prod" };
  const placed = place(credentials.create, request as credentials.Create, defaults); // its user is no text
  assert(Result.isFailure(placed));
  assert.match(placed.failure, /^username is not what it should be/);
  assert.doesNotMatch(placed.failure, /hunter2/);
});

// ---- what must not compile ------------------------------------------------------------------------------------------

export function calls(password: string) {
  const name = "Warehouse";
  // @ts-expect-error Snowflake has no hostname
  connections.create({ name, adapter_version: "snowflake_v0", config: { hostname: "pg", dbname: "jaffle" } });
  // @ts-expect-error Postgres needs a database
  connections.create({ name, adapter_version: "postgres_v0", config: { hostname: "pg" } });
  // @ts-expect-error the port is a number but for Teradata
  connections.create({ name, adapter_version: "trino_v0", config: { host: "trino", port: "443" } });
  // @ts-expect-error there is no such member of any config
  connections.patch({ connection_id: 1, config: { nope: 1 } });
  // @ts-expect-error a secret is not held as text
  credentials.create({ type: "postgres", username: "dbt", password, default_schema: "prod" });
  // @ts-expect-error Snowflake's schema is called otherwise
  credentials.create({ type: "snowflake", auth_type: "sso", default_schema: "prod" });
  return [
    connections.create({ name, adapter_version: "trino_v0", config: { host: "trino", port: 443 } }),
    connections.patch({ connection_id: 1, config: { port: 443, role: null } }),
    credentials.create({ type: "snowflake", auth_type: "sso", schema: "prod", project_id: 1 }),
  ];
}
