/**
 * What a step of a run does, and which file has its results, by its dbt command.
 *
 * @module
 */
import type { RunStep } from "../api/runs.ts";

/** What a step does, as far as its artifacts tell steps apart. */
export type Work = "builds" | "docs" | "freshness" | "other" | "nothing";

/** The file in which a command writes the results of its nodes. */
export interface Writes {
  /** The file. */
  readonly path: "run_results.json" | "sources.json" | "freshness.json";
  /** What its `args.which` says, where that is sure. */
  readonly which?: string;
  /** It says nothing of its nodes, where the command succeeds. */
  readonly quiet?: boolean;
}

interface Command {
  readonly work: Work;
  readonly writes?: Writes;
}

function saying(work: Work, which: string, quiet = false): Command {
  return { work, writes: { path: "run_results.json", which, quiet } };
}

/** `dbt source freshness`. */
const sources: Command = { work: "freshness", writes: { path: "sources.json" } };

/** The commands of dbt. */
const commands: Readonly<Record<string, Command>> = {
  build: saying("builds", "build"),
  clean: { work: "nothing" },
  clone: saying("builds", "clone", true),
  compile: saying("other", "compile", true),
  debug: { work: "nothing" },
  deps: { work: "nothing" },
  docs: saying("docs", "generate", true),
  // Only dbt 2 has it, and it also checks models: https://github.com/dbt-labs/docs.getdbt.com/issues/9900.
  freshness: { work: "freshness", writes: { path: "freshness.json" } },
  init: { work: "nothing" },
  list: { work: "other" },
  ls: { work: "other" },
  parse: { work: "other" },
  // It writes what the command writes that it retries.
  retry: { work: "builds", writes: { path: "run_results.json" } },
  run: saying("builds", "run"),
  "run-operation": saying("other", "run-operation"),
  seed: saying("builds", "seed"),
  show: { work: "other" },
  snapshot: saying("builds", "snapshot"),
  source: sources,
  test: saying("builds", "test"),
};

/** The command of a step; where it has none, what its name says. */
function commandOf({ name, run_step_command }: RunStep): Command {
  const line = run_step_command?.dbt_command ?? /`(.*)`/.exec(name ?? "")?.[1];
  if (line === undefined) {
    if (/^(clone |create profile)/i.test(name ?? "")) return { work: "nothing" };
    return /freshness/i.test(name ?? "") ? sources : { work: "other" };
  }
  const words = line.split(/\s+/);
  // Flags of dbt itself may stand before the command; one has a value that is the name of a command.
  const verb = words.find((word, at) => Object.hasOwn(commands, word) && !words[at - 1]?.startsWith("--log-level"));
  return commands[verb ?? ""] ?? { work: "other" };
}

/** What a step does. */
export function workOf(step: RunStep): Work {
  return commandOf(step).work;
}

/** The file in which a step writes the results of its nodes, if it does. */
export function writesOf(step: RunStep): Writes | undefined {
  return commandOf(step).writes;
}

/** Whether a command does something to nodes, and writes their results. */
export function isBuilding(verb: string): boolean {
  return Object.hasOwn(commands, verb) && commands[verb]?.work === "builds";
}
