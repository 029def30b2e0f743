/**
 * The flags of commands that start a run or wait for one, and what they mean to the library. Used by `jobs trigger`,
 * `jobs rerun`, `jobs trigger-autoscaling-ci`, `runs retry` and `runs wait`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import * as Schedule from "effect/Schedule";
import type { SeeThroughOptions } from "../../workflows/trigger_and_wait.ts";
import { choice, count, duration, file, one, toggle } from "../input/flag_types.ts";
import { fromEnvironment } from "../input/global_flags.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { checkOutput } from "../output/print.ts";
import { type Report, reports } from "../report/report_formats.ts";
import type { Values } from "./endpoint_command.ts";

const onInterrupt = choice(["cancel", "leave"]);

/** Of every command that waits. */
export const waitFlags = {
  interval: one(
    "poll-interval",
    duration,
    "How long between two looks: 10, 30s, 2m; the older the run, the longer, when absent",
  ),
  timeout: one("timeout", duration, "How long to wait at most: 90, 30m, 2h; to the run's end when absent"),
  logs: toggle("logs", false, "Show on stderr what the steps print"),
  report: one("report", choice(reports), "How to say on stderr why the run failed; text when absent"),
};

/** Of every command that starts a run. */
export const startFlags = {
  wait: toggle(
    "wait",
    true,
    "Wait for the run, and end as it ends, as is done when absent; --no-wait only starts it",
  ),
  ...waitFlags,
  onTimeout: one(
    "on-timeout",
    choice(["leave", "cancel"]),
    "What becomes of a run that was started here after --timeout; it goes on when absent",
  ),
  onInterrupt: one(
    "on-interrupt",
    onInterrupt,
    "What Ctrl-C or SIGTERM does to it, instead of DBTC_ON_INTERRUPT; it is cancelled when absent",
  ),
  retries: one(
    "retries",
    count(0, "retries"),
    "How often a run that ended in error is taken up where it failed; implies --wait",
  ),
  idFile: one(
    "run-id-file",
    file,
    "The file to write the run's id to, as soon as it is known; one that is there is removed first",
  ),
};

/** How a run is waited for. */
export interface WaitPlan {
  /** Whether it is waited for at all. */
  readonly waits: boolean;
  /** How stderr says why the run failed. */
  readonly report: Report | undefined;
  /** The file to write its id to. */
  readonly idFile: string | undefined;
  /** The options of the library. */
  readonly options: Omit<SeeThroughOptions, "patience">;
}

/** What the flags mean. Sends nothing, and writes nothing. */
export const waitPlan = Effect.fnUntraced(function* (
  flags: Values<typeof waitFlags> & Partial<Values<typeof startFlags>>,
): Effect.fn.Return<WaitPlan, UsageError> {
  const { idFile, interval, logs, onTimeout, report, retries = 0, timeout, wait = true } = flags;
  const interrupt = flags.onInterrupt ?? (yield* fromEnvironment("DBTC_ON_INTERRUPT", onInterrupt));
  return {
    waits: wait || retries > 0,
    report,
    idFile,
    options: {
      ...(timeout === undefined ? {} : { timeout }),
      ...(interval === undefined ? {} : { schedule: Schedule.spaced(interval) }),
      ...(onTimeout === undefined ? {} : { onTimeout }),
      ...(interrupt === undefined ? {} : { onInterrupt: interrupt }),
      retries,
      logs,
    },
  };
});

/** Refuses a file for the run's id that could not be written. One that is there holds the id of another run: it goes. */
export const clearIdFile = Effect.fnUntraced(function* (
  { idFile }: WaitPlan,
): Effect.fn.Return<void, UsageError, FileSystem.FileSystem | Path.Path> {
  if (idFile === undefined) return;
  if (idFile === "" || idFile === "-") return yield* usage("--run-id-file needs a file: stdout has the run");
  yield* checkOutput({ output: Option.some(idFile) });
  const fs = yield* FileSystem.FileSystem;
  const there = yield* Effect.option(fs.stat(idFile));
  if (Option.isNone(there) || there.value.type !== "File") return;
  yield* Effect.mapError(fs.remove(idFile), ({ message }) => usage(`Cannot write ${idFile}: ${message}`));
});
