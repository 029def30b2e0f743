/**
 * A job as a file has it.
 *
 * @module
 */
import type { DeclaredOverride } from "./declared_overrides.ts";
import type { Place } from "./problems.ts";

/** A job, as a file has it. */
export interface DeclaredJob extends Place {
  /** The identifier: the job's key. */
  readonly key: string;
  /** The filter of a tag in the name. */
  readonly filter: string;
  /** The fields that the file names. Ids may be names or identifiers still. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The place of a field, such as `triggers.schedule`. */
  readonly placeOf: (path: string) => Place;
  /** The id of the job in dbt Cloud, for a job that has no tag yet. */
  readonly linked_id: number | undefined;
  /** Whether the job defers to itself. */
  readonly self_deferring: boolean;
  /** The overrides of environment variables, by name. */
  readonly overrides: ReadonlyMap<string, DeclaredOverride>;
}

/** What files declare. */
export interface Declared {
  /** The jobs, by identifier. */
  readonly jobs: ReadonlyArray<DeclaredJob>;
  /** The account that the files name. */
  readonly account_id: { readonly value: number; readonly at: Place } | undefined;
  /** Where the files say that new tags go. */
  readonly identifiers_in: "name" | "description" | undefined;
}
