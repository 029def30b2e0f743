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
import * as runs from "../../groups/runs.ts";
import type { DbtError } from "../../error.ts";
import { explainRun } from "../../workflows/explain_run.ts";
import { line } from "../output/render.ts";
import { clean } from "../output/safe_text.ts";
import { print, styleOf } from "../output/print.ts";
import { choice, one } from "../input/flag_types.ts";
import { program } from "./program.ts";
import { githubReport } from "../report/report_github.ts";
import { markdownReport } from "../report/report_markdown.ts";
import { textReport } from "../report/report_text.ts";
import { type Report, reports } from "../report/report_formats.ts";
import { note, write } from "../output/write_output.ts";

/** Explains a run on stdout: by `--report` where that is given, else by `--format`. */
export const runsExplain = program(runs.explain, {
  flags: {
    report: one("report", choice(reports), "How to say why the run ended so; text on a terminal, else json: --format"),
  },
  run: Effect.fnUntraced(function* ({ flags: { report }, invocation, request }) {
    const explanation = yield* explainRun(request);
    const style = yield* styleOf(invocation, undefined);
    const asText = style.format === "table" && style.fields === undefined;
    if (report === "json" || (report === undefined && !asText)) {
      const format = report === "json" ? Option.some("json" as const) : invocation.format;
      return yield* print(explanation, { ...invocation, format }, []);
    }
    const text = report === "markdown"
      ? markdownReport(explanation)
      : report === "github"
      ? githubReport(explanation)
      : textReport(explanation, style);
    yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
  }),
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
