/**
 * Compares the table of endpoints with dbt's published specification: routes, deprecation marks, fields and models.
 *
 * `deno task conformance -- DIR` reads `openapi-v2.yaml` and `openapi-v3.yaml` in DIR, and prints every difference.
 * `tests/contracts/specification_test.ts` uses the same comparison.
 *
 * @module
 */
import * as Yaml from "effect/encoding/Yaml";
import * as SchemaAST from "effect/SchemaAST";
import { bodyFields, fieldOf, pathNames } from "../lib/request.ts";
import type { Callable } from "../lib/groups/table_entry.ts";
import { table } from "../lib/groups/table.ts";
import { deliberate, otherWarehouses } from "./deliberate_differences.ts";

// ---- the specification ----------------------------------------------------------------------------------------------

/** A schema of the specification, as far as it is compared. */
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
  readonly deprecated?: boolean;
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string; readonly schema: Shape }>;
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

/** A file of the specification. */
export interface Document {
  /** The operations, by path and verb. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** The shapes that they name. */
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}

/** Reads a file of the specification. */
export function parse(text: string): Document {
  // `? ''` is YAML's long way to write an empty key, which Effect's parser does not know.
  return Yaml.parse(text.replaceAll(/^( *)\? ''\n *: /gm, "$1'':\n$1  ")) as Document; // what is missing shows at once
}

// ---- the comparison -------------------------------------------------------------------------------------------------

/** What was compared, and what is different. */
export interface Conformance {
  /** How many operations are published. */
  readonly published: number;
  /** How many of them are in the table, path for path. */
  readonly present: number;
  /** The rows that are not published: name to who is seen to use it. */
  readonly undocumented: ReadonlyMap<string, string>;
  /** What is different on purpose, and why. */
  readonly reviewed: ReadonlyMap<string, string>;
  /** What is different, and should not be. */
  readonly wrong: ReadonlyArray<string>;
  /** What is said to be different on purpose, and is not different. */
  readonly stale: ReadonlyArray<string>;
}

type Routed = Extract<Callable, { readonly route: string }>;

/** A row that is published, with its operation. */
interface Published {
  readonly call: Routed;
  readonly operation: Operation;
  readonly document: Document;
}

/** Compares the table with the specification. */
export function compare(documents: ReadonlyArray<Document>): Conformance {
  const operations = new Map(
    documents.flatMap((document) =>
      Object.entries(document.paths).flatMap(([path, verbs]) =>
        Object.entries(verbs).map(([verb, operation]) =>
          [withoutNames(`${verb.toUpperCase()} ${path}`), { operation, document }] as const
        )
      )
    ),
  );
  const calls = table.flatMap(({ call }) => "route" in call ? [call] : []);
  const routes = new Set(calls.map((call) => withoutNames(call.route)));
  const absent = [...operations.keys()].filter((route) => !routes.has(route));
  const published = calls.flatMap((call): ReadonlyArray<Published> => {
    const found = operations.get(withoutNames(call.route));
    return found === undefined ? [] : [{ call, ...found }];
  });
  const names = new Set(published.map(({ call }) => call.name));
  const found = new Set([
    ...absent.map((route) => `${route} is not in the table`),
    ...calls.filter((call) => (call.undocumented === undefined) !== names.has(call.name)).map((call) =>
      `${call.name} is ${names.has(call.name) ? "published" : "not published"}`
    ),
    ...published.flatMap(({ call, operation: { deprecated = false } }) =>
      deprecated === (call.deprecated !== undefined) ? [] : [`${call.name} is deprecated: ${deprecated}`]
    ),
    ...published.flatMap(requestDifferences),
    ...published.flatMap(answerDifferences),
  ]);
  const differences = [...found].filter((difference) => !otherWarehouses.test(difference)).toSorted();
  return {
    published: operations.size,
    present: operations.size - absent.length,
    undocumented: new Map(calls.flatMap(({ name, undocumented }) => undocumented ? [[name, undocumented]] : [])),
    reviewed: new Map(differences.flatMap((difference) => {
      const reason = deliberate.get(difference);
      return reason === undefined ? [] : [[difference, reason]];
    })),
    wrong: differences.filter((difference) => !deliberate.has(difference)),
    stale: [...deliberate.keys()].filter((difference) => !found.has(difference)),
  };
}

/** `GET /api/v2/accounts/{}/` for an operation and for a route, whatever the names in its path are. */
export function withoutNames(route: string): string {
  return route.replaceAll(/\{[^}]*\}|:[a-z_]+\*?/g, "{}");
}

/** The published fields that a request lacks, has elsewhere or of another type; and those that are not published. */
function requestDifferences({ call, operation, document }: Published): ReadonlyArray<string> {
  const members = membersOf(schemaOf(operation.requestBody) ?? {}, document);
  const inBody = new Set(bodyFields(call));
  const inPath = pathNames(call.route);
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
  const compareField = (name: string, shape: Shape, there: boolean) => {
    const at = `${call.name} ${name}`;
    const schema = fieldOf(call, name);
    if (schema === undefined || !there) return [`${at} is left out`];
    // The specification calls it text; it is a list, joined by commas.
    if (name === "include_related") return [];
    return lacks(shape, inBody.has(name) ? SchemaAST.toEncoded(schema.ast) : schema.ast, at, document);
  };
  const known = new Set([...inPath, ...query.map(({ name }) => name), ...members.map(([name]) => name)]);
  return [
    ...query.flatMap(({ name, schema }) => compareField(name, schema, !inBody.has(name))),
    ...members.filter(([name]) => call.repeats?.[name] === undefined)
      .flatMap(([name, shape]) => compareField(name, shape, inBody.has(name))),
    ...members.filter(([name]) => inPath.includes(name) && call.repeats?.[name] !== name)
      .map(([name]) => `${call.name} ${name} is not repeated in the body`),
    ...Object.keys(call.request).filter((name) => !known.has(name) && name !== call.payload)
      .map((name) => `${call.name} ${name} is not published`),
  ];
}

/** The published members that an answer lacks, or has of another type. */
function answerDifferences({ call, operation, document }: Published): ReadonlyArray<string> {
  const shape = schemaOf(operation.responses["200"] ?? operation.responses["201"]);
  if (call.kind === "download" || shape === undefined) return [];
  const { from, schema } = call.success;
  if (from === "body") return lacks(shape, schema.ast, call.name, document);
  const data = (named(shape, document) ?? shape).properties?.["data"] ?? {};
  return lacks(from === "page" ? { properties: { data } } : data, schema.ast, call.name, document);
}

function schemaOf(body: Body | undefined): Shape | undefined {
  return body?.content?.["application/json"]?.schema;
}

function named({ $ref }: Shape, { components }: Document): Shape | undefined {
  return components.schemas[$ref?.split("/").at(-1) ?? ""];
}

/** The members of a published body; of a union, those of all its alternatives. */
function membersOf(shape: Shape, document: Document): ReadonlyArray<readonly [string, Shape]> {
  return [shape, named(shape, document) ?? {}].flatMap(({ properties, allOf, oneOf, anyOf }) => [
    ...Object.entries(properties ?? {}),
    ...[...allOf ?? [], ...oneOf ?? [], ...anyOf ?? []].flatMap((part) => membersOf(part, document)),
  ]);
}

const tagOf: Readonly<Record<string, string>> = {
  integer: "Number",
  number: "Number",
  string: "String",
  boolean: "Boolean",
  array: "Arrays",
  object: "Objects",
};

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
  if (SchemaAST.isUnknown(ast)) return [];
  if (SchemaAST.isSuspend(ast)) return again(shape, ast.thunk());
  if (shape.$ref !== undefined) {
    const target = named(shape, document);
    if (target === undefined) return [`${at} is ${shape.$ref}, which is nowhere`];
    return seen.some(([s, a]) => s === target && a === ast) ? [] : again(target, ast, at, [...seen, [target, ast]]);
  }
  if (shape.allOf?.[0] !== undefined) return again(shape.allOf[0], ast);
  const alternatives = shape.oneOf ?? shape.anyOf;
  if (alternatives !== undefined) return alternatives.flatMap((one) => again(one, ast));
  if (SchemaAST.isUnion(ast)) {
    const all = ast.types.filter((type) => !SchemaAST.isNull(type)).map((type) => again(shape, type));
    return all.toSorted((a, b) => a.length - b.length)[0] ?? [];
  }
  const tag = SchemaAST.isLiteral(ast) ? tagOf[typeof ast.literal] : ast._tag;
  if (shape.type !== undefined && tagOf[shape.type] !== tag) return [`${at} is ${shape.type}, not ${tag}`];
  if (SchemaAST.isArrays(ast) && shape.items !== undefined) {
    return ast.rest.flatMap((rest) => again(shape.items ?? {}, rest, `${at}[]`));
  }
  if (!SchemaAST.isObjects(ast) || ast.indexSignatures.length > 0) return [];
  return Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const member = ast.propertySignatures.find((signature) => signature.name === name);
    return member === undefined ? [`${at}.${name} is left out`] : again(inner, member.type, `${at}.${name}`);
  });
}

// ---- the command ----------------------------------------------------------------------------------------------------

/** What the command prints. */
export function report({ present, published, reviewed, stale, undocumented, wrong }: Conformance): string {
  const lines = (all: Iterable<readonly [string, string]>) => [...all].map(([what, why]) => `  ${what}: ${why}`);
  const part = (title: string, all: ReadonlyArray<string>) => all.length === 0 ? [] : ["", title, ...all];
  return [
    `${present} of ${published} published operations are in the table.`,
    ...part(`${undocumented.size} calls are not published:`, lines(undocumented)),
    ...part(`${reviewed.size} differences are deliberate:`, lines(reviewed)),
    ...part(`${stale.length} are said to be deliberate, and are none:`, stale.map((what) => `  ${what}`)),
    ...part(`${wrong.length} differences are not reviewed:`, wrong.map((what) => `  ${what}`)),
  ].join("\n");
}

if (import.meta.main) {
  const folder = Deno.args.filter((arg) => arg !== "--")[0];
  if (folder === undefined) {
    console.error("Usage: deno task conformance -- DIR, with openapi-v2.yaml and openapi-v3.yaml in DIR");
    Deno.exit(2);
  }
  const files = ["openapi-v2.yaml", "openapi-v3.yaml"].map((name) => Deno.readTextFileSync(`${folder}/${name}`));
  const found = compare(files.map(parse));
  console.log(report(found));
  Deno.exit(found.wrong.length === 0 ? 0 : 1);
}
