/**
 * `dbtc runs explain`: why a run ended as it did. `follow_run.ts` prints the same on stderr after a wait that failed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import type { DbtError } from "../../error.ts";
import { explainRun, type Explanation } from "../../workflows/explain_run.ts";
import type { Run } from "../../models/run.ts";
import { hasEnded } from "../../workflows/run_events.ts";
import { choice, one } from "../input/flag_types.ts";
import { OutputError } from "../output/exit_code.ts";
import { isForPeople, print, stderrStyle, styleFor } from "../output/print.ts";
import { jsonLines } from "../output/render.ts";
import { cleanLines } from "../output/safe_text.ts";
import { writePaged } from "../output/pager.ts";
import type { ColorStyle } from "../output/terminal.ts";
import { note, write } from "../output/write_output.ts";
import { type Report, reports } from "../report/report_formats.ts";
import { githubReport } from "../report/report_github.ts";
import { markdownReport } from "../report/report_markdown.ts";
import { textReport } from "../report/report_text.ts";
import { program } from "./program.ts";
import type { WaitPlan } from "./wait_options.ts";

/** Prints on stdout, as `--report` says, or else `--format`. */
export const runsExplain = program(runs.explain, {
  flags: {
    report: one("report", choice(reports), "Format of the report (default: text on a terminal, else as --format says)"),
  },
  run: Effect.fnUntraced(function* ({ flags: { report }, invocation, request }) {
    const style = yield* styleFor(invocation);
    const format = report ?? (isForPeople(style) ? "text" : undefined);
    // People read the error, programs may want the SQL too.
    const code = request.code ?? (format === "json" || format === undefined);
    const passed = request.passed ?? format === "junit";
    const explanation = yield* explainRun({ ...request, code, passed });
    if (format === undefined || format === "json") {
      const asJson = format === undefined ? invocation : { ...invocation, format };
      return yield* print(explanation, asJson, { columns: [] });
    }
    yield* writePaged(Stream.make(yield* reportText(format, [explanation], style)), invocation.output);
  }),
});

/** Explains on stderr an error of a run that failed or was cancelled. Other errors have nothing to explain. */
export const explainFailure = Effect.fnUntraced(function* (
  { reason }: DbtError,
  { report = "text", reportFile }: Pick<WaitPlan, "report" | "reportFile">,
) {
  if (reason._tag !== "RunFailed" && reason._tag !== "RunCancelled") return;
  const shown = reportFile === undefined ? report : "text";
  const explained = yield* Effect.result(explainEnded(reason.run, shown));
  if (Result.isFailure(explained)) {
    return yield* note(`Cannot explain the failure: ${cleanLines(explained.failure.message)}`);
  }
  const text = yield* reportText(shown, [explained.success], { ...yield* stderrStyle, withHead: false });
  yield* note(`${shown === "text" ? "\n" : ""}${text}`.trimEnd());
});

/** Writes the file of `--report-file`: a report on these runs, which have ended. Fails if no report can be made. */
export const writeReportFile = Effect.fnUntraced(function* (
  runsToReport: ReadonlyArray<Run>,
  { report = "text", reportFile }: Pick<WaitPlan, "report" | "reportFile">,
) {
  const ended = runsToReport.filter(hasEnded);
  if (reportFile === undefined || ended.length === 0) return;
  const explained = yield* Effect.forEach(ended, (run) => explainEnded(run, report)).pipe(
    Effect.mapError(({ message }) =>
      new OutputError({ message: `Cannot write ${reportFile}: ${cleanLines(message)}` })
    ),
  );
  yield* write(Stream.make(yield* reportText(report, explained, { color: false })), reportFile);
});

function explainEnded({ account_id, id }: Run, report: Report) {
  const account = typeof account_id === "number" ? { account_id } : {};
  return explainRun({ ...account, run_id: id, code: report === "json", passed: report === "junit" });
}

/** A report on runs. In JSON, each run is a line. */
const reportText = Effect.fnUntraced(function* (
  report: Report,
  explanations: ReadonlyArray<Explanation>,
  { color, withHead }: ColorStyle & { readonly withHead?: boolean },
) {
  switch (report) {
    case "text":
      return explanations.map((explanation) => textReport(explanation, { color }, withHead)).join("\n");
    case "markdown":
      return explanations.map(markdownReport).join("\n");
    case "github":
      return explanations.map(githubReport).join("");
    case "json":
      return jsonLines(explanations);
    case "junit": {
      const { junitReport } = yield* Effect.promise(() => import("../report/report_junit.ts"));
      return junitReport(explanations);
    }
  }
});
