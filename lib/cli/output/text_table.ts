/**
 * Tables and cards for a terminal: a list as rows with short cells, one thing as a field a line. `render.ts` uses them.
 *
 * @module
 */
import * as DateTime from "effect/DateTime";
import * as Option from "effect/Option";
import * as CliOutput from "effect/cli/CliOutput";
import { parseTimestamp } from "../../time.ts";
import { paint, tint } from "./colors.ts";
import { at, isRecord, plain } from "./row_fields.ts";
import { clean } from "./safe_text.ts";

/** How a table is drawn. */
export interface TableStyle {
  /** The fields to show, where they are named. */
  readonly fields?: ReadonlyArray<string>;
  /** The columns to show where they are not. */
  readonly columns?: ReadonlyArray<string>;
  /** Use colours. */
  readonly color: boolean;
  /** The width of the terminal, in characters. */
  readonly width: number;
}

/** A list as a table, one thing as a card, anything else as text. Times are told from `now`, in milliseconds. */
export function table(value: unknown, style: TableStyle, now: number): string {
  if (!Array.isArray(value)) {
    return isRecord(value) ? card(value, style, now) : value === undefined ? "" : `${clean(String(value))}\n`;
  }
  if (!value.some(isRecord)) return value.map((item) => `${clean(plain(item))}\n`).join("");
  const columns = style.fields ?? present(style.columns, value) ?? scalars(value);
  const rows = value.map((row) => columns.map((column) => cell(column, at(row, column), now)));
  return grid(
    [columns.map((column) => clean(column).replace(/_humanized$/, "").toUpperCase()), ...rows],
    columns,
    style,
  );
}

/** One thing: a field a line, those within another by their path, as flags and `--fields` spell it. */
function card(value: Readonly<Record<string, unknown>>, style: TableStyle, now: number): string {
  const all = style.fields?.map((field): readonly [string, unknown] => [field, at(value, field)]) ??
    flatten(value).filter(([, inner]) => inner !== null && inner !== "");
  const lines = all.map(([field, inner]) => [clean(field), inner] as const);
  const width = Math.max(0, ...lines.map(([field]) => field.length));
  return lines.map(([field, inner]) => {
    const text = cell(field, inner, now, true).replaceAll("\n", `\n${" ".repeat(width + 2)}`);
    return `${paint(style, "dim", field.padEnd(width))}  ${tint(style, field, text)}\n`;
  }).join("");
}

/** The fields of a thing and of what is within it; of a related thing, only which one it is. */
function flatten(value: Readonly<Record<string, unknown>>, path = ""): ReadonlyArray<readonly [string, unknown]> {
  return Object.entries(value).flatMap(([name, inner]): ReadonlyArray<readonly [string, unknown]> => {
    if (Array.isArray(inner)) return inner.length === 0 ? [] : [[path + name, inner]];
    if (!isRecord(inner)) return [[path + name, inner]];
    return "id" in inner && path === "" && Object.keys(value).length > 1
      ? [[path + name, [inner.id, inner.name].filter((part) => part !== undefined).join(" ")]]
      : flatten(inner, `${path}${name}.`);
  });
}

function present(columns: ReadonlyArray<string> | undefined, rows: ReadonlyArray<unknown>) {
  const there = columns?.filter((column) => rows.some((row) => cell(column, at(row, column), 0) !== ""));
  return there !== undefined && there.length > 0 ? there : undefined;
}

function scalars(rows: ReadonlyArray<unknown>): ReadonlyArray<string> {
  const first = rows.find(isRecord) ?? {};
  return Object.keys(first).filter((key) => typeof first[key] !== "object").slice(0, 8);
}

function cell(field: string, value: unknown, now: number, whole = false): string {
  if (typeof value === "string" && field.endsWith("_at")) {
    return whole ? `${clean(value)} (${ago(value, now)})` : ago(value, now);
  }
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && !value.some((item) => typeof item === "object")) {
    return clean(value.join(whole ? "\n" : ", "), whole);
  }
  return clean(typeof value === "object" ? JSON.stringify(value) : String(value), whole);
}

/** How long ago, in dbt's own words: `5 minutes ago`. */
export function ago(timestamp: string, now: number): string {
  const time = parseTimestamp(timestamp);
  if (Option.isNone(time)) return clean(timestamp);
  const seconds = Math.round((now - DateTime.toEpochMillis(time.value)) / 1000);
  const [size, unit] = ([[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]] as const)
    .find(([size]) => Math.abs(seconds) >= size) ?? [1, "second"];
  const count = Math.floor(Math.abs(seconds) / size);
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

function grid(rows: ReadonlyArray<ReadonlyArray<string>>, columns: ReadonlyArray<string>, style: TableStyle): string {
  const widest = (lines: ReadonlyArray<ReadonlyArray<string>>, index: number) =>
    Math.max(0, ...lines.map((row) => CliOutput.displayWidth(row[index] ?? "")));
  const widths = columns.map((_, index) => widest(rows, index));
  // What does not fit is taken from the widest columns; ids and states stay whole, their headings need not.
  const least = columns.map((column, index) =>
    /^id$|_id$|^status/.test(column) ? widest(rows.slice(1), index) : Math.min(8, widest(rows.slice(1), index))
  );
  for (let over = widths.reduce((sum, width) => sum + width + 2, -2) - style.width; over > 0; over--) {
    const loose = widths.map((width, index) => width > (least[index] ?? 0) ? width : 0);
    const index = loose.indexOf(Math.max(...loose));
    if (loose[index] === 0) break;
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
      return line === 0 ? paint(style, "dim", padded) : tint(style, columns[index] ?? "", padded);
    }).join("  ").trimEnd() + "\n"
  ).join("");
}
