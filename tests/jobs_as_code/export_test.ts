/**
 * What `jobs export` writes: a file of which the plan has only tags to add, and in which no secret stands.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { parse } from "yaml";
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

Deno.test("jobs export writes text that a terminal or a CI system obeys with escapes, and none of it is lost", async () => {
  const description = "a\n::error::b\n##vso[task.complete]\u001b[31m\u202ec\u009b";
  const [created, exported] = await run(
    [
      "jobs",
      "create",
      "--payload",
      JSON.stringify({ name: "X [[x]]", project_id: 1, environment_id: 1, execute_steps: ["dbt build"], description }),
    ],
    ["jobs", "export", "--managed-only"],
  );
  assert.equal(created?.code, 0, `${created?.stderr}`);
  const text = exported?.stdout ?? "";
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|##\w*\[|^\s*::/m);
  assert.equal(parse(text).jobs.x.description, description);
});
