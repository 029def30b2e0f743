/**
 * `DbtErrorSchema`: an error that crosses to another process comes back as it was.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { DbtError, DbtErrorSchema, type Reason } from "../mod.ts";

const run = { id: 5, status: 20, brand_new: { deep: [1, null] } };

const reasons: { readonly [Tag in Reason["_tag"]]: Extract<Reason, { readonly _tag: Tag }> } = {
  Unsendable: { _tag: "Unsendable", detail: "job_id is missing" },
  Unauthorized: { _tag: "Unauthorized", status: 401, host: "ab123.us1.dbt.com", user_message: "Invalid token" },
  Forbidden: { _tag: "Forbidden", status: 403, developer_message: "needs job_admin" },
  NotFound: { _tag: "NotFound", status: 301, enveloped: false, host: "h", path: "/api/v2/x", location: "/api/v2/x/" },
  Invalid: { _tag: "Invalid", status: 400, user_message: "No.", data: { name: ["No."], more: [null, { a: 1 }] } },
  RateLimited: { _tag: "RateLimited", status: 429, retry_after: 1.5 },
  ServerFault: { _tag: "ServerFault", status: 503, retry_after: 30, data: null },
  Unreachable: { _tag: "Unreachable", host: "h", detail: "reset", permanent: false },
  Ambiguous: { _tag: "Ambiguous", status: 500, detail: "500", remedy: "Look." },
  Undecodable: { _tag: "Undecodable", status: 200, detail: "it is empty", truncated: true },
  QueryFailed: { _tag: "QueryFailed", query_id: "01", error: "Database Error", sql: "select 1" },
  RunFailed: { _tag: "RunFailed", run },
  RunCancelled: { _tag: "RunCancelled", run },
  WaitTimedOut: { _tag: "WaitTimedOut", run, seconds: 60, cancelled: true },
};

Deno.test("DbtErrorSchema brings every reason through JSON, with what only dbt Cloud knows", () => {
  for (const codec of [DbtErrorSchema, Schema.toCodecJson(DbtErrorSchema)]) {
    for (const reason of Object.values(reasons)) {
      const error = new DbtError({ endpoint: "jobs.get", reason });
      const json = JSON.stringify(Schema.encodeUnknownSync(codec)(error));
      const again = Schema.decodeUnknownSync(codec)(JSON.parse(json));
      assert(again instanceof DbtError);
      assert.deepEqual([again.endpoint, again.reason, again.message], ["jobs.get", reason, error.message]);
    }
  }
});

Deno.test("DbtErrorSchema refuses what is no DbtError", () => {
  const error = { _tag: "DbtError", endpoint: "jobs.get", reason: { _tag: "Forbidden", status: 403 } };
  const wrong = [
    null,
    { ...error, _tag: "Error" },
    { ...error, endpoint: 5 },
    { ...error, reason: { _tag: "Forbidden" } },
    { ...error, reason: { _tag: "constructor", status: 403 } },
    { ...error, reason: { _tag: "RunFailed", run: {} } },
  ];
  for (const value of wrong) assert.throws(() => Schema.decodeUnknownSync(DbtErrorSchema)(value));
  assert(Schema.decodeUnknownSync(DbtErrorSchema)(error) instanceof DbtError);
});
