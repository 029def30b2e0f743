/**
 * What happens to a run, as events: found by comparing what two polls saw. `wait_for_run.ts` makes a stream of them.
 *
 * @module
 */
import * as runs from "../api/runs.ts";
import { type LogProgress, newLines } from "./step_log.ts";
import type { Run, RunStep } from "../models/run.ts";
import { fitting } from "./lenient_run.ts";

/** The run's status is another one, or is seen for the first time. */
export interface StatusChanged {
  /** The kind of event. */
  readonly _tag: "StatusChanged";
  /** The run, as it is now. */
  readonly run: Run;
}

/** A step of the run began. */
export interface StepBegan {
  /** The kind of event. */
  readonly _tag: "StepBegan";
  /** The run, as it is now. */
  readonly run: Run;
  /** The step. */
  readonly step: RunStep;
}

/** A step of the run ended: its status says how. */
export interface StepEnded {
  /** The kind of event. */
  readonly _tag: "StepEnded";
  /** The run, as it is now. */
  readonly run: Run;
  /** The step. */
  readonly step: RunStep;
}

/**
 * A step printed lines, or had printed them when the run was first seen. Each line is reported once, and none is lost,
 * also not those of a step that ended between two polls.
 */
export interface LogsGrew {
  /** The kind of event. */
  readonly _tag: "LogsGrew";
  /** The run, as it is now. */
  readonly run: Run;
  /** The step. */
  readonly step: RunStep;
  /** The new lines, as they came: with the escapes that colour a terminal. The last one has no line break. */
  readonly text: string;
}

/** What happens to a run until it has ended. */
export type RunEvent = StatusChanged | StepBegan | LogsGrew | StepEnded;

/** Whether a run, or a step of one, has ended. A status that nobody knows has not. */
export function hasEnded({ status }: { readonly status?: number | null }): boolean {
  return status !== undefined && status !== null && runs.isFinal(status);
}

/** What was seen of a run before. */
export interface Seen {
  /** Its status; undefined before the first poll. */
  readonly status: number | null | undefined;
  /** Its steps, by id. */
  readonly steps: Map<number, RunStep>;
  /** What was reported of the steps' logs, by the steps' ids, where it is reported. */
  readonly logs: Map<number, LogProgress> | undefined;
}

/** What happened between two polls; what ended the run comes last. */
export function changes({ logs, status: before, steps: known }: Seen, run: Run): ReadonlyArray<RunEvent> {
  const status: ReadonlyArray<RunEvent> = before === (run.status ?? null) ? [] : [{ _tag: "StatusChanged", run }];
  const steps = (fitting(run).run_steps ?? []).flatMap((step): ReadonlyArray<RunEvent> => {
    const key = stepKey(step);
    const then = known.get(key);
    known.set(key, step);
    return [
      ...(hasBegun(step) && !(then && hasBegun(then)) ? [{ _tag: "StepBegan", run, step } as const] : []),
      ...lines(logs, run, step),
      ...(hasEnded(step) && !(then && hasEnded(then)) ? [{ _tag: "StepEnded", run, step } as const] : []),
    ];
  });
  return hasEnded(run) ? [...steps, ...status] : [...status, ...steps];
}

/** What a step printed since the last poll, where that is reported. */
function lines(logs: Map<number, LogProgress> | undefined, run: Run, step: RunStep): ReadonlyArray<LogsGrew> {
  if (logs === undefined) return [];
  const whole = hasEnded(step) || hasEnded(run);
  const key = stepKey(step);
  const [told, text] = newLines(logs.get(key) ?? { log: "", length: 0 }, step.logs ?? "", whole);
  logs.set(key, told);
  return text === undefined ? [] : [{ _tag: "LogsGrew", run, step, text }];
}

/** A step's id. dbt Cloud may leave it out; then its number in the run, below zero. */
function stepKey({ id, index }: RunStep): number {
  return id ?? -(index ?? 0);
}

function hasBegun({ status }: RunStep): boolean {
  return typeof status === "number" && status !== runs.RunStatus.queued && status !== runs.RunStatus.starting;
}
