/**
 * How long the nodes of a run took, and which of them it waited for.
 *
 * All of it is in `run_results.json` and `manifest.json`, which are read as they come: of a node only its times are
 * held, of the manifest only which node depends on which. The undocumented `runs.getTiming` says no more, and its shape is not
 * known.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Predicate from "effect/Predicate";
import type * as runs from "../api/runs.ts";
import { readArtifact } from "../artifacts/find_artifact.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { longestChain, type NodeTiming, type Parents, worked } from "./critical_path.ts";
import { readNodes, round } from "./node_timings.ts";

export type { NodeTiming };

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
  /** When the first node began, as dbt wrote it; null if none has. */
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
   * the run shorter than this. Null if there is no manifest.
   */
  readonly critical_path: ReadonlyArray<NodeTiming> | null;
  /** What could not be read, and why. */
  readonly unread: ReadonlyArray<string>;
}

/**
 * How long the nodes of a run took: the slowest, the threads in use, the critical path.
 *
 * **When to use**
 *
 * To find out why a run is slow, and whether more threads would help.
 *
 * **Details**
 *
 * One request for the run, one for the `run_results.json` of each step that builds or tests nodes, and one for the
 * manifest, of which only `parent_map` is kept; more than 64 MB of it give no critical path. Results that are not there
 * yet are waited for, up to a minute after the run's end. A run that has nothing to time, as one that was cancelled in
 * the queue or that only generated docs, gives no nodes, and `unread` says why.
 *
 * **Errors**
 *
 * `NotFound` where the run is not found, or a step should have results and none has; and as the API fails.
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
    const { own, unread } = yield* readNodes("runs.timing", request);
    const parents = own.length === 0 ? undefined : yield* parentsOf(request, own.at(-1)?.index ?? 1, unread);
    const nodes = own.flatMap((step) => step.nodes);
    return {
      run_id: request.run_id,
      ...span(nodes),
      node_seconds: round(nodes.reduce((sum, { seconds }) => sum + seconds, 0)),
      nodes: nodes.toSorted((a, b) => b.seconds - a.seconds),
      threads: threadsOf(nodes),
      critical_path: parents === undefined ? null : own.flatMap(({ nodes }) => longestChain(nodes, parents)),
      unread,
    };
  },
);

// ---- threads --------------------------------------------------------------------------------------------------------

function span(nodes: ReadonlyArray<NodeTiming>): Pick<RunTiming, "started_at" | "seconds"> {
  const all = worked(nodes);
  const [first] = all;
  if (first === undefined) return { started_at: null, seconds: 0 };
  const last = all.reduce((latest, { end }) => Math.max(latest, end), first.end);
  return { started_at: first.node.started_at, seconds: round((last - first.begin) / 1000) };
}

function threadsOf(nodes: ReadonlyArray<NodeTiming>): ReadonlyArray<ThreadsInUse> {
  const all = worked(nodes);
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

/** Which node depends on which, if the manifest can be read. */
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
