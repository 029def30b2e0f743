/**
 * The files of `dbtc sandbox`: seeds, state, and the certificate to trust; and the permissions that README names.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { jaffleShop } from "../../lib/sandbox/data/jaffle_shop_seed.ts";
import { command, sandboxEnv } from "../support/command.ts";

// ---- seeds ----------------------------------------------------------------------------------------------------------

Deno.test("readSeed takes what the sandbox itself starts with, collection by collection", () => {
  for (const [collection, rows] of Object.entries(jaffleShop)) {
    const seed = { [collection]: rows };
    assert.deepEqual(sandbox.readSeed(JSON.stringify(seed)), Result.succeed(JSON.parse(JSON.stringify(seed))));
  }
});

Deno.test("readSeed says what is wrong, and with which row", () => {
  const job = { id: 9, account_id: 1, project_id: 1, environment_id: 1, name: "Hourly" };
  const cases: ReadonlyArray<readonly [unknown, string | RegExp]> = [
    ["text", /^it is not JSON of rows by collection/],
    [{ jobz: [] }, /^there is no collection "jobz": accounts, /],
    [{ jobs: [{ ...job, id: undefined }] }, /^jobs \{"account_id":1.*: it has no id$/],
    [{ jobs: [{ ...job, account_id: undefined }] }, "jobs 9: it has no account_id"],
    [{ jobs: [{ ...job, name: 5 }] }, /^jobs 9: name is not what it should be: Expected string/],
    [{ jobs: [{ ...job, environment_id: 7 }] }, "jobs 9: there is no environment_id 7"],
    [{ jobs: [job, job] }, "jobs 9: there are two of this id"],
  ];
  for (const [seed, expected] of cases) {
    const read = sandbox.readSeed(JSON.stringify(seed));
    assert(Result.isFailure(read), JSON.stringify(seed));
    if (typeof expected === "string") assert.equal(read.failure, expected);
    else assert.match(read.failure, expected);
  }
});

Deno.test("a seed is instead of the collections that it has, and its jobs run", async () => {
  const seed = sandbox.readSeed(JSON.stringify({
    jobs: [{
      id: 9,
      account_id: 1,
      project_id: 1,
      environment_id: 1,
      name: "Hourly",
      execute_steps: ["dbt build"],
      _sandbox: { seconds: 5, fails: "orders" },
    }],
  }));
  const { list, run } = await Effect.runPromise(
    Effect.gen(function* () {
      const list = yield* command(["jobs", "list", "--fields", "id,name", "--format", "jsonl"]);
      return { list, run: yield* command(["jobs", "trigger", "9", "--poll-interval", "0.1"]) };
    }).pipe(Effect.provide(sandbox.layer({ seed: Result.getOrThrow(seed), speed: 6000 }))),
  );
  assert.equal(list.stdout, '{"id":9,"name":"Hourly"}\n');
  assert.equal(run.code, 1, run.stderr);
});

// ---- state ----------------------------------------------------------------------------------------------------------

Deno.test("a sandbox goes on from the snapshot of another one: rows, runs in flight, and ids", async () => {
  const jsonOf = (stdout: string) => JSON.parse(stdout);
  await Effect.runPromise(
    Effect.gen(function* () {
      const first = yield* sandbox.make();
      const on = (handle: sandbox.Handle, ...argv: ReadonlyArray<string>) =>
        Effect.map(
          Effect.provide(command(argv), handleLayer(handle)),
          ({ code, stdout, stderr }) => {
            assert.equal(code, 0, stderr);
            return jsonOf(stdout);
          },
        );
      yield* on(first, "jobs", "update", "1", "--name", "Renamed");
      yield* on(first, "jobs", "delete", "4", "--yes");
      const { id } = yield* on(first, "jobs", "trigger", "3", "--no-wait");
      yield* TestClock.adjust("10 seconds");
      const text = sandbox.writeSnapshot(yield* first.snapshot);
      const second = yield* sandbox.make({ state: Result.getOrThrow(sandbox.readSnapshot(text)) });
      for (const what of [["jobs", "list"], ["runs", "list"], ["runs", "get", String(id)]]) {
        assert.deepEqual(yield* on(second, ...what), yield* on(first, ...what));
      }
      assert.equal((yield* on(second, "runs", "get", String(id))).status, 3);
      assert.equal((yield* on(second, "jobs", "trigger", "1", "--no-wait")).id, id + 1);
      yield* TestClock.adjust("15 minutes");
      assert.equal((yield* on(second, "runs", "get", String(id))).status_humanized, "Success");
      assert.equal((yield* on(first, "jobs", "list")).length, 3);
    }).pipe(Effect.provide(TestClock.layer())),
  );
});

function handleLayer({ client }: sandbox.Handle) {
  return Layer.succeed(HttpClient.HttpClient, client);
}

Deno.test("onWrite follows each write before it is answered, and no read", async () => {
  const names: Array<unknown> = [];
  await Effect.runPromise(
    Effect.gen(function* () {
      yield* command(["jobs", "get", "1"]);
      yield* command(["jobs", "update", "1", "--name", "a"]);
      yield* command(["jobs", "delete", "1", "--yes"]);
    }).pipe(Effect.provide(sandbox.layer({
      onWrite: Effect.map(({ rows }) => void names.push([rows.jobs?.[0]?.name, rows.jobs?.[0]?.state])),
    }))),
  );
  assert.deepEqual(names, [["a", 1], ["a", 2]]);
});

Deno.test("readSnapshot says what is wrong", () => {
  const cases = ["", "{}", '{"sandbox":1,"rows":{},"plans":[],"runs":[{"id":1,"plan":0}]}'];
  const said = cases.map((text) => Result.getOrElse(Result.flip(sandbox.readSnapshot(text)), () => ""));
  assert.match(said[0] ?? "", /^it is not what a sandbox wrote/);
  assert.match(said[1] ?? "", /^it is not what a sandbox wrote/);
  assert.equal(said[2], "it has no plan of run 1");
});

Deno.test("readSnapshot says where a file is damaged, whatever the damage is", async () => {
  const taken = await Effect.runPromise(Effect.flatMap(sandbox.make({ runs: 2 }), ({ snapshot }) => snapshot));
  const text = sandbox.writeSnapshot(taken);
  assert(Result.isSuccess(sandbox.readSnapshot(text)));
  // deno-lint-ignore no-explicit-any -- each case damages it elsewhere
  const damage = (change: (file: any) => void) => {
    const file = JSON.parse(text);
    change(file);
    return JSON.stringify(file);
  };
  const cases: ReadonlyArray<readonly [text: string, words: RegExp]> = [
    [text.slice(0, 3000), /not JSON: .*position \d+/],
    ["[]", /does not say which version/],
    [damage((file) => file.sandbox = 2), /another version of dbtc wrote it, in the format 2/],
    [damage((file) => file.plans[0] = null), /\["plans"\]\[0\]/],
    [damage((file) => file.plans[0].steps[0].begin = "x"), /\["plans"\]\[0\]\["steps"\]\[0\]\["begin"\]/],
    [damage((file) => file.plans[0].steps.at(-1).nodes[0] = {}), /\["nodes"\]\[0\]\["node"\]/],
    [damage((file) => file.runs[0].plan = 99), /no plan of run 70471800000001/],
    [damage((file) => delete file.runs[1].place), /run 70471800000002 is damaged: .*\["place"\]/],
    [damage((file) => file.runs[1].created = 1e300), /run 70471800000002 or its plan is damaged/],
    [damage((file) => file.runs[1].id = file.runs[0].id), /two runs with one id/],
    [damage((file) => file.rows = { jobs: null }), /\["rows"\]\["jobs"\]/],
    [damage((file) => delete file.rows.jobs[1].id), /row 1 of jobs has no id/],
    [damage((file) => file.rows.jobs[1].id = 1), /jobs has two rows with the id 1/],
  ];
  for (const [damaged, words] of cases) {
    const read = sandbox.readSnapshot(damaged);
    assert(Result.isFailure(read), String(words));
    assert.match(read.failure, words);
  }
});

Deno.test("dbtc sandbox refuses files that it cannot read, and options that contradict --replay", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/empty`, "");
  await Deno.writeFile(`${folder}/bytes`, Uint8Array.of(0xff, 0xfe, 0));
  const said = await Effect.runPromise(
    Effect.forEach(
      [
        ["--seed", `${folder}/none`],
        ["--seed", `${folder}/empty`],
        ["--replay", `${folder}/empty`],
        ["--state", `${folder}/empty`],
        ["--state", `${folder}/none/state`],
        ["--replay", `${folder}/empty`, "--speed", "2"],
        ["--seed", folder],
        ["--replay", `${folder}/bytes`],
        ["--allow-host", "a:80"],
      ],
      (flags) => command(["sandbox", ...flags], { env: { ...sandboxEnv, DBTC_FORMAT: "table" } }),
    ).pipe(Effect.provide(sandbox.layer())),
  );
  await Deno.remove(folder, { recursive: true });
  assert.deepEqual(said.map(({ code, stdout }) => [code, stdout]), said.map(() => [2, ""]));
  const words = [
    /--seed: cannot read .*none: no such file or folder/,
    /--seed: .*empty: it is not JSON/,
    /it is no recording of dbtc/,
    /--state: .*not what a sandbox wrote/,
    /Cannot write .*none\/state/,
    /--speed does not go with --replay/,
    /--seed: cannot read .*: it is a folder/,
    /--replay: .*bytes is not a text file/,
    /--allow-host: .*"a:80" is not a host name/,
  ];
  for (const [index, pattern] of words.entries()) assert.match(said[index]?.stderr ?? "", pattern);
});

// ---- as a process ---------------------------------------------------------------------------------------------------

const cli = new URL("../../cli.ts", import.meta.url).pathname;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function deno(flags: ReadonlyArray<string>, argv: ReadonlyArray<string>, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...flags, cli, ...argv],
    env,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) } satisfies Ended;
}

/** Starts a sandbox with these permissions, and uses it by what it says to type. */
async function withSandbox(
  flags: ReadonlyArray<string>,
  argv: ReadonlyArray<string>,
  use: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...flags, cli, "sandbox", ...argv],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    const { value = "" } = await reader.read();
    const lines = [...value.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = "", text = ""]) => [name, text]);
    await use(Object.fromEntries(lines));
  } finally {
    await reader.cancel();
    process.kill("SIGINT");
    await process.status;
  }
}

/** The flags of a command that README shows. */
async function permissionsOf(pattern: RegExp): Promise<ReadonlyArray<string>> {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const flags = pattern.exec(readme)?.[1];
  assert(flags !== undefined, `README has no ${pattern}`);
  return flags.replaceAll("'", "").trim().split(/\s+/);
}

Deno.test("the permissions that README names are enough, and nothing else is asked for", async () => {
  const flags = await permissionsOf(/^\$ deno install --global ((?:--allow-\S+ ?)+)/m);
  assert(!flags.includes("-A") && !flags.includes("--allow-all") && !flags.includes("--allow-env"), flags.join(" "));
  const folder = await Deno.makeTempDir();
  const file = `${folder}/out`;
  await withSandbox(flags, ["--speed", "600", "--state", `${folder}/state`, "--tls"], async (env) => {
    for (
      const argv of [
        ["jobs", "list"],
        ["jobs", "trigger", "1", "--poll-interval", "0.1"],
        ["jobs", "get", "1", "-o", file],
        ["jobs", "update", "1", "--payload", `@${file}`],
        ["record", file, "--", "runs", "list"],
        // Packages may read variables of their own.
        ["jobs", "plan", new URL("../jobs_as_code/files/01_defaults.yml", import.meta.url).pathname],
        ["models", "list", "--limit", "1"],
        ["sl", "query", "--metrics", "revenue", "--limit", "1"],
      ]
    ) {
      const { code, stderr } = await deno(flags, argv, env);
      assert.equal(code, 0, `${argv.join(" ")}: ${stderr}`);
    }
    const untold = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("DBT_")));
    const { code, stderr } = await deno(flags, ["jobs", "list"], untold);
    assert.equal(code, 7);
    assert.match(stderr, /cannot be trusted/);
  });
  assert.equal(((await Deno.stat(`${folder}/state`)).mode ?? 0) & 0o777, 0o600);
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(), ["out", "state"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a permission that is missing is said, and is no defect", async () => {
  const env = { ...sandboxEnv, DBTC_FORMAT: "table" };
  const settings = "--allow-env=DBT_CLOUD_*,DBTC_*";
  const cases: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp, ReadonlyArray<string>?]> = [
    [[], /DBT\w+ cannot be read without permission: run again with --allow-env/],
    [[settings], /Requires net access to .*run again with the --allow-net flag/],
    [[settings], /Cannot write jobs\.json: Requires write access to .*run again with the --allow-write flag/, [
      "-o",
      "jobs.json",
    ]],
  ];
  for (const [flags, words, argv = []] of cases) {
    const { code, stderr, stdout } = await deno(flags, ["jobs", "list", ...argv], env);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, words);
    assert.equal(stderr.trimEnd().split("\n").filter((line) => !line.startsWith("See ")).length, 1, stderr);
  }
  assert.equal((await deno([], ["--version"])).code, 0);
});
