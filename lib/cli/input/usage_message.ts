/**
 * The message of a wrong command line: what is wrong with it, and what the user may have meant. `main.ts` prints it.
 *
 * Own code, because `effect/cli` has messages of several lines, suggests no global flag, and knows no synonyms.
 *
 * @module
 */
import type * as CliError from "effect/cli/CliError";
import type { AnyRow } from "../../groups/table_entry.ts";
import { distance, nearest } from "../../nearest.ts";

/** What a command line may contain. */
export interface KnownNames {
  /** The words of the command that it names. */
  readonly path: ReadonlyArray<string>;
  /** The rows that are loaded: every row if the command line names none. */
  readonly rows: ReadonlyArray<AnyRow>;
  /** The flags of the command, and the global ones. */
  readonly flags: ReadonlyArray<string>;
}

/** The message, in one line for each mistake. */
export function usageMessage(error: CliError.CliError, known: KnownNames): string {
  switch (error._tag) {
    case "ShowHelp": {
      // Flags of a command that does not exist are no second mistake.
      const unknown = error.errors.filter(({ _tag }) => _tag === "UnknownSubcommand");
      return (unknown.length > 0 ? unknown : error.errors).map((error) => usageMessage(error, known)).join("\n");
    }
    case "InvalidValue":
      return invalidValue(error);
    case "UnrecognizedOption": {
      const flag = error.option.replace(/^-+/, "");
      const command = error.command?.join(" ") ?? "dbtc";
      const near = nearestFlags(flag, known.flags);
      // `dbtc query` is a query of Discovery, as in Python dbtc.
      const other = near.length === 0 && command === "dbtc discovery query" ? ["dbtc sl query"] : [];
      return `${error.option} is not a flag of ${command}${didYouMean([...near, ...other])}`;
    }
    case "UnknownSubcommand": {
      const parent = error.parent ?? ["dbtc"];
      // `sl list` is the beginning of several commands.
      const longer = known.rows.filter(({ group, verb }) =>
        group === parent[1] && verb.startsWith(`${error.subcommand}-`)
      ).map(({ verb }) => verb.slice(error.subcommand.length + 1));
      if (longer.length > 1) {
        return `${parent.join(" ")} ${error.subcommand} what? One of: ${longer.join(", ")}`;
      }
      const meant = ["help", "version"].includes(error.subcommand)
        ? [`${parent.join(" ")} --${error.subcommand}`]
        : longer.length === 1
        ? [`${parent.join(" ")} ${error.subcommand}-${longer.join()}`]
        : commandsFor(error.subcommand, parent[1], known.rows);
      const elsewhere = parent.length === 1 ? moved[error.subcommand] ?? [] : [];
      const nearest = error.suggestions.map((name) => [...parent, name].join(" "));
      return `"${error.subcommand}" is not a command of ${parent.join(" ")}${
        didYouMean([...new Set([...elsewhere, ...meant, ...nearest])])
      }`;
    }
    default:
      return error.message.replaceAll(/\s+/g, " ").replace(" positional", "");
  }
}

/** A wrong value, in the same words for every flag. */
function invalidValue({ expected, kind, option, value }: CliError.InvalidValue): string {
  const name = kind === "flag" ? `--${option}` : option;
  // The flags of effect/cli itself expect `"all" | "trace"`, or say `Expected` once more.
  const wanted = expected.replace(/^Expected /, "").replaceAll('"', "").replaceAll(" | ", "|");
  if (value === "") return `${name} needs a value: ${wanted}`;
  // Other types say in words what they expect.
  const meant = wanted.includes("|") ? nearest(value, wanted.split("|"), 1) : [];
  return `${name}: "${value}" is not ${wanted === "integer" ? "an integer" : wanted}${didYouMean(meant)}`;
}

function didYouMean(names: ReadonlyArray<string>): string {
  return names.length === 0 ? "" : `. Did you mean ${[...new Set(names)].join(" or ")}?`;
}

/** A message about an id that neither the command line nor a setting has, with the flag and the variable to give. */
export function withFlagOfId(message: string): string {
  return message.replace(
    /\b(account|environment|project)_id is missing(?:: set DBT_CLOUD_\w+, or give the \w+ of the request)?/,
    (_, noun: string) =>
      `which ${noun}? Give --${noun}, or set DBT_CLOUD_${noun.toUpperCase()}_ID` +
      (noun === "account" ? "" : `. dbtc ${noun}s list shows what there is`),
  );
}

/** Words of other tools at the root, and what they are here. */
const moved: Readonly<Record<string, ReadonlyArray<string>>> = {
  completion: ["dbtc --completions bash"],
  completions: ["dbtc --completions bash"],
  login: ["dbtc auth login"],
  logout: ["dbtc auth logout"],
};

// ---- commands -------------------------------------------------------------------------------------------------------

/** The verbs that users mean by words of other tools, such as `gh run watch`. */
const synonyms: ReadonlyArray<readonly [words: ReadonlyArray<string>, verbs: ReadonlyArray<string>]> = [
  [["run", "start", "launch", "execute"], ["trigger"]],
  [["view", "show", "describe", "status"], ["get", "explain"]],
  [["watch", "follow", "tail"], ["wait", "logs"]],
  [["rerun", "retry", "restart"], ["retry", "rerun"]],
  [["stop", "abort", "kill"], ["cancel"]],
  [["ls"], ["list"]],
  [["rm", "remove"], ["delete"]],
  [["edit", "set"], ["update"]],
  [["add", "new"], ["create"]],
];

/** The commands that a word means: those of the group, or else those of jobs and runs. */
function commandsFor(word: string, group: string | undefined, rows: ReadonlyArray<AnyRow>): ReadonlyArray<string> {
  const verbs = [word, ...synonyms.flatMap(([words, verbs]) => words.includes(word) ? verbs : [])];
  const inGroups = (...groups: ReadonlyArray<string>) =>
    rows.filter((row) => groups.includes(row.group) && verbs.includes(row.verb) && row.call.deprecated === undefined)
      .map(({ group, verb }) => `dbtc ${group} ${verb}`);
  const own = group === undefined ? [] : inGroups(group);
  return own.length > 0 || (group !== undefined && group !== "jobs" && group !== "runs")
    ? own
    : inGroups("jobs", "runs");
}

// ---- flags ----------------------------------------------------------------------------------------------------------

/** The flags that start with a word; else those nearest to it, if at most two letters differ. */
function nearestFlags(word: string, names: ReadonlyArray<string>): ReadonlyArray<string> {
  const longer = names.filter((name) => name.startsWith(`${word}-`));
  if (longer.length > 0) return longer.map((name) => `--${name}`);
  const distances = names.map((name) => distance(word, name));
  const least = Math.min(...distances);
  return least > 2 || least >= word.length
    ? []
    : names.filter((_, index) => distances[index] === least).map((name) => `--${name}`);
}
