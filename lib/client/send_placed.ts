/**
 * Sends a request that is already placed. The command line places requests itself: its fields are in their JSON form,
 * and `--dry-run` prints the placed request instead.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { Dbt, type Named } from "../dbt.ts";
import type { Definition } from "../definition.ts";
import type { DbtError } from "../error.ts";
import type { Placed } from "../request.ts";
import { answerReader } from "./response.ts";

/** Sends a request that is already placed, and reads its answer. */
export const submit = Effect.fnUntraced(function* <Request, Success>(
  endpoint: Named<Definition<Request, Success>>,
  placed: Placed,
): Effect.fn.Return<Success, DbtError, Dbt> {
  const dbt = yield* Dbt;
  return yield* dbt.execute(endpoint.name, placed, yield* answerReader(endpoint, new URL(dbt.url).host, placed));
});
