/**
 * Follows several runs that a command starts or waits for: on a terminal with a table on stderr that is drawn in place,
 * elsewhere with a line for each change. Prints the runs on stdout at the end, and explains each failure. The exit code is the highest one of the runs.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import type { Run } from "../../api/runs.ts";
import type { Dbt } from "../../dbt.ts";
import { delivering } from "../../deliver_events.ts";
import type { DbtError } from "../../error.ts";
import { fitting } from "../../workflows/lenient_run.ts";
import { hasEnded } from "../../workflows/run_events.ts";
import { type SeveralEvent, watchSeveral } from "../../workflows/several_runs.ts";
import type { AskOptions, TriggerEvent, WatchOptions } from "../../workflows/trigger_and_wait.ts";
import { millisOf } from "../../time.ts";
import { exitCode, OutputError, usage } from "../output/exit_code.ts";
import { ExitNotice } from "../output/exit_notice.ts";
import { type Invocation, isForPeople, print, stderrStyle, styleFor } from "../output/print.ts";
import { makeLiveBlock } from "../output/live_block.ts";
import { elapsed } from "../output/cell_text.ts";
import { outcomeLine, secondsOf, statusMark } from "../output/run_progress.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import { type ColorStyle, paint, paintStatus } from "../output/terminal.ts";
import { note, stderrWriter, write as writeOutput } from "../output/write_output.ts";
import type { CommandEffect } from "./command_types.ts";
import { leftRun, mayHaveStarted, noticedEvents, waitCommandOf, withoutStepLogs } from "./follow_run.ts";
import { explainFailure, writeReportFile } from "./runs_explain.ts";
import { clearFiles, type WaitPlan } from "./wait_options.ts";

/** What a command passes to the stream of one run. */
type RunCallbacks = Required<Pick<AskOptions, "onAsk">> & Required<Pick<WatchOptions, "onStop">>;

/** One of several runs. */
export interface FollowedRun {
  /** What to call it before its id is known: `job 1`. */
  readonly label: string;
  /** The account that the command line names. */
  readonly account_id?: number | undefined;
  /** Starts it or waits for it. */
  readonly watch: (callbacks: RunCallbacks) => Stream.Stream<TriggerEvent, DbtError, Dbt>;
}

/** What is known of a run. */
interface Known {
  run?: Run;
  isCancelling: boolean;
  /** The step that is being carried out. */
  step?: string;
  result?: Result.Result<Run, DbtError>;
  notice?: string;
}

/** Follows the runs to their ends. Prints them as last known, also if it is interrupted. */
export const followRuns: (
  followed: ReadonlyArray<FollowedRun>,
  plan: WaitPlan,
  invocation: Invocation,
) => CommandEffect = Effect.fnUntraced(function* (followed, plan, invocation) {
  if (plan.idFile !== undefined) return yield* usage("--run-id-file holds one id: name one job, or use stdout");
  yield* clearFiles(plan);
  const exitNotice = yield* ExitNotice;
  const stdio = yield* Stdio.Stdio;
  const style = yield* stderrStyle;
  const known = followed.map((): Known => ({ isCancelling: false }));
  let unwritten: string | undefined;

  const keepNotices = () => {
    const notices = known.flatMap(({ notice }) => notice ?? []);
    exitNotice.text = notices.length === 0 ? undefined : notices.join("\n");
  };
  const noticeOf = (index: number, run: Run, isUnseen = false) =>
    leftRun(run, {
      isCancelling: known[index]?.isCancelling ?? false,
      isUnseen,
      waitCommand: waitCommandOf(run, followed[index]?.account_id),
    });
  /** What the command line calls a run, and its id. */
  const nameOf = (index: number, { id }: Run) =>
    [...new Set([followed[index]?.label ?? "", `run ${id}`])].join(", ").replace(
      /^./,
      (letter) => letter.toUpperCase(),
    );
  const take = (index: number, event: TriggerEvent) => {
    const state = known[index];
    if (state === undefined) return;
    state.run = event.run;
    if (event._tag === "StepBegan") state.step = clean(event.step.name ?? "");
    if (noticedEvents.has(event._tag)) state.isCancelling = event._tag === "Cancelling";
    if (hasEnded(event.run)) delete state.notice;
    else state.notice = noticeOf(index, event.run);
    keepNotices();
  };
  const watches = followed.map(({ watch }, index) => {
    const callbacks: RunCallbacks = {
      onAsk: (mark) =>
        Effect.sync(() => {
          const state = known[index];
          if (state !== undefined) {
            state.notice = mayHaveStarted(mark);
          }
          keepNotices();
        }),
      onStop: (event) => Effect.andThen(Effect.sync(() => take(index, event)), printChange(index, event)),
    };
    return [index, watch(callbacks)] as const;
  });

  const write = yield* stderrWriter;
  const table = (yield* stdio.stderrIsTerminal) ? yield* makeLiveBlock(write) : undefined;
  const drawTable = Effect.suspend(() => {
    if (table === undefined || known.every(({ run }) => run === undefined)) return Effect.void;
    return Effect.flatMap(Clock.currentTimeMillis, (now) => table.draw(tableOf(followed, known, now, style)));
  });
  const printLine = (text: string) =>
    table === undefined ? write(`${text}\n`) : Effect.andThen(table.printAbove(text), drawTable);
  const printChange = (index: number, event: TriggerEvent) => {
    // The table shows the other changes.
    const isInTable = table !== undefined && ["StatusChanged", "StepEnded"].includes(event._tag);
    const text = isInTable ? undefined : changeText(event, plan, style);
    const { label = "" } = followed[index] ?? {};
    return text === undefined ? drawTable : printLine(`${paint(style, "dim", `${label}:`)} ${text}`);
  };
  const show = (event: SeveralEvent<number>) => {
    if (event._tag === "Happened") return printChange(event.key, event.event);
    if (Result.isSuccess(event.result)) return drawTable;
    const { message, reason } = event.result.failure;
    const isShown = reason._tag === "RunFailed" || reason._tag === "RunCancelled";
    return isShown ? drawTable : printLine(`${followed[event.key]?.label}: ${cleanLines(message)}`);
  };

  const printAtEnd = Effect.fnUntraced(function* (exit: Exit.Exit<void, never>) {
    if (table !== undefined) yield* table.erase;
    const all = known.flatMap(({ run }, index) => run === undefined ? [] : [[nameOf(index, run), run] as const]);
    const printed = printRuns(all, invocation);
    yield* Effect.catch(printed, ({ message }) => {
      unwritten = message;
      return note(message);
    });
    const interrupted = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause);
    for (const [index, { notice, result, run }] of known.entries()) {
      // The answer was lost, and nobody looks for the run any more. A retry is asked for when the run before has ended.
      if (interrupted && (run === undefined || hasEnded(run)) && notice !== undefined) yield* note(notice);
      const failed = result !== undefined && Result.isFailure(result) ? result.failure.reason._tag : undefined;
      if (run === undefined || (!interrupted && (failed === undefined || hasEnded(run)))) continue;
      yield* note(noticeOf(index, run, failed !== undefined && failed !== "WaitTimedOut"));
    }
    exitNotice.text = undefined;
  });

  // Durations grow while nothing happens.
  const ticking = Effect.forever(Effect.delay(drawTable, "1 second"));
  // On a slow stderr, what is shown is behind what is known: it must not hold up the runs.
  yield* delivering(show, (deliver: (event: SeveralEvent<number>) => void) =>
    watchSeveral(watches).pipe(
      Stream.runForEach((event) =>
        Effect.sync(() => {
          if (event._tag === "Happened") take(event.key, event.event);
          else {
            const state = known[event.key];
            if (state !== undefined) state.result = event.result;
          }
          deliver(event);
        })
      ),
    )).pipe((following) => Effect.raceFirst(following, ticking), Effect.onExit(printAtEnd));
  const failures = known.flatMap(({ result, run }, index) =>
    result !== undefined && Result.isFailure(result) ? [{ failure: result.failure, index, run }] : []
  );
  for (const { failure, index, run } of failures) {
    const isText = (plan.report ?? "text") === "text" || plan.reportFile !== undefined;
    if (run !== undefined && hasEnded(run) && isText) yield* note(`\n${nameOf(index, run)}:`);
    yield* explainFailure(failure, plan);
  }
  yield* Effect.catch(writeReportFile(known.flatMap(({ run }) => run ?? []), plan), ({ message }) => {
    unwritten = message;
    return note(message);
  });
  const [worst] = failures.map(({ failure }) => failure).toSorted((a, b) => exitCode(b) - exitCode(a));
  if (worst !== undefined) return yield* worst;
  if (unwritten !== undefined) return yield* new OutputError({ message: unwritten });
});

/** A line for each run: what it is, its status, and what it does. */
function tableOf(
  followed: ReadonlyArray<FollowedRun>,
  known: ReadonlyArray<Known>,
  now: number,
  style: ColorStyle,
): ReadonlyArray<string> {
  const rows = known.map(({ isCancelling, run: seen, step = "" }, index) => {
    const label = followed[index]?.label ?? "";
    if (seen === undefined) return [label, "", "", "", ""];
    const run = fitting(seen);
    const ended = hasEnded(run);
    const created = millisOf(run.created_at);
    const seconds = ended || created === undefined ? secondsOf(run.duration) : Math.max(0, (now - created) / 1000);
    const status = isCancelling && !ended ? "Cancelling" : clean(run.status_humanized ?? "Waiting");
    return [label, `run ${run.id}`, status, elapsed(seconds), ended ? "" : step];
  });
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      paintStatus(style, column === 2 ? "status" : "", cell.padEnd(widths[column] ?? 0))
    );
    return `${statusMark(style, known[index]?.run?.status)} ${cells.join("  ")}`.trimEnd();
  });
}

/** What an event changed, in one line; undefined if that needs no line. */
function changeText(event: TriggerEvent, plan: WaitPlan, style: ColorStyle): string | undefined {
  const run = fitting(event.run);
  switch (event._tag) {
    case "Triggered":
    case "Attached": {
      const what = event._tag === "Attached" ? `attached to run ${run.id}` : `run ${run.id}`;
      const cancels = event._tag === "Triggered" && event.ours && plan.options.onInterrupt !== "leave";
      const does = plan.waits ? ` — Ctrl-C ${cancels ? "cancels" : "leaves"} it` : "";
      return `${what}${does}  ${clean(run.href ?? "")}`.trimEnd();
    }
    case "StatusChanged":
      return hasEnded(run) ? outcomeLine(style, run) : `run ${run.id} ${clean(run.status_humanized ?? "waiting")}`;
    case "StepEnded":
      return `${statusMark(style, event.step.status)} ${clean(event.step.name ?? "")}`;
    case "LogsGrew":
      return `${clean(event.step.name ?? "")}\n${cleanLines(event.text)}`;
    case "Cancelling":
      return `cancelling run ${run.id} …`;
    case "StepBegan":
    case "NotCancelled":
      return undefined;
  }
}

/** Prints the runs: as data, or for people a line for each. */
const printRuns = Effect.fnUntraced(function* (
  named: ReadonlyArray<readonly [name: string, run: Run]>,
  invocation: Invocation,
) {
  const style = yield* styleFor(invocation);
  if (isForPeople(style)) {
    const lines = named.map(([name, run]) => `${name}: ${outcomeLine(style, fitting(run))}\n`);
    return yield* writeOutput(Stream.make(lines.join("")), invocation.output);
  }
  const runs = named.map(([, run]) => run);
  const printed = invocation.fields === undefined ? runs.map(withoutStepLogs) : runs;
  yield* print(printed, invocation, { afterWrite: true });
});
