/**
 * Reading dbt Cloud's timestamps, and the clock that measures waits. The library exports `parseTimestamp`; workflows
 * compute with `millisOf`.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as DateTime from "effect/DateTime";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";

const format = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads a timestamp of dbt Cloud, which has two formats for them. Without an offset it is in UTC. What lies below the
 * millisecond is cut off.
 *
 * @example
 * ```ts
 * import { parseTimestamp } from "@dbtc/dbtc";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseTimestamp("2024-05-27 10:42:16.179903+00:00"), parseTimestamp("2024-05-27T10:42:16.179Z"));
 * ```
 */
export function parseTimestamp(text: string): Option.Option<DateTime.Utc> {
  const [, date, time, zone = "Z"] = format.exec(text) ?? [];
  return date === undefined ? Option.none() : DateTime.make(`${date}T${time}${zone}`);
}

/** A timestamp as milliseconds since 1970; undefined where the text is missing or no timestamp. */
export function millisOf(text: string | null | undefined): number | undefined {
  return Option.getOrUndefined(Option.map(parseTimestamp(text ?? ""), DateTime.toEpochMillis));
}

/** A time in the form that dbt Cloud's filters compare: in UTC, without an offset. */
export function apiTime(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19);
}

/** Seconds on the monotonic clock, which does not jump where the time of day is set. */
export const monotonicSeconds: Effect.Effect<number> = Effect.map(
  Clock.monotonicTimeNanos,
  (nanos) => Number(nanos) / 1e9,
);
