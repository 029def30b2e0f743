/**
 * The sandbox's state but for its runs: rows in collections. Knows no HTTP.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import type { Row } from "../protocol/response_format.ts";

/** Rows by collection, each ascending by id. */
export interface Store {
  /** The rows of a collection, deleted ones too. */
  readonly rows: (collection: string) => ReadonlyArray<Row>;
  /** One row, deleted or not. */
  readonly find: (collection: string, id: unknown) => Row | undefined;
  /** All rows, by collection. */
  readonly all: () => Seed;
  /** Whether there is such a collection. */
  readonly has: (collection: string) => boolean;
  /** Adds a row that is made for the next number of its collection, and has an id. */
  readonly add: (collection: string, make: (next: number) => Row) => Row;
}

/** What a sandbox starts with: rows by collection (`jobs`, `projects` …), each with its id. */
export type Seed = { readonly [collection: string]: ReadonlyArray<{ readonly [name: string]: unknown }> };

/** Reads a {@linkcode Seed}. */
export const Seed: Schema.Codec<Seed> = Schema.Record(
  Schema.String,
  Schema.Array(Schema.Record(Schema.String, Schema.Unknown)),
);

/** A store with these rows, each made whole. They are copied: a change stays in the store. */
export function makeStore(seed: Seed, whole: (collection: string, row: Row) => Row): Store {
  const collections = new Map<string, Map<string, Row>>();
  for (const [name, rows] of Object.entries(seed)) {
    collections.set(name, new Map(rows.map((row) => [String(row.id), whole(name, structuredClone(row))])));
  }
  const nextId = (rows: ReadonlyMap<string, Row>) =>
    1 + Math.max(rows.size, ...rows.values().map(({ id }) => Number(id)).filter(Number.isFinite));
  return {
    rows: (collection) => [...(collections.get(collection)?.values() ?? [])],
    all: () => Object.fromEntries([...collections].map(([name, rows]) => [name, [...rows.values()]])),
    find: (collection, id) => collections.get(collection)?.get(String(id)),
    has: (collection) => collections.has(collection),
    add: (collection, make) => {
      const rows = collections.get(collection) ?? new Map<string, Row>();
      const added = make(nextId(rows));
      rows.set(String(added.id), added);
      collections.set(collection, rows);
      return added;
    },
  };
}

/** Whether a row is deleted: dbt deletes softly. */
export function isDeleted(row: Row): boolean {
  return row.state === 2;
}
