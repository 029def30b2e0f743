/**
 * What the table-wide tests do not see of single endpoints: secrets, answers with and without an envelope, deletes that
 * are none.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import { type Defaults, fieldOf, place } from "../../lib/request.ts";
import { masked } from "../../lib/schema.ts";
import { type Dbt, type DbtError, envVars, groups, ipRestrictions, notifications, scim, webhooks } from "../../mod.ts";
import { fails, session, succeeds, type Transport, transport } from "../support/fixtures.ts";

const defaults: Defaults = { account_id: 7, project_id: 8 };

function over<A>(effect: Effect.Effect<A, DbtError, Dbt>, net: Transport): Effect.Effect<A, DbtError> {
  return Effect.provide(effect, session(net));
}

// ---- environment variables ------------------------------------------------------------------------------------------

Deno.test("envVars.create sends a value as it is, however it is held", () => {
  for (const raw_value of ["XL", Redacted.make("XL")]) {
    const placed = place(envVars.create, { name: "DBT_SIZE", type: "job", job_definition_id: 3, raw_value }, defaults);
    assert.deepEqual(Result.getOrThrow(placed).body, {
      account_id: 7,
      project_id: 8,
      name: "DBT_SIZE",
      type: "job",
      job_definition_id: 3,
      raw_value: "XL",
    });
  }
});

Deno.test("envVars.createBulk sends one variable or several, with values for environments of any name", () => {
  const env_var: envVars.NewVar = {
    new_name: "DBT_ENV_SECRET_TOKEN",
    project: Redacted.make("p"),
    Production: Redacted.make("q"),
    "My staging": "r",
    ids: [],
  };
  const sent = { new_name: "DBT_ENV_SECRET_TOKEN", project: "p", Production: "q", "My staging": "r", ids: [] };
  const bodyOf = (request: envVars.CreateBulk) => Result.getOrThrow(place(envVars.createBulk, request, defaults)).body;
  assert.deepEqual(bodyOf({ env_var }), { env_var: sent });
  assert.deepEqual(bodyOf({ env_var: [env_var, { new_name: "DBT_SIZE" }] }), {
    env_var: [sent, { new_name: "DBT_SIZE" }],
  });
});

Deno.test("envVars.updateBulk sends values by environment and by id, and null to delete one", () => {
  const env_vars = { name: "DBT_SIZE", new_name: "DBT_BULK", "123": Redacted.make("XL"), Production: null };
  assert.deepEqual(Result.getOrThrow(place(envVars.updateBulk, { env_vars }, defaults)), {
    method: "PUT",
    path: "/api/v3/accounts/7/projects/8/environment-variables/bulk/",
    query: [],
    body: { env_vars: { name: "DBT_SIZE", new_name: "DBT_BULK", "123": "XL", Production: null } },
  });
});

Deno.test("envVars.deleteBulk names the variable in the body of a DELETE", () => {
  assert.deepEqual(Result.getOrThrow(place(envVars.deleteBulk, { name: "DBT_SIZE" }, defaults)), {
    method: "DELETE",
    path: "/api/v3/accounts/7/projects/8/environment-variables/bulk/",
    query: [],
    body: { name: "DBT_SIZE" },
  });
});

Deno.test("masked hides the values of environment variables, also those of environments of any name", () => {
  const [one, several] = [fieldOf(envVars.create, "raw_value"), fieldOf(envVars.createBulk, "env_var")];
  assert(one !== undefined && several !== undefined);
  assert.equal(masked(one.ast, "p"), "***");
  assert.deepEqual(masked(several.ast, [{ new_name: "DBT_SIZE", project: "p", Production: "q" }]), [
    { new_name: "DBT_SIZE", project: "***", Production: "***" },
  ]);
});

// ---- answers with and without an envelope ---------------------------------------------------------------------------

const user = { schemas: [scim.ScimSchema.user], id: "9", userName: "ada@example.com", active: true };

const answering = (body: unknown, status = 200) => transport(() => ({ status, body }));

Deno.test("scim.getUser reads a user with and without an envelope", async () => {
  for (const body of [user, { status: { code: 200, is_success: true }, data: user }]) {
    assert.deepEqual(await succeeds(over(scim.getUser({ user_id: "9" }), answering(body))), user);
  }
});

Deno.test("scim.getUser is refused in the words of an envelope", async () => {
  const status = { code: 404, is_success: false, user_message: "The requested resource was not found." };
  const { reason } = await fails(over(scim.getUser({ user_id: "9" }), answering({ status, data: null })));
  assert.equal(reason._tag, "NotFound");
});

Deno.test("scim.patchUser takes nothing for an answer, scim.updateUser does not", async () => {
  const request = { user_id: "9", schemas: [], userName: "", active: false, name: {}, emails: [] };
  assert.equal(
    await succeeds(over(scim.patchUser({ user_id: "9", schemas: [], Operations: [] }), answering("", 204))),
    undefined,
  );
  const { reason } = await fails(over(scim.updateUser(request), answering("")));
  assert.equal(reason._tag, "Undecodable");
});

Deno.test("scim.listUsers hands on the list of RFC 7644 unchanged", async () => {
  const list = { schemas: [], totalResults: 1, startIndex: 1, itemsPerPage: 100, Resources: [user] };
  const net = transport(() => ({ status: 200, body: list }));
  assert.deepEqual(await succeeds(over(scim.listUsers({ filter: 'userName eq "ada@example.com"' }), net)), list);
  assert.equal(net.sent[0]?.url.searchParams.get("filter"), 'userName eq "ada@example.com"');
});

Deno.test("ipRestrictions.update reads the rule out of the envelope that the specification denies", async () => {
  const rule = { id: 5, name: "Office", type: ipRestrictions.RuleType.allow, cidrs: [{ id: 6, cidr: "10.1.0.0/16" }] };
  const net = transport(() => ({
    status: 200,
    body: { status: { code: 200, is_success: true }, data: rule, extra: { failed_cidrs: [] } },
  }));
  const request = { rule_id: 5, name: "Office", type: 1, cidrs: [{ cidr: "10.1.0.0/16", state: 1 }] };
  assert.deepEqual(await succeeds(over(ipRestrictions.update(request), net)), rule);
  assert.deepEqual(net.sent.map(({ method, path, body }) => ({ method, path, body })), [{
    method: "PUT",
    path: "/api/v3/accounts/7/ip-restrictions/5",
    body: { account_id: 7, id: 5, name: "Office", type: 1, cidrs: [{ cidr: "10.1.0.0/16", state: 1 }] },
  }]);
});

// ---- the rest -------------------------------------------------------------------------------------------------------

Deno.test("groups.delete sends the group back as a deleted one", async () => {
  const group = { id: 3, name: "Analysts", assign_by_default: true, sso_mapping_groups: ["analysts"], state: 1 };
  const net = transport(({ method }) => ({
    status: 200,
    body: { status: { code: 200, is_success: true }, data: method === "GET" ? group : { ...group, state: 2 } },
  }));
  assert.deepEqual(await succeeds(over(groups.delete({ group_id: 3 }), net)), { ...group, state: 2 });
  assert.deepEqual(net.sent.map(({ method, path, body }) => ({ method, path, body })), [
    { method: "GET", path: "/api/v3/accounts/7/groups/3/", body: undefined },
    { method: "POST", path: "/api/v3/accounts/7/groups/3/", body: { account_id: 7, ...group, state: 2 } },
  ]);
});

Deno.test("webhooks.update takes the ids of jobs as webhooks.get gives them, and sends numbers", () => {
  const request = {
    webhook_id: "wsu_1",
    name: "Pager",
    client_url: "https://example.com",
    event_types: [webhooks.EventType.errored],
    active: true,
    job_ids: ["12", 34],
  };
  const { webhook_id: id, ...rest } = request;
  assert.deepEqual(Result.getOrThrow(place(webhooks.update, request, defaults)), {
    method: "PUT",
    path: "/api/v3/accounts/7/webhooks/subscription/wsu_1",
    query: [],
    body: { account_id: 7, id, ...rest, job_ids: [12, 34] },
  });
});

Deno.test("The paths of a Teams setting end with a slash, as the Terraform provider sends them", () => {
  const setting = { setting_id: 3, name: "Pager" };
  for (
    const call of [
      place(notifications.createSetting, { name: "Pager" }, defaults),
      place(notifications.getSetting, { setting_id: 3 }, defaults),
      place(notifications.patchSetting, setting, defaults),
      place(notifications.deleteSetting, { setting_id: 3 }, defaults),
    ]
  ) {
    assert.match(Result.getOrThrow(call).path, /\/notification-settings\/(3\/)?$/);
  }
});
