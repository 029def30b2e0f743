/**
 * `writeWhole`: writes a stream of bytes to a file, whole or not at all. Downloads use it, and the command line's
 * `--output`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type { PlatformError } from "effect/PlatformError";
import * as Stream from "effect/Stream";

/**
 * Writes a file whole or not at all: first to a temporary file beside it, which then gets the name. An existing file is
 * replaced and keeps its mode; with `secret`, only the owner may read the file. A link is replaced, and not its target.
 */
export const writeWhole = Effect.fnUntraced(function* <E, R>(
  file: string,
  bytes: Stream.Stream<Uint8Array, E, R>,
  secret = false,
): Effect.fn.Return<void, E | PlatformError, R | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem;
  // The temporary name does not contain the file's own, which may be as long as names can be.
  const temporary = file.replace(/[^/\\]*$/, `.${crypto.randomUUID().slice(0, 8)}.part`);
  const there = yield* Effect.option(fs.stat(file));
  const mode = secret ? Option.some(0o600) : Option.map(there, ({ mode }) => mode & 0o777);
  // The mode is set before the first byte: who must not read the old file must not read the new one meanwhile.
  const sink = fs.sink(temporary, { flag: "wx", ...Option.isSome(mode) ? { mode: mode.value } : {} });
  yield* Stream.run(bytes, sink).pipe(
    Effect.andThen(Option.isSome(mode) ? fs.chmod(temporary, mode.value) : Effect.void),
    Effect.andThen(fs.rename(temporary, file)),
    Effect.onError(() => Effect.ignore(fs.remove(temporary))),
  );
});
