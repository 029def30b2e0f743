/**
 * Answers of which only some fields are asked for: their types, and the schema that they are checked with.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";

/** The type of a value, or of the items of a list. */
export type ItemOf<T> = NonNullable<T> extends ReadonlyArray<infer Item> ? NonNullable<Item> : NonNullable<T>;

/**
 * The paths of a value's fields: `name`, `executionInfo.lastRunStatus`. Lists stand for their items. Below three levels, a
 * path is any text.
 */
export type FieldPath<T, Level extends ReadonlyArray<unknown> = readonly [0, 0, 0]> = Level extends readonly [
  unknown,
  ...infer Below,
] ? ItemOf<T> extends infer Item ? Item extends object ? {
        [K in keyof Item & string]: K | `${K}.${FieldPath<Item[K], Below>}`;
      }[keyof Item & string]
    : never
  : never
  : string;

/** A value with only the fields at the paths `P`. */
export type Picked<T, P extends string> = T extends null | undefined ? T
  : T extends ReadonlyArray<infer Item> ? ReadonlyArray<Picked<Item, P>>
  : {
    readonly [K in keyof T as K extends P ? K : P extends `${K & string}.${string}` ? K : never]: K extends P ? T[K]
      : Picked<T[K], P extends `${K & string}.${infer Rest}` ? Rest : never>;
  };

const partials = new WeakMap<SchemaAST.AST, Schema.Codec<unknown>>();

/** The same schema with every member optional, at all depths. The members that are there still have to fit. */
export function partial(ast: SchemaAST.AST): Schema.Codec<unknown> {
  let schema = partials.get(ast);
  if (schema === undefined) partials.set(ast, schema = makePartial(ast));
  return schema;
}

function makePartial(ast: SchemaAST.AST): Schema.Codec<unknown> {
  // Models may contain each other, so a member is looked at when it is first used.
  const later = (inner: SchemaAST.AST) => Schema.suspend(() => partial(inner));
  if (SchemaAST.isSuspend(ast)) return later(ast.thunk());
  if (SchemaAST.isUnion(ast)) return Schema.Union(ast.types.map((type) => partial(type)));
  const [item] = SchemaAST.isArrays(ast) ? ast.rest : [];
  if (item !== undefined) return Schema.Array(later(item));
  if (SchemaAST.isObjects(ast) && ast.propertySignatures.length > 0) {
    const members = ast.propertySignatures.map(({ name, type }) => [name, Schema.optionalKey(later(type))] as const);
    return Schema.Struct(Object.fromEntries(members));
  }
  return Schema.make<Schema.Codec<unknown>>(ast);
}
