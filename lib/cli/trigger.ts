/**
 * `dbtc jobs trigger`: starts a run, shows it, and ends as it ends.
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
import type { DbtError } from "../error.ts";
import type { Endpoint } from "../endpoint.ts";
import { failuresOf } from "../failures.ts";
import type { AnyRequest, Row } from "../table.ts";
import { trigger, triggerAndWait, type TriggerEvent } from "../trigger.ts";
import {
  type CommandServices,
  dryRun,
  type Invocation,
  placing,
  print,
  readDuration,
  requestOf,
  styleOf,
  type Typed,
} from "./call.ts";
import { UsageError } from "./exit.ts";
import type { FieldFlag, FlagSpec } from "./flags.ts";
import { clean } from "./output.ts";
import { makeProgress, outcomeLine } from "./progress.ts";
import { note, write } from "./write.ts";

/** The flags of waiting. */
export const waitFlags: ReadonlyArray<FlagSpec> = [
  {
    name: "wait",
    takes: "boolean",
    metavar: "",
    description: "Wait for the run, and end as it ends; --no-wait does not",
  },
  { name: "poll-interval", takes: "one", metavar: "time", description: "How long between two looks: 10, 30s, 2m" },
  {
    name: "timeout",
    takes: "one",
    metavar: "time",
    description: "How long to wait at most: 90, 30m, 2h; the run goes on",
  },
];

/** Where a CI system says what it is running. */
const ciUrls = ["CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL"] as const;

/** Starts a run as it was typed. Prints one object, the run as last known, however this ends. */
export const triggerRow = Effect.fnUntraced(function* (
  row: Row & { readonly call: Endpoint<AnyRequest, unknown> },
  flags: ReadonlyArray<FieldFlag>,
  typed: Typed,
  invocation: Invocation,
): Effect.fn.Return<void, DbtError | UsageError, CommandServices> {
  const given: AnyRequest = { cause: yield* defaultCause, ...(yield* requestOf(row, flags, typed)) };
  const placed = yield* placing(row.call, given);
  const timeout = yield* duration(typed, "timeout");
  const interval = yield* duration(typed, "poll-interval");
  if (invocation.dryRun) return yield* dryRun(placed, invocation);
  // `placing` has checked every field by its schema.
  const request = given as unknown as jobs.Trigger;
  if (typed.flags.wait?.at(-1) === "false") return yield* print(yield* trigger(request), invocation, undefined);

  let last: Run | undefined;
  const finish = Effect.suspend(() => last === undefined ? Effect.void : printRun(last, invocation));
  yield* Effect.scoped(Effect.gen(function* () {
    const progress = yield* makeProgress;
    yield* triggerAndWait(request, {
      ...(timeout === undefined ? {} : { timeout }),
      ...(interval === undefined ? {} : { schedule: Schedule.spaced(interval) }),
      onEvent: Effect.fnUntraced(function* (event: TriggerEvent) {
        last = event.run;
        switch (event._tag) {
          case "Triggered":
            return yield* progress.say(
              `Run ${last.id} of job ${request.job_id} — Ctrl-C cancels it  ${last.href ?? ""}`.trimEnd(),
            );
          case "Cancelling":
            return yield* progress.say(`Cancelling run ${last.id} …`);
          default:
            return yield* progress.show(event);
        }
      }),
    });
  })).pipe(
    Effect.onExit(() => Effect.ignore(finish)),
    Effect.catchReason("DbtError", "RunFailed", ({ run }, error) => Effect.andThen(explain(run), Effect.fail(error))),
  );
});

/** Says on stderr why a run failed: the failed nodes with their messages, or the end of the log. */
const explain = Effect.fnUntraced(function* (run: Run) {
  const failures = yield* Effect.orElseSucceed(failuresOf(run), () => []);
  for (const { step, nodes, log } of failures) {
    yield* note(`\n${clean(step.name ?? "")} failed:`);
    for (const { unique_id, message } of nodes) yield* note(`  ${clean(unique_id)}\n${indent(message ?? "")}`);
    if (nodes.length === 0) yield* note(indent(log));
  }
});

function indent(text: string): string {
  return clean(text, true).trim().replaceAll(/^/gm, "    ");
}

/** One object: as JSON, or as a line. */
const printRun = Effect.fnUntraced(function* (run: Run, invocation: Invocation) {
  const style = yield* styleOf(invocation, undefined);
  if (style.format !== "table" || style.fields !== undefined) return yield* print(run, invocation, undefined);
  yield* write(Stream.make(`${outcomeLine(style, run)}\n`), Option.getOrUndefined(invocation.output));
});

const duration = Effect.fnUntraced(function* (typed: Typed, name: string) {
  const text = typed.flags[name]?.at(-1);
  if (text === undefined) return undefined;
  const seconds = readDuration(text);
  if (seconds === undefined) {
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
