/**
 * Writes the files that are derived from others: `lib/groups/group_loaders.ts`, `docs/cli.md`, and the tables of
 * `docs/coming_from_python_dbtc.md` and `docs/tokens.md`. `deno task generate` runs it; tests fail where a file is
 * stale.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { pythonNames } from "../lib/groups/table_entry.ts";
import { table } from "../lib/groups/table.ts";

/** `lib/groups/group_loaders.ts`, from the text of `lib/groups/mod.ts`: each line with its comment. */
export function groupLoaders(groups: string): string {
  const loaders = [...groups.matchAll(/^\/\*\* (.+)\. \*\/\nexport \* as (\w+) from "([^"]+)";$/gm)]
    .map(([, description, name, file]) =>
      `  ${name}: {\n    description: ${JSON.stringify(description)},\n    load: () => import("${file}"),\n  },\n`
    );
  return `/**
 * The groups of \`mod.ts\`, each with its line of help and a function that loads it: the command line loads only the
 * group that it runs.
 *
 * Written by \`deno task generate\`; not edited.
 *
 * @module
 */

/** How to load a group. */
export interface GroupLoader {
  /** The group's line of help. */
  readonly description: string;
  /** Loads the group and returns its exports. */
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
}

/** The loader of each group, by the group's name. */
export const loaders: Readonly<Record<string, GroupLoader>> = {
${loaders.toSorted().join("")}};
`;
}

/** The reference of every command, as Markdown. */
export const reference: Effect.Effect<string> = Effect.gen(function* () {
  // Imported here, since they import the group loaders, which may have been written a moment ago.
  const { command } = yield* Effect.promise(() => import("../tests/support/command.ts"));
  const { otherCommands } = yield* Effect.promise(() => import("../lib/cli/commands/other_commands.ts"));
  const { transport } = yield* Effect.promise(() => import("../lib/client/transport.ts"));
  const help = (...words: ReadonlyArray<string>) =>
    command([...words, "--help"]).pipe(
      Effect.map(({ stdout }) => `## ${["dbtc", ...words].join(" ")}\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n`),
      Effect.provide(transport),
    );
  const pages = [yield* help()];
  for (const { group, verb, call } of table) if (call.deprecated === undefined) pages.push(yield* help(group, verb));
  for (const name of ["whoami", ...otherCommands.map(({ name }) => name)]) pages.push(yield* help(name));
  return `# Commands\n\nWritten from \`--help\` by \`deno task generate\`; not edited.\n\n${pages.join("\n")}`;
});

const marker = "<!-- From here on written by `deno task generate`; not edited. -->";

/** The page for users of Python dbtc with its table as it should be; the text above the table is kept. */
export function migration(page: string): string {
  const rows = table.flatMap(({ call, group, verb }) => pythonNames(call).map((name) => ({ call, group, name, verb })))
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map(({ call, group, name, verb }) => [name, `dbtc ${group} ${verb}`, call.name].map((text) => `\`${text}\``));
  return `${page.split(marker)[0]}${marker}\n\n${markdown([["`client.cloud`", "command", "library"], ...rows])}`;
}

/** The page about tokens, with the list of the groups that its table does not name. */
export function tokens(page: string): string {
  const begin = "<!-- Written by `deno task generate`: the groups that the table above does not name. -->\n";
  const end = "\n<!-- From here on edited by hand. -->\n";
  const [above = "", below = ""] = page.split(begin);
  const named = new Set([...above.matchAll(/`([a-z-]+)(?: [a-z-]+)?`/g)].map(([, name]) => name));
  const others = new Set(table.map(({ group }) => group).filter((group) => !named.has(group)));
  return `${above}${begin}\n${[...others].map((group) => `- \`${group}\`\n`).join("")}${end}${
    below.split(end)[1] ?? ""
  }`;
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
  const rewrite = async (path: string, write: (text: string) => string | Promise<string>) => {
    const file = new URL(`../${path}`, import.meta.url);
    await Deno.writeTextFile(file, await write(await Deno.readTextFile(file)));
  };
  const files = ["mod.ts", "graphql_groups.ts"].map((file) => new URL(`../lib/groups/${file}`, import.meta.url));
  const groups = (await Promise.all(files.map((file) => Deno.readTextFile(file)))).join("\n");
  await rewrite("lib/groups/group_loaders.ts", () => groupLoaders(groups));
  await rewrite("docs/cli.md", () => Effect.runPromise(reference));
  await rewrite("docs/coming_from_python_dbtc.md", migration);
  await rewrite("docs/tokens.md", tokens);
}
