/**
 * `dbtc runs wait`: shows the progress of a run that was started elsewhere, and exits with its result.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import type { TriggerEvent } from "../../workflows/trigger_and_wait.ts";
import { watchRun } from "../../workflows/wait_for_run.ts";
import { followRun } from "./follow_run.ts";
import { program } from "./program.ts";
import { waitFlags, waitPlan } from "./wait_options.ts";

/** Never cancels the run: this command did not start it. */
export const runsWait = program(runs.wait, {
  flags: waitFlags,
  run: Effect.fnUntraced(function* ({ flags, invocation, request }) {
    const plan = yield* waitPlan(flags);
    yield* followRun(
      request,
      plan,
      invocation,
      ({ follow }) =>
        follow(
          watchRun(request, { ...plan.options, fresh: true }).pipe(
            Stream.zipWithIndex,
            Stream.flatMap(([event, index]) =>
              Stream.fromIterable<TriggerEvent>(index > 0 ? [event] : [{ _tag: "Attached", run: event.run }, event])
            ),
          ),
        ),
    );
  }),
});
