/**
 * `dbtc runs stats`: how often the runs of a period succeeded, how long they took, and how long they were queued.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import { type Durations, type JobStats, type RunStats, statsOf, type StatsSlot } from "../../workflows/run_stats.ts";
import { sparkline } from "../output/chart.ts";
import { counted } from "../output/counted.ts";
import { writePaged } from "../output/pager.ts";
import { isForPeople, isWholeJson, print, styleFor } from "../output/print.ts";
import { render } from "../output/render.ts";
import { elapsed } from "../output/cell_text.ts";
import { clean } from "../output/safe_text.ts";
import { type ColorStyle, paint } from "../output/terminal.ts";
import { note } from "../output/write_output.ts";
import { program } from "./program.ts";
import { jobCells, jobText, noteUnreadRuns, periodText } from "./runs_failures.ts";

/** The columns of data. */
const columns = [
  "job_definition_id",
  "job_name",
  "runs",
  "success",
  "error",
  "cancelled",
  "success_rate",
  "run_seconds.p50",
  "run_seconds.p95",
  "run_seconds.max",
  "queue_seconds.p50",
  "queue_seconds.p95",
  "queue_seconds.max",
];

/** Prints one job with charts, several as a table; as data, a row for each job. */
export const runsStats = program(runs.stats, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const stats = yield* statsOf(request);
    yield* noteUnreadRuns(stats, "runs");
    const style = yield* styleFor(invocation, columns);
    if (isForPeople(style)) {
      const [job, ...others] = stats.jobs;
      if (job === undefined) yield* note(`No runs ${periodText(stats)}`);
      const text = job === undefined
        ? ""
        : others.length === 0
        ? oneJob(job, stats, style)
        : yield* render(stats.jobs.map((job) => tableRow(job, style.width)), { ...style, columns: tableColumns });
      return yield* writePaged(Stream.make(text), invocation.output);
    }
    if (isWholeJson(style)) return yield* print(stats, invocation);
    const isFlat = style.format === "csv" || style.format === "markdown";
    yield* print(stats.jobs, { ...invocation, fields: invocation.fields ?? (isFlat ? columns : undefined) }, {
      columns,
    });
  }),
});

// ---- several jobs ---------------------------------------------------------------------------------------------------

const tableColumns = ["id", "job", "runs", "success", "p50", "p95", "queue_p95", "trend"];

function tableRow(job: JobStats, width: number): unknown {
  return {
    ...jobCells(job, width),
    runs: job.runs,
    success: percent(job),
    p50: time(job.run_seconds?.p50),
    p95: time(job.run_seconds?.p95),
    queue_p95: time(job.queue_seconds?.p95),
    trend: sparkline(quarters(job.slots)),
  };
}

/** The longest medians of four slots each: a chart that fits a table. */
function quarters(slots: ReadonlyArray<StatsSlot>): ReadonlyArray<number | null> {
  return Array.from({ length: Math.ceil(slots.length / 4) }, (_, index) => {
    const medians = slots.slice(index * 4, index * 4 + 4).flatMap(({ p50 }) => p50 ?? []);
    return medians.length === 0 ? null : Math.max(...medians);
  });
}

function percent({ success_rate }: JobStats): string {
  if (success_rate === null) return "";
  // Not everything is right if one of 10,000 runs failed.
  const rounded = Math.floor(success_rate * 1000) / 10;
  return `${Number.isInteger(rounded) ? rounded : rounded.toFixed(1)} %`;
}

/** A duration for people; of less than a minute, with a decimal if it has one. */
function time(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  return seconds < 60 && !Number.isInteger(seconds) ? `${seconds.toFixed(1)}s` : elapsed(seconds);
}

// ---- one job --------------------------------------------------------------------------------------------------------

function oneJob(job: JobStats, stats: RunStats, style: ColorStyle): string {
  const { cancelled, error, in_flight, queue_seconds, run_seconds, slots, success, untimed } = job;
  const others = [
    ...cancelled === 0 ? [] : [`${cancelled} cancelled`],
    ...in_flight === 0 ? [] : [`${in_flight} not ended`],
  ];
  const failedSlots = slots.map((slot) => slot.error);
  return [
    `${clean(jobText(job))}: ${counted(job.runs, "run")} ${periodText(stats)}`,
    "",
    line(
      style,
      "success",
      `${percent(job) || "no run ended"}  ${success} succeeded, ${error} failed` +
        (others.length === 0 ? "" : `; not counted: ${others.join(", ")}`),
    ),
    line(style, "duration", durations(run_seconds) + (untimed === 0 ? "" : `  (${untimed} without a duration)`)),
    line(style, "queue", durations(queue_seconds)),
    "",
    ...slots.some(({ p50 }) => p50 !== null)
      ? [
        paint(
          style,
          "dim",
          `Median duration over time, from ${(slots[0]?.since ?? "").slice(0, 16).replace("T", " ")} UTC`,
        ),
        paint(style, "cyan", sparkline(slots.map(({ p50 }) => p50)).trimEnd()),
      ]
      : [],
    ...failedSlots.some((count) => count > 0)
      ? [paint(style, "dim", "Failed runs over time"), paint(style, "red", sparkline(failedSlots).trimEnd())]
      : [],
    "",
  ].join("\n");
}

function line(style: ColorStyle, label: string, text: string): string {
  return `${paint(style, "dim", label.padEnd(8))}  ${text}`;
}

function durations(of: Durations | null): string {
  return of === null ? "unknown" : `p50 ${time(of.p50)}   p95 ${time(of.p95)}   longest ${time(of.max)}`;
}
