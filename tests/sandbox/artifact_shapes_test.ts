/**
 * The artifacts that the sandbox writes, against the shapes of dbt's.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as JsonSchema from "effect/JsonSchema";
import * as Schema from "effect/Schema";
import * as SchemaRepresentation from "effect/SchemaRepresentation";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { shapes } from "../contracts/facts/artifact_shapes.ts";
import { absent, read } from "../support/evidence.ts";
import { check } from "../support/property.ts";
import { inProcess, v2 } from "../support/sandbox_fixture.ts";

/** Refuses what a schema does not name too. */
function strict(schema: Schema.Codec<unknown>): (value: unknown) => unknown {
  return Schema.decodeUnknownSync(schema, { onExcessProperty: "error" });
}

Deno.test("sandbox writes artifacts of the shapes that dbt's have", () =>
  inProcess(
    {},
    Effect.fnUntraced(function* ({ ask, data }) {
      const jobs = [
        { id: 1 },
        { id: 2 },
        { id: 3, steps_override: ["dbt source freshness", "dbt run -s nothing", "dbt docs generate"] },
      ];
      const runs = yield* Effect.forEach(jobs, ({ id, ...overrides }) =>
        data(`POST ${v2}/jobs/${id}/run/`, { cause: "test", ...overrides }));
      yield* TestClock.adjust("20 minutes");
      const found: Record<string, number> = {};
      for (const { id } of runs) {
        for (const step of [1, 2, 3, 4, 5, 6]) {
          for (const [file, { schema }] of Object.entries(shapes)) {
            const { status, body } = yield* ask(`GET ${v2}/runs/${id}/artifacts/${file}?step=${step}`);
            if (status !== 200) {
              continue;
            }
            strict(schema)(body);
            found[file] = (found[file] ?? 0) + 1;
          }
        }
      }
      assert.deepEqual(found, { "manifest.json": 7, "run_results.json": 6, "catalog.json": 2, "sources.json": 3 });
    }),
  ));

for (const [file, { published, schema }] of Object.entries(shapes)) {
  Deno.test({
    name: `our shape of ${file} allows nothing that dbt's schema refuses`,
    ignore: absent,
    async fn() {
      const document = JsonSchema.fromSchemaDraft2020_12(JSON.parse(read(`artifacts/schema_${published}.json`)));
      // The schemas need no service.
      const accept = strict(
        SchemaRepresentation.fromJsonSchemaDocument(document, { patterns: "apply" }) as Schema.Codec<unknown>,
      );
      await check(Arbitrary.schema(schema), (value) => void accept(JSON.parse(JSON.stringify(value))), {
        seed: file,
        runs: 40,
        // More members than a node must have.
        size: 20,
      });
    },
  });
}
