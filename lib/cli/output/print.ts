/**
 * Prints a result as the global flags and the terminal say. Commands print through {@linkcode print}, or ask
 * {@linkcode styleFor} which format to write themselves.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import { defined } from "../../defined.ts";
import type { NamesByColumn, TimeForm } from "./cell_text.ts";
import { usage } from "./exit_code.ts";
import { type Format, render, type Style } from "./render.ts";
import { fieldsOf } from "./row_fields.ts";
import { clean } from "./safe_text.ts";
import { type ColorStyle, widthOf } from "./terminal.ts";
import { writePaged } from "./pager.ts";
import { note } from "./write_output.ts";

/** The settings of one command line that every command reads, from flags and the environment. */
export interface Invocation {
  /** The output format; undefined for a table on a terminal and JSON elsewhere. */
  readonly format: Format | undefined;
  /** Whether to write Arrow, which only some commands can. */
  readonly arrow?: boolean;
  /** Whether CSV marks the text that a spreadsheet takes for a formula. */
  readonly escapeFormulas: boolean;
  /** The fields to print; undefined for all of them, or a table's own columns. */
  readonly fields: ReadonlyArray<string> | undefined;
  /** How tables show times. */
  readonly time: TimeForm;
  /** Print the body of the response unchanged. */
  readonly raw: boolean;
  /** The file to write; undefined for stdout. */
  readonly output: string | undefined;
  /** Ask for no confirmation. */
  readonly yes: boolean;
  /** Print the request, and send nothing. */
  readonly dryRun: boolean;
}

/** How this command line prints. `columns` are those of a table. */
export const styleFor = Effect.fnUntraced(function* (
  { escapeFormulas, fields, format, output, time }: Invocation,
  columns?: ReadonlyArray<string>,
): Effect.fn.Return<Style, never, Stdio.Stdio | Terminal.Terminal> {
  const stdio = yield* Stdio.Stdio;
  const onTerminal = output === undefined && (yield* stdio.stdoutIsTerminal);
  return {
    format: format ?? (onTerminal ? "table" : "json"),
    escapeFormulas,
    toFile: output !== undefined && output !== "-",
    time,
    ...defined({ fields, columns }),
    color: output === undefined && (yield* TerminalCapabilities).canColor,
    width: onTerminal
      ? yield* Effect.flatMap(Terminal.Terminal, ({ columns }) => Effect.map(columns, widthOf))
      : Infinity,
  };
});

/** Whether a command prints its own text for people: for a table without `--fields`. Otherwise it prints data. */
export function isForPeople({ fields, format }: Style): boolean {
  return format === "table" && fields === undefined;
}

/** Whether a command prints all that it knows as JSON. Otherwise it prints the rows of that. */
export function isWholeJson({ fields, format }: Style): boolean {
  return format === "json" && fields === undefined;
}

/** The colours of what goes to stderr. */
export const stderrStyle: Effect.Effect<ColorStyle, never, Stdio.Stdio> = Effect.gen(function* () {
  const { stderrIsTerminal } = yield* Stdio.Stdio;
  return { color: (yield* stderrIsTerminal) && (yield* TerminalCapabilities).canColor };
});

/** What {@linkcode print} has to know about a result. */
interface PrintOptions {
  /** The columns of a table. */
  readonly columns?: ReadonlyArray<string> | undefined;
  /** Names that a table shows in place of ids. */
  readonly names?: NamesByColumn;
  /** The result of a write, which nobody can ask for again: a wrong `--fields` is noted, and the result printed. */
  readonly afterWrite?: boolean;
}

/** Prints a result. Fails if `--fields` names a field that no row has. */
export const print = Effect.fnUntraced(function* (
  value: unknown,
  invocation: Invocation,
  { afterWrite = false, columns, names }: PrintOptions = {},
) {
  const style = { ...yield* styleFor(invocation, columns), ...defined({ names }) };
  const mistake = fieldMistake(Array.isArray(value) ? value : [value], style);
  if (mistake !== undefined) {
    if (!afterWrite) return yield* usage(mistake);
    yield* note(clean(mistake));
  }
  yield* writePaged(Stream.make(yield* render(value, style)), invocation.output);
});

/** What is wrong with `--fields`: that it names a field which none of these rows has. */
export function fieldMistake(rows: ReadonlyArray<unknown>, { fields }: Style): string | undefined {
  const known = new Set(rows.flatMap(fieldsOf));
  const unknown = rows.length === 0 ? undefined : fields?.find((field) => !known.has(field.split(".")[0] ?? ""));
  return unknown === undefined ? undefined : `--fields: no row has "${unknown}". Fields: ${[...known].join(", ")}`;
}
