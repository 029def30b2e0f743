/**
 * Reads a page of Arrow into rows. `query_result.ts` loads this file when a result is read: nothing else needs Arrow.
 *
 * The conversion of values is our own: the library makes floating point numbers of timestamps, and the time zone of a
 * timestamp decides whether it is an instant.
 *
 * @module
 */
import { type DataType, tableFromIPC, TimeUnit, Type } from "@uwdata/flechette";
import * as Result from "effect/Result";
import { bytesOf, messagesOf } from "./arrow_stream.ts";
import { type Cell, type ColumnKind, exact, type ResultPage } from "./result_row.ts";

/** Reads the base64 of an Arrow IPC stream. Says what is wrong with one that cannot be read. */
export function readArrow(base64: string): Result.Result<ResultPage, string> {
  return Result.try({
    try: () => pageOf(bytesOf(base64)),
    catch: (error) => error instanceof Error ? error.message : String(error),
  });
}

function pageOf(bytes: Uint8Array): ResultPage {
  // The library takes a stream that is cut for a shorter one.
  if (messagesOf(bytes).length === 0) throw new Error("it is an Arrow stream without a schema");
  const table = tableFromIPC(bytes, { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true });
  const columns = table.schema.fields.map(({ name, type }, index) => {
    const reader = readerOf(type);
    if (reader === undefined) {
      throw new Error(
        `column ${JSON.stringify(name)} has the Arrow type ${nameOf(type)}, which rows cannot hold. ` +
          "Ask for Arrow (--format arrow) or for JSON",
      );
    }
    const column = table.getChildAt(index);
    return { name, kind: reader.kind, valueAt: (row: number) => valueOf(column.at(row), reader) };
  });
  return {
    columns: columns.map(({ name, kind }) => ({ name, kind })),
    rows: Array.from(
      { length: table.numRows },
      (_, row) => Object.fromEntries(columns.map(({ name, valueAt }) => [name, valueAt(row)])),
    ),
  };
}

/** How the values of a type become cells. */
interface Reader {
  readonly kind: ColumnKind;
  readonly read: (value: unknown) => Cell;
}

function valueOf(value: unknown, { read }: Reader): Cell {
  return value === null || value === undefined ? null : read(value);
}

const text: Reader = { kind: "text", read: String };
/** Bytes as hexadecimal digits, as Snowflake shows them. */
const binary: Reader = {
  kind: "text",
  read: (bytes) => [...bytes as Uint8Array].map((byte) => byte.toString(16).padStart(2, "0")).join(""), // binary columns hold nothing else
};

/** The reader of a type; undefined for a type that is no single value. */
function readerOf(type: DataType): Reader | undefined {
  switch (type.typeId) {
    case Type.Null:
      return text;
    case Type.Int:
      return { kind: "number", read: (value) => exact(String(value)) };
    case Type.Float:
      // JSON has no NaN and no infinity.
      return { kind: "number", read: (value) => Number.isFinite(value) ? Number(value) : String(value) };
    case Type.Decimal:
      return { kind: "number", read: (value) => exact(withPoint(BigInt(value as bigint | number), type.scale)) }; // decimals are these
    case Type.Bool:
      return { kind: "boolean", read: Boolean };
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return text;
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return binary;
    case Type.Date:
      return { kind: "date", read: (value) => new Date(Number(value)).toISOString().replace(/T.*/, "") };
    case Type.Timestamp: {
      const end = type.timezone === null ? "" : "Z";
      return { kind: "timestamp", read: (value) => `${dateTime(value as bigint, type.unit)}${end}` }; // as `useBigIntTimestamp` has it
    }
    case Type.Time:
      return { kind: "time", read: (value) => dateTime(BigInt(value as bigint | number), type.unit).slice(11) }; // as `useBigInt` has it
    case Type.Dictionary:
      return readerOf(type.dictionary);
    default:
      return undefined;
  }
}

function nameOf({ typeId }: DataType): string {
  return Object.entries(Type).find(([, id]) => id === typeId)?.[0] ?? String(typeId);
}

/** The digits of a decimal, of which the last `scale` are behind the point. */
function withPoint(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const digitsOf = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};

/** A time since 1970 as `2018-01-31T12:00:00`, with the digits of its fraction that are not zero. */
function dateTime(value: bigint, unit: keyof typeof digitsOf): string {
  const digits = digitsOf[unit];
  const size = 10n ** BigInt(digits);
  const seconds = value / size - (value % size < 0n ? 1n : 0n);
  const fraction = String(value - seconds * size).padStart(digits, "0").replace(/0+$/, "");
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
