/**
 * The table against dbt's published specification, as `deno task conformance` compares it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { compare, type Document, parse, report } from "../../tools/conformance.ts";
import { absent, read } from "../support/evidence.ts";

const documents = absent ? [] : ["openapi-v2.yaml", "openapi-v3.yaml"].map((file) => parse(read(`admin/${file}`)));

Deno.test({
  name: "table is as published: every operation, path for path, with its marks, fields and answers",
  ignore: absent,
  fn() {
    const { published, present, wrong, stale } = compare(documents);
    assert.deepEqual(
      { published, present, wrong, stale },
      { published: 207, present: 207, wrong: [], stale: [] },
      "correct the endpoint; or, where the specification is wrong, add the difference to " +
        "tools/deliberate_differences.ts; or, where dbt does not publish the endpoint, say in `undocumented` who uses it",
    );
  },
});

/** The documents with one of them changed. */
function changed(change: (text: string) => string): ReadonlyArray<Document> {
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
};

for (const [name, [change, wrong]] of Object.entries(changes)) {
  Deno.test({
    name: `compare finds it when ${name}`,
    ignore: absent,
    fn() {
      const before = new Set(compare(documents).wrong);
      const found = compare(changed(change));
      assert.deepEqual(found.wrong.filter((difference) => !before.has(difference)), wrong);
      const listed = found.wrong.map((difference) => `\n  ${difference}`).join("");
      assert(report(found).endsWith(`${found.wrong.length} differences are not reviewed:${listed}`));
    },
  });
}
