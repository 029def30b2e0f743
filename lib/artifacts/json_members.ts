/**
 * Reads single members of a large JSON object from a stream, without holding the others in memory. All artifacts are
 * read with it: a manifest may have hundreds of megabytes, of which one member matters, and run results thousands of
 * nodes, which are needed one at a time.
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
  /** The most bytes of one value (default: 64 MB). */
  readonly most?: number;
}

/** The failure for text that is not a JSON object, or has a value that is too large. */
export class Malformed extends Data.Error<{
  /** What is wrong. */
  readonly detail: string;
}> {
  /** The tag of the error. */
  readonly _tag = "Malformed";
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
/** White space, and the three bytes of a byte order mark. */
const blank = new Set<number | undefined>([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Calls `take` with each wanted value, and the name of its member, as soon as the value has come. Returns the names of
 * the wanted lists that the object has: an empty list gives no value.
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

/** A scanner that is fed chunk by chunk. Throws {@linkcode Malformed}, or what `JSON.parse` throws. */
function makeScanner(
  { whole = [], each = [], most = 64 * 2 ** 20 }: Wanted,
  take: (name: string, value: unknown) => void,
) {
  let begun = false;
  let depth = 0;
  let inText = false;
  let escaped = false;
  /** The name of the current member: of the one whose name or value is being read. */
  let name = "";
  let isName = false;
  /** Whether the scanner is in a list whose items are wanted. */
  let inList = false;
  const lists = new Set<string>();
  /** The value that is being kept: its begin in this chunk, or -1, and its parts from the chunks before. */
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
    // An empty list has no items.
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
          if (byte === quote && !escaped) inText = isName = false;
          // A name is compared as it is written, with its escapes: `x\\y` is not `xy`.
          else if (isName) name += String.fromCharCode(byte ?? 0);
          escaped = byte === backslash && !escaped;
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
