/**
 * Makes text from a server harmless: to a terminal, to the CI system that reads the log, and in JSON. Everything from a
 * server passes through here before it is printed, but for what `--raw`, downloads and, in a pipe, `dbtc api` print
 * unchanged.
 *
 * @module
 */
import { escapeControls } from "../../client/redact.ts";
import { type ColorStyle, paint } from "./terminal.ts";

/**
 * The text in one line: without what controls a terminal or changes the direction of the text, and without what a CI
 * system takes for a command.
 */
export function clean(text: string): string {
  return breakCommands(withoutControls(text, /[\n\t]/g));
}

/** As {@linkcode clean}, but keeps line breaks. */
export function cleanLines(text: string): string {
  return breakCommands(withoutControls(text, /\t/g));
}

/** As {@linkcode cleanLines}, but keeps tabs too: for text that a program reads. */
export function cleanText(text: string): string {
  return breakCommands(withoutControls(text, /(?!)/g));
}

/** Escape sequences, control characters, and the marks that turn text around: https://www.unicode.org/reports/tr9/ */
function withoutControls(text: string, blanks: RegExp): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replaceAll(blanks, " ")
    // deno-lint-ignore no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

export { escapeControls };

/** The lines of a text, each behind a bar. */
export function quote(style: ColorStyle, text: string, indent = ""): string {
  return cleanLines(text).replaceAll(/^/gm, `${indent}${paint(style, "dim", "│")} `);
}

/**
 * Puts a blank into every command of a CI system, also where none reads along. GitHub takes `::error::` at the start of a
 * line and its old `##[error]` anywhere; Azure `##vso[…]` and TeamCity `##teamcity[…]` anywhere.
 */
export function breakCommands(text: string): string {
  return text.replaceAll(/##(?=\w*\[)/g, "## ").replaceAll(/^([^\S\n]*):(?=:)/gm, "$1: ");
}
