/**
 * Large JSON objects, read as they come.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { type Malformed, readMembers, type Wanted } from "../../lib/artifacts/json_members.ts";
import * as artifacts from "../contracts/facts/artifacts.ts";
import { absent, read } from "../support/evidence.ts";
import { integer, oneOf, testProperty } from "../support/property.ts";

type Taken = ReadonlyArray<readonly [string, unknown]>;

/** What is taken from a text that comes in pieces of this size. */
function taken(text: string, wanted: Wanted, size: () => number = () => 7): Result.Result<Taken, Malformed> {
  const bytes = new TextEncoder().encode(text);
  const pieces: Array<Uint8Array> = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + size();
    pieces.push(bytes.slice(at, end));
    at = end;
  }
  const all: Array<readonly [string, unknown]> = [];
  return Effect.runSync(Effect.result(
    Effect.as(readMembers(Stream.fromIterable(pieces), wanted, (name, value) => all.push([name, value])), all),
  ));
}

/** The same, by holding all of it. */
function expected(text: string, { whole = [], each = [] }: Wanted): Taken {
  return Object.entries(JSON.parse(text)).flatMap(([name, value]): Taken =>
    whole.includes(name)
      ? [[name, value]]
      : each.includes(name) && Array.isArray(value)
      ? value.map((item) => [name, item] as const)
      : []
  );
}

const nasty = {
  "metadata": { args: { which: "wrong" }, results: [1], quoted: 'a "quote", a } and a \\' },
  "results": [{ id: 1, args: "}" }, [2, [3]], 'text, with ] and " and é and 漢字 and 😀', null, -4.5e3, true, {}, []],
  "elapsed_time": 1.5,
  "args": { "which": "build", "results": [{ deep: true }] },
  "empty": [],
  "": "args",
  "none": null,
  'a "name"': { args: 1 },
};

Deno.test("readMembers takes the wanted members and items, wherever the pieces are cut", () => {
  const wanted = { whole: ["args", "none", "elapsed_time"], each: ["results", "empty", "metadata"] };
  for (const text of [JSON.stringify(nasty), JSON.stringify(nasty, null, 2), `\ufeff \n${JSON.stringify(nasty)}\n `]) {
    for (const size of [1, 2, 3, 7, 64, 10_000]) {
      assert.deepEqual(
        Result.getOrThrow(taken(text, wanted, () => size)),
        expected(text.replace("\ufeff", ""), wanted),
      );
    }
  }
});

/** Names that can be wanted: a name is compared as it is written, so these are written without escapes. */
const plain = oneOf(["args", "results", "metadata", "xy"]);
/** Names of members: those, some that JSON writes with escapes, and any others. */
const names = Arbitrary.schema(
  Schema.Union([Schema.Literals(["args", "results", "metadata", "xy", "x\\y", 'x"y', "ü"]), Schema.String]),
);
const sizes = Arbitrary.array(integer(1, 20), { minLength: 1, maxLength: 8 });
const writing = Arbitrary.all({ indent: oneOf([0, 2]), sizes });

/** Sizes of pieces, one after another, again and again. */
function cycle(sizes: ReadonlyArray<number>): () => number {
  let next = 0;
  return () => sizes[next++ % sizes.length] ?? 1;
}

testProperty(
  "readMembers takes from any object what JSON.parse does, wherever the pieces are cut",
  Arbitrary.all({
    members: Arbitrary.array(Arbitrary.all([names, Arbitrary.schema(Schema.Json)])),
    whole: Arbitrary.array(plain),
    each: Arbitrary.array(plain),
    writing,
  }),
  ({ members, whole, each, writing: { indent, sizes } }) => {
    const text = JSON.stringify(Object.fromEntries(members), null, indent);
    // Nobody wants a list both whole and item by item.
    const wanted = { whole, each: each.filter((name) => !whole.includes(name)) };
    assert.deepEqual(Result.getOrThrow(taken(text, wanted, cycle(sizes))), expected(text, wanted));
  },
);

testProperty(
  "readMembers refuses any JSON that is no object",
  Arbitrary.all({ value: Arbitrary.schema(Schema.Json), writing }),
  ({ value, writing: { indent, sizes } }) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
    const got = taken(JSON.stringify(value, null, indent), { whole: ["args"], each: ["results"] }, cycle(sizes));
    assert.equal(Result.getOrThrow(Result.flip(got)).detail, "it is not one JSON object");
  },
);

for (
  const [name, text, wanted, detail] of [
    ["nothing", "", {}, "it is not a whole JSON object"],
    ["a page of HTML", "<html>{}</html>", {}, "it is not one JSON object"],
    ["a list", '[{"args": 1}]', {}, "it is not one JSON object"],
    ["a text", '"{}"', {}, "it is not one JSON object"],
    ["two objects", "{}{}", {}, "it is not one JSON object"],
    ["an object that is closed twice", "{}}", {}, "it is not one JSON object"],
    ["an object that breaks off", '{"args": {"which": "bui', { whole: ["args"] }, "it is not a whole JSON object"],
    ["a value that is no JSON", '{"args": {which}}', { whole: ["args"] }, "it is not JSON"],
    [
      "a value that is too large",
      '{"args": "0123456789"}',
      { whole: ["args"], most: 8 },
      '"args" has a value of more than 8 bytes',
    ],
  ] as const
) {
  Deno.test(`readMembers refuses ${name}`, () => {
    assert.equal(Result.getOrThrow(Result.flip(taken(text, wanted))).detail, detail);
  });
}

Deno.test("readMembers does not hold what is not wanted, however large", () => {
  const text = `{"nodes": "${"x".repeat(1000)}", "results": [${"[1, 2, 3], ".repeat(500)}[]], "parent_map": {"a": []}}`;
  const got = Result.getOrThrow(taken(text, { whole: ["parent_map"], each: ["results"], most: 12 }));
  assert.equal(got.length, 502);
  assert.deepEqual(got.at(-1), ["parent_map", { a: [] }]);
});

/** Tests that what is taken of a file of dbt, in pieces of this size, is what `JSON.parse` takes. */
function takesAll(text: string, size: number): void {
  const wanted = { whole: ["metadata", "args", "parent_map"], each: ["results"] };
  assert.deepEqual(Result.getOrThrow(taken(text, wanted, () => size)), expected(text, wanted));
}

for (const [name, text] of Object.entries(artifacts)) {
  Deno.test(`readMembers takes from our own ${name} what JSON.parse does`, () => takesAll(text, 7));
}

for (const file of ["manifest_v12_dbt1.8", "run_results_v6", "run_results_v6_dbt1.12", "catalog_v1_dbt1.12"]) {
  Deno.test({
    name: `readMembers takes from dbt's ${file}.json what JSON.parse does`,
    ignore: absent,
    fn: () => takesAll(read(`artifacts/${file}.json`), 65_536),
  });
}
