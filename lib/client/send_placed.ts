/**
 * An endpoint's answer, of a request that is placed already: what the command line sends.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import { Dbt, type Named, type Received } from "../dbt.ts";
import type { Definition } from "../definition.ts";
import type { DbtError, Reason } from "../error.ts";
import type { Placed } from "../request.ts";
import { Drift } from "./drift.ts";
import { readAnswer } from "./response.ts";

/** What reads an endpoint's answer. */
export function reading<Request, Success>(
  { name, success }: Named<Definition<Request, Success>>,
  host: string,
  placed: Placed,
): Effect.Effect<(received: Received) => Result.Result<Success, Reason>> {
  return Effect.map(Drift, (drift) => {
    const look = drift && ((value: unknown) => drift.observe(name, success, value));
    return (received) => readAnswer(success, host, placed, received, look);
  });
}

/** Sends a request that is placed already, and reads its answer. */
export const submit = Effect.fnUntraced(function* <Request, Success>(
  endpoint: Named<Definition<Request, Success>>,
  placed: Placed,
): Effect.fn.Return<Success, DbtError, Dbt> {
  const dbt = yield* Dbt;
  return yield* dbt.execute(endpoint.name, placed, yield* reading(endpoint, new URL(dbt.url).host, placed));
});
