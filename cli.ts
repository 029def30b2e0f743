#!/usr/bin/env -S deno run --allow-net --allow-env --allow-read --allow-write
/**
 * The command `dbtc`.
 *
 * @module
 */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { environment } from "./lib/cli/environment.ts";
import { run } from "./lib/cli/main.ts";
import { transport } from "./lib/client.ts";

/** What a shell expects of a process that ended by a signal. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

if (import.meta.main) {
  let signalled: number | undefined;
  const fiber = Effect.runFork(
    Effect.provide(run(Deno.args), Layer.merge(Layer.provideMerge(environment, NodeServices.layer), transport)),
  );
  const interrupt = (code: number) => {
    // Whoever asks twice does not want to wait.
    if (signalled !== undefined) Deno.exit(code);
    signalled = code;
    fiber.interruptUnsafe();
  };
  Deno.addSignalListener("SIGINT", () => interrupt(signals.SIGINT));
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => interrupt(signals.SIGTERM));
    // The terminal has gone, not the wish for the run: it is left.
    Deno.addSignalListener("SIGHUP", () => Deno.exit(signals.SIGHUP));
  }
  fiber.addObserver((exit) => Deno.exit(signalled ?? (exit._tag === "Success" ? exit.value : 70)));
}
