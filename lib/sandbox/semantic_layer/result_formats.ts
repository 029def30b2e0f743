/**
 * Writes a page of a result as the Semantic Layer sends it: base64 of an Arrow IPC stream, or JSON as pandas writes it.
 *
 * @module
 */
import {
  type Column,
  columnFromArray,
  type DataType,
  dateDay,
  decimal,
  float64,
  int64,
  tableFromColumns,
  tableToIPC,
  utf8,
} from "@uwdata/flechette";
import * as Base64 from "effect/encoding/Base64";
import type { CompiledQuery } from "./metric_sql.ts";
import type { ValueKind } from "./group_by_item.ts";
import type { WarehouseValue } from "./warehouse.ts";

/** A page of a result. */
export interface WarehousePage {
  /** The columns. */
  readonly columns: CompiledQuery["columns"];
  /** The rows. */
  readonly rows: ReadonlyArray<ReadonlyArray<WarehouseValue>>;
}

interface Format {
  /** The Arrow type. */
  readonly arrow: DataType;
  /** The type in the schema of pandas. */
  readonly pandas: string;
  /** The value for Arrow. */
  readonly toArrow: (value: WarehouseValue) => unknown;
  /** The value for JSON. */
  readonly toJson: (value: WarehouseValue) => unknown;
}

/** As the columns of Snowflake come: a `NUMBER(38, 2)` is a decimal, a `DATE` a date. */
const formats: Readonly<Record<ValueKind, Format>> = {
  date: {
    arrow: dateDay(),
    pandas: "datetime",
    toArrow: (value) => new Date(String(value)),
    toJson: (value) => `${value}T00:00:00.000`,
  },
  decimal: {
    arrow: decimal(38, 2),
    pandas: "number",
    toArrow: (value) => BigInt(Math.round(Number(value) * 100)),
    toJson: (value) => Math.round(Number(value) * 100) / 100,
  },
  integer: { arrow: int64(), pandas: "integer", toArrow: (value) => BigInt(value ?? 0), toJson: Number },
  number: { arrow: float64(), pandas: "number", toArrow: Number, toJson: Number },
  text: { arrow: utf8(), pandas: "string", toArrow: String, toJson: String },
};

/** The page as Arrow. */
export function arrowOf({ columns, rows }: WarehousePage): string {
  const made = columns.map(({ kind, name }, index): [string, Column<unknown>] => {
    const { arrow, toArrow } = formats[kind];
    const values = rows.map((row) => row[index] ?? null).map((value) => value === null ? null : toArrow(value));
    return [name, columnFromArray(values, arrow)];
  });
  return Base64.encode(tableToIPC(tableFromColumns(made), { format: "stream" }) ?? new Uint8Array());
}

/** How pandas lays out a table in JSON. */
export type Orient = "TABLE" | "COLUMNS" | "INDEX" | "RECORDS" | "SPLIT" | "VALUES";

/** The page as JSON. */
export function jsonOf({ columns, rows }: WarehousePage, orient: Orient): string {
  const names = columns.map(({ name }) => name);
  const values = rows.map((row) =>
    columns.map(({ kind }, index) => {
      const value = row[index] ?? null;
      return value === null ? null : formats[kind].toJson(value);
    })
  );
  const records = values.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
  const index = rows.map((_, at) => at);
  const layouts: Readonly<Record<Orient, () => unknown>> = {
    TABLE: () => ({
      schema: {
        fields: [
          { name: "index", type: "integer" },
          ...columns.map(({ kind, name }) => ({ name, type: formats[kind].pandas })),
        ],
        primaryKey: ["index"],
        pandas_version: "1.4.0",
      },
      data: records.map((record, index) => ({ index, ...record })),
    }),
    COLUMNS: () =>
      Object.fromEntries(
        names.map((name, at) => [name, Object.fromEntries(values.map((row, index) => [index, row[at]]))]),
      ),
    INDEX: () => Object.fromEntries(records.map((record, index) => [index, record])),
    RECORDS: () => records,
    SPLIT: () => ({ columns: names, index, data: values }),
    VALUES: () => values,
  };
  return JSON.stringify(layouts[orient]());
}
