/**
 * The files that a run leaves: dbt's artifacts, fit to its steps.
 *
 * @module
 */
import { failureOf } from "./log.ts";
import { docsCommand, type NodeRun } from "./plan.ts";
import {
  compiled,
  database,
  dbtVersion,
  hash,
  type Node,
  nodeById,
  nodes,
  projectName,
  relationOf,
} from "./project.ts";
import { type RunRecord, scaled, type StepState } from "./runs.ts";
import { type Row, stampZ } from "./wire.ts";

/** What a file says, once it is asked for. */
export type File = () => string;

/** A step that ended, of a run. */
interface Ended {
  readonly run: RunRecord;
  readonly state: StepState;
}

/** The files that are there after a step: its own, over those of the steps before it. */
export function artifactsOf(run: RunRecord, steps: ReadonlyArray<StepState>): ReadonlyMap<string, File> {
  return new Map(
    steps.filter(({ finished }) => finished !== null).flatMap((state) => [...filesOf({ run, state })]),
  );
}

function filesOf(ended: Ended): ReadonlyArray<readonly [string, File]> {
  const { run, state: { step } } = ended;
  const json = (make: (ended: Ended) => Row): File => () => JSON.stringify(make(ended));
  const verb = step.command?.split(/\s+/)[1];
  if (verb === undefined || ["deps", "debug", "clean", "init"].includes(verb)) return [];
  const manifest = ["manifest.json", json(makeManifest)] as const;
  if (verb === "source") return [manifest, ["sources.json", json(makeSources)]];
  if (step.nodes.length === 0) return [manifest, ["run_results.json", json(makeRunResults)]];
  const schema = run.profile.schema;
  const code = step.nodes.filter(({ node, status }) => node.kind !== "seed" && status !== "skipped").flatMap((
    { node },
  ): ReadonlyArray<readonly [string, File]> => [
    [`compiled/${targetOf(node)}`, () => compiled(node, schema)],
    ...step.command === docsCommand ? [] : [[`run/${targetOf(node)}`, () => statement(node, schema)] as const],
  ]);
  const results = ["run_results.json", json(makeRunResults)] as const;
  return step.command === docsCommand
    ? [manifest, results, ["catalog.json", json(makeCatalog)], ["index.html", () => index], ...code]
    : [manifest, results, ...code];
}

const index = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>dbt Docs</title></head>
<body><h1>${projectName}</h1><p>See manifest.json and catalog.json.</p></body>
</html>
`;

/** A node's file among those that dbt writes: a test lies in a folder that is named after its own file. */
function targetOf(node: Node): string {
  return node.kind === "test" ? `${projectName}/${node.file}/${node.name}.sql` : `${projectName}/${node.file}`;
}

function statement(node: Node, schema: string): string {
  return node.kind === "test"
    ? `select\n  count(*) as failures,\n  count(*) != 0 as should_warn,\n  count(*) != 0 as should_error\nfrom (\n${
      compiled(node, schema)
    }\n) dbt_internal_test`
    : `create or replace ${node.materialized} ${relationOf(node, schema)}\n  as (${compiled(node, schema)}\n  );`;
}

function metadata({ run, state }: Ended, artifact: string): Row {
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

function uuid(text: string): string {
  const hex = hash(text) + hash(`${text}/1`) + hash(`${text}/2`) + "00";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

// ---- run_results.json -----------------------------------------------------------------------------------------------

function makeRunResults(ended: Ended): Row {
  const { run, state } = ended;
  const { step } = state;
  const words = step.command?.split(/\s+/) ?? [];
  return {
    metadata: metadata(ended, "run-results/v6"),
    results: step.nodes.filter(({ node }) => step.command !== docsCommand || node.kind !== "seed").map((node) =>
      result(ended, node)
    ),
    elapsed_time: scaled(run, step.end - step.begin) / 1000,
    args: {
      which: words[1] === "docs" ? "generate" : words[1],
      invocation_command: step.command,
      select: [],
      exclude: [],
      full_refresh: words.includes("--full-refresh"),
      target: run.profile.target,
      threads: run.profile.threads,
      log_format: "default",
      write_json: true,
      profiles_dir: `/tmp/jobs/${run.id}/.dbt`,
      project_dir: `/tmp/jobs/${run.id}/target`,
    },
  };
}

function result({ run, state }: Ended, node: NodeRun): Row {
  const { node: { id, kind, rows, materialized }, status, thread } = node;
  const schema = run.profile.schema;
  const [begin, end] = [node.begin, node.end].map((at) => state.started + scaled(run, at)) as [number, number]; // of two
  const skipped = status === "skipped";
  const done = status === "success" && begin !== end;
  const message = status === "error"
    ? failureOf(run, node)
    : !done
    ? null
    : kind === "seed"
    ? `INSERT ${rows}`
    : "SUCCESS 1";
  return {
    status,
    timing: skipped ? [] : [
      { name: "compile", started_at: stampZ(begin), completed_at: stampZ(begin) },
      { name: "execute", started_at: stampZ(begin), completed_at: stampZ(end) },
    ],
    thread_id: `Thread-${thread} (worker)`,
    execution_time: (end - begin) / 1000,
    adapter_response: message === null || status === "error" ? {} : {
      _message: message,
      code: message.split(" ")[0],
      rows_affected: kind === "seed" ? rows : 1,
      query_id: uuid(`${run.id}/${state.index}/${id}`),
    },
    message,
    failures: status === "pass" ? 0 : null,
    unique_id: id,
    compiled: kind === "seed" || skipped ? null : true,
    compiled_code: kind === "seed" || skipped ? null : compiled(node.node, schema),
    relation_name: materialized === "test" ? null : relationOf(node.node, schema),
    batch_results: null,
  };
}

// ---- sources.json and catalog.json ----------------------------------------------------------------------------------

function makeSources(ended: Ended): Row {
  return {
    metadata: metadata(ended, "sources/v3"),
    results: [],
    elapsed_time: scaled(ended.run, ended.state.step.end - ended.state.step.begin) / 1000,
  };
}

function makeCatalog(ended: Ended): Row {
  const schema = ended.run.profile.schema;
  const tables = nodes.filter(({ kind }) => kind !== "test").map((node) => [node.id, {
    metadata: {
      type: node.materialized === "view" ? "VIEW" : "BASE TABLE",
      schema: schema.toUpperCase(),
      name: node.name.toUpperCase(),
      database: database.toUpperCase(),
      comment: null,
      owner: "TRANSFORMER",
    },
    columns: Object.fromEntries(
      Object.entries(node.columns).map(([name, type], at) => [name, { type, index: at + 1, name, comment: null }]),
    ),
    stats: {
      has_stats: {
        id: "has_stats",
        label: "Has Stats?",
        value: node.materialized !== "view",
        include: false,
        description: "Indicates whether there are statistics for this table",
      },
      ...node.materialized === "view" ? {} : {
        row_count: {
          id: "row_count",
          label: "Row Count",
          value: node.rows,
          include: true,
          description: "An approximate count of rows in this table",
        },
      },
    },
    unique_id: node.id,
  }]);
  return { metadata: metadata(ended, "catalog/v1"), nodes: Object.fromEntries(tables), sources: {}, errors: null };
}

// ---- manifest.json --------------------------------------------------------------------------------------------------

function makeManifest(ended: Ended): Row {
  const children = new Map<string, Array<string>>(nodes.map(({ id }) => [id, []]));
  for (const { id, needs } of nodes) for (const need of needs) children.get(need)?.push(id);
  return {
    metadata: {
      ...metadata(ended, "manifest/v12"),
      project_name: projectName,
      project_id: "06e5b98c2db46f8a72cc4f66410e9b3b",
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: "snowflake",
    },
    nodes: Object.fromEntries(nodes.map((node) => [node.id, manifestNode(node, ended)])),
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

function manifestNode(node: Node, { run, state }: Ended): Row {
  const { kind, name, file, id, needs } = node;
  const schema = run.profile.schema;
  const folders = file.replace(/^(models|seeds)\//, "").replace(/\.\w+$/, "").split("/");
  const path = kind === "test" ? `${name}.sql` : file.replace(/^(models|seeds)\//, "");
  const of = (needed: string) => nodeById.get(needed)?.name;
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
  const more: Row = {
    ...shared,
    language: "sql",
    refs: needs.map((need) => ({ name: of(need), package: null, version: null })),
    sources: [],
    metrics: [],
    depends_on: { macros: [], nodes: needs },
    compiled_path: `target/compiled/${targetOf(node)}`,
    compiled: true,
    compiled_code: compiled(node, schema),
    extra_ctes_injected: true,
    extra_ctes: [],
    contract: { enforced: false, alias_types: true, checksum: null },
  };
  if (node.test === undefined) {
    return {
      ...more,
      access: "protected",
      constraints: [],
      version: null,
      latest_version: null,
      deprecation_date: null,
    };
  }
  const { name: test, column, model, kwargs } = node.test;
  return {
    ...more,
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
