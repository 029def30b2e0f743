/**
 * How to talk to dbt Cloud.
 *
 * @module
 */
import type * as Duration from "effect/Duration";
import type * as Redacted from "effect/Redacted";
import type * as Schedule from "effect/Schedule";
import type { DbtError } from "../error.ts";
import type { Defaults } from "../request.ts";

/** How to talk to dbt Cloud. */
export interface Options extends Defaults {
  /** A personal access token, or a service token. */
  readonly token: Redacted.Redacted<string>;
  /** The account's access host, as `ab123.us1.dbt.com`, or its URL. Plain http is allowed to this machine only. */
  readonly host?: string;
  /** The waits between attempts, instead of {@linkcode retry}. What may be sent again, it does not decide. */
  readonly retry?: Schedule.Schedule<unknown, DbtError>;
  /** How long one attempt may wait for an answer to begin. 60 s when absent. */
  readonly timeout?: Duration.Input;
  /** How long an answer that has begun may stand still; it may come as slowly as it likes. 60 s when absent. */
  readonly idleTimeout?: Duration.Input;
  /**
   * How long a whole call may take, with all its attempts and the waits between them; of a file, until its first byte.
   * No limit when absent.
   */
  readonly requestTimeout?: Duration.Input;
  /**
   * The most requests a minute, for each account: 2,500 when absent, half of what the Admin API allows. The other
   * limits are kept to the same part. Sessions that are given one `RateLimiter` share it.
   */
  readonly requestsPerMinute?: number;
  /** Refuse every request that is not a GET. */
  readonly readonly?: boolean;
}
