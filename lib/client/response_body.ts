/**
 * Reading the body of an answer: all of it as text, or as a stream of bytes. `make_dbt.ts` uses both, for endpoints and
 * for downloads.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Pull from "effect/Pull";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type * as HttpClientError from "effect/http/HttpClientError";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import { MaxBodySize } from "effect/http/HttpIncomingMessage";
import { causeMessage, noAnswerWithin, transportMessage } from "./response.ts";

/** Why a body could not be read. */
export interface BodyFailure {
  /** Whether the connection broke or timed out. If not, the body is too long, or not UTF-8. */
  readonly connectionLost: boolean;
  /** What happened. */
  readonly detail: string;
}

/**
 * The most bytes of a body that is read as text: 64 MiB. A page of a hundred rows has less than one, a run with its
 * debug logs a few. A program can set another limit with Effect's `MaxBodySize`. Streamed files have no limit.
 */
const maxBytes = 64 * 2 ** 20;

/** The bytes of a body. Fails where no bytes come for `idleTimeout`. */
export function streamBody(
  response: HttpClientResponse.HttpClientResponse,
  idleTimeout: Duration.Duration,
): Stream.Stream<Uint8Array, string> {
  const bytes = Stream.suspend(() => streamOf(response)).pipe(
    Stream.catchTag(
      "HttpClientError",
      (error) => hasNoBody(error) ? Stream.empty : Stream.fail(transportMessage(error)),
    ),
  );
  const timedOut = () => Effect.fail(noAnswerWithin(idleTimeout));
  // `Stream.timeout` measures with the wall clock, which jumps when it is set.
  return Stream.transformPull(
    bytes,
    (pull) => Effect.succeed(Effect.timeoutOrElse(pull, { duration: idleTimeout, orElse: timedOut })),
  );
}

/**
 * The body, also if a wrapper of the transport has read it before, such as one that logs answers: the response keeps it
 * then, and another reader would throw.
 */
function streamOf(
  response: HttpClientResponse.HttpClientResponse,
): Stream.Stream<Uint8Array, HttpClientError.HttpClientError> {
  return Option.exists(HttpClientResponse.toWeb(response), ({ bodyUsed }) => bodyUsed)
    ? Stream.map(Stream.fromEffect(response.arrayBuffer), (bytes) => new Uint8Array(bytes))
    : response.stream;
}

/** Whether the transport's error means that the answer has no body. */
function hasNoBody({ reason }: HttpClientError.HttpClientError): boolean {
  return reason._tag === "EmptyBodyError";
}

/**
 * A body as text. Fails where no bytes come for `idleTimeout`, and where it is too long: a compressed one is counted as it
 * is inflated.
 */
export const readText: (
  response: HttpClientResponse.HttpClientResponse,
  idleTimeout: Duration.Duration,
) => Effect.Effect<string, BodyFailure> = Effect.fnUntraced(function* (response, idleTimeout) {
  const limit = Number((yield* MaxBodySize) ?? maxBytes);
  const clock = yield* Clock.Clock;
  const now = () => Duration.nanos(clock.monotonicTimeNanosUnsafe());
  // One buffer that grows; most pages fit at once. To keep the chunks would keep 16 times the memory: Deno gives each
  // 4 KiB of a compressed answer a buffer of 64 KiB.
  let bytes = new Uint8Array(256 * 1024);
  let [size, last] = [0, now()];
  const keep = (chunk: Uint8Array): BodyFailure | undefined => {
    last = now();
    const end = size + chunk.length;
    if (end > limit) return unreadable(`it is longer than ${limit} bytes`);
    if (end > bytes.length) {
      const larger = new Uint8Array(Math.max(end, Math.min(limit, 2 * bytes.length)));
      larger.set(bytes.subarray(0, size));
      bytes = larger;
    }
    bytes.set(chunk, size);
    size = end;
  };
  const body = webBody(response);
  const reading = body === undefined ? readStream(streamOf(response), keep) : readWeb(body, keep);
  // One fiber watches the whole body: a timeout around each chunk would double the time that reading takes.
  const watchIdle: Effect.Effect<never, BodyFailure> = Effect.suspend(() => {
    const left = Duration.subtract(idleTimeout, Duration.subtract(now(), last));
    return Duration.isPositive(left)
      ? Effect.andThen(Effect.sleep(left), watchIdle)
      : Effect.fail(connectionLost(noAnswerWithin(idleTimeout)));
  });
  yield* Effect.raceFirst(reading, watchIdle);
  return yield* Effect.fromResult(decode(bytes.subarray(0, size)));
});

/**
 * The body as `fetch` returned it; undefined for other transports, for a body that was read, and for a wrapper that reads
 * along, such as the recorder's, which has a stream of its own.
 */
function webBody(response: HttpClientResponse.HttpClientResponse): ReadableStream<Uint8Array> | undefined {
  const web = Object.hasOwn(response, "stream") ? Option.none() : HttpClientResponse.toWeb(response);
  return Option.getOrUndefined(Option.filter(web, ({ bodyUsed }) => !bodyUsed))?.body ?? undefined;
}

/** Takes a chunk, or says why no more of them are read. */
type Keep = (chunk: Uint8Array) => BodyFailure | undefined;

/** Reads the body of `fetch` itself: as a `Stream`, a page would take a fifth longer. */
function readWeb(body: ReadableStream<Uint8Array>, keep: Keep): Effect.Effect<void, BodyFailure> {
  const reader = body.getReader();
  const reading = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const failure = keep(part.value);
      if (failure !== undefined) return failure;
    }
  };
  return Effect.tryPromise({ try: reading, catch: (cause) => connectionLost(causeMessage(cause)) }).pipe(
    Effect.flatMap((failure) => failure === undefined ? Effect.void : Effect.fail(failure)),
    // Closes the connection of a body that nobody reads to its end.
    Effect.onError(() => Effect.sync(() => void reader.cancel().catch(() => {}))),
  );
}

/** Reads the body of any other transport. */
function readStream(
  stream: HttpClientResponse.HttpClientResponse["stream"],
  keep: Keep,
): Effect.Effect<void, BodyFailure> {
  return Stream.runForEachArray(stream, (chunks) => {
    for (const chunk of chunks) {
      const failure = keep(chunk);
      if (failure !== undefined) return Effect.fail(failure);
    }
    return Effect.void;
  }).pipe(
    Effect.catchTag(
      "HttpClientError",
      (error) => hasNoBody(error) ? Effect.void : Effect.fail(connectionLost(transportMessage(error))),
    ),
  );
}

function connectionLost(detail: string): BodyFailure {
  return { connectionLost: true, detail };
}

function unreadable(detail: string): BodyFailure {
  return { connectionLost: false, detail };
}

function decode(bytes: Uint8Array): Result.Result<string, BodyFailure> {
  // Deno decodes twice as fast without `fatal`.
  const text = new TextDecoder().decode(bytes);
  if (!text.includes("\ufffd")) return Result.succeed(text);
  try {
    // With `stream`, a body that ends within a character is no error here. Its JSON is cut too, which is found later.
    return Result.succeed(new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    return Result.fail(unreadable("it is not UTF-8"));
  }
}

/**
 * Opens a stream and waits for its first bytes, so that a failure before them can be retried: nobody has read anything
 * yet.
 */
export const withFirstBytes: <E>(
  open: Effect.Effect<Stream.Stream<Uint8Array, E>, E>,
  /** The failure where the file is empty; undefined where a file may be empty. */
  emptyFailure: E | undefined,
) => Effect.Effect<Stream.Stream<Uint8Array, E>, E, Scope.Scope> = Effect.fnUntraced(function* (open, emptyFailure) {
  const pull = yield* Stream.toPull(yield* open);
  const first = yield* Pull.catchDone(
    pull,
    () => emptyFailure === undefined ? Effect.succeed([]) : Effect.fail(emptyFailure),
  );
  return Stream.concat(Stream.fromArray(first), Stream.fromPull(Effect.succeed(pull)));
});
