/**
 * What is done to runs: they are started, cancelled and looked into.
 *
 * @module
 */
import { bodyFields } from "../../request.ts";
import { artifactsOf, type File } from "../runs/run_artifacts.ts";
import { answerList, type Ask, type Behave, hide, mistakes, relatedOf } from "./crud_handlers.ts";
import { docsCommand, makeRetry } from "../runs/run_plan.ts";
import type { Read } from "../protocol/list_query.ts";
import { routes } from "../protocol/routes.ts";
import { type RunRecord, scaled, Status } from "../runs/run_store.ts";
import { type Lookup, show } from "../data/show_row.ts";
import { showRun, showStep, stepOf, triggerId, whyNoRetry } from "../runs/run_fields.ts";
import { newRun } from "../runs/new_run.ts";
import { isDeleted } from "../data/row_store.ts";
import { answer, invalid, isRow, notFound, refuse, type Reply, type Row, stamp } from "../protocol/response_format.ts";

/** The endpoints that start and stop runs: a job runner may call them. */
export const running: ReadonlySet<string> = new Set(["jobs.trigger", "jobs.rerun", "runs.cancel", "runs.retry"]);

// ---- runs as others see them ----------------------------------------------------------------------------------------

function shownRun(ask: Ask, run: RunRecord, related: ReadonlyArray<string>): Row {
  const { world: { runs, store }, now, faults } = ask;
  const shown = showRun(run, { ...ask.world, now, origin: ask.origin });
  const thing = (collection: string, id: unknown) => {
    const row = store.find(collection, id);
    return row === undefined ? null : show(store, "v2", collection, row, []);
  };
  const debug = related.includes("debug_logs");
  const more: Readonly<Record<string, () => unknown>> = {
    trigger: () => ({ ...run.trigger, id: triggerId(run) }),
    job: () => thing("jobs", run.job),
    environment: () => thing("environments", run.place.environment_id),
    repository: () => thing("repositories", store.find("projects", run.place.project_id)?.repository_id),
    run_steps: () => runs.steps(run, now).map((step) => showStep(run, step, now, debug)),
    run_retries: () => runs.of(run.place.account_id).filter(({ retrying }) => retrying === run.id).map(({ id }) => id),
    used_repo_cache: () => false,
    repo_cache_restore: () => null,
    audit: () => {
      const [user] = store.rows("users");
      const actor = { id: user?.id ?? null, type: "user", name: user?.fullname ?? null };
      return { trigger: { actor }, ...shown.is_cancelled === true ? { cancellation: { actor } } : {} };
    },
  };
  for (const name of related) {
    const make = more[name];
    if (make !== undefined) shown[name] = make();
  }
  if (shown.in_progress === true && faults.take("unknown-status") !== undefined) {
    Object.assign(shown, { status: 25, status_humanized: "Waiting" });
  }
  return shown;
}

function runOf({ world: { runs }, params }: Ask): RunRecord | undefined {
  const run = runs.find(Number(params.run_id));
  return run !== undefined && String(run.place.account_id) === params.account_id &&
      (params.project_id === undefined || String(run.place.project_id) === params.project_id)
    ? run
    : undefined;
}

function ofRun(answering: (ask: Ask, run: RunRecord) => Reply): Behave {
  return (ask) => {
    const run = runOf(ask);
    return run === undefined ? notFound() : answering(ask, run);
  };
}

/** The newest runs of a job, for who asks for them with it. */
export const jobRuns = (ask: Ask): Lookup => (row, name) => {
  const { runs } = ask.world;
  if (ask.route.collection !== "jobs" || !name.startsWith("most_recent_")) return undefined;
  const run = name === "most_recent_run"
    ? runs.newest(Number(row.id))
    : runs.of(Number(row.account_id)).findLast((run) =>
      run.job === row.id && runs.state(run, ask.now).finished !== null
    );
  return run === undefined ? null : shownRun(ask, run, []);
};

// ---- what is done to runs -------------------------------------------------------------------------------------------

const listRuns: Behave = (ask) => {
  const { world: { runs }, params, query, now, faults } = ask;
  const gone = ["2", "deleted"].includes(query.get("state") ?? "");
  const all = gone ? [] : runs.of(Number(params.account_id));
  const hidden = hide(all.slice(-100), faults, (run) => now - run.created);
  // Lists have no steps: https://github.com/jairus-m/dbt-heartbeat
  const related = relatedOf(query).filter((name) => name !== "run_steps");
  const read: Read<RunRecord> = (run, field) => {
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
        return field in run.place ? Object(run.place)[field] : showRun(run, { runs, now, origin: "" })[field];
    }
  };
  return answerList(ask, hidden.size === 0 ? all : all.filter((run) => !hidden.has(run)), read, {
    show: (run) => shownRun(ask, run, related),
    remove: ({ id }) => runs.remove(id),
  });
};

const cancelRun = ofRun((ask, run) => {
  const { world: { runs }, now, faults } = ask;
  if (faults.take("cancel-refused") !== undefined) return refuse(400, "The run could not be cancelled.");
  if (runs.state(run, now).finished === null) runs.cancel(run, now, faults.take("slow-cancel") ?? 2);
  return answer(shownRun(ask, run, []));
});

const triggerFields = routes.filter(({ call }) => call.name === "jobs.trigger").flatMap(({ call }) => bodyFields(call));

/** Starts a run of a job. */
function start(ask: Ask, job: Row, given: Row, retried?: RunRecord): Reply {
  const { world: { runs, store, speed }, now, faults } = ask;
  const trigger = {
    ...Object.fromEntries(triggerFields.map((name) => [name, given[name] ?? null])),
    cause_category: given.cause_category ?? "api",
    cause_humanized: given.cause,
    job_definition_id: job.id,
    created_at: stamp(now),
  };
  const run = newRun(store, job, trigger, { created: now, speed, stuck: faults.take("stuck-queued") !== undefined });
  const again = retried === undefined ? {} : {
    plan: makeRetry(retried.plan, run.connection),
    profile: retried.profile,
    retrying: retried.id,
  };
  return answer(shownRun(ask, runs.add({ ...run.record, ...again }), ["trigger", "job"]));
}

/** The job of a path, if it is there. */
function jobOf({ world: { store }, params }: Ask): Row | undefined {
  const job = store.find("jobs", params.job_id);
  return job !== undefined && !isDeleted(job) && String(job.account_id) === params.account_id ? job : undefined;
}

const triggerJob: Behave = (ask) => {
  const job = jobOf(ask);
  if (job === undefined) return notFound();
  if (!isRow(ask.body)) return invalid({ body: "expected a dictionary" });
  if (String(ask.body.cause ?? "").length > 255) return invalid({ cause: "length of value must be at most 255" });
  return mistakes(ask, ask.body, true) ?? start(ask, job, ask.body);
};

const again: Row = { cause: "Retry of a failed run", cause_category: "rerun" };

const rerunJob: Behave = (ask) => {
  const { world: { runs }, now } = ask;
  const job = jobOf(ask);
  if (job === undefined) return notFound();
  const newest = runs.newest(Number(job.id));
  const failed = newest !== undefined && whyNoRetry(newest, runs.state(newest, now), runs) === null;
  return start(ask, job, again, failed ? newest : undefined);
};

const retryRun = ofRun((ask, run) => {
  const { world: { runs, store }, now } = ask;
  const job = store.find("jobs", run.job);
  if (job === undefined || isDeleted(job)) return notFound();
  const reason = whyNoRetry(run, runs.state(run, now), runs);
  return reason === null ? start(ask, job, again, run) : refuse(400, "This run cannot be retried.", { reason });
});

const failureDetails = ofRun(({ world: { runs }, now }, run) => {
  const failed = runs.steps(run, now).at(-1);
  return runs.state(run, now).status === Status.error && failed !== undefined
    ? answer({ failed_step: failed.step.name, skipped_steps: run.plan.left })
    : refuse(400, "This run has not failed.");
});

const getStep: Behave = (ask) => {
  const { world: { runs }, params, query, now } = ask;
  const place = stepOf(Number(params.step_id));
  const run = runs.find(place.run);
  const step = run && runs.steps(run, now).find(({ index }) => index === place.index);
  if (run === undefined || step === undefined || String(run.place.account_id) !== params.account_id) return notFound();
  return answer(showStep(run, step, now, relatedOf(query).includes("debug_logs")));
};

// ---- artifacts ------------------------------------------------------------------------------------------------------

/** The files of a run that is over, after one of its steps. */
function filesOf(
  { world: { runs }, now, faults }: Ask,
  run: RunRecord,
  step: string | null,
): ReadonlyMap<string, File> {
  const { finished } = runs.state(run, now);
  const steps = runs.steps(run, now);
  const late = finished !== null &&
    faults.take("late-artifact", (seconds) => now < finished + seconds * 1000) !== undefined;
  if (finished === null || late) return new Map();
  const last = step === null ? steps.length : Number(step);
  return last >= 1 && last <= steps.length ? artifactsOf(run, steps.slice(0, last)) : new Map();
}

/** How long each node of a run took: what its results say. */
function timing({ world: { runs }, now }: Ask, run: RunRecord): ReadonlyArray<Row> {
  const steps = runs.steps(run, now).filter(({ step }) => step.command !== docsCommand);
  return steps.flatMap(({ step, index, started }) =>
    step.nodes.map(({ node, status, thread, begin, end }) => ({
      step: index,
      unique_id: node.id,
      name: node.name,
      status,
      thread_id: `Thread-${thread} (worker)`,
      started_at: stamp(started + scaled(run, begin)),
      completed_at: stamp(started + scaled(run, end)),
      execution_time: (end - begin) / 1000,
    }))
  );
}

function download(ask: Ask, files: ReadonlyMap<string, File>): Reply {
  const path = ask.params.path ?? "";
  const file = files.get(path);
  if (file === undefined || ask.faults.take("missing-artifact") !== undefined) return notFound();
  const type = path.endsWith(".json")
    ? "application/json"
    : path.endsWith(".html")
    ? "text/html; charset=utf-8"
    : "text/plain; charset=utf-8";
  return { status: 200, text: file(), type };
}

const jobArtifact: Behave = (ask) => {
  const { runs } = ask.world;
  const { path = "" } = ask.params;
  const id = jobOf(ask)?.id;
  const files = runs.of(Number(ask.params.account_id)).filter(({ job }) => job === id).toReversed().values().map((
    run,
  ) => filesOf(ask, run, null))
    .find((files) => files.has(path));
  return files === undefined ? notFound() : download(ask, files);
};

/** By the endpoint's name. */
export const runCalls: Readonly<Record<string, Behave>> = {
  "jobs.trigger": triggerJob,
  "jobs.rerun": rerunJob,
  "jobs.getArtifact": jobArtifact,
  "runs.list": listRuns,
  "runs.get": ofRun((ask, run) => answer(shownRun(ask, run, relatedOf(ask.query)))),
  "runs.cancel": cancelRun,
  "runs.retry": retryRun,
  "runs.getFailureDetails": failureDetails,
  "runs.listArtifacts": ofRun((ask, run) => {
    const paths = [...filesOf(ask, run, ask.query.get("step")).keys()];
    return answer(paths.length === 0 ? null : paths);
  }),
  "runs.getArtifact": ofRun((ask, run) => download(ask, filesOf(ask, run, ask.query.get("step")))),
  "runs.getStep": getStep,
  "runs.getTiming": ofRun((ask, run) => answer(timing(ask, run))),
};
