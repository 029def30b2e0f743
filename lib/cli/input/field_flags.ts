/**
 * A request's fields as flags: what each is called, what it takes, and where its value goes.
 *
 * @module
 */
import type * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import { bodyFields, fieldOf, pathNames } from "../../request.ts";
import { descriptionOf, namesOf } from "../../schema.ts";
import type { Callable } from "../../groups/table_entry.ts";

/** A flag, before it is one of effect/cli's. */
export interface FlagSpec {
  /** As it is typed, without the dashes. */
  readonly name: string;
  /** Its one letter, where it has one. */
  readonly short?: string;
  /** One value; several, each with the flag again; yes or no. */
  readonly takes: "one" | "many" | "boolean";
  /** What a value is, in a word: `integer`. */
  readonly metavar: string;
  /** The line of help. */
  readonly description: string;
  /** The names that a value may have. */
  readonly names?: Readonly<Record<string, number | string>>;
  /** Nothing is done without it. */
  readonly required?: boolean;
}

/** A flag that fills a field of a request. */
export interface FieldFlag extends FlagSpec {
  /** The field, and the members within it. */
  readonly path: ReadonlyArray<string>;
  /** The field that takes several values: `status__in` beside `status`. */
  readonly plural?: string;
  /** Reads one value. */
  readonly item: Schema.Codec<unknown>;
}

/** What was typed for one row. */
export interface Typed {
  /** The flags' texts, by name; none when the flag is absent. */
  readonly flags: Readonly<Record<string, ReadonlyArray<string>>>;
  /** The words behind group and verb, by the field that they fill: see `positional`. */
  readonly words: Readonly<Record<string, Option.Option<string>>>;
  /** `--payload`, unread. */
  readonly payload: Option.Option<string>;
}

/** The flags of what can be asked for by the time of its creation. */
export const spans: ReadonlyArray<FlagSpec> = [
  {
    name: "since",
    takes: "one",
    metavar: "time",
    description: "Only what was created since: 24h, 7d, or a time in UTC",
  },
  { name: "until", takes: "one", metavar: "time", description: "Only what was created before: 2h, or a time in UTC" },
];

/** Python dbtc's letters. */
const letters: Readonly<Record<string, string>> = {
  account_id: "a",
  project_id: "p",
  job_id: "j",
  job_definition_id: "j",
  run_id: "r",
  environment_id: "e",
  include_related: "i",
  path: "f",
  step: "s",
};

/** Fields that are called otherwise than on the wire, as everywhere else on the command line. */
const renamed: Readonly<Record<string, string>> = { job_definition_id: "job-id" };

/** How a field is called as a flag. */
export function flagName(field: string): string {
  return renamed[field] ?? field.replaceAll(/_+/g, "-");
}

/**
 * The flags of a request's fields. The field that is the whole body has none, it is `--payload`; nor has a secret, which
 * others could read from the process list.
 */
export function flagsOf(call: Callable): ReadonlyArray<FieldFlag> {
  const inPath = "route" in call ? pathNames(call.route) : [];
  const inBody = "route" in call ? bodyFields(call) : [];
  return Object.keys(call.request).flatMap((name): ReadonlyArray<FieldFlag> => {
    const schema = fieldOf(call, name);
    if (schema === undefined || ("payload" in call && call.payload === name)) return [];
    // A body is written as its schema encodes it; a path or a query is typed as what it means.
    const ast = inBody.includes(name) ? schema.ast : SchemaAST.toType(schema.ast);
    const several = Object.hasOwn(call.request, `${name}__in`) && !inPath.includes(name);
    return flagsOfAst(ast, [name], descriptionOf(schema) ?? "", namesOf(schema)).map((flag) => ({
      ...flag,
      ...(letters[name] !== undefined && flag.path.length === 1 ? { short: letters[name] } : {}),
      ...(several ? { takes: "many" as const, plural: `${name}__in` } : {}),
    }));
  });
}

function flagsOfAst(
  ast: SchemaAST.AST,
  path: ReadonlyArray<string>,
  description: string,
  named: FlagSpec["names"],
): ReadonlyArray<FieldFlag> {
  const inner = withoutNull(ast);
  if (inner.annotations?.secret === true) return [];
  if (SchemaAST.isObjects(inner) && inner.propertySignatures.length > 0) {
    return inner.propertySignatures.flatMap(({ name, type }) => {
      const member = Schema.make<Schema.Codec<unknown>>(type);
      const line = descriptionOf(member) ?? `${String(name)}, of: ${description}`;
      return flagsOfAst(type, [...path, String(name)], line, namesOf(member));
    });
  }
  const element = SchemaAST.isArrays(inner) && inner.elements.length === 0 ? inner.rest[0] : undefined;
  const many = element !== undefined && isScalar(element);
  const item = SchemaAST.toEncoded(many ? element : ast);
  const names = named ?? (many ? namesOf(Schema.make<Schema.Codec<unknown>>(element)) : undefined);
  return [{
    name: path.map(flagName).join("."),
    path,
    description,
    item: Schema.make<Schema.Codec<unknown>>(item),
    takes: many ? "many" : SchemaAST.isBoolean(withoutNull(item)) ? "boolean" : "one",
    metavar: metavar(item),
    ...(names === undefined ? {} : { names }),
  }];
}

/** Reads the text of one value: a name, or what its schema says; anything that is no scalar is JSON. */
export function readValue(flag: FieldFlag, text: string): Result.Result<unknown, string> {
  const named = flag.names?.[text.toLowerCase()];
  if (named !== undefined) return Result.succeed(named);
  const scalar = isScalar(flag.item.ast);
  const read = scalar
    ? Schema.decodeUnknownResult(Schema.toCodecStringTree(flag.item))(text)
    : Schema.decodeUnknownResult(Schema.fromJsonString(flag.item))(text);
  if (Result.isSuccess(read)) return Result.succeed(read.success);
  const wanted = flag.names === undefined ? flag.metavar : `${Object.keys(flag.names).join("|")}|${flag.metavar}`;
  return Result.fail(`--${flag.name}: "${text}" is not ${wanted}`);
}

/** Reads the texts of a repeated flag. Python dbtc's spelling, one text that is a JSON list, is understood too. */
export function readValues(flag: FieldFlag, texts: ReadonlyArray<string>): Result.Result<Array<unknown>, string> {
  const items: Array<unknown> = [];
  for (const text of texts.flatMap((text) => split(flag, text))) {
    const item = readValue(flag, text);
    if (Result.isFailure(item)) return Result.fail(item.failure);
    items.push(item.success);
  }
  return Result.succeed(items);
}

function split(flag: FieldFlag, text: string): ReadonlyArray<string> {
  if (text.startsWith("[")) {
    const list = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Array(Schema.Unknown)))(text);
    if (Result.isSuccess(list)) return list.success.map(String);
  }
  // A comma within a text, as in `dbt run -s a,b`, is the user's.
  return flag.metavar === "text" && flag.path[0] !== "include_related" ? [text] : text.split(",");
}

/** The value that a type has beside null. */
function withoutNull(ast: SchemaAST.AST): SchemaAST.AST {
  if (!SchemaAST.isUnion(ast)) return ast;
  const rest = ast.types.filter((type) => !SchemaAST.isNull(type) && !SchemaAST.isUndefined(type));
  return rest.length === 1 && rest[0] !== undefined ? rest[0] : ast;
}

function isScalar(ast: SchemaAST.AST): boolean {
  const encoded = SchemaAST.toEncoded(ast);
  return SchemaAST.isUnion(encoded)
    ? encoded.types.every(isScalar)
    : SchemaAST.isString(encoded) || SchemaAST.isNumber(encoded) || SchemaAST.isBoolean(encoded) ||
      SchemaAST.isLiteral(encoded) || SchemaAST.isNull(encoded);
}

function metavar(ast: SchemaAST.AST): string {
  const inner = withoutNull(ast);
  if (SchemaAST.isNumber(inner)) return "integer";
  if (SchemaAST.isString(inner)) return "text";
  if (SchemaAST.isLiteral(inner)) return String(inner.literal);
  if (SchemaAST.isBoolean(inner)) return "boolean";
  return SchemaAST.isUnion(inner) && isScalar(inner) ? [...new Set(inner.types.map(metavar))].join("|") : "json";
}
