/**
 * `Dbt`, the service that every endpoint needs: a connection to dbt Cloud, or to the sandbox. This file has its
 * interface and key; the layers of `lib/client` provide it.
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

/** A definition together with its name: `jobs.get`. */
export type Named<A> = A & { readonly name: string };

/** An answer with status 2xx, before it is parsed. */
export interface Received {
  /** Its HTTP status. */
  readonly status: number;
  /** Its body. */
  readonly text: string;
}

/** A connection to dbt Cloud or to the sandbox. */
export interface Dbt {
  /** Where requests go: `https://ab123.us1.dbt.com`. */
  readonly url: string;
  /** The ids that fill a path where the request has none. */
  readonly defaults: Defaults;
  /** Whether every request that is not a GET is refused. */
  readonly readonly: boolean;
  /** Sends a request and reads its answer. */
  readonly send: <Request, Success>(
    endpoint: Named<Definition<Request, Success>>,
    request: Request,
  ) => Effect.Effect<Success, DbtError>;
  /** Sends a request and streams the file that comes back. */
  readonly stream: <Request>(endpoint: Named<Call<Request>>, request: Request) => Stream.Stream<Uint8Array, DbtError>;
  /**
   * Sends a request that is already placed, and reads the answer with `read`. Errors and spans have `name`. For
   * requests that no endpoint describes, and for answers that are wanted as text.
   */
  readonly execute: <A>(
    name: string,
    placed: Placed,
    read: (received: Received) => Result.Result<A, Reason>,
  ) => Effect.Effect<A, DbtError>;
}

/** The key of the service. */
export const Dbt: Context.Service<Dbt, Dbt> = Context.Service<Dbt>("@dbtc/dbtc/dbt/Dbt");
