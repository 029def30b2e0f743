/**
 * Finds the newest runs of a job, for a command line that names a job in place of a run. `endpoint_command.ts` loads it for
 * such a command line.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Stdio from "effect/Stdio";
import { list } from "../../api/runs.ts";
import type { Dbt } from "../../dbt.ts";
import { defined } from "../../defined.ts";
import type { DbtError } from "../../error.ts";
import { notFound } from "../../not_found.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { RunStatus } from "../../models/run.ts";
import { resolve } from "../input/id_references.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import type { JobNamed, RunsOfJob } from "./run_of_job.ts";

/** The calls whose output has the run's id anyway. */
const printsRun = /^runs\.(?:compare|explain|get|open|timing|wait)$/;

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
      ...defined({ status__in: statuses?.map((status) => RunStatus[status]) }),
    });
    const name = found.name === undefined ? "" : ` "${found.name}"`;
    if (data.length < missing.length) return yield* notFound(endpoint, `job ${found.id}${name} has ${lacks}`);
    const itself = data.find(({ id }) => fields.some((field) => request[field] === id));
    if (itself !== undefined) {
      return yield* usage(`Run ${itself.id} is itself the newest of job ${found.id}${clean(name)}: name another run`);
    }
    const newest = data.toReversed();
    for (const [index, field] of missing.entries()) request[field] = newest[index]?.id;
    if (printsRun.test(endpoint)) return;
    const ids = newest.map(({ id }) => id).join(" and ");
    yield* note(`${newest.length === 1 ? "Run" : "Runs"} ${ids} of job ${found.id}${clean(name)}`);
  },
);
