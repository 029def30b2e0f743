/**
 * How a run is waited for, as it was typed.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import * as Schedule from "effect/Schedule";
import { variable } from "../../client/config.ts";
import type { SeeThroughOptions } from "../../workflows/trigger_and_wait.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { reportOf } from "./runs_explain.ts";
import { checkOutput } from "../output/print.ts";
import type { Report } from "../report/report_formats.ts";
import { readDuration, type Typed } from "../input/request_input.ts";

/** How a run is waited for. */
export interface Plan {
  /** Whether it is waited for at all. */
  readonly waits: boolean;
  /** How it is said why the run failed. */
  readonly report: Report | undefined;
  /** Where its id is written to. */
  readonly idFile: string | undefined;
  /** What the library is told. */
  readonly options: Omit<SeeThroughOptions, "onEvent" | "patience">;
}

/** Reads the flags of a command that waits. Sends nothing, and writes nothing. */
export const planOf = Effect.fnUntraced(function* (typed: Typed): Effect.fn.Return<Plan, UsageError> {
  const said = (name: string) => typed.flags[name]?.at(-1);
  const timeout = yield* duration(typed, "timeout");
  const interval = yield* duration(typed, "poll-interval");
  const retries = said("retries") ?? "0";
  if (!/^\d{1,4}$/.test(retries)) return yield* usage(`--retries: "${retries}" is not a number of retries`);
  const onTimeout = yield* fate("--on-timeout", said("on-timeout"));
  const given = said("on-interrupt");
  const onInterrupt = given === undefined
    ? yield* fate("DBTC_ON_INTERRUPT", yield* variable("DBTC_ON_INTERRUPT"))
    : yield* fate("--on-interrupt", given);
  return {
    waits: said("wait") !== "false" || Number(retries) > 0,
    report: yield* reportOf(typed),
    idFile: said("run-id-file"),
    options: {
      ...(timeout === undefined ? {} : { timeout }),
      ...(interval === undefined ? {} : { schedule: Schedule.spaced(interval) }),
      ...(onTimeout === undefined ? {} : { onTimeout }),
      ...(onInterrupt === undefined ? {} : { onInterrupt }),
      retries: Number(retries),
      logs: said("logs") === "true",
    },
  };
});

/** Refuses a file for the run's id that could not be written. One that is there holds the id of another run: it goes. */
export const clearIdFile = Effect.fnUntraced(function* (
  { idFile }: Plan,
): Effect.fn.Return<void, UsageError, FileSystem.FileSystem | Path.Path> {
  if (idFile === undefined) return;
  if (idFile === "" || idFile === "-") return yield* usage("--run-id-file needs a file: stdout has the run");
  yield* checkOutput({ output: Option.some(idFile) });
  const fs = yield* FileSystem.FileSystem;
  const there = yield* Effect.option(fs.stat(idFile));
  if (Option.isNone(there) || there.value.type !== "File") return;
  yield* Effect.mapError(fs.remove(idFile), ({ message }) => usage(`Cannot write ${idFile}: ${message}`));
});

export const fate = Effect.fnUntraced(function* (name: string, text: string | undefined) {
  if (text === undefined || text === "leave" || text === "cancel") return text;
  return yield* usage(`${name}: "${text}" is neither cancel nor leave`);
});

const duration = Effect.fnUntraced(function* (typed: Typed, name: string) {
  const text = typed.flags[name]?.at(-1);
  if (text === undefined) return undefined;
  const seconds = readDuration(text);
  if (seconds === undefined || seconds < 0.1) {
    return yield* usage(`--${name}: "${text}" is not a time: 90, 30s, 15m, 2h`);
  }
  return Duration.seconds(seconds);
});
