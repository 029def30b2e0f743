/**
 * The one file that `deno task build` writes, on the Node of this machine: 15 s. `deno task test:build` runs the tests of
 * processes against it, on Deno and several versions of Node.
 *
 * @module
 */
import assert from "node:assert/strict";
import deno from "../../deno.json" with { type: "json" };
import { build } from "../../tools/build.ts";

const decoder = new TextDecoder();

async function output(
  program: string,
  args: ReadonlyArray<string>,
  options: Deno.CommandOptions = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { code, stderr, stdout } = await new Deno.Command(program, { args: [...args], stdin: "null", ...options })
    .output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const hasNode = await output("node", ["--version"]).then(({ code }) => code === 0, () => false);

Deno.test({
  name: "dbtc.mjs is an npm package, whose command runs a sandbox and jobs against it on Node",
  ignore: !hasNode,
  async fn() {
    const folder = await Deno.makeTempDir();
    await build(`${folder}/dist`);
    const packed = await output("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: `${folder}/dist` });
    assert.equal(packed.code, 0, packed.stderr);
    const files = packed.stdout.trim();
    const install = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, `${folder}/${files}`];
    const installed = await output("npm", install);
    assert.equal(installed.code, 0, installed.stderr);
    const dbtc = `${folder}/node_modules/.bin/dbtc`;
    const version = await output(dbtc, ["--version"]);
    assert.match(version.stdout, new RegExp(`^dbtc ${deno.version} .* on Node `));

    const sandbox = new Deno.Command(dbtc, { args: ["sandbox", "--speed", "60"], stdout: "piped", stderr: "inherit" })
      .spawn();
    let ready = "";
    for await (const text of sandbox.stdout.pipeThrough(new TextDecoderStream())) {
      ready += text;
      if (ready.includes("ACCOUNT_ID=1\n")) break;
    }
    const env = Object.fromEntries(
      [...ready.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    const run = (...args: ReadonlyArray<string>) => output(dbtc, args, { env });
    const jobs = await run("jobs", "list", "--format", "csv", "--fields", "id,name");
    assert.deepEqual(jobs, { code: 0, stdout: await tableOfJobs(env), stderr: "" });
    // Packages that are in the file as text: yaml here, and graphql in the sandbox.
    const file = new URL("../jobs_as_code/files/01_defaults.yml", import.meta.url).pathname;
    const plan = await run("jobs", "plan", file, "--format", "json");
    assert.deepEqual([plan.code, JSON.parse(plan.stdout).account_id], [0, 1], plan.stderr);
    const models = await run("models", "list", "--format", "csv", "--fields", "name", "--limit", "1");
    assert.deepEqual([models.code, models.stdout.split("\n")[0]], [0, "name"], models.stderr);
    const done = await run("jobs", "trigger", "1", "--poll-interval", "0.2");
    assert.deepEqual([done.code, JSON.parse(done.stdout).status_humanized], [0, "Success"]);
    assert.equal((await run("jobs", "trigger", "2", "--poll-interval", "0.2")).code, 1);
    assert.equal((await run("jobs", "get", "99")).code, 3);
    assert.equal((await run("jobs", "nothing")).code, 2);

    const cancelled = new Deno.Command(dbtc, {
      args: ["jobs", "trigger", "3", "--poll-interval", "0.2"],
      env,
      stdout: "piped",
      stderr: "piped",
    })
      .spawn();
    const stdout = new Response(cancelled.stdout).text();
    for await (const text of cancelled.stderr.pipeThrough(new TextDecoderStream())) {
      if (text.includes("Running")) break;
    }
    cancelled.kill("SIGINT");
    assert.equal((await cancelled.status).code, 130);
    assert.equal(JSON.parse(await stdout).status_humanized, "Cancelled");

    sandbox.kill("SIGTERM");
    assert.equal((await sandbox.status).code, 143);
    await Deno.remove(folder, { recursive: true });
  },
});

/** What `jobs list` prints of the sandbox's jobs, from its answer. */
async function tableOfJobs(env: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(`${env.DBT_CLOUD_HOST}/api/v2/accounts/1/jobs/`, {
    headers: { authorization: "Token sandbox" },
  });
  const { data }: { readonly data: ReadonlyArray<{ readonly id: number; readonly name: string }> } = await answer
    .json();
  return ["id,name", ...data.map(({ id, name }) => `${id},${name}`)].join("\n") + "\n";
}
