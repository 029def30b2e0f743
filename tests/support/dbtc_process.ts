/**
 * How tests start `dbtc` as a process: from its source on Deno, or as the variable DBTC_UNDER_TEST says, such as
 * `node /repo/dist/dbtc.mjs`. `deno task test:build` runs them so.
 *
 * @module
 */
const source = [
  Deno.execPath(),
  "run",
  "-A",
  "--quiet",
  "--no-check",
  new URL("../../cli.ts", import.meta.url).pathname,
];

/** The program, and its first arguments. No path may contain a space. */
export const [dbtcProgram = "", ...dbtcArgs]: ReadonlyArray<string> = Deno.env.get("DBTC_UNDER_TEST")?.split(" ") ??
  source;

/** The same in a shell. */
export const dbtcInShell: string = [dbtcProgram, ...dbtcArgs].join(" ");
