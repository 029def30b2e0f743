/**
 * How the runs of a job go: how long they take, and whether they fail. It stands in the job's row as `_sandbox`, which
 * no answer shows. Seeds write it, `runs/new_run.ts` reads it.
 *
 * @module
 */
import { objectIn, type Row } from "../protocol/response_format.ts";

/** How the runs of a job go. */
export interface RunScript {
  /** Seconds that a run takes from its begin to its end (default: 60). */
  readonly seconds?: number;
  /** The model in which a run fails. A retry of the run succeeds. */
  readonly fails?: string;
}

/** How the runs of a job go, as its row says. */
export function runScriptOf(job: Row): RunScript {
  return objectIn(job._sandbox);
}
