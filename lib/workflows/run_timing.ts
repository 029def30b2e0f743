/**
 * `runs.timing`: how long the nodes of a run took, and the chain of nodes that the run had to wait for. The command
 * line prints it.
 *
 * It is computed from `run_results.json` and `manifest.json`, which are read as streams: only the times of each node
 * and the dependencies of the manifest stay in memory. The undocumented `runs.getTiming` has no more, in a format that
 * is not known.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import * as runs from "../api/runs.ts";
import type { RunStep } from "../api/runs.ts";
import { arriving, readArtifact } from "../artifacts/find_artifact.ts";
import { isOwn, readResults, type ResultsFile } from "../artifacts/node_results.ts";
import { RunResult, type RunResultTiming } from "../artifacts/run_results.ts";
import { workOf } from "../artifacts/step_command.ts";
import type { Dbt } from "../dbt.ts";
import { longestChain, type NodeTiming, type Parents, timedNodes } from "./critical_path.ts";

export type { NodeTiming };
import type { DbtError } from "../error.ts";
import { notFound } from "../find_by_name.ts";
import { millisOf } from "../time.ts";

/** From when on how many threads were in use. */
export interface ThreadsInUse {
  /** Seconds since the first node began. */
  readonly at: number;
  /** How many threads, from then on. */
  readonly threads: number;
}

/** How long the nodes of a run took. */
export interface RunTiming {
  /** The run. */
  readonly run_id: number;
  /** When the first node began, in dbt's words; null where none has. */
  readonly started_at: string | null;
  /** Seconds from then until the last node ended, what was between two steps included. */
  readonly seconds: number;
  /** Seconds that all nodes together took. */
  readonly node_seconds: number;
  /** The nodes, the slowest first. */
  readonly nodes: ReadonlyArray<NodeTiming>;
  /** How many threads were in use, at each change. */
  readonly threads: ReadonlyArray<ThreadsInUse>;
  /**
   * The longest chain of nodes each of which had to wait for the one before, step after step: more threads do not make
   * the run shorter than this. Null where no manifest says who depends on whom.
   */
  readonly critical_path: ReadonlyArray<NodeTiming> | null;
  /** What could not be read, and why. */
  readonly unread: ReadonlyArray<string>;
}

/** The times of a step's nodes. */
interface TimedStep {
  readonly step: RunStep;
  readonly index: number;
  readonly file: ResultsFile;
  readonly nodes: ReadonlyArray<NodeTiming>;
}

/**
 * How long the nodes of a run took: the slowest, the threads in use, the critical path. Reads the results of every dbt
 * step but `dbt docs generate`, each invocation once, and of the manifest only `parent_map`; one that has more than 64
 * MB of it gives no critical path. Waits for results where the run ended less than a minute ago, and fails with
 * `NotFound` where no step has any.
 *
 * @example
 * ```ts
 * import { DbtClient, runs, timingOf } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer()),
 * );
 * const program = Effect.gen(function* () {
 *   const run = yield* runs.getMostRecent({ job_definition_id: 1 });
 *   return yield* timingOf({ run_id: run.id });
 * });
 * const { critical_path, nodes, seconds } = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * assert(nodes[0]!.seconds <= seconds);
 * assert(critical_path!.length > 1);
 * ```
 */
export const timingOf: (request: runs.OfRun) => Effect.Effect<RunTiming, DbtError, Dbt> = Effect.fn("runs.timing")(
  function* (request) {
    const run = yield* runs.get({ ...request, include_related: ["run_steps"] });
    const unread: Array<string> = [];
    const candidates = (run.run_steps ?? []).filter((step) => !["nothing", "docs", "freshness"].includes(workOf(step)));
    const read = yield* arriving(
      Effect.succeed(run),
      Effect.gen(function* () {
        unread.length = 0;
        const all = yield* Effect.forEach(candidates, (step) => readStep(request, step, unread), { concurrency: 4 });
        const found = all.filter((step) => step !== undefined);
        if (found.length > 0 || unread.length > 0) return found;
        return yield* notFound("runs.timing", `no step of run ${request.run_id} has results`);
      }),
    );
    // A command that writes no results leaves those of an earlier step in the folder.
    const invocations = new Set<string>();
    const steps = read.filter(({ file, step }) => {
      const isNew = file.which !== "generate" && isOwn(step, file, invocations);
      if (file.metadata.invocation_id) invocations.add(file.metadata.invocation_id);
      return isNew;
    });
    for (const { index, file } of steps) {
      if (file.invalid > 0) unread.push(`step ${index}: ${file.invalid} results are not what dbt writes`);
    }
    const parents = steps.length === 0 ? undefined : yield* parentsOf(request, steps.at(-1)?.index ?? 1, unread);
    const nodes = steps.flatMap((step) => step.nodes);
    return {
      run_id: request.run_id,
      ...span(nodes),
      node_seconds: round(nodes.reduce((sum, { seconds }) => sum + seconds, 0)),
      nodes: nodes.toSorted((a, b) => b.seconds - a.seconds),
      threads: threadsOf(nodes),
      critical_path: parents === undefined ? null : steps.flatMap(({ nodes }) => longestChain(nodes, parents)),
      unread,
    };
  },
);

/** Reads the times of a step; undefined where the step has no results. */
const readStep = Effect.fnUntraced(function* (
  request: runs.OfRun,
  step: RunStep,
  unread: Array<string>,
): Effect.fn.Return<TimedStep | undefined, DbtError, Dbt> {
  const { index } = step;
  if (typeof index !== "number") return undefined;
  const nodes: Array<NodeTiming> = [];
  const take = (result: RunResult) => void nodes.push(nodeOf(index, result));
  return yield* readResults({ ...request, path: "run_results.json", step: index }, RunResult, take).pipe(
    Effect.map((file) => ({ step, index, file, nodes })),
    Effect.catchReason("DbtError", "NotFound", () => Effect.undefined),
    Effect.catchReason("DbtError", "Undecodable", (_, { message }) => {
      unread.push(`step ${index}: ${message}`);
      return Effect.undefined;
    }),
  );
});

/** The times of a node: from the start of its first part to the end of its last. */
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

function round(seconds: number): number {
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) / 1000 : 0;
}

// ---- threads --------------------------------------------------------------------------------------------------------

function span(nodes: ReadonlyArray<NodeTiming>): Pick<RunTiming, "started_at" | "seconds"> {
  const all = timedNodes(nodes);
  const [first] = all;
  if (first === undefined) return { started_at: null, seconds: 0 };
  const last = all.reduce((latest, { end }) => Math.max(latest, end), first.end);
  return { started_at: first.node.started_at, seconds: round((last - first.begin) / 1000) };
}

function threadsOf(nodes: ReadonlyArray<NodeTiming>): ReadonlyArray<ThreadsInUse> {
  const all = timedNodes(nodes);
  const changes = new Map<number, number>();
  for (const { begin, end } of all) {
    changes.set(begin, (changes.get(begin) ?? 0) + 1);
    changes.set(end, (changes.get(end) ?? 0) - 1);
  }
  let threads = 0;
  return [...changes].filter(([, change]) => change !== 0).toSorted(([a], [b]) => a - b).map(([at, change]) => {
    threads += change;
    return { at: round((at - (all[0]?.begin ?? at)) / 1000), threads };
  });
}

// ---- the critical path ----------------------------------------------------------------------------------------------

/** The dependencies of all nodes, from the manifest. Where it cannot be read, `unread` gets the reason. */
const parentsOf = Effect.fnUntraced(function* (
  request: runs.OfRun,
  step: number,
  unread: Array<string>,
): Effect.fn.Return<Parents | undefined, never, Dbt> {
  let parents: Parents | undefined;
  const take = (_: string, value: unknown) => {
    if (Predicate.isObject(value)) parents = new Map(Object.entries(value));
  };
  yield* readArtifact({ ...request, path: "manifest.json", step }, { whole: ["parent_map"] }, take).pipe(
    Effect.catch(({ message }) => Effect.sync(() => unread.push(`no critical path: ${message}`))),
  );
  if (parents === undefined && unread.length === 0) unread.push("no critical path: manifest.json has no parent_map");
  return parents;
});
