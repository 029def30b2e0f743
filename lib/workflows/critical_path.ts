/**
 * Computes the critical path: the chain of a step's nodes that took longest, each of which had to wait for the one
 * before. `run_timing.ts` uses it.
 *
 * @module
 */
import { millisOf } from "../time.ts";

/** How long a node took. */
export interface NodeTiming {
  /** The node: `model.jaffle_shop.customers`. */
  readonly unique_id: string;
  /** The step that ran it, from 1. */
  readonly step: number;
  /** How it ended: `success`, `error`, `skipped`, `pass` … */
  readonly status: string | null;
  /** The thread that ran it. */
  readonly thread_id: string | null;
  /** When it began, in dbt's words; null for a skipped node. */
  readonly started_at: string | null;
  /** When it ended, in dbt's words; null for a skipped node. */
  readonly completed_at: string | null;
  /** Seconds that it took, compiling included. */
  readonly seconds: number;
}

/** For the id of each node, the ids of the nodes that it depends on: `parent_map` of the manifest. */
export type Parents = ReadonlyMap<string, unknown>;

/** A node that ran, with begin and end in milliseconds since 1970. */
export interface TimedNode {
  /** The node. */
  readonly node: NodeTiming;
  /** When it began. */
  readonly begin: number;
  /** When it ended. */
  readonly end: number;
}

/** The nodes that ran, in the order in which they began. */
export function timedNodes(nodes: ReadonlyArray<NodeTiming>): ReadonlyArray<TimedNode> {
  return nodes.flatMap((node) => {
    const [begin, end] = [millisOf(node.started_at), millisOf(node.completed_at)];
    return begin === undefined || end === undefined ? [] : [{ node, begin, end }];
  }).toSorted((a, b) => a.begin - b.begin || a.end - b.end);
}

/** The longest chain of nodes that ends with `node`. */
interface Chain {
  readonly node: NodeTiming;
  readonly seconds: number;
  readonly before: Chain | undefined;
}

/** The critical path of a step's nodes, first to last. */
export function longestChain(nodes: ReadonlyArray<NodeTiming>, parents: Parents): ReadonlyArray<NodeTiming> {
  const all = timedNodes(nodes);
  const ran = new Set(all.map(({ node }) => node.unique_id));
  const parentsOf = (id: string): ReadonlyArray<string> => {
    const ids = parents.get(id);
    return Array.isArray(ids) ? ids.map(String) : [];
  };
  const cache = new Map<string, ReadonlyArray<string>>();
  /**
   * The parents of a node that ran in this step. For a parent that did not, such as an ephemeral model, its own
   * parents.
   */
  const nearest = (id: string): ReadonlyArray<string> => {
    const cached = cache.get(id);
    if (cached !== undefined) return cached;
    cache.set(id, []);
    const found = [...new Set(parentsOf(id).flatMap((parent) => ran.has(parent) ? [parent] : nearest(parent)))];
    cache.set(id, found);
    return found;
  };
  const isTest = ({ unique_id }: NodeTiming) => /^(unit_)?test\./.test(unique_id);
  const testsOf = new Map<string, Array<TimedNode>>();
  for (const test of all.filter(({ node }) => isTest(node))) {
    for (const id of nearest(test.node.unique_id)) testsOf.set(id, [...(testsOf.get(id) ?? []), test]);
  }

  const chains = new Map<string, Chain>();
  let longest: Chain | undefined;
  // `all` is sorted by begin: what a node waited for comes before it.
  for (const { node, begin } of all) {
    const ids = nearest(node.unique_id);
    // In `dbt build`, a node also waits for the tests of its parents and for its own unit tests. `parent_map` does not
    // say so; tests that had ended before the node began are taken to be such tests.
    const tests = isTest(node)
      ? []
      : [node.unique_id, ...ids].flatMap((id) => testsOf.get(id) ?? []).filter(({ end }) => end <= begin);
    const before = [...ids, ...tests.map(({ node }) => node.unique_id)].flatMap((id) => chains.get(id) ?? [])
      .reduce<Chain | undefined>(
        (most, chain) => most === undefined || chain.seconds > most.seconds ? chain : most,
        undefined,
      );
    const chain = { node, seconds: node.seconds + (before?.seconds ?? 0), before };
    chains.set(node.unique_id, chain);
    if (longest === undefined || chain.seconds > longest.seconds) longest = chain;
  }
  const path: Array<NodeTiming> = [];
  for (let chain = longest; chain !== undefined; chain = chain.before) path.push(chain.node);
  return path.reverse();
}
