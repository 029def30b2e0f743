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
import type { ApiOverrides } from "./host.ts";

/**
 * The settings of a client.
 *
 * **Details**
 *
 * Only `host` and `token` are required. Durations are Effect's: `"30 seconds"`, or a number of milliseconds. The page
 * docs/retries.md says how the limits work together.
 */
export interface Options extends Defaults, ApiOverrides {
  /** A personal access token, or a service token. */
  readonly token: Redacted.Redacted<string>;
  /**
   * The account's access host, as `ab123.us1.dbt.com`, or any URL of dbt Cloud there. If its path names an account and a
   * project, they are the defaults of `account_id` and `project_id`. Plain http is allowed to this machine only.
   */
  readonly host: string;
  /**
   * The delays between retries (default: `retry`). `isTransient` decides which errors are retried. `Dbt.withRetry` sets
   * them for one call.
   */
  readonly retry?: Schedule.Schedule<unknown, DbtError>;
  /**
   * Wait as long as dbt Cloud asks (default: true). A 429 then holds back all requests under the same limit, and no
   * retry begins before the time of its Retry-After. False leaves all delays to `retry`.
   */
  readonly cooldowns?: boolean;
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
   * The most requests to an account in any minute (default: 2,500, half of what the Admin API allows). Of the other
   * limits, the client uses the same part. Clients with the same `RateLimiter` share the budget.
   */
  readonly requestsPerMinute?: number;
  /** Refuse every request that is not a read: a GET, or a query of GraphQL. */
  readonly readonly?: boolean;
}
