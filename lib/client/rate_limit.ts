/**
 * Keeps a client below dbt Cloud's rate limits. Each published limit has a budget that all fibers of a client share, and
 * after a 429 all of them wait. `make_dbt.ts` asks here before each request.
 *
 * The limits are from https://docs.getdbt.com/docs/dbt-apis/rate-limits, as of 2026.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Semaphore from "effect/Semaphore";
import * as RateLimiter from "effect/persistence/RateLimiter";
import type { Placed } from "../request.ts";
import { monotonicSeconds } from "../time.ts";
import { longestWait } from "../error.ts";
import { cooldownDelay } from "./retry.ts";

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
  { name: "discovery", requests: 500, seconds: 60, counts: ({ api }) => api === "discovery" },
  // None is published for the Semantic Layer, which is GraphQL too.
  { name: "semantic_layer", requests: 500, seconds: 60, counts: ({ api }) => api === "semantic_layer" },
  {
    name: "admin",
    requests: 5000,
    seconds: 60,
    counts: ({ api = "admin", path }) => api === "admin" && path.startsWith("/api/"),
  },
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
  /** Waits until a request may be sent, and counts it. `transform` is applied to the wait. */
  readonly acquire: <E>(
    placed: Placed,
    transform: (wait: Effect.Effect<void>) => Effect.Effect<void, E>,
  ) => Effect.Effect<ReportStatus, E>;
  /** Logs a wait that dbt Cloud asks for, once for all requests that wait until the same time. */
  readonly logWait: (wait: Duration.Duration) => Effect.Effect<void>;
}

/** Has to be called with the status of the answer. */
export type ReportStatus = (status: number, retry_after: number | undefined) => Effect.Effect<void>;

/** How long the requests under a limit have to wait after a 429. */
interface Cooldown {
  /** The end, in seconds of `monotonicSeconds`. */
  until: number;
  /** The number of 429 in a row. */
  inARow: number;
  /** The number of all 429: shows whether one came after a request was sent. */
  total: number;
}

/** What is known of the requests under one limit, for one account. */
interface Usage {
  /** When the newest requests were sent, in seconds of `monotonicSeconds`: as many as the limit allows. */
  readonly sent: Array<number>;
  /** Held by the one request that waits; the others queue behind it, in the order in which they came. */
  readonly turn: Semaphore.Semaphore;
  readonly cooldown: Cooldown;
}

/** The usage under each limiter that a program provides: clients with the same limiter share it. */
const usageOf = new WeakMap<RateLimiter.RateLimiter, Map<string, Usage>>();

/**
 * Makes the budget of a client for a host. Clients that are given the same `RateLimiter` share budget and cooldowns;
 * with one over Redis, processes share the budget.
 *
 * The exact count is kept here. Effect's limiter has a bucket that is full at first, so that nearly twice the limit goes
 * out in the first minute, and it counts a request before the wait, so that a wait which is given up costs one.
 */
export const makeBudget: (
  host: string,
  requestsPerMinute: number,
  cooldowns: boolean,
) => Effect.Effect<Budget> = Effect.fnUntraced(function* (host, requestsPerMinute, cooldowns) {
  const limiter = Option.getOrUndefined(yield* Effect.serviceOption(RateLimiter.RateLimiter));
  const usages = (limiter && usageOf.get(limiter)) ?? new Map<string, Usage>();
  if (limiter !== undefined) usageOf.set(limiter, usages);
  const usageFor = (key: string): Usage => {
    let usage = usages.get(key);
    if (usage === undefined) {
      usage = { sent: [], turn: Semaphore.makeUnsafe(1), cooldown: { until: -Infinity, inARow: 0, total: 0 } };
      usages.set(key, usage);
    }
    return usage;
  };

  let loggedUntil = -Infinity;
  const logWait = Effect.fnUntraced(function* (wait: Duration.Duration) {
    const until = (yield* monotonicSeconds) + Duration.toSeconds(wait);
    if (until <= loggedUntil) return;
    loggedUntil = until;
    yield* Effect.logWarning(`dbt Cloud limits the rate: trying again in ${Math.ceil(Duration.toSeconds(wait))} s`);
  });

  const nextLog = new Map<string, number>();
  /** Logs that a budget is used up, at most once a minute. */
  const logUsedUp = Effect.fnUntraced(function* (key: string, limit: number, seconds: number) {
    const at = yield* monotonicSeconds;
    if (at < (nextLog.get(key) ?? -Infinity)) return;
    nextLog.set(key, at + 60);
    yield* Effect.logWarning(
      `This session has made its ${limit.toLocaleString("en-US")} requests in ${seconds} s: the next ones wait`,
    );
  });

  /** The wait for the budget that other processes share; zero once the request is counted there. */
  const sharedWait = (key: string, limit: number, window: number): Effect.Effect<Duration.Duration> =>
    limiter === undefined
      ? Effect.succeed(Duration.zero)
      : limiter.consume({ onExceeded: "fail", key, limit, window: Duration.seconds(window) }).pipe(
        Effect.as(Duration.zero),
        Effect.catch(({ reason }) =>
          // Otherwise the store failed, such as Redis. That is no reason not to send.
          Effect.succeed(reason._tag === "RateLimitExceeded" ? reason.retryAfter : Duration.zero)
        ),
      );

  const acquire = Effect.fnUntraced(function* <E>(
    placed: Placed,
    transform: (wait: Effect.Effect<void>) => Effect.Effect<void, E>,
  ): Effect.fn.Return<ReportStatus, E> {
    const account = /\/accounts\/(\d+)/.exec(placed.path)?.[1] ?? "";
    const budgets = limits.filter(({ counts }) => counts(placed)).map(({ name, requests, seconds }) => {
      const key = `dbtc ${name} ${host} ${account}`;
      const limit = Math.max(1, Math.floor(requests * requestsPerMinute / published));
      return { key, limit, seconds, usage: usageFor(key) };
    });
    const [narrowest] = budgets;
    if (narrowest === undefined) return () => Effect.void;
    const { cooldown } = narrowest.usage;

    /** Waits until the request fits one budget; the narrowest one also has the cooldown. */
    const untilFree = ({ key, limit, seconds, usage }: (typeof budgets)[number]) =>
      Effect.gen(function* () {
        while (true) {
          const rest = untilThen(usage.cooldown.until, yield* monotonicSeconds);
          // The request that is `limit` requests back has to be a whole window ago.
          const used = untilThen((usage.sent.at(-limit) ?? -Infinity) + seconds, yield* monotonicSeconds);
          const isCooling = usage === narrowest.usage && Duration.isPositive(rest);
          const left = isCooling ? rest : Duration.isPositive(used) ? used : yield* sharedWait(key, limit, seconds);
          if (!Duration.isPositive(left)) return;
          yield* isCooling ? logWait(left) : logUsedUp(key, limit, seconds);
          yield* Effect.sleep(left);
        }
      });
    /** Counts the request, unless a cooldown began while it waited. */
    const count = Effect.map(monotonicSeconds, (at) => {
      if (Duration.isPositive(untilThen(cooldown.until, at))) return false;
      for (const { limit, usage: { sent } } of budgets) {
        sent.push(at);
        if (sent.length > 2 * limit) sent.splice(0, sent.length - limit);
      }
      return true;
    });
    // One budget after the other: who waits for the narrow one must not keep others from the wide one.
    const wait = budgets.reduceRight(
      (next, budget) => budget.usage.turn.withPermit(Effect.andThen(untilFree(budget), next)),
      count,
    );
    const untilCounted: Effect.Effect<void> = Effect.flatMap(
      wait,
      (isCounted) => isCounted ? Effect.void : untilCounted,
    );
    yield* transform(untilCounted);

    const { total } = cooldown;
    return (status, retry_after) =>
      Effect.map(monotonicSeconds, (at) => {
        if (!cooldowns) return;
        const isNews = total === cooldown.total;
        if (status !== 429) {
          if (isNews) cooldown.inARow = 0;
          return;
        }
        // Of requests that were under way together, only the first 429 is news.
        const seconds = retry_after ?? (isNews ? cooldownDelay(cooldown.inARow) : 0);
        cooldown.until = Math.max(cooldown.until, at + Math.min(seconds, longestWait));
        if (!isNews) return;
        cooldown.inARow++;
        cooldown.total++;
      });
  });
  return { acquire, logWait };
});

/** How long until a time. The clock counts nanoseconds, timers wait for milliseconds: less than one is not waited for. */
function untilThen(then: number, at: number): Duration.Duration {
  return Duration.millis(Math.max(0, Math.ceil((then - at) * 1000 - 0.001)));
}
