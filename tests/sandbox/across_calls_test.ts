/**
 * What follows from several calls: what tokens may do that the sandbox issued, what a delete takes along, and what one
 * endpoint shows of what another wrote.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { test, v2, v3 } from "../support/sandbox_fixture.ts";

const project = `${v3}/projects/1`;
const ids = (rows: ReadonlyArray<{ readonly id: unknown }>) => rows.map(({ id }) => id);

// ---- tokens ---------------------------------------------------------------------------------------------------------

test(
  "lets issued tokens do what they were granted",
  Effect.fnUntraced(function* ({ ask, data }) {
    const statuses = Effect.fnUntraced(function* (token: string) {
      const headers = { authorization: `Token ${token}` };
      const reading = yield* ask(`GET ${v2}/jobs/`, undefined, headers);
      const running = yield* ask(`POST ${v2}/jobs/3/run/`, { cause: "test" }, headers);
      const writing = yield* ask(`PATCH ${v2}/`, { name: "Jaffle Shop" }, headers);
      return [reading.status, running.status, writing.status];
    });
    const service = Effect.fnUntraced(function* (...sets: ReadonlyArray<string>) {
      const permission_grants = sets.map((permission_set) => ({ permission_set, project_id: null }));
      return yield* data(`POST ${v3}/service-tokens/`, { name: "New", permission_grants });
    });
    const admin = yield* service("account_admin");
    assert.deepEqual(yield* statuses(admin.token_string), [200, 200, 200]);
    assert.deepEqual(yield* statuses((yield* service("job_viewer", "job_runner")).token_string), [200, 200, 404]);
    assert.deepEqual(yield* statuses((yield* service("readonly")).token_string), [200, 404, 404]);
    assert.deepEqual(yield* statuses((yield* service()).token_string), [401, 401, 401]);
    yield* ask(`DELETE ${v3}/service-tokens/${admin.id}/`);
    assert.deepEqual(yield* statuses(admin.token_string), [401, 401, 401]);
    const at = `${v3}/users/2/account-apikeys/`;
    const access = yield* data(`POST ${at}`, { name: "Grace" });
    assert.deepEqual(yield* statuses(access.token_string), [200, 404, 404]);
    yield* TestClock.adjust("1 second");
    const rotated = yield* data(`POST ${at}${access.id}/`, {});
    assert.deepEqual(yield* statuses(access.token_string), [401, 401, 401]);
    assert.deepEqual(yield* statuses(rotated.token_string), [200, 404, 404]);
  }),
);

// ---- deletes --------------------------------------------------------------------------------------------------------

test(
  "deletes the jobs of an environment with it, and all of a project with that",
  Effect.fnUntraced(function* ({ ask, data }) {
    const { id } = yield* data(`POST ${project}/environments/`, { name: "x", type: "deployment" });
    const job = { name: "New", project_id: 1, environment_id: id };
    const made = yield* data(`POST ${v2}/jobs/`, job);
    yield* data(`DELETE ${project}/environments/${id}/`);
    assert.equal((yield* ask(`GET ${v2}/jobs/${made.id}/`)).status, 404);
    assert.equal((yield* ask(`POST ${v2}/jobs/${made.id}/run/`, { cause: "test" })).status, 404);
    yield* data(`DELETE ${v3}/projects/1/`);
    assert.deepEqual([yield* data(`GET ${v2}/jobs/`), yield* data(`GET ${v3}/environments/`)], [[], []]);
  }),
);

test(
  "deletes a profile only once no environment has it",
  Effect.fnUntraced(function* ({ ask, data }) {
    const refused = yield* ask(`DELETE ${project}/profiles/1/`);
    assert.deepEqual([refused.status, refused.body.status.is_success], [400, false]);
    yield* data(`DELETE ${project}/environments/1/`);
    assert((yield* ask(`DELETE ${project}/profiles/1/`)).status < 300);
  }),
);

// ---- one endpoint after another -------------------------------------------------------------------------------------

test(
  "lists users with their licences and groups in both versions",
  Effect.fnUntraced(function* ({ data }) {
    // The Terraform provider and dbtcloud-terraforming read `permissions[].groups[].id` of the list by v3.
    for (const account of [v2, v3]) {
      const users = yield* data(`GET ${account}/users/`);
      const seen = users.map(({ permissions }: { permissions: ReadonlyArray<{ groups: [] }> }) =>
        permissions.map(({ groups }) => ids(groups))
      );
      assert.deepEqual(seen, [[[1, 2]], [[2]]]);
    }
  }),
);

test(
  "names the account of a webhook in one way",
  Effect.fnUntraced(function* ({ data }) {
    const body = { name: "New", client_url: "https://example.com", event_types: ["job.run.started"], active: true };
    yield* data(`POST ${v3}/webhooks/subscriptions`, body);
    const webhooks: ReadonlyArray<{ account_id: unknown; account_identifier: unknown }> = yield* data(
      `GET ${v3}/webhooks/subscriptions`,
    );
    assert.deepEqual(webhooks.map(({ account_id, account_identifier }) => [account_id, account_identifier]), [
      ["1", "act_jaffle123"],
      ["1", "act_jaffle123"],
    ]);
  }),
);

test(
  "sets the values of a variable by the id of a value or the name of an environment",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = `${project}/environment-variables`;
    const put = (fields: unknown) =>
      data(`PUT ${at}/bulk/`, { env_vars: { name: "DBT_WAREHOUSE_SIZE", ...Object(fields) } });
    const values = () => Effect.map(data(`GET ${at}/environment/`), ({ variables }) => variables.DBT_WAREHOUSE_SIZE);
    // 1 and 2 are ids of values; environment 1 is production, whose value has the id 2.
    assert.deepEqual(yield* put({ 1: "new" }), {
      message: "Success!",
      new_var_ids: [],
      deleted_var_ids: [],
      failures: {},
    });
    assert.deepEqual(yield* values(), { project: { id: 1, value: "new" }, production: { id: 2, value: "XL" } });
    yield* put({ development: "S", 2: "" });
    const { development, ...rest } = yield* values();
    assert.deepEqual([development.value, rest], ["S", { project: { id: 1, value: "new" } }]);
    yield* put({ [development.id]: null });
    assert.deepEqual(yield* values(), { project: { id: 1, value: "new" } });
    assert.equal((yield* ask(`PUT ${at}/bulk/`, { env_vars: { name: "DBT_WAREHOUSE_SIZE", 5: "x" } })).status, 400);
  }),
);

test(
  "takes settings of Teams with and without the last slash, and numbers their channels and rules",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = "/api/private/accounts/1/notification-settings";
    const body = {
      name: "Teams",
      channels: [{ channel_type: "teams", teams_team_id: "t", teams_channel_id: "c" }],
      rules: [{ trigger_on: "failure" }, { trigger_on: "success", job_id: 1 }],
    };
    for (const slash of ["/", ""]) {
      const made = yield* data(`POST ${at}${slash}`, body);
      assert.deepEqual([ids(made.channels), ids(made.rules)], [[1], [1, 2]]);
      const rules = [made.rules[1], { trigger_on: "cancel" }];
      const patched = yield* data(`PATCH ${at}/${made.id}${slash}`, { rules });
      assert.deepEqual(ids(patched.rules), [2, 3]);
      assert.equal((yield* data(`GET ${at}/${made.id}${slash}`)).name, "Teams");
      assert((yield* ask(`DELETE ${at}/${made.id}${slash}`)).status < 300);
      assert.equal((yield* ask(`GET ${at}/${made.id}${slash}`)).status, 404);
    }
  }),
);

test(
  "checks its own address against IP restrictions, whose addresses are only added",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = `${v3}/ip-restrictions`;
    const valid = (without = "") =>
      Effect.map(
        ask(`GET ${v3}/ip-restrictions-set/1/validate/${without}`),
        ({ body }) => body.is_valid_for_admin,
      );
    // The seed's rule allows 192.0.2.0/24 only.
    assert.deepEqual([yield* valid(), yield* valid("1")], [false, true]);
    const home = {
      name: "Home",
      type: 1,
      cidrs: [{ cidr: "127.0.0.0/8" }, { cidr: "nonsense" }, { cidr: "10.0.0.0/99" }],
    };
    const rule = yield* data(`POST ${at}/`, home);
    assert.deepEqual(rule.cidrs.map(({ id, cidr }: Record<string, unknown>) => [id, cidr]), [[1, "127.0.0.0/8"]]);
    assert.deepEqual([yield* valid(), yield* valid(`${rule.id}`)], [true, false]);
    const added = yield* data(`PUT ${at}/${rule.id}`, { ...home, cidrs: [{ cidr: "::1" }] });
    assert.deepEqual(ids(added.cidrs), [1, 2]);
    const fewer = yield* data(`PUT ${at}/${rule.id}`, { ...home, cidrs: [{ ...added.cidrs[0], state: 2 }] });
    assert.deepEqual([ids(fewer.cidrs), yield* valid()], [[2], false]);
    yield* data(`POST ${at}/`, { name: "Nobody", type: 2, cidrs: [{ cidr: "127.0.0.1" }] });
    yield* data(`PUT ${at}/${rule.id}`, home);
    assert.equal(yield* valid(), false);
    assert.equal((yield* ask(`GET ${v3}/ip-restrictions-set/9/validate/`)).status, 404);
    const set = yield* data(`POST ${v3}/ip-restrictions-set/`, { enabled: true });
    assert.deepEqual([set.id, set.enabled], [1, true]);
    const shown = yield* data(`GET ${at}/${rule.id}`);
    assert.deepEqual([shown.rule_set_enabled, shown.ip_restriction_rule_set_id], [true, 1]);
  }),
);

test(
  "watches what is selected of a BI tool",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = `${project}/integrations/lineage/1`;
    const watched = Effect.fnUntraced(function* (path: string) {
      const [{ collections }] = yield* data(`GET ${at}/collections/${path}`);
      return collections.filter(({ watching }: { watching: boolean }) => watching).map(
        ({ identifier }: { identifier: string }) => identifier,
      );
    });
    const select = (body: unknown) => Effect.map(ask(`POST ${at}/selections`, body), (answer) => answer.body);
    const orders = { identifier: "dashboard-orders", name: "Orders", type: "dashboard" };
    const sales = { identifier: "folder-sales", name: "Sales", type: "folder" };
    assert.deepEqual(yield* select({ to_add: [orders, sales, orders] }), { added: 2, removed: 0 });
    assert.deepEqual([yield* watched(""), yield* watched("folder-sales/")], [["folder-sales"], ["dashboard-orders"]]);
    assert.deepEqual(yield* select({ to_remove: ["folder-sales", "nothing"] }), { added: 0, removed: 1 });
    assert.deepEqual(yield* watched(""), []);
    assert.equal((yield* ask(`GET ${at}/collections/nowhere/`)).status, 404);
    assert.equal((yield* ask(`POST ${project}/integrations/lineage/9/selections`, {})).status, 404);
  }),
);

test(
  "switches features of the account, and refuses unknown ones",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = "/api/private/accounts/1/features/";
    assert.equal((yield* data(`GET ${at}`))["advanced-ci"], false);
    yield* data(`POST ${at}`, { feature: "advanced-ci", value: true });
    const features = yield* data(`GET ${at}`);
    assert.deepEqual([features["advanced-ci"], features.ai_features], [true, false]);
    assert.equal((yield* ask(`POST ${at}`, { feature: "nothing", value: true })).status, 400);
  }),
);

test(
  "shows the credentials for a platform's metadata in their connection, and never their secrets",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = `${v3}/platform-metadata-credentials/`;
    const config = { auth_type: "password", user: "u", password: "hush" };
    const made = yield* data(`POST ${at}`, { connection_id: 1, catalog_ingestion_enabled: true, config });
    assert.deepEqual([made.adapter_version, made.cost_insights_enabled, made.config], [
      "snowflake_v0",
      false,
      { auth_type: "password", user: "u" },
    ]);
    assert.equal((yield* data(`GET ${v3}/connections/1/`)).platform_metadata_credentials_id, made.id);
    assert.equal((yield* ask(`POST ${at}${made.id}/trigger-ingestion/`)).status, 200);
    yield* data(`DELETE ${at}${made.id}/`);
    assert.equal((yield* ask(`POST ${at}${made.id}/trigger-ingestion/`)).status, 404);
    assert.equal((yield* data(`GET ${v3}/connections/1/`)).platform_metadata_credentials_id, null);
  }),
);
