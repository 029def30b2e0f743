/**
 * What a session is, apart from what makes one: help, completions and the table do without HTTP.
 *
 * @module
 */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Stream from "effect/Stream";
import type { Received } from "./client/answer.ts";
import type { Dbt } from "./client.ts";
import type { Download, Endpoint } from "./endpoint.ts";
import type { DbtError } from "./error.ts";
import type { Defaults, Placed } from "./request.ts";

/** A session with dbt Cloud. */
export interface Session {
  /** Where requests go: `https://ab123.us1.dbt.com`. */
  readonly url: string;
  /** The ids that fill paths where a request has none. */
  readonly defaults: Defaults;
  /** Whether every request that is not a GET is refused. */
  readonly readonly: boolean;
  /** Sends a request and reads its answer. */
  readonly send: <Request, Success>(
    endpoint: Endpoint<Request, Success>,
    request: Request,
  ) => Effect.Effect<Success, DbtError>;
  /** Sends a request and streams the file that it answers. */
  readonly stream: <Request>(endpoint: Download<Request>, request: Request) => Stream.Stream<Uint8Array, DbtError>;
  /** Sends a request that is placed already, and reads its answer. */
  readonly submit: <Request, Success>(
    endpoint: Endpoint<Request, Success>,
    placed: Placed,
  ) => Effect.Effect<Success, DbtError>;
  /** Sends a request that is placed already, and gives the answer unread; errors speak of it by `name`. */
  readonly execute: (name: string, placed: Placed) => Effect.Effect<Received, DbtError>;
}

/** The session at hand: {@linkcode Dbt} is the same service, with the layers that make one. */
export const Session: Context.ServiceClass<Dbt, "@dbtc/dbtc/session/Dbt", Session> = Context.Service<Dbt, Session>()(
  "@dbtc/dbtc/session/Dbt",
);
