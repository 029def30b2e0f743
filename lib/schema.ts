/**
 * Schemas held to the interfaces they read and write, and the vocabulary that requests share.
 *
 * A shape is said twice, once for the reader and once for the machine, and the compiler holds the two together:
 * a key that is missing, to spare, wrongly optional or too narrow does not compile.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import * as SchemaGetter from "effect/SchemaGetter";

// ---- interface and schema -------------------------------------------------------------------------------------------

/** The fields of a request: a schema for each key of `T`, `optional` exactly where the key is. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? Schema.optionalKey<Schema.Codec<Exclude<T[K], undefined>, unknown>>
    : Schema.Codec<T[K], unknown>;
};

/** The members of a model: as {@linkcode Fields}, but with no transformation, so that what was checked is what came. */
export type Members<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Schema.optionalKey<Schema.Codec<Exclude<T[K], undefined>>>
    : Schema.Codec<T[K]>;
};

/**
 * Holds the other way too: refuses a schema to spare, one that allows less than its key says, and one that lets a key
 * be absent that may not be.
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

/** What a field reads. */
export type TypeOf<S> = S extends Schema.optionalKey<infer I extends Schema.Top> ? I["Type"]
  : S extends Schema.Top ? S["Type"]
  : never;

/** What a model says beside its members. */
export interface StructOptions<T> {
  /** The members that a table shows, in this order; with a dot, a member's member. */
  readonly columns?: ReadonlyArray<(keyof T & string) | `${keyof T & string}.${string}`>;
}

/**
 * The schema of a model. Keys that it does not name are let through: what dbt adds tomorrow is not lost. `T` comes from
 * the constant's type (`const Job: Schema.Codec<Job> = struct({ … })`), so that the members are inferred, and compared.
 */
export function struct<T, F extends Members<T>>(
  members: F & Exact<NoInfer<T>, NoInfer<F>>,
  options: StructOptions<NoInfer<T>> = {},
): Schema.Codec<T> {
  // `Members<T>` says just what `Struct` would infer from the members one by one.
  const plain = Schema.Struct(members as unknown as Schema.Struct.Fields) as unknown as Schema.Codec<T>;
  const self = options.columns === undefined ? plain : plain.annotate({ ...options });
  modelMembers.set(self, members);
  return self;
}

/** The members of each model. */
const modelMembers = new WeakMap<object, Readonly<Record<string, Schema.Codec<unknown>>>>();

/** A model within another: none of its members has to be there, as in the samples of dbt's specification. */
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

/** A key that may be absent. */
export const optional: <T, E>(schema: Schema.Codec<T, E>) => Schema.optionalKey<Schema.Codec<T, E>> =
  Schema.optionalKey;

/**
 * A key that may be absent or null: every member of an answer that is not known to be always there, and every field of
 * a request that null clears. Keeps the line of help and the names.
 */
export function nullable<T, E>(schema: Schema.Codec<T, E>): Schema.optionalKey<Schema.Codec<T | null, E | null>> {
  const made = nullables.get(schema);
  // What was made of this very schema has its type.
  if (made !== undefined) return made as Schema.optionalKey<Schema.Codec<T | null, E | null>>;
  const { description, names } = Schema.resolveAnnotations(schema) ?? {};
  const union: Schema.Codec<T | null, E | null> = Schema.NullOr(schema);
  const self = Schema.optionalKey(
    description === undefined && names === undefined ? union : union.annotate({ description, names }),
  );
  nullables.set(schema, self);
  return self;
}

// Models have hundreds of members like `nullable(Schema.String)`: each is made once.
const nullables = new WeakMap<Schema.Constraint, unknown>();

// ---- request fields -------------------------------------------------------------------------------------------------

/** A request field with its line of help. */
export function field<T, E>(schema: Schema.Codec<T, E>, description: string): Schema.Codec<T, E> {
  return schema.annotate({ description });
}

/**
 * A value with names, as a run's status: the command line takes the names, help lists them, tables print them.
 * A value without a name stays as it is, since dbt adds new ones.
 */
export function named<T extends number | string, E>(
  schema: Schema.Codec<T, E>,
  names: Readonly<Record<string, T>>,
): Schema.Codec<T, E> {
  return schema.annotate({ names });
}

/** A filter by several values, sent as JSON text (`[1,2]`): the only form that every dbt Cloud endpoint takes. */
export function jsonList<T>(item: Schema.Codec<T>): Schema.Codec<ReadonlyArray<T>, string> {
  const self: Schema.Codec<ReadonlyArray<T>, string> = Schema.fromJsonString(Schema.Array(item));
  // The names of an item are the names that a list of them takes.
  return self.annotate({ names: namesOf(item) });
}

/** A list that is sent joined by commas. */
export function commaList<T extends string>(item: Schema.Codec<T>): Schema.Codec<ReadonlyArray<T>, string> {
  const self: Schema.Codec<ReadonlyArray<T>, string> = Schema.String.pipe(Schema.decodeTo(Schema.Array(item), {
    decode: SchemaGetter.transform((text: string) => text.split(",") as unknown as ReadonlyArray<T>), // checked next
    encode: SchemaGetter.transform((items: ReadonlyArray<T>) => items.join(",")),
  }));
  return self.annotate({ names: namesOf(item) });
}

/** Text that mostly is one of these; others pass, since dbt adds new ones. */
export type Open<Name extends string> = Name | (string & Record<never, never>);

/** Which related things an answer is to include. */
export type Related<Name extends string = never> = ReadonlyArray<Open<Name>>;

/** Reads and writes {@linkcode Related}; help lists the names. */
export function related<Name extends string = never>(
  ...names: ReadonlyArray<Name>
): Schema.Codec<Related<Name>, string> {
  const item: Schema.Codec<Open<Name>> = named(Schema.String, Object.fromEntries(names.map((name) => [name, name])));
  return field(commaList(item), "Related things to include in the answer");
}

/** A part of a request's body that holds what is written otherwise than it is held, as a {@linkcode secret}. */
export function part<T, F extends Fields<T>>(
  members: F & Exact<NoInfer<T>, NoInfer<F>>,
): Schema.Codec<T, unknown> {
  // `Fields<T>` says just what `Struct` would infer from the members one by one.
  return Schema.Struct(members as unknown as Schema.Struct.Fields) as unknown as Schema.Codec<T, unknown>;
}

/** A secret that goes in: held as `Redacted`, so that nothing prints it, and written as the text that it is. */
export const secret: Schema.Codec<Redacted.Redacted<string>, string> = Schema.RedactedFromValue(Schema.String)
  .annotate({ secret: true });

/** A secret that an answer tells, and tells once: a file that holds it is for its owner alone. */
export const issued: Schema.Codec<string> = Schema.String.annotate({ issued: true });

/** Whether a thing may hold an {@linkcode issued} secret. */
export function isIssued(ast: SchemaAST.AST, above: ReadonlyArray<SchemaAST.AST> = []): boolean {
  if (above.includes(ast)) return false;
  const within = (inner: SchemaAST.AST) => isIssued(inner, [...above, ast]);
  if (ast.annotations?.issued === true) return true;
  if (SchemaAST.isSuspend(ast)) return within(ast.thunk());
  if (SchemaAST.isUnion(ast)) return ast.types.some(within);
  if (SchemaAST.isArrays(ast)) return ast.rest.some(within);
  return SchemaAST.isObjects(ast) && ast.propertySignatures.some(({ type }) => within(type));
}

/** A value in its wire form, for people to see: with something else for the secrets that its schema names. */
export function masked(
  ast: SchemaAST.AST,
  value: unknown,
  hide: (secret: unknown) => unknown = () => "***",
): unknown {
  // Only `secret` writes this annotation.
  if (ast.annotations?.secret === true) return value === null ? null : hide(value);
  if (SchemaAST.isSuspend(ast)) return masked(ast.thunk(), value, hide);
  if (SchemaAST.isUnion(ast)) return ast.types.reduce((rest, type) => masked(type, rest, hide), value);
  if (SchemaAST.isArrays(ast) && Array.isArray(value)) {
    const item = ast.rest[0];
    return item === undefined ? value : value.map((inner) => masked(item, inner, hide));
  }
  if (!SchemaAST.isObjects(ast) || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const member = members.get(name) ?? ast.indexSignatures[0]?.type;
      return [name, member === undefined ? inner : masked(member, inner, hide)];
    }),
  );
}

/** The line of help of a field, as {@linkcode field} was given it. */
export function descriptionOf(schema: Schema.Constraint): string | undefined {
  return Schema.resolveAnnotations(schema)?.description;
}

/** The names of a value, as {@linkcode named} was given them. */
export function namesOf(schema: Schema.Constraint): Readonly<Record<string, number | string>> | undefined {
  const names = Schema.resolveAnnotations(schema)?.names;
  // Only `named` and `jsonList` write this annotation.
  return names as Readonly<Record<string, number | string>> | undefined;
}

/** The members that a table of these things shows, as {@linkcode struct} was given them. */
export function columnsOf(ast: SchemaAST.AST): ReadonlyArray<string> | undefined {
  if (SchemaAST.isSuspend(ast)) return columnsOf(ast.thunk());
  // Only `struct` writes this annotation.
  return ast.annotations?.columns as ReadonlyArray<string> | undefined;
}

// ---- the shared vocabulary ------------------------------------------------------------------------------------------

/** The account. */
export const account_id: Schema.Codec<number> = field(Schema.Int, "The account; the session's when absent");
/** The project. */
export const project_id: Schema.Codec<number> = field(Schema.Int, "The project");
/** The environment. */
export const environment_id: Schema.Codec<number> = field(Schema.Int, "The environment");
/** The job. */
export const job_id: Schema.Codec<number> = field(Schema.Int, "The job");
/** The run. */
export const run_id: Schema.Codec<number> = field(Schema.Int, "The run");
/** The step of a run. */
export const step_id: Schema.Codec<number> = field(Schema.Int, "The step");

/** Whether a thing is there: dbt deletes softly. */
export const State = { active: 1, deleted: 2 } as const;

/** A filter by {@linkcode State}. */
export type StateFilter = number | "active" | "deleted" | "all";

/** Reads and writes a {@linkcode StateFilter}. */
export const state: Schema.Codec<StateFilter> = field(
  Schema.Union([Schema.Int, Schema.Literals(["active", "deleted", "all"])]),
  "Active things, deleted ones, or all of them",
);

/** What every request within an account has. */
export interface InAccount {
  /** The account; the session's when absent. */
  readonly account_id?: number;
}

/** The fields of {@linkcode InAccount}. */
export const inAccount: Fields<InAccount> = { account_id: optional(account_id) };

/** What every request within a project has. */
export interface InProject extends InAccount {
  /** The project; the session's when absent. */
  readonly project_id?: number;
}

/** The fields of {@linkcode InProject}. */
export const inProject: Fields<InProject> = {
  ...inAccount,
  project_id: optional(field(Schema.Int, "The project; the session's when absent")),
};

/** Which rows of a list. */
export interface Paging {
  /** At most this many rows; dbt Cloud allows 100. */
  readonly limit?: number;
  /** After this many rows. */
  readonly offset?: number;
}

/** The fields of {@linkcode Paging}. */
export const paging: Fields<Paging> = {
  limit: optional(field(Schema.Int, "At most this many rows")),
  offset: optional(field(Schema.Int, "After this many rows")),
};

/** A list that can be ordered. */
export interface Ordered extends Paging {
  /** The field to order by, with `-` in front for descending. */
  readonly order_by?: string;
}

/** The fields of {@linkcode Ordered}. */
export const ordered: Fields<Ordered> = {
  ...paging,
  order_by: optional(field(Schema.String, "The field to order by; - in front for descending")),
};

/** What one run does differently from its job. */
export interface Overrides {
  /** The commit to check out. */
  readonly git_sha?: string | null;
  /** The branch to check out. */
  readonly git_branch?: string | null;
  /** The schema to build into, instead of the credentials' one. dbt Cloud does not drop it afterwards. */
  readonly schema_override?: string | null;
  /** The dbt version to run. */
  readonly dbt_version_override?: string | null;
  /** How many threads dbt uses. */
  readonly threads_override?: number | null;
  /** The name of the target. */
  readonly target_name_override?: string | null;
  /** Whether to run `dbt docs generate` at the end. */
  readonly generate_docs_override?: boolean | null;
  /** Seconds until dbt Cloud cancels the run; 0 for never. */
  readonly timeout_seconds_override?: number | null;
  /** The dbt commands to run, instead of the job's. */
  readonly steps_override?: ReadonlyArray<string> | null;
  /** The pull request in Azure DevOps that the run belongs to. */
  readonly azure_pull_request_id?: number | null;
  /** The pull request on GitHub that the run belongs to. */
  readonly github_pull_request_id?: number | null;
  /** The merge request on GitLab that the run belongs to. */
  readonly gitlab_merge_request_id?: number | null;
  /** The pull request that the run belongs to, where dbt Cloud does not know the git provider. */
  readonly non_native_pull_request_id?: number | null;
}

/** The fields of {@linkcode Overrides}. */
export const overrides: Members<Overrides> = {
  git_sha: nullable(field(Schema.String, "The commit to check out")),
  git_branch: nullable(field(Schema.String, "The branch to check out")),
  schema_override: nullable(field(Schema.String, "The schema to build into")),
  dbt_version_override: nullable(field(Schema.String, "The dbt version to run")),
  threads_override: nullable(field(Schema.Int, "How many threads dbt uses")),
  target_name_override: nullable(field(Schema.String, "The name of the target")),
  generate_docs_override: nullable(field(Schema.Boolean, "Whether to run dbt docs generate at the end")),
  timeout_seconds_override: nullable(field(Schema.Int, "Seconds until dbt Cloud cancels the run; 0 for never")),
  steps_override: nullable(field(Schema.Array(Schema.String), "The dbt commands to run, instead of the job's")),
  azure_pull_request_id: nullable(field(Schema.Int, "The pull request in Azure DevOps that the run is for")),
  github_pull_request_id: nullable(field(Schema.Int, "The pull request on GitHub that the run is for")),
  gitlab_merge_request_id: nullable(field(Schema.Int, "The merge request on GitLab that the run is for")),
  non_native_pull_request_id: nullable(field(Schema.Int, "The pull request elsewhere that the run is for")),
};
