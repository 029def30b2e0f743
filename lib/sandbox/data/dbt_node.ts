/**
 * The nodes of a dbt project: what one is, and how to make it from its SQL. `jaffle_shop_nodes.ts` makes them; the
 * steps, logs and artifacts of runs are built from them.
 *
 * @module
 */
import { hash } from "./stable_ids.ts";

/** A seed, model or test of the project. */
export interface Node {
  /** Its type of resource. */
  readonly kind: "seed" | "model" | "test";
  /** dbt's id for it: `model.jaffle_shop.customers`. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Its file. */
  readonly file: string;
  /** What dbt builds it as. */
  readonly materialized: "seed" | "view" | "table" | "test";
  /** The ids of the nodes that it needs. */
  readonly needs: ReadonlyArray<string>;
  /** Its code, with dbt's `ref`. */
  readonly code: string;
  /** How long it takes, relative to the others. */
  readonly weight: number;
  /** The columns of its relation, and their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** How many rows it has. */
  readonly rows: number;
  /** The test: dbt's name for it, and the column and model that it is about. */
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

/** A seed, and the columns of its CSV file. */
export function seedNode(name: string, rows: number, columns: Record<string, string>): Node {
  const id = `seed.${projectName}.${name}`;
  const file = `seeds/${name}.csv`;
  return { kind: "seed", id, name, file, materialized: "seed", needs: [], code: "", weight: 1.4, columns, rows };
}

/** A model; it needs what its code refers to. In a folder it is a view, else a table. */
export function modelNode(
  name: string,
  folder: string,
  rows: number,
  columns: Record<string, string>,
  code: string,
): Node {
  const needs = [...code.matchAll(/ref\('(\w+)'\)/g)].map(([, other = ""]) =>
    `${other.startsWith("raw_") ? "seed" : "model"}.${projectName}.${other}`
  );
  const materialized = folder === "" ? "table" : "view";
  const file = `models/${folder}${name}.sql`;
  const weight = materialized === "table" ? 3.2 : 0.9;
  return {
    kind: "model",
    id: `model.${projectName}.${name}`,
    name,
    file,
    materialized,
    needs,
    code,
    weight,
    columns,
    rows,
  };
}

/** The arguments of a generic test, besides its model and column. */
export interface TestArguments {
  /** The values that `accepted_values` accepts. */
  readonly values?: ReadonlyArray<string>;
  /** The model that `relationships` refers to. */
  readonly to?: string;
  /** Its column there. */
  readonly field?: string;
}

/** The SQL of dbt's generic tests. */
const testCode: Readonly<Record<string, (column: string, kwargs: TestArguments) => string>> = {
  unique: (column) =>
    `select\n    ${column} as unique_field,\n    count(*) as n_records\n\nfrom {{ model }}\n` +
    `where ${column} is not null\ngroup by ${column}\nhaving count(*) > 1`,
  not_null: (column) => `select ${column}\nfrom {{ model }}\nwhere ${column} is null`,
  accepted_values: (column, { values = [] }) =>
    `with all_values as (\n\n    select\n        ${column} as value_field,\n        count(*) as n_records\n\n` +
    `    from {{ model }}\n    group by ${column}\n\n)\n\nselect *\nfrom all_values\nwhere value_field not in (\n` +
    `    ${values.map((value) => `'${value}'`).join(",")}\n)`,
  relationships: (column, { field }) =>
    `with child as (\n    select ${column} as from_field\n    from {{ model }}\n    where ${column} is not null\n),\n\n` +
    `parent as (\n    select ${field} as to_field\n    from {{ ref('customers') }}\n)\n\nselect\n    from_field\n\n` +
    `from child\nleft join parent\n    on child.from_field = parent.to_field\n\nwhere parent.to_field is null`,
};

/** A generic test of a column. */
export function testNode(test: string, model: string, column: string, kwargs: TestArguments = {}): Node {
  const more = test === "relationships" ? "__customer_id__ref_customers_" : Object.values(kwargs).flat().join("__");
  const name = [test, model, column].join("_") + (more === "" || more.startsWith("__") ? more : `__${more}`);
  const code = testCode[test]?.(column, kwargs) ?? "";
  const others = [...code.matchAll(/ref\('(\w+)'\)/g)].map(([, other]) => `model.${projectName}.${other}`);
  return {
    kind: "test",
    id: `test.${projectName}.${name}.${hash(name)}`,
    name,
    file: model.startsWith("stg_") ? "models/staging/schema.yml" : "models/schema.yml",
    materialized: "test",
    needs: [`model.${projectName}.${model}`, ...others],
    code: code.replace("{{ model }}", `{{ ref('${model}') }}`),
    weight: 0.6,
    columns: {},
    rows: 0,
    test: { name: test, column, model, kwargs },
  };
}

// ---- what dbt makes of a node ---------------------------------------------------------------------------------------

/** A node's relation: `analytics.prod.customers`. */
export function relationOf(node: Node, schema: string): string {
  return `${database}.${schema}.${node.name}`;
}

/** A node's code as dbt compiles it. */
export function compiledCode(node: Node, schema: string): string {
  return node.code.replaceAll(/\{\{ ref\('(\w+)'\) \}\}/g, (_, name) => `${database}.${schema}.${name}`);
}
