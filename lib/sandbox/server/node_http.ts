/**
 * Puts a server of `node:http` or `node:https` in front of a function that answers requests. Used by `listen.ts`.
 *
 * `@effect/platform-node` can do this too, and brings a Redis client and five more packages into everyone's lock file.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FiberSet from "effect/FiberSet";
import * as HttpServerError from "effect/http/HttpServerError";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import type * as HttpServerResponse from "effect/http/HttpServerResponse";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { once } from "node:events";
import type * as Http from "node:http";
import { arrayBuffer } from "node:stream/consumers";
import type { Dropped } from "./serve_request.ts";

/** Answers one request. Where it fails, the connection breaks. */
export type Answer = (
  request: HttpServerRequest.HttpServerRequest,
) => Effect.Effect<HttpServerResponse.HttpServerResponse, Dropped>;

/** Listens on a port of 127.0.0.1 (any that is free when 0) until the scope closes; gives the port. */
export const serveOn: (
  server: Http.Server,
  options: { readonly port: number; readonly secure: boolean; readonly answer: Answer },
) => Effect.Effect<number, HttpServerError.ServeError, Scope.Scope> = Effect.fnUntraced(
  function* (server, { answer, port, secure }) {
    const run = yield* FiberSet.makeRuntime();
    server.on("request", (request, response) => {
      const fiber = run(exchange(request, response, secure, answer));
      // The client has gone: nobody waits for this answer any more.
      response.once("close", () => fiber.interruptUnsafe());
    });
    // A client that still waits gets no answer. `close` alone would wait for it.
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        server.close();
        server.closeAllConnections();
      })
    );
    yield* Effect.callback<void, HttpServerError.ServeError>((resume) => {
      const fail = (cause: Error) => resume(Effect.fail(new HttpServerError.ServeError({ cause })));
      server.once("error", fail);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", fail);
        resume(Effect.void);
      });
    });
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  },
);

/** Reads a request, and writes its answer. */
function exchange(
  request: Http.IncomingMessage,
  response: Http.ServerResponse,
  secure: boolean,
  answer: Answer,
): Effect.Effect<void> {
  return Effect.gen(function* () {
    const bytes = yield* Effect.promise(() => arrayBuffer(request));
    const { body, headers, status, statusText } = yield* answer(webRequest(request, bytes, secure));
    response.writeHead(status, statusText, headers);
    if (body._tag !== "Stream") return void response.end(body._tag === "Uint8Array" ? body.body : undefined);
    yield* Stream.runForEach(
      body.stream,
      (piece) => response.write(piece) ? Effect.void : Effect.promise(() => once(response, "drain")),
    );
    response.end();
  }).pipe(
    Effect.catchDefect(() =>
      Effect.sync(() => response.headersSent ? response.destroy() : response.writeHead(500).end())
    ),
    Effect.catch(() => Effect.sync(() => request.socket.destroy())),
  );
}

/** A request as `effect/http` knows it. The web's `Request` refuses a body of GET and HEAD. */
function webRequest(
  { headers, method = "GET", url = "/" }: Http.IncomingMessage,
  bytes: ArrayBuffer,
  secure: boolean,
): HttpServerRequest.HttpServerRequest {
  const pairs = Object.entries(headers).map(([name, value = ""]): [string, string] => [name, String(value)]);
  const body = method === "GET" || method === "HEAD" ? null : bytes;
  const origin = `http${secure ? "s" : ""}://${headers.host ?? "127.0.0.1"}`;
  return HttpServerRequest.fromWeb(new Request(new URL(url, origin), { method, headers: pairs, body }));
}
