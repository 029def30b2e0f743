/**
 * What an endpoint does by default: lists, shows and changes the rows of its collection.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import { bodyFields, fieldOf, pathNames } from "../request.ts";
import type { Drawn } from "./faults.ts";
import { listOf, pick, type Read, readQuery, typed } from "./query.ts";
import { collectionOf, membersOf, type Route } from "./routes.ts";
import type { Runs } from "./runs.ts";
import { isRow, type Lookup, show, whole } from "./shape.ts";
import { isDeleted, type Store } from "./store.ts";
import { answer, instant, invalid, notFound, refuse, type Reply, type Row, stamp } from "./wire.ts";

/** All that a sandbox holds. */
export interface World {
  /** Its rows. */
  readonly store: Store;
  /** Its runs. */
  readonly runs: Runs;
  /** How much faster than dbt Cloud its runs go. */
  readonly speed: number;
}

/** A request that found its route. */
export interface Ask {
  /** What it is asked of. */
  readonly world: World;
  /** The route. */
  readonly route: Route;
  /** The ids in its path, and its tail. */
  readonly params: Readonly<Record<string, string>>;
  /** Its query. */
  readonly query: URLSearchParams;
  /** Its body; undefined where it has none. */
  readonly body: unknown;
  /** The time. */
  readonly now: number;
  /** Where it was sent: `http://127.0.0.1:8580`. */
  readonly origin: string;
  /** What can go wrong with it. */
  readonly faults: Drawn;
}

/** Answers a request, or nothing where it does not know how to. */
export type Behave = (ask: Ask) => Reply | undefined;

/** The things that a request wants with the answer. */
export function relatedOf(query: URLSearchParams): ReadonlyArray<string> {
  return listOf(query.getAll("include_related"));
}

const aliases: Readonly<Record<string, string>> = { pk: "id" };

const readRow: Read<Row> = (row, field) => {
  const name = aliases[field] ?? field;
  if (name in row) return row[name];
  const [, part = ""] = /^triggers_(.+)$/.exec(name) ?? [];
  return isRow(row.triggers) ? row.triggers[part] : undefined;
};

/** Lists the things of a collection. */
export function list(lookup: (ask: Ask) => Lookup): Behave {
  return (ask) => {
    const { world: { store }, route, query, now, faults } = ask;
    const rows = store.rows(route.collection).filter((row) => inPath(ask, row)).filter(inState(query));
    const hidden = hide(rows, faults, ({ created_at }) => now - instant(String(created_at)));
    return answerList(ask, rows.filter((row) => !hidden.has(row)), readRow, {
      show: (row) => show(store, route.version, route.collection, row, relatedOf(query), lookup(ask)),
      remove: (row) => void (row.state = 2),
    });
  };
}

/** The new things that a list does not show yet. */
export function hide<A>(items: ReadonlyArray<A>, faults: Drawn, age: (item: A) => number): ReadonlySet<A> {
  const younger = (seconds: number) => items.filter((item) => age(item) >= 0 && age(item) < seconds * 1000);
  const seconds = faults.take("hidden-in-list", (seconds) => younger(seconds).length > 0);
  return new Set(seconds === undefined ? [] : younger(seconds));
}

/** Answers a page of things that ascend by id. */
export function answerList<A>(
  { route: { call }, params, query, faults }: Ask,
  items: ReadonlyArray<A>,
  read: Read<A>,
  deeds: { readonly show: (item: A) => unknown; readonly remove: (item: A) => void },
): Reply {
  const asked = readQuery(query, read);
  if (typeof asked === "string") return refuse(400, asked);
  const field = asked.order.replace(/^-/, "");
  const [first] = items;
  if (first !== undefined && read(first, field) === undefined) return refuse(400, `Cannot order by ${field}`);
  const gone = asked.offset > 0 && faults.take("row-deleted-between-pages") !== undefined
    ? pick(items, { ...asked, offset: 0, limit: 1 }, read).rows[0]
    : undefined;
  if (gone !== undefined) deeds.remove(gone);
  const left = gone === undefined ? items : items.filter((item) => item !== gone);
  const { rows, total } = pick(left, asked, read);
  const has = (name: string) => Object.hasOwn(call.request, name);
  return answer(rows.map(deeds.show), 200, {
    filters: {
      ...idsOf(params),
      ...asked.filters,
      ...has("limit") ? { limit: asked.limit, offset: asked.offset } : {},
      ...has("state") ? { state: query.get("state") ?? (call.name.startsWith("runs.") ? "all" : "active") } : {},
    },
    order_by: has("order_by") ? asked.order : null,
    pagination: { count: rows.length, total_count: total },
  });
}

/** The ids in a path. Most are numbers. */
function idsOf(params: Ask["params"]): Row {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typed(value)]));
}

function inState(query: URLSearchParams): (row: Row) => boolean {
  const state = query.get("state") ?? "active";
  const wanted = { active: "1", deleted: "2" }[state] ?? state;
  return (row) => wanted === "all" || row.state === undefined || String(row.state) === wanted;
}

/** Whether a row lies where the path says: in its account, project … */
function inPath({ params }: Ask, row: Row): boolean {
  return Object.entries(params).every(([name, value]) => row[name] === undefined || String(row[name]) === value);
}

/** The row that a path names, if it is there. */
export function rowOf(ask: Ask): Row | undefined {
  const names = pathNames(ask.route.call.route);
  const own = names.at(-1) ?? "";
  const { [own]: id, ...around } = ask.params;
  const row = ask.world.store.find(ask.route.collection, id);
  return row !== undefined && !isDeleted(row) && inPath({ ...ask, params: around }, row) ? row : undefined;
}

/** Shows one thing. */
export function get(lookup: (ask: Ask) => Lookup): Behave {
  return (ask) => {
    const row = rowOf(ask);
    return row === undefined ? notFound() : answer(shown(ask, row, lookup(ask)));
  };
}

function shown({ world: { store }, route, query }: Ask, row: Row, lookup?: Lookup): Row {
  return show(store, route.version, route.collection, row, relatedOf(query), lookup);
}

/** Adds a thing. */
export const create: Behave = (ask) => {
  const { world: { store }, route, params, now } = ask;
  const body = bodyOf(ask);
  if (!isRow(body)) return notRow(ask);
  const wrong = mistakes(ask, body, true);
  if (wrong !== undefined) return wrong;
  const times = { created_at: stamp(now), updated_at: stamp(now) };
  const { collection } = route;
  const id = membersOf(collection).get("id")?._tag === "String" ? String : Number;
  const row = store.add(collection, whole(collection, { ...body, ...idsOf(params), ...times }), id);
  return answer(shown(ask, row), 201);
};

/** Changes a thing: resets what is not given where the endpoint says so. */
export const update: Behave = (ask) => {
  const row = rowOf(ask);
  if (row === undefined) return notFound();
  const body = bodyOf(ask);
  if (!isRow(body)) return notRow(ask);
  const { route: { call, collection }, now } = ask;
  const replaces = call.kind === "endpoint" && call.replaces === true;
  const wrong = mistakes(ask, body, !call.route.startsWith("PATCH "));
  if (wrong !== undefined) return wrong;
  const settable = new Set(bodyFields(call));
  const kept = replaces ? Object.fromEntries(Object.entries(row).filter(([name]) => !settable.has(name))) : row;
  const { id, account_id, created_at } = row;
  const given = { ...kept, ...body, id, account_id, created_at, updated_at: stamp(now) };
  for (const name of Object.keys(row)) delete row[name];
  Object.assign(row, whole(collection, given));
  return answer(shown(ask, row));
};

/** Deletes a thing: softly. */
export const remove: Behave = (ask) => {
  const row = rowOf(ask);
  if (row === undefined) return notFound();
  Object.assign(row, { state: 2, updated_at: stamp(ask.now) });
  return answer(shown(ask, row));
};

/** What is said of a body that is no object: nothing where the endpoint takes such bodies. */
function notRow({ route: { call }, body }: Ask): Reply | undefined {
  return call.payload !== undefined && body !== undefined ? undefined : invalid({ body: "expected a dictionary" });
}

/** The fields of a write: its body, without what is not for it to say. */
function bodyOf({ body }: Ask): unknown {
  if (!isRow(body)) return body;
  const { id: _, created_at: _created, updated_at: _updated, _sandbox, ...rest } = body;
  return rest;
}

/** What is wrong with a body: fields that are missing, of the wrong kind, or that speak of what is not there. */
export function mistakes({ route: { call }, world: { store } }: Ask, body: Row, whole: boolean): Reply | undefined {
  const wrong: Row = {};
  for (const name of bodyFields(call)) {
    const schema = fieldOf(call, name);
    const value = name === call.payload ? body : body[name];
    if (schema === undefined) continue;
    if (value === undefined || value === null) {
      if (whole && !SchemaAST.isOptional(schema.ast)) wrong[name] = "required key not provided";
    } else if (Result.isFailure(Schema.decodeUnknownResult(schema)(value))) {
      wrong[name] = "not a valid value";
    } else if (name.endsWith("_id") && store.has(collectionOf(name))) {
      const row = store.find(collectionOf(name), value);
      if (row === undefined || isDeleted(row)) wrong[name] = `${value} does not exist`;
    }
  }
  return Object.keys(wrong).length === 0 ? undefined : invalid(wrong);
}
