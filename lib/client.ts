/**
 * The session with dbt Cloud: sends an endpoint's request, tries again where that is safe, and checks the answer.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Pull from "effect/Pull";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import * as RateLimiter from "effect/persistence/RateLimiter";
import deno from "../deno.json" with { type: "json" };
import {
  cooldownHeader,
  explain,
  late,
  lost,
  readAnswer,
  type Received,
  refused,
  retryAfter,
  unanswered,
  withCooldown,
} from "./answer.ts";
import type { Call, Download, Endpoint } from "./endpoint.ts";
import { DbtError, isTransient, type Reason } from "./error.ts";
import { type Given, loadOptions } from "./config.ts";
import { baseUrl } from "./host.ts";
import { type Defaults, place, type Placed } from "./request.ts";
import { Pause, retry as defaultRetry, Waits } from "./retry.ts";
import { announce } from "./transfer.ts";

/** How to talk to dbt Cloud. */
export interface Options extends Defaults {
  /** A personal access token, or a service token. */
  readonly token: Redacted.Redacted<string>;
  /** The account's access host, as `ab123.us1.dbt.com`, or its URL. Plain http is allowed to this machine only. */
  readonly host?: string;
  /** The waits between attempts, instead of {@linkcode defaultRetry}. What may be sent again, it does not decide. */
  readonly retry?: Schedule.Schedule<unknown, DbtError>;
  /**
   * How long one attempt may wait for an answer to begin, and as long again for it to be whole; for a file, how long it
   * may stand still. 60 s when absent.
   */
  readonly timeout?: Duration.Input;
  /** The most requests a minute, for each account. 2,500 when absent: half of what dbt Cloud allows an account. */
  readonly requestsPerMinute?: number;
  /** Refuse every request that is not a GET. */
  readonly readonly?: boolean;
}

/** A session with dbt Cloud. */
export interface Session {
  /** Where requests go: `https://ab123.us1.dbt.com`. */
  readonly url: string;
  /** The ids that fill paths where a request has none. */
  readonly defaults: Defaults;
  /** Whether every request that is not a GET is refused. */
  readonly readonly: boolean;
  /** Sends a request and reads its answer. */
  readonly send: <Request, Success>(
    endpoint: Endpoint<Request, Success>,
    request: Request,
  ) => Effect.Effect<Success, DbtError>;
  /** Sends a request and streams the file that it answers. */
  readonly stream: <Request>(endpoint: Download<Request>, request: Request) => Stream.Stream<Uint8Array, DbtError>;
  /** Sends a request that is placed already, and reads its answer. */
  readonly submit: <Request, Success>(
    endpoint: Endpoint<Request, Success>,
    placed: Placed,
  ) => Effect.Effect<Success, DbtError>;
  /** Sends a request that is placed already, and gives the answer unread; errors speak of it by `name`. */
  readonly execute: (name: string, placed: Placed) => Effect.Effect<Received, DbtError>;
}

const Base: Context.ServiceClass<Dbt, "@dbtc/dbtc/client/Dbt", Session> = Context.Service<Dbt, Session>()(
  "@dbtc/dbtc/client/Dbt",
);

/**
 * The session that every endpoint needs.
 *
 * @example
 * ```ts
 * import { Dbt, jobs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = Dbt.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const page = await Effect.runPromise(jobs.list({ project_id: 1 }).pipe(Effect.provide(session)));
 * assert.equal(page.data[0]?.id, 1);
 * ```
 */
export class Dbt extends Base {
  /** A session over the `HttpClient` at hand. */
  static readonly layer: (options: Options) => Layer.Layer<Dbt, DbtError, HttpClient.HttpClient> = (options) =>
    Layer.effect(Dbt, make(options));

  /**
   * A session whose settings come from the environment, or from `~/.dbt/dbt_cloud.yml`, where `given` leaves them open:
   * token `DBT_CLOUD_SERVICE_TOKEN`, `DBT_CLOUD_API_KEY` or `DBT_CLOUD_TOKEN`; host `DBT_CLOUD_HOST` or
   * `DBT_CLOUD_ACCOUNT_HOST`; `DBT_CLOUD_ACCOUNT_ID`, `DBT_CLOUD_PROJECT_ID`, `DBT_CLOUD_ENVIRONMENT_ID`;
   * `DBTC_READONLY`. An empty variable is unset.
   */
  static readonly layerConfig: (
    given?: Given,
  ) => Layer.Layer<Dbt, DbtError, HttpClient.HttpClient | FileSystem.FileSystem> = (given) =>
    Layer.unwrap(Effect.map(loadOptions(given), Dbt.layer));

  /** A session over the platform's `fetch`. Redirects are not followed: they would carry the token elsewhere. */
  static readonly layerFetch: (options: Options) => Layer.Layer<Dbt, DbtError> = (options) =>
    Dbt.layer(options).pipe(Layer.provide(transport));
}

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

const make = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<Session, DbtError, HttpClient.HttpClient> {
  const base = baseUrl(options.host ?? "cloud.getdbt.com");
  if (Result.isFailure(base)) {
    return yield* new DbtError({ endpoint: "session", reason: { _tag: "Unsendable", detail: base.failure } });
  }
  const token = Redacted.value(options.token);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    // The platform's own complaint about such a header would print it.
    const detail = "the token is empty, or has a blank, a line break or another character that no token has";
    return yield* new DbtError({ endpoint: "session", reason: { _tag: "Unsendable", detail } });
  }
  const { origin: url, host } = base.success;
  const limiter = pausing(yield* RateLimiter.make.pipe(Effect.provide(RateLimiter.layerStoreMemory)));
  const timeout = Duration.fromInputUnsafe(options.timeout ?? Duration.seconds(60));
  const http = (yield* HttpClient.HttpClient).pipe(
    // Below the limiter, since what waits there has not been sent.
    HttpClient.transform((effect) => Effect.timeout(effect, timeout)),
    HttpClient.transformResponse(Effect.map(withCooldown)),
    HttpClient.withRateLimiter({
      limiter,
      algorithm: "token-bucket",
      window: "1 minute",
      limit: options.requestsPerMinute ?? 2500,
      key: (request) => /\/accounts\/(\d+)/.exec(request.url)?.[1] ?? "",
      times: 0,
      responseHeaders: { retryAfter: cooldownHeader },
    }),
  );
  const defaults: Defaults = Struct.pick(options, ["account_id", "project_id", "environment_id"]);
  const policy = Schedule.while(options.retry ?? defaultRetry, ({ input }) => Effect.succeed(isTransient(input)));

  /** Why a call failed: without the token, whoever said it. One as short as the sandbox's may be a word like others. */
  const failure = (endpoint: string, reason: Reason): DbtError => {
    if (token.length < 12) return new DbtError({ endpoint, reason });
    // A reason is JSON, and remains one of its shape: only words within its strings change.
    const safe: Reason = JSON.parse(
      JSON.stringify(reason),
      (_, value) => typeof value === "string" ? value.replaceAll(token, "<redacted>") : value,
    );
    return new DbtError({ endpoint, reason: safe });
  };

  /** One attempt: an answer with a good status, or the reason why there is none. */
  const attempt = Effect.fnUntraced(function* (name: string, placed: Placed, accept: string) {
    const fail = (reason: Reason) => failure(name, reason);
    const request = HttpClientRequest.make(placed.method)(url + placed.path).pipe(
      HttpClientRequest.setUrlParams(placed.query),
      HttpClientRequest.bearerToken(options.token),
      HttpClientRequest.accept(accept),
      HttpClientRequest.setHeader("user-agent", `dbtc/${deno.version}`),
      placed.body === undefined ? (self) => self : HttpClientRequest.bodyJsonUnsafe(placed.body),
    );
    const response = yield* http.execute(request).pipe(
      Effect.catchTag("TimeoutError", () => Effect.fail(fail(lost(placed, host, late(timeout))))),
      Effect.catchTag("HttpClientError", (error) => Effect.fail(fail(unanswered(placed, host, error)))),
      // The limiter is told to delay, never to fail, and its store is this process's memory.
      Effect.catchTag("RateLimiterError", Effect.die),
    );
    yield* Effect.annotateCurrentSpan("http.response.status_code", response.status);
    yield* Effect.logDebug(`${placed.method} ${placed.path}: ${response.status}`);
    if (response.status >= 200 && response.status < 300) return response;
    const text = yield* response.text.pipe(
      Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.succeed("") }),
      Effect.orElseSucceed(() => ""),
    );
    return yield* fail(refused(placed, host, response.status, text, yield* retryAfter(response)));
  });

  /** Tries again while that is safe, and says in the span how often it tried. */
  const retrying = <A, R>(effect: Effect.Effect<A, DbtError, R>): Effect.Effect<A, DbtError, R> =>
    Effect.suspend(() => {
      let attempts = 0;
      const attempt = Effect.suspend(() =>
        Effect.andThen(Effect.annotateCurrentSpan("dbt.attempt", ++attempts), effect)
      );
      return Effect.flatMap(Waits, (waits) => Effect.retry(attempt, waits(policy)));
    });

  const check = (name: string, placed: Placed): Effect.Effect<void, DbtError> =>
    options.readonly && placed.method !== "GET"
      ? Effect.fail(failure(name, { _tag: "Unsendable", detail: readonlyDetail }))
      : Effect.void;

  const placing = <Request>(call: Call<Request> & { readonly name: string }, request: Request) =>
    Effect.mapError(
      Effect.fromResult(place(call, request, defaults)),
      (detail) => failure(call.name, { _tag: "Unsendable", detail }),
    );

  const receive = Effect.fnUntraced(function* <A>(
    name: string,
    placed: Placed,
    read: (received: Received) => Result.Result<A, Reason>,
  ): Effect.fn.Return<A, DbtError> {
    yield* check(name, placed);
    return yield* retrying(Effect.gen(function* () {
      const response = yield* attempt(name, placed, "application/json");
      const text = yield* response.text.pipe(
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => Effect.fail(failure(name, lost(placed, host, late(timeout)))),
        }),
        Effect.catchTag("HttpClientError", (error) => Effect.fail(failure(name, lost(placed, host, explain(error))))),
      );
      return yield* Effect.mapError(
        Effect.fromResult(read({ status: response.status, text })),
        // A read may be sent again when its answer was cut; a write happened.
        (reason) =>
          failure(
            name,
            reason._tag === "Undecodable" && placed.method !== "GET" ? { ...reason, truncated: false } : reason,
          ),
      );
    }));
  });

  const submit: Session["submit"] = ({ name, success }, placed) =>
    receive(name, placed, (received) => readAnswer(success, host, placed, received));

  return {
    url,
    defaults,
    readonly: options.readonly ?? false,
    execute: (name, placed) => receive(name, placed, Result.succeed).pipe(span(name)),
    submit: (endpoint, placed) => submit(endpoint, placed).pipe(span(endpoint.name)),
    send: (endpoint, request) =>
      placing(endpoint, request).pipe(
        Effect.flatMap((placed) => submit(endpoint, placed)),
        span(endpoint.name),
      ),
    stream: (endpoint, request) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const placed = yield* placing(endpoint, request);
          yield* check(endpoint.name, placed);
          return yield* retrying(firstBytes(
            Effect.flatMap(Effect.tap(attempt(endpoint.name, placed, "*/*"), announce), (response) => {
              // A page where a file should be is a login, or a proxy's: only documentation is HTML.
              if (/^text\/html/.test(response.headers["content-type"] ?? "") && !/\.html?$/.test(placed.path)) {
                const detail = "it is a page of HTML, not the file. Check the host";
                return Effect.fail(
                  failure(endpoint.name, { _tag: "Undecodable", status: response.status, detail, truncated: false }),
                );
              }
              return Effect.succeed(response.stream.pipe(
                Stream.timeoutOrElse({
                  duration: timeout,
                  orElse: () => Stream.fail(late(timeout)),
                }),
                Stream.mapError((error) =>
                  failure(endpoint.name, lost(placed, host, typeof error === "string" ? error : explain(error)))
                ),
              ));
            }),
            // No JSON is nothing: a proxy swallowed it. Any other file may be empty.
            placed.path.endsWith(".json")
              ? failure(endpoint.name, { _tag: "Undecodable", status: 200, detail: "it is empty", truncated: true })
              : undefined,
          ));
        }).pipe(span(endpoint.name)),
      ),
  };
});

/** A limiter that waits by itself, so that whoever calls decides how: see {@linkcode Pause}. */
function pausing(limiter: RateLimiter.RateLimiter): RateLimiter.RateLimiter {
  const pause = (delay: Duration.Duration) =>
    Duration.isZero(delay) ? Effect.void : Effect.flatMap(Pause, (pause) => pause(Effect.sleep(delay)));
  const adaptiveConsume: RateLimiter.RateLimiter["adaptiveConsume"] = (options) =>
    Effect.flatMap(limiter.adaptiveConsume(options), (result) =>
      Effect.andThen(
        pause(result.delay),
        // After a cooldown the limit is another one.
        result.phase === "cooldown" && !Duration.isZero(result.delay)
          ? adaptiveConsume(options)
          : Effect.succeed({ ...result, delay: Duration.zero }),
      ));
  return {
    ...limiter,
    consume: (options) =>
      Effect.flatMap(
        limiter.consume(options),
        (result) => Effect.as(pause(result.delay), { ...result, delay: Duration.zero }),
      ),
    adaptiveConsume,
  };
}

const readonlyDetail = "this session is read-only (DBTC_READONLY), and this is a write";

/** Names the span after the endpoint: `jobs.list`. */
function span(name: string): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> {
  const [group, verb] = name.split(".");
  const attributes = { "dbt.group": group, "dbt.verb": verb };
  // A stack for each call costs more than its span, and shows only how the session is made.
  return Effect.withSpan(name, { attributes, kind: "client" }, { captureStackTrace: false });
}

/** Reads the first bytes already, so that a caller who tries again does so before anyone saw a byte. */
const firstBytes = Effect.fnUntraced(function* <E>(
  open: Effect.Effect<Stream.Stream<Uint8Array, E>, E>,
  /** The failure that a file without a byte is, where it is one. */
  nothing: E | undefined,
): Effect.fn.Return<Stream.Stream<Uint8Array, E>, E, Scope.Scope> {
  const pull = yield* Stream.toPull(yield* open);
  const first = yield* Pull.catchDone(pull, () => nothing === undefined ? Effect.succeed([]) : Effect.fail(nothing));
  return Stream.concat(Stream.fromArray(first), Stream.fromPull(Effect.succeed(pull)));
});
