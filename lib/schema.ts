/**
 * What endpoints and models are written with: schemas that the compiler compares with an interface, and annotations
 * such as lines of help, names of values and secrets, with functions that read them.
 *
 * Each request and model is written twice: as an interface for people, and as schemas. A schema that is missing, has no
 * key in the interface, is wrongly optional or allows less than its key does not compile.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import * as SchemaGetter from "effect/SchemaGetter";

// ---- schemas for an interface ---------------------------------------------------------------------------------------

/** The fields of a request: a schema for each key of `T`, which is optional exactly where the key is. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? Schema.optionalKey<Schema.Codec<Exclude<T[K], undefined>, unknown>>
    : Schema.Codec<T[K], unknown>;
};

/** The members of a model: {@linkcode Fields} without transformations, since answers are checked and not converted. */
export type Members<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Schema.optionalKey<Schema.Codec<Exclude<T[K], undefined>>>
    : Schema.Codec<T[K]>;
};

/**
 * Refuses what {@linkcode Fields} and {@linkcode Members} let pass: a schema without a key in the interface, one that
 * allows less than its key, and an optional one for a required key.
 */
export type Exact<T, F> =
  & {
    readonly [K in keyof T]-?: K extends keyof F
      ? [Exclude<T[K], undefined>] extends [TypeOf<F[K]>]
        ? F[K] extends { readonly "~type.optionality": "optional" }
          ? object extends Pick<T, K> ? unknown : { readonly required: T[K] }
        : unknown
      : { readonly allows: T[K] }
      : unknown;
  }
  & { readonly [K in Exclude<keyof F, keyof T>]: never };

/** The type of a field's values. */
export type TypeOf<S> = S extends Schema.optionalKey<infer I extends Schema.Top> ? I["Type"]
  : S extends Schema.Top ? S["Type"]
  : never;

/** Annotations of a model. */
export interface StructOptions<T> {
  /** The columns of a table, in this order: members, or members of members (`environment.name`). */
  readonly columns?: ReadonlyArray<(keyof T & string) | `${keyof T & string}.${string}`>;
}

/**
 * The schema of a model. Unknown members are kept, so that nothing that dbt adds is lost. `T` comes from the type of
 * the constant (`const Job: Schema.Codec<Job> = struct({ … })`); the members are inferred, and compared with it.
 */
export function struct<T, F extends Members<T>>(
  members: F & Exact<NoInfer<T>, NoInfer<F>>,
  options: StructOptions<NoInfer<T>> = {},
): Schema.Codec<T> {
  // `Members<T>` has the same types that `Schema.Struct` would infer from the members one by one.
  const plain = Schema.Struct(members as unknown as Schema.Struct.Fields) as unknown as Schema.Codec<T>;
  const self = options.columns === undefined ? plain : plain.annotate({ ...options });
  modelMembers.set(self, members);
  return self;
}

/** The members of each model. */
const modelMembers = new WeakMap<object, Readonly<Record<string, Schema.Codec<unknown>>>>();

/** A model within another: none of its members is required, as in the samples of dbt's specification. */
export type Nested<T> = { readonly [K in keyof T]?: T[K] | null };

/** The schema of a model within another. It is looked up when it is first used, since models contain each other. */
export function nested<T>(model: () => Schema.Codec<T>): Schema.Codec<Nested<T>> {
  return Schema.suspend(() => {
    const members = Object.entries(modelMembers.get(model()) ?? {}).map(([name, member]) =>
      [name, SchemaAST.isOptional(member.ast) ? member : nullable(member)] as const
    );
    // `struct` gave the model one schema for each key of `T`, and each is optional now.
    return Schema.Struct(Object.fromEntries(members)) as unknown as Schema.Codec<Nested<T>>;
  });
}

/** A member that may be absent. */
export const optional: <T, E>(schema: Schema.Codec<T, E>) => Schema.optionalKey<Schema.Codec<T, E>> =
  Schema.optionalKey;

/**
 * A member that may be absent or null: in answers, every member that is not known to be always there; in requests,
 * every field that null clears. Keeps the line of help and the names.
 */
export function nullable<T, E>(schema: Schema.Codec<T, E>): Schema.optionalKey<Schema.Codec<T | null, E | null>> {
  const cached = nullables.get(schema);
  // It was made from this schema, so it has its type.
  if (cached !== undefined) return cached as Schema.optionalKey<Schema.Codec<T | null, E | null>>;
  const { description, names } = Schema.resolveAnnotations(schema) ?? {};
  const union: Schema.Codec<T | null, E | null> = Schema.NullOr(schema);
  const self = Schema.optionalKey(
    description === undefined && names === undefined ? union : union.annotate({ description, names }),
  );
  nullables.set(schema, self);
  return self;
}

/** A cache: models have hundreds of members like `nullable(Schema.String)`. */
const nullables = new WeakMap<Schema.Constraint, unknown>();

// ---- fields ---------------------------------------------------------------------------------------------------------

/** A field with its line of help. */
export function field<T, E>(schema: Schema.Codec<T, E>, description: string): Schema.Codec<T, E> {
  return schema.annotate({ description });
}

/**
 * A value whose possible values have names, such as a run's status: the command line accepts the names, help lists
 * them, and tables print them. Other values are valid too, since dbt adds new ones.
 */
export function named<T extends number | string, E>(
  schema: Schema.Codec<T, E>,
  names: Readonly<Record<string, T>>,
): Schema.Codec<T, E> {
  return schema.annotate({ names });
}

/** A filter by several values, sent as JSON text (`[1,2]`): the one form that all endpoints of dbt Cloud accept. */
export function jsonList<T>(item: Schema.Codec<T>): Schema.Codec<ReadonlyArray<T>, string> {
  const self: Schema.Codec<ReadonlyArray<T>, string> = Schema.fromJsonString(Schema.Array(item));
  // The command line accepts the names of the items.
  return self.annotate({ names: namesOf(item) });
}

/** A list that is sent as text with commas. */
export function commaList<T extends string>(item: Schema.Codec<T>): Schema.Codec<ReadonlyArray<T>, string> {
  const self: Schema.Codec<ReadonlyArray<T>, string> = Schema.String.pipe(Schema.decodeTo(Schema.Array(item), {
    decode: SchemaGetter.transform((text: string) => text.split(",") as unknown as ReadonlyArray<T>), // the next schema checks the items
    encode: SchemaGetter.transform((items: ReadonlyArray<T>) => items.join(",")),
  }));
  return self.annotate({ names: namesOf(item) });
}

/** A list of names, which contain no comma: on the command line, commas separate them. */
export function nameList<T, E>(item: Schema.Codec<T, E>): Schema.Codec<ReadonlyArray<T>, ReadonlyArray<E>> {
  return Schema.Array(item).annotate({ commas: true });
}

/** An object within a request's body whose members are encoded, such as a {@linkcode secret}. */
export function part<T, F extends Fields<T>>(
  members: F & Exact<NoInfer<T>, NoInfer<F>>,
): Schema.Codec<T, unknown> {
  // `Fields<T>` has the same types that `Schema.Struct` would infer from the members one by one.
  return Schema.Struct(members as unknown as Schema.Struct.Fields) as unknown as Schema.Codec<T, unknown>;
}

/** A secret in a request: `Redacted` in the program, so that nothing prints it, and plain text in the body. */
export const secret: Schema.Codec<Redacted.Redacted<string>, string> = Schema.RedactedFromValue(Schema.String)
  .annotate({ secret: true });

/**
 * A secret in an answer, such as a new token. A file that the command line writes it to is readable only by its owner.
 */
export const issued: Schema.Codec<string> = Schema.String.annotate({ issued: true });

// ---- reading schemas ------------------------------------------------------------------------------------------------

/** The members of an object's schema, with their types; empty for anything else. */
export function membersOf(ast: SchemaAST.AST): ReadonlyMap<string, SchemaAST.AST> {
  if (SchemaAST.isSuspend(ast)) return membersOf(ast.thunk());
  return new Map(SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name, type }) => [String(name), type]) : []);
}

/**
 * A value whose parts are replaced by what `change` returns for each and its schema: the items of a list, the members of
 * an object, and the value itself for each type of a union.
 */
export function mapParts(
  ast: SchemaAST.AST,
  value: unknown,
  change: (ast: SchemaAST.AST, part: unknown) => unknown,
): unknown {
  if (SchemaAST.isSuspend(ast)) return change(ast.thunk(), value);
  if (SchemaAST.isUnion(ast)) return ast.types.reduce((rest, type) => change(type, rest), value);
  if (SchemaAST.isArrays(ast) && Array.isArray(value)) {
    const [item] = ast.rest;
    return item === undefined ? value : value.map((part) => change(item, part));
  }
  if (!SchemaAST.isObjects(ast) || !Predicate.isObject(value)) return value;
  const members = membersOf(ast);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const type = members.get(name) ?? ast.indexSignatures[0]?.type;
      return [name, type === undefined ? part : change(type, part)];
    }),
  );
}

/** Whether a schema is marked as {@linkcode secret}. */
export function isSecret(ast: SchemaAST.AST): boolean {
  return ast.annotations?.secret === true;
}

/** The message of a schema in one line: what it expected, and at which member. */
export function oneLine({ message }: { readonly message: string }): string {
  return message.replaceAll(/\s+/g, " ");
}

// ---- reading annotations --------------------------------------------------------------------------------------------

/** Whether values of a schema may contain an {@linkcode issued} secret. */
export function isIssued(ast: SchemaAST.AST, seen: Set<SchemaAST.AST> = new Set()): boolean {
  // Models contain each other: without this, the walk goes every way through them, which takes a quarter of a second.
  if (seen.has(ast)) return false;
  seen.add(ast);
  const within = (inner: SchemaAST.AST) => isIssued(inner, seen);
  if (ast.annotations?.issued === true) return true;
  if (SchemaAST.isSuspend(ast)) return within(ast.thunk());
  if (SchemaAST.isUnion(ast)) return ast.types.some(within);
  if (SchemaAST.isArrays(ast)) return ast.rest.some(within);
  return SchemaAST.isObjects(ast) && ast.propertySignatures.some(({ type }) => within(type));
}

/**
 * A value in its JSON form with its secrets replaced, for output. `hide` gets each secret and returns what replaces it.
 */
export function masked(
  ast: SchemaAST.AST,
  value: unknown,
  hide: (secret: unknown) => unknown = () => "***",
): unknown {
  if (isSecret(ast)) return value === null ? null : hide(value);
  return mapParts(ast, value, (type, part) => masked(type, part, hide));
}

/** The line of help of a field, from {@linkcode field}. */
export function descriptionOf(schema: Schema.Constraint): string | undefined {
  return Schema.resolveAnnotations(schema)?.description;
}

/** The names of a field's values, from {@linkcode named}. */
export function namesOf(schema: Schema.Constraint): Readonly<Record<string, number | string>> | undefined {
  const names = Schema.resolveAnnotations(schema)?.names;
  // Only `named`, `jsonList` and `commaList` set this annotation.
  return names as Readonly<Record<string, number | string>> | undefined;
}

/** The columns of a table, from {@linkcode struct}. */
export function columnsOf(ast: SchemaAST.AST): ReadonlyArray<string> | undefined {
  if (SchemaAST.isSuspend(ast)) return columnsOf(ast.thunk());
  // Only `struct` sets this annotation.
  return ast.annotations?.columns as ReadonlyArray<string> | undefined;
}
