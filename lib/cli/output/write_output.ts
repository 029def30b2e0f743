/**
 * Writes output: to stdout, or to a file, which is then complete or unchanged; and notes to stderr. Everything that a
 * command prints passes through {@linkcode write} or {@linkcode note}.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import { isPlatformError, type PlatformError } from "effect/PlatformError";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import { writeWhole } from "../../artifacts/write_whole.ts";
import { fileProblem } from "../../client/file_error.ts";
import { OutputError, usage } from "./exit_code.ts";

/** Whether files are readable by their owner only, because they may hold a secret. */
export const OwnerOnly: Context.Reference<boolean> = Context.Reference(
  "@dbtc/dbtc/cli/output/write_output/OwnerOnly",
  { defaultValue: () => false },
);

/** Removes the token from text. `withClient` sets it, which knows the token. */
export interface TokenGuard {
  /** The text without the token. */
  withoutToken: (text: string) => string;
}

/** What removes the token from all text that a command prints: a server may repeat in its answer what it was sent. */
export const TokenGuard: Context.Reference<TokenGuard | undefined> = Context.Reference<TokenGuard | undefined>(
  "@dbtc/dbtc/cli/output/write_output/TokenGuard",
  { defaultValue: () => undefined },
);

/** Text without the token. Bytes stay: they are a file that dbt Cloud sends. */
export const guarded = <A extends string | Uint8Array, E, R>(content: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
  Stream.mapEffect(
    content,
    (chunk) =>
      typeof chunk === "string"
        ? Effect.map(TokenGuard, (guard) => (guard?.withoutToken(chunk) ?? chunk) as typeof chunk) // text stays text
        : Effect.succeed(chunk),
  );

/** Writes to a file, or to stdout if `file` is undefined or `-`. A closed stdout, as after `| head`, is no failure. */
export function write<E, R>(
  content: Stream.Stream<string | Uint8Array, E, R>,
  file: string | undefined,
): Effect.Effect<void, E | OutputError, R | FileSystem.FileSystem | Stdio.Stdio> {
  return Effect.asVoid(writeUntilClosed(content, file));
}

/** As {@linkcode write}. Returns false if the reader of stdout closed it before the end. */
export function writeUntilClosed<E, R>(
  content: Stream.Stream<string | Uint8Array, E, R>,
  file: string | undefined,
): Effect.Effect<boolean, E | OutputError, R | FileSystem.FileSystem | Stdio.Stdio> {
  const safe = guarded(content);
  return file === undefined || file === "-" ? writeToStdout(safe) : toFile(safe, file);
}

/** Writes to stdout. Returns false if its reader closed it before the end. */
export const writeToStdout = Effect.fnUntraced(function* <E, R>(
  content: Stream.Stream<string | Uint8Array, E, R>,
) {
  const { stdout } = yield* Stdio.Stdio;
  let contentFailed = false;
  const watched = Stream.tapCause(content, () => Effect.sync(() => void (contentFailed = true)));
  return yield* Stream.run(watched, stdout()).pipe(
    Effect.as(true),
    Effect.catchIf(
      isPlatformError,
      (error) => isClosedPipe(error) ? Effect.succeed(false) : Effect.fail(notWritten("stdout", fileProblem(error))),
    ),
    // A full disk is a defect here, because the platform throws it within its write. A defect of the content stays one.
    Effect.catchDefect((defect) =>
      contentFailed ? Effect.die(defect) : Effect.fail(notWritten("stdout", fileProblem(defect)))
    ),
  );
});

function notWritten(file: string, problem: string): OutputError {
  return new OutputError({ message: `Cannot write ${file === "stdout" ? "to stdout" : file}: ${problem}` });
}

/** Whether `write` replaces this file as a whole. It writes into anything but a regular file: a pipe, `/dev/null`. */
export const isReplaced = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const existing = yield* Effect.option(fs.stat(file));
  return Option.isNone(existing) || existing.value.type === "File";
});

const toFile = Effect.fnUntraced(function* <E, R>(content: Stream.Stream<string | Uint8Array, E, R>, file: string) {
  const fs = yield* FileSystem.FileSystem;
  const encoder = new TextEncoder();
  const bytes = Stream.map(content, (chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk);
  const ownerOnly = yield* OwnerOnly;
  const written = (yield* isReplaced(file))
    // A link stays, and the file that it leads to is replaced.
    ? Effect.flatMap(
      Effect.orElseSucceed(fs.realPath(file), () => file),
      (target) => writeWhole(target, bytes, ownerOnly),
    )
    : Stream.run(bytes, fs.sink(file));
  return yield* Effect.catchIf(
    Effect.as(written, true),
    isPlatformError,
    (error) => Effect.fail(notWritten(file, fileProblem(error))),
  );
});

function isClosedPipe(error: PlatformError): boolean {
  return /EPIPE|Broken pipe|ERR_STREAM_DESTROYED/.test(Cause.pretty(Cause.fail(error.reason.cause ?? error)));
}

/**
 * Refuses a file that dbtc cannot write, before a request is sent whose response would then be lost. Makes the folder of
 * the file.
 */
export const checkWritable = Effect.fnUntraced(function* (file: string | undefined) {
  if (file === undefined || file === "-") return;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const directory = path.dirname(file);
  // A temporary folder shows whether one can write there. `fs.access` needs one more of Deno's permissions and knows less.
  yield* fs.makeDirectory(directory, { recursive: true }).pipe(
    Effect.andThen(Effect.scoped(fs.makeTempDirectoryScoped({ directory, prefix: ".dbtc-" }))),
    Effect.mapError((error) => usage(`Cannot write ${file}: ${fileProblem(error)}`)),
  );
  const existing = yield* Effect.option(fs.stat(file));
  if (Option.isSome(existing) && existing.value.type === "Directory") {
    return yield* usage(`Cannot write ${file}: it is a folder`);
  }
});

/** Prints a line to stderr. */
export const note = (text: string): Effect.Effect<void, never, Stdio.Stdio> => writeToStderr(`${text}\n`);

/** {@linkcode writeToStderr} for code that needs no services. */
export const stderrWriter: Effect.Effect<(text: string) => Effect.Effect<void>, never, Stdio.Stdio> = Effect.map(
  Stdio.Stdio,
  (stdio) => (text) => Effect.provideService(writeToStderr(text), Stdio.Stdio, stdio),
);

/**
 * Writes to stderr. If that fails, because the disk is full or the terminal has gone, the command continues as if it had
 * been written: what dbtc says must not change what it does.
 */
export const writeToStderr = Effect.fnUntraced(function* (text: string) {
  const { stderr } = yield* Stdio.Stdio;
  // The platform throws from within a write: a defect, which `Effect.ignore` lets through.
  yield* Effect.exit(Stream.run(guarded(Stream.make(text)), stderr()));
});
