/**
 * The body of an answer: read whole as text, or handed on as a file.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Pull from "effect/Pull";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type * as HttpClientError from "effect/http/HttpClientError";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";
import { MaxBodySize } from "effect/http/HttpIncomingMessage";
import { explain, late } from "./response.ts";

/** Why a body could not be read: the connection broke or stood still, or what came is no text that one could read. */
export interface Unread {
  /** The connection's fault. */
  readonly lost: boolean;
  /** What happened. */
  readonly detail: string;
}

/**
 * The most bytes of a body that is read whole: 64 MiB. A page of a hundred rows has less than one, a run with its debug
 * logs some. Effect's `MaxBodySize` says otherwise; files have no limit.
 */
const mostBytes = 64 * 2 ** 20;

const unread = (lost: boolean) => (detail: string): Unread => ({ lost, detail });

/** The bytes of a body, none of them later than `idle` after the one before. */
export function chunksOf(
  response: HttpClientResponse.HttpClientResponse,
  idle: Duration.Duration,
): Stream.Stream<Uint8Array, string> {
  const bytes = response.stream.pipe(
    Stream.catchTag("HttpClientError", (error) => isEmpty(error) ? Stream.empty : Stream.fail(explain(error))),
  );
  // Stream's own timeout reads the wall clock, which somebody may set.
  return Stream.transformPull(
    bytes,
    (pull) => Effect.succeed(Effect.timeoutOrElse(pull, { duration: idle, orElse: () => Effect.fail(late(idle)) })),
  );
}

/** The transport's word for an answer without a body. */
function isEmpty({ reason }: HttpClientError.HttpClientError): boolean {
  return reason._tag === "EmptyBodyError";
}

/** A body as text. */
export const readText: (
  response: HttpClientResponse.HttpClientResponse,
  idle: Duration.Duration,
) => Effect.Effect<string, Unread> = Effect.fnUntraced(function* (response, idle) {
  const most = Number((yield* MaxBodySize) ?? mostBytes);
  const clock = yield* Clock.Clock;
  const now = () => Duration.nanos(clock.monotonicTimeNanosUnsafe());
  const chunks: Array<Uint8Array> = [];
  let [size, last] = [0, now()];
  const reading = Stream.runForEachArray(response.stream, (some) => {
    last = now();
    chunks.push(...some);
    for (const { length } of some) size += length;
    return size > most ? Effect.fail(unread(false)(`it is longer than ${most} bytes`)) : Effect.void;
  }).pipe(
    Effect.catchTag(
      "HttpClientError",
      (error) => isEmpty(error) ? Effect.void : Effect.fail(unread(true)(explain(error))),
    ),
  );
  // One watch over all of it: a timeout for each chunk would take as long as reading it.
  const watching: Effect.Effect<never, Unread> = Effect.suspend(() => {
    const rest = Duration.subtract(idle, Duration.subtract(now(), last));
    return Duration.isPositive(rest)
      ? Effect.andThen(Effect.sleep(rest), watching)
      : Effect.fail(unread(true)(late(idle)));
  });
  yield* Effect.raceFirst(reading, watching);
  return yield* Effect.fromResult(decode(chunks, size));
});

function decode(chunks: ReadonlyArray<Uint8Array>, size: number): Result.Result<string, Unread> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  // Deno decodes twice as fast where it need not fail.
  const text = new TextDecoder().decode(bytes);
  if (!text.includes("\ufffd")) return Result.succeed(text);
  try {
    // Whatever is cut within a character is cut within its JSON too: that is found there.
    return Result.succeed(new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    return Result.fail(unread(false)("it is not UTF-8"));
  }
}

/** Reads the first bytes already, so that a caller who tries again does so before anyone saw a byte. */
export const firstBytes: <E>(
  open: Effect.Effect<Stream.Stream<Uint8Array, E>, E>,
  /** The failure that a file without a byte is, where it is one. */
  nothing: E | undefined,
) => Effect.Effect<Stream.Stream<Uint8Array, E>, E, Scope.Scope> = Effect.fnUntraced(function* (open, nothing) {
  const pull = yield* Stream.toPull(yield* open);
  const first = yield* Pull.catchDone(pull, () => nothing === undefined ? Effect.succeed([]) : Effect.fail(nothing));
  return Stream.concat(Stream.fromArray(first), Stream.fromPull(Effect.succeed(pull)));
});
