/**
 * Measures a worker that waits for a thousand runs after a restart: memory, CPU and requests a minute. On Linux:
 * `deno run -A tests/slow/thousand_waits.ts [DATABASE] [DEPLOYMENTS]`, about four minutes.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { begin } from "../../lib/durable/deploy.ts";
import { storage } from "../../lib/durable/deployments.ts";
import * as durable from "../../lib/durable/mod.ts";
import { asking, dbtc, startSandbox } from "./kill_workers.ts";

const [database = `${await Deno.makeTempDir()}/deployments.sqlite`, count = "1000"] = Deno.args;
/** How long is measured, in seconds. */
const seconds = 60;

const startWorker = async (env: Record<string, string>) => {
  const worker = dbtc(["worker", "--database", database, "--port", "0"], env, "piped");
  for await (const text of worker.stdout.pipeThrough(new TextDecoderStream())) {
    const url = /http:\S+/.exec(text)?.[0];
    if (url !== undefined) return { worker, url };
  }
  throw new Error("the worker does not listen");
};

/** CPU seconds and resident megabytes of a process. */
const usage = (pid: number) => {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  const resident = /VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return { cpu: (Number(stat[11]) + Number(stat[12])) / 100, megabytes: Math.round(Number(resident) / 1000) };
};

const requests = async (url: string) =>
  Number(/^dbtc_poll_requests_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

const sandbox = await startSandbox("0.001");
let { url, worker } = await startWorker(sandbox.env);
const program = Effect.gen(function* () {
  const self = yield* storage;
  for (let i = 0; i < Number(count); i++) yield* begin(self, { job_id: 3, cause: "Wait" }, { key: `key-${i}` });
  for (let i = 0; i < 600; i++) {
    const infos = yield* durable.list({ limit: Number(count) });
    if (infos.every(({ run_id }) => run_id !== null)) break;
    yield* Effect.sleep("1 second");
  }
});
const begun = performance.now();
await Effect.runPromise(Effect.provide(program, asking(database, sandbox.host)));
console.log({ started: Number(count), seconds: Math.round((performance.now() - begun) / 1000) });
worker.kill("SIGKILL");
await worker.status;
({ url, worker } = await startWorker(sandbox.env));
await new Promise((resolve) => setTimeout(resolve, 40_000));
const [before, asked] = [usage(worker.pid), await requests(url)];
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const after = usage(worker.pid);
console.log({
  megabytes: after.megabytes,
  cpuPercent: Math.round((after.cpu - before.cpu) / seconds * 1000) / 10,
  requestsPerMinute: (await requests(url) - asked) * 60 / seconds,
});
worker.kill("SIGKILL");
await worker.status;
await sandbox.stop();
