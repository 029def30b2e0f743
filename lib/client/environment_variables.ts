/**
 * Reads single environment variables, by way of Effect's `ConfigProvider`. An empty variable is unset. `config.ts` and
 * `contexts.ts` use it, and the command line for its own variables.
 *
 * @module
 */
import * as Config from "effect/Config";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import { type DbtError, unusable } from "../error.ts";

/** A variable of the environment; undefined if it is empty. Redacted, since it may hold a token. */
export const redactedSetting = Effect.fnUntraced(function* (
  name: string,
): Effect.fn.Return<Redacted.Redacted<string> | undefined, DbtError> {
  const value = yield* Config.option(Config.Redacted(name)).pipe(
    Effect.mapError(({ message }) => unusable(`${name} cannot be read: ${message}`)),
    // Deno throws where it lacks the permission.
    Effect.catchDefect((defect) =>
      defect instanceof Error && defect.name === "NotCapable"
        ? Effect.fail(unusable(`${name} cannot be read without permission: run again with --allow-env`))
        : Effect.die(defect)
    ),
  );
  const text = Option.match(value, { onNone: () => "", onSome: Redacted.value }).trim();
  return text === "" ? undefined : Redacted.make(text);
});

/** A variable of the environment; undefined if it is empty. */
export const setting = Effect.fnUntraced(function* (name: string): Effect.fn.Return<string | undefined, DbtError> {
  const value = yield* redactedSetting(name);
  return value && Redacted.value(value);
});

/** A variable of the environment; undefined if it is empty, or if the program must not read it. */
export function variable(name: string): Effect.Effect<string | undefined> {
  return Effect.orElseSucceed(setting(name), () => undefined);
}

/** The first of these variables that is set, with its name. */
export const firstSetting = Effect.fnUntraced(function* (
  names: ReadonlyArray<string>,
): Effect.fn.Return<readonly [name: string, value: string | undefined], DbtError> {
  for (const name of names) {
    const value = yield* setting(name);
    if (value !== undefined) return [name, value];
  }
  return ["", undefined];
});

/** A variable that holds an id. */
export const idSetting = Effect.fnUntraced(function* (name: string): Effect.fn.Return<number | undefined, DbtError> {
  const text = yield* setting(name);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text))
    ? Number(text)
    : yield* unusable(`${name} is "${text}", which is not an id`);
});

/** A variable that holds a number of requests a minute. */
export const rateSetting = Effect.fnUntraced(function* (name: string): Effect.fn.Return<number | undefined, DbtError> {
  const text = yield* setting(name);
  if (text === undefined) return undefined;
  return Number(text) >= 1 && Number.isFinite(Number(text))
    ? Number(text)
    : yield* unusable(`${name} is "${text}", which is no rate`);
});

/** Whether a switch is on. A value that nobody knows is on: a read-only client that writes is worse than the reverse. */
export function isOn(text: string | undefined): boolean {
  return text !== undefined && !["0", "false", "no", "off"].includes(text.toLowerCase());
}
