/**
 * The body of an answer: read whole as text, or handed on as a file.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Pull from "effect/Pull";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type * as HttpClientError from "effect/http/HttpClientError";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";
import { MaxBodySize } from "effect/http/HttpIncomingMessage";
import { explain, late } from "./answer.ts";

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
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [text, size] = ["", 0];
  const take = (bytes: Uint8Array): Effect.Effect<void, Unread> => {
    size += bytes.length;
    if (size > most) return Effect.fail(unread(false)(`it is longer than ${most} bytes`));
    try {
      // Whoever is cut within a character is cut within JSON too: that is found there.
      text += decoder.decode(bytes, { stream: true });
      return Effect.void;
    } catch {
      return Effect.fail(unread(false)("it is not UTF-8"));
    }
  };
  yield* chunksOf(response, idle).pipe(Stream.mapError(unread(true)), Stream.runForEach(take));
  return text;
});

/** Reads the first bytes already, so that a caller who tries again does so before anyone saw a byte. */
export const firstBytes: <E>(
  open: Effect.Effect<Stream.Stream<Uint8Array, E>, E>,
) => Effect.Effect<Stream.Stream<Uint8Array, E>, E, Scope.Scope> = Effect.fnUntraced(function* (open) {
  const pull = yield* Stream.toPull(yield* open);
  const first = yield* Pull.catchDone(pull, () => Effect.succeed([]));
  return Stream.concat(Stream.fromArray(first), Stream.fromPull(Effect.succeed(pull)));
});
