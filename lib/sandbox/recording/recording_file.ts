/**
 * A recording: requests and their answers, as lines of JSON.
 *
 * @module
 */
import * as Data from "effect/Data";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import deno from "../../../deno.json" with { type: "json" };
import { optional, struct } from "../../schema.ts";

/** What a request or an answer carries. */
export type Body =
  /** JSON, its numbers as they were written. */
  | { readonly json: unknown }
  /** Any other text. */
  | { readonly text: string }
  /** What is no text. */
  | { readonly base64: string }
  /** What was too large to keep: only how many bytes it had. */
  | { readonly omitted: number };

/** A request of a recording. */
export interface RecordedRequest {
  /** Its verb. */
  readonly verb: string;
  /** Its path. */
  readonly path: string;
  /** Its query, name by name. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** What it carries, where it carries something. */
  readonly body?: Body;
}

/** An answer of a recording. */
export interface RecordedAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The headers that mean something to a client: see {@linkcode keptHeaders}. */
  readonly headers: Readonly<Record<string, string>>;
  /** What it carries, where it carries something. */
  readonly body?: Body;
  /** The connection broke, or was given up, before the body was whole. */
  readonly cut?: boolean;
}

/** A request, and what came of it. */
export interface Exchange {
  /** The request. */
  readonly request: RecordedRequest;
  /** Its answer; none where the connection broke, or was given up, before one came. */
  readonly answer?: RecordedAnswer;
  /** Why there is no answer: the connection broke, or nothing came until whoever asked gave up. */
  readonly failure?: "broken" | "silent";
}

/** A recording. */
export interface Recording {
  /** The command that was recorded, by its words alone: `jobs list`. */
  readonly command?: string;
  /** What was sent and answered, in the order in which it was sent. */
  readonly exchanges: ReadonlyArray<Exchange>;
}

/** What should be a recording is none. */
export class RecordingError extends Data.Error<{
  /** What is wrong with it. */
  readonly message: string;
}> {
  /** Tells the error. */
  readonly _tag = "RecordingError";
}

/** The headers that are kept of an answer. */
export const keptHeaders: ReadonlyArray<string> = ["content-type", "location", "retry-after"];

// ---- reading and writing --------------------------------------------------------------------------------------------

/** Reads a {@linkcode Body}. */
const Body: Schema.Codec<Body> = Schema.Union([
  Schema.Struct({ json: Schema.Unknown }),
  Schema.Struct({ text: Schema.String }),
  Schema.Struct({ base64: Schema.String }),
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

/** A recording as text: a line that says what it is, and one for each request. */
export function writeRecording({ command, exchanges }: Recording): string {
  const heading = { recording: 1, dbtc: deno.version, ...command === undefined ? {} : { command } };
  return [heading, ...exchanges].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Reads a recording, or says what is wrong with it, and in which line. */
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
      (json) => Result.mapError(Schema.decodeUnknownResult(Exchange)(json), ({ message }) => message),
    );
    if (Result.isFailure(exchange)) {
      return Result.fail(`line ${number} is no request with its answer: ${exchange.failure.replaceAll(/\s+/g, " ")}`);
    }
    if ((exchange.success.answer === undefined) === (exchange.success.failure === undefined)) {
      return Result.fail(`line ${number} has neither an answer nor a failure, or both`);
    }
    exchanges.push(exchange.success);
  }
  const { command } = heading.success;
  return Result.succeed({ exchanges, ...command === undefined ? {} : { command } });
}

/** What `JSON` can do with the source of a number: ES2026, which TypeScript 6 does not know yet. */
interface SourcedJson {
  readonly parse: (
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => boolean;
}

const sourced = JSON as unknown as SourcedJson; // Deno has had it since 1.38, Node since 21

/** JSON whose numbers are written again as they were read: ids may be larger than a number can say. */
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

/** Whether a value stands for a number that is written as it was read. */
export function isExactNumber(value: unknown): boolean {
  return sourced.isRawJSON(value);
}

/** Bytes as a recording keeps them; none for none. */
export function bodyOf(bytes: Uint8Array): Body | undefined {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: bytes.toBase64() };
  }
  const json = readJson(text);
  return Result.isSuccess(json) && Predicate.isObjectKeyword(json.success) ? { json: json.success } : { text };
}

/** The bytes that a body stands for; undefined where they were not kept. */
export function contentOf(body: Body | undefined): Uint8Array | undefined {
  if (body === undefined) return new Uint8Array();
  if ("omitted" in body) return undefined;
  return "base64" in body
    ? Uint8Array.fromBase64(body.base64)
    : new TextEncoder().encode("json" in body ? JSON.stringify(body.json) : body.text);
}
