/**
 * Reads a page of JSON into rows. dbt Cloud writes it with pandas, in the layout `TABLE`: a schema, and rows with an index.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as Result from "effect/Result";
import { type Cell, type ColumnKind, exact, type ResultPage } from "./result_row.ts";

/** The kinds of pandas' types. A `datetime` may be a date: JSON does not tell. */
const kinds: Readonly<Record<string, ColumnKind>> = {
  integer: "number",
  number: "number",
  boolean: "boolean",
  datetime: "timestamp",
};

/** Reads the text of a page. Says what is wrong with one that cannot be read. */
export function readJson(text: string): Result.Result<ResultPage, string> {
  let page: unknown;
  try {
    page = JSON.parse(text, exactly);
  } catch {
    return Result.fail("the page is not whole JSON");
  }
  if (
    !Predicate.isReadonlyObject(page) || !Predicate.isReadonlyObject(page.schema) ||
    !Array.isArray(page.schema.fields) ||
    !Array.isArray(page.data)
  ) return Result.fail("the page has no schema and no data, as pandas writes them");
  const columns = page.schema.fields.flatMap((field) =>
    // The index is the number of the row on its page.
    Predicate.isReadonlyObject(field) && typeof field.name === "string" && field.name !== "index"
      ? [{ name: field.name, kind: kinds[String(field.type)] ?? "text" }]
      : []
  );
  return Result.succeed({
    columns,
    rows: page.data.map((row) => Object.fromEntries(columns.map(({ name }) => [name, cellOf(row, name)]))),
  });
}

/** Keeps the digits of integers that a number cannot hold. Older engines give no source: then they are rounded. */
function exactly(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  const source = context?.source;
  return isRounded && source !== undefined && /^-?\d+$/.test(source) ? exact(source) : value;
}

function cellOf(row: unknown, name: string): Cell {
  const value = Predicate.isReadonlyObject(row) ? row[name] : undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}
