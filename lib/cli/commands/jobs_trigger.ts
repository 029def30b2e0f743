/**
 * `dbtc jobs trigger`: starts a run of a job, shows its progress, and exits with its result.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as jobs from "../../groups/jobs.ts";
import { Dbt } from "../../dbt.ts";
import { place } from "../../request.ts";
import { drawTag, keyHash, tagged } from "../../workflows/run_tag.ts";
import { type AskOptions, trigger, triggerAndWatch } from "../../workflows/trigger_and_wait.ts";
import { one, text, toggle } from "../input/flag_types.ts";
import { defaultCause } from "./default_cause.ts";
import { followRun } from "./follow_run.ts";
import { printRequest, unsendable } from "./print_request.ts";
import { program } from "./program.ts";
import { startFlags, waitPlan } from "./wait_options.ts";

/** A dry run shows the cause with a tag, as a real one sends it. */
export const jobsTrigger = program(jobs.trigger, {
  flags: {
    key: one(
      "key",
      text(),
      "Attach to a run with this key that is in flight or succeeded, of the job's newest 100",
    ),
    reuseRunning: toggle(
      "reuse-running",
      false,
      "Attach to the job's run in flight that has the same overrides, if there is one",
    ),
    tag: toggle(
      "tag",
      true,
      "End the cause with a tag, as is done when absent; with --no-tag, a run whose answer is lost cannot be found",
    ),
    resend: toggle(
      "resend",
      false,
      "Ask a second time where the answer was lost and no run turned up in 60 s; two may start",
    ),
    ...startFlags,
  },
  defaults: { cause: defaultCause },
  dryRun: Effect.fnUntraced(function* ({ flags: { key, tag }, invocation, request }) {
    const drawn = yield* drawTag(key === undefined ? undefined : keyHash(request.job_id, key));
    const { defaults } = yield* Dbt;
    const placed = place(jobs.trigger, tag ? { ...request, cause: tagged(request.cause, drawn) } : request, defaults);
    yield* Result.isSuccess(placed)
      ? printRequest(placed.success, invocation)
      : unsendable(jobs.trigger.name, placed.failure);
  }),
  run: Effect.fnUntraced(function* ({ flags: { key, resend, reuseRunning, tag, ...flags }, invocation, request }) {
    const plan = yield* waitPlan(flags);
    const options: AskOptions = { ...(key === undefined ? {} : { key }), tag, resend, reuseRunning };
    yield* followRun(
      request,
      plan,
      invocation,
      (callbacks) =>
        plan.waits
          ? callbacks.follow(triggerAndWatch(request, { ...plan.options, ...options, ...callbacks }))
          : trigger(request, { ...options, ...callbacks }),
    );
  }),
});
