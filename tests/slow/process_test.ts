/**
 * The command as a process of its own, over a port: what only a process has, signals, pipes and an exit code.
 *
 * @module
 */
import assert from "node:assert/strict";
import { faultNames } from "../../lib/sandbox/mod.ts";
import { dbtcArgs, dbtcInShell, dbtcProgram } from "../support/dbtc_process.ts";

function dbtc(
  args: ReadonlyArray<string>,
  env: Record<string, string>,
  options: Deno.CommandOptions = {},
): Deno.ChildProcess {
  return new Deno.Command(dbtcProgram, {
    args: [...dbtcArgs, ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
}

/** What a stream says until a text is in it, or all of it. */
async function until(stream: ReadableStream<Uint8Array>, text?: string): Promise<string> {
  let said = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    if (text !== undefined && said.includes(text)) break;
  }
  return said;
}

/** Does something against a sandbox in a process of its own. */
async function withSandbox(
  args: ReadonlyArray<string>,
  use: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const sandbox = dbtc(["sandbox", ...args], {}, { stderr: "null" });
  try {
    const ready = await until(sandbox.stdout, "ACCOUNT_ID=1\n");
    const exports = [...ready.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]);
    assert.match(ready, /^dbtc sandbox listening on http:\/\/127\.0\.0\.1:\d+\n/);
    assert.equal(exports.length, 3);
    await use(Object.fromEntries(exports));
  } finally {
    sandbox.kill();
    await sandbox.status;
  }
}

/** The state of the newest run of a job. */
async function newest(
  env: Record<string, string>,
  job: number,
): Promise<{ readonly id: number; readonly status_humanized: string }> {
  const { stdout } = await dbtc(["runs", "list", "-j", String(job), "--limit", "1"], env, { stderr: "null" }).output();
  return JSON.parse(new TextDecoder().decode(stdout))[0];
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} cancels the run that jobs trigger started, prints it, and exits ${code}`, async () => {
    await withSandbox([], async (env) => {
      const process = dbtc(["jobs", "trigger", "3", "--poll-interval", "0.2"], env);
      const stdout = until(process.stdout);
      const [seen, rest] = process.stderr.tee();
      const all = until(rest);
      await until(seen, "Running");
      process.kill(signal);
      assert.equal((await process.status).code, code);
      const run = JSON.parse(await stdout);
      assert.deepEqual([run.job_definition_id, run.status_humanized], [3, "Cancelled"]);
      assert.match(await all, new RegExp(`Cancelling run ${run.id}`));
      assert.deepEqual(await newest(env, 3).then(({ id, status_humanized }) => [id, status_humanized]), [
        run.id,
        "Cancelled",
      ]);
    });
  });
}

Deno.test("SIGHUP leaves the run that jobs trigger started, says which, and exits 129", async () => {
  await withSandbox([], async (env) => {
    const process = dbtc(["jobs", "trigger", "3", "--poll-interval", "0.2"], env, { stdout: "null" });
    const [seen, rest] = process.stderr.tee();
    const all = until(rest);
    await until(seen, "Running");
    process.kill("SIGHUP");
    assert.equal((await process.status).code, 129);
    const { id, status_humanized } = await newest(env, 3);
    assert.equal(status_humanized, "Running");
    assert.equal((await all).trimEnd().split("\n").at(-1), `Run ${id} continues: dbtc runs wait ${id}`);
  });
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`a second ${signal} ends jobs trigger at once, and says which run may go on`, async () => {
    await withSandbox(["--fault", "slow-cancel"], async (env) => {
      const process = dbtc(["jobs", "trigger", "3", "--poll-interval", "0.2"], env, { stdout: "null" });
      const [seen, rest] = process.stderr.tee();
      const [before, after] = seen.tee();
      const all = until(rest);
      await until(before, "Running");
      process.kill(signal);
      await until(after, "Cancelling");
      process.kill(signal);
      assert.equal((await process.status).code, code);
      const { id, status_humanized } = await newest(env, 3);
      assert.equal(status_humanized, "Running");
      const last = `Run ${id} is being cancelled: dbtc runs wait ${id}`;
      assert.equal((await all).trimEnd().split("\n").at(-1), last);
    });
  });
}

Deno.test("SIGINT leaves the run with --on-interrupt leave, and its id is in --run-id-file all the while", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/run`;
  await withSandbox([], async (env) => {
    const argv = ["jobs", "trigger", "3", "--poll-interval", "0.2", "--on-interrupt", "leave", "--run-id-file", file];
    const process = dbtc(argv, env, { stdout: "null" });
    await until(process.stderr, "Running");
    const { id } = await newest(env, 3);
    assert.equal(await Deno.readTextFile(file), `${id}\n`);
    process.kill("SIGINT");
    assert.equal((await process.status).code, 130);
    assert.equal((await newest(env, 3)).status_humanized, "Running");
  });
  assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["run"]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a command that loads no more than its group names every endpoint that it calls", async () => {
  await withSandbox([], async (env) => {
    const calls: ReadonlyArray<readonly [endpoint: string, ...args: ReadonlyArray<string>]> = [
      ["projects.get", "projects", "get", "1"],
      ["jobs.get", "jobs", "update", "1", "--name", "x"],
      ["projects.list", "jobs", "list", "--project-name", "x"],
      ["runs.list", "runs", "get-most-recent"],
      ["jobs.get", "get-job", "--job-id", "1"],
      ["accounts.whoami", "whoami"],
    ];
    const said = await Promise.all(calls.map(async ([, ...args]) => {
      const { stderr } = await dbtc(args, { ...env, DBT_CLOUD_SERVICE_TOKEN: "wrong" }).output();
      const { error } = JSON.parse(new TextDecoder().decode(stderr));
      return [error.reason, error.endpoint];
    }));
    assert.deepEqual(said, calls.map(([endpoint]) => ["Unauthorized", endpoint]));
  });
});

Deno.test("a reader that goes away ends dbtc in silence", async () => {
  await withSandbox(["--runs", "3000"], async (env) => {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", `set -o pipefail; ${dbtcInShell} runs list --all | head -1`],
      env,
    }).output();
    assert.deepEqual([code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)], [0, "[\n", ""]);
  });
});

Deno.test("a host that does not answer exits 7 and says so, once early and once at the end", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const host = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  const env = {
    DBT_CLOUD_HOST: `http://${host}`,
    DBT_CLOUD_TOKEN: "t",
    DBT_CLOUD_ACCOUNT_ID: "1",
    DBTC_FORMAT: "table",
  };
  const { code, stdout, stderr } = await dbtc(["jobs", "list"], env).output();
  assert.deepEqual([code, stdout.length], [7, 0]);
  const said = new TextDecoder().decode(stderr).trimEnd().split("\n");
  assert.match(said[0] ?? "", /^dbtc: warn: jobs\.list: No answer from .* Trying again$/);
  assert.match(
    said[1] ?? "",
    new RegExp(`^dbtc: jobs list: No answer from ${host}: .*(Connection refused|ECONNREFUSED).*Check the host`),
  );
  assert.equal(said.length, 2);
});

Deno.test("dbtc sandbox --fault takes every fault, by name and as JSON", async () => {
  const asJson = faultNames.map((fault) => ({
    fault,
    route: "POST */nothing/",
    times: 2,
    probability: 0.5,
    seconds: 3,
  }));
  const asked = [...faultNames.map((fault) => ({ fault })), ...asJson];
  const flags = [...faultNames, ...asJson.map((fault) => JSON.stringify(fault))].flatMap((text) => ["--fault", text]);
  await withSandbox(flags, async ({ DBT_CLOUD_HOST }) => {
    const answer = await fetch(`${DBT_CLOUD_HOST}/_sandbox/faults`);
    assert.deepEqual(await answer.json(), { faults: asked });
  });
});

Deno.test("deno task demo shows the main job", async () => {
  const demo = new URL("../../tools/demo.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--quiet", demo] })
    .output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  for (const text of ["✓ Success in", "✗ Error in", "model.jaffle_shop.customers", "DURATION"]) {
    assert(said.includes(text), text);
  }
});
