/**
 * Setting, deleting and comparing the values of environment variables, in the library and on the command line.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type Dbt, type DbtError, envVars } from "../../mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../support/command.ts";
import {
  fails,
  ok,
  refusal,
  type Reply,
  type Sent,
  session,
  succeeds,
  type Transport,
  transport,
} from "../support/fixtures.ts";

// Virtual time does not wait for an import.
await import("../../lib/workflows/env_var_values.ts");

const masked = "**********";

/** A project with these values by variable and environment, in which environments 1 and 2 are. */
function project(variables: unknown, answer: (sent: Sent) => Reply | undefined = () => undefined): Transport {
  return transport((sent) => {
    const said = answer(sent);
    if (said !== undefined) return said;
    if (sent.method !== "GET") return ok({ message: "Success!", new_var_ids: [], deleted_var_ids: [], failures: {} });
    if (sent.path.includes("/environment-variables/")) {
      return ok({ environments: ["project", "prod", "dev"], variables });
    }
    const named = [{ id: 1, name: "prod", project_id: 3 }, { id: 2, name: "dev", project_id: 3 }, {
      id: 4,
      name: "2024",
      project_id: 3,
    }];
    return ok(named.filter(({ id }) => String(id) === sent.url.searchParams.get("pk")));
  });
}

const over = (net: Transport) => <A>(effect: Effect.Effect<A, DbtError, Dbt>) => Effect.provide(effect, session(net));

/** The write that was sent: its method, and its body. */
function written({ sent }: Transport) {
  return sent.filter(({ method }) => method !== "GET").map(({ body, method }) => [method, body]);
}

const size = { DBT_SIZE: { project: { id: 10, value: "S" }, prod: { id: 11, value: "L" } } };

// ---- setting --------------------------------------------------------------------------------------------------------

Deno.test("a new variable is created, a value that exists is named by its id, a new one by its environment", async () => {
  for (
    const [name, environment_id, sent, result] of [
      ["DBT_NEW", undefined, ["POST", { env_var: [{ new_name: "DBT_NEW", project: "v" }] }], "created"],
      ["DBT_NEW", 2, ["POST", { env_var: [{ new_name: "DBT_NEW", dev: "v" }] }], "created"],
      ["DBT_SIZE", undefined, ["PUT", { env_vars: { name: "DBT_SIZE", 10: "v" } }], "updated"],
      ["DBT_SIZE", 1, ["PUT", { env_vars: { name: "DBT_SIZE", 11: "v" } }], "updated"],
      ["DBT_SIZE", 2, ["PUT", { env_vars: { name: "DBT_SIZE", dev: "v" } }], "created"],
    ] as const
  ) {
    const net = project(size);
    const where = environment_id === undefined ? {} : { environment_id };
    const changed = await succeeds(over(net)(envVars.set({ project_id: 3, name, value: "v", ...where })));
    assert.deepEqual(written(net), [sent]);
    assert.equal(changed.result, result);
    assert.equal(net.sent.length, environment_id === undefined ? 2 : 3);
  }
});

Deno.test("an environment names its project", async () => {
  const net = project(size);
  await succeeds(over(net)(envVars.set({ name: "DBT_SIZE", value: "v", environment_id: 1 })));
  assert.match(net.sent.at(-1)!.path, /\/projects\/3\/environment-variables\/bulk\/$/);
});

Deno.test("an empty value, a mask, an unknown environment and one called by digits write nothing", async () => {
  const secret = "DBT_ENV_SECRET_KEY";
  for (
    const [request, tag] of [
      [{ name: "DBT_SIZE", value: "" }, "Unsendable"],
      [{ name: secret, value: "" }, "Unsendable"],
      [{ name: secret, value: Redacted.make("") }, "Unsendable"],
      [{ name: secret, value: Redacted.make(masked) }, "Unsendable"],
      [{ name: "DBT_SIZE", value: "v", environment_id: 99 }, "NotFound"],
      [{ name: "DBT_SIZE", value: "v", environment_id: 4 }, "Unsendable"],
    ] as const
  ) {
    const net = project(size);
    assert.equal((await fails(over(net)(envVars.set({ project_id: 3, ...request })))).reason._tag, tag);
    assert.deepEqual(written(net), []);
  }
});

Deno.test("what dbt Cloud could not set is no success, though the answer has status 200", async () => {
  const failing = { message: "Some failed", failures: { 11: "no" } };
  const net = project(size, ({ method }) => method === "PUT" ? ok(failing) : undefined);
  const { reason } = await fails(over(net)(envVars.set({ project_id: 3, name: "DBT_SIZE", value: "v" })));
  assert.equal(reason._tag, "Invalid");
  const created = project(
    {},
    ({ method }) => method === "POST" ? ok([{ status: "error", status_code: 400, key_name: "DBT_NEW" }]) : undefined,
  );
  assert.equal(
    (await fails(over(created)(envVars.set({ project_id: 3, name: "DBT_NEW", value: "v" })))).reason._tag,
    "Invalid",
  );
  // The Terraform provider reads one object.
  const one = project(
    {},
    ({ method }) => method === "POST" ? ok({ message: "Success!", new_var_ids: [1] }) : undefined,
  );
  await succeeds(over(one)(envVars.set({ project_id: 3, name: "DBT_NEW", value: "v" })));
});

Deno.test("a secret is in no error, also where dbt Cloud repeats it", async () => {
  const value = "s3cr3t-value";
  const net = project(
    {},
    ({ method }) => method === "POST" ? refusal(400, `${value} is too weak`, { value }) : undefined,
  );
  const error = await fails(over(net)(envVars.set({ project_id: 3, name: "DBT_ENV_SECRET_KEY", value })));
  assert.equal(error.reason._tag, "Invalid");
  assert(!`${error.message}${JSON.stringify(error)}${Deno.inspect(error)}`.includes(value));
});

// ---- deleting -------------------------------------------------------------------------------------------------------

Deno.test("a value is deleted by its id, a variable by its name, and what is not there is not found", async () => {
  const ask = (net: Transport, request: object) =>
    over(net)(envVars.unset({ project_id: 3, name: "DBT_SIZE", ...request }));
  for (
    const [request, sent] of [
      [{}, ["PUT", { env_vars: { name: "DBT_SIZE", 10: "" } }]],
      [{ environment_id: 1 }, ["PUT", { env_vars: { name: "DBT_SIZE", 11: "" } }]],
      [{ all: true }, ["DELETE", { name: "DBT_SIZE" }]],
    ] as const
  ) {
    const net = project(size);
    const deleted = await succeeds(ask(net, request));
    assert.deepEqual(written(net), [sent]);
    assert.equal(deleted.length, "all" in request ? 2 : 1);
  }
  for (
    const request of [{ environment_id: 2 }, { name: "DBT_NONE" }, { name: "DBT_NONE", all: true }, {
      name: "toString",
    }]
  ) {
    const net = project(size);
    assert.equal((await fails(ask(net, request))).reason._tag, "NotFound");
    assert.deepEqual(written(net), []);
  }
  assert.equal((await fails(ask(project(size), { all: true, environment_id: 1 }))).reason._tag, "Unsendable");
});

// ---- comparing ------------------------------------------------------------------------------------------------------

Deno.test("two environments are compared by the values that runs get; of secrets, only where they are set", async () => {
  const value = (id: number, value: string) => ({ id, value });
  const net = project({
    DBT_SAME: { project: value(1, "x") },
    DBT_EQUAL: { project: value(2, "x"), dev: value(3, "x") },
    DBT_CHANGED: { prod: value(4, "x"), dev: value(5, "y") },
    DBT_INHERITED: { project: value(6, "x"), prod: value(7, "y") },
    DBT_ADDED: { dev: value(8, "y") },
    DBT_REMOVED: { prod: value(9, ""), dev: null },
    DBT_NONE: {},
    DBT_ENV_SECRET_SAME: { project: value(10, masked) },
    DBT_ENV_SECRET_BOTH: { prod: value(11, masked), dev: value(12, masked) },
    DBT_ENV_SECRET_ONE: { prod: value(13, masked) },
    DBT_ENV_SECRET_PROJECT: { project: value(14, masked), dev: value(15, masked) },
  });
  const request = { before_environment_id: 1, after_environment_id: 2 };
  const { after, before, same, variables } = await succeeds(over(net)(envVars.diff(request)));
  assert.deepEqual([before, after, same, net.sent.length], ["prod", "dev", 4, 3]);
  assert.deepEqual(variables.map(({ after, before, change, variable }) => [variable, change, before, after]), [
    ["DBT_ADDED", "added", null, "y"],
    ["DBT_CHANGED", "changed", "x", "y"],
    ["DBT_ENV_SECRET_BOTH", "unknown", null, null],
    ["DBT_ENV_SECRET_ONE", "removed", null, null],
    ["DBT_ENV_SECRET_PROJECT", "unknown", null, null],
    ["DBT_INHERITED", "changed", "y", "x"],
    ["DBT_REMOVED", "removed", "", null],
  ]);
  assert.deepEqual(variables.find(({ variable }) => variable === "DBT_ENV_SECRET_PROJECT"), {
    variable: "DBT_ENV_SECRET_PROJECT",
    change: "unknown",
    before: null,
    after: null,
    before_from: "project",
    after_from: "environment",
    secret: true,
  });
});

Deno.test("environments of different projects are not compared", async () => {
  const net = transport(({ url }) => {
    const id = Number(url.searchParams.get("pk"));
    return ok([{ id, name: `e${id}`, project_id: id }]);
  });
  const request = { before_environment_id: 1, after_environment_id: 2 };
  assert.equal((await fails(over(net)(envVars.diff(request)))).reason._tag, "Unsendable");
});

// ---- the command line -----------------------------------------------------------------------------------------------

/** Runs several commands against one sandbox. */
function typed(
  ...lines: ReadonlyArray<readonly [line: string, surroundings?: Surroundings]>
): Promise<ReadonlyArray<Outcome>> {
  return succeeds(
    Effect.forEach(lines, ([line, surroundings]) => command(line.split(" "), { env: sandboxEnv, ...surroundings }))
      .pipe(
        Effect.provide(sandbox.layer()),
      ),
  );
}

const terminal: Surroundings = { terminal: true };

Deno.test("env-vars list is a grid of variables and environments; JSON is dbt Cloud's own", async () => {
  const list = "env-vars list --project-id 1";
  const [table, csv, markdown, json] = await typed([list, terminal], [`${list} --format csv`], [
    `${list} --format markdown`,
  ], [list]);
  assert.match(
    table!.stdout,
    /^VARIABLE +PROJECT +PRODUCTION\nDBT_ENV_SECRET_TOKEN +\*+\nDBT_WAREHOUSE_SIZE +XS +XL\n$/,
  );
  assert.equal(
    csv!.stdout,
    "variable,project,production,development\nDBT_ENV_SECRET_TOKEN,**********,,\nDBT_WAREHOUSE_SIZE,XS,XL,\n",
  );
  assert.match(markdown!.stdout, /^\| variable \| project \| production \|\n\| --- \| --- \| --- \|\n/);
  assert.deepEqual(JSON.parse(json!.stdout).environments, ["project", "production", "development"]);
});

Deno.test("a grid keeps an environment with a dot or the name of a column", () => {
  const grid = envVars.gridOf({
    environments: ["project", "v1.2", "variable"],
    variables: { DBT_X: { "v1.2": { value: "a" }, variable: { value: "b" }, late: { value: "c" } } },
  });
  assert.deepEqual(grid, [{ name: "DBT_X", project: null, "v1.2": "a", variable: "b", late: "c" }]);
});

Deno.test("a secret's value is refused as an argument, and taken from stdin without its line break", async () => {
  const set = "env-vars set DBT_ENV_SECRET_TOKEN --project-id 1";
  for (const line of [`${set} abc`, `${set} --value abc`, `${set} --value=abc`]) {
    const [{ code, stderr, stdout } = { code: 0, stderr: "", stdout: "" }] = await typed([line, terminal]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /is a secret: .* Nothing was sent/);
    assert(!stderr.includes("abc"));
  }
  const secret = "pa ss\nwo rd";
  const sent = await succeeds(
    Effect.gen(function* () {
      const outcome = yield* command(`${set} -`.split(" "), { env: sandboxEnv, stdin: `${secret}\n` });
      const listed = yield* command("env-vars list --project-id 1 --format json".split(" "), { env: sandboxEnv });
      return { outcome, listed, store: JSON.stringify(yield* (yield* sandbox.Sandbox).requests) };
    }).pipe(Effect.provide(sandbox.layer())),
  );
  assert.equal(sent.outcome.code, 0, sent.outcome.stderr);
  assert(!`${sent.outcome.stdout}${sent.outcome.stderr}${sent.listed.stdout}`.includes("pa ss"));
  assert.match(sent.listed.stdout, /\*{10}/);
});

Deno.test("a secret is asked for on a terminal, on stderr, and not shown", async () => {
  const [set, stopped] = await typed(
    ["env-vars set DBT_ENV_SECRET_NEW --project-id 1", { ...terminal, stdin: "hush-hush\n" }],
    ["env-vars set DBT_ENV_SECRET_NEW --project-id 1", terminal], // Ctrl-C
  );
  assert.deepEqual([set!.code, set!.stdout], [0, "Created DBT_ENV_SECRET_NEW for the project, as default\n"]);
  assert.match(set!.stderr, /Value of DBT_ENV_SECRET_NEW \(not shown\):/);
  assert(!set!.stderr.includes("hush"));
  assert.deepEqual([stopped!.code, stopped!.stdout], [130, ""]);
});

Deno.test("a job overrides a variable of its project, and the override is deleted again", async () => {
  const list = "env-vars list-by-job --job-id 1 --project-id 1 --name DBT_WAREHOUSE_SIZE";
  const override = "env-vars unset DBT_WAREHOUSE_SIZE --job-id 1";
  const [set, updated, listed, asked, unset, again, unknown, both, elsewhere] = await typed(
    ["env-vars set DBT_WAREHOUSE_SIZE XXL --job-id 1", terminal],
    ["env-vars set DBT_WAREHOUSE_SIZE M --job-id 1"],
    [list],
    [override, { ...terminal, stdin: "n" }],
    [`${override} --yes`, terminal],
    [`${override} --yes`, terminal],
    ["env-vars set DBT_NONE M --job-id 1", terminal],
    ["env-vars set DBT_WAREHOUSE_SIZE M --job-id 1 --environment-id 1", terminal],
    ["env-vars set DBT_WAREHOUSE_SIZE M --job-id 1 --project-id 2", terminal],
  );
  assert.equal(set!.stdout, "Created DBT_WAREHOUSE_SIZE for job 1\n");
  assert.deepEqual(JSON.parse(updated!.stdout), [
    { name: "DBT_WAREHOUSE_SIZE", environment: null, job_definition_id: 1, result: "updated" },
  ]);
  const { job, project } = JSON.parse(listed!.stdout).DBT_WAREHOUSE_SIZE;
  assert.deepEqual([job.value, project.value], ["M", "XS"]);
  assert.match(asked!.stderr, /Delete the value of DBT_WAREHOUSE_SIZE for job 1\? \[y\/N\]/);
  assert.equal(unset!.stdout, "Deleted DBT_WAREHOUSE_SIZE for job 1\n");
  assert.match(again!.stderr, /job 1 does not override DBT_WAREHOUSE_SIZE/);
  assert.match(unknown!.stderr, /the job's project has no variable DBT_NONE/);
  assert.match(both!.stderr, /for an environment or for a job/);
  assert.match(elsewhere!.stderr, /project 2 has no job 1/);
  assert.deepEqual([again, unknown, both, elsewhere].map((outcome) => outcome!.code), [3, 3, 2, 3]);
});

Deno.test("without a terminal, nobody is asked for a secret; a value that is missing is asked for by name", async () => {
  const [asked, missing, empty, mask] = await typed(
    ["env-vars set DBT_ENV_SECRET_TOKEN --project-id 1"],
    ["env-vars set DBT_SIZE --project-id 1", terminal],
    ["env-vars set DBT_SIZE - --project-id 1", { ...terminal, stdin: "\n" }],
    ["env-vars set DBT_ENV_SECRET_TOKEN - --project-id 1", { ...terminal, stdin: masked }],
  );
  assert.match(asked!.stderr, /cannot ask without a terminal\. Give - as the value/);
  assert.match(missing!.stderr, /Which value\? Try: dbtc env-vars set DBT_SIZE VALUE/);
  assert.match(empty!.stderr, /an empty value would delete DBT_SIZE: use "dbtc env-vars unset"/);
  assert.match(mask!.stderr, /the mask that dbt Cloud shows/);
  assert.deepEqual([asked!.code, missing!.code, empty!.code, mask!.code], [2, 2, 2, 2]);
});

Deno.test("set, diff and unset say what they did", async () => {
  const [set, diff, asked, unset, gone] = await typed(
    ["env-vars set DBT_COLOR blue --environment-id 1", terminal],
    ["env-vars diff 1 2 --project-id 1", terminal],
    ["env-vars unset DBT_COLOR --environment-id 1", { ...terminal, stdin: "n" }],
    ["env-vars unset DBT_COLOR --environment-id 1 --yes", terminal],
    // No question about what is not there.
    ["env-vars unset DBT_COLOR --environment-id 1", { ...terminal, stdin: "y" }],
  );
  assert.equal(set!.stdout, "Created DBT_COLOR for production\n");
  assert.match(diff!.stderr, /^production and development: 2 variables differ, 1 variable is the same\n$/);
  assert.match(diff!.stdout, /removed +DBT_COLOR +blue\n/);
  assert.deepEqual([asked!.code, asked!.stdout], [2, ""]);
  assert.match(asked!.stderr, /Delete the value of DBT_COLOR for production\? \[y\/N\]/);
  assert.equal(unset!.stdout, "Deleted DBT_COLOR for production\n");
  assert.equal(gone!.code, 3);
  assert.match(gone!.stderr, /^dbtc: env-vars unset: the project has no variable DBT_COLOR\.\n$/);
});
