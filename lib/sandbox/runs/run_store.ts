/**
 * All runs of a sandbox. When a run leaves the queue follows from the other runs; its state follows from its plan and
 * the time, so nothing has to happen while a run "runs".
 *
 * @module
 */
import type { Row } from "../protocol/response_format.ts";
import type { NodeRun, Plan, Step } from "./run_plan.ts";

/** A run, without what follows from the time. Times are milliseconds since 1970. */
export interface RunRecord {
  /** Its id: 14 digits. */
  readonly id: number;
  /** The id of its job. */
  readonly job: number;
  /** The account, project and environment that it runs in. */
  readonly place: { readonly account_id: number; readonly project_id: number; readonly environment_id: number };
  /** What started it: the `trigger` of its answer, without the id. */
  readonly trigger: Row;
  /** Its steps. */
  readonly plan: Plan;
  /** dbt's profile. */
  readonly profile: Profile;
  /** Whether it needs a run slot, and waits for other runs of its job. CI runs do not. */
  readonly waits: boolean;
  /** Seconds until it times out; 0 for no limit. */
  readonly timeout: number;
  /** When it was created. */
  readonly created: number;
  /** The id of the run that it retries. */
  readonly retrying: number | null;
  /** It never leaves the queue: the fault `stuck-queued`. */
  readonly stuck: boolean;
  /** How much faster than in dbt Cloud it runs. */
  readonly speed: number;
  /** When it left the queue, once it has. */
  dequeued?: number;
  /** When it is cancelled, and the message of its status. */
  stop?: { readonly at: number; readonly message: string };
}

/** The profile that dbt runs with. */
export interface Profile {
  /** The schema. */
  readonly schema: string;
  /** The target's name. */
  readonly target: string;
  /** How many nodes are built at the same time. */
  readonly threads: number;
  /** The version of dbt, as the environment has it: `1.9.0-latest`. */
  readonly version: string;
}

/** dbt Cloud's numbers for the status of a run or step. */
export const Status = { queued: 1, starting: 2, running: 3, success: 10, error: 20, cancelled: 30 } as const;

/** The state of a run at a certain time. */
export interface RunState {
  /** Its status. */
  readonly status: number;
  /** Why it was cancelled. */
  readonly message: string | null;
  /** When it left the queue. */
  readonly dequeued: number | null;
  /** When it began. */
  readonly started: number | null;
  /** When it ended. */
  readonly finished: number | null;
}

/** The state of a step at a certain time. */
export interface StepState {
  /** The step. */
  readonly step: Step;
  /** Its place in the run, from 1. */
  readonly index: number;
  /** Its status. */
  readonly status: number;
  /** When it began. */
  readonly started: number;
  /** When it ended. */
  readonly finished: number | null;
}

/** The runs of a sandbox. */
export interface Runs {
  /** The runs of an account, ascending by id. */
  readonly of: (account: number) => ReadonlyArray<RunRecord>;
  /** One run. */
  readonly find: (id: number) => RunRecord | undefined;
  /** The newest run of a job. */
  readonly newest: (job: number) => RunRecord | undefined;
  /** Adds a run to the queue. */
  readonly add: (run: Omit<RunRecord, "id">) => RunRecord;
  /** Adds a run of a snapshot, as it was. */
  readonly restore: (run: RunRecord) => void;
  /** All runs, ascending by id. */
  readonly all: () => ReadonlyArray<RunRecord>;
  /** Removes a run. */
  readonly remove: (id: number) => void;
  /** Lets the runs leave the queue that may do so by this time. */
  readonly advance: (now: number) => void;
  /** Cancels a run: at once while it is queued, else after these seconds. */
  readonly cancel: (run: RunRecord, now: number, seconds: number) => void;
  /** The state of a run. Call `advance` with this time first. */
  readonly state: (run: RunRecord, now: number) => RunState;
  /** The steps of a run that have begun. */
  readonly steps: (run: RunRecord, now: number) => ReadonlyArray<StepState>;
  /** The ids of the runs that a queued run waits for. */
  readonly blocking: (run: RunRecord, now: number) => ReadonlyArray<number>;
}

/** Run ids count up from here. */
const firstId = 70_471_800_000_000;
/** Milliseconds that a run is queued at least. */
const queueTime = 1000;
/** Milliseconds between leaving the queue and the begin of the first step. */
const startingTime = 3000;

/** Milliseconds of a run's plan, as its speed changes them. */
export function scaled(run: RunRecord, milliseconds: number): number {
  return milliseconds / run.speed;
}

/** When a step begins and ends a node, in milliseconds since 1970. */
export function nodeTimes(run: RunRecord, { started }: StepState, { begin, end }: NodeRun) {
  return { begin: started + scaled(run, begin), end: started + scaled(run, end) };
}

/** Makes an empty store of runs. `slots` is the number of run slots of an account. */
export function makeRuns(slots: (account: number) => number): Runs {
  const byAccount = new Map<number, Array<RunRecord>>();
  const byId = new Map<number, RunRecord>();
  const newest = new Map<number, RunRecord>();
  let queue: Array<RunRecord> = [];
  let busy: Array<RunRecord> = [];
  let count = 0;

  /** When a run begins and ends, given when it left the queue. */
  const span = (run: RunRecord, dequeued: number) => {
    const started = dequeued + scaled(run, startingTime);
    const planned = started + scaled(run, run.plan.steps.at(-1)?.end ?? 0);
    const limit = run.timeout > 0 ? started + scaled(run, run.timeout * 1000) : Infinity;
    const stopped = run.stop !== undefined && run.stop.at < Math.min(planned, limit) ? run.stop : limit < planned
      ? {
        at: limit,
        message: `This run timed out after running for longer than the configured timeout of ${run.timeout} seconds.`,
      }
      : undefined;
    return { started, finished: stopped?.at ?? planned, stopped };
  };
  const endOf = (run: RunRecord) => run.dequeued === undefined ? Infinity : span(run, run.dequeued).finished;

  /** When a run may leave the queue, given the runs that have left it already. */
  const turn = (run: RunRecord) => {
    const soonest = run.created + scaled(run, queueTime);
    if (!run.waits) return soonest;
    const before = busy.filter((other) => other.waits && other.place.account_id === run.place.account_id);
    const own = before.filter(({ job }) => job === run.job).map(endOf);
    const ends = before.map(endOf).sort((a, b) => b - a);
    return Math.max(soonest, ...own, ends[slots(run.place.account_id) - 1] ?? 0);
  };

  const put = (run: RunRecord) => {
    const { account_id } = run.place;
    const others = byAccount.get(account_id);
    if (others === undefined) byAccount.set(account_id, [run]);
    else others.push(run);
    byId.set(run.id, run);
    newest.set(run.job, run);
    if (run.dequeued === undefined && run.stop === undefined && !run.stuck) queue.push(run);
    return run;
  };

  return {
    of: (account) => byAccount.get(account) ?? [],
    find: (id) => byId.get(id),
    newest: (job) => newest.get(job),
    all: () => [...byId.values()],
    add: (run) => put(Object.assign(run, { id: firstId + ++count })),
    restore: (run) => {
      count = Math.max(count, run.id - firstId);
      put(run);
      if (run.dequeued !== undefined) busy.push(run);
    },
    remove: (id) => {
      const run = byId.get(id);
      if (run === undefined) return;
      byId.delete(id);
      const others = byAccount.get(run.place.account_id) ?? [];
      others.splice(others.indexOf(run), 1);
      const before = others.findLast(({ job }) => job === run.job);
      if (newest.get(run.job) === run && before !== undefined) newest.set(run.job, before);
    },
    advance: (now) => {
      while (queue.length > 0) {
        const turns = queue.map((run) => ({ run, at: turn(run) }));
        const next = turns.reduce((first, other) => other.at < first.at ? other : first);
        if (next.at > now) break;
        next.run.dequeued = next.at;
        busy.push(next.run);
        queue = queue.filter((run) => run !== next.run);
      }
      busy = busy.filter((run) => endOf(run) > now);
    },
    cancel: (run, now, seconds) => {
      const queued = run.dequeued === undefined;
      run.stop ??= { at: queued ? now : now + scaled(run, seconds * 1000), message: "Cancelled by user." };
      queue = queue.filter((other) => other !== run);
    },
    blocking: (run, now) =>
      run.dequeued !== undefined || !run.waits
        ? []
        : busy.filter((other) => other.waits && other.job === run.job && endOf(other) > now).map(({ id }) => id),
    state: (run, now) => {
      const { dequeued, stop } = run;
      if (dequeued === undefined) {
        return stop === undefined
          ? { status: Status.queued, message: null, dequeued: null, started: null, finished: null }
          : { status: Status.cancelled, message: stop.message, dequeued: null, started: null, finished: stop.at };
      }
      const { started, finished, stopped } = span(run, dequeued);
      const over = finished <= now;
      const begun = started <= Math.min(finished, now);
      const ended = stopped !== undefined
        ? Status.cancelled
        : run.plan.steps.every(({ ok }) => ok)
        ? Status.success
        : Status.error;
      return {
        status: over ? ended : begun ? Status.running : Status.starting,
        message: over && stopped !== undefined ? stopped.message : null,
        dequeued,
        started: begun ? started : null,
        finished: over ? finished : null,
      };
    },
    steps: (run, now) => {
      if (run.dequeued === undefined) return [];
      const { started, finished } = span(run, run.dequeued);
      const over = finished <= now;
      const until = Math.min(finished, now);
      return run.plan.steps.map((step, index): StepState => {
        const [begin, end] = [started + scaled(run, step.begin), started + scaled(run, step.end)];
        const ended = end <= until;
        return {
          step,
          index: index + 1,
          status: ended ? step.ok ? Status.success : Status.error : over ? Status.cancelled : Status.running,
          started: begin,
          finished: ended ? end : over ? finished : null,
        };
      }).filter((step) => step.started < until || (step.started === until && !over));
    },
  };
}

/** Adds completed runs of these jobs in turn, at equal intervals. Each job makes a run that was created at a time. */
export function addFinished(
  runs: Runs,
  count: number,
  now: number,
  jobs: ReadonlyArray<(created: number) => Omit<RunRecord, "id">>,
): void {
  // One every four hours, or closer: dbt Cloud keeps runs for a year.
  const interval = Math.min(4 * 3_600_000, 365 * 86_400_000 / Math.max(1, count));
  for (let index = 0; index < count; index++) {
    const created = Math.floor(now - (count - index) * interval);
    const run = jobs[index % jobs.length]?.(created);
    if (run !== undefined) runs.add({ ...run, dequeued: created + queueTime });
  }
}
