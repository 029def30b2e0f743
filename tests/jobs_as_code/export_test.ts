/**
 * What `jobs export` writes: a file of which the plan has only tags to add, and in which no secret stands.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command } from "../support/command.ts";

const run = (...lines: ReadonlyArray<ReadonlyArray<string>>) =>
  Effect.runPromise(
    Effect.provide(Effect.forEach(lines, (argv) => command(argv, { terminal: true })), sandbox.layer()),
  );

for (const flags of [[], ["--names"]]) {
  Deno.test(`jobs export ${flags.join(" ")}: the plan of its file has only tags to add`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".yml" });
    const [, plan] = await run(
      ["jobs", "export", "--include-linked-id", ...flags, "-o", file],
      ["jobs", "plan", file, "--report", "json"],
    );
    const { changes, warnings } = JSON.parse(plan?.stdout ?? "");
    const fields = changes.map((
      { differences, overrides }: {
        readonly differences: ReadonlyArray<{ readonly field: string }>;
        readonly overrides: unknown;
      },
    ) => [
      differences.map(({ field }) => field),
      overrides,
    ]);
    assert.deepEqual([fields, warnings], [Array(4).fill([["identifier"], []]), []]);
    await Deno.remove(file);
  });
}

Deno.test("jobs export writes a variable in place of a secret", async () => {
  const jobs = await Deno.makeTempFile({ suffix: ".yml" });
  await Deno.writeTextFile(
    jobs,
    "jobs:\n  a:\n    name: A\n    project_id: 1\n    environment_id: 1\n    execute_steps: [dbt build]\n" +
      "    custom_environment_variables: [{ DBT_ENV_SECRET_TOKEN: hidden }]\n",
  );
  const file = await Deno.makeTempFile({ suffix: ".yml" });
  const [, exported, refused, plan] = await run(
    ["jobs", "apply", jobs, "--yes"],
    ["jobs", "export", "--managed-only", "-o", file],
    ["jobs", "plan", file],
    ["jobs", "plan", file, "--vars", "DBT_ENV_SECRET_TOKEN: other", "--detailed-exitcode"],
  );
  assert.match(await Deno.readTextFile(file), /- DBT_ENV_SECRET_TOKEN: "\{\{ DBT_ENV_SECRET_TOKEN \}\}"/);
  assert.match(exported?.stderr ?? "", /a: nobody can read the secret DBT_ENV_SECRET_TOKEN/);
  assert.match(refused?.stderr ?? "", /the variable DBT_ENV_SECRET_TOKEN has no value/);
  assert.deepEqual([refused?.code, plan?.code, plan?.stdout], [2, 0, "No changes; 1 unchanged\n"]);
  await Deno.remove(jobs);
  await Deno.remove(file);
});
