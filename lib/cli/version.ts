/**
 * What `dbtc --version` prints: which dbtc it is, since there are others, and what runs it.
 *
 * @module
 */
import deno from "../../deno.json" with { type: "json" };
import process from "node:process";

const runtime = "Deno" in globalThis ? `Deno ${Deno.version.deno}` : `Node ${process.versions.node}`;

/** The line: `dbtc 0.1.0 (@dbtc/dbtc on Deno 2.9.6)`. */
export const versionLine = `dbtc ${deno.version} (${deno.name} on ${runtime})`;
