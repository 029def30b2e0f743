/**
 * The sandbox's Semantic Layer: metrics by SQL, states by the clock, refusals, failures, permissions.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import type * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
// Virtual time does not wait for the import of a module.
import "../../lib/semantic_layer/arrow_rows.ts";
import "../../lib/sandbox/graphql/graphql_server.ts";
import { loadSemanticLayer } from "../../lib/sandbox/semantic_layer/semantic_layer_api.ts";
import { noSqlite, openWarehouse } from "../../lib/sandbox/semantic_layer/warehouse.ts";
import { stateOf } from "../../lib/sandbox/semantic_layer/query_store.ts";
import { customers, orders } from "../../lib/sandbox/data/jaffle_shop_rows.ts";
import { nodes } from "../../lib/sandbox/data/jaffle_shop_nodes.ts";
import { metrics, savedQueries, semanticModels } from "../../lib/sandbox/data/jaffle_shop_metrics.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import * as sl from "../../lib/semantic_layer/mod.ts";
import { type Dbt, DbtClient, type Options, serviceTokens } from "../../mod.ts";

await loadSemanticLayer();

/** Runs a program against a new sandbox, whose queries take no time. */
function ask<A>(
  program: Effect.Effect<A, unknown, Dbt | HttpClient.HttpClient>,
  { faults = [], ...options }: Partial<Options> & Pick<sandbox.Options, "faults"> = {},
): Promise<A> {
  const layer = sandbox.layer({ speed: 1000, faults });
  const client = DbtClient.layer({
    token: Redacted.make("sandbox"),
    host: "http://127.0.0.1",
    account_id: 1,
    environment_id: 1,
    ...options,
  });
  return Effect.runPromise(program.pipe(Effect.provide(Layer.provideMerge(client, layer))));
}

const rows = (request: sl.QueryMetrics) => Stream.runCollect(sl.query(request));
const reason = (request: sl.QueryMetrics) => Effect.map(Effect.flip(rows(request)), ({ reason }) => reason);

/** The sum of the orders of each group, by another way than SQL. */
function sums(group: (order: typeof orders[number]) => string): ReadonlyArray<readonly [string, number]> {
  const cents = new Map<string, number>();
  for (const order of orders) {
    cents.set(group(order), (cents.get(group(order)) ?? 0) + Math.round(order.amount * 100));
  }
  return [...cents].map(([name, sum]) => [name, sum / 100] as const).toSorted(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("metrics are the sums and counts of the rows, by each granularity, dimension and entity", async () => {
  const monday = (date: string) => {
    const time = new Date(date);
    return new Date(time.getTime() - (time.getUTCDay() + 6) % 7 * 86_400_000).toISOString().slice(0, 10);
  };
  const groups: Readonly<Record<string, (order: typeof orders[number]) => string>> = {
    metric_time__day: ({ order_date }) => order_date,
    metric_time__week: ({ order_date }) => monday(order_date),
    order_id__order_date__month: ({ order_date }) => `${order_date.slice(0, 7)}-01`,
    metric_time__quarter: ({ order_date }) => order_date < "2018-04" ? "2018-01-01" : "2018-04-01",
    metric_time__year: () => "2018-01-01",
    order_id__status: ({ status }) => status,
    customer__first_name: ({ customer_id }) => customers[customer_id - 1]?.first_name ?? "",
  };
  const asked = Object.keys(groups);
  const found = await ask(
    Effect.forEach(asked, (name) => rows({ metrics: ["revenue"], groupBy: [name] }), { concurrency: "unbounded" }),
  );
  for (const [index, name] of asked.entries()) {
    const table = found[index]?.map((row) => [String(row[name]), Number(row.revenue)] as const)
      .toSorted(([a], [b]) => a < b ? -1 : 1);
    assert.deepEqual(table, sums(groups[name] ?? String), name);
  }
  const [all] = await ask(rows({ metrics: ["revenue", "order_count", "average_order_value", "customer_count"] }));
  const revenue = sums(() => "")[0]?.[1] ?? NaN;
  assert.deepEqual(all, {
    revenue,
    order_count: 99,
    average_order_value: all?.average_order_value,
    customer_count: 100,
  });
  assert(Math.abs(Number(all?.average_order_value) - revenue / 99) < 1e-9);
});

Deno.test("metrics of two semantic models are joined, and what one lacks is null", async () => {
  const joined = await ask(rows({ metrics: ["revenue", "customer_count"], groupBy: ["metric_time"] }));
  // Customers without an order have no first order.
  const without = joined.find((row) => row.metric_time__day === null);
  assert.deepEqual(without, {
    metric_time__day: null,
    revenue: null,
    customer_count: customers.filter(({ first_order }) => first_order === null).length,
  });
  assert.equal(joined.length, new Set(orders.map(({ order_date }) => order_date)).size + 1);
});

Deno.test("filters, orders, limits, date parts, aliases and saved queries", async () => {
  const [filtered, ordered, parts, saved, none] = await ask(Effect.all([
    rows({
      metrics: [{ name: "order_count", alias: "n" }],
      where: [
        "{{ Dimension('order_id__status') }} = 'completed'",
        `{{ TimeDimension("metric_time", "month") }} >= '2018-03-01' and {{ Entity('customer') }} > 0`,
      ],
    }),
    rows({ metrics: ["revenue"], groupBy: ["order_id__status"], orderBy: ["-revenue"], limit: 2 }),
    rows({ metrics: ["order_count"], groupBy: ["metric_time__extract_dow"], orderBy: ["metric_time__extract_dow"] }),
    rows({ savedQuery: "revenue_by_month", orderBy: ["-revenue"], limit: 1 }),
    rows({ metrics: ["revenue"], groupBy: ["order_id__status"], where: ["{{ Entity('order_id') }} < 0"] }),
  ]));
  const completed = orders.filter(({ order_date, status }) => status === "completed" && order_date >= "2018-03-01");
  assert.deepEqual(filtered, [{ n: completed.length }]);
  const best = sums(({ status }) => status).toSorted(([, a], [, b]) => b - a).slice(0, 2);
  assert.deepEqual(ordered.map(({ order_id__status, revenue }) => [order_id__status, revenue]), best);
  assert.deepEqual(parts.map(({ metric_time__extract_dow }) => metric_time__extract_dow), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(saved[0]?.metric_time__month, "2018-03-01");
  assert.deepEqual(none, []);
});

/** Queries that filter by a metric, and what dbt-metricflow 0.15 answers over the same rows, in DuckDB. */
const byMetric: ReadonlyArray<readonly [sl.QueryMetrics, ReadonlyArray<ReadonlyArray<unknown>>]> = [
  [{ metrics: ["order_count"], where: ["{{ Metric('revenue', group_by=['customer']) }} > 50"] }, [[20]]],
  [{ metrics: ["customer_count"], where: ["{{ Metric('revenue', group_by=['customer']) }} > 50"] }, [[5]]],
  [{
    metrics: ["revenue"],
    groupBy: ["order_id__status"],
    orderBy: ["revenue"],
    where: ["{{ Metric('order_count', ['customer']) }} >= 2"],
  }, [["shipped", 4.29], ["returned", 48.79], ["completed", 944.81]]],
  [{ metrics: ["revenue"], where: ["{{ Metric('average_order_value', group_by=['customer']) }} > 20"] }, [[432.27]]],
  [{
    metrics: ["revenue", "customer_count"],
    where: ["{{ Metric('order_count', ['customer']) }} > 1 and {{ Metric('revenue', ['customer']) }} < 60"],
  }, [[678.39, 19]]],
  [{ metrics: ["revenue"], where: ["{{ Metric('revenue', group_by=['order_id']) }} > 20"] }, [[863.75]]],
];

Deno.test("a filter by a metric gives the rows that MetricFlow gives", async () => {
  const found = await ask(Effect.forEach(byMetric, ([request]) => rows(request), { concurrency: "unbounded" }));
  for (const [index, [request, expected]] of byMetric.entries()) {
    const table = found[index]?.map((row) =>
      Object.values(row).map((value) => Number.isNaN(Number(value)) ? value : Number(value))
    );
    assert.deepEqual(table, expected, `${request.where}`);
  }
});

Deno.test("what makes no sense is refused at once, in MetricFlow's words", async () => {
  const wrong: ReadonlyArray<readonly [sl.QueryMetrics, RegExp]> = [
    [{ metrics: ["revenu"] }, /does not exactly match any known metrics[^]*'revenue'[^]*Query Input:\n\n {4}revenu$/],
    [{ metrics: ["revenue"], groupBy: ["order_id__stat"] }, /available group-by-items[^]*'order_id__status'/],
    [{ metrics: ["customer_count"], groupBy: ["order_id__status"] }, /available group-by-items/],
    [{ metrics: ["revenue"], groupBy: [{ name: "order_id__status", timeGranularity: "day" }] }, /no granularity day/],
    [{ metrics: ["revenue"], where: ["{{ Dimension('order_id__status') = 1"] }, /braces do not match/],
    [{ metrics: ["revenue"], where: ["{{ nonsense() }} = 1"] }, /Error parsing the where filter/],
    [{ metrics: ["revenue"], where: ["1 = 1; drop table orders"] }, /one condition/],
    [{ metrics: ["revenue"], where: ["{{ Metric('revenue') }} > 1"] }, /`group_by` parameter is required/],
    [{ metrics: ["revenue"], where: ["{{ Metric('revenue', ['customer', 'order_id']) }} > 1"] }, /only one group by/],
    [
      { metrics: ["customer_count"], where: ["{{ Metric('revenue', ['order_id']) }} > 1"] },
      /available group-by-items[^]*"Metric\('revenue', group_by=\['customer'\]\)"/,
    ],
    [{ metrics: ["revenue"], orderBy: ["order_count"] }, /order_count/],
    [{}, /at least one metric/],
    [{ savedQuery: "no_such" }, /Could not find saved query "no_such"/],
    [{ savedQuery: "revenue_by_month", metrics: ["revenue"] }, /has its own metrics/],
  ];
  const reasons = await ask(Effect.forEach(wrong, ([request]) => reason(request), { concurrency: "unbounded" }));
  for (const [index, [request, words]] of wrong.entries()) {
    const found = reasons[index];
    assert(found?._tag === "Invalid", JSON.stringify(request));
    assert.match(found.errors?.[0]?.message ?? "", words);
  }
});

Deno.test("states pass with the time, faults refuse, fail and slow down queries", async () => {
  const failed = await ask(reason({ metrics: ["revenue"], where: ["no such column"] }));
  assert(failed._tag === "QueryFailed");
  assert.match(failed.error, /^Database Error\n/);
  assert.match(failed.sql ?? "", /where \(no such column\)/);
  const refused = await ask(reason({ metrics: ["revenue"] }), { faults: [{ fault: "query-refused" }] });
  assert.equal(refused._tag, "Invalid");
  const fails = await ask(reason({ metrics: ["revenue"] }), { faults: [{ fault: "query-fails" }] });
  assert(fails._tag === "QueryFailed");
  assert.match(fails.error, /000630/);
  const query = {
    id: "1",
    created: 0,
    input: {},
    isDimensionValues: false,
    compiled: { sql: "select 1", columns: [] },
    runTime: 30_000,
  };
  const statuses = [0, 300, 900, 30_500, 30_600].map((now) => stateOf(query, { now, speed: 1, warehouse: undefined }));
  assert.deepEqual(statuses.map(({ status }) => status), ["PENDING", "RUNNING", "COMPILED", "COMPILED", "FAILED"]);
  assert.equal(statuses.at(-1)?.error, noSqlite);
});

Deno.test("a runtime without node:sqlite has no database, and says so", async () => {
  assert.equal(await openWarehouse(() => Promise.reject(new Error("No such built-in module: node:sqlite"))), undefined);
});

Deno.test("a filter cannot change the rows", async () => {
  const database = await openWarehouse();
  assert.throws(() => database?.query("delete from orders"));
  assert.deepEqual(database?.query("select count(*) from orders"), [[99]]);
});

Deno.test("only a token and an environment with the Semantic Layer may use it", async () => {
  /** The metrics that a new service token with these permission sets sees. */
  const service = Effect.fnUntraced(function* (...sets: ReadonlyArray<string>) {
    const { token_string = "" } = yield* serviceTokens.create({
      name: sets.join(),
      permission_grants: sets.map((permission_set) => ({ permission_set })),
    });
    const token = Redacted.make(token_string ?? "");
    const client = DbtClient.layer({ token, host: "http://127.0.0.1", environment_id: 1 });
    return yield* sl.listMetrics.pick("name")({}).pipe(Effect.result, Effect.provide(client));
  });
  const results = await ask(Effect.all([
    service("semantic_layer_only"),
    service("job_admin", "metadata_only"),
    service("semantic_layer_only", "metadata_only"),
    service("account_admin"),
  ]));
  assert.deepEqual(results.map(Result.isSuccess), [false, false, true, true]);
  const all = [
    ask(Effect.flip(sl.listMetrics({ environment_id: 2 }))),
    ask(Effect.flip(sl.listMetrics({ environment_id: 99 }))),
    ask(Effect.flip(sl.listMetrics({})), { token: Redacted.make("nobody-knows-it") }),
  ];
  for (const error of await Promise.all(all)) {
    assert.equal(error.reason._tag, "Forbidden");
    assert.match(error.message, /User is not authorized/);
  }
});

Deno.test("metadata: what metrics can be grouped by, searched and paged", async () => {
  const [common, terms, paged, dimensions, entities, measures, granularities, info] = await ask(Effect.all([
    sl.listDimensions({ metrics: ["revenue", "customer_count"] }),
    Stream.runCollect(sl.searchMetrics({ searchTerms: ["customer", "average"] })),
    Stream.runCollect(sl.searchMetrics({ pageSize: 3, groupBy: ["metric_time"] })),
    sl.listMetricsForDimensions({ dimensions: ["order_id__status", "metric_time__month"] }),
    sl.listEntities({ metrics: ["revenue"] }),
    sl.listMeasures({ metrics: ["average_order_value"] }),
    sl.listQueryableGranularities({ metrics: ["revenue"] }),
    sl.getEnvironmentInfo({}),
  ]));
  assert.deepEqual(common.map(({ qualifiedName }) => qualifiedName), [
    "metric_time",
    "customer__first_order",
    "customer__first_name",
    "customer__last_name",
  ]);
  assert.deepEqual(terms.map(({ name }) => name), ["average_order_value", "customer_count"]);
  assert.deepEqual(paged.map(({ name }) => name), metrics.map(({ name }) => name));
  assert.deepEqual(dimensions.map(({ name }) => name), ["revenue", "order_count", "average_order_value"]);
  assert.deepEqual(entities.map(({ name }) => name), ["order_id", "customer"]);
  assert.deepEqual(measures.map(({ name }) => name), ["amount", "order_count"]);
  assert.deepEqual(granularities, ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]);
  assert.deepEqual(info, { sqlDialect: "SNOWFLAKE", dialectSupportedBySlg: true, hasMetricsDefined: true });
});

Deno.test("dimension values come once each, and need a metric only for metric_time", async () => {
  const values = (request: sl.ListDimensionValues) => Stream.runCollect(sl.listDimensionValues(request));
  const [statuses, of, time] = await ask(Effect.all([
    values({ groupBy: ["order_id__status"] }),
    values({ groupBy: ["order_id__status"], metrics: ["revenue"] }),
    Effect.flip(values({ groupBy: ["metric_time"] })),
  ]));
  const all = [...new Set(orders.map(({ status }) => status))].toSorted();
  assert.deepEqual(statuses.map(({ order_id__status }) => order_id__status).toSorted(), all);
  assert.deepEqual(of.map(({ order_id__status }) => order_id__status).toSorted(), all);
  assert(time.reason._tag === "QueryFailed");
  assert.match(time.reason.error, /distinct values query without metrics/);
});

Deno.test("the metrics are those of the manifest, and some more", () => {
  const names = (kind: string) => nodes.filter((node) => node.kind === kind).map(({ name }) => name);
  const has = (all: ReadonlyArray<{ readonly name: string }>, kind: string) =>
    names(kind).filter((name) => !all.some((one) => one.name === name));
  assert.deepEqual(has(metrics, "metric"), []);
  assert.deepEqual(has(semanticModels, "semantic_model"), []);
  assert.deepEqual(has(savedQueries, "saved_query"), []);
});
