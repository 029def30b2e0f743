/**
 * `dbtc jobs trigger` and `dbtc jobs rerun`: starts a run, shows it, and ends as it ends.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import type * as jobs from "../api/jobs.ts";
import type { Run } from "../api/runs.ts";
import { variable } from "../config.ts";
import type { Endpoint } from "../endpoint.ts";
import { failuresOf } from "../failures.ts";
import type { AnyRequest } from "../row.ts";
import { restart, restartAndWait, trigger, triggerAndWait, type TriggerEvent } from "../trigger.ts";
import { dryRun, placing } from "./call.ts";
import { UsageError } from "./exit.ts";
import { clean } from "./output.ts";
import { checkOutput, type Invocation, print, styleOf } from "./print.ts";
import type { RunProgram } from "./programs.ts";
import { makeProgress, outcomeLine } from "./progress.ts";
import { readDuration, requestOf, type Typed } from "./typed.ts";
import { note, write } from "./write.ts";

/** Where a CI system says what it is running. */
const ciUrls = ["CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL"] as const;

/** Starts a run, or takes up the newest where it failed, as it was typed. Prints one object, the run as last known, however this ends. */
export const triggerRow: RunProgram = Effect.fnUntraced(function* (row, flags, typed, invocation) {
  const call = row.call as Endpoint<AnyRequest, unknown>; // the rows of this program are endpoints
  const fromFailure = call.name === "jobs.rerun";
  const cause = fromFailure ? {} : { cause: yield* defaultCause };
  const given: AnyRequest = { ...cause, ...(yield* requestOf(row, flags, typed)) };
  const placed = yield* placing(call, given);
  const timeout = yield* duration(typed, "timeout");
  const interval = yield* duration(typed, "poll-interval");
  if (invocation.dryRun) return yield* dryRun(placed, invocation);
  yield* checkOutput(invocation);
  // `placing` has checked every field by its schema.
  const request = given as unknown as jobs.Trigger;
  if (typed.flags.wait?.at(-1) === "false") {
    return yield* print(yield* (fromFailure ? restart : trigger)(request), invocation, undefined, true);
  }

  let last: Run | undefined;
  const finish = Effect.suspend(() => last === undefined ? Effect.void : printRun(last, invocation)).pipe(
    // The run goes on whether or not its object could be written.
    Effect.catch(({ message }) => note(`Run ${last?.id}: ${message}`)),
  );
  yield* Effect.scoped(Effect.gen(function* () {
    const progress = yield* makeProgress;
    yield* (fromFailure ? restartAndWait : triggerAndWait)(request, {
      ...(timeout === undefined ? {} : { timeout }),
      ...(interval === undefined ? {} : { schedule: Schedule.spaced(interval) }),
      onEvent: Effect.fnUntraced(function* (event: TriggerEvent) {
        last = event.run;
        switch (event._tag) {
          case "Triggered":
            return yield* progress.say(
              `Run ${last.id} of job ${request.job_id} — Ctrl-C cancels it  ${clean(last.href ?? "")}`.trimEnd(),
            );
          case "Cancelling":
            return yield* progress.say(`Cancelling run ${last.id} …`);
          default:
            return yield* progress.show(event);
        }
      }),
    });
  })).pipe(
    Effect.onExit(() => finish),
    Effect.catchReason("DbtError", "RunFailed", ({ run }, error) => Effect.andThen(explain(run), Effect.fail(error))),
  );
});

/** Says on stderr why a run failed: the failed nodes with their messages, or the end of the log. */
const explain = Effect.fnUntraced(function* (run: Run) {
  const failures = yield* failuresOf(run).pipe(
    Effect.catch(({ message }) => Effect.as(note(`Why it failed could not be read: ${clean(message, true)}`), [])),
  );
  for (const { step, nodes, log, unread } of failures) {
    yield* note(`\n${clean(step.name ?? "")} failed:`);
    for (const { unique_id, message } of nodes) yield* note(`  ${clean(unique_id)}\n${indent(message ?? "")}`);
    if (unread !== undefined) yield* note(`  Which nodes failed could not be read: ${clean(unread, true)}`);
    if (nodes.length === 0) yield* note(indent(log));
  }
});

function indent(text: string): string {
  return clean(text, true).trim().replaceAll(/^/gm, "    ");
}

/** One object: as JSON, or as a line. */
const printRun = Effect.fnUntraced(function* (run: Run, invocation: Invocation) {
  const style = yield* styleOf(invocation, undefined);
  if (style.format !== "table" || style.fields !== undefined) {
    yield* note(outcomeLine({ color: false }, run));
    return yield* print(run, invocation, undefined, true);
  }
  yield* write(Stream.make(`${outcomeLine(style, run)}\n`), Option.getOrUndefined(invocation.output));
});

const duration = Effect.fnUntraced(function* (typed: Typed, name: string) {
  const text = typed.flags[name]?.at(-1);
  if (text === undefined) return undefined;
  const seconds = readDuration(text);
  if (seconds === undefined || seconds < 0.1) {
    return yield* new UsageError({ message: `--${name}: "${text}" is not a time: 90, 30s, 15m, 2h` });
  }
  return Duration.seconds(seconds);
});

/** Who starts the run, and where one can see why. */
const defaultCause = Effect.gen(function* () {
  const server = yield* variable("GITHUB_SERVER_URL");
  const github = `${server}/${yield* variable("GITHUB_REPOSITORY")}/actions/runs/${yield* variable("GITHUB_RUN_ID")}`;
  const others = yield* Effect.forEach(ciUrls, variable);
  const url = server === undefined ? others.find((other) => other !== undefined) : github;
  return url === undefined ? "Triggered by dbtc" : `Triggered by dbtc from ${url}`;
});
