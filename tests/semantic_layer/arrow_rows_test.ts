/**
 * Rows of Arrow pages: every type that warehouses answer, exactly.
 *
 * @module
 */
import {
  binary,
  bool,
  type DataType,
  dateDay,
  dateMillisecond,
  decimal,
  dictionary,
  float64,
  int32,
  int64,
  largeUtf8,
  list,
  nullType,
  struct,
  timeMicrosecond,
  timestamp,
  TimeUnit,
  uint64,
  utf8,
} from "@uwdata/flechette";
import * as Result from "effect/Result";
import * as Arbitrary from "effect/Arbitrary";
import assert from "node:assert/strict";
import { readArrow } from "../../lib/semantic_layer/arrow_rows.ts";
import { arrowPage } from "../support/arrow_page.ts";
import { integer, testProperty } from "../support/property.ts";

function read(type: DataType, values: ReadonlyArray<unknown>) {
  const { columns, rows } = Result.getOrThrow(readArrow(arrowPage({ x: [type, values] })));
  return [columns[0]?.kind, rows.map(({ x }) => x)] as const;
}

/** Any 64-bit integer: two halves. */
const anInt64 = Arbitrary.flatMap(
  integer(-(2 ** 31), 2 ** 31 - 1),
  (high) => Arbitrary.map(integer(0, 2 ** 32 - 1), (low) => (BigInt(high) << 32n) | BigInt(low)),
);

const day = Date.UTC(2018, 0, 31);

Deno.test("every type becomes what JSON can hold, and nulls stay null", () => {
  assert.deepEqual(read(int32(), [1, null, -2]), ["number", [1, null, -2]]);
  assert.deepEqual(read(utf8(), ["a", null, ""]), ["text", ["a", null, ""]]);
  assert.deepEqual(read(largeUtf8(), ["ä"]), ["text", ["ä"]]);
  assert.deepEqual(read(dictionary(utf8()), ["a", "b", null, "a"]), ["text", ["a", "b", null, "a"]]);
  assert.deepEqual(read(bool(), [true, false, null]), ["boolean", [true, false, null]]);
  assert.deepEqual(read(nullType(), [null, null]), ["text", [null, null]]);
  assert.deepEqual(read(binary(), [Uint8Array.of(0, 255)]), ["text", ["00ff"]]);
  assert.deepEqual(read(dateDay(), [new Date(day), null]), ["date", ["2018-01-31", null]]);
  assert.deepEqual(read(dateMillisecond(), [new Date(day)]), ["date", ["2018-01-31"]]);
  assert.deepEqual(read(timeMicrosecond(), [3_600_000_001n]), ["time", ["01:00:00.000001"]]);
  // JSON has no such numbers.
  assert.deepEqual(read(float64(), [0.5, NaN, -Infinity]), ["number", [0.5, "NaN", "-Infinity"]]);
});

Deno.test("integers and decimals are exact: a number that JavaScript cannot hold is text", () => {
  const [safe, unsafe] = [BigInt(Number.MAX_SAFE_INTEGER), 9_007_199_254_740_993n];
  assert.deepEqual(read(int64(), [safe, unsafe, -unsafe]), ["number", [
    9007199254740991,
    "9007199254740993",
    "-9007199254740993",
  ]]);
  assert.deepEqual(read(uint64(), [2n ** 64n - 1n]), ["number", ["18446744073709551615"]]);
  assert.deepEqual(read(decimal(38, 2), [150n, -5n, null]), ["number", [1.5, -0.05, null]]);
  assert.deepEqual(read(decimal(38, 2), [12345678901234567890123n]), ["number", ["123456789012345678901.23"]]);
  // Where `apache-arrow` 21 reads 0.
  assert.deepEqual(read(decimal(76, 2, 256), [150n]), ["number", [1.5]]);
});

Deno.test("a timestamp with a time zone is an instant, one without is the time of a clock", () => {
  const zoned = (unit: 0 | 1 | 2 | 3, zone: string | null) => timestamp(unit, zone);
  assert.deepEqual(read(zoned(TimeUnit.MILLISECOND, "Europe/Berlin"), [day]), ["timestamp", ["2018-01-31T00:00:00Z"]]);
  assert.deepEqual(read(zoned(TimeUnit.MILLISECOND, null), [day + 1]), ["timestamp", ["2018-01-31T00:00:00.001"]]);
  assert.deepEqual(read(zoned(TimeUnit.SECOND, null), [-1000]), ["timestamp", ["1969-12-31T23:59:59"]]);
});

Deno.test("a type that is no single value is refused by its name, with a way out", () => {
  for (
    const [type, values, name] of [
      [list(int32()), [[1, 2]], "List"],
      [struct({ a: int32() }), [{ a: 1 }], "Struct"],
    ] as const
  ) {
    const failure = Result.getFailure(readArrow(arrowPage({ n: [int64(), [1n]], tags: [type, values] })));
    assert.equal(
      failure._tag === "Some" ? failure.value : "",
      `column "tags" has the Arrow type ${name}, which rows cannot hold. Ask for Arrow (--format arrow) or for JSON`,
    );
  }
});

Deno.test("what is no Arrow, and a page that is cut, is an error", () => {
  const page = atob(arrowPage({ x: [int32(), [1, 2, 3, 4, 5, 6]] }));
  // The last 8 bytes are the end of the stream, which may be missing.
  const cuts = Array.from({ length: page.length - 9 }, (_, length) => btoa(page.slice(0, length)));
  for (const text of ["!", "QUJD", btoa("<html></html>"), ...cuts]) {
    const result = readArrow(text);
    // Between two messages a cut cannot be seen: what is there is whole.
    assert(Result.isFailure(result) || result.success.rows.length === 0, text);
  }
});

testProperty("64-bit integers keep their digits", anInt64, (value) => {
  assert.equal(String(read(int64(), [value])[1][0]), String(value));
});

Deno.test("an empty page has its columns", () => {
  assert.deepEqual(Result.getOrThrow(readArrow(arrowPage({ a: [utf8(), []], b: [int64(), []] }))), {
    columns: [{ name: "a", kind: "text" }, { name: "b", kind: "number" }],
    rows: [],
  });
});
