/**
 * Large JSON objects, read as they come.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { type Malformed, readMembers, type Wanted } from "../../lib/artifacts/json_members.ts";
import { absent, read } from "../support/evidence.ts";
import { randomFrom } from "../support/fixtures.ts";

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

Deno.test("readMembers takes from random objects what JSON.parse does", () => {
  const random = randomFrom(7);
  const names = ["args", "results", "metadata", "x\\y", 'q"q', "ü"];
  const value = (depth: number): unknown => {
    const kind = Math.floor(random() * (depth > 3 ? 4 : 6));
    if (kind === 4) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1));
    if (kind === 5) return object(depth + 1);
    return [null, random() * 1000, names[Math.floor(random() * names.length)], '"}]{[,:\\'][kind];
  };
  const object = (depth: number) =>
    Object.fromEntries(names.filter(() => random() < 0.6).map((n) => [n, value(depth)]));
  for (let round = 0; round < 500; round++) {
    const text = JSON.stringify(object(0), null, round % 2 * 2);
    const wanted = { whole: ["args", "x\\y", "ü"], each: ["results"] };
    // A name is compared as it is written.
    const plain = { whole: ["args"], each: ["results"] };
    const got = Result.getOrThrow(taken(text, wanted, () => 1 + Math.floor(random() * 20)));
    assert.deepEqual(got.filter(([name]) => name === "args" || name === "results"), expected(text, plain), text);
  }
});

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

for (const file of ["manifest_v12_dbt1.8", "run_results_v6", "run_results_v6_dbt1.12", "catalog_v1_dbt1.12"]) {
  const path = `artifacts/${file}.json`;
  Deno.test({
    name: `readMembers takes from dbt's ${file}.json what JSON.parse does`,
    ignore: absent,
    fn: () => {
      const text = read(path);
      const wanted = { whole: ["metadata", "args", "parent_map"], each: ["results"] };
      assert.deepEqual(Result.getOrThrow(taken(text, wanted, () => 65_536)), expected(text, wanted));
    },
  });
}
