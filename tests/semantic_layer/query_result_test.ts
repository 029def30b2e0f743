/**
 * The life of a query against a transport that behaves badly: polling, pages, failures, interrupts.
 *
 * @module
 */
import { int32, int64, list, utf8 } from "@uwdata/flechette";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
// Virtual time does not wait for the import of a module.
import "../../lib/semantic_layer/arrow_rows.ts";
import "../../lib/semantic_layer/json_rows.ts";
import * as sl from "../../lib/semantic_layer/mod.ts";
import type { Dbt } from "../../lib/dbt.ts";
import type { DbtError } from "../../lib/error.ts";
import { arrowPage } from "../support/arrow_page.ts";
import { fails, type Reply, type Sent, session, succeeds, transport, virtually } from "../support/fixtures.ts";

/** What a request asks for: the first field of its document, and its variables. */
function asked({ body }: Sent): { readonly field: string; readonly variables: Readonly<Record<string, unknown>> } {
  const { query, variables } = body as { query: string; variables: Record<string, unknown> }; // every request is one of GraphQL
  return { field: /\{ (\w+)/.exec(query)?.[1] ?? "", variables };
}

const data = (field: string, value: unknown): Reply => ({ status: 200, body: { data: { [field]: value } } });
const errors = (...messages: ReadonlyArray<string>): Reply => ({
  status: 200,
  body: { data: null, errors: messages.map((message) => ({ message })) },
});

/** dbt Cloud with one query: `page` answers for the page and the number of the poll. */
function cloud(page: (pageNum: number, poll: number) => unknown, others: (field: string) => Reply = () => errors("?")) {
  let polls = 0;
  return transport((sent) => {
    const { field, variables } = asked(sent);
    if (field === "createQuery" || field === "createDimensionValuesQuery") return data(field, { queryId: "01ab" });
    if (field === "cancelQuery") return data(field, { queryId: variables.queryId });
    if (field !== "query") return others(field);
    const value = page(Number(variables.pageNum), ++polls);
    return "status" in (value as object) && "body" in (value as object) ? value as Reply : data("query", value);
  });
}

const done = (result: string, totalPages = 1) => ({ status: "SUCCESSFUL", sql: "select 1", totalPages, result });
const ids = (from: number, count: number) =>
  arrowPage({ id: [int32(), Array.from({ length: count }, (_, index) => from + index)] });
const revenue = { environment_id: 5, metrics: ["revenue"], groupBy: ["metric_time__month"], orderBy: ["-revenue"] };

function collect<A>(rows: Stream.Stream<A, DbtError, Dbt>, net: ReturnType<typeof cloud>) {
  return Stream.runCollect(rows).pipe(Effect.provide(session(net)));
}

Deno.test("a query is created once, polled after 0.5 s and each time 15 % later, and read", async () => {
  const states = ["PENDING", "RUNNING", "COMPILED", "QUITE_NEW"];
  const net = cloud((_, poll) => poll <= 4 ? { status: states[poll - 1] } : done(ids(1, 2)));
  assert.deepEqual(await succeeds(collect(sl.query(revenue), net)), [{ id: 1 }, { id: 2 }]);
  const [create, ...polls] = net.sent;
  assert(create !== undefined);
  assert.equal(create.url.href, "https://ab123.semantic-layer.us1.dbt.com/api/graphql");
  assert.deepEqual(asked(create), {
    field: "createQuery",
    variables: {
      environment_id: 5,
      metrics: [{ name: "revenue" }],
      groupBy: [{ name: "metric_time", timeGranularity: "month" }],
      orderBy: [{ metric: { name: "revenue" }, descending: true }],
    },
  });
  assert.deepEqual(polls.map(({ at }) => Math.round((at - create.at) * 1000)), [0, 500, 1075, 1736, 2497]);
});

Deno.test("polls are at most a minute apart", async () => {
  const net = cloud((_, poll) => poll < 60 ? { status: "RUNNING" } : done(ids(1, 1)));
  await succeeds(collect(sl.query(revenue), net));
  const gaps = net.sent.slice(1).map(({ at }, index) => at - (net.sent[index]?.at ?? at));
  assert.equal(Math.round(Math.max(...gaps)), 60);
});

Deno.test("pages come in order, four at a time, and only as far as they are read", async () => {
  const slow = () =>
    transport((sent) => {
      const { field, variables } = asked(sent);
      if (field === "createQuery") return data(field, { queryId: "01" });
      const page = { status: 200, body: { data: { query: done(ids(Number(variables.pageNum) * 10, 2), 30) } } };
      return { ...page, after: variables.pageNum === 1 ? 0 : 1 };
    });
  const all = slow();
  const rows = await succeeds(collect(sl.query(revenue), all));
  assert.deepEqual(
    rows,
    Array.from({ length: 30 }, (_, page) => [{ id: 10 * page + 10 }, { id: 10 * page + 11 }]).flat(),
  );
  const together = Map.groupBy(all.sent.slice(2), ({ at }) => Math.round(at * 1000));
  assert.equal(Math.max(...[...together.values()].map(({ length }) => length)), 4);
  const few = slow();
  const first = Stream.take(sl.query(revenue), 3);
  assert.deepEqual(await succeeds(collect(first, few)), [{ id: 10 }, { id: 11 }, { id: 20 }]);
  assert(few.sent.length <= 12, `${few.sent.length} requests for three rows`);
});

Deno.test("a page that comes twice, or not at all, is an error", async () => {
  const same = cloud(() => done(ids(1, 3), 2));
  const { reason } = await fails(collect(sl.query(revenue), same));
  assert.equal(reason._tag, "Undecodable");
  assert.match("detail" in reason ? reason.detail : "", /page 2 of query 01ab is the same as the page before it/);
  const missing = cloud((pageNum) => pageNum === 1 ? done(ids(1, 3), 2) : { status: "RUNNING" });
  assert.match((await fails(collect(sl.query(revenue), missing))).message, /page 2 of query 01ab is empty: .* RUNNING/);
});

Deno.test("a query that fails says why, in the warehouse's words", async () => {
  const net = cloud((_, poll) =>
    poll < 3 ? { status: "COMPILED", sql: "select x" } : {
      status: "FAILED",
      sql: "select x",
      error: "Database Error\u001b[31m\n  division by zero",
    }
  );
  const { message, reason } = await fails(collect(sl.query(revenue), net));
  assert.deepEqual(reason, {
    _tag: "QueryFailed",
    query_id: "01ab",
    error: "Database Error\n  division by zero",
    sql: "select x",
  });
  assert.equal(message, "sl.query: Query 01ab failed: Database Error\n  division by zero");
});

Deno.test("a refusal keeps dbt's words, and adds the nearest name where dbt suggests none", async () => {
  const net = transport((sent) => {
    const { field } = asked(sent);
    if (field === "metrics") return data(field, [{ name: "revenue" }, { name: "order_count" }]);
    return errors("The given input does not exactly match any known metrics.");
  });
  const { message } = await fails(collect(sl.query({ environment_id: 5, metrics: ["revenu"] }), net));
  assert.equal(
    message,
    "sl.query: Refused (200: The given input does not exactly match any known metrics). " +
      'No metric is called "revenu". Did you mean "revenue"?',
  );
  const dimension = transport((sent) => {
    const { field } = asked(sent);
    if (field === "metrics") return data(field, [{ name: "revenue" }]);
    if (field === "dimensions") return data(field, [{ name: "status", qualifiedName: "order_id__status" }]);
    return field === "entities" ? data(field, [{ name: "customer" }]) : errors("No such thing.");
  });
  const request = { environment_id: 5, metrics: ["revenue"], groupBy: ["order_id__statu"] };
  assert.match((await fails(collect(sl.query(request), dimension))).message, /Did you mean "order_id__status"\?$/);
  // Its own suggestions are enough.
  const suggests = transport(() => errors("No such metric. Suggestions: ['revenue']"));
  await fails(collect(sl.query({ environment_id: 5, metrics: ["revenu"] }), suggests));
  assert.equal(suggests.sent.length, 1);
});

Deno.test("a token without the permission is Forbidden, with what it needs", async () => {
  const { message, reason } = await fails(
    collect(sl.query(revenue), transport(() => errors("User is not authorized"))),
  );
  assert.equal(reason._tag, "Forbidden");
  assert.match(message, /Semantic Layer Only and Metadata Only/);
});

Deno.test("an environment is needed, and the client's is the default", async () => {
  const net = cloud(() => done(ids(1, 1)));
  const { environment_id: _, ...rest } = revenue;
  assert.match((await fails(collect(sl.query(rest), net))).message, /environment_id is missing: set DBT_CLOUD_ENV/);
  await succeeds(Stream.runCollect(sl.query(rest)).pipe(Effect.provide(session(net, { environment_id: 9 }))));
  assert(net.sent.every((sent) => asked(sent).variables.environment_id === 9));
});

Deno.test("an interrupt cancels the query, and no further poll is sent", async () => {
  const net = cloud(() => ({ status: "RUNNING" }));
  await virtually(Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(collect(sl.query(revenue), net));
    yield* Effect.sleep("3 seconds");
    yield* Fiber.interrupt(fiber);
    const sent = net.sent.length;
    yield* Effect.sleep("10 minutes");
    assert.equal(net.sent.length, sent);
  }));
  const last = net.sent.at(-1);
  assert(last !== undefined);
  assert.deepEqual(asked(last), { field: "cancelQuery", variables: { environment_id: 5, queryId: "01ab" } });
});

Deno.test("an interrupt ends soon, whatever dbt Cloud makes of the cancel", async () => {
  const net = transport((sent) => {
    const { field } = asked(sent);
    if (field === "createQuery") return data(field, { queryId: "01" });
    return field === "query" ? data(field, { status: "RUNNING" }) : "silence";
  });
  const { seconds } = await virtually(
    collect(sl.query(revenue), net).pipe(Effect.timeoutOption("10 seconds")),
  );
  assert.equal(seconds, 15);
});

Deno.test("the creation of a query is sent again, as a read, also by a client that is read-only", async () => {
  let lost = 0;
  const net = transport((sent) => {
    const { field } = asked(sent);
    if (field !== "createQuery") return data(field, done(ids(1, 1)));
    return lost++ < 2 ? { status: 502 } : data(field, { queryId: "01" });
  });
  const rows = Stream.runCollect(sl.query(revenue)).pipe(Effect.provide(session(net, { readonly: true })));
  assert.deepEqual(await succeeds(rows), [{ id: 1 }]);
  assert.equal(net.sent.filter((sent) => asked(sent).field === "createQuery").length, 3);
});

Deno.test("a type that rows cannot hold is refused by name, and passes as Arrow", async () => {
  const page = arrowPage({ tags: [list(utf8()), [["a"]]] });
  const net = cloud(() => done(page));
  const { message } = await fails(collect(sl.query(revenue), net));
  assert.match(message, /column "tags" has the Arrow type List, which rows cannot hold/);
  const bytes = await succeeds(
    sl.queryResult(revenue).pipe(
      Effect.flatMap(({ arrow }) => Stream.runCollect(arrow)),
      Effect.provide(session(net)),
    ),
  );
  assert(bytes.reduce((sum, { length }) => sum + length, 0) > 100);
});

Deno.test("an empty result has columns and no rows; nulls and huge integers come whole", async () => {
  const empty = cloud(() => done(arrowPage({ status: [utf8(), []], revenue: [int64(), []] })));
  const result = sl.queryResult(revenue).pipe(
    Effect.flatMap(({ columns, rows }) => Effect.all([columns, Stream.runCollect(rows)])),
    Effect.provide(session(empty)),
  );
  assert.deepEqual(await succeeds(result), [
    [{ name: "status", kind: "text" }, { name: "revenue", kind: "number" }],
    [],
  ]);
  const huge = cloud(() => done(arrowPage({ n: [int64(), [null, 2n ** 62n, 1n]] })));
  assert.deepEqual(await succeeds(collect(sl.query(revenue), huge)), [{ n: null }, { n: "4611686018427387904" }, {
    n: 1,
  }]);
});

Deno.test("JSON gives the same rows: the index of pandas is dropped, and integers keep their digits", async () => {
  const page = `{"schema":{"fields":[{"name":"index","type":"integer"},{"name":"n","type":"integer"},` +
    `{"name":"name","type":"string"},{"name":"at","type":"datetime"}],"primaryKey":["index"]},` +
    `"data":[{"index":0,"n":9007199254740993,"name":"a","at":"2018-01-01T00:00:00.000"},{"index":1,"n":1,"name":null}]}`;
  const net = cloud(() => done(page));
  const read = sl.queryResult(revenue, { format: "json" }).pipe(
    Effect.flatMap(({ columns, rows }) => Effect.all([columns, Stream.runCollect(rows)])),
    Effect.provide(session(net)),
  );
  assert.deepEqual(await succeeds(read), [
    [{ name: "n", kind: "number" }, { name: "name", kind: "text" }, { name: "at", kind: "timestamp" }],
    [{ n: "9007199254740993", name: "a", at: "2018-01-01T00:00:00.000" }, { n: 1, name: null, at: null }],
  ]);
  const arrow = sl.queryResult(revenue, { format: "json" }).pipe(
    Effect.flatMap(({ arrow }) => Stream.runDrain(arrow)),
    Effect.provide(session(net)),
  );
  assert.equal((await fails(arrow)).reason._tag, "Unsendable");
});

Deno.test("an order by a metric of a saved query is sent as a metric", async () => {
  const net = cloud(
    () => done(ids(1, 1)),
    (field) =>
      field === "savedQueries"
        ? data(field, [{ name: "monthly", queryParams: { metrics: [{ name: "revenue" }] } }])
        : errors("?"),
  );
  await succeeds(
    collect(sl.query({ environment_id: 5, savedQuery: "monthly", orderBy: ["-revenue", "metric_time__month"] }), net),
  );
  const create = net.sent.map(asked).find(({ field }) => field === "createQuery");
  assert.deepEqual(create?.variables.orderBy, [
    { metric: { name: "revenue" }, descending: true },
    { groupBy: { name: "metric_time", timeGranularity: "month" }, descending: false },
  ]);
});

Deno.test("a schedule of the caller's that ends before the query is an error that says so", async () => {
  const net = cloud(() => ({ status: "RUNNING" }));
  const { result } = await virtually(
    sl.queryResult(revenue, { schedule: Schedule.recurs(2) }).pipe(Effect.provide(session(net))),
  );
  assert.match(Result.isFailure(result) ? result.failure.message : "", /query 01ab is still RUNNING/);
});

Deno.test("a page of metrics that comes twice is an error", async () => {
  const net = transport((sent) => data(asked(sent).field, { items: [{ name: "a" }], pageNum: 1, totalPages: 3 }));
  const { message } = await fails(collect(sl.searchMetrics({ environment_id: 5 }), net));
  assert.match(message, /page 1 came instead of page 2/);
  assert.equal(net.sent.length, 2);
});
