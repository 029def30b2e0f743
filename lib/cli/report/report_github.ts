/**
 * The report on why a run ended as it did for GitHub Actions: workflow commands that make annotations and groups.
 *
 * Text from dbt Cloud is escaped inside a command's text, or behind a bar, so that it is never a command itself.
 *
 * @module
 */
import { RunStatus } from "../../api/runs.ts";
import type { ExplainedNode, ExplainedStep, Explanation } from "../../workflows/explain_run.ts";
import { clean, cleanLines, quote } from "../output/safe_text.ts";
import {
  headline,
  nodeStatus,
  nothingFailed,
  reasonOf,
  reportedSteps,
  stepLine,
  stepName,
  unreadLine,
} from "./report_text.ts";

/**
 * The most annotations of a kind that GitHub shows for each step:
 * https://docs.github.com/en/actions/reference/limits
 */
const mostAnnotations = 10;
/** The most characters of a message: GitHub cuts an annotation after 4 KB. */
const longestMessage = 4000;

/** The report for GitHub Actions. The annotations that GitHub would not show are in groups. */
export function githubReport(explanation: Explanation): string {
  const { run } = explanation;
  const steps = reportedSteps(explanation);
  const all = steps.flatMap((step) => annotationsOf(step));
  const reason = reasonOf(run);
  const lines = [
    quote({ color: false }, `${headline(run)}  ${clean(run.href ?? "")}`.trimEnd()),
    ...nothingFailed(explanation) ? ["Nothing failed"] : [],
    ...run.status === RunStatus.cancelled
      ? [command("error", { title: headline(run) }, reason || "dbt Cloud gives no reason")]
      : [],
    ...(["error", "warning"] as const).flatMap((kind) => {
      const ofKind = all.filter((annotation) => annotation.kind === kind);
      const rest = ofKind.slice(mostAnnotations).map(({ title, message }) => `${title}\n${message}`);
      return [
        ...ofKind.slice(0, mostAnnotations).map(({ file, message, title }) => command(kind, { file, title }, message)),
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

/** The annotations of a step's nodes; of the step itself, if it failed and no node did. */
function annotationsOf(step: ExplainedStep): ReadonlyArray<Annotation> {
  const of = (kind: Annotation["kind"]) => (node: ExplainedNode): Annotation => ({
    kind,
    file: node.file,
    title: `${node.unique_id}: ${nodeStatus(node)}`,
    message: node.message || nodeStatus(node),
  });
  const nodes = [...step.failed.map(of("error")), ...step.warned.map(of("warning"))];
  if (step.step.status !== RunStatus.error || step.failed.length > 0) return nodes;
  const message = [unreadLine(step), step.log].filter((part) => part).join("\n") || "dbt Cloud gives no reason";
  return [{ kind: "error", title: stepLine(step), message }, ...nodes];
}

function quoted(text: string | undefined): ReadonlyArray<string> {
  return text === undefined ? [] : [quote({ color: false }, text)];
}

function group(title: string, text: string): ReadonlyArray<string> {
  return [command("group", {}, clean(title)), quote({ color: false }, text.trimEnd()), "::endgroup::"];
}

/** A workflow command. Escaped as in https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function command(
  name: string,
  properties: { readonly file?: string | undefined; readonly title?: string },
  text: string,
): string {
  const list = Object.entries(properties).flatMap(([key, value]) =>
    value ? [`${key}=${escaped(clean(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`] : []
  );
  const cleaned = cleanLines(text);
  const data = cleaned.length > longestMessage ? `…\n${cleaned.slice(-longestMessage)}` : cleaned;
  return `::${name}${list.length === 0 ? "" : ` ${list.join(",")}`}::${escaped(data)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
