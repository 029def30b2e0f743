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
  /** Why the run is started; at most 255 bytes. Names the pull request when absent. */
  readonly cause?: string;
  /** Clone the job only while fewer runs than this are in flight; the account's run slots, if they are fewer or absent. */
  readonly max_run_slots?: number;
  /** Whether a clone is deleted at the end; so when absent. */
  readonly delete_cloned_job?: boolean;
}
