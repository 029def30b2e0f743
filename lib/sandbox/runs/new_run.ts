/**
 * Makes runs of jobs: those that a request triggers, and the completed ones that a sandbox starts with.
 *
 * @module
 */
import { defined } from "../../defined.ts";
import { objectIn, type Row, stamp } from "../protocol/response_format.ts";
import { makePlan } from "./run_plan.ts";
import { addFinished, type RunRecord, type Runs, Status } from "./run_store.ts";
import { nothingBefore, type PreviousResults } from "./selection_methods.ts";
import { runScriptOf } from "../data/run_script.ts";
import { isDeleted, type Store } from "../data/row_store.ts";

/** A run that is not queued yet. */
export interface NewRun {
  /** The run. */
  readonly record: Omit<RunRecord, "id">;
  /** The name of its connection, which a retry needs. */
  readonly connection: string;
}

/** Makes a run from a job, its environment, and what the trigger overrides. */
export function newRun(
  store: Store,
  job: Row,
  trigger: Row,
  rest: { readonly created: number; readonly speed: number; readonly stuck: boolean },
  previous: PreviousResults,
): NewRun {
  const environment = store.find("environments", job.environment_id) ?? {};
  const project = store.find("projects", job.project_id) ?? {};
  const credentials = store.find("credentials", environment.credentials_id) ?? {};
  const connectionRow = store.find("connections", environment.connection_id ?? project.connection_id) ?? {};
  const settings = objectIn(job.settings);
  const execution = objectIn(job.execution);
  const script = runScriptOf(job);
  const connection = String(connectionRow.name ?? "");
  const pullRequest = trigger.github_pull_request_id ?? trigger.gitlab_merge_request_id ??
    trigger.azure_pull_request_id ?? trigger.non_native_pull_request_id;
  const schema = trigger.schema_override ??
    (pullRequest ? `dbt_cloud_pr_${job.id}_${pullRequest}` : credentials.schema ?? "dbt");
  const threads = Number(trigger.threads_override ?? settings.threads ?? 4);
  const record: NewRun["record"] = {
    ...rest,
    job: Number(job.id),
    place: {
      account_id: Number(job.account_id),
      project_id: Number(job.project_id),
      environment_id: Number(job.environment_id),
    },
    trigger,
    plan: makePlan({
      commands: stringsOf(trigger.steps_override) ?? stringsOf(job.execute_steps) ?? [],
      freshness: job.run_generate_sources === true,
      docs: (trigger.generate_docs_override ?? job.generate_docs) === true,
      threads,
      connection,
      seconds: script.seconds ?? 60,
      previous,
      ...defined({ fails: script.fails }),
    }),
    profile: {
      schema: String(schema),
      target: String(trigger.target_name_override ?? settings.target_name ?? "default"),
      threads,
      version: String(trigger.dbt_version_override ?? job.dbt_version ?? environment.dbt_version ?? "latest"),
    },
    // Runs of CI jobs run side by side and take no slot.
    waits: job.job_type !== "ci",
    timeout: Number(trigger.timeout_seconds_override ?? execution.timeout_seconds ?? 0),
    retrying: null,
  };
  return { record, connection };
}

/** How the newest completed run of a job ended, node by node. */
export function resultsBefore(runs: Runs, job: Row, now: number): PreviousResults {
  const run = runs.of(Number(job.account_id)).findLast((other) =>
    other.job === job.id && runs.state(other, now).finished !== null
  );
  const steps = run === undefined
    ? []
    : runs.steps(run, now).filter(({ status }) => status === Status.success || status === Status.error);
  const sources = (verb: string | undefined) => verb === "source freshness";
  const ends = steps.filter(({ step }) => !sources(step.verb)).flatMap(({ step }) =>
    // Nodes that a command only lists have no end of their own.
    step.nodes.filter(({ begin, end, status }) => begin !== end || status === "skipped").map(
      ({ node, status }): [string, string] => [node.id, status],
    )
  );
  return {
    ...ends.length === 0 ? {} : { results: new Map(ends) },
    sourcesBefore: steps.some(({ step }) => sources(step.verb)),
    sourcesNow: false,
  };
}

/** Adds completed runs of all jobs but CI jobs, in turn. */
export function addHistory(store: Store, runs: Runs, count: number, now: number): void {
  const jobs = store.rows("jobs").filter((job) => !isDeleted(job) && job.job_type !== "ci").map((job) => {
    const { record } = newRun(store, job, {}, { created: now, speed: 1, stuck: false }, nothingBefore);
    return (created: number) => ({ ...record, created, trigger: scheduleTrigger(job, created) });
  });
  addFinished(runs, count, now, jobs);
}

function scheduleTrigger(job: Row, created: number): Row {
  return {
    cause: "scheduled",
    cause_category: "scheduled",
    cause_humanized: "scheduled",
    job_definition_id: job.id,
    created_at: stamp(created),
  };
}

function stringsOf(value: unknown): ReadonlyArray<string> | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}
