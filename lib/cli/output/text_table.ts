/**
 * Tables and cards for a terminal: a list as rows of short cells, one object as a line for each field. `render.ts` uses
 * them.
 *
 * Own code: `effect/cli` lays out help only, and table packages cut columns at widths that one gives them. Here the
 * widest columns give way, and ids and statuses stay whole.
 *
 * @module
 */
import * as DateTime from "effect/DateTime";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as CliOutput from "effect/cli/CliOutput";
import { parseTimestamp } from "../../time.ts";
import { asText, valueAt } from "./row_fields.ts";
import { clean, cleanLines } from "./safe_text.ts";
import { type ColorStyle, paint, paintStatus } from "./terminal.ts";

/** How to draw a table. */
export interface TableStyle extends ColorStyle {
  /** The fields that the user asked for. */
  readonly fields?: ReadonlyArray<string>;
  /** The columns to show if the user asked for no fields. */
  readonly columns?: ReadonlyArray<string>;
  /** The width of the terminal, in characters. */
  readonly width: number;
}

/** A list as a table, an object as a card, anything else as text. Ages are relative to `now`, in milliseconds. */
export function renderTable(value: unknown, style: TableStyle, now: number): string {
  if (!Array.isArray(value)) {
    if (Predicate.isReadonlyObject(value)) return card(value, style, now);
    return value === undefined ? "" : `${clean(String(value))}\n`;
  }
  if (!value.some(Predicate.isReadonlyObject)) return value.map((item) => `${clean(asText(item))}\n`).join("");
  const columns = style.fields ?? tableColumns(value, style);
  const rows = value.map((row) => columns.map((column) => cell(column, valueAt(row, column), now)));
  const headings = columns.map((column) => clean(column).replace(/_humanized$/, "").toUpperCase());
  return grid([headings, ...rows], columns, style);
}

/** The columns of a table where the user asked for no fields; of one object, its fields. */
export function tableColumns(value: unknown, { columns }: TableStyle): ReadonlyArray<string> {
  if (Array.isArray(value)) return nonEmpty(columns, value) ?? scalarFields(value);
  return Predicate.isReadonlyObject(value) ? flatten(value).map(([field]) => field) : [];
}

/** One object: a line for each field. Inner fields have their path as name, as in flags and `--fields`. */
function card(object: Readonly<Record<string, unknown>>, style: TableStyle, now: number): string {
  const all = style.fields?.map((field): readonly [string, unknown] => [field, valueAt(object, field)]) ??
    flatten(object).filter(([, value]) => value !== null && value !== "");
  const lines = all.map(([field, value]) => [clean(field), value] as const);
  const width = Math.max(0, ...lines.map(([field]) => field.length));
  return lines.map(([field, value]) => {
    const text = longCell(field, value, now).replaceAll("\n", `\n${" ".repeat(width + 2)}`);
    return `${paint(style, "dim", field.padEnd(width))}  ${paintStatus(style, field, text)}\n`;
  }).join("");
}

/** An object's fields and those within them, by path. A related object, which has an id, is only its id and name. */
function flatten(object: Readonly<Record<string, unknown>>, path = ""): ReadonlyArray<readonly [string, unknown]> {
  return Object.entries(object).flatMap(([name, value]): ReadonlyArray<readonly [string, unknown]> => {
    if (Array.isArray(value)) return value.length === 0 ? [] : [[path + name, value]];
    if (!Predicate.isReadonlyObject(value)) return [[path + name, value]];
    return "id" in value && path === "" && Object.keys(object).length > 1
      ? [[path + name, [value.id, value.name].filter((part) => part !== undefined).join(" ")]]
      : flatten(value, `${path}${name}.`);
  });
}

/** The columns that have text in a row; undefined if none has. */
function nonEmpty(columns: ReadonlyArray<string> | undefined, rows: ReadonlyArray<unknown>) {
  const filled = columns?.filter((column) => rows.some((row) => cell(column, valueAt(row, column), 0) !== ""));
  return filled !== undefined && filled.length > 0 ? filled : undefined;
}

/** Columns for rows whose model names none: the first fields that are no objects. */
function scalarFields(rows: ReadonlyArray<unknown>): ReadonlyArray<string> {
  const first = rows.find(Predicate.isReadonlyObject) ?? {};
  return Object.keys(first).filter((key) => typeof first[key] !== "object").slice(0, 8);
}

/** A value in a table: one line, and a time as its age. */
function cell(field: string, value: unknown, now: number): string {
  if (isTime(field, value)) return ago(value, now);
  return clean(isScalarList(value) ? value.join(", ") : asText(value));
}

/** A value in a card: a list has a line for each item, and a time is there in full. */
function longCell(field: string, value: unknown, now: number): string {
  if (isTime(field, value)) return `${clean(value)} (${ago(value, now)})`;
  return cleanLines(isScalarList(value) ? value.join("\n") : asText(value));
}

function isTime(field: string, value: unknown): value is string {
  // `last_login` and the like are times too.
  return typeof value === "string" && (field.endsWith("_at") || /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:/.test(value));
}

function isScalarList(value: unknown): value is ReadonlyArray<unknown> {
  return Array.isArray(value) && !value.some((item) => typeof item === "object");
}

/** How long ago, as dbt words it: `5 minutes ago`. */
function ago(timestamp: string, now: number): string {
  const time = parseTimestamp(timestamp);
  if (Option.isNone(time)) return clean(timestamp);
  const seconds = Math.round((now - DateTime.toEpochMillis(time.value)) / 1000);
  const [size, unit] = ([[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]] as const)
    .find(([size]) => Math.abs(seconds) >= size) ?? [1, "second"];
  const count = Math.floor(Math.abs(seconds) / size);
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

/** Aligns cells in columns. The first row has the headings. */
function grid(rows: ReadonlyArray<ReadonlyArray<string>>, columns: ReadonlyArray<string>, style: TableStyle): string {
  const widest = (lines: ReadonlyArray<ReadonlyArray<string>>, index: number) =>
    Math.max(0, ...lines.map((row) => CliOutput.displayWidth(row[index] ?? "")));
  const widths = columns.map((_, index) => widest(rows, index));
  // Too wide a table takes room from its widest columns. Ids and statuses stay whole; their headings need not.
  const least = columns.map((column, index) =>
    /^id$|_id$|^status/.test(column) ? widest(rows.slice(1), index) : Math.min(8, widest(rows.slice(1), index))
  );
  const tooMuch = widths.reduce((sum, width) => sum + width + 2, -2) - style.width;
  for (let left = tooMuch; left > 0; left--) {
    const shrinkable = widths.map((width, index) => width > (least[index] ?? 0) ? width : 0);
    const index = shrinkable.indexOf(Math.max(...shrinkable));
    if (shrinkable[index] === 0) break;
    widths[index] = (widths[index] ?? 0) - 1;
  }
  return rows.map((row, line) =>
    row.map((text, index) => {
      const width = widths[index] ?? 0;
      const cut = CliOutput.displayWidth(text) > width
        ? `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, width)
        : text;
      const padded = index === row.length - 1
        ? cut
        : cut + " ".repeat(Math.max(0, width - CliOutput.displayWidth(cut)));
      return line === 0 ? paint(style, "dim", padded) : paintStatus(style, columns[index] ?? "", padded);
    }).join("  ").trimEnd() + "\n"
  ).join("");
}
