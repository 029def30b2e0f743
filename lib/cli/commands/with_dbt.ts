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
import { Dbt } from "../../dbt.ts";
import { describe } from "../../client/saved_context.ts";
import { optionsForUrls } from "../../client/options_for_urls.ts";
import { clientOptions, reportsDrift } from "../input/global_flags.ts";
import { clean } from "../output/safe_text.ts";
import { note, TokenGuard } from "../output/write_output.ts";

/** Loads the `HttpClient` of commands, which is over `fetch`. Tests and `dbtc record` replace it. */
export const Transport: Context.Reference<Effect.Effect<Layer.Layer<HttpClient.HttpClient>>> = Context.Reference(
  "@dbtc/dbtc/cli/commands/with_dbt/Transport",
  {
    defaultValue: () =>
      Effect.map(Effect.promise(() => import("../../client/transport.ts")), ({ transport }) => transport),
  },
);

/** What a command line says about the client that it needs. */
interface ClientWanted {
  /** The account that a flag names by its id. */
  readonly account_id?: number;
  /** The project that a flag names by its id. */
  readonly project_id?: number;
  /** The URLs that were pasted where ids are asked for. */
  readonly urls: ReadonlyArray<string>;
}

/** What the command line says about its client. */
export const ClientFor: Context.Reference<ClientWanted> = Context.Reference<ClientWanted>(
  "@dbtc/dbtc/cli/commands/with_dbt/ClientFor",
  { defaultValue: () => ({ urls: [] }) },
);

/** Runs a command with a client, and removes the client's token from all that the command prints from then on. */
export function withClient<A, E, R, E2, R2>(
  command: Effect.Effect<A, E, R>,
  client: Layer.Layer<Dbt, E2, R2>,
): Effect.Effect<A, E | E2, Exclude<R, Dbt> | R2> {
  const guarded = Effect.gen(function* () {
    const guard = yield* TokenGuard;
    const { withoutToken } = yield* Dbt;
    if (guard !== undefined) guard.withoutToken = withoutToken;
    return yield* command;
  });
  return Effect.provide(guarded, client);
}

/** Runs a command with the `Dbt` that its flags ask for. */
export const withDbt = Effect.fnUntraced(function* <A, E, R>(command: Effect.Effect<A, E, R>) {
  const { layer } = yield* Effect.promise(() => import("../../client/mod.ts"));
  const { urls, ...ids } = yield* ClientFor;
  const { context, options } = yield* optionsForUrls({ ...yield* clientOptions, ...ids }, urls);
  if (context !== undefined) yield* note(`Uses the context ${clean(describe(context))}, because of the URL`);
  const client = Layer.provide(layer(options), yield* yield* Transport);
  const provided = withClient(command, client);
  if (!(yield* reportsDrift)) return yield* provided;
  const { reportingDrift } = yield* Effect.promise(() => import("../output/print_drift.ts"));
  return yield* reportingDrift(provided);
});
