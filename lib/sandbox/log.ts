/**
 * What dbt prints while a step runs: line by line, as far as it has come.
 *
 * @module
 */
import type { NodeRun } from "./plan.ts";
import { adapterVersion, compiled, dbtVersion, type Node, nodes, relationOf } from "./project.ts";
import { type RunRecord, scaled, type StepState } from "./runs.ts";
import { timeOfDay } from "./wire.ts";

/** A line, and when it is printed: milliseconds from the step's begin. */
type Line = readonly [at: number, text: string];

/** The message of a node that failed, as dbt gives it. */
export function failureOf(run: RunRecord, { node, end, begin }: NodeRun): string {
  const seconds = Math.max(1, Math.round(scaled(run, end - begin) / 1000));
  return `Database Error in model ${node.name} (${node.file})\n` +
    `  000630 (57014): Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.\n` +
    `  compiled code at target/run/jaffle_shop/${node.file}`;
}

/** What dbt prints on the console, in colours: dbt Cloud keeps them, see https://github.com/dbt-labs/dbt-core/issues/9442. */
export function consoleLog(run: RunRecord, state: StepState, until: number): ReadonlyArray<string> {
  return printed(run, state, until, consoleLines(run, state), (at) => `\u001b[0m${timeOfDay(at)}  `);
}

/** What dbt writes into its debug log. */
export function debugLog(run: RunRecord, state: StepState, until: number): ReadonlyArray<string> {
  return printed(
    run,
    state,
    until,
    debugLines(run, state),
    (at) => `${new Date(at).toISOString().slice(11, 23)}000 [debug] [MainThread]: `,
  );
}

function printed(
  run: RunRecord,
  { started, step }: StepState,
  until: number,
  lines: ReadonlyArray<Line>,
  prefix: (at: number) => string,
): ReadonlyArray<string> {
  return lines.map(([at, text]) => [started + scaled(run, at), text] as const).filter(([at]) => at <= until).map((
    [at, text],
  ) => step.command === undefined ? text : prefix(at) + text);
}

const verbs = { seed: "seed file", view: "sql view model", table: "sql table model", test: "test" } as const;

function label(node: Node, schema: string): string {
  return node.kind === "test" ? `test ${node.name}` : `${verbs[node.materialized]} ${schema}.${node.name}`;
}

function dots(text: string, end: string): string {
  return `${text} ${".".repeat(Math.max(3, 78 - text.length))} [${end}]`;
}

function ending({ node, status }: NodeRun): string {
  return status === "error"
    ? "ERROR"
    : node.kind === "test"
    ? "PASS"
    : node.kind === "seed"
    ? `INSERT ${node.rows}`
    : "SUCCESS 1";
}

function consoleLines(run: RunRecord, { step }: StepState): ReadonlyArray<Line> {
  const length = step.end - step.begin;
  if (step.command === undefined) {
    return step.name.startsWith("Clone")
      ? [[0, "Cloning into '/tmp/jobs/jaffle_shop/target'..."], [
        length,
        `Successfully cloned repository.\nChecking out to ${run.trigger.git_branch ?? "main"}`,
      ]]
      : [[length, `Creating profile\n\n  target: ${run.profile.target}\n  type: snowflake`]];
  }
  const lines: Array<Line> = [[0, `Running with dbt=${dbtVersion}`]];
  if (step.command === "dbt deps") return [...lines, [length, "Warning: No packages were found in packages.yml"]];
  lines.push([length / 20, `Registered adapter: snowflake=${adapterVersion}`]);
  const count = (kind: Node["kind"]) => nodes.filter((node) => node.kind === kind).length;
  lines.push([
    length / 20,
    `Found ${count("model")} models, ${count("seed")} seeds, ${count("test")} data tests, 472 macros`,
  ]);
  if (step.nodes.every(({ begin, end }) => begin === end)) {
    return [...lines, [
      length,
      step.nodes.length > 0
        ? "Catalog written to target/catalog.json"
        : "Nothing to do. Try checking your model configs",
    ]];
  }
  const schema = run.profile.schema;
  lines.push([length / 20, `Concurrency: ${run.profile.threads} threads (target='${run.profile.target}')`]);
  const total = step.nodes.length;
  for (const [index, node] of step.nodes.toSorted((a, b) => a.begin - b.begin).entries()) {
    const what = label(node.node, schema);
    const place = `${index + 1} of ${total}`;
    if (node.status === "skipped") {
      lines.push([
        node.begin,
        dots(`${place} SKIP ${node.node.kind === "test" ? what : `relation ${schema}.${node.node.name}`}`, "SKIP"),
      ]);
      continue;
    }
    lines.push([node.begin, dots(`${place} START ${what}`, "RUN")]);
    const seconds = (scaled(run, node.end - node.begin) / 1000).toFixed(2);
    const deed = node.status === "error"
      ? "ERROR creating"
      : node.node.kind === "test"
      ? "PASS"
      : node.node.kind === "seed"
      ? "OK loaded"
      : "OK created";
    const thing = node.node.kind === "test" ? node.node.name : what;
    lines.push([node.end, dots(`${place} ${deed} ${thing}`, `${ending(node)} in ${seconds}s`)]);
  }
  const done = Math.max(...step.nodes.map(({ end }) => end));
  const having = (...statuses: ReadonlyArray<string>) => step.nodes.filter(({ status }) => statuses.includes(status));
  const errors = having("error");
  const seconds = scaled(run, done) / 1000;
  lines.push([
    done,
    `Finished running ${total} nodes in 0 hours ${Math.floor(seconds / 60)} minutes and ${
      (seconds % 60).toFixed(2)
    } seconds (${seconds.toFixed(2)}s).`,
  ]);
  lines.push([
    length,
    errors.length === 0
      ? "Completed successfully"
      : `Completed with ${errors.length} error, 0 partial successes, and 0 warnings:`,
  ]);
  for (const error of errors) lines.push([length, `  ${failureOf(run, error)}`]);
  lines.push([
    length,
    `Done. PASS=${having("success", "pass").length} WARN=0 ERROR=${errors.length} SKIP=${
      having("skipped").length
    } TOTAL=${total}`,
  ]);
  return lines.toSorted((a, b) => a[0] - b[0]);
}

function debugLines(run: RunRecord, state: StepState): ReadonlyArray<Line> {
  const { step } = state;
  const lines: Array<Line> = [...consoleLines(run, state)];
  const schema = run.profile.schema;
  for (const { node, begin, end, status } of step.nodes) {
    if (begin === end) continue;
    const sql = node.kind === "seed"
      ? `copy into ${relationOf(node, schema)} from @~/${node.name}`
      : node.kind === "model"
      ? `create or replace ${node.materialized} ${relationOf(node, schema)} as (${compiled(node, schema)})`
      : compiled(node, schema);
    const began: ReadonlyArray<string> = [
      `Began running node ${node.id}`,
      `Acquiring new snowflake connection '${node.id}'`,
      `Began compiling node ${node.id}`,
      `Writing injected SQL for node "${node.id}"`,
      `Began executing node ${node.id}`,
      `Writing runtime sql for node "${node.id}"`,
      `Using snowflake connection "${node.id}"`,
      `On ${node.id}: /* {"app": "dbt", "dbt_version": "${dbtVersion}", "node_id": "${node.id}"} */`,
      ...sql.split("\n"),
      "Opening a new connection, currently in state closed",
    ];
    for (const text of began) lines.push([begin, text]);
    lines.push([
      end,
      status === "error"
        ? `Snowflake error: 000630 (57014)`
        : `SQL status: SUCCESS 1 in ${((end - begin) / 1000).toFixed(3)} seconds`,
    ]);
    lines.push([end, `On ${node.id}: Close`], [end, `Finished running node ${node.id}`]);
  }
  return lines.toSorted((a, b) => a[0] - b[0]);
}
