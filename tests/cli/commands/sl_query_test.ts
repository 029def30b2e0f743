/**
 * `dbtc sl`: the commands of dbt's own `dbt sl`, against the sandbox.
 *
 * @module
 */
import { tableFromIPC } from "@uwdata/flechette";
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { command, type Outcome, sandboxEnv, type Surroundings } from "../../support/command.ts";

const env = { ...sandboxEnv, DBT_CLOUD_ENVIRONMENT_ID: "1" };

/** Runs command lines one after the other. */
function sl(lines: ReadonlyArray<string>, surroundings: Surroundings = {}): Promise<ReadonlyArray<Outcome>> {
  const words = (line: string) => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ""));
  return Effect.runPromise(
    Effect.forEach(lines, (line) => command(["sl", ...words(line)], { env, ...surroundings })).pipe(
      Effect.provide(sandbox.layer({ speed: 1000 })),
    ),
  );
}

Deno.test("dbt's own spellings: two words, commas, --dimension, -metric", async () => {
  const [metrics, dashed, values, query] = await sl([
    "list metrics --fields name --format csv",
    "list-metrics --fields name --format csv",
    "list dimension-values --metrics revenue --dimension order_id__status --format csv",
    "query --metrics revenue,order_count --group-by metric_time__month --order-by -revenue --limit 2 --format jsonl",
  ]);
  assert.equal(metrics?.stdout, "name\nrevenue\norder_count\naverage_order_value\ncustomer_count\n");
  assert.deepEqual(dashed, metrics);
  assert.equal(values?.stdout, "order_id__status\ncompleted\nplaced\nreturn_pending\nreturned\nshipped\n");
  assert.equal(
    query?.stdout,
    '{"metric_time__month":"2018-03-01","revenue":513.91,"order_count":31}\n' +
      '{"metric_time__month":"2018-01-01","revenue":463.19,"order_count":31}\n',
  );
});

Deno.test("a table aligns numbers right, with as many decimals each, and rounds nothing else", async () => {
  const query =
    "query --metrics revenue,average_order_value --group-by metric_time__month --order-by metric_time__month";
  const [two, none, json] = await sl([query, `${query} --decimals 0`, `${query} --format json --limit 1`], {
    terminal: true,
    columns: 80,
  });
  assert.equal(
    two?.stdout,
    `METRIC_TIME__MONTH  REVENUE  AVERAGE_ORDER_VALUE
2018-01-01           463.19                14.94
2018-02-01           387.17                13.83
2018-03-01           513.91                16.58
2018-04-01           134.80                14.98
`,
  );
  assert.match(none?.stdout ?? "", /^2018-04-01 +135 +15$/m);
  assert.equal(JSON.parse(json?.stdout ?? "")[0].average_order_value, 463.19 / 31);
});

Deno.test("charts: a line over time, bars by category, in the width of the terminal", async () => {
  for (const columns of [80, 120]) {
    const [line, bars, empty] = await sl([
      "query --metrics revenue --group-by metric_time__week --chart",
      "query --metrics revenue,order_count --group-by order_id__status --order-by -revenue --chart",
      "query --metrics revenue --group-by order_id__status --where 'false' --chart",
    ], { terminal: true, columns });
    assert.match(line?.stdout ?? "", /^revenue\n152\.56 ┤.*[\u2801-\u28ff]/);
    assert.match(line?.stdout ?? "", /\n {8}2018-01-01 +2018-04-09\n/);
    assert.match(bars?.stdout ?? "", /^revenue\ncompleted +1,112\.7 {2}█+\nplaced +136\.29 {2}█+[▏▎▍▌▋▊▉]?\n/);
    assert.match(bars?.stdout ?? "", /\norder_count\ncompleted +76 {2}█/);
    const widest = Math.max(...`${line?.stdout}${bars?.stdout}`.split("\n").map((text) => [...text].length));
    assert(widest <= columns && widest > columns - 6, `${widest} of ${columns}`);
    assert.deepEqual([empty?.stdout, empty?.stderr], ["", "No rows\n"]);
  }
});

Deno.test("--compile prints SQL, in a pipe too, and --format arrow a stream that others read", async () => {
  const file = await Deno.makeTempFile();
  const [sql, same, json, arrow, terminal] = await sl([
    "query --metrics revenue --group-by metric_time__month --compile",
    "compile --metrics revenue --group-by metric_time__month",
    "query --saved-query revenue_by_month --compile --format json",
    `query --metrics revenue --group-by metric_time__month --format arrow -o ${file}`,
  ]);
  assert.match(sql?.stdout ?? "", /^with orders_metrics as \(\n {2}select\n/);
  assert.equal(same?.stdout, sql?.stdout);
  assert.match(JSON.parse(json?.stdout ?? "").sql, /^with/);
  assert.deepEqual(arrow, { code: 0, stdout: "", stderr: "" });
  const table = tableFromIPC(await Deno.readFile(file));
  assert.deepEqual(table.names, ["metric_time__month", "revenue"]);
  assert.equal(table.numRows, 4);
  assert.equal(terminal, undefined);
  await Deno.remove(file);
});

Deno.test("an empty result has its header in CSV, and an empty list in JSON", async () => {
  const query = "query --metrics revenue --group-by order_id__status --where 'false'";
  const [csv, json, table] = await sl([`${query} --format csv`, `${query} --format json`, query]);
  assert.equal(csv?.stdout, "order_id__status,revenue\n");
  assert.equal(json?.stdout, "[]\n");
  assert.equal(table?.stdout, "[]\n");
});

Deno.test("what is wrong with a command line or a query is said, with its exit code", async () => {
  const wrong: ReadonlyArray<readonly [string, number, RegExp]> = [
    [
      "query --metrics revenu",
      9,
      /^dbtc: sl query: Refused \(200\):\nGot error.*any known metrics.*'revenue'.*revenu\n$/s,
    ],
    ["query --metrics revenue --where 'nonsense here'", 1, /^dbtc: sl query: Query \S+ failed: Database Error/],
    ["query --metrics revenue --fields amount", 2, /--fields: no row has "amount"\. Fields: revenue/],
    ["query", 2, /Which metrics\? Try: dbtc sl query --metrics METRIC/],
    ["compile", 2, /Which metrics\? Try: dbtc sl compile --metrics METRIC/],
    ["query --metrics revenue --chart --format csv", 2, /--chart draws for people/],
    ["query --metrics revenue --chart --compile", 2, /--compile does not go with --chart/],
    ["list metrics --format arrow", 2, /only sl query and sl list-dimension-values write Arrow/],
    ["list metrics --fields nme", 2, /--fields: "nme" is an unknown field\. Did you mean name/],
    ["list", 2, /dbtc sl list what\? One of: dimension-values, dimensions, .*metrics/],
    ["list dimensions", 2, /sl list-dimensions needs --metrics/],
    ["list dimension-values", 2, /sl list-dimension-values needs --group-by/],
    ["query --metrics revenue --environment-id 2", 4, /User is not authorized.*Semantic Layer Only/],
  ];
  const outcomes = await sl(wrong.map(([line]) => `${line} --log-level none`), { terminal: true });
  for (const [index, [line, code, words]] of wrong.entries()) {
    assert.equal(outcomes[index]?.code, code, `${line}: ${outcomes[index]?.stderr}`);
    assert.match(outcomes[index]?.stderr ?? "", words, line);
  }
  const [onlyEnvironment] = await sl(["list metrics"], { env: sandboxEnv });
  assert.equal(onlyEnvironment?.code, 0);
  assert.equal(onlyEnvironment?.stderr, 'Environment 1 "production", the only one\n');
  const [binary] = await sl(["query --metrics revenue --format arrow"], { terminal: true });
  assert.match(binary?.stderr ?? "", /Arrow is no text for a terminal/);
});
