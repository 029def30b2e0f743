/**
 * Adds to a refusal which names of its query do not exist, and which names are like them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { listDimensions, listEntities, listMetrics } from "./metadata_queries.ts";
import type { LongQuery } from "./query_request.ts";

/**
 * Fails with the error, and with the nearest names where dbt Cloud refused the query for a name. It asks for the names
 * that exist: two or three requests, which only a refused query makes. Newer versions of dbt Cloud suggest names
 * themselves; then it asks nothing.
 */
export const withNearestNames = Effect.fnUntraced(function* (
  error: DbtError,
  { environment_id, groupBy = [], metrics = [] }: LongQuery,
): Effect.fn.Return<never, DbtError, Dbt> {
  const { endpoint, reason } = error;
  if (reason._tag !== "Invalid" || /suggestions/i.test(reason.user_message ?? "")) return yield* error;
  const environment = environment_id === undefined ? {} : { environment_id };
  const known = yield* Effect.orElseSucceed(listMetrics.pick("name")(environment), () => []);
  const asked = metrics.map(({ name }) => name);
  const unknown = asked.filter((name) => known.length > 0 && !known.some((metric) => metric.name === name));
  const words = unknown.length > 0
    ? unknown.map((name) => sentence("metric", name, known.map(({ name }) => name)))
    : asked.length === 0
    ? []
    : yield* Effect.orElseSucceed(
      wordsForItems(groupBy.map(({ name }) => name), { ...environment, metrics: asked }),
      () => [],
    );
  if (words.length === 0) return yield* error;
  const developer_message = [reason.developer_message, ...words].filter((word) => word !== undefined).join(" ");
  return yield* new DbtError({ endpoint, reason: { ...reason, developer_message } });
});

const wordsForItems = Effect.fnUntraced(function* (
  items: ReadonlyArray<string>,
  request: { readonly environment_id?: number; readonly metrics: ReadonlyArray<string> },
) {
  const dimensions = yield* listDimensions.pick("name", "qualifiedName")(request);
  const entities = yield* listEntities.pick("name")(request);
  const names = [
    ...dimensions.map(({ name, qualifiedName }) => qualifiedName ?? name),
    ...entities.map(({ name }) => name),
  ];
  return items.filter((item) => !names.includes(item)).map((item) =>
    sentence("dimension of these metrics", item, names)
  );
});

function sentence(noun: string, name: string, names: ReadonlyArray<string>): string {
  const meant = nearest(name, names, 3).map((other) => JSON.stringify(other));
  return `No ${noun} is called ${JSON.stringify(name)}.` +
    (meant.length === 0 ? "" : ` Did you mean ${meant.join(" or ")}?`);
}
