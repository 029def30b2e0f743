/**
 * What every endpoint needs of its surroundings, and nothing of how it is made: `lib/client` makes it.
 *
 * @module
 */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import type * as Stream from "effect/Stream";
import type { Call, Definition } from "./definition.ts";
import type { DbtError, Reason } from "./error.ts";
import type { Defaults, Placed } from "./request.ts";

/** A definition under the name that people know it by: `jobs.get`. */
export type Named<A> = A & { readonly name: string };

/** An answer with a good status, unread. */
export interface Received {
  /** Its HTTP status. */
  readonly status: number;
  /** Its body. */
  readonly text: string;
}

/** A connection to dbt Cloud, or to what stands in for it. */
export interface Dbt {
  /** Where requests go: `https://ab123.us1.dbt.com`. */
  readonly url: string;
  /** The ids that fill paths where a request has none. */
  readonly defaults: Defaults;
  /** Whether every request that is not a GET is refused. */
  readonly readonly: boolean;
  /** Sends a request and reads its answer. */
  readonly send: <Request, Success>(
    endpoint: Named<Definition<Request, Success>>,
    request: Request,
  ) => Effect.Effect<Success, DbtError>;
  /** Sends a request and streams the file that it answers. */
  readonly stream: <Request>(endpoint: Named<Call<Request>>, request: Request) => Stream.Stream<Uint8Array, DbtError>;
  /** Sends a request that is placed already, and reads its answer with `read`; errors name it `name`. */
  readonly execute: <A>(
    name: string,
    placed: Placed,
    read: (received: Received) => Result.Result<A, Reason>,
  ) => Effect.Effect<A, DbtError>;
}

/** The connection at hand. */
export const Dbt: Context.Service<Dbt, Dbt> = Context.Service<Dbt>("@dbtc/dbtc/Dbt");
