/**
 * Makes text from a server harmless: to a terminal, to the CI system that reads the log, and in JSON. Everything from a
 * server passes through here before it is printed, but for what `--raw`, `dbtc api` and downloads print unchanged.
 *
 * @module
 */
import { type ColorStyle, paint } from "./terminal.ts";

/** The text in one line and without control characters: a server must not control the terminal. */
export function clean(text: string): string {
  return withoutEscapes(text).replaceAll(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001f\u007f-\u009f]/g,
    spaceForBlank,
  );
}

/** As {@linkcode clean}, but keeps line breaks. */
export function cleanLines(text: string): string {
  return withoutEscapes(text).replaceAll(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g,
    spaceForBlank,
  );
}

function withoutEscapes(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "");
}

function spaceForBlank(character: string): string {
  return character === "\n" || character === "\t" ? " " : "";
}

/** The lines of a text, each behind a bar: a CI system takes none of them for a command. */
export function quote(style: ColorStyle, text: string, indent = ""): string {
  return breakInlineCommands(cleanLines(text)).replaceAll(/^/gm, `${indent}${paint(style, "dim", "│")} `);
}

/** Breaks every command of a CI system: `::error::` at the start of a line, and `##[error]` anywhere. */
export function breakCommands(text: string): string {
  return breakInlineCommands(text).replaceAll(/^([^\S\n]*):(?=:)/gm, "$1: ");
}

/** Breaks the commands that count within a line: GitHub's old `##[error]`, Azure's `##vso[…]`, TeamCity's `##teamcity[…]`. */
export function breakInlineCommands(text: string): string {
  return text.replaceAll(/##(?=\w*\[)/g, "## ");
}

/** JSON with every control character escaped: `JSON.stringify` leaves some that terminals act on. */
export function escapeControls(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
