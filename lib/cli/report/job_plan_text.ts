/**
 * A plan of jobs as text for people, and as data.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as Redacted from "effect/Redacted";
import * as TextDiff from "effect/TextDiff";
import type {
  CreateJobChange,
  JobChange,
  JobDifference,
  JobPlan,
  OverrideChange,
} from "../../jobs_as_code/jobs_as_code_types.ts";
import { clean } from "../output/safe_text.ts";
import { type ColorStyle, paint } from "../output/terminal.ts";

/** The changes of a plan, in the order in which they are applied. */
export function changesIn({ creates, deletes, updates }: JobPlan): ReadonlyArray<JobChange> {
  return [...creates, ...updates, ...deletes];
}

/** How many changes a plan has, in words. */
export function countLine({ creates, deletes, unchanged, updates }: JobPlan): string {
  const [first] = deletes;
  const counts = [
    [creates.length, "to create"],
    [updates.length, "to update"],
    [deletes.length, first?.action === "deactivate" ? "to deactivate" : "to delete"],
  ] as const;
  const some = counts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  return `${some.length === 0 ? "No changes" : some.join(", ")}; ${unchanged.length} unchanged`;
}

/** The plan as text, without its warnings. */
export function planText(plan: JobPlan, style: ColorStyle): string {
  const blocks = changesIn(plan).map((change) => changeLines(change, style).join("\n"));
  const left = notInFilesLine(plan);
  return `${[countLine(plan), ...blocks, ...left === undefined ? [] : [left]].join("\n\n")}\n`;
}

/** Which jobs no file has, unless all of them are pruned. */
export function notInFilesLine({ deletes, not_in_files }: JobPlan): string | undefined {
  const left = not_in_files.filter(({ job_id }) => !deletes.some((change) => change.job_id === job_id));
  if (left.length === 0) return undefined;
  const names = left.map(({ identifier, job_id }) => `${clean(identifier)} (job ${job_id})`).join(", ");
  return `Not in the files: ${names}.${
    deletes.length > 0 ? "" : " They stay as they are; --prune=deactivate or --prune=delete changes that"
  }`;
}

const marks = {
  create: ["+", "green"],
  update: ["~", "yellow"],
  deactivate: ["-", "red"],
  delete: ["-", "red"],
} as const;

function changeLines(change: JobChange, style: ColorStyle): ReadonlyArray<string> {
  const [mark, color] = marks[change.action];
  const job = "job_id" in change
    ? `job ${change.job_id}`
    : `project ${change.project_id}, environment ${change.environment_id}`;
  const head = `${paint(style, color, `${mark} ${change.action} ${clean(change.identifier)}`)}  "${
    clean(change.name)
  }"  ${paint(style, "dim", job)}`;
  if (change.action === "create") {
    const shownFields = Object.entries(fieldsOf(change)).filter(([name]) => !shownInHead.has(name));
    return [
      head,
      ...shownFields.flatMap(([name, value]) => valueLines(name, value)),
      ...change.overrides.map((override) => overrideLine(override, style)),
    ];
  }
  return change.action === "update"
    ? [
      head,
      ...change.differences.flatMap((difference) => differenceLines(difference, style)),
      ...change.overrides.map((override) => overrideLine(override, style)),
    ]
    : [head];
}

/** The fields of a new job. A job that does not exist yet is its identifier. */
function fieldsOf({ desired: { completion, defers_to, fields } }: CreateJobChange): Readonly<Record<string, unknown>> {
  const reference = (job: unknown) => Predicate.hasProperty(job, "identifier") ? job.identifier : job;
  return {
    ...fields,
    deferring_job_definition_id: reference(defers_to),
    job_completion_trigger_condition: completion === null
      ? null
      : { job_id: reference(completion.job), project_id: completion.project_id, statuses: completion.statuses },
  };
}

/** Fields that the first line of a new job shows. */
const shownInHead = new Set(["name", "project_id", "environment_id", "account_id"]);

/** The lines of a value; none for what a job has anyway. */
function valueLines(name: string, value: unknown): ReadonlyArray<string> {
  if (value === null || value === false || value === "") return [];
  if (Array.isArray(value) && value.length > 0) {
    return [
      `    ${name}:`,
      ...value.map((item) => `      ${clean(String(item))}`),
    ];
  }
  return Predicate.isObject(value) && !Array.isArray(value)
    ? Object.entries(value).flatMap(([member, inner]) => valueLines(`${name}.${member}`, inner))
    : [`    ${name}: ${shown(value)}`];
}

function differenceLines({ after, before, field }: JobDifference, style: ColorStyle): ReadonlyArray<string> {
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every(Predicate.isString)) {
    return [`    ${field}:`, ...listLines(before, after, style)];
  }
  return [`    ${field}: ${paint(style, "red", shown(before))} → ${paint(style, "green", shown(after))}`];
}

/** The items of two lists: those that go, those that come, and those that stay. */
function listLines(
  before: ReadonlyArray<string>,
  after: ReadonlyArray<string>,
  style: ColorStyle,
): ReadonlyArray<string> {
  return TextDiff.diff(before, after).flatMap(({ _tag, items }) =>
    items.map((item) => {
      const text = clean(item);
      if (_tag === "Equal") return `        ${text}`;
      return _tag === "Insert"
        ? `      ${paint(style, "green", `+ ${text}`)}`
        : `      ${paint(style, "red", `- ${text}`)}`;
    })
  );
}

/** The values before and after a change of an override. A secret one is not shown. */
export function overrideValues(
  { after, before }: OverrideChange,
): readonly [before: string | undefined, after: string | undefined] {
  return [
    before === undefined ? undefined : shown(before),
    after === undefined ? undefined : Redacted.isRedacted(after) ? "***" : shown(after),
  ];
}

function overrideLine(change: OverrideChange, style: ColorStyle): string {
  const [before, after] = overrideValues(change);
  const name = clean(change.name);
  switch (change.action) {
    case "create":
      return `    ${paint(style, "green", `+ ${name}: ${after}`)}`;
    case "update":
      return `    ~ ${name}: ${paint(style, "red", before ?? "")} → ${paint(style, "green", after ?? "")}`;
    case "delete":
      return `    ${paint(style, "red", `- ${name}: ${before}`)}`;
  }
}

/** A value in one line. */
export function shown(value: unknown): string {
  return clean(value === null || value === undefined ? "(none)" : JSON.stringify(value));
}

/** The plan as data: without what only `applyJobPlan` needs, and without secrets. */
export function planData(plan: JobPlan): Readonly<Record<string, unknown>> {
  const changes = changesIn(plan).map((change) => {
    const { action, environment_id, identifier, name, project_id } = change;
    const job = { action, identifier, name, project_id, environment_id };
    if (change.action === "create") {
      return { ...job, fields: fieldsOf(change), overrides: change.overrides.map(overrideData) };
    }
    if (change.action !== "update") return { ...job, job_id: change.job_id };
    const { differences, job_id, matched_by, overrides } = change;
    return { ...job, job_id, matched_by, differences, overrides: overrides.map(overrideData) };
  });
  const { account_id, not_in_files, unchanged, warnings } = plan;
  return { account_id, changes, unchanged, not_in_files, warnings };
}

function overrideData({ after, ...change }: OverrideChange) {
  return { ...change, ...after === undefined ? {} : { after: Redacted.isRedacted(after) ? "***" : after } };
}
