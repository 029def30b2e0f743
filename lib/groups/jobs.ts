/**
 * The group `jobs`: its endpoints, and workflows that start the CI run of a pull request and pause a job. Their code is
 * in `lib/workflows`, and is loaded when it runs. Jobs as code are in `jobs_as_code.ts`, an entry point of their own.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { get, type OfJob, rerun } from "../api/jobs.ts";
import { Dbt } from "../dbt.ts";
import { type Workflow, workflow } from "../endpoint.ts";
import type { Run } from "../models/run.ts";
import { field, named, optional } from "../schema.ts";
import { overrides } from "../shared_fields.ts";
import type { TriggerAutoscalingCi } from "../workflows/autoscaling_ci_request.ts";
import type { Enable } from "../workflows/job_requests.ts";
import type { TriggerChange } from "../workflows/job_triggers.ts";

export * from "../api/jobs.ts";
export type * from "../workflows/autoscaling_ci_request.ts";
export type * from "../workflows/job_requests.ts";

/** The fields that identify a job. */
const ofJob = rerun.request;

/**
 * Open a job in the browser. Only the command opens it: this function gives the URL of the page, on the client's host,
 * since dbt Cloud gives no `href` for jobs.
 */
export const open: Workflow<OfJob, string> = /* @__PURE__ */ workflow("jobs.open", () => ({
  summary: "Open a job in the browser",
  request: ofJob,
  run: Effect.fn("jobs.open")(function* (request: OfJob) {
    const { account_id, id, project_id } = yield* get(request);
    // As in https://docs.datahub.com/docs/generated/ingestion/sources/dbt
    return new URL(`/deploy/${account_id}/projects/${project_id}/jobs/${id}/`, (yield* Dbt).url).href;
  }),
}));

/**
 * Start the CI run of a pull request, on a clone of the job if the job is busy. Cancels older runs of the pull request,
 * waits for the run, and deletes the clone. The function `triggerAutoscalingCi` is the same with options, and explains
 * each case.
 */
export const triggerAutoscalingCi: Workflow<TriggerAutoscalingCi, Run> = /* @__PURE__ */ workflow(
  "jobs.triggerAutoscalingCi",
  () => ({
    summary: "Start the CI run of a pull request, on a clone of the job if the job is busy",
    request: {
      ...ofJob,
      cause: optional(field(Schema.String, "Reason for the run, at most 255 bytes (default: names the pull request)")),
      ...overrides,
      max_run_slots: optional(
        field(
          Schema.Int,
          "Clone the job only while fewer runs than this are active (default: the account's run slots)",
        ),
      ),
      delete_cloned_job: optional(field(Schema.Boolean, "Whether to delete the clone at the end (default: yes)")),
    },
    load: async () => (await import("../workflows/autoscaling_ci.ts")).triggerAutoscalingCi,
    dbtc: "trigger_autoscaling_ci_job",
  }),
);

/**
 * Pause a job: turn off everything that starts it automatically.
 *
 * **Details**
 *
 * Turns off the triggers by schedule, pull request and merge, and the one by another job's end. The schedule itself
 * stays in the job. A run that is queued or running continues, and the job can still be started by hand. dbt Cloud has
 * no other way to pause a job: `state` means deleted. Two requests; one if nothing is on.
 *
 * @example
 * ```ts
 * import { DbtClient, jobs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = jobs.disable({ job_id: 4 }).pipe(Effect.andThen(jobs.enable({ job_id: 4 })));
 * const { triggers } = await Effect.runPromise(program.pipe(Effect.provide(client)));
 * assert.deepEqual(triggers, ["github_webhook", "git_provider_webhook"]);
 * ```
 */
export const disable: Workflow<OfJob, TriggerChange> = /* @__PURE__ */ workflow("jobs.disable", () => ({
  summary: "Pause a job: turn off everything that starts it automatically",
  request: ofJob,
  load: async () => (await import("../workflows/job_triggers.ts")).disableJob,
}));

/**
 * Turn on what starts a job automatically.
 *
 * **Details**
 *
 * Without `trigger`, turns on the schedule; of a CI job, the triggers by pull request; of a merge job, the one by merge.
 * Also for a job that dbt Cloud deactivated after many failed runs. Two requests; one if nothing changes.
 *
 * **Errors**
 *
 * `Unsendable` if the job has no schedule that could start it.
 */
export const enable: Workflow<Enable, TriggerChange> = /* @__PURE__ */ workflow("jobs.enable", () => ({
  summary: "Turn on what starts a job automatically",
  request: {
    ...ofJob,
    trigger: optional(
      field(
        Schema.Array(
          named(Schema.String, {
            schedule: "schedule",
            github_webhook: "github_webhook",
            git_provider_webhook: "git_provider_webhook",
            on_merge: "on_merge",
          }),
        ),
        "Turn on this trigger (default: by the job's type: schedule, pull requests of a CI job, or merges)",
      ),
    ),
  },
  load: async () => (await import("../workflows/job_triggers.ts")).enableJob,
}));
