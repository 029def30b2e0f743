/**
 * `dbtc runs explain`: why a run ended as it did. `follow_run.ts` prints the same on stderr after a wait that failed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import * as runs from "../../groups/runs.ts";
import type { DbtError } from "../../error.ts";
import { explainRun } from "../../workflows/explain_run.ts";
import { choice, one } from "../input/flag_types.ts";
import { isForPeople, print, styleFor } from "../output/print.ts";
import { jsonLines } from "../output/render.ts";
import { cleanLines } from "../output/safe_text.ts";
import { writePaged } from "../output/pager.ts";
import { note } from "../output/write_output.ts";
import { type Report, reports } from "../report/report_formats.ts";
import { githubReport } from "../report/report_github.ts";
import { markdownReport } from "../report/report_markdown.ts";
import { textReport } from "../report/report_text.ts";
import { program } from "./program.ts";
import { jobFlags, runOfJob } from "./run_of_job.ts";

/** Prints on stdout, as `--report` says, or else `--format`. */
export const runsExplain = program(runs.explain, {
  optional: ["run_id"],
  flags: {
    ...jobFlags("Explain the last run of this job that failed"),
    report: one("report", choice(reports), "Format of the report (default: text on a terminal, else as --format says)"),
  },
  run: Effect.fnUntraced(function* ({ flags: { report, ...which }, invocation, request }) {
    const run_id = yield* runOfJob(request, which, { endpoint: runs.explain.name, status: runs.RunStatus.error });
    const style = yield* styleFor(invocation);
    const format = report ?? (isForPeople(style) ? "text" : undefined);
    // People read the error, programs may want the SQL too.
    const code = request.code ?? (format === "json" || format === undefined);
    const explanation = yield* explainRun({ ...request, run_id, code });
    switch (format) {
      case "text":
        return yield* writePaged(Stream.make(textReport(explanation, style)), invocation.output);
      case "markdown":
        return yield* writePaged(Stream.make(markdownReport(explanation)), invocation.output);
      case "github":
        return yield* writePaged(Stream.make(githubReport(explanation)), invocation.output);
      case "json":
        return yield* print(explanation, { ...invocation, format: "json" }, { columns: [] });
      case undefined:
        return yield* print(explanation, invocation, { columns: [] });
    }
  }),
});

/** Explains on stderr an error of a run that failed or was cancelled. Other errors have nothing to explain. */
export const explainFailure = Effect.fnUntraced(function* ({ reason }: DbtError, report: Report = "text") {
  if (reason._tag !== "RunFailed" && reason._tag !== "RunCancelled") return;
  const { id, account_id } = reason.run;
  const account = typeof account_id === "number" ? { account_id } : {};
  const explained = yield* Effect.result(explainRun({ ...account, run_id: id, code: report === "json" }));
  if (Result.isFailure(explained)) {
    return yield* note(`Cannot explain the failure: ${cleanLines(explained.failure.message)}`);
  }
  const stdio = yield* Stdio.Stdio;
  const color = (yield* stdio.stderrIsTerminal) && (yield* TerminalCapabilities).canColor;
  const texts: Readonly<Record<Report, () => string>> = {
    text: () => `\n${textReport(explained.success, { color }, false)}`,
    markdown: () => markdownReport(explained.success),
    github: () => githubReport(explained.success),
    json: () => jsonLines([explained.success]),
  };
  yield* note(texts[report]().trimEnd());
});
