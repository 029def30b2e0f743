/**
 * The flags of an endpoint's request, derived from the schemas of its fields: each flag's name, the type of its value,
 * and the field that it fills. `request_input.ts` makes requests of them.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import { defined } from "../../defined.ts";
import { bodyFields, fieldOf, pathNames } from "../../request.ts";
import { type FoundKind, kindOfField } from "../../groups/id_fields.ts";
import { type AnyCall, kebab } from "../../groups/table_entry.ts";
import { descriptionOf, isSecret, namesOf } from "../../schema.ts";
import {
  type CommandFlag,
  hidden,
  many,
  nameOr,
  one,
  schemaValue,
  text,
  type ValueType,
  withAliases,
  yesOrNo,
} from "./flag_types.ts";
import { reference } from "./id_references.ts";

/** The flag of a request's field, or of a member within one. */
export interface FieldFlag {
  /** The field, and the members that lead to the flag's own. */
  readonly path: ReadonlyArray<string>;
  /** The field for several values, such as `status__in` for `status`. */
  readonly plural?: string;
  /** The type of one value. */
  readonly type: ValueType<unknown>;
  /** The flag. Its value is a list if it takes several values. */
  readonly flag: CommandFlag<unknown>;
  /** If the field is the id of a thing that can be found: how. */
  readonly finds?: {
    /** The kind of the thing. */
    readonly kind: FoundKind;
    /** The flag that takes only a name: `--job-name`. */
    readonly nameFlag?: CommandFlag<string | undefined>;
  };
}

/** What differs between the commands that make flags of a request. */
export interface FieldFlagOptions {
  /** The fields that help marks as required. */
  readonly needed?: ReadonlyArray<string>;
  /** The fields that are arguments too. Help describes the argument, and the flag as its other form. */
  readonly args?: ReadonlyArray<string>;
  /** Words a flag's line of help. */
  readonly describe?: (line: string) => string;
}

/** One-letter names, as Python dbtc has them. */
export const letters: Readonly<Record<string, string>> = {
  account_id: "a",
  project_id: "p",
  job_id: "j",
  job_definition_id: "j",
  run_id: "r",
  environment_id: "e",
  include_related: "i",
  limit_projects_envs_to_yml: "l",
  path: "f",
  step: "s",
};

/**
 * The name of a field's flag. A flag that takes a name instead of an id is named after the thing: `--job`. GraphQL's
 * `groupBy` is `--group-by`; the names of SCIM, which are those of its standard, are kept.
 */
export function flagName(field: string, call?: AnyCall): string {
  const name = kindOfField(field) === undefined ? field : field.replace(/(?:_definition)?_id(s?)$/, "$1");
  const spelled = name.replaceAll(/_+/g, "-");
  return call === undefined || "route" in call ? spelled : kebab(spelled);
}

/** The other name of a flag that takes an id: `--job-id`. */
function idFlagName(field: string): string {
  return field === "job_definition_id" ? "job-id" : field.replaceAll(/_+/g, "-");
}

/**
 * The flags of a request's fields. Two kinds of fields have none: the one that is the whole body, which `--payload` fills,
 * and secrets, because other users could read them in the list of processes.
 */
export function fieldFlags(
  call: AnyCall,
  options: FieldFlagOptions = {},
): ReadonlyArray<FieldFlag> {
  const inPath = "route" in call ? pathNames(call.route) : [];
  const inBody = "route" in call ? bodyFields(call) : [];
  /** Whether the flag of a field may be repeated, because another field takes several values. */
  const isRepeatable = (name: string) =>
    Object.hasOwn(call.request, name) && Object.hasOwn(call.request, `${name}__in`) && !inPath.includes(name);
  return Object.keys(call.request).flatMap((name): ReadonlyArray<FieldFlag> => {
    const schema = fieldOf(call, name);
    if (schema === undefined || ("payload" in call && call.payload === name)) return [];
    const flags = flagsOfAst(
      call,
      // Values of a body are typed in their JSON form, values of a path or query as their meaning. A value that may be
      // secret is a text in both, but a program holds it as `Redacted`.
      inBody.includes(name) || mayBeSecret(schema.ast) ? schema.ast : SchemaAST.toType(schema.ast),
      [name],
      options.args?.includes(name) ? "Instead of the argument" : fieldLine(call, name, options),
      namesOf(schema),
      letters[name],
      isRepeatable(name) ? `${name}__in` : undefined,
    );
    // `--status` fills `status__in` too, and `--since` fills `created_at__range`: help has one flag of each.
    const isSaidTwice = name === "created_at__range" || (name.endsWith("__in") && isRepeatable(name.slice(0, -4)));
    return isSaidTwice ? flags.map((field) => ({ ...field, flag: hidden(field.flag) })) : flags;
  });
}

/** The line of help of a field. */
export function fieldLine(
  call: AnyCall,
  name: string,
  { describe = (line) => line, needed = [] }: FieldFlagOptions,
): string {
  const schema = fieldOf(call, name);
  const line = schema === undefined ? "" : descriptionOf(schema) ?? "";
  return describe(spokenLine(line, name)) + (needed.includes(name) ? " (required)" : "");
}

/** A field's description without "id", if a name will do: `Connection id` is `Connection`, `Id of the job that` is `Job that`. */
function spokenLine(line: string, name: string): string {
  if (kindOfField(name) === undefined) return line;
  return line.replace(/^([A-Z][a-z A-Z]*?) id\b/, "$1")
    .replace(/^Ids? of (?:the |an? )?(.)/, (_, letter: string) => letter.toUpperCase());
}

/** Whether a value may be a secret, or plain text. */
function mayBeSecret(ast: SchemaAST.AST): boolean {
  return SchemaAST.isUnion(ast) && ast.types.some(isSecret);
}

/** The flag of a value; the flags of an object's members. `names` are names for values that are not in `ast` itself. */
function flagsOfAst(
  call: AnyCall,
  ast: SchemaAST.AST,
  path: ReadonlyArray<string>,
  description: string,
  names: Readonly<Record<string, unknown>> | undefined,
  short: string | undefined,
  plural: string | undefined,
): ReadonlyArray<FieldFlag> {
  const inner = withoutNull(ast);
  if (isSecret(inner)) return [];
  if (SchemaAST.isObjects(inner) && inner.propertySignatures.length > 0) {
    return inner.propertySignatures.flatMap(({ name, type }) => {
      const member = schemaOf(type);
      const line = spokenLine(descriptionOf(member) ?? `${String(name)}, of: ${description}`, String(name));
      return flagsOfAst(call, type, [...path, String(name)], line, namesOf(member), undefined, plural);
    });
  }
  const element = SchemaAST.isArrays(inner) && inner.elements.length === 0 ? shortForm(inner.rest[0]) : undefined;
  const isList = element !== undefined && isScalar(element);
  const item = SchemaAST.toEncoded(isList ? element : ast);
  const read = schemaValue(schemaOf(item), metavar(item), isScalar(item));
  const known = names ?? (isList ? namesOf(schemaOf(element)) : undefined);
  const name = path.map((field) => flagName(field, call)).join(".");
  const separatesByComma = inner.annotations?.commas === true || path[0] === "include_related";
  const flagOf = <A>(name: string, type: ValueType<A>, short?: string): CommandFlag<unknown> =>
    isList || plural !== undefined
      ? many(name, type, description, { short, split: (text) => split(type.metavar, separatesByComma, text) })
      : SchemaAST.isBoolean(withoutNull(item))
      ? yesOrNo(name, description, short)
      : one(name, type, description, short);
  const rest = defined({ plural });
  const kind = kindOfField(path.at(-1) ?? "");
  if (kind !== undefined) {
    const type = reference(kind, read);
    const names = kind === "run" || isList || path.length > 1
      ? {}
      : { nameFlag: hidden(one(`${name}-name`, text(), description)) };
    const flag = withAliases(flagOf(name, type, short), path.map(idFlagName).join("."));
    return [{ path, type, flag, finds: { kind, ...names }, ...rest }];
  }
  const type = known === undefined || Object.keys(known).length === 0 ? read : nameOr(known, read);
  return [{ path, type, flag: flagOf(name, type, short), ...rest }];
}

/** The form of an item that is a text, if it has one: a metric's name, in place of an object with an alias. */
function shortForm(item: SchemaAST.AST | undefined): SchemaAST.AST | undefined {
  return item !== undefined && SchemaAST.isUnion(item) && !isScalar(item)
    ? item.types.find(SchemaAST.isString) ?? item
    : item;
}

/** A schema of an AST. Every schema reads some value, so each is a `Codec<unknown>`. */
function schemaOf(ast: SchemaAST.AST): Schema.Codec<unknown> {
  return Schema.make<Schema.Codec<unknown>>(ast);
}

/** The values in one text: separated by commas, or as a JSON list, which is Python dbtc's spelling. */
function split(metavar: string, isNames: boolean, text: string): ReadonlyArray<string> {
  if (text.startsWith("[")) {
    const list = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Array(Schema.Unknown)))(text);
    if (Result.isSuccess(list)) return list.success.map(String);
  }
  // A name may contain commas, and so may a free text, such as `dbt run -s a,b`.
  if (metavar.includes("url") && !/^[\d,\s]+$/.test(text)) return [text];
  return metavar === "text" && !isNames ? [text] : text.split(",").map((name) => name.trim());
}

/** The type beside null, if a type is a union of null and one other. */
function withoutNull(ast: SchemaAST.AST): SchemaAST.AST {
  if (!SchemaAST.isUnion(ast)) return ast;
  const others = ast.types.filter((type) => !SchemaAST.isNull(type) && !SchemaAST.isUndefined(type));
  return others.length === 1 && others[0] !== undefined ? others[0] : ast;
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

/** The fields that arguments may fill: the last id of the path and the tail after it, or a workflow's required fields. */
export function argumentFields(call: AnyCall): ReadonlyArray<string> {
  if (!("route" in call)) return requiredFields(call);
  // Nearly every path has the account. Its id is an argument only if the path ends with it.
  const names = pathNames(call.route).filter((name) => name !== "account_id" || /:account_id\/?$/.test(call.route));
  return call.route.endsWith("*") ? names.slice(-2) : names.slice(-1);
}

/** The fields that a request must have. */
export function requiredFields(call: AnyCall): ReadonlyArray<string> {
  return Object.keys(call.request).filter((name) =>
    !SchemaAST.isOptional(fieldOf(call, name)?.ast ?? SchemaAST.unknown)
  );
}
