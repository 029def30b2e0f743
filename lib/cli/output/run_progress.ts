/**
 * A run as it goes on, on stderr: its steps with a spinner on a terminal, a line for each change elsewhere.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import { type Run, RunStatus, type RunStep } from "../../api/runs.ts";
import { hasEnded, type RunEvent } from "../../workflows/wait_for_run.ts";
import { paint } from "./colors.ts";
import { clean, inert, quote } from "./safe_text.ts";
import { widthOf } from "./print.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const erase = "\r\u001b[2K";

/** Shows a run as it goes on. */
export interface Progress {
  /** Shows what happened. */
  readonly show: (event: RunEvent) => Effect.Effect<void>;
  /** Says something beside it. */
  readonly say: (text: string) => Effect.Effect<void>;
}

/** Shows a run until the scope closes. */
export const makeProgress: Effect.Effect<Progress, never, Scope.Scope | Stdio.Stdio | Terminal.Terminal> = Effect.gen(
  function* () {
    const stdio = yield* Stdio.Stdio;
    const live = yield* stdio.stderrIsTerminal;
    const style = { color: live && (yield* TerminalCapabilities).canColor };
    const write = (text: string) => Effect.ignore(Stream.run(Stream.make(text), stdio.stderr()));
    let active: { readonly text: string; readonly since: number } | undefined;
    let frame = 0;
    let printing: RunStep["id"];
    const { columns } = yield* Terminal.Terminal;

    const say = (text: string) => write(`${live ? erase : ""}${inert(text)}\n`);
    const state = (run: Run) => clean(run.status_humanized ?? "Waiting");
    const watch = Effect.fnUntraced(function* (text: string) {
      if (active?.text !== text) active = { text, since: yield* Clock.currentTimeMillis };
    });
    const draw = Effect.gen(function* () {
      if (active === undefined) return;
      const spinner = paint(style, "cyan", frames[frame++ % frames.length] ?? "");
      const seconds = ((yield* Clock.currentTimeMillis) - active.since) / 1000;
      // A line that wraps could not be erased.
      const text = active.text.slice(0, Math.max(8, widthOf(yield* columns) - 16));
      yield* write(`${erase}${spinner} ${text}  ${paint(style, "dim", elapsed(seconds))}`);
    });
    if (live) {
      // Before the spinner, so that it has stopped when its last line goes.
      yield* Effect.addFinalizer(() => frame === 0 ? Effect.void : write(erase));
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(draw, Effect.sleep(100))));
    }

    const ended = ({ name, duration, status }: RunStep) =>
      `${marks(style, status)} ${clean(name ?? "")}  ${paint(style, "dim", elapsed(secondsOf(duration)))}`;

    return {
      say,
      show: Effect.fnUntraced(function* (event) {
        switch (event._tag) {
          case "StepEnded":
            active = undefined;
            return yield* say(ended(event.step));
          case "StepBegan":
            yield* watch(clean(event.step.name ?? ""));
            return yield* live ? Effect.void : say(`  ${clean(event.step.name ?? "")} …`);
          case "LogsGrew": {
            const { id, name } = event.step;
            // Elsewhere than on a terminal, its begin was said.
            const title = live && printing !== id ? `  ${clean(name ?? "")}\n` : "";
            printing = id;
            return yield* say(title + quote(style, event.text, "  "));
          }
          case "StatusChanged":
            if (hasEnded(event.run)) active = undefined;
            else yield* watch(state(event.run));
            return yield* live || hasEnded(event.run) ? Effect.void : say(`  ${state(event.run)} …`);
        }
      }),
    };
  },
);

/** How a run ended, in a line. */
export function outcomeLine(style: { readonly color: boolean }, run: Run): string {
  const humanized = clean(run.status_humanized ?? `Status ${run.status}`);
  return `${marks(style, run.status)} ${humanized} in ${elapsed(secondsOf(run.duration))}  ${clean(run.href ?? "")}`
    .trimEnd();
}

/** How a run or a step ended, as one character. */
export function marks(style: { readonly color: boolean }, status: number | null | undefined): string {
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

/** Seconds of dbt's `HH:MM:SS`. */
export function secondsOf(duration: string | null | undefined): number {
  return (duration ?? "").split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

/** `1h 02m 03s`, as short as it can be. */
export function elapsed(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours}h ${String(minutes).padStart(2, "0")}m ${String(rest).padStart(2, "0")}s`;
  return minutes > 0 ? `${minutes}m ${String(rest).padStart(2, "0")}s` : `${rest}s`;
}
