/**
 * Where the fields of a request go, for any request of any endpoint.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import assert from "node:assert/strict";
import { bodyFields, fieldOf, parseRoute, type PathName, place, staysPut } from "../lib/request.ts";
import type { AnyRequest, Callable } from "../lib/groups/table_entry.ts";
import { table } from "../lib/groups/table.ts";
import { check } from "./support/property.ts";

type Routed = Extract<Callable, { readonly route: string }>;

const calls: ReadonlyArray<Routed> = table.flatMap(({ call }) => "route" in call ? [call] : []);

/** The names in the path of an endpoint. */
function namesOf({ route }: Routed): ReadonlyArray<PathName> {
  return parseRoute(route).parts.filter((part) => typeof part !== "string");
}

/** A request of an endpoint, with all that its path needs: a session may fill some of it, here it fills none. */
function requestOf(call: Routed): Arbitrary.Arbitrary<AnyRequest> {
  const segments = Arbitrary.array(Arbitrary.schema(Schema.String), { minLength: 1, maxLength: 3 });
  const inPath = namesOf(call).map(({ name, tail }): readonly [string, Arbitrary.Arbitrary<unknown>] => [
    name,
    tail ? Arbitrary.map(segments, (all) => all.join("/")) : Arbitrary.schema(fieldOf(call, name) ?? Schema.Never),
  ]);
  return Arbitrary.map(
    Arbitrary.all([Arbitrary.schema(Schema.Struct(call.request)), Arbitrary.all(Object.fromEntries(inPath))]),
    ([request, inPath]) => ({ ...request, ...inPath }),
  );
}

/** Tries a claim on some requests of every endpoint. */
function everyCall<A>(
  name: string,
  of: (call: Routed) => Arbitrary.Arbitrary<A>,
  holds: (call: Routed, value: A) => void,
): void {
  Deno.test(name, async () => {
    for (const call of calls) {
      const values = Arbitrary.map(of(call), (value) => ({ call: call.name, value }));
      await check(values, ({ value }) => holds(call, value), { seed: call.name, runs: 3, size: 12 });
    }
  });
}

/** Whether a value can stand in a path without leaving its place. */
function canStand({ tail }: PathName, value: unknown): boolean {
  const text = String(value);
  const segments = tail ? text.split("/") : [text];
  return text.isWellFormed() && segments.every((segment) => segment !== "" && segment !== "." && segment !== "..");
}

everyCall(
  "place() fills each name of a path with its value and nothing else, or says that it would leave its path",
  requestOf,
  (call, request) => {
    const { method, parts } = parseRoute(call.route);
    const names = namesOf(call);
    const placed = place(call, request);
    assert.equal(Result.isSuccess(placed), names.every((name) => canStand(name, request[name.name])), String(placed));
    if (Result.isFailure(placed)) {
      assert.match(placed.failure, /would leave its path$|is not Unicode$/);
      return;
    }
    const { path } = placed.success;
    assert.equal(placed.success.method, method);
    assert(staysPut(path), path);
    assert.equal(new URL(path, "https://host").href, `https://host${path}`);
    // Read backwards: each segment is the route's own text, or the value of its name.
    const segments = path.split("/").map(decodeURIComponent);
    const expected = parts.map((part) => typeof part === "string" ? part : String(request[part.name])).join("");
    assert.equal(segments.join("/"), expected);
    const slashes = (text: string) => text.split("/").length;
    const tails = names.filter(({ tail }) => tail).map(({ name }) => slashes(String(request[name])) - 1);
    assert.equal(segments.length, slashes(call.route) + tails.reduce((sum, count) => sum + count, 0), path);
  },
);

/** What dbt may have added since: names that an endpoint does not know. A query has texts and numbers, a body any JSON. */
function unknownTo({ route }: Routed): Arbitrary.Arbitrary<ReadonlyArray<readonly [string, unknown]>> {
  const value = route.startsWith("GET ") ? Schema.Union([Schema.String, Schema.Int]) : Schema.Json;
  return Arbitrary.array(
    Arbitrary.all([Arbitrary.schema(Schema.String), Arbitrary.schema<Schema.Codec<unknown>>(value)]),
    { minLength: 1, maxLength: 3 },
  );
}

everyCall(
  "place() sends fields that the endpoint does not know, and changes nothing in the others for them",
  (call) => Arbitrary.all([requestOf(call), unknownTo(call)]),
  (call, [request, pairs]) => {
    const without = place(call, request);
    const unknown = Object.fromEntries(pairs.filter(([name]) => fieldOf(call, name) === undefined));
    const placed = place(call, { ...request, ...unknown });
    if (Result.isFailure(without)) return assert.deepEqual(placed, without);
    const { query, body, ...rest } = Result.getOrThrow(placed);
    const { query: known, body: knownBody, ...others } = without.success;
    assert.deepEqual(rest, others);
    const names = Object.keys(unknown);
    assert.deepEqual(query.filter(([name]) => !names.includes(name)), known);
    if (others.method === "GET") {
      const sent = Object.entries(unknown).map(([name, value]) => [name, String(value)]);
      assert.deepEqual(query.filter(([name]) => names.includes(name)), sent);
    } else if (call.payload !== undefined) assert.deepEqual(body, knownBody);
    else assert.deepEqual({ ...body as object }, { ...knownBody as object, ...unknown });
  },
);

/** A value with a member more in each object whose members its schema names. */
function grown(ast: SchemaAST.AST, value: unknown): unknown {
  if (SchemaAST.isSuspend(ast)) return grown(ast.thunk(), value);
  if (SchemaAST.isUnion(ast)) {
    const type = ast.types.find((type) => Schema.is(Schema.make<Schema.Codec<unknown>>(type))(value));
    return type === undefined ? value : grown(type, value);
  }
  if (Array.isArray(value)) {
    const item = SchemaAST.isArrays(ast) ? ast.rest[0] : undefined;
    return item === undefined ? value : value.map((inner) => grown(item, inner));
  }
  if (!SchemaAST.isObjects(ast) || typeof value !== "object" || value === null) return value;
  const types = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]));
  const members = Object.entries(value).map(([name, inner]) => {
    const type = types.get(name) ?? ast.indexSignatures[0]?.type;
    return [name, type === undefined ? inner : grown(type, inner)];
  });
  return {
    ...Object.fromEntries(members),
    ...types.size > 0 && ast.indexSignatures.length === 0 ? { x_new: { grown: true } } : {},
  };
}

const added = /,?"x_new":\{"grown":true\}/g;

everyCall(
  "place() sends what dbt may have added within the fields of a body, at any depth",
  requestOf,
  (call, request) => {
    const without = place(call, request);
    if (Result.isFailure(without) || without.success.body === undefined) return;
    const inBody = new Set(bodyFields(call));
    const fields = Object.entries(request).map(([name, value]) => [
      name,
      inBody.has(name) ? grown(SchemaAST.toType(fieldOf(call, name)?.ast ?? SchemaAST.unknown), value) : value,
    ]);
    const given = JSON.stringify(fields);
    const sent = JSON.stringify(Result.getOrThrow(place<AnyRequest>(call, Object.fromEntries(fields))).body);
    assert.equal(sent.match(added)?.length, given.match(added)?.length);
    assert.equal(sent.replaceAll(added, "").replaceAll("{,", "{"), JSON.stringify(without.success.body));
  },
);

Deno.test("place() refuses an object in a query, which would be sent as [object Object]", () => {
  const [list] = calls.filter(({ name }) => name === "jobs.list");
  assert(list !== undefined);
  const placed = place(list, { account_id: 1, new_filter: { a: 1 } });
  assert(Result.isFailure(placed));
  assert.equal(placed.failure, "new_filter is an object, and a query has only texts and numbers");
});
