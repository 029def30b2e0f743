/**
 * `dbtc runs wait`: shows a run that is there, and ends as it ends.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import { outcome, watchRun } from "../../workflows/wait_for_run.ts";
import { type AnyProgram, program } from "./program.ts";
import { planFrom, watchFlags } from "./wait_flags.ts";
import { follow } from "./jobs_trigger.ts";

/** Waits for a run, and never cancels it. */
export const wait: AnyProgram = program(runs.wait, {
  flags: watchFlags,
  run: Effect.fnUntraced(function* ({ flags, invocation, request }) {
    const plan = yield* planFrom(flags);
    yield* follow(request, plan, invocation, ({ onEvent }) =>
      watchRun(request, { ...plan.options, fresh: true }).pipe(
        Stream.zipWithIndex,
        Stream.tap(([event, index]) =>
          Effect.andThen(index > 0 ? Effect.void : onEvent({ _tag: "Attached", run: event.run }), onEvent(event))
        ),
        Stream.runLast,
        // The events end with the run's end, or fail.
        Effect.flatMap((last) => outcome(Option.getOrThrow(last)[0].run)),
      ));
  }),
});
