/**
 * Writes a downloaded file, complete or not at all, and shows on a terminal how much of it has arrived. The commands of
 * downloads and artifacts use it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { beginAnew } from "../../artifacts/download_folder.ts";
import { OnDownloadStart } from "../../client/download_size.ts";
import { grouped } from "./counted.ts";
import type { OutputError } from "./exit_code.ts";
import { makeRedrawnLine } from "./redrawn_line.ts";
import { clean } from "./safe_text.ts";
import { paint, widthOf } from "./terminal.ts";
import type { Invocation } from "./print.ts";
import { isReplaced, note, write } from "./write_output.ts";

/**
 * Writes a download to stdout or the `--output` file. If it breaks off, it starts again from the first byte, but only if
 * it goes to a file: what is on stdout cannot be taken back.
 */
export const writeDownload = Effect.fnUntraced(function* (
  name: string,
  bytes: Stream.Stream<Uint8Array, DbtError, Dbt>,
  { output }: Pick<Invocation, "output">,
): Effect.fn.Return<void, DbtError | OutputError, Dbt | FileSystem.FileSystem | Stdio.Stdio | Terminal.Terminal> {
  const file = output === "-" ? undefined : output;
  const canRestart = file !== undefined && (yield* isReplaced(file));
  const progress = yield* makeDownloadProgress(name, file !== undefined);
  const once = write(progress.watch(bytes), file).pipe(Effect.ensuring(progress.erase));
  const written = canRestart ? beginAnew(once, progress.received, note(`${clean(name)} broke off: retrying`)) : once;
  yield* Effect.tapError(written, (error) => {
    if (error._tag !== "DbtError" || progress.received() === 0) return Effect.void;
    return note(
      canRestart
        ? `${clean(name)} broke off several times: nothing was written. Run the same command again`
        : `${clean(name)} broke off: the output is incomplete. With -o, dbtc writes the whole file or nothing`,
    );
  });
});

/** Counts the files of a download, and shows the count on a terminal. */
export const makeFileCounter = Effect.gen(function* () {
  const line = yield* makeRedrawnLine(yield* (yield* Stdio.Stdio).stderrIsTerminal);
  let done = 0;
  return {
    /** Counts one more of `total` files. */
    add: (total: number) => {
      done++;
      return line.draw(Effect.succeed(`${grouped(done)} of ${grouped(total)} files`));
    },
    /** Removes the count from the terminal. */
    erase: line.erase,
  };
});

/** How much of one file has arrived. */
interface DownloadProgress {
  /** Counts the bytes of a download from 0. */
  readonly watch: <E, R>(bytes: Stream.Stream<Uint8Array, E, R>) => Stream.Stream<Uint8Array, E, R>;
  /** The bytes that have arrived since the download last started. */
  readonly received: () => number;
  /** Removes the progress from the terminal. */
  readonly erase: Effect.Effect<void>;
}

const megabyte = 1_000_000;

/**
 * The progress of a download. Shows itself on a terminal for a file of more than a megabyte, unless the file itself is
 * printed there.
 */
const makeDownloadProgress = Effect.fnUntraced(function* (
  name: string,
  toFile: boolean,
): Effect.fn.Return<DownloadProgress, never, Stdio.Stdio | Terminal.Terminal> {
  const stdio = yield* Stdio.Stdio;
  const { columns } = yield* Terminal.Terminal;
  const isShown = (yield* stdio.stderrIsTerminal) && (toFile || !(yield* stdio.stdoutIsTerminal));
  const style = { color: isShown && (yield* TerminalCapabilities).canColor };
  const line = yield* makeRedrawnLine(isShown);
  let size: number | undefined;
  let received = 0;

  const text = Effect.gen(function* () {
    const count = size === undefined
      ? `${megabytes(received)} MB`
      : `${megabytes(received)} of ${megabytes(size)} MB  ${Math.floor(received / size * 100)} %`;
    const width = widthOf(yield* columns);
    // A line that wraps cannot be erased.
    const title = clean(name).slice(0, Math.max(0, width - count.length - 26));
    const bar = size === undefined ? "" : barOf(Math.min(20, width - title.length - count.length - 5), received / size);
    return [title, paint(style, "cyan", bar), count].filter((part) => part !== "").join("  ");
  });
  const countChunk = (chunk: Uint8Array) =>
    Effect.suspend(() => {
      received += chunk.length;
      return Math.max(received, size ?? 0) > megabyte ? line.draw(text) : Effect.void;
    });
  const setSize = (expected: number | undefined) => Effect.sync(() => void (size = expected));
  return {
    watch: (bytes) =>
      Stream.suspend(() => {
        [received, size] = [0, undefined];
        return Stream.provideService(Stream.tap(bytes, countChunk), OnDownloadStart, setSize);
      }),
    received: () => received,
    erase: line.erase,
  };
});

function megabytes(bytes: number): string {
  return (bytes / megabyte).toFixed(1);
}

/** A bar that is full at 1. */
function barOf(width: number, part: number): string {
  const full = Math.round(Math.max(0, width) * Math.min(1, part));
  return "█".repeat(full) + "░".repeat(Math.max(0, width) - full);
}
