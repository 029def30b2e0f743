/**
 * The layers that provide `Dbt`. The library exports them as `DbtClient`; the command line uses `layerEnvironment`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import type * as HttpClient from "effect/http/HttpClient";
import { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import type { Options } from "./client_options.ts";
import { type Given, loadOptions } from "./config.ts";
import { make } from "./make_dbt.ts";
import { transport } from "./transport.ts";

export type { Given, Options };

/** A session over the `HttpClient` at hand. */
export function layer(options: Options): Layer.Layer<Dbt, DbtError, HttpClient.HttpClient> {
  return Layer.effect(Dbt, make(options));
}

/**
 * A session whose settings come from the environment, or from `~/.dbt/dbt_cloud.yml`, where `given` leaves them open:
 * token `DBT_CLOUD_SERVICE_TOKEN`, `DBT_CLOUD_API_KEY` or `DBT_CLOUD_TOKEN`; host `DBT_CLOUD_HOST` or
 * `DBT_CLOUD_ACCOUNT_HOST`; `DBT_CLOUD_ACCOUNT_ID`, `DBT_CLOUD_PROJECT_ID`, `DBT_CLOUD_ENVIRONMENT_ID`;
 * `DBTC_READONLY`, `DBTC_REQUESTS_PER_MINUTE`. An empty variable is unset.
 */
export function layerEnvironment(
  given?: Given,
): Layer.Layer<Dbt, DbtError, HttpClient.HttpClient | FileSystem.FileSystem> {
  return Layer.unwrap(Effect.map(loadOptions(given), layer));
}

/** A session over the platform's `fetch`. Redirects are not followed: they would carry the token elsewhere. */
export function layerFetch(options: Options): Layer.Layer<Dbt, DbtError> {
  return layer(options).pipe(Layer.provide(transport));
}
