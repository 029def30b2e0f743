/**
 * The Discovery API: what dbt Cloud knows of a project's models, sources and tests, and how they were built.
 *
 * ```ts
 * import { DbtClient } from "@dbtc/dbtc";
 * import { models } from "@dbtc/dbtc/discovery";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({
 *   token: Redacted.make("sandbox"),
 *   host: "http://127.0.0.1",
 *   environment_id: 1,
 * }).pipe(Layer.provide(sandbox.layer({ runs: 5 })));
 * const failed = models.list.pick("name", "executionInfo.lastRunError")({ lastRunStatus: "error" });
 * const rows = await Effect.runPromise(Stream.runCollect(failed).pipe(Effect.provide(client)));
 * assert.deepEqual(rows.map(({ name }) => name), ["customers"]);
 * ```
 *
 * @module
 */
export {
  type Connection,
  type ConnectionDefinition,
  type ConnectionPage,
  type Limited,
} from "../graphql/connection.ts";
export type { FieldPath, ItemOf, Picked } from "../graphql/picked_fields.ts";
export type { Query, ValueDefinition } from "../graphql/query.ts";
export type { GraphQLSchema, QueryDefinition } from "../graphql/query_definition.ts";
export { OnPartialData, type ReportPartialData } from "../graphql/send_query.ts";
export type * from "./node_requests.ts";
export type * from "./nodes.ts";
export type * from "./resources.ts";

/** Discovery API: state, lineage, search, and queries of your own. */
export * as discovery from "./discovery.ts";
/** Exposures: dashboards and other uses of a project's models. */
export * as exposures from "./exposures.ts";
/** Macros of a project and of its packages. */
export * as macros from "./macros.ts";
/** Metrics, as projects define them. */
export * as metrics from "./metrics.ts";
/** Groups of models in dbt, each with an owner. */
export * as modelGroups from "./model_groups.ts";
/** Models: how they were built, their lineage, how long they take. */
export * as models from "./models.ts";
/** Projects: how they use each other's models. */
export * as projects from "./projects.ts";
/** Seeds: CSV files that dbt loads, and how they were built. */
export * as seeds from "./seeds.ts";
/** Snapshots: tables that keep how rows change, and how they were built. */
export * as snapshots from "./snapshots.ts";
/** Sources: tables that dbt reads, and how fresh they are. */
export * as sources from "./sources.ts";
/** Tests: data tests and unit tests, and how they ended. */
export * as tests from "./tests.ts";
