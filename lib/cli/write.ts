/**
 * Where output goes: stdout, or a file that is there whole or not at all.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { isPlatformError, type PlatformError } from "effect/PlatformError";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { UsageError } from "./exit.ts";

/** Writes to stdout, or to a file when one is named. A reader of stdout that has gone, as `head`, is no failure. */
export function write<E, R>(
  content: Stream.Stream<string | Uint8Array, E, R>,
  file: string | undefined,
): Effect.Effect<void, E | UsageError, R | FileSystem.FileSystem | Stdio.Stdio> {
  return file === undefined || file === "-" ? toStdout(content) : toFile(content, file);
}

const toStdout = Effect.fnUntraced(function* <E, R>(content: Stream.Stream<string | Uint8Array, E, R>) {
  const { stdout } = yield* Stdio.Stdio;
  yield* Stream.run(content, stdout()).pipe(
    Effect.catchIf(isPlatformError, (error) => isClosedPipe(error) ? Effect.void : Effect.die(error)),
  );
});

const toFile = Effect.fnUntraced(function* <E, R>(content: Stream.Stream<string | Uint8Array, E, R>, file: string) {
  const fs = yield* FileSystem.FileSystem;
  const temporary = `${file}.${crypto.randomUUID().slice(0, 8)}.part`;
  const bytes = Stream.map(content, (chunk) => typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  yield* Stream.run(bytes, fs.sink(temporary)).pipe(
    Effect.andThen(fs.rename(temporary, file)),
    Effect.onError(() => Effect.ignore(fs.remove(temporary))),
    Effect.catchIf(
      isPlatformError,
      (error) => Effect.fail(new UsageError({ message: `Cannot write ${file}: ${error.message}` })),
    ),
  );
});

function isClosedPipe(error: PlatformError): boolean {
  return /EPIPE|Broken pipe|ERR_STREAM_DESTROYED/.test(Cause.pretty(Cause.fail(error.reason.cause ?? error)));
}

/** A line on stderr. */
export const note = Effect.fnUntraced(function* (text: string) {
  const { stderr } = yield* Stdio.Stdio;
  yield* Effect.ignore(Stream.run(Stream.make(`${text}\n`), stderr()));
});

/** What stands on stdin, whole. */
export const readStdin: Effect.Effect<string, UsageError, Stdio.Stdio> = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio;
  return yield* stdin.pipe(Stream.decodeText(), Stream.mkString);
}).pipe(
  Effect.mapError((error) => new UsageError({ message: `Cannot read stdin: ${error.message}` })),
);
