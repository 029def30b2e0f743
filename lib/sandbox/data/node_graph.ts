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

/** The nodes that a node needs. */
export function parentsOf({ needs }: Node): ReadonlyArray<Node> {
  return needs.flatMap((id) => nodeById.get(id) ?? []);
}

/** The relatives of nodes in one direction, at most so many generations away. */
export function relatives(
  of: Iterable<Node>,
  next: (node: Node) => ReadonlyArray<Node>,
  generations = Infinity,
): ReadonlySet<Node> {
  const found = new Set<Node>();
  let layer: ReadonlyArray<Node> = [...of];
  for (let generation = 0; generation < generations && layer.length > 0; generation++) {
    layer = [...new Set(layer.flatMap(next))].filter((node) => !found.has(node));
    for (const node of layer) found.add(node);
  }
  return found;
}
