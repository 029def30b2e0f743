/**
 * The flags of commands that wait for a run, and what they mean.
 *
 * @module
 */
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import { choice, count, duration, text, yes } from "../input/flag_types.ts";
import { reports } from "../report/report_formats.ts";
import { variable } from "../../client/config.ts";
import type { UsageError } from "../output/exit_code.ts";
import { fate, type Plan } from "./wait_plan.ts";

/** Of every command that waits. */
export const watchFlags = {
  interval: duration(
    "poll-interval",
    "How long between two looks: 10, 30s, 2m; the older the run, the longer, when absent",
  ),
  timeout: duration("timeout", "How long to wait at most: 90, 30m, 2h; to the run's end when absent"),
  logs: yes("logs", false, "Show on stderr what the steps print"),
  report: choice("report", reports, "How to say on stderr why the run failed; text when absent"),
};

const onInterrupt = choice(
  "on-interrupt",
  ["cancel", "leave"],
  "What Ctrl-C or SIGTERM does to it, instead of DBTC_ON_INTERRUPT; it is cancelled when absent",
);

/** Of every command that starts a run. */
export const seeFlags = {
  wait: yes("wait", true, "Wait for the run, and end as it ends, as is done when absent; --no-wait only starts it"),
  ...watchFlags,
  onTimeout: choice(
    "on-timeout",
    ["leave", "cancel"],
    "What becomes of a run that was started here after --timeout; it goes on when absent",
  ),
  onInterrupt,
  retries: count(
    "retries",
    0,
    "retries",
    "How often a run that ended in error is taken up where it failed; implies --wait",
  ),
  idFile: text(
    "run-id-file",
    "file",
    "The file to write the run's id to, as soon as it is known; one that is there is removed first",
  ),
};

/** What the flags mean. */
export const planFrom = Effect.fnUntraced(function* (flags: {
  readonly interval: Duration.Duration | undefined;
  readonly timeout: Duration.Duration | undefined;
  readonly logs: boolean;
  readonly report: Plan["report"];
  readonly wait?: boolean;
  readonly onTimeout?: "leave" | "cancel" | undefined;
  readonly onInterrupt?: "leave" | "cancel" | undefined;
  readonly retries?: number | undefined;
  readonly idFile?: string | undefined;
}): Effect.fn.Return<Plan, UsageError> {
  const { idFile, interval, logs, onTimeout, report, retries = 0, timeout, wait = true } = flags;
  const onInterrupt = flags.onInterrupt ?? (yield* fate("DBTC_ON_INTERRUPT", yield* variable("DBTC_ON_INTERRUPT")));
  return {
    waits: wait || retries > 0,
    report,
    idFile,
    options: {
      ...(timeout === undefined ? {} : { timeout }),
      ...(interval === undefined ? {} : { schedule: Schedule.spaced(interval) }),
      ...(onTimeout === undefined ? {} : { onTimeout }),
      ...(onInterrupt === undefined ? {} : { onInterrupt }),
      retries,
      logs,
    },
  };
});
