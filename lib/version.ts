/**
 * The package's name and version, from `deno.json`: an import of that file puts all of it into every bundle.
 *
 * Written by `deno task generate`; not edited.
 *
 * @module
 */

/** The package's name. */
export const packageName = "@dbtc/dbtc";

/** The package's version. */
export const version = "0.1.0";
