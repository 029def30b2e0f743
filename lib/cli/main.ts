/**
 * The command: from a command line to an exit code.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as References from "effect/References";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as CliConfig from "effect/cli/CliConfig";
import * as CliError from "effect/cli/CliError";
import * as CliOutput from "effect/cli/CliOutput";
import * as Command from "effect/cli/Command";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import deno from "../../deno.json" with { type: "json" };
import { variable } from "../client/config.ts";
import { DbtError } from "../error.ts";
import { findWords, spell, typedWords } from "./input/argv.ts";
import { makeTree } from "./tree.ts";
import { Ended, errorJson, ExitCode, exitCode, UsageError } from "./output/exit_code.ts";
import { clean, visible } from "./output/safe_text.ts";
import { otherCommands } from "./commands/other_commands.ts";
import type { RunCommandLine } from "./commands/with_dbt.ts";
import { globalSpellings } from "./input/global_flags.ts";
import { loadRows } from "./input/load_group.ts";
import { note } from "./output/write_output.ts";

/** Runs a command line; gives its exit code. An interrupt ends the command, whose code is then 130. */
export const run: RunCommandLine = Effect.fnUntraced(function* (argv) {
  let [args, help] = [argv, ""];
  const exit = yield* Effect.gen(function* () {
    const everything = argv.some((arg) => arg.startsWith("--completions"));
    const words = everything ? [] : typedWords(argv, globalSpellings);
    // What needs nothing of the table does not wait for it.
    const isAlone = words.length === 0
      ? argv.includes("--version")
      : otherCommands.some(({ name }) => name === words[0]);
    const rows = isAlone ? [] : yield* Effect.promise(() => loadRows(words));
    const found = findWords(argv, globalSpellings, rows);
    const { command, spellings } = yield* Effect.promise(() =>
      makeTree({ rows, words: everything ? undefined : found.words, run })
    );
    args = spell(found.args, [...spellings, ...globalSpellings]);
    const presenter = yield* present((text) => help = text);
    yield* Command.runWith(command, { version: deno.version, renderErrors: false })(args).pipe(
      Effect.provide(Layer.merge(surroundings, presenter)),
    );
  }).pipe(Effect.interruptible, Effect.exit);
  if (Exit.isSuccess(exit)) return ExitCode.done;
  if (Cause.hasInterruptsOnly(exit.cause)) return ExitCode.interrupted;
  return yield* report(Cause.squash(exit.cause), exit.cause, args, help);
}, Effect.uninterruptible);

/** Says on stderr what went wrong, once, and what it means as an exit code. */
const report = Effect.fnUntraced(function* (
  error: unknown,
  cause: Cause.Cause<unknown>,
  args: ReadonlyArray<string>,
  help: string,
) {
  if (error instanceof Ended) return error.code;
  if (error instanceof DbtError) {
    const shown = error.reason._tag === "RunFailed" || error.reason._tag === "RunCancelled";
    if (shown && !(yield* wantsJson(args))) return exitCode(error);
    yield* note((yield* wantsJson(args)) ? visible(errorJson(error)) : `dbtc: ${clean(error.message, true)}`);
    return exitCode(error);
  }
  if (error instanceof UsageError || CliError.isCliError(error)) {
    const message = error._tag === "ShowHelp" ? error.errors.map(usageOf).join("\n") : usageOf(error);
    const path = error._tag === "ShowHelp" ? error.commandPath : args.filter((arg) => !arg.startsWith("-")).slice(0, 2);
    yield* message === "" ? note(help) : usage(clean(message, true), args, path);
    return ExitCode.usage;
  }
  if (error instanceof Error && error.name === "NotCapable") {
    // Deno's words name the permission and its flag.
    yield* usage(`Deno does not let dbtc do this: ${clean(error.message)}`, args, []);
    return ExitCode.usage;
  }
  yield* note(
    `dbtc: a defect in dbtc ${deno.version}. Please report it, with the command that you ran:\n${Cause.pretty(cause)}`,
  );
  return ExitCode.defect;
});

/** A mistake on the command line, in one line. */
function usageOf(error: UsageError | CliError.CliError): string {
  if (error._tag === "UsageError") return error.message;
  if (error._tag !== "InvalidValue") return error.message.replaceAll(/\s+/g, " ").replace(" Did you", ". Did you");
  const name = error.kind === "flag" ? `--${error.option}` : error.option;
  return error.value === ""
    ? `${name} needs a value: ${error.expected}`
    : `${name}: "${error.value}" is not ${error.expected}`;
}

const usage = Effect.fnUntraced(function* (
  message: string,
  args: ReadonlyArray<string>,
  path: ReadonlyArray<string>,
) {
  yield* note(
    (yield* wantsJson(args))
      ? JSON.stringify({ error: { reason: "Usage", message } })
      : `dbtc: ${message}\nSee dbtc ${path.filter((word) => word !== "dbtc").join(" ")} --help`,
  );
});

/** With JSON on stdout, errors are JSON too: a program reads them. */
const wantsJson = Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
  const said = args.findLast((arg) => arg.startsWith("--format="))?.slice("--format=".length) ??
    (yield* variable("DBTC_FORMAT"));
  const stdio = yield* Stdio.Stdio;
  return said === undefined || said === "" ? !(yield* stdio.stdoutIsTerminal) : said.startsWith("json");
});

// ---- surroundings ---------------------------------------------------------------------------------------------------

/** Help that was asked for goes to stdout. Help that was not is kept: a mistake is told better by itself. */
const present = Effect.fnUntraced(function* (keep: (help: string) => void) {
  const { stdout } = yield* Stdio.Stdio;
  const { canColor } = yield* TerminalCapabilities;
  const formatter = CliOutput.defaultFormatter({ colors: canColor, globalFlags: "summary" });
  return CliOutput.layerPresenter({
    present: (event) => {
      if (event._tag === "InvalidInvocation") return Effect.void;
      const text = event._tag === "Version" ? deno.version : formatter.formatHelpDoc(event.helpDoc).trimEnd();
      return event._tag === "Help" && event.reason === "Implicit"
        ? Effect.sync(() => keep(text))
        : Effect.ignore(Stream.run(Stream.make(`${text}\n`), stdout()));
    },
  });
});

/** Words on what happens, as a retry, go to stderr. */
const logger = Logger.layer([
  Logger.withConsoleError(Logger.make(({ logLevel, message }) => {
    const text = (Array.isArray(message) ? message : [message]).map(String).join(" ");
    return `dbtc: ${logLevel === "Info" ? "" : `${logLevel.toLowerCase()}: `}${clean(text)}`;
  })),
]);

const surroundings = Layer.mergeAll(
  logger,
  Layer.succeed(References.MinimumLogLevel, "Warn"),
  CliConfig.layer({
    builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions, GlobalFlag.LogLevel],
  }),
);
