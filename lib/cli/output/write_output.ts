/**
 * Where output goes: stdout, or a file that is there whole or not at all.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { isPlatformError, type PlatformError } from "effect/PlatformError";
import * as Option from "effect/Option";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { writeWhole } from "../../artifacts/write_whole.ts";
import { usage, UsageError } from "./exit_code.ts";

/** Whether what is written to files is for their owner alone: it holds a secret. */
export const Private: Context.Reference<boolean> = Context.Reference("@dbtc/dbtc/cli/write/Private", {
  defaultValue: () => false,
});

/** Writes to stdout, or to a file when one is named. A reader of stdout that has gone, as `head`, is no failure. */
export function write<E, R>(
  content: Stream.Stream<string | Uint8Array, E, R>,
  file: string | undefined,
): Effect.Effect<void, E | UsageError, R | FileSystem.FileSystem | Stdio.Stdio> {
  return file === undefined || file === "-" ? toStdout(content) : toFile(content, file);
}

const toStdout = Effect.fnUntraced(function* <E, R>(content: Stream.Stream<string | Uint8Array, E, R>) {
  const { stdout } = yield* Stdio.Stdio;
  let broken = false;
  const told = Stream.tapCause(content, () => Effect.sync(() => void (broken = true)));
  yield* Stream.run(told, stdout()).pipe(
    Effect.catchIf(
      isPlatformError,
      (error) => isClosedPipe(error) ? Effect.void : Effect.fail(usage(`Cannot write to stdout: ${error.message}`)),
    ),
    // The platform throws from within a write where the disk is full. What throws before it is written is a defect.
    Effect.catchDefect((defect) =>
      broken ? Effect.die(defect) : Effect.fail(usage(`Cannot write to stdout: ${defect}`))
    ),
  );
});

/** Whether a file is written whole or not at all. What is no regular file, as /dev/null or a pipe, is written into. */
export const isReplaced = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const there = yield* Effect.option(fs.stat(file));
  return Option.isNone(there) || there.value.type === "File";
});

const toFile = Effect.fnUntraced(function* <E, R>(content: Stream.Stream<string | Uint8Array, E, R>, file: string) {
  const fs = yield* FileSystem.FileSystem;
  const encoder = new TextEncoder();
  const bytes = Stream.map(content, (chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk);
  const secret = yield* Private;
  const whole = (yield* isReplaced(file))
    // What a link leads to is what is meant.
    ? Effect.flatMap(Effect.orElseSucceed(fs.realPath(file), () => file), (target) => writeWhole(target, bytes, secret))
    : Stream.run(bytes, fs.sink(file));
  yield* Effect.catchIf(
    whole,
    isPlatformError,
    (error) => Effect.fail(usage(`Cannot write ${file}: ${error.message}`)),
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
