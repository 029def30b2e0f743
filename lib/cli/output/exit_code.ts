/**
 * The command's exit codes, and the errors that commands fail with beside `DbtError`. `main.ts` turns errors into exit
 * codes.
 *
 * @module
 */
import * as Data from "effect/Data";
import type { DbtError, Reason } from "../../error.ts";

/** The exit codes. Only a command that waits for a run or a query exits 1, 5 or 6: reading a failed run succeeds. */
export const ExitCode = {
  /** Success. */
  done: 0,
  /** The run or the query failed. */
  runFailed: 1,
  /** Wrong usage or configuration; dbtc sent no request, or none that changes anything. */
  usage: 2,
  /** Not found, or not visible to this token. */
  notFound: 3,
  /** The token is refused, or lacks the permission. */
  notAllowed: 4,
  /** The run was cancelled. */
  runCancelled: 5,
  /** The wait timed out. */
  timedOut: 6,
  /** dbt Cloud is unavailable, after all retries. */
  unavailable: 7,
  /** dbtc does not understand the response. */
  notUnderstood: 8,
  /** dbt Cloud refused the request. */
  refused: 9,
  /** The response is lost: dbtc does not know whether the write happened. */
  unknown: 10,
  /** Done, but dbtc could not write what the command line asks for. */
  notWritten: 11,
  /** A plan has changes, and the command line asks for this code. */
  hasChanges: 12,
  /** dbtc did a part of what the command line asks for. */
  partlyDone: 13,
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
  QueryFailed: ExitCode.runFailed,
  RunFailed: ExitCode.runFailed,
  RunCancelled: ExitCode.runCancelled,
  WaitTimedOut: ExitCode.timedOut,
};

/** The exit code of a failed call. */
export function exitCode({ reason }: DbtError): number {
  // A 404 without dbt's envelope means that the host or the route is wrong, not that the thing is missing.
  if (reason._tag === "NotFound" && !reason.enveloped) return ExitCode.usage;
  // 501, not implemented: a later attempt fails too, so this is a refusal.
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

/** dbtc cannot do what the command line asks for. Exits 2. */
export class UsageError extends Data.Error<{ readonly message: string }> {
  readonly _tag = "UsageError";
}

/** A {@linkcode UsageError}. */
export function usage(message: string): UsageError {
  return new UsageError({ message });
}

/** What the command line names is not there, and dbt Cloud was not asked for it. Exits 3. */
export class AbsentError extends Data.Error<{ readonly message: string }> {
  readonly _tag = "AbsentError";
}

/** dbtc did what the command line asks for, and cannot write the result. Exits 11. */
export class OutputError extends Data.Error<{ readonly message: string }> {
  readonly _tag = "OutputError";
}

/** The command has printed all that there is to say, and exits with this code. */
export class ExitWith extends Data.Error<{ readonly code: number }> {
  readonly _tag = "ExitWith";
}
