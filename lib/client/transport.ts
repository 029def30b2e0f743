/**
 * How requests leave this process.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import type * as HttpClient from "effect/http/HttpClient";

// Deno 2.9's fetch sends a request again by itself when a connection that it reuses breaks: a POST too, although the
// first one may have happened. A connection of its own is never one that is reused.
const fetchOnce: Effect.Effect<typeof fetch, never, Scope.Scope> = Effect.gen(function* () {
  if (!("Deno" in globalThis)) return fetch;
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => Deno.createHttpClient({ poolMaxIdlePerHost: 0 })),
    (client) => Effect.sync(() => client.close()),
  );
  return (input, init) => fetch(input, init?.method === "GET" ? init : { ...init, client });
});

/** An `HttpClient` over the platform's `fetch` that follows no redirects, and sends a write only once. */
export const transport: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer.pipe(
  Layer.provide([
    Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Layer.effect(FetchHttpClient.Fetch, fetchOnce),
  ]),
);
