/**
 * The group `jobs`: its endpoints, and a workflow that starts the CI run of a pull request. Its code is in
 * `lib/workflows`, and is loaded when the workflow runs.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { get, type OfJob, rerun } from "../api/jobs.ts";
import { Dbt } from "../dbt.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import type { Run } from "../models/run.ts";
import { field, optional } from "../schema.ts";
import { overrides } from "../shared_fields.ts";
import type { TriggerAutoscalingCi } from "../workflows/autoscaling_ci_request.ts";

export * from "../api/jobs.ts";
export type * from "../workflows/autoscaling_ci_request.ts";

/** The fields that identify a job. */
const ofJob = rerun.request;

/**
 * Open a job in the browser. Only the command opens it: this function gives the URL of the page, on the client's host,
 * since dbt Cloud gives no `href` for jobs.
 */
export const open: Workflow<OfJob, string> = workflow("jobs.open", {
  summary: "Open a job in the browser",
  request: ofJob,
  run: Effect.fn("jobs.open")(function* (request: OfJob) {
    const { account_id, id, project_id } = yield* get(request);
    // As in https://docs.datahub.com/docs/generated/ingestion/sources/dbt
    return new URL(`/deploy/${account_id}/projects/${project_id}/jobs/${id}/`, (yield* Dbt).url).href;
  }),
});

/**
 * Start the CI run of a pull request, on a clone of the job if the job is busy. Cancels older runs of the pull request,
 * waits for the run, and deletes the clone. The function `triggerAutoscalingCi` is the same with options, and explains
 * each case.
 */
export const triggerAutoscalingCi: Workflow<TriggerAutoscalingCi, Run> = workflow("jobs.triggerAutoscalingCi", {
  summary: "Start the CI run of a pull request, on a clone of the job if the job is busy",
  request: {
    ...ofJob,
    cause: optional(field(Schema.String, "Reason for the run, at most 255 bytes (default: names the pull request)")),
    ...overrides,
    max_run_slots: optional(
      field(Schema.Int, "Clone the job only while fewer runs than this are active (default: the account's run slots)"),
    ),
    delete_cloned_job: optional(field(Schema.Boolean, "Whether to delete the clone at the end (default: yes)")),
  },
  load: async () => (await import("../workflows/autoscaling_ci.ts")).triggerAutoscalingCi,
  dbtc: "trigger_autoscaling_ci_job",
});
