/**
 * `--completions`: the completion scripts of shells; and the words that they ask for. `main.ts` has the flag in place of
 * the one of `effect/cli`, whose scripts hold all commands: a megabyte, which is old after the next release.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Completions from "effect/cli/Completions";
import * as GlobalFlag from "effect/cli/GlobalFlag";

const completions: GlobalFlag.Action<Option.Option<Completions.Shell>> = GlobalFlag.Action({
  flag: GlobalFlag.Completions.flag,
  run: Effect.fnUntraced(function* (shell) {
    if (Option.isNone(shell)) return;
    const { completionScripts } = yield* Effect.promise(() => import("./completion_scripts.ts"));
    yield* Console.log(completionScripts[shell.value].trimEnd());
  }),
});

/** The global flags that are no settings. Without the wizard: it would ask for the value of every flag. */
export const builtIns: ReadonlyArray<GlobalFlag.BuiltIn> = [
  GlobalFlag.Help,
  GlobalFlag.Version,
  completions,
  GlobalFlag.LogLevel,
];
