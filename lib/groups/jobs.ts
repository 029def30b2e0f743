/**
 * The group `jobs`: its endpoints, and a workflow that starts the CI run of a pull request. The work itself is in
 * `lib/workflows`, which is loaded when the workflow runs.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { rerun } from "../api/jobs.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import type { Run } from "../models/run.ts";
import { field, optional } from "../schema.ts";
import { overrides } from "../shared_fields.ts";
import type { TriggerAutoscalingCi } from "../workflows/autoscaling_ci_request.ts";

export * from "../api/jobs.ts";
export type * from "../workflows/autoscaling_ci_request.ts";

/** The fields that say which job. */
const ofJob = rerun.request;

/**
 * Start the CI run of a pull request, on a clone of the job where that is busy. Cancels older runs of the pull request,
 * waits for the run, and deletes the clone. Options, and what it does in each case: the function of the same name in
 * the library.
 */
export const triggerAutoscalingCi: Workflow<TriggerAutoscalingCi, Run> = workflow("jobs.triggerAutoscalingCi", {
  summary: "Start the CI run of a pull request, on a clone of the job where that is busy",
  request: {
    ...ofJob,
    cause: optional(field(Schema.String, "Why the run is started; at most 255 bytes")),
    ...overrides,
    max_run_slots: optional(field(Schema.Int, "Clone the job only while fewer runs than this are in flight")),
    delete_cloned_job: optional(field(Schema.Boolean, "Delete the clone at the end; --no-delete-cloned-job keeps it")),
  },
  load: async () => (await import("../workflows/autoscaling_ci.ts")).triggerAutoscalingCi,
  dbtc: "trigger_autoscaling_ci_job",
});
