/**
 * `dbtc jobs trigger-autoscaling-ci`: starts the CI run of a pull request, shows it, and ends as it ends.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Stdio from "effect/Stdio";
import type * as jobs from "../../groups/jobs.ts";
import { type AutoscaleEvent, triggerAutoscalingCi } from "../../workflows/autoscaling_ci.ts";
import { DbtError } from "../../error.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { defaultCause } from "./default_cause.ts";
import { usage } from "../output/exit_code.ts";
import { clean } from "../output/render.ts";
import { planOf } from "./wait_plan.ts";
import type { RunProgram } from "./program.ts";
import { follow } from "./jobs_trigger.ts";
import { requestOf } from "../input/request_input.ts";
import { note } from "../output/write_output.ts";

/** Starts the CI run of a pull request as it was typed, and shows it; and what happens to other runs, and to the job. */
export const autoscaleRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const given: AnyRequest = { cause: yield* defaultCause, ...(yield* requestOf(row, flags, typed)) };
  if (given.job_id === undefined) {
    const reason = { _tag: "Unsendable", detail: "job_id is missing: give --job-id" } as const;
    return yield* new DbtError({ endpoint: row.call.name, reason });
  }
  const plan = yield* planOf(typed);
  if (invocation.dryRun) return yield* usage(`${row.call.name} is more than one request: --dry-run cannot show it`);
  // The library checks every field before it sends anything.
  const request = given as unknown as jobs.TriggerAutoscalingCi;
  const platform = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio>();
  const say = (text: string) => Effect.provide(note(text), platform);
  // A clone has a job id of its own: only its run says which.
  const { job_id: _, ...of } = request;
  yield* follow(of, plan, invocation, ({ onAsk, onEvent }) =>
    triggerAutoscalingCi(request, {
      ...plan.options,
      wait: plan.waits,
      onAsk,
      onEvent: (event: AutoscaleEvent) => {
        switch (event._tag) {
          case "Cloned": {
            const waits = plan.waits || request.delete_cloned_job === false
              ? ""
              : "; its run is waited for, since the clone is deleted then";
            return say(
              `Job ${request.job_id} is busy: cloned as job ${event.job.id}, ${clean(event.job.name ?? "")}${waits}`,
            );
          }
          case "Superseding":
            return say(`Cancelling run ${event.run.id}, an older one of the same pull request …`);
          default:
            return onEvent(event);
        }
      },
    }));
});
