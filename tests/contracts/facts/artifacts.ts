/**
 * dbt's artifacts, as small files of our own: the members, which of them are null for which kind of node, and how they
 * nest are those of files that dbt wrote; the project is made up.
 *
 * Source: the files of dbt 1.8, 1.9 and 1.12 in yu-iskw/dbt-artifacts-parser, and for dbt 0.21 a recorded answer in
 * data-mie/dbt-cloud-cli, both Apache-2.0. Where the folder of evidence is there, `recorded_answers_test.ts` compares.
 *
 * @module
 */

/** Times of a node: dbt writes them with a Z, and each part with its name. */
function timing(seconds: number) {
  const at = (millis: number) => new Date(Date.UTC(2024, 1, 29, 8) + millis).toISOString().replace("Z", "000Z");
  const [begun, ended] = [seconds * 1000, seconds * 1000 + 1250];
  return [
    { name: "compile", started_at: at(begun), completed_at: at(begun + 3) },
    { name: "execute", started_at: at(begun + 4), completed_at: at(ended) },
  ];
}

function result(unique_id: string, seconds: number, more: Readonly<Record<string, unknown>>) {
  return {
    status: "success",
    timing: timing(seconds),
    thread_id: "Thread-2 (worker)",
    execution_time: 1.25,
    adapter_response: {},
    message: null,
    failures: null,
    unique_id,
    ...more,
  };
}

function metadata(artifact: string, dbt_version: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${artifact}.json`,
    dbt_version,
    generated_at: "2024-02-29T08:01:00.000001Z",
    invocation_id: "5b1fca7e-0000-4000-8000-00000000000a",
    env: {},
    ...more,
  };
}

const sql = 'select "a", \'}\' as brace -- a comment {\nfrom "shop"."raw"."sales"';

/** `run_results.json` of `dbt build`: a hook, two models, a seed and a test. Each kind has other members that are null. */
export const results: string = JSON.stringify({
  metadata: metadata("run-results/v6", "1.9.0"),
  results: [
    result("operation.shop.shop-on-run-start-0", 0, {
      thread_id: "main",
      message: "shop.on-run-start.0 passed",
      failures: 0,
      compiled: true,
      compiled_code: "\n  \n",
      relation_name: null,
      batch_results: null,
    }),
    result("seed.shop.prices", 1, {
      adapter_response: { _message: "INSERT 7", code: "INSERT", rows_affected: 7 },
      message: "INSERT 7",
      compiled: null,
      compiled_code: null,
      relation_name: null,
      batch_results: null,
    }),
    result("model.shop.sales", 2, {
      adapter_response: { _message: "CREATE VIEW (0 processed)", code: "CREATE VIEW", bytes_billed: 0, slot_ms: 0 },
      message: "CREATE VIEW (0 processed)",
      compiled: true,
      compiled_code: sql,
      relation_name: "`shop`.`main`.`sales`",
      batch_results: null,
    }),
    // A test has no message when it passes; the rows that failed are counted.
    result("test.shop.not_null_sales_id.0a1b2c3d4e", 4, {
      status: "pass",
      adapter_response: { _message: "SELECT (1.0 rows)", code: "SELECT", rows_affected: 1 },
      failures: 0,
      compiled: true,
      compiled_code: "select 1",
      relation_name: null,
      batch_results: null,
    }),
  ],
  elapsed_time: 6.5,
  args: { which: "build", invocation_command: "dbt build", select: [], vars: {}, warn_error_options: { include: [] } },
});

/**
 * `run_results.json` of `dbt docs generate`, which compiles and runs nothing: all of it succeeds, tests and seeds too, and
 * there are no messages. A newer dbt writes members that an older one does not.
 */
export const docs: string = JSON.stringify({
  metadata: metadata("run-results/v6", "1.12.0", { invocation_started_at: "2024-02-29T08:00:00.000001Z" }),
  results: [
    result("model.shop.sales", 0, {
      compiled: true,
      compiled_code: sql,
      relation_name: '"shop"."main"."sales"',
      batch_results: null,
      overload_results: null,
    }),
    result("seed.shop.prices", 1, {
      compiled: null,
      compiled_code: null,
      relation_name: null,
      batch_results: null,
      overload_results: null,
    }),
    result("test.shop.not_null_sales_id.0a1b2c3d4e", 2, {
      compiled: true,
      compiled_code: "select 1",
      relation_name: null,
      batch_results: null,
      overload_results: null,
    }),
  ],
  elapsed_time: 3.25,
  args: { which: "generate", invocation_command: "dbt docs generate", sqlparse: { MAX_GROUPING_DEPTH: null } },
});

/** `run_results.json` of dbt 0.21, version 3: it knows nothing of compiled code and relations. */
export const oldResults: string = JSON.stringify({
  metadata: metadata("run-results/v3", "0.21.1", { env: { DBT_CLOUD_RUN_ID: "61", DBT_CLOUD_JOB_ID: "51" } }),
  results: [
    result("seed.shop.prices", 0, {
      thread_id: "Thread-11",
      adapter_response: { _message: "INSERT 7", code: "INSERT", rows_affected: 7 },
      message: "INSERT 7",
    }),
  ],
  elapsed_time: 2.5,
  args: { which: "seed", rpc_method: "seed", write_json: true, target: "default" },
});

/** `manifest.json`: the parents of every node, behind nodes and macros that nobody wants here; braces in their code. */
export const manifest: string = JSON.stringify({
  metadata: metadata("manifest/v12", "1.8.9", { project_name: "shop", user_id: null, adapter_type: "bigquery" }),
  nodes: {
    "model.shop.sales": {
      name: "sales",
      resource_type: "model",
      raw_code: sql,
      depends_on: { nodes: ["seed.shop.prices"] },
    },
    "seed.shop.prices": { name: "prices", resource_type: "seed", raw_code: "" },
  },
  sources: {},
  macros: { "macro.dbt.default": { macro_sql: '{% macro default(a) %}"results": [1, 2{% endmacro %}' } },
  docs: {},
  exposures: {},
  metrics: {},
  groups: {},
  selectors: {},
  disabled: {},
  parent_map: {
    "operation.shop.shop-on-run-start-0": [],
    "seed.shop.prices": [],
    "model.shop.sales": ["seed.shop.prices"],
    "test.shop.not_null_sales_id.0a1b2c3d4e": ["model.shop.sales"],
  },
  child_map: { "seed.shop.prices": ["model.shop.sales"] },
  group_map: {},
  saved_queries: {},
  semantic_models: {},
  unit_tests: {},
});

/** `catalog.json`: no results at all. */
export const catalog: string = JSON.stringify({
  metadata: metadata("catalog/v1", "1.12.0"),
  nodes: {
    "model.shop.sales": {
      metadata: { type: "VIEW", schema: "main", name: "sales", database: "shop", comment: null, owner: null },
      columns: { id: { type: "BIGINT", index: 1, name: "id", comment: null } },
      stats: { has_stats: { id: "has_stats", label: "?", value: false, include: false, description: "None." } },
      unique_id: "model.shop.sales",
    },
  },
  sources: {},
  errors: null,
});
