/**
 * `--completions`: the completion scripts of shells; and the words that they ask for. `main.ts` has the flag in place of
 * the one of `effect/cli`, whose scripts hold all commands: a megabyte, which is old after the next release.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import type * as Completions from "effect/cli/Completions";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import { writeToStdout } from "./output/write_output.ts";

const completions: GlobalFlag.Action<Option.Option<Completions.Shell>> = GlobalFlag.Action({
  flag: GlobalFlag.Completions.flag,
  run: Effect.fnUntraced(function* (shell) {
    if (Option.isNone(shell)) return;
    const { completionScripts } = yield* Effect.promise(() => import("./completion_scripts.ts"));
    // `effect/cli` declares no requirements here. The console is no way: on Node it hides that it cannot write.
    const stdio = Context.getUnsafe(yield* Effect.context<never>(), Stdio.Stdio);
    const script = writeToStdout(Stream.make(completionScripts[shell.value]));
    yield* Effect.orDie(Effect.provideService(script, Stdio.Stdio, stdio));
  }),
});

/** The global flags that are no settings. Without the wizard: it would ask for the value of every flag. */
export const builtIns: ReadonlyArray<GlobalFlag.BuiltIn> = [
  GlobalFlag.Help,
  GlobalFlag.Version,
  completions,
  GlobalFlag.LogLevel,
];
