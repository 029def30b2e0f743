/**
 * What the steps of a run say of their nodes, as far as it explains how they ended.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as runs from "../api/runs.ts";
import type { Run, RunStep } from "../api/runs.ts";
import { arriving, notAsWritten } from "../artifacts/find_artifact.ts";
import { isOwn, readResults, type ResultsFile } from "../artifacts/node_results.ts";
import { RunResult } from "../artifacts/run_results.ts";
import { type SourceAge, SourceResult } from "../artifacts/sources.ts";
import { type Writes, writesOf } from "../artifacts/step_command.ts";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import type { DbtError } from "../error.ts";
import { hasEnded } from "./run_events.ts";
import { logOf } from "./step_log.ts";

/** A node that passed. */
export interface PassedNode {
  /** The node: `model.jaffle_shop.customers`. */
  readonly unique_id: string;
  /** How it ended: `success`, `pass` … */
  readonly status: string;
  /** Seconds that it took. */
  readonly execution_time: number | null;
}

/** What a step says of its nodes. */
export interface Said {
  /** The file that it was read from, without the results; absent if the step writes none, or it could not be read. */
  readonly file?: ResultsFile;
  /** How many nodes ended how. */
  readonly counts: Readonly<Record<string, number>>;
  /** The nodes that failed, were skipped or warn: of a large project, the others would fill the memory. */
  readonly results: ReadonlyArray<RunResult>;
  /** The other nodes, if they were asked for: only what a report needs of each. */
  readonly passed: ReadonlyArray<PassedNode>;
  /** Why it could not be read. */
  readonly unread?: string;
}

const nothing: Said = { counts: {}, results: [], passed: [] };

/** How dbt says that a node failed. */
export const failed: ReadonlyArray<string> = ["error", "fail", "runtime error", "partial success"];
const telling = [...failed, "skipped", "warn"];

/**
 * What stands in the file that a step may have written: nothing where it goes on, writes none, or has nothing to say.
 * Waits where it may still be on its way, and tells so.
 */
export const saidIn = Effect.fnUntraced(function* (
  request: runs.OfRun,
  run: Run,
  step: RunStep,
  at: number,
  { passed = false, tell }: { readonly passed?: boolean; readonly tell: Effect.Effect<void> },
): Effect.fn.Return<Said, never, Dbt> {
  const writes = writesOf(step);
  const succeeded = step.status === runs.RunStatus.success;
  if (writes === undefined || !hasEnded(step) || (succeeded && writes.quiet)) return nothing;
  const look = read({ ...request, path: writes.path, step: step.index ?? at + 1 }, writes, passed);
  // dbt says so where it gives up before it works on a node: then there never are results. Those of a cancelled run may
  // never come, and are not why it ended.
  const never = /Encountered an error:/.test(logOf(step)) || run.status === runs.RunStatus.cancelled;
  return yield* (never ? look : arriving(Effect.succeed(run), look, tell)).pipe(
    Effect.catch(({ message, reason }) =>
      // A step that is cancelled may not come to write.
      Effect.succeed(
        reason._tag === "NotFound" && step.status === runs.RunStatus.cancelled
          ? nothing
          : { ...nothing, unread: message },
      )
    ),
  );
});

const read = Effect.fnUntraced(function* (
  request: runs.GetArtifact,
  { path }: Writes,
  withPassed: boolean,
): Effect.fn.Return<Said, DbtError, Dbt> {
  const counts = new Map<string, number>();
  const results: Array<RunResult> = [];
  const passed: Array<PassedNode> = [];
  const take = (result: RunResult) => {
    const status = result.status ?? "unknown";
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (telling.includes(status)) results.push(result);
    else if (withPassed) {
      passed.push({ unique_id: result.unique_id, status, execution_time: result.execution_time ?? null });
    }
  };
  const file = yield* path === "run_results.json"
    ? readResults(request, RunResult, take)
    : readResults(request, SourceResult, (source) => take(freshness(source)));
  const odd = `${file.odd} of its results are none`;
  if (file.odd > 0 && counts.size === 0) return yield* notAsWritten(path, odd);
  const unread = file.odd === 0 ? undefined : `${path} is not what dbt writes: ${odd}`;
  return { file, counts: Object.fromEntries(counts), results, passed, ...defined({ unread }) };
});

/** What a step says, where it is the step's own. */
export function ofStep(step: RunStep, said: Said, written: ReadonlySet<string>): Said {
  if (said.file === undefined || isOwn(step, said.file, written)) return said;
  const unread = `the step wrote no ${writesOf(step)?.path}: the one that is there is another step's`;
  return step.status === runs.RunStatus.cancelled ? nothing : { ...nothing, unread };
}

/** How fresh a source is, as a node's result. */
function freshness(source: SourceResult): RunResult {
  const { criteria, error, max_loaded_at, max_loaded_at_time_ago_in_s: age, ...result } = source;
  const limit = (words: string, { count, period }: SourceAge) =>
    typeof count === "number" ? [`${words} after ${count} ${period}s`] : [];
  const loaded = typeof age === "number" ? [`loaded ${Math.floor(age / 3600)} h ago, at ${max_loaded_at}`] : [];
  const said = [
    ...loaded,
    ...limit("warns", criteria?.warn_after ?? {}),
    ...limit("fails", criteria?.error_after ?? {}),
  ];
  return { ...result, message: String(error ?? said.join("; ")) };
}
