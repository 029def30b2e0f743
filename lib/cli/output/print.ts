/**
 * How this invocation prints, and where to.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as SchemaAST from "effect/SchemaAST";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import { usage } from "./exit_code.ts";
import { type Format, render, type Style } from "./render.ts";
import { fieldsOf } from "./row_fields.ts";
import { clean } from "./safe_text.ts";
import { note, write } from "./write_output.ts";

/** What every command is told: by flags, or by the environment. */
export interface Invocation {
  /** How to print; what stdout is decides when absent. */
  readonly format: Option.Option<Format>;
  /** The fields to print. */
  readonly fields: Option.Option<string>;
  /** Print the server's bytes. */
  readonly raw: boolean;
  /** The file to write. */
  readonly output: Option.Option<string>;
  /** Do not ask. */
  readonly yes: boolean;
  /** Print the request, and send nothing. */
  readonly dryRun: boolean;
}

/**
 * Refuses a file that could not be written, before anything is sent whose answer would then be lost. Its folder is made
 * where there is none.
 */
export const checkOutput = Effect.fnUntraced(function* ({ output }: Pick<Invocation, "output">) {
  if (Option.isNone(output) || output.value === "-") return;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const directory = path.dirname(output.value);
  // To ask the platform whether one may would take one more of Deno's permissions, and tell less.
  yield* fs.makeDirectory(directory, { recursive: true }).pipe(
    Effect.andThen(Effect.scoped(fs.makeTempDirectoryScoped({ directory, prefix: ".dbtc-" }))),
    Effect.mapError(({ cause }) => {
      // Deno's words name the permission and its flag.
      const denied = cause instanceof Error && cause.name === "NotCapable" ? clean(cause.message) : undefined;
      return usage(
        `Cannot write ${output.value}: ${denied ?? `${directory} is not a folder that one may write into`}`,
      );
    }),
  );
  const there = yield* Effect.option(fs.stat(output.value));
  if (Option.isSome(there) && there.value.type === "Directory") {
    return yield* usage(`Cannot write ${output.value}: it is a directory`);
  }
});

/** The width of a terminal; some say 0 where they do not know. */
export function widthOf(columns: number): number {
  return columns > 0 ? columns : 80;
}

/** How this invocation prints: as it was told, or as stdout is. */
export const styleOf = Effect.fnUntraced(function* (
  { fields, format, output }: Invocation,
  columns: ReadonlyArray<string> | undefined,
): Effect.fn.Return<Style, never, Stdio.Stdio | Terminal.Terminal> {
  const stdio = yield* Stdio.Stdio;
  const terminal = Option.isNone(output) && (yield* stdio.stdoutIsTerminal);
  return {
    format: Option.getOrElse(format, () => terminal ? "table" : "json"),
    ...(Option.isSome(fields) ? { fields: fields.value.split(",").map((field) => field.trim()) } : {}),
    ...(columns === undefined ? {} : { columns }),
    color: Option.isNone(output) && (yield* TerminalCapabilities).canColor,
    width: terminal
      ? yield* Effect.flatMap(Terminal.Terminal, ({ columns }) => Effect.map(columns, widthOf))
      : Infinity,
  };
});

/**
 * Prints a value. A field that nothing has is a mistake; after a write, whose answer is not there a second time, it is said
 * and the rest is printed.
 */
export const print = Effect.fnUntraced(function* (
  value: unknown,
  invocation: Invocation,
  columns: ReadonlyArray<string> | undefined,
  written = false,
) {
  const style = yield* styleOf(invocation, columns);
  const mistake = mistaken(Array.isArray(value) ? value : [value], style);
  if (mistake !== undefined) {
    if (!written) return yield* usage(mistake);
    yield* note(clean(mistake));
  }
  const text = yield* render(value, style);
  yield* write(Stream.make(text), Option.getOrUndefined(invocation.output));
});

/** What is wrong with `--fields`, where there are rows to tell. */
export function mistaken(rows: ReadonlyArray<unknown>, { fields }: Style): string | undefined {
  const known = new Set(rows.flatMap(fieldsOf));
  const unknown = rows.length === 0 ? undefined : fields?.find((field) => !known.has(field.split(".")[0] ?? ""));
  return unknown === undefined ? undefined : `--fields: nothing has "${unknown}". There is: ${[...known].join(", ")}`;
}

/** The item that a page's `data` is a list of. */
export function itemOf(ast: SchemaAST.AST): SchemaAST.AST {
  const data = SchemaAST.isObjects(ast) ? ast.propertySignatures.find(({ name }) => name === "data")?.type : undefined;
  return data !== undefined && SchemaAST.isArrays(data) ? data.rest[0] ?? ast : ast;
}
