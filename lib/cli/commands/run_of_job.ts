/**
 * `--job` of commands about a run: names a job in place of the run, and finds its newest run. `endpoint_command.ts` adds the
 * flags to each command that reads a run.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Stdio from "effect/Stdio";
import { list } from "../../api/runs.ts";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import type { AnyCall, AnyRequest } from "../../groups/table_entry.ts";
import { RunStatus } from "../../models/run.ts";
import { notFound } from "../../not_found.ts";
import { argumentFields, flagName } from "../input/field_flags.ts";
import { referenceFlag, resolve } from "../input/id_references.ts";
import { isGiven, type Typed } from "../input/typed_request.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import type { Values } from "./command_types.ts";
import { defined } from "../../defined.ts";

/** How `--job` names the runs of a call. */
export interface RunsOfJob {
  /** The fields of the runs, the oldest run first. */
  readonly fields: ReadonlyArray<string>;
  /** The statuses that count (default: all). */
  readonly statuses?: ReadonlyArray<number>;
  /** What the error says of a job without such runs. */
  readonly lacks: string;
  /** The line of help of `--job`. */
  readonly description: string;
}

/** The calls whose output has the run's id anyway. */
const printsRun = /^runs\.(?:compare|explain|get|open|timing|wait)$/;

const lastFailed = {
  statuses: [RunStatus.error],
  lacks: "no run that failed",
  description: "Instead of a run: the last run of this job that failed",
};

/** The calls that do not just take the newest run. */
const exceptions: Readonly<Record<string, Omit<RunsOfJob, "fields">>> = {
  "runs.compare": {
    statuses: [RunStatus.success, RunStatus.error],
    lacks: "not enough runs that have ended",
    description:
      "Instead of runs: the newest two of this job that have ended; with one run, compare it with the newest",
  },
  "runs.explain": lastFailed,
  "runs.getFailureDetails": lastFailed,
};

/** How `--job` names the runs of a call; undefined if the call reads no run. */
export function runsOfJob(call: AnyCall): RunsOfJob | undefined {
  const fields = argumentFields(call).filter((field) => /(?:^|_)run_id$/.test(field));
  if (fields.length === 0 || ("route" in call && !call.route.startsWith("GET "))) return undefined;
  const newest = { lacks: "no run", description: "Instead of a run: the newest run of this job" };
  return { fields, ...(Object.hasOwn(exceptions, call.name) ? exceptions[call.name] : undefined) ?? newest };
}

/** The flags that name a job in place of a run. */
export function jobFlags({ description }: RunsOfJob) {
  return {
    job: referenceFlag("job", "job", description, "j"),
    project: referenceFlag("project", "project", "With --job: look for the job in this project only", "p"),
    environment: referenceFlag(
      "environment",
      "environment",
      "With --job: look for the job in this environment only",
      "e",
    ),
  };
}

/** The values of {@linkcode jobFlags}. */
export type JobNamed = Partial<Values<ReturnType<typeof jobFlags>>>;

/**
 * What was typed, for a call whose run is named by its job: in `runs get-artifact --job CI manifest.json`, the only argument
 * is no run, but the artifact.
 */
export function withoutRunArgument(call: AnyCall, { fields: [run = ""] }: RunsOfJob, typed: Typed): Typed {
  const [first, last = ""] = argumentFields(call);
  const isArtifact = first === run && !/_id$/.test(last) && typed.args[last] === undefined &&
    !isGiven(typed, flagName(last, call));
  return isArtifact && last !== ""
    ? { ...typed, args: { ...typed.args, [run]: undefined, [last]: typed.args[run] } }
    : typed;
}

/** Fills the runs of a request that are not named with the newest runs of a job. */
export const fillRunsOfJob: (
  endpoint: string,
  of: RunsOfJob,
  named: JobNamed,
  request: Record<string, unknown>,
) => Effect.Effect<void, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio> = Effect.fnUntraced(
  function* (endpoint, { fields, lacks, statuses }, { environment, job, project }, request) {
    if (job === undefined) return;
    const missing = fields.filter((field) => request[field] === undefined);
    if (missing.length === 0) return yield* usage("--job does not go with a run: either names the run");
    const { account_id }: AnyRequest & { readonly account_id?: number } = request;
    const account = defined({ account_id });
    const look = { ...account, changes: false, endpoint };
    // The ids of projects, environments and jobs are numbers.
    const projectId = project === undefined
      ? typeof request.project_id === "number" ? { project_id: request.project_id } : {}
      : { project_id: Number((yield* resolve("project", project, look)).id) };
    const environmentId = environment === undefined
      ? {}
      : { environment_id: Number((yield* resolve("environment", environment, { ...look, ...projectId })).id) };
    const found = yield* resolve("job", job, { ...look, ...projectId, ...environmentId });
    const { data } = yield* list({
      ...account,
      job_definition_id: Number(found.id),
      order_by: "-id",
      limit: missing.length,
      ...defined({ status__in: statuses }),
    });
    const name = found.name === undefined ? "" : ` "${found.name}"`;
    if (data.length < missing.length) return yield* notFound(endpoint, `job ${found.id}${name} has ${lacks}`);
    const newest = data.toReversed();
    for (const [index, field] of missing.entries()) request[field] = newest[index]?.id;
    if (printsRun.test(endpoint)) return;
    const ids = newest.map(({ id }) => id).join(" and ");
    yield* note(`${newest.length === 1 ? "Run" : "Runs"} ${ids} of job ${found.id}${clean(name)}`);
  },
);
