/**
 * The request of a command: which flags and arguments it has, and how their values, the payload and the names of things
 * become one request. Every command of an endpoint uses it, by way of `endpoint_command.ts`.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import type * as Stdio from "effect/Stdio";
import type * as Argument from "effect/cli/Argument";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import type { AnyRequest, Callable } from "../../groups/table_entry.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { argumentFields, type FieldFlag, type FieldFlagOptions, fieldFlags, flagName } from "./field_flags.ts";
import { apiTime, argument, type CommandFlag, type Moment, moment, one, text } from "./flag_types.ts";
import { isGiven, nameFlags, resolveNames, type TypedNames } from "./name_flags.ts";
import { readJson } from "./read_json.ts";

/** The flags and arguments of a request. */
export interface RequestInput {
  /** The flags and arguments, for `effect/cli`. It parses them to {@linkcode Typed}. */
  readonly config: {
    readonly fields: Readonly<Record<string, CommandFlag<unknown>>>;
    readonly names: Readonly<Record<string, CommandFlag<string | undefined>>>;
    readonly body: Readonly<Record<string, CommandFlag<string | undefined>>>;
    readonly times: Readonly<Record<string, CommandFlag<Moment | undefined>>>;
    readonly args: Readonly<Record<string, Argument.Argument<unknown>>>;
  };
  /** Makes the request. It looks up names, and has the fields of a body in their JSON form. */
  readonly request: (
    typed: Typed,
  ) => Effect.Effect<Record<string, unknown>, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio>;
}

/** What a command line says about a request. */
export interface Typed extends TypedNames {
  /** `payload`, unread. */
  readonly body: Readonly<Record<string, string | undefined>>;
  /** `since` and `until`. */
  readonly times: Readonly<Record<string, Moment | undefined>>;
}

/** What differs between the commands that have a request. */
interface RequestInputOptions extends FieldFlagOptions {
  /** Flags that this request does not have, because the command has its own ones of these names. */
  readonly hidden?: ReadonlyArray<string>;
  /** The line of help of `--payload`; without it, there is no such flag. */
  readonly payload?: string | undefined;
}

/** The flags and arguments of a call's request. */
export function requestInput(
  call: Callable,
  { describe = (line) => line, hidden = [], needed = [], payload }: RequestInputOptions = {},
): RequestInput {
  const all = fieldFlags(call, { describe, needed });
  const fields = all.filter(({ flag }) => !hidden.includes(flag.spelling.name));
  const names = nameFlags(call, describe).filter(({ spelling }) => !hidden.includes(spelling.name));
  const args = argumentFields(call).filter((field) => !hidden.includes(flagName(field))).map((field) => {
    const type = all.find(({ path }) => path[0] === field)?.type ?? text();
    return [field, argument(flagName(field), type, `Instead of --${flagName(field)}`)] as const;
  });
  return {
    config: {
      fields: byName(fields.map(({ flag }) => flag)),
      names: byName(names),
      body: byName(payload === undefined ? [] : [one("payload", text("json"), payload, "d")]),
      times: byName("created_at__range" in call.request ? timeFlags(describe) : []),
      args: Object.fromEntries(args),
    },
    request: (typed) => requestOf(call, fields, typed),
  };
}

/** The flags for the time in which a thing was created. */
function timeFlags(describe: (line: string) => string): ReadonlyArray<CommandFlag<Moment | undefined>> {
  return [
    one("since", moment, describe("Created since: 24h, 7d, or a time in UTC")),
    one("until", moment, describe("Created before: 2h, or a time in UTC")),
  ];
}

function byName<A>(flags: ReadonlyArray<CommandFlag<A>>): Readonly<Record<string, CommandFlag<A>>> {
  return Object.fromEntries(flags.map((flag) => [flag.spelling.name, flag]));
}

/** The payload, with the values of flags and arguments over it. */
const requestOf = Effect.fnUntraced(function* (
  call: Callable,
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
): Effect.fn.Return<Record<string, unknown>, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio> {
  let request: Record<string, unknown> = {};
  if (typed.body.payload !== undefined) {
    const payload = yield* readJson(typed.body.payload);
    if ("payload" in call && call.payload !== undefined) request[call.payload] = payload;
    else if (Predicate.isObject(payload)) {
      // A spread, since `Object.assign` would take a member `__proto__` for the prototype.
      request = { ...(call.kind === "workflow" ? readTexts(flags, payload) : payload) };
    } else return yield* usage("--payload is not a JSON object");
  }
  for (const { flag, path, plural } of flags) {
    const value = typed.fields[flag.spelling.name];
    if (!isGiven(typed, flag.spelling.name)) continue;
    if (plural === undefined || !Array.isArray(value)) setPath(request, path, value);
    else if (value.length > 1) request[plural] = value;
    else setPath(request, path, value[0]);
  }
  for (const [field, value] of Object.entries(typed.args)) {
    if (value === undefined) continue;
    if (isGiven(typed, flagName(field))) {
      return yield* usage(`--${flagName(field)} is given twice, as a flag and as the argument "${String(value)}"`);
    }
    request[field] = value;
  }
  const range = yield* timeRange(typed.times);
  if (range !== undefined) request.created_at__range = range;
  yield* resolveNames(call, request, typed);
  return request;
});

/** A workflow's payload, with texts read as values of flags: users of Python dbtc write numbers as texts. */
function readTexts(flags: ReadonlyArray<FieldFlag>, payload: AnyRequest): AnyRequest {
  const read = (name: string, value: unknown) => {
    const type = flags.find(({ path }) => path.length === 1 && path[0] === name)?.type;
    return typeof value === "string" && type !== undefined ? Option.getOrElse(type.read(value), () => value) : value;
  };
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, read(name, value)]));
}

/** The start and end of the time that `--since` and `--until` ask for. */
const timeRange = Effect.fnUntraced(function* ({ since, until }: Typed["times"]) {
  if (since === undefined && until === undefined) return undefined;
  const now = yield* Clock.currentTimeMillis;
  return [since?.(now) ?? "1970-01-01T00:00:00", until?.(now) ?? apiTime(now)] as const;
});

function setPath(request: Record<string, unknown>, path: ReadonlyArray<string>, value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    request[name] = value;
    return;
  }
  const inner = Predicate.isObject(request[name]) ? { ...request[name] } : {};
  setPath(inner, rest, value);
  request[name] = inner;
}
