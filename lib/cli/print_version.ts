/**
 * Answers `dbtc --version` with nothing loaded but this. Loading Effect takes most of a start; on Deno, `node:process`
 * and `node:fs` alone take longer than the start of Deno itself.
 *
 * @module
 */
import { packageName, version } from "../version.ts";

/** Prints the version if the command line is `--version` alone. Returns whether it did. */
export async function printVersion(): Promise<boolean> {
  const args = "Deno" in globalThis ? Deno.args : (await import("node:process")).argv.slice(2);
  if (args.join(" ") !== "--version") return false;
  const line = new TextEncoder().encode(`${await versionLine()}\n`);
  try {
    if ("Deno" in globalThis) Deno.stdout.writeSync(line);
    else (await import("node:fs")).writeSync(1, line);
    return true;
  } catch {
    // The command writes it again, and says why it cannot.
    return false;
  }
}

/** Which dbtc it is, since there are others, and what runs it: `dbtc 0.1.0 (@dbtc/dbtc on Deno 2.9.6)`. */
export async function versionLine(): Promise<string> {
  const runtime = "Deno" in globalThis
    ? `Deno ${Deno.version.deno}`
    : `Node ${(await import("node:process")).versions.node}`;
  return `dbtc ${version} (${packageName} on ${runtime})`;
}
