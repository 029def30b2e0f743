/**
 * The programs: commands that do more than call their endpoint, by the endpoint's name. Each is loaded only when its
 * command runs or its help is asked for. `tree.ts` gets every command of the table from here.
 *
 * @module
 */
import { type AnyRow, isQueryRow } from "../../groups/table_entry.ts";
import type { BuiltCommand } from "./command_types.ts";
import { endpointCommand } from "./endpoint_command.ts";
import type { Program } from "./program.ts";

interface ListedProgram {
  /** The line of help, if the endpoint's own does not fit. */
  readonly summary?: string;
  readonly load: () => Promise<Program>;
}

/** All programs, by the name of the endpoint. */
export const programs: Readonly<Record<string, ListedProgram>> = {
  "jobs.apply": { load: async () => (await import("./jobs_apply.ts")).jobsApply },
  "jobs.export": { load: async () => (await import("./jobs_tags.ts")).jobsExport },
  "jobs.link": { load: async () => (await import("./jobs_tags.ts")).jobsLink },
  "jobs.plan": { load: async () => (await import("./jobs_apply.ts")).jobsPlan },
  "envVars.diff": { load: async () => (await import("./env_vars_values.ts")).envVarsDiff },
  "envVars.list": { load: async () => (await import("./env_vars_values.ts")).envVarsList },
  "envVars.set": { load: async () => (await import("./env_vars_values.ts")).envVarsSet },
  "envVars.unset": { load: async () => (await import("./env_vars_values.ts")).envVarsUnset },
  "jobs.disable": { load: async () => (await import("./jobs_enable.ts")).jobsDisable },
  "jobs.enable": { load: async () => (await import("./jobs_enable.ts")).jobsEnable },
  "jobs.open": { load: async () => (await import("./open_page.ts")).jobsOpen },
  "discovery.query": {
    summary: "Send a GraphQL query of your own to the Discovery API, and print all pages (for metrics: dbtc sl query)",
    load: async () => (await import("./discovery_query.ts")).discoveryQuery,
  },
  "jobs.rerun": {
    summary: "Retry the newest run of a job from the point of failure",
    load: async () => (await import("./runs_retry.ts")).jobsRerun,
  },
  "jobs.trigger": {
    summary: "Start a run of a job, or of several jobs, and exit with the result",
    load: async () => (await import("./jobs_trigger.ts")).jobsTrigger,
  },
  "jobs.triggerAutoscalingCi": {
    load: async () => (await import("./jobs_autoscaling_ci.ts")).jobsTriggerAutoscalingCi,
  },
  "jobs.unlink": { load: async () => (await import("./jobs_tags.ts")).jobsUnlink },
  "runs.cancel": {
    summary: "Cancel a run, or all queued and running runs of a job, a project, an environment or the account",
    load: async () => (await import("./runs_cancel.ts")).runsCancel,
  },
  "runs.compare": { load: async () => (await import("./runs_compare.ts")).runsCompare },
  "runs.download": { load: async () => (await import("./runs_artifacts.ts")).runsDownload },
  "runs.explain": {
    summary: "Explain the result of a run: the failed steps, nodes and errors; with --job, of the last one that failed",
    load: async () => (await import("./runs_explain.ts")).runsExplain,
  },
  "runs.failures": { load: async () => (await import("./runs_failures.ts")).runsFailures },
  "runs.getArtifact": { load: async () => (await import("./runs_artifacts.ts")).runsGetArtifact },
  "runs.logs": { load: async () => (await import("./runs_logs.ts")).runsLogs },
  "runs.open": {
    summary: "Open a run in the browser, or the newest run of a job",
    load: async () => (await import("./open_page.ts")).runsOpen,
  },
  "runs.retry": { load: async () => (await import("./runs_retry.ts")).runsRetry },
  "runs.stats": { load: async () => (await import("./runs_stats.ts")).runsStats },
  "runs.timing": { load: async () => (await import("./runs_timing.ts")).runsTiming },
  "runs.wait": {
    summary: "Wait for a run, or for several, and exit with the result",
    load: async () => (await import("./runs_wait.ts")).runsWait,
  },
  "sl.compile": { load: async () => (await import("./sl_query.ts")).slCompile },
  "sl.listDimensionValues": { load: async () => (await import("./sl_query.ts")).slListDimensionValues },
  "sl.searchMetrics": { load: async () => (await import("./sl_query.ts")).slSearchMetrics },
  "sl.query": { load: async () => (await import("./sl_query.ts")).slQuery },
  "users.addToGroup": { load: async () => (await import("./users_add_to_group.ts")).usersAddToGroup },
};

function programOf({ call }: AnyRow): ListedProgram | undefined {
  return Object.hasOwn(programs, call.name) ? programs[call.name] : undefined;
}

/** The line of help of a row's command. */
export function descriptionOf(row: AnyRow): string {
  const { call } = row;
  const merges = call.kind === "endpoint" && call.replaces ? "; fields that are not given keep their values" : "";
  const deprecated = call.deprecated === undefined ? "" : ` (deprecated: ${call.deprecated})`;
  return `${programOf(row)?.summary ?? call.summary}${merges}${deprecated}`;
}

/** The command of a row. */
export async function commandOf(row: AnyRow): Promise<BuiltCommand> {
  const description = descriptionOf(row);
  if (isQueryRow(row)) return (await import("./query_command.ts")).queryCommand(row, description);
  const make = await programOf(row)?.load() ?? endpointCommand;
  return make(row, description);
}
