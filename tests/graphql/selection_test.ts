/**
 * The selection of a query follows from the schema of its answer.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import assert from "node:assert/strict";
import { partial } from "../../lib/graphql/picked_fields.ts";
import { asked, onlyByName, selectableFields, selectionOf } from "../../lib/graphql/selection.ts";
import { nullable } from "../../lib/schema.ts";

interface Model {
  readonly uniqueId: string;
  readonly meta?: { readonly [name: string]: unknown } | null;
  readonly info?: { readonly status?: string | null; readonly id?: number | null } | null;
  readonly code?: string | null;
  readonly origins?: ReadonlyArray<Model> | null;
  readonly roots?: ReadonlyArray<{ readonly name?: string | null }> | null;
}
const model: Schema.Codec<Model> = Schema.Struct({
  uniqueId: Schema.String,
  meta: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  info: nullable(Schema.Struct({ status: nullable(Schema.String), id: nullable(Schema.Number) })),
  code: nullable(onlyByName(Schema.String)),
  origins: nullable(asked(Schema.Array(Schema.suspend((): Schema.Codec<Model> => model)), "parents")),
  roots: nullable(asked(Schema.Array(Schema.Struct({ name: nullable(Schema.String) })), "ancestors(types: [Source])")),
});
const node = Schema.Union([
  Schema.Struct({ __typename: Schema.Literal("ModelNode"), uniqueId: Schema.String, status: nullable(Schema.String) }),
  Schema.Struct({ __typename: Schema.Literal("SourceNode"), uniqueId: Schema.String, loader: nullable(Schema.String) }),
  Schema.Struct({ __typename: Schema.String, uniqueId: Schema.String }),
]);

Deno.test("A selection has all members but long ones, and those that lead back", () => {
  assert.equal(
    selectionOf(model.ast),
    "uniqueId meta info { status id } roots: ancestors(types: [Source]) { name }",
  );
});

Deno.test("A selection has only the fields that are named", () => {
  const cases: Readonly<Record<string, string>> = {
    "uniqueId": "uniqueId",
    "code info": "info { status id } code",
    "info.status": "info { status }",
    "info.status info": "info { status id }",
    "origins.uniqueId": "origins: parents { uniqueId }",
    "origins.info.id uniqueId": "uniqueId origins: parents { info { id } }",
    "meta": "meta",
  };
  for (const [fields, selection] of Object.entries(cases)) {
    assert.equal(selectionOf(model.ast, fields.split(" ")), selection, fields);
  }
});

Deno.test("A name that the schema does not know is asked for", () => {
  assert.equal(selectionOf(model.ast, ["uniqueId", "relationName"]), "uniqueId relationName");
  assert.equal(selectionOf(model.ast, ["owner.name", "owner.team.id"]), "owner { name team { id } }");
  assert.equal(selectionOf(model.ast, ["info.seconds"]), "info { seconds }");
});

Deno.test("A union asks for the members of each type", () => {
  const status = "... on ModelNode { status }";
  const loader = "... on SourceNode { loader }";
  assert.equal(selectionOf(node.ast), `__typename ${status} ${loader} uniqueId`);
  assert.equal(selectionOf(node.ast, ["loader", "uniqueId"]), `__typename ${loader} uniqueId`);
});

Deno.test("The fields that may be named are those of the schema, down to members of members", () => {
  assert.deepEqual(selectableFields(model.ast), [
    "uniqueId",
    "meta",
    "info",
    "info.status",
    "info.id",
    "code",
    "origins",
    "roots",
    "roots.name",
  ]);
});

Deno.test("A picked answer may lack members, and those that are there have to fit", () => {
  const is = Schema.is(partial(model.ast));
  assert(is({}));
  assert(is({ info: { id: 1 }, origins: [{ code: "select 1" }, {}] }));
  assert(!is({ uniqueId: 5 }));
  assert(!is({ origins: [{ info: { id: "1" } }] }));
});
