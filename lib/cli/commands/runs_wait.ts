/**
 * `dbtc runs wait`: shows a run that was started elsewhere, and ends with its result.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import { outcome, watchRun } from "../../workflows/wait_for_run.ts";
import { followRun } from "./follow_run.ts";
import { program } from "./program.ts";
import { waitFlags, waitPlan } from "./wait_options.ts";

/** Waits for a run, and never cancels it. */
export const runsWait = program(runs.wait, {
  flags: waitFlags,
  run: Effect.fnUntraced(function* ({ flags, invocation, request }) {
    const plan = yield* waitPlan(flags);
    yield* followRun(
      request,
      plan,
      invocation,
      ({ onEvent }) =>
        watchRun(request, { ...plan.options, fresh: true }).pipe(
          Stream.zipWithIndex,
          Stream.tap(([event, index]) =>
            Effect.andThen(index > 0 ? Effect.void : onEvent({ _tag: "Attached", run: event.run }), onEvent(event))
          ),
          Stream.runLast,
          // The events end with the run's end, or fail.
          Effect.flatMap((last) => outcome(Option.getOrThrow(last)[0].run)),
        ),
    );
  }),
});
