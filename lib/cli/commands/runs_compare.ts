/**
 * `dbtc runs compare`: the nodes of two runs that fail now, are slower, new or gone.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { capitalize } from "effect/String";
import * as runs from "../../groups/runs.ts";
import {
  changeKinds,
  type ComparedRun,
  compareRuns,
  type NodeChange,
  type NodeChangeKind,
  type RunComparison,
} from "../../workflows/compare_runs.ts";
import { counted } from "../output/counted.ts";
import { linkTo, markdownTable, span } from "../output/markdown_table.ts";
import { writePaged } from "../output/pager.ts";
import { isForPeople, isWholeJson, print, styleFor } from "../output/print.ts";
import { render } from "../output/render.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { program } from "./program.ts";

const columns = [
  "change",
  "unique_id",
  "before_status",
  "after_status",
  "before_seconds",
  "after_seconds",
  "seconds",
  "message",
];

/** Prints a table for people, a document as Markdown, and everything as JSON. */
export const runsCompare = program(runs.compare, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const comparison = yield* compareRuns(request);
    for (const reason of comparison.unread) yield* note(clean(reason));
    const { after, before } = comparison;
    if (before.job_definition_id !== after.job_definition_id) {
      yield* note(`The runs are of different jobs: ${before.job_definition_id} and ${after.job_definition_id}`);
    }
    const style = yield* styleFor(invocation, tableColumns);
    if (isForPeople(style)) {
      const table = comparison.nodes.length === 0
        ? ""
        : `\n${yield* render(tableRows(comparison.nodes, style.width), style)}`;
      const hint = comparison.counts.failing === 0 ? "" : `\nWhy: dbtc runs explain ${after.id}\n`;
      return yield* writePaged(Stream.make(`${runLines(comparison).join("\n")}\n${table}${hint}`), invocation.output);
    }
    if (style.format === "markdown" && style.fields === undefined) {
      return yield* writePaged(Stream.make(markdown(comparison)), invocation.output);
    }
    if (isWholeJson(style)) return yield* print(comparison, invocation);
    yield* print(comparison.nodes, invocation, { columns });
  }),
});

// ---- the table ------------------------------------------------------------------------------------------------------

const tableColumns = ["change", "node", "before", "after", "difference"] as const;

/** The rows of the table. Nodes have the room that the other columns leave. */
function tableRows(nodes: ReadonlyArray<NodeChange>, width: number): ReadonlyArray<unknown> {
  const rows = nodes.map(tableRow);
  const others = tableColumns.filter((column) => column !== "node").map((column) =>
    Math.max(column.length, ...rows.map((row) => row[column].length)) + 2
  );
  const room = Math.max(20, others.reduce((left, taken) => left - taken, width));
  // Cut at the start: the names of one project's nodes differ at the end.
  return rows.map((row) => ({ ...row, node: row.node.length > room ? `…${row.node.slice(1 - room)}` : row.node }));
}

function tableRow(node: NodeChange): Readonly<Record<typeof tableColumns[number], string>> {
  const result = (status: string | null, seconds: number | null) => {
    if (status === null) return "";
    if (seconds === null || seconds === 0) return status;
    // What succeeded on both sides needs no word: the time is what differs.
    const isPlain = ["success", "pass"].includes(status) && node.before_status === node.after_status;
    return `${isPlain ? "" : `${status} `}${seconds.toFixed(1)}s`;
  };
  return {
    change: node.change,
    node: clean(node.unique_id),
    before: result(node.before_status, node.before_seconds),
    after: result(node.after_status, node.after_seconds),
    difference: node.seconds === null || node.after_status === "skipped"
      ? ""
      : `${node.seconds > 0 ? "+" : ""}${node.seconds.toFixed(1)}s`,
  };
}

/** The two runs, and the number of nodes by change. */
function runLines({ after, before, counts }: RunComparison): ReadonlyArray<string> {
  return [`Before: ${runText(before)}`, `After:  ${runText(after)}`, summary(counts)];
}

function runText({ git_sha, id, node_seconds, nodes, status_humanized }: ComparedRun): string {
  const parts = [
    status_humanized ?? "unknown status",
    `${counted(nodes, "node")} in ${node_seconds.toFixed(1)} s`,
    ...git_sha === null ? [] : [git_sha.slice(0, 10)],
  ];
  return `run ${id}: ${parts.map(clean).join(", ")}`;
}

const words: Readonly<Record<NodeChangeKind, string>> = {
  failing: "newly failing",
  skipped: "newly skipped",
  slower: "slower",
  new: "new",
  gone: "gone",
  fixed: "no longer failing",
  faster: "faster",
};

function summary(counts: RunComparison["counts"]): string {
  const changed = changeKinds.flatMap((change) => counts[change] === 0 ? [] : [`${counts[change]} ${words[change]}`]);
  return changed.length === 0
    ? `Nothing changed: ${counts.same} nodes are the same`
    : `${changed.join(", ")}; ${counts.same} the same`;
}

// ---- the document ---------------------------------------------------------------------------------------------------

function markdown(comparison: RunComparison): string {
  const { after, before, nodes } = comparison;
  const blocks = changeKinds.flatMap((change) => {
    const ofChange = nodes.filter((node) => node.change === change);
    if (ofChange.length === 0) return [];
    const title = capitalize(words[change]);
    const rest = ofChange.length - mostRows;
    return [
      `#### ${title} (${ofChange.length})\n`,
      markdownTable(ofChange.slice(0, mostRows).map(documentRow), documentColumns(change)),
      ...rest > 0 ? [`… and ${rest} more.\n`] : [],
    ];
  });
  return [
    `### Run ${before.id} compared with run ${after.id}\n`,
    [before, after].map((run) => `- ${linked(run)}`).join("\n") + "\n",
    `${summary(comparison.counts)}.\n`,
    ...blocks,
  ].join("\n");
}

/** The most rows of a table: GitHub drops the whole summary of a step beyond 1 MiB. */
const mostRows = 200;

function documentColumns(change: NodeChangeKind): ReadonlyArray<string> {
  const before = change === "new" ? [] : ["before", "seconds before"];
  const after = change === "gone" ? [] : ["after", "seconds after"];
  return ["node", ...before, ...after, ...change === "failing" ? ["message"] : []];
}

function documentRow(node: NodeChange): unknown {
  const [first = ""] = (node.message ?? "").trim().split("\n");
  return {
    node: node.unique_id,
    before: node.before_status,
    "seconds before": node.before_seconds,
    after: node.after_status,
    "seconds after": node.after_seconds,
    message: first.slice(0, 300),
  };
}

function linked(run: ComparedRun): string {
  const link = linkTo("dbt Cloud", run.href);
  return span(runText(run)) + (link === undefined ? "" : ` (${link})`);
}
