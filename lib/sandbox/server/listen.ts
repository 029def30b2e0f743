/**
 * A sandbox behind a port of this machine.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpServerError from "effect/http/HttpServerError";
import type * as Scope from "effect/Scope";
import * as Http from "node:http";
import * as Https from "node:https";
import { makeCertificate } from "./certificate.ts";
import { serveOn } from "./node_http.ts";
import { type Handle, handleOf, open, type Options } from "./sandbox_handle.ts";
import { serve } from "./server.ts";

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

/** Answers on 127.0.0.1 until the scope closes. */
export const listen: (
  options: ListenOptions,
) => Effect.Effect<Listening, HttpServerError.ServeError, Scope.Scope> = Effect.fnUntraced(function* (options) {
  const served = { ...yield* open(options), flush: settle };
  // By the wall clock too: it is others who look at the dates.
  const certificate = options.tls === true ? yield* Effect.promise(() => makeCertificate(Date.now())) : undefined;
  const port = yield* serveOn(certificate === undefined ? Http.createServer() : Https.createServer(certificate), {
    port: options.port ?? 0,
    secure: certificate !== undefined,
    answer: (request) => serve(served, request),
  });
  const here = {
    ...handleOf(served),
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
  };
  return certificate === undefined ? here : { ...here, authority: certificate.authority };
});
