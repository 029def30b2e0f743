/**
 * `dbtc runs retry` and `dbtc jobs rerun`: starts a run that takes up a failed one, shows it, and ends as it ends.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as jobs from "../../api/jobs.ts";
import type { Endpoint } from "../../endpoint.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { restart, restartAndWait, retryAndWait, retryRun } from "../../workflows/trigger_and_wait.ts";
import type { RunRequest } from "../../workflows/wait_for_run.ts";
import { dryRun, placing } from "./call_endpoint.ts";
import { defaultCause } from "./default_cause.ts";
import { planOf } from "./wait_plan.ts";
import type { RunProgram } from "./program.ts";
import { follow } from "./jobs_trigger.ts";
import { requestOf } from "../input/request_input.ts";

/** Takes up the newest run of a job where it failed. */
export const rerunRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const given = yield* requestOf(row, flags, typed);
  const placed = yield* placing(row.call as Endpoint<AnyRequest, unknown>, given); // the row is an endpoint
  const plan = yield* planOf(typed);
  if (invocation.dryRun) return yield* dryRun(placed, invocation);
  // `placing` has checked every field by its schema.
  const job = given as unknown as jobs.OfJob;
  const orRun = typed.flags["or-run"]?.at(-1) === "true" ? { orRun: { cause: yield* defaultCause } } : {};
  yield* follow(
    job,
    plan,
    invocation,
    (told) =>
      plan.waits ? restartAndWait(job, { ...plan.options, ...orRun, ...told }) : restart(job, { ...orRun, ...told }),
  );
});

/** Takes up a run where it failed. */
export const retryRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const given = yield* requestOf(row, flags, typed);
  const placed = yield* placing(row.call as Endpoint<AnyRequest, unknown>, given); // the row is an endpoint
  const plan = yield* planOf(typed);
  if (invocation.dryRun) return yield* dryRun(placed, invocation);
  // `placing` has checked every field by its schema.
  const run = given as unknown as RunRequest;
  yield* follow(
    run,
    plan,
    invocation,
    (told) => plan.waits ? retryAndWait(run, { ...plan.options, ...told }) : retryRun(run, told),
  );
});
