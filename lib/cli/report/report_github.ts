/**
 * Why a run ended as it did, as workflow commands: annotations, and what belongs to them in groups.
 *
 * What others wrote stands within a command's own text, escaped, or behind a bar: none of it is a command.
 *
 * @module
 */
import { RunStatus } from "../../api/runs.ts";
import type { ExplainedNode, ExplainedStep, Explanation } from "../../workflows/explain_run.ts";
import { clean, quote, unmarked } from "../output/safe_text.ts";
import {
  headline,
  nodeStatus,
  nothingFailed,
  reasonOf,
  stepLine,
  stepName,
  tellingSteps,
  unreadLine,
} from "./report_text.ts";

/**
 * How many annotations of a kind GitHub shows of a step:
 * https://docs.github.com/en/actions/reference/limits
 */
const shown = 10;
/** How many characters of a message an annotation has: GitHub cuts what is longer than 4 KB. */
const longest = 4000;

/** The report for GitHub Actions. What is more than GitHub shows stands in groups. */
export function githubReport(explanation: Explanation): string {
  const { run } = explanation;
  const steps = tellingSteps(explanation);
  const all = steps.flatMap((step) => annotationsOf(step));
  const reason = reasonOf(run);
  const lines = [
    quote({ color: false }, `${headline(run)}  ${clean(run.href ?? "")}`.trimEnd()),
    ...nothingFailed(explanation) ? ["Nothing failed"] : [],
    ...run.status === RunStatus.cancelled
      ? [command("error", { title: headline(run) }, reason || "Nobody says why")]
      : [],
    ...(["error", "warning"] as const).flatMap((kind) => {
      const these = all.filter((annotation) => annotation.kind === kind);
      const rest = these.slice(shown).map(({ title, message }) => `${title}\n${message}`);
      return [
        ...these.slice(0, shown).map(({ file, message, title }) => command(kind, { file, title }, message)),
        ...rest.length === 0 ? [] : group(`${rest.length} more`, rest.join("\n")),
      ];
    }),
    ...steps.flatMap((step) => [
      ...step.step.status === RunStatus.error ? [] : quoted(unreadLine(step)),
      ...step.failed.flatMap(({ compiled_code, unique_id }) =>
        compiled_code ? group(`Compiled code of ${unique_id}`, compiled_code) : []
      ),
      ...step.skipped.length === 0
        ? []
        : group(`Skipped in ${stepName(step)}`, step.skipped.map(({ unique_id }) => unique_id).join("\n")),
      ...step.log === "" ? [] : group(`The end of the log of ${stepName(step)}`, step.log),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

interface Annotation {
  readonly kind: "error" | "warning";
  readonly file?: string | undefined;
  readonly title: string;
  readonly message: string;
}

/** A step's nodes; or the step itself, where it failed and no node says why. */
function annotationsOf(step: ExplainedStep): ReadonlyArray<Annotation> {
  const of = (kind: Annotation["kind"]) => (node: ExplainedNode): Annotation => ({
    kind,
    file: node.file,
    title: `${node.unique_id}: ${nodeStatus(node)}`,
    message: node.message || nodeStatus(node),
  });
  const nodes = [...step.failed.map(of("error")), ...step.warned.map(of("warning"))];
  if (step.step.status !== RunStatus.error || step.failed.length > 0) return nodes;
  const message = [unreadLine(step), step.log].filter((part) => part).join("\n") || "It says nothing";
  return [{ kind: "error", title: stepLine(step), message }, ...nodes];
}

function quoted(text: string | undefined): ReadonlyArray<string> {
  return text === undefined ? [] : [quote({ color: false }, text)];
}

function group(title: string, text: string): ReadonlyArray<string> {
  return [command("group", {}, clean(title)), quote({ color: false }, text.trimEnd()), "::endgroup::"];
}

/** A workflow command, escaped as GitHub's own toolkit does it: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function command(
  name: string,
  properties: { readonly file?: string | undefined; readonly title?: string },
  text: string,
): string {
  const said = Object.entries(properties).flatMap(([key, value]) =>
    value ? [`${key}=${escaped(unmarked(clean(value))).replaceAll(":", "%3A").replaceAll(",", "%2C")}`] : []
  );
  const cleaned = unmarked(clean(text, true));
  const data = cleaned.length > longest ? `…\n${cleaned.slice(-longest)}` : cleaned;
  return `::${name}${said.length === 0 ? "" : ` ${said.join(",")}`}::${escaped(data)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
