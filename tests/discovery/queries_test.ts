/**
 * Every GraphQL query: its names, its document against the published schemas, and its answer by the sandbox; and the
 * recorded answers and pages of the Discovery API.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { buildSchema, extendSchema, parse, validate } from "graphql";
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { documentOf } from "../../lib/graphql/query_definition.ts";
import { selectableFields, selectionOf } from "../../lib/graphql/selection.ts";
import * as groups from "../../lib/discovery/mod.ts";
import { table } from "../../lib/groups/table.ts";
import { type AnyQuery, isQueryRow } from "../../lib/groups/table_entry.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type Dbt, DbtClient, type DbtError } from "../../mod.ts";
import { evidence, exists, read } from "../support/evidence.ts";
import { session, succeeds, transport } from "../support/fixtures.ts";

const queries: ReadonlyArray<AnyQuery> = table.flatMap((row) => isQueryRow(row) ? [row.call] : []);

/** The schema of a query's rows, or of its answer. */
const astOf = (call: AnyQuery) => call.kind === "connection" ? call.row.ast : call.answer.ast;

/** A request that every query can be called with. */
const request = (call: AnyQuery) => {
  const values: Readonly<Record<string, unknown>> = {
    uniqueId: call.name.startsWith("models") ? "model.jaffle_shop.customers" : nodeOf[call.name.split(".")[0] ?? ""],
    job_id: 1,
    select: "+customers",
    query: "customers",
    metrics: ["revenue"],
    dimensions: ["metric_time"],
    nodeUniqueId: "model.jaffle_shop.customers",
    startDate: "2026-01-01",
  };
  return Object.fromEntries(
    Object.keys(call.request).filter((name) => name in values).map((name) => [name, values[name]]),
  );
};
const nodeOf: Readonly<Record<string, string>> = {
  sources: "source.jaffle_shop.shop.events",
  tests: "test.jaffle_shop.assert_order_amounts_are_positive",
  seeds: "seed.jaffle_shop.raw_orders",
  snapshots: "snapshot.jaffle_shop.orders_snapshot",
  exposures: "exposure.jaffle_shop.weekly_report",
  metrics: "metric.jaffle_shop.revenue",
  modelGroups: "group.jaffle_shop.finance",
  macros: "macro.jaffle_shop.cents_to_dollars",
};

Deno.test("every field of a request is a variable, or there is a filter that takes it", () => {
  for (const { name, request, variables } of queries) {
    const without = Object.keys(request).filter((field) => !(field in variables) && field !== "limit");
    assert(without.length === 0 || "filter" in variables, `${name}: ${without}`);
  }
});

/** A schema, with what is known of later additions to it. */
const schemaOf = (file: string, ...additions: ReadonlyArray<string>) =>
  exists(`${file}.graphql`)
    ? additions.reduce(
      (schema, file) => extendSchema(schema, parse(read(`${file}.graphql`))),
      buildSchema(read(`${file}.graphql`)),
    )
    : undefined;
const discovery = schemaOf(
  "discovery/schema_2024-12", // which dbt Cloud published
  "discovery/schema_additions_2026_inferred",
  "discovery/schema_beta_inferred",
);
const semanticLayer = schemaOf(
  "semantic_layer/schema_2025-03_derived",
  "semantic_layer/schema_additions_2026_inferred",
);
/** The lists of a job's run have pages since 2025; the extension of a schema cannot add arguments. */
const paged = /^Unknown argument "(first|after)" on field "JobNode|^Variable "\$(first|after)" is never used/;

for (const call of queries) {
  const published = call.in === "semantic_layer" ? semanticLayer : discovery;
  Deno.test({
    name: `${call.name} asks for what the published schema has`,
    ignore: published === undefined,
    fn() {
      assert(published !== undefined);
      const ast = astOf(call);
      const variables = [...Object.keys(call.variables), ...call.kind === "connection" ? ["first", "after"] : []];
      const values = Object.fromEntries(variables.map((name) => [name, null]));
      const all = selectableFields(ast);
      for (const selection of [selectionOf(ast), ...all.length === 0 ? [] : [selectionOf(ast, all)]]) {
        const inner = call.kind === "connection" && call.paging === "relay"
          ? `edges { node { ${selection} } }`
          : selection;
        const document = documentOf<Readonly<Record<string, unknown>>>(call.name, call, values, inner);
        const mistakes: ReadonlyArray<string> = validate(published, parse(document)).map(({ message }) => message);
        assert.deepEqual(mistakes.filter((message: string) => !paged.test(message)), [], document);
      }
    },
  });
}

/** A client of a sandbox whose environment has runs. */
const client = DbtClient.layer({
  token: Redacted.make("sandbox"),
  account_id: 1,
  environment_id: 1,
  host: "http://127.0.0.1",
}).pipe(Layer.provide(sandbox.layer({ runs: 6 })));

for (const call of queries) {
  Deno.test(`the sandbox answers ${call.name}`, async () => {
    const ask = (fields?: ReadonlyArray<string>): Effect.Effect<unknown, DbtError, Dbt> =>
      call.kind === "connection"
        ? Stream.runCollect(fields === undefined ? call(request(call)) : call.select(fields)(request(call)))
        : fields === undefined
        ? call(request(call))
        : call.select(fields)(request(call));
    const none = call.name === "models.failingTests";
    const result = await Effect.runPromise(Effect.result(ask()).pipe(Effect.provide(client)));
    assert(result._tag === "Success", Deno.inspect(result));
    if (Array.isArray(result.success)) assert.equal(result.success.length === 0, none, call.name);
    const fields = selectableFields(astOf(call)).filter((name) => !name.includes("."));
    if (fields.length > 0) await Effect.runPromise(Effect.provide(ask(fields), client));
  });
}

// ---- recorded answers -----------------------------------------------------------------------------------------------

/** Recorded answers of the Discovery API, and the query that reads each. */
const recorded: Readonly<
  Record<string, (groups_: typeof groups) => Effect.Effect<ReadonlyArray<unknown>, DbtError, Dbt>>
> = {
  "get_lineage.json": ({ discovery }) => discovery.lineage({ environment_id: 200, select: "*" }),
  "get_macros.json": ({ macros }) => Stream.runCollect(macros.list({ environment_id: 200 })),
  "get_metrics.json": ({ metrics }) => Stream.runCollect(metrics.list({ environment_id: 200 })),
  "get_snapshots.json": ({ snapshots }) => Stream.runCollect(snapshots.list({ environment_id: 200 })),
};

Deno.test({
  name: "every recorded answer comes through whole",
  ignore: !exists("discovery/responses_metaphor/"),
  async fn() {
    const files = [...Deno.readDirSync(evidence("discovery/responses_metaphor/"))].map(({ name }) => name);
    // The other two are no answers of the Discovery API: a list of projects, and what the connector makes of all.
    assert.deepEqual(files.toSorted(), [...Object.keys(recorded), "expected.json", "list_project.json"].toSorted());
    for (const [file, ask] of Object.entries(recorded)) {
      const data = JSON.parse(read(`discovery/responses_metaphor/${file}`));
      const net = transport(() => ({ status: 200, body: { data } }));
      const rows = await succeeds(ask(groups).pipe(Effect.provide(session(net))));
      const { applied, definition } = data.environment;
      const [list] = Object.values<{ readonly edges?: ReadonlyArray<{ readonly node: unknown }> }>(
        applied ?? definition,
      );
      assert.deepEqual(rows, list?.edges?.map(({ node }) => node) ?? list, file);
    }
  },
});

Deno.test("20,000 models stream in 40 requests, and none is kept", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const total = 20_000;
  const net = transport(({ body }) => {
    const { after = "0", first } =
      (body as { readonly variables: { readonly after?: string; readonly first: number } }).variables;
    const end = Math.min(total, Number(after) + first);
    const edges = Array.from({ length: end - Number(after) }, (_, index) => {
      const name = `m${Number(after) + index}`;
      // 1 KB each: all of them would take 20 MB.
      return { node: { uniqueId: `model.big.${name}`, name, description: `${name} `.repeat(150), tags: [], meta: {} } };
    });
    const page = { totalCount: total, pageInfo: { hasNextPage: end < total, endCursor: String(end) }, edges };
    return { status: 200, body: { data: { environment: { applied: { models: page } } } } };
  });
  const heaps: Array<number> = [];
  const count = Stream.runFold(groups.models.list({ environment_id: 1 }), () => 0, (count) => {
    if (count === 2_000 || count === total - 1) {
      collectGarbage();
      heaps.push(Deno.memoryUsage().heapUsed / 2 ** 20);
    }
    return count + 1;
  });
  assert.equal(await succeeds(count.pipe(Effect.provide(session(net)))), total);
  assert.equal(net.sent.length, 40);
  const [early = 0, late = 0] = heaps;
  assert(late - early < 3, `${early} MiB after 2,000 models, ${late} MiB after 20,000`);
});
