/**
 * Charts of values that are not as one wishes: null, negative, huge, a single one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { metricCharts } from "../../../lib/cli/output/metric_chart.ts";
import { cut } from "../../../lib/cli/output/text_table.ts";
import type { Cell, ColumnKind } from "../../../lib/semantic_layer/result_row.ts";

function chart(kind: ColumnKind, points: ReadonlyArray<readonly [Cell, Cell]>, width = 40): ReadonlyArray<string> {
  const columns = [{ name: "by", kind }, { name: "n", kind: "number" as const }];
  const rows = points.map(([by, n]) => ({ by, n }));
  return metricCharts({ metrics: ["n"], columns, rows }, { width, color: false }).split("\n");
}

Deno.test("bars begin at zero: negative ones to the left, null and text values without a bar", () => {
  const lines = chart("text", [["up", 30], ["down", -10], [null, null], ["huge", "NaN"]], 39);
  assert.deepEqual(lines, [
    "n",
    `up          30  ${" ".repeat(6)}${"█".repeat(16)}▌`,
    `down       -10  ${"█".repeat(6)}`,
    "(null)  (null)",
    "huge       NaN",
    "",
  ]);
  for (const width of [10, 20, 33, 80]) {
    const texts = chart("text", [["a", 3], ["b", -7], ["c", 1e6], ["d", -1e6]], width);
    assert(Math.max(...texts.map((text) => [...text].length)) <= Math.max(width, 20), `${width}`);
  }
});

Deno.test("what is cut is never wider than its room: of an id its end stays, of other text its beginning", () => {
  const id = "model.jaffle_shop.customers";
  assert.deepEqual([0, 1, 2, 10, 27].map((width) => cut(id, width)), ["", "…", "…s", "…customers", id]);
  assert.deepEqual([1, 2, 5].map((width) => cut("Daily build", width)), ["…", "D…", "Dail…"]);
});

Deno.test("a line is drawn by time, not by row, and null interrupts it", () => {
  const lines = chart("date", [["2018-04-01", 4], ["2018-01-01", 1], ["2018-02-01", null], ["2018-03-01", 3]]);
  assert.match(lines[1] ?? "", /^4 ┤ +[\u2801-\u28ff]+$/);
  assert.match(lines[10] ?? "", /^0 ┤/);
  assert.match(lines[11] ?? "", /^ {3}2018-01-01 +2018-04-01$/);
  // The first point stands alone.
  const first = lines.slice(1, 11).map((line) => line.slice(3)).filter((line) => /^[\u2801-\u28ff]/.test(line));
  assert.equal(first.length, 1);
  assert.equal(lines.length, 13);
});

Deno.test("one point, no point, and numbers that are text can be drawn", () => {
  assert.match(chart("date", [["2018-01-01", "9007199254740993"]])[1] ?? "", /^9,007,199,254,740,992 ┤[\u2801-\u28ff]/);
  assert.deepEqual(chart("date", [["2018-01-01", null]]), ["n", "(no values)", ""]);
});
