/**
 * What a run is going to do: its steps, and when each step builds which node. `new_run.ts` makes the plan once; from
 * then on the state of the run follows from the plan and the time.
 *
 * @module
 */
import * as Result from "effect/Result";
import { nodeById } from "../data/jaffle_shop_nodes.ts";
import type { Node } from "../data/dbt_node.ts";
import { hash } from "../data/stable_ids.ts";
import { DbtFailure } from "./dbt_command.ts";
import { emptyLine, selectNodes } from "./node_selection.ts";
import type { PreviousResults } from "./selection_methods.ts";

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
  /** dbt's verb: `docs generate`. */
  readonly verb?: string;
  /** What dbt warns of before it builds nodes. */
  readonly warnings?: ReadonlyArray<string>;
  /** Why dbt fails before it builds nodes. A usage error is all that it prints. */
  readonly failure?: { readonly message: string; readonly isUsage: boolean };
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
  /** The job's previous run, for `result:` and `source_status:`. */
  readonly previous: PreviousResults;
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

/** The verbs that list nodes and build none. */
export const listing: ReadonlySet<string> = new Set(["docs generate", "compile", "show", "list"]);
/** The verbs that write no results which a later `dbt retry` reads. */
const silent: ReadonlySet<string> = new Set(["list", "deps", "debug", "clean", "init", "parse", "help", "docs serve"]);

/** Makes the plan of a run. */
export function makePlan(options: PlanOptions): Plan {
  const { freshness, docs, connection, seconds, previous } = options;
  const commands = [
    ...freshness ? [freshnessCommand] : [],
    ...options.commands,
    ...docs ? [docsCommand] : [],
  ];
  const planned = planCommands(commands, options, previous);
  const natural = planned.reduce((sum, { length }) => sum + length, 0);
  const pace = natural === 0 ? 1 : Math.max(0.05, (seconds * 1000 - cloneTime - profileTime - depsTime) / natural);
  return assemble(connection, planned, pace);
}

/** The plan of a run that retries another one from the point of failure. */
export function makeRetry(plan: Plan, connection: string, previous: PreviousResults): Plan {
  const failed = plan.steps.at(-1);
  const again = failed?.nodes.filter(({ status }) => status === "error" || status === "skipped") ?? [];
  const options = { threads: 4 };
  // A command that failed before it built anything left no results to retry from.
  const first = failed?.failure !== undefined && failed.command !== undefined
    ? planCommands([failed.command], options, previous)
    : [buildNodes({ command: "dbt retry", verb: "retry" }, again.map(({ node }) => node), options)];
  return assemble(connection, [...first, ...planCommands(plan.left, options, previous)], plan.pace);
}

/** How a command builds its nodes. */
interface BuildOptions {
  readonly threads: number;
  readonly fails?: string;
}

function planCommands(
  commands: ReadonlyArray<string>,
  options: BuildOptions,
  previous: PreviousResults,
): ReadonlyArray<PlannedCommand> {
  const planned: Array<PlannedCommand> = [];
  for (const command of commands) {
    const ran = (...verbs: ReadonlyArray<string>) => planned.some(({ verb = "" }) => verbs.includes(verb));
    const sourcesNow = previous.sourcesNow || ran("source freshness");
    const hasResults = planned.some(({ verb = "" }) => !silent.has(verb));
    planned.push(planCommand(command, options, { ...previous, sourcesNow }, hasResults));
  }
  return planned;
}

function planCommand(
  command: string,
  options: BuildOptions,
  previous: PreviousResults,
  hasResults: boolean,
): PlannedCommand {
  const selected = selectNodes(command, previous);
  const fail = ({ message, exitCode }: DbtFailure): PlannedCommand => ({
    command,
    length: startUpTime,
    nodes: [],
    failure: { message, isUsage: exitCode === 2 },
  });
  if (Result.isFailure(selected)) return fail(selected.failure);
  const { verb, nodes, warnings } = selected.success;
  // A step runs only after others that succeeded, so that there is nothing to retry.
  if (verb === "retry") {
    return hasResults
      ? buildNodes({ command, verb, warnings: [emptyLine] }, [], options)
      : fail(new DbtFailure("Runtime Error\n  Could not find previous run in 'target' target directory"));
  }
  if (!listing.has(verb)) return buildNodes({ command, verb, warnings }, nodes, options);
  return {
    command,
    verb,
    warnings,
    length: verb === "docs generate" ? 6000 : startUpTime + shutDownTime,
    nodes: nodes.map((node) => ({ node, status: "success", begin: startUpTime, end: startUpTime, thread: 1 })),
  };
}

/** A command at its natural pace, before it is known when it begins. */
interface PlannedCommand extends Pick<Step, "verb" | "warnings" | "failure"> {
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
  add("Invoke dbt with `dbt deps`", depsTime, { command: "dbt deps", verb: "deps" });
  let left: ReadonlyArray<string> = [];
  for (const [index, { command, length, nodes, ...rest }] of planned.entries()) {
    const ok = rest.failure === undefined && nodes.every(({ status }) => status !== "error");
    const name = command === freshnessCommand ? freshnessStep : `Invoke dbt with \`${command}\``;
    add(name, length * pace, {
      ...rest,
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

/** Gives nodes to threads, each as soon as the nodes that it needs are done. */
function buildNodes(
  command: Pick<PlannedCommand, "command" | "verb" | "warnings">,
  all: ReadonlyArray<Node>,
  { threads, fails }: BuildOptions,
): PlannedCommand {
  const free = Array.from({ length: Math.max(1, threads) }, () => startUpTime);
  const done = new Map<string, NodeRun>();
  for (const node of inOrder(all)) {
    const before = waitsFor(node, done);
    const ready = Math.max(startUpTime, ...before.map(({ end }) => end));
    if (before.some(({ status }) => status === "error" || status === "skipped")) {
      done.set(node.id, { node, status: "skipped", begin: ready, end: ready, thread: 1 });
      continue;
    }
    if (node.kind === "saved_query") {
      // dbt has nothing to do for it, and counts it.
      done.set(node.id, { node, status: "success", begin: ready, end: ready, thread: 1 });
      continue;
    }
    const next = free.indexOf(Math.min(...free));
    const begin = Math.max(ready, free[next] ?? startUpTime);
    // Nodes take different times, and each takes the same time in every run.
    const spread = 0.8 + parseInt(hash(node.id).slice(0, 2), 16) / 640;
    const end = begin + Math.round(node.weight * spread * 1000);
    free[next] = end;
    const passes = node.kind === "test" || node.kind === "unit_test" || node.kind === "source";
    const status = node.name === fails && node.kind === "model" ? "error" : passes ? "pass" : "success";
    done.set(node.id, { node, status, begin, end, thread: next + 1 });
  }
  const nodes = [...done.values()];
  return { ...command, length: Math.max(startUpTime, ...nodes.map(({ end }) => end)) + shutDownTime, nodes };
}

/** Unit tests come before their model: dbt builds the model only after they pass. */
function inOrder(all: ReadonlyArray<Node>): ReadonlyArray<Node> {
  const units = all.filter(({ kind }) => kind === "unit_test");
  const built = new Set(all.map(({ id }) => id));
  return all.flatMap((node) =>
    node.kind === "unit_test"
      ? node.needs.some((id) => built.has(id)) ? [] : [node]
      : [...units.filter(({ needs }) => needs.includes(node.id)), node]
  );
}

/** The nodes that a node waits for: the nearest that this command builds, past those that it does not. */
function waitsFor(node: Node, done: ReadonlyMap<string, NodeRun>): ReadonlyArray<NodeRun> {
  const seen = new Set<string>();
  const past = (id: string): ReadonlyArray<NodeRun> => {
    if (seen.has(id)) return [];
    seen.add(id);
    const found = done.get(id);
    return found === undefined ? nodeById.get(id)?.needs.flatMap(past) ?? [] : [found];
  };
  const units = [...done.values()].filter((run) => run.node.kind === "unit_test" && run.node.needs.includes(node.id));
  return [...node.needs.flatMap(past), ...units];
}
