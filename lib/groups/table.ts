/**
 * The table: every endpoint of `lib/api`, with the group and verb that its file and name give it. The only reflection.
 *
 * Client spans, the command line, the sandbox's routes, the reference and the table-wide tests all start here.
 *
 * @module
 */
import * as api from "./mod.ts";
import { type Row, rowsOf } from "./table_entry.ts";

/** The rows, sorted by group and name. */
export const table: ReadonlyArray<Row> = Object.values(api).flatMap(rowsOf);
