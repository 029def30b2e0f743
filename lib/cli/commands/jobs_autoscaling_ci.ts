/**
 * `dbtc jobs trigger-autoscaling-ci`: starts the CI run of a pull request, shows its progress, and exits with its result.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Stdio from "effect/Stdio";
import * as jobs from "../../groups/jobs.ts";
import { type AutoscaleEvent, triggerAutoscalingCi } from "../../workflows/autoscaling_ci.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { defaultCause } from "./default_cause.ts";
import { followRun } from "./follow_run.ts";
import { program } from "./program.ts";
import { startFlags, waitPlan } from "./wait_options.ts";

/** Also notes on stderr which job it clones and which older runs it cancels. */
export const jobsTriggerAutoscalingCi = program(jobs.triggerAutoscalingCi, {
  flags: startFlags,
  payload: "Overrides of the run: JSON, @file, or - for stdin",
  defaults: { cause: defaultCause },
  run: Effect.fnUntraced(function* ({ flags, invocation, request }) {
    const plan = yield* waitPlan(flags);
    const platform = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio>();
    const printNote = (text: string) => Effect.provide(note(text), platform);
    // Without the job, because the run may be of a clone, which has an id of its own.
    const { job_id, ...target } = request;
    yield* followRun(target, plan, invocation, ({ asks, leaves, onAsk, onEvent }) =>
      triggerAutoscalingCi(request, {
        ...plan.options,
        wait: plan.waits,
        onAsk,
        onEvent: (event: AutoscaleEvent) => {
          switch (event._tag) {
            case "Cloning":
              return Effect.sync(() =>
                asks(`A clone of job ${job_id} may have been made: dbtc jobs list --name-icontains ${event.mark}`)
              );
            case "Cloned": {
              const waits = plan.waits || request.delete_cloned_job === false
                ? ""
                : "; dbtc waits for its run, and then deletes the clone";
              leaves(`Job ${event.job.id} is a clone of job ${job_id}: dbtc jobs delete ${event.job.id}`);
              return printNote(
                `Job ${job_id} is busy: cloned as job ${event.job.id}, ${clean(event.job.name ?? "")}${waits}`,
              );
            }
            case "Superseding":
              return printNote(`Cancelling older run ${event.run.id} of the same pull request …`);
            default:
              return onEvent(event);
          }
        },
      }));
  }),
});
