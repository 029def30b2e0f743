/**
 * The runs of a period, newest first, in a bounded number of requests. `runs.failures` and `runs.stats` read them.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { type DbtError, unsendable } from "../error.ts";
import { pages } from "../paginate.ts";
import type { RunPeriod } from "./run_requests.ts";
import { apiTime, millisOf } from "../time.ts";
import { listRuns } from "./lenient_run.ts";

/** The period of an analysis, and how much of it was read. */
export interface AnalysisPeriod {
  /** When the period begins: a time in UTC. */
  readonly since: string;
  /** When the period ends: a time in UTC. */
  readonly until: string;
  /** The number of runs that were read. */
  readonly runs: number;
  /** The number of runs that dbt Cloud has in the period. If it is more than `runs`, the oldest were not read. */
  readonly total: number;
}

/** What an analysis asks for if the request does not say. */
export interface PeriodDefaults {
  /** The name of the endpoint that errors have. */
  readonly endpoint: string;
  /** The length of the period. */
  readonly days: number;
  /** The most runs to read. */
  readonly limit: number;
}

const day = 86_400_000;

/**
 * Gives each run of a period to `take`, newest first and with its job. One request for 100 runs, or one more than that
 * for longer lists, since pages overlap.
 */
export const readPeriod = Effect.fnUntraced(function* (
  { created_at__range, limit, ...filters }: RunPeriod & Pick<runs.List, "status">,
  defaults: PeriodDefaults,
  take: (run: Run) => void,
): Effect.fn.Return<AnalysisPeriod, DbtError, Dbt> {
  const { endpoint } = defaults;
  const most = limit ?? defaults.limit;
  if (most < 1) return yield* unsendable(endpoint, `limit is ${most}: at least one run has to be read`);
  const now = yield* Clock.currentTimeMillis;
  const { since, until } = created_at__range === undefined
    ? { since: apiTime(now - defaults.days * day), until: apiTime(now) }
    : yield* rangeOf(endpoint, created_at__range);
  let [read, total] = [0, 0];
  yield* pages(
    listRuns,
    { ...filters, created_at__range: [since, until], include_related: ["job"], order_by: "-id" },
    { rows: most },
  ).pipe(
    Stream.runForEach(({ data, extra }) =>
      Effect.sync(() => {
        total = Math.max(total, extra?.pagination?.total_count ?? 0);
        read += data.length;
        data.forEach(take);
      })
    ),
  );
  return { since, until, runs: read, total: Math.max(total, read) };
});

/** The two ends of a range, in the form that dbt Cloud compares: with a UTC offset, it ignores the time of day. */
const rangeOf = Effect.fnUntraced(function* (endpoint: string, range: ReadonlyArray<string>) {
  const [since, until] = range.map((text) => millisOf(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text));
  if (since === undefined || until === undefined || range.length !== 2) {
    return yield* unsendable(endpoint, "created_at__range needs two times, such as 2026-01-31T12:00:00");
  }
  if (since > until) return yield* unsendable(endpoint, "created_at__range ends before it begins");
  return { since: apiTime(since), until: apiTime(until) };
});

/** The job of a run. A deleted job has no name. */
export interface JobOfRuns {
  /** The job's id. */
  readonly job_definition_id: number | null;
  /** The job's name; null if dbt Cloud does not say it, as of a deleted job. */
  readonly job_name: string | null;
  /** The project's id. */
  readonly project_id: number | null;
}

/** The job of a run. */
export function jobOf({ job, job_definition_id, job_id, project_id }: Run): JobOfRuns {
  return {
    job_definition_id: job_definition_id ?? job_id ?? null,
    job_name: job?.name ?? null,
    project_id: project_id ?? null,
  };
}
