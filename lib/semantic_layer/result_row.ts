/**
 * A row of a result of the Semantic Layer, and the columns that it has. Arrow and JSON both become such rows.
 *
 * @module
 */

/**
 * A value of a row, such as JSON has. Dates and times are ISO 8601. A number that JavaScript cannot hold exactly, such
 * as a 64-bit integer above 2^53 or a decimal of 20 digits, is its digits as text.
 */
export type Cell = string | number | boolean | null;

/** A row: a value for each column. */
export interface ResultRow {
  /** The value of each column, by the column's name. */
  readonly [column: string]: Cell;
}

/** The kind of the values of a column. */
export type ColumnKind = "number" | "text" | "boolean" | "date" | "timestamp" | "time";

/** A column of a result. */
export interface Column {
  /** Its name: a metric or its alias, a dimension, or a time dimension with its granularity (`metric_time__month`). */
  readonly name: string;
  /** The kind of its values. */
  readonly kind: ColumnKind;
}

/** One page of a result. */
export interface ResultPage {
  /** The columns. An empty result has columns too. */
  readonly columns: ReadonlyArray<Column>;
  /** The rows; at most 1,024 in dbt Cloud. */
  readonly rows: ReadonlyArray<ResultRow>;
}

/** A number where JavaScript holds all its digits, else the digits as text. */
export function exact(digits: string): number | string {
  const number = Number(digits);
  const significant = digits.replace(/^-/, "").replace(/^[0.]+/, "").replace(".", "");
  return significant.length <= 15 || (Number.isSafeInteger(number) && !digits.includes(".")) ? number : digits;
}
