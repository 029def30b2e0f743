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
import { field, optional, overrides } from "../schema.ts";
import type { TriggerAutoscalingCi } from "../workflows/autoscaling_ci_request.ts";

export * from "../api/jobs.ts";
export type * from "../workflows/autoscaling_ci_request.ts";

/** The fields that say which job. */
const ofJob = rerun.request;

/**
 * Start the CI run of a pull request, on a clone of the job if the job is busy. Cancels older runs of the pull request,
 * waits for the run, and deletes the clone. The function `triggerAutoscalingCi` is the same with options, and explains
 * each case.
 */
export const triggerAutoscalingCi: Workflow<TriggerAutoscalingCi, Run> = workflow("jobs.triggerAutoscalingCi", {
  summary: "Start the CI run of a pull request, on a clone of the job if the job is busy",
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
