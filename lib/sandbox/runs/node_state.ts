/**
 * What the ended runs of an environment made of the project: a fold over the runs, oldest first. The Discovery API of the
 * sandbox answers with it, so its state follows the runs and is stored nowhere.
 *
 * @module
 */
import { defined } from "../../defined.ts";
import { failureMessage } from "./dbt_log.ts";
import type { CompletedStep } from "./artifact_metadata.ts";
import { listing, type NodeRun } from "./run_plan.ts";
import { nodeTimes, type RunRecord, type Runs, Status, type StepState } from "./run_store.ts";

/** A run that has ended, with the steps that wrote their results. */
export interface EndedRun {
  /** The run. */
  readonly run: RunRecord;
  /** When it ended. */
  readonly finished: number;
  /** Its dbt steps, in order. A cancelled step is killed before it writes anything. */
  readonly steps: ReadonlyArray<StepState>;
}

/** How a run built a node. Times are milliseconds since 1970. */
export interface NodeAttempt {
  /** The run. */
  readonly run: RunRecord;
  /** The number of the step. */
  readonly step: StepState;
  /** How it ended. */
  readonly status: NodeRun["status"];
  /** When it began. */
  readonly begin: number;
  /** When it ended. */
  readonly end: number;
  /** Why it failed. */
  readonly message: string | null;
  /** The number of the thread. */
  readonly thread: number;
}

/** What is known of a node. */
export interface NodeState {
  /** The latest attempt to build it. */
  readonly last: NodeAttempt;
  /** The latest attempt that succeeded. */
  readonly success?: NodeAttempt;
}

/** What is known of a project. */
export interface ProjectState {
  /** The nodes that a run tried to build, by id. */
  readonly nodes: ReadonlyMap<string, NodeState>;
  /** The checks of sources, by id. */
  readonly freshness: ReadonlyMap<string, NodeAttempt>;
  /** The newest step that wrote a manifest: it defines the project. */
  readonly manifest?: CompletedStep;
  /** The newest step that wrote a catalog. */
  readonly catalog?: CompletedStep;
  /** When the newest run ended. */
  readonly updated?: number;
}

/** The runs that have ended by a time, oldest first by their end. */
export function endedRuns(
  runs: Runs,
  now: number,
  counts: (run: RunRecord) => boolean,
): ReadonlyArray<EndedRun> {
  return runs.all().flatMap((run) => {
    const finished = counts(run) ? runs.state(run, now).finished : null;
    if (finished === null) return [];
    const steps = runs.steps(run, now).filter(({ status, step }) =>
      status !== Status.cancelled && step.command !== undefined && step.failure === undefined
    );
    return [{ run, finished, steps }];
  }).toSorted((a, b) => a.finished - b.finished);
}

/** The attempts of a step that builds nodes; none of a step that only lists them. */
export function attemptsOf({ run }: EndedRun, state: StepState): ReadonlyArray<readonly [id: string, NodeAttempt]> {
  const { nodes, verb = "" } = state.step;
  return listing.has(verb) ? [] : nodes.map((nodeRun) => {
    const { node, status, thread } = nodeRun;
    return [node.id, {
      run,
      step: state,
      status,
      ...nodeTimes(run, state, nodeRun),
      message: status === "error" ? failureMessage(run, nodeRun) : null,
      thread,
    }];
  });
}

/** What these runs made of the project. */
export function foldRuns(ended: ReadonlyArray<EndedRun>): ProjectState {
  const nodes = new Map<string, NodeState>();
  const freshness = new Map<string, NodeAttempt>();
  let manifest: CompletedStep | undefined;
  let catalog: CompletedStep | undefined;
  for (const one of ended) {
    for (const state of one.steps) {
      const { verb } = state.step;
      if (verb !== "deps") manifest = { run: one.run, state };
      if (verb === "docs generate") catalog = { run: one.run, state };
      for (const [id, attempt] of attemptsOf(one, state)) {
        if (verb === "source freshness") {
          freshness.set(id, attempt);
          continue;
        }
        const success = attempt.status === "success" || attempt.status === "pass" ? attempt : nodes.get(id)?.success;
        nodes.set(id, { last: attempt, ...defined({ success }) });
      }
    }
  }
  const updated = ended.at(-1)?.finished;
  return {
    nodes,
    freshness,
    ...defined({ manifest, catalog, updated }),
  };
}
