/**
 * Connections in the sandbox: the fields of each adapter, OAuth clients, and SSH tunnels.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import type * as connections from "../../lib/api/connections.ts";
import { configDefaults, requiredConfig } from "../../lib/sandbox/data/connection_config.ts";
import { absent, read } from "../support/evidence.ts";
import { test, v2, v3 } from "../support/sandbox_fixture.ts";
import { parse } from "../../tools/conformance.ts";

/** The adapters, each with the name of its schema in the specification. */
const schemas: Readonly<Record<keyof connections.Configs, string>> = {
  apache_spark_v0: "ApacheSparkConnection",
  athena_v0: "AthenaConnection",
  bigquery_v0: "BigqueryConnection",
  bigquery_v1: "BigqueryConnectionV1",
  databricks_spark_v0: "DatabricksSparkConnection",
  databricks_v0: "DatabricksConnection",
  fabric_v0: "FabricConnection",
  postgres_v0: "PostgresConnection",
  redshift_v0: "RedshiftConnection",
  salesforce_v0: "SalesforceConnection",
  snowflake_v0: "SnowflakeConnection",
  synapse_v0: "SynapseConnection",
  teradata_v0: "TeradataConnection",
  trino_v0: "TrinoConnection",
};
const adapters = Object.keys(schemas);

/** A schema of the specification. */
interface Schema {
  readonly properties?: Readonly<Record<string, { readonly default?: unknown; readonly writeOnly?: boolean }>>;
  readonly required?: ReadonlyArray<string>;
}

/** The fields that an adapter's config needs, with values. */
function least(adapter: string): Record<string, unknown> {
  return Object.fromEntries(
    (requiredConfig(adapter) ?? []).map((name) => [name, name === "timeout_seconds" ? 9 : "x"]),
  );
}

// The Terraform provider panics where a key is absent.
test(
  "answers every field of an adapter's config that is no secret, for all adapters",
  Effect.fnUntraced(function* ({ ask, data }) {
    for (const adapter_version of adapters) {
      const config = least(adapter_version);
      const body = { account_id: 1, name: "x", adapter_version, config: { ...config, private_key: "hidden" } };
      const { status, body: { data: made } } = yield* ask(`POST ${v3}/connections/`, body);
      assert.deepEqual([adapter_version, status, made.config], [adapter_version, 201, {
        ...configDefaults(adapter_version),
        ...config,
      }]);
      const [field = ""] = Object.keys(config);
      const patched = yield* data(`PATCH ${v3}/connections/${made.id}/`, { config: { [field]: "y" } });
      assert.deepEqual(patched.config, { ...made.config, [field]: "y" });
      assert.deepEqual((yield* data(`GET ${v3}/connections/${made.id}/`)).config, patched.config);
    }
  }),
);

Deno.test({
  name: "a connection's fields, and their defaults, are those of the specification",
  ignore: absent,
  fn: () => {
    const document: { components: { schemas: Record<string, Schema> } } = JSON.parse(
      JSON.stringify(parse(read("admin/openapi-v3.yaml"))),
    );
    for (const [adapter, name] of Object.entries(schemas)) {
      const { properties = {}, required = [] } = document.components.schemas[name] ?? {};
      const shown = Object.entries(properties).filter(([, { writeOnly }]) => writeOnly !== true);
      const defaults = shown.filter(([field]) => !required.includes(field)).map(([field, { default: value }]) =>
        [field, value ?? null] as const
      );
      assert.deepEqual([adapter, configDefaults(adapter)], [adapter, Object.fromEntries(defaults)]);
      const secret = (field: string) => properties[field]?.writeOnly === true;
      assert.deepEqual(requiredConfig(adapter)?.toSorted(), required.filter((field) => !secret(field)).toSorted());
    }
  },
});

test(
  "says whether a BigQuery connection of a project has an OAuth client, and not its secrets",
  Effect.fnUntraced(function* ({ data }) {
    // Terraform provider 0.3.26 reads `details.is_configured_for_oauth`.
    const project = `${v3}/projects/1`;
    const body = { account_id: 1, project_id: 1, name: "BigQuery", type: "bigquery", state: 1 };
    const details = least("bigquery_v0");
    const plain = yield* data(`POST ${project}/connections/`, { ...body, details });
    assert.equal(plain.details.is_configured_for_oauth, false);
    const client = { application_id: "id", application_secret: "hush" };
    const made = yield* data(`POST ${project}/connections/`, { ...body, details: { ...details, ...client } });
    assert.deepEqual([made.details.is_configured_for_oauth, made.details.application_secret], [true, undefined]);
    const renamed = yield* data(`POST ${project}/connections/${made.id}/`, { ...body, name: "Big", details });
    assert.equal(renamed.details.is_configured_for_oauth, true);
    const account = yield* data(`GET ${v3}/connections/${made.id}/`);
    assert.deepEqual([account.is_configured_for_native_oauth, "is_configured_for_oauth" in account.config], [
      true,
      false,
    ]);
  }),
);

test(
  "says in a connection whether it has an SSH tunnel, in the order in which Terraform works",
  Effect.fnUntraced(function* ({ ask, data }) {
    const body = { account_id: 1, name: "Postgres", adapter_version: "postgres_v0", config: least("postgres_v0") };
    const { id, is_ssh_tunnel_enabled } = yield* data(`POST ${v3}/connections/`, body);
    const enabled = () => Effect.map(data(`GET ${v3}/connections/${id}/`), (row) => row.is_ssh_tunnel_enabled);
    const tunnel = { account_id: 1, connection_id: id, username: "u", port: 22, hostname: "h" };
    const first = yield* data(`POST ${v2}/encryptions/`, tunnel);
    assert.deepEqual([is_ssh_tunnel_enabled, yield* enabled()], [false, true]);
    yield* data(`POST ${v2}/encryptions/${first.id}/`, { ...tunnel, id: first.id, state: 2 });
    assert.equal(yield* enabled(), false);
    const second = yield* data(`POST ${v2}/encryptions/`, tunnel);
    yield* data(`DELETE ${v3}/connections/${id}/`);
    const deleted = yield* ask(`POST ${v2}/encryptions/${second.id}/`, { ...tunnel, id: second.id, state: 2 });
    assert.deepEqual([deleted.status, deleted.body.data.state], [200, 2]);
    assert.equal((yield* ask(`POST ${v2}/encryptions/`, tunnel)).status, 400);
  }),
);

test(
  "merges the fields of credentials in a PATCH, and names their target",
  Effect.fnUntraced(function* ({ data }) {
    const field = (value: unknown, encrypt = false) => ({ metadata: { encrypt }, value });
    const at = `${v3}/projects/1/credentials/`;
    const made = yield* data(`POST ${at}`, {
      account_id: 1,
      project_id: 1,
      type: "adapter",
      adapter_version: "databricks_v0",
      credential_details: { fields: { schema: field("s"), token: field("hush", true) }, field_order: ["schema"] },
    });
    assert.deepEqual([made.target_name, made.unencrypted_credential_details], ["default", { schema: "s" }]);
    // The Terraform provider sends what changed.
    const patched = yield* data(`PATCH ${at}${made.id}/`, {
      id: made.id,
      credential_details: { fields: { catalog: field("c") } },
    });
    assert.deepEqual(patched.unencrypted_credential_details, { schema: "s", catalog: "c" });
    assert.deepEqual(patched.credential_details.field_order, ["schema"]);
    // Its `dbtcloud_bigquery_credential` changes the field at the top, and sends the old details with it.
    const whole = yield* data(`POST ${at}${made.id}/`, { ...patched, schema: "t" });
    assert.deepEqual([whole.schema, whole.unencrypted_credential_details.schema], ["t", "t"]);
  }),
);

test(
  "answers null for lists of the catalog that nobody set, and what was set",
  Effect.fnUntraced(function* ({ data }) {
    const at = `${v3}/connections/1/catalog-configs/`;
    const { database_allow, view_deny } = yield* data(`GET ${at}`);
    assert.deepEqual([database_allow, view_deny], [null, null]);
    yield* data(`PATCH ${at}`, { database_allow: ["a"], table_deny: [] });
    const set = yield* data(`GET ${at}`);
    assert.deepEqual([set.database_allow, set.table_deny, set.view_deny], [["a"], [], null]);
  }),
);
