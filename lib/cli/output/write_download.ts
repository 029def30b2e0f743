/**
 * A file that comes: written whole or not at all, with a bar on a terminal that says how far it is.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { beginAnew } from "../../artifacts/download_folder.ts";
import { OnDownloadStart } from "../../client/download_size.ts";
import type { UsageError } from "./exit_code.ts";
import { paint } from "./colors.ts";
import { clean } from "./safe_text.ts";
import { type Invocation, widthOf } from "./print.ts";
import { isReplaced, note, write } from "./write_output.ts";

/**
 * Writes a file that comes, to where this invocation writes. One that breaks off is begun anew where nobody has seen
 * anything of it, which is where it goes to a file.
 */
export const receive = Effect.fnUntraced(function* (
  name: string,
  bytes: Stream.Stream<Uint8Array, DbtError, Dbt>,
  { output }: Pick<Invocation, "output">,
): Effect.fn.Return<void, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio | Terminal.Terminal> {
  const file = Option.getOrUndefined(Option.filter(output, (file) => file !== "-"));
  const unseen = file !== undefined && (yield* isReplaced(file));
  const meter = yield* makeMeter(name, file !== undefined);
  const written = write(meter.measure(bytes), file).pipe(Effect.ensuring(meter.erase));
  const all = unseen ? beginAnew(written, meter.received, note(`${clean(name)} broke off: trying again`)) : written;
  yield* Effect.tapError(all, (error) => {
    if (error._tag !== "DbtError" || meter.received() === 0) return Effect.void;
    return note(
      unseen
        ? `${clean(name)} broke off again and again: nothing was written. Run the same command again`
        : `${clean(name)} broke off: what was printed is not all of it. With -o it is written whole, or not at all`,
    );
  });
});

/** Shows how many files have come. */
export interface Counter {
  /** Counts one, of so many. */
  readonly count: (all: number) => Effect.Effect<void>;
  /** Takes away what was shown. */
  readonly erase: Effect.Effect<void>;
}

/** A counter that shows itself on a terminal. */
export const makeCounter: Effect.Effect<Counter, never, Stdio.Stdio> = Effect.gen(function* () {
  const screen = yield* makeLine(yield* (yield* Stdio.Stdio).stderrIsTerminal);
  let done = 0;
  return {
    count: (all) => {
      done++;
      return screen.draw(Effect.succeed(`${done.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} files`));
    },
    erase: screen.erase,
  };
});

/** Shows how far a file has come. */
export interface Meter {
  /** Measures a file that begins. */
  readonly measure: <E, R>(bytes: Stream.Stream<Uint8Array, E, R>) => Stream.Stream<Uint8Array, E, R>;
  /** How many bytes have come, since it began last. */
  readonly received: () => number;
  /** Takes away what was shown. */
  readonly erase: Effect.Effect<void>;
}

const erase = "\r\u001b[2K";
const megabyte = 1_000_000;
/** Between two looks of a person, in milliseconds. */
const glance = 100;

/** A meter that shows itself on a terminal, for a file of more than a megabyte, where nothing else is printed there. */
export const makeMeter = Effect.fnUntraced(function* (
  name: string,
  apart: boolean,
): Effect.fn.Return<Meter, never, Stdio.Stdio | Terminal.Terminal> {
  const stdio = yield* Stdio.Stdio;
  const { columns } = yield* Terminal.Terminal;
  const shows = (yield* stdio.stderrIsTerminal) && (apart || !(yield* stdio.stdoutIsTerminal));
  const style = { color: shows && (yield* TerminalCapabilities).canColor };
  const line = yield* makeLine(shows);
  let size: number | undefined;
  let received = 0;

  const text = Effect.gen(function* () {
    const count = size === undefined
      ? `${megabytes(received)} MB`
      : `${megabytes(received)} of ${megabytes(size)} MB  ${Math.floor(received / size * 100)} %`;
    const width = widthOf(yield* columns);
    // A line that wraps could not be erased.
    const title = clean(name).slice(0, Math.max(0, width - count.length - 26));
    const bar = size === undefined ? "" : barOf(Math.min(20, width - title.length - count.length - 5), received / size);
    return [title, paint(style, "cyan", bar), count].filter((part) => part !== "").join("  ");
  });
  const tick = (chunk: Uint8Array) =>
    Effect.suspend(() => {
      received += chunk.length;
      return Math.max(received, size ?? 0) > megabyte ? line.draw(text) : Effect.void;
    });
  const begins = (expected: number | undefined) => Effect.sync(() => void (size = expected));
  return {
    measure: (bytes) =>
      Stream.suspend(() => {
        [received, size] = [0, undefined];
        return Stream.provideService(Stream.tap(bytes, tick), OnDownloadStart, begins);
      }),
    received: () => received,
    erase: line.erase,
  };
});

/** A line of a terminal that is drawn again and again, as often as a person looks, and taken away in the end. */
const makeLine = Effect.fnUntraced(function* (shows: boolean) {
  const { stderr } = yield* Stdio.Stdio;
  const say = (text: string) => Effect.ignore(Stream.run(Stream.make(text), stderr()));
  let drawn: number | undefined;
  return {
    draw: Effect.fnUntraced(function* (text: Effect.Effect<string>) {
      if (!shows) return;
      const now = yield* Clock.currentTimeMillis;
      if (drawn !== undefined && now - drawn < glance) return;
      drawn = now;
      yield* say(`${erase}${yield* text}`);
    }),
    erase: Effect.suspend(() => {
      if (drawn === undefined) return Effect.void;
      drawn = undefined;
      return say(erase);
    }),
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
