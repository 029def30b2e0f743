/**
 * dbt's node selection in the sandbox, against the answers of dbt itself.
 *
 * Source: https://docs.getdbt.com/reference/node-selection/syntax, .../methods, .../graph-operators, .../set-operators,
 * .../test-selection-examples; and what dbt-core 1.9.8 answered: `node_selection_facts.ts`.
 *
 * @module
 */
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import { nodes } from "../../lib/sandbox/data/jaffle_shop_nodes.ts";
import { matchesName, matchesPath } from "../../lib/sandbox/protocol/glob.ts";
import { selectNodes } from "../../lib/sandbox/runs/node_selection.ts";
import { failures, selections, testNames } from "./node_selection_facts.ts";

const letters = new Map(Object.entries(testNames).map(([letter, name]) => [name, letter]));

/** What a command selects, as the facts write it. */
function selected(command: string, previous?: Parameters<typeof selectNodes>[1]): ReadonlyArray<string> {
  const found = selectNodes(command, previous);
  if (Result.isFailure(found)) return [found.failure.message];
  const { nodes, warnings } = found.success;
  const tests = nodes.filter(({ kind }) => kind === "test").map(({ name }) => letters.get(name)).toSorted().join("");
  const others = nodes.filter(({ kind }) => kind !== "test").map(({ kind, id }) => {
    const name = id.replace(/^\w+\.jaffle_shop\./, "");
    return ["model", "seed", "snapshot"].includes(kind) ? name : `${kind}:${name}`;
  });
  const all = [...others.toSorted(), ...tests === "" ? [] : [`[${tests}]`]];
  return [all.join(" ") || "-", ...warnings.map((warning) => `! ${warning}`)];
}

const cases = selections.trim().split(/\n(?=dbt )/).map((text) => text.split("\n  "));

Deno.test("the facts have many commands, and every method that dbt has", () => {
  assert.equal(cases.length > 300, true);
  const methods = "fqn tag group access source path file package config test_name test_type resource_type exposure " +
    "metric version semantic_model saved_query unit_test";
  for (const method of methods.split(" ")) {
    assert.equal(cases.some(([command = ""]) => new RegExp(`\\b${method}[.:]`).test(command)), true, method);
  }
});

Deno.test("the sandbox selects what dbt selects, and warns as dbt does", () => {
  for (const [command = "", ...expected] of cases) {
    assert.deepEqual([command, ...selected(command)], [command, ...expected]);
  }
});

Deno.test("the sandbox fails as dbt fails", () => {
  assert.equal(failures.length > 20, true);
  for (const [command, message] of failures) {
    const found = selectNodes(command);
    assert.deepEqual(
      [command, Result.isFailure(found) && [found.failure.message, found.failure.exitCode]],
      [command, [message, 1]],
    );
  }
});

// dbt 1.9 reads its command line with click 8.1, whose sentences these are (click/exceptions.py, click/parser.py).
const usageErrors: ReadonlyArray<readonly [command: string, message: string]> = [
  ["dbt run --foo", "No such option: --foo"],
  ["dbt run -z", "No such option: -z"],
  ["dbt run --resource-type model", "No such option: --resource-type"],
  ["dbt retry --select customers", "No such option: --select"],
  ["dbt build --select", "Option '--select' requires an argument."],
  ["dbt build -s", "Option '-s' requires an argument."],
  ["dbt build --vars", "Option '--vars' requires an argument."],
  ["dbt build --full-refresh=yes", "Option '--full-refresh' does not take a value."],
  ["dbt build customers", "Got unexpected extra argument (customers)"],
  ["dbt build customers orders", "Got unexpected extra arguments (customers orders)"],
  ["dbt build --threads x", "Invalid value for '--threads': 'x' is not a valid integer."],
  [
    "dbt build --indirect-selection foo",
    "Invalid value for '--indirect-selection': 'foo' is not one of 'eager', 'cautious', 'buildable', 'empty'.",
  ],
  ["dbt run-operation", "Missing argument 'MACRO'."],
  ["dbt freshness", "No such command 'freshness'."],
  ["dbt source foo", "No such command 'foo'."],
  ["dbt --select customers build", "No such option: --select"],
];

Deno.test("the sandbox refuses a command line that dbt refuses, with its usage", () => {
  for (const [command, message] of usageErrors) {
    const found = selectNodes(command);
    assert.equal(Result.isFailure(found), true, command);
    if (!Result.isFailure(found)) continue;
    assert.equal(found.failure.exitCode, 2);
    assert.equal(found.failure.message.endsWith(`\n\nError: ${message}`), true, found.failure.message);
    assert.match(found.failure.message, /^Usage: dbt /);
  }
});

Deno.test("options that select nothing do not change what is built", () => {
  const plain = selected("dbt build --select customers");
  for (
    const options of [
      "--full-refresh --threads 8 --vars '{a: b, c: [1, 2]}' --target prod --fail-fast -s customers",
      "-x -f -q -t prod -m customers",
      "-xfq -scustomers",
      "--select=customers --no-write-json --log-level debug --state target/ --defer --favor-state",
      `--vars "{\\"a\\": 'b c'}" --select 'customers'`,
    ]
  ) assert.deepEqual(selected(`dbt build ${options}`), plain);
  assert.deepEqual(selected("dbt --debug --fail-fast build --select customers"), plain);
});

// docs.getdbt.com/reference/node-selection/methods, "result" and "source_status".
Deno.test("result and source_status compare with the job's previous run", () => {
  const results = new Map([
    ["model.jaffle_shop.customers", "error"],
    ["model.jaffle_shop.orders", "success"],
    ...nodes.filter(({ name }) => name === "unique_customers_customer_id").map(({ id }) => [id, "skipped"] as const),
  ]);
  const previous = { results, sourcesBefore: true, sourcesNow: true };
  assert.deepEqual(selected("dbt run --select result:error", previous), ["customers"]);
  assert.deepEqual(selected("dbt build --select result:skipped", previous), [
    "[w]".replace("w", letterOf("unique_customers_customer_id")),
  ]);
  assert.deepEqual(selected("dbt run --select result:success,tag:finance result:error", previous), [
    "customers orders",
  ]);
  assert.deepEqual(selected("dbt run --select result:fail", previous), [
    "-",
    "! The selection criterion 'result:fail' does not match any enabled nodes",
    "! Nothing to do. Try checking your model configs and model specification args",
  ]);
  assert.deepEqual(selected("dbt list --select source_status:fresher", previous), ["source:shop.events"]);
  assert.deepEqual(selected("dbt list --select source_status:fresher", { ...previous, sourcesNow: false }), [
    "Internal Error\n  No current state comparison freshness results in sources.json",
  ]);
});

function letterOf(name: string): string {
  return letters.get(name) ?? "";
}

Deno.test("state compares with a deferred project that differs in one model", () => {
  assert.deepEqual(selected("dbt run --select state:modified"), ["customers"]);
  assert.deepEqual(selected("dbt run --select state:modified.body+"), ["customers"]);
  assert.deepEqual(selected("dbt run --select state:unmodified,tag:nightly"), ["orders"]);
  assert.deepEqual(selected("dbt run --select state:new")[0], "-");
  assert.match(
    selected("dbt run --select state:changed")[0] ?? "",
    /^Runtime Error\n {2}Got an invalid selector "changed"/,
  );
});

// Python's documentation of `fnmatch` and of `pathlib`'s `Path.glob`.
Deno.test("patterns match as Python's do", () => {
  for (
    const [text, pattern, matches] of [
      ["stg_orders", "stg_*", true],
      ["stg_orders", "*orders", true],
      ["stg_orders", "stg_?rders", true],
      ["stg_orders", "stg_[a-o]*", true],
      ["stg_orders", "stg_[!a-o]*", false],
      ["stg_orders", "STG_*", false],
      ["a]b", "a[]]b", true],
      ["a[b", "a[b", true],
      ["a-b", "a[-x]b", true],
      ["", "*", true],
      ["", "?", false],
    ] as const
  ) assert.deepEqual([text, pattern, matchesName(text, pattern)], [text, pattern, matches]);
  for (
    const [path, pattern, matches] of [
      ["models/staging/stg_orders.sql", "models/*/*.sql", true],
      ["models/staging/stg_orders.sql", "models/*.sql", false],
      ["models/staging/stg_orders.sql", "**/*.sql", true],
      ["models/customers.sql", "models/**/*.sql", true],
      ["models/customers.sql", "./models//customers.sql", true],
      ["models/customers.sql", "**", false],
    ] as const
  ) assert.deepEqual([path, pattern, matchesPath(path, false, pattern)], [path, pattern, matches]);
});

Deno.test("no pattern explodes", () => {
  const begun = performance.now();
  const many = "*".repeat(60);
  for (
    const value of [
      `${"*a".repeat(200)}*b`,
      `${many}x`,
      `path:${"**/".repeat(200)}x`,
      `path:${"*a".repeat(500)}`,
      `file:${"*?".repeat(500)}`,
      `tag:${"[a-z]*".repeat(300)}`,
      `${"+".repeat(20_000)}`,
      `${"1+".repeat(20_000)}`,
      `${"a.".repeat(20_000)}:b`,
      `${"a,".repeat(2000)}a`,
      `@${"9".repeat(5000)}+x`,
    ]
  ) selectNodes(`dbt build --select ${value}`);
  assert.equal(matchesName("a".repeat(5000), `${"*a".repeat(500)}b`), false);
  assert.equal(performance.now() - begun < 5000, true);
});
