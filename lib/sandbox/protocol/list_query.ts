/**
 * The query of a list: filters by field name, order, and page. All lists of the sandbox read it here.
 *
 * @module
 */
import { parseTime } from "./response_format.ts";

/** Reads a field of a listed item; `undefined` where it has no such field. */
export type ReadField<A> = (item: A, field: string) => unknown;

/** The query of a list. */
export interface ListQuery<A> {
  /** The filters, as the answer echoes them. */
  readonly filters: Readonly<Record<string, unknown>>;
  /** The filters as tests of an item. */
  readonly matches: ReadonlyArray<(item: A) => boolean>;
  /** The field to order by, with `-` in front for descending. */
  readonly order: string;
  /** The most items on the page. */
  readonly limit: number;
  /** How many items to skip. */
  readonly offset: number;
}

/** Names in a query that are no filters. */
const notFilters = new Set(["limit", "offset", "order_by", "include_related", "state"]);

/** Splits values that clients send as JSON, as a Python list, joined by commas, or under a repeated name. */
export function parseList(values: ReadonlyArray<string>): ReadonlyArray<string> {
  return values.flatMap((text) => text.trim().replace(/^\[(.*)\]$/s, "$1").split(",")).map((item) =>
    item.trim().replace(/^(['"])(.*)\1$/s, "$2")
  ).filter((item) => item !== "");
}

/** Reads a list's query, or says what is wrong with it. `most` is the default limit. */
export function readListQuery<A>(query: URLSearchParams, read: ReadField<A>, most = 100): ListQuery<A> | string {
  const limit = natural(query.get("limit") ?? String(most));
  const offset = natural(query.get("offset") ?? "0");
  if (limit === undefined || limit > 100) return "limit must be a number, and no more than 100";
  if (offset === undefined) return "offset must be a number";
  const filters: Record<string, unknown> = {};
  const matches: Array<(item: A) => boolean> = [];
  for (const name of new Set(query.keys())) {
    if (notFilters.has(name)) continue;
    const [, field = name, test = ""] = /^(.+?)(?:__(in|gt|gte|lt|lte|icontains|range))?$/.exec(name) ?? [];
    const values = test === "in" || test === "range" ? parseList(query.getAll(name)) : query.getAll(name);
    filters[name] = test === "in" || test === "range" ? values.map(parseValue) : parseValue(values[0] ?? "");
    const accepts = comparisons(field.endsWith("_at") ? parseTime : undefined)[test]?.(values);
    if (accepts === undefined) continue;
    matches.push((item) => {
      const cell = read(item, field);
      return cell === undefined || accepts(cell);
    });
  }
  return { filters, matches, order: query.get("order_by") || "id", limit, offset };
}

/** The page that a query asks for, and how many items match on all pages. The items ascend by id. */
export function pageOf<A>(
  items: ReadonlyArray<A>,
  asked: ListQuery<A>,
  read: ReadField<A>,
): { rows: Array<A>; total: number } {
  const { matches, order, limit, offset } = asked;
  const matching = matches.length === 0 ? items : items.filter((item) => matches.every((test) => test(item)));
  const total = matching.length;
  if (order === "id") return { rows: matching.slice(offset, offset + limit), total };
  if (order === "-id") {
    return { rows: matching.slice(Math.max(0, total - offset - limit), Math.max(0, total - offset)).reverse(), total };
  }
  const descending = order.startsWith("-");
  const field = descending ? order.slice(1) : order;
  const sorted = matching.toSorted((a, b) => (descending ? -1 : 1) * compare(read(a, field), read(b, field)));
  return { rows: sorted.slice(offset, offset + limit), total };
}

/** How a filter compares, by the ending of its name. Times are compared as times. */
function comparisons(
  time: ((text: string) => number) | undefined,
): Record<string, (values: ReadonlyArray<string>) => (cell: unknown) => boolean> {
  const number = (value: unknown) =>
    time !== undefined && typeof value === "string" ? time(value) : value === null ? NaN : Number(value);
  const bound = (holds: (cell: number, bound: number) => boolean) => ([text = ""]: ReadonlyArray<string>) => {
    const limit = number(text);
    return (cell: unknown) => holds(number(cell), limit);
  };
  return {
    "": ([text = ""]) => (cell) => equal(cell, text),
    in: (values) => (cell) => values.some((text) => equal(cell, text)),
    gt: bound((cell, limit) => cell > limit),
    gte: bound((cell, limit) => cell >= limit),
    lt: bound((cell, limit) => cell < limit),
    lte: bound((cell, limit) => cell <= limit),
    range: ([from = "", to = ""]) => {
      const [first, last] = [number(from), number(to)];
      return (cell) => number(cell) >= first && number(cell) <= last;
    },
    icontains: ([text = ""]) => {
      const part = text.toLowerCase();
      return (cell) => String(cell).toLowerCase().includes(part);
    },
  };
}

function equal(cell: unknown, text: string): boolean {
  if (typeof cell === "boolean") return cell === /^(true|1)$/i.test(text);
  return typeof cell === "number" ? cell === Number(text) : String(cell) === text;
}

/** Compares for sorting: nulls are last, as in dbt Cloud's database. */
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1;
}

/** Reads a value of a query: a whole number, true or false, or text. */
export function parseValue(text: string): unknown {
  if (/^-?\d+$/.test(text)) return Number(text);
  return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : text;
}

function natural(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
