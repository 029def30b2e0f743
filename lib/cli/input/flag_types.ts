/**
 * Flags and arguments with types: how a value is read, and what help, completions and errors say about it. Every flag of
 * every command is made here.
 *
 * `effect/cli` parses the command line, and prints help and completions. The types of values are own ones, because those
 * of `effect/cli` each word their errors differently, and its file type refuses devices and makes a path of `-`.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type * as Argument from "effect/cli/Argument";
import * as Flag from "effect/cli/Flag";
import * as Param from "effect/cli/Param";
import * as Primitive from "effect/cli/Primitive";
import { defined } from "../../defined.ts";
import { apiTime } from "../../time.ts";

// ---- types of values ------------------------------------------------------------------------------------------------

/** The type of a value on the command line. */
export interface ValueType<out A> {
  /** What help calls the value: `integer`. */
  readonly metavar: string;
  /** What a wrong value should be, in its error: `--top: "x" is not …`. */
  readonly expected: string;
  /** Reads the text of one value; none if the text is wrong. */
  readonly read: (text: string) => Option.Option<A>;
  /** The type of `effect/cli` that completions are made from: choices, a file, a number. */
  readonly completedAs: Primitive.Primitive<unknown>;
}

/** Any text. */
export function text(metavar = "text"): ValueType<string> {
  return { metavar, expected: metavar, read: Option.some, completedAs: Primitive.String };
}

/** One of these words. Help lists them. */
export function choice<const Word extends string>(words: ReadonlyArray<Word>): ValueType<Word> {
  return {
    metavar: "choice",
    expected: words.join("|"),
    read: (text) => Option.fromUndefinedOr(words.find((word) => word === text)),
    completedAs: Primitive.Choice(words.map((word) => [word, word])),
  };
}

/** One of these names, in any case, or a value of another type: dbt Cloud may have values that dbtc has no name for. */
export function nameOr<A>(names: Readonly<Record<string, A>>, other: ValueType<A>): ValueType<A> {
  return {
    metavar: other.metavar === "integer" ? "name|integer" : other.metavar,
    expected: [...Object.keys(names), other.metavar].join("|"),
    read: (text) => {
      const name = text.toLowerCase();
      return Object.hasOwn(names, name) ? Option.fromUndefinedOr(names[name]) : other.read(text);
    },
    completedAs: Primitive.Choice(Object.entries(names)),
  };
}

/** A value that a schema reads: a scalar from its text, anything else from JSON. */
export function schemaValue<A>(schema: Schema.Codec<A, unknown>, metavar: string, isScalar: boolean): ValueType<A> {
  const read = Schema.decodeUnknownResult(isScalar ? Schema.toCodecStringTree(schema) : Schema.fromJsonString(schema));
  return {
    metavar,
    expected: metavar,
    read: (text) => Result.getSuccess(read(text)),
    completedAs: metavar === "integer" ? Primitive.Int : Primitive.String,
  };
}

/** A whole number within limits. */
export function integer(expected: string, least: number, most: number): ValueType<number> {
  const read = (text: string) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? Option.some(value) : Option.none();
  };
  return { metavar: "integer", expected, read, completedAs: Primitive.Int };
}

/** A whole number, up to 9999, of `things`. */
export function count(things: string, least = 1): ValueType<number> {
  return integer(`a number of ${things}`, least, 9999);
}

/** A number of 0 or more, with or without decimals, that passes `test`. */
export function decimal(
  metavar: string,
  expected: string,
  test: (value: number) => boolean = () => true,
): ValueType<number> {
  return {
    metavar,
    expected,
    read: (text) => /^\d+(\.\d+)?$/.test(text) && test(Number(text)) ? Option.some(Number(text)) : Option.none(),
    completedAs: Primitive.Finite,
  };
}

/** The words of effect/cli for a boolean. */
const booleans = new Map([
  ...["true", "yes", "on", "1", "y"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0", "n"].map((word) => [word, false] as const),
]);

/** A boolean. */
export const boolean: ValueType<boolean> = {
  metavar: "boolean",
  expected: "true|false",
  read: (text) => Option.fromUndefinedOr(booleans.get(text)),
  completedAs: Primitive.Boolean,
};

/** A duration of at least a tenth of a second: `90`, `30s`, `15m`, `2h`. */
export const duration: ValueType<Duration.Duration> = {
  metavar: "time",
  expected: "a time: 90, 30s, 15m, 2h",
  read: (text) => {
    const seconds = secondsOf(text);
    return seconds === undefined || seconds < 0.1 ? Option.none() : Option.some(Duration.seconds(seconds));
  },
  completedAs: Primitive.String,
};

/** A moment in the form of {@linkcode apiTime}, once the current time is known, in milliseconds. */
export type Moment = (now: number) => string;

/** A moment: how long ago, as in `24h`, or a time as RFC 3339. */
export const moment: ValueType<Moment> = {
  metavar: "time",
  expected: "a time, or how long ago: 24h, 7d, 2026-01-31T12:00",
  read: (text) => {
    const seconds = secondsOf(text);
    if (seconds !== undefined) return Option.some((now) => apiTime(now - seconds * 1000));
    // A time of day without an offset is in UTC; `Date.parse` would take it for local time.
    const time = Date.parse(
      /[zZ]|[+-]\d\d:?\d\d$/.test(text) || !text.includes(":") ? text : `${text.replace(" ", "T")}Z`,
    );
    return Number.isNaN(time) ? Option.none() : Option.some(() => apiTime(time));
  },
  completedAs: Primitive.String,
};

/** Seconds from `90`, `90s`, `15m`, `2h` or `7d`. */
function secondsOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };
  const seconds = match === null ? NaN : Number(match[1]) * (units[match[2] ?? ""] ?? 1);
  // At most a century: `Date` cannot go back much further.
  return seconds <= 36_525 * 86_400 ? seconds : undefined;
}

/** A file to read or write, which may also be a device, a pipe or `-`. */
export const file: ValueType<string> = path("file", Primitive.Path("file"));

/** A folder, which may be missing. */
export const folder: ValueType<string> = path("folder", Primitive.Path("directory"));

function path(metavar: string, completedAs: Primitive.Primitive<string>): ValueType<string> {
  return { metavar, expected: metavar, read: Option.liftPredicate((text) => text !== ""), completedAs };
}

// ---- flags ----------------------------------------------------------------------------------------------------------

/** How a flag is spelled. `argv.ts` has to know it to find the flag's value. */
export interface Spelling {
  /** The name, without the dashes. */
  readonly name: string;
  /** The one-letter name. */
  readonly short?: string;
  /** Other names, which help and completions leave out. */
  readonly aliases?: ReadonlyArray<string>;
  /** What the flag takes: one value; one for each time that it is given; or a boolean, which `--no-NAME` negates. */
  readonly takes: "one" | "many" | "boolean";
}

/** A flag of `effect/cli`, and how it is spelled. */
export interface CommandFlag<out A> extends Flag.Flag<A> {
  /** How it is spelled. */
  readonly spelling: Spelling;
}

/** An argument of a command, with the name that it has in help. */
export interface CommandArgument<out A> extends Argument.Argument<A> {
  /** The name. */
  readonly argumentName: string;
}

/** Flags and arguments by the names that code has for them, in groups if need be. */
export interface CommandFlags {
  readonly [name: string]: CommandFlag<unknown> | CommandArgument<unknown> | CommandFlags;
}

/** How these flags are spelled. */
export function spellingsOf(flags: CommandFlags): ReadonlyArray<Spelling> {
  return Object.values(flags).flatMap((flag) =>
    isFlag(flag) ? [flag.spelling] : isArgument(flag) ? [] : spellingsOf(flag)
  );
}

/** The names of the arguments among these flags. */
export function argumentNames(flags: CommandFlags): ReadonlyArray<string> {
  return Object.values(flags).flatMap((flag) =>
    isArgument(flag) ? [flag.argumentName] : isFlag(flag) ? [] : argumentNames(flag)
  );
}

function isFlag(flag: CommandFlags[string]): flag is CommandFlag<unknown> {
  return Param.isParam(flag) && "spelling" in flag;
}

function isArgument(flag: CommandFlags[string]): flag is CommandArgument<unknown> {
  return Param.isParam(flag) && "argumentName" in flag;
}

/** A flag with one value. If it is given again, the last value counts. */
export function one<A>(
  name: string,
  type: ValueType<A>,
  description: string,
  short?: string,
): CommandFlag<A | undefined> {
  return optional({ name, takes: "one", ...defined({ short }) }, type, description);
}

/** A flag with a list of values. `split` finds several values in one text. The list is empty if the flag is not given. */
export function many<A>(
  name: string,
  type: ValueType<A>,
  description: string,
  { short, split = (text) => [text] }: {
    readonly short?: string | undefined;
    readonly split?: (text: string) => ReadonlyArray<string>;
  } = {},
): CommandFlag<ReadonlyArray<A>> {
  const spelling: Spelling = { name, takes: "many", ...defined({ short }) };
  const items: ValueType<ReadonlyArray<A>> = { ...type, read: (text) => Option.all(split(text).map(type.read)) };
  const flag = flagOf(spelling, items, `${description} (repeatable)`);
  return withSpelling(spelling, Flag.map(Flag.atLeast(flag, 0), (lists) => lists.flat()));
}

/** The same flag, which help and completions leave out. */
export function hidden<A>(flag: CommandFlag<A>): CommandFlag<A> {
  return withSpelling(flag.spelling, Flag.withHidden(flag));
}

/** A boolean flag: `--name`, `--no-name`, or undefined if it is not given. */
export function yesOrNo(name: string, description: string, short?: string): CommandFlag<boolean | undefined> {
  return optional({ name, takes: "boolean", ...defined({ short }) }, boolean, description);
}

/** A boolean flag with a default. */
export function toggle(name: string, fallback: boolean, description: string): CommandFlag<boolean> {
  const flag = yesOrNo(name, description);
  return withSpelling(flag.spelling, Flag.map(flag, (value) => value ?? fallback));
}

/** An optional argument. */
export function argument<A>(
  name: string,
  type: ValueType<A>,
  description: string,
): Argument.Argument<A | undefined> {
  return Param.map(Param.optional(argumentOf(name, type, description)), Option.getOrUndefined);
}

/** An argument that may be given several times. */
export function argumentList<A>(
  name: string,
  type: ValueType<A>,
  description: string,
): CommandArgument<ReadonlyArray<A>> {
  return Object.assign(Param.variadic(argumentOf(name, type, description)), { argumentName: name });
}

function argumentOf<A>(name: string, type: ValueType<A>, description: string): Argument.Argument<A> {
  return Param.makeSingle({
    kind: Param.argumentKind,
    name,
    primitiveType: primitiveOf(type),
    typeName: type.metavar,
    description: Option.some(description),
  });
}

function optional<A>(spelling: Spelling, type: ValueType<A>, description: string): CommandFlag<A | undefined> {
  const flag = Flag.optional(flagOf(spelling, type, description));
  return withSpelling(spelling, Flag.map(flag, Option.getOrUndefined));
}

function flagOf<A>({ name, short, takes }: Spelling, type: ValueType<A>, description: string): Flag.Flag<A> {
  return Param.makeSingle({
    kind: Param.flagKind,
    name,
    primitiveType: primitiveOf(type),
    typeName: takes === "boolean" ? undefined : type.metavar,
    description: Option.some(description),
    aliases: short === undefined ? [] : [short],
  });
}

/** The type for `effect/cli`: everything of `completedAs` but how it reads a value. */
function primitiveOf<A>({ completedAs, expected, read }: ValueType<A>): Primitive.Primitive<A> {
  const parse = (text: string) =>
    Option.match(read(text), { onNone: () => Effect.fail(expected), onSome: (value) => Effect.succeed(value) });
  // `Object.create` has no type. This is a `Primitive<A>`: only `parse` depends on `A`, and it is replaced.
  return Object.assign(Object.create(completedAs), { parse });
}

/** The same flag, with other names. */
export function withAliases<A>(flag: CommandFlag<A>, ...aliases: ReadonlyArray<string>): CommandFlag<A> {
  return withSpelling({ ...flag.spelling, aliases }, flag);
}

function withSpelling<A>(spelling: Spelling, flag: Flag.Flag<A>): CommandFlag<A> {
  return Object.assign(flag, { spelling });
}
