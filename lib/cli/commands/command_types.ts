/**
 * The types that all commands share: what a command is, needs and fails with.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import type * as Stdio from "effect/Stdio";
import type * as Terminal from "effect/Terminal";
import type * as Command from "effect/cli/Command";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import type { CommandFlags, Spelling } from "../input/flag_types.ts";
import type { ExitWith, OutputError, UsageError } from "../output/exit_code.ts";

/** The services of the platform. `run_process.ts` provides them. */
type Platform = FileSystem.FileSystem | Path.Path | Stdio.Stdio | Terminal.Terminal;

/** The services that a command has when it sends requests. */
export type CommandServices = Dbt | Platform;

/** What a command does, once its flags are read. */
export type CommandEffect = Effect.Effect<void, DbtError | UsageError | OutputError | ExitWith, CommandServices>;

/** The values of flags. */
export type Values<Flags extends CommandFlags> = Command.Command.Config.InferValue<Flags>;

/** A command of the tree, with any flags and arguments. */
// `any` as in `Command.Any` of effect/cli: the tree has commands with inputs of every type.
// deno-lint-ignore no-explicit-any
export type AnyCommand = Command.Command<any, any, any, DbtError | OutputError | ExitWith | UsageError, any>;

/** A command, and what `argv.ts` has to know about it. */
export interface BuiltCommand {
  /** The command. */
  readonly command: AnyCommand;
  /** How its own flags are spelled. */
  readonly spellings: ReadonlyArray<Spelling>;
}

/** Runs a command line; gives its exit code. `main.ts` has it, and `dbtc record` runs another command with it. */
export type RunCommandLine = (
  argv: ReadonlyArray<string>,
) => Effect.Effect<number, never, Platform | Command.Environment>;
