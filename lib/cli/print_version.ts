/**
 * Answers `dbtc --version` while the modules of the command are still being evaluated, and exits. Evaluating those of
 * Effect takes most of a start. `cli.ts` imports this first.
 *
 * @module
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { versionLine } from "./version.ts";

const isWritten = process.argv.slice(2).join(" ") === "--version" && write(`${versionLine}\n`);
if (isWritten) process.exit(0);

/** Writes to stdout. What fails here is tried again by the command, which says why. */
function write(text: string): boolean {
  try {
    writeSync(1, text);
    return true;
  } catch {
    return false;
  }
}
