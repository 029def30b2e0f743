/**
 * What `manifest.json` says of the resources that dbt does not build: macros, metrics, semantic models, saved queries and
 * exposures. `manifest.ts` has the rest.
 *
 * @module
 */
import { database, type Node, projectName, relationOf } from "../data/dbt_node.ts";
import { type Macro, macroId, macrosIn } from "../data/dbt_macro.ts";
import { measuresOf, metrics, savedQueries, semanticModels } from "../data/jaffle_shop_metrics.ts";
import { nodeById } from "../data/jaffle_shop_nodes.ts";
import type { Row } from "../protocol/response_format.ts";
import type { CompletedStep } from "./artifact_metadata.ts";

/** What the manifest says of each resource that dbt does not build. */
export function ofGraph({ kind, id, name, file, fqn, config, needs }: Node, { state }: CompletedStep): Row {
  return {
    name,
    resource_type: kind,
    package_name: projectName,
    path: file.replace("models/", ""),
    original_file_path: file,
    unique_id: id,
    fqn,
    description: "",
    config,
    unrendered_config: {},
    depends_on: { macros: [], nodes: needs },
    refs: needs.filter((need) => need.startsWith("model.")).map(refTo),
    created_at: state.started / 1000,
  };
}

/** A reference to a model, as `refs` has it. */
export function refTo(id: string): Row {
  const node = nodeById.get(id);
  return { name: node?.name, package: null, version: node?.version?.is ?? null };
}

/** An exposure. */
export function exposureOf(node: Node, completed: CompletedStep): Row {
  return {
    ...ofGraph(node, completed),
    type: "dashboard",
    owner: { email: "ada@example.com", name: "Ada" },
    label: null,
    maturity: null,
    meta: {},
    tags: node.tags,
    url: null,
  };
}

/** A macro. */
export function macroOf(macro: Macro, { state }: CompletedStep): Row {
  const { code, description, file, name, packageName, patch } = macro;
  return {
    name,
    resource_type: "macro",
    package_name: packageName,
    path: file,
    original_file_path: file,
    unique_id: macroId(macro),
    macro_sql: code,
    depends_on: { macros: macrosIn(code) },
    description,
    meta: {},
    docs: { show: true, node_color: null },
    patch_path: patch === undefined ? null : `${packageName}://${patch}`,
    arguments: macro.arguments,
    created_at: state.started / 1000,
    supported_languages: null,
  };
}

/** What the Semantic Layer has of a node. */
function definitionOf<A extends { readonly name: string }>(all: ReadonlyArray<A>, { name }: Node): A {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the Semantic Layer has no ${name}`);
  return found;
}

/** A metric. */
export function metricOf(node: Node, completed: CompletedStep): Row {
  const metric = definitionOf(metrics, node);
  const input = { filter: null, alias: null, join_to_timespine: false, fill_nulls_with: null };
  return {
    ...ofGraph(node, completed),
    description: metric.description,
    label: metric.label,
    type: "simple",
    type_params: {
      measure: { name: metric.measure, ...input },
      input_measures: measuresOf(metric).map(({ name }) => ({ name, ...input })),
      metrics: [],
    },
    filter: null,
    metadata: null,
    time_granularity: null,
    meta: {},
    tags: node.tags,
    group: null,
  };
}

/** A saved query. */
export function savedQueryOf(node: Node, completed: CompletedStep): Row {
  const { description, groupBy, label, metrics } = definitionOf(savedQueries, node);
  return {
    ...ofGraph(node, completed),
    description,
    label,
    exports: [],
    metadata: null,
    group: null,
    tags: node.config.tags,
    query_params: {
      metrics,
      group_by: groupBy.map(({ grain, name }) =>
        grain === undefined ? `Dimension('${name}')` : `TimeDimension('${name}','${grain}')`
      ),
      where: null,
      order_by: [],
      limit: null,
    },
  };
}

/** A semantic model. */
export function semanticModelOf(node: Node, completed: CompletedStep): Row {
  const schema = completed.run.profile.schema;
  const of = nodeById.get(node.needs[0] ?? "");
  const { dimensions, entities, measures, timeDimension } = definitionOf(semanticModels, node);
  const unnamed = { description: null, label: null };
  // YAML leaves out an expression that is the name itself.
  const exprOf = (name: string, expr: string) => name === expr ? null : expr;
  return {
    ...ofGraph(node, completed),
    model: `ref('${of?.name}')`,
    node_relation: {
      alias: of?.name,
      schema_name: schema,
      database,
      relation_name: of === undefined ? null : relationOf(of, schema),
    },
    label: null,
    defaults: { agg_time_dimension: timeDimension },
    entities: entities.map(({ expr, name, type }) => ({
      name,
      type: type.toLowerCase(),
      ...unnamed,
      role: null,
      expr: exprOf(name, expr),
    })),
    measures: measures.map(({ agg, expr, name }) => ({
      name,
      agg: agg.toLowerCase(),
      ...unnamed,
      create_metric: false,
      expr: exprOf(name, expr),
    })),
    dimensions: dimensions.map(({ description, name, type }) => ({
      name,
      type: type.toLowerCase(),
      description,
      label: null,
      is_partition: false,
      type_params: type === "TIME" ? { time_granularity: "day", validity_params: null } : null,
      expr: null,
      metadata: null,
    })),
    metadata: null,
    primary_entity: null,
    group: null,
  };
}
