/**
 * Asks the user before a command deletes or cancels something.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Stdio from "effect/Stdio";
import * as Terminal from "effect/Terminal";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { note } from "../output/write_output.ts";

/** Asks on a terminal. Fails unless the answer is yes; without a terminal, unless `--yes` is given. */
export const confirm = Effect.fnUntraced(function* (
  action: string,
  { yes }: Pick<Invocation, "yes">,
): Effect.fn.Return<void, UsageError, FileSystem.FileSystem | Stdio.Stdio | Terminal.Terminal> {
  if (yes) return;
  const stdio = yield* Stdio.Stdio;
  if (!((yield* stdio.stdinIsTerminal) && (yield* stdio.stderrIsTerminal))) {
    return yield* usage(`${action}\nNothing was sent: this needs --yes, or a terminal to ask on`);
  }
  yield* note(`${action}\nType yes to go on:`);
  const { readLine } = yield* Terminal.Terminal;
  const answer = yield* Effect.orElseSucceed(readLine, () => "");
  if (answer.trim() !== "yes") return yield* usage("Nothing was sent");
});
