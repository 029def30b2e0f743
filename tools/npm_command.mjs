#!/usr/bin/env node
/**
 * The command of the npm package: `tools/build.ts` copies it beside `dbtc.mjs`. Node keeps compiled code only of files
 * that are imported after the call.
 *
 * @module
 */
import module from "node:module";
import { join } from "node:path";
import process from "node:process";

const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && join(HOME, ".cache"));
// Node's default is a folder for temporary files, where other users of the machine could have put code.
// Node 20 has no such cache.
if (caches) module.enableCompileCache?.(join(caches, "dbtc"));
await import("./dbtc.mjs");
