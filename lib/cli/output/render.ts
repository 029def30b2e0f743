/**
 * Results as text, in each of the formats: table, json, jsonl, csv. `print.ts` chooses the format and writes the text.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { at, fieldsOf, isRecord, pick, plain } from "./row_fields.ts";
import { clean, visible } from "./safe_text.ts";
import { table, type TableStyle } from "./text_table.ts";

/** The ways to print. */
export const formats = ["table", "json", "jsonl", "csv"] as const;

/** A way to print. */
export type Format = typeof formats[number];

/** How one result is printed. Without `fields`, JSON has all of them and a table its own columns. */
export interface Style extends TableStyle {
  /** The way to print. */
  readonly format: Format;
}

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

function rowsOf(value: unknown): ReadonlyArray<unknown> {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** Text of others as it goes out: on a terminal, none of it is a command. */
function shown(text: string, { width }: Style): string {
  return width === Infinity ? text : clean(text, true);
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
