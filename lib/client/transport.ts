/**
 * `transport`, the `HttpClient` that sends requests over the platform's `fetch`. `layerFetch` and the command line use
 * it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import type * as HttpClient from "effect/http/HttpClient";

/** Marks the options of a request that may be sent again, and so may use a connection that is kept. */
export const keepsConnection: unique symbol = Symbol("@dbtc/dbtc/client/transport/keepsConnection");

// When a reused connection breaks, Deno 2.9's fetch sends the request again by itself, even a POST that may have been
// carried out. So a write gets a new connection each time.
const fetchOnce: Effect.Effect<typeof fetch, never, Scope.Scope> = Effect.gen(function* () {
  if (!("Deno" in globalThis)) return fetch;
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => Deno.createHttpClient({ poolMaxIdlePerHost: 0 })),
    (client) => Effect.sync(() => client.close()),
  );
  return (input, init) =>
    fetch(input, init?.method === "GET" || (init && keepsConnection in init) ? init : { ...init, client });
});

/**
 * An `HttpClient` over the platform's `fetch` that follows no redirects, and sends a write only once.
 *
 * **When to use**
 *
 * Under `DbtClient.layer`, `layerConfig` and `layerEnvironment`. `DbtClient.layerFetch` has it already.
 *
 * **Details**
 *
 * In Deno it opens a connection for each write: `fetch` sends a POST again by itself if a kept connection breaks.
 */
export const transport: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer.pipe(
  Layer.provide([
    Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Layer.effect(FetchHttpClient.Fetch, fetchOnce),
  ]),
);
