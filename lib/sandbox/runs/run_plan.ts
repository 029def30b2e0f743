/**
 * What a run is going to do: its steps, and what each does to which node when. Nothing here knows the time.
 *
 * @module
 */
import { hash, type Node } from "../data/dbt_node.ts";
import { chosen } from "./node_selection.ts";

/** What a step does to a node. Times are milliseconds from the step's begin. */
export interface NodeRun {
  /** The node. */
  readonly node: Node;
  /** How it ends. */
  readonly status: "success" | "pass" | "error" | "skipped";
  /** When it begins. */
  readonly begin: number;
  /** When it ends. */
  readonly end: number;
  /** The thread that does it, from 1. */
  readonly thread: number;
}

/** A step of a run. Times are milliseconds from the run's begin. */
export interface Step {
  /** Its name: ``Invoke dbt with `dbt build` ``. */
  readonly name: string;
  /** The dbt command, where it is one. */
  readonly command?: string;
  /** When it begins. */
  readonly begin: number;
  /** When it ends. */
  readonly end: number;
  /** Whether it succeeds. */
  readonly ok: boolean;
  /** What it does to nodes. */
  readonly nodes: ReadonlyArray<NodeRun>;
}

/** What a run is going to do. */
export interface Plan {
  /** Its steps. After one that fails there is none. */
  readonly steps: ReadonlyArray<Step>;
  /** The commands that are not run because one before them fails. */
  readonly left: ReadonlyArray<string>;
  /** How much slower than by itself it goes. */
  readonly pace: number;
}

/** What a plan is made of. */
export interface Wanted {
  /** The dbt commands. */
  readonly commands: ReadonlyArray<string>;
  /** Whether sources are looked at first. */
  readonly freshness: boolean;
  /** Whether docs are made last. */
  readonly docs: boolean;
  /** How many nodes are worked on at once. */
  readonly threads: number;
  /** The connection's name. */
  readonly connection: string;
  /** Seconds that all of it takes. */
  readonly seconds: number;
  /** The model that fails. */
  readonly fails?: string;
}

/** The command that makes docs. */
export const docsCommand = "dbt docs generate";
const freshnessCommand = "dbt source freshness";
/** The name of the step that looks at sources. */
export const freshnessStep = "Source freshness";

const cloning = 1800;
const profiling = 400;
const installing = 2800;
const lead = 2000;
const tail = 500;

/** Makes a plan. */
export function makePlan(wanted: Wanted): Plan {
  const commands = [...wanted.commands, ...wanted.docs ? [docsCommand] : []];
  const works = [...wanted.freshness ? [freshnessCommand] : [], ...commands].map((command) =>
    work(command, chosen(command), wanted.threads, wanted.fails)
  );
  const natural = works.reduce((sum, { length }) => sum + length, 0);
  const pace = natural === 0 ? 1 : Math.max(0.05, (wanted.seconds * 1000 - cloning - profiling - installing) / natural);
  return assemble(wanted.connection, works, pace);
}

/** The plan of a run that takes up another one where it failed. */
export function makeRetry(plan: Plan, connection: string): Plan {
  const failed = plan.steps.at(-1);
  const again = failed?.nodes.filter(({ status }) => status === "error" || status === "skipped") ?? [];
  const works = [
    work("dbt retry", again.map(({ node }) => node), 4),
    ...plan.left.map((command) => work(command, chosen(command), 4)),
  ];
  return assemble(connection, works, plan.pace);
}

/** A command by itself, before it is known when it begins. */
interface Work {
  readonly command: string;
  readonly length: number;
  readonly nodes: ReadonlyArray<NodeRun>;
}

function assemble(connection: string, works: ReadonlyArray<Work>, pace: number): Plan {
  const steps: Array<Step> = [];
  const add = (name: string, length: number, rest: Partial<Step> = {}) => {
    const begin = steps.at(-1)?.end ?? 0;
    steps.push({ name, begin, end: begin + Math.round(length), ok: true, nodes: [], ...rest });
  };
  add("Clone git repository", cloning);
  add(`Create profile from connection ${connection}`, profiling);
  add("Invoke dbt with `dbt deps`", installing, { command: "dbt deps" });
  let left: ReadonlyArray<string> = [];
  for (const [index, { command, length, nodes }] of works.entries()) {
    const ok = nodes.every(({ status }) => status !== "error");
    const name = command === freshnessCommand ? freshnessStep : `Invoke dbt with \`${command}\``;
    add(name, length * pace, {
      command,
      ok,
      nodes: nodes.map((run) => ({ ...run, begin: Math.round(run.begin * pace), end: Math.round(run.end * pace) })),
    });
    if (ok) continue;
    left = works.slice(index + 1).map((later) => later.command);
    break;
  }
  return { steps, left, pace };
}

/** Puts nodes on threads, each as soon as what it needs is done. Docs are made of nodes, but work on none. */
function work(command: string, all: ReadonlyArray<Node>, threads: number, fails?: string): Work {
  if (command === docsCommand) {
    return {
      command,
      length: 6000,
      nodes: all.map((node) => ({ node, status: "success", begin: lead, end: lead, thread: 1 })),
    };
  }
  const free = Array.from({ length: Math.max(1, threads) }, () => lead);
  const done = new Map<string, NodeRun>();
  for (const node of all) {
    const before = node.needs.flatMap((need) => done.get(need) ?? []);
    const ready = Math.max(lead, ...before.map(({ end }) => end));
    if (before.some(({ status }) => status === "error" || status === "skipped")) {
      done.set(node.id, { node, status: "skipped", begin: ready, end: ready, thread: 1 });
      continue;
    }
    const next = free.indexOf(Math.min(...free));
    const begin = Math.max(ready, free[next] ?? lead);
    // No two nodes take the same time, and each takes the same time in every run.
    const spread = 0.8 + parseInt(hash(node.id).slice(0, 2), 16) / 640;
    const end = begin + Math.round(node.weight * spread * 1000);
    free[next] = end;
    const status = node.name === fails && node.kind === "model" ? "error" : node.kind === "test" ? "pass" : "success";
    done.set(node.id, { node, status, begin, end, thread: next + 1 });
  }
  const runs = [...done.values()];
  return { command, length: Math.max(lead, ...runs.map(({ end }) => end)) + tail, nodes: runs };
}
