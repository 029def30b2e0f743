/**
 * `performance` of the Discovery API: how long and how often models ran, computed over the runs of an environment.
 *
 * @module
 */
import type { World } from "../endpoints/endpoint_request.ts";
import { nodeById } from "../data/jaffle_shop_nodes.ts";
import { uuid } from "../data/stable_ids.ts";
import type { Row } from "../protocol/response_format.ts";
import { attemptsOf, type EndedRun, type NodeAttempt } from "../runs/node_state.ts";
import { dateTime, type DiscoveryProject, secondsOf } from "./discovery_nodes.ts";
import { badInput } from "./discovery_lists.ts";

/** The arguments of all fields. Days are `2024-05-01`, and both count. */
interface Arguments {
  readonly start?: string;
  readonly end?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly uniqueId?: string;
  readonly limit?: number | null;
  readonly jobLimit?: number | null;
  readonly jobId?: number | string | null;
  readonly orderBy?: "AVG" | "MAX" | null;
}

/** A run of a model, a skipped one left out. */
interface Execution extends NodeAttempt {
  readonly id: string;
}

const dayLength = 86_400_000;
/** How many rows a list has without `limit`. */
const defaultLimit = 5;

/** `performance(environmentId)`. */
export function performanceRoot({ store }: World, project: DiscoveryProject): Row {
  const models = (args: Arguments) => executions(project, args, "model").filter(({ status }) => status !== "skipped");
  return {
    modelExecutionHistory: (args: Arguments) => {
      const days = Map.groupBy(ofModel(models(args), args), ({ begin }) => dayOf(begin));
      return [...days].toSorted(([a], [b]) => a < b ? -1 : 1).map(([date, all]) => ({
        date,
        ...timesOf(all),
        executionsByJob: byJob(all).map(([jobId, ofJob]) => ({
          jobId,
          ...timesOf(ofJob),
          executions: ofJob.map(executionRow),
        })),
      }));
    },
    mostExecutedModels: (args: Arguments) =>
      ranked(models(args), args, ({ length }) => length, (all) => ({
        totalExecutions: all.length,
        byJob: byJob(all).slice(0, args.jobLimit ?? defaultLimit).map(([jobId, ofJob]) => ({
          jobId,
          totalExecutions: ofJob.length,
        })),
      })),
    longestExecutedModels: (args: Arguments) => {
      const { jobId, jobLimit, orderBy } = args;
      const wanted = models(args).filter(({ run }) =>
        jobId === undefined || jobId === null || run.job === Number(jobId)
      );
      const value = (all: ReadonlyArray<Execution>) => orderBy === "AVG" ? meanOf(all) : longestOf(all);
      const row = (all: ReadonlyArray<Execution>) => ({
        maxExecutionTime: longestOf(all),
        averageExecutionTime: meanOf(all),
      });
      return ranked(wanted, args, value, (all) => ({
        ...row(all),
        byJob: byJob(all).slice(0, jobLimit ?? defaultLimit).map(([jobId, ofJob]) => ({ jobId, ...row(ofJob) })),
      }));
    },
    mostExecutionFailedModels: (args: Arguments) => {
      const failures = (all: ReadonlyArray<Execution>) => all.filter(({ status }) => status === "error").length;
      return ranked(models(args), args, failures, (all) => ({
        failurePercentage: 100 * failures(all) / all.length,
        totalExecutions: all.length,
        totalFailedExecutions: failures(all),
      })).filter(({ totalFailedExecutions }) => totalFailedExecutions > 0);
    },
    mostTestFailedModels: (args: Arguments) => {
      const tests = executions(project, args, "test").filter(({ status }) => status !== "skipped");
      const ofModels = tests.flatMap((test) =>
        (nodeById.get(test.id)?.needs ?? []).filter((id) => id.startsWith("model.")).map((id) => ({ ...test, id }))
      );
      const runsOf = (all: ReadonlyArray<Execution>) => new Set(all.map(({ run }) => run.id)).size;
      const failed = (all: ReadonlyArray<Execution>) => runsOf(all.filter(({ status }) => status === "error"));
      return ranked(ofModels, args, failed, (all) => ({
        failurePercentage: 100 * failed(all) / runsOf(all),
        totalRunsWithTests: runsOf(all),
        totalRunsWithTestFailures: failed(all),
      })).filter(({ totalRunsWithTestFailures }) => totalRunsWithTestFailures > 0);
    },
    jobInformation: (args: Arguments) =>
      byJob(ofModel(models(args), args)).map(([jobId]) => ({ jobId, name: store.find("jobs", jobId)?.name ?? null })),
  };
}

/** What the runs of these days executed. */
function executions({ ended }: DiscoveryProject, args: Arguments, kind: "model" | "test"): ReadonlyArray<Execution> {
  const start = timeOf(args.start ?? args.startDate ?? "");
  const end = timeOf(args.end ?? args.endDate ?? "") + dayLength;
  const within = ({ finished }: EndedRun) => finished >= start;
  return ended.filter(within).flatMap((one) =>
    one.steps.flatMap((step) => attemptsOf(one, step)).filter(([id, { begin }]) =>
      id.startsWith(`${kind}.`) && begin >= start && begin < end
    ).map(([id, attempt]) => ({ ...attempt, id }))
  );
}

/** The begin of a day. Python dbtc sends days, and other clients times. */
function timeOf(day: string): number {
  const time = Date.parse(day);
  if (Number.isNaN(time)) throw badInput(`${JSON.stringify(day)} is no date, such as 2024-05-01.`);
  return Date.parse(dayOf(time));
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function ofModel(all: ReadonlyArray<Execution>, { uniqueId }: Arguments): ReadonlyArray<Execution> {
  return all.filter(({ id }) => id === uniqueId);
}

/** Executions by job, the busiest first. */
function byJob(all: ReadonlyArray<Execution>): ReadonlyArray<readonly [job: number, all: ReadonlyArray<Execution>]> {
  return [...Map.groupBy(all, ({ run }) => run.job)].toSorted(([, a], [, b]) => b.length - a.length);
}

/** A row for each model, with the greatest value first. */
function ranked<A extends Row>(
  all: ReadonlyArray<Execution>,
  { limit }: Arguments,
  valueOf: (all: ReadonlyArray<Execution>) => number,
  row: (all: ReadonlyArray<Execution>) => A,
): ReadonlyArray<A & { readonly uniqueId: string }> {
  return [...Map.groupBy(all, ({ id }) => id)]
    .map(([uniqueId, ofModel]) => ({ uniqueId, ofModel, value: valueOf(ofModel) }))
    .toSorted((a, b) => b.value - a.value || (a.uniqueId < b.uniqueId ? -1 : 1))
    .slice(0, limit ?? defaultLimit)
    .map(({ ofModel, uniqueId }) => ({ uniqueId, ...row(ofModel) }));
}

function meanOf(all: ReadonlyArray<Execution>): number {
  return all.reduce((sum, one) => sum + secondsOf(one), 0) / all.length;
}

function longestOf(all: ReadonlyArray<Execution>): number {
  return Math.max(...all.map(secondsOf));
}

function timesOf(all: ReadonlyArray<Execution>): Row {
  return { meanExecutionTime: meanOf(all), executionTimes: all.map(secondsOf) };
}

function executionRow(execution: Execution): Row {
  const { begin, run, status, step } = execution;
  return {
    runId: run.id,
    runStartedAt: dateTime(step.started),
    executionStartedAt: dateTime(begin),
    executionTime: secondsOf(execution),
    status,
    isFullRefresh: step.step.command?.includes("--full-refresh") ?? false,
    adapter: "snowflake",
    queryId: uuid(`${run.id}/${step.index}/${execution.id}`),
  };
}
