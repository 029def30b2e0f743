/**
 * `dbtc jobs disable` and `jobs enable`: turn off and on what starts a job automatically.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as jobs from "../../groups/jobs.ts";
import { disableJob, enableJob, type TriggerChange } from "../../workflows/job_triggers.ts";
import { type Invocation, isForPeople, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { note, write } from "../output/write_output.ts";
import { program } from "./program.ts";

/** Turns the triggers off, and says how to restore one by another job. */
export const jobsDisable = program(jobs.disable, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const change = yield* disableJob(request);
    const { changed, completion_trigger, job_id } = change;
    const off = [...changed, ...completion_trigger === null ? [] : ["the end of another job"]];
    const text = off.length === 0 ? "was paused already" : `is paused. Turned off: ${off.join(", ")}`;
    yield* printChange(change, text, invocation);
    if (changed.length > 0) {
      yield* note(`To undo: dbtc jobs enable ${job_id} ${changed.map((name) => `--trigger ${name}`).join(" ")}`);
    }
    if (completion_trigger !== null) {
      const payload = JSON.stringify({ job_completion_trigger_condition: completion_trigger });
      yield* note(`To start it after the other job again: dbtc jobs update ${job_id} --payload '${clean(payload)}'`);
    }
  }),
});

/** Turns triggers on. */
export const jobsEnable = program(jobs.enable, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const change = yield* enableJob(request);
    const { changed, triggers } = change;
    const text = changed.length === 0
      ? `is enabled already: ${triggers.join(", ")}`
      : `is enabled. Turned on: ${changed.join(", ")}`;
    yield* printChange(change, text, invocation);
  }),
});

const printChange = Effect.fnUntraced(function* (change: TriggerChange, text: string, invocation: Invocation) {
  if (!isForPeople(yield* styleFor(invocation))) return yield* print(change, invocation, { afterWrite: true });
  const name = change.job_name === null ? "" : ` "${clean(change.job_name)}"`;
  yield* write(Stream.make(`Job ${change.job_id}${name} ${text}\n`), invocation.output);
});
