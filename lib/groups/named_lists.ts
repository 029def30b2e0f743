/**
 * The lists that have the names of things: reading their rows as things with id and name. `find_named.ts` searches them by
 * name, and the command line shows the names, or lets a person choose.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Predicate from "effect/Predicate";
import * as Stream from "effect/Stream";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import type { Endpoint, Page } from "../endpoint.ts";
import type { DbtError } from "../error.ts";
import { type Named, spokenNames } from "../find_by_name.ts";
import { pages } from "../paginate.ts";
import { loaders } from "./group_loaders.ts";
import { type NamedKind, namedThings } from "./named_things.ts";
import { type AnyRequest, rowsOf } from "./table_entry.ts";

/** The ids of what contains a thing. */
export interface ParentIds {
  /** The account's id (default: the client's). */
  readonly account_id?: number;
  /** The project's id. */
  readonly project_id?: number;
  /** The environment's id. */
  readonly environment_id?: number;
  /** The user's id, for things of one user. */
  readonly user_id?: number;
}

/** What a name, an id or a URL means. */
export interface ResolvedId extends ParentIds {
  /** The kind of the thing. */
  readonly kind: NamedKind | "run";
  /** Its id. */
  readonly id: number | string;
  /** Its name, if it was looked up. */
  readonly name?: string;
}

/** A list of any group. */
export type List = Endpoint<AnyRequest, Page<unknown>>;

/** The list that has the names of a kind. */
export const listOf = Effect.fnUntraced(function* (kind: NamedKind): Effect.fn.Return<List> {
  const { group, list } = namedThings[kind];
  const members = yield* Effect.promise(async () => await loaders[group]?.load() ?? {});
  const call = rowsOf(members).find(({ call }) => call.name === list)?.call;
  // `named_things.ts` is written from the table, and a test compares the two: the list exists and has pages.
  return call as List;
});

/** The part of a place that a list takes. */
export function within(list: List, place: ParentIds): AnyRequest {
  return Object.fromEntries(
    Object.entries(place).filter(([name, id]) => id !== undefined && Object.hasOwn(list.request, name)),
  );
}

/** The first rows of a list, and how many it has. */
export const readRows = Effect.fnUntraced(function* (list: List, request: AnyRequest, most: number) {
  if (!("limit" in list.request)) {
    const { data } = yield* list(request);
    return { rows: data, total: data.length };
  }
  let total = 0;
  const rows = yield* pages(list, request, { rows: most }).pipe(
    Stream.tap(({ extra }) =>
      Effect.sync(() => {
        total = Math.max(total, extra?.pagination?.total_count ?? 0);
      })
    ),
    Stream.flatMap(({ data }) => Stream.fromArray(data)),
    Stream.take(most),
    Stream.runCollect,
  );
  return { rows, total: Math.max(total, rows.length) };
});

/** A row as a thing that can be found; none if it has no id or no name. */
export function thingOf(kind: NamedKind, row: unknown): Option.Option<ResolvedId & Named> {
  if (!Predicate.isReadonlyObject(row)) return Option.none();
  const { id } = row;
  if (typeof id !== "number" && typeof id !== "string") return Option.none();
  const names = namedThings[kind].names.flatMap((member) => {
    const name = row[member];
    return typeof name === "string" && name !== "" ? [name] : [];
  });
  const [name] = names;
  if (name === undefined) return Option.none();
  const ids = (["account_id", "project_id", "environment_id"] as const).flatMap((member) => {
    const value = row[member];
    return typeof value === "number" ? [[member, value] as const] : [];
  });
  return Option.some({ kind, id, name, names: names.flatMap(spokenNames), ...Object.fromEntries(ids) });
}

/** Some things of a kind, and how many there are. */
export interface NamedList {
  /** The first things of the list. */
  readonly things: ReadonlyArray<ResolvedId & Named>;
  /** How many the list has. */
  readonly total: number;
}

/** Gives the first things of a kind in a place that fit the filter. One request for each 100 things. */
export const listNamed: (
  kind: NamedKind,
  place: ParentIds,
  most: number,
  filter?: AnyRequest,
) => Effect.Effect<NamedList, DbtError, Dbt> = Effect.fnUntraced(function* (kind, place, most, filter = {}) {
  const list = yield* listOf(kind);
  const { rows, total } = yield* readRows(list, { ...filter, ...within(list, place) }, most);
  return { things: rows.flatMap((row) => Option.toArray(thingOf(kind, row))), total };
});

/** The most rows that are read for the names of things: 10 requests. */
const namedRows = 1000;

/** The names of things, by id. */
export interface NamesById {
  /** The names. Things that are not found have none. */
  readonly names: ReadonlyMap<number | string, string>;
  /** How many things were not read, because there are too many. */
  readonly unread: number;
}

const noNames: NamesById = { names: new Map(), unread: 0 };

/**
 * Gets the names of things. One request for each 100 things, or for each 100 rows where dbt Cloud cannot filter by id: 10
 * requests at most. Where a request fails, nothing has a name.
 */
export const namesById: (
  kind: NamedKind,
  ids: ReadonlyArray<number | string>,
  place?: ParentIds,
) => Effect.Effect<NamesById, never, Dbt> = Effect.fnUntraced(
  function* (kind, ids, place = {}) {
    const list = yield* listOf(kind);
    const { account_id } = place;
    const unique = [...new Set(ids)].slice(0, namedRows);
    const filters = "pk__in" in list.request;
    const request = {
      ...defined({ account_id }),
      // Deleted things are named too: their runs are still there.
      ...("state" in list.request ? { state: "all" } : {}),
      ...(filters ? { pk__in: unique } : {}),
    };
    const { rows, total } = yield* readRows(list, request, filters ? unique.length : namedRows);
    const things = rows.flatMap((row) => Option.toArray(thingOf(kind, row)));
    return { names: new Map(things.map(({ id, name = "" }) => [id, name] as const)), unread: total - rows.length };
  },
  Effect.orElseSucceed(() => noNames),
);
