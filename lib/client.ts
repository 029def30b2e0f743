/**
 * The session with dbt Cloud: sends an endpoint's request, tries again where that is safe, and checks the answer.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import * as Tracer from "effect/Tracer";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import deno from "../deno.json" with { type: "json" };
import { late, lost, readAnswer, type Received, refused, retryAfter, unanswered } from "./client/answer.ts";
import { chunksOf, firstBytes, readText } from "./client/body.ts";
import { Drift } from "./client/drift.ts";
import type { Call } from "./endpoint.ts";
import { DbtError, isTransient, type Reason } from "./error.ts";
import { type Given, loadOptions } from "./client/config.ts";
import { baseUrl } from "./client/host.ts";
import { type Admitted, defaultRequestsPerMinute, makeBudget } from "./client/limits.ts";
import { redact } from "./client/redact.ts";
import { type Defaults, place, type Placed, staysPut } from "./request.ts";
import { Pause, retry as defaultRetry, Waits } from "./client/retry.ts";
import { transport } from "./client/transport.ts";
import { announce } from "./artifacts/transfer.ts";
import { Session } from "./session.ts";

/** How to talk to dbt Cloud. */
export interface Options extends Defaults {
  /** A personal access token, or a service token. */
  readonly token: Redacted.Redacted<string>;
  /** The account's access host, as `ab123.us1.dbt.com`, or its URL. Plain http is allowed to this machine only. */
  readonly host?: string;
  /** The waits between attempts, instead of {@linkcode defaultRetry}. What may be sent again, it does not decide. */
  readonly retry?: Schedule.Schedule<unknown, DbtError>;
  /** How long one attempt may wait for an answer to begin. 60 s when absent. */
  readonly timeout?: Duration.Input;
  /** How long an answer that has begun may stand still; it may come as slowly as it likes. 60 s when absent. */
  readonly idleTimeout?: Duration.Input;
  /**
   * How long a whole call may take, with all its attempts and the waits between them; of a file, until its first byte.
   * No limit when absent.
   */
  readonly requestTimeout?: Duration.Input;
  /**
   * The most requests a minute, for each account: 2,500 when absent, half of what the Admin API allows. The other limits
   * are kept to the same part. Sessions that are given one `RateLimiter` share it.
   */
  readonly requestsPerMinute?: number;
  /** Refuse every request that is not a GET. */
  readonly readonly?: boolean;
}

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
export class Dbt extends Session {
  /** A session over the `HttpClient` at hand. */
  static readonly layer: (options: Options) => Layer.Layer<Dbt, DbtError, HttpClient.HttpClient> = (options) =>
    Layer.effect(Dbt, make(options));

  /**
   * A session whose settings come from the environment, or from `~/.dbt/dbt_cloud.yml`, where `given` leaves them open:
   * token `DBT_CLOUD_SERVICE_TOKEN`, `DBT_CLOUD_API_KEY` or `DBT_CLOUD_TOKEN`; host `DBT_CLOUD_HOST` or
   * `DBT_CLOUD_ACCOUNT_HOST`; `DBT_CLOUD_ACCOUNT_ID`, `DBT_CLOUD_PROJECT_ID`, `DBT_CLOUD_ENVIRONMENT_ID`;
   * `DBTC_READONLY`, `DBTC_REQUESTS_PER_MINUTE`. An empty variable is unset.
   */
  static readonly layerConfig: (
    given?: Given,
  ) => Layer.Layer<Dbt, DbtError, HttpClient.HttpClient | FileSystem.FileSystem> = (given) =>
    Layer.unwrap(Effect.map(loadOptions(given), Dbt.layer));

  /** A session over the platform's `fetch`. Redirects are not followed: they would carry the token elsewhere. */
  static readonly layerFetch: (options: Options) => Layer.Layer<Dbt, DbtError> = (options) =>
    Dbt.layer(options).pipe(Layer.provide(transport));
}

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
  const { requestsPerMinute = defaultRequestsPerMinute } = options;
  if (!(requestsPerMinute > 0)) {
    const detail = `${requestsPerMinute} requests a minute are none`;
    return yield* new DbtError({ endpoint: "session", reason: { _tag: "Unsendable", detail } });
  }
  const budget = yield* makeBudget(host, requestsPerMinute);
  const timeout = Duration.fromInputUnsafe(options.timeout ?? Duration.seconds(60));
  const idle = Duration.fromInputUnsafe(options.idleTimeout ?? Duration.seconds(60));
  const whole = Duration.fromInputUnsafe(options.requestTimeout ?? Duration.infinity);
  const http = yield* HttpClient.HttpClient;
  const defaults: Defaults = Struct.pick(options, ["account_id", "project_id", "environment_id"]);
  const policy = (options.retry ?? defaultRetry).pipe(
    Schedule.while(({ input }) => Effect.succeed(isTransient(input))),
  );

  /** Why a call failed: without the token, whoever said it. One as short as the sandbox's may be a word like others. */
  const failure = (endpoint: string, reason: Reason): DbtError =>
    new DbtError({ endpoint, reason: token.length < 12 ? reason : redact(reason, [token]) });

  /** One attempt: an answer with a good status, or the reason why there is none. */
  const attempt = Effect.fnUntraced(function* ({ admitted, name, placed }: Admission, accept: string) {
    const fail = (reason: Reason) => failure(name, reason);
    const request = HttpClientRequest.make(placed.method)(url + placed.path).pipe(
      HttpClientRequest.setUrlParams(placed.query),
      HttpClientRequest.bearerToken(options.token),
      HttpClientRequest.accept(accept),
      HttpClientRequest.setHeader("user-agent", `dbtc/${deno.version}`),
      placed.body === undefined ? (self) => self : HttpClientRequest.bodyJsonUnsafe(placed.body),
    );
    const response = yield* traced(http.execute(request)).pipe(
      Effect.timeout(timeout),
      Effect.catchTag("TimeoutError", () => Effect.fail(fail(lost(placed, host, late(timeout))))),
      Effect.catchTag("HttpClientError", (error) => Effect.fail(fail(unanswered(placed, host, error)))),
    );
    const { status } = response;
    const asked = yield* retryAfter(response);
    yield* admitted(status, asked.retry_after);
    yield* Effect.annotateCurrentSpan("http.response.status_code", status);
    yield* Effect.logDebug(`${placed.method} ${placed.path}: ${status}`);
    if (status >= 200 && status < 300) return response;
    const text = yield* Effect.orElseSucceed(readText(response, idle), () => "");
    return yield* fail(refused(placed, host, status, text, asked));
  });

  /** Tries again while that is safe, as long as the call may take, and says in the span how often it tried. */
  const retrying = Effect.fnUntraced(function* <A, R>(
    name: string,
    placed: Placed,
    once: (admission: Admission) => Effect.Effect<A, DbtError, R>,
  ): Effect.fn.Return<A, DbtError, R> {
    const begun = yield* Clock.monotonicTimeNanos;
    const pause = yield* Pause;
    const waits = yield* Waits;
    const call: Sending = { name, placed, sent: false, last: undefined };
    const left = Effect.map(
      Clock.monotonicTimeNanos,
      (now) => Duration.subtract(whole, Duration.nanos(now - begun)),
    );
    // Each part for itself: around all of it, a timeout would keep an interrupt from the waits that it may end.
    const within = <B, S>(part: Effect.Effect<B, DbtError, S>): Effect.Effect<B, DbtError, S> =>
      Duration.isFinite(whole)
        ? Effect.flatMap(left, (duration) => {
          const orElse = () => Effect.fail(tooLong(call));
          return Duration.isPositive(duration) ? Effect.timeoutOrElse(part, { duration, orElse }) : orElse();
        })
        : part;

    let [attempts, blips] = [0, 0];
    const attempt = Effect.gen(function* () {
      yield* Effect.annotateCurrentSpan("dbt.attempt", ++attempts);
      const admitted = yield* budget.admit(placed, (wait) => pause(within(wait)));
      call.sent = true;
      return yield* within(once({ name, placed, admitted }));
    }).pipe(
      Effect.mapError((error) => hidden(placed, error)),
      Effect.tapError((error) => Effect.sync(() => [call.sent, call.last] = [false, error])),
    );
    const patient = policy.pipe(
      Schedule.while(({ duration }) => Effect.map(left, (left) => Duration.isLessThan(duration, left))),
      // Told last: only what is tried again is said to be.
      Schedule.tap(({ duration, input: { message, reason } }) => {
        if (reason._tag === "RateLimited") {
          blips = 0;
          return budget.say(duration);
        }
        // Once is a blip; from the second time on, whoever waits wants to know.
        return ++blips === 2
          ? Effect.logWarning(`${message.replace(/ Try again later\.$/, "")} Trying again`)
          : Effect.void;
      }),
    );
    return yield* Effect.retry(attempt, waits(patient));
  });

  /** A call took too long: what was under way is lost, and what was not says why it was tried again. */
  const tooLong = ({ last, name, placed, sent }: Sending): DbtError => {
    if (sent) return failure(name, lost(placed, host, late(whole)));
    const detail = `not sent within ${Duration.toSeconds(whole)} s`;
    return last ?? failure(name, { _tag: "Unreachable", host, detail, permanent: false });
  };

  const check = (name: string, { method, path }: Placed): Effect.Effect<void, DbtError> => {
    const detail = options.readonly && method !== "GET"
      ? "this session is read-only (DBTC_READONLY), and this is a write"
      : staysPut(path)
      ? undefined
      : `${JSON.stringify(path)} is not a path, or not the one that it says`;
    return detail === undefined ? Effect.void : Effect.fail(failure(name, { _tag: "Unsendable", detail }));
  };

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
    return yield* retrying(
      name,
      placed,
      Effect.fnUntraced(function* (admission) {
        const response = yield* attempt(admission, "application/json");
        const { status } = response;
        const text = yield* Effect.mapError(
          readText(response, idle),
          ({ detail, lost: broken }) =>
            failure(
              name,
              broken ? lost(placed, host, detail) : { _tag: "Undecodable", status, detail, truncated: false },
            ),
        );
        return yield* Effect.mapError(
          Effect.fromResult(read({ status, text })),
          // A read may be sent again when its answer was cut; a write happened.
          (reason) =>
            failure(
              name,
              reason._tag === "Undecodable" && placed.method !== "GET" ? { ...reason, truncated: false } : reason,
            ),
        );
      }),
    );
  });

  const submit: Session["submit"] = ({ name, success }, placed) =>
    Effect.flatMap(Drift, (drift) => {
      const look = drift && ((value: unknown) => drift.observe(name, success, value));
      return receive(name, placed, (received) => readAnswer(success, host, placed, received, look));
    });

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
          const { name } = endpoint;
          return yield* retrying(name, placed, (admission) =>
            firstBytes(
              Effect.flatMap(Effect.tap(attempt(admission, "*/*"), announce), (response) => {
                // A page where a file should be is a login, or a proxy's: only documentation is HTML.
                if (/^text\/html/.test(response.headers["content-type"] ?? "") && !/\.html?$/.test(placed.path)) {
                  const detail = "it is a page of HTML, not the file. Check the host";
                  return Effect.fail(
                    failure(name, { _tag: "Undecodable", status: response.status, detail, truncated: false }),
                  );
                }
                return Effect.succeed(
                  Stream.mapError(chunksOf(response, idle), (detail) => failure(name, lost(placed, host, detail))),
                );
              }),
              // No JSON is nothing: a proxy swallowed it. Any other file may be empty.
              placed.path.endsWith(".json")
                ? failure(name, { _tag: "Undecodable", status: 200, detail: "it is empty", truncated: true })
                : undefined,
            ));
        }).pipe(span(endpoint.name)),
      ),
  };
});

/** An error without the secrets of its request. */
function hidden({ secrets }: Placed, error: DbtError): DbtError {
  return secrets === undefined
    ? error
    : new DbtError({ endpoint: error.endpoint, reason: redact(error.reason, secrets) });
}

/**
 * Effect's own tracer shows its spans to nobody. Without another one a request has no span beside its call's, which costs
 * as much as all else that Effect does for it, and no headers that tell dbt Cloud of spans.
 */
function traced<A, E, R>(request: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
  return Effect.flatMap(
    Effect.tracer,
    (tracer) =>
      tracer === Tracer.nativeTracer
        ? Effect.provideService(request, HttpClient.TracerDisabledWhen, () => true)
        : request,
  );
}

/** A call that is under way. */
interface Sending {
  readonly name: string;
  readonly placed: Placed;
  /** A request went out, and is not answered. */
  sent: boolean;
  /** How the attempt before ended. */
  last: DbtError | undefined;
}

/** A call whose request may go out now. */
interface Admission extends Pick<Sending, "name" | "placed"> {
  /** To be told how it was answered. */
  readonly admitted: Admitted;
}

/** Names the span after the endpoint: `jobs.list`. */
function span(name: string): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> {
  const [group, verb] = name.split(".");
  const attributes = { "dbt.group": group, "dbt.verb": verb };
  // A stack for each call costs more than its span, and shows only how the session is made.
  return Effect.withSpan(name, { attributes, kind: "client" }, { captureStackTrace: false });
}
