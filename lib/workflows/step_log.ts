/**
 * The logs of a run's steps: whole, their last lines, and line by line while they grow. `runs.logs`, waiting for a run
 * and explaining a run use it.
 *
 * @module
 */
import * as Struct from "effect/Struct";
import type { RunStep } from "../api/runs.ts";

/** A step without what it printed. */
export type StepHead = Omit<RunStep, "logs" | "debug_logs" | "truncated_debug_logs">;

/** What a step printed. */
export interface StepLog {
  /** The step. */
  readonly step: StepHead;
  /** What it printed, as it came: with the escapes that colour a terminal. Empty where dbt Cloud gives nothing. */
  readonly log: string;
}

/** A step without its logs. */
export function headOf(step: RunStep): StepHead {
  return Struct.omit(step, ["logs", "debug_logs", "truncated_debug_logs"]);
}

/** The log of a step; its debug log with `debug`, or where the step has no other. */
export function logOf({ logs, debug_logs, truncated_debug_logs }: RunStep, debug = false): string {
  const debugged = debug_logs || truncated_debug_logs || "";
  return debug ? debugged : logs || debugged;
}

/** The last lines of a text, without blank lines at its end. */
export function tail(text: string, lines: number): string {
  return lines > 0 ? text.trimEnd().split("\n").slice(-lines).join("\n") : "";
}

/** A log as last seen, and how much of it was reported. */
export interface LogProgress {
  /** The log. */
  readonly log: string;
  /** How many of its characters were reported. */
  readonly length: number;
}

/**
 * The new lines of a log, without the last line break. A last line without a break may not be complete: it is reported
 * when it is the same in two answers, or when the log is `whole`. Where dbt Cloud has cut off the beginning of the log,
 * the new lines are those after the reported ones; if none of those is left, all lines are reported, so that no line is
 * lost.
 */
export function newLines(
  before: LogProgress,
  seen: string,
  whole: boolean,
): readonly [LogProgress, string | undefined] {
  // An answer may be older than the one before, or have no log at all.
  const log = before.log.startsWith(seen) ? before.log : seen;
  const reported = before.log.slice(0, before.length);
  const from = log.startsWith(reported) ? before.length : endOf(reported, log);
  const to = whole || log === before.log ? log.length : log.lastIndexOf("\n") + 1;
  if (to <= from) return [{ log, length: from }, undefined];
  // The line break of a line that was reported without it.
  const pending = from > 0 && log[from - 1] !== "\n" && log[from] === "\n" ? 1 : 0;
  const text = log.slice(from + pending, to);
  return [{ log, length: to }, text === "" ? undefined : text.replace(/\n$/, "")];
}

/** The position in a log that lost its beginning where the reported text ends. */
function endOf(reported: string, log: string): number {
  const firstLine = log.slice(0, log.indexOf("\n") + 1);
  let at = reported.indexOf(firstLine);
  for (; firstLine !== "" && at >= 0; at = reported.indexOf(firstLine, at + 1)) {
    if (log.startsWith(reported.slice(at))) return reported.length - at;
  }
  return 0;
}
