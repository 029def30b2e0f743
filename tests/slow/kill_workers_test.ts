/**
 * Workers that are killed or frozen start nothing twice, and lose nothing. It takes about 30 s, and two minutes with
 * PostgreSQL. `kill_workers.ts` is the long form.
 */
import assert from "node:assert/strict";
import { newDatabase, postgres } from "../support/deployment_processes.ts";
import { killWorkers, takeOver } from "./kill_workers.ts";

Deno.test("SQLite: a worker that is killed again and again starts one run for each key", async () => {
  const result = await killWorkers(`${await Deno.makeTempDir()}/deployments.sqlite`, 6, 1, 0.02);
  assert.deepEqual([result.twice, result.open, result.silent], [[], [], []], Deno.inspect(result));
  assert(result.kills > 0);
});

Deno.test({
  name: "PostgreSQL: workers that are killed again and again start one run for each key (deno task durable runs it)",
  ignore: postgres === undefined,
  fn: async () => {
    const result = await killWorkers(await newDatabase(), 6, 2, 0.02);
    assert.deepEqual([result.twice, result.open, result.silent], [[], [], []], Deno.inspect(result));
    assert(result.kills > 0);
  },
});

Deno.test({
  name:
    "PostgreSQL: a worker that freezes is taken over, and starts nothing when it comes back (deno task durable runs it)",
  ignore: postgres === undefined,
  fn: async () => {
    const { more, seconds } = await takeOver(await newDatabase(), "SIGSTOP", 6);
    assert.equal(more, 0);
    // 15 s on an idle machine.
    assert(seconds < 30, `took ${seconds} s`);
  },
});
