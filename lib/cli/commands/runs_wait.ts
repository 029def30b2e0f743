/**
 * `dbtc runs wait`: shows the progress of a run that was started elsewhere, and exits with its result.
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

/** Never cancels the run: this command did not start it. */
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
          // The stream fails, or its last event has the run that has ended: there is one.
          Effect.flatMap((last) => outcome(Option.getOrThrow(last)[0].run)),
        ),
    );
  }),
});
