/**
 * The words that requests and answers share.
 *
 * @module
 */
import * as DateTime from "effect/DateTime";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { place } from "../lib/request.ts";
import { columnsOf, descriptionOf, field, named, namesOf, nullable } from "../lib/schema.ts";
import { related } from "../lib/shared_fields.ts";
import { environments, jobs, parseTimestamp, runs } from "../mod.ts";

Deno.test("parseTimestamp reads both formats of dbt Cloud, and nothing else", () => {
  const read = (text: string) => Option.getOrUndefined(Option.map(parseTimestamp(text), DateTime.formatIso));
  assert.deepEqual(
    [
      "2024-05-27 10:42:16.179903+00:00",
      "2024-05-27T10:42:16.179903+00:00",
      "2024-05-27T10:42:16Z",
      "2024-05-27 12:42:16+02:00",
      "2024-05-27 10:42:16.179903",
      "2024-05-27",
      "2024-05-27 10:42:99Z",
      "yesterday",
      "",
    ].map(read),
    [
      "2024-05-27T10:42:16.179Z",
      "2024-05-27T10:42:16.179Z",
      "2024-05-27T10:42:16.000Z",
      "2024-05-27T10:42:16.000Z",
      "2024-05-27T10:42:16.179Z",
      undefined,
      undefined,
      undefined,
      undefined,
    ],
  );
});

Deno.test("runs.isFinal knows the three final statuses, and takes no unknown one for final", () => {
  assert.deepEqual([1, 2, 3, 10, 20, 30, 0, 4, 40].filter(runs.isFinal), [10, 20, 30]);
});

Deno.test("nullable keeps the line of help and the names of what it makes nullable", () => {
  const schema = nullable(field(named(Schema.Int, { one: 1 }), "How many"));
  assert.deepEqual([descriptionOf(schema), namesOf(schema)], ["How many", { one: 1 }]);
  assert.deepEqual([1, null, "1"].map(Schema.is(schema)), [true, true, false]);
});

Deno.test("related names what an answer can include, and sends other names too", () => {
  const schema = related("job", "trigger");
  assert.deepEqual(namesOf(schema), { job: "job", trigger: "trigger" });
  assert.equal(Schema.encodeSync(schema)(["trigger", "new_tomorrow"]), "trigger,new_tomorrow");
  assert.deepEqual(Schema.decodeSync(schema)("trigger,new_tomorrow"), ["trigger", "new_tomorrow"]);
});

Deno.test("columnsOf sees through a model that is looked up later", () => {
  assert.deepEqual(columnsOf(jobs.trigger.success.schema.ast), columnsOf(runs.Run.ast));
  assert.notEqual(columnsOf(runs.Run.ast), undefined);
});

Deno.test("runs.list sends lists as JSON, related things by commas, and the rest as it is", () => {
  const request: runs.List = {
    status__in: [runs.RunStatus.error, runs.RunStatus.cancelled],
    created_at__range: ["2024-05-27T00:00:00", "2024-05-28T00:00:00"],
    include_related: ["trigger", "job"],
    has_docs_generated: false,
    state: "all",
    order_by: "-id",
    limit: 5,
  };
  assert.deepEqual(Result.getOrThrow(place(runs.list, request, { account_id: 7, project_id: 8 })), {
    method: "GET",
    path: "/api/v2/accounts/7/runs/",
    query: [
      ["status__in", "[20,30]"],
      ["created_at__range", '["2024-05-27T00:00:00","2024-05-28T00:00:00"]'],
      ["has_docs_generated", "false"],
      ["state", "all"],
      ["include_related", "trigger,job"],
      ["limit", "5"],
      ["order_by", "-id"],
    ],
  });
});

Deno.test("environments.update repeats its path in the body, and sends null to clear", () => {
  const request = { environment_id: 9, name: "Production", deployment_type: "production", credentials_id: null };
  assert.deepEqual(Result.getOrThrow(place(environments.update, request, { account_id: 7, project_id: 8 })), {
    method: "POST",
    path: "/api/v3/accounts/7/projects/8/environments/9/",
    query: [],
    body: {
      account_id: 7,
      project_id: 8,
      id: 9,
      name: "Production",
      deployment_type: "production",
      credentials_id: null,
    },
  });
});
