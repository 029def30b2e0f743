/**
 * The session with dbt Cloud: sends an endpoint's request, tries again where that is safe, and checks the answer.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import * as Tracer from "effect/Tracer";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import deno from "../../deno.json" with { type: "json" };
import type { Dbt, Received } from "../dbt.ts";
import type { Call } from "../definition.ts";
import { DbtError, isTransient, type Reason } from "../error.ts";
import { type Defaults, place, type Placed, staysPut } from "../request.ts";
import type { Options } from "./client_options.ts";
import { announce } from "./download_size.ts";
import { baseUrl } from "./host.ts";
import { type Admitted, defaultRequestsPerMinute, makeBudget } from "./rate_limit.ts";
import { redact } from "./redact.ts";
import { late, lost, refused, retryAfter, unanswered } from "./response.ts";
import { chunksOf, firstBytes, readText } from "./response_body.ts";
import { Pause, retry as defaultRetry, Waits } from "./retry.ts";
import { reading } from "./send_placed.ts";

/** Makes the connection. */
export const make = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<Dbt, DbtError, HttpClient.HttpClient> {
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

  return {
    url,
    defaults,
    readonly: options.readonly ?? false,
    execute: (name, placed, read) => receive(name, placed, read).pipe(span(name)),
    send: (endpoint, request) =>
      placing(endpoint, request).pipe(
        Effect.flatMap((placed) =>
          Effect.flatMap(reading(endpoint, host, placed), (read) => receive(endpoint.name, placed, read))
        ),
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
 * Effect's own tracer shows its spans to nobody. Without another one a request has no span beside its call's, which
 * costs as much as all else that Effect does for it, and no headers that tell dbt Cloud of spans.
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
