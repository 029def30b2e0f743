/**
 * What was typed for one row: from flags, arguments and payload to a request.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import * as SchemaAST from "effect/SchemaAST";
import type * as Stdio from "effect/Stdio";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { fieldOf, pathNames } from "../../request.ts";
import type { Callable, Row } from "../../groups/table_entry.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { type FieldFlag, readValue, readValues, type Typed } from "./field_flags.ts";

export type { Typed };
import { resolveNames } from "./name_flags.ts";
import { readStdin } from "../output/write_output.ts";

/** The request that was typed: the payload, with the flags over it. */
export const requestOf = Effect.fnUntraced(function* (
  { call }: Row,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
): Effect.fn.Return<Record<string, unknown>, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio> {
  const request: Record<string, unknown> = {};
  if (Option.isSome(typed.payload)) {
    const payload = yield* readJson(typed.payload.value);
    if ("payload" in call && call.payload !== undefined) request[call.payload] = payload;
    else if (Predicate.isObject(payload)) Object.assign(request, payload);
    else return yield* usage("--payload is not a JSON object");
  }
  for (const flag of flags) {
    const texts = typed.flags[flag.name] ?? [];
    if (texts.length === 0) continue;
    const values = yield* fromResult(flag.takes === "many" ? readValues(flag, texts) : single(flag, texts));
    if (flag.plural !== undefined && values.length > 1) request[flag.plural] = values;
    else set(request, flag.path, flag.takes === "many" && flag.plural === undefined ? values : values[0]);
  }
  for (const [name, word] of Object.entries(typed.words)) {
    const flag = flags.find(({ path }) => path[0] === name);
    if (flag === undefined || Option.isNone(word)) continue;
    if ((typed.flags[flag.name] ?? []).length > 0) {
      return yield* usage(`--${flag.name} is given twice: as a flag, and as the argument "${word.value}"`);
    }
    request[name] = yield* fromResult(readValue(flag, word.value));
  }
  const [since, until] = [typed.flags.since?.at(-1), typed.flags.until?.at(-1)];
  if (since !== undefined || until !== undefined) {
    const now = yield* Clock.currentTimeMillis;
    request.created_at__range = [
      since === undefined ? "1970-01-01T00:00:00" : yield* fromResult(readTime("since", since, now)),
      until === undefined ? wireTime(now) : yield* fromResult(readTime("until", until, now)),
    ];
  }
  yield* resolveNames(call, request, typed);
  return request;
});

/** The fields that may be given as arguments: the last id of the path, and the tail behind it; or what is required. */
export function positional(call: Callable): ReadonlyArray<string> {
  if (!("route" in call)) return required(call);
  // The account contains nearly everything; it is the thing itself only at the end.
  const names = pathNames(call.route).filter((name) => name !== "account_id" || /:account_id\/?$/.test(call.route));
  return call.route.endsWith("*") ? names.slice(-2) : names.slice(-1);
}

/** The fields that may not be absent. */
export function required(call: Callable): ReadonlyArray<string> {
  return Object.keys(call.request).filter((name) =>
    !SchemaAST.isOptional(fieldOf(call, name)?.ast ?? SchemaAST.unknown)
  );
}

/** A time as it is typed, `24h` ago or RFC 3339, as the API compares it: in UTC, without an offset. */
function readTime(flag: string, text: string, now: number): Result.Result<string, string> {
  const seconds = readDuration(text);
  if (seconds !== undefined) return Result.succeed(wireTime(now - seconds * 1000));
  const time = Date.parse(
    /[zZ]|[+-]\d\d:?\d\d$/.test(text) || !text.includes(":") ? text : `${text.replace(" ", "T")}Z`,
  );
  return Number.isNaN(time)
    ? Result.fail(`--${flag}: "${text}" is neither a time nor how long ago: 24h, 7d, 2026-01-31T12:00`)
    : Result.succeed(wireTime(time));
}

function wireTime(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19);
}

/** Seconds from `90`, `90s`, `15m`, `2h` or `7d`. */
export function readDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };
  const seconds = match === null ? NaN : Number(match[1]) * (units[match[2] ?? ""] ?? 1);
  // A century is longer than anything that one waits for or looks back to.
  return seconds <= 36_525 * 86_400 ? seconds : undefined;
}

function single(flag: FieldFlag, texts: ReadonlyArray<string>): Result.Result<Array<unknown>, string> {
  return texts.length > 1
    ? Result.fail(`--${flag.name} is given ${texts.length} times, and takes one value`)
    : Result.map(readValue(flag, texts[0] ?? ""), (value) => [value]);
}

/** Reads JSON from a flag: the text itself, `@file`, or `-` for stdin. */
export const readJson = Effect.fnUntraced(function* (payload: string) {
  const text = payload === "-" ? yield* readStdin : payload.startsWith("@")
    ? yield* Effect.mapError(
      (yield* FileSystem.FileSystem).readFileString(payload.slice(1)),
      () => usage(`--payload: cannot read ${payload.slice(1)}`),
    )
    : payload;
  return yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    // Where it breaks is said, what stands there is not: it may be a secret.
    catch: (error) =>
      usage(
        `--payload is not JSON${
          / (at|after) .*?position.*$/.exec(String(error))?.[0].replace(/^.* at /, " at ") ?? ""
        }`,
      ),
  });
});

function set(request: Record<string, unknown>, path: ReadonlyArray<string>, value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) request[name] = value;
  else {
    const inner = Predicate.isObject(request[name]) ? { ...request[name] } : {};
    set(inner, rest, value);
    request[name] = inner;
  }
}

/** What a result says, as a mistake of whoever typed it. */
const fromResult = <A>(result: Result.Result<A, string>): Effect.Effect<A, UsageError> =>
  Effect.mapError(Effect.fromResult(result), usage);
