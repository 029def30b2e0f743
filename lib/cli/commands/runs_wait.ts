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
import { type FollowedRun, followRuns } from "./follow_runs.ts";
import { program } from "./program.ts";
import { waitFlags, type WaitPlan, waitPlan } from "./wait_options.ts";

/** Watches a run from where it is. */
const watch = (request: runs.OfRun, plan: WaitPlan) =>
  watchRun(request, { ...plan.options, fresh: true }).pipe(
    Stream.zipWithIndex,
    Stream.flatMap(([event, index]) =>
      Stream.fromIterable<TriggerEvent>(index > 0 ? [event] : [{ _tag: "Attached", run: event.run }, event])
    ),
  );

/** Never cancels the run: this command did not start it. */
export const runsWait = program(runs.wait, {
  flags: waitFlags,
  several: {
    field: "run_id",
    run: Effect.fnUntraced(function* ({ flags, invocation, requests }) {
      const plan = yield* waitPlan(flags);
      const followed = requests.map((request): FollowedRun => ({
        label: `run ${request.run_id}`,
        account_id: request.account_id,
        watch: () => watch(request, plan),
      }));
      yield* followRuns(followed, plan, invocation);
    }),
  },
  run: Effect.fnUntraced(function* ({ flags, invocation, request }) {
    const plan = yield* waitPlan(flags);
    yield* followRun(request, plan, invocation, ({ follow }) => follow(watch(request, plan)));
  }),
});
