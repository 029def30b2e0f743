/**
 * What is wrong with files of jobs: each problem is named with its file, its line and what was expected, and nothing is
 * sent that changes something.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { command } from "../support/command.ts";

/** A job that is right, with the lines of the test added. */
function job(
  key: string,
  lines: ReadonlyArray<string> = [],
  place = "    project_id: 1\n    environment_id: 1\n",
): string {
  return `  ${key}:\n    name: Job ${key}\n${place}    execute_steps: [dbt build]\n${
    lines.map((line) => `    ${line}\n`).join("")
  }`;
}

const one = (...lines: ReadonlyArray<string>) => `jobs:\n${job("a", lines)}`;
const starts = (key: string) => `job_completion_trigger_condition: { condition: { job_id: ${key} } }`;

/** Files of jobs, and the problem that dbtc has to name. */
const wrong: Readonly<
  Record<string, readonly [files: string | ReadonlyArray<string>, says: RegExp, ...argv: ReadonlyArray<string>]>
> = {
  "a syntax error": ["jobs:\n  a: [1\n", /0\.yml:\d: /],
  "a key that occurs twice": ["jobs:\n  a: {}\n  a: {}\n", /0\.yml:3: Map keys must be unique/],
  "an identifier in two files": [
    [one(), `jobs:\n${job("b")}${job("a")}`],
    /1\.yml:7: the identifier a is also at \S+0\.yml:2/,
  ],
  "an identifier with a blank": ['jobs:\n  "a b": {}\n', /0\.yml:2: the identifier "a b" may only have letters/],
  "a job that is no map": [
    "jobs:\n  a: 5\n",
    /0\.yml:2: a: expected a map with the fields of the job, and this is "5"/,
  ],
  "jobs that are no map": [
    "jobs: [1]\n",
    /0\.yml:1: jobs: expected a map from identifiers to jobs, and this is a list/,
  ],
  "a missing name": [
    "jobs:\n  a:\n    project_id: 1\n    environment_id: 1\n    execute_steps: [x]\n",
    /0\.yml:2: a: name is missing/,
  ],
  "a number for a text": [
    one("dbt_version: 1.10"),
    /0\.yml:7: dbt_version: expected a text, and this is 1\.10: put it in quotes, "1\.10"/,
  ],
  "a text for a boolean": [
    one("generate_docs: maybe"),
    /0\.yml:7: generate_docs: expected true or false, and this is "maybe"/,
  ],
  "a text for a number": [
    one("settings: { threads: many }"),
    /0\.yml:7: settings\.threads: expected a number, and this is "many"/,
  ],
  "a map for a list": [
    one("cost_optimization_features: { a: 1 }"),
    /0\.yml:7: cost_optimization_features: expected a list, and this is a map/,
  ],
  "an unknown type": [
    one("job_type: nightly"),
    /0\.yml:7: a: job_type: expected ci, scheduled, .*, and this is "nightly"/,
  ],
  "a deleted job": [one("state: 2"), /0\.yml:7: a: state: only 1, active/],
  "a cron expression of four fields": [
    one('schedule: { cron: "0 6 * *" }'),
    /0\.yml:7: a: schedule\.cron is "0 6 \* \*": expected five fields/,
  ],
  "a schedule that is missing": [one("triggers: { schedule: true }"), /0\.yml:7: a: schedule is missing/],
  "a description that is too long": [
    one(`description: ${"x".repeat(256)}`),
    /0\.yml:7: a: description has 256 characters: at most 255/,
  ],
  "a description with no room for its tag": [
    `identifiers_in: description\n${one(`description: ${"x".repeat(252)}`)}`,
    /0\.yml:8: a: description has 258 characters with its tag/,
  ],
  "force_node_selection of a CI job": [
    one("job_type: ci", "force_node_selection: true"),
    /0\.yml:8: a: dbt Cloud refuses force_node_selection/,
  ],
  "features of a CI job": [
    one("job_type: ci", "cost_optimization_features: [efficient_testing]"),
    /0\.yml:8: a: cost_optimization_features of a CI or merge job: expected \[\] or \[dbt_state\]/,
  ],
  "generate_sources": [
    one("generate_sources: true"),
    /0\.yml:7: generate_sources is not supported: use run_generate_sources/,
  ],
  "both deferrals": [
    one("self_deferring: true", "deferring_job_definition_id: 1"),
    /0\.yml:7: a: self_deferring and deferring_job/,
  ],
  "a tag in the name that differs from the key": [
    "jobs:\n  a:\n    name: A [[b]]\n    project_id: 1\n    environment_id: 1\n    execute_steps: [x]\n",
    /0\.yml:3: a: the tag \[\[b\]\] in the name differs from the key a/,
  ],
  "an override with a wrong name": [
    one("custom_environment_variables: [{ SIZE: M }]"),
    /0\.yml:7: a: SIZE: a variable's name begins with DBT_/,
  ],
  "the asterisks of a secret": [
    one('custom_environment_variables: [{ DBT_ENV_SECRET_TOKEN: "**********" }]'),
    /0\.yml:7: a: DBT_ENV_SECRET_TOKEN: asterisks are what dbt Cloud shows of a secret\. Write a variable, such as "\{\{ DBT_ENV_SECRET_TOKEN \}\}"/,
  ],
  "another account": [`account_id: 2\n${one()}`, /0\.yml:1: account_id 2, but this client is for account 1/],
  "two accounts": [
    [`account_id: 1\n${one()}`, `account_id: 2\njobs: {}\n`],
    /1\.yml:1: account_id 2, but \S+0\.yml:1 has 1/,
  ],
  "a project that the token cannot see": [
    `jobs:\n${job("a", [], "    project_id: 99\n    environment_id: 1\n")}`,
    /0\.yml:4: a: project_id: there is no project 99, or this token may not see it\. There is 1 "jaffle_shop"/,
  ],
  "a project whose name is mistyped": [
    `jobs:\n${job("a", [], "    project_id: jaffle_shpo\n    environment_id: 1\n")}`,
    /0\.yml:4: a: project_id: there is no project "jaffle_shpo", .*Did you mean "jaffle_shop"\?/,
  ],
  "an environment of another project": [
    `jobs:\n${job("a", [], "    project_id: 1\n    environment_id: 77\n")}`,
    /0\.yml:5: a: environment_id: there is no environment 77 in project 1/,
  ],
  "a linked_id that does not exist": [one("linked_id: 99"), /0\.yml:7: a: linked_id: there is no job 99/],
  "two jobs with one linked_id": [
    `jobs:\n${job("a", ["linked_id: 1"])}${job("b", ["linked_id: 1"])}`,
    /0\.yml:13: b and a \(\S+0\.yml:7\) are both job 1/,
  ],
  "a completion job that does not exist": [
    one(starts("nigthly")),
    /0\.yml:7: a: \S+job_id: there is no job "nigthly" in the files or in dbt Cloud/,
  ],
  "a circle of completion triggers": [
    `jobs:\n${job("a", [starts("b")])}${job("b", [starts("c")])}${job("c", [starts("a")])}`,
    /0\.yml:\d+: (a, b, c|b, c, a|c, a, b|a, c, b|b, a, c|c, b, a) would start each other for ever/,
  ],
  "a job that starts itself": [one(starts("a")), /0\.yml:7: a would start each other for ever/],
  "a CI job that is to be scheduled": [
    one("linked_id: 4"),
    /0\.yml:2: a: job 4 is of type ci, which dbt Cloud does not change to scheduled/,
  ],
  "a variable without a value": [
    one('description: "{{ tier }}"'),
    /0\.yml:7: the variable tier has no value: give --vars-yml or --vars/,
  ],
  "a variable that --vars does not have": [
    one('description: "{{ tier }}"'),
    /0\.yml:7: tier has no value in --vars-yml or --vars/,
    "--vars",
    "a: 1",
  ],
  "a template that is not closed": [
    one('description: "{{ tier "'),
    /0\.yml:\d+: the template cannot be rendered: syntax error/,
    "--vars",
    "tier: 1",
  ],
  "a loop without end": [
    "jobs:\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}\n",
    /0\.yml:2: the template cannot be rendered: /,
    "--vars",
    "a: 1",
  ],
  "aliases that stand for millions of values": [
    `a: &a [1,1,1,1,1,1,1,1,1,1]\n${
      ["b", "c", "d", "e", "f", "g"].map((name, at) =>
        `${name}: &${name} [${Array(10).fill(`*${"abcdef"[at]}`).join(",")}]\n`
      ).join("")
    }jobs: {}\n`,
    /0\.yml:\d+: the file has more than 500,000 values/,
  ],
  "a regular expression that is wrong": [
    one(),
    /exclude_identifiers_matching: "\(" is not a regular expression/,
    "--exclude-identifiers-matching",
    "(",
  ],
};

for (const [what, [texts, says, ...argv]] of Object.entries(wrong)) {
  Deno.test(`jobs apply refuses ${what}, and changes nothing`, async () => {
    const folder = await Deno.makeTempDir();
    const files = (typeof texts === "string" ? [texts] : texts).map((text, at) =>
      [`${folder}/${at}.yml`, text] as const
    );
    for (const [path, text] of files) await Deno.writeTextFile(path, text);
    const program = Effect.gen(function* () {
      const outcome = yield* command(["jobs", "apply", ...files.map(([path]) => path), ...argv, "--yes"], {
        terminal: true,
      });
      const { requests } = yield* sandbox.Sandbox;
      return { outcome, writes: (yield* requests).filter(({ verb }) => verb !== "GET") };
    });
    const { outcome, writes } = await Effect.runPromise(Effect.provide(program, sandbox.layer()));
    await Deno.remove(folder, { recursive: true });
    assert.match(outcome.stderr, says);
    assert.deepEqual([outcome.code, writes], [2, []]);
  });
}

Deno.test("all problems of all files are named at once", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/a.yml`, one("generate_docs: maybe", "state: 2", "job_type: nightly"));
  await Deno.writeTextFile(`${folder}/b.yml`, "jobs:\n  b: 5\n");
  const { stderr } = await Effect.runPromise(
    Effect.provide(command(["jobs", "plan", folder], { terminal: true }), sandbox.layer()),
  );
  await Deno.remove(folder, { recursive: true });
  assert.match(stderr, /^dbtc: jobs plan: 4 problems\. Nothing was changed:\n/);
});

Deno.test("an unknown key is warned of, with the nearest key", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/a.yml`,
    `job: {}\n${one("generate_doc: true", "settings: { thread: 4 }", "triggers: { custom_branch_only: true }")}`,
  );
  const { code, stderr } = await Effect.runPromise(
    Effect.provide(command(["jobs", "plan", folder], { terminal: true }), sandbox.layer()),
  );
  await Deno.remove(folder, { recursive: true });
  assert.equal(code, 0);
  assert.match(stderr, /a\.yml:1: unknown key job, which is not read\. Did you mean "jobs"\?/);
  assert.match(stderr, /a\.yml:8: unknown key generate_doc, which is not sent\. Did you mean "generate_docs"\?/);
  assert.match(stderr, /a\.yml:9: unknown key settings\.thread, which is not sent\. Did you mean "threads"\?/);
  assert.match(stderr, /a\.yml:10: a: dbt Cloud refuses custom_branch_only; it is not sent/);
});
