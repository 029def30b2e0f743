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

const catalog = Schema.Struct({
  metadata: Schema.Struct(metadata("catalog/v1")),
  nodes: map(Schema.Struct({
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
  })),
  sources: none,
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

/** What every node has. */
const node = <Kind extends string>(kind: Kind) => ({
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
  config: Schema.optionalKey(Schema.Struct({
    enabled: Schema.optionalKey(Schema.Boolean),
    materialized: Schema.optionalKey(text),
    tags: Schema.optionalKey(texts),
    meta: anything,
    schema: maybeNull,
    database: maybeNull,
  })),
  tags: Schema.optionalKey(texts),
  description: Schema.optionalKey(text),
  columns: Schema.optionalKey(map(column)),
  meta: anything,
  group: maybeNull,
  docs: Schema.optionalKey(Schema.Struct({ show: Schema.optionalKey(Schema.Boolean), node_color: maybeNull })),
  patch_path: maybeNull,
  build_path: maybeNull,
  unrendered_config: anything,
  created_at: Schema.optionalKey(Schema.Finite),
  relation_name: maybeNull,
  raw_code: Schema.optionalKey(text),
});

/** What a node has that is compiled: a model or a test. A seed has none of it. */
const compiled = {
  language: Schema.optionalKey(text),
  refs: Schema.optionalKey(Schema.Array(Schema.Struct({ name: text, package: maybeNull, version: maybeNull }))),
  sources: list,
  metrics: list,
  depends_on: Schema.optionalKey(
    Schema.Struct({ macros: Schema.optionalKey(texts), nodes: Schema.optionalKey(texts) }),
  ),
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

const seed = Schema.Struct({
  ...node("seed"),
  root_path: maybeNull,
  // A seed depends on macros alone.
  depends_on: Schema.optionalKey(Schema.Struct({ macros: Schema.optionalKey(texts) })),
});

const model = Schema.Struct({
  ...node("model"),
  ...compiled,
  access: Schema.optionalKey(Schema.Literals(["private", "protected", "public"])),
  constraints: list,
  version: maybeNull,
  latest_version: maybeNull,
  deprecation_date: maybeNull,
});

const test = Schema.Struct({
  ...node("test"),
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

const manifest = Schema.Struct({
  metadata: Schema.Struct({
    ...metadata("manifest/v12"),
    project_name: maybeNull,
    project_id: maybeNull,
    user_id: maybeNull,
    send_anonymous_usage_stats: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
    adapter_type: maybeNull,
  }),
  nodes: map(Schema.Union([seed, model, test])),
  parent_map: Schema.NullOr(map(texts)),
  child_map: Schema.NullOr(map(texts)),
  // All of these must be there.
  sources: none,
  macros: none,
  docs: none,
  exposures: none,
  metrics: none,
  groups: none,
  selectors: none,
  disabled: Schema.NullOr(none),
  group_map: Schema.NullOr(none),
  saved_queries: none,
  semantic_models: none,
  unit_tests: none,
});

/** The shape of each file, with the name of dbt's JSON Schema for it. */
export const shapes: Readonly<Record<string, { readonly published: string; readonly schema: Schema.Codec<unknown> }>> =
  {
    "manifest.json": { published: "manifest_v12", schema: manifest },
    "run_results.json": { published: "run_results_v6", schema: runResults },
    "catalog.json": { published: "catalog_v1", schema: catalog },
    "sources.json": { published: "sources_v3", schema: sources },
  };
