/**
 * The logs of a run as a stream, for logs that are too large to hold.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { get } from "../api/runs.ts";
import { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { notFound } from "../not_found.ts";
import type { Logs } from "./run_requests.ts";
import type { LogText } from "./step_log.ts";

/**
 * The logs of a run's steps so far, part by part, in the order of the steps.
 *
 * **When to use**
 *
 * For logs that may have more than 64 MiB, mostly debug logs. For others, `runs.logs` gives each step with its whole log.
 *
 * **Details**
 *
 * One request. A step without a log gives one empty part. Where dbt Cloud has no debug log of a step, or with `debug`
 * false no log, its other logs are given.
 *
 * **Errors**
 *
 * `NotFound` where the run has no such step yet; `Unreachable` where the connection breaks in the middle; `Undecodable`
 * where the answer is no JSON. What came before stays valid.
 *
 * @example
 * ```ts
 * import { DbtClient, runs, streamLogs } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import * as Stream from "effect/Stream";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const log = Effect.gen(function* () {
 *   const { id } = yield* runs.getMostRecent({});
 *   return yield* streamLogs({ run_id: id, step: 1 }).pipe(Stream.map(({ text }) => text), Stream.mkString);
 * });
 * assert.match(await Effect.runPromise(Effect.provide(log, client)), /^Cloning into/);
 * ```
 */
export function streamLogs(
  { debug = false, step, ...request }: Logs,
): Stream.Stream<LogText, DbtError, Dbt> {
  return Stream.unwrap(Effect.gen(function* () {
    const dbt = yield* Dbt;
    const { makeLogReader } = yield* Effect.promise(() => import("./log_reader.ts"));
    const reader = makeLogReader(debug ? "debug_logs" : "logs");
    const include_related = debug ? ["run_steps", "debug_logs"] : ["run_steps"];
    const unreadable = () =>
      new DbtError({
        endpoint: "streamLogs",
        reason: { _tag: "Undecodable", status: 200, detail: "it is not the whole JSON of a run", truncated: false },
      });
    let found = step === undefined;
    const texts = dbt.stream(get, { ...request, include_related }).pipe(
      Stream.decodeText,
      Stream.mapEffect((json) => Effect.try({ try: () => reader.read(json), catch: unreadable })),
      Stream.flattenIterable,
      Stream.filter((part) => {
        const isWanted = step === undefined || part.step === step;
        found ||= isWanted;
        return isWanted;
      }),
    );
    const checkEnd = Effect.suspend((): Effect.Effect<void, DbtError, Dbt> =>
      !reader.isWhole()
        ? Effect.fail(unreadable())
        : found
        ? Effect.void
        : notFound("streamLogs", `the run has no step ${step} yet`)
    );
    return Stream.concat(texts, Stream.fromEffectDrain(checkEnd));
  }));
}
