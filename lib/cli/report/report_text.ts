/**
 * The report for a terminal on why a run ended as it did, and the wording that all reports share.
 *
 * @module
 */
import { type Run, RunStatus } from "../../api/runs.ts";
import type { ExplainedNode, ExplainedStep, Explanation } from "../../workflows/explain_run.ts";
import { hasEnded } from "../../workflows/run_events.ts";
import { elapsed } from "../output/cell_text.ts";
import { counted } from "../output/counted.ts";
import { secondsOf, statusMark } from "../output/run_progress.ts";
import { clean, cleanLines, quote } from "../output/safe_text.ts";
import { type ColorStyle, paint } from "../output/terminal.ts";

// ---- wording that all reports share ---------------------------------------------------------------------------------

/** How a run ended, in one line, without its URL. */
export function headline(run: Run): string {
  const job = run.job_definition_id ?? run.job_id;
  const name = `Run ${run.id}${typeof job === "number" ? ` of job ${job}` : ""}`;
  if (!hasEnded(run)) return `${name} has not ended: ${plainWord(run.status_humanized ?? `status ${run.status}`)}`;
  const after = run.duration ? ` after ${elapsed(secondsOf(run.duration))}` : "";
  return `${name} ${endings.get(run.status) ?? "ended"}${after}`;
}

const endings = new Map<number | null | undefined, string>([
  [RunStatus.success, "succeeded"],
  [RunStatus.error, "ended in error"],
  [RunStatus.cancelled, "was cancelled"],
]);

/** dbt Cloud's reason for the end of a run, and who cancelled it; empty if dbt Cloud has neither. */
export function reasonOf({ audit, status_message }: Run): string {
  const by = audit?.cancellation?.actor?.name;
  return [status_message, by ? `Cancelled by ${by}` : undefined].filter((part) => part).map((part) => clean(part ?? ""))
    .join(" ");
}

/** How a step ended, in one line: ``Invoke dbt with `dbt build` failed: 1 error, 3 skipped, 24 success``. */
export function stepLine(explained: ExplainedStep): string {
  const { counts } = explained;
  const order = ["error", "runtime error", "fail", "partial success", "skipped", "warn"];
  const place = (status: string) => order.includes(status) ? order.indexOf(status) : order.length;
  const tally = Object.entries(counts).toSorted(([a], [b]) => place(a) - place(b)).map(([status, count]) =>
    `${count} ${plainWord(status)}`
  ).join(", ");
  return `${stepName(explained)} ${stepEnding(explained)}${tally === "" ? "" : `: ${tally}`}`;
}

function stepEnding(explained: ExplainedStep): string {
  const status = statusOf(explained);
  if (status === RunStatus.cancelled) return "was cancelled";
  if (status === RunStatus.error) return "failed";
  if (status !== RunStatus.success) return "continues";
  return explained.warned.length > 0 ? "warns" : "succeeded";
}

/** How a step ended: one that dbt Cloud calls a success has failed where a node did. */
export function statusOf({ failed, step }: ExplainedStep): number | null | undefined {
  return step.status !== RunStatus.cancelled && failed.length > 0 ? RunStatus.error : step.status;
}

/** The status of a node, and how many rows failed a test: `fail (3 failures)`. */
export function nodeStatus({ failures, status }: ExplainedNode): string {
  const count = failures ? ` (${counted(failures, "failure")})` : "";
  return clean(status ?? "") + count;
}

/** A server's word inside our sentence: letters, digits, blanks and dashes only, so that it is no markup or command. */
function plainWord(text: string): string {
  return clean(text).replaceAll(/[^\p{L}\p{N} -]/gu, "").slice(0, 40);
}

/** The name of a step. */
export function stepName({ step }: ExplainedStep): string {
  return clean(step.name ?? `Step ${step.index ?? step.id}`);
}

/** The steps to report: those that did not simply succeed; all steps of a cancelled run, to show how far it came. */
export function reportedSteps({ run, steps }: Explanation): ReadonlyArray<ExplainedStep> {
  return run.status === RunStatus.cancelled
    ? steps
    : steps.filter(({ step, failed, warned, unread }) =>
      step.status !== RunStatus.success || failed.length > 0 || warned.length > 0 || unread !== undefined
    );
}

/** Why a step's results could not be read; undefined if they were. */
export function unreadLine({ step, unread }: ExplainedStep): string | undefined {
  if (unread === undefined) return undefined;
  const what = step.status === RunStatus.success ? "whether nodes warn" : "which nodes failed";
  return `Cannot read ${what}: ${clean(unread)}`;
}

/** Whether nothing failed: neither the run, nor a step, nor a node. */
export function nothingFailed({ run, steps }: Explanation): boolean {
  return run.status === RunStatus.success &&
    steps.every(({ step, failed }) => failed.length === 0 && step.status === RunStatus.success);
}

// ---- the report of a terminal ---------------------------------------------------------------------------------------

/** The most lines of a node's code, and the most nodes of those that failed, that warned and that were skipped. */
const most = { lines: 40, nodes: 20 };

/** The report for a terminal. Without its head line, it can follow the line that says how the run ended. */
export function textReport(explanation: Explanation, style: ColorStyle, withHead = true): string {
  const { run } = explanation;
  const reason = reasonOf(run);
  const head = withHead
    ? [`${statusMark(style, run.status)} ${headline(run)}  ${clean(run.href ?? "")}`.trimEnd()]
    : [];
  const steps = reportedSteps(explanation).map((step) => stepText(step, style));
  const nothing = nothingFailed(explanation) ? "Nothing failed" : steps.length === 0 ? "dbt Cloud gives no reason" : "";
  const first = [...head, reason || nothing].filter((line) => line !== "").join("\n");
  // CI systems act on commands in stderr too.
  return `${[first, ...steps].join("\n\n").trim()}\n`;
}

function stepText(explained: ExplainedStep, style: ColorStyle): string {
  const { failed, log, skipped, warned } = explained;
  const unread = unreadLine(explained);
  return [
    `${statusMark(style, statusOf(explained))} ${stepLine(explained)}`,
    ...shown(failed, (node) => nodeText(node, style)),
    ...shown(warned, (node) => nodeText(node, style)),
    ...skipped.length === 0 ? [] : ["  Skipped:", ...shown(skipped, ({ unique_id }) => `    ${clean(unique_id)}`)],
    ...unread === undefined ? [] : [`  ${unread}`],
    ...log === "" ? [] : ["  The end of its log:", quote(style, log, "  ")],
  ].join("\n");
}

function shown(nodes: ReadonlyArray<ExplainedNode>, show: (node: ExplainedNode) => string): ReadonlyArray<string> {
  const rest = nodes.length - most.nodes;
  return [...nodes.slice(0, most.nodes).map(show), ...rest > 0 ? [`  … and ${rest} more: --report json`] : []];
}

function nodeText(node: ExplainedNode, style: ColorStyle): string {
  const status = paint(style, node.status === "warn" ? "yellow" : "red", nodeStatus(node));
  const title = ["", clean(node.unique_id), status, clean(node.file ?? "")].filter((part, at) =>
    at === 0 || part !== ""
  );
  const code = cleanLines(node.compiled_code ?? "").trim().split("\n");
  const rest = code.length - most.lines;
  return [
    title.join("  "),
    ...node.message ? [quote(style, node.message.trimEnd(), "  ")] : [],
    ...code.join("") === "" ? [] : [
      "  Compiled code:",
      quote(style, code.slice(0, most.lines).join("\n"), "  "),
      ...rest > 0 ? [`  … and ${rest} more lines: --report json`] : [],
    ],
  ].join("\n");
}
