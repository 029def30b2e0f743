/**
 * `manifest.json`: the Jaffle Shop as dbt describes it.
 *
 * @module
 */
import { macroId, macros } from "../data/dbt_macro.ts";
import { groupNames, nodeById, nodes } from "../data/jaffle_shop_nodes.ts";
import { aliasOf, compiledCode, database, isInNodes, type Node, projectName, relationOf } from "../data/dbt_node.ts";
import { childrenOf } from "../data/node_graph.ts";
import { hash } from "../data/stable_ids.ts";
import type { Row } from "../protocol/response_format.ts";
import { type CompletedStep, metadata } from "./artifact_metadata.ts";
import { exposureOf, macroOf, metricOf, ofGraph, refTo, savedQueryOf, semanticModelOf } from "./manifest_graph.ts";

/** The path of a node below `compiled/` and `run/`: dbt puts a test into a folder named after its YAML file. */
export function targetOf(node: Node): string {
  return node.test !== undefined ? `${projectName}/${node.file}/${node.name}.sql` : `${projectName}/${node.file}`;
}

/** Makes `manifest.json`. */
export function makeManifest(completed: CompletedStep): Row {
  return {
    metadata: {
      ...metadata(completed, "manifest/v12"),
      project_name: projectName,
      project_id: "06e5b98c2db46f8a72cc4f66410e9b3b",
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: "snowflake",
    },
    nodes: those(isInNodes, (node) => manifestNode(node, completed)),
    sources: those(({ kind }) => kind === "source", (node) => sourceOf(node, completed)),
    macros: Object.fromEntries(macros.map((macro) => [macroId(macro), macroOf(macro, completed)])),
    docs: {},
    exposures: those(({ kind }) => kind === "exposure", (node) => exposureOf(node, completed)),
    metrics: those(({ kind }) => kind === "metric", (node) => metricOf(node, completed)),
    groups: Object.fromEntries(groupNames.map((name) => [`group.${projectName}.${name}`, {
      name,
      resource_type: "group",
      package_name: projectName,
      path: "schema.yml",
      original_file_path: "models/schema.yml",
      unique_id: `group.${projectName}.${name}`,
      owner: { email: null, name: name === "finance" ? "Ada" : "Grace" },
    }])),
    selectors: {},
    disabled: {},
    parent_map: Object.fromEntries(nodes.map(({ id, needs }) => [id, needs])),
    child_map: Object.fromEntries(nodes.map((node) => [node.id, childrenOf(node).map(({ id }) => id)])),
    group_map: Object.fromEntries(
      groupNames.map((name) => [name, nodes.filter(({ config }) => config.group === name).map(({ id }) => id)]),
    ),
    saved_queries: those(({ kind }) => kind === "saved_query", (node) => savedQueryOf(node, completed)),
    semantic_models: those(({ kind }) => kind === "semantic_model", (node) => semanticModelOf(node, completed)),
    unit_tests: those(({ kind }) => kind === "unit_test", (node) => unitTestOf(node, completed)),
  };
}

/** How fresh the rows of a source must be. */
export const freshness: Row = {
  warn_after: { count: 12, period: "hour" },
  error_after: { count: null, period: null },
  filter: null,
};

/** The nodes of a part of the manifest, by id. */
function those(isIn: (node: Node) => boolean, make: (node: Node) => Row): Row {
  return Object.fromEntries(nodes.filter(isIn).map((node) => [node.id, make(node)]));
}

function sourceOf(node: Node, completed: CompletedStep): Row {
  const { depends_on: _needs, refs: _refs, ...shared } = ofGraph(node, completed);
  return {
    ...shared,
    database,
    schema: node.source?.name,
    path: node.file,
    source_name: node.source?.name,
    source_description: "",
    loader: "",
    identifier: node.name,
    quoting: { database: null, schema: null, identifier: null, column: null },
    loaded_at_field: node.source?.freshness ? "loaded_at" : null,
    freshness: node.source?.freshness ? freshness : null,
    external: null,
    columns: {},
    meta: {},
    source_meta: {},
    tags: node.tags,
    patch_path: null,
    relation_name: relationOf(node, ""),
  };
}

function unitTestOf(node: Node, completed: CompletedStep): Row {
  const { refs: _refs, unrendered_config: _config, ...shared } = ofGraph(node, completed);
  const rows = { format: "dict", fixture: null };
  return {
    ...shared,
    model: "orders",
    given: [
      { ...rows, input: "ref('stg_orders')", rows: [{ order_id: 1, status: "placed" }] },
      { ...rows, input: "ref('stg_payments')", rows: [{ order_id: 1, amount: 3 }] },
    ],
    expect: { ...rows, rows: [{ order_id: 1, amount: 3 }] },
    overrides: null,
    checksum: null,
    schema: completed.run.profile.schema,
    versions: null,
    version: null,
  };
}

function manifestNode(node: Node, { run, state }: CompletedStep): Row {
  const { kind, name, file, id, needs } = node;
  const schema = run.profile.schema;
  const path = kind === "test" ? `${name}.sql` : file.replace(/^(models|seeds|snapshots)\//, "");
  const shared: Row = {
    database,
    schema: kind === "test" ? `${schema}_dbt_test__audit` : schema,
    name,
    resource_type: kind,
    package_name: projectName,
    path,
    original_file_path: file,
    unique_id: id,
    fqn: node.fqn,
    alias: aliasOf(node),
    checksum: { name: kind === "test" ? "none" : "sha256", checksum: kind === "test" ? "" : hash(node.code + name) },
    tags: node.tags,
    description: node.description ?? "",
    columns: Object.fromEntries(
      Object.keys(node.columns).map((column) => [column.toLowerCase(), {
        name: column.toLowerCase(),
        description: "",
        meta: {},
        data_type: null,
        constraints: [],
        quote: null,
        tags: [],
      }]),
    ),
    meta: node.config.meta,
    group: node.config.group ?? null,
    docs: { show: true, node_color: null },
    patch_path: node.patch === undefined ? null : `${projectName}://${node.patch}`,
    build_path: null,
    unrendered_config: {},
    created_at: state.started / 1000,
    relation_name: kind === "test" ? null : relationOf(node, schema),
    raw_code: node.code,
    config: node.config,
  };
  if (kind === "seed") return { ...shared, root_path: `/tmp/jobs/${run.id}/target`, depends_on: { macros: [] } };
  const withCode: Row = {
    ...shared,
    language: "sql",
    refs: needs.filter((need) => !need.startsWith("source.")).map(refTo),
    sources: needs.flatMap((need) => {
      const { source, name } = nodeById.get(need) ?? {};
      return source === undefined ? [] : [[source.name, name]];
    }),
    metrics: [],
    depends_on: { macros: node.macros, nodes: needs },
    compiled_path: `target/compiled/${targetOf(node)}`,
    compiled: true,
    compiled_code: compiledCode(node, schema),
    extra_ctes_injected: true,
    extra_ctes: [],
    contract: { enforced: false, alias_types: true, checksum: null },
  };
  if (node.test === undefined) {
    if (kind !== "model") return withCode;
    return {
      ...withCode,
      access: node.config.access,
      constraints: [],
      version: node.version?.is ?? null,
      latest_version: node.version?.latest ?? null,
      deprecation_date: null,
    };
  }
  const { name: test, column, model, kwargs } = node.test;
  const [source, table] = model.includes(".") ? model.split(".") : [];
  const of = source === undefined ? `ref('${model}')` : `source('${source}', '${table}')`;
  return {
    ...withCode,
    column_name: column,
    file_key_name: source === undefined ? `models.${model}` : `sources.${source}`,
    attached_node: source === undefined ? `model.${projectName}.${model}` : null,
    test_metadata: {
      name: test,
      kwargs: { column_name: column, model: `{{ get_where_subquery(${of}) }}`, ...kwargs },
      namespace: null,
    },
  };
}
