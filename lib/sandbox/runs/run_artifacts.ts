/**
 * The artifacts of a run: the files that dbt writes, made from the nodes of its steps. `endpoints/run_endpoints.ts`
 * lists and downloads them.
 *
 * @module
 */
import { type Row, stampZ } from "../protocol/response_format.ts";
import { failureMessage } from "./dbt_log.ts";
import { type CompletedStep, metadata } from "./artifact_metadata.ts";
import { freshness, makeManifest, targetOf } from "./manifest.ts";
import { listing, type NodeRun } from "./run_plan.ts";
import { nodes } from "../data/jaffle_shop_nodes.ts";
import { aliasOf, compiledCode, database, type Node, projectName, relationOf } from "../data/dbt_node.ts";
import { uuid } from "../data/stable_ids.ts";
import { nodeTimes, type RunRecord, scaled, Status, type StepState } from "./run_store.ts";

/** Makes the text of a file: most are never read. */
export type ArtifactText = () => string;

/** The files after these steps: those of a later step replace those of an earlier one. */
export function artifactsOf(run: RunRecord, steps: ReadonlyArray<StepState>): ReadonlyMap<string, ArtifactText> {
  return new Map(
    // A cancelled step is killed before it writes.
    steps.filter(({ finished, status }) => finished !== null && status !== Status.cancelled).flatMap((
      state,
    ) => [...filesOf({ run, state })]),
  );
}

function filesOf(completed: CompletedStep): ReadonlyArray<readonly [string, ArtifactText]> {
  const { run, state: { step } } = completed;
  const json = (make: (completed: CompletedStep) => Row): ArtifactText => () => JSON.stringify(make(completed));
  // A usage error ends dbt before it reads the project.
  const { command, verb = "", failure } = step;
  if (command === undefined || failure?.isUsage || withoutFiles.has(verb)) return [];
  const manifest = ["manifest.json", json(makeManifest)] as const;
  if (verb === "list" || verb === "parse" || failure !== undefined) return [manifest];
  if (verb === "source freshness") return [manifest, ["sources.json", json(makeSources)]];
  if (step.nodes.length === 0) return [manifest, ["run_results.json", json(makeRunResults)]];
  const schema = run.profile.schema;
  const code = step.nodes.filter(({ node, status }) => hasCode(node) && status !== "skipped").flatMap((
    { node },
  ): ReadonlyArray<readonly [string, ArtifactText]> => [
    [`compiled/${targetOf(node)}`, () => compiledCode(node, schema)],
    ...listing.has(verb) ? [] : [[`run/${targetOf(node)}`, () => statement(node, schema)] as const],
  ]);
  const results = ["run_results.json", json(makeRunResults)] as const;
  return verb === "docs generate"
    ? [manifest, results, ["catalog.json", json(makeCatalog)], ["index.html", () => index], ...code]
    : [manifest, results, ...code];
}

/** The verbs that write no artifacts. */
const withoutFiles: ReadonlySet<string> = new Set(["deps", "debug", "clean", "init", "help", "docs serve"]);

/** Whether dbt writes a node's code into files. */
function hasCode({ kind }: Node): boolean {
  return kind === "model" || kind === "test" || kind === "snapshot";
}

const index = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>dbt Docs</title></head>
<body><h1>${projectName}</h1><p>See manifest.json and catalog.json.</p></body>
</html>
`;

function statement(node: Node, schema: string): string {
  return node.kind === "test"
    ? `select\n  count(*) as failures,\n  count(*) != 0 as should_warn,\n  count(*) != 0 as should_error\nfrom (\n${
      compiledCode(node, schema)
    }\n) dbt_internal_test`
    : `create or replace ${node.materialized} ${relationOf(node, schema)}\n  as (${compiledCode(node, schema)}\n  );`;
}

// ---- run_results.json -----------------------------------------------------------------------------------------------

function makeRunResults(completed: CompletedStep): Row {
  const { run, state } = completed;
  const { step } = state;
  const words = step.command?.split(/\s+/) ?? [];
  return {
    metadata: metadata(completed, "run-results/v6"),
    results: step.nodes.filter(({ node }) => step.verb !== "docs generate" || node.kind !== "seed").map((node) =>
      result(completed, node)
    ),
    elapsed_time: scaled(run, step.end - step.begin) / 1000,
    args: {
      which: step.verb === "docs generate" ? "generate" : step.verb ?? words[1],
      invocation_command: step.command,
      select: [],
      exclude: [],
      full_refresh: words.includes("--full-refresh"),
      target: run.profile.target,
      threads: run.profile.threads,
      log_format: "default",
      write_json: true,
      profiles_dir: `/tmp/jobs/${run.id}/.dbt`,
      project_dir: `/tmp/jobs/${run.id}/target`,
    },
  };
}

/** A node's `timing`: compiling takes no time here. */
function timing(begin: number, end: number): ReadonlyArray<Row> {
  return [
    { name: "compile", started_at: stampZ(begin), completed_at: stampZ(begin) },
    { name: "execute", started_at: stampZ(begin), completed_at: stampZ(end) },
  ];
}

function result({ run, state }: CompletedStep, node: NodeRun): Row {
  const { node: { id, kind, rows, materialized }, status, thread } = node;
  const schema = run.profile.schema;
  const { begin, end } = nodeTimes(run, state, node);
  const skipped = status === "skipped";
  const done = status === "success" && begin !== end;
  const message = status === "error"
    ? failureMessage(run, node)
    : kind === "saved_query" && !skipped
    ? "NO-OP"
    : !done
    ? null
    : kind === "seed"
    ? `INSERT ${rows}`
    : "SUCCESS 1";
  return {
    status,
    timing: skipped || kind === "saved_query" ? [] : timing(begin, end),
    thread_id: `Thread-${thread} (worker)`,
    execution_time: (end - begin) / 1000,
    adapter_response: message === null || !done ? {} : {
      _message: message,
      code: message.split(" ")[0],
      rows_affected: kind === "seed" ? rows : 1,
      query_id: uuid(`${run.id}/${state.index}/${id}`),
    },
    message,
    failures: status === "pass" ? 0 : null,
    unique_id: id,
    compiled: !hasCode(node.node) || skipped ? null : true,
    compiled_code: !hasCode(node.node) || skipped ? null : compiledCode(node.node, schema),
    relation_name: ["test", "unit", "none"].includes(materialized) ? null : relationOf(node.node, schema),
    batch_results: null,
  };
}

// ---- sources.json and catalog.json ----------------------------------------------------------------------------------

/** New rows came this long before a check of a source, in milliseconds. */
export const loadedBefore = 600_000;

function makeSources(completed: CompletedStep): Row {
  const { run, state } = completed;
  return {
    metadata: metadata(completed, "sources/v3"),
    results: state.step.nodes.map((nodeRun) => {
      const { begin, end } = nodeTimes(run, state, nodeRun);
      return {
        unique_id: nodeRun.node.id,
        max_loaded_at: stampZ(begin - loadedBefore),
        snapshotted_at: stampZ(begin),
        max_loaded_at_time_ago_in_s: loadedBefore / 1000,
        status: "pass",
        criteria: freshness,
        adapter_response: {},
        timing: timing(begin, end),
        thread_id: `Thread-${nodeRun.thread} (worker)`,
        execution_time: (end - begin) / 1000,
      };
    }),
    elapsed_time: scaled(run, state.step.end - state.step.begin) / 1000,
  };
}

function makeCatalog(completed: CompletedStep): Row {
  const schema = completed.run.profile.schema;
  const tables = nodes.filter(isRelation).map((node) =>
    [node.id, {
      metadata: {
        type: node.materialized === "view" ? "VIEW" : "BASE TABLE",
        schema: (node.source?.name ?? schema).toUpperCase(),
        name: aliasOf(node).toUpperCase(),
        database: database.toUpperCase(),
        comment: null,
        owner: "TRANSFORMER",
      },
      columns: Object.fromEntries(
        Object.entries(node.columns).map(([name, type], at) => [name, { type, index: at + 1, name, comment: null }]),
      ),
      stats: {
        has_stats: {
          id: "has_stats",
          label: "Has Stats?",
          value: node.materialized !== "view",
          include: false,
          description: "Indicates whether there are statistics for this table",
        },
        ...node.materialized === "view" ? {} : {
          row_count: {
            id: "row_count",
            label: "Row Count",
            value: node.rows,
            include: true,
            description: "An approximate count of rows in this table",
          },
        },
      },
      unique_id: node.id,
    }] as const
  );
  const isSource = ([id]: readonly [string, Row]) => id.startsWith("source.");
  return {
    metadata: metadata(completed, "catalog/v1"),
    nodes: Object.fromEntries(tables.filter((table) => !isSource(table))),
    sources: Object.fromEntries(tables.filter(isSource)),
    errors: null,
  };
}

/** Whether a node is a table or view of the warehouse. */
function isRelation({ kind }: Node): boolean {
  return kind === "seed" || kind === "model" || kind === "snapshot" || kind === "source";
}
