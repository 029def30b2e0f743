/**
 * The command line as it was typed, in the one spelling that effect/cli reads.
 *
 * Python dbtc's spellings are understood (`dbtc list-jobs`, `jobs trigger-from-failure`, `--should-poll`), a value may
 * begin with a dash (`--order-by -id`), and a yes-or-no flag never takes the word behind it (`--no-wait 1`).
 *
 * @module
 */
import { pythonNames, type Row } from "../../groups/table_entry.ts";
import type { Spelling } from "./flag_types.ts";

/** Other spellings of flags. */
const aliases: Readonly<Record<string, string>> = {
  "should-poll": "wait",
  "no-should-poll": "no-wait",
  "job-definition-id": "job-id",
};

/** Where the words of a command line are, and which row of the table they name. */
export interface Words {
  /** The row, where group and verb name one. */
  readonly row?: Row;
  /** The words that are no flags, and no values of flags that stand before them: `jobs`, `list`. */
  readonly words: ReadonlyArray<string>;
  /** The command line, group and verb in the table's spelling. */
  readonly args: ReadonlyArray<string>;
}

/** The first two words of a command line: group and verb, as they were typed. */
export function typedWords(args: ReadonlyArray<string>, globals: ReadonlyArray<Spelling>): ReadonlyArray<string> {
  return positions(args, globals).map((index) => args[index] ?? "");
}

/** Finds group and verb among these rows, in whichever spelling. `globals` are the flags that may stand before them. */
export function findWords(
  args: ReadonlyArray<string>,
  globals: ReadonlyArray<Spelling>,
  rows: ReadonlyArray<Row>,
): Words {
  const at = positions(args, globals);
  const [first, second] = at;
  const group = first === undefined ? "" : args[first] ?? "";
  const verb = second === undefined ? "" : args[second] ?? "";
  const flat = flatRow(group, rows);
  if (flat !== undefined && first !== undefined) {
    const spelled = [...args.slice(0, first), flat.group, flat.verb, ...args.slice(first + 1)];
    return { row: flat, words: [flat.group, flat.verb], args: spelled };
  }
  const row = rows.find((row) => row.group === group && row.verb === verb) ?? groupedRow(group, verb, rows);
  if (row === undefined || first === undefined || second === undefined) {
    return { words: typedWords(args, globals), args };
  }
  return { row, words: [row.group, row.verb], args: args.with(first, row.group).with(second, row.verb) };
}

/** The row that Python dbtc's flat command calls: `list-jobs` is the method `list_jobs`. */
function flatRow(command: string, rows: ReadonlyArray<Row>): Row | undefined {
  if (command === "" || rows.some(({ group }) => group === command)) return undefined;
  return methods(rows).find(({ words }) => begins(words, stems(command), true))?.row;
}

/**
 * The row that Python dbtc's grouped command calls: the method without the group's noun, as `jobs trigger-from-failure`
 * for `trigger_job_from_failure`; the whole method, as `runs get-run-timing-details`; or what a method of the group begins
 * with, where only one does, as `users deactivate`.
 */
function groupedRow(group: string, verb: string, rows: ReadonlyArray<Row>): Row | undefined {
  if (verb === "" || !rows.some((row) => row.group === group)) return undefined;
  const typed = stems(verb);
  const all = methods(rows).map((method) => ({ ...method, rest: without(method.words, stems(group)) }));
  const ours = all.filter(({ row }) => row.group === group);
  const [begun, another] = ours.filter(({ rest }) => begins(rest, typed, false));
  return (all.find(({ rest }) => begins(rest, typed, true)) ?? ours.find(({ words }) => begins(words, typed, true)) ??
    (another === undefined ? begun : undefined))?.row;
}

/** Python dbtc's methods, taken apart. */
function methods(
  rows: ReadonlyArray<Row>,
): ReadonlyArray<{ readonly row: Row; readonly words: ReadonlyArray<string> }> {
  return rows.flatMap((row) => pythonNames(row.call).map((name) => ({ row, words: stems(name) })));
}

/** The words of a name, none in the plural: Python dbtc has `list_service_token_permissions` and a command with tokens. */
function stems(name: string): ReadonlyArray<string> {
  return name.split(/[-_]/).map((word) => word.replace(/s$/, ""));
}

function begins(words: ReadonlyArray<string>, typed: ReadonlyArray<string>, whole: boolean): boolean {
  return (whole ? words.length === typed.length : words.length > typed.length) &&
    typed.every((word, index) => words[index] === word);
}

/** The words without the noun, where they have it. */
function without(words: ReadonlyArray<string>, noun: ReadonlyArray<string>): ReadonlyArray<string> {
  const at = words.findIndex((_, index) => begins(words.slice(index, index + noun.length), noun, true));
  return at < 0 ? words : words.toSpliced(at, noun.length);
}

/** The indexes of the words that are neither flags nor values of global flags. */
function positions(args: ReadonlyArray<string>, globals: ReadonlyArray<Spelling>): ReadonlyArray<number> {
  const words: Array<number> = [];
  for (let index = 0; index < args.length && words.length < 2; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") break;
    const { flag, value } = identify(arg, globals);
    if (!arg.startsWith("-")) words.push(index);
    else if (flag !== undefined && flag.takes !== "boolean" && value === undefined) index++;
  }
  return words;
}

/**
 * Spells the flags of a command line so that each one holds its value: `--order-by=-id`, `--wait=false`. Of a flag that
 * takes one value and is given again, the last one stays.
 */
export function spell(args: ReadonlyArray<string>, flags: ReadonlyArray<Spelling>): ReadonlyArray<string> {
  const spelled: Array<string | undefined> = [];
  const before = new Map<Spelling, number>();
  const add = (flag: Spelling, text: string) => {
    const earlier = before.get(flag);
    if (earlier !== undefined && flag.takes !== "many") spelled[earlier] = undefined;
    before.set(flag, spelled.push(text) - 1);
  };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") {
      spelled.push(...args.slice(index));
      break;
    }
    const { flag, name, value, negated } = identify(arg, flags);
    const next = args[index + 1];
    if (flag === undefined) spelled.push(name === undefined || value !== undefined ? arg : `--${name}`);
    else if (flag.takes === "boolean") {
      // `--wait false` is meant as it reads; `--no-wait 1` is a flag and an argument.
      const said = value ?? (negated || (next !== "true" && next !== "false") ? undefined : next);
      add(flag, `--${flag.name}=${said ?? !negated}`);
      if (said !== undefined && value === undefined) index++;
    } else if (value !== undefined) add(flag, `--${flag.name}=${value}`);
    else if (next === undefined || next.startsWith("--")) add(flag, `--${flag.name}`);
    else {
      add(flag, `--${flag.name}=${next}`);
      index++;
    }
  }
  return spelled.flatMap((arg) => arg ?? []);
}

/** What one argument is: which flag, in its one spelling, with which value. */
function identify(arg: string, flags: ReadonlyArray<Spelling>): {
  readonly flag?: Spelling | undefined;
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly negated?: boolean;
} {
  const short = /^-([A-Za-z])(?:=?([^]+))?$/.exec(arg);
  if (short !== null) return { flag: flags.find((flag) => flag.short === short[1]), value: short[2] };
  const long = /^--([^=]+)(?:=([^]*))?$/.exec(arg);
  if (long === null) return {};
  const typed = (long[1] ?? "").replaceAll("_", "-");
  const name = aliases[typed] ?? typed;
  const flag = flags.find((flag) => flag.name === name);
  if (flag !== undefined) return { flag, name, value: long[2] };
  const negated = flags.find((flag) => flag.takes === "boolean" && name === `no-${flag.name}`);
  return { flag: negated, name, value: long[2], negated: negated !== undefined };
}
