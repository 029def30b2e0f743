#!/usr/bin/env -S deno run --allow-net --allow-env --allow-read --allow-write
/**
 * The command `dbtc`.
 *
 * @module
 */
import "./lib/cli/print_version.ts"; // First: see there.
import { runProcess } from "./lib/cli/run_process.ts";

// Node 20 does not know `import.meta.main`.
if (import.meta.main !== false) runProcess();
