/**
 * How rows look from outside: their defaults, the things they relate to, and their times.
 *
 * @module
 */
import { always, computed, defaults, made, type See } from "./computed_fields.ts";
import { collectionOf, membersOf } from "../protocol/routes.ts";
import type { Course } from "./jaffle_shop_seed.ts";
import { isDeleted, type Store } from "./row_store.ts";
import { isRow, type Row } from "../protocol/response_format.ts";

/** A whole row: what is given, over the defaults of its collection. */
export function whole(collection: string, given: Row): Row {
  const row: Row = {};
  for (const name of membersOf(collection).keys()) row[name] = null;
  Object.assign(row, { state: 1 }, defaults[collection]);
  for (const [name, value] of Object.entries(given)) {
    const parts = row[name];
    row[name] = isRow(parts) && isRow(value) ? { ...parts, ...value } : value;
  }
  if ("raw_dbt_version" in row) row.raw_dbt_version = row.dbt_version;
  return { ...row, ...made[collection]?.(row, given) };
}

/** How the runs of a job go. */
export function courseOf(job: Row): Course {
  return isRow(job._sandbox) ? job._sandbox : {};
}

/** Looks up what is not in the store: the runs of a job. */
export type Lookup = (row: Row, name: string) => unknown;

/** A row as an answer shows it, with the things that it relates to. */
export function show(
  store: Store,
  version: "v2" | "v3",
  collection: string,
  row: Row,
  related: ReadonlyArray<string>,
  lookup: Lookup = () => undefined,
): Row {
  const { _sandbox, ...rest } = row;
  const see: See = (collection, id) => {
    const other = store.find(collection, id);
    return other === undefined || isDeleted(other) ? undefined : show(store, version, collection, other, []);
  };
  const shown: Row = { ...rest, ...computed[collection]?.(row, store, see) };
  for (const name of new Set([...always[`${version} ${collection}`] ?? [], ...related])) {
    const thing = lookup(row, name) ?? relation(store, version, collection, row, name);
    if (thing !== undefined) shown[name] = thing;
  }
  // What v3 speaks of, but for accounts, and projects have a space in their times: the rest a T.
  const spaced = collection === "projects" || (version === "v3" && collection !== "accounts");
  return spaced ? shown : Object.fromEntries(
    Object.entries(shown).map(([name, value]) =>
      name.endsWith("_at") && typeof value === "string" ? [name, value.replace(" ", "T")] : [name, value]
    ),
  );
}

function relation(store: Store, version: "v2" | "v3", collection: string, row: Row, name: string): unknown {
  if (`${name}_id` in row) {
    const target = collectionOf(`${name}_id`);
    const other = store.find(target, row[`${name}_id`]);
    if (other === undefined) return null;
    const shown = show(store, version, target, other, []);
    return version === "v2" && collection === "environments" && name === "connection" ? flat(shown) : shown;
  }
  const others = name.replaceAll("_", "-");
  const owner = `${collection.replace(/s$/, "")}_id`;
  return !store.has(others)
    ? undefined
    : store.rows(others).filter((other) => other[owner] === row.id && !isDeleted(other)).map((other) =>
      show(store, version, others, other, [])
    );
}

/** A connection as v2 environments have it: its details among its members. */
function flat({ details, project_id, ...rest }: Row): Row {
  return { ...rest, dbt_project_id: project_id, ...(isRow(details) ? details : {}) };
}
