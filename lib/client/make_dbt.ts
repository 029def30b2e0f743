/**
 * Makes the `Dbt` service: sends an endpoint's request, retries where that is safe, and reads the answer. The layers of
 * `mod.ts` provide what is made here.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as Struct from "effect/Struct";
import * as Tracer from "effect/Tracer";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import type * as Headers from "effect/http/Headers";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import { type Dbt, type Named, type Received, RetrySchedule } from "../dbt.ts";
import { defined } from "../defined.ts";
import type { Call } from "../definition.ts";
import { DbtError, isTransient, longestWait, type Reason, unusable } from "../error.ts";
import { fewLevels, isTooDeep } from "../nesting.ts";
import { type Defaults, isRead, place, type Placed, staysPut } from "../request.ts";
import { authorizedRequest, problemOfToken } from "./authorized_request.ts";
import type { Options } from "./client_options.ts";
import { apiUrls, baseUrl, idsOf, urlVariable } from "./host.ts";
import { defaultRequestsPerMinute, makeBudget, type ReportStatus } from "./rate_limit.ts";
import { hiding, redact } from "./redact.ts";
import { answerReader, lostAnswer, noAnswerWithin, retryAfter, statusFailure, transportFailure } from "./response.ts";
import { readText, streamBody, withFirstBytes } from "./response_body.ts";
import { requestedWait, retry as defaultRetry, TransformRateLimitWait, TransformRetry } from "./retry.ts";
import { keepsConnection } from "./transport.ts";
import { reportDownloadStart } from "./download_size.ts";

/** Makes the service. Fails where the options make no sense. */
export const make = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<Dbt, DbtError, HttpClient.HttpClient> {
  const base = baseUrl(options.host);
  if (Result.isFailure(base)) return yield* unusable(base.failure);
  const urls = apiUrls(base.success, options);
  if (Result.isFailure(urls)) return yield* unusable(urls.failure);
  const ids = idsOf(base.success);
  if (ids.account_id !== undefined && (options.account_id ?? ids.account_id) !== ids.account_id) {
    return yield* unusable(`the host is a URL of account ${ids.account_id}, and account_id is ${options.account_id}`);
  }
  const problem = problemOfToken(options);
  if (problem !== undefined) return yield* unusable(problem);
  const token = Redacted.value(options.token);
  const { origin: url, host } = base.success;
  const { cooldowns = true, requestsPerMinute = defaultRequestsPerMinute } = options;
  if (!(requestsPerMinute >= 1 && requestsPerMinute < Infinity)) {
    return yield* unusable(`requestsPerMinute: ${requestsPerMinute} is not a number of requests, at least 1`);
  }
  const budget = yield* makeBudget(host, requestsPerMinute, cooldowns);
  const timeout = yield* durationOf(options, "timeout", Duration.minutes(1));
  const idleTimeout = yield* durationOf(options, "idleTimeout", Duration.minutes(1));
  const requestTimeout = yield* durationOf(options, "requestTimeout", Duration.infinity);
  const requestInit = Option.getOrUndefined(yield* Effect.serviceOption(FetchHttpClient.RequestInit));
  const http = yield* HttpClient.HttpClient;
  // An option may be there and undefined, such as a `Config` with that default: the host's id counts then.
  const defaults: Defaults = {
    ...ids,
    ...defined(Struct.pick(options, ["account_id", "project_id", "environment_id"])),
  };
  /** A schedule of delays as it is used: `isTransient` decides what is retried, and no retry is earlier than asked. */
  const retriesOf = (schedule: Schedule.Schedule<unknown, DbtError>) => {
    const transient = Schedule.while(
      schedule,
      ({ input }) => Effect.succeed(isTransient(input) && !(cooldowns && (requestedWait(input) ?? 0) > longestWait)),
    );
    return cooldowns
      ? Schedule.modifyDelay(
        transient,
        ({ duration, input }) => Effect.succeed(Duration.max(duration, Duration.seconds(requestedWait(input) ?? 0))),
      )
      : transient;
  };

  // A token as short as the sandbox's may be part of ordinary words.
  const secrets = token.length < 12 ? [] : [token];
  /** The failure of a call, without the token. */
  const failure = (endpoint: string, reason: Reason): DbtError =>
    new DbtError({ endpoint, reason: redact(reason, secrets) });

  /** Sends a request once. Fails where the status is not 2xx. */
  const sendOnce = Effect.fnUntraced(function* ({ name, placed, reportStatus }: Attempt, accept: string) {
    const fail = (reason: Reason) => failure(name, reason);
    const apiUrl = urls.success[placed.api ?? "admin"];
    const { host } = new URL(apiUrl);
    const { body, method, path, query } = placed;
    const request = HttpClientRequest.setUrlParams(
      authorizedRequest(options, { method, url: apiUrl + path, accept, body }),
      query,
    );
    const response = yield* withoutUnseenSpan(http.execute(request)).pipe(
      withFetchOptions(placed, requestInit),
      Effect.timeout(timeout),
      Effect.catchTag("TimeoutError", () => Effect.fail(fail(lostAnswer(placed, host, noAnswerWithin(timeout))))),
      Effect.catchTag(
        "HttpClientError",
        (error) => Effect.fail(fail(withWayOut(transportFailure(placed, host, error), placed))),
      ),
    );
    const { status } = response;
    const isOk = status >= 200 && status < 300;
    // Only a failure asks to wait.
    const wait = isOk ? {} : yield* retryAfter(response);
    yield* reportStatus(status, wait.retry_after);
    yield* Effect.annotateCurrentSpan("http.response.status_code", status);
    yield* Effect.logDebug(`${method} ${path}: ${status}`);
    if (isOk) return response;
    const text = yield* Effect.orElseSucceed(readText(response, idleTimeout), () => "");
    return yield* fail(statusFailure(placed, host, status, text, { ...wait, ...redirectOf(response) }));
  });

  /** Sends a request, with retries as far as they are safe and `requestTimeout` allows. */
  const withRetries = Effect.fnUntraced(function* <A, R>(
    name: string,
    placed: Placed,
    send: (attempt: Attempt) => Effect.Effect<A, DbtError, R>,
  ): Effect.fn.Return<A, DbtError, R> {
    const begin = yield* Clock.monotonicTimeNanos;
    const transformWait = yield* TransformRateLimitWait;
    const transformRetry = yield* TransformRetry;
    const progress: Progress = { waitsForAnswer: false, lastError: undefined };
    const timeLeft = Effect.map(
      Clock.monotonicTimeNanos,
      (now) => Duration.subtract(requestTimeout, Duration.nanos(now - begin)),
    );
    const timedOut = () => Effect.fail(requestTimedOut(name, placed, progress));
    // Each part has a timeout of its own: one around all of them would keep an interrupt from the waits, which it has
    // to end.
    const limited = <B, S>(part: Effect.Effect<B, DbtError, S>): Effect.Effect<B, DbtError, S> =>
      Duration.isFinite(requestTimeout)
        ? Effect.flatMap(
          timeLeft,
          (duration) =>
            Duration.isPositive(duration) ? Effect.timeoutOrElse(part, { duration, orElse: timedOut }) : timedOut(),
        )
        : part;

    let [attempts, errorsInARow] = [0, 0];
    const attempt = Effect.gen(function* () {
      yield* Effect.annotateCurrentSpan("dbt.attempt", ++attempts);
      const reportStatus = yield* budget.acquire(placed, (wait) => transformWait(limited(wait)));
      progress.waitsForAnswer = true;
      return yield* limited(send({ name, placed, reportStatus }));
    }).pipe(
      Effect.mapError((error) => withoutSecrets(placed, error)),
      Effect.tapError((error) =>
        Effect.sync(() => {
          progress.waitsForAnswer = false;
          progress.lastError = error;
        })
      ),
    );
    const schedule = retriesOf((yield* RetrySchedule) ?? options.retry ?? defaultRetry).pipe(
      Schedule.while(({ duration }) => Effect.map(timeLeft, (left) => Duration.isLessThan(duration, left))),
      // Comes last: what it logs is true only if there is a retry.
      Schedule.tap(({ duration, input: { message, reason } }) => {
        if (reason._tag === "RateLimited") {
          errorsInARow = 0;
          return budget.logWait(duration);
        }
        // The first error mostly passes unnoticed; from the second one on, the user waits.
        return ++errorsInARow === 2
          ? Effect.logWarning(`${message.replace(/ Try again later\.$/, "")} Trying again`)
          : Effect.void;
      }),
    );
    return yield* Effect.retry(attempt, transformRetry(schedule));
  });

  /** The failure after `requestTimeout`: a lost answer; or, while the call waits for a retry, the error before it. */
  const requestTimedOut = (name: string, placed: Placed, { lastError, waitsForAnswer }: Progress): DbtError => {
    if (waitsForAnswer) return failure(name, lostAnswer(placed, host, noAnswerWithin(requestTimeout)));
    const detail = `not sent within ${Duration.toSeconds(requestTimeout)} s`;
    return lastError ?? failure(name, { _tag: "Unreachable", host, detail, permanent: false });
  };

  const checkAllowed = (name: string, placed: Placed): Effect.Effect<void, DbtError> => {
    const { body, path } = placed;
    const detail = options.readonly && !isRead(placed)
      ? "this session is read-only (DBTC_READONLY), and this is a write"
      : !staysPut(path)
      ? `${JSON.stringify(path)} is not a path, or not the one that it says`
      : isTooDeep(body, fewLevels)
      ? `the body is nested deeper than ${fewLevels} levels`
      : undefined;
    return detail === undefined ? Effect.void : Effect.fail(failure(name, { _tag: "Unsendable", detail }));
  };

  const placeRequest = <Request>(call: Named<Call<Request>>, request: Request) =>
    Effect.mapError(
      Effect.fromResult(place(call, request, defaults)),
      (detail) => failure(call.name, { _tag: "Unsendable", detail }),
    );

  const sendAndRead = Effect.fnUntraced(function* <A>(
    name: string,
    placed: Placed,
    read: (received: Received) => Result.Result<A, Reason>,
  ): Effect.fn.Return<A, DbtError> {
    yield* checkAllowed(name, placed);
    return yield* withRetries(
      name,
      placed,
      (attempt) =>
        Effect.gen(function* () {
          const response = yield* sendOnce(attempt, "application/json");
          const { status } = response;
          const text = yield* Effect.mapError(readText(response, idleTimeout), ({ connectionLost, detail }) => {
            const undecodable: Reason = { _tag: "Undecodable", status, detail, truncated: false };
            return failure(name, connectionLost ? lostAnswer(placed, host, detail) : undecodable);
          });
          return yield* Effect.mapError(Effect.fromResult(read({ status, text })), (reason) => {
            // A truncated answer is retried, but not that of a write: the write was carried out.
            const isWritten = reason._tag === "Undecodable" && !isRead(placed);
            return failure(name, isWritten ? { ...reason, truncated: false } : reason);
          });
        }),
    );
  });

  /** Sends a request once, and waits for the first bytes of the file. */
  const openFile = ({ name, placed, reportStatus }: Attempt) => {
    const undecodable = (detail: string, status: number, truncated: boolean) =>
      failure(name, { _tag: "Undecodable", status, detail, truncated });
    const open = Effect.gen(function* () {
      const response = yield* sendOnce({ name, placed, reportStatus }, "*/*");
      yield* reportDownloadStart(response);
      // HTML in place of a file is the page of a login or of a proxy: of all artifacts, only documentation is HTML.
      if (/^text\/html/.test(response.headers["content-type"] ?? "") && !/\.html?$/.test(placed.path)) {
        // Read to its end, so that the connection is free.
        yield* Effect.ignore(readText(response, idleTimeout));
        return yield* undecodable("it is a page of HTML, not the file. Check the host", response.status, false);
      }
      return Stream.mapError(
        streamBody(response, idleTimeout),
        (detail) => failure(name, lostAnswer(placed, host, detail)),
      );
    });
    // JSON is never empty: a proxy lost it. Other files may be empty.
    return inOwnScope(
      withFirstBytes(open, placed.path.endsWith(".json") ? undecodable("it is empty", 200, true) : undefined),
    );
  };

  return {
    url,
    urls: urls.success,
    defaults,
    readonly: options.readonly ?? false,
    failure,
    withoutToken: hiding(secrets),
    execute: (name, placed, read) => sendAndRead(name, placed, read).pipe(withSpan(name)),
    send: (endpoint, request) =>
      Effect.gen(function* () {
        const placed = yield* placeRequest(endpoint, request);
        return yield* sendAndRead(endpoint.name, placed, yield* answerReader(endpoint, host, placed));
      }).pipe(withSpan(endpoint.name)),
    stream: (endpoint, request) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const placed = yield* placeRequest(endpoint, request);
          yield* checkAllowed(endpoint.name, placed);
          return yield* withRetries(endpoint.name, placed, openFile);
        }).pipe(withSpan(endpoint.name)),
      ),
  };
});

/** A duration of the options. Fails where the option is none. */
function durationOf(
  options: Options,
  name: "timeout" | "idleTimeout" | "requestTimeout",
  whereAbsent: Duration.Duration,
): Effect.Effect<Duration.Duration, DbtError> {
  return Option.match(Duration.fromInput(options[name] ?? whereAbsent), {
    onNone: () =>
      Effect.fail(unusable(`${name}: ${JSON.stringify(options[name])} is not a duration, such as "30 seconds"`)),
    onSome: (duration) =>
      Duration.isPositive(duration)
        ? Effect.succeed(duration)
        : Effect.fail(unusable(`${name}: ${Duration.format(duration)} leaves no time for an answer`)),
  });
}

/** An error without the secrets of its request. */
function withoutSecrets({ secrets }: Placed, error: DbtError): DbtError {
  return secrets === undefined
    ? error
    : new DbtError({ endpoint: error.endpoint, reason: redact(error.reason, secrets) });
}

/**
 * Leaves out the HTTP client's own span if no tracer exports it: Effect's default tracer exports nothing, and that span
 * costs as much as everything else that Effect does for a request. Without it, dbt Cloud gets no trace headers either.
 */
function withoutUnseenSpan<A, E, R>(request: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
  return Effect.flatMap(
    Effect.tracer,
    (tracer) =>
      tracer === Tracer.nativeTracer
        ? Effect.provideService(request, HttpClient.TracerDisabledWhen, () => true)
        : request,
  );
}

/**
 * Makes `fetch` return redirects instead of following them, with whatever client is provided: a redirect would carry
 * the token to another host, and a 307 sends a write twice. Clients that are not `fetch` follow none by themselves. A
 * read may use a connection that is kept. Other members of a `RequestInit` stay: those of the call, and below them those
 * that the client's layer was provided with.
 */
function withFetchOptions(
  placed: Placed,
  ofLayer: RequestInit | undefined,
): <A, E, R>(request: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> {
  return <A, E, R>(request: Effect.Effect<A, E, R>) =>
    Effect.updateContext(
      request,
      (context: Context.Context<R>) =>
        Context.add(context, FetchHttpClient.RequestInit, {
          ...ofLayer,
          ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
          ...(placed.reads ? { [keepsConnection]: true } : {}),
          redirect: "manual",
        }),
    );
}

/** A failure to reach a host that was derived from the access host, with what sets another. */
function withWayOut(reason: Reason, { api = "admin" }: Placed): Reason {
  return reason._tag !== "Unreachable" || api === "admin"
    ? reason
    : { ...reason, detail: `${reason.detail} (${urlVariable(api)} sets another address)` };
}

/** Where an answer redirects to, if it does. */
function redirectOf({ headers, status }: { readonly headers: Headers.Headers; readonly status: number }) {
  const { location } = headers;
  return status >= 300 && status < 400 && location !== undefined ? { location } : {};
}

/** Gives an attempt a scope of its own, which is closed when the attempt fails: its answer is not kept open. */
const inOwnScope = Effect.fnUntraced(function* <A, E, R>(
  attempt: Effect.Effect<A, E, R>,
): Effect.fn.Return<A, E, Exclude<R, Scope.Scope> | Scope.Scope> {
  const scope = yield* Scope.fork(yield* Effect.scope);
  return yield* attempt.pipe(
    Effect.provideService(Scope.Scope, scope),
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))),
  );
});

/** One attempt of a call. */
interface Attempt {
  readonly name: string;
  readonly placed: Placed;
  /** Has to be called with the status of the answer. */
  readonly reportStatus: ReportStatus;
}

/** How far a call has come. */
interface Progress {
  /** Whether a request was sent and is not answered yet. */
  waitsForAnswer: boolean;
  /** The error of the attempt before. */
  lastError: DbtError | undefined;
}

/** Puts an effect into a span with the name of the endpoint: `jobs.list`. */
function withSpan(name: string): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> {
  const [group, verb] = name.split(".");
  const attributes = { "dbt.group": group, "dbt.verb": verb };
  // To capture a stack trace takes longer than the span itself, and the trace would only show this file.
  return Effect.withSpan(name, { attributes, kind: "client" }, { captureStackTrace: false });
}
