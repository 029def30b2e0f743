/**
 * The nodes of a run with their times, from the `run_results.json` of each step that builds or tests nodes. Timing a
 * run and comparing two runs use it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as runs from "../api/runs.ts";
import type { Run, RunStep } from "../api/runs.ts";
import { arriving } from "../artifacts/find_artifact.ts";
import { isOwn, readResults, type ResultsFile } from "../artifacts/node_results.ts";
import { RunResult, type RunResultTiming } from "../artifacts/run_results.ts";
import { workOf } from "../artifacts/step_command.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { notFound } from "../not_found.ts";
import { millisOf } from "../time.ts";
import type { NodeTiming } from "./critical_path.ts";
import { fitting, sendForRun } from "./lenient_run.ts";
import { hasEnded } from "./run_events.ts";
import { failed } from "./step_results.ts";

/** The nodes of a step. */
interface StepNodes {
  readonly step: RunStep;
  /** The step's number, from 1. */
  readonly index: number;
  readonly file: ResultsFile;
  readonly nodes: ReadonlyArray<NodeTiming>;
  /** The messages of the nodes that failed, by node. */
  readonly messages: ReadonlyMap<string, string>;
}

/** The nodes of a run, step by step. */
interface RunNodes {
  /** The run. */
  readonly run: Run;
  /** The steps that wrote results of their own. */
  readonly own: ReadonlyArray<StepNodes>;
  /** What could not be read, and why. More may be added. */
  readonly unread: Array<string>;
}

/**
 * Reads the nodes of a run. Waits for results that are not there yet, up to a minute after the run's end. Fails with
 * `NotFound` of `endpoint` where a step should have results and none has.
 */
export const readNodes = Effect.fnUntraced(function* (
  endpoint: string,
  request: runs.OfRun,
): Effect.fn.Return<RunNodes, DbtError, Dbt> {
  const run = fitting(yield* sendForRun(runs.get, { ...request, include_related: ["run_steps"] }));
  const unread: Array<string> = [];
  const steps = (run.run_steps ?? []).filter((step) => !["nothing", "docs", "freshness"].includes(workOf(step)));
  const read = yield* arriving(
    Effect.succeed(run),
    Effect.gen(function* () {
      unread.length = 0;
      const all = yield* Effect.forEach(steps, (step) => resultsOf(request, step, unread), { concurrency: 4 });
      const there = all.filter((results) => results !== undefined);
      if (there.length > 0 || unread.length > 0) return there;
      const why = whyNothing(run, steps.length > 0);
      if (why === undefined) return yield* notFound(endpoint, `no step of run ${request.run_id} has results`);
      unread.push(why);
      return there;
    }),
  );
  // A command that writes no results leaves those of the one before in the folder.
  const written = new Set<string>();
  const own = read.filter(({ file, step }) => {
    const isNew = file.which !== "generate" && isOwn(step, file, written);
    if (file.metadata.invocation_id) written.add(file.metadata.invocation_id);
    return isNew;
  });
  for (const { index, file } of own) {
    if (file.odd > 0) unread.push(`step ${index}: ${file.odd} results are not what dbt writes`);
  }
  return { run, own, unread };
});

/** Why a run has nothing that could be timed; undefined where it should have. */
function whyNothing({ id, run_steps, status }: Run, shouldHave: boolean): string | undefined {
  const steps = run_steps ?? [];
  const begun = steps.filter((step) =>
    step.status !== runs.RunStatus.queued && step.status !== runs.RunStatus.starting
  );
  if (status === runs.RunStatus.cancelled) {
    return `run ${id} was cancelled before ${begun.length === 0 ? "a step began" : "a step had results"}`;
  }
  if (!hasEnded({ status: status ?? null })) return `run ${id} has not ended, and no step has results yet`;
  if (shouldHave) return undefined;
  if (steps.length === 0) return `run ${id} ended before a step began`;
  const names = steps.flatMap((step) => workOf(step) === "nothing" || !step.name ? [] : [step.name]);
  return `no step of run ${id} builds or tests nodes${names.length === 0 ? "" : `: ${names.join(", ")}`}`;
}

/** What a step's `run_results.json` says; nothing where the file is missing. */
const resultsOf = Effect.fnUntraced(function* (
  request: runs.OfRun,
  step: RunStep,
  unread: Array<string>,
): Effect.fn.Return<StepNodes | undefined, DbtError, Dbt> {
  const { index } = step;
  if (typeof index !== "number") return undefined;
  const nodes: Array<NodeTiming> = [];
  const messages = new Map<string, string>();
  const take = (result: RunResult) => {
    nodes.push(nodeOf(index, result));
    if (result.message && failed.includes(result.status ?? "")) messages.set(result.unique_id, result.message);
  };
  return yield* readResults({ ...request, path: "run_results.json", step: index }, RunResult, take).pipe(
    Effect.map((file) => ({ step, index, file, nodes, messages })),
    Effect.catchReason("DbtError", "NotFound", () => Effect.undefined),
    Effect.catchReason("DbtError", "Undecodable", (_, { message }) => {
      unread.push(`step ${index}: ${message}`);
      return Effect.undefined;
    }),
  );
});

/** From the begin of its first part to the end of its last. */
function nodeOf(step: number, { unique_id, status, thread_id, timing, execution_time }: RunResult): NodeTiming {
  const ends = (name: "started_at" | "completed_at"): ReadonlyArray<string> =>
    (timing ?? []).flatMap((part: RunResultTiming) => part[name] ?? [])
      .filter((text) => millisOf(text) !== undefined)
      .toSorted((a, b) => Number(millisOf(a)) - Number(millisOf(b)));
  const [started_at = null] = ends("started_at");
  const completed_at = ends("completed_at").at(-1) ?? null;
  return {
    unique_id,
    step,
    status: status ?? null,
    thread_id: thread_id ?? null,
    started_at,
    completed_at,
    seconds: round(execution_time ?? (Number(millisOf(completed_at)) - Number(millisOf(started_at))) / 1000),
  };
}

/** Seconds in thousandths. */
export function round(seconds: number): number {
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) / 1000 : 0;
}
