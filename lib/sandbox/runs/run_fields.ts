/**
 * The fields of runs and steps as answers show them, one line each. They follow from the run's plan and the time.
 * `endpoints/show_run.ts` and `endpoints/run_endpoints.ts` use them; related rows are added there.
 *
 * @module
 */
import { duration, humanizedDuration, type Row, stamp } from "../protocol/response_format.ts";
import { consoleLog, debugLog } from "./dbt_log.ts";
import { docsCommand, freshnessStep, type Step } from "./run_plan.ts";
import { type RunRecord, type Runs, type RunState, Status, type StepState } from "./run_store.ts";

const statusNames: Readonly<Record<number, string>> = {
  1: "Queued",
  2: "Starting",
  3: "Running",
  10: "Success",
  20: "Error",
  30: "Cancelled",
};
const statusColors: Readonly<Record<number, string>> = { 3: "#e5a822", 10: "#14804a", 20: "#d03d3d", 30: "#7a8694" };

/** What the fields of a run follow from, besides the run. */
export interface RunContext {
  /** All runs. */
  readonly runs: Runs;
  /** The time. */
  readonly now: number;
  /** Where the request was sent: `https://cloud.getdbt.com`. */
  readonly origin: string;
}

/** Why a run cannot be retried, or null where it can. */
export function retryRefusal(run: RunRecord, state: RunState, runs: Runs): string | null {
  if (state.status !== Status.error) return "RETRY_NOT_FAILED_RUN";
  return runs.newest(run.job) === run ? null : "RETRY_NOT_LATEST_RUN";
}

/** The fields of completed runs that no longer change, kept so that a page of completed runs is fast. */
const completedFields = new WeakMap<RunRecord, Row>();

/** The fields of a run. Those that change after it is completed are here, all others in {@linkcode fieldsOfState}. */
export function runFields(run: RunRecord, { runs, now, origin }: RunContext): Row {
  const state = runs.state(run, now);
  const { finished } = state;
  const fields = completedFields.get(run) ?? fieldsOfState(run, state, runs, now);
  if (finished !== null) completedFields.set(run, fields);
  const reason = retryRefusal(run, state, runs);
  return {
    ...fields,
    href: `${origin}/deploy/${run.place.account_id}/projects/${run.place.project_id}/runs/${run.id}/`,
    created_at_humanized: `${humanizedDuration(now - run.created)} ago`,
    finished_at_humanized: finished === null ? null : `${humanizedDuration(now - finished)} ago`,
    can_retry: reason === null,
    retry_not_supported_reason: reason,
  };
}

/** The commit that runs check out by default. */
const defaultCommit = "5d8f3c0a94be7162c3a0d95e48b17f2069cc41da";

/** The fields of a run that no longer change once it is completed. */
function fieldsOfState(run: RunRecord, state: RunState, runs: Runs, now: number): Row {
  const { status, dequeued, started, finished } = state;
  const time = (at: number | null) => at === null ? null : stamp(at);
  const last = finished ?? now;
  const queued = (started ?? last) - run.created;
  const ran = started === null ? 0 : last - started;
  const complete = finished !== null;
  const saved = complete && started !== null;
  const succeeded = (isWanted: (step: Step) => boolean) =>
    run.plan.steps.some(isWanted) &&
    runs.steps(run, now).some(({ step, status }) => isWanted(step) && status === Status.success);
  return {
    id: run.id,
    trigger_id: triggerId(run),
    ...run.place,
    job_definition_id: run.job,
    job_id: run.job,
    status,
    status_humanized: statusNames[status],
    status_message: state.message,
    dbt_version: run.profile.version,
    git_branch: run.trigger.git_branch ?? (started === null ? null : "main"),
    git_sha: run.trigger.git_sha ?? (started === null ? null : defaultCommit),
    owner_thread_id: null,
    executed_by_thread_id: null,
    deferring_run_id: null,
    artifacts_saved: saved,
    artifact_s3_path: saved ? `prod/runs/${run.id}/artifacts/target` : null,
    has_docs_generated: succeeded(({ command }) => command === docsCommand),
    has_sources_generated: succeeded(({ name }) => name === freshnessStep),
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
    duration_humanized: humanizedDuration(last - run.created),
    queued_duration_humanized: humanizedDuration(queued),
    run_duration_humanized: humanizedDuration(ran),
    retrying_run_id: run.retrying,
    used_repo_cache: null,
  };
}

/** The id of a run's trigger. */
export function triggerId(run: RunRecord): number {
  return run.id + 100_000_000;
}

/** The id of a step: made of its run's id and its place in the run, from 1. */
function stepId(run: RunRecord, index: number): number {
  return 70_500_000_000_000 + (run.id % 10_000_000_000) * 100 + index;
}

/** The run of a step, and its place in the run, as its id says. */
export function parseStepId(id: number): { readonly runId: number; readonly index: number } {
  const number = id - 70_500_000_000_000;
  return { runId: 70_470_000_000_000 + Math.floor(number / 100), index: number % 100 };
}

/** The fields of a step. The complete debug log is there only where `debug` asks for it. */
export function stepFields(run: RunRecord, state: StepState, now: number, debug: boolean): Row {
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
    status_humanized: statusNames[status],
    status_color: statusColors[status],
    duration: duration(until - started),
    duration_humanized: humanizedDuration(until - started),
    run_step_command: step.command === undefined ? null : { run_step_id: id, dbt_command: step.command },
    run_step_invocation: step.command === undefined ? null : { run_step_id: id, run_id: run.id },
  };
}
