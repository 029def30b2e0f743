/**
 * Reads a value that must not be on the command line: from stdin, or typed on a terminal without being shown.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Stdio from "effect/Stdio";
import { usage } from "../output/exit_code.ts";
import { readStdin } from "./read_json.ts";

/** The whole of stdin, without the line break that `echo` adds. */
export const readValue = Effect.map(readStdin, (text) => text.replace(/\r?\n$/, ""));

/** Asks for a secret on a terminal, and does not show it. `remedy` says how to give it where there is no terminal. */
export const askSecret = Effect.fnUntraced(function* (question: string, remedy: string) {
  const stdio = yield* Stdio.Stdio;
  const streams = [stdio.stdinIsTerminal, stdio.stdoutIsTerminal, stdio.stderrIsTerminal];
  if (!(yield* Effect.all(streams)).every((isTerminal) => isTerminal)) {
    return yield* usage(`${question}? dbtc cannot ask without a terminal. ${remedy}`);
  }
  const Prompt = yield* Effect.promise(() => import("effect/cli/Prompt"));
  const secret = yield* Prompt.Hidden({ message: question }).pipe(
    Effect.catchTag("QuitError", () => Effect.fail(usage("Nothing was sent"))),
  );
  return Redacted.value(secret);
});
