/**
 * The commands of the Discovery API, against the sandbox.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";

const env = { ...sandboxEnv, DBT_CLOUD_ENVIRONMENT_ID: "1" };

/** Runs a command against a sandbox of its own. */
function dbtc(argv: string, surroundings: Surroundings = {}, options: sandbox.Options = {}): Promise<Outcome> {
  return Effect.runPromise(
    command(argv.split(" "), { env, ...surroundings }).pipe(
      // Errors in a pipe are JSON.
      Effect.map((outcome) => ({ ...outcome, stderr: outcome.stderr.replaceAll('\\"', '"') })),
      // The last of five runs is one of job 2, which fails.
      Effect.provide(sandbox.layer({ runs: 5, ...options })),
    ),
  );
}

Deno.test("models list prints rows as JSON in a pipe, and a table on a terminal that asks for its columns only", async () => {
  const { code, stdout } = await dbtc("models list --last-run-status error");
  assert.equal(code, 0);
  const [model] = JSON.parse(stdout);
  assert.equal(model.uniqueId, "model.jaffle_shop.customers");
  assert(!("rawCode" in model));
  const table = await dbtc("models list", { terminal: true });
  assert.match(table.stdout, /^NAME +VERSION +MATERIALIZED/i);
  const dry = await dbtc("models list --dry-run --format table");
  assert.match(dry.stdout, /node \{ name materializedType version executionInfo \{/);
  assert.match(dry.stdout, /^POST http:\/\/127\.0\.0\.1:8008\/graphql\n/);
});

/** The headings of tables, which fit a terminal of 80 columns. */
const headings: Readonly<Record<string, ReadonlyArray<string>>> = {
  "models list": ["NAME", "VERSION", "MATERIALIZED", "STATUS", "COMPLETED", "TIME"],
  "models list-of-job 1": ["NAME", "STATUS", "TIME", "COMPLETED", "RUN"],
  "models slowest": ["UNIQUE ID", "MAX TIME", "AVERAGE TIME"],
  "models failing": ["UNIQUE ID", "FAILURE %", "FAILED EXECUTIONS", "EXECUTIONS"],
  "tests list": ["NAME", "TYPE", "COLUMN", "STATUS", "FAILURES", "RUN"],
  "exposures list": ["NAME", "TYPE", "OWNER"],
};

Deno.test("tables have short headings, and numbers with two decimal places; JSON has all of them", async () => {
  for (const [line, expected] of Object.entries(headings)) {
    const { stdout } = await dbtc(line, { terminal: true, columns: 80 });
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines[0]?.trim().split(/ {2,}/), expected, line);
    assert(lines.every((row) => row.length <= 80), stdout);
    assert.doesNotMatch(stdout, /\d\.\d{3}/, line);
  }
  assert.match((await dbtc("models slowest")).stdout, /\d\.\d{3}/);
});

Deno.test("--fields narrows the query, long fields included", async () => {
  const { stdout } = await dbtc("models list --fields name,executionInfo.lastRunId --limit 1");
  assert.deepEqual(Object.keys(JSON.parse(stdout)[0]), ["name", "executionInfo"]);
  const { stdout: code } = await dbtc("macros list --package-name jaffle_shop --fields name,macroSql");
  const [macro] = JSON.parse(code);
  assert.equal(macro.name, "cents_to_dollars");
  assert.match(macro.macroSql, /^\{% macro cents_to_dollars\(column_name\) -%\}/);
});

Deno.test("on a terminal, the lists within a node are tables that fit, with names and statuses", async () => {
  const { stdout } = await dbtc("models health customers", { terminal: true, columns: 80 });
  const [, tests = "", ancestors = ""] = stdout.split("\n\n");
  assert.match(tests, /^tests\n {2}NAME +COLUMN +TYPE +LAST KNOWN RESULT +STATUS\n {2}unique_customers_/);
  assert.match(ancestors, /^ancestors\n {2}NAME +TYPE +STATUS\n {2}stg_customers +model +success\n/);
  assert(`${tests}\n${ancestors}`.split("\n").every((line) => line.length <= 80), stdout);
  // Of an id, the end says more than the beginning.
  const { stdout: lineage } = await dbtc("models column-lineage customers", { terminal: true, columns: 80 });
  assert.match(lineage, /^…\S+\.customers +customer_lifetime_v… +transformation +…\S*stg_payments\.amount$/m);
});

Deno.test("what a command needs is asked for with what it means, and queries of metrics are shown the way", async () => {
  for (
    const [line, words] of [
      [
        "lineage",
        /needs --select: nodes, by dbt's node selection, such as \+customers\+1.*Try: dbtc lineage/,
      ],
      ["search", /needs --query: text to find\. Try: dbtc search QUERY/],
      ["query", /Which query\?.*or dbtc sl query for metrics/],
      ["query --metrics revenue", /--metrics is not a flag of dbtc discovery query\. Did you mean dbtc sl query\?/],
    ] as const
  ) {
    const { code, stderr } = await dbtc(line);
    assert.deepEqual([code, words.test(stderr)], [2, true], stderr);
  }
});

Deno.test("an unknown field is answered with the nearest one", async () => {
  for (const [fields, words] of [["nme", "name"], ["lastRunStatus", "executionInfo.lastRunStatus"]] as const) {
    const { code, stderr } = await dbtc(`models list --fields ${fields}`);
    assert.equal(code, 2);
    assert(stderr.includes(`--fields: "${fields}" is an unknown field. Did you mean ${words}`), stderr);
  }
});

Deno.test("a node is found by its name, and a wrong name is answered with the nearest", async () => {
  const { stdout } = await dbtc("models get customers");
  assert.equal(JSON.parse(stdout).uniqueId, "model.jaffle_shop.customers");
  const wrong = await dbtc("models get custmers");
  assert.equal(wrong.code, 3);
  assert.match(wrong.stderr, /no model is called "custmers"\. Did you mean "customers"/);
  const several = await dbtc("models get dim_locations");
  assert.match(several.stderr, /Several have the name "dim_locations"\. Give one of these ids: model\.jaffle_shop/);
  const gone = await dbtc("models get model.jaffle_shop.nowhere");
  assert.equal(gone.code, 3);
});

Deno.test("a list says that there are more rows, and --all prints them", async () => {
  const { stderr, stdout } = await dbtc("tests list --limit 2");
  assert.equal(JSON.parse(stdout).length, 2);
  assert.match(stderr, /2 of \d+ rows\. Use --all/);
  const all = await dbtc("tests list --all --format jsonl");
  assert(all.stdout.trim().split("\n").length > 10);
  assert.equal((await dbtc("tests list --all --limit 2")).code, 2);
});

Deno.test("an environment without any run has no rows, and an unknown one is not found", async () => {
  const none = await dbtc("models list", {}, { runs: 0 });
  assert.deepEqual([none.code, JSON.parse(none.stdout)], [0, []]);
  const unknown = await dbtc("models list --environment 99");
  assert.equal(unknown.code, 3, unknown.stderr);
  // The only deployment environment is taken.
  const unset = await dbtc("models list", { env: sandboxEnv });
  assert.equal(unset.code, 0);
  assert.equal(unset.stderr, 'Environment 1 "production", the only one\n');
});

Deno.test("too complex queries, missing parts and errors are said", async () => {
  const complex = await dbtc("models list", {}, { complexityLimit: 3000 });
  assert.equal(complex.code, 0);
  assert.match(complex.stderr, /models.list: dbt Cloud refuses the query as too complex: trying 25 rows a page/);
  const failed = await dbtc("models list", {}, { faults: [{ fault: "graphql-error" }] });
  assert.equal(failed.code, 9);
  assert.match(failed.stderr, /Internal server error/);
});

Deno.test("partial data is printed and said once, with exit code 13", async () => {
  for (const line of ["models list", "models list --all --format csv", "models health orders", "sl list metrics"]) {
    const partial = await dbtc(line, {}, { faults: [{ fault: "partial-data" }] });
    assert.equal(partial.code, 13, `${line}: ${partial.stderr}`);
    assert.notEqual(partial.stdout, "");
    const said = partial.stderr.match(/dbtc: dbt Cloud left out a part of the answer: The value could not be read/g);
    assert.equal(said?.length, 1, partial.stderr);
  }
});

Deno.test("lineage and search need no group", async () => {
  const { stdout } = await dbtc("lineage +customers --types Model");
  assert.equal(JSON.parse(stdout).length, 4);
  const found = await dbtc("search payment --fields hit.name");
  assert.equal(JSON.parse(found.stdout)[0].hit.name, "stg_payments");
});

Deno.test("a query by the exact name of an environment says nothing of it on stderr, since it changes nothing", async () => {
  for (
    const line of ["lineage customers", "models list", "sl query --metrics revenue", "sl list-metrics"]
  ) {
    const { code, stderr } = await dbtc(`${line} --environment production`, { env: sandboxEnv });
    assert.deepEqual([code, stderr], [0, ""], line);
  }
});

// As its documentation and its `--help` spell them.
const python = [
  "column-lineage --environment-id 1 --node-unique-id model.jaffle_shop.customers",
  "longest-executed-models --environment-id 1 --start-date 2026-01-01 --end-date 2026-01-31 --limit 3 --job-limit 2 --order-by AVG",
  "mesh-projects --account-id 1",
  "model-execution-history --environment-id 1 --start-date 2026-01-01 --end-date 2026-01-31 --unique-id model.jaffle_shop.orders",
  "model-job-information --environment-id 1 --start-date 2026-01-01 --end-date 2026-01-31 --unique-id model.jaffle_shop.orders",
  "most-executed-models --environment-id 1 --start-date 2026-01-01 --end-date 2026-01-31",
  "most-failed-models --environment-id 1 --start-date 2026-01-01 --end-date 2026-01-31",
  "most-test-failures --environment-id 1 --start-date 2026-01-01 --end-date 2026-01-31",
  "public-models --account-id 1",
  "recommendations --environment-id 1",
  "search --environment-id 1 --query payment",
];
for (const line of python) {
  Deno.test(`dbtc metadata ${line.split(" ")[0]} works as Python dbtc's`, async () => {
    const { code, stderr, stdout } = await dbtc(`metadata ${line}`, { env: sandboxEnv });
    assert.equal(code, 0, stderr);
    JSON.parse(stdout);
  });
}

Deno.test("discovery query follows the pages of a query, and prints the data of one without pages", async () => {
  const paged = "query($after: String) { environment(id: 1) { applied { models(first: 3, after: $after) " +
    "{ pageInfo { hasNextPage endCursor } edges { node { name } } } } } }";
  const { stdout } = await dbtc("discovery query -f -", { stdin: paged });
  assert.equal(JSON.parse(stdout).length, 10);
  // Without the cursors, or without asking for them, there would be a part of the list for the whole.
  const first = await dbtc("discovery query -f -", {
    stdin: paged.replace("($after: String)", "").replace(", after: $after", ""),
  });
  assert.equal(JSON.parse(first.stdout).length, 3);
  assert.match(first.stderr, /has more rows\. With a variable \$after/);
  const stuck = await dbtc("discovery query -f -", { stdin: paged.replace(" endCursor", "") });
  assert.notEqual(stuck.code, 0);
  assert.match(stuck.stderr, /the query has to ask for endCursor/);
  const one = await dbtc("metadata query -f -", { stdin: "{ environment(id: 1) { adapterType } }" });
  assert.deepEqual(JSON.parse(one.stdout), { environment: { adapterType: "snowflake" } });
  const variables = await dbtc('discovery query -f - --variables {"id":1}', {
    stdin: "query($id: BigInt!) { environment(id: $id) { dbtProjectName } }",
  });
  assert.deepEqual(JSON.parse(variables.stdout), { environment: { dbtProjectName: "jaffle_shop" } });
  assert.match((await dbtc("discovery query")).stderr, /Which query\? Try: dbtc discovery query -f/);
  const wrong = await dbtc("discovery query -f -", { stdin: "{ nothing }" });
  assert.equal(wrong.code, 9);
  assert.match(wrong.stderr, /Cannot query field "nothing"/);
});
