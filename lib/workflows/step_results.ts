/**
 * Reads the results of a step's nodes as far as they explain how the step ended. `explain_run.ts` calls it for each
 * step.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as runs from "../api/runs.ts";
import type { Run, RunStep } from "../api/runs.ts";
import { arriving, unexpectedContent } from "../artifacts/find_artifact.ts";
import { isOwn, readResults, type ResultsFile } from "../artifacts/node_results.ts";
import { RunResult } from "../artifacts/run_results.ts";
import { type SourceAge, SourceResult } from "../artifacts/sources.ts";
import { type CommandResults, resultsFileOf } from "../artifacts/step_command.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { logOf } from "./step_log.ts";
import { hasEnded } from "./wait_for_run.ts";

/** The results of a step. */
export interface StepResults {
  /** The file that they are from; absent where there is none, or where it could not be read. */
  readonly file?: ResultsFile;
  /** The number of nodes by status. */
  readonly counts: Readonly<Record<string, number>>;
  /** The nodes that failed, were skipped or warn. Those of a large project that succeeded would fill the memory. */
  readonly results: ReadonlyArray<RunResult>;
  /** Why the results could not be read. */
  readonly unread?: string;
}

const noResults: StepResults = { counts: {}, results: [] };

/** The statuses of a node that failed. */
export const failedStatuses: ReadonlyArray<string> = ["error", "fail", "runtime error", "partial success"];
const keptStatuses = [...failedStatuses, "skipped", "warn"];

/**
 * Reads the results file of a step. There are no results while the step runs, and where it writes no such file. While
 * dbt Cloud may still upload the file, waits for it; `log` runs before that.
 */
export const readStepResults = Effect.fnUntraced(function* (
  request: runs.OfRun,
  run: Run,
  step: RunStep,
  position: number,
  log: Effect.Effect<void>,
): Effect.fn.Return<StepResults, never, Dbt> {
  const expected = resultsFileOf(step);
  const succeeded = step.status === runs.RunStatus.success;
  if (expected === undefined || !hasEnded(step) || (succeeded && expected.quiet)) return noResults;
  const read = readFile({ ...request, path: expected.path, step: step.index ?? position + 1 }, expected);
  // dbt logs this error when it stops before the first node, and then writes no results. Those of a cancelled run may
  // never come, and do not explain its end.
  const isPointless = /Encountered an error:/.test(logOf(step)) || run.status === runs.RunStatus.cancelled;
  return yield* (isPointless ? read : arriving(Effect.succeed(run), read, log)).pipe(
    Effect.catch(({ message, reason }) =>
      // A step that was cancelled may have written nothing.
      Effect.succeed(
        reason._tag === "NotFound" && step.status === runs.RunStatus.cancelled
          ? noResults
          : { ...noResults, unread: message },
      )
    ),
  );
});

const readFile = Effect.fnUntraced(function* (
  request: runs.GetArtifact,
  { path }: CommandResults,
): Effect.fn.Return<StepResults, DbtError, Dbt> {
  const counts: Record<string, number> = {};
  const results: Array<RunResult> = [];
  const take = (result: RunResult) => {
    const status = result.status ?? "unknown";
    counts[status] = (counts[status] ?? 0) + 1;
    if (keptStatuses.includes(status)) results.push(result);
  };
  const file = yield* path === "sources.json"
    ? readResults(request, SourceResult, (source) => take(asNodeResult(source)))
    : readResults(request, RunResult, take);
  if (file.invalid > 0) return yield* unexpectedContent(path, `${file.invalid} of its results are none`);
  return { file, counts, results };
});

/** Drops results that are from another step. `earlier` are the invocations of the steps before. */
export function ownResults(step: RunStep, results: StepResults, earlier: ReadonlySet<string>): StepResults {
  if (results.file === undefined || isOwn(step, results.file, earlier)) return results;
  const unread = `the step wrote no ${resultsFileOf(step)?.path}: the one that is there is another step's`;
  return step.status === runs.RunStatus.cancelled ? noResults : { ...noResults, unread };
}

/** The freshness of a source in the form of a node's result. */
function asNodeResult(source: SourceResult): RunResult {
  const { criteria, error, max_loaded_at, max_loaded_at_time_ago_in_s: age, ...result } = source;
  const limit = (verb: string, { count, period }: SourceAge) =>
    typeof count === "number" ? [`${verb} after ${count} ${period}s`] : [];
  const loaded = typeof age === "number" ? [`loaded ${Math.floor(age / 3600)} h ago, at ${max_loaded_at}`] : [];
  const parts = [
    ...loaded,
    ...limit("warns", criteria?.warn_after ?? {}),
    ...limit("fails", criteria?.error_after ?? {}),
  ];
  return { ...result, message: String(error ?? parts.join("; ")) };
}
