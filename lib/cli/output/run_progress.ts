/**
 * Shows the progress of a run on stderr: on a terminal with a spinner, elsewhere with a line for each change.
 * `follow_run.ts` shows runs with it; the reports use its marks and durations.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Stdio from "effect/Stdio";
import * as Terminal from "effect/Terminal";
import { type Run, RunStatus, type RunStep } from "../../api/runs.ts";
import { hasEnded, type RunEvent } from "../../workflows/run_events.ts";
import { elapsed } from "./cell_text.ts";
import { clean, quote } from "./safe_text.ts";
import { type ColorStyle, eraseLine, paint, widthOf } from "./terminal.ts";
import { stderrStyle } from "./print.ts";
import { stderrWriter } from "./write_output.ts";

const spinnerFrames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** The progress display of a run. */
interface RunProgress {
  /** Shows what an event of the run changed. */
  readonly showEvent: (event: RunEvent) => Effect.Effect<void>;
  /** Prints a line of its own, above the spinner. */
  readonly printLine: (text: string) => Effect.Effect<void>;
}

/** Starts the progress display. It stops when the scope closes. */
export const makeRunProgress: Effect.Effect<RunProgress, never, Scope.Scope | Stdio.Stdio | Terminal.Terminal> = Effect
  .gen(function* () {
    const stdio = yield* Stdio.Stdio;
    const onTerminal = yield* stdio.stderrIsTerminal;
    const style = yield* stderrStyle;
    const write = yield* stderrWriter;
    const { columns } = yield* Terminal.Terminal;
    /** What the spinner says that the run does, and since when. */
    let active: { readonly text: string; readonly since: number } | undefined;
    let frame = 0;
    /** The id of the step whose log is being printed. */
    let loggedStep: RunStep["id"];

    const printLine = (text: string) => write(`${onTerminal ? eraseLine : ""}${text}\n`);
    const statusOf = (run: Run) => clean(run.status_humanized ?? "Waiting");
    const setActive = Effect.fnUntraced(function* (text: string) {
      if (active?.text !== text) active = { text, since: yield* Clock.currentTimeMillis };
    });
    const drawSpinner = Effect.gen(function* () {
      if (active === undefined) return;
      const spinner = paint(style, "cyan", spinnerFrames[frame++ % spinnerFrames.length] ?? "");
      const seconds = ((yield* Clock.currentTimeMillis) - active.since) / 1000;
      // A line that wraps cannot be erased.
      const text = active.text.slice(0, Math.max(8, widthOf(yield* columns) - 16));
      yield* write(`${eraseLine}${spinner} ${text}  ${paint(style, "dim", elapsed(seconds))}`);
    });
    if (onTerminal) {
      // Added before the spinner starts, so that it runs after the spinner has stopped.
      yield* Effect.addFinalizer(() => frame === 0 ? Effect.void : write(eraseLine));
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(drawSpinner, Effect.sleep(100))));
    }

    const endedStep = ({ name, duration, status }: RunStep) =>
      `${statusMark(style, status)} ${clean(name ?? "")}  ${paint(style, "dim", elapsed(secondsOf(duration)))}`;

    return {
      printLine,
      showEvent: Effect.fnUntraced(function* (event) {
        switch (event._tag) {
          case "StepEnded":
            active = undefined;
            return yield* printLine(endedStep(event.step));
          case "StepBegan":
            yield* setActive(clean(event.step.name ?? ""));
            return yield* onTerminal ? Effect.void : printLine(`  ${clean(event.step.name ?? "")} …`);
          case "LogsGrew": {
            const { id, name } = event.step;
            // Elsewhere than on a terminal, the step's name is printed already.
            const title = onTerminal && loggedStep !== id ? `  ${clean(name ?? "")}\n` : "";
            loggedStep = id;
            return yield* printLine(title + quote(style, event.text, "  "));
          }
          case "StatusChanged":
            if (hasEnded(event.run)) active = undefined;
            else yield* setActive(statusOf(event.run));
            return yield* onTerminal || hasEnded(event.run) ? Effect.void : printLine(`  ${statusOf(event.run)} …`);
        }
      }),
    };
  });

/** How a run ended, in one line. */
export function outcomeLine(style: ColorStyle, run: Run): string {
  const humanized = clean(run.status_humanized ?? `Status ${run.status}`);
  return `${statusMark(style, run.status)} ${humanized} in ${elapsed(secondsOf(run.duration))}  ${
    clean(run.href ?? "")
  }`
    .trimEnd();
}

/** The status of a run or a step as one character. */
export function statusMark(style: ColorStyle, status: number | null | undefined): string {
  switch (status) {
    case RunStatus.success:
      return paint(style, "green", "✓");
    case RunStatus.error:
      return paint(style, "red", "✗");
    case RunStatus.cancelled:
      return paint(style, "yellow", "⊘");
    default:
      return "·";
  }
}

/** The seconds of a duration as dbt Cloud writes it, `HH:MM:SS`. */
export function secondsOf(duration: string | null | undefined): number {
  return (duration ?? "").split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}
