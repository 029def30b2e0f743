/**
 * The flags of an endpoint's request, derived from the schemas of its fields: the name of each flag, the type of its
 * value, and the field that it fills. The commands of endpoints use them.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import { bodyFields, fieldOf, pathNames } from "../../request.ts";
import { descriptionOf, namesOf } from "../../schema.ts";
import type { Callable } from "../../groups/table_entry.ts";
import { type CommandFlag, many, nameOr, one, schemaValue, type ValueType, yesOrNo } from "./flag_types.ts";

/** The flag of a field of a request, or of a member within one. */
export interface FieldFlag {
  /** The field, and the members within it. */
  readonly path: ReadonlyArray<string>;
  /** The field that takes several values: `status__in` beside `status`. */
  readonly plural?: string;
  /** How one value is read. */
  readonly type: ValueType<unknown>;
  /** The flag. What takes several values gives a list of them. */
  readonly flag: CommandFlag<unknown>;
}

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

/** Fields whose flags have other names than dbt Cloud's. */
const renamed: Readonly<Record<string, string>> = { job_definition_id: "job-id" };

/** The flag's name of a field. */
export function flagName(field: string): string {
  return renamed[field] ?? field.replaceAll(/_+/g, "-");
}

/**
 * The flags of a request's fields. The field that is the whole body has none, it is `--payload`; nor has a secret, which
 * others could read from the process list. Help marks the fields in `needed` as required.
 */
export function fieldFlags(call: Callable, needed: ReadonlyArray<string> = []): ReadonlyArray<FieldFlag> {
  const inPath = "route" in call ? pathNames(call.route) : [];
  const inBody = "route" in call ? bodyFields(call) : [];
  return Object.keys(call.request).flatMap((name): ReadonlyArray<FieldFlag> => {
    const schema = fieldOf(call, name);
    if (schema === undefined || ("payload" in call && call.payload === name)) return [];
    return flagsOfAst(
      // A body is written as its schema encodes it; a path or a query is typed as what it means.
      inBody.includes(name) ? schema.ast : SchemaAST.toType(schema.ast),
      [name],
      descriptionOf(schema) ?? "",
      namesOf(schema),
      {
        short: letters[name],
        plural: Object.hasOwn(call.request, `${name}__in`) && !inPath.includes(name) ? `${name}__in` : undefined,
        needed: needed.includes(name),
      },
    );
  });
}

/** What holds for a field itself, not for the members within it. */
interface FieldOptions {
  readonly short?: string | undefined;
  readonly plural?: string | undefined;
  readonly needed?: boolean;
}

function flagsOfAst(
  ast: SchemaAST.AST,
  path: ReadonlyArray<string>,
  description: string,
  named: Readonly<Record<string, unknown>> | undefined,
  { needed = false, plural, short }: FieldOptions,
): ReadonlyArray<FieldFlag> {
  const inner = withoutNull(ast);
  if (inner.annotations?.secret === true) return [];
  if (SchemaAST.isObjects(inner) && inner.propertySignatures.length > 0) {
    return inner.propertySignatures.flatMap(({ name, type }) => {
      const member = Schema.make<Schema.Codec<unknown>>(type);
      const line = descriptionOf(member) ?? `${String(name)}, of: ${description}`;
      return flagsOfAst(type, [...path, String(name)], line, namesOf(member), { plural });
    });
  }
  const element = SchemaAST.isArrays(inner) && inner.elements.length === 0 ? inner.rest[0] : undefined;
  const isList = element !== undefined && isScalar(element);
  const item = SchemaAST.toEncoded(isList ? element : ast);
  const names = named ?? (isList ? namesOf(Schema.make<Schema.Codec<unknown>>(element)) : undefined);
  const written = schemaValue(Schema.make<Schema.Codec<unknown>>(item), metavar(item), isScalar(item));
  const type = names === undefined ? written : nameOr(names, written);
  const help = needed ? `${description} (required)` : description;
  const name = path.map(flagName).join(".");
  const flag = isList || plural !== undefined
    ? many(name, type, help, { short, split: (text) => split(written.metavar, path, text) })
    : SchemaAST.isBoolean(withoutNull(item))
    ? yesOrNo(name, help, short)
    : one(name, type, help, short);
  return [{ path, type, flag, ...(plural === undefined ? {} : { plural }) }];
}

/** The values in one text. Python dbtc's spelling, one text that is a JSON list, is understood too. */
function split(metavar: string, path: ReadonlyArray<string>, text: string): ReadonlyArray<string> {
  if (text.startsWith("[")) {
    const list = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Array(Schema.Unknown)))(text);
    if (Result.isSuccess(list)) return list.success.map(String);
  }
  // A comma within a text, as in `dbt run -s a,b`, is the user's.
  return metavar === "text" && path[0] !== "include_related" ? [text] : text.split(",");
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

/** The fields that may be given as arguments: the last id of the path, and the tail behind it; or what is required. */
export function positional(call: Callable): ReadonlyArray<string> {
  if (!("route" in call)) return required(call);
  // The account contains nearly everything; it is the thing itself only at the end.
  const names = pathNames(call.route).filter((name) => name !== "account_id" || /:account_id\/?$/.test(call.route));
  return call.route.endsWith("*") ? names.slice(-2) : names.slice(-1);
}

/** The fields that may not be missing. */
export function required(call: Callable): ReadonlyArray<string> {
  return Object.keys(call.request).filter((name) =>
    !SchemaAST.isOptional(fieldOf(call, name)?.ast ?? SchemaAST.unknown)
  );
}
