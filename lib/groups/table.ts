/**
 * The table: a row for each endpoint and workflow of every group.
 *
 * The sandbox makes its routes from it, the documentation its lists, and the tests check every row. The command line
 * loads only the group that it runs, with `group_loaders.ts`, and falls back to the table.
 *
 * @module
 */
import * as graphql from "./graphql_groups.ts";
import * as api from "./mod.ts";
import { type Row, rowsOf } from "./table_entry.ts";

/** All rows, sorted by group and name. */
export const table: ReadonlyArray<Row> = Object.entries({ ...api, ...graphql })
  .toSorted(([a], [b]) => a < b ? -1 : 1).flatMap(([, group]) => rowsOf(group));
