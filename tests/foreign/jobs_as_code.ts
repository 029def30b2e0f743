/**
 * dbt-jobs-as-code against the sandbox, beside `dbtc jobs`: for each case of `plan_cases.ts`, their plan is the one that
 * was measured; after their sync our plan is empty; after our apply theirs is. Where not, the case says why.
 *
 * Not part of the tests, since it needs the Python package. With version 1.22.0 in a virtual environment:
 * `deno run -A tests/foreign/jobs_as_code.ts VENV/bin/dbt-jobs-as-code`. It takes about three minutes, and exits 1 if
 * something differs.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
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

/** Runs dbt-jobs-as-code against a sandbox. */
type Run = (
  ...args: ReadonlyArray<string>
) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;

function runner(executable: string, url: string): Run {
  return async (...args) => {
    const { code, stderr, stdout } = await new Deno.Command(executable, {
      args: [...args],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", DBT_API_KEY: "sandbox", DBT_BASE_URL: url },
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
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

/** Compares the two tools in one case, each time with a new sandbox. `executable` is dbt-jobs-as-code. */
export async function compareCase(executable: string, planCase: PlanCase): Promise<void> {
  const folder = await filesFolder(planCase);
  const argv = argvOf(planCase, folder);
  const next = argvOf({ ...planCase, flags: planCase.nextFlags ?? planCase.flags ?? [] }, folder);
  const withSandbox = (use: (url: string, theirs: Run) => Promise<void>) =>
    Effect.runPromise(Effect.scoped(Effect.gen(function* () {
      const { url } = yield* sandbox.listen({});
      yield* Effect.promise(() => use(url, runner(executable, url)));
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

if (import.meta.main) {
  const executable = Deno.args[0] ?? Deno.env.get("DBT_JOBS_AS_CODE") ?? "dbt-jobs-as-code";
  const only = Deno.args[1];
  let failed = 0;
  for (const planCase of planCases.filter(({ name }) => only === undefined || name.includes(only))) {
    try {
      await compareCase(executable, planCase);
      console.log(`ok      ${planCase.file}: ${planCase.name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${planCase.file}: ${planCase.name}\n${error instanceof Error ? error.message : error}`);
    }
  }
  console.log(`${planCases.length - failed} of ${planCases.length} cases as expected`);
  Deno.exit(failed === 0 ? 0 : 1);
}
