/**
 * The requests of `runs.explain` and `runs.logs`, in a file of their own: `deno doc` lists what a group
 * re-exports with `export *`, and leaves out what it re-exports by name.
 *
 * @module
 */
import type { OfRun } from "../api/runs.ts";

/** What `runs.explain` asks for. */
export interface Explain extends OfRun {
  /** How many lines of a log's end. 30 when absent; 10 where failed nodes say why. */
  readonly lines?: number;
  /** Whether nodes are given with their compiled code. They are when absent. */
  readonly code?: boolean;
}

/** What `runs.logs` asks for. */
export interface Logs extends OfRun {
  /** Only this step, from 1; all of them when absent. */
  readonly step?: number;
  /** The debug logs, whole, instead of what dbt prints. */
  readonly debug?: boolean;
}
