/**
 * What is wrong with files of jobs, each with its file and line: all of it is found before anything is refused.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { type DbtError, unsendable } from "../error.ts";
import { nearest } from "../nearest.ts";

/** A place in a file of jobs. */
export interface Place {
  /** The file's path. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
}

/** Collects problems, which stop everything, and warnings, which do not. */
export interface Problems {
  /** What is wrong, in the order in which it was found. */
  readonly errors: ReadonlyArray<string>;
  /** What may be wrong. */
  readonly warnings: ReadonlyArray<string>;
  /** Adds a problem. */
  readonly refuse: (place: Place | undefined, text: string) => void;
  /** Adds a warning. */
  readonly warn: (place: Place | undefined, text: string) => void;
}

/** Makes an empty collection. */
export function makeProblems(): Problems {
  const [errors, warnings] = [new Set<string>(), new Set<string>()];
  const line = (place: Place | undefined, text: string) =>
    place === undefined ? text : `${place.file}:${place.line}: ${text}`;
  return {
    get errors() {
      return [...errors];
    },
    get warnings() {
      return [...warnings];
    },
    refuse: (place, text) => void errors.add(line(place, text)),
    warn: (place, text) => void warnings.add(line(place, text)),
  };
}

/** Fails with `Unsendable` if there are problems. The message has all of them, one a line. */
export function refuseProblems(endpoint: string, { errors }: Problems): Effect.Effect<void, DbtError> {
  if (errors.length === 0) return Effect.void;
  const count = errors.length === 1 ? "One problem" : `${errors.length} problems`;
  const detail = `${count}. Nothing was changed:\n${errors.join("\n")}`;
  return Effect.fail(unsendable(endpoint, detail));
}

/** The word that is nearest to another, as a question: `. Did you mean "schedule"?`; empty if none is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const [name] = nearest(word, [...known], 1);
  return name === undefined ? "" : `. Did you mean "${name}"?`;
}
