/**
 * Lines at the bottom of a terminal that are drawn again in place: the state of several runs, or of a list that is
 * watched. Other lines scroll by above them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Terminal from "effect/Terminal";
import * as CliOutput from "effect/cli/CliOutput";
import { widthOf } from "./terminal.ts";

/** The lines, while they are shown. */
export interface LiveBlock {
  /** Draws these lines in place of the ones before. */
  readonly draw: (lines: ReadonlyArray<string>) => Effect.Effect<void>;
  /** Prints text above the lines, where it stays. */
  readonly printAbove: (text: string) => Effect.Effect<void>;
  /** Removes the lines. */
  readonly erase: Effect.Effect<void>;
}

/** Makes a block that `write` puts on the terminal. */
export const makeLiveBlock = Effect.fnUntraced(function* (
  write: (text: string) => Effect.Effect<void>,
): Effect.fn.Return<LiveBlock, never, Terminal.Terminal> {
  const terminal = yield* Terminal.Terminal;
  const widthNow = Effect.map(terminal.columns, widthOf);
  let shown: ReadonlyArray<string> = [];

  /** Back to where the block begins. A terminal that has become narrower has wrapped its lines. */
  const backTo = (width: number) => {
    const rows = shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(lengthOf(line) / width)), 0);
    return rows === 0 ? "" : `\r\u001b[${rows}A\u001b[J`;
  };
  /** The lines that fit the screen: one that wraps, or leaves it, could not be drawn again. */
  const fitting = Effect.fnUntraced(function* (lines: ReadonlyArray<string>, width: number) {
    const rows = yield* terminal.rows;
    const room = Math.max(1, (rows > 0 ? rows : 24) - 1);
    const seen = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`];
    return seen.map((line) => lengthOf(line) < width ? line : `${plain(line).slice(0, Math.max(0, width - 2))}…`);
  });
  const put = Effect.fnUntraced(function* (above: string, lines: ReadonlyArray<string>) {
    const width = yield* widthNow;
    const next = yield* fitting(lines, width);
    const text = backTo(width) + above + next.map((line) => `${line}\n`).join("");
    shown = next;
    if (text !== "") yield* write(text);
  });
  return {
    draw: (lines) => put("", lines),
    printAbove: (text) => Effect.suspend(() => put(`${text}\n`, shown)),
    erase: Effect.suspend(() => put("", [])),
  };
});

/** The text without colours. */
function plain(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

function lengthOf(line: string): number {
  return CliOutput.displayWidth(plain(line));
}
