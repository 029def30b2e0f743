#!/usr/bin/env -S deno run --allow-net --allow-env --allow-read --allow-write
/**
 * The command `dbtc`.
 *
 * @module
 */
import { printVersion } from "./lib/cli/print_version.ts";

// Node 20 does not know `import.meta.main`.
if (import.meta.main !== false && !await printVersion()) {
  const { runProcess } = await import("./lib/cli/run_process.ts");
  runProcess();
}
