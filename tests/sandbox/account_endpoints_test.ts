/**
 * Endpoints of an account that have handlers of their own: users and licences, groups, tokens, audit logs, webhooks.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { test, v2, v3 } from "../support/sandbox_fixture.ts";

const project = `${v3}/projects/1`;
const wrong = "The request was invalid. Please double check the provided data and try again.";

/** Some members of each row. */
function pluck(rows: ReadonlyArray<Readonly<Record<string, unknown>>>, ...names: ReadonlyArray<string>) {
  return rows.map((row) => names.map((name) => row[name]));
}

// ---- who may do what ------------------------------------------------------------------------------------------------

test(
  "puts users into groups, and takes them out of others",
  Effect.fnUntraced(function* ({ ask, data }) {
    const groups = yield* ask(`POST ${v3}/assign-groups/`, { user_id: 2, desired_group_ids: [1] });
    assert.deepEqual(pluck(groups.body.data, "id", "name", "member_count"), [[1, "Owner", 2]]);
    const user = yield* data(`GET ${v2}/users/2/`);
    assert.deepEqual(pluck(user.permissions[0].groups, "id"), [[1]]);
    assert.equal((yield* data(`GET ${v3}/groups/2/`)).member_count, 1);
    const { status, body } = yield* ask(`POST ${v3}/assign-groups/`, { user_id: 2, desired_group_ids: [9] });
    assert.deepEqual([status, body.status.user_message, body.data], [400, wrong, {
      desired_group_ids: "9 does not exist",
    }]);
  }),
);

test(
  "replaces the permissions of groups, and gives a service token its permissions once",
  Effect.fnUntraced(function* ({ ask, data }) {
    const grant = { account_id: 1, permission_set: "analyst", project_id: 1, all_projects: false };
    const ofGroup = `POST ${v3}/group-permissions/2/`;
    yield* data(ofGroup, [{ ...grant, group_id: 2 }]);
    const group = yield* data(`GET ${v3}/groups/2/?include_related=group_permissions`);
    assert.deepEqual(pluck(group.group_permissions, "permission_set", "group_id"), [["analyst", 2]]);
    yield* data(`POST ${project}/group-permissions/`, [{ ...grant, group_id: 1, permission_set: "developer" }]);
    const [owners] = (yield* data(`GET ${v3}/groups/?order_by=id`)) as ReadonlyArray<typeof group>; // as it was read
    assert.deepEqual(pluck(owners.group_permissions, "permission_set"), [["owner"], ["developer"]]);
    const { id } = yield* data(`POST ${v3}/service-tokens/`, { name: "Analyst" });
    const ofToken = [{ ...grant, service_token_id: id }];
    yield* data(`POST ${v3}/service-tokens/${id}/permissions/`, ofToken);
    // dbt Cloud's words: https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/343
    const again = yield* ask(`POST ${v3}/service-tokens/${id}/permissions/`, ofToken);
    assert.deepEqual([again.status, again.body.status.user_message], [
      400,
      "Service token permissions cannot be updated after assigment. Please create a new service token.",
    ]);
    assert.equal((yield* ask(`POST ${v3}/service-tokens/99/permissions/`, ofToken)).status, 404);
    const permissions = yield* data(`GET ${v3}/service-tokens/${id}/permissions/`);
    assert.deepEqual(pluck(permissions, "permission_set", "project_id"), [["analyst", 1]]);
    const token = yield* data(`GET ${v3}/service-tokens/${id}/`);
    assert.deepEqual(token.permission_grants, [
      { permission_set: "analyst", project_id: 1, writable_environment_categories: [] },
    ]);
    const refused = yield* Effect.forEach(
      [[{ ...grant, group_id: 1 }], [{ ...grant, group_id: 2, project_id: 9 }], [{ group_id: 2 }], { group_id: 2 }],
      (body) => ask(ofGroup, body),
    );
    assert.deepEqual(refused.map(({ status, body }) => [status, body.data]), [
      [400, { group_id: "must be 2" }],
      [400, { project_id: "9 does not exist" }],
      [400, { permissions: "not a valid value" }],
      [400, { permissions: "not a valid value" }],
    ]);
    assert.equal((yield* ask(`POST ${v3}/group-permissions/9/`, [])).status, 404);
  }),
);

test(
  "deactivates a user by the licence, and takes the licence back",
  Effect.fnUntraced(function* ({ ask, data }) {
    const users = (query = "") => Effect.map(data(`GET ${v3}/users/${query}`), (rows) => pluck(rows, "id"));
    assert.deepEqual([yield* users(), (yield* data(`GET ${v3}/users/2/`)).license.id], [[[1], [2]], 2]);
    const used = Effect.map(data(`GET ${v2}/licenses/`), ([{ developer, read_only }]) => [developer, read_only]);
    assert.deepEqual(pluck(yield* used, "in_use"), [[1], [1]]);
    yield* data(`POST ${v2}/permissions/2/`, { license_type: "read_only", state: 2 });
    assert.deepEqual([yield* users(), yield* users("?state=deleted")], [[[1]], [[2]]]);
    assert.equal((yield* ask(`GET ${v2}/users/2/`)).status, 404);
    assert.deepEqual(pluck(yield* used, "in_use"), [[1], [0]]);
    const back = yield* data(`POST ${v2}/permissions/2/`, { license_type: "developer", state: 1 });
    assert.deepEqual([back.license_type, back.state, yield* users()], ["developer", 1, [[1], [2]]]);
    assert.equal((yield* data(`POST /api/v2/users/2/`, { first_name: "G", last_name: "H" })).fullname, "G H");
  }),
);

test(
  "invites people, and sends an invitation again",
  Effect.fnUntraced(function* ({ ask, data }) {
    const body = { email_addresses: ["a@x.example", "b@x.example"], license_type: "developer", group_ids: [1] };
    assert.deepEqual(yield* data(`POST ${v3}/invites/`, body), { sent: ["a@x.example", "b@x.example"] });
    const invites = `GET ${v2}/invites/`;
    assert.deepEqual(pluck(yield* data(invites), "id", "status", "group_ids").slice(1), [[2, 1, [1]], [3, 1, [1]]]);
    assert.deepEqual(pluck((yield* data(`GET ${v2}/invites/2/`)).groups, "name"), [["Owner"]]);
    yield* data(`POST ${v3}/invites/`, { ...body, email_addresses: ["a@x.example"], id: 2 });
    assert.equal((yield* data(invites)).length, 3);
    assert.deepEqual((yield* ask(`POST ${v3}/invites/`, { license_type: "it" })).body.data, {
      email_addresses: "required key not provided",
    });
  }),
);

test(
  "tells a token once, when it is created and when it is rotated",
  Effect.fnUntraced(function* ({ data }) {
    const at = `${v3}/users/1/account-apikeys`;
    const created = yield* data(`POST ${at}/`, { name: "Laptop" });
    yield* TestClock.adjust("1 second");
    const rotated = yield* data(`POST ${at}/${created.id}/`);
    const read = yield* data(`GET ${at}/${created.id}/`);
    assert.match(created.token_string, /^dbtu_\w{10}$/);
    assert.match(rotated.token_string, /^dbtu_\w{10}$/);
    assert.notEqual(rotated.token_string, created.token_string);
    assert.equal(read.token_string, null);
  }),
);

// ---- the rest of the account ----------------------------------------------------------------------------------------

test(
  "lists what was done by day, as CSV, and as an export that takes five seconds",
  Effect.fnUntraced(function* ({ ask, data }) {
    const logs = `${v3}/audit-logs`;
    const listed = yield* ask(`GET ${logs}/?logged_at_start=2024-09-01&logged_at_end=2024-09-30`);
    assert.deepEqual([listed.body.data.length, listed.body.extra.filters.logged_at__range], [2, [
      "2024-09-01",
      "2024-09-30",
    ]]);
    assert.deepEqual(yield* data(`GET ${logs}/?logged_at_start=2024-10-01`), []);
    const csv = yield* ask(`GET ${logs}/download/`);
    assert.match(csv.headers["content-type"] ?? "", /^text\/csv/);
    assert.equal(
      csv.body.split("\r\n")[1].split(",").slice(0, 3).join(),
      "aud_1,2024-09-06 07:41:12.146234+00:00,SERVICE_BACKEND",
    );
    const running = () => data(`GET ${logs}/export/`);
    const { job_id } = yield* data(`POST ${logs}/export/`);
    const file = `GET ${logs}/export/${job_id}/download/`;
    assert.deepEqual([yield* running(), (yield* ask(file)).status], [{ is_running: true }, 404]);
    assert.equal((yield* ask(`POST ${logs}/export/`)).status, 400);
    yield* TestClock.adjust("5 seconds");
    assert.deepEqual(yield* running(), { is_running: false });
    const { download_url } = yield* data(file);
    assert.equal((yield* ask(`GET ${new URL(download_url).pathname}`, undefined, {})).body, csv.body);
  }),
);

test(
  "knows a webhook's events and receipts, and tells its key once",
  Effect.fnUntraced(function* ({ ask, data }) {
    const at = `${v3}/webhooks`;
    const body = { name: "A", client_url: "https://a.example", event_types: ["job.run.errored"], active: true };
    const made = yield* ask(`POST ${at}/subscriptions`, { ...body, job_ids: [1, "2"] });
    assert.match(made.body.data.id, /^wsu_\w+$/);
    assert.match(made.body.data.hmac_secret, /^\w{20}$/);
    assert.deepEqual(made.body.data.job_ids, ["1", "2"]);
    assert.equal((yield* ask(`POST ${at}/subscriptions`, { ...body, job_ids: [99] })).status, 400);
    const [first] = yield* data(`GET ${at}/subscriptions`);
    const events = yield* data(`GET ${at}/subscription/${first.id}/events`);
    assert.deepEqual(pluck(events, "trigger_event_type"), [["job.run.started"], ["job.run.completed"]]);
    assert.deepEqual(yield* data(`GET ${at}/subscription/${made.body.data.id}/events`), []);
    const [receipt] = yield* data(`GET ${at}/subscription/${first.id}/event/${events[1].id}/receipt`);
    assert.deepEqual([receipt.event_id, receipt.request_body], [events[1].id, events[1].payload]);
    assert.deepEqual(yield* data(`GET ${at}/event/${events[1].id}`), events[1]);
    assert.deepEqual(yield* data(`GET ${at}/event/${events[1].id}/receipts`), [receipt]);
    assert.deepEqual(yield* data(`GET ${at}/receipt/${receipt.id}`), receipt);
    assert.deepEqual(yield* data(`GET ${at}/subscription/${first.id}/test`), {
      verification_error: null,
      verification_status_code: "200",
    });
    const { extra } = (yield* ask(`GET ${at}/subscriptions`)).body;
    assert.equal(extra.filters.limit, 10);
    assert.deepEqual(yield* data(`DELETE ${at}/subscription/${first.id}`), { id: first.id });
  }),
);

test(
  "answers what there is one of, before and after it is written",
  Effect.fnUntraced(function* ({ ask, data }) {
    const models = `${v3}/environments/1/model-notifications/`;
    const silent = { enabled: false, on_success: false, on_failure: false, on_warning: false, on_skipped: false };
    const read = Effect.map(data(`GET ${models}`), ({ id: _, account_id: _a, created_at, updated_at, ...rest }) => {
      assert.equal(typeof created_at, typeof updated_at);
      return rest;
    });
    assert.deepEqual(yield* read, { environment_id: 1, ...silent });
    yield* data(`POST ${models}`, { ...silent, enabled: true, on_failure: true });
    assert.deepEqual(yield* read, { environment_id: 1, ...silent, enabled: true, on_failure: true });
    const catalog = `${v3}/connections/1/catalog-configs/`;
    yield* data(`PATCH ${catalog}`, { database_allow: ["analytics"] });
    yield* data(`PATCH ${catalog}`, { schema_deny: ["tmp"] });
    const { connection_id, database_allow, schema_deny } = yield* data(`GET ${catalog}`);
    assert.deepEqual([connection_id, database_allow, schema_deny], [1, ["analytics"], ["tmp"]]);
    assert.equal((yield* ask(`GET ${v3}/connections/9/catalog-configs/`)).status, 404);
    yield* data("POST /api/v2/notifications/unsubscribe/");
    assert.deepEqual(yield* data(`GET ${v2}/notifications/`), []);
    assert.deepEqual(yield* data(`GET ${v3}/feature-flag/`), { "dbt-explorer": true, "fusion": false });
    const schema = yield* data("GET /api/v3/adapter-schema/?adapter_version=postgres_v0");
    assert.deepEqual(schema.adapter.connection.field_order, ["hostname", "dbname"]);
  }),
);
