/**
 * Text that others wrote, made harmless: to a terminal, to the CI system that reads along, and in JSON. Everything that is
 * printed passes through here.
 *
 * @module
 */
import { paint } from "./colors.ts";

/** Without control characters: what a server sends must not steer a terminal. */
export function clean(text: string, lines = false): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replaceAll(
    // deno-lint-ignore no-control-regex
    lines ? /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g : /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => character === "\n" || character === "\t" ? " " : "",
  );
}

/** Lines that others wrote, each behind a bar, so that none is a command to the CI system that reads them. */
export function quote(style: { readonly color: boolean }, text: string, indent = ""): string {
  return unmarked(clean(text, true)).replaceAll(/^/gm, `${indent}${paint(style, "dim", "│")} `);
}

/** Without what is a command to a CI system that reads along: `::error::` at a line's begin, `##[error]` anywhere. */
export function inert(text: string): string {
  return unmarked(text).replaceAll(/^([^\S\n]*):(?=:)/gm, "$1: ");
}

/** Without what is a command within a line: GitHub's old `##[error]`, Azure's `##vso[…]`, TeamCity's `##teamcity[…]`. */
export function unmarked(text: string): string {
  return text.replaceAll(/##(?=\w*\[)/g, "## ");
}

/** JSON whose control characters are all escaped: JSON itself leaves those that terminals take for commands too. */
export function visible(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
