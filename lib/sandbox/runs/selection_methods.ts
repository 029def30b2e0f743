/**
 * dbt's selection methods: which nodes `tag:nightly` or `config.materialized:view` means. The facts are those of
 * https://docs.getdbt.com/reference/node-selection/methods, and of dbt-core 1.9.8 for what the page leaves open:
 * `tests/sandbox/node_selection_test.ts` has its answers. `node_selection.ts` uses the table.
 *
 * @module
 */
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { isInNodes, type Node, type NodeKind, nodeKinds, projectName } from "../data/dbt_node.ts";
import { matchesName, matchesPath, partsOf } from "../protocol/glob.ts";
import { DbtFailure } from "./dbt_command.ts";

/** What the methods `result` and `source_status` compare with. */
export interface PreviousResults {
  /** How the nodes of the job's previous run ended, by id; undefined where no run came before. */
  readonly results?: ReadonlyMap<string, string>;
  /** Whether the previous run checked the freshness of sources. */
  readonly sourcesBefore: boolean;
  /** Whether an earlier step of this run did. */
  readonly sourcesNow: boolean;
}

/** What the first run of a job compares with. */
export const nothingBefore: PreviousResults = { sourcesBefore: false, sourcesNow: false };

/** A part of a selector: `config.meta.owner:ada` has the method `config`, two arguments, and a value. */
export interface Criterion {
  /** The words after the method's name. */
  readonly args: ReadonlyArray<string>;
  /** What comes after the colon. */
  readonly value: string;
  /** The previous run. */
  readonly previous: PreviousResults;
}

type Matches = (node: Node) => boolean;
type Method = (criterion: Criterion) => Matches;

/** A method that knows a value each, and fails with dbt's words on any other. */
function oneOf(values: Readonly<Record<string, Matches>>, failure: (value: string) => string): Method {
  return ({ value }) => {
    const matches = Object.hasOwn(values, value) ? values[value] : undefined;
    if (matches === undefined) throw new DbtFailure(`Runtime Error\n  ${failure(value)}`);
    return matches;
  };
}

/** A method for one type of resource, by `name` or `package.name`. */
function named(kind: NodeKind, what: string, plural: string, prefix: string, pkg = `${prefix}_package`): Method {
  return ({ value }) => {
    const parts = value.split(".");
    if (parts.length > 2) {
      throw new DbtFailure(
        `Runtime Error\n  Invalid ${what} selector value "${value}". ${plural} must be of the form ` +
          `\${${prefix}_name} or \${${pkg}.${prefix}_name}`,
      );
    }
    const [name = "", from = "*"] = parts.toReversed();
    return (node) => node.kind === kind && matchesName(projectName, from) && matchesName(node.name, name);
  };
}

const fqn: Method = ({ value }) => (node) =>
  node.kind !== "source" && (fqnMatches(node.fqn, value, node) || fqnMatches(node.fqn.slice(1), value, node));

function fqnMatches(fqn: ReadonlyArray<string>, value: string, { version }: Node): boolean {
  const wanted = value.split(".");
  if (version === undefined ? fqn.at(-1) === value : fqn.at(-2) === value) return true;
  // A versioned model is known as `dim_locations.v1` and `dim_locations_v1`.
  if (version !== undefined && fqn.slice(-2).join("_") === wanted.slice(-2).join("_")) return true;
  const flat = fqn.flatMap((part) => part.split("."));
  if (flat.length < wanted.length) return false;
  const wild = wanted.findIndex((part) => /[*?[\]]/.test(part));
  const plain = wild < 0 ? wanted : wanted.slice(0, wild);
  if (!plain.every((part, at) => flat[at] === part)) return false;
  // From the first wildcard on, the pattern stands for all that is left, dots included.
  return wild < 0 || matchesName(flat.slice(wild).join("."), wanted.slice(wild).join("."));
}

const source: Method = ({ value }) => {
  const parts = value.split(".");
  if (parts.length > 3) {
    throw new DbtFailure(
      `Runtime Error\n  Invalid source selector value "${value}". Sources must be of the form \`\${source_name}\`, ` +
        "`${source_name}.${target_name}`, or `${package_name}.${source_name}.${target_name}",
    );
  }
  const [from = "*", name = "", table = "*"] = parts.length === 3 ? parts : ["*", ...parts];
  return (node) =>
    node.source !== undefined && matchesName(projectName, from) && matchesName(node.source.name, name) &&
    matchesName(node.name, table);
};

const path: Method = ({ value }) => {
  const parts = partsOf(value);
  if (value.startsWith("/")) throw new DbtFailure("Non-relative patterns are unsupported");
  if (parts.length === 0) throw new DbtFailure(`Unacceptable pattern: '${value}'`);
  if (parts.some((part) => part.includes("**") && part !== "**")) {
    throw new DbtFailure("Invalid pattern: '**' can only be an entire path component");
  }
  return ({ file, patch }) =>
    [file, ...patch === undefined ? [] : [patch]].some((path) => matchesPath(path, false, value)) ||
    foldersOf(file).some((folder) => matchesPath(folder, true, value));
};

/** The folders that a file is in, up to the project's own. */
function foldersOf(file: string): ReadonlyArray<string> {
  const parts = partsOf(file);
  return parts.map((_, at) => parts.slice(0, at).join("/"));
}

const file: Method = ({ value }) => ({ file }) => {
  const name = file.split("/").at(-1) ?? "";
  return matchesName(name, value) || matchesName(name.replace(/(?<=.)\.[^.]*$/, ""), value);
};

const config: Method = ({ args, value }) => {
  const loose = args.length === 1 && args[0] === "severity" ? (text: unknown) => String(text).toUpperCase() : undefined;
  const isIt = (actual: unknown) =>
    typeof actual === "boolean"
      ? value.toLowerCase() === String(actual)
      : typeof actual === "string" && (loose === undefined ? actual === value : loose(actual) === loose(value));
  return (node) => {
    if (!isInNodes(node) && node.kind !== "source") return false;
    let found: unknown = node.config;
    for (const arg of args) {
      if (typeof found !== "object" || found === null || !Object.hasOwn(found, arg)) return false;
      found = Reflect.get(found, arg);
    }
    return Array.isArray(found) ? found.some(isIt) : isIt(found);
  };
};

function ofKind(kind: NodeKind): Matches {
  return (node) => node.kind === kind;
}

const none: Matches = () => false;
/** Types of resources that dbt knows and the project has none of. */
const otherTypes = ["analysis", "operation", "rpc", "sql_operation", "doc", "macro", "group", "fixture"];

/** The model that differs from the deferred manifest. The project is fixed, so that this is made up. */
const isChanged: Matches = ({ id }) => id === `model.${projectName}.customers`;
const states: Readonly<Record<string, Matches>> = {
  "new": none,
  "old": () => true,
  "modified": isChanged,
  "unmodified": (node) => !isChanged(node),
  "modified.body": isChanged,
  "modified.configs": none,
  "modified.persisted_descriptions": none,
  "modified.relation": none,
  "modified.macros": none,
  "modified.contract": none,
};

/** dbt takes a part of a type for the type: `test_type:sing`. */
const testType: Method = ({ value }) => {
  if (value === "generic" || value === "schema") return ({ test }) => test !== undefined;
  if ("data".includes(value)) return ofKind("test");
  if ("singular".includes(value)) return ({ kind, test }) => kind === "test" && test === undefined;
  if ("unit".includes(value)) return ofKind("unit_test");
  throw new DbtFailure(
    `Runtime Error\n  Invalid test type selector ${value}: expected "generic", "singular", "unit", or "data"`,
  );
};

/** dbt's selection methods by name. */
export const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["fqn", fqn],
  ["tag", ({ value }) => ({ tags }) => tags.some((tag) => matchesName(tag, value))],
  [
    "group",
    ({ value }) => (node) =>
      (isInNodes(node) || node.kind === "metric") && typeof node.config.group === "string" &&
      matchesName(node.config.group, value),
  ],
  ["access", ({ value }) => ({ kind, config: { access } }) => kind === "model" && access === value],
  ["source", source],
  ["path", path],
  ["file", file],
  ["package", ({ value }) => () => matchesName(projectName, value === "this" ? projectName : value)],
  ["config", config],
  [
    "test_name",
    ({ value }) => ({ kind, name, test }) =>
      test !== undefined ? matchesName(test.name, value) : kind === "unit_test" && matchesName(name, value),
  ],
  ["test_type", testType],
  [
    "resource_type",
    oneOf(
      Object.fromEntries([
        ...nodeKinds.map((kind) => [kind, ofKind(kind)] as const),
        ...otherTypes.map((type) => [type, none] as const),
      ]),
      (value) => `Invalid resource_type selector "${value}"`,
    ),
  ],
  [
    "state",
    oneOf(
      states,
      (value) =>
        `Got an invalid selector "${value}", expected one of ` +
        `"[${Object.keys(states).map((state) => `'${state}'`).join(", ")}]"`,
    ),
  ],
  ["exposure", named("exposure", "exposure", "Exposures", "exposure")],
  ["metric", named("metric", "metric", "Metrics", "metric")],
  ["semantic_model", named("semantic_model", "semantic model", "Semantic models", "semantic_model")],
  ["saved_query", named("saved_query", "saved query", "Saved queries", "saved_query")],
  // dbt's own message speaks of saved queries here.
  ["unit_test", named("unit_test", "unit test", "Saved queries", "unit_test", "unit_test_package_name")],
  ["result", ({ value, previous: { results } }) => {
    if (results === undefined) throw new DbtFailure("Internal Error\n  No comparison run_results");
    return ({ id }) => results.get(id) === value;
  }],
  ["source_status", ({ value, previous: { sourcesBefore, sourcesNow } }) => {
    const without = (which: string) =>
      new DbtFailure(`Internal Error\n  No ${which} state comparison freshness results in sources.json`);
    if (!sourcesBefore) throw without("previous");
    if (!sourcesNow) throw without("current");
    // A source whose freshness is checked has new rows at each check.
    return ({ source }) => value === "fresher" && source?.freshness === true;
  }],
  [
    "version",
    oneOf(
      {
        latest: ({ version }) => version?.is === version?.latest && version !== undefined,
        prerelease: ({ version }) => version !== undefined && version.is > version.latest,
        old: ({ version }) => version !== undefined && version.is < version.latest,
        none: ({ kind, version }) => kind === "model" && version === undefined,
      },
      (value) => `Invalid version type selector ${value}: expected one of: "latest", "prerelease", "old", or "none"`,
    ),
  ],
]);

/** The nodes that a method selects. */
export function nodesOf(method: Method, criterion: Criterion): ReadonlySet<Node> {
  return new Set(nodes.filter(method(criterion)));
}
