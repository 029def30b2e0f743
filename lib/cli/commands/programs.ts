/**
 * The commands that do more than call their endpoint, by the endpoint's name. Each is loaded when its command is run or
 * its flags are asked for.
 *
 * @module
 */
import type { Row } from "../../groups/table_entry.ts";
import { type BuiltCommand, endpointCommand } from "./endpoint_command.ts";
import type { Program } from "./program.ts";

interface Listed {
  /** What help says that it does, where that is not what the endpoint does. */
  readonly summary?: string;
  readonly load: () => Promise<Program>;
}

const programs: Readonly<Record<string, Listed>> = {
  "jobs.rerun": {
    summary: "Start a run that takes up the job's newest one where it failed; refuse if it did not, unless --or-run",
    load: async () => (await import("./runs_retry.ts")).jobsRerun,
  },
  "jobs.trigger": { load: async () => (await import("./jobs_trigger.ts")).jobsTrigger },
  "jobs.triggerAutoscalingCi": {
    load: async () => (await import("./jobs_autoscaling_ci.ts")).jobsTriggerAutoscalingCi,
  },
  "runs.cancel": {
    summary:
      "Cancel a run that is queued or running, or all such runs of a job, a project, an environment or the account",
    load: async () => (await import("./runs_cancel.ts")).runsCancel,
  },
  "runs.download": { load: async () => (await import("./runs_artifacts.ts")).runsDownload },
  "runs.explain": { load: async () => (await import("./runs_explain.ts")).runsExplain },
  "runs.getArtifact": { load: async () => (await import("./runs_artifacts.ts")).runsGetArtifact },
  "runs.logs": { load: async () => (await import("./runs_logs.ts")).runsLogs },
  "runs.retry": { load: async () => (await import("./runs_retry.ts")).runsRetry },
  "runs.timing": { load: async () => (await import("./runs_timing.ts")).runsTiming },
  "runs.wait": { load: async () => (await import("./runs_wait.ts")).runsWait },
};

function listed({ call }: Row): Listed | undefined {
  return Object.hasOwn(programs, call.name) ? programs[call.name] : undefined;
}

/** What the command of a row does, in one line. */
export function descriptionOf(row: Row): string {
  const { call } = row;
  const merges = call.kind === "endpoint" && call.replaces ? "; what is not given stays as it is" : "";
  const deprecated = call.deprecated === undefined ? "" : ` (deprecated: ${call.deprecated})`;
  return `${listed(row)?.summary ?? call.summary}${merges}${deprecated}`;
}

/** Makes the command of a row, under its verb or another name. */
export async function commandOf(row: Row, name: string = row.verb): Promise<BuiltCommand> {
  const make = await listed(row)?.load() ?? endpointCommand;
  return make(row, name, descriptionOf(row));
}
