/**
 * Tables and cards for a terminal: a list as rows of short cells, one object as a line for each field. `render.ts` uses
 * them.
 *
 * Own code: `effect/cli` lays out help only, and table packages cut columns at widths that one gives them. Here the
 * widest columns give way, and ids, statuses and times stay whole.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import * as CliOutput from "effect/cli/CliOutput";
import { type CellStyle, cellText, clockTime, headingsOf, isScalarList, isTime, longAgo } from "./cell_text.ts";
import { asText, valueAt } from "./row_fields.ts";
import { clean, cleanLines } from "./safe_text.ts";
import { type ColorStyle, paint, paintStatus } from "./terminal.ts";

/** How to draw a table. */
export interface TableStyle extends ColorStyle, CellStyle {
  /** The fields that the user asked for. */
  readonly fields?: ReadonlyArray<string>;
  /** The columns to show if the user asked for no fields. */
  readonly columns?: ReadonlyArray<string>;
  /** The columns that are aligned right. */
  readonly right?: ReadonlyArray<string>;
  /** Whether times are printed as they are (default: as their age). */
  readonly exactTimes?: boolean;
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
  const headings = style.fields === undefined
    ? headingsOf(columns)
    : columns.map((column) => clean(column).replace(/_humanized$/, "").toUpperCase());
  const textOf = (column: string, value: unknown) =>
    style.exactTimes === true ? clean(asText(value)) : cellText(column, value, style, now);
  const rows = value.map((row) => columns.map((column) => textOf(column, valueAt(row, column))));
  return grid(headings, rows, columns, style);
}

/** The columns of a table where the user asked for no fields; of one object, its fields. */
export function tableColumns(value: unknown, { columns }: TableStyle): ReadonlyArray<string> {
  if (Array.isArray(value)) return nonEmpty(columns, value) ?? scalarFields(value);
  return Predicate.isReadonlyObject(value) ? flatten(value).map(([field]) => field) : [];
}

/**
 * One object: a line for each field. Inner fields have their path as name, as in flags and `--fields`. Lists of objects
 * follow as tables.
 */
function card(object: Readonly<Record<string, unknown>>, style: TableStyle, now: number): string {
  const all = style.fields?.map((field): readonly [string, unknown] => [field, valueAt(object, field)]) ??
    flatten(object).filter(([, value]) => value !== null && value !== "");
  const lines = cardLines(
    all.filter(([, value]) => !isObjectList(value))
      .map(([field, value]) => [clean(field), longCell(field, value, style, now), field]),
    style,
  );
  const tables = all.flatMap(([field, value]) => isObjectList(value) ? innerTable(field, value, style, now) : []);
  return [lines, ...tables].filter((text) => text !== "").join("\n");
}

function isObjectList(value: unknown): value is ReadonlyArray<unknown> {
  return Array.isArray(value) && value.length > 0 && value.every(Predicate.isReadonlyObject);
}

/** A list within an object, as an indented table. */
function innerTable(field: string, rows: ReadonlyArray<unknown>, style: TableStyle, now: number): string {
  const { fields: _fields, ...plain } = style;
  const table = renderTable(rows, { ...plain, columns: innerColumns(rows), width: style.width - gap }, now);
  return `${paint(style, "dim", clean(field))}\n${table.replaceAll(/^(?=.)/gm, " ".repeat(gap))}`;
}

/**
 * The columns of a list within an object: its first fields, without ids where there are names, and without long texts;
 * then the statuses of what is within its rows.
 */
function innerColumns(rows: ReadonlyArray<unknown>): ReadonlyArray<string> {
  const all = rows.flatMap((row) => Predicate.isReadonlyObject(row) ? flatten(row) : []);
  const isLong = (value: unknown) => isObjectList(value) || asText(value).length > longestInner;
  const left = new Set(["__typename", ...all.filter(([, value]) => isLong(value)).map(([field]) => field)]);
  const short = [...new Set(all.map(([field]) => field))].filter((field) => !left.has(field));
  const own = short.filter((field) => !field.includes(".") && (field !== "uniqueId" || !short.includes("name")));
  return [...own.slice(0, mostColumns), ...short.filter((field) => /\..*status$/i.test(field))];
}

/** Lines of names and values, aligned. The fields are those that the values are from. */
function cardLines(
  lines: ReadonlyArray<readonly [name: string, text: string, field: string]>,
  style: TableStyle,
): string {
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, text, field]) => {
    const indented = text.replaceAll("\n", `\n${" ".repeat(width + 2)}`);
    return `${paint(style, "dim", name.padEnd(width))}  ${paintStatus(style, field, indented)}\n`;
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
  const filled = columns?.filter((column) => rows.some((row) => cellText(column, valueAt(row, column), {}, 0) !== ""));
  return filled !== undefined && filled.length > 0 ? filled : undefined;
}

/** The most columns of rows whose model names none. */
const mostColumns = 8;
/** The longest text of such a column within an object, in characters. */
const longestInner = 100;

/** Columns for rows whose model names none: the first fields that are no objects. */
function scalarFields(rows: ReadonlyArray<unknown>): ReadonlyArray<string> {
  const first = rows.find(Predicate.isReadonlyObject) ?? {};
  return Object.keys(first).filter((key) => typeof first[key] !== "object").slice(0, mostColumns);
}

/** A value in a card: a list has a line for each item, and a time is there in full. */
function longCell(field: string, value: unknown, { time = "relative" }: TableStyle, now: number): string {
  if (isTime(field, value)) {
    return time === "relative" ? `${clean(value)} (${longAgo(value, now)})` : clockTime(value, time);
  }
  return cleanLines(isScalarList(value) ? value.join("\n") : asText(value));
}

/** Spaces between two columns. */
const gap = 2;

/** Aligns cells in columns. Where the narrowest columns are too wide, each row is a card. */
function grid(
  headings: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  columns: ReadonlyArray<string>,
  style: TableStyle,
): string {
  const contents = columns.map((_, index) =>
    Math.max(0, ...rows.map((row) => CliOutput.displayWidth(row[index] ?? "")))
  );
  // Too wide a table takes room from its widest columns. What cannot be cut stays whole; its heading need not.
  const least = columns.map((column, index) => {
    const isWhole = /^id$|^status|^email$|^host$|_at$|duration$|_run$/.test(column) ||
      rows.every((row) => /^\d*$/.test(row[index] ?? ""));
    return isWhole ? contents[index] ?? 0 : Math.min(8, contents[index] ?? 0);
  });
  const total = (widths: ReadonlyArray<number>) => widths.reduce((sum, width) => sum + width + gap, -gap);
  if (total(least) > style.width && columns.length > 1) {
    return rows.map((row) =>
      cardLines(row.map((text, index) => [headings[index] ?? "", text, columns[index] ?? ""]), style)
    ).join("\n");
  }
  const widths = columns.map((_, index) =>
    Math.max(contents[index] ?? 0, CliOutput.displayWidth(headings[index] ?? ""))
  );
  for (let left = total(widths) - style.width; left > 0; left--) {
    const shrinkable = widths.map((width, index) => width > (least[index] ?? 0) ? width : 0);
    const index = shrinkable.indexOf(Math.max(...shrinkable));
    if (shrinkable[index] === 0) break;
    widths[index] = (widths[index] ?? 0) - 1;
  }
  return [headings, ...rows].map((row, line) =>
    row.map((text, index) => {
      const cell = cut(text, widths[index] ?? 0);
      const pad = padding(cell, widths[index] ?? 0);
      const padded = style.right?.includes(columns[index] ?? "")
        ? pad + cell
        : index === row.length - 1
        ? cell
        : cell + pad;
      return line === 0 ? paint(style, "dim", padded) : paintStatus(style, columns[index] ?? "", padded);
    }).join(" ".repeat(gap)).trimEnd() + "\n"
  ).join("");
}

/** Blanks up to a width. */
export function padding(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - CliOutput.displayWidth(text)));
}

/** As much of a text as fits, and `…` for the rest. Of a path or an id of dbt, the end says more than the beginning. */
export function cut(text: string, width: number): string {
  if (CliOutput.displayWidth(text) <= width) return text;
  if (/^\w[\w-]*(?:[./][\w-]+){2,}$/.test(text)) return width > 0 ? `…${text.slice(text.length + 1 - width)}` : "";
  let fits = "";
  for (const character of text) {
    if (CliOutput.displayWidth(fits + character) > width - 1) break;
    fits += character;
  }
  return width > 0 ? `${fits}…` : "";
}
