/**
 * The Discovery API of the sandbox.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import * as TestClock from "effect/testing/TestClock";
import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { discoverySchema } from "../../lib/sandbox/graphql/discovery_schema.ts";
import "../../lib/sandbox/graphql/discovery_api.ts";
import "../../lib/sandbox/graphql/graphql_server.ts";
import { complexityOf } from "../../lib/sandbox/graphql/graphql_server.ts";

interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- an answer of any query
  readonly data: any;
  readonly errors?: ReadonlyArray<{
    readonly message: string;
    readonly path?: ReadonlyArray<string | number>;
    readonly extensions?: { readonly code?: string };
  }>;
}

/** Runs an effect on virtual time, over a sandbox of its own. */
function inSandbox<A>(use: (handle: sandbox.Handle) => Effect.Effect<A>, options: sandbox.Options = {}): Promise<A> {
  return Effect.runPromise(
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-03-02T12:00:00Z"));
      return yield* use(yield* sandbox.make(options));
    }).pipe(Effect.provide(TestClock.layer()), Effect.scoped),
  );
}

/** Sends a request. */
const send = Effect.fnUntraced(function* (
  { client }: sandbox.Handle,
  method: "GET" | "POST",
  path: string,
  body?: unknown,
  token = "sandbox",
) {
  const request = HttpClientRequest.make(method)(`http://127.0.0.1${path}`).pipe(
    HttpClientRequest.bearerToken(token),
    body === undefined ? (self) => self : HttpClientRequest.bodyJsonUnsafe(body),
  );
  const response = yield* Effect.orDie(client.execute(request));
  const text = yield* Effect.orDie(response.text);
  return { status: response.status, text };
});

/** Sends a query. */
const ask = Effect.fnUntraced(function* (
  handle: sandbox.Handle,
  query: string,
  variables: object = {},
  path = "/beta/graphql",
): Effect.fn.Return<Answer> {
  const { status, text } = yield* send(handle, "POST", path, { query, variables });
  return { status, ...JSON.parse(text) };
});

/** Starts a run and waits until it has ended. */
const run = Effect.fnUntraced(function* (handle: sandbox.Handle, job: number) {
  const { text } = yield* send(handle, "POST", `/api/v2/accounts/1/jobs/${job}/run/`, { cause: "test" });
  yield* TestClock.adjust("10 minutes");
  return JSON.parse(text).data.id as number;
});

const info = "executionInfo { lastRunId lastRunStatus lastRunError lastSuccessRunId executeCompletedAt }";
const model = `query Model($id: String!) {
  environment(id: 1) { applied { models(filter: { uniqueIds: [$id] }) { edges { node { uniqueId ${info} } } } } }
}`;

const stateOf = (handle: sandbox.Handle, id: string) =>
  Effect.map(ask(handle, model, { id }), ({ data }) => data.environment.applied.models.edges[0]?.node.executionInfo);

Deno.test("A model says error after its run failed, keeps its last success, and recovers with the next good run", async () => {
  await inSandbox(
    Effect.fnUntraced(function* (handle) {
      const customers = "model.jaffle_shop.customers";
      const good = yield* run(handle, 1);
      const before = yield* stateOf(handle, customers);
      assert.equal(before.lastRunStatus, "success");
      assert.equal(before.lastRunId, good);
      assert.equal(before.lastSuccessRunId, good);

      const bad = yield* run(handle, 2);
      const failed = yield* stateOf(handle, customers);
      assert.equal(failed.lastRunStatus, "error");
      assert.equal(failed.lastRunId, bad);
      assert.match(failed.lastRunError, /Database Error in model customers/);
      assert.equal(failed.lastSuccessRunId, good);
      assert.equal(failed.executeCompletedAt, before.executeCompletedAt);
      // Nothing else of that run failed.
      assert.equal((yield* stateOf(handle, "model.jaffle_shop.stg_orders")).lastSuccessRunId, bad);

      const next = yield* run(handle, 1);
      const recovered = yield* stateOf(handle, customers);
      assert.equal(recovered.lastRunStatus, "success");
      assert.equal(recovered.lastSuccessRunId, next);
      assert.equal(recovered.lastRunError, null);
    }),
    { runs: 0 },
  );
});

Deno.test("A run of CI, and one that still runs, change no state", async () => {
  await inSandbox(
    Effect.fnUntraced(function* (handle) {
      const good = yield* run(handle, 1);
      yield* run(handle, 4);
      yield* send(handle, "POST", "/api/v2/accounts/1/jobs/2/run/", { cause: "test" });
      yield* TestClock.adjust("5 seconds");
      assert.equal((yield* stateOf(handle, "model.jaffle_shop.customers")).lastRunId, good);
    }),
    { runs: 0 },
  );
});

Deno.test("An environment without any run has empty lists and no times; an unknown one is an error", async () => {
  await inSandbox(
    Effect.fnUntraced(function* (handle) {
      const query = `query ($id: BigInt!) { environment(id: $id) {
      applied { lastUpdatedAt models { totalCount edges { node { uniqueId } } pageInfo { hasNextPage } } sources { totalCount }
        lineage(filter: {}) { uniqueId } searchResults(filter: { query: "orders" }) { totalCount } }
      definition { models { totalCount } groups { totalCount } }
    } }`;
      const { data, errors } = yield* ask(handle, query, { id: 1 });
      assert.equal(errors, undefined);
      const { applied, definition } = data.environment;
      assert.equal(applied.lastUpdatedAt, null);
      assert.deepEqual(applied.models, { totalCount: 0, edges: [], pageInfo: { hasNextPage: false } });
      assert.deepEqual([applied.sources.totalCount, applied.lineage, applied.searchResults.totalCount], [0, [], 0]);
      assert.deepEqual([definition.models.totalCount, definition.groups.totalCount], [0, 0]);
      assert.match((yield* ask(handle, query, { id: 99 })).errors![0]!.message, /Environment 99 was not found/);
    }),
    { runs: 0 },
  );
});

/** All fields of a type: those without members, and the members of others down to a depth. */
function everyField(type: GraphQLNamedType, depth: number): string {
  if (isLeafType(type)) return "";
  const parts: Array<string> = ["__typename"];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const inner = getNamedType(field.type);
      const needed = field.args.filter(isRequiredArgument);
      const args = needed.map(({ name }) => `${name}: ${argument[name]}`).join(", ");
      if (needed.some(({ name }) => argument[name] === undefined)) continue;
      const of = isLeafType(inner) ? "" : depth === 0 ? undefined : everyField(inner, depth - 1);
      if (of !== undefined) {
        parts.push(`${field.name}${args === "" ? "" : `(${args})`}${of === "" ? "" : ` { ${of} }`}`);
      }
    }
  }
  if (isAbstractType(type)) {
    for (const possible of discoverySchema(true).getPossibleTypes(type)) {
      // Types of an interface have fields of one name and another type, so that each type is asked for alone.
      if (depth > 0 && isObjectType(possible)) parts.push(...aliased(possible));
    }
  }
  return parts.join(" ");
}

/** The fields without members of a type, under names that no other type has. */
function aliased(type: GraphQLObjectType): ReadonlyArray<string> {
  const leaves = Object.values(type.getFields()).filter(({ args, type }) =>
    isLeafType(getNamedType(type)) && !args.some(isRequiredArgument)
  );
  return [`... on ${type.name} { ${leaves.map(({ name }) => `${type.name}_${name}: ${name}`).join(" ")} }`];
}

/** A value for each argument that a field may need. */
const argument: Readonly<Record<string, string>> = {
  types: "[Model, Source, Seed, Snapshot]",
  resource: "model",
  id: "1",
  jobId: "1",
  environmentId: "1",
  uniqueId: '"model.jaffle_shop.customers"',
  name: '"weekly_report"',
  start: '"2026-02-01"',
  end: '"2026-03-03"',
  startDate: '"2026-02-01"',
  endDate: '"2026-03-03"',
  nodeUniqueId: '"model.jaffle_shop.customers"',
  first: "500",
};

Deno.test("Every field of every type is answered, and what the schema promises is there", async () => {
  const schema = discoverySchema(true);
  await inSandbox(
    Effect.fnUntraced(function* (handle) {
      for (const job of [1, 2, 1]) yield* run(handle, job);
      const rootFields = Object.values(schema.getQueryType()!.getFields());
      const states = ["AppliedState", "DefinitionState"].flatMap((name) => {
        const state = schema.getType(name);
        assert(isObjectType(state));
        const place = name === "AppliedState" ? "applied" : "definition";
        return Object.values(state.getFields()).map((field) => ({
          field,
          before: `environment(id: 1) { ${place} {`,
          after: "} }",
        }));
      });
      const filters: Readonly<Record<string, string>> = {
        lineage: "filter: {}",
        resources:
          "filter: { types: [Model, Source, Seed, Snapshot, Test, Exposure, Metric, SemanticModel, SavedQuery] }",
        searchResults: 'filter: { query: "orders" }',
        owners: "resource: exposure",
        exposureTile: 'filter: { uniqueId: "exposure.jaffle_shop.weekly_report" }',
      };
      for (
        const { after, before, field } of [
          ...rootFields.filter(({ name }) => name !== "environment").map((field) => ({ field, before: "", after: "" })),
          ...states,
        ]
      ) {
        const needed = field.args.filter(isRequiredArgument);
        const given = filters[field.name] ?? needed.map(({ name }) => `${name}: ${argument[name]}`).join(", ");
        const type = getNamedType(field.type);
        const inner = isLeafType(type) ? "" : ` { ${everyField(type, type.name === "JobNode" ? 2 : 4)} }`;
        const query = `{ ${before} ${field.name}${given === "" ? "" : `(${given})`}${inner} ${after} }`;
        const { data, errors, status } = yield* ask(handle, query);
        assert.deepEqual([status, errors], [200, undefined], `${field.name}: ${query.slice(0, 300)}`);
        assert.notEqual(data, null, field.name);
      }
    }),
    { runs: 0 },
  );
});

Deno.test("Lists come in pages of 500 at most, and a job's lists in pages of 100 at most", async () => {
  await inSandbox(Effect.fnUntraced(function* (handle) {
    const query = `query ($first: Int, $after: String) { environment(id: 1) { applied {
      tests(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { uniqueId } } } } } }`;
    const found: Array<string> = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const answer: Answer = yield* ask(handle, query, { first: 4, after });
      const { tests } = answer.data.environment.applied;
      found.push(...tests.edges.map(({ node }: { node: { uniqueId: string } }) => node.uniqueId));
      after = tests.pageInfo.hasNextPage ? tests.pageInfo.endCursor : null;
      pages++;
      assert(found.length <= tests.totalCount);
      if (after === null) assert.equal(found.length, tests.totalCount);
    } while (after !== null);
    assert(pages > 2);
    assert.deepEqual(found, [...new Set(found)].sort());

    for (const [variables, message] of [[{ first: 501 }, /first is 501/], [{ after: "?" }, /no cursor/]] as const) {
      const { errors } = yield* ask(handle, query, variables);
      assert.match(errors![0]!.message, message);
      assert.equal(errors![0]!.extensions!.code, "BAD_USER_INPUT");
    }

    const ofJob =
      "query ($first: Int, $after: String) { job(id: 1) { models(first: $first, after: $after) { uniqueId paginationCursor status } } }";
    const all = (yield* ask(handle, ofJob)).data.job.models;
    const first = (yield* ask(handle, ofJob, { first: 3 })).data.job.models;
    const rest = (yield* ask(handle, ofJob, { first: 100, after: first[2].paginationCursor })).data.job.models;
    assert.deepEqual([...first, ...rest], all);
    assert.match((yield* ask(handle, ofJob, { first: 101 })).errors![0]!.message, /first is 101/);
  }));
});

Deno.test("Filters keep the rows that fit, and a null counts as absent", async () => {
  await inSandbox(
    Effect.fnUntraced(function* (handle) {
      for (const job of [1, 2]) yield* run(handle, job);
      const names = (filter: string, list = "models") =>
        Effect.map(
          ask(handle, `{ environment(id: 1) { applied { ${list}(filter: ${filter}) { edges { node { name } } } } } }`),
          ({ data, errors }) => {
            assert.equal(errors, undefined, filter);
            return data.environment.applied[list].edges.map(({ node }: { node: { name: string } }) => node.name);
          },
        );
      assert.deepEqual(yield* names("{ lastRunStatus: error }"), ["customers"]);
      assert.deepEqual(yield* names('{ tags: ["finance"] }'), ["orders", "stg_payments"]);
      assert.deepEqual(yield* names("{ access: public }"), ["customers", "orders"]);
      assert.deepEqual(yield* names('{ identifier: "ORDERS", tags: null, schema: null }'), ["orders"]);
      assert.deepEqual(yield* names('{ uniqueIds: ["model.jaffle_shop.orders"] }'), ["orders"]);
      assert.deepEqual(yield* names('{ group: "operations" }'), [
        "dim_locations",
        "dim_locations",
        "dim_locations",
        "stg_locations",
      ]);
      assert.deepEqual(yield* names('{ sourceNames: ["nowhere"] }', "sources"), []);
      assert.deepEqual(yield* names("{ testTypes: [UNIT_TEST] }", "tests"), ["test_order_amounts"]);
      assert((yield* names("null")).length > 5);
    }),
    { runs: 0 },
  );
});

Deno.test("Lineage takes dbt's node selection, and marks what the method itself finds", async () => {
  await inSandbox(Effect.fnUntraced(function* (handle) {
    const query = `query ($filter: LineageFilter!) { environment(id: 1) { applied {
      lineage(filter: $filter) { uniqueId matchesMethod ... on ModelLineageNode { parentIds lastRunStatus } } } } }`;
    const lineage = (filter: object) =>
      Effect.map(ask(handle, query, { filter }), ({ data }) => data.environment.applied.lineage);
    const found = yield* lineage({ select: "+customers", types: ["Model"] });
    assert.deepEqual(found.map(({ uniqueId }: { uniqueId: string }) => uniqueId.split(".").at(-1)), [
      "customers",
      "stg_customers",
      "stg_orders",
      "stg_payments",
    ]);
    assert.deepEqual(found.map(({ matchesMethod }: { matchesMethod: boolean }) => matchesMethod), [
      true,
      false,
      false,
      false,
    ]);
    const { errors } = yield* ask(handle, query, { filter: { select: "tag:" + "x:y+(" } });
    assert(errors === undefined || errors.length === 1);
  }));
});

Deno.test("Performance is computed over the runs of the days that are asked for", async () => {
  await inSandbox(
    Effect.fnUntraced(function* (handle) {
      const runs: Array<number> = [];
      for (const job of [1, 2, 1]) runs.push(yield* run(handle, job));
      const days = 'start: "2026-03-02", end: "2026-03-02"';
      const { data, errors } = yield* ask(
        handle,
        `{ performance(environmentId: 1) {
      mostExecutedModels(${days}, limit: 50) { uniqueId totalExecutions byJob { jobId totalExecutions } }
      longestExecutedModels(${days}, limit: 1, orderBy: AVG) { uniqueId maxExecutionTime averageExecutionTime }
      mostExecutionFailedModels(${days}) { uniqueId failurePercentage totalExecutions totalFailedExecutions }
      mostTestFailedModels(${days}) { uniqueId }
      jobInformation(${days}, uniqueId: "model.jaffle_shop.orders") { jobId name }
      modelExecutionHistory(startDate: "2026-03-01", endDate: "2026-03-02", uniqueId: "model.jaffle_shop.customers") {
        date executionTimes executionsByJob { jobId executions { runId status isFullRefresh } } }
    } }`,
      );
      assert.equal(errors, undefined);
      const { performance } = data;
      assert.deepEqual(performance.mostExecutionFailedModels, [{
        uniqueId: "model.jaffle_shop.customers",
        failurePercentage: 100 / 3,
        totalExecutions: 3,
        totalFailedExecutions: 1,
      }]);
      const orders = performance.mostExecutedModels.find(({ uniqueId }: { uniqueId: string }) =>
        uniqueId.endsWith(".orders")
      );
      assert.deepEqual(orders.byJob.map(({ jobId }: { jobId: number }) => jobId), [1, 2]);
      assert.deepEqual(performance.jobInformation.map(({ name }: { name: string }) => name), [
        "Daily build",
        "Nightly full refresh",
      ]);
      assert.equal(performance.longestExecutedModels.length, 1);
      assert.deepEqual(performance.mostTestFailedModels, []);
      const [day] = performance.modelExecutionHistory;
      assert.equal(day.date, "2026-03-02");
      assert.equal(day.executionTimes.length, 3);
      const executions = day.executionsByJob.flatMap(({ executions }: { executions: ReadonlyArray<unknown> }) =>
        executions
      );
      assert.deepEqual(executions.find(({ status }: { status: string }) => status === "error"), {
        runId: runs[1],
        status: "error",
        isFullRefresh: true,
      });
      const other = yield* ask(
        handle,
        '{ performance(environmentId: 1) { mostExecutedModels(start: "2026-01-01", end: "2026-01-31") { uniqueId } } }',
      );
      assert.deepEqual(other.data.performance.mostExecutedModels, []);
    }),
    { runs: 0 },
  );
});

/** Where columns come from, as sqlglot 30 reads the same SQL: dbt Cloud reads it with such a parser. */
const origins: Readonly<Record<string, string>> = {
  "stg_payments.payment_id": "rename seed.jaffle_shop.raw_payments.id",
  "stg_payments.order_id": "passthrough seed.jaffle_shop.raw_payments.order_id",
  "stg_payments.amount": "transformation seed.jaffle_shop.raw_payments.amount",
  "stg_locations.location_name": "rename source.jaffle_shop.shop.locations.name",
  "dim_locations.v2.location_id": "passthrough model.jaffle_shop.stg_locations.location_id",
  "customers.customer_id": "passthrough model.jaffle_shop.stg_customers.customer_id",
  "customers.most_recent_order": "transformation model.jaffle_shop.stg_orders.order_date",
  "customers.number_of_orders": "transformation model.jaffle_shop.stg_orders.order_id",
  "customers.customer_lifetime_value": "transformation model.jaffle_shop.stg_payments.amount",
  "orders.coupon_amount":
    "transformation model.jaffle_shop.stg_payments.payment_method,model.jaffle_shop.stg_payments.amount",
  "orders.amount": "transformation model.jaffle_shop.stg_payments.amount",
};

Deno.test("The lineage of columns follows the SQL of the models, both ways, as far as asked", async () => {
  await inSandbox(Effect.fnUntraced(function* (handle) {
    const rows = Effect.fnUntraced(function* (name: string, filters: object = {}) {
      const { data } = yield* ask(
        handle,
        `query Lineage($id: String!, $filters: ColumnLineageFilter) {
          column(environmentId: 1) { lineage(nodeUniqueId: $id, filters: $filters) {
            uniqueId name relationship parentColumns childColumns isError errorCategory error
          } }
        }`,
        { id: `model.jaffle_shop.${name}`, filters },
      );
      // deno-lint-ignore no-explicit-any -- the rows of the query above
      return data.column.lineage as ReadonlyArray<any>;
    });
    for (const [column, expected] of Object.entries(origins)) {
      const [node, name] = [column.slice(0, column.lastIndexOf(".")), column.split(".").at(-1)];
      const [first, ...more] = yield* rows(node, { columnName: name?.toUpperCase(), maxDepth: 0 });
      assert.equal(`${first.relationship} ${first.parentColumns.join()}`, expected, column);
      assert.deepEqual(more, []);
    }
    const around = yield* rows("stg_customers", { columnName: "customer_id" });
    assert.deepEqual(around.map(({ uniqueId }) => uniqueId), [
      "model.jaffle_shop.stg_customers.customer_id",
      "seed.jaffle_shop.raw_customers.id",
      "model.jaffle_shop.customers.customer_id",
    ]);
    assert.deepEqual(around[1].childColumns, ["model.jaffle_shop.stg_customers.customer_id"]);
    // The rows of `table(generator(…))` are no columns of the project.
    const [unknown] = yield* rows("metricflow_time_spine", { isError: true });
    assert.match(unknown.error, /table\(…\) is not in the project/);
    assert.equal((yield* rows("customers", { isError: true })).length, 0);
    assert.equal((yield* rows("no_such_model")).length, 0);
  }));
});

/** What each rule of dbt_project_evaluator finds in the Jaffle Shop. */
const violations: Readonly<Record<string, ReadonlyArray<string>>> = {
  "Unused Source": ["source.jaffle_shop.shop.events"],
  "Missing Primary Key Test": [
    "model.jaffle_shop.stg_locations",
    ...[1, 2, 3].map((version) => `model.jaffle_shop.dim_locations.v${version}`),
    "model.jaffle_shop.metricflow_time_spine",
  ],
  "Undocumented Source": ["source.jaffle_shop.shop"],
  "Public Model Missing Contract": ["model.jaffle_shop.customers", "model.jaffle_shop.orders"],
};

Deno.test("Recommendations follow from the project, in pages, by category, rule and resource", async () => {
  await inSandbox(Effect.fnUntraced(function* (handle) {
    const rules = Effect.fnUntraced(function* (filter: object, first = 500, after: string | null = null) {
      const { data } = yield* ask(
        handle,
        `query Rules($filter: RuleFilter, $first: Int!, $after: String) {
          recommendations(environmentId: 1) { metrics { name value } rules(filter: $filter, first: $first, after: $after) {
            totalCount pageInfo { endCursor hasNextPage } edges { node { name category severity uniqueId violationId } }
          } }
        }`,
        { filter, first, after },
      );
      return data.recommendations;
    });
    for (const [name, expected] of Object.entries(violations)) {
      const { rules: { edges } } = yield* rules({ ruleNames: [name] });
      assert.deepEqual(edges.map(({ node }: { node: { uniqueId: string } }) => node.uniqueId), expected, name);
    }
    const { metrics, rules: all } = yield* rules({});
    assert.deepEqual(metrics, [
      { name: "Model test coverage", value: 60 },
      { name: "Model documentation coverage", value: 20 },
    ]);
    const ids = new Set(all.edges.map(({ node }: { node: { violationId: string } }) => node.violationId));
    assert.equal(ids.size, all.totalCount);
    const { rules: documentation } = yield* rules({ categories: ["documentation"], severity: ["warn"] });
    assert.equal(documentation.totalCount, 8 + 1 + 2);
    const { rules: one } = yield* rules({ uniqueIds: ["source.jaffle_shop.shop.events"] }, 1);
    assert.deepEqual([one.totalCount, one.edges.length, one.pageInfo.hasNextPage], [2, 1, true]);
    const { rules: next } = yield* rules({ uniqueIds: ["source.jaffle_shop.shop.events"] }, 1, one.pageInfo.endCursor);
    assert.equal(next.edges[0].node.name, "Undocumented Source Tables");
  }));
});

Deno.test("Macros are those of the project, and the tests of dbt that it uses", async () => {
  await inSandbox(Effect.fnUntraced(function* (handle) {
    const { data } = yield* ask(
      handle,
      `query Macros { environment(id: 1) { definition {
        macros(filter: { packageName: "jaffle_shop" }) { edges { node {
          uniqueId description macroSql patchPath arguments { name type } parents { uniqueId }
        } } }
        packages(resource: macro)
      } applied { resources(filter: { types: [Macro] }) { totalCount }
        models(filter: { identifier: "stg_payments" }) { edges { node { compiledCode } } } } } }`,
    );
    const { applied, definition } = data.environment;
    const [macro, implementation] = definition.macros.edges.map(({ node }: { node: object }) => node);
    assert.equal(macro.uniqueId, "macro.jaffle_shop.cents_to_dollars");
    assert.equal(macro.patchPath, "jaffle_shop://macros/macros.yml");
    assert.deepEqual(macro.arguments, [{ name: "column_name", type: "string" }]);
    // It finds the one for the warehouse by `adapter.dispatch`.
    assert.deepEqual(macro.parents, [{ uniqueId: implementation.uniqueId }]);
    assert.match(implementation.macroSql, /round\(\{\{ column_name \}\} \/ 100, 2\)/);
    assert.deepEqual(definition.packages, ["dbt", "jaffle_shop"]);
    assert.equal(applied.resources.totalCount, 6);
    assert.match(applied.models.edges[0].node.compiledCode, /round\(amount \/ 100, 2\) as amount/);
  }));
});

Deno.test("The search finds names before code, and public models are those of production", async () => {
  await inSandbox(Effect.fnUntraced(function* (handle) {
    const { data, errors } = yield* ask(
      handle,
      `{
      environment(id: 1) { applied {
        searchResults(filter: { query: "payment", fields: ["name", "code"], tags: null }) {
          edges { node { matchedField highlight hit { uniqueId } } } } } }
      account(id: 1) {
        publicModels(filter: { projectId: null }) { totalCount edges { node { name lastRunStatus dbtCoreProject } } }
        meshProjects { dbtCoreProject isProducer projectSummary { totalModels publicModels } } }
    }`,
    );
    assert.equal(errors, undefined);
    const hits = data.environment.applied.searchResults.edges.map(({ node }: { node: { matchedField: string } }) =>
      node.matchedField
    );
    assert.equal(hits[0], "name");
    assert(hits.includes("code"));
    assert.deepEqual(data.account.publicModels.edges.map(({ node }: { node: { name: string } }) => node.name), [
      "customers",
      "orders",
    ]);
    assert.equal(data.account.meshProjects[0].projectSummary.publicModels, 2);
  }));
});

Deno.test("What the API refuses: no token, another verb, no query, a syntax error, an unknown field, another schema", async () => {
  await inSandbox(Effect.fnUntraced(function* (handle) {
    assert.equal((yield* send(handle, "POST", "/graphql", { query: "{ __typename }" }, "wrong")).status, 401);
    assert.equal((yield* send(handle, "GET", "/graphql")).status, 405);
    assert.equal((yield* send(handle, "POST", "/graphql", {})).status, 400);
    const codes = [
      ["{ environment(id: 1) {", "GRAPHQL_PARSE_FAILED"],
      ["{ environment(id: 1) { applied { models { edges { node { nme } } } } } }", "GRAPHQL_VALIDATION_FAILED"],
      ["{ performance(environmentId: 1) { jobInformation { name } } }", "GRAPHQL_VALIDATION_FAILED"],
    ] as const;
    for (const [query, code] of codes) {
      const { errors, status } = yield* ask(handle, query, {}, "/graphql");
      assert.deepEqual([status, errors![0]!.extensions!.code], [400, code]);
    }
  }));
});

Deno.test("The faults of GraphQL, and the limit of a query's complexity", async () => {
  const query =
    "{ environment(id: 1) { applied { models(first: 10) { edges { node { uniqueId executionInfo { lastRunId } } } } } } }";
  await inSandbox(Effect.fnUntraced(function* (handle) {
    for (const fault of ["complexity", "graphql-error", "partial-data"] as const) {
      yield* handle.inject({ fault, times: 1 });
    }
    const failed = yield* ask(handle, query);
    assert.deepEqual([failed.status, failed.data, failed.errors![0]!.extensions!.code], [
      200,
      null,
      "INTERNAL_SERVER_ERROR",
    ]);
    assert.equal((yield* ask(handle, query)).errors![0]!.extensions!.code, "COMPLEXITY_EXCEEDED");
    const partial = yield* ask(handle, query);
    assert.deepEqual(partial.errors![0]!.path, [
      "environment",
      "applied",
      "models",
      "edges",
      0,
      "node",
      "executionInfo",
    ]);
    assert.equal(partial.data.environment.applied.models.edges[0].node.executionInfo, null);
    assert.notEqual(partial.data.environment.applied.models.edges[1].node.executionInfo, null);
    assert.equal((yield* ask(handle, query)).errors, undefined);
  }));
  await inSandbox(
    Effect.fnUntraced(function* (handle) {
      assert.equal((yield* ask(handle, query)).errors![0]!.extensions!.code, "COMPLEXITY_EXCEEDED");
      assert.equal((yield* ask(handle, query.replace("10", "5"))).errors, undefined);
    }),
    { complexityLimit: 10 },
  );
});

Deno.test("The complexity of a query is its fields times its rows, fragments included", async () => {
  const { parse } = await import("graphql");
  const query = parse(
    `query ($n: Int) { a(first: $n) { b ...F ... on X { c } d(first: 2) { e } } } fragment F on X { f g }`,
  );
  assert.equal(complexityOf(query, { n: 10 }), 10 * (1 + 2 + 1) + 10 * 2);
});
