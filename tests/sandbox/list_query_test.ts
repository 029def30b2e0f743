/**
 * Filters, order and pages of the sandbox's lists, for any query.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { type ListQuery, pageOf, parseList, readListQuery } from "../../lib/sandbox/protocol/list_query.ts";
import { anyOf, check, integer, oneOf, testProperty } from "../support/property.ts";
import { inProcess, v2 } from "../support/sandbox_fixture.ts";

// ---- any list, any query --------------------------------------------------------------------------------------------

interface Thing {
  readonly id: number;
  readonly name: string | null;
  readonly size: number | null;
  readonly active: boolean;
  readonly created_at: string | null;
}

const read = (thing: Thing, field: string): unknown => new Map(Object.entries(thing)).get(field);

const time = Arbitrary.map(
  Arbitrary.all({ seconds: integer(0, 100), separator: oneOf([" ", "T"]) }),
  ({ seconds, separator }) =>
    new Date(seconds * 1000).toISOString().replace("T", separator).replace("Z", separator === " " ? "+00:00" : "Z"),
);
/** Things that ascend by id, as a collection has them. */
const things: Arbitrary.Arbitrary<ReadonlyArray<Thing>> = Arbitrary.map(
  Arbitrary.array(
    Arbitrary.all({
      name: Arbitrary.schema(Schema.NullOr(Schema.Literals(["a", "b", "B", "10", "9", ""]))),
      size: Arbitrary.schema(Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: -2, maximum: 12 })))),
      active: Arbitrary.schema(Schema.Boolean),
      created_at: Arbitrary.flatMap(integer(0, 4), (chance) => chance === 0 ? Arbitrary.Constant(null) : time),
    }),
    { maxLength: 30 },
  ),
  (all) => all.map((thing, index) => ({ id: (index + 1) * 3, ...thing })),
);

const known = ["id", "name", "size", "active", "created_at"];
const endings = ["", "__in", "__gt", "__gte", "__lt", "__lte", "__icontains", "__range"];
const filter = Arbitrary.map(Arbitrary.all([oneOf(known), oneOf(endings)]), ([field, ending]) => field + ending);
const word = Arbitrary.schema(Schema.String);
const value = anyOf([
  oneOf(["1", "3", "100", "101", "[3,6]", "a", "true", "null", "1970-01-01", "1970-01-01T00:00:09Z"]),
  time,
  word,
]);
const filters = Arbitrary.array(Arbitrary.all([filter, value]), { maxLength: 3 });
const order = oneOf([...known, ...known.map((field) => `-${field}`), "nothing", "-nothing"]);

function asked(pairs: Array<[string, string]>): ListQuery<Thing> {
  const query = readListQuery<Thing>(new URLSearchParams(pairs), read);
  assert(typeof query !== "string", String(query));
  return query;
}

testProperty(
  "readListQuery() reads or refuses any query, and pageOf() gives no more rows than its limit, each from the list",
  Arbitrary.all({
    things,
    pairs: Arbitrary.array(
      Arbitrary.flatMap(
        oneOf([filter, oneOf(["limit", "offset", "order_by", "state"]), word]),
        (name) => Arbitrary.all([name, value]),
      ),
      { maxLength: 5 },
    ),
  }),
  ({ things, pairs }) => {
    const query = readListQuery<Thing>(new URLSearchParams(pairs), read);
    if (typeof query === "string") {
      assert.match(query, /^(limit|offset) must be a number/);
      return;
    }
    const { rows, total } = pageOf(things, query, read);
    assert(query.limit <= 100 && query.offset >= 0);
    assert(rows.length <= query.limit && rows.length <= total && total <= things.length);
    assert.equal(new Set(rows).size, rows.length, "a row came twice");
    assert(rows.every((row) => things.includes(row)));
  },
);

testProperty(
  "pageOf() gives pages that make up the whole list, for any filters, order, limit and offset",
  Arbitrary.all({ things, filters, order, limit: integer(1, 12), offset: integer(0, 40) }),
  ({ things, filters, order, limit, offset }) => {
    const query = asked([...filters, ["order_by", order]]);
    const page = (limit: number, offset: number) => pageOf(things, { ...query, limit, offset }, read);
    const whole = page(1000, 0);
    assert.equal(whole.rows.length, whole.total);
    const joined = Array.from({ length: Math.ceil(whole.total / limit) }, (_, nth) => page(limit, nth * limit).rows);
    assert.deepEqual(joined.flat(), whole.rows);
    assert.deepEqual(page(limit, offset), { rows: whole.rows.slice(offset, offset + limit), total: whole.total });
  },
);

testProperty(
  "pageOf() orders by any field: numbers as numbers, nulls last, and descending the other way round",
  Arbitrary.all({ things, field: oneOf(["id", "size", "created_at"]) }),
  ({ things, field }) => {
    const cells = (order: string) =>
      pageOf(things, { ...asked([]), order, limit: 1000 }, read).rows.map((thing) => read(thing, field));
    const up = cells(field);
    const there = up.filter((cell) => cell !== null);
    assert.deepEqual(up.slice(0, there.length), there, "nulls are last");
    assert(there.every((cell, index) => index === 0 || there[index - 1]! <= cell!), String(there));
    assert.deepEqual(cells(`-${field}`), up.toReversed());
  },
);

testProperty(
  "each filter keeps what it says, and drops the rest",
  Arbitrary.all({ things, bound: integer(-2, 12), other: integer(-2, 12) }),
  ({ things, bound, other }) => {
    const kept = (name: string, value: string) => pageOf(things, asked([[name, value]]), read).rows;
    const sized = (holds: (size: number) => boolean) => things.filter(({ size }) => size !== null && holds(size));
    assert.deepEqual(kept("size", `${bound}`), sized((size) => size === bound));
    assert.deepEqual(kept("size__in", `[${bound}, ${other}]`), sized((size) => size === bound || size === other));
    assert.deepEqual(kept("size__gt", `${bound}`), sized((size) => size > bound));
    assert.deepEqual(kept("size__gte", `${bound}`), sized((size) => size >= bound));
    assert.deepEqual(kept("size__lt", `${bound}`), sized((size) => size < bound));
    assert.deepEqual(kept("size__lte", `${bound}`), sized((size) => size <= bound));
    assert.deepEqual(kept("size__range", `[${bound},${other}]`), sized((size) => size >= bound && size <= other));
  },
);

testProperty(
  "parseList() reads the same values as JSON text, in Python's writing, joined by commas, and as repeated names",
  Arbitrary.array(Arbitrary.schema(Schema.String.check(Schema.isPattern(/^[\w.-]{1,9}$/)))),
  (values) => {
    const quoted = values.map((value) => `'${value}'`);
    for (const text of [JSON.stringify(values), `[${quoted.join(", ")}]`, values.join(","), values.join(" , ")]) {
      assert.deepEqual(parseList([text]), values);
    }
    assert.deepEqual(parseList(values), values);
  },
);

// ---- the sandbox's own lists ----------------------------------------------------------------------------------------

/** Names of filters that no row has. Every object inherits some of them. */
const unknown = Arbitrary.filter(
  anyOf([word, oneOf(["toString", "constructor", "__proto__", "triggers_toString", "valueOf__in"])]),
  (name) => !/^(limit|offset)$/.test(name),
);

Deno.test("sandbox ignores filters by what its rows do not have", () =>
  inProcess({ runs: 7 }, ({ ask }) => {
    const data = (list: string, query: string) =>
      Effect.runPromise(Effect.map(ask(`GET ${v2}/${list}/?${query}`), ({ body }) => body.data));
    const pairs = Arbitrary.array(Arbitrary.all([unknown, value]), { minLength: 1, maxLength: 3 });
    return Effect.promise(() =>
      check(pairs, async (pairs) => {
        const query = String(new URLSearchParams(pairs));
        for (const list of ["jobs", "runs", "environments"]) {
          assert.deepEqual(await data(list, query), await data(list, ""), `${list}, ${query}`);
        }
      }, { seed: "unknown filters", runs: 50 })
    );
  }));
