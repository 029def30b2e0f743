/**
 * The critical path: which nodes of a step had to wait for which.
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
  /** When it began, as dbt wrote it; null for a skipped node. */
  readonly started_at: string | null;
  /** When it ended, as dbt wrote it; null for a skipped node. */
  readonly completed_at: string | null;
  /** Seconds that it took, compiling included. */
  readonly seconds: number;
}

/** The nodes that each node depends on, by id, as the manifest says it. */
export type Parents = ReadonlyMap<string, unknown>;

/** A node that was worked on, with its begin and end in milliseconds since 1970. */
export interface Worked {
  /** The node. */
  readonly node: NodeTiming;
  /** When it began. */
  readonly begin: number;
  /** When it ended. */
  readonly end: number;
}

/** The nodes that were worked on, by the time when they began. */
export function worked(nodes: ReadonlyArray<NodeTiming>): ReadonlyArray<Worked> {
  return nodes.flatMap((node) => {
    const [begin, end] = [millisOf(node.started_at), millisOf(node.completed_at)];
    return begin === undefined || end === undefined ? [] : [{ node, begin, end }];
  }).toSorted((a, b) => a.begin - b.begin || a.end - b.end);
}

/** A chain that ends with a node. */
interface Chain {
  readonly node: NodeTiming;
  readonly seconds: number;
  readonly before: Chain | undefined;
}

/** The chain of a step's nodes that takes the most seconds, each of which had to wait for the one before. */
export function longestChain(nodes: ReadonlyArray<NodeTiming>, parents: Parents): ReadonlyArray<NodeTiming> {
  const all = worked(nodes);
  const byId = new Map(all.map((one) => [one.node.unique_id, one]));
  const idsBefore = (id: string): ReadonlyArray<string> => {
    const ids = parents.get(id);
    return Array.isArray(ids) ? ids.map(String) : [];
  };
  const seen = new Map<string, ReadonlyArray<string>>();
  /** The parents that this step ran. One that it did not, as an ephemeral model, stands for its own. */
  const nearest = (id: string): ReadonlyArray<string> => {
    const known = seen.get(id);
    if (known !== undefined) return known;
    seen.set(id, []);
    const found = [...new Set(idsBefore(id).flatMap((before) => byId.has(before) ? [before] : nearest(before)))];
    seen.set(id, found);
    return found;
  };
  const isTest = ({ unique_id }: NodeTiming) => /^(unit_)?test\./.test(unique_id);
  const tests = new Map<string, Array<Worked>>();
  for (const one of all.filter(({ node }) => isTest(node))) {
    for (const id of nearest(one.node.unique_id)) tests.set(id, [...(tests.get(id) ?? []), one]);
  }

  const chains = new Map<string, Chain>();
  let longest: Chain | undefined;
  // By the time when they began: what a node waited for comes before it.
  for (const { node, begin } of all) {
    const ids = nearest(node.unique_id);
    // In `dbt build`, what is no test waits for the tests of what it depends on, and for its own unit tests. No map
    // says so, but they had ended by then.
    const tested = isTest(node)
      ? []
      : [node.unique_id, ...ids].flatMap((id) => tests.get(id) ?? []).filter(({ end }) => end <= begin);
    const before = [...ids, ...tested.map(({ node }) => node.unique_id)].flatMap((id) => chains.get(id) ?? [])
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
