/**
 * Puts a server of `node:http` or `node:https` in front of a function that answers requests: reads bodies up to a
 * limit, gives up on requests that are never complete, and refuses what is not HTTP. Used by `listen.ts`.
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
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import type * as Http from "node:http";
import type { Duplex } from "node:stream";
import type { Dropped } from "./sandbox_state.ts";

/** Answers one request. Where it fails, the connection breaks. */
export type Answer = (
  request: HttpServerRequest.HttpServerRequest,
) => Effect.Effect<HttpServerResponse.HttpServerResponse, Dropped>;

/** The options of a server, by which it gives up on requests that arrive too slowly. In milliseconds. */
export const serverOptions = {
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1000,
} as const;

/** The most bytes of a request's body. The largest body that dbt Cloud needs is a few kilobytes. */
export const maxBody: number = 10 * 1024 * 1024;

/** Listens on a port (any that is free when 0) of an address (default: 127.0.0.1) until the scope closes; gives the port. */
export const serveOn: (
  server: Http.Server,
  options: { readonly port: number; readonly hostname?: string; readonly secure: boolean; readonly answer: Answer },
) => Effect.Effect<number, HttpServerError.ServeError, Scope.Scope> = Effect.fnUntraced(
  function* (server, { answer, hostname = "127.0.0.1", port, secure }) {
    const run = yield* FiberSet.makeRuntime();
    server.on("request", (request, response) => {
      const fiber = run(exchange(request, response, secure, answer));
      // The client has gone: nobody waits for this answer any more.
      response.once("close", () => fiber.interruptUnsafe());
    });
    // A client that asks before it sends (curl, above 1 MB) need not send what would be refused.
    server.on("checkContinue", (request, response) => {
      if (Number(request.headers["content-length"]) > maxBody) return refuse(response, tooLarge);
      response.writeContinue();
      server.emit("request", request, response);
    });
    server.on("clientError", (error, socket) => refuseOnSocket(socket, problemOf(error)));
    server.on("connect", (_, socket) => refuseOnSocket(socket, { status: 400, words: "This server is not a proxy" }));
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
      server.listen(port, hostname, () => {
        server.off("error", fail);
        // One connection that cannot be accepted, for want of file descriptors say, must not end the server.
        server.on("error", () => {});
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
    const bytes = yield* Effect.promise(() => readBody(request));
    if (bytes === undefined) return refuse(response, tooLarge);
    const read = webRequest(request, bytes, secure);
    if (Result.isFailure(read)) return refuse(response, read.failure);
    const { body, headers, status, statusText } = yield* answer(read.success);
    response.writeHead(status, statusText, headers);
    // A HEAD has the headers of the GET, and no body.
    if (body._tag !== "Stream" || request.method === "HEAD") {
      return void response.end(body._tag === "Uint8Array" ? body.body : undefined);
    }
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

/**
 * The body of a request; undefined where it is too large. It is then read to its end all the same, because many clients
 * read no answer while they send.
 */
async function readBody(request: Http.IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const pieces: Array<Uint8Array<ArrayBuffer>> = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size <= maxBody) pieces.push(piece);
    else pieces.length = 0;
  }
  return size <= maxBody ? Buffer.concat(pieces) : undefined;
}

// ---- requests that are refused --------------------------------------------------------------------------------------

/** Why a request is refused before anything reads it. */
interface Problem {
  readonly status: number;
  readonly words: string;
}

const tooLarge: Problem = { status: 413, words: `The body is larger than ${maxBody / 1024 / 1024} MiB` };

function malformed(words: string): Result.Result<never, Problem> {
  return Result.fail({ status: 400, words });
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** What is wrong with bytes that are no request. The codes are those of Node's parser. */
function problemOf(error: Error): Problem {
  const code = "code" in error ? error.code : undefined;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { status: 408, words: "The request was not complete in time" };
  if (code === "HPE_HEADER_OVERFLOW") return { status: 431, words: "The headers or the path are too long" };
  return { status: 400, words: "This is not a request of HTTP/1.1" };
}

function refuse(response: Http.ServerResponse, { status, words }: Problem): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${words}.\n`);
}

function refuseOnSocket(socket: Duplex, { status, words }: Problem): void {
  socket.on("error", () => {});
  if (!socket.writable) return void socket.destroy();
  const text = `${words}.\n`;
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status]}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
  );
}

/** A request as `effect/http` knows it, or why it is refused. The web's `Request` refuses a body of GET and HEAD. */
function webRequest(
  { headers, method = "GET", rawHeaders, url: target = "/" }: Http.IncomingMessage,
  bytes: Uint8Array<ArrayBuffer>,
  secure: boolean,
): Result.Result<HttpServerRequest.HttpServerRequest, Problem> {
  // `fetch` forbids these verbs, and so does the web's `Request`.
  if (/^(CONNECT|TRACE|TRACK)$/i.test(method)) {
    return Result.fail({ status: 405, words: `Method "${method}" not allowed` });
  }
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
  const host = headers.host ?? "127.0.0.1"; // HTTP/1.0 has none
  const url = urlOf(target, `http${secure ? "s" : ""}://${host}`);
  if (hosts > 1) return malformed("There are two Host headers");
  if (!isHost(host)) return malformed("The header Host is not a host with a port");
  if (url === undefined) return malformed("The request names neither a path nor a URL");
  const pairs = Object.entries(headers).map(([name, value = ""]): [string, string] => [name, String(value)]);
  const body = method === "GET" || method === "HEAD" ? null : bytes;
  return Result.succeed(HttpServerRequest.fromWeb(
    // A URL in the request's first line counts, and not the header (RFC 9112, 3.2.2).
    new Request(url, { method, headers: [...pairs.filter(([name]) => name !== "host"), ["host", url.host]], body }),
  ));
}

/** Whether a text is a name or address, with or without a port, and nothing else that a URL can have there. */
function isHost(text: string): boolean {
  return /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.test(text) && URL.canParse(`http://${text}`);
}

/** The URL of a request's first line: a path on this host, or all of a URL, as a proxy sends it. */
function urlOf(target: string, origin: string): URL | undefined {
  // A path of two slashes would be a host of its own.
  const text = /^\/(?!\/)/.test(target) ? origin + target : target === "*" ? `${origin}/*` : target;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && isHost(url.host) ? url : undefined;
}
