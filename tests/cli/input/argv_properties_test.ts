/**
 * The one spelling of a command line, whatever was typed.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { findWords, spell } from "../../../lib/cli/input/argv.ts";
import type { Spelling } from "../../../lib/cli/input/flag_types.ts";
import { pythonNames } from "../../../lib/groups/table_entry.ts";
import { table } from "../../../lib/groups/table.ts";
import { anyOf, oneOf, testProperty } from "../../support/property.ts";

const flags: ReadonlyArray<Spelling> = [
  { name: "order-by", takes: "one" },
  { name: "limit", short: "l", takes: "one" },
  { name: "status", takes: "many" },
  { name: "include-related", short: "i", takes: "many" },
  { name: "job-id", short: "j", takes: "one" },
  { name: "wait", takes: "boolean" },
  { name: "yes", short: "y", takes: "boolean" },
];

/** A part of a command line: as it is typed, and in the one spelling. */
interface Part {
  readonly typed: ReadonlyArray<string>;
  readonly spelled: ReadonlyArray<string>;
}

/** Parts in the one spelling: of a flag that takes one value or none, the last. */
function spelledParts(parts: ReadonlyArray<Part>): ReadonlyArray<string> {
  const flagOf = ({ spelled: [first = ""] }: Part) => flags.find(({ name }) => first.startsWith(`--${name}=`));
  const isLast = (part: Part, index: number) => {
    const flag = flagOf(part);
    return flag === undefined || flag.takes === "many" ||
      !parts.slice(index + 1).some((later) => flagOf(later) === flag);
  };
  return parts.flatMap((part, index) => isLast(part, index) ? part.spelled : part.spelled.slice(1));
}

const text = Arbitrary.schema(Schema.String);
/** Values: dashes, equals signs and negative numbers too. */
const values = anyOf([oneOf(["-id", "1", "-1", "a=b", "a\nb", "", "true", "false", "-", "-l"]), text]);
/** Arguments that are no flags. */
const words = Arbitrary.filter(
  anyOf([oneOf(["5", "jobs", "a b", ""]), text]),
  // `--wait true` is one flag with its value.
  (word) => !word.startsWith("-") && word !== "true" && word !== "false",
);

/** Every way to type a flag with its value. */
function spellings({ name, short }: Spelling, value: string): ReadonlyArray<ReadonlyArray<string>> {
  const long = [name, name.replaceAll("-", "_"), ...name === "job-id" ? ["job-definition-id"] : []];
  return [
    ...long.map((name) => [`--${name}=${value}`]),
    // A value that looks like a flag must be glued to its own.
    ...value.startsWith("--") ? [] : long.map((name) => [`--${name}`, value]),
    ...short === undefined || value.startsWith("--") ? [] : [[`-${short}`, value]],
    ...short === undefined ? [] : [[`-${short}=${value}`]],
    ...short === undefined || value === "" || value.startsWith("=") ? [] : [[`-${short}${value}`]],
  ];
}

const valued: Arbitrary.Arbitrary<Part> = Arbitrary.flatMap(
  Arbitrary.all([oneOf(flags.filter(({ takes }) => takes !== "boolean")), values]),
  ([flag, value]) =>
    Arbitrary.map(oneOf(spellings(flag, value)), (typed) => ({ typed, spelled: [`--${flag.name}=${value}`] })),
);
const yesOrNo: Arbitrary.Arbitrary<Part> = oneOf([
  { typed: ["--wait"], spelled: ["--wait=true"] },
  { typed: ["--no-wait"], spelled: ["--wait=false"] },
  // It never takes the word behind it.
  { typed: ["--no-wait", "true"], spelled: ["--wait=false", "true"] },
  { typed: ["--no-wait", "1"], spelled: ["--wait=false", "1"] },
  { typed: ["--no_wait"], spelled: ["--wait=false"] },
  { typed: ["--no-wait=true"], spelled: ["--wait=false"] },
  { typed: ["--no-wait=false"], spelled: ["--wait=true"] },
  { typed: ["--no-wait=maybe"], spelled: ["--wait=maybe"] },
  { typed: ["--wait=false"], spelled: ["--wait=false"] },
  { typed: ["--wait", "false"], spelled: ["--wait=false"] },
  { typed: ["--wait", "true"], spelled: ["--wait=true"] },
  { typed: ["--should-poll"], spelled: ["--wait=true"] },
  { typed: ["--no-should_poll"], spelled: ["--wait=false"] },
  { typed: ["-y"], spelled: ["--yes=true"] },
  { typed: ["--no-yes"], spelled: ["--yes=false"] },
]);
const plain: Arbitrary.Arbitrary<Part> = Arbitrary.map(words, (word) => ({ typed: [word], spelled: [word] }));
const parts = Arbitrary.array(anyOf([plain, yesOrNo, valued]), { maxLength: 8 });
/** What stands behind `--`, or nothing. */
const rest = Arbitrary.map(
  Arbitrary.all([
    oneOf([false, true]),
    Arbitrary.array(anyOf([words, oneOf(["--wait", "-l", "--"]), text])),
  ]),
  ([is, rest]) => is ? ["--", ...rest] : [],
);

testProperty(
  "spell() loses no value, moves none to another flag, keeps the order, and leaves what stands behind --",
  Arbitrary.all({ parts, rest }),
  ({ parts, rest }) => {
    const typed = [...parts.flatMap(({ typed }) => typed), ...rest];
    assert.deepEqual(spell(typed, flags), [...spelledParts(parts), ...rest], JSON.stringify(typed));
  },
  { runs: 1000 },
);

/** Anything that can be typed, right or wrong. */
const anything = anyOf([
  text,
  oneOf([
    "--",
    "-",
    "--wait",
    "--no-wait",
    "--no-wait=1",
    "--limit",
    "-l",
    "-l5",
    "--nope",
    "--nope=1",
    "--no_pe",
    "--toString",
    "--__proto__",
    "true",
  ]),
  Arbitrary.map(Arbitrary.all([oneOf(["--", "-", "--no-", "--limit="]), text]), ([dashes, text]) => dashes + text),
]);

testProperty(
  "spell() changes nothing in what it spelled",
  Arbitrary.array(anything, { maxLength: 8 }),
  (typed) => {
    const once = spell(typed, flags);
    assert.deepEqual(spell(once, flags), once, JSON.stringify(typed));
  },
  { runs: 1000 },
);

testProperty(
  "spell() keeps every word, in its order, where no flag is known",
  Arbitrary.array(anything, { maxLength: 8 }),
  (typed) => {
    const same = (word: string) => /^--[^=]+$/.test(word) ? word.replaceAll("_", "-") : word;
    const end = typed.indexOf("--");
    const expected = typed.map((word, index) => end >= 0 && index >= end ? word : same(word));
    assert.deepEqual(spell(typed, []), expected);
  },
);

// ---- group and verb -------------------------------------------------------------------------------------------------

/** Flags in front of the verb. */
const before = Arbitrary.array(
  anyOf([Arbitrary.filter(yesOrNo, ({ spelled }) => spelled.length === 1), valued]),
  { maxLength: 3 },
);

/** What findWords() says, with the row's name for the row. */
function found(typed: ReadonlyArray<string>) {
  const { row, words, args } = findWords(typed, flags, table);
  return { name: row?.call.name, words, args };
}

testProperty(
  "findWords() finds group and verb among any flags, and changes nothing else",
  Arbitrary.all({ row: oneOf(table), first: before, second: before, parts, rest }),
  ({ row, first, second, parts, rest }) => {
    const line = (group: string, verb: string) => [
      ...first.flatMap(({ typed }) => typed),
      group,
      ...second.flatMap(({ typed }) => typed),
      verb,
      ...parts.flatMap(({ typed }) => typed),
      ...rest,
    ];
    const typed = line(row.group, row.verb);
    assert.deepEqual(found(typed), { name: row.call.name, words: [row.group, row.verb], args: typed });
  },
);

testProperty(
  "findWords() takes nothing behind -- for group and verb",
  Arbitrary.all({ row: oneOf(table), first: before }),
  ({ row, first }) => {
    const typed = [...first.flatMap(({ typed }) => typed), "--", row.group, row.verb];
    assert.deepEqual(found(typed), { name: undefined, words: [], args: typed });
  },
);

testProperty(
  "findWords() finds the flat commands of Python dbtc among any flags, and changes nothing else",
  Arbitrary.all({
    method: oneOf(table.flatMap((row) => pythonNames(row.call).map((name) => ({ row, name })))),
    first: before,
    parts,
  }),
  ({ method: { row, name }, first, parts }) => {
    const line = (...command: ReadonlyArray<string>) => [
      ...first.flatMap(({ typed }) => typed),
      ...command,
      ...parts.flatMap(({ typed }) => typed),
    ];
    const typed = line(name.replaceAll("_", "-"));
    const args = line(row.group, row.verb);
    // Both GraphQL clients of Python dbtc have a `query`, and only one of them can be the flat command.
    if (row.call.name === "sl.query") return;
    assert.deepEqual(found(typed), { name: row.call.name, words: [row.group, row.verb], args });
  },
);
