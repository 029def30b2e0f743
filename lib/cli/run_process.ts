/**
 * Runs dbtc as the process that it is in: with its arguments, environment, files and signals. `cli.ts` runs this.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { writeSync } from "node:fs";
import process from "node:process";
import { run } from "./main.ts";
import { ExitNotice } from "./output/exit_notice.ts";
import { eraseLine } from "./output/terminal.ts";
import { platform } from "./platform.ts";
import { environment } from "./process_environment.ts";

/** The exit codes that shells expect of a process that a signal ended. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Runs the process's command line, and exits with its exit code. */
export function runProcess(): void {
  let signalled: number | undefined;
  const exitNotice: ExitNotice = { text: undefined };
  const fiber = Effect.runFork(
    run(process.argv.slice(2)).pipe(
      Effect.provideService(ExitNotice, exitNotice),
      Effect.provide(Layer.provideMerge(environment, platform)),
    ),
  );
  /** Exits now. First prints which run goes on without this process. */
  const leave = (code: number) => {
    try {
      exitNotice.save?.();
    } catch {
      // The file cannot be written, and there is no time to say so.
    }
    try {
      // On a terminal, the notice replaces the line of the spinner.
      const erase = process.stderr.isTTY ? eraseLine : "";
      if (exitNotice.text !== undefined) writeSync(process.stderr.fd, `${erase}${exitNotice.text}\n`);
    } catch {
      // The terminal is closed, and nobody can read the notice.
    }
    process.exit(exitNotice.code ?? code);
  };
  const interrupt = (code: number) => {
    // A second signal: the user does not want to wait for the run to be cancelled.
    if (signalled !== undefined) leave(code);
    signalled = code;
    fiber.interruptUnsafe();
  };
  process.on("SIGINT", () => interrupt(signals.SIGINT));
  if (process.platform !== "win32") {
    process.on("SIGTERM", () => interrupt(signals.SIGTERM));
    // A closed terminal does not cancel the run.
    process.on("SIGHUP", () => leave(signals.SIGHUP));
  }
  fiber.addObserver((exit) =>
    process.exit(signalled === undefined ? (exit._tag === "Success" ? exit.value : 70) : exitNotice.code ?? signalled)
  );
}
