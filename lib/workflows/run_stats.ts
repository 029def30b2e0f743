/**
 * How often the runs of a period succeeded, how long they took, and how long they were queued, by job.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { type Run, RunStatus } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import { apiTime, millisOf } from "../time.ts";
import { type AnalysisPeriod, jobOf, type JobOfRuns, readPeriod } from "./run_period.ts";
import type { Stats } from "./run_requests.ts";

/** The distribution of durations, in seconds. A percentile is the duration of a run: the nearest rank. */
export interface Durations {
  /** The number of durations. */
  readonly count: number;
  /** The median. */
  readonly p50: number;
  /** The duration that 95 % of the runs do not exceed. */
  readonly p95: number;
  /** The longest. */
  readonly max: number;
}

/** The numbers of runs by how they ended. */
export interface RunCounts {
  /** All runs. */
  readonly runs: number;
  /** Those that succeeded. */
  readonly success: number;
  /** Those that failed. */
  readonly error: number;
  /** Those that were cancelled. */
  readonly cancelled: number;
  /** Those that have not ended. */
  readonly in_flight: number;
}

/** A part of the period. */
export interface StatsSlot extends RunCounts {
  /** When the part begins: a time in UTC. */
  readonly since: string;
  /** The median duration of the runs in it that succeeded, in seconds; null if none did. */
  readonly p50: number | null;
}

/** The statistics of a job's runs. */
export interface JobStats extends JobOfRuns, RunCounts {
  /** The share of the runs that succeeded, from 0 to 1, of those that succeeded or failed; null if none did. */
  readonly success_rate: number | null;
  /** How long the runs that succeeded took, from start to end, in seconds; null if none has a duration. */
  readonly run_seconds: Durations | null;
  /** How long the runs were queued, from creation to start, in seconds; null if none has started. */
  readonly queue_seconds: Durations | null;
  /** The number of runs that succeeded but have no duration. */
  readonly untimed: number;
  /** The time from the oldest run of all jobs to the end of the period, in 30 parts of the same length, for charts. */
  readonly slots: ReadonlyArray<StatsSlot>;
}

/** The statistics of a period. */
export interface RunStats extends AnalysisPeriod {
  /** The jobs with runs in the period, the one with the most runs first. */
  readonly jobs: ReadonlyArray<JobStats>;
}

/** The defaults of {@linkcode statsOf}. */
const statsDefaults = { days: 30, limit: 2000 } as const;

/** The number of {@linkcode JobStats.slots}. */
const slotCount = 30;

/** What is kept of a run: a run itself is a hundred times as large. */
interface Sample {
  readonly status: number | null;
  readonly created: number | undefined;
  readonly running: number | undefined;
  readonly queued: number | undefined;
}

/** The statistics of a period: see `runs.stats`. */
export const statsOf: (request: Stats) => Effect.Effect<RunStats, DbtError, Dbt> = Effect.fn("runs.stats")(
  function* (request) {
    const jobs = new Map<number | null, { readonly job: JobOfRuns; readonly samples: Array<Sample> }>();
    const period = yield* readPeriod(request, { endpoint: "runs.stats", ...statsDefaults }, (run) => {
      const job = jobOf(run);
      const known = jobs.get(job.job_definition_id) ?? { job, samples: [] };
      known.samples.push(sampleOf(run));
      jobs.set(job.job_definition_id, known);
    });
    // A chart begins with the oldest run: there may be none before, or they were not read.
    const oldest = [...jobs.values()].flatMap(({ samples }) => samples.at(-1)?.created ?? []);
    const from = Math.max(millisOf(period.since) ?? 0, oldest.reduce((a, b) => Math.min(a, b), Infinity));
    const to = millisOf(period.until) ?? from;
    return {
      ...period,
      jobs: [...jobs.values()].map(({ job, samples }) => jobStats(job, samples, from, to))
        .toSorted((a, b) => b.runs - a.runs || (a.job_definition_id ?? 0) - (b.job_definition_id ?? 0)),
    };
  },
);

function sampleOf({ created_at, finished_at, queued_duration, run_duration, started_at, status }: Run): Sample {
  const [created, started, finished] = [created_at, started_at, finished_at].map(millisOf);
  return {
    status: status ?? null,
    created,
    running: secondsOf(run_duration) ?? between(started, finished),
    // A run that has not started has a duration in the queue so far, which is no sample of a whole one.
    queued: started === undefined ? undefined : secondsOf(queued_duration) ?? between(created, started),
  };
}

/** The seconds of `HH:MM:SS`; undefined for any other text. */
function secondsOf(duration: string | null | undefined): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d)(?:\.\d+)?$/.exec(duration ?? "") ?? [];
  return hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from) / 1000;
}

function jobStats(job: JobOfRuns, samples: ReadonlyArray<Sample>, from: number, to: number): JobStats {
  const counts = countsOf(samples);
  const ended = counts.success + counts.error;
  const running = runningOf(samples);
  const length = Math.max(1, (to - from) / slotCount);
  const slots = Array.from({ length: slotCount }, (): Array<Sample> => []);
  for (const sample of samples) {
    if (sample.created === undefined) continue;
    slots[Math.max(0, Math.min(slotCount - 1, Math.floor((sample.created - from) / length)))]?.push(sample);
  }
  return {
    ...job,
    ...counts,
    success_rate: ended === 0 ? null : counts.success / ended,
    run_seconds: durationsOf(running),
    queue_seconds: durationsOf(samples.flatMap(({ queued }) => queued ?? [])),
    untimed: counts.success - running.length,
    slots: slots.map((inSlot, index) => ({
      since: apiTime(from + index * length),
      ...countsOf(inSlot),
      p50: durationsOf(runningOf(inSlot))?.p50 ?? null,
    })),
  };
}

function countsOf(samples: ReadonlyArray<Sample>): RunCounts {
  const having = (wanted: number) => samples.reduce((count, { status }) => count + Number(status === wanted), 0);
  const [success, error, cancelled] = [
    having(RunStatus.success),
    having(RunStatus.error),
    having(RunStatus.cancelled),
  ];
  const runs = samples.length;
  return { runs, success, error, cancelled, in_flight: runs - success - error - cancelled };
}

function runningOf(samples: ReadonlyArray<Sample>): ReadonlyArray<number> {
  return samples.flatMap(({ running, status }) => status === RunStatus.success ? running ?? [] : []);
}

function durationsOf(seconds: ReadonlyArray<number>): Durations | null {
  if (seconds.length === 0) return null;
  const sorted = seconds.toSorted((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}
