/**
 * The table: a row for each endpoint, workflow and GraphQL query of every group.
 *
 * The sandbox makes its routes from it, the documentation its lists, and the tests check every row. The command line
 * loads only the group that it runs, with `group_loaders.ts`, and falls back to the table.
 *
 * @module
 */
import * as graphql from "./graphql_groups.ts";
import * as api from "./mod.ts";
import { type AnyRow, commandsOf } from "./table_entry.ts";

/** All rows, sorted by group and name. */
export const table: ReadonlyArray<AnyRow> = [...Object.values(api), ...Object.values(graphql)]
  .flatMap((group) => commandsOf(group))
  .toSorted((a, b) => a.call.name < b.call.name ? -1 : 1);
