/**
 * Runs queries of the Semantic Layer: creates a query, polls it until it ends, and reads the pages of its result.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { Dbt } from "../dbt.ts";
import { DbtError, type Reason } from "../error.ts";
import { type Query, query } from "../graphql/query.ts";
import { asked } from "../graphql/selection.ts";
import { type Fields, type Members, nullable, struct } from "../schema.ts";
import { joinArrow } from "./arrow_stream.ts";
import { listSavedQueries } from "./metadata_queries.ts";
import { withNearestNames } from "./nearest_metric_names.ts";
import {
  type GroupByInput,
  groupByInput,
  groupByOf,
  type InEnvironment,
  inEnvironment,
  type ListDimensionValues,
  longForm,
  type LongQuery,
  longQuery,
  type MetricInput,
  metricOf,
  type QueryMetrics,
} from "./query_request.ts";
import type { Column, ResultPage, ResultRow } from "./result_row.ts";

// ---- queries --------------------------------------------------------------------------------------------------------

const inSemanticLayer = { in: "semantic_layer" } as const;

const queryVariables = {
  environment_id: "BigInt!",
  metrics: "[MetricInput!]",
  groupBy: "[GroupByInput!]",
  where: "[WhereInput!]",
  orderBy: "[OrderByInput!]",
  limit: "Int",
  savedQuery: "String",
  readCache: "Boolean",
};
const queryArguments = Object.keys(queryVariables)
  .map((name) => `${name === "environment_id" ? "environmentId" : name}: $${name}`).join(", ");

/** The id of a query. */
interface Created {
  readonly queryId: string;
}
const created: Schema.Codec<Created> = struct({ queryId: Schema.String });

/** The SQL of a query. */
export interface CompiledSql {
  /** The SQL, in the dialect of the environment's warehouse. */
  readonly sql: string;
}
const compiledSql: Schema.Codec<CompiledSql> = struct({ sql: Schema.String });

/** What is common to the queries of metrics. */
const ofMetrics = { ...inSemanticLayer, operation: "mutation", request: longQuery, variables: queryVariables } as const;

const createQuery: Query<LongQuery, Created> = query("sl.query", {
  ...ofMetrics,
  summary: "Create a query",
  at: [`createQuery(${queryArguments})`],
  answer: created,
});
const compileQuery: Query<LongQuery, CompiledSql> = query("sl.compile", {
  ...ofMetrics,
  summary: "Compile a query",
  at: [`compileSql(${queryArguments})`],
  answer: compiledSql,
});

/** The request for the values of dimensions, in its long form. */
interface LongValues extends InEnvironment {
  readonly groupBy: ReadonlyArray<GroupByInput>;
  readonly metrics?: ReadonlyArray<MetricInput>;
}

const createValuesQuery: Query<LongValues, Created> = query("sl.listDimensionValues", {
  ...inSemanticLayer,
  operation: "mutation",
  summary: "Create a query of dimension values",
  request: { ...inEnvironment, groupBy: Schema.Array(groupByInput), metrics: longQuery.metrics },
  variables: { environment_id: "BigInt!", groupBy: "[GroupByInput!]!", metrics: "[MetricInput!]" },
  at: ["createDimensionValuesQuery(environmentId: $environment_id, groupBy: $groupBy, metrics: $metrics)"],
  answer: created,
});

interface OneQuery extends InEnvironment {
  readonly queryId: string;
}
const oneQuery: Fields<OneQuery> = { ...inEnvironment, queryId: Schema.String };

/** dbt-sl-sdk 0.13 sends it; dbt's documentation does not have it. */
const cancelQuery: Query<OneQuery, Created> = query("sl.cancelQuery", {
  ...inSemanticLayer,
  operation: "mutation",
  summary: "Cancel a query",
  request: oneQuery,
  variables: { environment_id: "BigInt!", queryId: "String!" },
  at: ["cancelQuery(environmentId: $environment_id, queryId: $queryId)"],
  answer: created,
});

/** How dbt Cloud sends a result. */
export type ResultFormat = "arrow" | "json";

/** A page of a query, as dbt Cloud answers it. */
interface AnsweredPage {
  /** The status: `PENDING`, `RUNNING`, `COMPILED`, `SUCCESSFUL` or `FAILED`. */
  readonly status: string;
  readonly error?: string | null;
  readonly sql?: string | null;
  readonly totalPages?: number | null;
  /** The page: base64 of Arrow, or JSON. */
  readonly result?: string | null;
}
interface OnePage extends OneQuery {
  readonly pageNum: number;
}

function pageQuery(result: string): Query<OnePage, AnsweredPage> {
  return query("sl.query", {
    ...inSemanticLayer,
    summary: "Get a page of a query's result",
    request: { ...oneQuery, pageNum: Schema.Int },
    variables: { environment_id: "BigInt!", queryId: "String!", pageNum: "Int!" },
    at: ["query(environmentId: $environment_id, queryId: $queryId, pageNum: $pageNum)"],
    answer: struct<AnsweredPage, Members<AnsweredPage>>({
      status: Schema.String,
      error: nullable(Schema.String),
      sql: nullable(Schema.String),
      totalPages: nullable(Schema.Number),
      result: nullable(asked(Schema.String, result)),
    }),
  });
}

const pageQueries: Readonly<Record<ResultFormat, Query<OnePage, AnsweredPage>>> = {
  arrow: pageQuery("arrowResult"),
  json: pageQuery("jsonResult(orient: TABLE, encoded: false)"),
};

// ---- results --------------------------------------------------------------------------------------------------------

/** The result of a query that ended well. */
export interface QueryResult {
  /** The id of the query. */
  readonly queryId: string;
  /** The SQL that ran in the warehouse, if dbt Cloud says so. */
  readonly sql?: string;
  /** How many pages the result has; each has at most 1,024 rows. */
  readonly totalPages: number;
  /** The columns. An empty result has them too. */
  readonly columns: Effect.Effect<ReadonlyArray<Column>, DbtError>;
  /** The rows. Four pages are requested at a time. */
  readonly rows: Stream.Stream<ResultRow, DbtError, Dbt>;
  /**
   * The bytes of one Arrow IPC stream with all pages. Fails with `Unsendable` if the result was asked for as JSON.
   */
  readonly arrow: Stream.Stream<Uint8Array, DbtError, Dbt>;
}

/** How to wait for a query, and how to get its result. */
export interface QueryOptions {
  /** How dbt Cloud sends the result (default: `arrow`, which is exact; dbt calls `json` a help for tests). */
  readonly format?: ResultFormat;
  /** The delays between polls (default: {@linkcode pollingSchedule}). */
  readonly schedule?: Schedule.Schedule<unknown>;
}

/** The delays between polls: half a second, each time 15 % longer, at most a minute. dbt-sl-sdk has the same. */
export const pollingSchedule: Schedule.Schedule<Duration.Duration> = Schedule.exponential("500 millis", 1.15).pipe(
  Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, Duration.minutes(1)))),
);

/** How many pages of a result are requested at a time. */
const pagesAhead = 4;

/** Waits until a query ends, and gives its result. `endpoint` is the name in errors. */
const resultOf = Effect.fnUntraced(function* (
  endpoint: string,
  one: OneQuery,
  { format = "arrow", schedule = pollingSchedule }: QueryOptions,
): Effect.fn.Return<QueryResult, DbtError, Dbt> {
  const { queryId } = one;
  const { failure } = yield* Dbt;
  const fail = (reason: Reason) => failure(endpoint, reason);
  const undecodable = (detail: string) => fail({ _tag: "Undecodable", status: 200, detail, truncated: false });
  const pageAt = (pageNum: number) =>
    Effect.mapError(pageQueries[format]({ ...one, pageNum }), ({ reason }) => new DbtError({ endpoint, reason }));

  const first = yield* pageAt(1).pipe(
    Effect.repeat({ schedule, until: ({ status }) => status === "SUCCESSFUL" || status === "FAILED" }),
    // A schedule of the caller's may end before the query does.
    Effect.filterOrFail(
      ({ status }) => status === "SUCCESSFUL" || status === "FAILED",
      ({ status }) => undecodable(`query ${queryId} is still ${status}, and its polling schedule has ended`),
    ),
    Effect.onInterrupt(() => cancel(one)),
  );
  const { error, sql, status, totalPages } = first;
  const withSql = typeof sql === "string" ? { sql } : {};
  if (status === "FAILED") {
    return yield* fail({
      _tag: "QueryFailed",
      query_id: queryId,
      error: error ?? "dbt Cloud gives no reason",
      ...withSql,
    });
  }

  const textOf = (page: AnsweredPage, pageNum: number) =>
    typeof page.result === "string"
      ? Effect.succeed(page.result)
      : Effect.fail(undecodable(`page ${pageNum} of query ${queryId} is empty: its status is ${page.status}`));
  const texts = Stream.suspend(() => {
    let before: string | undefined;
    return Stream.concat(
      Stream.fromEffect(textOf(first, 1)),
      Stream.range(2, totalPages ?? 1).pipe(
        Stream.mapEffect((pageNum) => Effect.flatMap(pageAt(pageNum), (page) => textOf(page, pageNum)), {
          concurrency: pagesAhead,
        }),
      ),
    ).pipe(Stream.mapEffect((text, index) => {
      // Rows of a query differ in what they are grouped by, so no two pages are the same.
      const isSame = text === before;
      before = text;
      return isSame
        ? Effect.fail(undecodable(`page ${index + 1} of query ${queryId} is the same as the page before it`))
        : Effect.succeed(text);
    }));
  });

  const readPage = Effect.fnUntraced(function* (text: string): Effect.fn.Return<ResultPage, DbtError> {
    const read = format === "arrow"
      ? (yield* Effect.promise(() => import("./arrow_rows.ts"))).readArrow
      : (yield* Effect.promise(() => import("./json_rows.ts"))).readJson;
    return yield* Effect.mapError(Effect.fromResult(read(text)), undecodable);
  });
  const firstPage = yield* Effect.cached(Effect.flatMap(textOf(first, 1), readPage));
  return {
    queryId,
    ...withSql,
    totalPages: totalPages ?? 1,
    columns: Effect.map(firstPage, ({ columns }) => columns),
    rows: texts.pipe(
      Stream.mapEffect((text, index) => index === 0 ? firstPage : readPage(text)),
      Stream.flatMap(({ rows }) => Stream.fromArray(rows)),
    ),
    arrow: format === "arrow"
      ? joinArrow(texts, undecodable)
      : Stream.fail(fail({ _tag: "Unsendable", detail: "the result was asked for as JSON, so it is no Arrow" })),
  };
});

/** Cancels a query. What it answers changes nothing: an older dbt Cloud does not know it, and the query may have ended. */
function cancel(one: OneQuery): Effect.Effect<void, never, Dbt> {
  return cancelQuery(one).pipe(Dbt.withRetry(Schedule.recurs(0)), Effect.timeout("5 seconds"), Effect.ignore);
}

// ---- what callers use -----------------------------------------------------------------------------------------------

/** The request in its long form. An order that names metrics of a saved query takes one more request. */
const lengthen = Effect.fnUntraced(function* (request: QueryMetrics): Effect.fn.Return<LongQuery, DbtError, Dbt> {
  const { environment_id, orderBy, savedQuery } = request;
  if (savedQuery === undefined || !orderBy?.some((item) => typeof item === "string")) return longForm(request);
  const saved = yield* listSavedQueries(environment_id === undefined ? {} : { environment_id });
  return longForm(request, saved.find(({ name }) => name === savedQuery)?.queryParams?.metrics ?? []);
});

/**
 * Runs a query of metrics, and gives its result.
 *
 * **When to use**
 *
 * For the SQL, the columns or the Arrow bytes of a result. `query` gives the rows alone.
 *
 * **Details**
 *
 * Creates a query, and polls it until it ends. Further pages are requested when `rows` or `arrow` is read, four at a
 * time. dbtc treats the creation of a query as a read, since it changes nothing: it is sent again after an error, and
 * the warehouse may then run the same SQL twice.
 *
 * An interrupt while it waits cancels the query. One that comes before dbt Cloud has answered with the query's id leaves
 * it to run to its end.
 *
 * **Errors**
 *
 * `Invalid` for a query that dbt Cloud refuses, `QueryFailed` for one that fails later, `Forbidden` for a token or an
 * environment that may not be used, `Undecodable` for a result that dbtc does not understand.
 */
export const queryResult: (
  request: QueryMetrics,
  options?: QueryOptions,
) => Effect.Effect<QueryResult, DbtError, Dbt> = Effect.fnUntraced(function* (request, options = {}) {
  const long = yield* lengthen(request);
  const { queryId } = yield* Effect.catch(createQuery(long), (error) => withNearestNames(error, long));
  return yield* resultOf("sl.query", { ...inEnvironmentOf(request), queryId }, options);
});

/** Gives the SQL of a query of metrics, which does not run. */
export const compileSql: (request: QueryMetrics) => Effect.Effect<CompiledSql, DbtError, Dbt> = Effect.fnUntraced(
  function* (request) {
    const long = yield* lengthen(request);
    return yield* Effect.catch(compileQuery(long), (error) => withNearestNames(error, long));
  },
);

/** Runs a query of the distinct values of dimensions, and gives its result. */
export const dimensionValuesResult: (
  request: ListDimensionValues,
  options?: QueryOptions,
) => Effect.Effect<QueryResult, DbtError, Dbt> = Effect.fnUntraced(function* (request, options = {}) {
  const metrics = request.metrics?.map(metricOf);
  const long = {
    ...inEnvironmentOf(request),
    groupBy: request.groupBy.map(groupByOf),
    ...(metrics === undefined ? {} : { metrics }),
  };
  const { queryId } = yield* Effect.catch(createValuesQuery(long), (error) => withNearestNames(error, long));
  return yield* resultOf("sl.listDimensionValues", { ...inEnvironmentOf(request), queryId }, options);
});

function inEnvironmentOf({ environment_id }: InEnvironment): InEnvironment {
  return environment_id === undefined ? {} : { environment_id };
}
