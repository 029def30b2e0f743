/**
 * A sandbox behind a port of this machine.
 *
 * @module
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest";
import * as Effect from "effect/Effect";
import type * as HttpServerError from "effect/http/HttpServerError";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import type * as Scope from "effect/Scope";
import * as Http from "node:http";
import * as Https from "node:https";
import { type Handle, handleOf, open, type Options } from "./sandbox_handle.ts";
import { serve } from "./serve_request.ts";

/** What a sandbox is like that others can reach. */
export interface ListenOptions extends Options {
  /** The port; any that is free when 0 or absent. */
  readonly port?: number;
  /** Speak https, with a certificate that is made for this sandbox. */
  readonly tls?: boolean;
}

/** A sandbox that others on this machine can reach. */
export interface Listening extends Handle {
  /** Where it is: `http://127.0.0.1:8580`, or `https://…` with TLS. */
  readonly url: string;
  /** Its port. */
  readonly port: number;
  /** The authority that clients have to trust, as PEM, where it speaks https. */
  readonly authority?: string;
}

/** By the wall clock, whatever clock the sandbox has: it is the machine's network that is waited for. */
const settle = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 20)));

/** Loads what makes certificates only here. By the wall clock too: clients compare the dates with theirs. */
const newCertificate = Effect.promise(async () => {
  const { makeCertificate } = await import("./certificate.ts");
  return await makeCertificate(Date.now());
});

/** Answers on 127.0.0.1 until the scope closes. */
export const listen: (
  options: ListenOptions,
) => Effect.Effect<Listening, HttpServerError.ServeError, Scope.Scope> = Effect.fnUntraced(function* (options) {
  const served = { ...yield* open(options), flush: settle, secure: options.tls === true };
  const certificate = options.tls === true ? yield* newCertificate : undefined;
  const server = certificate === undefined ? Http.createServer() : Https.createServer(certificate);
  const http = yield* NodeHttpServer.make(() => server, {
    host: "127.0.0.1",
    port: options.port ?? 0,
    disablePreemptiveShutdown: true,
  });
  yield* http.serve(Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest;
    return yield* serve(served, request).pipe(
      Effect.interruptible,
      Effect.catchTag("Dropped", () =>
        Effect.sync(() => {
          NodeHttpServerRequest.toIncomingMessage(request).socket.destroy();
          return HttpServerResponse.empty();
        })),
    );
  }));
  // Whoever still waits for an answer gets none: else the server would wait for them.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.close();
      server.closeAllConnections();
    })
  );
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const here = {
    ...handleOf(served),
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
  };
  return certificate === undefined ? here : { ...here, authority: certificate.authority };
});
