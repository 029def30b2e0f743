/**
 * What anonymised recordings must not tell, and what they must keep, whatever is recorded.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { anonymise } from "../../lib/sandbox/recording/anonymise.ts";
import type { Body, Exchange } from "../../lib/sandbox/recording/recording_file.ts";
import { anyOf, oneOf, testProperty } from "../support/property.ts";

/** An exchange of a job's update, with these bodies. */
function exchange(request: Body, answer: Body = { json: null }, more: Partial<Exchange["request"]> = {}): Exchange {
  return {
    request: { verb: "POST", path: "/api/v2/accounts/7/jobs/5/", query: [], body: request, ...more },
    answer: { status: 200, headers: { "content-type": "application/json" }, body: answer },
  };
}

// ---- nothing is told ------------------------------------------------------------------------------------------------

/** Something that must not be told: how it is learned, and what it is. */
interface Told {
  readonly text: string;
  /** The JSON that shows what it is. */
  readonly shown: Schema.Json;
}

const pattern = (regex: RegExp) => Arbitrary.schema(Schema.String.check(Schema.isPattern(regex)));
const inMember = (members: ReadonlyArray<string>, texts: Arbitrary.Arbitrary<string>): Arbitrary.Arbitrary<Told> =>
  Arbitrary.map(
    Arbitrary.all([oneOf(members), texts]),
    ([member, text]) => ({ text, shown: { [member]: text } }),
  );
const inText = (texts: Arbitrary.Arbitrary<string>, around: (text: string) => string): Arbitrary.Arbitrary<Told> =>
  Arbitrary.map(texts, (text) => ({ text, shown: { message: around(text) } }));

/** Names of people and things. `İ` is a letter that is longer in lower case. */
const names = pattern(/^[(.-]?[αβγΔжİ]{3,5}([ .-][ΓΔβγİ]{1,5})?\)?$/);
/** What only names are made of. */
const ofNames = /[α-ωжİ]/i;
const words = pattern(/^[qxz]{3,5}(_[qxz]{1,3})?$/);
const emails = pattern(/^[qxz][qxZ.+-]{0,4}@[xqz]{2,4}\.(ch|museum)$/);
const hosts = pattern(/^[qxz]{2,5}-[qxZ]{1,3}\.(ch|museum)$/);
const keys = pattern(/^[qxzQXZ49_-]{16,20}$/);

const told: Arbitrary.Arbitrary<Told> = anyOf([
  inMember(["name", "full_name", "username", "schema", "database", "git_branch", "description", "owner"], names),
  inMember(["email", "name", "user", "anything"], emails),
  inText(emails, (text) => `started by ${text}.`),
  inMember(["host", "hostname"], hosts),
  inText(hosts, (text) => `see https://${text}/deploy/7 for more`),
  inMember(["password", "token", "private_key", "client_secret", "api_key", "auth_token"], names),
  inText(keys, (text) => `Authorization: Bearer ${text}`),
  Arbitrary.map(words, (text) => ({ text, shown: { unique_id: `model.shop_of_mine.${text}` } })),
  Arbitrary.map(words, (text) => ({ text, shown: { relation_name: `"shop_of_mine"."${text}"` } })),
  inText(Arbitrary.map(keys, (key) => `dbtu_${key}`), (text) => `the key ${text} is old`),
]);

testProperty(
  "anonymise() tells no secret, address, host or name, wherever else it stands, before and after",
  Arbitrary.array(told, { minLength: 1, maxLength: 6 }),
  (all) => {
    const shown = all.map(({ shown }) => shown);
    const mentions = all.map(({ text }) => `there is "${text}" in it, and ${text.toUpperCase()} too`);
    const recorded = [
      exchange({ json: { notes: mentions } }, { text: mentions.join("\n") }),
      exchange({ json: { deep: [{ deeper: shown }] } }, { json: { message: mentions } }),
      exchange({ json: null }, { json: Object.fromEntries(mentions.map((mention) => [mention, 1])) }, {
        path: `/api/v2/accounts/7/files/${all.map(({ text }) => encodeURIComponent(text)).join("/")}/`,
        query: all.map(({ text }) => ["search", text] as const),
      }),
    ];
    const written = JSON.stringify(anonymise(recorded)).toLowerCase();
    const readable = decodeURIComponent(written);
    assert.doesNotMatch(readable, ofNames);
    for (const { text } of all) {
      assert(!readable.includes(JSON.stringify(text).slice(1, -1).toLowerCase()), `${text} is in ${readable}`);
    }
  },
  { runs: 300 },
);

testProperty(
  "anonymise() gives equal names equal stand-ins, and different ones different",
  Arbitrary.array(Arbitrary.all([oneOf(["name", "schema", "username"]), names]), { maxLength: 12 }),
  (members) => {
    const [first] = anonymise([exchange({ json: members.map(([member, name]) => ({ [member]: name })) })]);
    const body = first?.request.body;
    assert(body !== undefined && "json" in body && Array.isArray(body.json));
    const instead = body.json.flatMap((row) => Object.values(row));
    for (const [a, [, one]] of members.entries()) {
      for (const [b, [, other]] of members.entries()) {
        assert.equal(instead[a] === instead[b], one.toLowerCase() === other.toLowerCase(), `${one} and ${other}`);
      }
    }
  },
);

// ---- all else stays -------------------------------------------------------------------------------------------------

/** JSON with the members that dbt Cloud has, and any values. */
const members = oneOf(["id", "name", "status", "email", "token", "created_at", "message", "host", "run_id", "details"]);
const scalars = Arbitrary.schema(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null]));
const rows = Arbitrary.map(
  Arbitrary.array(Arbitrary.all([members, scalars]), { maxLength: 6 }),
  (entries): Schema.Json => Object.fromEntries(entries),
);
const nested = Arbitrary.map(
  Arbitrary.all({ rows: Arbitrary.array(rows), members: Arbitrary.array(members), row: rows }),
  ({ rows, members, row }): Schema.Json => ({ data: rows, ...Object.fromEntries(members.map((name) => [name, row])) }),
);

/** A value with "text" for each of its texts. */
function shapeOf(value: unknown): unknown {
  if (typeof value === "string") return "text";
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

testProperty(
  "anonymise() keeps the shape of any JSON, its numbers, and what came when",
  Arbitrary.array(Arbitrary.all([nested, nested])),
  (pairs) => {
    const recorded = pairs.map(([request, answer]) => exchange({ json: request }, { json: answer }));
    assert.deepEqual(shapeOf(anonymise(recorded)), shapeOf(recorded));
  },
  { runs: 100 },
);

testProperty(
  "anonymise() changes nothing in what tells nothing",
  Arbitrary.array(
    Arbitrary.all({
      id: Arbitrary.schema(Schema.Int),
      status: oneOf([1, 3, 10, "success", "runtime error"]),
      created_at: oneOf(["2026-01-01 00:00:00.000000+00:00", "2026-01-01T00:00:00Z"]),
      execute_steps: Arbitrary.array(oneOf(["dbt build", "dbt run -s state:modified+", "dbt source freshness"])),
      state: oneOf([1, 2]),
      is_success: Arbitrary.schema(Schema.NullOr(Schema.Boolean)),
    }),
  ),
  (drawn) => {
    const rows = drawn.map((row) => ({ ...row }));
    const recorded = [exchange({ json: rows }, { json: { data: rows, status: { code: 200, is_success: true } } })];
    assert.deepEqual(anonymise(recorded), recorded);
  },
);
