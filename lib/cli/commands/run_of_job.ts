/**
 * `--job` of commands about a run, which names a job in place of the run: the flags, and what they mean for each command.
 * `endpoint_command.ts` adds them to each command that reads a run, and `newest_run.ts` finds the run.
 *
 * @module
 */
import type { AnyCall } from "../../groups/table_entry.ts";
import type { RunStatus } from "../../models/run.ts";
import { argumentFields, flagName } from "../input/field_flags.ts";
import { referenceFlag } from "../input/id_references.ts";
import { isGiven, type Typed } from "../input/typed_request.ts";
import type { Values } from "./command_types.ts";

/** How `--job` names the runs of a call. */
export interface RunsOfJob {
  /** The fields of the runs, the oldest run first. */
  readonly fields: ReadonlyArray<string>;
  /** The statuses that count (default: all). */
  readonly statuses?: ReadonlyArray<keyof typeof RunStatus>;
  /** What the error says of a job without such runs. */
  readonly lacks: string;
  /** The line of help of `--job`. */
  readonly description: string;
}

const lastFailed: Omit<RunsOfJob, "fields"> = {
  statuses: ["error"],
  lacks: "no run that failed",
  description: "Instead of a run: the last run of this job that failed",
};

/** The calls that do not just take the newest run. */
const exceptions: Readonly<Record<string, Omit<RunsOfJob, "fields">>> = {
  "runs.compare": {
    statuses: ["success", "error"],
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
