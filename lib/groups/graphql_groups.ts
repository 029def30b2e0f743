/**
 * The groups of dbt Cloud's GraphQL APIs, with the name that each has in code. Programs import them by a path of their
 * own, such as `@dbtc/dbtc/semantic_layer`: one that does not use them loads nothing of them.
 *
 * The comment of a line is the group's line of help.
 *
 * @module
 */
export {
  discovery,
  exposures,
  macros,
  metrics,
  modelGroups,
  models,
  projects,
  seeds,
  snapshots,
  sources,
  tests,
} from "../discovery/mod.ts";
/** The Semantic Layer: metrics by dimensions, computed in the warehouse. */
export * as sl from "../semantic_layer/mod.ts";
