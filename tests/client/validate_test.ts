/**
 * Whether an answer is what its schema says: always as `Schema.is` has it.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { conforms } from "../../lib/client/validate.ts";
import { table } from "../../lib/groups/table.ts";
import { RunResults, runs } from "../../mod.ts";
import { damaged, type Json } from "../support/damage.ts";
import { check, integer } from "../support/property.ts";

/** Every shape that answers have, and some that are left to `Schema.is`. */
const schemas: Readonly<Record<string, Schema.Codec<unknown>>> = {
  text: Schema.String,
  number: Schema.Number,
  integer: Schema.Int,
  "described integer": Schema.Int.annotate({ description: "an id" }),
  boolean: Schema.Boolean,
  null: Schema.Null,
  unknown: Schema.Unknown,
  literal: Schema.Literals(["a", "b"]),
  "nullable text": Schema.NullOr(Schema.String),
  union: Schema.Union([Schema.Int, Schema.String, Schema.Boolean]),
  "exclusive union": Schema.Union([Schema.Int, Schema.Number], { mode: "oneOf" }),
  list: Schema.Array(Schema.Int),
  pair: Schema.Tuple([Schema.Int, Schema.String]),
  map: Schema.Record(Schema.String, Schema.Int),
  struct: Schema.Struct({ id: Schema.Int, name: Schema.optionalKey(Schema.NullOr(Schema.String)) }),
  "struct of nothing": Schema.Struct({}),
  positive: Schema.Number.check(Schema.isGreaterThan(0)),
  run: runs.Run,
};

const values: ReadonlyArray<unknown> = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  NaN,
  Infinity,
  2 ** 53,
  "",
  "a",
  [],
  [1, 2],
  [1, "a"],
  [undefined],
  {},
  { id: 1 },
  { id: 1, name: null },
  { id: 1, name: undefined },
  { id: "1", name: "x" },
  { id: 1, name: "x", more: { kept: true } },
  { id: 1, status: "ten" },
  { id: 1, run_steps: [{ id: 2, status: 10 }], trigger: null },
  { id: 1, run_steps: [{ id: "2" }] },
  { a: 1, b: "c" },
  new Date(0),
  new Map(),
];

for (const [name, schema] of Object.entries(schemas)) {
  Deno.test(`conforms() says of ${name} what Schema.is says`, () => {
    const is = Schema.is(schema);
    const differ = values.filter((value) => conforms(schema, value) !== is(value));
    assert.deepEqual(differ, []);
  });
}

// ---- all that is answered -------------------------------------------------------------------------------------------

/** The schema of every answer, by the first endpoint that answers so. */
const answers = new Map(
  table.toReversed().flatMap(({ call }) =>
    call.kind === "endpoint" ? [[call.success.schema.ast, [call.name, call.success.schema]] as const] : []
  ),
);

/** Every copy of a value with another one at one place. */
function* replaced(value: Json, by: Json): Generator<Json> {
  yield by;
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    for (const other of replaced(inner, by)) {
      yield Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other };
    }
  }
}

/** Some of what can be made of a value, evenly spread. */
function some<A>(all: Iterable<A>, from: number): ReadonlyArray<A> {
  const list = [...all];
  return Array.from(
    { length: Math.min(6, list.length) },
    (_, n) => list[(from + n * Math.ceil(list.length / 6)) % list.length]!,
  );
}

Deno.test("conforms() says of any answer, whole or damaged, what Schema.is says", async () => {
  let [right, wrong] = [0, 0];
  for (const [name, schema] of [...answers.values(), ["run_results.json", RunResults] as const]) {
    const is = Schema.is(schema);
    const values = Arbitrary.all({
      name: Arbitrary.Constant(name),
      value: Arbitrary.schema(schema),
      from: integer(0, 1000),
      by: Arbitrary.schema(Schema.Json),
    });
    await check(values, ({ value, from, by }) => {
      const whole = JSON.parse(JSON.stringify(value ?? null)) as Json; // what comes is JSON
      for (const one of [whole, ...some(damaged(whole, new Set()), from), ...some(replaced(whole, by), from)]) {
        const fits = is(one);
        assert.equal(conforms(schema, one), fits, JSON.stringify(one));
        if (fits) right++;
        else wrong++;
      }
    }, { seed: name, runs: 4, size: 12 });
  }
  assert(right > 1000 && wrong > 1000, `${right} right, ${wrong} wrong`);
});
