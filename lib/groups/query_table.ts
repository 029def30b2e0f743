/**
 * The commands of all GraphQL queries. `table.ts` has those of the endpoints; the command line loads both only where a
 * command line does not name its group.
 *
 * @module
 */
import * as discovery from "../discovery/mod.ts";
import { type AnyRow, commandsOf } from "./table_entry.ts";

/** All of them, sorted by group and name. */
export const queryTable: ReadonlyArray<AnyRow> = Object.values(discovery).flatMap((group) =>
  typeof group === "object" ? commandsOf(group as Readonly<Record<string, unknown>>) : [] // a module is an object
);
