/**
 * `Options`, the settings of a client: what the layers of `mod.ts` take, and `config.ts` reads from the environment.
 *
 * @module
 */
import type * as Duration from "effect/Duration";
import type * as Redacted from "effect/Redacted";
import type * as Schedule from "effect/Schedule";
import type { DbtError } from "../error.ts";
import type { Defaults } from "../request.ts";

/** The settings of a client. */
export interface Options extends Defaults {
  /** A personal access token, or a service token. */
  readonly token: Redacted.Redacted<string>;
  /** The account's access host, as `ab123.us1.dbt.com`, or its URL. Plain http is allowed to this machine only. */
  readonly host?: string;
  /** The waits before retries, instead of {@linkcode retry}. `isTransient` decides which errors are retried. */
  readonly retry?: Schedule.Schedule<unknown, DbtError>;
  /** How long one attempt waits for an answer to begin (default: 60 s). */
  readonly timeout?: Duration.Input;
  /** How long an answer that has begun may pause (default: 60 s). The whole answer has no limit. */
  readonly idleTimeout?: Duration.Input;
  /**
   * How long a whole call may take, with all attempts and the waits between them (default: no limit). For a download,
   * until the first byte.
   */
  readonly requestTimeout?: Duration.Input;
  /**
   * The most requests a minute to each account (default: 2,500, half of what the Admin API allows). Of the other
   * limits, the client uses the same part. Clients with the same `RateLimiter` share the budget.
   */
  readonly requestsPerMinute?: number;
  /** Refuse every request that is not a GET. */
  readonly readonly?: boolean;
}
