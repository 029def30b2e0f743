/**
 * Which nodes a dbt command builds: dbt's `--select` and `--exclude`, as far as the Jaffle Shop needs them.
 *
 * @module
 */
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { type Node, projectName } from "../data/dbt_node.ts";

/** The nodes that a dbt command builds. */
export function selectNodes(command: string): ReadonlyArray<Node> {
  const [verb = "", ...words] = command.replace(/^dbt\s+/, "").split(/\s+/);
  const kinds = verb === "build" || verb === "compile" || verb === "docs" || verb === "list" || verb === "ls"
    ? ["seed", "model", "test"]
    : { run: ["model"], test: ["test"], seed: ["seed"] }[verb] ?? [];
  const included = union(valuesOf(words, ["--select", "-s", "--models", "--model", "-m"]));
  const excluded = union(valuesOf(words, ["--exclude"]));
  return nodes.filter(({ kind, id, needs }) => {
    // A test is selected together with the nodes that it tests.
    const within = (ids: ReadonlySet<string>) =>
      ids.has(id) || (kind === "test" && needs.some((need) => ids.has(need)));
    return kinds.includes(kind) && (included === undefined || within(included)) &&
      !(excluded !== undefined && within(excluded));
  });
}

/** The values of a flag, which may be given more than once; undefined where it is not given. */
function valuesOf(words: ReadonlyArray<string>, flags: ReadonlyArray<string>): ReadonlyArray<string> | undefined {
  const values: Array<string> = [];
  let taking = false;
  let seen = false;
  for (const word of words) {
    if (word.startsWith("-")) {
      const [flag = "", value] = word.split("=", 2);
      taking = flags.includes(flag);
      seen ||= taking;
      if (taking && value !== undefined) values.push(value);
    } else if (taking) values.push(word);
  }
  return seen ? values.map((value) => value.replaceAll(/["']/g, "")) : undefined;
}

function union(selectors: ReadonlyArray<string> | undefined): ReadonlySet<string> | undefined {
  return selectors && new Set(selectors.flatMap((selector) => [...selected(selector)]));
}

/** The nodes of a selector: a name, `+` before it for its parents and after it for its children, or a method. */
function selected(selector: string): ReadonlySet<string> {
  const [, up = "", name = "", down = ""] = /^(\d*\+|@)?(.*?)(\+\d*)?$/.exec(selector) ?? [];
  const ids = new Set(
    nodes.filter((node) =>
      node.name === name || node.id === name || name === "*" || name === projectName ||
      (name.startsWith("state:") && node.name === "customers") || name === `resource_type:${node.kind}` ||
      name === `config.materialized:${node.materialized}`
    ).map(({ id }) => id),
  );
  if (down !== "" || up === "@") {
    for (const { id, needs } of nodes) if (needs.some((need) => ids.has(need))) ids.add(id);
  }
  if (up !== "") {
    for (const { id, needs } of nodes.toReversed()) if (ids.has(id)) { for (const need of needs) ids.add(need); }
  }
  return ids;
}
