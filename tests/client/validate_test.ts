import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { runs } from "../../mod.ts";
import { conforms } from "../../lib/client/validate.ts";

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
