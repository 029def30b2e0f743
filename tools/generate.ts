/**
 * Writes what is derived from other files: `lib/groups/group_loaders.ts`, `lib/groups/named_things.ts`, the `exports` of
 * `deno.json`, `lib/version.ts`, `docs/cli.md`, and the tables of `docs/coming_from_python_dbtc.md` and `docs/tokens.md`.
 * `deno task generate` runs it; tests fail where a file is stale.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as SchemaAST from "effect/SchemaAST";
import { type AnyRow, isQueryRow, kebab, pythonNames } from "../lib/groups/table_entry.ts";
import { table } from "../lib/groups/table.ts";
import { pathNames } from "../lib/request.ts";

/**
 * `lib/groups/group_loaders.ts`, from the text of `lib/groups/mod.ts` and `lib/discovery/mod.ts`: each line with its
 * comment. A group may be in both.
 */
export function groupLoaders(groups: string, discovery: string): string {
  const read = (text: string) =>
    [...text.matchAll(/^\/\*\* (.+)\. \*\/\nexport \* as (\w+) from "([^"]+)";$/gm)]
      .map(([, description = "", name = "", file = ""]) => ({ description, name, file }));
  const all = [
    ...read(groups),
    ...read(discovery).map(({ file, ...rest }) => ({ ...rest, file: file.replace("./", "../discovery/") })),
  ];
  const loaders = [...Map.groupBy(all, ({ name }) => name)].map(([name, [first, second]]) => {
    const load = second === undefined
      ? `() => import("${first?.file}")`
      : `async () => ({ ...await import("${first?.file}"), ...await import("${second.file}") })`;
    return `  ${name}: {\n    description: ${JSON.stringify(first?.description)},\n    load: ${load},\n  },\n`;
  });
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

/**
 * `deno.json` with an entry point for each group, such as `@dbtc/dbtc/jobs`, from the text of `lib/groups/mod.ts`: a
 * bundle of a program that imports two groups has only those.
 */
export function groupExports(config: string, groups: string): string {
  const lines = [...groups.matchAll(/^export \* as (\w+) from "([^"]+)";$/gm)];
  const entries = Object.fromEntries(lines.map(([, name = "", file = ""]) => {
    // The file that is named after the group: `all_jobs.ts` has more than `jobs.ts`.
    const entry = kebab(name).replaceAll("-", "_");
    return [`./${entry}`, `.${new URL(`${entry}.ts`, new URL(file, "file:///lib/groups/")).pathname}`];
  }));
  return config.replace(/"exports": (\{[^}]*\})/, (_, exports) => {
    const all = Object.entries({ ...JSON.parse(exports), ...entries }).toSorted(([a], [b]) => a < b ? -1 : 1);
    return `"exports": ${JSON.stringify(Object.fromEntries(all), undefined, 2).replaceAll("\n", "\n  ")}`;
  });
}

/** `lib/version.ts`, from the text of `deno.json`. */
export function versionFile(config: string): string {
  const { name, version } = JSON.parse(config);
  return `/**
 * The package's name and version, from \`deno.json\`: an import of that file puts all of it into every bundle.
 *
 * Written by \`deno task generate\`; not edited.
 *
 * @module
 */

/** The package's name. */
export const packageName = ${JSON.stringify(name)};

/** The package's version. */
export const version = ${JSON.stringify(version)};
`;
}

/** The members of a row that name it, in the order in which people use them. */
const nameMembers = ["name", "email", "email_address", "full_name", "fullname", "key"];

/** The members of a list's rows, with their types; none if the endpoint is no list of objects. */
function rowMembers({ call }: AnyRow): ReadonlyMap<string, SchemaAST.AST> {
  if (call.kind !== "endpoint" || call.success.from !== "page" || !call.route.startsWith("GET ")) return new Map();
  const { ast } = call.success.schema;
  const data = SchemaAST.isObjects(ast) ? ast.propertySignatures.find(({ name }) => name === "data")?.type : undefined;
  const item = data !== undefined && SchemaAST.isArrays(data) ? data.rest[0] : undefined;
  return new Map(
    item !== undefined && SchemaAST.isObjects(item)
      ? item.propertySignatures.map(({ name, type }) => [String(name), type])
      : [],
  );
}

/** `lib/groups/named_things.ts`, from the table: each group that has ids and a list with names. */
export function namedThings(): string {
  const entries = [...Map.groupBy(table, ({ call }) => call.name.split(".")[0] ?? "")].flatMap(([group, rows]) => {
    const id = rows.filter(({ verb }) => ["get", "update", "patch", "delete"].includes(verb))
      .flatMap(({ call }) => "route" in call ? pathNames(call.route).at(-1) ?? [] : [])
      .find((name) => name.endsWith("_id"));
    // The list with the fewest ids in its path: that of the account, where there is one.
    const [list] = rows.map((row) => ({ row, members: rowMembers(row) }))
      .filter(({ members }) => members.has("id") && nameMembers.some((name) => members.has(name)))
      .toSorted((a, b) => pathLength(a.row) - pathLength(b.row));
    if (id === undefined || list === undefined) return [];
    const kind = id.replace(/_id$/, "");
    const names = nameMembers.filter((name) => list.members.has(name));
    const idType = SchemaAST.isString(list.members.get("id") ?? SchemaAST.unknown) ? "text" : "number";
    const within = ["project_id", "environment_id"].filter((name) => Object.hasOwn(list.row.call.request, name));
    return [{ kind, text: JSON.stringify({ group, list: list.row.call.name, names, idType, within }) }];
  }).toSorted((a, b) => a.kind < b.kind ? -1 : 1);
  return `/**
 * The kinds of things that have names: for each kind, the list that finds a name's id. \`find_named.ts\` and the command
 * line look names up with it.
 *
 * Written by \`deno task generate\` from the table; not edited.
 *
 * @module
 */

/** Where the names of a kind of things are. */
export interface NamedThings {
  /** The group in code: \`serviceTokens\`. */
  readonly group: string;
  /** The list that has the names: \`serviceTokens.list\`. */
  readonly list: string;
  /** The members of a row that name it. */
  readonly names: ReadonlyArray<string>;
  /** The type of the ids. */
  readonly idType: "number" | "text";
  /** The ids that narrow the list: of the projects and environments that contain such things. */
  readonly within: ReadonlyArray<"project_id" | "environment_id">;
}

/** A kind of things that have names: the name of their id, without \`_id\`. */
export type NamedKind = ${entries.map(({ kind }) => `\n  | ${JSON.stringify(kind)}`).join("")};

/** Where the names of each kind are. */
export const namedThings: Readonly<Record<NamedKind, NamedThings>> = {
${entries.map(({ kind, text }) => `  ${kind}: ${text},\n`).join("")}};
`;
}

function pathLength({ call }: AnyRow): number {
  return "route" in call ? pathNames(call.route).length : 0;
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
  for (const { group, verb, call } of table) {
    if (call.deprecated === undefined) pages.push(yield* help(group, verb));
  }
  const others = otherCommands.flatMap(({ name, verbs = [] }) => [name, ...verbs.map((verb) => `${name} ${verb}`)]);
  for (const name of ["whoami", ...others]) pages.push(yield* help(name));
  return `# Commands\n\nWritten from \`--help\` by \`deno task generate\`; not edited.\n\n${pages.join("\n")}`;
});

const marker = "<!-- From here on written by `deno task generate`; not edited. -->";

/** The methods of Python dbtc, such as `sl.query`, each with the command and the function that do the same. */
export const pythonMethods: ReadonlyArray<readonly [method: string, command: string, library: string]> = table.flatMap(
  (row) => {
    const { call, group, verb } = row;
    const client = group === "sl" ? "sl" : group === "discovery" || isQueryRow(row) ? "metadata" : "cloud";
    return pythonNames(call).map((name) => [`${client}.${name}`, `dbtc ${group} ${verb}`, call.name] as const);
  },
).toSorted(([a], [b]) => a < b ? -1 : 1);

/** The page for users of Python dbtc with its table as it should be; the text above the table is kept. */
export function migration(page: string): string {
  const rows = pythonMethods.map(([method, ...ours]) => [`client.${method}`, ...ours].map((text) => `\`${text}\``));
  return `${page.split(marker)[0]}${marker}\n\n${markdown([["Python dbtc", "command", "library"], ...rows])}`;
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
  const [groups = "", graphqlGroups = ""] = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  const discovery = await Deno.readTextFile(new URL("../lib/discovery/mod.ts", import.meta.url));
  await rewrite("lib/groups/group_loaders.ts", () => groupLoaders(`${groups}\n${graphqlGroups}`, discovery));
  await rewrite("lib/groups/named_things.ts", namedThings);
  await rewrite("deno.json", (text) => groupExports(text, groups));
  await rewrite(
    "lib/version.ts",
    async () => versionFile(await Deno.readTextFile(new URL("../deno.json", import.meta.url))),
  );
  await rewrite("docs/cli.md", () => Effect.runPromise(reference));
  await rewrite("docs/coming_from_python_dbtc.md", migration);
  await rewrite("docs/tokens.md", tokens);
}
