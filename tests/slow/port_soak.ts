/**
 * A soak over a port: eight clients and faults against `dbtc sandbox --state`, which is killed by SIGKILL again and again
 * in the first half of the time. Then its memory must stay flat. At the end, each write that it acknowledged must be
 * there once. `deno task soak [MINUTES]` runs this (default: 10). It needs Linux, for the memory of a process.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import assert from "node:assert/strict";
import { DbtClient } from "../../mod.ts";
import { dbtcArgs, dbtcProgram } from "../support/dbtc_process.ts";
import { faults, storm } from "./soak.ts";

const minutes = Number(Deno.args[0] ?? 10);
assert(minutes > 0, "deno task soak [MINUTES]");
/** A sandbox is killed this often, in milliseconds. */
const killInterval = 15_000;

const folder = await Deno.makeTempDir({ prefix: "dbtc-soak-" });
const state = `${folder}/state.json`;
// Without those that take seconds of real time, or change the state of the whole account.
const chosen = faults.filter(({ fault }) => !["timeout", "slow", "late-accept"].includes(fault));
const flags = chosen.flatMap((fault) => ["--fault", JSON.stringify(fault)]);

/** Starts the sandbox; gives it with its port. */
async function start(port: number): Promise<{ readonly process: Deno.ChildProcess; readonly port: number }> {
  const args = [...dbtcArgs, "sandbox", "--speed", "600", "--state", state, "--port", String(port), ...flags];
  const process = new Deno.Command(dbtcProgram, {
    args: port === 0 ? [...args, "--runs", "250"] : args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const piece of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const [, found] = /listening on http:\/\/127\.0\.0\.1:(\d+)\n/.exec(text) ?? [];
    if (found !== undefined) return { process, port: Number(found) };
  }
  throw new Error(`the sandbox does not start: ${text}`);
}

/** The memory of a process, in MB. */
function memory(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1]) / 1024;
}

function median(numbers: ReadonlyArray<number>): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

const begun = performance.now();
const elapsed = () => (performance.now() - begun) / 60_000;
let { process: sandbox, port } = await start(0);
const url = `http://127.0.0.1:${port}`;
let kills = 0;
const samples: Array<{ readonly sandbox: number; readonly clients: number }> = [];

/** Kills the sandbox again and again in the first half, and measures memory in the second. */
async function disturb(): Promise<void> {
  while (elapsed() < minutes / 2) {
    await new Promise((done) => setTimeout(done, Math.min(killInterval, minutes * 10_000)));
    sandbox.kill("SIGKILL");
    await sandbox.status;
    kills++;
    sandbox = (await start(port)).process;
  }
  while (elapsed() < minutes) {
    await new Promise((done) => setTimeout(done, minutes * 500));
    // Without what the next garbage collection takes.
    Reflect.get(globalThis, "gc")?.();
    samples.push({ sandbox: memory(sandbox.pid), clients: Deno.memoryUsage().heapUsed / 1024 / 1024 });
  }
}

const session = DbtClient.layerFetch({
  token: Redacted.make("sandbox"),
  host: url,
  account_id: 1,
  requestsPerMinute: 60_000,
});
const heal = Effect.ignore(
  Effect.promise(() => fetch(`${url}/_sandbox/faults`, { method: "DELETE" }).then((answer) => answer.body?.cancel())),
);
const disturbed = disturb();
const { ends, writes } = await Effect.runPromise(
  storm({ goesOn: () => elapsed() < minutes, heal, workers: 8, writes: 0.05, settle: "5 seconds" }).pipe(
    Effect.provide(Layer.mergeAll(session, Logger.layer([]))),
  ),
);
await disturbed;
sandbox.kill("SIGTERM");
await sandbox.status;

const calls = Object.values(ends).reduce((sum, times) => sum + times, 0);
console.log(
  `${calls} calls in ${minutes} minutes, ${writes} of them writes, ${kills} times kill -9; none lost or doubled`,
);
for (const [end, times] of Object.entries(ends).toSorted()) console.log(`  ${end.padEnd(28)} ${times}`);
const size = (await Deno.stat(state)).size / 1024 / 1024;
const third = Math.floor(samples.length / 3);
for (const whose of ["sandbox", "clients"] as const) {
  const [early, late] = [samples.slice(third, 2 * third), samples.slice(2 * third)].map((part) =>
    median(part.map((sample) => sample[whose]))
  ) as [number, number]; // of two parts
  console.log(`memory of the ${whose}: ${early.toFixed(0)} MB, later ${late.toFixed(0)} MB`);
  assert(late <= early * 1.2 + 20, `the memory of the ${whose} grows`);
}
console.log(`the state file: ${size.toFixed(1)} MB`);
await Deno.remove(folder, { recursive: true });
