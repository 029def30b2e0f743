/**
 * The plan of each case of `plan_cases.ts`. `tests/foreign/plans_of_both.ts` compares them with dbt-jobs-as-code.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command } from "../support/command.ts";
import { planCases } from "./plan_cases.ts";
import { argvOf, changesIn, filesFolder, prepare } from "./plan_commands.ts";

for (const planCase of planCases) {
  Deno.test(`jobs plan: ${planCase.name}`, async () => {
    const { notInFiles = [], says = /^/, ours, code = 0 } = planCase;
    const folder = await filesFolder(planCase);
    const program = Effect.gen(function* () {
      yield* prepare(planCase, folder);
      return yield* command(["jobs", "plan", ...argvOf(planCase, folder), "--report", "json"]);
    });
    const outcome = await Effect.runPromise(Effect.provide(program, sandbox.layer()));
    await Deno.remove(folder, { recursive: true });
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr.replaceAll("\\n", "\n"), says);
    const { changes, not_in_files } = code === 0 ? JSON.parse(outcome.stdout) : { changes: [], not_in_files: [] };
    assert.deepEqual(changesIn(changes), ours);
    assert.deepEqual(not_in_files.map(({ identifier }: { readonly identifier: string }) => identifier), notInFiles);
  });
}

for (const planCase of planCases.filter(({ code }) => code === undefined)) {
  Deno.test(`jobs apply: after it, the plan is empty: ${planCase.name}`, async () => {
    const folder = await filesFolder(planCase);
    const argv = argvOf(planCase, folder);
    const program = Effect.gen(function* () {
      yield* prepare(planCase, folder);
      const applied = yield* command(["jobs", "apply", ...argv, "--yes"]);
      const next = argvOf({ ...planCase, flags: planCase.nextFlags ?? planCase.flags ?? [] }, folder);
      const again = yield* command(["jobs", "plan", ...next, "--report", "json", "--detailed-exitcode"]);
      return { applied, again };
    });
    const { again, applied } = await Effect.runPromise(Effect.provide(program, sandbox.layer()));
    await Deno.remove(folder, { recursive: true });
    assert.equal(applied.code, 0, applied.stderr);
    assert.deepEqual([again.code, changesIn(JSON.parse(again.stdout).changes)], [0, []]);
  });
}
