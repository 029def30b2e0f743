/**
 * The environment as Deno lets the command see it.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Stdio from "effect/Stdio";
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities";

/** The variables that are worth asking for. Without the others, as those of colours and of CI, one can do. */
const needed = /^(DBT_CLOUD_|DBTC_|HOME$|USERPROFILE$)/;

/** One variable at a time: who may read only some of them could not read all at once. An empty one is unset. */
const provider = ConfigProvider.make((path) =>
  Effect.sync(() => {
    const variable = path.join("_");
    const readable = needed.test(variable) ||
      Deno.permissions.querySync({ name: "env", variable }).state === "granted";
    const text = readable ? Deno.env.get(variable) : undefined;
    return text === undefined || text === "" ? undefined : ConfigProvider.makeValue(text);
  })
);

/** The environment, and what the terminal can do by it. */
export const environment: Layer.Layer<never, never, Stdio.Stdio> = TerminalCapabilities.layer.pipe(
  Layer.provideMerge(ConfigProvider.layer(provider)),
);
