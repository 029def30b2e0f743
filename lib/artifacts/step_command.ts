/**
 * What a step of a run does, and which file has the results of its nodes, by the step's dbt command. Finding artifacts,
 * explaining and timing a run depend on it.
 *
 * @module
 */
import type { RunStep } from "../api/runs.ts";

/** What a step does, as far as it matters for its artifacts. */
export type Work = "builds" | "docs" | "freshness" | "other" | "nothing";

/** The file in which a command writes the results of its nodes. */
export interface CommandResults {
  /** The file. */
  readonly path: "run_results.json" | "sources.json";
  /** Its `args.which`, if that is known for sure. */
  readonly which?: string;
  /** Whether the results of a successful command say nothing about its nodes. */
  readonly quiet?: boolean;
}

interface Command {
  readonly work: Work;
  readonly results?: CommandResults;
}

function withRunResults(work: Work, which: string, quiet = false): Command {
  return { work, results: { path: "run_results.json", which, quiet } };
}

const freshness: Command = { work: "freshness", results: { path: "sources.json" } };

/** The commands of dbt. */
const commands: Readonly<Record<string, Command>> = {
  build: withRunResults("builds", "build"),
  clean: { work: "nothing" },
  clone: withRunResults("builds", "clone", true),
  compile: withRunResults("other", "compile", true),
  debug: { work: "nothing" },
  deps: { work: "nothing" },
  docs: withRunResults("docs", "generate", true),
  freshness,
  init: { work: "nothing" },
  list: { work: "other" },
  ls: { work: "other" },
  parse: { work: "other" },
  // Its `args.which` is the command that it retries.
  retry: { work: "builds", results: { path: "run_results.json" } },
  run: withRunResults("builds", "run"),
  "run-operation": withRunResults("other", "run-operation"),
  seed: withRunResults("builds", "seed"),
  show: { work: "other" },
  snapshot: withRunResults("builds", "snapshot"),
  source: freshness,
  test: withRunResults("builds", "test"),
};

/** The command of a step, from its `run_step_command` or else from its name. */
function commandOf({ name, run_step_command }: RunStep): Command {
  const line = run_step_command?.dbt_command ?? /`(.*)`/.exec(name ?? "")?.[1];
  if (line === undefined) {
    if (/^(clone |create profile)/i.test(name ?? "")) return { work: "nothing" };
    return /freshness/i.test(name ?? "") ? freshness : { work: "other" };
  }
  const words = line.split(/\s+/);
  // Global flags may stand before the command, and `debug` may also be the value of `--log-level`.
  const verb = words.find((word, index) =>
    Object.hasOwn(commands, word) && !words[index - 1]?.startsWith("--log-level")
  );
  return commands[verb ?? ""] ?? { work: "other" };
}

/** What a step does. */
export function workOf(step: RunStep): Work {
  return commandOf(step).work;
}

/** The file with the results of a step's nodes, if the step writes one. */
export function resultsFileOf(step: RunStep): CommandResults | undefined {
  return commandOf(step).results;
}

/** Whether a command builds or tests nodes, and writes their results. */
export function isBuilding(verb: string): boolean {
  return Object.hasOwn(commands, verb) && commands[verb]?.work === "builds";
}
