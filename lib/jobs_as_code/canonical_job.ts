/**
 * The one form in which a job of a file and a job of dbt Cloud are compared, so that what dbt Cloud derives or writes
 * differently is no difference; and the form in which a job is sent, which is the one of dbt-jobs-as-code.
 *
 * @module
 */
import { withoutNulls } from "../defined.ts";
import { CompletionStatus, type Job } from "../models/job.ts";
import { derivesCron } from "./declared_job_rules.ts";
import { objectOf } from "./declared_values.ts";
import { untag } from "./identifier_tag.ts";
import type { DesiredJob, JobDifference } from "./jobs_as_code_types.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What dbt-jobs-as-code takes for keys that a file does not have. */
export const defaults = {
  dbt_version: null,
  settings: { threads: 4, target_name: "default" },
  execution: { timeout_seconds: 0 },
  deferring_environment_id: null,
  run_generate_sources: false,
  run_lint: false,
  errors_on_lint_failure: true,
  generate_docs: false,
  triggers: { github_webhook: false, git_provider_webhook: false, schedule: false, on_merge: false },
  description: "",
  state: 1,
  run_compare_changes: false,
  compare_changes_flags: "--select state:modified",
  job_type: "scheduled",
  cost_optimization_features: [],
  triggers_on_draft_pr: false,
} as const satisfies Fields;

/** The schedule that dbt-jobs-as-code gives to jobs that need none: once a year. */
export const yearly = "0 0 1 1 *";

/** The fields of a file with the defaults of those that it does not have. Null is a default too. */
export function withDefaults(fields: Fields): Fields {
  const whole: Record<string, unknown> = { ...defaults, ...withoutNulls(fields) };
  for (const name of ["settings", "execution", "triggers"] as const) {
    whole[name] = { ...defaults[name], ...withoutNulls(objectOf(fields[name]) ?? {}) };
  }
  return whole;
}

/**
 * The kind of a job. `scheduled` and `other` are one: dbt Cloud derives the label from `triggers.schedule`, whatever it is
 * sent (Terraform provider 1.12.2).
 */
export function kindOf(job_type: unknown): string {
  return typeof job_type !== "string" || job_type === "other" ? "scheduled" : job_type;
}

/** A cron expression with single blanks. */
function cronOf(cron: unknown): unknown {
  return typeof cron === "string" ? cron.trim().replaceAll(/\s+/g, " ") : cron ?? null;
}

/** A list whose order means nothing. */
function asSet(list: unknown, fallback: ReadonlyArray<unknown>): ReadonlyArray<unknown> {
  return [...new Set(Array.isArray(list) ? list : fallback)].toSorted();
}

/** `dbt_state` stays alone (Terraform provider, `job.go`). */
function featuresOf(list: unknown): ReadonlyArray<unknown> {
  const features = asSet(list, []);
  return features.includes("dbt_state") ? ["dbt_state"] : features;
}

/** The values that are compared, by field. */
function canonical(job: Fields): Map<string, unknown> {
  const whole = withDefaults(job);
  const members = (name: "settings" | "execution" | "triggers") =>
    Object.keys(defaults[name]).map((member) => [`${name}.${member}`, objectOf(whole[name])?.[member]] as const);
  return new Map<string, unknown>([
    ["name", job.name],
    ...["description", "project_id", "environment_id", "dbt_version", "deferring_environment_id", "generate_docs"]
      .map((name) => [name, whole[name] ?? null] as const),
    ...["run_generate_sources", "run_lint", "errors_on_lint_failure", "run_compare_changes", "compare_changes_flags"]
      .map((name) => [name, whole[name]] as const),
    ["triggers_on_draft_pr", whole.triggers_on_draft_pr],
    ["execute_steps", whole.execute_steps],
    ...members("settings"),
    ...members("execution"),
    ...members("triggers"),
    ["job_type", kindOf(whole.job_type)],
    ["cost_optimization_features", featuresOf(whole.cost_optimization_features)],
  ]);
}

/** The differences between a job and what it will be. */
export function differencesOf(live: Job, desired: DesiredJob): ReadonlyArray<JobDifference> {
  const { fields } = desired;
  const { description, name, tag } = untag(live);
  const [before, after] = [canonical({ ...live, name, description }), canonical(fields)];
  before.set("identifier", tag?.identifier ?? null);
  after.set("identifier", desired.tag.identifier);
  before.set("deferring_job_definition_id", deferralOf(live));
  after.set("deferring_job_definition_id", shownReference(desired.defers_to));
  before.set("job_completion_trigger_condition", completionOf(live));
  after.set("job_completion_trigger_condition", desiredCompletion(desired.completion));
  compareSchedules(objectOf(live.schedule) ?? {}, objectOf(fields.schedule), before, after);
  // Fields that dbt-jobs-as-code does not know count where the file has them.
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || apart.has(field) || Object.hasOwn(defaults, field) || after.has(field)) continue;
    before.set(field, live[field as keyof Job] ?? null); // a field of `jobs.create`, which jobs have
    after.set(field, value);
  }
  return [...after].flatMap(([field, value]) =>
    JSON.stringify(before.get(field) ?? null) === JSON.stringify(value ?? null)
      ? []
      : [{ field, before: before.get(field) ?? null, after: value ?? null }]
  );
}

/** Fields that are compared in another form. */
const apart = new Set(["account_id", "schedule", "job_completion_trigger_condition", "deferring_job_definition_id"]);

/** Only what the file says of a schedule is compared: of days and hours, or of the cron expression. */
function compareSchedules(
  live: Fields,
  declared: Fields | undefined,
  before: Map<string, unknown>,
  after: Map<string, unknown>,
): void {
  if (declared === undefined) return;
  if (!derivesCron(declared)) {
    before.set("schedule.cron", cronOf(live.cron));
    after.set("schedule.cron", cronOf(declared.cron));
    return;
  }
  for (const part of ["date", "time"]) {
    for (const [name, value] of Object.entries(objectOf(declared[part]) ?? {})) {
      if (value === null) continue;
      const is = objectOf(live[part])?.[name];
      before.set(`schedule.${part}.${name}`, Array.isArray(is) ? asSet(is, []) : is);
      after.set(`schedule.${part}.${name}`, Array.isArray(value) ? asSet(value, []) : value);
    }
  }
}

function deferralOf({ deferring_job_definition_id: id, id: own }: Job): unknown {
  return id === own ? "self" : id ?? null;
}

function shownReference(reference: DesiredJob["defers_to"]): unknown {
  return typeof reference === "object" && reference !== null ? `[[${reference.identifier}]]` : reference;
}

function completionOf({ job_completion_trigger_condition }: Job): unknown {
  const condition = job_completion_trigger_condition?.condition;
  return condition === null || condition === undefined ? null : {
    job_id: condition.job_id ?? null,
    project_id: condition.project_id ?? null,
    statuses: asSet(condition.statuses, allStatuses),
  };
}

function desiredCompletion(completion: DesiredJob["completion"]): unknown {
  return completion === null ? null : {
    job_id: shownReference(completion.job),
    project_id: completion.project_id,
    statuses: asSet(completion.statuses, allStatuses),
  };
}

/** Every end of a run. */
export const allStatuses: ReadonlyArray<number> = Object.values(CompletionStatus);

/** The fields that can be set in which two readings of a job differ. Null is the same as absent. */
export function changedFields(before: Job, after: Job): ReadonlyArray<string> {
  const [old, now] = [settable(before), settable(after)];
  return [...old.keys()].filter((field) => JSON.stringify(old.get(field)) !== JSON.stringify(now.get(field)));
}

function settable(job: Job): Map<string, unknown> {
  const { description, name, tag } = untag(job);
  const fields = canonical({ ...job, name, description });
  fields.set("identifier", tag ?? null);
  fields.set("deferring_job_definition_id", deferralOf(job));
  fields.set("job_completion_trigger_condition", completionOf(job));
  for (const field of ["force_node_selection", "lifecycle_webhooks", "schedule", "state"] as const) {
    fields.set(field, job[field] ?? null);
  }
  return fields;
}

/** Fields for which null is another value than false to dbt-jobs-as-code: a null of a file is sent as it is. */
const nullIsKept = ["dbt_version", "deferring_environment_id", "run_lint", "errors_on_lint_failure"];

/**
 * The fields of a job as dbt-jobs-as-code sends them, without name, description and references: so its next plan is empty
 * for this job. `live` is the job that they replace; what it has besides them stays.
 */
export function sentFields(fields: Fields, live: Fields = {}): Fields {
  const whole = withDefaults(fields);
  const { force_node_selection, ...sent } = withoutNulls(whole);
  return {
    ...sent,
    ...Object.fromEntries(nullIsKept.map((name) => [name, Object.hasOwn(fields, name) ? fields[name] : whole[name]])),
    settings: { ...objectOf(live.settings), ...objectOf(whole.settings) },
    execution: { ...objectOf(live.execution), ...objectOf(whole.execution) },
    triggers: withoutBranch({ ...objectOf(live.triggers), ...defaults.triggers, ...objectOf(fields.triggers) }),
    schedule: sentSchedule(objectOf(fields.schedule), whole.job_type, objectOf(live.schedule)),
    // The list wins where both are sent.
    ...force_node_selection === undefined
      ? { cost_optimization_features: featuresOf(whole.cost_optimization_features) }
      : { force_node_selection },
  };
}

/** dbt Cloud refuses `custom_branch_only`, although it answers it. */
function withoutBranch({ custom_branch_only: _, ...triggers }: Fields): Fields {
  return triggers;
}

function sentSchedule(schedule: Fields | undefined, job_type: unknown, live: Fields | undefined): Fields {
  if (schedule !== undefined && derivesCron(schedule)) {
    return { time: { type: "every_hour", interval: 1 }, ...schedule };
  }
  if (schedule === undefined && live !== undefined && job_type !== "ci" && job_type !== "merge") return live;
  const cron = cronOf(schedule?.cron ?? yearly);
  return { cron, date: { type: "custom_cron", cron }, time: { type: "every_hour", interval: 1 } };
}

/** Whether something starts a job by itself. */
export function isActive({ job_completion_trigger_condition, triggers }: Job): boolean {
  return Object.values(triggers ?? {}).some((value) => value === true) ||
    (job_completion_trigger_condition?.condition ?? null) !== null;
}

/** Whether jobs of a kind may become one of another. dbt Cloud keeps `ci` and `adaptive` (Terraform provider). */
export function canBecome(from: unknown, to: unknown): boolean {
  const [before, after] = [kindOf(from), kindOf(to)];
  return before === after || ![before, after].some((kind) => kind === "ci" || kind === "adaptive");
}
