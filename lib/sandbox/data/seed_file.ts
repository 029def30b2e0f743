/**
 * Reads and checks the seed that a user gives: `readSeed` is public, and reads the file of `dbtc sandbox --seed`.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { oneLine } from "../../schema.ts";
import { parseJson } from "../protocol/json_text.ts";
import type { Row } from "../protocol/response_format.ts";
import { collectionOf, routes, rowMembers } from "../protocol/routes.ts";
import { jaffleShop } from "./jaffle_shop_seed.ts";
import { isDeleted, Seed } from "./row_store.ts";

/** The collections that a seed can have. */
const collections: ReadonlySet<string> = new Set([
  ...Object.keys(jaffleShop),
  // Runs are no rows: `runs/run_store.ts` holds them.
  ...routes.filter(({ action, collection }) => action !== undefined && collection !== "runs").map(({ collection }) =>
    collection
  ),
]);

/**
 * Reads a seed, or says what is wrong with it. A seed is JSON: rows by collection, which replace the collections of the
 * Jaffle Shop. Each row needs an `id` of its own; its fields are checked against the models, and the rows that it
 * refers to must exist.
 *
 * @example
 * ```ts
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Result from "effect/Result";
 * import assert from "node:assert/strict";
 *
 * const wrong = sandbox.readSeed(`{ "jobs": [{ "id": 9, "account_id": 1, "project_id": 2, "name": "Hourly" }] }`);
 * assert.deepEqual(wrong, Result.fail("jobs 9: there is no project_id 2"));
 * ```
 */
export function readSeed(text: string): Result.Result<Seed, string> {
  const seed = Result.flatMap(
    parseJson(text),
    (json) =>
      Result.mapError(
        Schema.decodeUnknownResult(Seed)(json),
        (error) => `it is not JSON of rows by collection: ${oneLine(error)}`,
      ),
  );
  if (Result.isFailure(seed)) return Result.fail(seed.failure);
  const all: Seed = { ...jaffleShop, ...seed.success };
  const ids = new Map(
    Object.entries(all).map(([collection, rows]) => [
      collection,
      new Set(rows.filter((row) => !isDeleted(row)).map(({ id }) => String(id))),
    ]),
  );
  for (const [collection, rows] of Object.entries(seed.success)) {
    if (!collections.has(collection)) {
      return Result.fail(`there is no collection "${collection}": ${[...collections].sort().join(", ")}`);
    }
    const seen = new Set<string>();
    for (const row of rows) {
      const named = `${collection} ${row.id ?? JSON.stringify(row).slice(0, 60)}`;
      const error = errorOf(collection, row, ids);
      if (error !== undefined) return Result.fail(`${named}: ${error}`);
      if (seen.has(String(row.id))) return Result.fail(`${named}: there are two of this id`);
      seen.add(String(row.id));
    }
  }
  return Result.succeed(seed.success);
}

/** What is wrong with a row; undefined where nothing is. */
function errorOf(collection: string, row: Row, ids: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  if (typeof row.id !== "number" && typeof row.id !== "string") return "it has no id";
  const members = rowMembers(collection);
  if (members.has("account_id") && row.account_id === undefined) return "it has no account_id";
  for (const [name, value] of Object.entries(row)) {
    const member = members.get(name);
    const read = member === undefined
      ? undefined
      : Schema.decodeUnknownResult(Schema.make<Schema.Codec<unknown>>(member))(value);
    if (read !== undefined && Result.isFailure(read)) {
      return `${name} is not what it should be: ${oneLine(read.failure)}`;
    }
    const others = name.endsWith("_id") ? ids.get(collectionOf(name)) : undefined;
    if (others !== undefined && value !== null && !others.has(String(value))) return `there is no ${name} ${value}`;
  }
  return undefined;
}
