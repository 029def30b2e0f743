/**
 * Runs, their steps and triggers as answers show them.
 *
 * @module
 */
import { consoleLog, debugLog } from "./dbt_log.ts";
import { docsCommand, freshnessStep, type Step } from "./run_plan.ts";
import { type RunRecord, type Runs, type RunState, Status, type StepState } from "./run_store.ts";
import { duration, humanized, type Row, stamp } from "../protocol/response_format.ts";

const words: Readonly<Record<number, string>> = {
  1: "Queued",
  2: "Starting",
  3: "Running",
  10: "Success",
  20: "Error",
  30: "Cancelled",
};
const colors: Readonly<Record<number, string>> = { 3: "#e5a822", 10: "#14804a", 20: "#d03d3d", 30: "#7a8694" };

/** What a run is shown with. */
export interface Around {
  /** The runs. */
  readonly runs: Runs;
  /** The time. */
  readonly now: number;
  /** Where dbt Cloud is: `https://cloud.getdbt.com`. */
  readonly origin: string;
}

/** Why a run cannot be tried again, or null where it can. */
export function whyNoRetry(run: RunRecord, state: RunState, runs: Runs): string | null {
  if (state.status !== Status.error) return "RETRY_NOT_FAILED_RUN";
  return runs.newest(run.job) === run ? null : "RETRY_NOT_LATEST_RUN";
}

/** What does not change any more: a page of runs that are over is made in no time. */
const over = new WeakMap<RunRecord, Row>();

/** A run without the things that it relates to. */
export function showRun(run: RunRecord, { runs, now, origin }: Around): Row {
  const state = runs.state(run, now);
  const { finished } = state;
  const shown = over.get(run) ?? showState(run, state, runs, now);
  if (finished !== null) over.set(run, shown);
  const reason = whyNoRetry(run, state, runs);
  return {
    ...shown,
    href: `${origin}/deploy/${run.place.account_id}/projects/${run.place.project_id}/runs/${run.id}/`,
    created_at_humanized: `${humanized(now - run.created)} ago`,
    finished_at_humanized: finished === null ? null : `${humanized(now - finished)} ago`,
    can_retry: reason === null,
    retry_not_supported_reason: reason,
  };
}

/** The commit that runs check out where none is given. */
const head = "5d8f3c0a94be7162c3a0d95e48b17f2069cc41da";

function showState(run: RunRecord, state: RunState, runs: Runs, now: number): Row {
  const { status, dequeued, started, finished } = state;
  const time = (at: number | null) => at === null ? null : stamp(at);
  const last = finished ?? now;
  const queued = (started ?? last) - run.created;
  const ran = started === null ? 0 : last - started;
  const complete = finished !== null;
  const saved = complete && started !== null;
  const made = (wanted: (step: Step) => boolean) =>
    run.plan.steps.some(wanted) &&
    runs.steps(run, now).some(({ step, status }) => wanted(step) && status === Status.success);
  return {
    id: run.id,
    trigger_id: triggerId(run),
    ...run.place,
    job_definition_id: run.job,
    job_id: run.job,
    status,
    status_humanized: words[status],
    status_message: state.message,
    dbt_version: run.profile.version,
    git_branch: run.trigger.git_branch ?? (started === null ? null : "main"),
    git_sha: run.trigger.git_sha ?? (started === null ? null : head),
    owner_thread_id: null,
    executed_by_thread_id: null,
    deferring_run_id: null,
    artifacts_saved: saved,
    artifact_s3_path: saved ? `prod/runs/${run.id}/artifacts/target` : null,
    has_docs_generated: made(({ command }) => command === docsCommand),
    has_sources_generated: made(({ name }) => name === freshnessStep),
    notifications_sent: complete,
    blocked_by: runs.blocking(run, now),
    scribe_enabled: true,
    created_at: stamp(run.created),
    updated_at: stamp(finished ?? started ?? dequeued ?? run.created),
    dequeued_at: time(dequeued),
    started_at: time(started),
    finished_at: time(finished),
    last_checked_at: null,
    last_heartbeat_at: dequeued === null ? null : stamp(last),
    should_start_at: null,
    trigger: null,
    job: null,
    environment: null,
    run_steps: [],
    deprecation: null,
    in_progress: !complete,
    is_complete: complete,
    is_success: status === Status.success,
    is_error: status === Status.error,
    is_cancelled: status === Status.cancelled,
    is_running: status === Status.running,
    duration: duration(last - run.created),
    queued_duration: duration(queued),
    run_duration: duration(ran),
    duration_humanized: humanized(last - run.created),
    queued_duration_humanized: humanized(queued),
    run_duration_humanized: humanized(ran),
    retrying_run_id: run.retrying,
    used_repo_cache: null,
  };
}

/** The id of what started a run. */
export function triggerId(run: RunRecord): number {
  return run.id + 100_000_000;
}

/** The id of a step: its run's number and its place in it. */
export function stepId(run: RunRecord, index: number): number {
  return 70_500_000_000_000 + (run.id % 10_000_000_000) * 100 + index;
}

/** The run and the place in it that a step's id says. */
export function stepOf(id: number): { readonly run: number; readonly index: number } {
  const number = id - 70_500_000_000_000;
  return { run: 70_470_000_000_000 + Math.floor(number / 100), index: number % 100 };
}

/** A step. Its debug log is whole where that is asked for; else its last 1,000 lines. */
export function showStep(run: RunRecord, state: StepState, now: number, debug: boolean): Row {
  const { step, index, status, started, finished } = state;
  const until = finished ?? now;
  const log = debugLog(run, state, until);
  const id = stepId(run, index);
  return {
    id,
    run_id: run.id,
    account_id: run.place.account_id,
    index,
    status,
    name: step.name,
    logs: consoleLog(run, state, until),
    debug_logs: debug ? log : null,
    truncated_debug_logs: log.split("\n").slice(-1000).join("\n"),
    log_path: `prod/runs/${run.id}/steps/${index}/logs`,
    debug_log_path: `prod/runs/${run.id}/steps/${index}/debug_logs`,
    log_location: "db",
    log_archive_type: "db_flushed",
    created_at: stamp(started),
    updated_at: stamp(until),
    started_at: stamp(started),
    finished_at: finished === null ? null : stamp(finished),
    status_humanized: words[status],
    status_color: colors[status],
    duration: duration(until - started),
    duration_humanized: humanized(until - started),
    run_step_command: step.command === undefined ? null : { run_step_id: id, dbt_command: step.command },
    run_step_invocation: step.command === undefined ? null : { run_step_id: id, run_id: run.id },
  };
}
