/**
 * The requests of the workflows of the group `runs`, in a file of their own: `deno doc` lists what a group
 * re-exports with `export *`, and leaves out what it re-exports by name.
 *
 * @module
 */
import type { OfRun } from "../api/runs.ts";
import type { InAccount } from "../shared_fields.ts";

/** What `runs.explain` asks for. */
export interface Explain extends OfRun {
  /** How many lines of the end of a log (default: 30, and 10 where every failed node has a message). */
  readonly lines?: number;
  /** Give nodes with their compiled code (default: true). */
  readonly code?: boolean;
  /** Give also the nodes that passed, each with its status and time (default: false). */
  readonly passed?: boolean;
}

/** What `runs.logs` asks for. */
export interface Logs extends OfRun {
  /** Only this step, from 1 (default: all steps). */
  readonly step?: number;
  /** Give the whole debug logs instead of what dbt prints (default: false). */
  readonly debug?: boolean;
}

/** The runs that `runs.failures` and `runs.stats` read. */
export interface RunPeriod extends InAccount {
  /** Only the runs of this job. */
  readonly job_definition_id?: number;
  /** Only the runs of this project. */
  readonly project_id?: number;
  /** Only the runs in this environment. */
  readonly environment_id?: number;
  /** Only the runs created between these two times (default: the last days, as each workflow says). */
  readonly created_at__range?: ReadonlyArray<string>;
  /** Read at most this many runs, the newest first (default: as each workflow says). */
  readonly limit?: number;
}

/** What `runs.failures` asks for. */
export interface Failures extends RunPeriod {
  /** Read the artifacts of the failed runs, and give the nodes that failed (default: false). */
  readonly nodes?: boolean;
  /** Read the artifacts of at most this many runs, the newest first (default: 25). */
  readonly max_runs?: number;
}

/** What `runs.stats` asks for. */
export interface Stats extends RunPeriod {}

/** What `runs.compare` asks for. */
export interface Compare extends InAccount {
  /** The run to compare with. */
  readonly before_run_id: number;
  /** The run to compare. */
  readonly after_run_id: number;
  /** A node is slower if it took at least this many seconds longer (default: 1). */
  readonly min_seconds?: number;
  /** And at least this many percent longer (default: 20). */
  readonly min_percent?: number;
}
