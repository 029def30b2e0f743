/**
 * What a log has newLines by.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { type LogProgress, newLines } from "../../lib/workflows/step_log.ts";
import { integer, testProperty } from "../support/property.ts";

/** What is told of a log that is seen like this, look by look; the last look sees it whole. */
function told(...seen: ReadonlyArray<string>): ReadonlyArray<string | undefined> {
  let state: LogProgress = { log: "", length: 0 };
  return seen.map((log, index) => {
    const [next, text] = newLines(state, log, index === seen.length - 1);
    state = next;
    return text;
  });
}

Deno.test("newLines() tells whole lines, and each once", () => {
  assert.deepEqual(told("", "a\nb\n", "a\nb\n", "a\nb\nc\n", "a\nb\nc\nd"), [undefined, "a\nb", undefined, "c", "d"]);
});

Deno.test("newLines() keeps a line that is still written until it stands still", () => {
  assert.deepEqual(told("a\nfir", "a\nfirst\nsec", "a\nfirst\nsec", "a\nfirst\nsec\nthird\n"), [
    "a",
    "first",
    "sec",
    "third",
  ]);
});

Deno.test("newLines() tells the rest of a line that stood still and goes on", () => {
  assert.deepEqual(told("fir", "fir", "first\n"), [undefined, "fir", "st"]);
});

Deno.test("newLines() tells empty lines too", () => {
  assert.deepEqual(told("a\n", "a\n\n", "a\n\n\nb"), ["a", "", "\nb"]);
});

Deno.test("newLines() keeps what it held back where the log is gone from an answer, or is an older one", () => {
  assert.deepEqual(told("a\nb", "", "a\nb\n"), ["a", "b", undefined]);
  assert.deepEqual(told("a\nb\nc\n", "a\nb\n", "a\nb\nc\nd\n"), ["a\nb\nc", undefined, "d"]);
  assert.deepEqual(told("a\nb", ""), ["a", "b"]);
});

Deno.test("newLines() goes on behind what was told where a log lost its beginning", () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}\n`);
  assert.deepEqual(told(lines.slice(0, 400).join(""), lines.slice(200).join("")), [
    lines.slice(0, 400).join("").trimEnd(),
    lines.slice(400).join("").trimEnd(),
  ]);
});

Deno.test("newLines() tells a log anew that has nothing of what was told", () => {
  assert.deepEqual(told("a\nb\n", "x\ny\nz\n"), ["a\nb", "x\ny\nz"]);
});

testProperty(
  "newLines() loses no line and tells none twice, wherever the looks cut the log",
  Arbitrary.all({
    log: Arbitrary.schema(Schema.String.check(Schema.isPattern(/^[ab\n]{0,60}$/))),
    // Where they cut it, in thousandths of its length.
    cuts: Arbitrary.array(integer(0, 1000), { maxLength: 12 }),
  }),
  ({ log, cuts }) => {
    const ends = cuts.map((cut) => Math.floor(cut * log.length / 1000)).toSorted((a, b) => a - b);
    // Two looks that see the same may cut a line in two: that is what standing still means.
    const seen = [...new Set(ends)].map((end) => log.slice(0, end)).filter((text) => text !== log);
    const lines = told(...seen, log).filter((text) => text !== undefined).join("\n");
    // The last line comes without its line break.
    assert.equal(lines, log.replace(/\n$/, ""));
  },
  { runs: 500, size: 60 },
);
