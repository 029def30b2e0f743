/**
 * Finds the columns that those of a query come from, by reading its SQL: `with`, `select`, `from` and `join`, as the
 * models of the Jaffle Shop are written. As in dbt Cloud, filters and conditions of joins do not count.
 *
 * @module
 */

/** A column of a relation. */
export interface Column {
  /** The id of the node whose relation it is. */
  readonly node: string;
  /** Its name, in lower case. */
  readonly name: string;
}

/** Where a column comes from. */
export interface Origin {
  /** The columns that it is made of. */
  readonly from: ReadonlyArray<Column>;
  /** Whether it is one column as it is, not an expression. */
  readonly unchanged: boolean;
}

/** The columns of a table, of which each is found by its name. */
export interface Table {
  /** The names of all its columns; undefined if they are not known. */
  readonly names: ReadonlyArray<string> | undefined;
  /** A column; undefined if the table does not have it. */
  readonly find: (name: string) => Origin | undefined;
}

/** The table of a node: each column comes from itself. Without known columns, it may have any. */
export function nodeTable(node: string, names: ReadonlyArray<string>): Table {
  return {
    names: names.length === 0 ? undefined : names,
    find: (name) =>
      names.length === 0 || names.includes(name) ? { from: [{ node, name }], unchanged: true } : undefined,
  };
}

/** What a query says of tables that nobody knows. */
export class UnknownTable extends Error {}

/** The table that a query makes. `tables` are those that it may name. Throws an {@linkcode UnknownTable}. */
export function queryTable(sql: string, tables: ReadonlyMap<string, Table>): Table {
  const known = new Map(tables);
  let rest = sql.trim();
  while (true) {
    const [head, name] = /^(?:with|,)\s+(\w+) as \(/.exec(rest) ?? [];
    if (head === undefined || name === undefined) break;
    const end = closingParenthesis(rest, head.length);
    known.set(name, queryTable(rest.slice(head.length, end), known));
    rest = rest.slice(end + 1).trim();
  }
  return selectTable(rest, known);
}

function selectTable(select: string, known: ReadonlyMap<string, Table>): Table {
  const [, list = "", sources = ""] = /^select\s+([^]*?)\s+(from\s[^]*)$/.exec(select) ?? [];
  const from = new Map(
    [...sources.matchAll(/\b(?:from|join)\s+([\w.]+)(\()?/g)].map(([, name = "", call]) => {
      const table = known.get(name);
      if (table === undefined || call !== undefined) {
        throw new UnknownTable(`${name}${call === undefined ? "" : "(…)"}`);
      }
      return [name, table];
    }),
  );
  const columns = new Map<string, Origin>();
  for (const item of splitList(list)) {
    if (item === "*") {
      for (const table of from.values()) {
        for (const name of table.names ?? []) columns.set(name, table.find(name) ?? nothing);
      }
      continue;
    }
    const [, expression = item, alias] = /^([^]*?)\s+as\s+(\w+)$/.exec(item) ?? [];
    columns.set(alias ?? expression.split(".").at(-1) ?? expression, originOf(expression, from));
  }
  return { names: [...columns.keys()], find: (name) => columns.get(name) };
}

const nothing: Origin = { from: [], unchanged: false };

/** Where an expression comes from. Words that are no columns, such as those of SQL, are found nowhere. */
function originOf(expression: string, from: ReadonlyMap<string, Table>): Origin {
  const isColumn = /^(?:\w+\.)?\w+$/.test(expression);
  const found = [...expression.replaceAll(/'[^']*'/g, " ").matchAll(/\b(?:(\w+)\.)?([a-z_]\w*)\b(?!\s*\()/g)]
    .flatMap(([, table, name = ""]) => {
      const among = table === undefined ? [...from.values()] : [from.get(table)];
      // A word within an expression is a column only of a table whose columns are known.
      return among.flatMap((one) => one?.names === undefined && !isColumn ? [] : one?.find(name) ?? []).slice(0, 1);
    });
  const columns = new Map(found.flatMap((origin) => origin.from).map((one) => [`${one.node}.${one.name}`, one]));
  return { from: [...columns.values()], unchanged: isColumn && found.every(({ unchanged }) => unchanged) };
}

/** The items of a list that commas separate, but for those within parentheses. */
function splitList(list: string): ReadonlyArray<string> {
  let depth = 0;
  const items = [""];
  for (const char of list) {
    depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (char === "," && depth === 0) items.push("");
    else items[items.length - 1] += char;
  }
  return items.map((item) => item.trim());
}

/** Where the parenthesis closes that opens before a position. */
function closingParenthesis(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    depth += text[at] === "(" ? 1 : text[at] === ")" ? -1 : 0;
    if (depth === 0) return at;
  }
  return text.length;
}
