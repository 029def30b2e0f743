/**
 * The requests of `runs.explain` and `runs.logs`, in a file of their own: `deno doc` lists what a group
 * re-exports with `export *`, and leaves out what it re-exports by name.
 *
 * @module
 */
import type { OfRun } from "../api/runs.ts";

/** What `runs.explain` asks for. */
export interface Explain extends OfRun {
  /** How many lines of the end of a log (default: 30, and 10 where every failed node has a message). */
  readonly lines?: number;
  /** Give nodes with their compiled code (default: true). */
  readonly code?: boolean;
}

/** What `runs.logs` asks for. */
export interface Logs extends OfRun {
  /** Only this step, from 1 (default: all steps). */
  readonly step?: number;
  /** Give the whole debug logs instead of what dbt prints (default: false). */
  readonly debug?: boolean;
}
