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
import { kindOfField } from "../../groups/id_fields.ts";
import { namedThings } from "../../groups/named_things.ts";
import type { AnyCall, AnyRequest } from "../../groups/table_entry.ts";
import { apiTime } from "../../time.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import {
  argumentFields,
  type FieldFlag,
  type FieldFlagOptions,
  fieldFlags,
  fieldLine,
  flagName,
  letters,
} from "./field_flags.ts";
import { argument, argumentList, type CommandFlag, type Moment, moment, one, text } from "./flag_types.ts";
import { referenceFlag, urlsAmong } from "./id_references.ts";
import { fillMissingId } from "./missing_ids.ts";
import { readJson } from "./read_json.ts";
import { resolveIds } from "./resolve_ids.ts";
import { isGiven, type RequestServices, setPath, type Typed } from "./typed_request.ts";

/** The flags and arguments of a request. */
export interface RequestInput {
  /** The flags and arguments, for `effect/cli`. It parses them to {@linkcode Typed}. */
  readonly config: {
    readonly fields: Readonly<Record<string, CommandFlag<unknown>>>;
    readonly names: Readonly<Record<string, CommandFlag<string | undefined>>>;
    readonly within: Readonly<Record<string, CommandFlag<number | string | undefined>>>;
    readonly body: Readonly<Record<string, CommandFlag<string | undefined>>>;
    readonly times: Readonly<Record<string, CommandFlag<Moment | undefined>>>;
    readonly args: Readonly<Record<string, Argument.Argument<unknown>>>;
  };
  /**
   * Makes the request. It looks up names, and has the fields of a body in their JSON form. Where the command takes several
   * things, the field of their ids has a list.
   */
  readonly request: (typed: Typed) => Effect.Effect<Record<string, unknown>, DbtError | UsageError, RequestServices>;
  /** The URLs among the ids that the user typed. */
  readonly urls: (typed: Typed) => ReadonlyArray<string>;
}

/** What differs between the commands that have a request. */
interface RequestInputOptions extends FieldFlagOptions {
  /** Flags that this request does not have, because the command has its own ones of these names. */
  readonly hidden?: ReadonlyArray<string>;
  /** The line of help of `--payload`; without it, there is no such flag. */
  readonly payload?: string | undefined;
  /** What else may stand in place of an argument, for its line of help. */
  readonly unless?: Readonly<Record<string, string>>;
  /** The field of which the command line may name several ids as arguments. */
  readonly several?: string | undefined;
}

/** The flags and arguments of a call's request. */
export function requestInput(
  call: AnyCall,
  { describe = (line) => line, hidden = [], needed = [], payload, several, ...options }: RequestInputOptions = {},
): RequestInput {
  const argumentNames = argumentFields(call).filter((field) => !hidden.includes(flagName(field)));
  const all = fieldFlags(call, { describe, needed, args: options.args ?? argumentNames });
  const fields = all.filter(({ flag }) => !hidden.includes(flag.spelling.name));
  const within = narrowingFields(call, fields).filter((field) => !hidden.includes(flagName(field)));
  const args = argumentNames.map((field) => {
    const type = all.find(({ path }) => path[0] === field)?.type ?? text();
    const name = flagName(field, call);
    const make = field === several ? argumentList : argument;
    return [
      field,
      make<unknown>(name, type, fieldLine(call, field, { describe, needed }) + (options.unless?.[field] ?? "")),
    ] as const;
  });
  return {
    config: {
      fields: byName(fields.map(({ flag }) => flag)),
      // A request that takes the name itself has that flag already.
      names: byName(
        fields.flatMap(({ finds }) => finds?.nameFlag ?? []).filter(({ spelling }) =>
          !Object.hasOwn(call.request, spelling.name.replaceAll("-", "_"))
        ),
      ),
      within: byName(within.map((field) => {
        const [noun] = field.split("_id");
        const line = describe(`Look for a name in this ${noun} only`);
        return referenceFlag(flagName(field), kindOfField(field) ?? "project", line, letters[field]);
      })),
      body: byName(payload === undefined ? [] : [one("payload", text("json"), payload, "d")]),
      times: byName("created_at__range" in call.request ? timeFlags(describe) : []),
      args: Object.fromEntries(args),
    },
    request: (typed) => requestOf(call, fields, typed),
    urls: ({ args, fields: values, within }) => {
      const references = fields.filter(({ finds }) => finds !== undefined);
      return urlsAmong([
        ...references.map(({ flag, path }) => [values[flag.spelling.name], path.length === 1 && args[path[0] ?? ""]]),
        ...Object.values(within),
      ].flat());
    },
  };
}

/** The ids that narrow the lists in which names are looked up, and that the request itself does not have. */
function narrowingFields(call: AnyCall, fields: ReadonlyArray<FieldFlag>): ReadonlyArray<string> {
  const all = fields.flatMap(({ finds }) => {
    const kind = finds?.kind;
    return kind === undefined || kind === "run" ? [] : namedThings[kind].within;
  });
  return [...new Set(all)].filter((field) => !Object.hasOwn(call.request, field));
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
  call: AnyCall,
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
  for (const { finds, flag, path, plural } of flags) {
    const value = typed.fields[flag.spelling.name];
    if (finds !== undefined || !isGiven(typed, flag.spelling.name)) continue;
    if (plural === undefined || !Array.isArray(value)) setPath(request, path, value);
    else if (value.length > 1) request[plural] = value;
    else setPath(request, path, value[0]);
  }
  for (const [field, value] of Object.entries(typed.args)) {
    if (value === undefined || flags.some(({ finds, path }) => finds !== undefined && path[0] === field)) continue;
    const name = flagName(field, call);
    if (isGiven(typed, name)) {
      return yield* usage(`--${name} is given twice, as a flag and as the argument "${String(value)}"`);
    }
    request[field] = value;
  }
  const range = yield* timeRange(typed.times);
  if (range !== undefined) request.created_at__range = range;
  yield* fillMissingId("account_id", call, request);
  yield* resolveIds(call, flags, typed, request);
  yield* fillMissingId("project_id", call, request);
  yield* fillMissingId("environment_id", call, request);
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
  const [from, to] = [since?.(now) ?? "1970-01-01T00:00:00", until?.(now) ?? apiTime(now)];
  if (since !== undefined && from > to) {
    return yield* usage(`--since is ${from}, and --until is ${to}: the period would end before it begins`);
  }
  return [from, to] as const;
});
