/**
 * The shapes of dbt's artifacts, as far as the sandbox writes them: which members must be there, which may be, which may
 * be null. dbt allows more; what is not named here it may not allow, so that read with `onExcessProperty: "error"` these
 * refuse it.
 *
 * Source: dbt's JSON Schemas (schemas.getdbt.com): manifest v12, run-results v6, sources v3, catalog v1. Where the folder
 * of evidence is there, `artifact_shapes_test.ts` draws values of these shapes and has dbt's own schemas accept them.
 *
 * @module
 */
import * as Schema from "effect/Schema";

const text = Schema.String;
const orNull = Schema.NullOr(text);
const maybeNull = Schema.optionalKey(orNull);
const texts = Schema.Array(text);
const list = Schema.optionalKey(Schema.Array(Schema.Never));
const map = <S extends Schema.Constraint>(of: S) => Schema.Record(text, of);
const none = Schema.Record(text, Schema.Never);
const maybeTexts = Schema.optionalKey(texts);
const maybeText = Schema.optionalKey(text);
const maybeFlag = Schema.optionalKey(Schema.Boolean);
const maybeNumber = Schema.optionalKey(Schema.Finite);
const anything = Schema.optionalKey(map(Schema.Json));

/** What every artifact says of itself. */
const metadata = (artifact: string) => ({
  dbt_schema_version: Schema.Literal(`https://schemas.getdbt.com/dbt/${artifact}.json`),
  dbt_version: Schema.optionalKey(text),
  generated_at: Schema.optionalKey(text),
  invocation_id: maybeNull,
  invocation_started_at: maybeNull,
  env: Schema.optionalKey(map(text)),
});

const timing = Schema.Struct({ name: text, started_at: maybeNull, completed_at: maybeNull });

// ---- run_results.json, sources.json, catalog.json -------------------------------------------------------------------

const runResults = Schema.Struct({
  metadata: Schema.Struct(metadata("run-results/v6")),
  results: Schema.Array(Schema.Struct({
    unique_id: text,
    status: Schema.Literals(["success", "error", "skipped", "pass", "fail", "warn"]),
    timing: Schema.Array(timing),
    thread_id: text,
    execution_time: Schema.Finite,
    adapter_response: map(Schema.Json),
    message: orNull,
    failures: Schema.NullOr(Schema.Int),
    compiled: Schema.NullOr(Schema.Boolean),
    compiled_code: orNull,
    relation_name: orNull,
    batch_results: Schema.optionalKey(Schema.Null),
  })),
  elapsed_time: Schema.Finite,
  args: anything,
});

const age = Schema.NullOr(
  Schema.Struct({
    count: Schema.optionalKey(Schema.NullOr(Schema.Int)),
    period: Schema.optionalKey(Schema.NullOr(Schema.Literals(["minute", "hour", "day"]))),
  }),
);

const sources = Schema.Struct({
  metadata: Schema.Struct(metadata("sources/v3")),
  results: Schema.Array(Schema.Union([
    // A source that could not be read has nothing else.
    Schema.Struct({ unique_id: text, status: Schema.Literal("runtime error"), error: orNull }),
    Schema.Struct({
      unique_id: text,
      status: Schema.Literals(["pass", "warn", "error"]),
      max_loaded_at: text,
      snapshotted_at: text,
      max_loaded_at_time_ago_in_s: Schema.Finite,
      criteria: Schema.Struct({
        warn_after: Schema.optionalKey(age),
        error_after: Schema.optionalKey(age),
        filter: maybeNull,
      }),
      adapter_response: map(Schema.Json),
      timing: Schema.Array(timing),
      thread_id: text,
      execution_time: Schema.Finite,
    }),
  ])),
  elapsed_time: Schema.Finite,
});

const statistic = Schema.Struct({
  id: text,
  label: text,
  value: Schema.NullOr(Schema.Union([Schema.Boolean, text, Schema.Finite])),
  include: Schema.Boolean,
  description: maybeNull,
});

const table = Schema.Struct({
  metadata: Schema.Struct({
    type: text,
    schema: text,
    name: text,
    database: maybeNull,
    comment: maybeNull,
    owner: maybeNull,
  }),
  columns: map(Schema.Struct({ type: text, index: Schema.Int, name: text, comment: maybeNull })),
  stats: map(statistic),
  unique_id: maybeNull,
});

const catalog = Schema.Struct({
  metadata: Schema.Struct(metadata("catalog/v1")),
  nodes: map(table),
  sources: map(table),
  errors: Schema.optionalKey(Schema.NullOr(texts)),
});

// ---- manifest.json --------------------------------------------------------------------------------------------------

const column = Schema.Struct({
  name: text,
  description: Schema.optionalKey(text),
  data_type: maybeNull,
  quote: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  meta: anything,
  tags: Schema.optionalKey(texts),
  constraints: list,
});

const docs = Schema.Struct({ show: maybeFlag, node_color: maybeNull });

/** The configuration of every node. */
const config = {
  enabled: maybeFlag,
  alias: maybeNull,
  schema: maybeNull,
  database: maybeNull,
  tags: maybeTexts,
  meta: anything,
  group: maybeNull,
  materialized: maybeText,
};

const testConfig = {
  ...config,
  severity: Schema.optionalKey(Schema.Literals(["ERROR", "WARN"])),
  store_failures: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  store_failures_as: maybeNull,
  where: maybeNull,
  limit: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  fail_calc: maybeText,
  warn_if: maybeText,
  error_if: maybeText,
};

/** The configuration of what is a relation of the warehouse. */
const relationConfig = {
  ...config,
  incremental_strategy: maybeNull,
  batch_size: Schema.optionalKey(Schema.Null),
  lookback: Schema.optionalKey(Schema.Int),
  begin: Schema.optionalKey(Schema.Null),
  persist_docs: anything,
  "post-hook": list,
  "pre-hook": list,
  quoting: anything,
  column_types: anything,
  full_refresh: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  unique_key: maybeNull,
  on_schema_change: maybeNull,
  on_configuration_change: Schema.optionalKey(Schema.Literals(["apply", "continue", "fail"])),
  grants: anything,
  packages: list,
  docs: Schema.optionalKey(docs),
  contract: Schema.optionalKey(Schema.Struct({ enforced: maybeFlag, alias_types: maybeFlag })),
  event_time: Schema.optionalKey(Schema.Null),
  concurrent_batches: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
};

/** What every node has. */
const node = <Kind extends string, Config extends Schema.Struct.Fields>(kind: Kind, config: Config) => ({
  // Required.
  database: orNull,
  schema: text,
  name: text,
  resource_type: Schema.Literal(kind),
  package_name: text,
  path: text,
  original_file_path: text,
  unique_id: text,
  fqn: texts,
  alias: text,
  checksum: Schema.Struct({ name: text, checksum: text }),
  // Allowed.
  config: Schema.optionalKey(Schema.Struct(config)),
  tags: Schema.optionalKey(texts),
  description: Schema.optionalKey(text),
  columns: Schema.optionalKey(map(column)),
  meta: anything,
  group: maybeNull,
  docs: Schema.optionalKey(docs),
  patch_path: maybeNull,
  build_path: maybeNull,
  unrendered_config: anything,
  created_at: Schema.optionalKey(Schema.Finite),
  relation_name: maybeNull,
  raw_code: Schema.optionalKey(text),
});

const refs = Schema.optionalKey(Schema.Array(Schema.Struct({ name: text, package: maybeNull, version: maybeNull })));
const dependsOn = Schema.optionalKey(Schema.Struct({ macros: maybeTexts, nodes: maybeTexts }));

/** What a node has that is compiled: a model, a snapshot or a test. A seed has none of it. */
const compiled = {
  language: Schema.optionalKey(text),
  refs,
  sources: Schema.optionalKey(Schema.Array(texts)),
  metrics: list,
  depends_on: dependsOn,
  compiled_path: maybeNull,
  compiled: Schema.optionalKey(Schema.Boolean),
  compiled_code: maybeNull,
  extra_ctes_injected: Schema.optionalKey(Schema.Boolean),
  extra_ctes: list,
  contract: Schema.optionalKey(Schema.Struct({
    enforced: Schema.optionalKey(Schema.Boolean),
    alias_types: Schema.optionalKey(Schema.Boolean),
    checksum: maybeNull,
  })),
};

const maybeFlagOrNull = Schema.optionalKey(Schema.NullOr(Schema.Boolean));
const access = Schema.optionalKey(Schema.Literals(["private", "protected", "public"]));

const seed = Schema.Struct({
  ...node("seed", { ...relationConfig, delimiter: maybeText, quote_columns: maybeFlagOrNull }),
  root_path: maybeNull,
  // A seed depends on macros alone.
  depends_on: Schema.optionalKey(Schema.Struct({ macros: Schema.optionalKey(texts) })),
});

const model = Schema.Struct({
  ...node("model", { ...relationConfig, access }),
  ...compiled,
  access,
  constraints: list,
  version: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  latest_version: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  deprecation_date: maybeNull,
});

const test = Schema.Struct({
  ...node("test", testConfig),
  ...compiled,
  column_name: maybeNull,
  file_key_name: maybeNull,
  attached_node: maybeNull,
  test_metadata: Schema.optionalKey(Schema.Struct({
    name: Schema.optionalKey(text),
    kwargs: anything,
    namespace: maybeNull,
  })),
});

const snapshot = Schema.Struct({
  ...node("snapshot", {
    ...relationConfig,
    strategy: maybeNull,
    check_cols: Schema.optionalKey(Schema.NullOr(texts)),
  }),
  // A snapshot must have a configuration.
  config: Schema.Struct({
    ...relationConfig,
    strategy: maybeNull,
    check_cols: Schema.optionalKey(Schema.NullOr(texts)),
  }),
  ...compiled,
});

// ---- the parts of manifest.json that hold what dbt does not build ---------------------------------------------------

const freshness = Schema.optionalKey(
  Schema.NullOr(
    Schema.Struct({ warn_after: Schema.optionalKey(age), error_after: Schema.optionalKey(age), filter: maybeNull }),
  ),
);

/** What every resource has. */
const resource = <Kind extends string>(kind: Kind) => ({
  name: text,
  resource_type: Schema.Literal(kind),
  package_name: text,
  path: text,
  original_file_path: text,
  unique_id: text,
});
const graphConfig = Schema.optionalKey(Schema.Struct({ enabled: maybeFlag, tags: maybeTexts }));
const described = { fqn: texts, description: maybeText, created_at: maybeNumber };

const source = Schema.Struct({
  ...resource("source"),
  ...described,
  database: orNull,
  schema: text,
  source_name: text,
  source_description: text,
  loader: text,
  identifier: text,
  quoting: Schema.optionalKey(
    Schema.Struct({
      database: Schema.optionalKey(Schema.Null),
      schema: Schema.optionalKey(Schema.Null),
      identifier: Schema.optionalKey(Schema.Null),
      column: Schema.optionalKey(Schema.Null),
    }),
  ),
  loaded_at_field: maybeNull,
  freshness,
  external: Schema.optionalKey(Schema.Null),
  columns: Schema.optionalKey(map(column)),
  meta: anything,
  source_meta: anything,
  tags: maybeTexts,
  config: Schema.optionalKey(Schema.Struct({ enabled: maybeFlag })),
  patch_path: maybeNull,
  unrendered_config: anything,
  relation_name: maybeNull,
});

const exposure = Schema.Struct({
  ...resource("exposure"),
  ...described,
  type: Schema.Literals(["dashboard", "notebook", "analysis", "ml", "application"]),
  owner: Schema.Struct({ email: orNull, name: maybeNull }),
  label: maybeNull,
  maturity: Schema.optionalKey(Schema.Null),
  meta: anything,
  tags: maybeTexts,
  url: maybeNull,
  config: graphConfig,
  unrendered_config: anything,
  depends_on: dependsOn,
  refs,
});

const measure = Schema.Struct({
  name: text,
  filter: Schema.optionalKey(Schema.Null),
  alias: maybeNull,
  join_to_timespine: maybeFlag,
  fill_nulls_with: Schema.optionalKey(Schema.NullOr(Schema.Int)),
});

const metric = Schema.Struct({
  ...resource("metric"),
  fqn: texts,
  description: text,
  created_at: maybeNumber,
  label: text,
  type: Schema.Literals(["simple", "ratio", "cumulative", "derived", "conversion"]),
  type_params: Schema.Struct({
    measure: Schema.optionalKey(Schema.NullOr(measure)),
    input_measures: Schema.optionalKey(Schema.Array(measure)),
    metrics: list,
  }),
  filter: Schema.optionalKey(Schema.Null),
  metadata: Schema.optionalKey(Schema.Null),
  time_granularity: maybeNull,
  meta: anything,
  tags: maybeTexts,
  group: maybeNull,
  config: graphConfig,
  unrendered_config: anything,
  depends_on: dependsOn,
  refs,
});

const group = Schema.Struct({
  ...resource("group"),
  owner: Schema.Struct({ email: orNull, name: maybeNull }),
});

const savedQuery = Schema.Struct({
  ...resource("saved_query"),
  ...described,
  query_params: Schema.Struct({
    metrics: texts,
    group_by: texts,
    where: Schema.Null,
    order_by: list,
    limit: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  }),
  exports: Schema.Array(Schema.Never),
  label: maybeNull,
  metadata: Schema.optionalKey(Schema.Null),
  group: maybeNull,
  tags: maybeTexts,
  config: graphConfig,
  unrendered_config: anything,
  depends_on: dependsOn,
  refs,
});

const semanticModel = Schema.Struct({
  ...resource("semantic_model"),
  ...described,
  model: text,
  node_relation: Schema.NullOr(
    Schema.Struct({ alias: text, schema_name: text, database: maybeNull, relation_name: maybeNull }),
  ),
  label: maybeNull,
  defaults: Schema.optionalKey(Schema.NullOr(Schema.Struct({ agg_time_dimension: maybeNull }))),
  entities: Schema.optionalKey(Schema.Array(Schema.Struct({
    name: text,
    type: Schema.Literals(["foreign", "natural", "primary", "unique"]),
    description: maybeNull,
    label: maybeNull,
    role: maybeNull,
    expr: maybeNull,
  }))),
  measures: Schema.optionalKey(Schema.Array(Schema.Struct({
    name: text,
    agg: Schema.Literals(["sum", "min", "max", "count", "average", "median"]),
    description: maybeNull,
    label: maybeNull,
    create_metric: maybeFlag,
    expr: maybeNull,
  }))),
  dimensions: Schema.optionalKey(Schema.Array(Schema.Struct({
    name: text,
    type: Schema.Literals(["categorical", "time"]),
    description: maybeNull,
    label: maybeNull,
    is_partition: maybeFlag,
    type_params: Schema.optionalKey(Schema.NullOr(Schema.Struct({
      time_granularity: Schema.Literals(["day", "week", "month", "quarter", "year"]),
      validity_params: Schema.optionalKey(Schema.Null),
    }))),
    expr: maybeNull,
    metadata: Schema.optionalKey(Schema.Null),
  }))),
  metadata: Schema.optionalKey(Schema.Null),
  primary_entity: maybeNull,
  group: maybeNull,
  config: Schema.optionalKey(Schema.Struct({ enabled: maybeFlag })),
  unrendered_config: anything,
  depends_on: dependsOn,
  refs,
});

const rows = {
  rows: Schema.optionalKey(Schema.Array(map(Schema.Union([text, Schema.Int])))),
  format: Schema.optionalKey(Schema.Literals(["csv", "dict", "sql"])),
  fixture: maybeNull,
};

const unitTest = Schema.Struct({
  ...resource("unit_test"),
  ...described,
  model: text,
  given: Schema.Array(Schema.Struct({ input: text, ...rows })),
  expect: Schema.Struct(rows),
  overrides: Schema.optionalKey(Schema.Null),
  checksum: maybeNull,
  schema: maybeNull,
  versions: Schema.optionalKey(Schema.Null),
  version: maybeNull,
  config: Schema.optionalKey(Schema.Struct({ enabled: maybeFlag, tags: maybeTexts, meta: anything })),
  depends_on: dependsOn,
});

const macro = Schema.Struct({
  name: text,
  resource_type: Schema.Literal("macro"),
  package_name: text,
  path: text,
  original_file_path: text,
  unique_id: text,
  macro_sql: text,
  depends_on: Schema.optionalKey(Schema.Struct({ macros: maybeTexts })),
  description: maybeText,
  meta: anything,
  docs: Schema.optionalKey(docs),
  patch_path: maybeNull,
  arguments: Schema.optionalKey(
    Schema.Array(Schema.Struct({ name: text, type: maybeNull, description: maybeText })),
  ),
  created_at: maybeNumber,
  supported_languages: Schema.optionalKey(Schema.Null),
});

const manifest = Schema.Struct({
  metadata: Schema.Struct({
    ...metadata("manifest/v12"),
    project_name: maybeNull,
    project_id: maybeNull,
    user_id: maybeNull,
    send_anonymous_usage_stats: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
    adapter_type: maybeNull,
  }),
  nodes: map(Schema.Union([seed, model, snapshot, test])),
  parent_map: Schema.NullOr(map(texts)),
  child_map: Schema.NullOr(map(texts)),
  // All of these must be there.
  sources: map(source),
  macros: map(macro),
  docs: none,
  exposures: map(exposure),
  metrics: map(metric),
  groups: map(group),
  selectors: none,
  disabled: Schema.NullOr(none),
  group_map: Schema.NullOr(map(texts)),
  saved_queries: map(savedQuery),
  semantic_models: map(semanticModel),
  unit_tests: map(unitTest),
});

/** The shape of each file, with the name of dbt's JSON Schema for it. */
export const shapes: Readonly<Record<string, { readonly published: string; readonly schema: Schema.Codec<unknown> }>> =
  {
    "manifest.json": { published: "manifest_v12", schema: manifest },
    "run_results.json": { published: "run_results_v6", schema: runResults },
    "catalog.json": { published: "catalog_v1", schema: catalog },
    "sources.json": { published: "sources_v3", schema: sources },
  };
