/**
 * What the steps of a run print: whole, its end, and line by line while it grows.
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

/** A step without what it printed. */
export function headOf(step: RunStep): StepHead {
  return Struct.omit(step, ["logs", "debug_logs", "truncated_debug_logs"]);
}

/** A part of what a step printed. */
export interface LogText {
  /** The number of the step, from 1. */
  readonly step: number;
  /** The step's name, where dbt Cloud sends it before the log. */
  readonly name?: string;
  /** The part, as it came: it can begin and end anywhere in a line. */
  readonly text: string;
}

/** What a step printed; the debug log where it is wanted, or where there is nothing else. */
export function logOf({ logs, debug_logs, truncated_debug_logs }: RunStep, debug = false): string {
  const debugged = debug_logs || truncated_debug_logs || "";
  return debug ? debugged : logs || debugged;
}

/** The last lines of a text; blank ones at its end do not count. */
export function tail(text: string, lines: number): string {
  return lines > 0 ? text.trimEnd().split("\n").slice(-lines).join("\n") : "";
}

/** A log as last seen, and how much of it was told. */
export interface LogProgress {
  /** The log. */
  readonly log: string;
  /** How many of its characters were told. */
  readonly length: number;
}

/**
 * What a log has newLines by, in whole lines, the last one without its line break. Its last line may still be written:
 * that is told once it is the same in two polls, or once the log is `whole`. A log that lost its beginning goes on
 * behind what was told; one in which nothing of that is found any more is told anew, since no line may be lost.
 */
export function newLines(
  before: LogProgress,
  seen: string,
  whole: boolean,
): readonly [LogProgress, string | undefined] {
  // An answer may be older than the last one, or have no log at all.
  const log = before.log.startsWith(seen) ? before.log : seen;
  const told = before.log.slice(0, before.length);
  const from = log.startsWith(told) ? before.length : behind(told, log);
  const to = whole || log === before.log ? log.length : log.lastIndexOf("\n") + 1;
  if (to <= from) return [{ log, length: from }, undefined];
  // The break that ends a line which was told while it stood still.
  const pending = from > 0 && log[from - 1] !== "\n" && log[from] === "\n" ? 1 : 0;
  const text = log.slice(from + pending, to);
  return [{ log, length: to }, text === "" ? undefined : text.replace(/\n$/, "")];
}

/** Where a log that lost its beginning goes on behind what was told of it. */
function behind(told: string, log: string): number {
  const first = log.slice(0, log.indexOf("\n") + 1);
  for (let at = told.indexOf(first); first !== "" && at >= 0; at = told.indexOf(first, at + 1)) {
    if (log.startsWith(told.slice(at))) return told.length - at;
  }
  return 0;
}
