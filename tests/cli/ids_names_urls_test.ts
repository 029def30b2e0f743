/**
 * Ids, names and URLs where a command asks for an id: each typed as a command.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { join } from "node:path";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../support/command.ts";
import { ok, refusal, refused, type Reply, type Sent, type Transport, transport } from "../support/fixtures.ts";

/** Runs command lines against one sandbox; gives what came of each, and the requests of each. */
function dbtc(...lines: ReadonlyArray<ReadonlyArray<string>>) {
  return Effect.runPromise(
    Effect.gen(function* () {
      const { requests } = yield* sandbox.Sandbox;
      const outcomes: Array<Outcome & { readonly sent: ReadonlyArray<string> }> = [];
      for (const argv of lines) {
        const before = (yield* requests).length;
        const outcome = yield* command(argv, { terminal: true, columns: 80 });
        const sent = (yield* requests).slice(before).map(({ path, verb }) => `${verb} ${path}`);
        outcomes.push({ ...outcome, sent });
      }
      return outcomes;
    }).pipe(Effect.provide(sandbox.layer())),
  );
}

/** Runs one command line over a transport. */
function over({ layer }: Transport, argv: ReadonlyArray<string>, surroundings: Surroundings = {}): Promise<Outcome> {
  return Effect.runPromise(command(argv, { terminal: true, ...surroundings }).pipe(Effect.provide(layer)));
}

const create = (name: string, ...flags: ReadonlyArray<string>) => [
  ...["jobs", "create", "--project", "jaffle_shop", "--environment", "production", "--name", name],
  ...["--execute-steps", "dbt build", "--format", "json", "--fields", "id", ...flags],
];

const idOf = ({ stdout }: Outcome): number => JSON.parse(stdout).id;

/** What a command prints and sends for a job, by each way to name it. */
const waysToName: ReadonlyArray<ReadonlyArray<string>> = [
  ["4"],
  ["CI"],
  ["--job", "4"],
  ["--job=CI"],
  ["-j", "CI"],
  ["--job-id", "4"],
  ["--job-id", "CI"],
  ["--job-name", "CI"],
  ["--job", "CI", "--project", "jaffle_shop", "--environment", "production"],
  ["https://cloud.getdbt.com/deploy/1/projects/1/jobs/4"],
  ["https://cloud.getdbt.com/next/deploy/1/projects/1/jobs/4/"],
  ["https://ab123.us1.dbt.com/deploy/1/projects/1/jobs/4/settings?tab=runs#top"],
  ["https://cloud.getdbt.com/#/accounts/1/projects/1/jobs/4/"],
  ["http://127.0.0.1:8008/api/v2/accounts/1/jobs/4/"],
];

Deno.test("a job is found by its id, its name and its URL, as argument and as flag", async () => {
  const outcomes = await dbtc(...waysToName.map((way) => ["jobs", "get", ...way, "--fields", "id,name"]));
  for (const [index, { code, sent, stderr, stdout }] of outcomes.entries()) {
    const way = waysToName[index]?.join(" ");
    assert.deepEqual([code, stderr, stdout], [0, "", "id    4\nname  CI\n"], way ?? "");
    assert.equal(sent.at(-1), "GET /api/v2/accounts/1/jobs/4/", way ?? "");
  }
});

Deno.test("a name stands for every kind of thing whose list has names", async () => {
  const named: Readonly<Record<string, string>> = {
    "environments get production": "id  1",
    "projects get jaffle_shop": "id  1",
    "users get ada@jaffleshop.example": "id  1",
    "groups get Owner": "id  1",
    "connections get Snowflake": "id  1",
    "service-tokens get Orchestrator": "id  1",
    "webhooks get --webhook-name": "id  wsu_",
    "accounts get --account": "id  1",
  };
  const values: Readonly<Record<string, string>> = {
    "webhooks get --webhook-name": "Tell the shop",
    "accounts get --account": "Jaffle Shop",
  };
  const lines = Object.keys(named).map((line) => {
    const value = values[line];
    const needsProject = line.startsWith("environments");
    return [
      ...line.split(" "),
      ...value === undefined ? [] : [value],
      ...needsProject ? ["--project", "jaffle_shop"] : [],
      ...["--fields", "id"],
    ];
  });
  const outcomes = await dbtc(...lines);
  for (const [index, expected] of Object.values(named).entries()) {
    const outcome = outcomes[index];
    assert.equal(outcome?.code, 0, `${lines[index]?.join(" ")}: ${outcome?.stderr}`);
    assert(outcome?.stdout.startsWith(expected), outcome?.stdout);
  }
});

Deno.test("a name is looked up once, also where a command needs it twice", async () => {
  const [, list] = await dbtc(create("Again"), ["runs", "list", "--job", "CI", "--project", "jaffle_shop"]);
  assert.deepEqual(list?.sent, [
    "GET /api/v3/accounts/1/projects/",
    "GET /api/v2/accounts/1/jobs/",
    "GET /api/v2/accounts/1/runs/",
  ]);
});

Deno.test("a command that only reads ignores case; one that changes something needs the exact name, and prints the id", async () => {
  const [read, wrong, right] = await dbtc(
    ["jobs", "get", "daily BUILD", "--fields", "id"],
    ["jobs", "trigger", "daily BUILD", "--no-wait"],
    ["jobs", "trigger", "Daily build", "--no-wait"],
  );
  assert.deepEqual([read?.code, read?.stdout, read?.stderr], [0, "id  1\n", 'Job 1 "Daily build"\n']);
  assert.equal(wrong?.code, 3);
  assert.match(wrong?.stderr ?? "", /no job is called "daily BUILD"\. Did you mean "Daily build" \(1\)\?/);
  assert.deepEqual(wrong?.sent.filter((line) => line.startsWith("POST")), []);
  assert.equal(right?.code, 0);
  assert.match(right?.stderr ?? "", /^Job 1 "Daily build"\n/);
});

Deno.test("digits are an id, also where a job has them for a name: that job needs --job-name", async () => {
  const [created, byDigits, byName] = await dbtc(
    create("1"),
    ["jobs", "get", "1", "--fields", "name"],
    ["jobs", "get", "--job-name", "1", "--fields", "id"],
  );
  assert(created !== undefined);
  assert.equal(byDigits?.stdout, "name  Daily build\n");
  assert.equal(byName?.stdout, `id  ${idOf(created)}\n`);
});

Deno.test("a tag of jobs as code is no part of a name, and is a name itself", async () => {
  const names = ["Orders", "Orders [[orders]]", "[[orders]]", "orders"];
  const [created, ...found] = await dbtc(
    create("Orders [[orders]]"),
    ...names.map((name) => ["jobs", "get", name, "--fields", "name"]),
  );
  assert.equal(created?.code, 0);
  for (const [index, { stdout }] of found.entries()) {
    assert.equal(stdout, "name  Orders [[orders]]\n", names[index] ?? "");
  }
  const [filtered, byTag] = await dbtc(create("Staging [[uat:daily]]"), ["jobs", "get", "daily", "--fields", "name"]);
  assert.deepEqual([filtered?.code, byTag?.stdout], [0, "name  Staging [[uat:daily]]\n"]);
});

Deno.test("an ambiguous name lists the candidates with project and environment, and --environment narrows", async () => {
  const [environment, created, ambiguous, narrowed] = await dbtc(
    ["environments", "create", "--project", "1", "--name", "staging", "--format", "json", "--fields", "id"],
    ["jobs", "create", ...create("CI").slice(2), "--environment", "staging"],
    ["jobs", "trigger", "CI"],
    ["jobs", "get", "CI", "--environment", "staging", "--fields", "id"],
  );
  assert.equal(environment?.code, 0, environment?.stderr ?? "");
  assert(created !== undefined);
  const id = idOf(created);
  assert.equal(ambiguous?.code, 2);
  assert.equal(
    ambiguous?.stderr,
    `dbtc: jobs trigger: 2 jobs are called "CI": 4 (project jaffle_shop, environment production), ` +
      `${id} (project jaffle_shop, environment staging). Give the id instead, or add --project or --environment.\n`,
  );
  assert.deepEqual(ambiguous?.sent.filter((line) => line.startsWith("POST")), []);
  assert.equal(narrowed?.stdout, `id  ${id}\n`);
});

Deno.test("an unknown name suggests the nearest, and names what is given twice", async () => {
  const [unknown, twice, both] = await dbtc(
    ["jobs", "get", "Daly build"],
    ["jobs", "get", "CI", "--job", "4"],
    ["jobs", "trigger", "1", "Daily build"],
  );
  assert.equal(unknown?.code, 3);
  assert.match(unknown?.stderr ?? "", /no job is called "Daly build"\. Did you mean "Daily build" \(1\)\?/);
  assert.deepEqual([twice?.code, twice?.sent], [2, []]);
  assert.match(twice?.stderr ?? "", /"CI" does not go with --job: either names the job/);
  assert.equal(both?.code, 2);
  assert.match(both?.stderr ?? "", /job 1 is named twice/);
});

Deno.test("the question before a delete has the name and the id", async () => {
  const outcome = await Effect.runPromise(
    command(["jobs", "delete", "CI"], { terminal: true, stdin: "n" }).pipe(Effect.provide(sandbox.layer())),
  );
  assert.equal(outcome.stderr.split("\n")[0], 'Delete job 4 "CI"? [y/N] dbtc: Nothing was changed');
});

// ---- URLs -----------------------------------------------------------------------------------------------------------

Deno.test("a URL fills in the project that the command needs", async () => {
  const [environment] = await dbtc([
    "environments",
    "get",
    "https://cloud.getdbt.com/deploy/1/projects/1/environments/2",
    "--fields",
    "name",
  ]);
  assert.equal(environment?.stdout, "name  development\n");
  assert.deepEqual(environment?.sent, ["GET /api/v3/accounts/1/projects/1/environments/2/"]);
});

Deno.test("a URL of another thing, of another account or of no dbt Cloud is refused, and nothing is sent", async () => {
  const cases: ReadonlyArray<readonly [url: string, says: RegExp]> = [
    ["https://cloud.getdbt.com/deploy/1/projects/1/jobs/4/", /is the URL of job 4, not of a run/],
    [
      "https://cloud.getdbt.com/deploy/2/projects/1/runs/4/",
      /is of account 2 on cloud\.getdbt\.com, and this session is of account 1/,
    ],
    ["https://dbt.com.example/deploy/1/projects/1/runs/4/", /is of account 1 on dbt\.com\.example/],
    ["https://cloud.getdbt.com/", /is the URL of nothing, not of a run/],
    ["Nightly", /"Nightly" is no run: give its id or its URL/],
  ];
  const outcomes = await dbtc(...cases.map(([url]) => ["runs", "get", url]));
  for (const [index, { code, sent, stderr }] of outcomes.entries()) {
    assert.deepEqual([code, sent], [2, []], stderr);
    assert.match(stderr, cases[index]?.[1] ?? /never/);
  }
});

const accountEnv = {
  DBT_CLOUD_HOST: "ab123.us1.dbt.com",
  DBT_CLOUD_SERVICE_TOKEN: "dbtc_first_account",
  DBT_CLOUD_ACCOUNT_ID: "1",
};

/** What was asked of which host, and with which token. */
const asked = ({ sent }: Transport) =>
  sent.map(({ headers, url }) => `${url.host}${url.pathname} ${headers.authorization?.replace("Bearer ", "")}`);

Deno.test("the host of a URL may be an older one of the same account; requests go to the client's host alone", async () => {
  const cases: ReadonlyArray<readonly [url: string, account: object, sent: ReadonlyArray<string>]> = [
    // The old host of the region, and another account's host in the same region, where the number decides.
    ["https://cloud.getdbt.com/deploy/1/projects/1/runs/4/", {}, ["runs/4"]],
    // A host that was single tenant: the account's own subdomains tell.
    ["https://acme.getdbt.com/deploy/1/projects/1/runs/4/", { vanity_subdomain: "acme" }, ["account", "runs/4"]],
    ["https://acme.getdbt.com/deploy/1/projects/1/runs/4/", { vanity_subdomain: "other" }, ["account"]],
    // Another region has an account 1 of its own.
    ["https://emea.dbt.com/deploy/1/projects/1/runs/4/", {}, []],
  ];
  for (const [url, account, expected] of cases) {
    const cloud = transport(({ path }) =>
      ok(path.includes("/runs/") ? { id: 4, account_id: 1 } : { id: 1, ...account })
    );
    const { code } = await over(cloud, ["runs", "get", url], { env: accountEnv });
    const paths = expected.map((what) => what === "account" ? "/api/v2/accounts/1/" : `/api/v2/accounts/1/${what}/`);
    assert.deepEqual(asked(cloud), paths.map((path) => `ab123.us1.dbt.com${path} dbtc_first_account`), url);
    assert.equal(code, expected.includes("runs/4") ? 0 : 2);
  }
});

Deno.test("an account that cannot be read is an error of its own, not a URL of another account", async () => {
  const url = "https://acme.getdbt.com/deploy/1/projects/1/runs/4/";
  const outcomes = await Promise.all(
    [refused, refusal(401)].map((reply) =>
      over(transport(() => reply), ["runs", "get", url, "--no-http-retry"], { env: accountEnv })
    ),
  );
  assert.deepEqual(outcomes.map(({ code }) => code), [7, 4]);
  for (const { stderr } of outcomes) assert.doesNotMatch(stderr, /is of account/);
});

Deno.test("a URL of another account uses the saved context of that account, with its host and token", async () => {
  const home = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(home, ".config", "dbtc"), { recursive: true });
    await Deno.writeTextFile(
      join(home, ".config", "dbtc", "contexts.yml"),
      "contexts:\n  emea:\n    host: cd456.eu1.dbt.com\n    account_id: 2\n    token: dbtc_second_account\n",
    );
    const url = "https://emea.dbt.com/deploy/2/projects/1/runs/4/";
    const cloud = transport(() => ok({ id: 4, account_id: 2 }));
    const used = await over(cloud, ["runs", "get", url], { env: { ...accountEnv, HOME: home } });
    assert.equal(used.code, 0, used.stderr);
    assert.equal(used.stderr, "Uses the context emea (account 2 on cd456.eu1.dbt.com), because of the URL\n");
    assert.deepEqual(asked(cloud), ["cd456.eu1.dbt.com/api/v2/accounts/2/runs/4/ dbtc_second_account"]);
    // A context that is named counts, and then the URL contradicts it.
    const named = transport(() => ok({ id: 4 }));
    const other = "https://cloud.getdbt.com/deploy/1/projects/1/runs/4/";
    const refused = await over(named, ["runs", "get", other, "--context", "emea"], { env: { HOME: home } });
    assert.deepEqual([refused.code, named.sent], [2, []]);
    assert.match(refused.stderr, /is of account 1 on cloud\.getdbt\.com, and this session is of account 2/);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

// ---- large accounts, and changes meanwhile --------------------------------------------------------------------------

/** An account with this many jobs, called `Job 1` and so on. `filters` says whether it filters by name. */
function manyJobs(count: number) {
  return ({ path, url }: Sent): Reply => {
    if (!path.includes("/jobs/")) return ok([], { pagination: { count: 0, total_count: 0 } });
    const part = url.searchParams.get("name__icontains")?.toLowerCase() ?? "";
    const [limit, offset] = [Number(url.searchParams.get("limit")), Number(url.searchParams.get("offset") ?? 0)];
    const all = Array.from(
      { length: count },
      (_, index) => ({ id: index + 1, account_id: 1, name: `Job ${index + 1}` }),
    )
      .filter(({ name }) => name.toLowerCase().includes(part));
    const data = all.slice(offset, offset + limit);
    return ok(data, { pagination: { count: data.length, total_count: all.length } });
  };
}

Deno.test("in an account with 10,000 jobs, a name costs the rows that contain it, and an unknown one 3 requests more", async () => {
  const cloud = transport(manyJobs(10_000));
  const found = await over(cloud, ["runs", "list", "--job", "Job 9999", "--dry-run"], { env: accountEnv });
  assert.equal(found.code, 0, found.stderr);
  assert.equal(cloud.sent.length, 1);
  const other = transport(manyJobs(10_000));
  const unknown = await over(other, ["jobs", "get", "Jobb 5"], { env: accountEnv });
  assert.equal(unknown.code, 3);
  assert.match(unknown.stderr, /Did you mean .*\? \(dbtc compared 300 of 10,000 jobs\)/);
  assert(other.sent.length <= 5, `${other.sent.length}`);
});

Deno.test("a part of a name that all of 12,000 jobs contain costs 101 requests at most, and says what was read", async () => {
  const cloud = transport(manyJobs(12_000));
  const { code, stderr } = await over(cloud, ["jobs", "get", "Job"], { env: accountEnv });
  assert.equal(code, 2);
  assert.match(stderr, /dbtc read 10,?000 of 12,?000 jobs and found none called "Job"\. Give the id instead/);
  assert(cloud.sent.length <= 102, `${cloud.sent.length}`);
});

Deno.test("a job that is deleted after its name was found exits 3, and starts nothing", async () => {
  const cloud = transport(({ method, path }) =>
    method === "GET" && path.includes("/jobs/?")
      ? ok([{ id: 4, account_id: 1, name: "CI" }])
      : refusal(404, "Not found")
  );
  const { code, stderr, stdout } = await over(cloud, ["jobs", "trigger", "CI"], { env: accountEnv });
  assert.deepEqual([code, stdout], [3, ""]);
  assert.match(stderr, /^Job 4 "CI"\ndbtc: jobs trigger: Not found/);
});

Deno.test("pipes stay JSON, under dbt's own names, without a word on stderr", async () => {
  const [byName, byId] = await Effect.runPromise(
    Effect.all([
      command(["jobs", "list", "--project", "jaffle_shop"], { env: sandboxEnv }),
      command(["jobs", "list", "--project-id", "1"], { env: sandboxEnv }),
    ]).pipe(Effect.provide(sandbox.layer())),
  );
  assert.deepEqual(byName, byId);
  assert.equal(byName.stderr, "");
  assert.equal(JSON.parse(byName.stdout)[0].project, null);
});
