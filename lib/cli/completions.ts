/**
 * `--completions`: the completion scripts of shells. `main.ts` has it in place of the flag of `effect/cli`, whose scripts
 * leave out the global flags.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Command from "effect/cli/Command";
import * as Completions from "effect/cli/Completions";
import type * as Flag from "effect/cli/Flag";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import { globalSettings } from "./input/global_flags.ts";

const completions: GlobalFlag.Action<Option.Option<Completions.Shell>> = GlobalFlag.Action({
  flag: GlobalFlag.Completions.flag,
  run: Effect.fnUntraced(function* (shell, { command }) {
    if (Option.isNone(shell)) return;
    yield* Console.log(script(shell.value, Completions.fromCommand(command), globalFlags()));
  }),
});

/** The global flags that are no settings. Without the wizard: it would ask for the value of every flag. */
export const builtIns: ReadonlyArray<GlobalFlag.BuiltIn> = [
  GlobalFlag.Help,
  GlobalFlag.Version,
  completions,
  GlobalFlag.LogLevel,
];

/** The global flags as completions describe flags: `effect/cli` describes those of a command only. */
function globalFlags(): ReadonlyArray<Completions.FlagDescriptor> {
  const flags: ReadonlyArray<Flag.Flag<unknown>> = [...globalSettings, ...builtIns].map(({ flag }) => flag);
  return Completions.fromCommand(Command.make("dbtc", { flags })).flags;
}

/** The script of a shell. In fish, one line offers a flag in every command; other shells need it in each. */
function script(
  shell: Completions.Shell,
  command: Completions.CommandDescriptor,
  flags: ReadonlyArray<Completions.FlagDescriptor>,
): string {
  const generate = (command: Completions.CommandDescriptor) => Completions.generate(command.name, shell, command);
  return shell === "fish"
    ? `${generate(command)}\n${generate({ ...command, flags, subcommands: [] })}`
    : generate(withFlags(command, flags));
}

function withFlags(
  command: Completions.CommandDescriptor,
  flags: ReadonlyArray<Completions.FlagDescriptor>,
): Completions.CommandDescriptor {
  return {
    ...command,
    flags: [...command.flags, ...flags],
    subcommands: command.subcommands.map((subcommand) => withFlags(subcommand, flags)),
  };
}
