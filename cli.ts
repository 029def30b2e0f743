#!/usr/bin/env -S deno run --allow-net --allow-env --allow-read --allow-write --allow-sys
/**
 * The command `dbtc`.
 *
 * @module
 */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { run } from "./lib/cli/main.ts";
import { transport } from "./lib/client.ts";

if (import.meta.main) {
  const fiber = Effect.runFork(Effect.provide(run(Deno.args), Layer.merge(NodeServices.layer, transport)));
  fiber.addObserver((exit) => Deno.exit(exit._tag === "Success" ? exit.value : 70));
}
