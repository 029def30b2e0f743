/**
 * `--job` in place of a run: every command that reads a run has it, and it means the same in all of them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { runsOfJob } from "../../../lib/cli/commands/run_of_job.ts";
import { table } from "../../../lib/groups/table.ts";
import { commandName } from "../../../lib/groups/table_entry.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome } from "../../support/command.ts";
import { succeeds } from "../../support/fixtures.ts";

/** Runs command lines against one sandbox. Its runs of jobs 1, 2 and 3 end in 1 and 4, 2 and 5, 3 and 6. */
function dbtc(...lines: ReadonlyArray<string>): Promise<ReadonlyArray<Outcome>> {
  return succeeds(
    Effect.forEach(lines, (line) => command(line.split(" "), { terminal: true })).pipe(
      Effect.provide(sandbox.layer()),
    ),
  );
}

const ofRun = table.filter(({ call }) => runsOfJob(call) !== undefined);

Deno.test("each command that reads a run takes a job, and no command that changes one does", () => {
  assert.deepEqual(
    ofRun.map(({ call }) => call.name),
    [
      ...["compare", "download", "explain", "get", "getArtifact", "getFailureDetails", "getTiming", "listArtifacts"],
      ...["logs", "open", "timing", "wait"],
    ].map((verb) => `runs.${verb}`),
  );
});

/** The runs that a command means by a job: all mean the newest, but for these. */
const meant: Readonly<Record<string, string>> = {
  "runs.compare": "Runs 70471800000002 and 70471800000005",
};

/** What a command needs beside the run. */
const needs: Readonly<Record<string, string>> = {
  "runs.download": " --dir /nonexistent --dry-run",
  "runs.getArtifact": " manifest.json --dry-run",
  "runs.wait": " --dry-run",
};

for (const { call } of ofRun) {
  const words = commandName(call.name);
  Deno.test(`dbtc ${words} --job takes the newest run, and says which`, async () => {
    const [named, both] = await dbtc(
      `${words}${needs[call.name] ?? ""} --job 2`,
      `${words} --job 2 ${call.name === "runs.compare" ? "70471800000001 " : ""}70471800000002${
        needs[call.name] ?? ""
      }`,
    );
    const runs = meant[call.name] ?? "Run 70471800000005";
    // Where the output has the run, stderr need not say it.
    const said = [...runs.matchAll(/\d{5,}/g)].every(([id]) => `${named?.stdout}${named?.stderr}`.includes(id));
    assert(said || named?.stderr.includes("sends several requests"), `${named?.stdout}${named?.stderr}`);
    // A folder and a wait take several requests, which nobody can print.
    assert.equal(named?.code, ["runs.download", "runs.wait"].includes(call.name) ? 2 : 0, `${named?.stderr}`);
    assert.equal(both?.code, 2);
    assert.match(both?.stderr ?? "", /^dbtc: --job does not go with a run: either names the run$/m);
  });
}

Deno.test("with one run, compare takes the newest of the job for the other", async () => {
  const [one] = await dbtc("runs compare 70471800000001 --job 2");
  assert.match(one?.stdout ?? "", /^Before: run 70471800000001: .*\nAfter: {2}run 70471800000005: /);
  const [itself] = await dbtc("runs compare 70471800000005 --job 2");
  assert.equal(itself?.code, 2);
  assert.match(itself?.stderr ?? "", /Run 70471800000005 is itself the newest of job 2: name another run/);
});

Deno.test("explain takes the last run that failed; a job without such runs is not found", async () => {
  const [none, noRun, tooFew] = await dbtc("runs explain --job 1", "runs logs --job 4", "runs compare --job 4");
  assert.deepEqual([none?.code, noRun?.code, tooFew?.code], [3, 3, 3]);
  assert.match(none?.stderr ?? "", /job 1 has no run that failed/);
  assert.match(noRun?.stderr ?? "", /job 4 has no run\./);
  assert.match(tooFew?.stderr ?? "", /job 4 has not enough runs that have ended/);
});

Deno.test("project and environment narrow the look-up of the job", async () => {
  const [alone] = await dbtc("runs get 70471800000001 --project jaffle_shop");
  assert.equal(alone?.code, 2);
  assert.match(alone?.stderr ?? "", /they go with --job only/);
  const [found, elsewhere] = await dbtc(
    "runs get --job CI --project jaffle_shop --environment production",
    "runs get --job CI --environment development",
  );
  assert.match(found?.stderr ?? "", /job 4 "CI" has no run/);
  assert.match(elsewhere?.stderr ?? "", /no job is called "CI"/);
});
