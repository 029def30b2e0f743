/**
 * The queries of the Semantic Layer that are in the table: rows of metrics, values of dimensions, and SQL.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Dbt } from "../dbt.ts";
import { type RowStream, rowStream, type Workflow, workflow } from "../endpoint.ts";
import type { DbtError } from "../error.ts";
import {
  type ListDimensionValues,
  listDimensionValuesFields,
  type QueryMetrics,
  queryMetrics,
} from "./query_request.ts";
import { type CompiledSql, compileSql, dimensionValuesResult, type QueryResult, queryResult } from "./query_result.ts";
import type { ResultRow } from "./result_row.ts";

export type { ListDimensionValues } from "./query_request.ts";

function rowsOf(result: Effect.Effect<QueryResult, DbtError, Dbt>): Stream.Stream<ResultRow, DbtError, Dbt> {
  return Stream.unwrap(Effect.map(result, ({ rows }) => rows));
}

/**
 * Query metrics by dimensions. The warehouse computes them, and the rows come as a stream. See {@linkcode queryResult}
 * for the requests that it makes, and for its errors.
 */
export const query: RowStream<QueryMetrics, ResultRow> = rowStream("sl.query", {
  summary: "Query metrics by dimensions",
  request: queryMetrics,
  stream: (request) => rowsOf(queryResult(request)),
  dbtc: "query",
});

/** List the values of dimensions. Each combination of values comes once. */
export const listDimensionValues: RowStream<ListDimensionValues, ResultRow> = rowStream("sl.listDimensionValues", {
  summary: "List the values of dimensions",
  request: listDimensionValuesFields,
  stream: (request) => rowsOf(dimensionValuesResult(request)),
  dbtc: "list_dimension_values",
});

/** Compile a query of metrics to SQL, without running it. */
export const compile: Workflow<QueryMetrics, CompiledSql> = /* @__PURE__ */ workflow("sl.compile", () => ({
  summary: "Compile a query of metrics to SQL, without running it",
  request: queryMetrics,
  run: compileSql,
}));
