/**
 * The flags of the commands that start a run or wait for one, and what they mean: `jobs trigger`, `jobs rerun`,
 * `jobs trigger-autoscaling-ci`, `runs retry` and `runs wait`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import * as Schedule from "effect/Schedule";
import { fileProblem } from "../../client/file_error.ts";
import { defined } from "../../defined.ts";
import type { SeeThroughOptions } from "../../workflows/trigger_and_wait.ts";
import { choice, count, duration, file, one, toggle } from "../input/flag_types.ts";
import { fromEnvironment } from "../input/global_flags.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { checkWritable } from "../output/write_output.ts";
import { type Report, reports } from "../report/report_formats.ts";
import type { Values } from "./command_types.ts";

const onInterrupt = choice(["cancel", "leave"]);

/** The flags of commands that wait. */
export const waitFlags = {
  interval: one(
    "poll-interval",
    duration,
    "Polling interval, such as 10, 30s or 2m (default: grows with the run's age)",
  ),
  timeout: one("timeout", duration, "Stop waiting after this long, such as 90, 30m or 2h (default: no limit)"),
  logs: toggle("logs", false, "Print the logs of the steps on stderr"),
  report: one("report", choice(reports), "Format of the report on stderr if the run fails (default: text)"),
  reportFile: one(
    "report-file",
    file,
    "Write the report to this file once the run has ended, also if it succeeds; stderr then has the text",
  ),
};

/** The flags of commands that start a run. */
export const startFlags = {
  wait: toggle(
    "wait",
    true,
    "Wait for the run and exit with its result (default); --no-wait only starts the run",
  ),
  ...waitFlags,
  onTimeout: one(
    "on-timeout",
    choice(["leave", "cancel"]),
    "What to do after --timeout with a run that this command started (default: leave)",
  ),
  onInterrupt: one(
    "on-interrupt",
    onInterrupt,
    "What to do with that run on Ctrl-C or SIGTERM (default: $DBTC_ON_INTERRUPT, else cancel)",
  ),
  retries: one(
    "retries",
    count("retries", 0),
    "Retry a failed run from the point of failure up to this often; the last attempt sets the exit code; implies --wait (default: 0)",
  ),
  idFile: one(
    "run-id-file",
    file,
    "Write the run's id to this file as soon as it is known; an existing file is removed first",
  ),
};

/** How a command waits for a run. */
export interface WaitPlan {
  /** False if the command only starts the run. */
  readonly waits: boolean;
  /** The format in which stderr explains a failure. */
  readonly report: Report | undefined;
  /** The file for the report. */
  readonly reportFile: string | undefined;
  /** The file for the run's id. */
  readonly idFile: string | undefined;
  /** The options of the workflows. */
  readonly options: Omit<SeeThroughOptions, "patience">;
}

/** The plan that the flags and the environment describe. */
export const waitPlan = Effect.fnUntraced(function* (
  flags: Values<typeof waitFlags> & Partial<Values<typeof startFlags>>,
): Effect.fn.Return<WaitPlan, UsageError> {
  const { idFile, interval, logs, onTimeout, report, reportFile, retries = 0, timeout, wait = true } = flags;
  if (reportFile !== undefined && !wait && retries === 0) {
    return yield* usage("--report-file does not go with --no-wait: the report is on how the run ended");
  }
  const interrupt = flags.onInterrupt ?? (yield* fromEnvironment("DBTC_ON_INTERRUPT", onInterrupt));
  return {
    waits: wait || retries > 0,
    report,
    reportFile,
    idFile,
    options: {
      ...defined({ timeout, onTimeout, onInterrupt: interrupt }),
      ...(interval === undefined ? {} : { schedule: Schedule.spaced(interval) }),
      retries,
      logs,
    },
  };
});

/**
 * Makes sure that the files for the run's id and the report can be written, and removes them: they may be those of an
 * earlier run.
 */
export const clearFiles = Effect.fnUntraced(function* (
  { idFile, reportFile }: WaitPlan,
): Effect.fn.Return<void, UsageError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem;
  for (const [flag, path] of [["--run-id-file", idFile], ["--report-file", reportFile]] as const) {
    if (path === undefined) continue;
    if (path === "-") return yield* usage(`${flag} needs a file: stdout has the run`);
    yield* checkWritable(path);
    const existing = yield* Effect.option(fs.stat(path));
    if (Option.isNone(existing) || existing.value.type !== "File") continue;
    yield* Effect.mapError(fs.remove(path), (error) => usage(`Cannot write ${path}: ${fileProblem(error)}`));
  }
});
