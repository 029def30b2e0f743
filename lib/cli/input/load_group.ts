/**
 * Loads the rows of the table that a command line needs: its group, or every group. `main.ts` builds the commands from
 * them. Loading all groups takes longer than everything else that a command does before its first request.
 *
 * @module
 */
import { type GroupLoader, loaders } from "../../groups/group_loaders.ts";
import { type AnyRow, commandName, commandsOf, kebab } from "../../groups/table_entry.ts";

/** The groups by the names that they have on the command line, in the order of help. */
export const groups: ReadonlyArray<{ readonly name: string } & GroupLoader> = Object.entries(loaders).map(
  ([name, loader]) => ({ name: kebab(name), ...loader }),
);

/** Commands that need no group: `dbtc whoami` is short for `dbtc accounts whoami`. */
export const shortcuts: Readonly<Record<string, string>> = {
  whoami: "accounts.whoami",
  lineage: "discovery.lineage",
  search: "discovery.search",
};

/** How a call is typed, by its name: `lineage` for `discovery.lineage`, `runs list` for `runs.list`. */
export function typedName(call: string): string {
  const [shortcut] = Object.entries(shortcuts).find(([, name]) => name === call) ?? [];
  return shortcut ?? commandName(call);
}

/** The rows for the first two words of a command line. */
export async function loadRows([first, second]: ReadonlyArray<string>): Promise<ReadonlyArray<AnyRow>> {
  const shortcut = first === undefined || !Object.hasOwn(shortcuts, first) ? undefined : shortcuts[first];
  const group = groups.find(({ name }) => name === (shortcut?.split(".")[0] ?? first));
  if (group !== undefined) {
    const rows = commandsOf(await group.load());
    // dbt spells some verbs in two words: `sl list metrics`.
    const isVerb = ({ verb }: AnyRow) => verb === second || verb.startsWith(`${second}-`);
    if (shortcut !== undefined || second === undefined || rows.some(isVerb)) return rows;
  }
  // Python dbtc's spelling, such as `list-jobs`, does not name its group.
  return (await import("../../groups/table.ts")).table;
}
