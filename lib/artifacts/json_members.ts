/**
 * The members of a large JSON object, read as it comes: what is not wanted is never held.
 *
 * A manifest may have hundreds of megabytes, of which one member matters; run results may have thousands of nodes, of
 * which one at a time does.
 *
 * @module
 */
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

/** Which members of an object are wanted. */
export interface Wanted {
  /** The members that are wanted whole. */
  readonly whole?: ReadonlyArray<string>;
  /** The lists whose items are wanted one by one. */
  readonly each?: ReadonlyArray<string>;
  /** The most bytes that one value may have; (default: 64 MB). */
  readonly most?: number;
}

/** Text that is no JSON object, or one with a value that is too large. */
export class Malformed extends Data.Error<{
  /** What is wrong. */
  readonly detail: string;
}> {
  /** Tells the error. */
  readonly _tag = "Malformed";
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
/** White space, and the three bytes of a byte order mark. */
const blank = new Set<number | undefined>([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Gives each wanted value of an object to `take`, with the name of its member, as soon as it has come. Tells which of
 * the wanted lists there were: an empty one has nothing to take.
 */
export const readMembers = Effect.fnUntraced(function* <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  wanted: Wanted,
  take: (name: string, value: unknown) => void,
): Effect.fn.Return<ReadonlySet<string>, E | Malformed, R> {
  const scanner = makeScanner(wanted, take);
  yield* Stream.runForEach(bytes, (chunk) =>
    Effect.try({
      try: () => scanner.scan(chunk),
      catch: (error) => error instanceof Malformed ? error : new Malformed({ detail: "it is not JSON" }),
    }));
  if (!scanner.isWhole()) return yield* new Malformed({ detail: "it is not a whole JSON object" });
  return scanner.lists;
});

/** Reads chunk after chunk. Throws {@linkcode Malformed}, or what `JSON.parse` throws. */
function makeScanner(
  { whole = [], each = [], most = 64 * 2 ** 20 }: Wanted,
  take: (name: string, value: unknown) => void,
) {
  let begun = false;
  let depth = 0;
  let inText = false;
  let escaped = false;
  /** The name that is being read, or the one whose value is. */
  let name = "";
  let isName = false;
  /** Within a list whose items are wanted. */
  let inList = false;
  const lists = new Set<string>();
  /** The value that is being kept: where it begins in this chunk, and what of it came before. */
  let from = -1;
  let kept: Array<Uint8Array> = [];
  let size = 0;
  const decoder = new TextDecoder();

  const keep = (part: Uint8Array) => {
    size += part.length;
    if (size > most) throw new Malformed({ detail: `"${name}" has a value of more than ${most} bytes` });
    kept.push(part);
  };
  const end = (chunk: Uint8Array, to: number) => {
    if (from < 0) return;
    keep(chunk.subarray(from, to));
    const text = kept.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
    [from, kept, size] = [-1, [], 0];
    // Between the brackets of an empty list is nothing.
    if (text.trim() !== "") take(name, JSON.parse(text));
  };

  return {
    lists,
    isWhole: () => begun && depth === 0,
    scan: (chunk: Uint8Array) => {
      if (from >= 0) from = 0;
      for (let index = 0; index < chunk.length; index++) {
        const byte = chunk[index];
        if (inText) {
          const ends = byte === quote && !escaped;
          escaped = byte === backslash && !escaped;
          if (isName && !ends) name += String.fromCharCode(byte ?? 0);
          if (isName && ends && name.includes("\\")) name = JSON.parse(`"${name}"`);
          if (ends) inText = isName = false;
          continue;
        }
        if (depth === 0 && !blank.has(byte) && (begun || byte !== openObject)) {
          throw new Malformed({ detail: "it is not one JSON object" });
        }
        switch (byte) {
          case quote:
            inText = true;
            // At the top, a text that is no value is a name.
            isName = depth === 1 && name === "";
            break;
          case colon:
            if (depth === 1 && whole.includes(name)) from = index + 1;
            break;
          case comma:
            if (depth === 1) {
              end(chunk, index);
              name = "";
            } else if (inList && depth === 2) {
              end(chunk, index);
              from = index + 1;
            }
            break;
          case openObject:
          case openList:
            begun = true;
            depth++;
            if (depth === 2 && byte === openList && each.includes(name)) {
              inList = true;
              lists.add(name);
              from = index + 1;
            }
            break;
          case closeObject:
          case closeList:
            if (depth === 1 || (inList && depth === 2)) end(chunk, index);
            if (depth === 2) inList = false;
            depth--;
            break;
        }
      }
      if (from >= 0) keep(chunk.subarray(from));
    },
  };
}
