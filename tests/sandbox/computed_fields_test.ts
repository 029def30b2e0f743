/**
 * Fields of rows that are not stored: they are in answers, lists filter and sort by them, and models know them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import assert from "node:assert/strict";
import { computedFields, relatedFields } from "../../lib/sandbox/endpoints/computed_fields.ts";
import { rowMembers } from "../../lib/sandbox/protocol/routes.ts";
import { test, v2, v3 } from "../support/sandbox_fixture.ts";

test(
  "computes fields each time a row is shown",
  Effect.fnUntraced(function* ({ ask, data }) {
    const job = yield* data(`GET ${v2}/jobs/1/`);
    assert.deepEqual([job.cron_humanized, job.generate_sources], ["0 6 * * *", false]);
    const time = { type: "every_hour", interval: 2 };
    const schedule = { cron: "0 */2 * * *", date: { type: "every_day" }, time };
    const changes = { name: "Daily build", run_generate_sources: true, schedule };
    yield* ask(`POST ${v2}/jobs/1/`, { ...job, ...changes });
    const changed = yield* data(`GET ${v2}/jobs/1/`);
    assert.deepEqual([changed.cron_humanized, changed.generate_sources], ["Every 2 hours", true]);
    const groups = yield* data(`GET ${v3}/groups/`);
    assert.deepEqual(groups.map(({ member_count }: { member_count: number }) => member_count), [1, 2]);
  }),
);

test(
  "filters and sorts lists by computed fields",
  Effect.fnUntraced(function* ({ data }) {
    const names = (query: string) =>
      Effect.map(
        data(`GET ${v3}/groups/?${query}`),
        (rows: ReadonlyArray<{ name: string }>) => rows.map(({ name }) => name),
      );
    assert.deepEqual(yield* names("member_count=1"), ["Owner"]);
    assert.deepEqual(yield* names("order_by=-member_count"), ["Everyone", "Owner"]);
  }),
);

Deno.test("every computed field is in the model of its collection", () => {
  const fields = [computedFields, relatedFields].flatMap((table) =>
    Object.entries(table).flatMap(([collection, fields]) =>
      Object.keys(fields).map((name) => [collection, name] as const)
    )
  );
  // Licences have no endpoint of their own: users show them.
  const unknown = fields.filter(([collection, name]) =>
    collection !== "permissions" && !rowMembers(collection).has(name)
  );
  assert.deepEqual(unknown, [], "no answer shows these: add them to the models of their collections");
});
