/**
 * `manifest.json`: the Jaffle Shop as dbt describes it; and the metadata at the top of every artifact.
 * `run_artifacts.ts` uses both.
 *
 * @module
 */
import { groupNames, nodeById, nodes } from "../data/jaffle_shop_nodes.ts";
import {
  aliasOf,
  compiledCode,
  database,
  dbtVersion,
  isInNodes,
  type Node,
  projectName,
  relationOf,
} from "../data/dbt_node.ts";
import { hash, uuid } from "../data/stable_ids.ts";
import type { RunRecord, StepState } from "./run_store.ts";
import { type Row, stampZ } from "../protocol/response_format.ts";
import { childrenOf } from "../data/node_graph.ts";

/** A completed step of a run, which writes artifacts. */
export interface CompletedStep {
  /** The run. */
  readonly run: RunRecord;
  /** The step. */
  readonly state: StepState;
}

/** The metadata of an artifact: its schema, run and step. `artifact` is its name and version. */
export function metadata({ run, state }: CompletedStep, artifact: string): Row {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${artifact}.json`,
    dbt_version: dbtVersion,
    generated_at: stampZ(state.finished ?? state.started),
    invocation_id: uuid(`${run.id}/${state.index}`),
    env: {
      DBT_CLOUD_PROJECT_ID: String(run.place.project_id),
      DBT_CLOUD_RUN_ID: String(run.id),
      DBT_CLOUD_JOB_ID: String(run.job),
      DBT_CLOUD_RUN_REASON: String(run.trigger.cause),
      DBT_CLOUD_RUN_REASON_CATEGORY: String(run.trigger.cause_category),
    },
  };
}

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
    macros: {},
    docs: {},
    exposures: those(({ kind }) => kind === "exposure", (node) => ({
      ...ofGraph(node, completed),
      type: "dashboard",
      owner: { email: "ada@example.com", name: "Ada" },
      label: null,
      maturity: null,
      meta: {},
      tags: node.tags,
      url: null,
    })),
    metrics: those(({ kind }) => kind === "metric", (node) => ({
      ...ofGraph(node, completed),
      label: "Revenue",
      type: "simple",
      type_params: {
        measure: { name: "amount", filter: null, alias: null, join_to_timespine: false, fill_nulls_with: null },
        input_measures: [
          { name: "amount", filter: null, alias: null, join_to_timespine: false, fill_nulls_with: null },
        ],
        metrics: [],
      },
      filter: null,
      metadata: null,
      time_granularity: null,
      meta: {},
      tags: node.tags,
      group: null,
    })),
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
    saved_queries: those(({ kind }) => kind === "saved_query", (node) => ({
      ...ofGraph(node, completed),
      query_params: {
        metrics: ["revenue"],
        group_by: ["TimeDimension('metric_time','month')"],
        where: null,
        order_by: [],
        limit: null,
      },
      exports: [],
      label: null,
      metadata: null,
      group: null,
      tags: node.config.tags,
    })),
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

/** What the manifest says of each resource that dbt does not build. */
function ofGraph({ kind, id, name, file, fqn, config, needs }: Node, { state }: CompletedStep): Row {
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

function refTo(id: string): Row {
  const node = nodeById.get(id);
  return { name: node?.name, package: null, version: node?.version?.is ?? null };
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

function semanticModelOf(node: Node, completed: CompletedStep): Row {
  const schema = completed.run.profile.schema;
  const of = nodeById.get(node.needs[0] ?? "");
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
    defaults: { agg_time_dimension: "order_date" },
    entities: [{ name: "order_id", type: "primary", description: null, label: null, role: null, expr: null }],
    measures: [{ name: "amount", agg: "sum", description: null, label: null, create_metric: false, expr: null }],
    dimensions: [{
      name: "order_date",
      type: "time",
      description: null,
      label: null,
      is_partition: false,
      type_params: { time_granularity: "day", validity_params: null },
      expr: null,
      metadata: null,
    }],
    metadata: null,
    primary_entity: null,
    group: null,
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
    description: "",
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
    depends_on: { macros: [], nodes: needs },
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
