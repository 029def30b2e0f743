/** One page of 100 runs: sent, received and validated, against `fetch` and `JSON.parse`. Goal: × 1.9. @module */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as Redacted from "effect/Redacted";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import { listen } from "../lib/sandbox/server/listen.ts";
import { DbtClient, paginate, runs } from "../mod.ts";
import { compare } from "./measure.ts";
import * as Stream from "effect/Stream";

const page = await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
  const { url } = yield* listen({ runs: 100 });
  return yield* Effect.promise(() =>
    fetch(`${url}/api/v2/accounts/1/runs/?limit=100`, { headers: { authorization: "Bearer sandbox" } }).then((answer) =>
      answer.text()
    )
  );
})));

// A server that costs nothing, so that the client is what is measured.
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  () => new Response(page, { headers: { "content-type": "application/json" } }),
);
const url = `http://127.0.0.1:${server.addr.port}`;
const session = ManagedRuntime.make(
  DbtClient.layerFetch({ token: Redacted.make("sandbox"), host: url, account_id: 1, requestsPerMinute: 1_000_000 })
    .pipe(
      Layer.orDie,
    ),
);
const bare = ManagedRuntime.make(FetchHttpClient.layer);
const text = Effect.flatMap(HttpClient.get(`${url}/api/v2/accounts/1/runs/?limit=100`), (response) => response.text);
// What a program has done by its fifth page: from then on, the check of a page is compiled.
await session.runPromise(paginate(runs.list, {}).pipe(Stream.runDrain));

await compare("one page of 100 runs", [
  {
    name: "fetch and JSON.parse",
    run: async () => JSON.parse(await (await fetch(`${url}/api/v2/accounts/1/runs/?limit=100`)).text()),
  },
  // What nothing that is built on Effect goes below.
  { name: "Effect's HttpClient and JSON.parse", run: async () => JSON.parse(await bare.runPromise(text)) },
  { name: "runs.list", run: () => session.runPromise(runs.list({ limit: 100 })) },
], 300);

await session.dispose();
await bare.dispose();
await server.shutdown();
