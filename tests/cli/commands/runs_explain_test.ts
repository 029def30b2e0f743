/**
 * `dbtc runs explain`, `dbtc runs logs`, and what a wait shows of both.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { breakCommands } from "../../../lib/cli/output/safe_text.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";
import { ok, refusal, type Reply, transport } from "../../support/fixtures.ts";

/** Runs a command over a sandbox, whose runs take a fraction of a second. */
function dbtc(argv: ReadonlyArray<string>, surroundings?: Surroundings, options?: sandbox.Options): Promise<Outcome> {
  return Effect.runPromise(
    Effect.provide(command(argv, surroundings), sandbox.layer({ speed: 600, ...options })),
  );
}

/** Runs a command over a server with this run. */
function over(run: object, argv: ReadonlyArray<string>, surroundings?: Surroundings): Promise<Outcome> {
  const net = transport(({ path }): Reply => path.includes("/artifacts/") ? refusal(404) : ok({ id: 42, ...run }));
  return Effect.runPromise(Effect.provide(command(argv, surroundings), net.layer));
}

const terminal: Surroundings = { terminal: true };
/** The failed run of the sandbox. */
const failed = "70471800000002";
const waits = ["--poll-interval", "0.1"];

// ---- runs explain ---------------------------------------------------------------------------------------------------

Deno.test("runs explain says on a terminal why a run failed, and exits 0", async () => {
  const { code, stdout, stderr } = await dbtc(["runs", "explain", failed, "--lines", "1", "--no-code"], terminal);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(
    stdout,
    /^✗ Run 70471800000002 of job 2 ended in error after .*\n\n✗ Invoke dbt with `dbt build --full-refresh` failed: 1 error, 3 skipped, 14 success, 21 pass\n {2}model\.jaffle_shop\.customers {2}error {2}models\/customers\.sql\n {2}│ Database Error/,
  );
  assert.match(stdout, /\n {2}The end of its log:\n {2}│ \S+ {2}Done\. PASS=35 WARN=0 ERROR=1 SKIP=3 TOTAL=39\n$/);
  assert(!stdout.includes("Compiled code"));
});

Deno.test("runs explain prints one object in a pipe, whichever way it is asked for", async () => {
  const outcomes = await Promise.all([
    dbtc(["runs", "explain", failed]),
    dbtc(["runs", "explain", "--run-id", failed, "--format", "json"], terminal),
    dbtc(["runs", "explain", failed, "--report", "json"], terminal),
  ]);
  for (const { code, stdout, stderr } of outcomes) {
    assert.deepEqual([code, stderr], [0, ""]);
    const { run, steps } = JSON.parse(stdout);
    assert.deepEqual([run.id, run.run_steps], [Number(failed), undefined]);
    assert.deepEqual(steps.at(-1).failed.map((node: { unique_id: string }) => node.unique_id), [
      "model.jaffle_shop.customers",
    ]);
    assert.match(steps.at(-1).failed[0].compiled_code, /^with customers as/);
  }
  const picked = await dbtc(["runs", "explain", failed, "--fields", "run.status"], terminal);
  assert.match(picked.stdout, /run\.status +20/);
});

Deno.test("runs explain writes the report that it is told to, whatever stdout is", async () => {
  for (
    const [report, first] of [
      ["text", /^✗ Run 70471800000002 of job 2/],
      ["markdown", /^### ❌ Run 70471800000002 of job 2/],
      ["github", /^│ Run 70471800000002 of job 2.*\n::error file=models\/customers\.sql,title=/],
    ] as const
  ) {
    for (const surroundings of [terminal, { env: { ...sandboxEnv, DBTC_FORMAT: "csv" } }]) {
      const { code, stdout } = await dbtc(["runs", "explain", failed, "--report", report], surroundings);
      assert.equal(code, 0);
      assert.match(stdout, first);
    }
  }
  const directory = await Deno.makeTempDir();
  const file = `${directory}/summary.md`;
  await dbtc(["runs", "explain", failed, "--report", "markdown", "-o", file]);
  assert.match(await Deno.readTextFile(file), /^### ❌ Run/);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("runs explain says that nothing failed in a run that succeeded", async () => {
  const { code, stdout } = await dbtc(["runs", "explain", "70471800000001"], terminal);
  assert.equal(code, 0);
  assert.match(stdout, /^✓ Run 70471800000001 of job 1 succeeded after .*\nNothing failed\n$/);
});

Deno.test("runs explain says why a run was cancelled, by whom, and what had run", async () => {
  const program = Effect.gen(function* () {
    const { stdout } = yield* command(["jobs", "trigger", "3", "--no-wait", "--format", "json"]);
    const { id } = JSON.parse(stdout);
    yield* Effect.sleep("300 millis");
    yield* command(["runs", "cancel", `${id}`]);
    yield* Effect.sleep("200 millis");
    return yield* command(["runs", "explain", `${id}`, "--report", "text"]);
  });
  const { code, stdout } = await Effect.runPromise(Effect.provide(program, sandbox.layer({ speed: 60 })));
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^⊘ Run \d+ of job 3 was cancelled after \S+ {2}\S+\nCancelled by user\. Cancelled by .+\n\n✓ Clone git repository succeeded\n/,
  );
  assert.match(stdout, /\n⊘ Invoke dbt with `dbt \w+.*` was cancelled\n/);
  assert.match(stdout, /\n {2}The end of its log:\n {2}│ /);
});

Deno.test("runs explain refuses a report that is none, and a run that is none", async () => {
  const wrong = await dbtc(["runs", "explain", failed, "--report", "html"], terminal);
  assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /--report: "html" is not text\|markdown\|github\|junit\|json/);
  const trigger = await dbtc(["jobs", "trigger", "1", "--report", "html"], terminal);
  assert.equal(trigger.code, 2);
  assert.equal((await dbtc(["runs", "explain", "1"], terminal)).code, 3);
  assert.match((await dbtc(["runs", "explain"])).stderr, /Which run\? Try: dbtc runs explain RUN/);
});

Deno.test("runs explain falls back to the log where results cannot be read", async () => {
  const logs = "Running with dbt=1.9.8\nEncountered an error:\nParsing Error in model a (a.sql)";
  const run = { status: 20, run_steps: [{ id: 1, index: 1, name: "Invoke dbt with `dbt build`", status: 20, logs }] };
  const { code, stdout } = await over(run, ["runs", "explain", "42"], terminal);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    "✗ Run 42 ended in error\n\n✗ Invoke dbt with `dbt build` failed\n" +
      "  Cannot read which nodes failed: runs.getArtifact: Not found, or not visible to this token (404: No): " +
      "/api/v2/accounts/1/runs/42/artifacts/run_results.json. " +
      "Check the ids, the account and the token's permissions.\n" +
      "  The end of its log:\n  │ Running with dbt=1.9.8\n  │ Encountered an error:\n  │ Parsing Error in model a (a.sql)\n",
  );
});

// ---- what a wait says -----------------------------------------------------------------------------------------------

Deno.test("jobs trigger says on stderr why a run failed, in the report that it is told to", async () => {
  for (
    const [report, says] of [
      [[], /\n\n✗ Invoke dbt with `dbt build --full-refresh` failed: 1 error[^]* {2}│ Database Error/],
      [["--report", "text"], /\n\n✗ Invoke dbt with `dbt build --full-refresh` failed: 1 error/],
      [["--report", "markdown"], /\n### ❌ Run \d+ of job 2 ended in error/],
      [["--report", "github"], /\n::error file=models\/customers\.sql,title=model\.jaffle_shop\.customers%3A error::/],
      [["--report", "json"], /\n\{"run":\{"id":\d+,.*"steps":\[/],
    ] as const
  ) {
    const { code, stdout, stderr } = await dbtc(["jobs", "trigger", "2", ...waits, ...report]);
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).status, 20);
    assert.match(stderr, says);
  }
});

Deno.test("jobs trigger --logs shows each line of each step on stderr once, with a bar before it", async () => {
  const { code, stdout, stderr } = await dbtc(["jobs", "trigger", "1", "--logs", "--fields", "run_steps", ...waits]);
  assert.equal(code, 0);
  const { run_steps } = JSON.parse(stdout);
  const printed = stderr.split("\n").filter((line) => line.startsWith("  │ ")).map((line) => line.slice(4));
  const logs = run_steps.map(({ logs }: { logs: string }) => logs).join("\n");
  // deno-lint-ignore no-control-regex
  assert.deepEqual(printed, logs.replaceAll(/\u001b\[\d*m/g, "").split("\n"));
  assert(!(await dbtc(["jobs", "trigger", "1", ...waits])).stderr.includes("│"));
});

Deno.test("jobs trigger --logs names on a terminal the step that prints", async () => {
  const { stderr } = await dbtc(["jobs", "trigger", "1", "--logs", ...waits], terminal);
  assert.match(stderr, / {2}Invoke dbt with `dbt deps`\n {2}│ \S+ {2}Running with dbt=1\.9\.8\n/);
  assert.equal(stderr.split("  Invoke dbt with `dbt build`\n").length, 2);
});

Deno.test("runs wait, runs retry and jobs rerun show logs, and say why a run failed", async () => {
  for (const argv of [["runs", "wait", failed], ["jobs", "rerun", "2"], ["runs", "retry", "70471800000005"]]) {
    const { stderr } = await dbtc([...argv, "--logs", "--report", "github", ...waits]);
    assert.match(stderr, /\n {2}│ Saved profile: target prod, type snowflake\n/, argv.join(" "));
    if (argv.includes("wait")) assert.match(stderr, /\n::error file=models\/customers\.sql,title=/);
    const wrong = await dbtc([...argv, "--report", "html"], terminal);
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  }
});

// ---- runs logs ------------------------------------------------------------------------------------------------------

Deno.test("runs logs prints what the steps printed, as text also in a pipe", async () => {
  const { code, stdout, stderr } = await dbtc(["runs", "logs", failed]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^=== Clone git repository\nCloning into '\/tmp\/jobs\/jaffle_shop\/target'\.\.\.\n/);
  assert.match(stdout, /\n=== Invoke dbt with `dbt build --full-refresh`\n\S+ {2}Running with dbt=1\.9\.8\n/);
  assert.match(stdout, /Done\. PASS=35 WARN=0 ERROR=1 SKIP=3 TOTAL=39\n$/);
  assert(!stdout.includes("\u001b"));
});

Deno.test("runs logs prints one step, its debug log, or rows", async () => {
  const one = await dbtc(["runs", "logs", failed, "--step", "2"]);
  assert.equal(one.stdout, "Saved profile: target prod, type snowflake\n");
  const debug = await dbtc(["runs", "logs", failed, "-s", "5", "--debug"]);
  assert.match(debug.stdout, /^\S+ \[debug\] \[MainThread\]: Running with dbt/);
  const whole = JSON.parse((await dbtc(["runs", "logs", failed, "-s", "5", "--debug", "--format", "json"])).stdout);
  assert(whole[0].log.split("\n").length > 700);
  const rows = JSON.parse((await dbtc(["runs", "logs", failed, "--format", "json"])).stdout);
  assert.deepEqual(rows.map(({ step }: { step: { index: number } }) => step.index), [1, 2, 3, 4, 5]);
  const none = await dbtc(["runs", "logs", failed, "--step", "9"], terminal);
  assert.equal(none.code, 3);
  assert.match(none.stderr, /runs logs: the run has no step 9 yet/);
});

Deno.test("runs logs prints no escapes, and no commands of a CI system, whatever the environment", async () => {
  const logs = "\u001b[31mred\u001b[0m\r\n::error::x\n  ::add-mask::y\nselect a::int\n##[group]z\n";
  const run = { status: 10, run_steps: [{ id: 1, index: 1, name: "s", status: 10, logs }] };
  const { stdout } = await over(run, ["runs", "logs", "42"]);
  assert.equal(stdout, "=== s\nred\n: :error::x\n  : :add-mask::y\nselect a::int\n## [group]z\n");
});

Deno.test("jobs trigger shows no step's name as a command", () => {
  assert.equal(breakCommands("  ::error::x\n✗ ##[error]y ##vso[z]"), "  : :error::x\n✗ ## [error]y ## vso[z]");
});
