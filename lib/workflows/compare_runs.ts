/**
 * What changed between two runs, node by node.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { OfRun, Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { notFound } from "../not_found.ts";
import { readNodes, round } from "./node_timings.ts";
import { jobOf, type JobOfRuns } from "./run_period.ts";
import type { Compare } from "./run_requests.ts";
import { failed } from "./step_results.ts";

/**
 * How a node changed: it fails now, is skipped now, no longer fails, took longer, took less time, is new, or is gone. A
 * node has the first of these that applies.
 */
export type NodeChangeKind = "failing" | "skipped" | "slower" | "new" | "gone" | "fixed" | "faster";

/** All kinds of changes, the worst first. */
export const changeKinds: ReadonlyArray<NodeChangeKind> = [
  "failing",
  "skipped",
  "slower",
  "new",
  "gone",
  "fixed",
  "faster",
];

/** A node that changed. */
export interface NodeChange {
  /** How it changed. */
  readonly change: NodeChangeKind;
  /** The node: `model.jaffle_shop.customers`. */
  readonly unique_id: string;
  /** How it ended before; null if that run did not have it. */
  readonly before_status: string | null;
  /** How it ended after; null if that run did not have it. */
  readonly after_status: string | null;
  /** The seconds that it took before. */
  readonly before_seconds: number | null;
  /** The seconds that it took after. */
  readonly after_seconds: number | null;
  /** How much longer it took, in seconds; null unless it is in both runs. */
  readonly seconds: number | null;
  /** Why it fails now. */
  readonly message: string | null;
}

/** A run that is compared. */
export interface ComparedRun extends Omit<JobOfRuns, "job_name"> {
  /** The run's id. */
  readonly id: number;
  /** Its status: see `RunStatus`. */
  readonly status: number | null;
  /** The status in words. */
  readonly status_humanized: string | null;
  /** When it was created. */
  readonly created_at: string | null;
  /** The commit that was checked out. */
  readonly git_sha: string | null;
  /** The URL of its page in dbt Cloud. */
  readonly href: string | null;
  /** The number of its nodes. */
  readonly nodes: number;
  /** Seconds that all its nodes took together. */
  readonly node_seconds: number;
}

/** What changed between two runs. */
export interface RunComparison {
  /** The run to compare with. */
  readonly before: ComparedRun;
  /** The run to compare. */
  readonly after: ComparedRun;
  /** The number of nodes by change. `same` are those without one. */
  readonly counts: Readonly<Record<NodeChangeKind | "same", number>>;
  /** The nodes that changed: by change, the worst first, and then by seconds. */
  readonly nodes: ReadonlyArray<NodeChange>;
  /** What could not be read, and why. A node that may be in it is in no count. */
  readonly unread: ReadonlyArray<string>;
}

/** A node of one run. */
interface NodeResult {
  readonly status: string;
  readonly seconds: number;
  readonly message: string | null;
}

/** Compares two runs: see `runs.compare`. */
export const compareRuns: (request: Compare) => Effect.Effect<RunComparison, DbtError, Dbt> = Effect.fn(
  "runs.compare",
)(function* ({ after_run_id, before_run_id, min_percent = 20, min_seconds = 1, ...account }) {
  const [before, after] = yield* Effect.all([
    readRun({ ...account, run_id: before_run_id }),
    readRun({ ...account, run_id: after_run_id }),
  ], { concurrency: 2 });
  const isMuchMore = (more: number, than: number) => more >= min_seconds && more >= than * min_percent / 100;

  const changeOf = (old: NodeResult | undefined, now: NodeResult | undefined): NodeChangeKind | "same" | undefined => {
    const [failedBefore, failsNow] = [old, now].map((node) => failed.includes(node?.status ?? ""));
    // The node may be among the results that could not be read.
    if (now === undefined) return after.unread.length > 0 ? undefined : "gone";
    if (old === undefined && before.unread.length > 0) return undefined;
    if (failsNow) return failedBefore ? "same" : "failing";
    if (now.status === "skipped") return old?.status === "skipped" ? "same" : "skipped";
    if (old === undefined) return "new";
    // A node that did not run took no time to compare with.
    if (failedBefore || old.status === "skipped") return "fixed";
    const more = now.seconds - old.seconds;
    return isMuchMore(more, old.seconds) ? "slower" : isMuchMore(-more, now.seconds) ? "faster" : "same";
  };

  const counts = new Map<NodeChangeKind | "same", number>(
    [...changeKinds, "same" as const].map((change) => [change, 0]),
  );
  const nodes: Array<NodeChange> = [];
  for (const unique_id of new Set([...before.nodes.keys(), ...after.nodes.keys()])) {
    const [old, now] = [before.nodes.get(unique_id), after.nodes.get(unique_id)];
    const change = changeOf(old, now);
    if (change === undefined) continue;
    counts.set(change, (counts.get(change) ?? 0) + 1);
    if (change === "same") continue;
    nodes.push({
      change,
      unique_id,
      before_status: old?.status ?? null,
      after_status: now?.status ?? null,
      before_seconds: old?.seconds ?? null,
      after_seconds: now?.seconds ?? null,
      seconds: old === undefined || now === undefined ? null : round(now.seconds - old.seconds),
      message: change === "failing" ? now?.message ?? null : null,
    });
  }
  return {
    before: before.head,
    after: after.head,
    // `counts` has had a number for each change from the start.
    counts: Object.fromEntries(counts) as Record<NodeChangeKind | "same", number>,
    nodes: nodes.toSorted((a, b) =>
      changeKinds.indexOf(a.change) - changeKinds.indexOf(b.change) ||
      Math.abs(b.seconds ?? 0) - Math.abs(a.seconds ?? 0) || a.unique_id.localeCompare(b.unique_id)
    ),
    unread: [
      ...before.unread.map((why) => `run ${before_run_id}: ${why}`),
      ...after.unread.map((why) => `run ${after_run_id}: ${why}`),
    ],
  };
});

/** A run with its nodes. */
const readRun = Effect.fnUntraced(function* (request: OfRun) {
  const { own, run, unread } = yield* readNodes("runs.compare", request);
  const nodes = new Map<string, NodeResult>();
  for (const { messages, nodes: ofStep } of own) {
    for (const { seconds, status, unique_id } of ofStep) {
      nodes.set(unique_id, {
        status: status ?? "unknown",
        seconds: round((nodes.get(unique_id)?.seconds ?? 0) + seconds),
        message: messages.get(unique_id) ?? null,
      });
    }
  }
  if (nodes.size === 0) {
    return yield* notFound(
      "runs.compare",
      `run ${request.run_id} has no results to compare${unread.length === 0 ? "" : `: ${unread.join("; ")}`}`,
    );
  }
  return { head: headOf(run, nodes), nodes, unread };
});

function headOf(run: Run, nodes: ReadonlyMap<string, NodeResult>): ComparedRun {
  const { job_definition_id, project_id } = jobOf(run);
  return {
    id: run.id,
    job_definition_id,
    project_id,
    status: run.status ?? null,
    status_humanized: run.status_humanized ?? null,
    created_at: run.created_at ?? null,
    git_sha: run.git_sha ?? null,
    href: run.href ?? null,
    nodes: nodes.size,
    node_seconds: round([...nodes.values()].reduce((sum, { seconds }) => sum + seconds, 0)),
  };
}
