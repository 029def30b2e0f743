/**
 * Why a run ended as it did.
 *
 * @module
 */
import * as Arr from "effect/Array";
import * as Effect from "effect/Effect";
import * as Struct from "effect/Struct";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { tellLate } from "../artifacts/find_artifact.ts";
import type { RunResult } from "../artifacts/run_results.ts";
import type { Dbt } from "../dbt.ts";
import { defined } from "../defined.ts";
import type { DbtError } from "../error.ts";
import type { Explain } from "./run_requests.ts";
import { fitting, sendForRun } from "./lenient_run.ts";
import { headOf, logOf, type StepHead, tail } from "./step_log.ts";
import { failed, ofStep, type PassedNode, saidIn } from "./step_results.ts";

/** The result of a node, and the file that the node is written in. */
export interface ExplainedNode extends RunResult {
  /**
   * The file that the node is written in, from the dbt project's folder, if dbt names it in the node's message or in the
   * log. `manifest.json` always has it, but may have hundreds of megabytes: it is not read.
   */
  readonly file?: string;
}

/** How a step ended, and which of its nodes failed. */
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
  /** The nodes that passed; absent unless the request asks for them. */
  readonly passed?: ReadonlyArray<PassedNode>;
  /** Why there are no results, where there should be. */
  readonly unread?: string;
  /** The end of what the step printed; empty for a step that succeeded. */
  readonly log: string;
}

/** Why a run ended as it did. */
export interface Explanation {
  /**
   * The run, without its steps. For a cancelled one, `status_message` has the reason and `audit` the user, if the token
   * may read them.
   */
  readonly run: Run;
  /** Its steps, first to last. */
  readonly steps: ReadonlyArray<ExplainedStep>;
}

/** Explains a run: see `runs.explain`. */
export const explainRun: (request: Explain) => Effect.Effect<Explanation, DbtError, Dbt> = Effect.fn(
  "runs.explain",
)(function* ({ lines, code = true, passed: withPassed = false, ...request }) {
  const { run_steps, ...run } = fitting(yield* sendForRun(runs.get, { ...request, include_related: ["run_steps"] }));
  const steps = run_steps ?? [];
  const tell = yield* Effect.cached(tellLate);
  const all = yield* Effect.forEach(steps, (step, at) => saidIn(request, run, step, at, { passed: withPassed, tell }), {
    concurrency: 4,
  });
  const written = new Set<string>();
  return {
    run: run.status === runs.RunStatus.cancelled ? { ...run, ...yield* auditOf(request) } : run,
    steps: Arr.zipWith(steps, all, (step, said): ExplainedStep => {
      const { counts, file, passed, results, unread } = ofStep(step, said, written);
      if (file?.metadata.invocation_id) written.add(file.metadata.invocation_id);
      const log = logOf(step);
      const nodes = explained(results, log, code);
      const having = (...statuses: ReadonlyArray<string>) =>
        nodes.filter(({ status }) => statuses.includes(status ?? ""));
      const broken = having(...failed);
      return {
        step: headOf(step),
        counts,
        failed: broken,
        skipped: having("skipped"),
        warned: having("warn"),
        ...(withPassed ? { passed } : {}),
        ...defined({ unread }),
        log: step.status === runs.RunStatus.success ? "" : tail(log, lines ?? (saysWhy(broken) ? 10 : 30)),
      };
    }),
  };
});

/** Whether failed nodes say why they failed, so that little of the log is needed. */
function saysWhy(failed: ReadonlyArray<RunResult>): boolean {
  return failed.length > 0 && failed.every(({ message }) => message?.trim());
}

/** Who started and who cancelled a run. Not every token may read it. */
function auditOf(request: runs.OfRun): Effect.Effect<Pick<Run, "audit">, never, Dbt> {
  return sendForRun(runs.get, { ...request, include_related: ["audit"] }).pipe(
    Effect.map((run) => ({ audit: fitting(run).audit ?? null })),
    Effect.orElseSucceed(() => ({})),
  );
}

/** Nodes with their files: as each one's message says, or the log of the step. */
function explained(results: ReadonlyArray<RunResult>, log: string, code: boolean): ReadonlyArray<ExplainedNode> {
  const inLog = new Map([...log.matchAll(places)].map(([, type, name, file]) => [`${type}.${name}`, file]));
  return results.map((result) => {
    const [type = "", , ...name] = result.unique_id.split(".");
    const file = result.message?.matchAll(places).next().value?.[3] ?? inLog.get(`${type}.${name.join(".")}`) ??
      // A test's id ends with a hash that its name has not.
      inLog.get(`${type}.${name.slice(0, -1).join(".")}`) ??
      // A unit test's id has the model before its name, a source's the source before the table.
      inLog.get(`${type}.${name.at(-1)}`);
    const node = code ? result : Struct.omit(result, ["compiled_code"]);
    return file === undefined ? node : { ...node, file };
  });
}

/**
 * dbt's `Database Error in model customers (models/customers.sql)`, `Failure in test unique_orders
 * (models/schema.yml)`.
 */
const places = /(?:Error|Failure|Warning) in (\w+) (\S+) \(([^()\n]+)\)/g;
