/**
 * `dbtc runs wait`: shows a run that is there, and ends as it ends.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import { DbtError } from "../../error.ts";
import { outcome, type RunRequest, watchRun } from "../../workflows/wait.ts";
import { usage } from "../exit.ts";
import { planOf } from "./plan.ts";
import type { RunProgram } from "../programs.ts";
import { follow } from "./trigger.ts";
import { requestOf } from "../typed.ts";

/** Waits for a run, and never cancels it. */
export const waitRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const given = yield* requestOf(row, flags, typed);
  if (invocation.dryRun) return yield* usage(`${row.call.name} is more than one request: --dry-run cannot show it`);
  if (given.run_id === undefined) {
    const reason = { _tag: "Unsendable", detail: "run_id is missing: give --run-id" } as const;
    return yield* new DbtError({ endpoint: row.call.name, reason });
  }
  // It has a run, and each field was read by its schema.
  const request = given as unknown as RunRequest;
  const plan = yield* planOf(typed);
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
});
