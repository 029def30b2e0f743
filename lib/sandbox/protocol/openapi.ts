/**
 * `/openapi.json`: the routes of the sandbox as an OpenAPI document.
 *
 * @module
 */
import * as JsonSchema from "effect/JsonSchema";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import * as SchemaRepresentation from "effect/SchemaRepresentation";
import type { Answer } from "../../endpoint.ts";
import { bodyFields, fieldOf, parseRoute } from "../../request.ts";
import type { Row } from "./response_format.ts";
import { type Route, routes } from "./routes.ts";

const status = Schema.Struct({
  code: Schema.Int,
  is_success: Schema.Boolean,
  user_message: Schema.String,
  developer_message: Schema.String,
});

/** The model that each group gets first, with the group's name: these become the document's named schemas. */
const models = new Map(
  [
    ...new Map(
      routes.toReversed().flatMap(({ call, action }) =>
        action === "get" && call.kind === "endpoint"
          ? [[call.name.split(".")[0], modelOf(call.success.schema.ast)] as const]
          : []
      ),
    ),
  ].map(([group, ast]) => [ast, group] as const),
);

function modelOf(ast: SchemaAST.AST): SchemaAST.AST {
  return SchemaAST.toEncoded(SchemaAST.isSuspend(ast) ? modelOf(ast.thunk()) : ast);
}

/** The schema of an answer, with its envelope where it has one. */
function answerOf({ from, schema }: Answer<unknown>): Schema.Constraint {
  if (from === "page" || from === "body") return schema;
  return Schema.Struct({ status, data: from === "maybe" ? Schema.NullOr(schema) : schema });
}

/** Writes one operation. `schemaOf` gives an empty object, which later receives the JSON Schema. */
function operation({ call, names }: Route, schemaOf: (schema: Schema.Constraint) => Row): Row {
  const [group = ""] = call.name.split(".");
  const inBody = bodyFields(call);
  const inPath = new Set(names.map(({ name }) => name));
  const fields = Object.keys(call.request).flatMap((name) => {
    const schema = fieldOf(call, name);
    return schema === undefined ? [] : [{ name, schema, required: !SchemaAST.isOptional(schema.ast) }];
  });
  const write = !call.route.startsWith("GET ");
  const parameters = fields.filter(({ name }) => inPath.has(name) || !write || !inBody.includes(name)).map(
    ({ name, schema, required }) => ({
      name,
      in: inPath.has(name) ? "path" : "query",
      required: inPath.has(name) || required,
      schema: schemaOf(schema),
    }),
  );
  const own = fields.filter(({ name }) => inBody.includes(name));
  const payload = own.find(({ name }) => name === call.payload)?.schema ??
    Schema.Struct(Object.fromEntries(own.map(({ name, schema }) => [name, schema])));
  const content = call.kind === "download"
    ? { "application/octet-stream": {} }
    : { "application/json": { schema: schemaOf(answerOf(call.success)) } };
  return {
    operationId: call.name,
    summary: call.summary,
    tags: [group],
    ...call.deprecated === undefined ? {} : { deprecated: true },
    parameters,
    ...own.length === 0
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(payload) } } } },
    responses: { 200: { description: "What was asked for", content } },
  };
}

/** Makes the document. */
function makeDocument(): Row {
  const asts: Array<SchemaAST.AST> = [];
  const slots: Array<Row> = [];
  const schemaOf = (schema: Schema.Constraint) => {
    const slot: Row = {};
    asts.push(SchemaAST.toEncoded(schema.ast));
    slots.push(slot);
    return slot;
  };
  const paths: Record<string, Row> = {};
  for (const route of routes) {
    const { method, parts } = parseRoute(route.call.route);
    const path = parts.map((part) => typeof part === "string" ? part : `{${part.name}}`).join("");
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(route, schemaOf) };
  }
  const [first = SchemaAST.unknown, ...rest] = asts;
  const { schemas, definitions } = JsonSchema.toMultiDocumentOpenApi3_1(
    SchemaRepresentation.toJsonSchemaMultiDocument(
      // What several answers contain is written once: a model under its group's name, other parts under a number.
      SchemaRepresentation.toRepresentations([first, ...rest], {
        referencePolicy: ({ ast, occurrences }) =>
          models.get(ast) ?? (occurrences > 1 && SchemaAST.isObjects(ast) ? "part" : undefined),
      }),
    ),
  );
  for (const [index, slot] of slots.entries()) Object.assign(slot, schemas[index]);
  return {
    openapi: "3.1.0",
    info: { title: "dbt Cloud, as its sandbox answers it", version: "1" },
    security: [{ token: [] }],
    paths,
    components: { schemas: definitions, securitySchemes: { token: { type: "http", scheme: "bearer" } } },
  };
}

let document: Row | undefined;

/** The document. It is made at the first request. */
export function openapi(): Row {
  return document ??= makeDocument();
}
