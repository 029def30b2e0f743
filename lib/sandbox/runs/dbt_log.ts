/**
 * What dbt logs while a step runs: the console and the debug log, up to a given time. Fields of steps show it.
 *
 * @module
 */
import { timeOfDay } from "../protocol/response_format.ts";
import type { NodeRun, Step } from "./run_plan.ts";
import { groupNames, nodes } from "../data/jaffle_shop_nodes.ts";
import {
  adapterVersion,
  aliasOf,
  compiledCode,
  dbtVersion,
  isInNodes,
  type Node,
  projectName,
  relationOf,
} from "../data/dbt_node.ts";
import { uuid } from "../data/stable_ids.ts";
import { type RunRecord, scaled, Status, type StepState } from "./run_store.ts";

/** A line, and when it is logged: milliseconds from the step's begin. */
type Line = readonly [at: number, text: string];

/** dbt's message for a node that failed. */
export function failureMessage(run: RunRecord, { node, end, begin }: NodeRun): string {
  const seconds = Math.max(1, Math.round(scaled(run, end - begin) / 1000));
  return `Database Error in model ${node.name} (${node.file})\n` +
    `  000630 (57014): Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.\n` +
    `  compiled code at target/run/jaffle_shop/${node.file}`;
}

/** The console until a time, with colours: see https://github.com/dbt-labs/dbt-core/issues/9442. */
export function consoleLog(run: RunRecord, state: StepState, until: number): string {
  return printed(run, state, until, consoleLines(run, state), (at) => `${plain}${timeOfDay(at)}  `);
}

/** The debug log until a time. */
export function debugLog(run: RunRecord, state: StepState, until: number): string {
  const time = (at: number) => new Date(at).toISOString().slice(11, 23) + "000";
  return printed(run, state, until, debugLines(run, state), (at) => `${plain}${time(at)} [debug] [MainThread]: `);
}

function printed(
  run: RunRecord,
  { started, status, step }: StepState,
  until: number,
  lines: ReadonlyArray<Line>,
  prefix: (at: number) => string,
): string {
  const completed = status === Status.success || status === Status.error;
  return lines.map(([at, text]): Line => [started + scaled(run, at), text]).filter(([at]) => completed || at <= until)
    .map(([at, text]) => step.command === undefined || step.failure?.isUsage ? text : prefix(at) + text).join("\n");
}

// ---- the console ----------------------------------------------------------------------------------------------------

const plain = "\u001b[0m";
const red = "\u001b[31m";
const green = "\u001b[32m";
const yellow = "\u001b[33m";

/** How far into a step dbt prints what it found, as a part of the step's length. */
const early = 1 / 20;

function consoleLines(run: RunRecord, { step }: StepState): ReadonlyArray<Line> {
  const length = step.end - step.begin;
  const { target, threads } = run.profile;
  if (step.command === undefined) {
    return step.name.startsWith("Clone")
      ? [
        [0, "Cloning into '/tmp/jobs/jaffle_shop/target'..."],
        [length, "Successfully cloned repository."],
        [length, `Checking out to ${run.trigger.git_branch ?? run.trigger.git_sha ?? "main"}`],
      ]
      : [[length, `Saved profile: target ${target}, type snowflake`]];
  }
  const { failure, warnings = [], verb } = step;
  if (failure?.isUsage) return [[length, failure.message]];
  const begun: ReadonlyArray<Line> = [[0, `Running with dbt=${dbtVersion}`]];
  if (verb === "deps") return [...begun, [length, "Warning: No packages were found in packages.yml"]];
  const ready: ReadonlyArray<Line> = [
    ...begun,
    [length * early, `Registered adapter: snowflake=${adapterVersion}`],
    [length * early, `Found ${found}`],
    ...warnings.map((text): Line => [length * early, text]),
  ];
  if (failure !== undefined) return [...ready, [length, `Encountered an error:\n${failure.message}`]];
  if (verb === "list") return [...ready, ...listed(step.nodes).map((text): Line => [length, text])];
  if (verb === "docs generate") return [...ready, [length, "Catalog written to target/catalog.json"]];
  if (step.nodes.every(({ begin, end }) => begin === end)) return ready;
  const lines = [
    ...ready,
    [length * early, ""] as const,
    [length * early, `Concurrency: ${threads} threads (target='${target}')`] as const,
    [length * early, ""] as const,
    ...step.nodes.toSorted((a, b) => a.begin - b.begin).flatMap((node, index) =>
      nodeLines(run, node, `${index + 1} of ${step.nodes.length}`)
    ),
    ...summary(run, step, length),
  ];
  return lines.toSorted((a, b) => a[0] - b[0]);
}

const counted = (kind: Node["kind"]) => nodes.filter((node) => node.kind === kind).length;
/** What dbt finds in the project, in its own order. */
const found = [
  `${counted("model")} models`,
  `${counted("snapshot")} snapshot`,
  `${counted("test")} data tests`,
  `${counted("seed")} seeds`,
  `${counted("source")} sources`,
  `${counted("exposure")} exposure`,
  `${counted("metric")} metric`,
  "472 macros",
  `${groupNames.length} groups`,
  `${counted("semantic_model")} semantic model`,
  `${counted("saved_query")} saved query`,
  `${counted("unit_test")} unit test`,
].join(", ");

/** What `dbt list` prints: the selectors of nodes, by id. */
function listed(all: ReadonlyArray<NodeRun>): ReadonlyArray<string> {
  return all.map(({ node }) => node).toSorted((a, b) => a.id < b.id ? -1 : 1).map((node) => {
    const { fqn, kind, name, source } = node;
    if (source !== undefined) return `source:${projectName}.${source.name}.${name}`;
    return isInNodes(node) ? fqn.join(".") : `${kind}:${projectName}.${name}`;
  });
}

function nodeLines(run: RunRecord, { node, status, begin, end }: NodeRun, place: string): ReadonlyArray<Line> {
  const line = (text: string, end: string) => `${text} ${".".repeat(Math.max(3, 78 - text.length))} [${end}]`;
  const seconds = (scaled(run, end - begin) / 1000).toFixed(2);
  const { what, of, done, as } = wordsOf(node, run.profile.schema);
  if (status === "skipped") return [[begin, line(`${place} SKIP ${as}`, `${yellow}SKIP${plain}`)]];
  if (node.kind === "saved_query") {
    return [[end, line(`${place} NO-OP ${as}`, `${yellow}NO-OP${plain} in ${seconds}s`)]];
  }
  const [action, result] = status === "error"
    ? [`ERROR creating ${what}${of}`, `${red}ERROR${plain}`]
    : status === "pass"
    ? [`PASS ${done}${of}`, `${green}PASS${plain}`]
    : [`OK ${done}${of}`, `${green}${node.kind === "seed" ? `INSERT ${node.rows}` : "SUCCESS 1"}${plain}`];
  return [
    [begin, line(`${place} START ${what}${of}`, "RUN")],
    [end, line(`${place} ${action}`, `${result} in ${seconds}s`)],
  ];
}

/** How dbt speaks of a node: before and after it is built, and when it is skipped. */
function wordsOf(node: Node, schema: string): { readonly [part in "what" | "of" | "done" | "as"]: string } {
  const { kind, name, materialized, fqn, source } = node;
  const relation = `${schema}.${aliasOf(node)}`;
  switch (kind) {
    case "seed":
      return { what: "seed file ", done: "loaded seed file ", of: relation, as: `relation ${relation}` };
    case "snapshot":
      return { what: "snapshot ", done: "snapshotted ", of: relation, as: `relation ${relation}` };
    case "test":
      return { what: "test ", done: "", of: name, as: `test ${name}` };
    case "unit_test":
      return { what: "unit_test ", done: "", of: fqn.slice(-2).join("::"), as: `unit_test ${name}` };
    case "source":
      return { what: "freshness of ", done: "freshness of ", of: `${source?.name}.${name}`, as: name };
    case "model": {
      const model = `sql ${materialized} model `;
      return { what: model, done: `created ${model}`, of: relation, as: `relation ${relation}` };
    }
    default:
      return { what: `${kind} `, done: "", of: name, as: `${kind.replace("_", " ")} ${name}` };
  }
}

function summary(run: RunRecord, { nodes: all, verb }: Step, length: number): ReadonlyArray<Line> {
  const lastEnd = Math.max(...all.map(({ end }) => end));
  const having = (...statuses: ReadonlyArray<string>) => all.filter(({ status }) => statuses.includes(status));
  const errors = having("error");
  const counts = Object.entries(Object.groupBy(all, ({ node }) => typeOf(node))).toSorted().map(
    ([type, these = []]) => `${these.length} ${(these.length === 1 ? typeNames : typesNames)[type] ?? type}`,
  );
  const seconds = scaled(run, lastEnd) / 1000;
  const took = `in 0 hours ${Math.floor(seconds / 60)} minutes and ${(seconds % 60).toFixed(2)} seconds`;
  const ended = errors.length === 0
    ? `${green}Completed successfully${plain}`
    : `${red}Completed with ${errors.length} error, 0 partial successes, and 0 warnings:${plain}`;
  // `dbt source freshness` counts no results.
  if (verb === "source freshness") {
    return [
      [lastEnd, ""],
      [lastEnd, `Finished running ${counts.join(", ")} ${took} (${seconds.toFixed(2)}s).`],
      [length, "Done."],
    ];
  }
  return [
    [lastEnd, ""],
    [lastEnd, `Finished running ${counts.join(", ")} ${took} (${seconds.toFixed(2)}s).`],
    [length, ""],
    [length, ended],
    [length, ""],
    ...errors.map((error): Line => [length, `  ${failureMessage(run, error)}`]),
    [
      length,
      `Done. PASS=${having("success", "pass").length} WARN=0 ERROR=${errors.length} SKIP=${having("skipped").length} ` +
      `TOTAL=${all.length}`,
    ],
  ];
}

/** The type under which dbt counts a node; it lists the types in alphabetical order. */
function typeOf({ kind, materialized }: Node): string {
  return kind === "model" ? materialized : kind;
}

/** What dbt calls one of a type, and several. */
const typeNames: Readonly<Record<string, string>> = {
  saved_query: "saved query",
  view: "view model",
  table: "table model",
  test: "data test",
  unit_test: "unit test",
};
const typesNames: Readonly<Record<string, string>> = {
  saved_query: "saved queries",
  seed: "seeds",
  snapshot: "snapshots",
  source: "sources",
  view: "view models",
  table: "table models",
  test: "data tests",
  unit_test: "unit tests",
};

// ---- the debug log --------------------------------------------------------------------------------------------------

function debugLines(run: RunRecord, state: StepState): ReadonlyArray<Line> {
  const lines = [
    ...consoleLines(run, state),
    ...state.step.nodes.filter(({ begin, end }) => begin !== end).flatMap((node) => debugNode(run, state, node)),
  ];
  return lines.toSorted((a, b) => a[0] - b[0]);
}

function debugNode(
  run: RunRecord,
  { started }: StepState,
  { node, begin, end, status }: NodeRun,
): ReadonlyArray<Line> {
  const { schema } = run.profile;
  const time = (at: number) => timeOfDay(started + scaled(run, at));
  const { id } = node;
  const sql = node.kind === "source"
    ? `select max(loaded_at) as max_loaded_at, current_timestamp as snapshotted_at from ${relationOf(node, schema)}`
    : node.kind === "snapshot"
    ? `merge into ${relationOf(node, schema)} using (${compiledCode(node, schema)})`
    : node.kind === "seed"
    ? `create or replace table ${relationOf(node, schema)} (${Object.keys(node.columns).join(", ")})`
    : node.kind === "model"
    ? `create or replace ${node.materialized} ${relationOf(node, schema)}\n  as (${compiledCode(node, schema)}\n  )`
    : `select count(*) as failures from (\n${compiledCode(node, schema)}\n) dbt_internal_test`;
  const seconds = (scaled(run, end - begin) / 1000).toFixed(3);
  const began = [
    `Began running node ${id}`,
    `Re-using an available connection from the pool (formerly list_analytics, now ${id})`,
    `Began compiling node ${id}`,
    `Writing injected SQL for node "${id}"`,
    `Timing info for ${id} (compile): ${time(begin)} => ${time(begin)}`,
    `Began executing node ${id}`,
    `Writing runtime sql for node "${id}"`,
    `Using snowflake connection "${id}"`,
    `On ${id}: BEGIN`,
    "Opening a new connection, currently in state init",
    `Snowflake adapter: Snowflake query id: ${uuid(`${run.id}/${id}/begin`)}`,
    "SQL status: SUCCESS 1 in 0.081 seconds",
    `Using snowflake connection "${id}"`,
    `On ${id}: /* {"app": "dbt", "dbt_version": "${dbtVersion}", "profile_name": "user", "node_id": "${id}"} */`,
    ...sql.split("\n"),
  ];
  const ended = [
    status === "error"
      ? "Snowflake adapter: Snowflake query failed: 000630 (57014)"
      : `SQL status: SUCCESS 1 in ${seconds} seconds`,
    ...node.kind === "model" ? [`Applying DROP to: ${relationOf(node, schema)}__dbt_backup`] : [],
    `Using snowflake connection "${id}"`,
    `On ${id}: COMMIT`,
    `Snowflake adapter: Snowflake query id: ${uuid(`${run.id}/${id}/commit`)}`,
    "SQL status: SUCCESS 1 in 0.062 seconds",
    `On ${id}: Close`,
    `Timing info for ${id} (execute): ${time(begin)} => ${time(end)}`,
    `Sending event: {'category': 'dbt', 'action': 'run_model', 'label': '${run.id}'}`,
    `Finished running node ${id}`,
  ];
  return [...began.map((text): Line => [begin, text]), ...ended.map((text): Line => [end, text])];
}
