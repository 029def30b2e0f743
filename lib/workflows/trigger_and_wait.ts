/**
 * The functions that start a run, without and with waiting for it: `trigger`, `restart`, `retryRun`; `triggerAndWait`,
 * `restartAndWait`, `retryAndWait`. The library exports them; the command line runs jobs with them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as jobs from "../api/jobs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import type { RestartOptions, SeeThroughOptions, StartOptions, TriggerOptions } from "./start_options.ts";
import { startFromFailure, startTagged } from "./start_tagged.ts";
import type { RunRequest } from "./wait_for_run.ts";
import { startAndWait, startOnly } from "./wait_with_retries.ts";

export type { Mark } from "./start_at_most_once.ts";
export type {
  Attached,
  Cancelling,
  NotCancelled,
  RestartOptions,
  SeeThroughOptions,
  StartOptions,
  Triggered,
  TriggerEvent,
  TriggerOptions,
} from "./start_options.ts";

// ---- starting -------------------------------------------------------------------------------------------------------

/**
 * Starts a run of a job, exactly once. The cause ends with a tag, and is cut to the 255 bytes that dbt Cloud keeps.
 * Where the answer is lost, the run is found by that tag; not found within 60 s, this fails with `Ambiguous`, which
 * says where to look. A second request is sent only with `resend`.
 *
 * An interrupt waits for a write that is under way, and leaves the run.
 *
 * @example
 * ```ts
 * import { DbtClient, trigger } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * // A CI step that is tried again gets the run that it started before.
 * const step = trigger({ job_id: 1, cause: "Deploy" }, { key: "build-4711" });
 * const [first, again] = await Effect.runPromise(Effect.all([step, step]).pipe(Effect.provide(session)));
 * assert.equal(first.id, again.id);
 * ```
 */
export function trigger(request: jobs.Trigger, options: StartOptions = {}): Effect.Effect<Run, DbtError, Dbt> {
  return startOnly((restore) => startTagged(request, options, restore), options).pipe(Effect.withSpan("trigger"));
}

/**
 * Starts a run that takes up a job's newest run where that failed, exactly once. Nothing is sent when the newest run
 * did not fail, or dbt cannot retry it; `orRun` starts an ordinary one then. Where the answer is lost, the run is found
 * by the run that it takes up: it may then be one that another started at the same time.
 */
export function restart(job: jobs.OfJob, options: RestartOptions = {}): Effect.Effect<Run, DbtError, Dbt> {
  return startOnly((restore) => startFromFailure(job, options, restore), options).pipe(Effect.withSpan("restart"));
}

/**
 * Starts a run that takes up this one where it failed, as {@linkcode restart} does. Refused, in words, where this is
 * not the newest run of its job, did not fail, or dbt cannot retry it.
 *
 * @example
 * ```ts
 * import { DbtClient, retryRun, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 2, cause: "Nightly" }).pipe(
 *   Effect.catchReason("DbtError", "RunFailed", ({ run }) => retryRun({ run_id: run.id })),
 * );
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Queued");
 * ```
 */
export function retryRun(
  run: RunRequest,
  options: Omit<RestartOptions, "orRun"> = {},
): Effect.Effect<Run, DbtError, Dbt> {
  return startOnly((restore) => startFromFailure(run, options, restore), options).pipe(Effect.withSpan("retryRun"));
}

// ---- starting and waiting -------------------------------------------------------------------------------------------

/**
 * Starts a run of a job as {@linkcode trigger} does, and waits until it has ended in success. Fails with `RunFailed`,
 * `RunCancelled` or `WaitTimedOut`, which hold the run.
 *
 * An interrupt, as by `Effect.timeout` or a race, cancels the run that was started here, and no other: also one whose
 * answer was lost, since its tag proves whose it is. `onInterrupt` can leave it. A failure leaves it, and so does
 * `timeout`, unless `onTimeout` says otherwise.
 *
 * @example
 * ```ts
 * import { DbtClient, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 1, cause: "README" }, { timeout: "5 minutes" });
 * const run = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert.equal(run.status_humanized, "Success");
 * ```
 */
export function triggerAndWait(
  request: jobs.Trigger,
  options: TriggerOptions = {},
): Effect.Effect<Run, DbtError, Dbt> {
  return startAndWait((restore) => startTagged(request, options, restore), request, options).pipe(
    Effect.withSpan("triggerAndWait"),
  );
}

/**
 * Starts a run as {@linkcode restart} does, and waits for it as {@linkcode triggerAndWait} does. A run whose answer was
 * lost is never cancelled: nothing proves whose it is.
 */
export function restartAndWait(
  job: jobs.OfJob,
  options: RestartOptions & SeeThroughOptions = {},
): Effect.Effect<Run, DbtError, Dbt> {
  return startAndWait((restore) => startFromFailure(job, options, restore), job, options).pipe(
    Effect.withSpan("restartAndWait"),
  );
}

/** Starts a run as {@linkcode retryRun} does, and waits for it as {@linkcode restartAndWait} does. */
export function retryAndWait(
  run: RunRequest,
  options: Omit<RestartOptions, "orRun"> & SeeThroughOptions = {},
): Effect.Effect<Run, DbtError, Dbt> {
  return startAndWait((restore) => startFromFailure(run, options, restore), run, options).pipe(
    Effect.withSpan("retryAndWait"),
  );
}
