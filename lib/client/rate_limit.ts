/**
 * Keeping below dbt Cloud's rate limits. Each published limit has a budget that all fibers of a client share, and after
 * a 429 all of them wait. `make_dbt.ts` asks here before each request.
 *
 * The limits are from https://docs.getdbt.com/docs/dbt-apis/rate-limits, as of 2026.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as RateLimiter from "effect/persistence/RateLimiter";
import type { Placed } from "../request.ts";
import { cooldownDelay, longestCooldown } from "./retry.ts";

/** A limit that dbt publishes. It holds for each account. */
interface Limit {
  /** Its name in the keys of the `RateLimiter`. */
  readonly name: string;
  /** The most requests in a window. */
  readonly requests: number;
  /** The length of the window, in seconds. */
  readonly seconds: number;
  /** Which requests it counts. */
  readonly counts: (placed: Placed) => boolean;
}

/** The limits, narrowest first: a 429 is attributed to the first one that counts the request. */
const limits: ReadonlyArray<Limit> = [
  {
    name: "scim",
    requests: 20,
    seconds: 5,
    counts: ({ method, path }) => (method === "POST" || method === "PUT") && /\/scim\/v2\/Users(\/|$)/.test(path),
  },
  { name: "discovery", requests: 500, seconds: 60, counts: ({ path }) => /\/graphql\/?$/.test(path) },
  { name: "admin", requests: 5000, seconds: 60, counts: ({ path }) => path.startsWith("/api/") },
];

/**
 * The Admin API's requests a minute. The option `requestsPerMinute`, divided by it, is the client's share of each
 * limit.
 */
const published = 5000;

/** The default of `requestsPerMinute`: half of the limit, since other processes use the same account. */
export const defaultRequestsPerMinute: number = published / 2;

/** The budget of a client. */
export interface Budget {
  /** Waits until a request may be sent. `transform` is applied to each wait. */
  readonly acquire: <E>(
    placed: Placed,
    transform: (wait: Effect.Effect<void>) => Effect.Effect<void, E>,
  ) => Effect.Effect<ReportStatus, E>;
  /** Logs that dbt Cloud limits the rate, once for all requests that wait until the same time. */
  readonly logWait: (wait: Duration.Duration) => Effect.Effect<void>;
}

/** Has to be called with the status of the answer. */
export type ReportStatus = (status: number, retry_after: number | undefined) => Effect.Effect<void>;

/** How long the requests under a limit have to wait after a 429. */
interface Cooldown {
  /** The end, in seconds of {@linkcode now}. */
  until: number;
  /** The number of 429 in a row. */
  inARow: number;
  /** The number of all 429: shows whether one came after a request was sent. */
  total: number;
}

/** The cooldowns of each limiter: clients with the same limiter wait together. */
const cooldownsOf = new WeakMap<RateLimiter.RateLimiter, Map<string, Cooldown>>();

/**
 * Makes the budget of a client for a host. Where the program provides a `RateLimiter`, the budget is kept there:
 * clients with the same limiter share it, and with one over Redis so do processes.
 */
export const makeBudget: (host: string, requestsPerMinute: number) => Effect.Effect<Budget> = Effect.fnUntraced(
  function* (host, requestsPerMinute) {
    const provided = yield* Effect.serviceOption(RateLimiter.RateLimiter);
    const limiter = Option.isSome(provided)
      ? provided.value
      : yield* RateLimiter.make.pipe(Effect.provide(RateLimiter.layerStoreMemory));
    const cooldowns = cooldownsOf.get(limiter) ?? new Map<string, Cooldown>();
    cooldownsOf.set(limiter, cooldowns);
    const cooldownOf = (key: string) => {
      let cooldown = cooldowns.get(key);
      if (cooldown === undefined) cooldowns.set(key, cooldown = { until: -Infinity, inARow: 0, total: 0 });
      return cooldown;
    };

    let loggedUntil = -Infinity;
    const logWait = Effect.fnUntraced(function* (wait: Duration.Duration) {
      const until = (yield* now) + Duration.toSeconds(wait);
      if (until <= loggedUntil) return;
      loggedUntil = until;
      yield* Effect.logWarning(`dbt Cloud limits the rate: trying again in ${Math.ceil(Duration.toSeconds(wait))} s`);
    });

    const nextLog = new Map<string, number>();
    /** Logs that a budget is used up, at most once a minute. */
    const logUsedUp = Effect.fnUntraced(function* (key: string, limit: number, seconds: number) {
      const at = yield* now;
      if (at < (nextLog.get(key) ?? -Infinity)) return;
      nextLog.set(key, at + 60);
      yield* Effect.logWarning(
        `This session has made its ${limit.toLocaleString("en-US")} requests in ${seconds} s: the next ones wait`,
      );
    });

    const acquire = Effect.fnUntraced(function* <E>(
      placed: Placed,
      transform: (wait: Effect.Effect<void>) => Effect.Effect<void, E>,
    ): Effect.fn.Return<ReportStatus, E> {
      const account = /\/accounts\/(\d+)/.exec(placed.path)?.[1] ?? "";
      let cooldown: Cooldown | undefined;
      for (const { counts, name, requests, seconds } of limits) {
        if (!counts(placed)) continue;
        const key = `dbtc ${name} ${host} ${account}`;
        cooldown ??= cooldownOf(key);
        const limit = Math.max(1, Math.floor(requests * requestsPerMinute / published));
        const { delay } = yield* limiter.consume({
          algorithm: "token-bucket",
          onExceeded: "delay",
          key,
          limit,
          window: Duration.seconds(seconds),
        }).pipe(
          // With `delay` only the store can fail, such as Redis. That is no reason not to send.
          Effect.orElseSucceed(() => ({ delay: Duration.zero })),
        );
        if (Duration.isZero(delay)) continue;
        yield* logUsedUp(key, limit, seconds);
        yield* transform(Effect.sleep(delay));
      }
      if (cooldown === undefined) return () => Effect.void;
      const current = cooldown;
      while (true) {
        const rest = Duration.seconds(current.until - (yield* now));
        if (!Duration.isPositive(rest)) break;
        yield* logWait(rest);
        yield* transform(Effect.sleep(rest));
      }
      const { total } = current;
      return Effect.fnUntraced(function* (status: number, retry_after: number | undefined) {
        const at = yield* now;
        const isNews = total === current.total;
        if (status !== 429) {
          if (isNews) current.inARow = 0;
          return;
        }
        // Of requests that were under way together, only the first 429 is news.
        const seconds = retry_after ?? (isNews ? cooldownDelay(current.inARow) : 0);
        current.until = Math.max(current.until, at + Math.min(seconds, longestCooldown));
        if (!isNews) return;
        current.inARow++;
        current.total++;
      });
    });
    return { acquire, logWait };
  },
);

/** Monotonic time, in seconds. */
const now: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e9);
