/**
 * Tables as Markdown, for comments and summaries of CI jobs: the format `markdown`. Text from dbt Cloud is never markup,
 * a link or a mention.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import { asText, valueAt } from "./row_fields.ts";
import { clean } from "./safe_text.ts";

/** A list of objects as a table, one object as a table of its fields, anything else as a code span. */
export function markdownTable(value: unknown, columns: ReadonlyArray<string>): string {
  if (!Array.isArray(value)) {
    if (!Predicate.isReadonlyObject(value)) return `${span(asText(value))}\n`;
    return rowsText(["field", "value"], columns.map((column) => [column, valueAt(value, column)]));
  }
  if (!value.some(Predicate.isReadonlyObject)) return value.map((item) => `- ${cell(item)}\n`).join("");
  return rowsText(columns, value.map((row) => columns.map((column) => valueAt(row, column))));
}

function rowsText(columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string {
  const isNumeric = columns.map((_, index) => {
    const values = rows.flatMap((row) => row[index] ?? []);
    return values.length > 0 && values.every((value) => typeof value === "number");
  });
  return [
    columns.map(cell),
    isNumeric.map((numeric) => numeric ? "---:" : "---"),
    ...rows.map((row) => row.map(cell)),
  ].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** A value in a cell: plain where it has only letters, digits and harmless marks, otherwise a code span. */
function cell(value: unknown): string {
  const text = clean(asText(value)).trim();
  // Within a word, an underscore is no markup. GitHub makes links of `www.` and `GH-1`.
  const isPlain = /^[\p{L}\p{N}_ .,:%()+-]*$/u.test(text) &&
    !/www\.|\bGH-|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/iu.test(text);
  return isPlain ? text : spanInCell(text);
}

/** A code span for a cell. A bar would end the cell even within code, and renderers differ in how to escape it. */
export function spanInCell(text: string): string {
  return span(text).replaceAll("|", "¦");
}

/** A link; undefined if the server's text might be something else than a URL. */
export function linkTo(title: string, url: string | null | undefined): string | undefined {
  return /^https?:\/\/[\w.:/-]+$/.test(url ?? "") ? `[${title}](${url})` : undefined;
}

/** A code span. */
export function span(text: string): string {
  const inner = clean(text).trim();
  if (inner === "") return "";
  const ticks = "`".repeat(longestTicks(inner) + 1);
  return ticks.length === 1 ? `\`${inner}\`` : `${ticks} ${inner} ${ticks}`;
}

/** The most backticks in a row. */
export function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
}
