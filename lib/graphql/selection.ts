/**
 * The selection of a query, made from the schema of its answer: what a schema says is exactly what is asked for.
 *
 * @module
 */
import type * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";

/**
 * A member that GraphQL knows by another name or with arguments: `asked(schema, "ancestors(types: [Model])")`. The
 * member's own name is then the alias.
 */
export function asked<T, E>(schema: Schema.Codec<T, E>, field: string): Schema.Codec<T, E> {
  return schema.annotate({ graphqlField: field });
}

/** A member that is asked for only by name: it is long, or makes the query too complex. */
export function onlyByName<T, E>(schema: Schema.Codec<T, E>): Schema.Codec<T, E> {
  return schema.annotate({ onlyByName: true });
}

/** The members of one GraphQL type: `on` is its name, or empty for members that all types of a union have. */
interface TypeMembers {
  readonly on: string;
  readonly ast: SchemaAST.Objects;
}

/** The object types of a schema with their members. A scalar has none, and a union has one for each `__typename`. */
function objectTypesOf(ast: SchemaAST.AST): ReadonlyArray<TypeMembers> {
  if (SchemaAST.isSuspend(ast)) return objectTypesOf(ast.thunk());
  if (SchemaAST.isUnion(ast)) return ast.types.flatMap(objectTypesOf);
  if (SchemaAST.isArrays(ast)) return ast.rest.flatMap(objectTypesOf);
  // Free JSON is a scalar to GraphQL.
  if (!SchemaAST.isObjects(ast) || ast.propertySignatures.length === 0) return [];
  const tag = ast.propertySignatures.find(({ name }) => name === "__typename")?.type;
  return [{ on: tag !== undefined && SchemaAST.isLiteral(tag) ? String(tag.literal) : "", ast }];
}

/** An annotation of a member, which may be on the type that `nullable` wraps. */
function annotationOf(ast: SchemaAST.AST, name: "graphqlField" | "onlyByName"): unknown {
  const own = ast.annotations?.[name];
  if (own !== undefined || !SchemaAST.isUnion(ast)) return own;
  return ast.types.map((type) => annotationOf(type, name)).find((value) => value !== undefined);
}

/**
 * The selection of a schema, without its braces; empty for a scalar.
 *
 * Without `fields`, it has all members but those that are {@linkcode onlyByName}, and those that lead back to the type
 * itself. With `fields`, it has only these, such as `name` or `executionInfo.lastRunStatus`. A name that the schema does
 * not have is asked for too: dbt Cloud may know it.
 */
export function selectionOf(
  ast: SchemaAST.AST,
  fields?: ReadonlyArray<string>,
  above: ReadonlyArray<SchemaAST.AST> = [],
): string {
  const types = objectTypesOf(ast);
  const wanted = fields === undefined ? undefined : grouped(fields);
  const shared = namesOf(types.filter(({ on }) => on === ""));
  const parts = types.some(({ on }) => on !== "") ? ["__typename"] : [];
  for (const { on, ast: objects } of types) {
    const members = objects.propertySignatures.flatMap(({ name: key, type }) => {
      const name = String(key);
      if (name === "__typename" || (on !== "" && shared.has(name))) return [];
      const below = wanted?.get(name);
      if (wanted === undefined ? annotationOf(type, "onlyByName") === true : below === undefined) return [];
      // A name alone means all that is below it.
      const named = below === undefined || below.includes("") ? undefined : below;
      const field = fieldOf(name, annotationOf(type, "graphqlField"));
      const inner = objectTypesOf(type);
      if (inner.length === 0) return [named === undefined ? field : `${field} { ${nested(named)} }`];
      const leadsBack = inner.some(({ ast }) => ast === objects || above.includes(ast));
      if (leadsBack && named === undefined) return [];
      return [`${field} { ${selectionOf(type, named, [...above, objects])} }`];
    });
    if (members.length > 0) parts.push(on === "" ? members.join(" ") : `... on ${on} { ${members.join(" ")} }`);
  }
  const known = namesOf(types);
  const unknown = [...wanted ?? []].filter(([name]) => !known.has(name));
  if (unknown.length > 0) parts.push(nested(unknown.flatMap(([name, below]) => below.map((rest) => join(name, rest)))));
  return parts.join(" ");
}

/** The names of fields that a schema knows, down to the members of members: what `fields` of a query may be. */
export function selectableFields(ast: SchemaAST.AST, above: ReadonlyArray<SchemaAST.AST> = []): ReadonlyArray<string> {
  return [
    ...new Set(
      objectTypesOf(ast).flatMap(({ ast: objects }) =>
        above.includes(objects) ? [] : objects.propertySignatures.flatMap(({ name, type }) => [
          String(name),
          ...selectableFields(type, [...above, objects]).map((inner) => `${String(name)}.${inner}`),
        ])
      ),
    ),
  ];
}

function namesOf(types: ReadonlyArray<TypeMembers>): ReadonlySet<string> {
  return new Set(types.flatMap(({ ast }) => ast.propertySignatures.map(({ name }) => String(name))));
}

/** How GraphQL asks for a member: its name; `field(arguments)`; or `name: field(arguments)`. */
function fieldOf(name: string, field: unknown): string {
  if (typeof field !== "string") return name;
  return field.split("(")[0] === name ? field : `${name}: ${field}`;
}

/** Paths by their first name, each with the rest of the paths: empty where the name stands alone. */
function grouped(paths: ReadonlyArray<string>): Map<string, Array<string>> {
  const groups = new Map<string, Array<string>>();
  for (const path of paths) {
    const [name = "", ...rest] = path.split(".");
    groups.set(name, [...groups.get(name) ?? [], rest.join(".")]);
  }
  return groups;
}

function join(name: string, rest: string): string {
  return rest === "" ? name : `${name}.${rest}`;
}

/** Paths that no schema knows, as a selection. */
function nested(paths: ReadonlyArray<string>): string {
  return [...grouped(paths)].map(([name, rest]) => {
    const below = rest.filter((path) => path !== "");
    return below.length === 0 ? name : `${name} { ${nested(below)} }`;
  }).join(" ");
}
