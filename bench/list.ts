/**
 * `dbtc runs list --all --format jsonl` at 50 ms a request, against a warm sandbox: time from the command's start, CPU and
 * memory of its process, against a program that does the same with `fetch` and `JSON`. And the memory of a million rows
 * that a program streams. Goals: 0.7 s; CPU × 2.5; memory flat, and at most 350 MB.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DbtClient, paginate, runs } from "../mod.ts";

const [cli, bare, self, usage] = ["../cli.ts", "bare_list.ts", "list.ts", "print_usage.ts"].map((file) =>
  fileURLToPath(new URL(file, import.meta.url))
) as [string, string, string, string]; // as many as there are files
const command = [cli, "runs", "list", "--all", "--format", "jsonl"];

if (Deno.args[0] === undefined) await report();
else await drain(Deno.args[0]);

/** Reads all rows of a host as a stream of the library. The command would keep to 2,500 requests a minute. */
async function drain(host: string): Promise<void> {
  const client = DbtClient.layerFetch({
    token: Redacted.make("sandbox"),
    host,
    account_id: 1,
    requestsPerMinute: 1e6,
  });
  await Effect.runPromise(paginate(runs.list, {}).pipe(Stream.runDrain, Effect.provide(Layer.orDie(client))));
}

async function report(): Promise<void> {
  console.log("\nall runs as jsonl, 50 ms a request, a warm sandbox (medians of 3)");
  for (const count of [100, 10_000, 100_000]) {
    await against(count, async (host) => {
      const pages = Math.ceil(count / 100) * 0.05;
      print(count, "dbtc runs list --all", await median(host, command), `one page after another waits ${pages} s`);
      if (count === 100_000) print(count, "fetch and JSON", await median(host, [bare]));
    });
  }
  console.log("the same with --v8-flags=--optimize-for-size, with which V8 collects garbage early");
  for (const count of [10_000, 100_000]) {
    await against(count, async (host) => {
      print(count, "dbtc, heap kept small", await measure(host, ["--v8-flags=--optimize-for-size", ...command]));
    });
  }
  console.log("a stream of the library that nobody keeps");
  await against(1_000_000, async (host) => {
    print(1_000_000, "paginate(runs.list, {})", await measure(host, [self, host]));
  });
}

/** What a process took. */
interface Usage {
  readonly seconds: number;
  readonly cpu: number;
  readonly megabytes: number;
}

function print(count: number, what: string, { cpu, megabytes, seconds }: Usage, more = ""): void {
  console.log(
    `  ${String(count).padStart(7)} rows  ${what.padEnd(24)} ${seconds.toFixed(2).padStart(6)} s  ` +
      `CPU ${cpu.toFixed(2).padStart(6)} s  ${megabytes.toFixed(0).padStart(4)} MB  ${more}`.trimEnd(),
  );
}

/** The medians of three runs, after one that warms the sandbox up. */
async function median(host: string, args: ReadonlyArray<string>): Promise<Usage> {
  const all: Array<Usage> = [];
  for (let round = 0; round < 4; round++) all.push(await measure(host, args));
  const middle = (of: (usage: Usage) => number) => all.slice(1).map(of).sort((a, b) => a - b)[1] ?? NaN;
  return {
    seconds: middle(({ seconds }) => seconds),
    cpu: middle(({ cpu }) => cpu),
    megabytes: middle(({ megabytes }) => megabytes),
  };
}

/** Runs a program in a process of its own, whose output nobody keeps. */
async function measure(host: string, args: ReadonlyArray<string>): Promise<Usage> {
  const start = performance.now();
  const { stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--preload", usage, ...args],
    env: { DBT_CLOUD_HOST: host, DBT_CLOUD_SERVICE_TOKEN: "sandbox", DBT_CLOUD_ACCOUNT_ID: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  const seconds = (performance.now() - start) / 1000;
  const text = new TextDecoder().decode(stderr);
  const [, cpu, megabytes] = /^usage (\S+) (\S+)$/m.exec(text) ?? [];
  if (!success || cpu === undefined) throw new Error(text);
  return { seconds, cpu: Number(cpu), megabytes: Number(megabytes) };
}

/** Does something against a sandbox in another process, with that many runs. */
async function against(count: number, use: (host: string) => Promise<void>): Promise<void> {
  const sandbox = spawn(Deno.execPath(), ["run", "-A", cli, "sandbox", "--runs", String(count), "--latency", "50"]);
  const [ready] = await once(createInterface(sandbox.stdout), "line");
  try {
    await use(/http:\S+/.exec(String(ready))?.[0] ?? "");
  } finally {
    sandbox.kill();
    await once(sandbox, "close");
  }
}
