/**
 * A transport that answers what a test wants, sessions over it, and virtual time. Most tests use it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientError from "effect/http/HttpClientError";
import type * as HttpClientRequest from "effect/http/HttpClientRequest";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { type Dbt, DbtClient, type DbtError, type Options } from "../../mod.ts";

// ---- a hostile transport --------------------------------------------------------------------------------------------

/** A request as the transport gets it. */
export interface Sent {
  /** The verb. */
  readonly method: string;
  /** Where it goes, with its query. */
  readonly url: URL;
  /** The path and the query, as sent. */
  readonly path: string;
  /** The headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, read as JSON. */
  readonly body: unknown;
  /** Seconds since the test began. */
  readonly at: number;
}

/** What the transport does with a request. */
export type Reply =
  /** It answers after `after` seconds. A body that is not text is sent as JSON. */
  | {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** The body in pieces, instead of `body`. An error breaks it off; at null nothing more comes. */
    readonly chunks?: ReadonlyArray<string | Uint8Array | Error | null>;
    /** Seconds before each piece. */
    readonly pause?: number;
    readonly after?: number;
  }
  /** It fails with this cause. */
  | Error
  /** It never answers. */
  | "silence";

/** A transport that a test controls, with the requests that it got. */
export interface Transport {
  /** The requests, in the order in which they came. */
  readonly sent: Array<Sent>;
  /** The transport. */
  readonly layer: Layer.Layer<HttpClient.HttpClient>;
}

/** Makes a transport. `index` is the number of earlier requests. */
export function transport(reply: (request: Sent, index: number) => Reply): Transport {
  const sent: Array<Sent> = [];
  const client = HttpClient.make(Effect.fnUntraced(function* (request, url) {
    const at = ((yield* Clock.currentTimeMillis) - start) / 1000;
    const path = url.pathname + url.search;
    const body = request.body._tag === "Uint8Array"
      ? JSON.parse(new TextDecoder().decode(request.body.body))
      : undefined;
    const index = sent.push({ method: request.method, url, path, headers: request.headers, body, at }) - 1;
    const answer = reply(sent[index]!, index);
    if (answer === "silence") return yield* Effect.never;
    if (answer instanceof Error) return yield* failure(request, answer);
    if (answer.after !== undefined) yield* Effect.sleep(answer.after * 1000);
    return response(request, answer);
  }));
  return { sent, layer: Layer.succeed(HttpClient.HttpClient, client) };
}

/** When a test begins, on the virtual clock, in milliseconds. */
const start = 1000;

function failure(request: HttpClientRequest.HttpClientRequest, cause: Error): HttpClientError.HttpClientError {
  return new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) });
}

/** A response whose body needs no promise, since virtual time does not wait for promises. */
function response(
  request: HttpClientRequest.HttpClientRequest,
  { status, headers, body, chunks, pause = 0 }: Exclude<Reply, Error | "silence">,
): HttpClientResponse.HttpClientResponse {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const parts = chunks ?? [text];
  const bytes = Stream.fromIterable(parts).pipe(
    Stream.mapEffect((part) => {
      if (part === null) return Effect.never;
      const piece = part instanceof Error
        ? Effect.fail(failure(request, part))
        : Effect.succeed(typeof part === "string" ? new TextEncoder().encode(part) : part);
      return pause === 0 ? piece : Effect.delay(piece, pause * 1000);
    }),
  );
  return Object.create(HttpClientResponse.fromWeb(request, new Response(null, { status, headers: { ...headers } })), {
    text: { value: Stream.mkString(Stream.decodeText(bytes)) },
    stream: { value: bytes },
  });
}

/** An answer in dbt's envelope. */
export function ok(data: unknown, extra?: unknown): Reply {
  return {
    status: 200,
    body: { status: { code: 200, is_success: true, user_message: "Success!", developer_message: "" }, data, extra },
  };
}

/** A refusal in dbt's envelope. */
export function refusal(status: number, user_message = "No.", data: unknown = null): Reply {
  return { status, body: { status: { code: status, is_success: false, user_message, developer_message: "" }, data } };
}

/** An answer of a proxy. */
export function html(status: number): Reply {
  return { status, headers: { "content-type": "text/html" }, body: "<html><body>Bad Gateway</body></html>" };
}

/** Deno's error for a connection that was never made. */
export const refused: Error = new TypeError("fetch failed", {
  cause: new Error(
    "error sending request for url (https://ab123.us1.dbt.com/api/): client error (Connect): tcp connect error: " +
      "Connection refused (os error 111)",
  ),
});

/** Deno's error for a connection that broke after the request was sent. */
export const reset: Error = new TypeError("fetch failed", {
  cause: new Error(
    "error sending request for url (https://ab123.us1.dbt.com/api/): client error (SendRequest): " +
      "connection closed before message completed",
  ),
});

/** Deno's error for a host with a wrong certificate. */
export const untrusted: Error = new TypeError("fetch failed", {
  cause: new Error(
    "error sending request for url (https://ab123.us1.dbt.com/api/): client error (Connect): invalid peer " +
      "certificate: certificate not valid for name",
  ),
});

// ---- sessions, and virtual time -------------------------------------------------------------------------------------

/** The token of {@linkcode session}. */
export const secret = "dbtc_s3cr3t-0123456789";

/** A session for account 7 over a transport. */
export function session(over: Transport, options: Partial<Options> = {}): Layer.Layer<Dbt, DbtError> {
  return DbtClient.layer({ token: Redacted.make(secret), host: "ab123.us1.dbt.com", account_id: 7, ...options }).pipe(
    Layer.provide(over.layer),
  );
}

/** The result of an effect, and how long it took. */
export interface Ended<A, E> {
  /** The result. */
  readonly result: Result.Result<A, E>;
  /** Virtual seconds that it took. */
  readonly seconds: number;
}

/** Runs an effect on virtual time until it ends. It must end within a virtual day, or within ten seconds of real time. */
export async function virtually<A, E>(effect: Effect.Effect<A, E>): Promise<Ended<A, E>> {
  const program = Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.gen(function* () {
      // The clock waits for a fiber that it woke until that one sleeps again, not for one that it did not wake.
      yield* Effect.sleep(start);
      const begun = yield* Clock.currentTimeMillis;
      const result = yield* Effect.result(effect);
      return { result, seconds: ((yield* Clock.currentTimeMillis) - begun) / 1000 };
    }));
    yield* TestClock.adjust("1 day");
    // A fiber that waits for something else than the clock, such as a file, begins to sleep only after that.
    const patience = performance.now() + 10_000;
    while (fiber.pollUnsafe() === undefined && performance.now() < patience) {
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve)));
      yield* TestClock.adjust("1 day");
    }
    assert.notEqual(fiber.pollUnsafe(), undefined, "still runs");
    return yield* Fiber.join(fiber);
  });
  return await Effect.runPromise(
    program.pipe(
      Effect.provide(TestClock.layer({ warningDelay: "1 minute" })),
      Effect.provide(Logger.layer([])),
      Effect.scoped,
    ),
  );
}

/**
 * The value of an effect whose fibers wait for each other, on virtual time: time moves second by second, and everything
 * runs until it waits between. The effect must end within a virtual hour.
 */
export async function succeedsStepwise<A, E>(effect: Effect.Effect<A, E>): Promise<A> {
  const program = Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect);
    for (let seconds = 0; seconds < 3600 && fiber.pollUnsafe() === undefined; seconds++) {
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve)));
      yield* TestClock.adjust("1 second");
    }
    assert.notEqual(fiber.pollUnsafe(), undefined, "still runs after a virtual hour");
    return yield* Fiber.join(fiber);
  });
  return await Effect.runPromise(
    program.pipe(Effect.provide(TestClock.layer({ warningDelay: "1 minute" })), Effect.provide(Logger.layer([]))),
  );
}

/** The value of an effect that succeeds, on virtual time. */
export async function succeeds<A, E>(effect: Effect.Effect<A, E>): Promise<A> {
  const { result } = await virtually(effect);
  return Result.getOrThrow(result);
}

/** The reason of an effect that fails, on virtual time. */
export async function fails<A>(effect: Effect.Effect<A, DbtError>): Promise<DbtError> {
  const { result } = await virtually(effect);
  assert(Result.isFailure(result), `succeeds with ${Deno.inspect(result)}`);
  return result.failure;
}
