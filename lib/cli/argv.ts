/**
 * The command line as it was typed, in the one spelling that effect/cli reads.
 *
 * Python dbtc's spellings are understood (`dbtc list-jobs`, `jobs trigger-from-failure`, `--should-poll`), a value may
 * begin with a dash (`--order-by -id`), and a yes-or-no flag never takes the word behind it (`--no-wait 1`).
 *
 * @module
 */
import { type Row, table } from "../table.ts";
import type { FlagSpec } from "./flags.ts";

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

/** Finds group and verb, in whichever spelling. `globals` are the flags that may stand before them. */
export function findWords(args: ReadonlyArray<string>, globals: ReadonlyArray<FlagSpec>): Words {
  const at = positions(args, globals);
  const [first, second] = at;
  const group = first === undefined ? undefined : args[first];
  const verb = second === undefined ? undefined : args[second];
  const flat = table.find(({ call, group: name }) => kebab(call.dbtc) === group && name !== group);
  if (flat !== undefined && first !== undefined) {
    const spelled = [...args.slice(0, first), flat.group, flat.verb, ...args.slice(first + 1)];
    return { row: flat, words: [flat.group, flat.verb], args: spelled };
  }
  const row = table.find((row) => row.group === group && row.verb === verb) ??
    table.find((row) => row.group === group && pythonVerbs(row).includes(verb ?? ""));
  if (row === undefined || second === undefined) return { words: at.map((index) => args[index] ?? ""), args };
  return { row, words: [row.group, row.verb], args: args.with(second, row.verb) };
}

/** `trigger_job_from_failure` is `dbtc jobs trigger-from-failure` in Python dbtc: the group's noun is left out. */
function pythonVerbs({ call, group }: Row): ReadonlyArray<string> {
  const method = kebab(call.dbtc);
  const noun = group.replace(/s$/, "");
  return method === undefined ? [] : [method, method.replace(`-${noun}s`, ""), method.replace(`-${noun}`, "")];
}

function kebab(name: string | undefined): string | undefined {
  return name?.replaceAll("_", "-");
}

/** The indexes of the words that are neither flags nor values of global flags. */
function positions(args: ReadonlyArray<string>, globals: ReadonlyArray<FlagSpec>): ReadonlyArray<number> {
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

/** Spells the flags of a command line so that each one holds its value: `--order-by=-id`, `--wait=false`. */
export function spell(args: ReadonlyArray<string>, flags: ReadonlyArray<FlagSpec>): ReadonlyArray<string> {
  const spelled: Array<string> = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") return [...spelled, ...args.slice(index)];
    const { flag, name, value, negated } = identify(arg, flags);
    const next = args[index + 1];
    if (flag === undefined) spelled.push(name === undefined || value !== undefined ? arg : `--${name}`);
    else if (flag.takes === "boolean") spelled.push(`--${flag.name}=${value ?? !negated}`);
    else if (value !== undefined) spelled.push(`--${flag.name}=${value}`);
    else if (next === undefined || next.startsWith("--")) spelled.push(`--${flag.name}`);
    else {
      spelled.push(`--${flag.name}=${next}`);
      index++;
    }
  }
  return spelled;
}

/** What one argument is: which flag, in its one spelling, with which value. */
function identify(arg: string, flags: ReadonlyArray<FlagSpec>): {
  readonly flag?: FlagSpec | undefined;
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
