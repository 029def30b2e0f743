/**
 * `Dbt`, the service that every endpoint needs: a connection to dbt Cloud, or to the sandbox. This file has its
 * interface and key; the layers of `lib/client` provide it.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import type * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import type { Call, Definition } from "./definition.ts";
import type { DbtError, Reason } from "./error.ts";
import type { Api, Defaults, Placed } from "./request.ts";

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
  /** Where the requests of each API go; `admin` is the same as `url`. */
  readonly urls: Readonly<Record<Api, string>>;
  /** The ids that fill a path where the request has none. */
  readonly defaults: Defaults;
  /** Whether every request that is not a read is refused. */
  readonly readonly: boolean;
  /** Makes the error of a call. The server's words in it have neither the token nor control characters. */
  readonly failure: (name: string, reason: Reason) => DbtError;
  /** The text without the token, for output: a server may repeat in its answer what it was sent. */
  readonly withoutToken: (text: string) => string;
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

/** The delays between the retries of a call, in place of the client's. {@linkcode Dbt.withRetry} sets them. */
export const RetrySchedule: Context.Reference<Schedule.Schedule<unknown, DbtError> | undefined> = Context.Reference<
  Schedule.Schedule<unknown, DbtError> | undefined
>("@dbtc/dbtc/dbt/RetrySchedule", { defaultValue: () => undefined });

/** What can be retried: an endpoint's `Effect`, a download's or a list's `Stream`, and what is built on them. */
export type Retriable = Effect.Effect<unknown, unknown, unknown> | Stream.Stream<unknown, unknown, unknown>;

/** What {@linkcode Dbt.withRetry} makes of it: an `Effect` of an `Effect`, a `Stream` of a `Stream`. */
export type WithRetry<Self extends Retriable> = Self extends Effect.Effect<infer A, infer E, infer R>
  ? Effect.Effect<A, E, R>
  : Self extends Stream.Stream<infer A, infer E, infer R> ? Stream.Stream<A, E, R>
  : never;

/** The functions that the key of the service has. */
export interface DbtFunctions {
  /**
   * Returns the same effect or stream, with other delays between retries.
   *
   * **When to use**
   *
   * When one call needs another policy than its client: `Schedule.recurs(0)` for no retries.
   *
   * **Details**
   *
   * It holds for every request that the effect or stream makes, except where a workflow needs a policy of its own. The
   * schedule sets the delays only: `isTransient` decides what may be retried, so a write whose answer was lost is never
   * sent again. While the client's `cooldowns` are on, no retry begins before the time that dbt Cloud asks to wait.
   *
   * @example
   * ```ts
   * import { Dbt, DbtClient, jobs } from "@dbtc/dbtc";
   * import * as sandbox from "@dbtc/dbtc/sandbox";
   * import * as Effect from "effect/Effect";
   * import * as Layer from "effect/Layer";
   * import * as Redacted from "effect/Redacted";
   * import * as Schedule from "effect/Schedule";
   * import assert from "node:assert/strict";
   *
   * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
   *   Layer.provide(sandbox.layer({ faults: [{ fault: "server-error", times: 1 }] })),
   * );
   * const job = jobs.get({ job_id: 1 }).pipe(Dbt.withRetry(Schedule.recurs(0)), Effect.flip, Effect.provide(client));
   * assert.equal((await Effect.runPromise(job)).reason._tag, "ServerFault");
   * ```
   */
  readonly withRetry: (
    schedule: Schedule.Schedule<unknown, DbtError>,
  ) => <Self extends Retriable>(self: Self) => WithRetry<Self>;
}

/** The key of the service, with functions that change how it is used. */
export const Dbt: Context.Service<Dbt, Dbt> & DbtFunctions = Object.assign(Context.Service<Dbt>("@dbtc/dbtc/dbt/Dbt"), {
  withRetry: (schedule: Schedule.Schedule<unknown, DbtError>) => <Self extends Retriable>(self: Self) =>
    // A reference is no requirement, and an effect stays an effect, a stream a stream.
    (Effect.isEffect(self)
      ? Effect.provideService(self, RetrySchedule, schedule)
      : Stream.provideService(self, RetrySchedule, schedule)) as WithRetry<Self>,
});
