/**
 * How results are printed: a table on a terminal, JSON in a pipe, and the wire's names in both.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as DateTime from "effect/DateTime";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as CliOutput from "effect/cli/CliOutput";
import { parseTimestamp } from "../../time.ts";

/** The ways to print. */
export const formats = ["table", "json", "jsonl", "csv"] as const;

/** A way to print. */
export type Format = typeof formats[number];

/** How one result is to be printed. */
export interface Style {
  /** The way to print. */
  readonly format: Format;
  /** The fields to print, `a.b` for one within another; all of them, or a table's own choice, when absent. */
  readonly fields?: ReadonlyArray<string>;
  /** The columns that a table has of itself. */
  readonly columns?: ReadonlyArray<string>;
  /** Print in colour. */
  readonly color: boolean;
  /** The width of the terminal, in characters. */
  readonly width: number;
}

type Record_ = Readonly<Record<string, unknown>>;

/** Prints one thing, or a list of things that is at hand. Ends with a line break. */
export const render = Effect.fnUntraced(function* (value: unknown, style: Style): Effect.fn.Return<string> {
  const picked = style.fields === undefined
    ? value
    : Array.isArray(value)
    ? value.map((row) => pick(row, style.fields ?? []))
    : pick(value, style.fields);
  switch (style.format) {
    case "json":
      return visible(JSON.stringify(picked ?? null, null, 2)) + "\n";
    case "jsonl":
      return (Array.isArray(picked) ? picked : [picked]).map(line).join("");
    case "csv":
      return yield* csv(value, style);
    case "table":
      return typeof value === "string" ? `${clean(value)}\n` : table(value, style, yield* Clock.currentTimeMillis);
  }
});

/** Prints one row of a list as a line of JSON. */
export function line(row: unknown): string {
  return visible(JSON.stringify(row ?? null)) + "\n";
}

/** JSON whose control characters are all escaped: JSON itself leaves those that terminals take for commands too. */
export function visible(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Text of others as it goes out: on a terminal, none of it is a command. */
function shown(text: string, { width }: Style): string {
  return width === Infinity ? text : clean(text, true);
}

/** The given fields of a row, nested as they were. A field that it has not is null. */
export function pick(row: unknown, fields: ReadonlyArray<string>): unknown {
  const picked: Record<string, unknown> = {};
  for (const field of fields) {
    const names = field.split(".");
    let target = picked;
    for (const name of names.slice(0, -1)) {
      // Only objects made here are ever put into `picked`.
      target = (target[name] ??= {}) as Record<string, unknown>;
    }
    target[names.at(-1) ?? field] = at(row, field) ?? null;
  }
  return picked;
}

/** The fields that a row has at its top. */
export function fieldsOf(row: unknown): ReadonlyArray<string> {
  return isRecord(row) ? Object.keys(row) : [];
}

function at(row: unknown, field: string): unknown {
  return field.split(".").reduce((value, name) => isRecord(value) ? value[name] : undefined, row);
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function rowsOf(value: unknown): ReadonlyArray<unknown> {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

// ---- csv ------------------------------------------------------------------------------------------------------------

const csv = Effect.fnUntraced(function* (value: unknown, style: Style, headers = true) {
  const rows = rowsOf(value);
  if (!rows.some(isRecord)) return shown(rows.map((row) => `${plain(row)}\n`).join(""), style);
  const columns = style.fields ?? columnsOf(rows);
  // Loaded where it is used: few commands print CSV, and every one of them starts.
  const Csv = yield* Effect.promise(() => import("effect/encoding/Csv"));
  const text = yield* Stream.fromIterable(rows).pipe(
    Stream.map((row) => Object.fromEntries(columns.map((column) => [column, plain(at(row, column))]))),
    Stream.pipeThroughChannel(Csv.encodeString({ columns, newline: "\n", headers })),
    Stream.mkString,
  );
  return shown(text, style);
});

function columnsOf(rows: ReadonlyArray<unknown>): ReadonlyArray<string> {
  return [...new Set(rows.flatMap(fieldsOf))];
}

/**
 * The rows of a list as CSV, a page at a time, so that a long one takes no more memory than a short one. The first page
 * says which columns there are; `late` gets the fields that come only after it, and are not printed, at the end.
 */
export function csvStream<E, R, E2, R2>(
  rows: Stream.Stream<unknown, E, R>,
  style: Style,
  late: (fields: ReadonlyArray<string>) => Effect.Effect<void, E2, R2>,
): Stream.Stream<string, E | E2, R | R2> {
  return Stream.suspend(() => {
    let columns: ReadonlyArray<string> | undefined;
    const others = new Set<string>();
    return rows.pipe(
      Stream.mapArrayEffect((page) => {
        const headers = columns === undefined;
        const fields = columns ??= style.fields ?? columnsOf(page);
        if (style.fields === undefined) {
          for (const field of columnsOf(page)) if (!fields.includes(field)) others.add(field);
        }
        return Effect.map(csv(page, { ...style, fields }, headers), (text) => [text] as const);
      }),
      Stream.onEnd(Effect.suspend(() => others.size === 0 ? Effect.void : late([...others]))),
    );
  });
}

function plain(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

// ---- tables ---------------------------------------------------------------------------------------------------------

function table(value: unknown, style: Style, now: number): string {
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
function card(value: Record_, style: Style, now: number): string {
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
function flatten(value: Record_, path = ""): ReadonlyArray<readonly [string, unknown]> {
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

/** Without control characters: what a server sends must not steer a terminal. */
export function clean(text: string, lines = false): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replaceAll(
    // deno-lint-ignore no-control-regex
    lines ? /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g : /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => character === "\n" || character === "\t" ? " " : "",
  );
}

/** Lines that others wrote, each behind a bar, so that none is a command to the CI system that reads them. */
export function quote(style: { readonly color: boolean }, text: string, indent = ""): string {
  return unmarked(clean(text, true)).replaceAll(/^/gm, `${indent}${paint(style, "dim", "│")} `);
}

/** Without what is a command to a CI system that reads along: `::error::` at a line's begin, `##[error]` anywhere. */
export function inert(text: string): string {
  return unmarked(text).replaceAll(/^([^\S\n]*):(?=:)/gm, "$1: ");
}

/** Without what is a command within a line: GitHub's old `##[error]`, Azure's `##vso[…]`, TeamCity's `##teamcity[…]`. */
export function unmarked(text: string): string {
  return text.replaceAll(/##(?=\w*\[)/g, "## ");
}

function grid(rows: ReadonlyArray<ReadonlyArray<string>>, columns: ReadonlyArray<string>, style: Style): string {
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

// ---- colour ---------------------------------------------------------------------------------------------------------

const codes = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Text in a colour, where colours are wanted. */
export function paint(style: { readonly color: boolean }, color: keyof typeof codes, text: string): string {
  return style.color && text !== "" ? `\u001b[${codes[color]}m${text}\u001b[0m` : text;
}

const tints: Readonly<Record<string, keyof typeof codes>> = {
  Success: "green",
  Error: "red",
  Cancelled: "yellow",
  Running: "cyan",
  Starting: "cyan",
};

/** A state in its colour. */
export function tint(style: { readonly color: boolean }, field: string, text: string): string {
  const color = field.startsWith("status") ? tints[text.trim()] : undefined;
  return color === undefined ? text : paint(style, color, text);
}
