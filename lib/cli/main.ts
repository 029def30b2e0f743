/**
 * Runs a command line, and gives its exit code. `run_process.ts` runs it with the platform's services, tests with their own.
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
import * as Terminal from "effect/Terminal";
import * as CliConfig from "effect/cli/CliConfig";
import * as CliError from "effect/cli/CliError";
import * as CliOutput from "effect/cli/CliOutput";
import * as Command from "effect/cli/Command";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import { variable } from "../client/environment_variables.ts";
import { fileProblem, isFileProblem } from "../client/file_error.ts";
import { DbtError } from "../error.ts";
import { commandName } from "../groups/table_entry.ts";
import { version } from "../version.ts";
import type { RunCommandLine } from "./commands/command_types.ts";
import { otherCommands } from "./commands/other_commands.ts";
import { builtIns } from "./completions.ts";
import { findWords, spell, typedWords } from "./input/argv.ts";
import { globalSpellings } from "./input/global_flags.ts";
import { loadRows } from "./input/load_group.ts";
import { type KnownNames, usageMessage, withFlagOfId } from "./input/usage_message.ts";
import { AbsentError, errorJson, ExitCode, exitCode, ExitWith, OutputError, UsageError } from "./output/exit_code.ts";
import { clean, cleanLines, escapeControls } from "./output/safe_text.ts";
import { widthOf } from "./output/terminal.ts";
import { guarded, note, TokenGuard, writeToStdout } from "./output/write_output.ts";
import { versionLine } from "./print_version.ts";
import { makeTree } from "./tree.ts";

/** Runs a command line; gives its exit code. If it is interrupted, so is the command, and the exit code is 130. */
export const run: RunCommandLine = (argv) =>
  // One that is run within another, as by `dbtc record`, has the guard of the outer one.
  Effect.updateService(runGuarded(argv), TokenGuard, (outer) => outer ?? { withoutToken: (text) => text });

const runGuarded: RunCommandLine = Effect.fnUntraced(function* (argv) {
  if (argv[0] === "__complete") return yield* complete(argv.slice(1));
  // `dbtc help jobs list` is `dbtc jobs list --help`.
  if (argv[0] === "help") argv = [...argv.slice(1), "--help"];
  /** The command line, rewritten once its flags are known. */
  let args = argv;
  /** The help of a command line that names no command. */
  let help = "";
  /** What the user may have meant by a wrong command line. */
  let known: KnownNames = { path: [], rows: [], flags: [] };
  const exit = yield* Effect.gen(function* () {
    const words = typedWords(argv, globalSpellings);
    const needsNone = words.length === 0
      ? argv.some((arg) => arg === "--version" || arg.startsWith("--completions"))
      : otherCommands.some(({ name }) => name === words[0]);
    const rows = needsNone ? [] : yield* Effect.promise(() => loadRows(words));
    const found = findWords(argv, globalSpellings, rows);
    const { command, spellings } = yield* Effect.promise(() => makeTree({ rows, words: found.words, run }));
    const flags = [...spellings, ...globalSpellings];
    // Most other commands than those of the table have no verb: the second word is an argument.
    const hasVerb = found.row !== undefined ||
      otherCommands.some(({ name, verbs }) => verbs !== undefined && name === words[0]);
    const path = hasVerb ? found.words : found.words.slice(0, 1);
    known = { path, rows, flags: flags.flatMap(({ aliases = [], name }) => [name, ...aliases]) };
    args = spell(found.args, flags);
    const presenter = yield* makePresenter((text) => help = text);
    yield* Command.runWith(command, { version, renderErrors: false })(args).pipe(
      Effect.provide(Layer.merge(cliLayer, presenter)),
    );
  }).pipe(Effect.interruptible, Effect.exit);
  if (Exit.isSuccess(exit)) return ExitCode.done;
  if (Cause.hasInterruptsOnly(exit.cause)) return ExitCode.interrupted;
  return yield* reportFailure(exit.cause, args, help, known);
}, Effect.uninterruptible);

/** Prints the words that complete a command line. A failure prints nothing: it would stand in the user's prompt. */
const complete = Effect.fnUntraced(function* ([shell = "bash", ...words]: ReadonlyArray<string>) {
  const { completeWords, completionLines } = yield* Effect.promise(() => import("./complete_words.ts"));
  const found = yield* Effect.promise(() => completeWords(shell, words, run));
  const { completeNames } = yield* Effect.promise(() => import("./complete_names.ts"));
  const candidates = typeof found === "object" && "kind" in found
    ? (yield* completeNames(found.kind, found.current, found.flags, run))
      .map((name) => ({ ...name, word: found.prefix + name.word }))
    : found;
  const lines = completionLines(candidates);
  const stdio = yield* Stdio.Stdio;
  yield* Stream.run(guarded(Stream.make(lines)), stdio.stdout());
  return ExitCode.done;
}, Effect.catchCause(() => Effect.succeed(ExitCode.done)));

// ---- errors ---------------------------------------------------------------------------------------------------------

/** Prints an error on stderr; gives its exit code. */
const reportFailure = Effect.fnUntraced(function* (
  cause: Cause.Cause<unknown>,
  args: ReadonlyArray<string>,
  help: string,
  known: KnownNames,
) {
  const error = Cause.squash(cause);
  if (error instanceof ExitWith) return error.code;
  if (error instanceof DbtError) {
    const asJson = yield* wantsJson(args);
    // For people, `follow_run.ts` has printed how the run ended.
    const isPrinted = error.reason._tag === "RunFailed" || error.reason._tag === "RunCancelled";
    if (asJson) yield* note(escapeControls(errorJson(error)));
    else if (!isPrinted) yield* note(`dbtc: ${cleanLines(messageForPeople(error, known.path))}`);
    return exitCode(error);
  }
  const unwritten = error instanceof OutputError
    ? error.message
    : isFileProblem(error)
    ? `Cannot write to stdout: ${fileProblem(error)}`
    : undefined;
  if (unwritten !== undefined) {
    yield* noteProblem("NotWritten", unwritten, args);
    return ExitCode.notWritten;
  }
  if (error instanceof AbsentError) {
    yield* noteProblem("NotFound", error.message, args);
    return ExitCode.notFound;
  }
  if (error instanceof UsageError || CliError.isCliError(error)) {
    const message = error._tag === "UsageError" ? error.message : usageMessage(error, known);
    const path = error._tag === "ShowHelp" ? error.commandPath : known.path;
    yield* message === "" ? note(help) : noteUsage(cleanLines(message), args, path);
    return ExitCode.usage;
  }
  if (error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_BUILTIN_MODULE") {
    const [missing = ""] = /node:\w+/.exec(error.message) ?? [];
    yield* noteUsage(
      `this command needs ${missing}, which this Node lacks: use Node 22.13 or later, or Deno`,
      args,
      [],
    );
    return ExitCode.usage;
  }
  if (error instanceof Error && error.name === "NotCapable") {
    // Deno's message names the missing permission and its flag.
    yield* noteUsage(`Deno does not let dbtc do this: ${clean(error.message)}`, args, []);
    return ExitCode.usage;
  }
  yield* note(
    `dbtc: a defect in dbtc ${version}. Please report it, with the command that you ran:\n${Cause.pretty(cause)}`,
  );
  return ExitCode.defect;
});

/** The message, with the command that was typed in place of the endpoint: a command may call several endpoints. */
function messageForPeople({ endpoint, message }: DbtError, path: ReadonlyArray<string>): string {
  const text = withFlagOfId(message.slice(`${endpoint}: `.length));
  // Settings are wrong before there is an endpoint.
  return endpoint === "session" ? text : `${commandOf(path) || commandName(endpoint)}: ${text}`;
}

/** The words of a command without the program's own name. */
function commandOf(path: ReadonlyArray<string>): string {
  return path.filter((word) => word !== "dbtc").join(" ");
}

const noteUsage = Effect.fnUntraced(function* (
  message: string,
  args: ReadonlyArray<string>,
  path: ReadonlyArray<string>,
) {
  yield* noteProblem("Usage", message, args, `\nSee ${`dbtc ${commandOf(path)}`.trimEnd()} --help`);
});

/** Prints an error that is no `DbtError`: for people with what they may do, for programs as one line of JSON. */
const noteProblem = Effect.fnUntraced(function* (
  reason: string,
  message: string,
  args: ReadonlyArray<string>,
  remedy = "",
) {
  yield* note(
    (yield* wantsJson(args))
      ? escapeControls(JSON.stringify({ error: { reason, message } }))
      : `dbtc: ${cleanLines(message)}${remedy}`,
  );
});

/** Whether errors are JSON: if `--format` says so, or if no person reads stderr. */
const wantsJson = Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
  const format = args.findLast((arg) => arg.startsWith("--format="))?.slice("--format=".length) ??
    (yield* variable("DBTC_FORMAT"));
  const stdio = yield* Stdio.Stdio;
  return format === undefined || format === "" ? !(yield* stdio.stderrIsTerminal) : format.startsWith("json");
});

// ---- services of effect/cli -----------------------------------------------------------------------------------------

/** Prints help that the user asks for on stdout. Keeps other help: with an error, it would hide the error's message. */
const makePresenter = Effect.fnUntraced(function* (keep: (help: string) => void) {
  const stdio = yield* Stdio.Stdio;
  const { canColor } = yield* TerminalCapabilities;
  const { columns } = yield* Terminal.Terminal;
  return CliOutput.layerPresenter({
    present: Effect.fnUntraced(function* (event) {
      if (event._tag === "InvalidInvocation") return;
      const print = (text: string) =>
        Effect.provideService(Effect.orDie(writeToStdout(Stream.make(`${text}\n`))), Stdio.Stdio, stdio);
      if (event._tag === "Version") return yield* print(yield* Effect.promise(versionLine));
      const isRequested = event.reason === "Requested";
      const { helpPage, helpWidth, leastHelpWidth } = yield* Effect.promise(() => import("./output/help_page.ts"));
      const onTerminal = yield* isRequested ? stdio.stdoutIsTerminal : stdio.stderrIsTerminal;
      const help = helpPage(event.helpDoc, {
        color: canColor,
        width: onTerminal ? Math.max(leastHelpWidth, widthOf(yield* columns)) : helpWidth,
        describesGlobalFlags: isRequested && event.commandPath.length === 1,
        ...isRequested ? {} : { briefGroups: ["models and their runs", "administration"] },
      });
      return yield* isRequested ? print(help) : Effect.sync(() => keep(help));
    }),
  });
});

const toStderr = Logger.withConsoleError(Logger.make(({ fiber, logLevel, message }) => {
  const text = (Array.isArray(message) ? message : [message]).map(String).join(" ");
  const guard = fiber.getRef(TokenGuard);
  const line = clean(text);
  return `dbtc: ${logLevel === "Info" ? "" : `${logLevel.toLowerCase()}: `}${guard?.withoutToken(line) ?? line}`;
}));

/** Log messages, such as those of retries, as lines on stderr. A stderr that cannot be written stops nothing. */
const logger = Logger.layer([Logger.make((options) => {
  try {
    toStderr.log(options);
  } catch {
    // The disk is full, or the terminal has gone.
  }
})]);

const cliLayer = Layer.mergeAll(
  logger,
  Layer.succeed(References.MinimumLogLevel, "Warn"),
  CliConfig.layer({ builtIns }),
);
