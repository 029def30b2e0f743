/**
 * dbt's Semantic Layer: the metrics of a project, computed in its warehouse.
 *
 * A program that does not import this module loads nothing of it, and Arrow is loaded when the first result is read. The
 * command line has it as `dbtc sl`.
 *
 * @example
 * ```ts
 * import { DbtClient } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as sl from "@dbtc/dbtc/semantic_layer";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * // The sandbox stands in for dbt Cloud, and has the metrics of the Jaffle Shop.
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), host: "http://127.0.0.1", environment_id: 1 }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const months = sl.query({ metrics: ["revenue"], groupBy: ["metric_time__month"], orderBy: ["-revenue"], limit: 1 });
 * const rows = await Effect.runPromise(Stream.runCollect(months).pipe(Effect.provide(client)));
 * assert.deepEqual(rows, [{ metric_time__month: "2018-03-01", revenue: 513.91 }]);
 * ```
 *
 * @module
 */
export {
  type CompiledSql,
  pollingSchedule,
  type QueryOptions,
  type QueryResult,
  queryResult,
  type ResultFormat,
} from "./query_result.ts";
export type {
  Dimension,
  Entity,
  EnvironmentInfo,
  InputMetric,
  Measure,
  MetaConfig,
  Metric,
  MetricTypeParams,
  SavedQuery,
  SavedQueryExport,
  SavedQueryExportConfig,
  SavedQueryGroupBy,
  SavedQueryMetric,
  SavedQueryParams,
  SemanticModelName,
  WhereFilter,
} from "./metric_models.ts";
export type { GroupByInput, InEnvironment, MetricInput, OrderByInput, QueryMetrics } from "./query_request.ts";
export type { Cell, Column, ColumnKind, ResultRow } from "./result_row.ts";
export type { RowStream } from "../endpoint.ts";
export type { FieldPath, ItemOf, Picked } from "../graphql/picked_fields.ts";
export type { Query, ValueDefinition } from "../graphql/query.ts";
export type { GraphQLSchema, QueryDefinition } from "../graphql/query_definition.ts";
export { OnPartialData, type ReportPartialData } from "../graphql/send_query.ts";
export * from "./metadata_queries.ts";
export * from "./metric_queries.ts";
