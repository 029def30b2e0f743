/**
 * What the command's exit code says, and the words on stderr that go with it.
 *
 * @module
 */
import * as Data from "effect/Data";
import type { DbtError, Reason } from "../../error.ts";

/** The exit codes, in every format. Reading a failed run is no failure: only waiting for one ends in 1, 5 or 6. */
export const ExitCode = {
  /** Done. */
  done: 0,
  /** The run ended in error. */
  runFailed: 1,
  /** Usage or configuration; nothing was sent. */
  usage: 2,
  /** Not found, or not visible to this token. */
  notFound: 3,
  /** Not allowed. */
  notAllowed: 4,
  /** The run was cancelled. */
  runCancelled: 5,
  /** Timed out waiting. */
  timedOut: 6,
  /** dbt Cloud is unavailable, after all retries. */
  unavailable: 7,
  /** The answer is not understood. */
  notUnderstood: 8,
  /** The request was refused. */
  refused: 9,
  /** Unknown whether it happened. */
  unknown: 10,
  /** A defect in dbtc. */
  defect: 70,
  /** Interrupted by SIGINT. */
  interrupted: 130,
} as const;

const codes: Readonly<Record<Reason["_tag"], number>> = {
  Unsendable: ExitCode.usage,
  Unauthorized: ExitCode.notAllowed,
  Forbidden: ExitCode.notAllowed,
  NotFound: ExitCode.notFound,
  Invalid: ExitCode.refused,
  RateLimited: ExitCode.unavailable,
  ServerFault: ExitCode.unavailable,
  Unreachable: ExitCode.unavailable,
  Ambiguous: ExitCode.unknown,
  Undecodable: ExitCode.notUnderstood,
  RunFailed: ExitCode.runFailed,
  RunCancelled: ExitCode.runCancelled,
  WaitTimedOut: ExitCode.timedOut,
};

/** The exit code of a failed call. */
export function exitCode({ reason }: DbtError): number {
  // Without dbt's envelope it is not the thing that is missing, but the host or the route that is wrong.
  if (reason._tag === "NotFound" && !reason.enveloped) return ExitCode.usage;
  // What is not implemented will not be when one tries again.
  return reason._tag === "ServerFault" && reason.status === 501 ? ExitCode.refused : codes[reason._tag];
}

/** A failed call as one line of JSON. */
export function errorJson({ endpoint, message, reason }: DbtError): string {
  return JSON.stringify({
    error: {
      reason: reason._tag,
      message,
      endpoint,
      ...("status" in reason ? { status: reason.status } : {}),
      ...("run" in reason ? { run_id: reason.run.id } : {}),
    },
  });
}

/** What the user asked for cannot be done as it was typed. Exits 2. */
export class UsageError extends Data.Error<{ readonly message: string }> {
  /** Tells the error. */
  readonly _tag = "UsageError";
}

/** A {@linkcode UsageError}. */
export function usage(message: string): UsageError {
  return new UsageError({ message });
}

/** A command within this one has ended, and has said why already. Exits with its code. */
export class Ended extends Data.Error<{ readonly code: number }> {
  /** Tells the error. */
  readonly _tag = "Ended";
}
