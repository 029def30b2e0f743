import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { flagName } from "../../lib/cli/input/field_flags.ts";
import { descriptionOf } from "../../lib/cli/commands/programs.ts";
import { pathNames } from "../../lib/request.ts";
import { table } from "../../lib/groups/table.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { ok, transport } from "../support/fixtures.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../support/command.ts";

/** Runs a command line against a sandbox of its own. */
function dbtc(
  argv: ReadonlyArray<string>,
  surroundings: Surroundings = {},
  options: sandbox.Options = {},
): Promise<Outcome> {
  return Effect.runPromise(command(argv, surroundings).pipe(Effect.provide(sandbox.layer(options))));
}

/** Runs several command lines against one sandbox. */
function session(...lines: ReadonlyArray<readonly [argv: ReadonlyArray<string>, surroundings?: Surroundings]>) {
  return Effect.runPromise(
    Effect.forEach(lines, ([argv, surroundings]) => command(argv, surroundings)).pipe(Effect.provide(sandbox.layer())),
  );
}

/** What a command printed, read as JSON. */
// deno-lint-ignore no-explicit-any -- a test says what it expects of it
function json({ stdout }: Outcome): any {
  return JSON.parse(stdout);
}

const terminal: Surroundings = { terminal: true };

// ---- output ---------------------------------------------------------------------------------------------------------

Deno.test("dbtc jobs list prints a table on a terminal", async () => {
  assert.deepEqual(await dbtc(["jobs", "list"], terminal), {
    code: 0,
    stdout: [
      "ID  NAME                  PROJECT      ENVIRONMENT  LAST RUN",
      "1   Daily build           jaffle_shop  production   Success 11h ago",
      "2   Nightly full refresh  jaffle_shop  production   Error 7h ago",
      "3   Weekly backfill       jaffle_shop  production   Success 3h ago",
      "4   CI                    jaffle_shop  production",
      "",
    ].join("\n"),
    stderr: "",
  });
});

Deno.test("dbtc jobs list prints the envelope's data as JSON in a pipe", async () => {
  const outcome = await dbtc(["jobs", "list", "--project-id", "1"]);
  assert.deepEqual(json(outcome).map(({ id, name }: { id: number; name: string }) => [id, name]), [
    [1, "Daily build"],
    [2, "Nightly full refresh"],
    [3, "Weekly backfill"],
    [4, "CI"],
  ]);
  assert.equal(outcome.stderr, "");
});

Deno.test("--fields picks fields in every format, nested ones too", async () => {
  const lines = (format: string) =>
    dbtc(["jobs", "list", "--fields", "id,settings.threads", "--limit", "2", "--format", format]);
  assert.equal((await lines("jsonl")).stdout, '{"id":1,"settings":{"threads":4}}\n{"id":2,"settings":{"threads":4}}\n');
  assert.equal((await lines("csv")).stdout, "id,settings.threads\n1,4\n2,4\n");
  assert.equal((await lines("table")).stdout, "ID  SETTINGS.THREADS\n1   4\n2   4\n");
});

Deno.test("--fields says which fields there are when one is unknown", async () => {
  const { code, stdout, stderr } = await dbtc(["projects", "list", "--fields", "nmae"], terminal);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /no row has "nmae"\. Fields: id, .*name/);
});

Deno.test("DBTC_FORMAT decides the format, a flag decides over it", async () => {
  const env = { ...sandboxEnv, DBTC_FORMAT: "jsonl" };
  assert.equal((await dbtc(["jobs", "list", "--fields", "id", "--limit", "1"], { env })).stdout, '{"id":1}\n');
  assert.equal(
    (await dbtc(["jobs", "list", "--fields", "id", "--limit", "1", "--format", "csv"], { env })).stdout,
    "id\n1\n",
  );
  assert.equal((await dbtc(["jobs", "list"], { env: { ...sandboxEnv, DBTC_FORMAT: "xml" } })).code, 2);
});

Deno.test("--raw prints the server's bytes", async () => {
  const { stdout } = await dbtc(["jobs", "get", "1", "--raw"]);
  assert.deepEqual(Object.keys(JSON.parse(stdout)).slice(0, 2), ["status", "data"]);
});

Deno.test("a list that is cut says so on stderr, in pipes too", async () => {
  const { stdout, stderr } = await dbtc(["runs", "list", "--limit", "3", "--fields", "id"], {}, { runs: 12_345 });
  assert.equal(JSON.parse(stdout).length, 3);
  assert.equal(stderr, "3 of 12,345 rows. Use --all for all of them\n");
  const more = await dbtc(["runs", "list", "--limit", "300", "--fields", "id", "--format", "jsonl"], {}, {
    runs: 12_345,
  });
  assert.equal(more.stdout.trimEnd().split("\n").length, 300);
  assert.equal(more.stderr, "300 of 12,345 rows. Use --all for all of them\n");
});

Deno.test("runs list is newest first, counts rows across pages, and --all gives all of them", async () => {
  const ids = async (...more: ReadonlyArray<string>): Promise<ReadonlyArray<number>> =>
    json(await dbtc(["runs", "list", "--fields", "id", ...more], {}, { runs: 523 })).map(({ id }: { id: number }) =>
      id
    );
  const all = await ids("--all");
  assert.equal(new Set(all).size, 523);
  assert.deepEqual(all, all.toSorted((a, b) => b - a));
  assert.deepEqual(await ids("--limit", "500"), all.slice(0, 500));
  assert.deepEqual(await ids("--order-by", "-id", "--limit", "2"), all.slice(0, 2));
  assert.deepEqual(await ids("--order-by", "id", "--limit", "2"), all.slice(-2).reverse());
});

Deno.test("-o writes a file whole, and nothing on stdout", async () => {
  const file = await Deno.makeTempFile();
  const outcome = await dbtc(["jobs", "list", "--fields", "id", "--limit", "1", "-o", file]);
  assert.deepEqual([outcome.stdout, JSON.parse(await Deno.readTextFile(file))], ["", [{ id: 1 }]]);
  await Deno.remove(file);
});

// ---- requests -------------------------------------------------------------------------------------------------------

Deno.test("--dry-run prints the request without the token, and sends nothing", async () => {
  const request = async (...argv: ReadonlyArray<string>) => {
    const { stdout } = await dbtc([...argv, "--dry-run"]);
    return stdout.replace("http://127.0.0.1:8008", "");
  };
  assert.equal(
    await request("runs", "list", "--status", "error,cancelled", "--job-id", "1", "--project-id", "[1,2]"),
    "GET /api/v2/accounts/1/runs/?job_definition_id=1&project_id__in=%5B1%2C2%5D&status__in=%5B20%2C30%5D&limit=100&order_by=-id\n" +
      "Authorization: Bearer ***\n",
  );
  assert.equal(
    await request("projects", "create", "--name", "x"),
    'POST /api/v3/accounts/1/projects/\nAuthorization: Bearer ***\nContent-Type: application/json\n\n{\n  "account_id": 1,\n  "name": "x"\n}\n',
  );
});

Deno.test("Python dbtc's spellings are understood", async () => {
  const dry = async (...argv: ReadonlyArray<string>) => (await dbtc([...argv, "--dry-run"])).stdout.split("\n")[0];
  assert.equal(await dry("list-jobs", "--project-id", "1"), await dry("jobs", "list", "-p", "1"));
  assert.equal(
    await dry("runs", "get-run-timing-details", "-p", "1", "-r", "5"),
    await dry("runs", "get-timing", "5", "-p", "1"),
  );
  assert.equal(
    await dry("get-run", "--run_id", "5"),
    await dry("runs", "get", "5"),
  );
  assert.equal(await dry("runs", "list", "--status", '["success"]'), await dry("runs", "list", "--status", "success"));
  assert.equal(await dry("jobs", "trigger-from-failure", "-j", "1"), await dry("jobs", "rerun", "1"));
});

Deno.test("--payload is JSON, @file or stdin, and flags win over it", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, '{"name":"from file","description":"kept"}');
  const body = async (payload: string, stdin = "") =>
    JSON.parse(
      (await dbtc(["projects", "create", "--payload", payload, "--name", "x", "--dry-run"], { stdin })).stdout.split(
        "\n\n",
      )[1]!,
    );
  const expected = { account_id: 1, name: "x", description: "kept" };
  assert.deepEqual(await body('{"name":"y","description":"kept"}'), expected);
  assert.deepEqual(await body(`@${file}`), expected);
  assert.deepEqual(await body("-", '{"description":"kept"}'), expected);
  await Deno.remove(file);
});

Deno.test("a name of the payload that nobody knows is sent, and said", async () => {
  const { stderr, stdout } = await dbtc(["projects", "create", "-d", '{"name":"x","descripton":"y"}', "--dry-run"]);
  assert.equal(stderr, '--payload: "descripton" is an unknown field. dbtc sends it unchanged\n');
  assert.match(stdout, /"descripton": "y"/);
});

Deno.test("an update of one field leaves every other field as it was, and says what changes", async () => {
  const [before, update, after] = await session(
    [["environments", "get", "1", "-p", "1"]],
    [["environments", "update", "--project-id", "1", "--environment-id", "1", "--name", "x"]],
    [["environments", "get", "1", "-p", "1"]],
  );
  const { updated_at: _, ...rest } = json(before!);
  const { updated_at: __, ...changed } = json(after!);
  assert.equal(update!.stderr, '- name: "production"\n+ name: "x"\n');
  assert.deepEqual(changed, { ...rest, name: "x" });
});

Deno.test("a job that was read, changed and sent back changes only there", async () => {
  const [before] = await session([["jobs", "get", "--job-id", "1"]]);
  const job = json(before!);
  // The form that dbt Cloud keeps: it derives `schedule.cron` from the parts.
  job.schedule = { ...job.schedule, cron: "0 7 * * *", date: { type: "custom_cron", cron: "0 7 * * *" } };
  const tomorrow = { ...job, a_field_of_tomorrow: { kept: true } };
  const dry = await dbtc(["jobs", "update", "1", "--payload", "-", "--dry-run"], { stdin: JSON.stringify(tomorrow) });
  assert.deepEqual(JSON.parse(dry.stdout.split("\n\n")[1] ?? "").a_field_of_tomorrow, { kept: true });
  const [update, after] = await session(
    [["jobs", "update", "--job-id", "1", "--payload", "-"], { stdin: JSON.stringify(job) }],
    [["jobs", "get", "1"]],
  );
  assert.equal(update!.code, 0, update!.stderr);
  const { updated_at: _, cron_humanized: __, ...expected } = job;
  const { updated_at: ___, cron_humanized: ____, ...changed } = json(after!);
  assert.deepEqual(changed, expected);
});

Deno.test("an update says what dbt Cloud did not keep as it was sent", async () => {
  const [update, after] = await session(
    [["jobs", "update", "1", "--schedule.cron", "0 5 * * *"]],
    [["jobs", "get", "1"]],
  );
  assert.equal(update!.code, 0, update!.stderr);
  const kept = json(after!).schedule.cron;
  assert.notEqual(kept, "0 5 * * *");
  assert.match(update!.stderr, /^schedule\.cron: dbt Cloud did not keep the value that was sent\. It is now "0 6 /m);
});

Deno.test("an update of one nested field leaves its neighbours as they were", async () => {
  const { stdout, stderr } = await dbtc([
    "jobs",
    "update",
    "1",
    "--settings.threads",
    "2",
    "--fields",
    "settings",
  ]);
  assert.deepEqual(JSON.parse(stdout).settings, { target_name: "prod", threads: 2 });
  assert.equal(stderr, "- settings.threads: 4\n+ settings.threads: 2\n");
});

Deno.test("a secret is shown nowhere: not in what changes, not in a dry run, not in a broken payload", async () => {
  const payload = '{"type":"snowflake","password":"hunter2-secret","schema":"x"}';
  const argv = ["credentials", "update", "1", "-p", "1", "--payload"];
  for (const line of [[...argv, payload, "--dry-run"], [...argv, payload], [...argv, '{"password":hunter2-secret}']]) {
    const { stdout, stderr } = await dbtc(line);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
    assert.notEqual(stdout + stderr, "");
  }
});

Deno.test("what was written is printed, also where --fields is mistaken", async () => {
  const { code, stdout, stderr } = await dbtc(["projects", "create", "--name", "x", "--fields", "id,bogus"]);
  assert.deepEqual([code, JSON.parse(stdout)], [0, { id: 2, bogus: null }]);
  assert.match(stderr, /no row has "bogus"/);
});

Deno.test("a file that cannot be written is refused before anything is sent", async () => {
  const [refused, list] = await session(
    [["projects", "create", "--name", "x", "-o", "/dev/null/x.json"], terminal],
    [["projects", "list", "--fields", "id"]],
  );
  assert.equal(refused!.code, 2);
  assert.match(refused!.stderr, /Cannot write \/dev\/null\/x\.json/);
  assert.equal(json(list!).length, 1);
});

Deno.test("-o makes the folder of its file", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/state/of/jobs.json`;
  assert.equal((await dbtc(["jobs", "list", "--fields", "id", "--limit", "1", "-o", file])).code, 0);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), [{ id: 1 }]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("-o writes into what is no regular file, and keeps it", async () => {
  assert.equal((await dbtc(["jobs", "list", "-o", "/dev/null"])).code, 0);
  assert.equal((await Deno.stat("/dev/null")).isCharDevice, true);
});

Deno.test("a page that has no parts prints its rows", async () => {
  const [newest] = json(await dbtc(["runs", "list", "--job-id", "1", "--limit", "1"]));
  assert(json(await dbtc(["runs", "list-artifacts", String(newest.id)])).includes("manifest.json"));
});

Deno.test("the last of a flag that is given again counts", async () => {
  assert.equal(
    (await dbtc(["jobs", "list", "--limit", "1", "--fields", "id", "--format", "json", "--format", "csv"])).stdout,
    "id\n1\n",
  );
});

Deno.test("dbtc api sends what it is told", async () => {
  const { code, stdout } = await dbtc([
    "api",
    "GET",
    "/api/v2/accounts/{account_id}/runs/",
    "-q",
    "status__in=[20]",
    "-q",
    "limit=1",
  ]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout).data.map(({ status }: { status: number }) => status), [20]);
  assert.equal((await dbtc(["api", "GET", "/api/v2/../../x"])).code, 2);
  assert.equal((await dbtc(["api", "DELETE", "/api/v2/accounts/1/jobs/1/"])).code, 2);
});

Deno.test("dbtc whoami says who the token is", async () => {
  assert.equal(json(await dbtc(["whoami"])).user.email, "ada@jaffleshop.example");
});

// ---- exit codes -----------------------------------------------------------------------------------------------------

interface Mistake {
  readonly argv: ReadonlyArray<string>;
  readonly code: number;
  readonly says: RegExp;
  readonly surroundings?: Surroundings;
  readonly options?: sandbox.Options;
}

const withEnv = (env: Record<string, string>): Surroundings => ({ terminal: true, env: { ...sandboxEnv, ...env } });
const always = (fault: sandbox.FaultName): sandbox.Options => ({ faults: [{ fault }] });

const mistakes: Readonly<Record<string, Mistake>> = {
  "an unknown group": {
    argv: ["jbos", "list"],
    code: 2,
    says: /"jbos" is not a command of dbtc\. Did you mean dbtc jobs\?/,
  },
  "an unknown verb": {
    argv: ["jobs", "lst"],
    code: 2,
    says: /"lst" is not a command of dbtc jobs\. Did you mean dbtc jobs list\?/,
  },
  ...Object.fromEntries(
    ["sandbox", "worker", "doctor", "auth login", "auth list", "deployments prune", "deployments list"].map((line) => [
      `--dry-run of ${line}`,
      {
        argv: [...line.split(" "), "--dry-run"],
        code: 2,
        says: new RegExp(`--dry-run does not go with dbtc ${line.split(" ")[0]}`),
        surroundings: { terminal: true },
      },
    ]),
  ),
  "a word of gh at the root": {
    argv: ["completion", "bash"],
    code: 2,
    says: /"completion" is not a command of dbtc\. Did you mean dbtc --completions bash\?/,
  },
  "an artifact that the run does not have": {
    argv: ["runs", "get-artifact", "70471800000004", "manifest"],
    code: 3,
    says: /run 70471800000004 has no artifact manifest\. Did you mean manifest\.json\?/,
    surroundings: { terminal: true },
  },
  "a name that is none of few": {
    argv: ["jobs", "get", "nope"],
    code: 3,
    says: /no job is called "nope"\. There are: "Daily build" \(1\), .*"CI" \(4\)/,
    surroundings: { terminal: true },
  },
  "a fault that does not exist": {
    argv: ["sandbox", "--fault", "x"],
    code: 2,
    says: /--fault: x: there is no such fault\. Faults: rate-limit, /,
  },
  "a group without a verb": { argv: ["jobs"], code: 2, says: /dbtc jobs <subcommand>/ },
  "an unknown flag": { argv: ["jobs", "list", "--bogus"], code: 2, says: /--bogus[^]*See dbtc jobs list --help/ },
  "a flag that is empty": {
    argv: ["jobs", "get", "-j", ""],
    code: 2,
    says: /--job needs a value: id\|name\|url/,
  },
  "an unknown name": { argv: ["runs", "list", "--status", "done"], code: 2, says: /"done" is not queued\|starting/ },
  "several missing fields": {
    argv: ["jobs", "create", "--name", "x"],
    code: 2,
    says: /jobs create needs --project, --environment/,
  },
  "a missing id": { argv: ["jobs", "delete"], code: 2, says: /Which job\? Try: dbtc jobs delete JOB/ },
  "an id given twice": {
    argv: ["jobs", "get", "1", "-j", "2"],
    code: 2,
    says: /"1" does not go with --job: either names the job/,
  },
  "a broken payload": { argv: ["jobs", "create", "-d", "{nope"], code: 2, says: /--payload is not JSON/ },
  "a field of the wrong type": {
    argv: ["jobs", "update", "1", "-d", '{"generate_docs":"maybe"}'],
    code: 2,
    says: /generate_docs is not what it should be/,
  },
  "bytes of more than one answer": {
    argv: ["runs", "list", "--raw", "--all"],
    code: 2,
    says: /--raw prints one response/,
  },
  "a time beyond all times": {
    argv: ["runs", "list", "--since", "99999999999d"],
    code: 2,
    says: /is not a time, or how long ago/,
  },
  "a port that is none": { argv: ["sandbox", "--port", "99999"], code: 2, says: /--port: "99999"/ },
  "a wait without a pause": {
    argv: ["jobs", "trigger", "1", "--poll-interval", "0"],
    code: 2,
    says: /--poll-interval: "0"/,
  },
  "a path that leaves": { argv: ["runs", "get-artifact", "1", "../../x"], code: 2, says: /would leave its path/ },
  "a delete without --yes": {
    argv: ["projects", "delete", "1"],
    surroundings: {},
    code: 2,
    says: /Nothing was changed: this needs --yes/,
  },
  "no token": {
    argv: ["jobs", "list"],
    surroundings: withEnv({ DBT_CLOUD_SERVICE_TOKEN: "" }),
    code: 2,
    says: /no token: run dbtc auth login/,
  },
  "a write in a read-only session": {
    argv: ["runs", "cancel", "1"],
    surroundings: withEnv({ DBTC_READONLY: "1" }),
    code: 2,
    says: /read-only \(DBTC_READONLY\)/,
  },
  "plain http to another host": {
    argv: ["jobs", "list"],
    surroundings: withEnv({ DBT_CLOUD_HOST: "http://example.com" }),
    code: 2,
    says: /in the clear: use https/,
  },
  "a route that is none": { argv: ["api", "GET", "/api/v9/x"], code: 2, says: /no such route \(404 without/ },
  "an unknown id": { argv: ["jobs", "get", "99"], code: 3, says: /jobs get: Not found, or not visible to this token/ },
  "a token without the permission": {
    argv: ["projects", "create", "--name", "x"],
    surroundings: withEnv({ DBT_CLOUD_SERVICE_TOKEN: "sandbox-readonly" }),
    code: 3,
    says: /proper permissions/,
  },
  "a wrong token": {
    argv: ["jobs", "list"],
    surroundings: withEnv({ DBT_CLOUD_SERVICE_TOKEN: "wrong" }),
    code: 4,
    says: /does not accept the token \(401/,
  },
  "HTML instead of JSON": {
    argv: ["jobs", "create", "-d", '{"name":"x","project_id":1,"environment_id":1,"execute_steps":[]}'],
    options: always("bad-gateway-html"),
    code: 10,
    says: /jobs create: The answer was lost \(502\): unknown whether it happened/,
  },
  "a refused request": {
    argv: ["jobs", "list", "--offset", "-5"],
    code: 9,
    says: /jobs list: Refused \(400/,
  },
};

for (const [name, { argv, code, says, surroundings = terminal, options }] of Object.entries(mistakes)) {
  Deno.test(`${name} exits ${code} with one clear message`, async () => {
    const outcome = await dbtc(argv, surroundings, options);
    assert.deepEqual([outcome.code, outcome.stdout], [code, ""], outcome.stderr);
    assert.match(outcome.stderr, says);
    assert.doesNotMatch(outcome.stderr, /\n\s+at |sandbox-readonly|wrong"/);
  });
}

Deno.test("with JSON, an error is one line of JSON on stderr", async () => {
  const { code, stdout, stderr } = await dbtc(["jobs", "get", "99"]);
  assert.deepEqual([code, stdout], [3, ""]);
  const { error } = JSON.parse(stderr);
  assert.deepEqual([error.reason, error.endpoint, error.status], ["NotFound", "jobs.get", 404]);
});

// ---- every row ------------------------------------------------------------------------------------------------------

Deno.test("a defect is one in every format, also while a list is printed", async () => {
  const broken = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make(() => Effect.die(new TypeError("no such thing"))),
  );
  for (const format of ["json", "jsonl", "csv", "table"]) {
    const { code, stderr } = await Effect.runPromise(
      Effect.provide(command(["jobs", "list", "--format", format]), broken),
    );
    assert.equal(code, 70, format);
    assert.match(stderr, /a defect in dbtc .*\nTypeError: no such thing/, format);
  }
});

Deno.test("every row has help, with its summary, on stdout", async () => {
  await Effect.runPromise(
    Effect.forEach(
      table,
      (row) =>
        Effect.map(command([row.group, row.verb, "--help"]), ({ code, stdout, stderr }) => {
          assert.deepEqual([code, stderr], [0, ""], row.call.name);
          assert(stdout.replaceAll(/\s+/g, " ").includes(descriptionOf(row)), `${row.call.name} says what it does`);
        }),
    ).pipe(Effect.provide(sandbox.layer())),
  );
});

Deno.test("a deprecated row is not listed, but there", async () => {
  const { stdout } = await dbtc(["projects", "--help"]);
  assert(!stdout.includes("list-v2"));
  assert.equal((await dbtc(["projects", "list-v2", "--fields", "id"])).stdout, '[\n  {\n    "id": 1\n  }\n]\n');
});

/** The flags that name the first of everything that a row's path asks for. */
function firstOnes(route: string): ReadonlyArray<string> {
  return pathNames(route).filter((name) => name !== "account_id").flatMap((name) => [`--${flagName(name)}`, "1"]);
}

Deno.test("a dry run of any row writes nothing", async () => {
  const requests = await Effect.runPromise(
    Effect.gen(function* () {
      for (const { call, group, verb } of table) {
        const paths = "route" in call ? firstOnes(call.route) : [];
        const { code, stderr } = yield* command([group, verb, ...paths, "--dry-run"]);
        // What is required and was not given is a mistake, and so is a dry run of several requests; what an update reads
        // first may not be there, or not be modelled.
        assert([0, 2, 3, 9].includes(code), `${group} ${verb}: ${code} ${stderr}`);
      }
      return yield* (yield* sandbox.Sandbox).requests;
    }).pipe(Effect.provide(sandbox.layer())),
  );
  assert.deepEqual(requests.filter(({ verb }) => verb !== "GET"), []);
});

Deno.test("an update of any row that replaces leaves every other field as it was", async () => {
  const tried = await Effect.runPromise(
    Effect.gen(function* () {
      const updated: Array<string> = [];
      for (const { call, group, verb } of table) {
        if (call.kind !== "endpoint" || !call.replaces || !("name" in call.request)) continue;
        const reader = table.find((row) => "route" in row.call && row.call.route === call.route.replace(/^\w+/, "GET"));
        if (reader === undefined) continue;
        const ids = firstOnes(call.route);
        const before = yield* command([group, reader.verb, ...ids]);
        // What the seed does not have, or has under a text, has tests of its own; the name of SCIM's user has parts.
        if (before.code !== 0 || call.name === "scim.updateUser") continue;
        const update = yield* command([group, verb, ...ids, "--name", "another"]);
        assert.equal(update.code, 0, `${group} ${verb}: ${update.stderr}`);
        const after = json(yield* command([group, reader.verb, ...ids]));
        const { updated_at: _, ...expected } = { ...json(before), name: "another" };
        const { updated_at: __, ...changed } = after;
        assert.deepEqual(changed, expected, `${group} ${verb}`);
        updated.push(call.name);
      }
      return updated;
    }).pipe(Effect.provide(sandbox.layer())),
  );
  assert(tried.length >= 5, tried.join());
});

// ---- what a server sends does not steer a terminal ------------------------------------------------------------------

/** Text that colours, moves, renames the window, rings, and begins a command with one character of Latin-1. */
const steering = "a\u001b[31mb\u001b[2J\u001b]0;title\u0007c\u009b1Ad\re\u0000f\u007fg";

Deno.test("nothing that a server sends reaches a terminal as a command, whatever is printed", async () => {
  const row = {
    id: 1,
    name: steering,
    [steering]: steering,
    created_at: steering,
    status_humanized: steering,
    nested: { [steering]: steering },
    execute_steps: [steering],
  };
  const refused = {
    status: { code: 400, is_success: false, user_message: steering },
    data: { [steering]: [steering] },
  };
  const answers: ReadonlyArray<readonly [ReadonlyArray<string>, unknown, number]> = [
    [["jobs", "get", "1"], { data: row }, 200],
    [["jobs", "list"], { data: [row] }, 200],
    [["jobs", "get", "1", "--fields", "name,created_at"], { data: row }, 200],
    [["jobs", "list", "--fields", "nothing"], { data: [row] }, 200],
    [["jobs", "update", "1", "--name", "x", "--fields", "nothing"], { data: row }, 200],
    [["jobs", "get", "1"], refused, 400],
    [["jobs", "get", "1"], { data: { id: steering } }, 200],
    [
      ["runs", "get", "1"],
      { data: { ...row, status: 3, run_steps: [{ id: 1, name: steering, logs: steering }] } },
      200,
    ],
  ];
  for (const format of ["table", "csv", "json", "jsonl"]) {
    for (const [argv, body, status] of answers) {
      const { layer } = transport(() => ({ status, body }));
      const left = await Effect.runPromise(
        Effect.provide(command([...argv, "--format", format], { terminal: true }), layer),
      );
      // deno-lint-ignore no-control-regex
      const commands = (left.stdout + left.stderr).match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g);
      assert.equal(commands, null, `${argv.join(" ")} --format ${format}: ${JSON.stringify(left)}`);
      assert.notEqual(left.code, 70);
    }
  }
});

Deno.test("--escape-formulas marks the text of a csv that a spreadsheet takes for a formula; csv keeps it otherwise", async () => {
  const names = ['=HYPERLINK("http://x")', "@SUM(A1)", "+1", "-1", "\t=1", " =1", "Daily = 1", "a-b"];
  const env = { ...sandboxEnv, DBTC_FORMAT: "csv" };
  const listed = await Effect.runPromise(
    Effect.gen(function* () {
      const rows: Array<string> = [];
      for (const name of names) {
        yield* command(["jobs", "update", "1", "--description", name], { env });
        const argv = ["jobs", "get", "1", "--fields", "description,id"];
        for (const flags of [[], ["--escape-formulas"]]) {
          rows.push((yield* command([...argv, ...flags], { env })).stdout.split("\n")[1] ?? "");
        }
      }
      return rows;
    }).pipe(Effect.provide(sandbox.layer())),
  );
  const quoted = (text: string) => text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
  assert.deepEqual(
    listed,
    names.flatMap((name, index) => [`${quoted(name)},1`, `${quoted(index < 6 ? `'${name}` : name)},1`]),
  );
});

const token = "dbtc_s3cr3t-0123456789";

Deno.test("no text that a command prints or writes has the token, also where a control character split it", async () => {
  const split = `x ${token} ${token.slice(0, 9)}\u0000${token.slice(9)} ${token.slice(0, 9)}\u001b[0m${token.slice(9)}`;
  const run = { id: 7, job_definition_id: 1, status: 20, status_humanized: split, status_message: split, href: split };
  const answer = (path: string) =>
    path.includes("/runs/7/")
      ? run
      : path.endsWith("/accounts/1/")
      ? { id: 1, name: split }
      : path.includes("/runs/")
      ? [run]
      : [{ id: 1, name: split }];
  const { layer } = transport(({ path }) => ok(answer(path)));
  const env = { DBT_CLOUD_HOST: "http://127.0.0.1:8008", DBT_CLOUD_SERVICE_TOKEN: token, DBT_CLOUD_ACCOUNT_ID: "1" };
  const lines: ReadonlyArray<ReadonlyArray<string>> = [
    ...["json", "jsonl", "csv", "table", "markdown"].map((format) => ["runs", "list", "--format", format]),
    ["runs", "wait", "7"],
    ["jobs", "list", "--fields", split],
    ["jobs", "list", "--raw"],
    ["api", "/api/v2/accounts/1/jobs/"],
    ["auth", "status"],
    ["__complete", "bash", "jobs", "get", ""],
    ["runs", "list", "-o", "/dev/stderr"],
  ];
  for (const argv of lines) {
    for (const terminal of [false, true]) {
      const { stderr, stdout } = await Effect.runPromise(Effect.provide(command(argv, { env, terminal }), layer));
      assert.doesNotMatch(stdout + stderr, new RegExp(token), argv.join(" "));
    }
  }
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/runs.json`;
    await Effect.runPromise(Effect.provide(command(["runs", "list", "-o", file], { env }), layer));
    assert.match(await Deno.readTextFile(file), /<redacted>/);
    assert.doesNotMatch(await Deno.readTextFile(file), new RegExp(token));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("csv in a pipe commands no CI system and no terminal; in a file it has every character", async () => {
  const name = "a\n::error::b\n##vso[task.complete]\u001b[31mc\u202ed\u200ee\tf";
  const { layer } = transport(() => ok([{ id: 1, name }]));
  const argv = ["jobs", "list", "--format", "csv", "--fields", "name"];
  const piped = await Effect.runPromise(Effect.provide(command(argv), layer));
  assert.equal(piped.stdout, 'name\n"a\n: :error::b\n## vso[task.complete]cde\tf"\n');
  const folder = await Deno.makeTempDir();
  try {
    await Effect.runPromise(Effect.provide(command([...argv, "-o", `${folder}/jobs.csv`]), layer));
    assert.equal(await Deno.readTextFile(`${folder}/jobs.csv`), `name\n"${name}"\n`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("csv of no rows has a header, whatever the command", async () => {
  const lines: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
    [["runs", "compare", "70471800000001", "70471800000001"], /^change,unique_id,/],
    [["runs", "cancel", "--job", "1", "--yes"], /^id,/],
    [["env-vars", "diff", "production", "production", "--project-id", "1"], /^variable,change,/],
    [["auth", "list"], /^current,name,/],
  ];
  const outcomes = await session(...lines.map(([argv]) => [[...argv, "--format", "csv"]] as const));
  for (const [index, [argv, header]] of lines.entries()) {
    assert.match(outcomes[index]?.stdout ?? "", header, argv.join(" "));
    assert.equal(outcomes[index]?.stdout.trimEnd().split("\n").length, 1);
  }
});

Deno.test("a request that is nested too deeply is refused, also for a dry run and an update", async () => {
  const deep = `{"name":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const { layer, sent } = transport(() => ok({ id: 1 }));
  for (
    const argv of [
      ["api", "POST", "/api/v2/accounts/1/jobs/", "--payload", "-"],
      ["jobs", "create", "--payload", "-"],
      ["jobs", "update", "1", "--payload", "-"],
    ]
  ) {
    for (const dry of [[], ["--dry-run"]]) {
      const { code, stderr } = await Effect.runPromise(
        Effect.provide(command([...argv, ...dry], { stdin: deep }), layer),
      );
      assert.equal(code, 2, stderr.slice(0, 300));
      assert.match(stderr, /--payload is nested deeper than 500 levels/);
      assert(stderr.length < 300);
    }
  }
  assert.deepEqual(sent.filter(({ method }) => method !== "GET"), []);
});
