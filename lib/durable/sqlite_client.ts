/**
 * Effect's `SqlClient` over `node:sqlite`, which Deno and Node have built in. `sqlite_storage.ts` uses it.
 *
 * `@effect/sql-sqlite-node` has no release for effect 4.1: its newest imports `effect/unstable/…`, which 4.1 does not
 * have.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import * as Stream from "effect/Stream";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as SqlClient from "effect/sql/SqlClient";
import type { Connection } from "effect/sql/SqlConnection";
import { classifySqliteError, SqlError } from "effect/sql/SqlError";
import * as Statement from "effect/sql/Statement";
import { Buffer } from "node:buffer";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { wordsOf } from "./database_error.ts";
import { makeRareWarning } from "./patience.ts";

/** How many statements stay prepared. dbtc and Effect's cluster have fewer. */
const mostPrepared = 200;
/** How long a statement waits for another process that writes, in milliseconds. */
const busyTimeout = 10_000;

/** SQLite's codes of a file that cannot be written: BUSY, READONLY, IOERR and FULL, https://sqlite.org/rescode.html */
const unwritable: ReadonlySet<number> = new Set([5, 8, 10, 13]);

/** Opens a database. Fails as `node:sqlite` does, with an error of SQLite. */
export const open = (file: string): Effect.Effect<DatabaseSync, SqlError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        const database = new DatabaseSync(file);
        try {
          // FULL: what is committed is on the disk before the next request to dbt Cloud is sent.
          database.exec(
            `PRAGMA busy_timeout = ${busyTimeout}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`,
          );
          return database;
        } catch (cause) {
          database.close();
          throw cause;
        }
      },
      catch: (cause) => sqlError(cause),
    }),
    (database) => Effect.sync(() => database.close()),
  );

/** A statement whose rows can be arrays. */
type ReturnsArrays = StatementSync & { readonly setReturnArrays: (enabled: boolean) => void };

/** A client for an open database. Its statements run one at a time. */
const make = Effect.fnUntraced(function* (database: DatabaseSync) {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const [oldest] = prepared.keys();
    if (prepared.size >= mostPrepared && oldest !== undefined) prepared.delete(oldest);
    const statement = database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const warnRarely = makeRareWarning();
  // What cannot be written is tried again until it can, here and in Effect's cluster: without a word, it would be a hang.
  const tellUnwritable = ({ reason: { cause } }: SqlError) => {
    const code = cause instanceof Error && "errcode" in cause ? Number(cause.errcode) & 0xff : undefined;
    return code === undefined || !unwritable.has(code) ? Effect.void : warnRarely(
      `The database ${database.location() ?? ""} cannot be written, and dbtc tries again: ${wordsOf(cause)}`,
    );
  };
  type Mode = "rows" | "raw" | "values";
  // `any`: what comes back depends on the mode, and `Connection` wants `any` for each.
  // deno-lint-ignore no-explicit-any
  const run = (sql: string, params: ReadonlyArray<unknown>, mode: Mode): Effect.Effect<any, SqlError> =>
    Effect.withFiber((fiber) =>
      Effect.try({
        try: () => {
          const statement = mode === "values" ? database.prepare(sql) : prepare(sql);
          statement.setReadBigInts(Context.get(fiber.context, SqlClient.SafeIntegers));
          // Node has it since 22.16, and Deno too; Deno's types do not.
          if (mode === "values") (statement as ReturnsArrays).setReturnArrays(true);
          const values = params.map(inputValue);
          if (statement.columns().length > 0) return statement.all(...values);
          const { changes, lastInsertRowid } = statement.run(...values);
          return mode === "raw" ? { changes, lastInsertRowid } : [];
        },
        catch: (cause) => sqlError(cause),
      })
    ).pipe(Effect.tapError(tellUnwritable));
  const connection: Connection = {
    execute: (sql, params, transform) => rows(run(sql, params, "rows"), transform),
    executeUnprepared: (sql, params, transform) => rows(run(sql, params, "rows"), transform),
    executeRaw: (sql, params) => run(sql, params, "raw"),
    executeValues: (sql, params) => run(sql, params, "values"),
    executeValuesUnprepared: (sql, params) => run(sql, params, "values"),
    executeStream: () => Stream.die("This client has no streams: nothing here needs them"),
  };
  const semaphore = yield* Semaphore.make(1);
  return yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connection),
      semaphore,
      isTransaction: () => database.isTransaction,
    }),
    driver: "sqlite",
    // IMMEDIATE: a transaction that reads first and writes later would fail at once if another process writes.
    beginTransaction: "BEGIN IMMEDIATE",
    compiler: Statement.makeCompilerSqlite(),
    spanAttributes: [["db.system.name", "sqlite"]],
  });
});

function rows<A, E>(
  effect: Effect.Effect<ReadonlyArray<A>, E>,
  transform: ((rows: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined,
): Effect.Effect<ReadonlyArray<A>, E> {
  return transform === undefined ? effect : Effect.map(effect, transform);
}

/** A parameter as SQLite takes it. */
function inputValue(value: unknown): SQLInputValue {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value);
  // What is left are texts, numbers, bigints and null: dbtc and Effect's cluster bind nothing else, and SQLite says so.
  return value as SQLInputValue;
}

/** An error of `node:sqlite`, with its kind. */
export function sqlError(cause: unknown): SqlError {
  // `classifySqliteError` reads `errno`, as better-sqlite3 has it; `node:sqlite` calls it `errcode`.
  const known = cause instanceof Error && "errcode" in cause
    ? Object.assign(cause, { errno: Number(cause.errcode) })
    : cause;
  return new SqlError({
    reason: classifySqliteError(known, { message: "The statement failed", operation: "execute" }),
  });
}

/** A client for a database file, which is created if it is missing. */
export const layer = (file: string): Layer.Layer<SqlClient.SqlClient, SqlError> =>
  Layer.effect(SqlClient.SqlClient, Effect.flatMap(open(file), make)).pipe(Layer.provide(Reactivity.layer));
