/**
 * `dbtc runs failures`: the jobs whose runs failed in a period, and with `--nodes` the nodes that failed in them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { defined } from "../../defined.ts";
import * as runs from "../../groups/runs.ts";
import { millisOf } from "../../time.ts";
import {
  type FailingNode,
  type FailingNodes,
  failingNodes,
  failureDefaults,
  failuresOf,
  newestFailures,
  type RunFailures,
} from "../../workflows/run_failures.ts";
import type { AnalysisPeriod, JobOfRuns } from "../../workflows/run_period.ts";
import { bar, sparkline } from "../output/chart.ts";
import { counted, grouped } from "../output/counted.ts";
import { writePaged } from "../output/pager.ts";
import { isForPeople, isWholeJson, print, styleFor } from "../output/print.ts";
import { render } from "../output/render.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { program } from "./program.ts";

const jobColumns = ["failures", "job_definition_id", "job_name", "last_run_id", "last_failed_at"];
const nodeColumns = ["failures", "unique_id", "last_failed_at", "run_ids", "message"];
/** Of the failed runs, a table has room for the newest. */
const nodeCells = ["failures", "node", "last_run_id", "failed_at", "message"];

/** Prints charts for people; as data, the jobs, or with `--nodes` the nodes. JSON has both. */
export const runsFailures = program(runs.failures, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request: { max_runs, nodes = false, ...request } }) {
    const failures = yield* failuresOf(request);
    yield* noteUnreadRuns(failures, "failed runs");
    const chosen = nodes ? newestFailures(failures, max_runs ?? failureDefaults.max_runs) : [];
    if (chosen.length > 0) yield* note(costOf(chosen.length, failures.runs));
    const failing_nodes = nodes ? yield* failingNodes(chosen, request) : undefined;
    for (const reason of failing_nodes?.unread ?? []) yield* note(clean(reason));

    const style = yield* styleFor(invocation, failing_nodes === undefined ? jobColumns : nodeColumns);
    if (isForPeople(style)) {
      const parts = [
        `${headline(failures)}\n`,
        ...failures.jobs.length === 0
          ? []
          : [`\n${yield* render(jobRows(failures, style.width), { ...style, columns: chartColumns })}`],
        ...failing_nodes === undefined || failing_nodes.nodes.length === 0 ? [] : [
          `\n${nodeHead(failing_nodes)}\n\n${yield* render(
            failing_nodes.nodes.map((node) => nodeRow(node, style.width)),
            { ...style, columns: nodeCells },
          )}`,
        ],
      ];
      return yield* writePaged(Stream.make(parts.join("")), invocation.output);
    }
    if (isWholeJson(style)) {
      return yield* print({ ...failures, ...defined({ failing_nodes }) }, invocation);
    }
    const columns = failing_nodes === undefined ? jobColumns : nodeColumns;
    const isFlat = style.format === "csv" || style.format === "markdown";
    yield* print(failing_nodes?.nodes ?? failures.jobs, {
      ...invocation,
      // A list of runs fits into no cell.
      fields: invocation.fields ?? (isFlat ? columns : undefined),
    }, { columns });
  }),
});

/** What reading the artifacts of runs costs. */
function costOf(chosen: number, all: number): string {
  const newest = chosen < all
    ? `the newest ${grouped(chosen)} of ${grouped(all)} failed runs`
    : `${grouped(chosen)} failed runs`;
  return `Reading the results of ${newest}: one request for each run and for each of its dbt steps` +
    (chosen < all ? ". --max-runs reads more" : "");
}

/** Says on stderr that the oldest runs of the period were not read. */
export const noteUnreadRuns = Effect.fnUntraced(function* ({ runs, total }: AnalysisPeriod, noun: string) {
  if (runs < total) {
    yield* note(
      `Only the newest ${grouped(runs)} of ${grouped(total)} ${noun} were read. --limit ${total} reads all of them`,
    );
  }
});

function headline(failures: RunFailures): string {
  const { jobs, runs } = failures;
  const times = periodText(failures);
  if (runs === 0) return `No run failed ${times}`;
  return `${counted(runs, "run")} of ${counted(jobs.length, "job")} failed ${times}`;
}

function nodeHead({ nodes, runs_read }: FailingNodes): string {
  return `${counted(nodes.length, "node")} failed in ${grouped(runs_read)} of these runs`;
}

function nodeRow({ failures, last_failed_at, message, run_ids: [last_run_id], unique_id }: FailingNode, width: number) {
  const shown = width < wide ? "" : message;
  return { failures, node: unique_id, last_run_id, failed_at: last_failed_at, message: shown };
}

// ---- the chart ------------------------------------------------------------------------------------------------------

const chartColumns = ["failures", "chart", "id", "job", "last_run_id", "failed_at", "trend"];

/** The width of the bars and of the chart over time, in characters. Bars need a wide terminal. */
const [barWidth, trendWidth, wide] = [12, 10, 100];

/** The jobs with a bar for the number of failures, and the failures over the time of the period. */
function jobRows({ jobs, since, until }: RunFailures, width: number): ReadonlyArray<unknown> {
  const most = jobs[0]?.failures ?? 0;
  const oldest = jobs.flatMap(({ failed_runs }) => millisOf(failed_runs.at(-1)?.created_at) ?? []);
  const from = Math.max(millisOf(since) ?? 0, oldest.reduce((a, b) => Math.min(a, b), Infinity));
  const length = Math.max(1, ((millisOf(until) ?? from) - from) / trendWidth);
  return jobs.map((job) => {
    const counts = Array.from({ length: trendWidth }, () => 0);
    for (const { created_at } of job.failed_runs) {
      const at = millisOf(created_at);
      if (at === undefined) continue;
      const slot = Math.max(0, Math.min(trendWidth - 1, Math.floor((at - from) / length)));
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    return {
      failures: job.failures,
      chart: width < wide ? "" : bar(job.failures, most, barWidth),
      ...jobCells(job, width),
      last_run_id: job.last_run_id,
      failed_at: job.last_failed_at,
      trend: sparkline(counts),
    };
  });
}

/** The cells of a job. On a narrow terminal, a name is enough: commands take names too. */
export function jobCells({ job_definition_id, job_name }: JobOfRuns, width: number): Readonly<Record<string, unknown>> {
  const isIdShown = width >= wide || job_name === null;
  return { id: isIdShown ? job_definition_id : "", job: job_name };
}

/** A job for people: its name and id. */
export function jobText({ job_definition_id, job_name }: JobOfRuns): string {
  return `${job_name ?? "job without a name"} (${job_definition_id ?? "no id"})`;
}

/** The period for people. */
export function periodText({ since, until }: AnalysisPeriod): string {
  const minute = (time: string) => time.slice(0, 16).replace("T", " ");
  return `from ${minute(since)} to ${minute(until)} UTC`;
}
