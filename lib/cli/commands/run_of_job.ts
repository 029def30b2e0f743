/**
 * `--job` of commands about one run: names a job instead of the run, and finds its newest run that fits.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Stdio from "effect/Stdio";
import { list } from "../../api/runs.ts";
import type { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { notFound } from "../../not_found.ts";
import { commandName } from "../../groups/table_entry.ts";
import { referenceFlag, resolve } from "../input/id_references.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { Values } from "./command_types.ts";

/** The flags that name a job instead of a run. `description` says which of its runs is meant. */
export function jobFlags(description: string) {
  return {
    job: referenceFlag("job", "job", description, "j"),
    project: referenceFlag("project", "project", "Look for the job in this project only", "p"),
    environment: referenceFlag("environment", "environment", "Look for the job in this environment only", "e"),
  };
}

/** What the command line says about the run. */
interface RunOrJob {
  readonly account_id?: number;
  readonly run_id?: number;
}

/** The id of the run: the one that is named, or the newest run of the job, with this status if one is given. */
export const runOfJob = Effect.fnUntraced(function* (
  { account_id, run_id }: RunOrJob,
  { environment, job, project }: Values<ReturnType<typeof jobFlags>>,
  { endpoint, status }: { readonly endpoint: string; readonly status?: number },
): Effect.fn.Return<number, DbtError | UsageError, Dbt | FileSystem.FileSystem | Stdio.Stdio> {
  if (run_id !== undefined) {
    return job === undefined ? run_id : yield* usage("--job does not go with a run: either names the run");
  }
  if (job === undefined) {
    const command = `dbtc ${commandName(endpoint)}`;
    return yield* usage(`Which run? Try: ${command} RUN, or ${command} --job JOB`);
  }
  const account = account_id === undefined ? {} : { account_id };
  const look = { ...account, changes: false, endpoint };
  // The ids of projects, environments and jobs are numbers.
  const projectId = project === undefined ? {} : { project_id: Number((yield* resolve("project", project, look)).id) };
  const environmentId = environment === undefined
    ? {}
    : { environment_id: Number((yield* resolve("environment", environment, { ...look, ...projectId })).id) };
  const found = yield* resolve("job", job, { ...look, ...projectId, ...environmentId });
  const { data: [newest] } = yield* list({
    ...account,
    job_definition_id: Number(found.id),
    order_by: "-id",
    limit: 1,
    ...(status === undefined ? {} : { status }),
  });
  const name = found.name === undefined ? "" : ` "${found.name}"`;
  return newest?.id ??
    (yield* notFound(endpoint, `job ${found.id}${name} has no run${status === undefined ? "" : " that failed"}`));
});
