/**
 * The names in a table of a list: which related objects the list is asked for, and which names are looked up.
 * `call_endpoint.ts` prints lists with them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Stdio from "effect/Stdio";
import type { Dbt } from "../../dbt.ts";
import { plural } from "../../find_by_name.ts";
import { type FoundKind, kindOfField, nounOf } from "../../groups/id_fields.ts";
import type { AnyRequest, Callable } from "../../groups/table_entry.ts";
import { fieldOf } from "../../request.ts";
import { namesOf } from "../../schema.ts";
import type { NamesByColumn } from "../output/cell_text.ts";
import { grouped } from "../output/counted.ts";
import { valueAt } from "../output/row_fields.ts";
import { note } from "../output/write_output.ts";

/** The columns that have ids of things with names, and the kinds of the things. */
function idColumns(
  columns: ReadonlyArray<string>,
): ReadonlyArray<{ readonly column: string; readonly kind: FoundKind }> {
  return columns.flatMap((column) => {
    const kind = kindOfField(column.split(".").at(-1) ?? column);
    return kind === undefined || kind === "run" ? [] : [{ column, kind }];
  });
}

/** The related objects that a list can include. */
function relatedOf(call: Callable): ReadonlyArray<string> {
  const field = fieldOf(call, "include_related");
  return Object.keys((field === undefined ? undefined : namesOf(field)) ?? {});
}

/**
 * A request for the rows of a table: with the related objects that its columns show. Their names come with the rows if
 * one page is enough; for more pages, they would come again with each row.
 */
export function tableRequest(
  call: Callable,
  columns: ReadonlyArray<string>,
  request: AnyRequest,
  isOnePage: boolean,
): AnyRequest {
  const known = relatedOf(call);
  const given = Array.isArray(request.include_related) ? request.include_related : [];
  const wanted = [
    ...columns.map((column) => column.split(".")[0] ?? column),
    ...isOnePage ? idColumns(columns).map(({ kind }) => kind) : [],
  ].filter((name) => known.includes(name));
  const all = [...new Set([...given, ...wanted])];
  return all.length === 0 ? request : { ...request, include_related: all };
}

/** The names for the ids in a table: those that came with the rows, else those of one look-up for each kind of thing. */
export const tableNames: (
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<unknown>,
  request: AnyRequest,
) => Effect.Effect<NamesByColumn, never, Dbt | Stdio.Stdio> = Effect.fnUntraced(function* (columns, rows, request) {
  const account = typeof request.account_id === "number" ? { account_id: request.account_id } : {};
  const all = new Map<string, ReadonlyMap<unknown, string>>();
  for (const { column, kind } of idColumns(columns)) {
    if (kind === "run") continue;
    const names = new Map<unknown, string>();
    for (const row of rows) {
      const name = valueAt(row, `${kind}.name`);
      if (typeof name === "string") names.set(valueAt(row, column), name);
    }
    const ids = rows.flatMap((row) => valueAt(row, column)).filter((id) =>
      typeof id === "number" || typeof id === "string"
    );
    const unnamed = ids.filter((id) => !names.has(id));
    if (unnamed.length > 0) {
      const { namesById } = yield* Effect.promise(() => import("../../groups/named_lists.ts"));
      const found = yield* namesById(kind, unnamed, account);
      for (const [id, name] of found.names) names.set(id, name);
      if (found.unread > 0 && unnamed.some((id) => !names.has(id))) {
        const all = grouped(found.unread + found.names.size);
        yield* note(`Some rows show ids: dbtc read the names of ${found.names.size} of ${all} ${plural(nounOf(kind))}`);
      }
    }
    all.set(column, names);
  }
  return all;
});
