/**
 * `manifest.json`: the Jaffle Shop as dbt describes it; and the metadata at the top of every artifact.
 * `run_artifacts.ts` uses both.
 *
 * @module
 */
import { nodeById, nodes } from "../data/jaffle_shop_nodes.ts";
import { compiledCode, database, dbtVersion, type Node, projectName, relationOf } from "../data/dbt_node.ts";
import { hash, uuid } from "../data/stable_ids.ts";
import type { RunRecord, StepState } from "./run_store.ts";
import { type Row, stampZ } from "../protocol/response_format.ts";

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
  return node.kind === "test" ? `${projectName}/${node.file}/${node.name}.sql` : `${projectName}/${node.file}`;
}

/** Makes `manifest.json`. */
export function makeManifest(completed: CompletedStep): Row {
  const children = new Map<string, Array<string>>(nodes.map(({ id }) => [id, []]));
  for (const { id, needs } of nodes) for (const need of needs) children.get(need)?.push(id);
  return {
    metadata: {
      ...metadata(completed, "manifest/v12"),
      project_name: projectName,
      project_id: "06e5b98c2db46f8a72cc4f66410e9b3b",
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: "snowflake",
    },
    nodes: Object.fromEntries(nodes.map((node) => [node.id, manifestNode(node, completed)])),
    sources: {},
    macros: {},
    docs: {},
    exposures: {},
    metrics: {},
    groups: {},
    selectors: {},
    disabled: {},
    parent_map: Object.fromEntries(nodes.map(({ id, needs }) => [id, needs])),
    child_map: Object.fromEntries(children),
    group_map: {},
    saved_queries: {},
    semantic_models: {},
    unit_tests: {},
  };
}

function manifestNode(node: Node, { run, state }: CompletedStep): Row {
  const { kind, name, file, id, needs } = node;
  const schema = run.profile.schema;
  const folders = file.replace(/^(models|seeds)\//, "").replace(/\.\w+$/, "").split("/");
  const path = kind === "test" ? `${name}.sql` : file.replace(/^(models|seeds)\//, "");
  const shared: Row = {
    database,
    schema: kind === "test" ? `${schema}_dbt_test__audit` : schema,
    name,
    resource_type: kind,
    package_name: projectName,
    path,
    original_file_path: file,
    unique_id: id,
    fqn: kind === "test" ? [projectName, ...folders.slice(0, -1), name] : [projectName, ...folders],
    alias: name,
    checksum: { name: kind === "test" ? "none" : "sha256", checksum: kind === "test" ? "" : hash(node.code + name) },
    tags: [],
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
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: state.started / 1000,
    relation_name: kind === "test" ? null : relationOf(node, schema),
    raw_code: node.code,
    config: { enabled: true, materialized: node.materialized, tags: [], meta: {}, schema: null, database: null },
  };
  if (kind === "seed") return { ...shared, root_path: `/tmp/jobs/${run.id}/target`, depends_on: { macros: [] } };
  const withCode: Row = {
    ...shared,
    language: "sql",
    refs: needs.map((need) => ({ name: nodeById.get(need)?.name, package: null, version: null })),
    sources: [],
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
    return {
      ...withCode,
      access: "protected",
      constraints: [],
      version: null,
      latest_version: null,
      deprecation_date: null,
    };
  }
  const { name: test, column, model, kwargs } = node.test;
  return {
    ...withCode,
    column_name: column,
    file_key_name: `models.${model}`,
    attached_node: `model.${projectName}.${model}`,
    test_metadata: {
      name: test,
      kwargs: { column_name: column, model: `{{ get_where_subquery(ref('${model}')) }}`, ...kwargs },
      namespace: null,
    },
  };
}
