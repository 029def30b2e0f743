/**
 * Writes `docs/cli.md` from the commands' own `--help`, and the table of `docs/coming_from_python_dbtc.md`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { transport } from "../lib/client/transport.ts";
import { otherCommands } from "../lib/cli/commands/other_commands.ts";
import { pythonNames } from "../lib/groups/table_entry.ts";
import { table } from "../lib/groups/table.ts";
import { command } from "../tests/support/command.ts";

/** The reference of every command, as Markdown. */
export const reference: Effect.Effect<string> = Effect.gen(function* () {
  const help = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    const { stdout } = yield* command([...words, "--help"]);
    return `## ${["dbtc", ...words].join(" ")}\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n`;
  });
  const pages = [yield* help()];
  for (const { group, verb, call } of table) if (call.deprecated === undefined) pages.push(yield* help(group, verb));
  for (const name of ["whoami", ...otherCommands.map(({ name }) => name)]) pages.push(yield* help(name));
  return `# Commands\n\nWritten from \`--help\` by \`deno task cli-docs\`; not edited.\n\n${pages.join("\n")}`;
}).pipe(Effect.provide(transport));

const marker = "<!-- From here on written by `deno task cli-docs`; not edited. -->";

/** The page for users of Python dbtc with its table as it should be; what stands before the table is kept. */
export function migration(page: string): string {
  const rows = table.flatMap(({ call, group, verb }) => pythonNames(call).map((name) => ({ call, group, name, verb })))
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map(({ call, group, name, verb }) => [name, `dbtc ${group} ${verb}`, call.name].map((text) => `\`${text}\``));
  return `${page.split(marker)[0]}${marker}\n\n${markdown([["`client.cloud`", "command", "library"], ...rows])}`;
}

/** A table as `deno fmt` writes it; the first row is its head. */
function markdown(rows: ReadonlyArray<ReadonlyArray<string>>): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  const [head = [], ...body] = rows;
  return [head, widths.map((width) => "-".repeat(width)), ...body].map(line).join("");
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("../docs/cli.md", import.meta.url), await Effect.runPromise(reference));
  const page = new URL("../docs/coming_from_python_dbtc.md", import.meta.url);
  await Deno.writeTextFile(page, migration(await Deno.readTextFile(page)));
}
