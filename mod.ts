/**
 * dbt Cloud for Effect.
 *
 * @module
 */
export * from "./lib/api/mod.ts";
export { Dbt, type Options, type Session } from "./lib/client.ts";
export { DbtError } from "./lib/error.ts";
import "./lib/table.ts";
