/**
 * `dbtc sandbox --state` as processes: one sandbox for each file, and nothing lost when it is killed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dbtcArgs, dbtcProgram } from "../support/dbtc_process.ts";

function start(...args: ReadonlyArray<string>): Deno.ChildProcess {
  return new Deno.Command(dbtcProgram, {
    args: [...dbtcArgs, "sandbox", ...args],
    env: { DBTC_FORMAT: "table" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The address of a sandbox, once it announces it. */
async function addressOf(process: Deno.ChildProcess): Promise<string> {
  let text = "";
  for await (const piece of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const [, url] = /listening on (\S+)\n/.exec(text) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`it does not listen: ${text}`);
}

async function stop(process: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  process.kill(signal);
  await process.stderr.cancel();
  await process.status;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const flags of [[], ["--tls"]]) {
  Deno.test(`a second sandbox on a state file is refused with the first one's address ${flags}`, () =>
    inFolder(async (folder) => {
      const state = `${folder}/state`;
      const first = start("--state", state, ...flags);
      const url = await addressOf(first);
      await Deno.symlink(state, `${folder}/link`);
      for (const name of ["state", "link"]) {
        const second = await start("--state", `${folder}/${name}`).output();
        assert.deepEqual([second.code, second.stdout.length], [2, 0]);
        assert(new TextDecoder().decode(second.stderr).includes(`the sandbox at ${url} uses ${folder}/${name}`));
      }
      // A sandbox that was killed leaves its lock, and nobody has to remove it.
      await stop(first, "SIGKILL");
      const third = start("--state", state);
      await addressOf(third);
      await stop(third, "SIGINT");
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(), ["link", "state"]);
    }));
}

for (const left of ["", " that a killed one left"]) {
  Deno.test(`of two sandboxes that start at the same time on one state file${left}, one runs`, () =>
    inFolder(async (folder) => {
      const lock = JSON.stringify({ url: "http://127.0.0.1:1", instance: "killed" });
      if (left !== "") await Deno.writeTextFile(`${folder}/state.lock`, lock);
      const processes = [0, 1].map(() => start("--state", `${folder}/state`));
      const codes = processes.map(async ({ status }) => (await status).code);
      assert.equal(await Promise.race(codes), 2);
      for (const process of processes) {
        try {
          process.kill("SIGINT");
        } catch {
          // It is the one that ended.
        }
        await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
      }
      assert.deepEqual((await Promise.all(codes)).filter((code) => code === 2), [2]);
    }));
}

Deno.test("writes that were acknowledged outlive kill -9, and many at once are saved together", () =>
  inFolder(async (folder) => {
    const state = `${folder}/state`;
    const acknowledged: Array<number> = [];
    for (let round = 0; round < 3; round++) {
      const process = start("--state", state);
      const url = await addressOf(process);
      const path = `${url}/api/v2/accounts/1/jobs/4/run/`;
      const headers = { authorization: "Token sandbox", "content-type": "application/json" };
      const writes = Array.from({ length: 60 }, async () => {
        const answer = await fetch(path, { method: "POST", headers, body: '{"cause":"x"}' });
        acknowledged.push((await answer.json()).data.id);
      });
      await Promise.race(writes);
      await stop(process, "SIGKILL");
      await Promise.allSettled(writes);
    }
    const kept = new Set(JSON.parse(await Deno.readTextFile(state)).runs.map(({ id }: { readonly id: number }) => id));
    assert(acknowledged.length >= 3);
    assert.deepEqual(acknowledged.filter((id) => !kept.has(id)), []);
    assert.equal(new Set(acknowledged).size, acknowledged.length);
  }));

Deno.test("a port that is in use is named in plain words", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await start("--port", String(listener.addr.port)).output();
  listener.close();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /^dbtc: --port: another program uses port \d+\. Choose another port/m);
});
