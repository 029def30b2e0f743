/**
 * Turns a result into text, in each of the formats: table, json, jsonl, csv, markdown. `print.ts` chooses the format and writes the
 * text.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as Stream from "effect/Stream";
import { asText, fieldsOf, pick, valueAt } from "./row_fields.ts";
import { clean, cleanText, escapeControls } from "./safe_text.ts";
import { paintJson } from "./terminal_json.ts";
import { renderTable, tableColumns, type TableStyle } from "./text_table.ts";

/** The output formats. */
export const formats = ["table", "json", "jsonl", "csv", "markdown"] as const;

/** An output format. */
export type Format = typeof formats[number];

/** How to print one result. Without `fields`, JSON has all fields, and a table its own columns. */
export interface Style extends TableStyle {
  /** The output format. */
  readonly format: Format;
  /** Whether it goes to a file that the user names. */
  readonly toFile?: boolean;
  /** Whether CSV marks the text that a spreadsheet takes for a formula. */
  readonly escapeFormulas?: boolean;
}

/** One result or a whole list of them as text, with a line break at the end. */
export const render = Effect.fnUntraced(function* (value: unknown, style: Style): Effect.fn.Return<string> {
  const { fields } = style;
  const picked = fields === undefined
    ? value
    : Array.isArray(value)
    ? value.map((row) => pick(row, fields))
    : pick(value, fields);
  switch (style.format) {
    case "json":
      return painted(escapeControls(JSON.stringify(picked ?? null, null, 2)) + "\n", style);
    case "jsonl":
      return jsonLines(Array.isArray(picked) ? picked : [picked]);
    case "csv":
      return yield* csv(value, style);
    case "markdown": {
      const { markdownTable } = yield* Effect.promise(() => import("./markdown_table.ts"));
      return markdownTable(value, fields ?? tableColumns(value, style));
    }
    case "table":
      return typeof value === "string"
        ? `${clean(value)}\n`
        : renderTable(value, style, yield* Clock.currentTimeMillis);
  }
});

/** JSON for a terminal in colours. */
function painted(json: string, style: Style): string {
  return style.width === Infinity ? json : paintJson(json, style);
}

/** Values as lines of JSON. */
export function jsonLines(values: ReadonlyArray<unknown>): string {
  // All of them at once: for each one alone it takes longer.
  return escapeControls(values.map((value) => `${JSON.stringify(value ?? null)}\n`).join(""));
}

/**
 * A stream of rows as JSON, page by page: one array, or a line for each row. A list of a million rows is longer than the
 * longest string.
 */
export function jsonStream<E, R>(
  rows: Stream.Stream<unknown, E, R>,
  style: Style,
): Stream.Stream<string, E, R> {
  const { fields, format } = style;
  const picked = (row: unknown) => fields === undefined ? row : pick(row, fields);
  // One piece for each page: a write for each row would take longer than the requests.
  if (format === "jsonl") return Stream.mapArray(rows, (page) => [jsonLines(page.map(picked))]);
  return Stream.suspend(() => {
    let before = "[";
    const pieces = Stream.mapArray(rows, (page) => [
      painted(
        escapeControls(
          page.map((row) => {
            const text = `${before}\n${JSON.stringify(picked(row) ?? null, null, 2).replaceAll(/^/gm, "  ")}`;
            before = ",";
            return text;
          }).join(""),
        ),
        style,
      ),
    ]);
    return Stream.concat(pieces, Stream.sync(() => before === "[" ? "[]\n" : "\n]\n"));
  });
}

// ---- csv ------------------------------------------------------------------------------------------------------------

const csv = Effect.fnUntraced(function* (value: unknown, style: Style, headers = true) {
  const rows = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  // A reader finds a header also on the day when there is nothing to list.
  const known = style.fields ?? style.columns ?? [];
  if (rows.length === 0 && known.length > 0) return `${known.join(",")}\n`;
  if (!rows.some(Predicate.isReadonlyObject)) return safeCsv(rows.map((row) => `${asText(row)}\n`).join(""), style);
  const columns = style.fields ?? columnsOf(rows);
  // Imported here, not at the top: every command would load it, and few print CSV.
  const Csv = yield* Effect.promise(() => import("effect/encoding/Csv"));
  const cell = (value: unknown) => style.escapeFormulas ? escapeFormula(value) : asText(value);
  const text = yield* Stream.fromIterable(rows).pipe(
    Stream.map((row) => Object.fromEntries(columns.map((column) => [cell(column), cell(valueAt(row, column))]))),
    Stream.pipeThroughChannel(Csv.encodeString({ columns: columns.map(cell), newline: "\n", headers })),
    Stream.mkString,
  );
  return safeCsv(text, style);
});

/**
 * A value as one text, with `'` before text that a spreadsheet takes for a formula. A number stays a number.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
function escapeFormula(value: unknown): string {
  const text = asText(value);
  return typeof value === "string" && /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

/** In a file, CSV keeps every character. Elsewhere it is made harmless, since it has no escapes for what a terminal obeys. */
function safeCsv(text: string, { toFile }: Style): string {
  return toFile ? text : cleanText(text);
}

function columnsOf(rows: ReadonlyArray<unknown>): ReadonlyArray<string> {
  return [...new Set(rows.flatMap(fieldsOf))];
}

/**
 * A stream of rows as CSV, page by page, so that a long list needs no more memory than a short one. The first page
 * decides the columns; without any row they are `known`, so that a reader always finds a header. `onOmitted` gets the
 * fields that only later pages have; CSV has no column for them.
 */
export function csvStream<E, R, E2, R2>(
  rows: Stream.Stream<unknown, E, R>,
  style: Style,
  known: ReadonlyArray<string>,
  onOmitted: (fields: ReadonlyArray<string>) => Effect.Effect<void, E2, R2>,
): Stream.Stream<string, E | E2, R | R2> {
  return Stream.suspend(() => {
    let columns: ReadonlyArray<string> | undefined;
    const omitted = new Set<string>();
    return rows.pipe(
      Stream.mapArrayEffect((page) => {
        const headers = columns === undefined;
        const fields = columns ??= style.fields ?? columnsOf(page);
        if (style.fields === undefined) {
          for (const field of columnsOf(page)) if (!fields.includes(field)) omitted.add(field);
        }
        return Effect.map(csv(page, { ...style, fields }, headers), (text) => [text] as const);
      }),
      Stream.onEnd(Effect.suspend(() => omitted.size === 0 ? Effect.void : onOmitted([...omitted]))),
      Stream.concat(
        Stream.suspend(() =>
          columns === undefined ? Stream.make(`${(style.fields ?? known).join(",")}\n`) : Stream.empty
        ),
      ),
    );
  });
}
