/**
 * The commands that do more than call their row of the table: the flags that they have beside its fields, and what runs
 * them.
 *
 * @module
 */
import type { Row } from "../../groups/table_entry.ts";
import type { FlagSpec } from "../input/field_flags.ts";
import { cancelSpecs } from "./runs_cancel_flags.ts";
import type { AnyProgram, RunProgram } from "./program.ts";
import { reports } from "../report/report_formats.ts";

/** A command that does more than call its row. */
export interface Program {
  /** What it does, where that is not what the row says of itself. */
  readonly summary?: string;
  /** The flags beside the row's own. */
  readonly flags: ReadonlyArray<FlagSpec> | ((row: Row) => ReadonlyArray<FlagSpec>);
  /** The fields that it can do without, although the row cannot. */
  readonly fills?: ReadonlyArray<string>;
  /** Loads what runs it: the other commands start without it. */
  readonly load: () => Promise<RunProgram>;
}

const report: FlagSpec = {
  name: "report",
  takes: "one",
  metavar: reports.join("|"),
  description: "How to say why the run ended so; text on a terminal, else json: --format",
};

const watchFlags: ReadonlyArray<FlagSpec> = [
  {
    name: "poll-interval",
    takes: "one",
    metavar: "time",
    description: "How long between two looks: 10, 30s, 2m; the older the run, the longer, when absent",
  },
  {
    name: "timeout",
    takes: "one",
    metavar: "time",
    description: "How long to wait at most: 90, 30m, 2h; to the run's end when absent",
  },
  { name: "logs", takes: "boolean", metavar: "", description: "Show on stderr what the steps print" },
  { ...report, description: "How to say on stderr why the run failed; text when absent" },
];

const seeFlags: ReadonlyArray<FlagSpec> = [
  {
    name: "wait",
    takes: "boolean",
    metavar: "",
    description: "Wait for the run, and end as it ends, as is done when absent; --no-wait only starts it",
  },
  ...watchFlags,
  {
    name: "on-timeout",
    takes: "one",
    metavar: "leave|cancel",
    description: "What becomes of a run that was started here after --timeout; it goes on when absent",
  },
  {
    name: "on-interrupt",
    takes: "one",
    metavar: "cancel|leave",
    description: "What Ctrl-C or SIGTERM does to it, instead of DBTC_ON_INTERRUPT; it is cancelled when absent",
  },
  {
    name: "retries",
    takes: "one",
    metavar: "integer",
    description: "How often a run that ended in error is taken up where it failed; implies --wait",
  },
  {
    name: "run-id-file",
    takes: "one",
    metavar: "file",
    description: "The file to write the run's id to, as soon as it is known; one that is there is removed first",
  },
];

const payload: FlagSpec = {
  name: "payload",
  short: "d",
  takes: "one",
  metavar: "json",
  description: "What the run differs in: JSON, @file or -",
};

const orRun: FlagSpec = {
  name: "or-run",
  takes: "boolean",
  metavar: "",
  description: "Start an ordinary run where there is nothing to take up; that is refused when absent",
};

const cancel: Program = {
  summary:
    "Cancel a run that is queued or running, or all such runs of a job, a project, an environment or the account",
  fills: ["run_id"],
  flags: cancelSpecs,
  load: async () => (await import("./runs_cancel.ts")).cancelRow,
};

const artifact: Program = {
  flags: [{
    name: "step",
    short: "s",
    takes: "one",
    metavar: "integer|auto",
    description: "The step, from 1; auto for the one that holds what is meant; the last one when absent",
  }],
  load: async () => (await import("./runs_artifacts.ts")).artifactRow,
};

const download: Program = {
  flags: [{ name: "dir", takes: "one", metavar: "folder", description: "The folder to write into; made where absent" }],
  load: async () => (await import("./runs_artifacts.ts")).downloadRow,
};

const programs: Readonly<Record<string, Program>> = {
  "jobs.triggerAutoscalingCi": {
    flags: [payload, ...seeFlags],
    load: async () => (await import("./jobs_autoscaling_ci.ts")).autoscaleRow,
  },
  "jobs.rerun": {
    summary: "Start a run that takes up the job's newest one where it failed; refuse if it did not, unless --or-run",
    flags: [orRun, ...seeFlags],
    load: async () => (await import("./runs_retry.ts")).rerunRow,
  },
  "runs.retry": {
    flags: seeFlags,
    load: async () => (await import("./runs_retry.ts")).retryRow,
  },
  "runs.explain": { flags: [report], load: async () => (await import("./runs_explain.ts")).explainRow },
  "runs.logs": { flags: [], load: async () => (await import("./runs_logs.ts")).logsRow },
  "runs.cancel": cancel,
  "runs.getArtifact": artifact,
  "runs.download": download,
};

/** The flags that a row's program has beside the row's own. */
export function programFlags(row: Row): ReadonlyArray<FlagSpec> {
  const flags = programOf(row)?.flags ?? [];
  return typeof flags === "function" ? flags(row) : flags;
}

/** What a row's command does, in one line. */
export function summaryOf(row: Row): string {
  return programOf(row)?.summary ?? row.call.summary;
}

/** The program of a row's command, where it has one. */
export function programOf({ call }: Row): Program | undefined {
  return Object.hasOwn(programs, call.name) ? programs[call.name] : undefined;
}

/** Loads the program of a row's command, where it is a typed one. */
export async function loadProgram({ call }: Row): Promise<AnyProgram | undefined> {
  return Object.hasOwn(loads, call.name) ? await loads[call.name]?.() : undefined;
}

const loads: Readonly<Record<string, () => Promise<AnyProgram>>> = {
  "jobs.trigger": async () => (await import("./jobs_trigger.ts")).triggerProgram,
  "runs.timing": async () => (await import("./runs_timing.ts")).timing,
  "runs.wait": async () => (await import("./runs_wait.ts")).wait,
};

/** Loads the typed programs of these rows, by name. */
export async function loadPrograms(rows: ReadonlyArray<Row>): Promise<ReadonlyMap<string, AnyProgram>> {
  const pairs = await Promise.all(rows.map(async (row) => [row.call.name, await loadProgram(row)] as const));
  return new Map(pairs.flatMap(([name, program]) => program === undefined ? [] : [[name, program] as const]));
}
