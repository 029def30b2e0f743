/**
 * A file on its way: from dbt Cloud's answer to a disk.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type { PlatformError } from "effect/PlatformError";
import * as Stream from "effect/Stream";

/**
 * Writes a file whole or not at all, through one beside it that has another name until then. A file that was there is
 * replaced and keeps its mode, unless what is written is `secret`: that is for its owner alone. A link is replaced
 * itself, not what it leads to.
 */
export const writeWhole = Effect.fnUntraced(function* <E, R>(
  file: string,
  bytes: Stream.Stream<Uint8Array, E, R>,
  secret = false,
): Effect.fn.Return<void, E | PlatformError, R | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem;
  // A name as long as names may be has no room for more.
  const temporary = file.replace(/[^/\\]*$/, `.${crypto.randomUUID().slice(0, 8)}.part`);
  const there = yield* Effect.option(fs.stat(file));
  const mode = secret ? Option.some(0o600) : Option.map(there, ({ mode }) => mode & 0o777);
  // From its first byte on, nobody may read it who may not read what it replaces.
  const sink = fs.sink(temporary, { flag: "wx", ...Option.isSome(mode) ? { mode: mode.value } : {} });
  yield* Stream.run(bytes, sink).pipe(
    Effect.andThen(Option.isSome(mode) ? fs.chmod(temporary, mode.value) : Effect.void),
    Effect.andThen(fs.rename(temporary, file)),
    Effect.onError(() => Effect.ignore(fs.remove(temporary))),
  );
});
