/**
 * Pages of Arrow as the Semantic Layer sends them. Tests of results make them of columns.
 *
 * @module
 */
import { type Column, columnFromArray, type DataType, tableFromColumns, tableToIPC } from "@uwdata/flechette";

/** The base64 of bytes. */
export function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** A page with these columns: each has a type, and a value for each row. */
export function arrowPage(
  columns: Readonly<Record<string, readonly [DataType, ReadonlyArray<unknown>]>>,
): string {
  const made = Object.entries(columns).map(([name, [type, values]]): [string, Column<unknown>] => [
    name,
    columnFromArray([...values], type),
  ]);
  return base64Of(tableToIPC(tableFromColumns(made), { format: "stream" }) ?? new Uint8Array());
}
