/**
 * What an endpoint does by default: lists, shows and changes the rows of its collection.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import { bodyFields, fieldOf, pathNames } from "../../request.ts";
import type { Drawn } from "../protocol/faults.ts";
import { listOf, pick, type Read, readQuery, typed } from "../protocol/list_query.ts";
import { issueOnce, newId, rules, withoutSecrets } from "../data/input_rules.ts";
import { answeredBy, collectionOf, type Route } from "../protocol/routes.ts";
import type { Runs } from "../runs/run_store.ts";
import { type Lookup, show, whole } from "../data/show_row.ts";
import { isDeleted, type Store } from "../data/row_store.ts";
import {
  answer,
  instant,
  invalid,
  isRow,
  notFound,
  refuse,
  type Reply,
  type Row,
  stamp,
} from "../protocol/response_format.ts";

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

/** Lists the things of a collection: those that are meant, where not all are. */
export function list(lookup: (ask: Ask) => Lookup, meant: (row: Row) => boolean = () => true): Behave {
  return (ask) => {
    const { world: { store }, route, query, now, faults } = ask;
    const rows = store.rows(route.collection).filter((row) => inPath(ask, row) && meant(row))
      .filter(inState(query));
    const hidden = hide(rows, faults, ({ created_at }) => now - instant(String(created_at)));
    return answerList(ask, rows.filter((row) => !hidden.has(row)), readRow, {
      show: (row) => shown(ask, row, lookup(ask)),
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
  // dbt's documentation of webhooks has 10; all else that lists has 100.
  const asked = readQuery(query, read, call.name === "webhooks.list" ? 10 : 100);
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

/** Names in paths that rows call otherwise. */
const elsewhere: Readonly<Record<string, string>> = { webhook_id: "subscription_id" };

/** Whether a row lies where the path says: in its account, project … */
export function inPath({ params }: Pick<Ask, "params">, row: Row): boolean {
  return Object.entries(params).every(([name, value]) => {
    const cell = row[elsewhere[name] ?? name];
    return cell === undefined || String(cell) === value;
  });
}

/** The row that a path names, if it is there. */
export function rowOf(ask: Ask, collection = ask.route.collection): Row | undefined {
  const names = pathNames(ask.route.call.route);
  const own = names.at(-1) ?? "";
  const { [own]: id, ...around } = ask.params;
  const row = ask.world.store.find(collection, id);
  const gone = row === undefined || (isDeleted(row) && !stillRead.has(ask.route.call.name));
  return !gone && inPath({ params: around }, row) ? row : undefined;
}

/** What finds deleted things too: Terraform looks at a service token's state, and a licence is given back. */
const stillRead = new Set(["serviceTokens.get", "users.updateLicense"]);

/** Shows one thing. */
export function get(lookup: (ask: Ask) => Lookup): Behave {
  return (ask) => {
    const row = rowOf(ask);
    return row === undefined ? notFound() : answer(shown(ask, row, lookup(ask)));
  };
}

/** A row as the endpoint answers it: without the members that its answer does not know. */
export function shown({ world: { store }, route, query }: Ask, row: Row, lookup?: Lookup): Row {
  const whole = show(store, route.version, route.collection, row, relatedOf(query), lookup);
  const known = answeredBy(route.call);
  return known.size === 0 ? whole : Object.fromEntries(Object.entries(whole).filter(([name]) => known.has(name)));
}

/** Adds a thing. */
export const create: Behave = (ask) => {
  const body = bodyOf(ask);
  if (!isRow(body)) return notRow(ask);
  const { route: { call, collection } } = ask;
  const given = { ...body, ...idsOf(ask.params) };
  const wrong = mistakes(ask, ask.body, true) ?? broken(ask, given);
  if (wrong !== undefined) return wrong;
  const row = addRow(ask, collection, given);
  return answer({ ...shown(ask, row), ...issueOnce(call.name, row) }, 201);
};

/** Adds a row to a collection. */
export function addRow({ world: { store }, now }: Ask, collection: string, given: Row): Row {
  const at = collection.startsWith("webhooks/") ? String(now * 1000) : stamp(now);
  const times = { created_at: at, updated_at: at };
  return store.add(collection, (next) => whole(collection, { ...given, ...times, ...newId(collection, next) }));
}

/** Members of things that a PATCH changes one by one, where it has some of them. */
const parts = new Set(["config", "values"]);

/** Changes a thing: resets what is not given where the endpoint says so. */
export const update: Behave = (ask) => {
  const row = rowOf(ask);
  if (row === undefined) return notFound();
  const { route: { call, collection }, now } = ask;
  const body = bodyOf(ask) ?? (bodyFields(call).length === 0 ? {} : undefined);
  if (!isRow(body)) return notRow(ask);
  const replaces = call.kind === "endpoint" && call.replaces === true;
  const partly = call.route.startsWith("PATCH ");
  const wrong = mistakes(ask, ask.body, !partly);
  if (wrong !== undefined) return wrong;
  const settable = new Set(bodyFields(call));
  const kept = replaces ? Object.fromEntries(Object.entries(row).filter(([name]) => !settable.has(name))) : row;
  const { id, account_id, created_at } = row;
  const at = collection.startsWith("webhooks/") ? String(now * 1000) : stamp(now);
  const given: Row = { ...kept, ...body, id, account_id, created_at, updated_at: at };
  for (const name of partly ? parts : []) {
    if (isRow(row[name]) && isRow(body[name])) given[name] = { ...row[name], ...body[name] };
  }
  const against = broken(ask, given);
  if (against !== undefined) return against;
  for (const name of Object.keys(row)) delete row[name];
  Object.assign(row, whole(collection, given));
  return answer({ ...shown(ask, row), ...issueOnce(call.name, row) });
};

/** What a thing as a whole breaks of its collection's rules. */
function broken({ route: { collection }, world: { store } }: Ask, given: Row): Reply | undefined {
  const wrong = rules[collection]?.(given, store.rows(collection).filter((row) => !isDeleted(row))) ?? {};
  return Object.keys(wrong).length === 0 ? undefined : invalid(wrong);
}

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

/** The fields of a write: its body, without what is not for it to say, and without secrets: nothing keeps them. */
function bodyOf({ route: { call }, body }: Ask): unknown {
  if (!isRow(body)) return body;
  const { id: _, created_at: _created, updated_at: _updated, _sandbox, ...rest } = body;
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => {
      const schema = fieldOf(call, name);
      return [name, schema === undefined ? value : withoutSecrets(schema.ast, value)];
    }).filter(([, value]) => value !== undefined),
  );
}

/** What is wrong with a body: fields that are missing, of the wrong kind, or that speak of what is not there. */
export function mistakes(ask: Ask, body: unknown, whole: boolean): Reply | undefined {
  const { route: { call } } = ask;
  const given = isRow(body) ? body : {};
  const wrong: Row = {};
  for (const name of bodyFields(call)) {
    const schema = fieldOf(call, name);
    const value = name === call.payload ? body : given[name];
    if (schema === undefined) continue;
    if (value === undefined || value === null) {
      if (whole && !SchemaAST.isOptional(schema.ast)) wrong[name] = "required key not provided";
    } else if (Result.isFailure(Schema.decodeUnknownResult(schema)(value))) {
      wrong[name] = "not a valid value";
    } else {
      const things = Array.isArray(value) ? value.filter(isRow) : [];
      Object.assign(wrong, unknownIn(ask, { [name]: value }), ...things.map((thing) => unknownIn(ask, thing)));
    }
  }
  return Object.keys(wrong).length === 0 ? undefined : invalid(wrong);
}

/** What of a body speaks of things that are not there. */
function unknownIn({ world: { store }, params: { account_id } }: Ask, given: Row): Row {
  const wrong: Row = {};
  for (const [name, value] of Object.entries(given)) {
    const collection = collectionOf(name.replace(/_ids$/, "_id"));
    if (!/_ids?$/.test(name) || !store.has(collection)) continue;
    for (const id of Array.isArray(value) ? value : [value ?? []].flat()) {
      const row = store.find(collection, id);
      const there = row !== undefined && !isDeleted(row) &&
        (account_id === undefined || inPath({ params: { account_id } }, row));
      if (!there) wrong[name] = `${id} does not exist`;
    }
  }
  return wrong;
}
