/**
 * `dbtc runs explain`, and what is said on stderr after a wait that failed: why a run ended as it did.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import type * as runs from "../../groups/runs.ts";
import type { DbtError } from "../../error.ts";
import { explainRun } from "../../workflows/explain_run.ts";
import { workflowRequest } from "./call_endpoint.ts";
import { usage } from "../output/exit_code.ts";
import { clean, line } from "../output/render.ts";
import { print, styleOf } from "../output/print.ts";
import type { RunProgram } from "./program.ts";
import { githubReport } from "../report/report_github.ts";
import { markdownReport } from "../report/report_markdown.ts";
import { textReport } from "../report/report_text.ts";
import { type Report, reports } from "../report/report_formats.ts";
import type { Typed } from "../input/request_input.ts";
import { note, write } from "../output/write_output.ts";

/** The report that was asked for: `--report`. */
export const reportOf = Effect.fnUntraced(function* ({ flags }: Typed) {
  const typed = flags.report?.at(-1);
  const report = reports.find((known) => known === typed);
  if (typed === undefined || report !== undefined) return report;
  return yield* usage(`--report: "${typed}" is not a report: ${reports.join(", ")}`);
});

/** Explains a run on stdout: by `--report` where that is given, by `--format` where it is not. */
export const explainRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const report = yield* reportOf(typed);
  const request = yield* workflowRequest(row, flags, typed, invocation);
  // `workflowRequest` has read every field by its schema, and found none missing.
  const explanation = yield* explainRun(request as unknown as runs.Explain);
  const style = yield* styleOf(invocation, undefined);
  const asText = style.format === "table" && style.fields === undefined;
  if (report === "json" || (report === undefined && !asText)) {
    return yield* print(
      explanation,
      report === "json" ? { ...invocation, format: Option.some("json") } : invocation,
      [],
    );
  }
  const text = report === "markdown"
    ? markdownReport(explanation)
    : report === "github"
    ? githubReport(explanation)
    : textReport(explanation, style);
  yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
});

/** Says on stderr why a run ended so, where that is what a wait failed with. JSON is one line. */
export const sayWhy = Effect.fnUntraced(function* ({ reason }: DbtError, report: Report = "text") {
  if (reason._tag !== "RunFailed" && reason._tag !== "RunCancelled") return;
  const { id, account_id } = reason.run;
  const account = typeof account_id === "number" ? { account_id } : {};
  const explained = yield* Effect.result(explainRun({ ...account, run_id: id }));
  if (explained._tag === "Failure") {
    return yield* note(`Why it ended so could not be read: ${clean(explained.failure.message, true)}`);
  }
  const stdio = yield* Stdio.Stdio;
  const color = (yield* stdio.stderrIsTerminal) && (yield* TerminalCapabilities).canColor;
  const texts: Readonly<Record<Report, () => string>> = {
    text: () => `\n${textReport(explained.success, { color }, false)}`,
    markdown: () => markdownReport(explained.success),
    github: () => githubReport(explained.success),
    json: () => line(explained.success),
  };
  yield* note(texts[report]().trimEnd());
});
