/**
 * The failed runs of a period by job, and the nodes that failed in them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Struct from "effect/Struct";
import { type Run, RunStatus } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import type { InAccount } from "../shared_fields.ts";
import { explainRun } from "./explain_run.ts";
import { type AnalysisPeriod, jobOf, type JobOfRuns, readPeriod } from "./run_period.ts";
import type { Failures } from "./run_requests.ts";

/** A run that failed. */
export interface FailedRun {
  /** The run's id. */
  readonly id: number;
  /** The job's id. */
  readonly job_definition_id: number | null;
  /** When it was created. */
  readonly created_at: string | null;
  /** When it ended. */
  readonly finished_at: string | null;
  /** The branch that was checked out. */
  readonly git_branch: string | null;
  /** dbt Cloud's message about it. */
  readonly status_message: string | null;
  /** The URL of its page in dbt Cloud. */
  readonly href: string | null;
}

/** The failed runs of a job. */
export interface JobFailures extends JobOfRuns {
  /** The number of failed runs. */
  readonly failures: number;
  /** When the last of them ended. */
  readonly last_failed_at: string | null;
  /** The id of the last of them. */
  readonly last_run_id: number;
  /** The failed runs, newest first. */
  readonly failed_runs: ReadonlyArray<FailedRun>;
}

/** A node that failed in a run of the period. */
export interface FailingNode {
  /** The node: `model.jaffle_shop.customers`. */
  readonly unique_id: string;
  /** The number of runs that it failed in. */
  readonly failures: number;
  /** When the last of them ended. */
  readonly last_failed_at: string | null;
  /** The message of the last failure. */
  readonly message: string | null;
  /** The ids of the runs that it failed in, newest first. */
  readonly run_ids: ReadonlyArray<number>;
  /** The ids of the jobs that it failed in. */
  readonly job_definition_ids: ReadonlyArray<number>;
}

/** The nodes that failed, and what could not be read. */
export interface FailingNodes {
  /** The number of runs whose results were read. */
  readonly runs_read: number;
  /** The nodes, the one that failed most often first. */
  readonly nodes: ReadonlyArray<FailingNode>;
  /** What could not be read, and why. */
  readonly unread: ReadonlyArray<string>;
}

/** The failed runs of a period. */
export interface RunFailures extends AnalysisPeriod {
  /** The jobs with failed runs, the one that failed most often first. */
  readonly jobs: ReadonlyArray<JobFailures>;
  /** The nodes that failed; absent unless the request asks for them. */
  readonly failing_nodes?: FailingNodes;
}

/** The defaults of {@linkcode failuresOf}. */
export const failureDefaults = { days: 7, limit: 1000, max_runs: 25 } as const;

/** The failed runs of a period: see `runs.failures`. */
export const failuresOf: (request: Failures) => Effect.Effect<RunFailures, DbtError, Dbt> = Effect.fn(
  "runs.failures",
)(function* ({ max_runs = failureDefaults.max_runs, nodes = false, ...request }) {
  const jobs = new Map<number | null, JobOfRuns & { readonly failed_runs: Array<FailedRun> }>();
  const period = yield* readPeriod(
    { ...request, status: RunStatus.error },
    { endpoint: "runs.failures", ...failureDefaults },
    (run) => {
      const job = jobOf(run);
      const known = jobs.get(job.job_definition_id) ?? { ...job, failed_runs: [] };
      known.failed_runs.push(failedRun(run));
      jobs.set(job.job_definition_id, known);
    },
  );
  const failures: RunFailures = {
    ...period,
    jobs: [...jobs.values()].map(({ failed_runs, ...job }) => ({
      ...job,
      failures: failed_runs.length,
      last_failed_at: failed_runs[0]?.finished_at ?? null,
      // A job is in the map because of its first run.
      last_run_id: failed_runs[0]?.id ?? 0,
      failed_runs,
    })).toSorted((a, b) => b.failures - a.failures || b.last_run_id - a.last_run_id),
  };
  if (!nodes) return failures;
  return { ...failures, failing_nodes: yield* failingNodes(newestFailures(failures, max_runs), request) };
});

function failedRun(run: Run): FailedRun {
  const { created_at, finished_at, git_branch, href, id, status_message } = run;
  return {
    id,
    job_definition_id: jobOf(run).job_definition_id,
    created_at: created_at ?? null,
    finished_at: finished_at ?? null,
    git_branch: git_branch ?? null,
    status_message: status_message ?? null,
    href: href ?? null,
  };
}

/** The newest failed runs of all jobs. */
export function newestFailures({ jobs }: RunFailures, most: number): ReadonlyArray<FailedRun> {
  return jobs.flatMap(({ failed_runs }) => failed_runs).toSorted((a, b) => b.id - a.id).slice(0, Math.max(0, most));
}

/**
 * The nodes that failed in these runs, from the artifacts of the runs.
 *
 * **Details**
 *
 * For each run, one request for the run and one for the results of each step. Four runs are read at the same time.
 *
 * **Errors**
 *
 * None of its own: a run or file that cannot be read is in `unread`.
 */
export const failingNodes: (
  runs: ReadonlyArray<FailedRun>,
  account?: InAccount,
) => Effect.Effect<FailingNodes, never, Dbt> = Effect.fnUntraced(function* (runs, request = {}) {
  const account = Struct.pick(request, ["account_id"]);
  const nodes = new Map<string, FailingNode>();
  const unread: Array<string> = [];
  let runs_read = 0;
  const explained = yield* Effect.forEach(
    runs,
    (run) =>
      Effect.map(
        Effect.result(explainRun({ ...account, run_id: run.id, code: false, lines: 1 })),
        (result) => ({ run, result }),
      ),
    { concurrency: 4 },
  );
  for (const { result, run } of explained) {
    if (Result.isFailure(result)) {
      unread.push(`run ${run.id}: ${result.failure.message}`);
      continue;
    }
    runs_read++;
    const { steps } = result.success;
    for (const { step, unread: why } of steps) {
      if (why !== undefined) unread.push(`run ${run.id}, step ${step.index ?? step.id}: ${why}`);
    }
    // A node may fail in several steps of a run.
    const failed = new Map(steps.flatMap(({ failed }) => failed).map((node) => [node.unique_id, node]));
    for (const [unique_id, { message }] of failed) {
      const known = nodes.get(unique_id);
      const job = run.job_definition_id;
      nodes.set(unique_id, {
        unique_id,
        failures: (known?.failures ?? 0) + 1,
        // The runs are in order: the first one is the newest.
        last_failed_at: known === undefined ? run.finished_at : known.last_failed_at,
        message: known === undefined ? message ?? null : known.message,
        run_ids: [...known?.run_ids ?? [], run.id],
        job_definition_ids: [...new Set([...known?.job_definition_ids ?? [], ...job === null ? [] : [job]])],
      });
    }
  }
  return {
    runs_read,
    nodes: [...nodes.values()].toSorted((a, b) => b.failures - a.failures || a.unique_id.localeCompare(b.unique_id)),
    unread,
  };
});
