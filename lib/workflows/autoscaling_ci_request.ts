/**
 * The request of `jobs.triggerAutoscalingCi`, in a file of its own: `deno doc` lists what a group
 * re-exports with `export *`, and leaves out what it re-exports by name.
 *
 * @module
 */
import type { OfJob } from "../api/jobs.ts";
import type { Overrides } from "../shared_fields.ts";

/** What `jobs.triggerAutoscalingCi` asks for. */
export interface TriggerAutoscalingCi extends OfJob, Overrides {
  /** Why the run is started, at most 255 bytes (default: names the pull request). */
  readonly cause?: string;
  /** Clone the job only while fewer runs than this are in flight (default and maximum: the account's run slots). */
  readonly max_run_slots?: number;
  /** Delete a clone at the end (default: true). */
  readonly delete_cloned_job?: boolean;
}
