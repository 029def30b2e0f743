/**
 * `dbtc __complete SHELL WORD…`: the words that can stand in place of the last one. The scripts of
 * `completion_scripts.ts` ask for them.
 *
 * @module
 */
import * as Command from "effect/cli/Command";
import * as Completions from "effect/cli/Completions";
import type * as Flag from "effect/cli/Flag";
import { type FoundKind, kindOfField } from "../groups/id_fields.ts";
import type { RunCommandLine } from "./commands/command_types.ts";
import { builtIns } from "./completions.ts";
import { argumentFields, flagName } from "./input/field_flags.ts";
import type { AnyRow } from "../groups/table_entry.ts";
import { findWords, typedWords } from "./input/argv.ts";
import { arrowCalls, globalSettings, globalSpellings } from "./input/global_flags.ts";
import { loadRows } from "./input/load_group.ts";
import { makeTree } from "./tree.ts";

/** A word that fits. */
export interface Candidate {
  /** The word. */
  readonly word: string;
  /** What it is for. */
  readonly description?: string | undefined;
}

/**
 * What fits: words; the names of files or folders, which the shell completes itself; or names of things in dbt Cloud and
 * of saved contexts.
 */
export type Candidates = ReadonlyArray<Candidate> | "file" | "directory" | ThingNames;

/** The command of a group that lists things which have only an id, or dbt's id of a node beside its name. */
export interface ListCommand {
  /** The words of the command, and its flags: `credentials`, `list`. */
  readonly words: ReadonlyArray<string>;
  /** The member of a row that has the id. */
  readonly id: "id" | "uniqueId";
}

/** The names of things in dbt Cloud, or of saved contexts, that begin with a text. */
export interface ThingNames {
  /** What the things are. */
  readonly kind: FoundKind | "context" | ListCommand;
  /** The text. */
  readonly current: string;
  /** What stands before the name in the word. */
  readonly prefix: string;
  /** The flags of the command line that say where the things are. */
  readonly flags: ReadonlyArray<string>;
}

/** What the rest of a command line says about a value. */
interface Around {
  /** The flags that say where the things are whose names fit. */
  readonly flags: ReadonlyArray<string>;
  /** Whether the command can write Arrow. */
  readonly writesArrow: boolean;
  /** The list of the group, and the argument that takes the id of one of its rows. */
  readonly list?: ListCommand & { readonly argument: string };
}

/** Where a command line stands. */
interface Position {
  /** The command that it names so far. */
  readonly command: Completions.CommandDescriptor;
  /** How many arguments of the command stand before the last word. */
  readonly argumentCount: number;
  /** The flag whose value the last word is. */
  readonly flag: Completions.FlagDescriptor | undefined;
  /** Whether flags are over: `--` stands before. */
  readonly flagsAreOver: boolean;
}

/** The words that fit in place of the last one. Other words than the last are complete. */
export async function completeWords(
  shell: string,
  typed: ReadonlyArray<string>,
  run: RunCommandLine,
): Promise<Candidates> {
  const words = shell === "bash" ? joinValues(typed) : typed;
  const current = unquote(words.at(-1) ?? "");
  const before = words.slice(0, -1).map(unquote);
  const rows = await loadRows(typedWords(before, globalSpellings));
  const found = findWords(before, globalSpellings, rows);
  const { command } = await makeTree({ rows, words: found.words, run });
  const position = readPosition(found.args, Completions.fromCommand(command));
  const { command: at } = position;
  const around: Around = {
    flags: placeFlags(found.args),
    writesArrow: arrowCalls.includes(found.row?.call.name ?? ""),
    ...listAround(found.row, rows, found.args),
  };
  if (position.flag !== undefined && !current.startsWith("--")) {
    return valuesOf(position.flag, current, around);
  }
  if (!position.flagsAreOver && current.startsWith("-")) {
    const flags = [...at.flags, ...globalFlags()];
    const [, name, value = ""] = /^--([^=]+)=([^]*)$/.exec(current) ?? [];
    if (name === undefined) return flagsLike(current, flags);
    const flag = flags.find((flag) => flag.name === name);
    // Bash replaces only what stands after the `=`.
    return flag === undefined ? [] : withPrefix(shell === "bash" ? "" : `--${name}=`, valuesOf(flag, value, around));
  }
  if (at.subcommands.length > 0 && position.argumentCount === 0) {
    return fitting(current, at.subcommands.map(({ description, name }) => ({ word: name, description })));
  }
  const argument = at.arguments[position.argumentCount] ?? at.arguments.findLast(({ variadic }) => variadic);
  return argument === undefined ? [] : valuesOf(argument, current, around);
}

/** The list of a row's group, if the row's last argument is an id of one of its rows that is no name. */
function listAround(
  row: AnyRow | undefined,
  rows: ReadonlyArray<AnyRow>,
  args: ReadonlyArray<string>,
): Pick<Around, "list"> {
  const field = row === undefined ? undefined : argumentFields(row.call).find((field) => /(?:_i|[iI])d$/.test(field));
  const list = rows.find(({ group, verb }) => group === row?.group && verb === "list");
  if (row === undefined || field === undefined || list === undefined || row === list) return {};
  const id = /[uU]niqueId$/.test(field) ? "uniqueId" : "id";
  const has = (name: string) => Object.hasOwn(list.call.request, name);
  const words = [
    ...[list.group, list.verb, ...has("limit") ? ["--limit", "100"] : []],
    ...has("project_id") ? flagsAmong(args, /^(?:--project|-p)(?:=|$)/) : [],
    ...has("environment_id") ? flagsAmong(args, /^(?:--environment|-e)(?:=|$)/) : [],
  ];
  return { list: { words, id, argument: flagName(field, row.call) } };
}

/** The lines that the script of a shell reads. */
export function completionLines(candidates: Exclude<Candidates, ThingNames>): string {
  if (typeof candidates === "string") return `:${candidates}\n`;
  return candidates.map(({ description = "", word }) => `${word}\t${description.replaceAll(/\s+/g, " ")}\n`).join("");
}

/** Walks from the root of the tree along the words. */
function readPosition(words: ReadonlyArray<string>, root: Completions.CommandDescriptor): Position {
  let [command, argumentCount, flagsAreOver] = [root, 0, false];
  let flag: Completions.FlagDescriptor | undefined;
  for (const word of words) {
    if (flag !== undefined && !word.startsWith("--")) {
      flag = undefined;
      continue;
    }
    flag = undefined;
    if (flagsAreOver) argumentCount++;
    else if (word === "--") flagsAreOver = true;
    else if (word.startsWith("-") && word !== "-") {
      const named = [...command.flags, ...globalFlags()].find(({ aliases, name }) =>
        word === `--${name}` || aliases.some((alias) => word === `-${alias.replace(/^-+/, "")}`)
      );
      flag = named?.type._tag === "Boolean" ? undefined : named;
    } else {
      const next = argumentCount > 0 ? undefined : command.subcommands.find(({ name }) => name === word);
      if (next === undefined) argumentCount++;
      else command = next;
    }
  }
  return { command, argumentCount, flag, flagsAreOver };
}

/** The global flags as `effect/cli` describes flags: it describes those of a command only. */
function globalFlags(): ReadonlyArray<Completions.FlagDescriptor> {
  const flags: ReadonlyArray<Flag.Flag<unknown>> = [...globalSettings, ...builtIns].map(({ flag }) => flag);
  return Completions.fromCommand(Command.make("dbtc", { flags })).flags;
}

/** The flags that a text begins, and `--no-…` of those that are on without it. */
function flagsLike(current: string, flags: ReadonlyArray<Completions.FlagDescriptor>): ReadonlyArray<Candidate> {
  const words = flags.map(({ description, name }) => ({ word: `--${name}`, description }));
  const negated = flags.filter(({ type }) => type._tag === "Boolean")
    .map(({ name }) => ({ word: `--no-${name}`, description: `The opposite of --${name}` }));
  // Only who types `--no` wants a flag's opposite.
  return fitting(current, /^--no/.test(current) ? [...words, ...negated] : words);
}

function valuesOf(
  { name, type }: Completions.FlagDescriptor | Completions.ArgumentDescriptor,
  current: string,
  { flags, list, writesArrow }: Around,
): Candidates {
  switch (type._tag) {
    case "Path":
      return type.pathType === "directory" ? "directory" : "file";
    case "Choice":
      return fitting(
        current,
        type.values.filter((word) => word !== "arrow" || writesArrow).map((word) => ({ word })),
      );
    case "Boolean":
      return fitting(current, [{ word: "true" }, { word: "false" }]);
    default: {
      if (name === "context") return { kind: name, current, prefix: "", flags: [] };
      // Flags and arguments that take an id, a name or a URL have the name of the kind.
      const kind = kindOfField(`${name.replace(/-name$/, "").replaceAll("-", "_")}_id`);
      if (kind !== undefined) return { kind, current, prefix: "", flags };
      return list === undefined || list.argument !== name ? [] : { kind: list, current, prefix: "", flags };
    }
  }
}

/** The flags among these that say which account, project and context a thing is in. */
function placeFlags(args: ReadonlyArray<string>): ReadonlyArray<string> {
  return flagsAmong(args, /^(?:--(?:account|context|host)|-a)(?:=|$)/);
}

/** The flags with these names, and their values. */
function flagsAmong(args: ReadonlyArray<string>, names: RegExp): ReadonlyArray<string> {
  return args.flatMap((arg, index) => {
    if (!names.test(arg)) return [];
    const next = args[index + 1];
    return arg.includes("=") ? [arg] : next === undefined ? [] : [arg, next];
  });
}

function withPrefix(prefix: string, candidates: Candidates): Candidates {
  if (typeof candidates === "string") return candidates;
  return "kind" in candidates
    ? { ...candidates, prefix }
    : candidates.map((candidate) => ({ ...candidate, word: prefix + candidate.word }));
}

function fitting(current: string, candidates: ReadonlyArray<Candidate>): ReadonlyArray<Candidate> {
  return candidates.filter(({ word }) => word.startsWith(current));
}

/** Bash splits `--flag=value` into three words. */
function joinValues(words: ReadonlyArray<string>): ReadonlyArray<string> {
  const joined: Array<string> = [];
  for (const word of words) {
    const previous = joined.at(-1);
    const joins = previous?.startsWith("--") && (word === "=" || (previous.endsWith("=") && previous.length > 3));
    if (previous !== undefined && joins) joined[joined.length - 1] = previous + word;
    else joined.push(word);
  }
  return joined;
}

/** A word as it is typed so far: without the quote that it begins with, or the backslashes in it. */
function unquote(word: string): string {
  return /^["']/.test(word) ? word.slice(1).replace(/["']$/, "") : word.replaceAll(/\\(.)/g, "$1");
}
