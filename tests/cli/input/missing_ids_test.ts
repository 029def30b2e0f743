/**
 * The only account, project and environment, where a command needs one and nobody names it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv } from "../../support/command.ts";
import { ok, refusal, type Reply, succeeds, type Transport, transport } from "../../support/fixtures.ts";

/** Only host and token: every id is missing. */
const { DBT_CLOUD_ACCOUNT_ID: _, ...env } = sandboxEnv;

function over({ layer }: Transport, line: string): Promise<Outcome> {
  return Effect.runPromise(command(line.split(" "), { terminal: true, env }).pipe(Effect.provide(layer)));
}

const theAccount = 'Account 1 "Jaffle Shop", the only one\n';
const theProject = 'Project 1 "jaffle_shop", the only one\n';
const theEnvironment = 'Environment 1 "production", the only one\n';

/** What stderr says of each command line. */
const noted: ReadonlyArray<readonly [line: string, notes: string]> = [
  ["jobs list", theAccount],
  ["whoami", ""],
  ["env-vars list", theAccount + theProject],
  ["environments list", theAccount + theProject],
  ["environments get production", theAccount],
  ["env-vars set DBT_X 1", theAccount + theProject],
  // The environment has its project.
  ["env-vars set DBT_X 1 --environment-id 1", theAccount],
  ["models list", theAccount + theEnvironment],
  ["models list --environment-id 1", ""],
  ["models list --environment production", theAccount],
  ["sl list metrics", theAccount + theEnvironment],
  ["sl query --metrics revenue", theAccount + theEnvironment],
  ["api /api/v3/accounts/{account_id}/projects/{project_id}/environments/", theAccount + theProject],
];

Deno.test("the only account, project and environment are taken where a command needs one, and said", async () => {
  const lines = noted.map(([line]) => line.split(" "));
  const outcomes = await succeeds(
    Effect.forEach(lines, (argv) => command(argv, { terminal: true, env })).pipe(Effect.provide(sandbox.layer())),
  );
  for (const [index, [line, notes]] of noted.entries()) {
    const { code, stderr } = outcomes[index]!; // one for each line
    assert.deepEqual(
      [code, stderr.replace(/^Environment 1 "production"\n|^\d+ of .* rows.*\n/m, "")],
      [0, notes],
      line,
    );
  }
});

/** A cloud with these projects. */
const withProjects = (...names: ReadonlyArray<string>) =>
  transport(({ path }): Reply => {
    if (!path.includes("/projects/")) return ok([]);
    const rows = names.map((name, index) => ({ id: index + 1, account_id: 1, name }));
    return ok(rows, { pagination: { count: rows.length, total_count: rows.length } });
  });

Deno.test("of several, none is taken: the error lists them with their names, and nothing else is sent", async () => {
  const cloud = withProjects("shop", "finance");
  const { code, stderr } = await over(cloud, "env-vars list --account 1");
  assert.deepEqual([code, stderr.split("\n")[0]], [
    2,
    'dbtc: Which project? Give --project, or set DBT_CLOUD_PROJECT_ID. There are: "shop" (1), "finance" (2)',
  ]);
  assert.equal(cloud.sent.length, 1);
  const many = withProjects(...Array.from({ length: 12 }, (_, index) => `p${index + 1}`));
  assert.match(
    (await over(many, "env-vars list --account 1")).stderr,
    /"p10" \(10\), and 2 more: dbtc projects list$/m,
  );
});

Deno.test("without projects, or where the token may not list them, the flag is named", async () => {
  const list = "env-vars list --account 1";
  const outcomes = await Promise.all([over(withProjects(), list), over(transport(() => refusal(403)), list)]);
  for (const { code, stderr } of outcomes) {
    assert.equal(code, 2);
    assert.match(stderr, /which project\? Give --project, or set DBT_CLOUD_PROJECT_ID/);
  }
});

Deno.test("a thing itself is never taken because it is the only one", async () => {
  const [project, environment] = await Promise.all([
    over(transport(() => ok([])), "projects delete --account 1 --yes"),
    over(transport(() => ok([])), "environments delete --account 1 --project 1 --yes"),
  ]);
  assert.deepEqual([project.code, environment.code], [2, 2]);
  assert.match(project.stderr, /Which project\?/);
  assert.match(environment.stderr, /Which environment\?/);
});
