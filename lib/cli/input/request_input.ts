/**
 * The request of a command: which flags and arguments fill it, and how their values, the payload and the names of things
 * become one request. Every command of an endpoint starts here.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import type * as Stdio from "effect/Stdio";
import type * as Argument from "effect/cli/Argument";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import type { Callable } from "../../groups/table_entry.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { readStdin } from "../output/write_output.ts";
import { type FieldFlag, fieldFlags, flagName, positional } from "./field_flags.ts";
import { argument, type CommandFlag, type Moment, moment, one, text, wireTime } from "./flag_types.ts";
import { isGiven, nameFlags, resolveNames, type TypedNames } from "./name_flags.ts";

/** The flags and arguments of a request. */
export interface RequestInput {
  /** What effect/cli parses: its values are {@linkcode Typed}. */
  readonly config: {
    readonly fields: Readonly<Record<string, CommandFlag<unknown>>>;
    readonly texts: Readonly<Record<string, CommandFlag<string | undefined>>>;
    readonly times: Readonly<Record<string, CommandFlag<Moment | undefined>>>;
    readonly words: Readonly<Record<string, Argument.Argument<Option.Option<unknown>>>>;
  };
  /** Makes the request of what was typed. Names of things are looked up; fields of a body are in their wire form. */
  readonly request: (
    typed: Typed,
  ) => Effect.Effect<Record<string, unknown>, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio>;
}

/** What was typed for a request: `texts` has the payload too, unread. */
export interface Typed extends TypedNames {
  /** `since` and `until`. */
  readonly times: Readonly<Record<string, Moment | undefined>>;
}

/** What differs between the commands that ask for a request. */
export interface RequestInputOptions {
  /** The fields that help marks as required. */
  readonly needed?: ReadonlyArray<string>;
  /** The names of flags that the command has itself: they take the place of a field's. */
  readonly hidden?: ReadonlyArray<string>;
  /** What help says of `--payload`; without it, the command takes none. */
  readonly payload?: string | undefined;
}

/** The flags and arguments of a call's request. */
export function requestInput(
  call: Callable,
  { hidden = [], needed = [], payload }: RequestInputOptions = {},
): RequestInput {
  const all = fieldFlags(call, needed);
  const shown = all.filter(({ flag }) => !hidden.includes(flag.spelling.name));
  const named = nameFlags(call).filter(({ spelling }) => !hidden.includes(spelling.name));
  const words = positional(call).map((name) => {
    const type = all.find(({ path }) => path[0] === name)?.type ?? text();
    return [name, argument(flagName(name), type, `Instead of --${flagName(name)}`)] as const;
  });
  return {
    config: {
      fields: byName(shown.map(({ flag }) => flag)),
      texts: byName([...named, ...(payload === undefined ? [] : [one("payload", text("json"), payload, "d")])]),
      times: "created_at__range" in call.request ? spans : {},
      words: Object.fromEntries(words),
    },
    request: (typed) => requestOf(call, shown, typed),
  };
}

/** The flags of what can be asked for by the time of its creation. */
const spans: RequestInput["config"]["times"] = {
  since: one("since", moment, "Only what was created since: 24h, 7d, or a time in UTC"),
  until: one("until", moment, "Only what was created before: 2h, or a time in UTC"),
};

function byName<A>(flags: ReadonlyArray<CommandFlag<A>>): Readonly<Record<string, CommandFlag<A>>> {
  return Object.fromEntries(flags.map((flag) => [flag.spelling.name, flag]));
}

/** The request that was typed: the payload, with the flags over it. */
const requestOf = Effect.fnUntraced(function* (
  call: Callable,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
): Effect.fn.Return<Record<string, unknown>, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio> {
  const request: Record<string, unknown> = {};
  if (typed.texts.payload !== undefined) {
    const payload = yield* readJson(typed.texts.payload);
    if ("payload" in call && call.payload !== undefined) request[call.payload] = payload;
    else if (Predicate.isObject(payload)) {
      Object.assign(request, call.kind === "workflow" ? asTyped(flags, payload) : payload);
    } else return yield* usage("--payload is not a JSON object");
  }
  for (const { flag, path, plural } of flags) {
    const value = typed.fields[flag.spelling.name];
    if (!isGiven(typed, flag.spelling.name)) continue;
    if (plural === undefined || !Array.isArray(value)) set(request, path, value);
    else if (value.length > 1) request[plural] = value;
    else set(request, path, value[0]);
  }
  for (const [name, word] of Object.entries(typed.words)) {
    if (Option.isNone(word)) continue;
    if (isGiven(typed, flagName(name))) {
      return yield* usage(
        `--${flagName(name)} is given twice: as a flag, and as the argument "${String(word.value)}"`,
      );
    }
    request[name] = word.value;
  }
  const range = yield* rangeOf(typed.times);
  if (range !== undefined) request.created_at__range = range;
  yield* resolveNames(call, request, typed);
  return request;
});

/** A workflow's payload, with its texts read as flags are: Python dbtc's callers write numbers as text. */
function asTyped(flags: ReadonlyArray<FieldFlag>, payload: Readonly<Record<string, unknown>>) {
  const read = (name: string, value: unknown) => {
    const type = flags.find(({ path }) => path.length === 1 && path[0] === name)?.type;
    return typeof value === "string" && type !== undefined ? Option.getOrElse(type.read(value), () => value) : value;
  };
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, read(name, value)]));
}

/** The time that `--since` and `--until` ask for, from and to. */
const rangeOf = Effect.fnUntraced(function* ({ since, until }: Typed["times"]) {
  if (since === undefined && until === undefined) return undefined;
  const now = yield* Clock.currentTimeMillis;
  return [since?.(now) ?? "1970-01-01T00:00:00", until?.(now) ?? wireTime(now)] as const;
});

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
    // Only where it breaks, not what is there: that may be a secret.
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
