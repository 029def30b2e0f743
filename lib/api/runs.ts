/**
 * Runs, their steps and artifacts.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Stream from "effect/Stream";
import type { ArtifactFile } from "../artifacts/find.ts";
import type { Dbt } from "../dbt.ts";
import {
  data,
  type Download as FileEndpoint,
  download as fileEndpoint,
  type Endpoint,
  endpoint,
  type Page,
  page,
  type Workflow,
  workflow,
} from "../endpoint.ts";
import type { DbtError } from "../error.ts";
import type { Explanation } from "../workflows/explain.ts";
import { absent } from "../names.ts";
import type { RunTiming } from "../workflows/timing.ts";
import {
  field,
  type Fields,
  type InAccount,
  inAccount,
  type InProject,
  inProject,
  jsonList,
  optional,
  type Ordered,
  ordered,
  type Related,
  related,
  run_id,
  state,
  type StateFilter,
  step_id,
} from "../schema.ts";
import { headOf, logOf, type StepLog } from "../workflows/step_log.ts";
import { Run, RunFailureDetails, RunStatus, RunStep, status } from "../models/run.ts";

export * from "../models/run.ts";

// ---- endpoints ------------------------------------------------------------------------------------------------------

/** What every request about one run has. */
export interface OfRun extends InAccount {
  /** The run. */
  readonly run_id: number;
}

const ofRun: Fields<OfRun> = { ...inAccount, run_id };

/** What {@linkcode list} asks for. */
export interface List extends InAccount, Ordered {
  /** Only the runs of this job. */
  readonly job_definition_id?: number;
  /** Only the runs of this project. */
  readonly project_id?: number;
  /** Only the runs of these projects. */
  readonly project_id__in?: ReadonlyArray<number>;
  /** Only the runs in this environment. */
  readonly environment_id?: number;
  /** Only the runs with this status: see {@linkcode RunStatus}. */
  readonly status?: number;
  /** Only the runs with one of these statuses. */
  readonly status__in?: ReadonlyArray<number>;
  /** Only the runs that defer to this run. */
  readonly deferring_run_id?: number;
  /** Only the runs created between these two times. Without an offset: with one, dbt Cloud ignores the time of day. */
  readonly created_at__range?: ReadonlyArray<string>;
  /** Only the runs that ended between these two times. Without an offset: with one, dbt Cloud ignores the time of day. */
  readonly finished_at__range?: ReadonlyArray<string>;
  /** Only the runs of this dbt version. */
  readonly dbt_version?: string;
  /** Only the runs of these dbt versions. */
  readonly dbt_version__in?: ReadonlyArray<string>;
  /** Only the runs that made documentation, or that did not. */
  readonly has_docs_generated?: boolean;
  /** Only the runs that looked at the freshness of sources, or that did not. */
  readonly has_sources_generated?: boolean;
  /** Only the run with this id. */
  readonly pk?: number;
  /** Only the runs with these ids. */
  readonly pk__in?: ReadonlyArray<number>;
  /** Only the runs with a greater id. */
  readonly id__gt?: number;
  /** Active runs, deleted ones, or all of them; all when absent. */
  readonly state?: StateFilter;
  /** Related things to include in each run. */
  readonly include_related?: Related<
    "trigger" | "job" | "environment" | "repository" | "run_steps" | "audit" | "debug_logs"
  >;
}

const listRequest: Fields<List> = {
  ...inAccount,
  job_definition_id: optional(field(Schema.Int, "Only the runs of this job")),
  project_id: optional(field(Schema.Int, "Only the runs of this project")),
  project_id__in: optional(field(jsonList(Schema.Int), "Only the runs of these projects")),
  environment_id: optional(field(Schema.Int, "Only the runs in this environment")),
  status: optional(field(status, "Only the runs with this status")),
  status__in: optional(field(jsonList(status), "Only the runs with one of these statuses")),
  deferring_run_id: optional(field(Schema.Int, "Only the runs that defer to this run")),
  created_at__range: optional(
    field(jsonList(Schema.String), "Only the runs created between these two times, in UTC without an offset"),
  ),
  finished_at__range: optional(
    field(jsonList(Schema.String), "Only the runs that ended between these two times, in UTC without an offset"),
  ),
  dbt_version: optional(field(Schema.String, "Only the runs of this dbt version")),
  dbt_version__in: optional(field(jsonList(Schema.String), "Only the runs of these dbt versions")),
  has_docs_generated: optional(field(Schema.Boolean, "Only the runs that made documentation, or that did not")),
  has_sources_generated: optional(
    field(Schema.Boolean, "Only the runs that looked at the freshness of sources, or that did not"),
  ),
  pk: optional(field(Schema.Int, "Only the run with this id")),
  pk__in: optional(field(jsonList(Schema.Int), "Only the runs with these ids")),
  id__gt: optional(field(Schema.Int, "Only the runs with a greater id")),
  state: optional(state),
  include_related: optional(
    related("trigger", "job", "environment", "repository", "run_steps", "audit", "debug_logs"),
  ),
  ...ordered,
};

/** List the runs of an account. */
export const list: Endpoint<List, Page<Run>> = endpoint("runs.list", {
  route: "GET /api/v2/accounts/:account_id/runs/",
  summary: "List the runs of an account",
  request: listRequest,
  success: page(Run),
  order: "-id",
  dbtc: "list_runs",
});

/** What {@linkcode getMostRecent} asks for. */
export interface GetMostRecent extends Omit<List, keyof Ordered> {}

const { limit: _limit, offset: _offset, order_by: _orderBy, ...mostRecent } = listRequest;

/** Get the newest run that fits. Fails with `NotFound` where none does. */
export const getMostRecent: Workflow<GetMostRecent, Run> = workflow("runs.getMostRecent", {
  summary: "Get the newest run that fits",
  request: mostRecent,
  run: Effect.fn("runs.getMostRecent")(function* (request: GetMostRecent) {
    const { data: [newest] } = yield* list({ ...request, order_by: "-id", limit: 1 });
    return newest ?? (yield* absent("runs.getMostRecent", "no run fits"));
  }),
  dbtc: "get_most_recent_run",
});

/** What {@linkcode get} asks for. */
export interface Get extends OfRun {
  /** Related things to include in the run. */
  readonly include_related?: Related<
    | "trigger"
    | "job"
    | "environment"
    | "repository"
    | "run_steps"
    | "run_retries"
    | "used_repo_cache"
    | "repo_cache_restore"
    | "audit"
    | "debug_logs"
  >;
}

/** Get one run. */
export const get: Endpoint<Get, Run> = endpoint("runs.get", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/",
  summary: "Get one run",
  request: {
    ...ofRun,
    include_related: optional(
      related(
        "trigger",
        "job",
        "environment",
        "repository",
        "run_steps",
        "run_retries",
        "used_repo_cache",
        "repo_cache_restore",
        "audit",
        "debug_logs",
      ),
    ),
  },
  success: data(Run),
  dbtc: "get_run",
});

/**
 * Wait until a run has ended in success. Fails with `RunFailed` or `RunCancelled` where it ends otherwise, and with
 * `NotFound` only after a minute: dbt Cloud may not find a run that was triggered just now. Never cancels it.
 */
export const wait: Workflow<OfRun, Run> = workflow("runs.wait", {
  summary: "Wait until a run has ended in success",
  request: ofRun,
  load: async () => {
    const { waitForRun } = await import("../workflows/wait.ts");
    return (request) => waitForRun(request, { fresh: true });
  },
});

/** Cancel a run that is queued or running. */
export const cancel: Endpoint<OfRun, Run> = endpoint("runs.cancel", {
  route: "POST /api/v2/accounts/:account_id/runs/:run_id/cancel/",
  summary: "Cancel a run that is queued or running",
  request: ofRun,
  success: data(Run),
  dbtc: "cancel_run",
});

/** Start a new run that takes up a failed one where it failed. */
export const retry: Endpoint<OfRun, Run> = endpoint("runs.retry", {
  route: "POST /api/v2/accounts/:account_id/runs/:run_id/retry/",
  summary: "Start a new run that takes up a failed one where it failed",
  request: ofRun,
  success: data(Run),
});

/** Get the step in which a run failed, and the steps that it skipped. */
export const getFailureDetails: Endpoint<OfRun, RunFailureDetails> = endpoint("runs.getFailureDetails", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/retry/",
  summary: "Get the step in which a run failed, and the steps that it skipped",
  request: ofRun,
  success: data(RunFailureDetails),
});

/** What {@linkcode listArtifacts} asks for. */
export interface ListArtifacts extends OfRun {
  /** The step, from 1; the last one when absent. Source: Python dbtc. */
  readonly step?: number;
}

const step = field(Schema.Int, "The step, from 1; the last one when absent");

/** List the paths of a run's artifacts. */
export const listArtifacts: Endpoint<ListArtifacts, Page<string>> = endpoint("runs.listArtifacts", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/artifacts/",
  summary: "List the paths of a run's artifacts",
  request: { ...ofRun, step: optional(step) },
  success: page(Schema.String),
  dbtc: "list_run_artifacts",
});

/** What {@linkcode getArtifact} asks for. */
export interface GetArtifact extends OfRun {
  /** The file: `manifest.json`, `run_results.json`, `catalog.json`, `compiled/…`. */
  readonly path: string;
  /** The step, from 1; the last one when absent, which is `dbt docs generate` where the job generates docs. */
  readonly step?: number;
}

const artifactPath = field(Schema.String, "The file: manifest.json, run_results.json, compiled/…");

/** Download an artifact of a run. */
export const getArtifact: FileEndpoint<GetArtifact> = fileEndpoint("runs.getArtifact", {
  route: "GET /api/v2/accounts/:account_id/runs/:run_id/artifacts/:path*",
  summary: "Download an artifact of a run",
  request: {
    ...ofRun,
    path: artifactPath,
    step: optional(step),
  },
  dbtc: "get_run_artifact",
});

/** What {@linkcode getMostRecentArtifact} asks for. */
export interface GetMostRecentArtifact
  extends Omit<GetMostRecent, "status" | "status__in" | "include_related">, Omit<GetArtifact, "run_id" | "step"> {
  /** The step, from 1; `auto` for the one that {@linkcode findArtifact} finds; the last one when absent. */
  readonly step?: number | "auto";
}

const anyStep = field(
  Schema.Union([Schema.Int, Schema.Literal("auto")]),
  "The step, from 1; auto for the one that holds what is meant; the last one when absent",
);

const { status: _status, status__in: _statuses, include_related: _related, ...mostRecentSuccess } = mostRecent;

/**
 * Download an artifact of the newest run that fits and succeeded. Gives the file's bytes as a stream, which
 * `Stream.unwrap` makes one of; fails with `NotFound` where no run fits.
 */
export const getMostRecentArtifact: Workflow<GetMostRecentArtifact, Stream.Stream<Uint8Array, DbtError, Dbt>> =
  workflow("runs.getMostRecentArtifact", {
    summary: "Download an artifact of the newest run that fits and succeeded",
    request: { ...mostRecentSuccess, path: artifactPath, step: optional(anyStep) },
    run: Effect.fn("runs.getMostRecentArtifact")(function* (request: GetMostRecentArtifact) {
      const { path, step, ...filters } = request;
      const { id } = yield* getMostRecent({ ...filters, status: RunStatus.success });
      const file = {
        run_id: id,
        path,
        ...(filters.account_id === undefined ? {} : { account_id: filters.account_id }),
      };
      if (step !== "auto") return getArtifact({ ...file, ...(step === undefined ? {} : { step }) });
      const { artifactOf } = yield* Effect.promise(() => import("../artifacts/find.ts"));
      return artifactOf(file);
    }),
    dbtc: "get_most_recent_run_artifact",
  });

/** What {@linkcode download} asks for. */
export interface Download extends OfRun {
  /** Only the artifacts whose path one of these globs matches, as `*.json`; `**` is any folder. */
  readonly match?: ReadonlyArray<string>;
  /** The step, from 1, whose folder is taken; when absent, or `auto`, the last one's, but each file of the right step. */
  readonly step?: number | "auto";
}

/**
 * Download the artifacts of a run. Gives each one's path and, as a stream that is fetched when it runs, its bytes;
 * `downloadArtifacts` writes them into a folder. `run_results.json` and others that several steps write come from the
 * step that {@linkcode findArtifact} finds. Fails with `NotFound` where there are none, or none that match.
 */
export const download: Workflow<Download, ReadonlyArray<ArtifactFile>> = workflow("runs.download", {
  summary: "Download the artifacts of a run",
  request: {
    ...ofRun,
    match: optional(field(Schema.Array(Schema.String), "Only what this glob matches, as *.json; ** is any folder")),
    step: optional(
      field(
        Schema.Union([Schema.Int, Schema.Literal("auto")]),
        "The step, from 1; when absent, or auto, the last one, but run_results.json of what was built",
      ),
    ),
  },
  load: async () => (await import("../artifacts/find.ts")).artifactsOf,
});

/** Get how long the nodes of a run took: the slowest, the threads in use, the critical path. */
export const timing: Workflow<OfRun, RunTiming> = workflow("runs.timing", {
  summary: "Get how long the nodes of a run took: the slowest, the threads in use, the critical path",
  request: ofRun,
  load: async () => (await import("../workflows/timing.ts")).timingOf,
});

/** What {@linkcode getStep} asks for. */
export interface GetStep extends InAccount {
  /** The step's id. */
  readonly step_id: number;
  /** Related things to include in the step. */
  readonly include_related?: Related<"trigger" | "job" | "debug_logs">;
}

/** Get one step of a run, with its log. */
export const getStep: Endpoint<GetStep, RunStep> = endpoint("runs.getStep", {
  route: "GET /api/v2/accounts/:account_id/steps/:step_id/",
  summary: "Get one step of a run, with its log",
  request: { ...inAccount, step_id, include_related: optional(related("trigger", "job", "debug_logs")) },
  success: data(RunStep),
});

/** What {@linkcode logs} asks for. */
export interface Logs extends OfRun {
  /** Only this step, from 1; all of them when absent. */
  readonly step?: number;
  /** The debug logs, whole, instead of what dbt prints. */
  readonly debug?: boolean;
}

/** Get what the steps of a run printed so far. */
export const logs: Workflow<Logs, ReadonlyArray<StepLog>> = workflow("runs.logs", {
  summary: "Get what the steps of a run printed so far",
  request: {
    ...ofRun,
    step: optional(field(Schema.Int, "Only this step, from 1; all of them when absent")),
    debug: optional(field(Schema.Boolean, "The debug logs, whole, instead of what dbt prints")),
  },
  run: Effect.fn("runs.logs")(function* ({ step, debug = false, ...request }: Logs) {
    const { run_steps } = yield* get({
      ...request,
      include_related: debug ? ["run_steps", "debug_logs"] : ["run_steps"],
    });
    const all = (run_steps ?? []).map((one) => ({ step: headOf(one), log: logOf(one, debug) }));
    if (step === undefined) return all;
    const found = all.filter((one, at) => (one.step.index ?? at + 1) === step);
    return found.length > 0 ? found : yield* absent("runs.logs", `the run has no step ${step} yet`);
  }),
});

/** What {@linkcode explain} asks for. */
export interface Explain extends OfRun {
  /** How many lines of a log's end. 30 when absent; 10 where failed nodes say why. */
  readonly lines?: number;
  /** Whether nodes are given with their compiled code. They are when absent. */
  readonly code?: boolean;
}

/**
 * Explain why a run ended as it did. Each step that dbt ran is given with the nodes that failed, were skipped or warn,
 * as its own `run_results.json` or `sources.json` says: by default, dbt Cloud gives the last step's, which is often
 * `dbt docs generate`. For a minute after the run's end, artifacts that come late are waited for. What cannot be read is
 * left out and said: this fails only where the run itself cannot be read.
 *
 * @example
 * ```ts
 * import { DbtClient, runs, triggerAndWait } from "@dbtc/dbtc";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 60 })),
 * );
 * const program = triggerAndWait({ job_id: 2, cause: "README" }).pipe(
 *   Effect.flip,
 *   Effect.andThen(runs.getMostRecent({ job_definition_id: 2 })),
 *   Effect.flatMap(({ id }) => runs.explain({ run_id: id })),
 * );
 * const { steps } = await Effect.runPromise(program.pipe(Effect.provide(session)));
 * const [node] = steps.flatMap(({ failed }) => failed);
 * assert.equal(node?.file, "models/customers.sql");
 * ```
 */
export const explain: Workflow<Explain, Explanation> = workflow("runs.explain", {
  summary: "Explain why a run ended as it did",
  request: {
    ...ofRun,
    lines: optional(field(Schema.Int, "How many lines of a log's end; 30 when absent, 10 where failed nodes say why")),
    code: optional(field(Schema.Boolean, "Show compiled code; --no-code leaves it out")),
  },
  load: async () => (await import("../workflows/explain.ts")).explainRun,
});

/** What {@linkcode getTiming} asks for. */
export interface GetTiming extends InProject {
  /** The run. */
  readonly run_id: number;
}

/** Get the timing of a run's models. */
export const getTiming: Endpoint<GetTiming, unknown> = endpoint("runs.getTiming", {
  route: "GET /api/v3/accounts/:account_id/projects/:project_id/runs/:run_id/timing/",
  summary: "Get the timing of a run's models",
  request: { ...inProject, run_id },
  success: data(Schema.Unknown),
  dbtc: "get_run_timing_details",
  undocumented: "Published until 2023-06-16; Python dbtc uses it",
});
