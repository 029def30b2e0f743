/**
 * What must not compile in a program, and what must. Nothing here runs: `deno check` is the test.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { callRow } from "../../../lib/cli/commands/call_endpoint.ts";
import { program } from "../../../lib/cli/commands/program.ts";
import { choice, count, many, one, text, toggle } from "../../../lib/cli/input/flag_types.ts";
import * as jobs from "../../../lib/groups/jobs.ts";
import * as runs from "../../../lib/groups/runs.ts";

const flags = {
  report: one("report", choice(["text", "json"]), "The format"),
  top: one("top", count("nodes"), "How many"),
  steps: many("step", text(), "The steps"),
  loud: toggle("loud", false, "Print more"),
};

export const right = program(jobs.trigger, {
  flags,
  defaults: { cause: Effect.succeed("why") },
  run: ({ flags, invocation, request, row }) => {
    const typed: readonly [number, string, "text" | "json" | undefined, number | undefined, boolean] = [
      request.job_id,
      request.cause,
      flags.report,
      flags.top,
      flags.loud,
    ];
    const steps: ReadonlyArray<string> = flags.steps;
    return Effect.andThen(Effect.log(typed, steps), callRow(row, { ...request }, invocation));
  },
});

export const wrong = program(jobs.trigger, {
  flags,
  run: ({ flags, request }) =>
    Effect.sync(() => [
      // @ts-expect-error there is no such flag
      flags.nope,
      // @ts-expect-error the choice has no such word
      flags.report === "xml",
      // @ts-expect-error a flag with one value may not be given
      flags.top + 1,
      // @ts-expect-error a flag with many values has a list of them
      flags.steps.toUpperCase(),
      // @ts-expect-error there is no such field
      request.run_id,
      // @ts-expect-error a cause is text
      request.cause + 1 - 1,
      // @ts-expect-error a step override is text
      request.steps_override?.[0] === 1,
    ]),
});

export const noField = program(jobs.trigger, {
  flags: {},
  // @ts-expect-error there is no such field
  defaults: { nope: Effect.succeed("why") },
  run: () => Effect.void,
});

export const wrongDefault = program(jobs.trigger, {
  flags: {},
  // @ts-expect-error a cause is text
  defaults: { cause: Effect.succeed(1) },
  run: () => Effect.void,
});

export const wrongOptional = program(runs.cancel, {
  flags: {},
  // @ts-expect-error there is no such field
  optional: ["job_id"],
  run: () => Effect.void,
});

export const optional = program(runs.cancel, {
  flags: {},
  optional: ["run_id"],
  run: ({ request }) => {
    const run_id: number | undefined = request.run_id;
    // @ts-expect-error the user may leave out the run
    runs.cancel(request);
    return Effect.log(run_id);
  },
});

export const required = program(runs.cancel, {
  flags: {},
  run: ({ request }) => Effect.asVoid(runs.cancel(request)),
});

// @ts-expect-error a program fails with errors that have an exit code
export const failing = program(runs.get, { flags: {}, run: () => Effect.fail(new Error("no")) });

// @ts-expect-error a flag is made by `one`, `many`, `yesOrNo` or `toggle`
export const noFlag = program(runs.get, { flags: { top: count("nodes") }, run: () => Effect.void });

// @ts-expect-error a choice is of words
export const wrongChoice = choice([1, 2]);
