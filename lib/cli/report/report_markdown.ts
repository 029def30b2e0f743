/**
 * The report on why a run ended as it did as Markdown, for the summary of a CI job or a comment.
 *
 * Text from dbt Cloud is in code spans and blocks, whose fences are longer than any in the text, so that it is never
 * markup, a link or a mention.
 *
 * @module
 */
import { RunStatus } from "../../api/runs.ts";
import type { ExplainedNode, ExplainedStep, Explanation } from "../../workflows/explain_run.ts";
import { linkTo, longestTicks, span, spanInCell } from "../output/markdown_table.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import {
  headline,
  nodeStatus,
  nothingFailed,
  reasonOf,
  reportedSteps,
  statusOf,
  stepLine,
  stepName,
  unreadLine,
} from "./report_text.ts";

/** GitHub drops the whole summary of a step beyond 1 MiB. Other commands of the step may write some of it. */
const mostBytes = 1_000_000;
/** The most characters of one text, and the most rows of a table. */
const most = { text: 50_000, rows: 200 };

const symbols = new Map<number | null | undefined, string>([
  [RunStatus.success, "✅"],
  [RunStatus.error, "❌"],
  [RunStatus.cancelled, "🚫"],
]);

/** The report as Markdown. Leaves out what does not fit into a megabyte, and says so at its end. */
export function markdownReport(explanation: Explanation): string {
  const { run } = explanation;
  const reason = reasonOf(run);
  const link = linkTo(`Run ${run.id} in dbt Cloud`, run.href);
  const blocks = [
    `### ${symbols.get(run.status) ?? "⏳"} ${headline(run)}`,
    ...reason ? [span(reason)] : [],
    ...nothingFailed(explanation) ? ["Nothing failed."] : [],
    ...reportedSteps(explanation).flatMap(stepBlocks),
    ...link === undefined ? [] : [link],
  ];
  const encoder = new TextEncoder();
  const kept: Array<string> = [];
  let bytes = 0;
  for (const block of blocks) {
    bytes += encoder.encode(block).length + 2;
    if (bytes > mostBytes) {
      kept.push(`… and ${blocks.length - kept.length} more parts, which do not fit here.`);
      break;
    }
    kept.push(block);
  }
  return `${kept.join("\n\n")}\n`;
}

function stepBlocks(step: ExplainedStep): ReadonlyArray<string> {
  const nodes = [...step.failed, ...step.warned, ...step.skipped];
  const unread = unreadLine(step);
  const detailed = [...step.failed, ...step.warned].filter(({ compiled_code, message }) => message || compiled_code);
  return [
    `#### ${symbols.get(statusOf(step)) ?? "⏳"} ${span(stepName(step))}${stepLine(step).slice(stepName(step).length)}`,
    ...nodes.length === 0 ? [] : [nodeTable(nodes)],
    ...unread === undefined ? [] : [span(unread)],
    ...detailed.map((node) =>
      details(node.unique_id, [
        ...node.message ? [fence(node.message)] : [],
        ...node.compiled_code ? [fence(node.compiled_code, "sql")] : [],
      ])
    ),
    ...step.log === "" ? [] : [details(`The end of the log of ${stepName(step)}`, [fence(step.log)])],
  ];
}

function nodeTable(nodes: ReadonlyArray<ExplainedNode>): string {
  const rows = nodes.slice(0, most.rows).map((node) => {
    const { file, message, unique_id } = node;
    const [first = ""] = (message ?? "").trim().split("\n");
    return `| ${[nodeStatus(node), unique_id, file ?? "", first].map(cell).join(" | ")} |`;
  });
  const rest = nodes.length - rows.length;
  return [
    "| status | node | file | message |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...rest > 0 ? [`| | … and ${rest} more | | |`] : [],
  ].join("\n");
}

/** A code span for the cell of a table. */
export function cell(text: string): string {
  return spanInCell(text.slice(0, 500));
}

function fence(text: string, language = ""): string {
  const inner = cleanLines(text).trimEnd();
  const shown = inner.length > most.text ? `…\n${inner.slice(-most.text)}` : inner;
  const ticks = "`".repeat(Math.max(3, longestTicks(shown) + 1));
  return `${ticks}${language}\n${shown}\n${ticks}`;
}

function details(title: string, parts: ReadonlyArray<string>): string {
  const escaped = clean(title).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<details><summary><code>${escaped}</code></summary>\n\n${parts.join("\n\n")}\n\n</details>`;
}
