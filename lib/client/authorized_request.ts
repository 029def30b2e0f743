/**
 * Makes requests with the token. `make_dbt.ts` and `diagnose.ts` send them.
 *
 * @module
 */
import * as Redacted from "effect/Redacted";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import { version } from "../version.ts";
import type { Options } from "./client_options.ts";

/**
 * What is wrong with a token, if it cannot be sent. The platform would refuse the header with a message that contains the
 * token.
 */
export function problemOfToken({ token }: Options): string | undefined {
  return /^[\x21-\x7e]+$/.test(Redacted.value(token))
    ? undefined
    : "the token is empty, or has a blank, a line break or another character that no token has";
}

/** A request with the token, and with the body as JSON if there is one. */
export function authorizedRequest(
  { token }: Options,
  { accept, body, method, url }: {
    readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    readonly url: string;
    readonly accept: string;
    readonly body: unknown;
  },
): HttpClientRequest.HttpClientRequest {
  return HttpClientRequest.make(method)(url).pipe(
    HttpClientRequest.bearerToken(token),
    HttpClientRequest.accept(accept),
    HttpClientRequest.setHeader("user-agent", `dbtc/${version}`),
    body === undefined ? (self) => self : HttpClientRequest.bodyJsonUnsafe(body),
  );
}
