/**
 * Which nodes a dbt command builds: dbt's node selection, with its graph operators, set operators and indirect
 * selection of tests. The facts are those of https://docs.getdbt.com/reference/node-selection/syntax and of dbt-core
 * 1.9.8. `run_plan.ts` makes steps of the nodes.
 *
 * @module
 */
import * as Result from "effect/Result";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { type Node, type NodeKind, nodeKinds } from "../data/dbt_node.ts";
import { childrenOf, parentsOf, relatives } from "../data/node_graph.ts";
import { type DbtCommand, DbtFailure, type IndirectSelection, parseCommand } from "./dbt_command.ts";
import { methods, nodesOf, nothingBefore, type PreviousResults } from "./selection_methods.ts";

/** What a command builds. */
export interface Selection {
  /** The command's verb: `docs generate`. */
  readonly verb: string;
  /** The nodes, each after those that it needs. */
  readonly nodes: ReadonlyArray<Node>;
  /** What dbt warns of: criteria that match nothing. */
  readonly warnings: ReadonlyArray<string>;
}

type Nodes = ReadonlySet<Node>;

/** The types that a verb builds. */
const built: Readonly<Record<string, ReadonlyArray<NodeKind>>> = {
  "build": ["model", "snapshot", "seed", "test", "unit_test", "saved_query"],
  "run": ["model"],
  "test": ["test", "unit_test"],
  "seed": ["seed"],
  "snapshot": ["snapshot"],
  "source freshness": ["source"],
  "compile": ["model", "test", "snapshot", "seed"],
  "show": ["model", "test", "snapshot", "seed"],
  "docs generate": ["model", "test", "snapshot", "seed"],
  "clone": ["model", "seed", "snapshot"],
  "list": nodeKinds,
};

/** What dbt says where there is nothing to build. */
export const emptyLine = "Nothing to do. Try checking your model configs and model specification args";
const defaults = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"];

/** The nodes that a command builds, or why dbt fails before it builds any. */
export function selectNodes(
  text: string,
  previous: PreviousResults = nothingBefore,
): Result.Result<Selection, DbtFailure> {
  return Result.try({
    try: () => select(parseCommand(text), previous),
    catch: (cause) => {
      if (cause instanceof DbtFailure) return cause;
      throw cause;
    },
  });
}

function select(command: DbtCommand, previous: PreviousResults): Selection {
  const { verb, indirect, warnError } = command;
  const kinds = built[verb];
  // A query of `--inline` is no node.
  if (kinds === undefined || command.inline !== undefined) return { verb, nodes: [], warnings: [] };
  check(command);
  const warnings: Array<string> = [];
  const warn = (text: string) => {
    if (warnError) throw new DbtFailure(`Compilation Error\n  ${text}`);
    warnings.push(text);
  };
  const given = command.models ?? command.select;
  const included = union(given ?? defaults, indirect, previous, given === undefined ? () => {} : warn);
  const excluded = union(command.exclude ?? [], indirect, previous, warn);
  const wanted = typesOf(command, kinds);
  const found = nodes.filter((node) =>
    included.direct.has(node) && !excluded.direct.has(node) && wanted.has(node.kind) &&
    (verb !== "source freshness" || node.source?.freshness === true)
  );
  if (found.length === 0) warn(verb === "list" ? "No nodes selected!" : emptyLine);
  return { verb, nodes: found, warnings };
}

/** Options that exclude each other, or name what the project does not have. */
function check({ verb, select, models, types, selector }: DbtCommand): void {
  const fail = (text: string) => new DbtFailure(`Runtime Error\n  ${text}`);
  if (models !== undefined && select !== undefined) {
    throw fail('"models" and "select" are mutually exclusive arguments');
  }
  if (models !== undefined && types !== undefined) {
    throw fail('"models" and "resource_type" are mutually exclusive arguments');
  }
  if (selector !== undefined) throw fail(`Could not find selector named ${selector}, expected one of []`);
  if (verb === "show" && select === undefined) throw fail("Either --select or --inline must be passed to show");
}

/** The types that a command builds: those of its verb that `--resource-type` leaves. */
function typesOf(
  { models, types, withoutTypes = [] }: DbtCommand,
  kinds: ReadonlyArray<NodeKind>,
): ReadonlySet<string> {
  if (models !== undefined) return new Set<string>(["model"]);
  const given = types?.flatMap((type): ReadonlyArray<string> => type === "all" || type === "default" ? kinds : [type]);
  // click takes `MODEL` for one of its choices, and dbt does not.
  const wrong = [...given ?? [], ...withoutTypes].find((type) => type !== type.toLowerCase());
  if (wrong !== undefined) throw new DbtFailure(`'${wrong}' is not a valid NodeType`);
  return new Set<string>(
    kinds.filter((kind) => (given === undefined || given.includes(kind)) && !withoutTypes.includes(kind)),
  );
}

// ---- sets of criteria -----------------------------------------------------------------------------------------------

/** What a selector means: the nodes, and the tests that may join them once their other parents do. */
interface Found {
  readonly direct: Nodes;
  readonly indirect: Nodes;
}

/** `a b`: the nodes of each. */
function union(
  words: ReadonlyArray<string>,
  mode: IndirectSelection,
  previous: PreviousResults,
  warn: (text: string) => void,
): Found {
  // All are read before any is looked up, as dbt does.
  const read = words.flatMap((word) => word.split(" ")).map((raw) => ({
    raw,
    parts: raw.split(",").map(readCriterion),
  }));
  const all = read.map(({ raw, parts }) => {
    const found = combined(parts.map((part) => find(part, mode, previous)), intersectionOf, mode);
    if (found.direct.size === 0) warn(`The selection criterion '${raw}' does not match any enabled nodes`);
    return found;
  });
  return combined(all, unionOf, mode);
}

function unionOf(sets: ReadonlyArray<Nodes>): Nodes {
  return new Set(sets.flatMap((set) => [...set]));
}

/** `a,b`: the nodes that both have. */
function intersectionOf(sets: ReadonlyArray<Nodes>): Nodes {
  return sets.reduce((all, set) => all.intersection(set));
}

function combined(
  all: ReadonlyArray<Found>,
  combine: (sets: ReadonlyArray<Nodes>) => Nodes,
  mode: IndirectSelection,
): Found {
  if (all.length === 0) return { direct: new Set(), indirect: new Set() };
  const direct = combine(all.map((found) => found.direct));
  const indirect = combine(all.map((found) => found.direct.union(found.indirect)));
  if (mode === "eager" || mode === "empty") return { direct, indirect };
  const within = mode === "buildable" ? direct.union(relatives(direct, parentsOf)) : direct;
  // Tests whose other parents another criterion selects.
  const joined = [...indirect].filter((test) => test.kind !== "unit_test" && isWithin(test, within));
  return { direct: direct.union(new Set(joined)), indirect };
}

// ---- a criterion ----------------------------------------------------------------------------------------------------

interface ReadCriterion {
  readonly method: Parameters<typeof nodesOf>[0];
  readonly args: ReadonlyArray<string>;
  readonly value: string;
  /** `@`: its children, and all their parents. */
  readonly at: boolean;
  /** How many generations of parents, and of children. */
  readonly up: number;
  readonly down: number;
}

/** Reads `2+tag:nightly+1`. */
function readCriterion(raw: string): ReadCriterion {
  const match = /^(@)?(?:(\d*)\+)?(?:([\p{L}\p{N}_.]+):)?(.*?)(?:\+(\d*))?$/u.exec(raw);
  if (match === null) throw new DbtFailure(`Runtime Error\n  Invalid selector spec "${raw}"`);
  const [, at, up, named, value = "", down] = match;
  const [name = "", ...args] = (named ?? defaultMethod(value)).split(".");
  const method = methods.get(name);
  if (method === undefined) throw new DbtFailure(`Runtime Error\n  '${name}' is not a valid method name`);
  if (at !== undefined && down !== undefined) {
    throw new DbtFailure(`Runtime Error\n  Invalid node spec ${raw} - "@" prefix and "+" suffix are incompatible`);
  }
  return { method, args, value, at: at !== undefined, up: generations(up), down: generations(down) };
}

/** What a name without a method is: a path, a file, or a qualified name. */
function defaultMethod(value: string): string {
  return value.includes("/") ? "path" : /\.(sql|py|csv)$/i.test(value) ? "file" : "fqn";
}

function generations(digits: string | undefined): number {
  return digits === undefined ? 0 : digits === "" ? Infinity : Number(digits);
}

function find(
  { method, args, value, at, up, down }: ReadCriterion,
  mode: IndirectSelection,
  previous: PreviousResults,
) {
  const own = nodesOf(method, { args, value, previous });
  const family = own.union(relatives(own, childrenOf));
  const selected = own.union(relatives(own, parentsOf, up)).union(relatives(own, childrenOf, down))
    .union(at ? family.union(relatives(family, parentsOf)) : new Set<Node>());
  return withTests(selected, mode);
}

/** Adds the tests of the selected nodes, as `--indirect-selection` says. */
function withTests(selected: Nodes, mode: IndirectSelection): Found {
  if (mode === "empty") return { direct: selected, indirect: new Set() };
  const sources = nodes.filter(({ kind }) => kind === "source");
  const within = mode === "buildable"
    ? selected.union(relatives(selected, parentsOf)).union(new Set(sources))
    : selected;
  const tests = [...relatives(selected, childrenOf, 1)].filter(({ kind }) => kind === "test" || kind === "unit_test");
  const isIn = (test: Node) => mode === "eager" || isWithin(test, within);
  return {
    direct: selected.union(new Set(tests.filter(isIn))),
    indirect: new Set(tests.filter((test) => !isIn(test))),
  };
}

/** Whether all parents of a test are among these. */
function isWithin(test: Node, nodes: Nodes): boolean {
  return parentsOf(test).every((parent) => nodes.has(parent));
}
