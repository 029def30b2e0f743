/**
 * What a run is going to do: its steps, and when each step builds which node. `new_run.ts` makes the plan once; from
 * then on the state of the run follows from the plan and the time.
 *
 * @module
 */
import type { Node } from "../data/dbt_node.ts";
import { hash } from "../data/stable_ids.ts";
import { selectNodes } from "./node_selection.ts";

/** How a step builds a node. Times are milliseconds from the step's begin. */
export interface NodeRun {
  /** The node. */
  readonly node: Node;
  /** How it ends. */
  readonly status: "success" | "pass" | "error" | "skipped";
  /** When it begins. */
  readonly begin: number;
  /** When it ends. */
  readonly end: number;
  /** The number of the thread that builds it, from 1. */
  readonly thread: number;
}

/** A step of a run. Times are milliseconds from the run's begin. */
export interface Step {
  /** Its name: ``Invoke dbt with `dbt build` ``. */
  readonly name: string;
  /** The dbt command, where the step runs dbt. */
  readonly command?: string;
  /** When it begins. */
  readonly begin: number;
  /** When it ends. */
  readonly end: number;
  /** Whether it succeeds. */
  readonly ok: boolean;
  /** The nodes that it builds. */
  readonly nodes: ReadonlyArray<NodeRun>;
}

/** What a run is going to do. */
export interface Plan {
  /** Its steps. The last one may fail; no step follows a failed one. */
  readonly steps: ReadonlyArray<Step>;
  /** The commands that do not run, because an earlier one fails. */
  readonly left: ReadonlyArray<string>;
  /** How much longer than its natural time each command takes, so that the run has the wanted length. */
  readonly pace: number;
}

/** What a plan is made from. */
export interface PlanOptions {
  /** The job's dbt commands. */
  readonly commands: ReadonlyArray<string>;
  /** Whether the freshness of sources is checked first. */
  readonly freshness: boolean;
  /** Whether docs are generated last. */
  readonly docs: boolean;
  /** How many nodes are built at the same time. */
  readonly threads: number;
  /** The connection's name. */
  readonly connection: string;
  /** Seconds that the run takes. */
  readonly seconds: number;
  /** The model that fails. */
  readonly fails?: string;
}

/** The command that generates docs. */
export const docsCommand = "dbt docs generate";
const freshnessCommand = "dbt source freshness";
/** The name of the step that checks sources. */
export const freshnessStep = "Source freshness";

// Milliseconds of the steps before the job's commands, and of each command before its first and after its last node.
const cloneTime = 1800;
const profileTime = 400;
const depsTime = 2800;
const startUpTime = 2000;
const shutDownTime = 500;

/** Makes the plan of a run. */
export function makePlan(options: PlanOptions): Plan {
  const commands = [...options.commands, ...options.docs ? [docsCommand] : []];
  const planned = [...options.freshness ? [freshnessCommand] : [], ...commands].map((command) =>
    planCommand(command, selectNodes(command), options.threads, options.fails)
  );
  const natural = planned.reduce((sum, { length }) => sum + length, 0);
  const pace = natural === 0
    ? 1
    : Math.max(0.05, (options.seconds * 1000 - cloneTime - profileTime - depsTime) / natural);
  return assemble(options.connection, planned, pace);
}

/** The plan of a run that retries another one from the point of failure. */
export function makeRetry(plan: Plan, connection: string): Plan {
  const failed = plan.steps.at(-1);
  const again = failed?.nodes.filter(({ status }) => status === "error" || status === "skipped") ?? [];
  const planned = [
    planCommand("dbt retry", again.map(({ node }) => node), 4),
    ...plan.left.map((command) => planCommand(command, selectNodes(command), 4)),
  ];
  return assemble(connection, planned, plan.pace);
}

/** A command at its natural pace, before it is known when it begins. */
interface PlannedCommand {
  readonly command: string;
  readonly length: number;
  readonly nodes: ReadonlyArray<NodeRun>;
}

function assemble(connection: string, planned: ReadonlyArray<PlannedCommand>, pace: number): Plan {
  const steps: Array<Step> = [];
  const add = (name: string, length: number, rest: Partial<Step> = {}) => {
    const begin = steps.at(-1)?.end ?? 0;
    steps.push({ name, begin, end: begin + Math.round(length), ok: true, nodes: [], ...rest });
  };
  add("Clone git repository", cloneTime);
  add(`Create profile from connection ${connection}`, profileTime);
  add("Invoke dbt with `dbt deps`", depsTime, { command: "dbt deps" });
  let left: ReadonlyArray<string> = [];
  for (const [index, { command, length, nodes }] of planned.entries()) {
    const ok = nodes.every(({ status }) => status !== "error");
    const name = command === freshnessCommand ? freshnessStep : `Invoke dbt with \`${command}\``;
    add(name, length * pace, {
      command,
      ok,
      nodes: nodes.map((run) => ({ ...run, begin: Math.round(run.begin * pace), end: Math.round(run.end * pace) })),
    });
    if (ok) continue;
    left = planned.slice(index + 1).map((later) => later.command);
    break;
  }
  return { steps, left, pace };
}

/** Gives nodes to threads, each as soon as the nodes that it needs are done. Docs list nodes without building them. */
function planCommand(command: string, all: ReadonlyArray<Node>, threads: number, fails?: string): PlannedCommand {
  if (command === docsCommand) {
    return {
      command,
      length: 6000,
      nodes: all.map((node) => ({ node, status: "success", begin: startUpTime, end: startUpTime, thread: 1 })),
    };
  }
  const free = Array.from({ length: Math.max(1, threads) }, () => startUpTime);
  const done = new Map<string, NodeRun>();
  for (const node of all) {
    const before = node.needs.flatMap((need) => done.get(need) ?? []);
    const ready = Math.max(startUpTime, ...before.map(({ end }) => end));
    if (before.some(({ status }) => status === "error" || status === "skipped")) {
      done.set(node.id, { node, status: "skipped", begin: ready, end: ready, thread: 1 });
      continue;
    }
    const next = free.indexOf(Math.min(...free));
    const begin = Math.max(ready, free[next] ?? startUpTime);
    // Nodes take different times, and each takes the same time in every run.
    const spread = 0.8 + parseInt(hash(node.id).slice(0, 2), 16) / 640;
    const end = begin + Math.round(node.weight * spread * 1000);
    free[next] = end;
    const status = node.name === fails && node.kind === "model" ? "error" : node.kind === "test" ? "pass" : "success";
    done.set(node.id, { node, status, begin, end, thread: next + 1 });
  }
  const runs = [...done.values()];
  return { command, length: Math.max(startUpTime, ...runs.map(({ end }) => end)) + shutDownTime, nodes: runs };
}
