/**
 * A sandbox that listens on a port of this machine, over http or https. `lib/sandbox/mod.ts` loads it when it is asked
 * to listen, and benchmarks use it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpServerError from "effect/http/HttpServerError";
import type * as Scope from "effect/Scope";
import * as Http from "node:http";
import * as Https from "node:https";
import { serveOn, serverOptions } from "./node_http.ts";
import { type Handle, makeHandle, openSandbox, type Options } from "./sandbox_handle.ts";
import { serveRequest } from "./serve_request.ts";

/** The options of a sandbox that listens on a port. */
export interface ListenOptions extends Options {
  /** The port (default: 0, any free port). */
  readonly port?: number;
  /** Whether to speak https, with a new certificate (default: false). */
  readonly tls?: boolean;
}

/** A sandbox that listens on a port. */
export interface Listening extends Handle {
  /** Its address: `http://127.0.0.1:8580`, or `https://…` with TLS. */
  readonly url: string;
  /** Its port. */
  readonly port: number;
  /** The authority that clients have to trust, as PEM; only with TLS. */
  readonly authority?: string;
}

/** Gives bytes time to leave the machine: by the wall clock, since a test's `Clock` does not move the network. */
const flush = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 20)));

/** By the wall clock too, since clients compare the dates with their own. */
const newCertificate = Effect.promise(async () => {
  const { makeCertificate } = await import("./certificate.ts");
  return await makeCertificate(Date.now());
});

/** Listens on 127.0.0.1 until the scope closes. */
export const listen: (
  options: ListenOptions,
) => Effect.Effect<Listening, HttpServerError.ServeError, Scope.Scope> = Effect.fnUntraced(function* (options) {
  const sandbox = { ...yield* openSandbox(options), flush };
  const certificate = options.tls === true ? yield* newCertificate : undefined;
  const server = certificate === undefined
    ? Http.createServer(serverOptions)
    : Https.createServer({ ...serverOptions, ...certificate });
  const port = yield* serveOn(server, {
    port: options.port ?? 0,
    secure: certificate !== undefined,
    answer: (request) => serveRequest(sandbox, request),
  });
  const here = {
    ...makeHandle(sandbox),
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
  };
  return certificate === undefined ? here : { ...here, authority: certificate.authority };
});
