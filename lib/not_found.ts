/**
 * The error of what is not among the rows that dbt Cloud returned. Workflows and the command line fail with it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { Dbt } from "./dbt.ts";
import { DbtError } from "./error.ts";

/** Fails with `NotFound`, for what is not among the rows that dbt Cloud returned. */
export const notFound = Effect.fnUntraced(function* (
  endpoint: string,
  detail: string,
): Effect.fn.Return<never, DbtError, Dbt> {
  const { host } = new URL((yield* Dbt).url);
  return yield* new DbtError({
    endpoint,
    reason: { _tag: "NotFound", status: 404, enveloped: true, host, detail },
  });
});
