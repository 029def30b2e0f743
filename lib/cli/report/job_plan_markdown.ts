/**
 * A plan of jobs as Markdown, for a comment on a pull request. Names and values are in code spans, so that they are never
 * markup, a link or a mention.
 *
 * @module
 */
import type { JobChange, JobPlan } from "../../jobs_as_code/jobs_as_code_types.ts";
import { span } from "../output/markdown_table.ts";
import { changesIn, countLine, notInFilesLine, overrideValues, shown } from "./job_plan_text.ts";
import { cell } from "./report_markdown.ts";

/** GitHub takes comments of at most 65,536 characters; what a workflow puts around the plan needs some of them. */
const mostCharacters = 60_000;

/** The plan as Markdown. Leaves out rows that do not fit, and says how many. */
export function planMarkdown(plan: JobPlan): string {
  const rows = changesIn(plan).flatMap(rowsOf);
  const rest = notInFilesLine(plan);
  const end = [
    ...rest === undefined ? [] : ["", span(rest)],
    ...plan.warnings.length === 0
      ? []
      : ["", "Warnings:", "", ...plan.warnings.slice(0, 50).map((text) => `- ${span(text)}`)],
  ].join("\n").slice(0, mostCharacters / 3);
  const kept: Array<string> = [];
  let length = end.length;
  for (const row of rows) {
    length += row.length + 1;
    if (length > mostCharacters) break;
    kept.push(row);
  }
  const left = rows.length - kept.length;
  const table = rows.length === 0 ? [] : [
    "",
    "| | job | field | dbt Cloud | files |",
    "| --- | --- | --- | --- | --- |",
    ...kept,
    ...left === 0 ? [] : [`| | … and ${left} more rows, which do not fit here | | | |`],
  ];
  return `${[`### dbt jobs: ${countLine(plan)}`, ...table].join("\n")}\n${end === "" ? "" : `${end}\n`}`;
}

/** A row for each field that changes; the job stands in the first one. */
function rowsOf(change: JobChange): ReadonlyArray<string> {
  const id = "job_id" in change ? `\n(job ${change.job_id})` : "";
  const fields: ReadonlyArray<readonly [field: string, before: string, after: string]> = change.action === "create"
    ? [
      ["name", "", change.name],
      ["execute_steps", "", shown(change.desired.fields.execute_steps)],
      ...change.overrides.map((override) => [override.name, "", overrideValues(override)[1] ?? ""] as const),
    ]
    : change.action === "update"
    ? [
      ...change.differences.map(({ after, before, field }) => [field, shown(before), shown(after)] as const),
      ...change.overrides.map((override) => {
        const [before = "(none)", after = "(none)"] = overrideValues(override);
        return [override.name, before, after] as const;
      }),
    ]
    : [["name", change.name, ""]];
  return fields.map((values, index) => {
    const head = index === 0 ? [change.action, cell(change.identifier) + id.replace("\n", " ")] : ["", ""];
    return `| ${[...head, ...values.map(cell)].join(" | ")} |`;
  });
}
