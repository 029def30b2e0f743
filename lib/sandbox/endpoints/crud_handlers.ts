/**
 * What endpoints do by default: list, get, create, update and delete rows of their collection. `endpoint_handlers.ts`
 * takes them for every endpoint that has no handler of its own; handlers of their own are built from the same parts.
 *
 * @module
 */
import { bodyFields } from "../../request.ts";
import { completeRow, newIds } from "../data/complete_row.ts";
import { isDeleted } from "../data/row_store.ts";
import { issuedSecrets } from "../data/secret_fields.ts";
import type { RequestFaults } from "../protocol/faults.ts";
import { pageOf, type ReadField, readListQuery } from "../protocol/list_query.ts";
import {
  answer,
  isRow,
  notFound,
  parseTime,
  refuse,
  type Reply,
  type Row,
  stamp,
} from "../protocol/response_format.ts";
import { checkBody, checkRow, notAnObject, writableFields } from "./check_body.ts";
import { type EndpointRequest, type Handler, idsOf, inPath, rowOf } from "./endpoint_request.ts";
import { answerRow, readField } from "./show_row.ts";

// ---- reading --------------------------------------------------------------------------------------------------------

/** Lists the rows of a collection. */
export const list: Handler = (request) => listWhere(request, () => true);

/** Lists the rows of a collection that pass a test. */
export function listWhere(request: EndpointRequest, included: (row: Row) => boolean): Reply {
  const { world: { store }, route: { collection }, query, now, faults } = request;
  const rows = store.rows(collection).filter((row) => inPath(request, row) && included(row)).filter(inState(query));
  const hidden = hiddenItems(rows, faults, ({ created_at }) => now - parseTime(String(created_at)));
  return answerList(request, rows.filter((row) => !hidden.has(row)), {
    read: (row, field) => {
      const value = readField(request, collection, row, aliases[field] ?? field);
      const [, trigger = ""] = /^triggers_(.+)$/.exec(field) ?? [];
      return value === undefined && isRow(row.triggers) ? row.triggers[trigger] : value;
    },
    show: (row) => answerRow(request, row),
    remove: (row) => void (row.state = 2),
  });
}

const aliases: Readonly<Record<string, string>> = { pk: "id" };

function inState(query: URLSearchParams): (row: Row) => boolean {
  const state = query.get("state") ?? "active";
  const wanted = { active: "1", deleted: "2" }[state] ?? state;
  return (row) => wanted === "all" || row.state === undefined || String(row.state) === wanted;
}

/** The new items that a list does not show yet, because of the fault `hidden-in-list`. `age` is in milliseconds. */
export function hiddenItems<A>(
  items: ReadonlyArray<A>,
  faults: RequestFaults,
  age: (item: A) => number,
): ReadonlySet<A> {
  const younger = (seconds: number) => items.filter((item) => age(item) >= 0 && age(item) < seconds * 1000);
  const seconds = faults.take("hidden-in-list", (seconds) => younger(seconds).length > 0);
  return new Set(seconds === undefined ? [] : younger(seconds));
}

/** How {@linkcode answerList} handles the items of a list. */
export interface ListOptions<A> {
  /** Reads a field to filter or order by. */
  readonly read: ReadField<A>;
  /** Shows an item in the answer. */
  readonly show: (item: A) => unknown;
  /** Deletes an item, for the fault `row-deleted-between-pages`. */
  readonly remove: (item: A) => void;
}

/** Answers the page of a list that the query asks for. The items ascend by id. */
export function answerList<A>(
  { route: { call }, params, query, faults }: EndpointRequest,
  items: ReadonlyArray<A>,
  { read, show, remove }: ListOptions<A>,
): Reply {
  // The default is 10 in dbt's documentation of webhooks, and 100 everywhere else.
  const listQuery = readListQuery(query, read, call.name === "webhooks.list" ? 10 : 100);
  if (typeof listQuery === "string") return refuse(400, listQuery);
  const { limit, offset, order } = listQuery;
  const field = order.replace(/^-/, "");
  const [first] = items;
  if (first !== undefined && read(first, field) === undefined) return refuse(400, `Cannot order by ${field}`);
  const deleted = offset > 0 && faults.take("row-deleted-between-pages") !== undefined
    ? pageOf(items, { ...listQuery, offset: 0, limit: 1 }, read).rows[0]
    : undefined;
  if (deleted !== undefined) remove(deleted);
  const left = deleted === undefined ? items : items.filter((item) => item !== deleted);
  const { rows, total } = pageOf(left, listQuery, read);
  const has = (name: string) => Object.hasOwn(call.request, name);
  return answer(rows.map(show), 200, {
    filters: {
      ...idsOf(params),
      ...listQuery.filters,
      ...has("limit") ? { limit, offset } : {},
      ...has("state") ? { state: query.get("state") ?? (call.name.startsWith("runs.") ? "all" : "active") } : {},
    },
    order_by: has("order_by") ? order : null,
    pagination: { count: rows.length, total_count: total },
  });
}

/** Shows one row. */
export const get: Handler = (request) => {
  const row = rowOf(request);
  return row === undefined ? notFound() : answer(answerRow(request, row));
};

// ---- writing --------------------------------------------------------------------------------------------------------

/** Creates a row. */
export const create: Handler = (request) => {
  const fields = writableFields(request);
  const { route: { call, collection }, params, body } = request;
  if (!isRow(fields)) return notAnObject();
  const written = { ...fields, ...idsOf(params) };
  const refused = checkBody(request, body) ?? checkRow(request, written);
  if (refused !== undefined) return refused;
  const row = addRow(request, collection, written);
  return answer({ ...answerRow(request, row), ...issuedSecrets(call.name, row) }, 201);
};

/** Adds a row to a collection, with ids and times. */
export function addRow({ world: { store }, now }: EndpointRequest, collection: string, fields: Row): Row {
  const time = timeIn(collection, now);
  const times = { created_at: time, updated_at: time };
  return store.add(
    collection,
    (next) => completeRow(collection, { ...fields, ...times, ...newIds(collection, next) }),
  );
}

/** A time as rows of a collection have it: webhooks count microseconds. */
function timeIn(collection: string, now: number): string {
  return collection.startsWith("webhooks/") ? String(now * 1000) : stamp(now);
}

/** Objects of which a PATCH changes only the members that it has. The Terraform provider sends what has changed. */
const mergedByPatch = ["config", "values", "credential_details"];

/** Updates a row. Fields that are not given are reset where the endpoint `replaces` the row. */
export const update: Handler = (request) => {
  const row = rowOf(request);
  if (row === undefined) return notFound();
  const { route: { call, collection }, body, now } = request;
  const fields = writableFields(request) ?? (bodyFields(call).length === 0 ? {} : undefined);
  if (!isRow(fields)) return notAnObject();
  const partial = call.route.startsWith("PATCH ");
  const refused = checkBody(request, body, { partial });
  if (refused !== undefined) return refused;
  const replaces = call.kind === "endpoint" && call.replaces === true;
  const settable = new Set(bodyFields(call));
  const kept = replaces ? Object.fromEntries(Object.entries(row).filter(([name]) => !settable.has(name))) : row;
  const { id, account_id, created_at } = row;
  const written: Row = { ...kept, ...fields, id, account_id, created_at, updated_at: timeIn(collection, now) };
  for (const name of partial ? mergedByPatch : []) {
    if (isRow(row[name]) && isRow(fields[name])) written[name] = merged(row[name], fields[name]);
  }
  const brokenRule = checkRow(request, written, row);
  if (brokenRule !== undefined) return brokenRule;
  const completed = completeRow(collection, written, row);
  const before = isDeleted(row);
  // The same object stays in the store.
  for (const name of Object.keys(row)) delete row[name];
  Object.assign(row, completed);
  if (!before && isDeleted(row)) deleteDependents(request, collection, row);
  return answer({ ...answerRow(request, row), ...issuedSecrets(call.name, row) });
};

/** An object with the members of a patch; the `fields` of credentials are merged one by one too. */
function merged(old: Row, patch: Row): Row {
  const fields = isRow(old.fields) && isRow(patch.fields) ? { fields: { ...old.fields, ...patch.fields } } : {};
  return { ...old, ...patch, ...fields };
}

/** Deletes a row: dbt Cloud keeps it, with the state 2. */
export const remove: Handler = (request) => {
  const row = rowOf(request);
  if (row === undefined) return notFound();
  Object.assign(row, { state: 2, updated_at: stamp(request.now) });
  deleteDependents(request, request.route.collection, row);
  return answer(answerRow(request, row));
};

/**
 * What is deleted together with a row: collections, and the field that refers to it. "Deleting an environment
 * automatically deletes its associated job(s)" is dbt's documentation; the rest is inferred, since nothing could reach
 * these rows any more.
 */
const dependents: Readonly<Record<string, ReadonlyArray<readonly [collection: string, field: string]>>> = {
  environments: [["jobs", "environment_id"], ["environment-variables", "environment_id"]],
  jobs: [["environment-variables", "job_definition_id"]],
  projects: [["environments", "project_id"], ["jobs", "project_id"], ["environment-variables", "project_id"]],
};

function deleteDependents(request: EndpointRequest, collection: string, { id }: Row): void {
  for (const [others, field] of dependents[collection] ?? []) {
    for (const row of request.world.store.rows(others)) {
      if (row[field] !== id || isDeleted(row)) continue;
      Object.assign(row, { state: 2, updated_at: stamp(request.now) });
      deleteDependents(request, others, row);
    }
  }
}
