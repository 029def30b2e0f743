/**
 * `recommendations` of the Discovery API: the rules of dbt Cloud's project recommendations, over the project's own nodes.
 * dbt Cloud takes them from the package `dbt_project_evaluator`, with its settings:
 * https://docs.getdbt.com/docs/explore/project-recommendations lists them, the package's models say what each finds.
 *
 * @module
 */
import { withoutNulls } from "../../defined.ts";
import { type Node, relationOf } from "../data/dbt_node.ts";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { childrenOf, parentsOf } from "../data/node_graph.ts";
import { uuid } from "../data/stable_ids.ts";
import { isRow, type Row } from "../protocol/response_format.ts";
import { connection, type ConnectionArguments } from "./discovery_lists.ts";
import type { DiscoveryProject } from "./discovery_nodes.ts";

/** A rule, and the ids of what it finds. */
interface Rule {
  readonly category: "Documentation" | "Governance" | "Modeling" | "Performance" | "Testing";
  readonly name: string;
  readonly description: string;
  readonly find: () => ReadonlyArray<string>;
}

const ofKind = (kind: Node["kind"], isFound: (node: Node) => boolean) => () =>
  nodes.filter((node) => node.kind === kind && isFound(node)).map(({ id }) => id);

/** The parents of a node that are of a kind. */
const parents = (node: Node, kind: Node["kind"]) => parentsOf(node).filter((parent) => parent.kind === kind);

/** The generic tests of a model: those of another one that only refer to it are not among them. */
const testsOf = (model: Node) => childrenOf(model).flatMap(({ test }) => test?.model === model.name ? [test] : []);

/** Whether a column of a model is both unique and never null. */
function hasPrimaryKey(model: Node): boolean {
  const tests = testsOf(model);
  const columns = (name: string) => tests.filter((test) => test.name === name).map(({ column }) => column);
  return columns("unique").some((column) => columns("not_null").includes(column));
}

const rules: ReadonlyArray<Rule> = [
  {
    category: "Modeling",
    name: "Direct Join to Source",
    description: "The model joins a model and a source: a staging model is missing.",
    find: ofKind("model", (node) => parents(node, "model").length > 0 && parents(node, "source").length > 0),
  },
  {
    category: "Modeling",
    name: "Duplicate Sources",
    description: "Another source is the same relation in the warehouse.",
    find: ofKind(
      "source",
      (node) =>
        nodes.some((other) =>
          other !== node && other.kind === "source" && relationOf(other, "") === relationOf(node, "")
        ),
    ),
  },
  {
    category: "Modeling",
    name: "Multiple Sources Joined",
    description: "The model joins several sources: staging models are missing.",
    find: ofKind("model", (node) => parents(node, "source").length > 1),
  },
  {
    category: "Modeling",
    name: "Root Model",
    description: "The model has no parents: its references may be hard-coded.",
    find: ofKind("model", (node) => node.needs.length === 0 && node.name !== "metricflow_time_spine"),
  },
  {
    category: "Modeling",
    name: "Source Fanout",
    description: "Several models take from the source: a staging model is missing.",
    find: ofKind("source", (node) => childrenOf(node).filter(({ kind }) => kind === "model").length > 1),
  },
  {
    category: "Modeling",
    name: "Unused Source",
    description: "Nothing refers to the source.",
    find: ofKind("source", (node) => childrenOf(node).every(({ kind }) => kind === "test")),
  },
  {
    category: "Performance",
    name: "Exposure Dependent on View",
    description: "The exposure reads a view, which the warehouse computes each time.",
    find: ofKind("exposure", (node) => parents(node, "model").some(({ materialized }) => materialized === "view")),
  },
  {
    category: "Testing",
    name: "Missing Primary Key Test",
    description: "No column of the model is tested to be unique and not null.",
    find: ofKind("model", (node) => !hasPrimaryKey(node)),
  },
  {
    category: "Documentation",
    name: "Undocumented Models",
    description: "The model has no description.",
    find: ofKind("model", ({ description }) => description === undefined),
  },
  {
    category: "Documentation",
    name: "Undocumented Source",
    description: "The source has no description.",
    find: () => [
      ...new Set(nodes.flatMap(({ id, source }) => source === undefined ? [] : [id.split(".").slice(0, 3).join(".")])),
    ],
  },
  {
    category: "Documentation",
    name: "Undocumented Source Tables",
    description: "The table of the source has no description.",
    find: ofKind("source", ({ description }) => description === undefined),
  },
  {
    category: "Governance",
    name: "Public Model Missing Contract",
    description: "Other projects may refer to the model, and no contract keeps its columns.",
    find: ofKind(
      "model",
      ({ config: { access, contract } }) => access === "public" && !(isRow(contract) && contract.enforced === true),
    ),
  },
];

/** The arguments of `rules`. */
interface RuleArguments extends Omit<ConnectionArguments, "filter"> {
  readonly filter?: {
    readonly severity?: ReadonlyArray<string> | null;
    readonly categories?: ReadonlyArray<string> | null;
    readonly ruleNames?: ReadonlyArray<string> | null;
    readonly uniqueIds?: ReadonlyArray<string> | null;
  } | null;
}

/** The severity of all tests of the package. */
const severity = "warn";

/** `recommendations(environmentId)`. There are none before a run has written a manifest. */
export function recommendationsRoot({ state: { manifest } }: DiscoveryProject): Row {
  const found = manifest === undefined ? [] : rules.flatMap(({ find, ...rule }) =>
    find().map((uniqueId): Row => ({
      ...rule,
      severity,
      uniqueId,
      violationId: uuid(`${rule.name}/${uniqueId}`),
    }))
  );
  return {
    metrics: manifest === undefined ? [] : [
      { name: "Model test coverage", value: share((model) => testsOf(model).length > 0) },
      { name: "Model documentation coverage", value: share(({ description }) => description !== undefined) },
    ],
    rules: ({ after = null, filter, first = null }: RuleArguments) => {
      const { categories, ruleNames, severity, uniqueIds } = withoutNulls(filter);
      const among = (wanted: ReadonlyArray<string> | undefined, is: unknown) =>
        wanted?.some((one) => one.toLowerCase() === String(is).toLowerCase()) ?? true;
      const fitting = found.filter((row) =>
        among(categories, row.category) && among(ruleNames, row.name) && among(severity, row.severity) &&
        among(uniqueIds, row.uniqueId)
      );
      return connection(fitting, { after, first }, (row) => row, ({ violationId }) => String(violationId));
    },
  };
}

/** The percentage of the models that something holds for. */
function share(isTrue: (model: Node) => boolean): number {
  const models = nodes.filter(({ kind }) => kind === "model");
  return 100 * models.filter(isTrue).length / models.length;
}
