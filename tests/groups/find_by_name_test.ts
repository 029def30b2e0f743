/**
 * Things by their names, the newest run, and Python dbtc's spellings of commands.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { findWords } from "../../lib/cli/input/argv.ts";
import { commandOf } from "../../lib/cli/commands/programs.ts";
import { globalSpellings as globals } from "../../lib/cli/input/global_flags.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { pythonNames } from "../../lib/groups/table_entry.ts";
import { table } from "../../lib/groups/table.ts";
import { accounts, type Dbt, DbtClient, type DbtError, projects, runs } from "../../mod.ts";
import { pythonMethods } from "../../tools/generate.ts";
import { methods } from "../contracts/facts/python_dbtc.ts";
import { command, type Outcome } from "../support/command.ts";
import { exists, read } from "../support/evidence.ts";
import { fails, ok, secret, succeeds, transport } from "../support/fixtures.ts";

/** Runs an effect with a session over a sandbox of its own. */
function over<A>(effect: Effect.Effect<A, DbtError, Dbt>): Effect.Effect<A, DbtError> {
  const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" });
  return Effect.provide(effect, session.pipe(Layer.provide(sandbox.layer())));
}

const bytes = (file: Stream.Stream<Uint8Array, DbtError, Dbt>) => Stream.mkString(Stream.decodeText(file));

// ---- composites -----------------------------------------------------------------------------------------------------

Deno.test("accounts.getByName gets the whole account", async () => {
  const both = Effect.all([accounts.getByName({ account_name: "Jaffle Shop" }), accounts.get({})]);
  const [named, numbered] = await succeeds(over(both));
  assert.deepEqual(named, numbered);
});

Deno.test("accounts.getByName fails with NotFound when the name is not the same, letter for letter", async () => {
  const { message, reason } = await fails(over(accounts.getByName({ account_name: "jaffle shop" })));
  assert.equal(reason._tag, "NotFound");
  assert.match(message, /^accounts\.getByName: .*no account is called "jaffle shop"/);
});

Deno.test("projects.getByName gets the project of the session's account, or of an account by its name", async () => {
  const project_name = "jaffle_shop";
  const all = Effect.all([
    projects.get({ project_id: 1 }),
    projects.getByName({ project_name }),
    projects.getByName({ project_name, account_id: 1 }),
    projects.getByName({ project_name, account_name: "Jaffle Shop" }),
  ]);
  const [project, ...named] = await succeeds(over(all));
  assert.deepEqual(named, [project, project, project]);
});

Deno.test("projects.getByName finds a project that is not on the first page", async () => {
  const names = Array.from({ length: 120 }, (_, index) => `shop ${index}`);
  const program = Effect.gen(function* () {
    yield* Effect.forEach(names, (name) => projects.create({ name }));
    const last = yield* projects.create({ name: "shop" });
    return [yield* projects.getByName({ project_name: "shop" }), yield* projects.get({ project_id: last.id })];
  });
  const [named, numbered] = await succeeds(over(program));
  assert.deepEqual(named, numbered);
});

Deno.test("projects.getByName names the ids when several have the name", async () => {
  const program = Effect.gen(function* () {
    const { id } = yield* projects.create({ name: "jaffle_shop" });
    const found = yield* Effect.result(projects.getByName({ project_name: "jaffle_shop" }));
    return [Result.getOrThrow(Result.flip(found)).reason, id] as const;
  });
  const [reason, id] = await succeeds(over(program));
  const detail = `2 projects are called "jaffle_shop": 1, ${id}. Give the id instead`;
  assert.deepEqual(reason, { _tag: "Unsendable", detail });
});

/** A session without an account, that sees two accounts, each with these projects. */
function twoAccounts(...names: readonly [first: string, second: string]) {
  const cloud = transport(({ path }) => {
    if (path === "/api/v3/accounts/") return ok([{ id: 1, name: "One" }, { id: 2, name: "Two" }]);
    const [, account_id = 0, project_id] = /accounts\/(\d)\/projects\/(\d+)?/.exec(path)?.map(Number) ?? [];
    const row = { id: account_id * 10, account_id, name: names[account_id - 1] };
    return ok(project_id === undefined || Number.isNaN(project_id) ? [row] : row);
  });
  const session = DbtClient.layer({ token: Redacted.make(secret), host: "ab123.us1.dbt.com" });
  return { ...cloud, session: session.pipe(Layer.provide(cloud.layer)) };
}

Deno.test("projects.getByName looks in every account that one can see when none is known", async () => {
  const { sent, session } = twoAccounts("north", "south");
  const project = await succeeds(Effect.provide(projects.getByName({ project_name: "south" }), session));
  assert.deepEqual(project, { id: 20, account_id: 2, name: "south" });
  assert.deepEqual(sent.map(({ url }) => url.pathname), [
    "/api/v3/accounts/",
    "/api/v3/accounts/1/projects/",
    "/api/v3/accounts/2/projects/",
    "/api/v3/accounts/2/projects/20/",
  ]);
});

Deno.test("projects.getByName names the accounts when several have such a project", async () => {
  const { session } = twoAccounts("shop", "shop");
  const { reason } = await fails(Effect.provide(projects.getByName({ project_name: "shop" }), session));
  const detail = '2 projects are called "shop": 10 (account 1), 20 (account 2). Give the id instead';
  assert.deepEqual(reason, { _tag: "Unsendable", detail });
});

Deno.test("projects.getByName sends nothing when an account is given twice", async () => {
  const { sent, session } = twoAccounts("north", "south");
  const request = { project_name: "north", account_id: 1, account_name: "One" };
  const { reason } = await fails(Effect.provide(projects.getByName(request), session));
  assert.deepEqual([reason._tag, sent], ["Unsendable", []]);
});

Deno.test("runs.getMostRecent gets the newest run that fits, and NotFound when none does", async () => {
  const filters = { job_definition_id: 2, status: runs.RunStatus.error };
  const both = Effect.all([runs.getMostRecent(filters), runs.list({ ...filters, order_by: "-id" })]);
  const [newest, { data }] = await succeeds(over(both));
  assert(data.length > 1);
  assert.deepEqual(newest, data[0]);
  const { reason } = await fails(over(runs.getMostRecent({ job_definition_id: 99 })));
  assert.equal(reason._tag, "NotFound");
});

Deno.test("runs.getMostRecentArtifact streams the file of the newest run that succeeded", async () => {
  const program = Effect.gen(function* () {
    const ofJob = { job_definition_id: 1 };
    const { id } = yield* runs.getMostRecent({ ...ofJob, status: runs.RunStatus.success });
    const files: Array<readonly [string, string]> = [];
    for (const step of [{}, { step: 4 }]) {
      files.push([
        yield* bytes(Stream.unwrap(runs.getMostRecentArtifact({ ...ofJob, path: "run_results.json", ...step }))),
        yield* bytes(runs.getArtifact({ run_id: id, path: "run_results.json", ...step })),
      ]);
    }
    return files;
  });
  const [last, fourth] = await succeeds(over(program));
  assert.equal(last?.[0], last?.[1]);
  assert.equal(fourth?.[0], fourth?.[1]);
  assert(last?.[0] !== fourth?.[0], "steps have results of their own");
  const none = runs.getMostRecentArtifact({ path: "manifest.json", environment_id: 99 });
  assert.equal((await fails(over(none))).reason._tag, "NotFound");
});

// ---- names on the command line --------------------------------------------------------------------------------------

/** Runs command lines against one sandbox; gives what came of each, and the requests. */
function dbtc(...lines: ReadonlyArray<ReadonlyArray<string>>) {
  return Effect.runPromise(
    Effect.gen(function* () {
      const outcomes: Array<Outcome> = [];
      for (const argv of lines) outcomes.push(yield* command(argv));
      const { requests } = yield* sandbox.Sandbox;
      return { outcomes, sent: (yield* requests).map(({ path, verb }) => `${verb} ${path}`) };
    }).pipe(Effect.provide(sandbox.layer())),
  );
}

const same: ReadonlyArray<readonly [named: ReadonlyArray<string>, numbered: ReadonlyArray<string>]> = [
  [["jobs", "get", "--job-name", "CI"], ["jobs", "get", "4"]],
  [["runs", "list", "--job-name", "Daily build"], ["runs", "list", "--job-id", "1"]],
  [["jobs", "list", "--environment-name", "production"], ["jobs", "list", "--environment-id", "1"]],
  [["environments", "get", "--project-name", "jaffle_shop", "--environment-name", "production"], [
    "environments",
    "get",
    "1",
    "-p",
    "1",
  ]],
  [["accounts", "get", "--account-name", "Jaffle Shop"], ["accounts", "get", "1"]],
  [["jobs", "update", "--job-name", "CI", "--environment-name", "production", "-d", "{}"], [
    "jobs",
    "update",
    "4",
    "--environment-id",
    "1",
  ]],
  [["get-project", "--project-name=jaffle_shop"], ["projects", "get", "1"]],
];

for (const [named, numbered] of same) {
  Deno.test(`dbtc ${named.join(" ")} sends what the ids send`, async () => {
    const { outcomes: [byName, byId] } = await dbtc([...named, "--dry-run"], [...numbered, "--dry-run"]);
    assert(byName && byId);
    assert.equal(byName.code, 0, byName.stderr);
    assert.equal(byName.stdout, byId.stdout);
  });
}

Deno.test("dbtc looks a name up once, and in the project that is named", async () => {
  const { sent } = await dbtc(["runs", "list", "--project-name", "jaffle_shop", "--job-name", "CI", "--limit", "1"]);
  assert.deepEqual(sent, [
    "GET /api/v3/accounts/1/projects/",
    "GET /api/v2/accounts/1/jobs/",
    "GET /api/v2/accounts/1/runs/",
  ]);
});

const mistakes: ReadonlyArray<readonly [argv: ReadonlyArray<string>, code: number, says: RegExp]> = [
  [["jobs", "get", "--job-name", "ci"], 3, /jobs\.get: .*no job is called \\"ci\\"/],
  [["jobs", "get", "4", "--job-name", "CI"], 2, /"4\\" does not go with --job-name: either names the job/],
  [["jobs", "get", "-j", "4", "--job-name", "CI"], 2, /--job does not go with --job-name/],
  [["projects", "get-by-name"], 2, /projects get-by-name needs --project-name/],
];

for (const [argv, code, says] of mistakes) {
  Deno.test(`dbtc ${argv.join(" ")} exits ${code}`, async () => {
    const { outcomes: [outcome] } = await dbtc(argv);
    assert.deepEqual([outcome?.code, outcome?.stdout], [code, ""]);
    assert.match(outcome?.stderr ?? "", says);
  });
}

Deno.test("dbtc exits 2 and names the ids when several have the name", async () => {
  const { outcomes } = await dbtc(
    ["projects", "create", "--name", "jaffle_shop"],
    ["projects", "get", "--project-name", "jaffle_shop"],
  );
  assert.equal(outcomes[1]?.code, 2);
  assert.match(outcomes[1]?.stderr ?? "", /projects\.get: 2 projects are called .*: 1, \d+\. Give the id instead/);
});

Deno.test("dbtc runs get-most-recent-artifact prints the file as it is", async () => {
  const { outcomes } = await dbtc(
    ["runs", "get-most-recent", "--job-name", "Daily build", "--fields", "id", "--format", "csv"],
    ["runs", "get-most-recent-artifact", "manifest.json", "--job-name", "Daily build"],
  );
  const id = outcomes[0]?.stdout.split("\n")[1] ?? "";
  assert.equal(JSON.parse(outcomes[1]?.stdout ?? "").metadata.env.DBT_CLOUD_RUN_ID, id);
});

Deno.test("every command that asks for an id asks for the name too, and has no flag twice", async () => {
  const ids = { account_id: "account-name", project_id: "project-name", environment_id: "environment-name" };
  const fields: Readonly<Record<string, string>> = { ...ids, job_id: "job-name", job_definition_id: "job-name" };
  const commands = await Promise.all(table.map(async (row) => [row, (await commandOf(row)).spellings] as const));
  const wrong = commands.flatMap(([row, spellings]) => {
    const flags = spellings.map(({ name }) => name);
    const expected = Object.keys(row.call.request).flatMap((name) => fields[name] ?? []);
    return [
      ...expected.filter((name) => !flags.includes(name)),
      ...flags.filter((name, index) => flags.indexOf(name) !== index),
    ].map((name) => `${row.call.name} --${name}`);
  });
  assert.deepEqual(wrong, []);
});

// ---- Python dbtc's commands -----------------------------------------------------------------------------------------

const grouped: Readonly<Record<string, string>> = {
  accounts: "get get-by-name get-licenses list list-audit-logs list-feature-flags",
  adapters: "create delete get update",
  connections: "create delete list test update",
  credentials: "create list update",
  "env-vars": "create delete list update",
  environments: "create delete list update",
  groups: "assign assign-permissions create delete list",
  jobs: "create get list trigger trigger-autoscaling trigger-from-failure update",
  notifications: "create delete get list update",
  projects: "create delete get get-by-name list update",
  repos: "create delete list update",
  runs: "cancel get get-artifact get-most-recent get-most-recent-artifact get-run-timing-details list list-artifacts",
  "service-tokens": "assign-permissions create list-permissions",
  users: "deactivate get list list-invited",
  webhooks: "create delete get list test update",
};

Deno.test("findWords finds every grouped command of Python dbtc", () => {
  const commands = Object.entries(grouped).flatMap(([group, verbs]) => verbs.split(" ").map((verb) => [group, verb]));
  assert.equal(commands.length, 74);
  const found = commands.map((words) => [words.join(" "), findWords(words, globals, table)] as const);
  assert.deepEqual(found.filter(([, { row }]) => row === undefined).map(([typed]) => typed), []);
  // All the others are spelled as they are here.
  const renamed = found.filter(([typed, { words }]) => words.join(" ") !== typed);
  assert.deepEqual(Object.fromEntries(renamed.map(([typed, { words }]) => [typed, words.join(" ")])), {
    "connections update": "connections update-in-project",
    "jobs trigger-autoscaling": "jobs trigger-autoscaling-ci",
    "jobs trigger-from-failure": "jobs rerun",
    "runs get-run-timing-details": "runs get-timing",
    "users deactivate": "users update-license",
    "users list-invited": "invites list",
  });
});

const flat = "assign-group-permissions assign-service-token-permissions assign-user-to-group cancel-run " +
  "create-connection create-credentials create-environment create-environment-variables create-job create-project " +
  "create-repository create-service-token create-user-group create-webhook deactivate-user-license delete-connection " +
  "delete-environment delete-environment-variables delete-project delete-repository delete-user-group delete-webhook " +
  "get-account get-account-by-name get-account-licenses get-job get-most-recent-run get-most-recent-run-artifact " +
  "get-project get-project-by-name get-run get-run-artifact get-run-timing-details get-user get-webhook list-accounts " +
  "list-audit-logs list-connections list-credentials list-environment-variables list-environments list-feature-flags " +
  "list-groups list-invited-users list-jobs list-projects list-repositories list-run-artifacts list-runs " +
  "list-service-tokens-permissions list-users list-webhooks test-connection test-webhook trigger-autoscaling-ci-job " +
  "trigger-job trigger-job-from-failure update-connection update-credentials update-environment " +
  "update-environment-variables update-job update-project update-repository update-webhook";

Deno.test("findWords finds every flat command of Python dbtc", () => {
  const commands = flat.split(" ");
  assert.equal(commands.length, 65);
  const wrong = commands.filter((typed) => {
    const { row } = findWords([typed], globals, table);
    return row === undefined || !pythonNames(row.call).includes(typed.replaceAll("-", "_"));
  });
  assert.deepEqual(wrong, ["list-service-tokens-permissions"]);
  assert.equal(
    findWords(["list-service-tokens-permissions"], globals, table).row?.call.name,
    "serviceTokens.listPermissions",
  );
});

Deno.test("findWords guesses nothing when a beginning is no whole word, or two methods have it", () => {
  for (const words of [["users", "deact"], ["runs", "get-most"], ["jobs", "nope"], ["users"], []]) {
    assert.equal(findWords(words, globals, table).row?.call.name, undefined, words.join(" "));
  }
});

const known = pythonMethods.map(([method]) => method);

Deno.test("there is a command for as many methods as Python dbtc has, with these names", () => {
  assert.deepEqual(
    { count: known.length, digest: createHash("sha256").update(known.toSorted().join("\n")).digest("hex") },
    methods,
    "compare the names in `dbtc` of the endpoints with the methods of Python dbtc's clients; where they are the " +
      "same, put the new numbers into tests/contracts/facts/python_dbtc.ts",
  );
});

const listed = "../api/dbtc-methods.tsv";

Deno.test({
  name: "there is a command for every method of Python dbtc",
  ignore: !exists(listed),
  fn() {
    const [, ...lines] = read(listed).trimEnd().split("\n").map((line) => line.split("\t"));
    // Sends any query: the page for users of Python dbtc names what does the same here.
    const names = lines.map(([client, method]) => `${client}.${method}`).filter((name) => name !== "sl.make_request");
    assert.equal(names.length, methods.count);
    const add = "add the method to `dbtc` of the endpoint that does the same";
    assert.deepEqual(names.filter((name) => !known.includes(name)), [], add);
    assert.deepEqual(known.filter((name) => !names.includes(name)), [], "Python dbtc has no such method");
  },
});
