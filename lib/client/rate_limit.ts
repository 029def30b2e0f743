/**
 * How many requests go out: each of dbt Cloud's published limits has a budget, shared by all fibers and pages of a
 * session, and a 429 holds all of them back.
 *
 * https://docs.getdbt.com/docs/dbt-apis/rate-limits, as of 2026
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

/** A published limit, for each account. */
interface Limit {
  /** What it is called in a limiter's store. */
  readonly name: string;
  /** The most requests that dbt Cloud takes in a window. */
  readonly requests: number;
  /** The window, in seconds. */
  readonly seconds: number;
  /** Which requests it counts. */
  readonly counts: (placed: Placed) => boolean;
}

/** The narrowest comes first: a 429 is taken for its own. */
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

/** What the Admin API takes in a minute: sessions say their share of all limits as a part of this one. */
const published = 5000;

/** Requests a minute of a session that says nothing else: half, since other processes share the account. */
export const defaultRequestsPerMinute: number = published / 2;

/** A session's budget. */
export interface Budget {
  /** Waits until a request may go out, each time as `pause` says: nothing is sent before. */
  readonly admit: <E>(
    placed: Placed,
    pause: (wait: Effect.Effect<void>) => Effect.Effect<void, E>,
  ) => Effect.Effect<Admitted, E>;
  /** Says that the rate is limited, once for all that wait for the same. */
  readonly say: (wait: Duration.Duration) => Effect.Effect<void>;
}

/** A request that may go out. To be told how it was answered. */
export type Admitted = (status: number, retry_after: number | undefined) => Effect.Effect<void>;

/** Since when, and until when, the requests under a limit are held back. */
interface Cooldown {
  /** {@linkcode now}, in seconds. */
  until: number;
  /** How many there were, one right after another. */
  strikes: number;
  /** Counts them all: tells a request that was sent before the last one. */
  epoch: number;
}

/** Sessions that share a limiter share what a 429 told one of them. */
const shared = new WeakMap<RateLimiter.RateLimiter, Map<string, Cooldown>>();

/**
 * The budget of a session with a host. It is the session's own, unless the program provides a `RateLimiter`: sessions
 * that are given the same one share their budgets, and over Redis so do processes.
 */
export const makeBudget: (host: string, requestsPerMinute: number) => Effect.Effect<Budget> = Effect.fnUntraced(
  function* (host, requestsPerMinute) {
    const given = yield* Effect.serviceOption(RateLimiter.RateLimiter);
    const limiter = Option.isSome(given)
      ? given.value
      : yield* RateLimiter.make.pipe(Effect.provide(RateLimiter.layerStoreMemory));
    const cooldowns = shared.get(limiter) ?? new Map<string, Cooldown>();
    shared.set(limiter, cooldowns);
    const cooldownOf = (key: string) => {
      let cooldown = cooldowns.get(key);
      if (cooldown === undefined) cooldowns.set(key, cooldown = { until: -Infinity, strikes: 0, epoch: 0 });
      return cooldown;
    };

    let saidUntil = -Infinity;
    const say = Effect.fnUntraced(function* (wait: Duration.Duration) {
      const until = (yield* now) + Duration.toSeconds(wait);
      if (until <= saidUntil) return;
      saidUntil = until;
      yield* Effect.logWarning(`dbt Cloud limits the rate: trying again in ${Math.ceil(Duration.toSeconds(wait))} s`);
    });

    const spentAt = new Map<string, number>();
    /** Says once a minute that there is nothing left for now. */
    const saySpent = Effect.fnUntraced(function* (key: string, most: number, seconds: number) {
      const at = yield* now;
      if (at < (spentAt.get(key) ?? -Infinity)) return;
      spentAt.set(key, at + 60);
      yield* Effect.logWarning(
        `This session has made its ${most.toLocaleString("en-US")} requests in ${seconds} s: the next ones wait`,
      );
    });

    const admit = Effect.fnUntraced(function* <E>(
      placed: Placed,
      pause: (wait: Effect.Effect<void>) => Effect.Effect<void, E>,
    ): Effect.fn.Return<Admitted, E> {
      const account = /\/accounts\/(\d+)/.exec(placed.path)?.[1] ?? "";
      let cooldown: Cooldown | undefined;
      for (const { counts, name, requests, seconds } of limits) {
        if (!counts(placed)) continue;
        const key = `dbtc ${name} ${host} ${account}`;
        cooldown ??= cooldownOf(key);
        const most = Math.max(1, Math.floor(requests * requestsPerMinute / published));
        const { delay } = yield* limiter.consume({
          algorithm: "token-bucket",
          onExceeded: "delay",
          key,
          limit: most,
          window: Duration.seconds(seconds),
        }).pipe(
          // It delays, and never fails; a store that does, as Redis may, is no reason to stop.
          Effect.orElseSucceed(() => ({ delay: Duration.zero })),
        );
        if (Duration.isZero(delay)) continue;
        yield* saySpent(key, most, seconds);
        yield* pause(Effect.sleep(delay));
      }
      if (cooldown === undefined) return () => Effect.void;
      const held = cooldown;
      while (true) {
        const rest = Duration.seconds(held.until - (yield* now));
        if (!Duration.isPositive(rest)) break;
        yield* say(rest);
        yield* pause(Effect.sleep(rest));
      }
      const { epoch } = held;
      return Effect.fnUntraced(function* (status: number, retry_after: number | undefined) {
        if (status !== 429) {
          if (epoch === held.epoch) held.strikes = 0;
          return;
        }
        // Of the requests that were under way together, the first one counts.
        const seconds = retry_after ?? (epoch === held.epoch ? cooldownDelay(held.strikes) : 0);
        held.until = Math.max(held.until, (yield* now) + Math.min(seconds, longestCooldown));
        if (epoch !== held.epoch) return;
        held.strikes++;
        held.epoch++;
      });
    });
    return { admit, say };
  },
);

/** Seconds of a clock that nobody sets. */
const now: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e9);
