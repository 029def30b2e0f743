/**
 * The graph of the Jaffle Shop: which nodes need which. Node selection, manifests and the Discovery API follow it.
 *
 * @module
 */
import type { Node } from "./dbt_node.ts";
import { nodeById, nodes } from "./jaffle_shop_nodes.ts";

const children: ReadonlyMap<string, ReadonlyArray<Node>> = new Map(
  nodes.map(({ id }) => [id, nodes.filter(({ needs }) => needs.includes(id))]),
);

/** The nodes that need a node. */
export function childrenOf({ id }: Node): ReadonlyArray<Node> {
  return children.get(id) ?? [];
}

/** The nodes that a node needs; of a macro, the macros that it calls. */
export function parentsOf({ kind, macros, needs }: Node): ReadonlyArray<Node> {
  return (kind === "macro" ? macros : needs).flatMap((id) => nodeById.get(id) ?? []);
}

/** The relatives of nodes, or of other things, in one direction, at most so many generations away. */
export function relatives<A = Node>(
  of: Iterable<A>,
  next: (node: A) => ReadonlyArray<A>,
  generations = Infinity,
): ReadonlySet<A> {
  const found = new Set<A>();
  let layer: ReadonlyArray<A> = [...of];
  for (let generation = 0; generation < generations && layer.length > 0; generation++) {
    layer = [...new Set(layer.flatMap(next))].filter((node) => !found.has(node));
    for (const node of layer) found.add(node);
  }
  return found;
}
