/**
 * The kinds of flags that commands have beside the fields of their requests.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Option from "effect/Option";
import * as Flag from "effect/cli/Flag";
import type { TypedFlag } from "../commands/program.ts";
import { readDuration } from "./request_input.ts";

const absent = <A>(
  name: string,
  metavar: string,
  description: string,
  flag: Flag.Flag<A>,
): TypedFlag<A | undefined> => ({
  spec: { name, takes: "one", metavar, description },
  flag: flag.pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.optional,
    Flag.map(Option.getOrUndefined),
  ),
});

/** A text. */
export const text = (name: string, metavar: string, description: string): TypedFlag<string | undefined> =>
  absent(name, metavar, description, Flag.String(name));

/** One of these words. */
export const choice = <const Words extends ReadonlyArray<string>>(
  name: string,
  words: Words,
  description: string,
): TypedFlag<Words[number] | undefined> => absent(name, words.join("|"), description, Flag.Literals(name, words));

/** A time: `90`, `30s`, `15m`, `2h`. */
export const duration = (name: string, description: string): TypedFlag<Duration.Duration | undefined> =>
  absent(
    name,
    "time",
    description,
    Flag.filterMap(
      Flag.String(name),
      (text) => {
        const seconds = readDuration(text);
        return seconds === undefined || seconds < 0.1 ? Option.none() : Option.some(Duration.seconds(seconds));
      },
      (text) => `--${name}: "${text}" is not a time: 90, 30s, 15m, 2h`,
    ),
  );

/** A whole number from `least` on. */
export const count = (name: string, least: number, what: string, description: string): TypedFlag<number | undefined> =>
  absent(
    name,
    "integer",
    description,
    Flag.filterMap(
      Flag.String(name),
      (text) => /^\d{1,4}$/.test(text) && Number(text) >= least ? Option.some(Number(text)) : Option.none(),
      (text) => `--${name}: "${text}" is not a number of ${what}`,
    ),
  );

/** Yes or no. */
export const yes = (name: string, fallback: boolean, description: string): TypedFlag<boolean> => ({
  spec: { name, takes: "boolean", metavar: "", description },
  flag: Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(fallback)),
});
