/**
 * `dbtc runs timing`: how long the nodes of a run took, as a chart over the time of the run.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as CliOutput from "effect/cli/CliOutput";
import * as runs from "../../groups/runs.ts";
import { millisOf } from "../../time.ts";
import { type NodeTiming, type RunTiming, type ThreadsInUse, timingOf } from "../../workflows/run_timing.ts";
import { count, one } from "../input/flag_types.ts";
import { levels } from "../output/chart.ts";
import { isForPeople, isWholeJson, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { type ColorStyle, paint } from "../output/terminal.ts";
import { writePaged } from "../output/pager.ts";
import { note } from "../output/write_output.ts";
import { program } from "./program.ts";
import { padding } from "../output/text_table.ts";

/** How many of the slowest nodes the chart shows by default. */
const defaultTop = 15;

/** Prints the chart for people, and every node as data. */
export const runsTiming = program(runs.timing, {
  flags: {
    top: one("top", count("nodes"), "Show only this many of the slowest nodes (default: 15 in the chart, all as data)"),
  },
  run: Effect.fnUntraced(function* ({ flags: { top }, invocation, request }) {
    const timing = yield* timingOf(request);
    for (const reason of timing.unread) yield* note(clean(reason));
    const columns = ["unique_id", "step", "status", "seconds"];
    const style = yield* styleFor(invocation, columns);
    if (isForPeople(style)) {
      return yield* writePaged(Stream.make(chart(timing, top ?? defaultTop, style)), invocation.output);
    }
    const nodes = timing.nodes.slice(0, top ?? timing.nodes.length);
    yield* print(
      isWholeJson(style) ? { ...timing, nodes } : nodes,
      invocation,
      { columns },
    );
  }),
});

// ---- the chart ------------------------------------------------------------------------------------------------------

interface ChartStyle extends ColorStyle {
  /** The width of the terminal, in characters. */
  readonly width: number;
}

/** The width of a chart that goes to a pipe or file, which have none. */
const defaultWidth = 100;
/** The part of a line that names may take; the rest is for the bars. */
const nameShare = 0.6;
/** The width of the column with the seconds. */
const secondsWidth = 8;

function chart(timing: RunTiming, top: number, style: ChartStyle): string {
  const { critical_path, node_seconds, nodes, run_id, seconds, threads } = timing;
  const mostThreads = threads.reduce((most, { threads }) => Math.max(most, threads), 0);
  const shown = nodes.slice(0, top);
  const path = critical_path ?? [];
  const width = Number.isFinite(style.width) ? style.width : defaultWidth;
  const columns = layout([...shown, ...path], width);
  const average = seconds > 0 ? (node_seconds / seconds).toFixed(1) : "0";
  const lines = [
    `Run ${run_id}: ${nodes.length} nodes in ${seconds.toFixed(1)} s`,
    "",
    title(style, `Slowest${nodes.length > shown.length ? `, ${shown.length} of ${nodes.length}` : ""}`),
    ...shown.map((node) => lineOf(node, timing, columns, style)),
    "",
    title(style, `Threads: ${mostThreads} at most, ${average} on average`),
    paint(style, "cyan", profile(threads, seconds, mostThreads, Math.min(width, 80))),
  ];
  if (critical_path === null) return lines.join("\n") + "\n";
  const pathSeconds = path.reduce((sum, node) => sum + node.seconds, 0);
  return [
    ...lines,
    "",
    title(style, `Critical path: ${pathSeconds.toFixed(1)} of ${seconds.toFixed(1)} s`),
    ...path.map((node) => lineOf(node, timing, columns, style)),
    "",
  ].join("\n");
}

function title(style: ChartStyle, text: string): string {
  return paint(style, "dim", text);
}

/** The widths of the columns. */
interface Columns {
  readonly name: number;
  readonly status: number;
  readonly bar: number;
}

/** Shares out the width of a line. Long names are cut, so that bars have enough characters to be readable. */
function layout(nodes: ReadonlyArray<NodeTiming>, width: number): Columns {
  const widest = (textOf: (node: NodeTiming) => string) =>
    nodes.reduce((most, node) => Math.max(most, CliOutput.displayWidth(textOf(node))), 0);
  const status = widest((node) => clean(node.status ?? ""));
  const room = width - status - secondsWidth - 6;
  const name = Math.max(8, Math.min(widest(nameOf), Math.floor(room * nameShare)));
  return { name, status, bar: Math.max(0, Math.min(60, room - name)) };
}

function nameOf({ unique_id }: NodeTiming): string {
  return clean(unique_id);
}

function lineOf(node: NodeTiming, timing: RunTiming, columns: Columns, style: ChartStyle): string {
  const name = nameOf(node);
  // Cut at the start: the names of one project's nodes differ at the end.
  const cut = CliOutput.displayWidth(name) > columns.name ? `…${name.slice(1 - columns.name)}` : name;
  const status = clean(node.status ?? "");
  const color = colorOf(status);
  return [
    cut + padding(cut, columns.name),
    paint(style, color, status) + padding(status, columns.status),
    node.seconds.toFixed(1).padStart(secondsWidth),
    barOf(node, timing, columns.bar).replace(/█+/, (bar) => paint(style, color, bar)),
  ].join("  ").trimEnd();
}

function colorOf(status: string): "green" | "red" | "yellow" | "cyan" {
  if (/error|fail/.test(status)) return "red";
  return /warn|skip/.test(status) ? "yellow" : /success|pass/.test(status) ? "green" : "cyan";
}

/** A bar from the node's start to its end, on the time of the run. */
function barOf({ started_at, completed_at }: NodeTiming, run: RunTiming, width: number): string {
  const [origin, begin, end] = [run.started_at, started_at, completed_at].map(millisOf);
  if (origin === undefined || begin === undefined || end === undefined || run.seconds === 0 || width === 0) return "";
  const columnAt = (millis: number) => Math.floor((millis - origin) / 1000 / run.seconds * width);
  const from = Math.min(columnAt(begin), width - 1);
  return " ".repeat(from) + "█".repeat(Math.max(1, Math.min(columnAt(end), width) - from));
}

/** How many threads were in use over time. Each character is for an equal part of the run. */
function profile(threads: ReadonlyArray<ThreadsInUse>, seconds: number, mostThreads: number, width: number): string {
  if (mostThreads === 0 || seconds === 0) return "";
  const slot = seconds / width;
  const busy = Array.from({ length: width }, () => 0);
  threads.forEach(({ at, threads: count }, index) => {
    const until = threads[index + 1]?.at ?? seconds;
    for (let column = Math.floor(at / slot); column < width && column * slot < until; column++) {
      const overlap = Math.min(until, (column + 1) * slot) - Math.max(at, column * slot);
      busy[column] = (busy[column] ?? 0) + Math.max(0, overlap) * count;
    }
  });
  return busy.map((sum) => {
    const level = Math.round(sum / slot / mostThreads * levels.length);
    return level === 0 ? (sum > 0 ? levels[0] : " ") : levels[Math.min(level, levels.length) - 1];
  }).join("").trimEnd();
}
