/**
 * Jobs that would start each other for ever.
 *
 * @module
 */
import * as Graph from "effect/Graph";
import type { LiveJob } from "./account_jobs.ts";
import type { DeclaredJob } from "./declared_job.ts";
import type { DesiredJob } from "./jobs_as_code_types.ts";
import type { Problems } from "./problems.ts";

/** A job of the files, as it will be. */
export interface WantedJob {
  readonly declared: DeclaredJob;
  readonly live: LiveJob | undefined;
  readonly desired: DesiredJob;
}

/** Refuses jobs that would start each other for ever. Jobs that are not in the files count as they are. */
export function checkCycles(wanted: ReadonlyArray<WantedJob>, all: ReadonlyArray<LiveJob>, problems: Problems): void {
  const names = new Map<unknown, string>();
  const edges: Array<readonly [from: unknown, to: unknown]> = [];
  const declared = new Map<unknown, DeclaredJob>();
  const planned = new Set(wanted.flatMap(({ live }) => live?.job.id ?? []));
  for (const { declared: job, desired: { completion }, live } of wanted) {
    const node = live?.job.id ?? job.key;
    names.set(node, job.key);
    declared.set(node, job);
    if (completion !== null) {
      edges.push([typeof completion.job === "number" ? completion.job : completion.job.identifier, node]);
    }
  }
  for (const { job, name } of all) {
    if (planned.has(job.id)) continue;
    names.set(job.id, `job ${job.id} "${name}"`);
    const from = job.job_completion_trigger_condition?.condition?.job_id;
    if (typeof from === "number") edges.push([from, job.id]);
  }
  const graph = Graph.directed<unknown, undefined>((mutable) => {
    const indices = new Map([...names.keys()].map((node) => [node, Graph.addNode(mutable, node)]));
    for (const [from, to] of edges) {
      const [a, b] = [indices.get(from), indices.get(to)];
      if (a !== undefined && b !== undefined) Graph.addEdge(mutable, a, b, undefined);
    }
  });
  const nodes = [...names.keys()];
  for (const component of Graph.stronglyConnectedComponents(graph)) {
    const members = component.map((index) => nodes[index]);
    const isCircle = members.length > 1 || edges.some(([from, to]) => from === members[0] && to === members[0]);
    const first = members.map((node) => declared.get(node)).find((job) => job !== undefined);
    if (!isCircle || first === undefined) continue;
    problems.refuse(
      first.placeOf("job_completion_trigger_condition"),
      `${members.map((node) => names.get(node)).join(", ")} would start each other for ever: take one ` +
        "job_completion_trigger_condition out",
    );
  }
}
