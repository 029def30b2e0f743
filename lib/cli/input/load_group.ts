/**
 * Loads the rows of the table that a command line needs: its group, or every group. `main.ts` builds the commands from
 * them. Loading all groups takes longer than everything else that a command does before its first request.
 *
 * @module
 */
import { type GroupLoader, loaders } from "../../groups/group_loaders.ts";
import { kebab, type Row, rowsOf } from "../../groups/table_entry.ts";

/** The groups by the names that they have on the command line, in the order of help. */
export const groups: ReadonlyArray<{ readonly name: string } & GroupLoader> = Object.entries(loaders).map(
  ([name, loader]) => ({ name: kebab(name), ...loader }),
);

/** The rows for the first two words of a command line. */
export async function loadRows([first, second]: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> {
  // `dbtc whoami` is short for `dbtc accounts whoami`.
  const group = groups.find(({ name }) => name === (first === "whoami" ? "accounts" : first));
  if (group !== undefined) {
    const rows = rowsOf(await group.load());
    // dbt spells some verbs in two words: `sl list metrics`.
    if (second === undefined || rows.some(({ verb }) => verb === second || verb.startsWith(`${second}-`))) return rows;
  }
  // Python dbtc's spelling, such as `list-jobs`, does not name its group.
  const { table } = await import("../../groups/table.ts");
  return table;
}
