/**
 * Flags and arguments with types: how a value is read, and what help, completions and errors say about it. Every flag of
 * every command is made here.
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

// ---- values ---------------------------------------------------------------------------------------------------------

/** How a value on the command line is read. */
export interface ValueType<out A> {
  /** What help calls the value: `integer`. */
  readonly metavar: string;
  /** What an error says that it should be: `--top: "x" is not …`. */
  readonly expected: string;
  /** Reads the text of one value. */
  readonly read: (text: string) => Option.Option<A>;
  /** The type of effect/cli that completions go by: a choice, a file, a number. */
  readonly completedAs: Primitive.Primitive<unknown>;
}

/** Any text. */
export function text(metavar = "text"): ValueType<string> {
  return { metavar, expected: metavar, read: Option.some, completedAs: Primitive.String };
}

/** One of these words, which help lists. */
export function choice<const Word extends string>(words: ReadonlyArray<Word>): ValueType<Word> {
  return {
    metavar: "choice",
    expected: words.join("|"),
    read: (text) => Option.fromUndefinedOr(words.find((word) => word === text)),
    completedAs: Primitive.Choice(words.map((word) => [word, word])),
  };
}

/** One of these names, in any case, or what `other` reads: dbt Cloud adds values that dbtc has no name for. Help lists them. */
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

/** A value as a schema reads it: a scalar from its text, anything else from JSON. */
export function schemaValue<A>(schema: Schema.Codec<A, unknown>, metavar: string, isScalar: boolean): ValueType<A> {
  const read = Schema.decodeUnknownResult(isScalar ? Schema.toCodecStringTree(schema) : Schema.fromJsonString(schema));
  return {
    metavar,
    expected: metavar,
    read: (text) => Result.getSuccess(read(text)),
    completedAs: metavar === "integer" ? Primitive.Int : Primitive.String,
  };
}

/** A whole number from `least` to 9999: a number of `what`. */
export function count(least: number, what: string): ValueType<number> {
  return {
    metavar: "integer",
    expected: `a number of ${what}`,
    read: (text) => /^\d{1,4}$/.test(text) && Number(text) >= least ? Option.some(Number(text)) : Option.none(),
    completedAs: Primitive.Int,
  };
}

/** A number of 0 or more that passes `test`. */
export function number(
  metavar: string,
  expected: string,
  test: (number: number) => boolean = () => true,
): ValueType<number> {
  return {
    metavar,
    expected,
    read: (text) => /^\d+(\.\d+)?$/.test(text) && test(Number(text)) ? Option.some(Number(text)) : Option.none(),
    completedAs: Primitive.Finite,
  };
}

/** A length of time of at least a tenth of a second: `90`, `30s`, `15m`, `2h`. */
export const duration: ValueType<Duration.Duration> = {
  metavar: "time",
  expected: "a time: 90, 30s, 15m, 2h",
  read: (text) => {
    const seconds = secondsOf(text);
    return seconds === undefined || seconds < 0.1 ? Option.none() : Option.some(Duration.seconds(seconds));
  },
  completedAs: Primitive.String,
};

/** A moment, once it is known what time it is now, in milliseconds: in UTC and without an offset, as the API compares it. */
export type Moment = (now: number) => string;

/** A moment: `24h` ago, or RFC 3339. */
export const moment: ValueType<Moment> = {
  metavar: "time",
  expected: "a time, or how long ago: 24h, 7d, 2026-01-31T12:00",
  read: (text) => {
    const seconds = secondsOf(text);
    if (seconds !== undefined) return Option.some((now) => wireTime(now - seconds * 1000));
    const time = Date.parse(
      /[zZ]|[+-]\d\d:?\d\d$/.test(text) || !text.includes(":") ? text : `${text.replace(" ", "T")}Z`,
    );
    return Number.isNaN(time) ? Option.none() : Option.some(() => wireTime(time));
  },
  completedAs: Primitive.String,
};

/** A time as the API compares it. */
export function wireTime(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19);
}

/** Seconds from `90`, `90s`, `15m`, `2h` or `7d`. */
function secondsOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };
  const seconds = match === null ? NaN : Number(match[1]) * (units[match[2] ?? ""] ?? 1);
  // Nobody waits for a century, or looks back that far; `Date` cannot hold much more.
  return seconds <= 36_525 * 86_400 ? seconds : undefined;
}

/** A file. effect/cli's own type refuses devices, pipes and `-`, which may all be written to. */
export const file: ValueType<string> = { ...text("file"), completedAs: Primitive.Path("file") };

/** A folder, which may be missing. */
export const folder: ValueType<string> = { ...text("folder"), completedAs: Primitive.Path("directory") };

// ---- flags ----------------------------------------------------------------------------------------------------------

/** How a flag is spelled: what `argv.ts` must know to find its value. */
export interface Spelling {
  /** As it is typed, without the dashes. */
  readonly name: string;
  /** Its one letter. */
  readonly short?: string;
  /** One value; several, each with the flag again; or yes and no. */
  readonly takes: "one" | "many" | "boolean";
}

/** A flag of effect/cli that knows how it is spelled. */
export interface CommandFlag<out A> extends Flag.Flag<A> {
  /** How it is spelled. */
  readonly spelling: Spelling;
}

/** Several flags, by the names that code has for them. */
export interface CommandFlags {
  readonly [name: string]: CommandFlag<unknown> | CommandFlags;
}

/** How these flags are spelled. */
export function spellingsOf(flags: CommandFlags): ReadonlyArray<Spelling> {
  return Object.values(flags).flatMap((flag) => isFlag(flag) ? [flag.spelling] : spellingsOf(flag));
}

function isFlag(flag: CommandFlag<unknown> | CommandFlags): flag is CommandFlag<unknown> {
  return Param.isParam(flag);
}

/** A flag with one value. Given again, the last value counts. */
export function one<A>(
  name: string,
  type: ValueType<A>,
  description: string,
  short?: string,
): CommandFlag<A | undefined> {
  const flag = Flag.optional(single(Param.flagKind, name, type.metavar, primitive(type), description, short));
  return spelled({ name, takes: "one", ...letter(short) }, Flag.map(flag, Option.getOrUndefined));
}

/** A flag that may be given again. A text may hold several values where `split` says so; none gives no values. */
export function many<A>(
  name: string,
  type: ValueType<A>,
  description: string,
  { short, split = (text) => [text] }: {
    readonly short?: string | undefined;
    readonly split?: (text: string) => ReadonlyArray<string>;
  } = {},
): CommandFlag<ReadonlyArray<A>> {
  const items: ValueType<ReadonlyArray<A>> = { ...type, read: (text) => Option.all(split(text).map(type.read)) };
  const help = `${description}; may be given again`;
  const flag = single(Param.flagKind, name, type.metavar, primitive(items), help, short);
  return spelled({ name, takes: "many", ...letter(short) }, Flag.map(Flag.atLeast(flag, 0), (all) => all.flat()));
}

/** Yes or no, or neither where it is not given. */
export function yesOrNo(name: string, description: string, short?: string): CommandFlag<boolean | undefined> {
  const help = description.startsWith("Whether ") ? `${description}; --no-${name} says no` : description;
  const flag = Flag.optional(single(Param.flagKind, name, undefined, Primitive.Boolean, help, short));
  return spelled({ name, takes: "boolean", ...letter(short) }, Flag.map(flag, Option.getOrUndefined));
}

/** Yes or no. */
export function toggle(name: string, fallback: boolean, description: string): CommandFlag<boolean> {
  const flag = yesOrNo(name, description);
  return spelled(flag.spelling, Flag.map(flag, (given) => given ?? fallback));
}

/** An argument that may be left out. */
export function argument<A>(
  name: string,
  type: ValueType<A>,
  description: string,
): Argument.Argument<Option.Option<A>> {
  return Param.optional(single(Param.argumentKind, name, type.metavar, primitive(type), description));
}

/** The type as effect/cli reads it: with the completions of its own type, and our reading. */
function primitive<A>({ completedAs, expected, read }: ValueType<A>): Primitive.Primitive<A> {
  const parse = (text: string) =>
    Option.match(read(text), { onNone: () => Effect.fail(expected), onSome: (value) => Effect.succeed(value) });
  return Object.assign(Object.create(completedAs), { parse });
}

function single<const Kind extends Param.ParamKind, A>(
  kind: Kind,
  name: string,
  metavar: string | undefined,
  primitiveType: Primitive.Primitive<A>,
  description: string,
  short?: string,
): Param.Param<Kind, A> {
  return Param.makeSingle({
    kind,
    name,
    primitiveType,
    typeName: metavar,
    description: Option.some(description),
    aliases: short === undefined ? [] : [short],
  });
}

function letter(short: string | undefined): Pick<Spelling, "short"> {
  return short === undefined ? {} : { short };
}

function spelled<A>(spelling: Spelling, flag: Flag.Flag<A>): CommandFlag<A> {
  return Object.assign(flag, { spelling });
}
