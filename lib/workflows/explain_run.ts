/**
 * `runs.explain`: why a run ended as it did, from the results and logs of its steps. The command line prints it, also
 * after a run that it waited for has failed.
 *
 * @module
 */
import * as Arr from "effect/Array";
import * as Effect from "effect/Effect";
import * as Struct from "effect/Struct";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { logLate } from "../artifacts/find_artifact.ts";
import type { RunResult } from "../artifacts/run_results.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import type { Explain } from "./run_requests.ts";
import { headOf, logOf, type StepHead, tail } from "./step_log.ts";
import { failedStatuses, ownResults, readStepResults } from "./step_results.ts";

/** What came of a node: its result, and where it is written. */
export interface ExplainedNode extends RunResult {
  /**
   * The file that it is written in, from the dbt project's folder, where dbt names it in the node's message or in the
   * log. `manifest.json`, which would always know, may have hundreds of megabytes: it is not read.
   */
  readonly file?: string;
}

/** What came of a step. */
export interface ExplainedStep {
  /** The step. */
  readonly step: StepHead;
  /** How many nodes ended how, as `{ success: 24, error: 1 }`. Empty where the step has no results. */
  readonly counts: Readonly<Record<string, number>>;
  /** The nodes that failed: models, tests, and sources that are too old. */
  readonly failed: ReadonlyArray<ExplainedNode>;
  /** The nodes that were skipped because of them. */
  readonly skipped: ReadonlyArray<ExplainedNode>;
  /** The nodes that warn. */
  readonly warned: ReadonlyArray<ExplainedNode>;
  /** Why there are no results, where there should be. */
  readonly unread?: string;
  /** The end of what the step printed; empty for a step that succeeded. */
  readonly log: string;
}

/** Why a run ended as it did. */
export interface Explanation {
  /**
   * The run, without its steps. Of a cancelled one, `status_message` says why and `audit` by whom, where that could be
   * read.
   */
  readonly run: Run;
  /** Its steps, first to last. */
  readonly steps: ReadonlyArray<ExplainedStep>;
}

/** Explains a run: see `runs.explain`. */
export const explainRun: (request: Explain) => Effect.Effect<Explanation, DbtError, Dbt> = Effect.fn(
  "runs.explain",
)(function* ({ lines, code = true, ...request }) {
  const { run_steps, ...run } = yield* runs.get({ ...request, include_related: ["run_steps"] });
  const steps = run_steps ?? [];
  const logOnce = yield* Effect.cached(logLate);
  const all = yield* Effect.forEach(
    steps,
    (step, position) => readStepResults(request, run, step, position, logOnce),
    { concurrency: 4 },
  );
  const invocations = new Set<string>();
  return {
    run: run.status === runs.RunStatus.cancelled ? { ...run, ...yield* auditOf(request) } : run,
    steps: Arr.zipWith(steps, all, (step, stepResults): ExplainedStep => {
      const { counts, file, results, unread } = ownResults(step, stepResults, invocations);
      if (file?.metadata.invocation_id) invocations.add(file.metadata.invocation_id);
      const log = logOf(step);
      const nodes = withFiles(results, log, code);
      const having = (...statuses: ReadonlyArray<string>) =>
        nodes.filter(({ status }) => statuses.includes(status ?? ""));
      const failed = having(...failedStatuses);
      return {
        step: headOf(step),
        counts,
        failed,
        skipped: having("skipped"),
        warned: having("warn"),
        ...(unread === undefined ? {} : { unread }),
        log: step.status === runs.RunStatus.success ? "" : tail(log, lines ?? (failed.length > 0 ? 10 : 30)),
      };
    }),
  };
});

/** Who started and who cancelled a run, if the token may read that. */
function auditOf(request: runs.OfRun): Effect.Effect<Pick<Run, "audit">, never, Dbt> {
  return runs.get({ ...request, include_related: ["audit"] }).pipe(
    Effect.map(({ audit = null }) => ({ audit })),
    Effect.orElseSucceed(() => ({})),
  );
}

/** Adds to each node its file, from the node's message or from the log of the step. */
function withFiles(results: ReadonlyArray<RunResult>, log: string, code: boolean): ReadonlyArray<ExplainedNode> {
  const inLog = new Map([...log.matchAll(filePattern)].map(([, type, name, file]) => [`${type}.${name}`, file]));
  return results.map((result) => {
    const [type = "", , ...name] = result.unique_id.split(".");
    const file = result.message?.matchAll(filePattern).next().value?.[3] ?? inLog.get(`${type}.${name.join(".")}`) ??
      // The id of a test ends with a hash, which the log does not have.
      inLog.get(`${type}.${name.slice(0, -1).join(".")}`);
    const node = code ? result : Struct.omit(result, ["compiled_code"]);
    return file === undefined ? node : { ...node, file };
  });
}

/**
 * Kind, name and file in dbt's `Database Error in model customers (models/customers.sql)`, `Failure in test
 * unique_orders (models/schema.yml)`.
 */
const filePattern = /(?:Error|Failure|Warning) in (\w+) (\S+) \(([^()\n]+)\)/g;
