/**
 * The table against dbt's published specification, as `deno task conformance` compares it: against numbers and digests of
 * it everywhere, and against the specification itself where the folder of evidence is there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { bodyFields, pathNames } from "../../lib/request.ts";
import { table } from "../../lib/groups/table.ts";
import { compare, type Document, parse, report, withoutNames } from "../../tools/conformance.ts";
import { absent, read } from "../support/evidence.ts";
import * as facts from "./facts/specification.ts";

const documents = absent ? [] : ["openapi-v2.yaml", "openapi-v3.yaml"].map((file) => parse(read(`admin/${file}`)));

Deno.test({
  name: "table is as published: every operation, path for path, with its marks, fields and answers",
  ignore: absent,
  fn() {
    const { published, present, wrong, stale } = compare(documents);
    const all = facts.operations.v2 + facts.operations.v3;
    assert.deepEqual(
      { published, present, wrong, stale },
      { published: all, present: all, wrong: [], stale: [] },
      "correct the endpoint; or, where the specification is wrong, add the difference to " +
        "tools/deliberate_differences.ts; or, where dbt does not publish the endpoint, say in `undocumented` who uses it",
    );
  },
});

// ---- numbers and digests --------------------------------------------------------------------------------------------

/** The calls that dbt publishes. */
const published = table.flatMap(({ call }) => !("route" in call) || call.undocumented !== undefined ? [] : [call]);

const digest = (lines: ReadonlyArray<string>) => createHash("sha256").update(lines.toSorted().join("\n")).digest("hex");
const versions = (routes: ReadonlyArray<string>) => ({
  v2: routes.filter((route) => route.includes(" /api/v2/")).length,
  v3: routes.filter((route) => route.includes(" /api/v3/")).length,
});
const advice = "compare the table with dbt's specification: deno task conformance -- DIR, with openapi-v2.yaml and " +
  "openapi-v3.yaml of github.com/dbt-labs/dbt-cloud-openapi-spec in DIR. Where it finds no difference, put the new " +
  "numbers into tests/contracts/facts/specification.ts. An endpoint that dbt does not publish says in `undocumented` " +
  "who uses it";

Deno.test("table has as many operations as dbt publishes, with these paths, and these marks of deprecation", () => {
  const routes = published.map(({ route }) => withoutNames(route));
  const old = published.filter(({ deprecated }) => deprecated !== undefined).map(({ route }) => withoutNames(route));
  assert.deepEqual(
    {
      operations: versions(routes),
      deprecated: versions(old),
      digests: { operations: digest(routes), deprecated: digest(old) },
    },
    {
      operations: facts.operations,
      deprecated: facts.deprecated,
      digests: { operations: facts.digests.operations, deprecated: facts.digests.deprecated },
    },
    advice,
  );
});

Deno.test("requests of the table have the fields that dbt publishes, but for deliberate differences", () => {
  const lines = published.flatMap((call) => {
    const inPath = pathNames(call.route);
    return Object.keys(call.request).filter((name) => !inPath.includes(name)).map((name) =>
      `${withoutNames(call.route)} ${name}`
    );
  });
  assert.equal(digest(lines), facts.digests.fields, advice);
});

Deno.test({
  name: "the specification has the numbers and digests that are written down",
  ignore: absent,
  fn() {
    const operations = documents.flatMap(({ paths }) =>
      Object.entries(paths).flatMap(([path, verbs]) =>
        Object.entries(verbs).map(([verb, { deprecated = false }]) => ({
          route: withoutNames(`${verb.toUpperCase()} ${path}`),
          deprecated,
        }))
      )
    );
    const routes = operations.map(({ route }) => route);
    const old = operations.filter(({ deprecated }) => deprecated).map(({ route }) => route);
    assert.deepEqual(
      [versions(routes), versions(old), digest(routes), digest(old)],
      [facts.operations, facts.deprecated, facts.digests.operations, facts.digests.deprecated],
      "bring tests/contracts/facts/specification.ts in line with the specification",
    );
  },
});

// ---- what the comparison finds --------------------------------------------------------------------------------------

/** Documents of our own that publish just what the table has, in the specification's form. */
const own: ReadonlyArray<Document> = ["/api/v2/", "/api/v3/"].map((version) => {
  const paths: Record<string, Record<string, Document["paths"][string][string]>> = {};
  for (const call of published.toSorted((a, b) => a.route < b.route ? -1 : 1)) {
    const [verb = "", path = ""] = call.route.replaceAll(/:([a-z_]+)\*?/g, "{$1}").split(" ");
    if (!path.startsWith(version)) continue;
    const inPath = pathNames(call.route);
    const inBody = bodyFields(call).filter((name) => name !== call.payload);
    const inQuery = Object.keys(call.request).filter((name) => ![...inPath, ...bodyFields(call)].includes(name));
    const json = (properties: Readonly<Record<string, Record<never, never>>>) => ({
      content: { "application/json": { schema: { properties } } },
    });
    // `json` of nothing says nothing of an answer without an envelope.
    const answer = call.kind === "endpoint" && call.success.from !== "body" ? { data: {} } : {};
    (paths[path] ??= {})[verb.toLowerCase()] = {
      ...call.deprecated === undefined ? {} : { deprecated: true },
      parameters: inQuery.map((name) => ({ name, in: "query", schema: {} })),
      requestBody: json(Object.fromEntries(inBody.map((name) => [name, {}]))),
      responses: { 200: json(answer) },
    };
  }
  return { paths, components: { schemas: {} } };
});

Deno.test("compare finds nothing wrong in documents that publish just what the table has", () => {
  const { published, present, wrong } = compare(own);
  const all = facts.operations.v2 + facts.operations.v3;
  assert.deepEqual({ published, present, wrong }, { published: all, present: all, wrong: [] });
});

Deno.test("parse reads the specification's YAML, with its long way to write an empty key", () => {
  const text = ["paths:", "  /api/v3/things/:", "    get:", "      responses:", "        ? ''", "        : {}"].join(
    "\n",
  );
  assert.deepEqual(parse(text).paths, { "/api/v3/things/": { get: { responses: { "": {} } } } });
});

/** The documents with one of them changed. */
function changed(documents: ReadonlyArray<Document>, change: (text: string) => string): ReadonlyArray<Document> {
  // A deep copy: what is compared is shared within a document.
  return documents.map((document) => JSON.parse(change(JSON.stringify(document))) as Document); // as it was, but for that
}

const jobs = '"/api/v2/accounts/{account_id}/jobs/"';

const changes: Readonly<Record<string, readonly [change: (text: string) => string, wrong: ReadonlyArray<string>]>> = {
  "an operation has another path": [
    (text) => text.replace(jobs, '"/api/v2/accounts/{account_id}/jobs"'),
    [
      "GET /api/v2/accounts/{}/jobs is not in the table",
      "POST /api/v2/accounts/{}/jobs is not in the table",
      "jobs.create is not published",
      "jobs.list is not published",
    ],
  ],
  "a filter is new": [
    (text) => text.replace('"name":"triggers_schedule"', '"name":"triggers_other"'),
    ["jobs.list triggers_other is left out", "jobs.list triggers_schedule is not published"],
  ],
  "an operation is deprecated": [
    (text) => text.replace(`${jobs}:{"get":{`, `${jobs}:{"get":{"deprecated":true,`),
    ["jobs.list is deprecated: true"],
  ],
  "an operation is new": [
    (text) => text.replace('"paths":{"/api/v2/', '"paths":{"/api/v2/things/":{"get":{"responses":{}}},"/api/v2/'),
    ["GET /api/v2/things/ is not in the table"],
  ],
};

/** Whether the comparison finds a change, and nothing else that it did not find before. */
function finds(
  documents: ReadonlyArray<Document>,
  change: (text: string) => string,
  wrong: ReadonlyArray<string>,
): void {
  const before = new Set(compare(documents).wrong);
  const found = compare(changed(documents, change));
  assert.deepEqual(found.wrong.filter((difference) => !before.has(difference)), wrong);
  const listed = found.wrong.map((difference) => `\n  ${difference}`).join("");
  assert(report(found).endsWith(`${found.wrong.length} differences are not reviewed:${listed}`));
}

for (const [name, [change, wrong]] of Object.entries(changes)) {
  Deno.test(`compare finds it when ${name}`, () => finds(own, change, wrong));

  Deno.test({
    name: `compare finds it in the specification when ${name}`,
    ignore: absent,
    fn: () => finds(documents, change, wrong),
  });
}
