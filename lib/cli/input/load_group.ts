/**
 * The rows that a command line needs: those of the group that it names, or all of them. Loading the others would take longer
 * than everything else that a command does before its first request.
 *
 * @module
 */
import { type GroupLoader, loaders } from "../../groups/group_loaders.ts";
import { kebab, type Row, rowsOf } from "../../groups/table_entry.ts";

/** The groups as the command line spells them, each with its line of help, in the order of help. */
export const groups: ReadonlyArray<{ readonly group: string } & GroupLoader> = Object.entries(loaders).map(
  ([name, loader]) => ({ group: kebab(name), ...loader }),
);

/** The rows for a command line's first words. */
export async function loadRows([group, verb]: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> {
  // `dbtc whoami` is short for `dbtc accounts whoami`.
  const named = groups.find((other) => other.group === (group === "whoami" ? "accounts" : group));
  if (named !== undefined) {
    const rows = rowsOf(await named.load());
    if (verb === undefined || rows.some((row) => row.verb === verb)) return rows;
  }
  const { table } = await import("../../groups/table.ts");
  return table;
}
