/**
 * Rewrites a command line into the one spelling that `effect/cli` reads. `main.ts` does this before it parses.
 *
 * Own code, because `effect/cli` lists every alias in help, takes `-id` in `--order-by -id` for letters of flags, takes
 * the `1` in `--wait 1` for a boolean, and refuses a flag that is given twice. Python dbtc's spellings are rewritten too:
 * `dbtc list-jobs`, `jobs trigger-from-failure`, `--should-poll`.
 *
 * @module
 */
import * as Option from "effect/Option";
import { type AnyRow, isQueryRow, kebab, pythonNames } from "../../groups/table_entry.ts";
import { boolean, type Spelling } from "./flag_types.ts";

/** Other names of flags. */
const aliases = new Map([
  ["should-poll", "wait"],
  ["no-should-poll", "no-wait"],
  ["job-definition-id", "job-id"],
  // dbt's own spelling: `dbt sl list dimension-values --metrics revenue --dimension order_id__status`.
  ["dimension", "group-by"],
]);

/** A command line, and the row of the table that it names. */
interface Words {
  /** The row; undefined if group and verb name none. */
  readonly row?: AnyRow;
  /** Group and verb: the first two words that are neither flags nor values of global flags. */
  readonly words: ReadonlyArray<string>;
  /** The command line, with group and verb as the table spells them. */
  readonly args: ReadonlyArray<string>;
}

/** The group and verb of a command line, as the user typed them. */
export function typedWords(args: ReadonlyArray<string>, globals: ReadonlyArray<Spelling>): ReadonlyArray<string> {
  return wordPositions(args, globals).map((index) => args[index] ?? "");
}

/** Finds the row that a command line names, in any spelling. `globals` are the flags that may precede group and verb. */
export function findWords(
  args: ReadonlyArray<string>,
  globals: ReadonlyArray<Spelling>,
  rows: ReadonlyArray<AnyRow>,
): Words {
  const [first, second, third] = wordPositions(args, globals, 3);
  const group = first === undefined ? "" : args[first] ?? "";
  const verb = second === undefined ? "" : args[second] ?? "";
  // Python dbtc has all queries of the Discovery API in one group.
  if (group === "metadata" && first !== undefined && second !== undefined) {
    const row = metadataRow(verb, rows);
    if (row !== undefined) {
      return { row, words: [row.group, row.verb], args: args.with(first, row.group).with(second, row.verb) };
    }
  }
  const flat = flatRow(group, rows);
  if (flat !== undefined && first !== undefined) {
    const rewritten = [...args.slice(0, first), flat.group, flat.verb, ...args.slice(first + 1)];
    return { row: flat, words: [flat.group, flat.verb], args: rewritten };
  }
  const exact = rows.find((row) => row.group === group && row.verb === verb);
  // dbt spells some verbs in two words: `sl list metrics`.
  const twoWords = rows.find((row) => row.group === group && row.verb === `${verb}-${args[third ?? -1]}`);
  if (exact === undefined && twoWords !== undefined && second !== undefined && third !== undefined) {
    return { row: twoWords, words: [group, twoWords.verb], args: args.with(second, twoWords.verb).toSpliced(third, 1) };
  }
  const row = exact ?? groupedRow(group, verb, rows);
  if (row === undefined || first === undefined || second === undefined) {
    return { words: typedWords(args, globals), args };
  }
  return { row, words: [row.group, row.verb], args: args.with(first, row.group).with(second, row.verb) };
}

/** The row that Python dbtc's flat command calls: `list-jobs` is the method `list_jobs`. */
function flatRow(command: string, rows: ReadonlyArray<AnyRow>): AnyRow | undefined {
  if (command === "" || rows.some(({ group }) => group === command)) return undefined;
  return pythonMethods(rows).find(({ words }) => isEqual(words, singulars(command)))?.row;
}

/**
 * The row that Python dbtc's command of the group `metadata` calls. Its verb is the method, of which it may leave out
 * words: `most-test-failures` for `most_models_test_failures`.
 */
function metadataRow(verb: string, rows: ReadonlyArray<AnyRow>): AnyRow | undefined {
  const typed = singulars(verb);
  const methods = pythonMethods(rows).filter(({ row }) =>
    row.group !== "sl" && (isQueryRow(row) || row.group === "discovery")
  );
  const has = (words: ReadonlyArray<string>) => {
    const rest = [...typed];
    for (const word of words) if (word === rest[0]) rest.shift();
    return rest.length === 0;
  };
  return (methods.find(({ words }) => isEqual(words, typed)) ?? methods.find(({ words }) => has(words)))?.row;
}

/**
 * The row that Python dbtc's grouped command calls. Its verb is one of these: the method without the group's noun
 * (`jobs trigger-from-failure` for `trigger_job_from_failure`), the whole method (`runs get-run-timing-details`), or the
 * start of the only method of the group that starts so (`users deactivate`).
 */
function groupedRow(group: string, verb: string, rows: ReadonlyArray<AnyRow>): AnyRow | undefined {
  if (verb === "" || !rows.some((row) => row.group === group)) return undefined;
  const typed = singulars(verb);
  const all = pythonMethods(rows).map((method) => ({ ...method, rest: without(method.words, singulars(group)) }));
  const ofGroup = all.filter(({ row }) => row.group === group);
  const started = ofGroup.filter(({ rest }) => rest.length > typed.length && startsWith(rest, typed));
  const found = all.find(({ rest }) => isEqual(rest, typed)) ?? ofGroup.find(({ words }) => isEqual(words, typed)) ??
    (started.length === 1 ? started[0] : undefined);
  return found?.row;
}

interface PythonMethod {
  readonly row: AnyRow;
  /** The words of its name, in the singular. */
  readonly words: ReadonlyArray<string>;
}

function pythonMethods(rows: ReadonlyArray<AnyRow>): ReadonlyArray<PythonMethod> {
  return rows.flatMap((row) => pythonNames(row.call).map((name) => ({ row, words: singulars(name) })));
}

/** The words of a name, in the singular: Python dbtc spells `list_service_token_permissions` with `token` and `tokens`. */
function singulars(name: string): ReadonlyArray<string> {
  return name.split(/[-_]/).map((word) => word.replace(/s$/, ""));
}

function startsWith(words: ReadonlyArray<string>, start: ReadonlyArray<string>): boolean {
  return start.every((word, index) => words[index] === word);
}

function isEqual(words: ReadonlyArray<string>, others: ReadonlyArray<string>): boolean {
  return words.length === others.length && startsWith(words, others);
}

/** The words without the first occurrence of the noun. */
function without(words: ReadonlyArray<string>, noun: ReadonlyArray<string>): ReadonlyArray<string> {
  const at = words.findIndex((_, index) => startsWith(words.slice(index), noun));
  return at < 0 ? words : words.toSpliced(at, noun.length);
}

/** Where group and verb are: the first `most` arguments that are neither flags nor values of global flags. */
function wordPositions(
  args: ReadonlyArray<string>,
  globals: ReadonlyArray<Spelling>,
  most = 2,
): ReadonlyArray<number> {
  const positions: Array<number> = [];
  for (let index = 0; index < args.length && positions.length < most; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") break;
    const identified = identify(arg, globals);
    if (!arg.startsWith("-")) positions.push(index);
    else if (takesNext(identified, args[index + 1])) index++;
  }
  return positions;
}

/** A part of a command line: a flag in its one spelling, or an argument. */
interface Part {
  readonly text: string;
  readonly flag?: Spelling;
  /** The flag takes a value, and has none. */
  readonly lacksValue?: boolean;
}

/**
 * Rewrites each flag so that it holds its value: `--order-by=-id`, `--wait=false`. If a flag that takes one value is given
 * several times, only the last one stays. Nothing after `--` is a flag.
 */
export function spell(args: ReadonlyArray<string>, flags: ReadonlyArray<Spelling>): ReadonlyArray<string> {
  const dashes = args.indexOf("--");
  const end = dashes < 0 ? args.length : dashes;
  const parts: Array<Part> = [];
  for (let index = 0; index < end; index++) {
    const arg = args[index] ?? "";
    const identified = identify(arg, flags);
    const { flag, isNegated, name, value } = identified;
    const next = index + 1 < end ? args[index + 1] : undefined;
    const isNextTaken = takesNext(identified, next);
    if (isNextTaken) index++;
    const given = isNextTaken ? next : value;
    if (flag === undefined) parts.push({ text: name === undefined || value !== undefined ? arg : `--${name}` });
    else if (flag.takes === "boolean") {
      parts.push({ flag, text: `--${flag.name}=${isNegated ? negate(given ?? "true") : given ?? "true"}` });
    } else if (given === undefined) parts.push({ flag, text: `--${flag.name}`, lacksValue: true });
    else parts.push({ flag, text: `--${flag.name}=${given}` });
  }
  const last = new Map(parts.map((part) => [part.flag, part]));
  const kept = parts.filter((part) =>
    part.flag === undefined || part.flag.takes === "many" || last.get(part.flag) === part
  );
  return [
    ...kept.filter(({ lacksValue }) => !lacksValue),
    // At the end, where effect/cli finds no argument to take for the value.
    ...kept.filter(({ lacksValue }) => lacksValue),
  ].map(({ text }) => text).concat(args.slice(end));
}

/** The opposite of a boolean's text; any other text unchanged, which the flag's type then refuses. */
function negate(text: string): string {
  return Option.match(boolean.read(text), { onNone: () => text, onSome: (value) => String(!value) });
}

/** What one argument is. */
interface Identified {
  /** The flag; undefined if the argument is no known flag. */
  readonly flag?: Spelling | undefined;
  /** The long name that was typed, or what it is an alias of. */
  readonly name?: string;
  /** The value after `=`, or right after a letter. */
  readonly value?: string | undefined;
  /** Whether the name was `--no-` and a boolean flag. */
  readonly isNegated?: boolean;
}

/** Whether the value of a flag is the next argument. A boolean takes only `true` and `false`: `--no-wait 1` has none. */
function takesNext({ flag, isNegated, value }: Identified, next: string | undefined): boolean {
  if (flag === undefined || value !== undefined || next === undefined) return false;
  return flag.takes === "boolean" ? !isNegated && (next === "true" || next === "false") : !next.startsWith("--");
}

function identify(arg: string, flags: ReadonlyArray<Spelling>): Identified {
  const short = /^-([A-Za-z])(?:=([^]*)|([^]+))?$/.exec(arg);
  if (short !== null) {
    const [, letter, value, attached] = short;
    const flag = flags.find((flag) => flag.short === letter);
    // `-j1` is a flag and its value, but `-hv` is two booleans.
    return flag?.takes === "boolean" && attached !== undefined ? {} : { flag, value: value ?? attached };
  }
  const long = /^--([^=]+)(?:=([^]*))?$/.exec(arg);
  if (long === null) return {};
  const typed = (long[1] ?? "").replaceAll("_", "-");
  // Fields of GraphQL are camelCase, and their flags are not.
  const isFlag = (name: string) => flags.some((flag) => flag.name === name);
  const name = aliases.get(typed) ?? (!isFlag(typed) && isFlag(kebab(typed)) ? kebab(typed) : typed);
  const flag = flags.find((flag) => flag.name === name || flag.aliases?.includes(name));
  if (flag !== undefined) return { flag, name, value: long[2] };
  const negated = flags.find((flag) => flag.takes === "boolean" && name === `no-${flag.name}`);
  return { flag: negated, name, value: long[2], isNegated: negated !== undefined };
}
