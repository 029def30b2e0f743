/**
 * A client that knows nothing of this one: plain `fetch`, with verbs, paths and bodies of the specification and of the
 * recorded answers.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";

/** An answer. */
interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- whole values are compared with what is expected of them
  readonly body: any;
}

/** Sends `POST /api/…` with a body. */
type Ask = (request: string, body?: unknown) => Promise<Answer>;

/** A test against a sandbox behind a port. */
function test(name: string, body: (ask: Ask, url: string) => Promise<void>): void {
  Deno.test(name, () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const { url } = yield* sandbox.listen();
        yield* Effect.promise(() => body(asking(url), url));
      }).pipe(Effect.scoped),
    ));
}

function asking(url: string): Ask {
  return async (request, body) => {
    const [method = "", path = ""] = request.split(" ");
    const response = await fetch(url + path, {
      method,
      headers: { authorization: "Token sandbox", "content-type": "application/json" },
      ...body === undefined ? {} : { body: JSON.stringify(body) },
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
}

const v2 = "/api/v2/accounts/1";
const v3 = "/api/v3/accounts/1";
const project = `${v3}/projects/1`;

// ---- life cycles ----------------------------------------------------------------------------------------------------

/** What one does with a thing. */
interface Life {
  /** Where things are listed and created; `id` is where one is. */
  readonly at: string;
  /** Where one is, where that does not follow. */
  readonly one?: string;
  /** What it is created with. */
  readonly create: Readonly<Record<string, unknown>>;
  /** What a list cannot show is not listed. */
  readonly listed?: false;
  /** The verb of a change, and what changes. */
  readonly update?: readonly [verb: string, change: Readonly<Record<string, unknown>>];
  /** What the change does not name, and is as at the beginning afterwards. */
  readonly resets?: Readonly<Record<string, unknown>>;
  /** It is deleted by a write. */
  readonly deletedBy?: "state";
  /** A secret that is told once; or given, and never told. */
  readonly secrets?: ReadonlyArray<string>;
}

const ids = { account_id: 1, project_id: 1 };

const lives: Readonly<Record<string, Life>> = {
  project: { at: `${v3}/projects/`, create: { name: "other", account_id: 1 }, update: ["POST", { name: "another" }] },
  environment: {
    at: `${project}/environments/`,
    create: { ...ids, name: "staging", type: "deployment", dbt_version: "latest", use_custom_branch: false },
    update: ["POST", { name: "stage", type: "deployment", dbt_version: "latest", use_custom_branch: false }],
  },
  job: {
    at: `${v2}/jobs/`,
    create: {
      ...ids,
      environment_id: 1,
      name: "Hourly",
      execute_steps: ["dbt build"],
      triggers: { github_webhook: false, schedule: true },
      settings: { threads: 4, target_name: "prod" },
      schedule: { date: { type: "every_day" }, time: { type: "every_hour", interval: 1 } },
    },
    update: ["POST", { ...ids, environment_id: 1, name: "Each hour", execute_steps: ["dbt run"] }],
    resets: { settings: { threads: 1, target_name: "default" } },
  },
  connection: {
    at: `${v3}/connections/`,
    create: {
      account_id: 1,
      name: "Warehouse",
      adapter_version: "snowflake_v0",
      config: { account: "ab1", database: "a", warehouse: "w", oauth_client_secret: "hidden" },
    },
    update: ["PATCH", { account_id: 1, name: "House" }],
    secrets: ["oauth_client_secret"],
  },
  "connection of a project": {
    at: `${project}/connections/`,
    create: { ...ids, name: "Redshift", type: "redshift", details: { hostname: "h", port: 5439, dbname: "d" } },
    update: ["POST", { ...ids, name: "Blueshift", type: "redshift", state: 1 }],
  },
  "ssh tunnel": {
    at: `${v2}/encryptions/`,
    create: { account_id: 1, connection_id: 1, username: "u", port: 22, hostname: "h", private_key: "hidden" },
    update: ["POST", { account_id: 1, connection_id: 1, username: "v", port: 22, hostname: "h" }],
    secrets: ["private_key"],
  },
  credentials: {
    at: `${project}/credentials/`,
    create: { ...ids, type: "snowflake", auth_type: "password", schema: "s", user: "u", password: "hidden" },
    update: ["PATCH", { type: "snowflake", schema: "t" }],
    secrets: ["password"],
  },
  adapter: {
    at: `${project}/adapters/`,
    create: { ...ids, adapter_version: "databricks_v0", metadata_json: { title: "Databricks" }, state: 1 },
    listed: false,
    update: ["POST", { ...ids, adapter_version: "databricks_v0", metadata_json: { title: "Bricks" } }],
  },
  "extended attributes": {
    at: `${project}/extended-attributes/`,
    create: { extended_attributes: { query_tag: "a" } },
    listed: false,
    update: ["PATCH", { extended_attributes: { query_tag: "b" } }],
  },
  profile: {
    at: `${project}/profiles/`,
    create: { ...ids, key: "ci", connection_id: 1, credentials_id: 1 },
    update: ["PATCH", { key: "cd" }],
  },
  group: {
    at: `${v3}/groups/`,
    create: { account_id: 1, name: "Analysts", assign_by_default: false, sso_mapping_groups: ["a"] },
    update: ["POST", { account_id: 1, name: "Analysis" }],
    resets: { sso_mapping_groups: [] },
    deletedBy: "state",
  },
  "licence map": {
    at: `${v3}/license-maps/`,
    create: { account_id: 1, license_type: "read_only", sso_license_mapping_groups: ["a"] },
    update: ["POST", { account_id: 1, license_type: "developer" }],
    resets: { sso_license_mapping_groups: [] },
  },
  notification: {
    at: `${v2}/notifications/`,
    create: { account_id: 1, user_id: 1, type: 1, on_cancel: [], on_failure: [1], on_success: [] },
    update: ["POST", { account_id: 1, user_id: 1, type: 1, on_success: [2] }],
    resets: { on_failure: [] },
  },
  "oauth configuration": {
    at: `${v3}/oauth-configurations/`,
    create: {
      account_id: 1,
      type: "okta",
      name: "Okta",
      client_id: "c",
      client_secret: "hidden",
      authorize_url: "https://okta.example/a",
      token_url: "https://okta.example/t",
      redirect_uri: "https://cloud.getdbt.com/r",
    },
    update: ["POST", {
      account_id: 1,
      type: "okta",
      name: "Oktopus",
      client_id: "c",
      authorize_url: "https://okta.example/a",
      token_url: "https://okta.example/t",
      redirect_uri: "https://cloud.getdbt.com/r",
    }],
    secrets: ["client_secret"],
  },
  repository: {
    at: `${project}/repositories/`,
    create: { ...ids, remote_url: "git@github.com:jaffle-shop/other.git", git_clone_strategy: "deploy_key" },
    update: ["POST", { ...ids, remote_url: "git@github.com:jaffle-shop/another.git" }],
  },
  "semantic layer configuration": {
    at: `${project}/semantic-layer-configurations/`,
    create: { ...ids, environment_id: 1, semantic_layer_credentials_id: 1, state: 1 },
    listed: false,
    update: ["POST", { ...ids, environment_id: 2, semantic_layer_credentials_id: 1 }],
  },
  "semantic layer credentials": {
    at: `${v3}/semantic-layer-credentials/`,
    create: { ...ids, name: "Metrics", adapter_version: "postgres_v0", values: { username: "u", password: "hidden" } },
    update: ["POST", { ...ids, name: "Meters", adapter_version: "postgres_v0", values: { username: "v" } }],
    secrets: ["password"],
  },
  "service token": {
    at: `${v3}/service-tokens/`,
    create: { name: "CI", permission_grants: [{ permission_set: "job_admin", project_id: 1 }] },
    update: ["PUT", { name: "CD" }],
    secrets: ["token_string"],
  },
  "personal access token": {
    at: `${v3}/users/1/account-apikeys/`,
    create: { name: "Laptop" },
    secrets: ["token_string"],
  },
  "user credentials": {
    at: "/api/v3/users/1/credentials/",
    create: { user_id: 1, account_id: 1, project_id: 1, credentials_id: 1 },
    update: ["POST", { user_id: 1, account_id: 1, project_id: 1, credentials_id: 1 }],
  },
  webhook: {
    at: `${v3}/webhooks/subscriptions`,
    one: `${v3}/webhooks/subscription/`,
    create: {
      name: "Hook",
      client_url: "https://hooks.example",
      event_types: ["job.run.completed"],
      job_ids: ["1"],
      active: true,
    },
    update: ["PUT", {
      name: "Crook",
      client_url: "https://h.example",
      event_types: ["job.run.errored"],
      active: false,
    }],
    secrets: ["hmac_secret"],
  },
};

/** What is not shown of what is given: secrets, at any depth, and what answers say in their own way. */
function shown(given: unknown, secrets: ReadonlyArray<string>): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => !secrets.includes(name)).map(([name, value]) => [
      name,
      shown(value, secrets),
    ]),
  );
}

/** A webhook's account comes as text; the others come with all the members that they can have. */
const loose = new Set(["account_id", "permission_grants", "triggers", "schedule"]);

function holds(
  data: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
  secrets: ReadonlyArray<string>,
) {
  for (const [name, value] of Object.entries(given)) {
    if (secrets.includes(name) || loose.has(name)) continue;
    const expected = shown(value, secrets);
    // A connection has all fields of its adapter, whatever it was given: see connection_config_test.ts.
    const all = name === "config" || name === "details" ? Object(data[name]) : undefined;
    const found = all === undefined
      ? data[name]
      : Object.fromEntries(Object.keys(Object(expected)).map((field) => [field, all[field]]));
    assert.deepEqual([name, found], [name, expected]);
  }
}

for (
  const [name, { at, one = at, create, listed = true, update, resets = {}, deletedBy, secrets = [] }] of Object.entries(
    lives,
  )
) {
  test(`sandbox lets another client create, read, list, update and delete: ${name}`, async (ask) => {
    const slash = at.endsWith("/") ? "/" : "";
    const created = await ask(`POST ${at}`, create);
    assert.deepEqual([created.status, created.body.status.code], [201, 201]);
    const { id } = created.body.data;
    holds(created.body.data, create, secrets);
    const path = `${one}${id}${slash}`;
    const { body } = await ask(`GET ${path}`);
    const { token_string: _t, hmac_secret: _h, ...known } = created.body.data;
    const { token_string = null, hmac_secret = null, ...read } = body.data;
    assert.deepEqual([token_string, hmac_secret, read], [null, null, known]);
    assert.equal(JSON.stringify([created.body, body]).includes("hidden"), false);
    const list = async () => (await ask(`GET ${at}?limit=100`)).body.data.map((row: { id: unknown }) => row.id);
    if (listed) assert((await list()).includes(id));
    if (update !== undefined) {
      const [verb, change] = update;
      const changed = await ask(`${verb} ${path}`, { ...change, id });
      assert.equal(changed.status, 200);
      holds(changed.body.data, { ...change, ...resets }, secrets);
      assert.deepEqual((await ask(`GET ${path}`)).body.data, changed.body.data);
    }
    const gone = deletedBy === "state"
      ? await ask(`POST ${path}`, { ...create, id, state: 2 })
      : await ask(`DELETE ${path}`);
    assert.equal(gone.status, 200);
    assert.equal(gone.body.data.id, id);
    const again = await ask(`GET ${path}`);
    // A service token can still be read, and says that it is deleted.
    if (name === "service token") assert.deepEqual([again.status, again.body.data.state], [200, 2]);
    else assert.deepEqual([again.status, again.body.status.is_success], [404, false]);
    if (listed) assert.equal((await list()).includes(id), false);
  });
}
