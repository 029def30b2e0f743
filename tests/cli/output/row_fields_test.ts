import assert from "node:assert/strict";
import { asText, pick, valueAt } from "../../../lib/cli/output/row_fields.ts";

const row = { id: 1, name: "Daily", environment: { id: 2, name: "prod", project: { id: 3 } }, job: null };

const picks: ReadonlyArray<readonly [fields: string, picked: unknown]> = [
  ["id", { id: 1 }],
  ["name,id", { name: "Daily", id: 1 }],
  ["environment.name,environment.project.id", { environment: { name: "prod", project: { id: 3 } } }],
  ["nope,environment.nope,nope.nope", { nope: { nope: null }, environment: { nope: null } }],
  ["environment,environment.name", { environment: row.environment }],
  ["environment.name,environment", { environment: row.environment }],
  ["name,name.first", { name: "Daily" }],
  ["job,job.id", { job: { id: null } }],
];

Deno.test("pick of fields that are called as members of every object are", () => {
  const text = '{"constructor":{"name":1},"__proto__":{"x":2},"toString":3}';
  assert.equal(JSON.stringify(pick(JSON.parse(text), ["constructor.name", "__proto__.x", "toString"])), text);
  assert.equal(JSON.stringify(pick({ id: 1 }, ["constructor.name"])), '{"constructor":{"name":null}}');
});

for (const [fields, picked] of picks) {
  Deno.test(`pick of ${fields}`, () => {
    const before = JSON.stringify(row);
    assert.deepEqual(pick(row, fields.split(",")), picked);
    assert.equal(JSON.stringify(row), before);
  });
}

Deno.test("valueAt reads members of objects only", () => {
  assert.deepEqual(["environment.project.id", "name.length", "job.id", "nope"].map((path) => valueAt(row, path)), [
    3,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("asText writes null as nothing and objects as JSON", () => {
  assert.deepEqual([null, undefined, 0, false, "a", [1], { a: 1 }].map(asText), [
    "",
    "",
    "0",
    "false",
    "a",
    "[1]",
    '{"a":1}',
  ]);
});

Deno.test("a path through a list picks from each item", () => {
  const row = { name: "revenue", dimensions: [{ name: "a", of: { x: 1, y: 2 } }, { name: "b" }], tags: [1] };
  assert.deepEqual(pick(row, ["name", "dimensions.of.x", "dimensions.name"]), {
    name: "revenue",
    dimensions: [{ of: { x: 1 }, name: "a" }, { of: { x: null }, name: "b" }],
  });
  assert.deepEqual(valueAt(row, "dimensions.name"), ["a", "b"]);
  assert.deepEqual(pick(row, ["tags"]), { tags: [1] });
});
