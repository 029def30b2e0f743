/**
 * The nodes of a dbt project: what one is, and how to make it from its SQL. `jaffle_shop_nodes.ts` makes them; the
 * steps, logs and artifacts of runs are built from them.
 *
 * @module
 */
import { defined } from "../../defined.ts";
import { expandMacros, genericTests, type Macro, macroId, macrosIn, type TestArguments } from "./dbt_macro.ts";
import { hash } from "./stable_ids.ts";

/** The types of resources that the project has, in dbt's words. */
export const nodeKinds = [
  ...["seed", "model", "snapshot", "test", "unit_test", "source"] as const,
  ...["exposure", "metric", "semantic_model", "saved_query"] as const,
] as const;

/** The type of a resource. Macros have no part in the graph that dbt selects from. */
export type NodeKind = typeof nodeKinds[number] | "macro";

/** A resource of the project: what dbt builds, and what only stands in its graph, as sources and exposures do. */
export interface Node {
  /** Its type of resource. */
  readonly kind: NodeKind;
  /** dbt's id for it: `model.jaffle_shop.customers`. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** dbt's fully qualified name: the project, the folders, and the name. */
  readonly fqn: ReadonlyArray<string>;
  /** Its file. */
  readonly file: string;
  /** The YAML file that describes it, where one does. */
  readonly patch?: string;
  /** What its YAML file says of it. */
  readonly description?: string;
  /** What dbt builds it as. */
  readonly materialized: "seed" | "view" | "table" | "snapshot" | "test" | "unit" | "none";
  /** The ids of the nodes that it needs. */
  readonly needs: ReadonlyArray<string>;
  /** The ids of the macros that its code calls. */
  readonly macros: ReadonlyArray<string>;
  /** Its code, with dbt's `ref`. */
  readonly code: string;
  /** How long it takes, relative to the others. */
  readonly weight: number;
  /** The columns of its relation, and their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** How many rows it has. */
  readonly rows: number;
  /** Its tags. */
  readonly tags: ReadonlyArray<string>;
  /** Its configuration, as the manifest has it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The version of a versioned model, and the latest one. */
  readonly version?: { readonly is: number; readonly latest: number };
  /** A source: its name, of which the node is a table, and whether its freshness is checked. */
  readonly source?: { readonly name: string; readonly freshness: boolean };
  /** The generic test: dbt's name for it, and the column and node that it is about. */
  readonly test?: {
    readonly name: string;
    readonly column: string;
    readonly model: string;
    readonly kwargs: TestArguments;
  };
}

/** The project's name. */
export const projectName = "jaffle_shop";
/** The database that it builds in. */
export const database = "analytics";
/** The version of dbt that runs it. */
export const dbtVersion = "1.9.8";
/** The version of dbt's adapter. */
export const adapterVersion = "1.9.4";

// ---- making nodes ---------------------------------------------------------------------------------------------------

/** What most nodes have in common. */
const plain = {
  code: "",
  weight: 1,
  columns: {},
  rows: 0,
  needs: [],
  macros: [],
  tags: [],
  materialized: "none",
} as const;

/** A seed, and the columns of its CSV file. */
export function seedNode(name: string, rows: number, columns: Record<string, string>): Node {
  return {
    ...plain,
    kind: "seed",
    id: `seed.${projectName}.${name}`,
    name,
    fqn: [projectName, name],
    file: `seeds/${name}.csv`,
    materialized: "seed",
    weight: 1.4,
    columns,
    rows,
    config: configOf("seed", {}),
  };
}

/** What a model's YAML says of it. */
export interface ModelProperties {
  /** Its description. */
  readonly description?: string;
  /** Its tags. */
  readonly tags?: ReadonlyArray<string>;
  /** Its group. */
  readonly group?: string;
  /** Who may refer to it (default: protected). */
  readonly access?: "private" | "protected" | "public";
  /** Its `meta`. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Its version, and the latest one. */
  readonly version?: { readonly is: number; readonly latest: number };
  /** How long it takes, relative to the others (default: as its materialization does). */
  readonly weight?: number;
}

/** A model; it needs what its code refers to. In a folder it is a view, else a table. */
export function modelNode(
  name: string,
  folder: string,
  rows: number,
  columns: Record<string, string>,
  code: string,
  properties: ModelProperties = {},
): Node {
  const { description, version, weight, ...config } = properties;
  const materialized = folder === "" ? "table" : "view";
  const folders = folder.split("/").filter((part) => part !== "");
  const suffix = version === undefined ? "" : `v${version.is}`;
  return {
    ...plain,
    kind: "model",
    id: [`model.${projectName}.${name}`, suffix].filter(Boolean).join("."),
    name,
    fqn: [projectName, ...folders, name, ...suffix === "" ? [] : [suffix]],
    file: `models/${folder}${[name, suffix].filter(Boolean).join("_")}.sql`,
    patch: `models/${folder}schema.yml`,
    materialized,
    needs: needsOf(code),
    macros: macrosIn(code),
    code,
    weight: weight ?? (materialized === "table" ? 3.2 : 0.9),
    columns,
    rows,
    tags: config.tags ?? [],
    config: { ...configOf(materialized, config), access: config.access ?? "protected" },
    ...defined({ version, description }),
  };
}

/** A snapshot, which its code's `ref` feeds. */
export function snapshotNode(name: string, rows: number, columns: Record<string, string>, code: string): Node {
  return {
    ...plain,
    kind: "snapshot",
    id: `snapshot.${projectName}.${name}`,
    name,
    fqn: [projectName, name, name],
    file: `snapshots/${name}.sql`,
    materialized: "snapshot",
    needs: needsOf(code),
    code,
    weight: 0.6,
    columns,
    rows,
    config: { ...configOf("snapshot", {}), strategy: "check", unique_key: "order_id", check_cols: ["status"] },
  };
}

/** A table of a source. `freshness` says whether `dbt source freshness` checks it. */
export function sourceNode(source: string, name: string, freshness: boolean, tags: ReadonlyArray<string> = []): Node {
  return {
    ...plain,
    kind: "source",
    id: `source.${projectName}.${source}.${name}`,
    name,
    fqn: [projectName, "staging", source, name],
    file: "models/staging/sources.yml",
    tags,
    config: { enabled: true },
    source: { name: source, freshness },
  };
}

/** A resource that dbt does not build: an exposure, a metric, a semantic model or a saved query. */
export function graphNode(
  kind: "exposure" | "metric" | "semantic_model" | "saved_query",
  name: string,
  needs: ReadonlyArray<string>,
  tags: ReadonlyArray<string> = [],
): Node {
  const id = `${kind}.${projectName}.${name}`;
  const file = kind === "exposure" ? "models/exposures.yml" : "models/semantic_models.yml";
  // A metric and a saved query have tags in their configuration only, where the method `tag` does not look.
  const own = kind === "exposure" ? tags : [];
  const config = { enabled: true, ...kind === "metric" || kind === "saved_query" ? { tags } : {} };
  return { ...plain, kind, id, name, fqn: [projectName, name], file, needs, tags: own, config };
}

/** A macro. */
export function macroNode(macro: Macro): Node {
  const { code, file, name, packageName, patch } = macro;
  return {
    ...plain,
    kind: "macro",
    id: macroId(macro),
    name,
    fqn: [packageName, name],
    file,
    ...defined({ patch }),
    macros: macrosIn(code),
    code,
    config: {},
  };
}

/** A test that is a query of its own. */
export function singularTestNode(name: string, code: string, tags: ReadonlyArray<string> = []): Node {
  return {
    ...plain,
    kind: "test",
    id: `test.${projectName}.${name}`,
    name,
    fqn: [projectName, name],
    file: `tests/${name}.sql`,
    materialized: "test",
    needs: needsOf(code),
    code,
    weight: 0.6,
    tags,
    config: configOf("test", { tags }),
  };
}

/** A unit test of a model. */
export function unitTestNode(name: string, model: string, tags: ReadonlyArray<string> = []): Node {
  return {
    ...plain,
    kind: "unit_test",
    id: `unit_test.${projectName}.${model}.${name}`,
    name,
    fqn: [projectName, model, name],
    file: "models/schema.yml",
    materialized: "unit",
    needs: [`model.${projectName}.${model}`],
    weight: 0.6,
    tags,
    config: { enabled: true, tags, meta: {} },
  };
}

/** The ids of what a node's code refers to. */
function needsOf(code: string): ReadonlyArray<string> {
  return [...code.matchAll(/(ref|source)\('(\w+)'(?:, '(\w+)')?\)/g)].map(([, call, first = "", second]) =>
    call === "source"
      ? `source.${projectName}.${first}.${second}`
      : `${first.startsWith("raw_") ? "seed" : "model"}.${projectName}.${first}`
  );
}

/** A node's configuration, with dbt's defaults: what `config.contract.enforced:false` looks at. */
function configOf(materialized: string, { tags = [], group, meta = {} }: ModelProperties): Record<string, unknown> {
  const own = { enabled: true, alias: null, schema: null, database: null, tags, meta, group: group ?? null };
  return materialized === "test"
    ? {
      ...own,
      schema: "dbt_test__audit",
      materialized,
      severity: "ERROR",
      store_failures: null,
      store_failures_as: null,
      where: null,
      limit: null,
      fail_calc: "count(*)",
      warn_if: "!= 0",
      error_if: "!= 0",
    }
    : {
      ...own,
      materialized,
      incremental_strategy: null,
      batch_size: null,
      lookback: 1,
      begin: null,
      persist_docs: {},
      "post-hook": [],
      "pre-hook": [],
      quoting: {},
      column_types: {},
      full_refresh: null,
      unique_key: null,
      on_schema_change: "ignore",
      on_configuration_change: "apply",
      grants: {},
      packages: [],
      docs: { show: true, node_color: null },
      contract: { enforced: false, alias_types: true },
      event_time: null,
      concurrent_batches: null,
      ...materialized === "seed" ? { delimiter: ",", quote_columns: null } : {},
    };
}

/** A generic test of a column of a model, or of a table of a source, as `shop.locations`. */
export function testNode(test: string, model: string, column: string, kwargs: TestArguments = {}): Node {
  const more = test === "relationships" ? "__customer_id__ref_customers_" : Object.values(kwargs).flat().join("__");
  const [source, table] = model.split(".");
  const of = table === undefined ? `ref('${model}')` : `source('${source}', '${table}')`;
  const name = [...table === undefined ? [] : ["source"], test, model.replace(".", "_"), column].join("_") +
    (more === "" || more.startsWith("__") ? more : `__${more}`);
  const code = genericTests[test]?.(column, kwargs) ?? "";
  const staged = model.startsWith("stg_") || table !== undefined;
  return {
    ...plain,
    kind: "test",
    id: `test.${projectName}.${name}.${hash(name)}`,
    name,
    fqn: [projectName, ...staged ? ["staging"] : [], name],
    file: table !== undefined ? "models/staging/sources.yml" : `models/${staged ? "staging/" : ""}schema.yml`,
    materialized: "test",
    needs: [...needsOf(of), ...needsOf(code)],
    macros: [`macro.dbt.test_${test}`],
    code: code.replace("{{ model }}", () => `{{ ${of} }}`),
    weight: 0.6,
    test: { name: test, column, model, kwargs },
    config: configOf("test", {}),
  };
}

// ---- what dbt makes of a node ---------------------------------------------------------------------------------------

/** The name of a node's relation: dbt appends the version of a versioned model. */
export function aliasOf({ name, version }: Node): string {
  return version === undefined ? name : `${name}_v${version.is}`;
}

/** Whether a node is in the manifest's `nodes`; all others have a part of their own there. */
export function isInNodes({ kind }: Node): boolean {
  return kind === "seed" || kind === "model" || kind === "snapshot" || kind === "test";
}

/** A node's relation: `analytics.prod.customers`. */
export function relationOf(node: Node, schema: string): string {
  return node.source === undefined
    ? `${database}.${schema}.${aliasOf(node)}`
    : `${database}.${node.source.name}.${node.name}`;
}

/** A node's code as dbt compiles it. */
export function compiledCode(node: Node, schema: string): string {
  return expandMacros(node.code).replaceAll(/\{\{ ref\('(\w+)'\) \}\}/g, (_, name) => `${database}.${schema}.${name}`)
    .replaceAll(/\{\{ source\('(\w+)', '(\w+)'\) \}\}/g, (_, source, name) => `${database}.${source}.${name}`);
}
