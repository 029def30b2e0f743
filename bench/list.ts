/** 10,000 and 100,000 runs at 50 ms a request: time, and the memory of the process. Goal: 0.8 s; memory flat. @module */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { DbtClient, paginate, runs } from "../mod.ts";

const cli = new URL("../cli.ts", import.meta.url).pathname;

/** Does something against a sandbox in another process, with that many runs. */
async function against<A>(count: number, use: (host: string) => Promise<A>): Promise<A> {
  const sandbox = spawn(Deno.execPath(), ["run", "-A", cli, "sandbox", "--runs", String(count), "--latency", "50"]);
  const [ready] = await once(createInterface(sandbox.stdout), "line");
  try {
    return await use(/http:\S+/.exec(String(ready))?.[0] ?? "");
  } finally {
    sandbox.kill();
    await once(sandbox, "close");
  }
}

async function command(host: string) {
  const start = performance.now();
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", cli, "runs", "list", "--all", "--format", "jsonl"],
    env: { DBT_CLOUD_HOST: host, DBT_CLOUD_SERVICE_TOKEN: "sandbox", DBT_CLOUD_ACCOUNT_ID: "1" },
  }).output();
  return { seconds: (performance.now() - start) / 1000, rows: new TextDecoder().decode(stdout).split("\n").length - 1 };
}

/** The most memory that this process has while the rows come, in MB. */
async function memory(host: string): Promise<number> {
  let most = 0;
  const session = DbtClient.layerFetch({
    token: Redacted.make("sandbox"),
    host,
    account_id: 1,
    requestsPerMinute: 1e6,
  });
  await Effect.runPromise(
    paginate(runs.list, {}).pipe(
      Stream.runForEachArray(() => Effect.sync(() => most = Math.max(most, Deno.memoryUsage().rss))),
      Effect.provide(Layer.orDie(session)),
    ),
  );
  return most / 2 ** 20;
}

console.log("\ndbtc runs list --all --format jsonl, 50 ms a request");
for (const count of [100, 10_000, 100_000]) {
  const { rows, seconds } = await against(count, command);
  const megabytes = await against(count, memory);
  const sequential = Math.ceil(rows / 100) * 0.05;
  console.log(
    `  ${String(rows).padStart(7)} rows  ${seconds.toFixed(2).padStart(6)} s  ${megabytes.toFixed(0).padStart(4)} MB` +
      `  one page after another waits ${sequential.toFixed(2)} s: × ${(seconds / sequential).toFixed(2)}`,
  );
}
