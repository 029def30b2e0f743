/**
 * Why a run ended as it did, for people: words that every report uses, and the report of a terminal.
 *
 * @module
 */
import { type Run, RunStatus } from "../../api/runs.ts";
import type { ExplainedNode, ExplainedStep, Explanation } from "../../workflows/explain_run.ts";
import { hasEnded } from "../../workflows/wait_for_run.ts";
import { paint } from "../output/colors.ts";
import { clean, inert, quote } from "../output/safe_text.ts";
import { elapsed, marks, secondsOf } from "../output/run_progress.ts";

// ---- words ----------------------------------------------------------------------------------------------------------

/** What became of a run, in a line without its page. */
export function headline(run: Run): string {
  const job = run.job_definition_id ?? run.job_id;
  const whose = `Run ${run.id}${typeof job === "number" ? ` of job ${job}` : ""}`;
  if (!hasEnded(run)) return `${whose} has not ended: ${word(run.status_humanized ?? `status ${run.status}`)}`;
  const after = run.duration ? ` after ${elapsed(secondsOf(run.duration))}` : "";
  return `${whose} ${fates.get(run.status) ?? "ended"}${after}`;
}

const fates = new Map<number | null | undefined, string>([
  [RunStatus.success, "succeeded"],
  [RunStatus.error, "ended in error"],
  [RunStatus.cancelled, "was cancelled"],
]);

/** Why a run ended so, in dbt Cloud's words, and who cancelled it; nothing where nobody says. */
export function reasonOf({ audit, status_message }: Run): string {
  const by = audit?.cancellation?.actor?.name;
  return [status_message, by ? `Cancelled by ${by}` : undefined].filter((part) => part).map((part) => clean(part ?? ""))
    .join(" ");
}

/** What became of a step, in a line: ``Invoke dbt with `dbt build` failed: 1 error, 3 skipped, 24 success``. */
export function stepLine(explained: ExplainedStep): string {
  const { counts } = explained;
  const order = ["error", "runtime error", "fail", "partial success", "skipped", "warn"];
  const place = (status: string) => order.includes(status) ? order.indexOf(status) : order.length;
  const tally = Object.entries(counts).toSorted(([a], [b]) => place(a) - place(b)).map(([status, count]) =>
    `${count} ${word(status)}`
  ).join(", ");
  return `${stepName(explained)} ${deedOf(explained)}${tally === "" ? "" : `: ${tally}`}`;

  function deedOf({ warned }: ExplainedStep): string {
    const status = statusOf(explained);
    if (status === RunStatus.cancelled) return "was cancelled";
    if (status === RunStatus.error) return "failed";
    if (status !== RunStatus.success) return "goes on";
    return warned.length > 0 ? "warns" : "succeeded";
  }
}

/** How a step ended: one that dbt Cloud calls a success has failed where a node did. */
export function statusOf({ failed, step }: ExplainedStep): number | null | undefined {
  return step.status !== RunStatus.cancelled && failed.length > 0 ? RunStatus.error : step.status;
}

/** The status of a node, and how many rows failed a test: `fail (3 failures)`. */
export function nodeStatus({ failures, status }: ExplainedNode): string {
  const count = failures ? ` (${failures} failure${failures === 1 ? "" : "s"})` : "";
  return clean(status ?? "") + count;
}

/** A word of dbt's that stands among ours: without what would mean something there. */
function word(text: string): string {
  return clean(text).replaceAll(/[^\p{L}\p{N} -]/gu, "").slice(0, 40);
}

/** The name of a step. */
export function stepName({ step }: ExplainedStep): string {
  return clean(step.name ?? `Step ${step.index ?? step.id}`);
}

/** The steps that have something to say: of a cancelled run all of them, since they are what had run. */
export function tellingSteps({ run, steps }: Explanation): ReadonlyArray<ExplainedStep> {
  return run.status === RunStatus.cancelled
    ? steps
    : steps.filter(({ step, failed, warned, unread }) =>
      step.status !== RunStatus.success || failed.length > 0 || warned.length > 0 || unread !== undefined
    );
}

/** That results are missing, and why. */
export function unreadLine({ step, unread }: ExplainedStep): string | undefined {
  if (unread === undefined) return undefined;
  const what = step.status === RunStatus.success ? "Whether nodes warn" : "Which nodes failed";
  return `${what} could not be read: ${clean(unread)}`;
}

/** Whether nothing failed: neither the run, nor a step, nor a node. */
export function nothingFailed({ run, steps }: Explanation): boolean {
  return run.status === RunStatus.success &&
    steps.every(({ step, failed }) => failed.length === 0 && step.status === RunStatus.success);
}

// ---- the report of a terminal ---------------------------------------------------------------------------------------

/** How many lines of code are shown of a node, and how many nodes of a kind. */
const most = { lines: 40, nodes: 20 };

/** The report for a terminal. Without its head where the run's end was just said. */
export function textReport(explanation: Explanation, style: { readonly color: boolean }, headed = true): string {
  const { run } = explanation;
  const reason = reasonOf(run);
  const head = headed ? [`${marks(style, run.status)} ${headline(run)}  ${clean(run.href ?? "")}`.trimEnd()] : [];
  const steps = tellingSteps(explanation).map((step) => stepText(step, style));
  const nothing = nothingFailed(explanation) ? "Nothing failed" : steps.length === 0 ? "Nothing says why" : "";
  const first = [...head, reason || nothing].filter((line) => line !== "").join("\n");
  // On stderr, a CI system may read it.
  return inert(`${[first, ...steps].join("\n\n").trim()}\n`);
}

function stepText(explained: ExplainedStep, style: { readonly color: boolean }): string {
  const { failed, log, skipped, warned } = explained;
  const unread = unreadLine(explained);
  return [
    `${marks(style, statusOf(explained))} ${stepLine(explained)}`,
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

function nodeText(node: ExplainedNode, style: { readonly color: boolean }): string {
  const status = paint(style, node.status === "warn" ? "yellow" : "red", nodeStatus(node));
  const title = ["", clean(node.unique_id), status, clean(node.file ?? "")].filter((part, at) =>
    at === 0 || part !== ""
  );
  const code = clean(node.compiled_code ?? "", true).trim().split("\n");
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
