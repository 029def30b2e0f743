/**
 * Questions to the person at the terminal, and secrets that they type. `auth login` and `env-vars set` ask.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Stdio from "effect/Stdio";
import * as Terminal from "effect/Terminal";
import type * as Prompt from "effect/cli/Prompt";
import { usage } from "../output/exit_code.ts";
import { stderrWriter } from "../output/write_output.ts";

/** Whether there is a person to ask. */
export const canAsk = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio;
  return (yield* stdio.stdinIsTerminal) && (yield* stdio.stderrIsTerminal);
});

/** Asks on stderr: stdout is for the result. Ctrl-C interrupts. */
export const ask = Effect.fnUntraced(function* <A>(prompt: Prompt.Prompt<A>) {
  const terminal = yield* Terminal.Terminal;
  const display = yield* stderrWriter;
  return yield* prompt.pipe(
    Effect.provideService(Terminal.Terminal, { ...terminal, display }),
    // The prompt leaves the cursor at the end of its last line.
    Effect.catchTag("QuitError", () => Effect.andThen(display("\n"), Effect.interrupt)),
  );
});

/** Asks for a secret, and does not show it. `remedy` says how to give it where nobody can be asked. */
export const askSecret = Effect.fnUntraced(function* (question: string, remedy: string) {
  if (!(yield* canAsk)) return yield* usage(`${question}? dbtc cannot ask without a terminal. ${remedy}`);
  const Prompt = yield* Effect.promise(() => import("effect/cli/Prompt"));
  return Redacted.value(yield* ask(Prompt.Hidden({ message: `${question} (not shown):` })));
});
