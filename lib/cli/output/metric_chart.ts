/**
 * Charts of metrics for a terminal: a line over time, or bars by category. `dbtc sl query --chart` prints them.
 *
 * Own code: terminal chart packages draw an index on the x axis, not time, and have no bars with labels.
 *
 * @module
 */
import * as CliOutput from "effect/cli/CliOutput";
import type { Column, ResultRow } from "../../semantic_layer/result_row.ts";
import { clean } from "./safe_text.ts";
import { type ColorStyle, paint } from "./terminal.ts";
import { cut, padding } from "./text_table.ts";

/** How to draw. */
export interface ChartStyle extends ColorStyle {
  /** The width, in characters. */
  readonly width: number;
}

/** What to draw. */
export interface ChartData {
  /** The columns with values: a chart for each. */
  readonly metrics: ReadonlyArray<string>;
  /** All columns. */
  readonly columns: ReadonlyArray<Column>;
  /** The rows. */
  readonly rows: ReadonlyArray<ResultRow>;
}

/** How many lines of text a line chart has. */
const height = 10;

/**
 * A chart for each metric: a line where the rows are grouped by one time dimension and nothing else, bars otherwise.
 */
export function metricCharts({ columns, metrics, rows }: ChartData, style: ChartStyle): string {
  const groups = columns.filter(({ name }) => !metrics.includes(name));
  const [group] = groups;
  const overTime = groups.length === 1 && group !== undefined && (group.kind === "date" || group.kind === "timestamp");
  return metrics.map((metric) => {
    const values = rows.map((row) => row[metric] ?? null).map((value) => value === null ? null : Number(value));
    const lines = overTime
      ? lineChart(rows.map((row) => String(row[group.name] ?? "")), values, style)
      : barChart(rows.map((row) => labelOf(groups.map(({ name }) => row[name] ?? null))), values, style);
    return [paint(style, "dim", clean(metric)), ...lines, ""].join("\n");
  }).join("\n");
}

/** A value beside a chart. */
function numberText(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

function labelOf(values: ReadonlyArray<unknown>): string {
  return clean(values.map((value) => value === null ? "(null)" : String(value)).join(" · "));
}

// ---- bars -----------------------------------------------------------------------------------------------------------

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar for each row, from zero. */
function barChart(
  labels: ReadonlyArray<string>,
  values: ReadonlyArray<number | null>,
  style: ChartStyle,
): ReadonlyArray<string> {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as ReadonlyArray<number>; // no null is left
  const texts = values.map((value) => value === null ? "(null)" : numberText(value));
  const widest = (all: ReadonlyArray<string>) =>
    all.reduce((most, text) => Math.max(most, CliOutput.displayWidth(text)), 0);
  const label = Math.min(widest(labels), Math.floor(style.width * 0.4));
  const number = widest(texts);
  const room = Math.max(1, style.width - label - number - 4);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  // Bars of negative values end where those of positive ones begin, at a whole character.
  const unit = (low < 0 ? Math.max(1, room - 1) : room) / (high - low || 1);
  const left = Math.round(-low * unit);
  return values.map((value, index) => {
    const size = value === null || !Number.isFinite(value) ? 0 : value * unit;
    const below = Math.min(left, Math.round(-size));
    const bar = size < 0
      ? " ".repeat(left - below) + "█".repeat(below)
      : " ".repeat(left) + "█".repeat(Math.floor(size)) + (eighths[Math.floor(size % 1 * 8)] ?? "");
    const name = cut(labels[index] ?? "", label);
    return [
      name + padding(name, label),
      (texts[index] ?? "").padStart(number),
      paint(style, "cyan", bar),
    ].join("  ").trimEnd();
  });
}

// ---- a line ---------------------------------------------------------------------------------------------------------

/** The bits of a braille character: two dots wide, four dots high. */
const dots = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/** A line over time in braille. Values that are null interrupt it. */
function lineChart(
  times: ReadonlyArray<string>,
  values: ReadonlyArray<number | null>,
  style: ChartStyle,
): ReadonlyArray<string> {
  const points = times
    .map((time, index) => ({ time, at: Date.parse(time), value: values[index] ?? null }))
    .filter(({ at }) => !Number.isNaN(at))
    .toSorted((a, b) => a.at - b.at);
  const known = points.flatMap(({ value }) => value === null || !Number.isFinite(value) ? [] : [value]);
  if (known.length === 0) return ["(no values)"];
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const axis = [numberText(high), numberText(low)];
  const margin = Math.max(...axis.map(({ length }) => length));
  const width = Math.max(10, style.width - margin - 3);
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  const [first, last] = [points[0], points.at(-1)];
  const [begin, end] = [first?.at ?? 0, last?.at ?? 0];
  const columnOf = (at: number) => Math.round((at - begin) / (end - begin || 1) * (width * 2 - 1));
  const rowOf = (value: number) => Math.round((high - value) / (high - low || 1) * (height * 4 - 1));
  const set = (x: number, y: number) => {
    const line = cells[y >> 2];
    if (line !== undefined) line[x >> 1] = (line[x >> 1] ?? 0) | (dots[x & 1]?.[y & 3] ?? 0);
  };
  let before: { readonly x: number; readonly y: number } | undefined;
  for (const { at, value } of points) {
    if (value === null || !Number.isFinite(value)) {
      before = undefined;
      continue;
    }
    const to = { x: columnOf(at), y: rowOf(value) };
    const from = before ?? to;
    const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
    for (let step = 0; step <= steps; step++) {
      set(
        Math.round(from.x + (to.x - from.x) * step / steps),
        Math.round(from.y + (to.y - from.y) * step / steps),
      );
    }
    before = to;
  }
  const lines = cells.map((row, index) => {
    const number = index === 0 ? axis[0] : index === height - 1 ? axis[1] : "";
    const drawn = [...row].map((bits) => bits === 0 ? " " : String.fromCharCode(0x2800 + bits)).join("").trimEnd();
    return `${(number ?? "").padStart(margin)} ┤${paint(style, "cyan", drawn)}`;
  });
  const [from, to] = [clean(first?.time ?? ""), clean(last?.time ?? "")];
  const gap = " ".repeat(Math.max(1, width - from.length - to.length));
  return [...lines, `${" ".repeat(margin + 2)}${from === to ? from : `${from}${gap}${to}`}`];
}
