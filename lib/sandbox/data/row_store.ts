/**
 * The rows of a sandbox, by collection. Runs are apart, in `runs/run_store.ts`.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import type { Row } from "../protocol/response_format.ts";

/** Rows by collection, each ascending by id. */
export interface Store {
  /** The rows of a collection, deleted ones too. */
  readonly rows: (collection: string) => ReadonlyArray<Row>;
  /** A row by its id, even if it is deleted. */
  readonly find: (collection: string, id: unknown) => Row | undefined;
  /** All rows, by collection. */
  readonly all: () => Seed;
  /** Whether the collection exists. */
  readonly has: (collection: string) => boolean;
  /** Adds a row, made for the next number of its collection. The row needs an `id`. */
  readonly add: (collection: string, make: (next: number) => Row) => Row;
}

/** The rows that a sandbox starts with, by collection (`jobs`, `projects` …). Each needs an `id`. */
export type Seed = { readonly [collection: string]: ReadonlyArray<{ readonly [name: string]: unknown }> };

/** Reads a {@linkcode Seed}. */
export const Seed: Schema.Codec<Seed> = Schema.Record(
  Schema.String,
  Schema.Array(Schema.Record(Schema.String, Schema.Unknown)),
);

/** A store with copies of these rows, each completed. */
export function makeStore(seed: Seed, complete: (collection: string, row: Row) => Row): Store {
  const collections = new Map<string, Map<string, Row>>();
  for (const [name, rows] of Object.entries(seed)) {
    collections.set(name, new Map(rows.map((row) => [String(row.id), complete(name, structuredClone(row))])));
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

/** Whether a row is deleted: dbt Cloud keeps deleted rows, with the state 2. */
export function isDeleted(row: Row): boolean {
  return row.state === 2;
}
