/**
 * Gives a command its `Dbt` service, made from the global flags and the environment. Every command that sends requests is
 * run by {@linkcode withDbt}.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as HttpClient from "effect/http/HttpClient";
import { clientOptions, reportsDrift } from "../input/global_flags.ts";

/** Loads the `HttpClient` of commands, which is over `fetch`. Tests and `dbtc record` replace it. */
export const Transport: Context.Reference<Effect.Effect<Layer.Layer<HttpClient.HttpClient>>> = Context.Reference(
  "@dbtc/dbtc/cli/commands/with_dbt/Transport",
  {
    defaultValue: () =>
      Effect.map(Effect.promise(() => import("../../client/transport.ts")), ({ transport }) => transport),
  },
);

/** The account and the project that the flags of a command name: they choose the entry of `dbt_cloud.yml`. */
export const NamedIds: Context.Reference<{ readonly account_id?: number; readonly project_id?: number }> = Context
  .Reference("@dbtc/dbtc/cli/commands/with_dbt/NamedIds", { defaultValue: () => ({}) });

/** Runs a command with the `Dbt` that its flags ask for. */
export const withDbt = Effect.fnUntraced(function* <A, E, R>(command: Effect.Effect<A, E, R>) {
  const { layerEnvironment } = yield* Effect.promise(() => import("../../client/mod.ts"));
  const client = Layer.provide(
    layerEnvironment({ ...yield* clientOptions, ...yield* NamedIds }),
    yield* yield* Transport,
  );
  const provided = Effect.provide(command, client);
  if (!(yield* reportsDrift)) return yield* provided;
  const { reportingDrift } = yield* Effect.promise(() => import("../output/print_drift.ts"));
  return yield* reportingDrift(provided);
});
