/**
 * Joins the pages of a result, each an Arrow IPC stream, into one stream: the file of `--format arrow`. The messages are
 * copied unread, so a type that dbtc does not know passes through.
 *
 * https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Base64 from "effect/encoding/Base64";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";

/** The bytes of a page, which comes as base64. Throws where it is none. */
export function bytesOf(base64: string): Uint8Array {
  return Result.getOrThrowWith(Base64.decode(base64), ({ message }) => new Error(`it is no base64: ${message}`));
}

/** A message of an IPC stream. */
interface Message {
  /** The kind of its header: 1 is a schema. */
  readonly kind: number;
  /** All of its bytes. */
  readonly bytes: Uint8Array;
}

const schemaKind = 1;
const continuation = 0xffffffff;
/** The end of an IPC stream. */
const end = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** The messages of an IPC stream. Throws where the stream is cut, or is none. */
export function messagesOf(stream: Uint8Array): ReadonlyArray<Message> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const messages: Array<Message> = [];
  for (let at = 0; at < stream.length;) {
    if (at + 8 > stream.length || view.getUint32(at, true) !== continuation) {
      throw new Error(`it is no Arrow stream at byte ${at}`);
    }
    const length = view.getInt32(at + 4, true);
    if (length === 0) break;
    const cut = new Error(`the Arrow stream is cut at byte ${at}`);
    if (length < 0 || at + 8 + length > stream.length) throw cut;
    const { body, kind } = headerOf(view, at + 8);
    const next = at + 8 + length + body;
    if (body < 0 || next > stream.length) throw cut;
    messages.push({ kind, bytes: stream.subarray(at, next) });
    at = next;
  }
  return messages;
}

/** The kind of a message, and the length of its body: two fields of the flatbuffer `Message`. */
function headerOf(view: DataView, start: number): { readonly kind: number; readonly body: number } {
  const table = start + view.getUint32(start, true);
  const fields = table - view.getInt32(table, true);
  const size = view.getUint16(fields, true);
  /** Where a field of the table is; undefined where it has its default. */
  const place = (index: number) => {
    const slot = 4 + 2 * index;
    const offset = slot < size ? view.getUint16(fields + slot, true) : 0;
    return offset === 0 ? undefined : table + offset;
  };
  const [kind, body] = [place(1), place(3)];
  return {
    kind: kind === undefined ? 0 : view.getUint8(kind),
    body: body === undefined ? 0 : Number(view.getBigInt64(body, true)),
  };
}

/**
 * One stream of many pages of base64: the first schema, all dictionaries and batches, one end. Fails where a page cannot
 * be read, or has another schema than the first one; `fail` makes the error.
 */
export function joinArrow<E, R>(
  pages: Stream.Stream<string, E, R>,
  fail: (detail: string) => E,
): Stream.Stream<Uint8Array, E, R> {
  return Stream.suspend(() => {
    let first: string | undefined;
    const parts = Stream.mapEffect(pages, (page) =>
      Effect.try({
        try: () => {
          const messages = messagesOf(bytesOf(page));
          const schema = messages.filter(({ kind }) => kind === schemaKind).map(({ bytes }) => bytes.join()).join();
          const isFirst = first === undefined;
          first ??= schema;
          if (schema !== first) throw new Error("a page has other columns than the first one");
          return messages.filter(({ kind }) => isFirst || kind !== schemaKind).map(({ bytes }) => bytes);
        },
        catch: (error) => fail(error instanceof Error ? error.message : String(error)),
      }));
    return Stream.concat(Stream.flattenIterable(parts), Stream.succeed(end));
  });
}
