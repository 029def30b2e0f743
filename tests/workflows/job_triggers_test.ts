/**
 * Pausing jobs, and adding users to groups.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type Dbt, type DbtError, jobs, users } from "../../mod.ts";
import { command, sandboxEnv } from "../support/command.ts";
import { fails, ok, refusal, session, succeeds, type Transport, transport } from "../support/fixtures.ts";

// Virtual time does not wait for an import.
await Promise.all([import("../../lib/workflows/job_triggers.ts"), import("../../lib/workflows/user_groups.ts")]);

const over = (net: Transport) => <A>(effect: Effect.Effect<A, DbtError, Dbt>) => Effect.provide(effect, session(net));

// ---- jobs -----------------------------------------------------------------------------------------------------------

const off = { github_webhook: false, git_provider_webhook: false, schedule: false, on_merge: false };

/** A server with this job. */
function server(job: object): Transport {
  const whole = {
    id: 5,
    account_id: 7,
    project_id: 3,
    environment_id: 1,
    name: "Daily build",
    execute_steps: ["dbt build"],
    state: 1,
    settings: { threads: 4, target_name: "default" },
    triggers: off,
    schedule: { cron: "0 6 * * *", date: { type: "every_day" }, time: { type: "every_hour", interval: 1 } },
    dbt_version: null,
    force_node_selection: true,
    unknown_field: "kept",
    ...job,
  };
  return transport(({ body, method }) => ok(method === "GET" ? whole : { ...whole, ...body as object }));
}

// deno-lint-ignore no-explicit-any -- whole bodies are compared with what is expected of them
function sentBody({ sent }: Transport): any {
  const [write, ...others] = sent.filter(({ method }) => method !== "GET");
  assert.deepEqual(others, []);
  return write?.body;
}

Deno.test("disabling a job turns all triggers off, and sends everything else back as it was", async () => {
  const condition = { condition: { job_id: 9, project_id: 3, statuses: [10] } };
  const net = server({
    triggers: { ...off, schedule: true, on_merge: true },
    job_completion_trigger_condition: condition,
  });
  const change = await succeeds(over(net)(jobs.disable({ job_id: 5 })));
  assert.deepEqual(change, {
    job_id: 5,
    job_name: "Daily build",
    triggers: [],
    changed: ["schedule", "on_merge"],
    completion_trigger: condition,
  });
  const body = sentBody(net);
  assert.deepEqual(body.triggers, off);
  assert.equal(body.job_completion_trigger_condition, null);
  assert.deepEqual([body.name, body.settings, body.schedule.cron, body.unknown_field, body.state, body.id], [
    "Daily build",
    { threads: 4, target_name: "default" },
    "0 6 * * *",
    "kept",
    1,
    5,
  ]);
  // dbt Cloud refuses it where it was only read: terraform-provider-dbtcloud 664.
  assert(!("force_node_selection" in body));
});

Deno.test("a job that nothing starts is not written", async () => {
  const net = server({});
  assert.deepEqual((await succeeds(over(net)(jobs.disable({ job_id: 5 })))).changed, []);
  assert.equal(net.sent.length, 1);
});

for (
  const [what, job, trigger, triggers] of [
    ["a job with a schedule", {}, undefined, ["schedule"]],
    ["a CI job", { job_type: "ci" }, undefined, ["github_webhook", "git_provider_webhook"]],
    ["a merge job", { job_type: "merge" }, undefined, ["on_merge"]],
    ["a job with a trigger of its own", { triggers: { ...off, on_merge: true } }, ["github_webhook"], [
      "github_webhook",
      "on_merge",
    ]],
    ["a deactivated job", { deactivated: true, triggers: { ...off, schedule: true } }, undefined, ["schedule"]],
  ] as const
) {
  Deno.test(`enabling ${what} turns on its triggers`, async () => {
    const net = server(job);
    const change = await succeeds(over(net)(jobs.enable({ job_id: 5, ...trigger === undefined ? {} : { trigger } })));
    assert.deepEqual(change.triggers, triggers);
    const { triggers: sent } = sentBody(net);
    assert.deepEqual(
      Object.entries(sent).flatMap(([name, on]) => on ? [name] : []).toSorted(),
      [...triggers].toSorted(),
    );
  });
}

Deno.test("a job without a schedule, and a trigger that is none, are refused; what is on is not written", async () => {
  const without = server({ schedule: null });
  assert.equal((await fails(over(without)(jobs.enable({ job_id: 5 })))).reason._tag, "Unsendable");
  assert.equal(
    (await fails(over(server({}))(jobs.enable({ job_id: 5, trigger: ["hourly"] })))).reason._tag,
    "Unsendable",
  );
  const on = server({ triggers: { ...off, schedule: true } });
  await succeeds(over(on)(jobs.enable({ job_id: 5 })));
  assert.equal(on.sent.length, 1);
});

Deno.test("a job that is deleted between the two requests is not found", async () => {
  const net = transport(({ method }) =>
    method === "GET"
      ? ok({ id: 5, triggers: { ...off, schedule: true }, name: "a", project_id: 3, environment_id: 1 })
      : refusal(404)
  );
  assert.equal((await fails(over(net)(jobs.disable({ job_id: 5 })))).reason._tag, "NotFound");
});

Deno.test("jobs disable says how to undo it, and a paused job can be enabled so", async () => {
  const [paused, enabled] = await succeeds(
    Effect.forEach(
      ["jobs disable 4", "jobs enable 4 --trigger github_webhook"],
      (line) => command(line.split(" "), { env: sandboxEnv, terminal: true }),
    ).pipe(Effect.provide(sandbox.layer())),
  );
  assert.equal(paused!.stdout, 'Job 4 "CI" is paused. Turned off: github_webhook\n');
  assert.equal(paused!.stderr, "To undo: dbtc jobs enable 4 --trigger github_webhook\n");
  assert.equal(enabled!.stdout, 'Job 4 "CI" is enabled. Turned on: github_webhook\n');
});

// ---- users ----------------------------------------------------------------------------------------------------------

/** A server with a user of these licences. */
function userServer(permissions: unknown): Transport {
  return transport(({ body, method }) =>
    method === "GET" ? ok({ id: 2, email: "grace@jaffleshop.example", permissions }) : ok(
      (body as { desired_group_ids: ReadonlyArray<number> }).desired_group_ids.map((id) => ({
        id,
        name: `group ${id}`,
      })),
    )
  );
}

const group = (id: number, state = 1) => ({ id, name: `group ${id}`, state });

Deno.test("a user who is added to a group keeps the other groups of the account", async () => {
  const net = userServer([
    { account_id: 8, groups: [group(80)] },
    { account_id: 7, groups: [group(1), group(2), group(3, 2)] },
    { account_id: 7, state: 2, groups: [group(9)] },
  ]);
  const result = await succeeds(over(net)(users.addToGroup({ user_id: 2, group_id: 5 })));
  assert.deepEqual(net.sent.at(-1)?.body, { user_id: 2, desired_group_ids: [1, 2, 5] });
  assert.deepEqual([result.added, result.groups.map(({ id }) => id)], [true, [1, 2, 5]]);
});

Deno.test("a user who is in the group already is not written", async () => {
  const net = userServer([{ account_id: 7, groups: [group(1)] }]);
  const result = await succeeds(over(net)(users.addToGroup({ user_id: 2, group_id: 1 })));
  assert.deepEqual([result.added, net.sent.length], [false, 1]);
});

Deno.test("where the groups cannot be read, none is written: the user would leave them", async () => {
  for (
    const permissions of [undefined, null, [], [{ account_id: 8, groups: [group(1)] }], [{ account_id: 7 }], [{
      account_id: 7,
      groups: null,
    }]]
  ) {
    const net = userServer(permissions);
    assert.equal((await fails(over(net)(users.addToGroup({ user_id: 2, group_id: 5 })))).reason._tag, "Unsendable");
    assert.equal(net.sent.length, 1);
  }
});
