/**
 * Endpoints of a project that have handlers of their own: connections, credentials, variables, repositories, timing; and
 * `/openapi.json`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { overPort, test, v2, v3 } from "../support/sandbox_fixture.ts";

const project = `${v3}/projects/1`;

/** Some members of each row. */
function pluck(rows: ReadonlyArray<Readonly<Record<string, unknown>>>, ...names: ReadonlyArray<string>) {
  return rows.map((row) => names.map((name) => row[name]));
}

// ---- environment variables ------------------------------------------------------------------------------------------

test(
  "reads environment variables by environment, by job and by user, secrets masked",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = `GET ${project}/environment-variables`;
    const secret = { id: 5, value: "**********" };
    assert.deepEqual(yield* data(`${at}/environment/`), {
      environments: ["project", "production", "development"],
      variables: {
        DBT_WAREHOUSE_SIZE: { project: { id: 1, value: "XS" }, production: { id: 2, value: "XL" } },
        DBT_ENV_SECRET_TOKEN: { project: secret },
      },
    });
    assert.deepEqual(yield* data(`${at}/job/?job_definition_id=2`), {
      DBT_WAREHOUSE_SIZE: {
        project: { id: 1, value: "XS" },
        environment: { id: 2, value: "XL" },
        job: { id: 3, value: "XXL" },
      },
      DBT_ENV_SECRET_TOKEN: { project: secret },
    });
    assert.deepEqual(yield* data(`${at}/user/?user_id=1&name=DBT_WAREHOUSE_SIZE`), {
      DBT_WAREHOUSE_SIZE: { project: { id: 1, value: "XS" }, user: { id: 4, value: "S" } },
    });
    assert.equal((yield* ask(`${at}/job/`)).status, 400);
  }),
);

test(
  "sets, changes and deletes environment variables one by one and in bulk",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = `${project}/environment-variables`;
    const variables = () => Effect.map(data(`GET ${at}/environment/`), ({ variables }) => variables);
    const secret = { name: "DBT_ENV_SECRET_KEY", type: "environment", environment_id: 2, raw_value: "hush" };
    const made = yield* data(`POST ${at}/`, secret);
    assert.deepEqual([made.display_value, made.raw_value, made.environment_id], ["**********", "**********", 2]);
    assert.deepEqual((yield* ask(`POST ${at}/`, secret)).status, 400);
    yield* data(`POST ${at}/${made.id}/`, { ...secret, name: "DBT_PLAIN", raw_value: "loud" });
    assert.deepEqual((yield* variables()).DBT_PLAIN, { development: { id: made.id, value: "loud" } });
    yield* data(`DELETE ${at}/${made.id}/`);
    assert.equal((yield* variables()).DBT_PLAIN, undefined);

    const created = yield* ask(`POST ${at}/bulk/`, { env_var: { new_name: "DBT_A", project: "1", production: "2" } });
    assert.deepEqual([created.status, created.body.data], [201, {
      message: "Success!",
      new_var_ids: [7, 8],
      deleted_var_ids: [],
      failures: {},
    }]);
    const listed = yield* data(`POST ${at}/bulk/`, { env_var: [{ new_name: "DBT_B", project: "b" }] });
    assert.deepEqual(pluck(listed, "status", "status_code", "key_name"), [["success", 201, "DBT_B"]]);
    const changed = yield* data(`PUT ${at}/bulk/`, {
      env_vars: { name: "DBT_A", new_name: "DBT_C", 7: "3", production: null, development: "4" },
    });
    assert.deepEqual([changed.new_var_ids, changed.deleted_var_ids], [[10], [8]]);
    assert.deepEqual((yield* variables()).DBT_C, {
      project: { id: 7, value: "3" },
      development: { id: 10, value: "4" },
    });
    yield* data(`DELETE ${at}/bulk/`, { name: "DBT_C" });
    assert.deepEqual(Object.keys(yield* variables()), ["DBT_WAREHOUSE_SIZE", "DBT_ENV_SECRET_TOKEN", "DBT_B"]);
    const refused: Array<unknown> = [];
    for (
      const [request, body] of [
        [`POST ${at}/`, { name: "SIZE", type: "project", raw_value: "x" }],
        [`POST ${at}/`, { name: "DBT_X", type: "environment", raw_value: "x" }],
        [`POST ${at}/bulk/`, { env_var: { new_name: "DBT_X", nowhere: "x" } }],
        [`PUT ${at}/bulk/`, { env_vars: { name: "DBT_X", project: "x" } }],
        [`PUT ${at}/bulk/`, { env_vars: { name: "DBT_WAREHOUSE_SIZE", 99: "x" } }],
      ] as const
    ) refused.push((yield* ask(request, body)).body.data);
    assert.deepEqual(refused, [
      { name: "must begin with DBT_" },
      { environment_id: "required key not provided" },
      { reason: "There is no environment nowhere" },
      { reason: "There is no variable DBT_X" },
      { reason: "DBT_WAREHOUSE_SIZE has no value 99" },
    ]);
    assert.equal((yield* ask(`DELETE ${at}/bulk/`, { name: "DBT_X" })).status, 404);
  }),
);

// ---- connections, credentials, repositories and runs -------------------------------------------------------------------

test(
  "keeps connections by the adapter's needs, and shows them as account and project have them",
  Effect.fnUntraced(function* ({ ask, data }) {
    const lacking = { name: "W", adapter_version: "databricks_v0", config: { host: "x.databricks.com" } };
    assert.deepEqual((yield* ask(`POST ${v3}/connections/`, lacking)).body.data, {
      http_path: "required key not provided",
    });
    const config = { host: "x.databricks.com", http_path: "/sql/1", client_id: "c", client_secret: "s", catalog: "k" };
    const made = yield* data(`POST ${v3}/connections/`, { ...lacking, config });
    const kept = { host: "x.databricks.com", http_path: "/sql/1", catalog: "k", scopes: null, adapter_id: null };
    assert.deepEqual(made.config, kept);
    const patched = yield* data(`PATCH ${v3}/connections/${made.id}/`, {
      config: { catalog: "l", client_secret: "t" },
    });
    assert.deepEqual(patched.config, { ...kept, catalog: "l" });
    assert.deepEqual(pluck(yield* data(`GET ${v3}/connections/`), "config", "environment__count"), [[null, 2], [
      null,
      0,
    ]]);
    const old = yield* data(`GET ${project}/connections/1/`);
    const now = yield* data(`GET ${v3}/connections/1/`);
    assert.deepEqual([old.type, old.details, old.config], ["snowflake", now.config, undefined]);
  }),
);

test(
  "tells credentials without their secrets, an adapter's field by field",
  Effect.fnUntraced(function* ({ ask, data }) {
    const field = (value: unknown, encrypt: boolean) => ({ metadata: { label: "L", encrypt }, value });
    const details = {
      fields: { schema: field("s", false), token: field("t", true) },
      field_order: ["schema", "token"],
    };
    const made = yield* data(`POST ${project}/credentials/`, { type: "adapter", credential_details: details });
    assert.deepEqual(made.unencrypted_credential_details, { schema: "s" });
    assert.equal(made.credential_details.fields.token.value, "");
    const { data: refused } = (yield* ask(`POST ${project}/credentials/`, { type: "postgres", username: "u" })).body;
    assert.deepEqual(refused, { default_schema: "required key not provided" });
  }),
);

test(
  "hosts repositories, and gives them as a ZIP file",
  Effect.fnUntraced(function* ({ ask, data }) {
    const { id, remote_backend } = yield* data(`POST ${project}/managed-repositories/`, { name: "mine" });
    assert.equal(remote_backend, "managed");
    const file = yield* ask(`GET ${project}/managed-repositories/${id}/download/`);
    assert.equal(file.headers["content-type"], "application/zip");
    assert.match(file.body, /^PK.*mine\/dbt_project\.yml/s);
    assert.equal((yield* ask(`GET ${project}/managed-repositories/1/download/`)).status, 404);
  }),
);

test(
  "times a run's nodes",
  Effect.fnUntraced(function* ({ data }) {
    const nodes = yield* data(`GET ${project}/runs/70471800000001/timing/`);
    const { run_steps } = yield* data(`GET ${v2}/runs/70471800000001/?include_related=run_steps`);
    const [first] = nodes.filter(({ execution_time }: { execution_time: number }) => execution_time > 0);
    const step = run_steps[first.step - 1];
    assert.equal(step.name, "Invoke dbt with `dbt build`");
    assert(step.started_at <= first.started_at && first.completed_at <= step.finished_at);
    assert.deepEqual(new Set(pluck(nodes, "status").flat()), new Set(["success", "pass"]));
  }),
);

Deno.test("sandbox describes each route in openapi.json", () =>
  overPort(
    {},
    Effect.fnUntraced(function* ({ ask }) {
      const { body } = yield* ask("GET /openapi.json", undefined, {});
      const trigger = body.paths["/api/v2/accounts/{account_id}/jobs/{job_id}/run/"].post;
      assert.deepEqual(
        trigger.parameters.map(({ name, in: place }: { name: string; in: string }) => [name, place]),
        [["account_id", "path"], ["job_id", "path"]],
      );
      const request = trigger.requestBody.content["application/json"].schema;
      assert.deepEqual([request.required, request.properties.cause.type], [["cause"], "string"]);
      const reply = trigger.responses[200].content["application/json"].schema;
      assert.deepEqual(reply.properties.data, { $ref: "#/components/schemas/runs" });
      assert.equal(body.components.schemas.runs.properties.id.type, "integer");
      const list = body.paths["/api/v2/accounts/{account_id}/runs/"].get;
      const limit = list.parameters.find(({ name }: { name: string }) => name === "limit");
      assert.deepEqual([limit.in, limit.required, limit.schema.type], ["query", false, "integer"]);
    }),
  ));
