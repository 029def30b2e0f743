/**
 * The layers that provide `Dbt`. The library exports them as `DbtClient`; the command line uses `layerEnvironment`.
 *
 * @module
 */
import * as Config from "effect/Config";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import type * as HttpClient from "effect/http/HttpClient";
import { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import type { Options } from "./client_options.ts";
import type { Given } from "./config.ts";
import { make } from "./make_dbt.ts";
import { transport } from "./transport.ts";

export type { Given, Options };

/**
 * A client over the `HttpClient` that the program provides.
 *
 * **When to use**
 *
 * With a client of your own, or over the sandbox (`sandbox.layer`). For dbt Cloud itself, {@linkcode layerFetch} is
 * shorter.
 *
 * **Details**
 *
 * The client refuses redirects, also where the provided one is a bare `FetchHttpClient.layer`. If the program provides a
 * `RateLimiter`, clients with the same one share the budget of requests. See {@linkcode Options}.
 *
 * **Errors**
 *
 * `Unsendable`, if the host or the token is not usable. No request is made.
 *
 * @example
 * ```ts
 * import { DbtClient, projects } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const { data } = await Effect.runPromise(projects.list({}).pipe(Effect.provide(client)));
 * assert(data.length > 0);
 * ```
 */
export function layer(options: Options): Layer.Layer<Dbt, DbtError, HttpClient.HttpClient> {
  return Layer.effect(Dbt, make(options));
}

/**
 * A client whose settings are Effect's `Config`s.
 *
 * **When to use**
 *
 * Where the program reads its settings from names or a provider of its own.
 *
 * **Errors**
 *
 * `ConfigError`, if a setting is missing; `DbtError` with `Unsendable`, as {@linkcode layer}.
 *
 * @example
 * ```ts
 * import { DbtClient, projects } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Config from "effect/Config";
 * import * as ConfigProvider from "effect/ConfigProvider";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layerConfig({
 *   host: Config.String("WAREHOUSE_DBT_HOST"),
 *   token: Config.Redacted("WAREHOUSE_DBT_TOKEN"),
 *   account_id: Config.Int("WAREHOUSE_DBT_ACCOUNT"),
 * }).pipe(
 *   Layer.provide(sandbox.layer()),
 *   Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({
 *     env: { WAREHOUSE_DBT_HOST: "http://127.0.0.1", WAREHOUSE_DBT_TOKEN: "sandbox", WAREHOUSE_DBT_ACCOUNT: "1" },
 *   }))),
 * );
 * const { data } = await Effect.runPromise(projects.list({}).pipe(Effect.provide(client)));
 * assert(data.length > 0);
 * ```
 */
export function layerConfig(
  config: Config.Wrap<Options>,
): Layer.Layer<Dbt, DbtError | Config.ConfigError, HttpClient.HttpClient> {
  return Layer.unwrap(Effect.map(Config.unwrap(config), layer));
}

/**
 * A client whose settings come from a saved context, from the environment or from `~/.dbt/dbt_cloud.yml`, where `given`
 * leaves them open.
 *
 * **When to use**
 *
 * Where the program is to find its account as the `dbtc` command does.
 *
 * **Details**
 *
 * Host, token and account come from one source, the first of these that there is:
 *
 * 1. `token` and `host` of `given`,
 * 2. the saved context that `context` of `given` names, or else `DBTC_CONTEXT`: see `Contexts`,
 * 3. the environment: the token in `DBT_CLOUD_SERVICE_TOKEN`, in the file that `DBT_CLOUD_SERVICE_TOKEN_FILE` names, in
 *    `DBT_CLOUD_API_KEY` or `DBT_CLOUD_TOKEN`; the host in `DBT_CLOUD_HOST` or `DBT_CLOUD_ACCOUNT_HOST`, which may be any
 *    URL of dbt Cloud; the account in `DBT_CLOUD_ACCOUNT_ID`,
 * 4. the saved context that `dbtc auth use` chose,
 * 5. the active entry of `~/.dbt/dbt_cloud.yml`.
 *
 * Without a token in the environment, a host, account or project that is asked for chooses among the saved contexts. The
 * project is `DBT_CLOUD_PROJECT_ID`, else that of `dbt_project.yml`, else the context's own one; the environment is
 * `DBT_CLOUD_ENVIRONMENT_ID`. `DBT_CLOUD_DISCOVERY_URL` and `DBT_CLOUD_SEMANTIC_LAYER_URL` are the addresses of the other
 * two APIs, where they do not follow from the host; they are used only with a token of the environment. An empty variable
 * is unset. `DBTC_READONLY` and `DBTC_REQUESTS_PER_MINUTE` always count.
 *
 * **Errors**
 *
 * `Unsendable`: no token, no host, a value or a file that is not usable, a token command that fails, a contradiction, or
 * several contexts that fit. The message lists the candidates.
 *
 * @example
 * ```ts no-assert
 * import { DbtClient, jobs } from "@dbtc/dbtc";
 * import { NodeFileSystem } from "@effect/platform-node-shared";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import { transport } from "@dbtc/dbtc";
 *
 * const client = DbtClient.layerEnvironment({ readonly: true }).pipe(Layer.provide([transport, NodeFileSystem.layer]));
 * export const program = jobs.list({}).pipe(Effect.provide(client));
 * ```
 */
export function layerEnvironment(
  given?: Given,
): Layer.Layer<Dbt, DbtError, HttpClient.HttpClient | FileSystem.FileSystem> {
  return Layer.unwrap(Effect.gen(function* () {
    // Loaded here: most programs have their settings, and need none of the code that finds them.
    const { loadOptions } = yield* Effect.promise(() => import("./config.ts"));
    return layer(yield* loadOptions(given));
  }));
}

/**
 * A client over the platform's `fetch`.
 *
 * **When to use**
 *
 * For dbt Cloud, with settings that the program has.
 *
 * **Details**
 *
 * It follows no redirects, and in Deno it opens a connection for each write, since `fetch` re-sends a POST by itself if
 * a kept connection breaks.
 *
 * **Errors**
 *
 * `Unsendable`, as {@linkcode layer}.
 *
 * @example
 * ```ts no-assert
 * import { DbtClient, jobs } from "@dbtc/dbtc";
 * import * as Effect from "effect/Effect";
 * import * as Redacted from "effect/Redacted";
 *
 * const client = DbtClient.layerFetch({ host: "ab123.us1.dbt.com", account_id: 7, token: Redacted.make("dbtc_…") });
 * export const program = jobs.list({}).pipe(Effect.provide(client));
 * ```
 */
export function layerFetch(options: Options): Layer.Layer<Dbt, DbtError> {
  return layer(options).pipe(Layer.provide(transport));
}
