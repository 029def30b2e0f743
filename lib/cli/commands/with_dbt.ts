/**
 * What commands need of their surroundings, and how a command gets its `Dbt`: by its flags and the environment, over the
 * platform's `fetch`. Every command that sends a request is run by {@linkcode withDbt}.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import type * as Path from "effect/Path";
import type * as Stdio from "effect/Stdio";
import type * as Terminal from "effect/Terminal";
import type * as Command from "effect/cli/Command";
import type * as HttpClient from "effect/http/HttpClient";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { clientOptions, reportsDrift } from "../input/global_flags.ts";
import type { Ended, UsageError } from "../output/exit_code.ts";

/** The platform. */
export type Platform = FileSystem.FileSystem | Path.Path | Stdio.Stdio | Terminal.Terminal;

/** What a command that sends requests needs. */
export type CommandServices = Dbt | Platform;

/** A command of the tree, whatever its flags are. */
// `any` as in effect/cli's own `Command.Any`: a tree holds commands of every input.
// deno-lint-ignore no-explicit-any
export type AnyCommand = Command.Command<any, any, any, DbtError | Ended | UsageError, any>;

/** Runs a command line, as `main.ts` does; gives its exit code. */
export type RunCommandLine = (
  argv: ReadonlyArray<string>,
) => Effect.Effect<number, never, Platform | Command.Environment>;

/** The `HttpClient` of commands: over `fetch`, loaded by the first command that sends anything. Tests replace it. */
export const Transport: Context.Reference<Effect.Effect<Layer.Layer<HttpClient.HttpClient>>> = Context.Reference(
  "@dbtc/dbtc/cli/with_dbt/Transport",
  {
    defaultValue: () =>
      Effect.map(Effect.promise(() => import("../../client/transport.ts")), ({ transport }) => transport),
  },
);

/** The account and the project that the flags of a command name: they choose the entry of `dbt_cloud.yml`. */
export const NamedIds: Context.Reference<{ readonly account_id?: number; readonly project_id?: number }> = Context
  .Reference("@dbtc/dbtc/cli/with_dbt/NamedIds", { defaultValue: () => ({}) });

/** Gives a command its `Dbt`, as its flags say. */
export const withDbt = Effect.fnUntraced(function* <A, E, R>(command: Effect.Effect<A, E, R>) {
  const { layerEnvironment } = yield* Effect.promise(() => import("../../client/mod.ts"));
  const client = Layer.provide(
    layerEnvironment({ ...yield* clientOptions, ...yield* NamedIds }),
    yield* yield* Transport,
  );
  const called = Effect.provide(command, client);
  if (!(yield* reportsDrift)) return yield* called;
  const { reportingDrift } = yield* Effect.promise(() => import("../output/print_drift.ts"));
  return yield* reportingDrift(called);
});
