/**
 * The sandbox's warehouse: the rows of the Jaffle Shop in a SQLite database in memory. `node:sqlite` is loaded only when
 * a query of the Semantic Layer runs; a runtime without it still answers everything else.
 *
 * @module
 */
import { customers, orders } from "../data/jaffle_shop_rows.ts";

/** A value of a row. */
export type WarehouseValue = string | number | bigint | null;

/** A database that answers queries. */
export interface Warehouse {
  /** The rows of a query, each with its values in the order of the columns. Throws where the SQL is wrong. */
  readonly query: (sql: string) => ReadonlyArray<ReadonlyArray<WarehouseValue>>;
}

/** What a query fails with where there is no SQLite. */
export const noSqlite = "The sandbox computes metrics with node:sqlite, which this runtime does not have. " +
  "Use Deno 2.2, Node 22.13, or a later version.";

/** Opens the database; undefined where the runtime has no SQLite. */
export async function openWarehouse(
  load: () => Promise<Pick<typeof import("node:sqlite"), "DatabaseSync">> = () => import("node:sqlite"),
): Promise<Warehouse | undefined> {
  const sqlite = await load().catch(() => undefined);
  if (sqlite === undefined) return undefined;
  const database = new sqlite.DatabaseSync(":memory:");
  for (const [name, rows] of Object.entries({ orders, customers })) {
    const columns = Object.keys(rows[0] ?? {});
    database.exec(`create table ${name} (${columns.join(", ")})`);
    const insert = database.prepare(`insert into ${name} values (${columns.map(() => "?").join(", ")})`);
    for (const row of rows) insert.run(...Object.values<string | number | null>({ ...row }));
  }
  // A filter is SQL of the client's.
  database.exec("pragma query_only = on");
  return {
    // Each value is of a column of the tables above: SQLite holds no others.
    query: (sql) => database.prepare(sql).all().map((row) => Object.values(row) as ReadonlyArray<WarehouseValue>),
  };
}
