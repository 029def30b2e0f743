/**
 * What dbt Cloud makes of a job when it stores it: its type, its schedule, and what saves cost; and what it refuses.
 * `complete_row.ts` and `row_rules.ts` apply it.
 *
 * @module
 */
import * as Cron from "effect/Cron";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import { isRow, listIn, objectIn, type Row } from "../protocol/response_format.ts";

// ---- type -----------------------------------------------------------------------------------------------------------

/** Types that a job keeps. `validateJobTypeChange` of the Terraform provider has dbt Cloud's rules and words. */
const fixedTypes = ["ci", "adaptive"];

/**
 * The type of a job. `scheduled` and `other` are the same kind: dbt Cloud derives the label from the schedule trigger,
 * whatever the request says (Terraform provider 1.12.2). It derives other types from the triggers where the request
 * names none.
 */
function jobType(row: Row, before: Row | undefined): unknown {
  const { github_webhook, git_provider_webhook, on_merge, schedule } = objectIn(row.triggers);
  const { job_type } = row;
  if (typeof job_type === "string" && job_type !== "scheduled" && job_type !== "other") return job_type;
  const old = before?.job_type;
  if (job_type === null || job_type === undefined) {
    if (fixedTypes.includes(String(old))) return old;
    if (github_webhook || git_provider_webhook) return "ci";
    if (on_merge) return "merge";
  }
  return schedule ? "scheduled" : "other";
}

/** Whether a job is one of those that know no state-aware orchestration. */
function isCiOrMerge(row: Row, before: Row | undefined): boolean {
  return ["ci", "merge"].includes(String(jobType(row, before)));
}

// ---- schedule -------------------------------------------------------------------------------------------------------

/** Reads a cron expression of five fields; undefined where it is none. */
function readCron(text: unknown): Cron.Cron | undefined {
  return typeof text === "string" ? Option.getOrUndefined(Result.getSuccess(Cron.parse(text, "UTC"))) : undefined;
}

/** A list of numbers as a field of cron: `1,2`. */
function cronField(values: unknown): string {
  return Array.isArray(values) && values.length > 0 ? values.join(",") : "*";
}

/**
 * A schedule with the parts that follow from its others: the `cron` from days and hours, and for `interval_cron` the
 * days from the cron. The Terraform provider reads `date.days` back for `interval_cron`, where it sent only the cron.
 */
function jobSchedule(schedule: Row): Row {
  const given = isRow(schedule.date) ? schedule.date : undefined;
  // dbt-jobs-as-code knows schedules by their cron alone.
  const date: Row = given ?? (schedule.cron ? { type: "custom_cron", cron: schedule.cron } : { type: "every_day" });
  const every = { type: "every_hour", interval: 1 };
  const time: Row = !isRow(schedule.time)
    ? every
    : schedule.time.type === "every_hour"
    ? { ...every, ...schedule.time }
    : schedule.time;
  if (date.type === "custom_cron" || date.type === "interval_cron") {
    const cron = date.cron ?? schedule.cron;
    const weekdays = readCron(cron)?.weekdays;
    const days = date.type === "interval_cron" && weekdays !== undefined
      ? { days: weekdays.size === 0 ? [0, 1, 2, 3, 4, 5, 6] : [...weekdays].toSorted() }
      : {};
    return { ...schedule, cron, date: { ...date, cron, ...days }, time };
  }
  const hours = time.type === "at_exact_hours"
    ? cronField(time.hours)
    : Number(time.interval ?? 1) > 1
    ? `*/${time.interval}`
    : "*";
  const days = date.type === "days_of_week" ? cronField(date.days) : "*";
  return { ...schedule, cron: `0 ${hours} * * ${days}`, date, time };
}

/** When a job runs next by itself, in milliseconds; undefined where nothing starts it by time. */
export function nextRun(job: Row, now: number): number | undefined {
  const cron = objectIn(job.triggers).schedule === true && readCron(objectIn(job.schedule).cron);
  // A date that never comes, such as 31 February, has no next run.
  return cron ? Result.getOrUndefined(Result.try(() => Cron.next(cron, new Date(now)).getTime())) : undefined;
}

// ---- what saves cost ------------------------------------------------------------------------------------------------

const stateAware = "state_aware_orchestration";
const dbtState = "dbt_state";

/**
 * The features that save cost. `force_node_selection` is their older form: false is state-aware orchestration. Where a
 * request has both, the list wins, and `dbt_state` stays alone (Terraform provider, `job.go`).
 */
function features({ force_node_selection, cost_optimization_features: list }: Row): ReadonlyArray<unknown> {
  if (Array.isArray(list)) return list.includes(dbtState) ? [dbtState] : list;
  return force_node_selection === false ? [stateAware] : [];
}

/**
 * Whether dbt selects nodes even where state says that nothing changed: not where a feature of the job uses state. CI
 * and merge jobs cannot have the field. What dbt Cloud shows of them is not known; null is what they can send back.
 */
export function forcesNodeSelection(job: Row): boolean | null {
  return isCiOrMerge(job, undefined)
    ? null
    : !listIn(job.cost_optimization_features).some((feature) => feature === stateAware || feature === dbtState);
}

// ---- both together --------------------------------------------------------------------------------------------------

/** The fields that dbt Cloud derives when it stores a job. `written` is what was asked for, `before` the stored job. */
export function derivedJob(row: Row, written: Row, before: Row | undefined): Row {
  return {
    job_type: jobType({ ...row, job_type: written.job_type }, before),
    schedule: jobSchedule(objectIn(row.schedule)),
    cost_optimization_features: features(written),
    force_node_selection: null, // computed from the features each time it is shown
  };
}

/** What dbt Cloud says to a CI or merge job with state-aware orchestration, with the status 405. */
export const noStateAware = "State aware orchestration is not available for CI or Merge jobs";

/**
 * Whether a job asks for what CI and merge jobs cannot have: any `force_node_selection`, and any feature but
 * `dbt_state` (https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/664 and 715).
 */
export function asksForStateAware(written: Row, before: Row | undefined): boolean {
  const { force_node_selection, cost_optimization_features: list } = written;
  return isCiOrMerge(written, before) &&
    ((force_node_selection !== undefined && force_node_selection !== null) ||
      listIn(list).some((feature) => feature !== dbtState));
}

/** What is wrong with a job that is written, by field and in dbt Cloud's words where they are known. */
export function jobErrors(written: Row, before: Row | undefined): Row {
  const errors: Row = {};
  const { triggers, schedule, job_completion_trigger_condition: completion, job_type } = written;
  // https://github.com/dbt-labs/dbt-jobs-as-code/issues/91
  if (isRow(triggers) && "custom_branch_only" in triggers) {
    errors.triggers = "Additional properties are not allowed ('custom_branch_only' was unexpected)";
  }
  // https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/44
  const time = objectIn(objectIn(schedule).time);
  const has = (name: string) => time[name] !== undefined && time[name] !== null;
  const wrong: Row = {};
  if (time.type === "at_exact_hours" && has("interval")) wrong.interval = "extra keys not allowed";
  if (time.type === "at_exact_hours" && !has("hours")) wrong.hours = "required key not provided";
  if (Object.keys(wrong).length > 0) errors.schedule = { time: wrong };
  // https://github.com/dbt-labs/terraform-provider-dbtcloud/issues/495: 10, 20 and 30 are the ends of a run.
  const condition = objectIn(objectIn(completion).condition);
  if (!listIn(condition.statuses).every((status) => status === 10 || status === 20 || status === 30)) {
    errors.job_completion_trigger_condition = { condition: { statuses: "not a valid value" } };
  }
  const old = String(before?.job_type);
  if (typeof job_type === "string" && before !== undefined && job_type !== old) {
    if (fixedTypes.includes(old)) {
      errors.job_type = `the job type field for this job can only be set to '${old}'`;
    } else if (fixedTypes.includes(job_type)) {
      errors.job_type = `cannot change job_type to '${job_type}' from '${old}'`;
    }
  }
  return errors;
}
