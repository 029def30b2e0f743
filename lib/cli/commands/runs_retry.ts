/**
 * `dbtc runs retry` and `dbtc jobs rerun`: retry a failed run from the point of failure, show the progress of the new run,
 * and exit with its result.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as jobs from "../../groups/jobs.ts";
import * as runs from "../../groups/runs.ts";
import { restart, restartAndWatch, retryAndWatch, retryRun } from "../../workflows/trigger_and_wait.ts";
import { toggle } from "../input/flag_types.ts";
import { defaultCause } from "./default_cause.ts";
import { followRun } from "./follow_run.ts";
import { program } from "./program.ts";
import { startFlags, waitPlan } from "./wait_options.ts";

/** Retries the newest run of a job. */
export const jobsRerun = program(jobs.rerun, {
  flags: {
    orRun: toggle(
      "or-run",
      false,
      "Start an ordinary run if the newest run cannot be retried (default: refuse)",
    ),
    ...startFlags,
  },
  run: Effect.fnUntraced(function* ({ flags: { orRun, ...flags }, invocation, request }) {
    const plan = yield* waitPlan(flags);
    const options = orRun ? { orRun: { cause: yield* defaultCause } } : {};
    yield* followRun(
      request,
      plan,
      invocation,
      (callbacks) =>
        plan.waits
          ? callbacks.follow(restartAndWatch(request, { ...plan.options, ...options, ...callbacks }))
          : restart(request, { ...options, ...callbacks }),
    );
  }),
});

/** Retries a run. */
export const runsRetry = program(runs.retry, {
  flags: startFlags,
  run: Effect.fnUntraced(function* ({ flags, invocation, request }) {
    const plan = yield* waitPlan(flags);
    yield* followRun(
      request,
      plan,
      invocation,
      (callbacks) =>
        plan.waits
          ? callbacks.follow(retryAndWatch(request, { ...plan.options, ...callbacks }))
          : retryRun(request, callbacks),
    );
  }),
});
