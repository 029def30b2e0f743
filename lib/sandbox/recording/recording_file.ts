/**
 * The format of a recording: lines of JSON, one for each request with its answer. It is written by `recorder.ts` and
 * read by `replay.ts`.
 *
 * @module
 */
import * as Data from "effect/Data";
import * as Base64 from "effect/encoding/Base64";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { defined } from "../../defined.ts";
import { oneLine, optional, struct } from "../../schema.ts";
import { version } from "../../version.ts";

/** The body of a request or an answer. */
export type Body =
  /** JSON, with its numbers as they were written. */
  | { readonly json: unknown }
  /** Any other text. */
  | { readonly text: string }
  /** Bytes that are no text. */
  | { readonly base64: string }
  /** A body that was too large to keep: the number of its bytes. */
  | { readonly omitted: number };

/** A request of a recording. */
export interface RecordedRequest {
  /** Its verb. */
  readonly verb: string;
  /** Its path. */
  readonly path: string;
  /** Its query, as names and values. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** What it carries, where it carries something. */
  readonly body?: Body;
}

/** An answer of a recording. */
export interface RecordedAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The headers that clients use: `content-type`, `location` and `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  /** What it carries, where it carries something. */
  readonly body?: Body;
  /** Whether the connection broke, or the client gave up, before the body was complete. */
  readonly cut?: boolean;
}

/** A request with its answer or failure. */
export interface Exchange {
  /** The request. */
  readonly request: RecordedRequest;
  /** The answer; missing where the connection broke, or the client gave up, before one came. */
  readonly answer?: RecordedAnswer;
  /** Why there is no answer: the connection broke (`broken`), or the client gave up waiting (`silent`). */
  readonly failure?: "broken" | "silent";
}

/** A recording. */
export interface Recording {
  /** The command that was recorded, by its words: `jobs list`. */
  readonly command?: string;
  /** The requests and answers, in the order in which the requests were sent. */
  readonly exchanges: ReadonlyArray<Exchange>;
}

/** A text that should be a recording is not one. */
export class RecordingError extends Data.Error<{
  /** What is wrong with it. */
  readonly message: string;
}> {
  /** The tag of the error. */
  readonly _tag = "RecordingError";
}

/** The headers of an answer that are kept. */
export const keptHeaders: ReadonlyArray<string> = ["content-type", "location", "retry-after"];

// ---- reading and writing --------------------------------------------------------------------------------------------

/** Reads a {@linkcode Body}. */
const Body: Schema.Codec<Body> = Schema.Union([
  Schema.Struct({ json: Schema.Unknown }),
  Schema.Struct({ text: Schema.String }),
  Schema.Struct({ base64: Schema.String.check(Schema.isBase64()) }),
  Schema.Struct({ omitted: Schema.Int }),
]);

/** Reads a {@linkcode RecordedRequest}. */
const RecordedRequest: Schema.Codec<RecordedRequest> = struct({
  verb: Schema.String,
  path: Schema.String,
  query: Schema.Array(Schema.Tuple([Schema.String, Schema.String])),
  body: optional(Body),
});

/** Reads a {@linkcode RecordedAnswer}. */
const RecordedAnswer: Schema.Codec<RecordedAnswer> = struct({
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
  headers: Schema.Record(Schema.String, Schema.String),
  body: optional(Body),
  cut: optional(Schema.Boolean),
});

/** Reads a {@linkcode Exchange}. */
const Exchange: Schema.Codec<Exchange> = struct({
  request: RecordedRequest,
  answer: optional(RecordedAnswer),
  failure: optional(Schema.Literals(["broken", "silent"])),
});

/** The first line: what the file is. */
const Heading = Schema.Struct({ recording: Schema.Literal(1), command: Schema.optionalKey(Schema.String) });

/** Writes a recording as text: a line that says what it is, and one for each request. */
export function writeRecording({ command, exchanges }: Recording): string {
  const heading = { recording: 1, dbtc: version, ...defined({ command }) };
  return [heading, ...exchanges].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Reads a recording, or says what is wrong with it and in which line. */
export function readRecording(text: string): Result.Result<Recording, string> {
  const lines = text.split("\n").map((line, index) => [line.trim(), index + 1] as const).filter(([line]) =>
    line !== ""
  );
  const [first, ...rest] = lines;
  const heading = Schema.decodeUnknownResult(Heading)(Result.getOrUndefined(readJson(first?.[0] ?? "")));
  if (Result.isFailure(heading)) return Result.fail("it is no recording of dbtc: its first line does not say so");
  const exchanges: Array<Exchange> = [];
  for (const [line, number] of rest) {
    const exchange = Result.flatMap(
      readJson(line),
      (json) => Result.mapError(Schema.decodeUnknownResult(Exchange)(json), oneLine),
    );
    if (Result.isFailure(exchange)) {
      return Result.fail(`line ${number} is no request with its answer: ${exchange.failure}`);
    }
    if ((exchange.success.answer === undefined) === (exchange.success.failure === undefined)) {
      return Result.fail(`line ${number} has neither an answer nor a failure, or both`);
    }
    exchanges.push(exchange.success);
  }
  const { command } = heading.success;
  return Result.succeed({ exchanges, ...defined({ command }) });
}

/** How `JSON` reads and writes the source text of numbers: ES2026, which TypeScript 6 does not know yet. */
interface SourcedJson {
  readonly parse: (
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => boolean;
}

const sourced = JSON as unknown as SourcedJson; // Deno has had it since 1.38, Node since 21

/** Reads JSON. Numbers that JavaScript would round, such as long ids, are written again as they were. */
export function readJson(text: string): Result.Result<unknown, string> {
  return Result.try({
    try: () =>
      sourced.parse(
        text,
        (_, value, { source }) =>
          typeof value === "number" && source !== undefined && String(value) !== source
            ? sourced.rawJSON(source)
            : value,
      ),
    catch: () => "it is not JSON",
  });
}

/** Whether a value is a number that {@linkcode readJson} keeps as text. */
export function isExactNumber(value: unknown): boolean {
  return sourced.isRawJSON(value);
}

/** The body that a recording keeps of these bytes; undefined for no bytes. */
export function bodyOf(bytes: Uint8Array): Body | undefined {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: Base64.encode(bytes) };
  }
  const json = readJson(text);
  return Result.isSuccess(json) && Predicate.isObjectKeyword(json.success) ? { json: json.success } : { text };
}

/** The bytes of a body; undefined where they were not kept. */
export function contentOf(body: Body | undefined): Uint8Array | undefined {
  if (body === undefined) return new Uint8Array();
  if ("omitted" in body) return undefined;
  return "base64" in body
    ? Result.getOrThrow(Base64.decode(body.base64))
    : new TextEncoder().encode("json" in body ? JSON.stringify(body.json) : body.text);
}
