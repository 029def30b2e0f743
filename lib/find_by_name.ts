/**
 * Finding a thing by its name among rows: which names a row has, the one row that has a name, and the errors if none or
 * several have it. `lib/groups/find_named.ts` reads the rows.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { Dbt } from "./dbt.ts";
import { type DbtError, unsendable } from "./error.ts";
import { nearest } from "./nearest.ts";
import { notFound } from "./not_found.ts";

/** A thing that can be found by its name. */
export interface Named {
  /** Its id. */
  readonly id: number | string;
  /** Its names. Several things can have the same. */
  readonly names: ReadonlyArray<string>;
  /** Where it is: `project jaffle_shop, environment production`. Tells things with the same name apart. */
  readonly place?: string;
}

/** How a name is looked up, and how a failure is worded. */
export interface FindOptions {
  /** What the failure names as its origin. */
  readonly endpoint: string;
  /** The word for one of the things. */
  readonly noun: string;
  /** Ignore case if no name is the same letter for letter (default: no). */
  readonly ignoreCase?: boolean;
  /** What the failure of an ambiguous name advises (default: to give the id). */
  readonly remedy?: string;
}

/**
 * A tag of jobs as code, `[[daily]]` or, with an import filter, `[[prod:daily]]`: the first one in a name.
 * https://github.com/dbt-labs/dbt-jobs-as-code
 */
const jobTag = /\s?\[\[([*:A-Za-z0-9_-]+)\]\]/;

/**
 * The names that a name stands for. A tag of jobs as code is no part of a name, and is a name itself: `Orders [[orders]]`
 * can be found as `Orders [[orders]]`, `Orders`, `[[orders]]` and `orders`.
 */
export function spokenNames(name: string): ReadonlyArray<string> {
  const [whole, tag] = jobTag.exec(name) ?? [];
  if (whole === undefined || tag === undefined) return [name];
  return [...new Set([name, name.replace(whole, "").trim(), `[[${tag}]]`, tag, tag.split(":").at(-1) ?? tag])]
    .filter((spoken) => spoken !== "");
}

/** The things that have a name: letter for letter, or, if none has and `ignoreCase` is set, in any case. */
export function havingName<A extends Named>(
  things: ReadonlyArray<A>,
  name: string,
  ignoreCase = false,
): ReadonlyArray<A> {
  const exact = things.filter(({ names }) => names.includes(name));
  if (exact.length > 0 || !ignoreCase) return exact;
  const lower = name.toLowerCase();
  return things.filter(({ names }) => names.some((other) => other.toLowerCase() === lower));
}

/**
 * The thing that has a name. Fails with `NotFound` if no thing has it, and with `Unsendable`, which lists the ids, if
 * several have it.
 */
export const oneNamed: <A extends Named>(
  things: ReadonlyArray<A>,
  name: string,
  options: FindOptions,
) => Effect.Effect<A, DbtError, Dbt> = Effect.fnUntraced(function* (things, name, options) {
  const [first, ...others] = havingName(things, name, options.ignoreCase);
  if (first === undefined) return yield* notNamed(name, things, options);
  return others.length === 0 ? first : yield* ambiguous(name, [first, ...others], options);
});

/** The plural of a noun: `repositories`. */
export function plural(noun: string): string {
  return noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** The most candidates that a message lists. */
const mostListed = 10;

/** The failure of a name that several things have. Lists their ids, and where each is. */
export function ambiguous(
  name: string,
  found: ReadonlyArray<Named>,
  { endpoint, noun, remedy = "Give the id instead" }: FindOptions,
): DbtError {
  const listed = found.slice(0, mostListed).map(({ id, place }) => place === undefined ? `${id}` : `${id} (${place})`);
  const more = found.length > mostListed ? `, and ${found.length - mostListed} more` : "";
  const detail = `${found.length} ${plural(noun)} are called "${name}": ${listed.join(", ")}${more}. ${remedy}`;
  return unsendable(endpoint, detail);
}

/** Fails with `NotFound`, and the names nearest to the unknown one. `scope` says which things were compared. */
export const notNamed = (
  name: string,
  things: ReadonlyArray<Named>,
  { endpoint, noun }: FindOptions,
  scope = "",
): Effect.Effect<never, DbtError, Dbt> => {
  const byName = new Map(things.flatMap(({ id, names: [name] }) => name === undefined ? [] : [[name, id] as const]));
  const meant = nearest(name, [...byName.keys()], 3).map((name) => `"${name}" (${byName.get(name)})`);
  const all = [...byName].map(([name, id]) => typeof id === "number" ? `"${name}" (${id})` : `"${name}"`);
  const question = meant.length > 0
    ? `. Did you mean ${meant.join(" or ")}?`
    // Few things are named whole.
    : all.length > 0 && all.length <= mostListed
    ? `. There ${all.length === 1 ? "is" : "are"}: ${all.join(", ")}`
    : "";
  return notFound(endpoint, `no ${noun} is called "${name}"${question}${scope}`);
};
