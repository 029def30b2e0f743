/**
 * Plans of dbt-jobs-as-code and of `dbtc jobs` against the sandbox: for each case of `plan_cases.ts`, their plan is the
 * one that was measured; after their sync our plan is empty; after our apply theirs is. Where not, the case says why.
 *
 * `deno task foreign dbt-jobs-as-code-plans` runs it. Prints a line of JSON for each case, as `foreign_calls.py` does.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { transport } from "../../lib/client/transport.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type PlanCase, planCases } from "../jobs_as_code/plan_cases.ts";
import { argvOf, changesIn, files, filesFolder } from "../jobs_as_code/plan_commands.ts";
import { command, sandboxEnv } from "../support/command.ts";

/** A change of theirs, as `--json` has it. */
interface TheirChange {
  readonly action: string;
  readonly identifier: string;
  /** By kind, such as `values_changed`: objects, or lists, with paths such as `root['triggers']['schedule']`. */
  readonly differences?: Readonly<Record<string, Readonly<Record<string, unknown>> | ReadonlyArray<string>>>;
}

/** What a command line of theirs printed, and its exit code. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs dbt-jobs-as-code against a sandbox. */
type Run = (...args: ReadonlyArray<string>) => Promise<Outcome>;

/** Starts `dbt_jobs_as_code_server.py`. It ends with its stdin, at the latest when this process ends. */
function startTheirs(): (url: string) => Run {
  const python = Deno.env.get("DBTC_FOREIGN_PYTHON") ?? "python3";
  const script = new URL("./dbt_jobs_as_code_server.py", import.meta.url).pathname;
  const { stdin, stdout } = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface(stdout)[Symbol.asyncIterator]();
  return (url) => async (...args) => {
    const env = { PATH: Deno.env.get("PATH") ?? "", DBT_API_KEY: "sandbox", DBT_BASE_URL: url };
    stdin.write(`${JSON.stringify({ args, env })}\n`);
    const { value } = await answers.next();
    return JSON.parse(value ?? "");
  };
}

/** Their changes in short, sorted: `UPDATE daily`, `ENV CREATE daily:DBT_SIZE`. */
function theirChanges(json: string): ReadonlyArray<string> {
  const { env_var_overwrite_changes: overrides = [], job_changes: jobs = [] }: Readonly<
    Record<string, ReadonlyArray<TheirChange> | undefined>
  > = json.trim() === "" ? {} : JSON.parse(json);
  return [
    ...jobs.map((change) => `${change.action} ${change.identifier}${fieldsOf(change)}`),
    ...overrides.map(({ action, identifier }) => `ENV ${action} ${identifier}`),
  ].toSorted();
}

/** The fields of an update, such as `: schedule.cron, job_type`. */
function fieldsOf({ action, differences = {} }: TheirChange): string {
  const paths = Object.values(differences).flatMap((kind) => Array.isArray(kind) ? kind : Object.keys(kind));
  const fields = paths.map((path) =>
    [...path.matchAll(/\['(\w+)'\]/g)].map(([, name]) => name).filter((name) => name !== "date").join(".")
  );
  return action === "UPDATE" ? `: ${[...new Set(fields)].toSorted().join(", ")}` : "";
}

/** Runs ours over a port. */
const ours = Effect.fnUntraced(function* (url: string, ...argv: ReadonlyArray<string>) {
  return yield* command(argv, { env: { ...sandboxEnv, DBT_CLOUD_HOST: url } });
});

/** Compares the two tools in one case, each time with a new sandbox. */
async function compareCase(theirsAt: (url: string) => Run, planCase: PlanCase): Promise<void> {
  const folder = await filesFolder(planCase);
  const argv = argvOf(planCase, folder);
  const next = argvOf({ ...planCase, flags: planCase.nextFlags ?? planCase.flags ?? [] }, folder);
  const withSandbox = (use: (url: string, theirs: Run) => Promise<void>) =>
    Effect.runPromise(Effect.scoped(Effect.gen(function* () {
      const { url } = yield* sandbox.listen({});
      yield* Effect.promise(() => use(url, theirsAt(url)));
    })));
  const run = (url: string, ...args: ReadonlyArray<string>) =>
    Effect.runPromise(Effect.provide(ours(url, ...args), transport));
  const prepare = async (url: string, theirs: Run) => {
    const { earlier, job3, linked = ["00_link.yml"] } = planCase;
    const [file, ...flags] = linked ?? [];
    if (file !== undefined) assert.equal((await theirs("link", `${files}/${file}`, ...flags)).code, 0);
    if (job3 !== undefined) assert.equal((await run(url, "jobs", "update", "3", "--name", job3)).code, 0);
    // Their flags say what to leave alone: their sync deletes all other jobs.
    const kept = ["--exclude-identifiers-matching", "^(nightly|weekly|pr_check)$"];
    if (earlier !== undefined) {
      assert.equal((await theirs("sync", ...argvOf({ ...planCase, flags: earlier }, folder), ...kept)).code, 0);
    }
  };
  // Theirs deletes what is not in the file. Ours does not, so those deletes are left out where the two are compared.
  const left = planCase.notInFiles ?? [];
  const except = (changes: ReadonlyArray<string>) =>
    changes.filter((change) => !left.includes(change.replace(/^DELETE /, "")));
  try {
    await withSandbox(async (url, theirs) => {
      await prepare(url, theirs);
      const plan = await theirs("plan", ...argv, "--json");
      const changes = plan.code === 0 ? theirChanges(plan.stdout) : [`exit ${plan.code}`];
      assert.deepEqual(changes, planCase.theirs, `their plan\n${plan.stderr}`);
      // After a plan that moves or twins other jobs than ours does, there is nothing to compare.
      if (planCase.code !== undefined || planCase.differs === true) return;
      const sync = await theirs("sync", ...argv);
      assert.equal(sync.code, 0, `their sync\n${sync.stderr}`);
      const after = await run(url, "jobs", "plan", ...next, "--report", "json");
      assert.equal(after.code, 0, after.stderr);
      assert.deepEqual(
        changesIn(JSON.parse(after.stdout).changes),
        planCase.oursAfterTheirs?.[0] ?? [],
        "our plan after their sync",
      );
    });
    if (planCase.code !== undefined) return;
    await withSandbox(async (url, theirs) => {
      await prepare(url, theirs);
      const applied = await run(url, "jobs", "apply", ...argv, "--yes");
      assert.equal(applied.code, 0, applied.stderr);
      const after = await theirs("plan", ...next, "--json");
      assert.equal(after.code, 0, after.stderr);
      assert.deepEqual(
        except(theirChanges(after.stdout)),
        planCase.theirsAfterOurs?.[0] ?? [],
        "their plan after our apply",
      );
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs cases one after another, until none is left. */
async function runCases(cases: Iterator<PlanCase>): Promise<void> {
  const theirsAt = startTheirs();
  for (let next = cases.next(); next.done !== true; next = cases.next()) {
    const { file, name } = next.value;
    const problem = await compareCase(theirsAt, next.value).then(
      () => null,
      (error) => error instanceof Error ? error.message : String(error),
    );
    console.log(JSON.stringify({ call: `${file}: ${name}`, problem, known: null }));
  }
}

if (import.meta.main) {
  const cases = planCases.values();
  // One runs its Python while the other runs its sandbox.
  await Promise.all([runCases(cases), runCases(cases)]);
  Deno.exit(0);
}
