/**
 * The queries of a sandbox's Semantic Layer. A query is created, and its states pass with the time, as those of runs do.
 *
 * @module
 */
import type { CompiledQuery } from "./metric_sql.ts";
import type { QueryInput } from "./query_input.ts";
import { noSqlite, type Warehouse, type WarehouseValue } from "./warehouse.ts";

/** A query. */
export interface StoredQuery {
  /** Its id. */
  readonly id: string;
  /** When it was created, in milliseconds. */
  readonly created: number;
  /** What it asks. */
  readonly input: QueryInput;
  /** Whether it asks for the values of dimensions. */
  readonly isDimensionValues: boolean;
  /** Its SQL; or why it cannot be compiled. */
  readonly compiled: CompiledQuery | { readonly error: string };
  /** How long it runs in the warehouse, in milliseconds. */
  readonly runTime: number;
  /** The error of the warehouse that it ends with. */
  readonly fails?: string;
}

/** A query as it is at a time. */
export interface QueryState {
  /** Its status. */
  readonly status: "PENDING" | "RUNNING" | "COMPILED" | "SUCCESSFUL" | "FAILED";
  /** Its rows, once it was successful. */
  readonly rows?: ReadonlyArray<ReadonlyArray<WarehouseValue>>;
  /** Why it failed. */
  readonly error?: string;
}

/** The queries of a sandbox. */
export interface QueryStore {
  /** Adds a query. */
  readonly add: (query: Omit<StoredQuery, "id">) => StoredQuery;
  /** Finds a query. */
  readonly find: (id: string) => StoredQuery | undefined;
  /** Ends a query that goes on. */
  readonly cancel: (id: string) => void;
  /** All of them, the newest first. */
  readonly all: () => ReadonlyArray<StoredQuery>;
}

/** How many queries it remembers. */
const kept = 1000;

/** Makes an empty store. */
export function makeQueryStore(): QueryStore {
  const queries = new Map<string, StoredQuery>();
  let count = 0;
  return {
    add: (query) => {
      const id = `01${(++count).toString(16).padStart(8, "0")}-${query.created.toString(16)}`;
      const stored = { ...query, id };
      queries.set(id, stored);
      const [oldest] = queries.keys();
      if (queries.size > kept && oldest !== undefined) queries.delete(oldest);
      return stored;
    },
    find: (id) => queries.get(id),
    cancel: (id) => {
      const query = queries.get(id);
      if (query !== undefined) queries.set(id, { ...query, fails: "Query was cancelled.", runTime: 0 });
    },
    all: () => [...queries.values()].reverse(),
  };
}

/** How long a query waits, and how long its metrics are compiled, in milliseconds. */
const [pending, running] = [200, 400];
/** How long a query runs in the warehouse, in milliseconds. */
export const defaultRunTime = 600;

/** The state of a query at a time. With `speed` 60, a minute passes in a second. */
export function stateOf(
  { compiled, created, fails, runTime }: StoredQuery,
  { now, speed, warehouse }: {
    readonly now: number;
    readonly speed: number;
    readonly warehouse: Warehouse | undefined;
  },
): QueryState {
  const age = (now - created) * speed;
  if (age < pending) return { status: "PENDING" };
  if (age < pending + running) return { status: "RUNNING" };
  if ("error" in compiled) return { status: "FAILED", error: compiled.error };
  if (age < pending + running + runTime) return { status: "COMPILED" };
  if (fails !== undefined) return { status: "FAILED", error: fails };
  if (warehouse === undefined) return { status: "FAILED", error: noSqlite };
  try {
    return { status: "SUCCESSFUL", rows: warehouse.query(compiled.sql) };
  } catch (error) {
    return { status: "FAILED", error: `Database Error\n  ${error instanceof Error ? error.message : String(error)}` };
  }
}
