/**
 * The table against dbt's published specification: routes, fields, models and deprecation marks.
 *
 * @module
 */
import * as Yaml from "effect/encoding/Yaml";
import * as SchemaAST from "effect/SchemaAST";
import assert from "node:assert/strict";
import { bodyFields, fieldOf, pathNames } from "../lib/request.ts";
import { table } from "../lib/table.ts";
import { absent, read } from "./evidence.ts";

/** The published fields that the table leaves out on purpose, and why. */
const leftOut: ReadonlyMap<string, string> = new Map([
  ["runs.listArtifacts include_related", "a list of paths has nothing to relate"],
  ["runs.getArtifact include_related", "a file has nothing to relate"],
  ["jobs.getArtifact include_related", "a file has nothing to relate"],
  ["runs.getFailureDetails include_related", "the names of steps have nothing to relate"],
  ["accounts.getLicenses include_related", "numbers have nothing to relate"],
  ["auditLogs.downloadRecent include_related", "a file has nothing to relate"],
  ...["connections", "privateEndpoints", "profiles", "webhooks"].flatMap((group) =>
    ["limit", "offset"].map((name): [string, string] => [`${group}.create ${name}`, "a write has no pages"])
  ),
  ...["create", "patch", "update"].map((verb): [string, string] => [
    `credentials.${verb} credential_details._ciphertext`,
    "what dbt Cloud makes of the fields that it is sent",
  ]),
  ["repos.downloadManaged include_related", "a file has nothing to relate"],
  ["groups.assignPermissions ", "the list is the whole body: the specification names it by nothing"],
  ["webhooks.create id", "dbt Cloud gives it"],
  ...["create", "update"].flatMap((verb) =>
    ["account_identifier", "dispatched_at", "http_status_code"].map((name): [string, string] => [
      `webhooks.${verb} ${name}`,
      "dbt Cloud writes it: the specification has one shape for request and answer",
    ])
  ),
]);

/** The published answers that are known to be otherwise, and why. */
const otherwise: ReadonlyMap<string, string> = new Map([
  ...["connections", "favoriteAssets", "profiles"].map((group): [string, string] => [
    `${group}.list.data is object, not Arrays`,
    "a list answers a list",
  ]),
  ["userCredentials.get is array, not Objects", "one thing is asked for, and the specification of 2023 has one"],
]);

/** The published members that models leave out on purpose: Postgres's, which the specification gives every warehouse. */
const postgres = /\.credentials\.username$|\.connection\.(hostname|dbname|port|tunnel_enabled)$/;

// ---- the specification ----------------------------------------------------------------------------------------------

/** A schema of the specification, as far as these tests read it. */
interface Shape {
  readonly $ref?: string;
  readonly allOf?: ReadonlyArray<Shape>;
  readonly oneOf?: ReadonlyArray<Shape>;
  readonly anyOf?: ReadonlyArray<Shape>;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** Something with a JSON body. */
interface Body {
  readonly content?: { readonly "application/json"?: { readonly schema?: Shape } };
}

/** An operation of the specification. */
interface Operation {
  readonly tags?: ReadonlyArray<string>;
  readonly deprecated?: boolean;
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string; readonly schema: Shape }>;
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

/** A file of the specification. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}

function load(file: string): Document {
  // `? ''` is YAML's long way to write an empty key, which Effect's parser does not know.
  const text = read(`admin/${file}`).replaceAll(/^( *)\? ''\n *: /gm, "$1'':\n$1  ");
  return Yaml.parse(text) as Document; // the published file: what is missing fails the tests
}

const documents = absent ? [] : [load("openapi-v2.yaml"), load("openapi-v3.yaml")];

/** `GET /api/v2/accounts/{}/` for an operation and for a route, whatever the names in its path are. */
function anonymous(route: string): string {
  return route.replaceAll(/\{[^}]*\}|:[a-z_]+\*?/g, "{}");
}

const operations = new Map(
  documents.flatMap((document) =>
    Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([verb, operation]) =>
        [anonymous(`${verb.toUpperCase()} ${path}`), { operation, document }] as const
      )
    )
  ),
);

const calls = table.flatMap(({ call }) => call.kind === "workflow" ? [] : [call]);

/** The rows that are published, each with its operation. */
const published = calls.flatMap((call) => {
  const found = operations.get(anonymous(call.route));
  return found === undefined ? [] : [{ call, ...found }];
});

// ---- shape against schema -------------------------------------------------------------------------------------------

const tagOf: Readonly<Record<string, string>> = {
  integer: "Number",
  number: "Number",
  string: "String",
  boolean: "Boolean",
  array: "Arrays",
  object: "Objects",
};

/** The members of a published body; of a union, those of all its alternatives. */
function membersOf(shape: Shape, document: Document): ReadonlyArray<readonly [string, Shape]> {
  const named = document.components.schemas[shape.$ref?.split("/").at(-1) ?? ""] ?? {};
  return [shape, named].flatMap(({ properties, allOf, oneOf, anyOf }) => [
    ...Object.entries(properties ?? {}),
    ...[...allOf ?? [], ...oneOf ?? [], ...anyOf ?? []].flatMap((part) => membersOf(part, document)),
  ]);
}

/** What of a published shape a schema does not know, or knows otherwise. */
function lacks(
  shape: Shape,
  ast: SchemaAST.AST,
  at: string,
  document: Document,
  seen: ReadonlyArray<readonly [Shape, SchemaAST.AST]> = [],
): ReadonlyArray<string> {
  const again = (inner: Shape, innerAst: SchemaAST.AST, innerAt = at, innerSeen = seen) =>
    lacks(inner, innerAst, innerAt, document, innerSeen);
  const best = (all: ReadonlyArray<ReadonlyArray<string>>) => all.toSorted((a, b) => a.length - b.length)[0] ?? [];
  if (SchemaAST.isUnknown(ast)) return [];
  if (SchemaAST.isSuspend(ast)) return again(shape, ast.thunk());
  if (shape.$ref !== undefined) {
    const named = document.components.schemas[shape.$ref.split("/").at(-1) ?? ""];
    assert(named, shape.$ref);
    return seen.some(([s, a]) => s === named && a === ast) ? [] : again(named, ast, at, [...seen, [named, ast]]);
  }
  if (shape.allOf?.[0] !== undefined) return again(shape.allOf[0], ast);
  const alternatives = shape.oneOf ?? shape.anyOf;
  if (alternatives !== undefined) return alternatives.flatMap((one) => again(one, ast));
  if (SchemaAST.isUnion(ast)) {
    return best(ast.types.filter((type) => !SchemaAST.isNull(type)).map((type) => again(shape, type)));
  }
  const tag = SchemaAST.isLiteral(ast) ? tagOf[typeof ast.literal] : ast._tag;
  if (shape.type !== undefined && tagOf[shape.type] !== tag) return [`${at} is ${shape.type}, not ${tag}`];
  if (SchemaAST.isArrays(ast) && shape.items !== undefined) {
    return ast.rest.flatMap((rest) => again(shape.items ?? {}, rest, `${at}[]`));
  }
  if (!SchemaAST.isObjects(ast) || ast.indexSignatures.length > 0) return [];
  return Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const member = ast.propertySignatures.find((signature) => signature.name === name);
    return member === undefined ? [`${at}.${name}`] : again(inner, member.type, `${at}.${name}`);
  });
}

// ---- tests ----------------------------------------------------------------------------------------------------------

Deno.test({
  name: "table has every published operation, path for path",
  ignore: absent,
  fn() {
    const routes = new Set(calls.map((call) => anonymous(call.route)));
    assert.equal(operations.size, 207);
    assert.deepEqual([...operations.keys()].filter((route) => !routes.has(route)), []);
  },
});

Deno.test({
  name: "table marks exactly what is not published as undocumented",
  ignore: absent,
  fn() {
    const names = new Set(published.map(({ call }) => call.name));
    assert.deepEqual(
      calls.filter((call) => (call.undocumented === undefined) !== names.has(call.name)).map((call) => call.name),
      [],
    );
  },
});

Deno.test({
  name: "table marks exactly what dbt has deprecated as deprecated",
  ignore: absent,
  fn() {
    assert.deepEqual(
      published.filter(({ call, operation }) => (call.deprecated !== undefined) !== (operation.deprecated === true))
        .map(({ call }) => call.name),
      [],
    );
  },
});

Deno.test({
  name: "request has every published field, in its place and of its type",
  ignore: absent,
  fn() {
    const found = published.flatMap(({ call, operation, document }) => {
      const members = membersOf(operation.requestBody?.content?.["application/json"]?.schema ?? {}, document);
      const inBody = new Set(bodyFields(call));
      const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
      const missing = (name: string, shape: Shape, there: boolean) => {
        const at = `${call.name} ${name}`;
        const schema = fieldOf(call, name);
        if (schema === undefined || !there) return [at];
        // The specification calls it text; it is a list, joined by commas.
        if (name === "include_related") return [];
        return lacks(shape, there && inBody.has(name) ? SchemaAST.toEncoded(schema.ast) : schema.ast, at, document);
      };
      return [
        ...query.flatMap(({ name, schema }) => missing(name, schema, !inBody.has(name))),
        ...members.filter(([name]) => call.repeats?.[name] === undefined)
          .flatMap(([name, shape]) => missing(name, shape, inBody.has(name))),
      ];
    });
    assert.deepEqual([...new Set(found)].toSorted(), [...leftOut.keys()].toSorted());
  },
});

Deno.test({
  name: "answer has every published member, and of its type",
  ignore: absent,
  fn() {
    const found = published.flatMap(({ call, operation, document }) => {
      const shape = (operation.responses["200"] ?? operation.responses["201"])?.content?.["application/json"]?.schema;
      if (call.kind === "download" || shape === undefined) return [];
      if (call.success.from === "body") return lacks(shape, call.success.schema.ast, call.name, document);
      const envelope = document.components.schemas[shape.$ref?.split("/").at(-1) ?? ""] ?? shape;
      const whole: Shape = { properties: { data: envelope.properties?.["data"] ?? {} } };
      return call.success.from === "page"
        ? lacks(whole, call.success.schema.ast, call.name, document)
        : lacks(whole.properties?.["data"] ?? {}, call.success.schema.ast, call.name, document);
    });
    assert.deepEqual(found.filter((at) => !postgres.test(at)).toSorted(), [...otherwise.keys()].toSorted());
  },
});

Deno.test({
  name: "request repeats in its body what the published body repeats of the path",
  ignore: absent,
  fn() {
    const found = published.flatMap(({ call, operation, document }) => {
      const body = operation.requestBody?.content?.["application/json"]?.schema ?? {};
      const inBody = membersOf(body, document).map(([name]) => name);
      return pathNames(call.route).filter((name) => inBody.includes(name) && call.repeats?.[name] !== name)
        .map((name) => `${call.name} ${name}`);
    });
    assert.deepEqual(found, []);
  },
});
