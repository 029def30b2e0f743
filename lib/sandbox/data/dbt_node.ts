/**
 * What a node of a dbt project is.
 *
 * @module
 */

/** A seed, model or test of the project. */
export interface Node {
  /** What it is. */
  readonly kind: "seed" | "model" | "test";
  /** dbt's id for it: `model.jaffle_shop.customers`. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Its file. */
  readonly file: string;
  /** What it is made as. */
  readonly materialized: "seed" | "view" | "table" | "test";
  /** The ids of the nodes that it needs. */
  readonly needs: ReadonlyArray<string>;
  /** Its code, with dbt's `ref`. */
  readonly code: string;
  /** How long it takes beside the others. */
  readonly weight: number;
  /** The columns of its relation, and their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** How many rows it has. */
  readonly rows: number;
  /** What a test tests. */
  readonly test?: { readonly name: string; readonly column: string; readonly model: string; readonly kwargs: object };
}

/** The project's name. */
export const projectName = "jaffle_shop";
/** The database that it builds in. */
export const database = "analytics";
/** The version of dbt that runs it. */
export const dbtVersion = "1.9.8";
/** The version of dbt's adapter. */
export const adapterVersion = "1.9.4";

/** Ten letters that look like dbt's hash, the same for the same text. */
export function hash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let index = 0; index < text.length; index++) {
    a = Math.imul(a ^ text.charCodeAt(index), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(index), 0x85ebca6b);
  }
  return ((a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0")).slice(0, 10);
}

/** A node's relation: `analytics.prod.customers`. */
export function relationOf(node: Node, schema: string): string {
  return `${database}.${schema}.${node.name}`;
}

/** A node's code as dbt compiles it. */
export function compiled(node: Node, schema: string): string {
  return node.code.replaceAll(/\{\{ ref\('(\w+)'\) \}\}/g, (_, name) => `${database}.${schema}.${name}`);
}

/** Text like a UUID, the same for the same text. */
export function uuid(text: string): string {
  const hex = hash(text) + hash(`${text}/1`) + hash(`${text}/2`) + "00";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
