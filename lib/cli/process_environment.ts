/**
 * The environment variables of the process. On Deno, the user may allow only some of them. `run_process.ts` provides this.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Stdio from "effect/Stdio";
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities";
import process from "node:process";

/** The variables for which Deno may ask the user. Others, such as those of colours and CI systems, are optional. */
const needed = /^(DBT_CLOUD_|DBTC_|HOME$|USERPROFILE$)/;

/** Reads one variable at a time: reading all of them at once needs the permission for all. An empty one is unset. */
const provider = ConfigProvider.make((path) =>
  Effect.sync(() => {
    const variable = path.join("_");
    const isReadable = needed.test(variable) || !("Deno" in globalThis) ||
      Deno.permissions.querySync({ name: "env", variable }).state === "granted";
    const text = isReadable ? process.env[variable] : undefined;
    return text === undefined || text === "" ? undefined : ConfigProvider.makeValue(text);
  })
);

/** The environment variables, and the capabilities of the terminal, which depend on them. */
export const environment: Layer.Layer<never, never, Stdio.Stdio> = TerminalCapabilities.layer.pipe(
  Layer.provideMerge(ConfigProvider.layer(provider)),
);
