/**
 * What dbt Cloud refuses of a job, as far as a file alone can tell.
 *
 * @module
 */
import { CompletionStatus, JobType } from "../models/job.ts";
import type { DeclaredJob } from "./declared_job.ts";
import { objectOf } from "./declared_values.ts";
import { longestDescription } from "./identifier_tag.ts";
import type { Problems } from "./problems.ts";

/** What dbt Cloud refuses, and the file can already tell. */
export function checkRules({ fields, key, placeOf, self_deferring }: DeclaredJob, problems: Problems): void {
  const { cost_optimization_features: features, deferring_job_definition_id, job_type, state } = fields;
  const refuse = (path: string, text: string) => problems.refuse(placeOf(path), `${key}: ${text}`);
  const isForCi = job_type === "ci" || job_type === "merge";
  const schedule = objectOf(fields.schedule);
  if (self_deferring && (deferring_job_definition_id ?? null) !== null) {
    refuse("self_deferring", "self_deferring and deferring_job_definition_id exclude each other");
  }
  if (typeof fields.description === "string" && fields.description.length > longestDescription) {
    refuse("description", `description has ${fields.description.length} characters: at most ${longestDescription}`);
  }
  if (Array.isArray(fields.execute_steps) && fields.execute_steps.length === 0) {
    refuse("execute_steps", "execute_steps is empty: expected commands such as dbt build");
  }
  if (typeof job_type === "string" && !Object.values<string>(JobType).includes(job_type)) {
    refuse("job_type", `job_type: expected ${Object.values(JobType).join(", ")}, and this is "${job_type}"`);
  }
  if (state !== undefined && state !== null && state !== 1) {
    refuse("state", "state: only 1, active. To delete a job, take it out of the file and use --prune=delete");
  }
  if (objectOf(fields.triggers)?.schedule === true && !isForCi && schedule === undefined) {
    refuse("triggers.schedule", "schedule is missing: triggers.schedule is true");
  }
  if (
    schedule !== undefined && (typeof schedule.cron !== "string" || !isCron(schedule.cron)) && !derivesCron(schedule)
  ) {
    const cron = schedule.cron === undefined ? "missing" : `"${String(schedule.cron)}"`;
    refuse("schedule.cron", `schedule.cron is ${cron}: expected five fields, such as "0 6 * * *"`);
  }
  if (objectOf(fields.triggers)?.custom_branch_only !== undefined) {
    problems.warn(
      placeOf("triggers.custom_branch_only"),
      `${key}: dbt Cloud refuses custom_branch_only; it is not sent`,
    );
  }
  // The rules of terraform-provider-dbtcloud 664 and 715.
  if (isForCi && Array.isArray(features) && features.some((feature) => feature !== "dbt_state")) {
    refuse("cost_optimization_features", "cost_optimization_features of a CI or merge job: expected [] or [dbt_state]");
  }
  if (fields.force_node_selection !== undefined && fields.force_node_selection !== null) {
    if (isForCi) refuse("force_node_selection", "dbt Cloud refuses force_node_selection for CI and merge jobs");
    else if (features !== undefined) {
      refuse("force_node_selection", "force_node_selection and cost_optimization_features exclude each other");
    }
  }
  const statuses = objectOf(objectOf(fields.job_completion_trigger_condition)?.condition)?.statuses;
  if (
    Array.isArray(statuses) &&
    statuses.some((status) => !Object.values<unknown>(CompletionStatus).includes(status))
  ) {
    refuse(
      "job_completion_trigger_condition.condition.statuses",
      "statuses: expected 10 (success), 20 (error) and 30 (cancelled)",
    );
  }
}

function isCron(cron: string): boolean {
  return /^@[a-z]+$/.test(cron.trim()) || /^[\d*/,\-?#A-Za-z]+(\s+[\d*/,\-?#A-Za-z]+){4,5}$/.test(cron.trim());
}

/** Whether dbt Cloud makes the cron expression of a schedule itself. */
export function derivesCron(schedule: Readonly<Record<string, unknown>>): boolean {
  const type = objectOf(schedule.date)?.type;
  return type === "every_day" || type === "days_of_week";
}
