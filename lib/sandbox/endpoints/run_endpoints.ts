/**
 * Handlers of runs, their steps and artifacts, and of jobs that are triggered.
 *
 * @module
 */
import { bodyFields } from "../../request.ts";
import { isDeleted } from "../data/row_store.ts";
import { answer, invalid, isRow, notFound, refuse, type Reply, type Row, stamp } from "../protocol/response_format.ts";
import { routes } from "../protocol/routes.ts";
import { newRun, resultsBefore } from "../runs/new_run.ts";
import { artifactsOf, type ArtifactText } from "../runs/run_artifacts.ts";
import { parseStepId, retryRefusal, runFields, stepFields, triggerId } from "../runs/run_fields.ts";
import { makeRetry } from "../runs/run_plan.ts";
import { nodeTimes, type RunRecord, Status } from "../runs/run_store.ts";
import { checkBody, notAnObject } from "./check_body.ts";
import { answerList, hiddenItems } from "./crud_handlers.ts";
import { type EndpointRequest, type Handler, relatedOf } from "./endpoint_request.ts";
import { showRow } from "./show_row.ts";
import { showRun } from "./show_run.ts";

/** The endpoints that start and stop runs, which a token with the permission `run` may call. */
export const runActions: ReadonlySet<string> = new Set(["jobs.trigger", "jobs.rerun", "runs.cancel", "runs.retry"]);

// ---- showing runs ---------------------------------------------------------------------------------------------------

/** What `include_related` adds to a run, by name. */
const runRelated: Readonly<Record<string, (run: RunRecord, request: EndpointRequest, shown: Row) => unknown>> = {
  audit: (_, { world: { store } }, shown) => {
    const [user] = store.rows("users");
    const actor = { id: user?.id ?? null, type: "user", name: user?.fullname ?? null };
    return { trigger: { actor }, ...shown.is_cancelled === true ? { cancellation: { actor } } : {} };
  },
  environment: (run, request) => rowById(request, "environments", run.place.environment_id),
  job: (run, request) => rowById(request, "jobs", run.job),
  repo_cache_restore: () => null,
  repository: (run, request) => {
    const project = request.world.store.find("projects", run.place.project_id);
    return rowById(request, "repositories", project?.repository_id);
  },
  run_retries: (run, { world: { runs } }) =>
    runs.of(run.place.account_id).filter(({ retrying }) => retrying === run.id).map(({ id }) => id),
  run_steps: (run, { world: { runs }, now, query }) => {
    const debug = relatedOf(query).includes("debug_logs");
    return runs.steps(run, now).map((step) => stepFields(run, step, now, debug));
  },
  trigger: (run) => ({ ...run.trigger, id: triggerId(run) }),
  used_repo_cache: () => false,
};

function rowById(request: EndpointRequest, collection: string, id: unknown): Row | null {
  const row = request.world.store.find(collection, id);
  return row === undefined ? null : showRow(request, collection, row);
}

/** A run with these related members. */
function answerRun(request: EndpointRequest, run: RunRecord, related: ReadonlyArray<string> = []): Row {
  const shown = showRun(request, run);
  for (const name of related) {
    const make = runRelated[name];
    if (make !== undefined) shown[name] = make(run, request, shown);
  }
  return shown;
}

/** The run that the path names. */
function runOf({ world: { runs }, params }: EndpointRequest): RunRecord | undefined {
  const run = runs.find(Number(params.run_id));
  return run !== undefined && String(run.place.account_id) === params.account_id &&
      (params.project_id === undefined || String(run.place.project_id) === params.project_id)
    ? run
    : undefined;
}

/** A handler for the run that the path names. */
function forRun(answering: (request: EndpointRequest, run: RunRecord) => Reply): Handler {
  return (request) => {
    const run = runOf(request);
    return run === undefined ? notFound() : answering(request, run);
  };
}

const listRuns: Handler = (request) => {
  const { world: { runs }, params, query, now, faults } = request;
  const deleted = ["2", "deleted"].includes(query.get("state") ?? "");
  const all = deleted ? [] : runs.of(Number(params.account_id));
  const hidden = hiddenItems(all.slice(-100), faults, (run) => now - run.created);
  // Lists have no steps: https://github.com/jairus-m/dbt-heartbeat
  const related = relatedOf(query).filter((name) => name !== "run_steps");
  return answerList(request, hidden.size === 0 ? all : all.filter((run) => !hidden.has(run)), {
    read: (run, field) => {
      // The first cases spare making all fields of a run, of which there may be many.
      switch (field) {
        case "id":
        case "pk":
          return run.id;
        case "job_definition_id":
        case "job_id":
          return run.job;
        case "status":
          return runs.state(run, now).status;
        case "created_at":
          return run.created;
        case "finished_at":
          return runs.state(run, now).finished;
        default:
          return Object.entries({ ...runFields(run, { runs, now, origin: "" }), ...run.place })
            .find(([name]) => name === field)?.[1];
      }
    },
    show: (run) => answerRun(request, run, related),
    remove: ({ id }) => runs.remove(id),
  });
};

const getStep: Handler = (request) => {
  const { world: { runs }, params, query, now } = request;
  const { runId, index } = parseStepId(Number(params.step_id));
  const run = runs.find(runId);
  const step = run && runs.steps(run, now).find((step) => step.index === index);
  if (run === undefined || step === undefined || String(run.place.account_id) !== params.account_id) return notFound();
  return answer(stepFields(run, step, now, relatedOf(query).includes("debug_logs")));
};

const getFailureDetails = forRun(({ world: { runs }, now }, run) => {
  const failed = runs.steps(run, now).at(-1);
  return runs.state(run, now).status === Status.error && failed !== undefined
    ? answer({ failed_step: failed.step.name, skipped_steps: run.plan.left })
    : refuse(400, "This run has not failed.");
});

/** How long each node of a run took, as the artifacts of its steps say. */
const getTiming = forRun(({ world: { runs }, now }, run) => {
  const steps = runs.steps(run, now).filter(({ step }) => step.verb !== "docs generate");
  return answer(steps.flatMap((state) =>
    state.step.nodes.map((nodeRun) => {
      const { node, status, thread } = nodeRun;
      const { begin, end } = nodeTimes(run, state, nodeRun);
      return {
        step: state.index,
        unique_id: node.id,
        name: node.name,
        status,
        thread_id: `Thread-${thread} (worker)`,
        started_at: stamp(begin),
        completed_at: stamp(end),
        execution_time: (end - begin) / 1000,
      };
    })
  ));
});

// ---- starting and stopping runs -------------------------------------------------------------------------------------

const cancelRun = forRun((request, run) => {
  const { world: { runs }, now, faults } = request;
  if (faults.take("cancel-refused") !== undefined) return refuse(400, "The run could not be cancelled.");
  if (runs.state(run, now).finished === null) runs.cancel(run, now, faults.take("slow-cancel") ?? 2);
  return answer(answerRun(request, run));
});

const triggerFields = routes.filter(({ call }) => call.name === "jobs.trigger").flatMap(({ call }) => bodyFields(call));

/** Starts a run of a job; where it retries another run, from the point of failure. */
function startRun(request: EndpointRequest, job: Row, fields: Row, retried?: RunRecord): Reply {
  const { world: { runs, store, speed }, now, faults } = request;
  const trigger = {
    ...Object.fromEntries(triggerFields.map((name) => [name, fields[name] ?? null])),
    cause_category: fields.cause_category ?? "api",
    cause_humanized: fields.cause,
    job_definition_id: job.id,
    created_at: stamp(now),
  };
  const stuck = faults.take("stuck-queued") !== undefined;
  const previous = resultsBefore(runs, job, now);
  const { record, connection } = newRun(store, job, trigger, { created: now, speed, stuck }, previous);
  const retry = retried === undefined ? {} : {
    plan: makeRetry(retried.plan, connection, previous),
    profile: retried.profile,
    retrying: retried.id,
  };
  return answer(answerRun(request, runs.add({ ...record, ...retry }), ["trigger", "job"]));
}

/** The job that the path names. */
function jobOf({ world: { store }, params }: EndpointRequest): Row | undefined {
  const job = store.find("jobs", params.job_id);
  return job !== undefined && !isDeleted(job) && String(job.account_id) === params.account_id ? job : undefined;
}

const triggerJob: Handler = (request) => {
  const { body } = request;
  const job = jobOf(request);
  if (job === undefined) return notFound();
  if (!isRow(body)) return notAnObject();
  if (String(body.cause ?? "").length > 255) return invalid({ cause: "length of value must be at most 255" });
  return checkBody(request, body) ?? startRun(request, job, body);
};

const retryTrigger: Row = { cause: "Retry of a failed run", cause_category: "rerun" };

/** Retries the newest run of a job where it failed; else starts a new one. */
const rerunJob: Handler = (request) => {
  const { world: { runs }, now } = request;
  const job = jobOf(request);
  if (job === undefined) return notFound();
  const newest = runs.newest(Number(job.id));
  const canRetry = newest !== undefined && retryRefusal(newest, runs.state(newest, now), runs) === null;
  return startRun(request, job, retryTrigger, canRetry ? newest : undefined);
};

const retryRun = forRun((request, run) => {
  const { world: { runs, store }, now } = request;
  const job = store.find("jobs", run.job);
  if (job === undefined || isDeleted(job)) return notFound();
  const reason = retryRefusal(run, runs.state(run, now), runs);
  return reason === null
    ? startRun(request, job, retryTrigger, run)
    : refuse(400, "This run cannot be retried.", { reason });
});

// ---- artifacts ------------------------------------------------------------------------------------------------------

/** The artifacts of a completed run, after one of its steps; after its last step where `step` is null. */
function filesOf(
  { world: { runs }, now, faults }: EndpointRequest,
  run: RunRecord,
  step: string | null,
): ReadonlyMap<string, ArtifactText> {
  const { finished } = runs.state(run, now);
  const steps = runs.steps(run, now);
  const late = finished !== null &&
    faults.take("late-artifact", (seconds) => now < finished + seconds * 1000) !== undefined;
  if (finished === null || late) return new Map();
  const last = step === null ? steps.length : Number(step);
  return last >= 1 && last <= steps.length ? artifactsOf(run, steps.slice(0, last)) : new Map();
}

function download({ params, faults }: EndpointRequest, files: ReadonlyMap<string, ArtifactText>): Reply {
  const path = params.path ?? "";
  const file = files.get(path);
  if (file === undefined || faults.take("missing-artifact") !== undefined) return notFound();
  const type = path.endsWith(".json")
    ? "application/json"
    : path.endsWith(".html")
    ? "text/html; charset=utf-8"
    : "text/plain; charset=utf-8";
  return { status: 200, text: file(), type };
}

const listArtifacts = forRun((request, run) => {
  const paths = [...filesOf(request, run, request.query.get("step")).keys()];
  return answer(paths.length === 0 ? null : paths);
});

const getArtifact = forRun((request, run) => download(request, filesOf(request, run, request.query.get("step"))));

/** An artifact of a job: of its newest run that has it. */
const getJobArtifact: Handler = (request) => {
  const { world: { runs }, params: { account_id, path = "" } } = request;
  const id = jobOf(request)?.id;
  const newestFirst = runs.of(Number(account_id)).filter(({ job }) => job === id).toReversed();
  for (const run of newestFirst) {
    const files = filesOf(request, run, null);
    if (files.has(path)) return download(request, files);
  }
  return notFound();
};

/** By the endpoint's name. */
export const runHandlers: Readonly<Record<string, Handler>> = {
  "jobs.getArtifact": getJobArtifact,
  "jobs.rerun": rerunJob,
  "jobs.trigger": triggerJob,
  "runs.cancel": cancelRun,
  "runs.get": forRun((request, run) => answer(answerRun(request, run, relatedOf(request.query)))),
  "runs.getArtifact": getArtifact,
  "runs.getFailureDetails": getFailureDetails,
  "runs.getStep": getStep,
  "runs.getTiming": getTiming,
  "runs.list": listRuns,
  "runs.listArtifacts": listArtifacts,
  "runs.retry": retryRun,
};
