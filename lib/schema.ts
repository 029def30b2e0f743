/**
 * Functions that make schemas for interfaces, and the fields that many requests share.
 *
 * Each type is written twice: as an interface, which is documentation, and as a schema, which validates. The compiler
 * compares the two: a key that is missing, extra, wrongly optional or too narrow does not compile.
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

/** The members of a model: like {@linkcode Fields}, without transformations: validation does not change a response. */
export type Members<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Schema.optionalKey<Schema.Codec<Exclude<T[K], undefined>>>
    : Schema.Codec<T[K]>;
};

/**
 * The opposite check: rejects an extra schema, a schema that allows less than its key, and an optional schema of a
 * required key.
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

/** The type that a field's schema reads. */
export type TypeOf<S> = S extends Schema.optionalKey<infer I extends Schema.Top> ? I["Type"]
  : S extends Schema.Top ? S["Type"]
  : never;

/** The options of a model. */
export interface StructOptions<T> {
  /** The columns of a table, in order. A dot separates a member from its own member. */
  readonly columns?: ReadonlyArray<(keyof T & string) | `${keyof T & string}.${string}`>;
}

/**
 * The schema of a model. It keeps unknown keys, so that fields that dbt adds later are not lost. `T` comes from the
 * constant's type (`const Job: Schema.Codec<Job> = struct({ … })`), so that the members are inferred and compared.
 */
export function struct<T, F extends Members<T>>(
  members: F & Exact<NoInfer<T>, NoInfer<F>>,
  options: StructOptions<NoInfer<T>> = {},
): Schema.Codec<T> {
  // `Members<T>` is what `Struct` would infer from the members one by one.
  const self = Schema.Struct(members as unknown as Schema.Struct.Fields) as unknown as Schema.Codec<T>;
  return options.columns === undefined ? self : self.annotate({ ...options });
}

/** A key that may be absent. */
export const optional: <T, E>(schema: Schema.Codec<T, E>) => Schema.optionalKey<Schema.Codec<T, E>> =
  Schema.optionalKey;

/**
 * A key that may be absent or null. It is used for every member of a response that may be missing, and for every field
 * of a request that null clears. Keeps the line of help and the names.
 */
export function nullable<T, E>(schema: Schema.Codec<T, E>): Schema.optionalKey<Schema.Codec<T | null, E | null>> {
  const made = nullables.get(schema);
  // The cached value was made from this schema, so it has its type.
  if (made !== undefined) return made as Schema.optionalKey<Schema.Codec<T | null, E | null>>;
  const { description, names } = Schema.resolveAnnotations(schema) ?? {};
  const union: Schema.Codec<T | null, E | null> = Schema.NullOr(schema);
  const self = Schema.optionalKey(
    description === undefined && names === undefined ? union : union.annotate({ description, names }),
  );
  nullables.set(schema, self);
  return self;
}

// Models have hundreds of members such as `nullable(Schema.String)`. Each is made only once.
const nullables = new WeakMap<Schema.Constraint, unknown>();

// ---- request fields -------------------------------------------------------------------------------------------------

/** A request field with its line of help. */
export function field<T, E>(schema: Schema.Codec<T, E>, description: string): Schema.Codec<T, E> {
  return schema.annotate({ description });
}

/**
 * A value with names, such as a run's status. The command line accepts the names, help lists them, and tables print
 * them. A value without a name is kept, since dbt adds new ones.
 */
export function named<T extends number | string, E>(
  schema: Schema.Codec<T, E>,
  names: Readonly<Record<string, T>>,
): Schema.Codec<T, E> {
  return schema.annotate({ names });
}

/** A filter by several values, sent as JSON text (`[1,2]`): the only form that every endpoint of dbt Cloud accepts. */
export function jsonList<T>(item: Schema.Codec<T>): Schema.Codec<ReadonlyArray<T>, string> {
  const self: Schema.Codec<ReadonlyArray<T>, string> = Schema.fromJsonString(Schema.Array(item));
  // A list accepts the names of its items.
  return self.annotate({ names: namesOf(item) });
}

/** A list that is sent as text, separated by commas. */
export function commaList<T extends string>(item: Schema.Codec<T>): Schema.Codec<ReadonlyArray<T>, string> {
  const self: Schema.Codec<ReadonlyArray<T>, string> = Schema.String.pipe(Schema.decodeTo(Schema.Array(item), {
    decode: SchemaGetter.transform((text: string) => text.split(",") as unknown as ReadonlyArray<T>), // checked next
    encode: SchemaGetter.transform((items: ReadonlyArray<T>) => items.join(",")),
  }));
  return self.annotate({ names: namesOf(item) });
}

/** Text that is usually one of these names. Other text is allowed, since dbt adds new names. */
export type Open<Name extends string> = Name | (string & Record<never, never>);

/** The names of the related objects to include in a response. */
export type Related<Name extends string = never> = ReadonlyArray<Open<Name>>;

/** Reads and writes {@linkcode Related}; help lists the names. */
export function related<Name extends string = never>(
  ...names: ReadonlyArray<Name>
): Schema.Codec<Related<Name>, string> {
  const item: Schema.Codec<Open<Name>> = named(Schema.String, Object.fromEntries(names.map((name) => [name, name])));
  return field(commaList(item), "Related objects to include in the response");
}

/** An object in a request's body with members that are encoded, such as a {@linkcode secret}. */
export function part<T, F extends Fields<T>>(
  members: F & Exact<NoInfer<T>, NoInfer<F>>,
): Schema.Codec<T, unknown> {
  // `Fields<T>` is what `Struct` would infer from the members one by one.
  return Schema.Struct(members as unknown as Schema.Struct.Fields) as unknown as Schema.Codec<T, unknown>;
}

/** A secret in a request: a `Redacted`, so that nothing prints it, which is sent as text. */
export const secret: Schema.Codec<Redacted.Redacted<string>, string> = Schema.RedactedFromValue(Schema.String)
  .annotate({ secret: true });

/** A secret in a response, returned only once. Files that contain it are readable only by their owner. */
export const issued: Schema.Codec<string> = Schema.String.annotate({ issued: true });

/** Whether a value may contain an {@linkcode issued} secret. */
export function isIssued(ast: SchemaAST.AST, above: ReadonlyArray<SchemaAST.AST> = []): boolean {
  if (above.includes(ast)) return false;
  const within = (inner: SchemaAST.AST) => isIssued(inner, [...above, ast]);
  if (ast.annotations?.issued === true) return true;
  if (SchemaAST.isSuspend(ast)) return within(ast.thunk());
  if (SchemaAST.isUnion(ast)) return ast.types.some(within);
  if (SchemaAST.isArrays(ast)) return ast.rest.some(within);
  return SchemaAST.isObjects(ast) && ast.propertySignatures.some(({ type }) => within(type));
}

/** A value in its wire form, with its secrets replaced, by default with `***`. */
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

/** The line of help that {@linkcode field} gave to a field. */
export function descriptionOf(schema: Schema.Constraint): string | undefined {
  return Schema.resolveAnnotations(schema)?.description;
}

/** The names that {@linkcode named} gave to a value. */
export function namesOf(schema: Schema.Constraint): Readonly<Record<string, number | string>> | undefined {
  const names = Schema.resolveAnnotations(schema)?.names;
  // Only `named` and `jsonList` write this annotation.
  return names as Readonly<Record<string, number | string>> | undefined;
}

/** The columns that {@linkcode struct} gave to a model. */
export function columnsOf(ast: SchemaAST.AST): ReadonlyArray<string> | undefined {
  if (SchemaAST.isSuspend(ast)) return columnsOf(ast.thunk());
  // Only `struct` writes this annotation.
  return ast.annotations?.columns as ReadonlyArray<string> | undefined;
}

// ---- shared request fields ------------------------------------------------------------------------------------------

/** The account's id. */
export const account_id: Schema.Codec<number> = field(Schema.Int, "Account id (default: $DBT_CLOUD_ACCOUNT_ID)");
/** The project's id. */
export const project_id: Schema.Codec<number> = field(Schema.Int, "Project id");
/** The environment's id. */
export const environment_id: Schema.Codec<number> = field(Schema.Int, "Environment id");
/** The job's id. */
export const job_id: Schema.Codec<number> = field(Schema.Int, "Job id");
/** The run's id. */
export const run_id: Schema.Codec<number> = field(Schema.Int, "Run id");
/** The id of a run's step. */
export const step_id: Schema.Codec<number> = field(Schema.Int, "Step id");

/** The state of an object. dbt Cloud keeps deleted objects. */
export const State = { active: 1, deleted: 2 } as const;

/** A filter by {@linkcode State}. */
export type StateFilter = number | "active" | "deleted" | "all";

/** Reads and writes a {@linkcode StateFilter}. */
export const state: Schema.Codec<StateFilter> = field(
  Schema.Union([Schema.Int, Schema.Literals(["active", "deleted", "all"])]),
  "State: active, deleted or all (default: active)",
);

/** The fields of every request within an account. */
export interface InAccount {
  /** The account's id (default: the client's). */
  readonly account_id?: number;
}

/** The fields of {@linkcode InAccount}. */
export const inAccount: Fields<InAccount> = { account_id: optional(account_id) };

/** The fields of every request within a project. */
export interface InProject extends InAccount {
  /** The project's id (default: the client's). */
  readonly project_id?: number;
}

/** The fields of {@linkcode InProject}. */
export const inProject: Fields<InProject> = {
  ...inAccount,
  project_id: optional(field(Schema.Int, "Project id (default: $DBT_CLOUD_PROJECT_ID)")),
};

/** The rows of a list to return. */
export interface Paging {
  /** At most this many rows (default: 100, which is also dbt Cloud's maximum). */
  readonly limit?: number;
  /** Skip this many rows (default: 0). */
  readonly offset?: number;
}

/** The fields of {@linkcode Paging}. */
export const paging: Fields<Paging> = {
  limit: optional(field(Schema.Int, "At most this many rows (default: 100)")),
  offset: optional(field(Schema.Int, "Skip this many rows (default: 0)")),
};

/** A list that can be ordered. */
export interface Ordered extends Paging {
  /** The field to order by; `-` in front for descending. */
  readonly order_by?: string;
}

/** The fields of {@linkcode Ordered}. */
export const ordered: Fields<Ordered> = {
  ...paging,
  order_by: optional(field(Schema.String, "Field to order by; - in front for descending")),
};

/** What a run overrides of its job. */
export interface Overrides {
  /** The commit to check out. */
  readonly git_sha?: string | null;
  /** The branch to check out. */
  readonly git_branch?: string | null;
  /** The schema to build into (default: that of the credentials). dbt Cloud does not drop it afterwards. */
  readonly schema_override?: string | null;
  /** The version of dbt to run. */
  readonly dbt_version_override?: string | null;
  /** The number of dbt threads. */
  readonly threads_override?: number | null;
  /** The name of the target. */
  readonly target_name_override?: string | null;
  /** Whether to run `dbt docs generate` at the end. */
  readonly generate_docs_override?: boolean | null;
  /** The timeout in seconds, after which dbt Cloud cancels the run; 0 for none. */
  readonly timeout_seconds_override?: number | null;
  /** The commands to run instead of the job's, such as `dbt build`. */
  readonly steps_override?: ReadonlyArray<string> | null;
  /** The number of the pull request in Azure DevOps that the run is for. */
  readonly azure_pull_request_id?: number | null;
  /** The number of the pull request on GitHub that the run is for. */
  readonly github_pull_request_id?: number | null;
  /** The number of the merge request on GitLab that the run is for. */
  readonly gitlab_merge_request_id?: number | null;
  /** The number of the pull request on a git provider that dbt Cloud has no integration with. */
  readonly non_native_pull_request_id?: number | null;
}

/** The fields of {@linkcode Overrides}. */
export const overrides: Members<Overrides> = {
  git_sha: nullable(field(Schema.String, "Commit to check out")),
  git_branch: nullable(field(Schema.String, "Branch to check out")),
  schema_override: nullable(field(Schema.String, "Schema to build into (default: that of the credentials)")),
  dbt_version_override: nullable(field(Schema.String, "Version of dbt to run")),
  threads_override: nullable(field(Schema.Int, "Number of dbt threads")),
  target_name_override: nullable(field(Schema.String, "Name of the target")),
  generate_docs_override: nullable(field(Schema.Boolean, "Whether to run dbt docs generate at the end")),
  timeout_seconds_override: nullable(
    field(Schema.Int, "Timeout in seconds, after which dbt Cloud cancels the run; 0 for none"),
  ),
  steps_override: nullable(
    field(Schema.Array(Schema.String), "Commands to run instead of the job's, such as dbt build"),
  ),
  azure_pull_request_id: nullable(field(Schema.Int, "Number of the Azure DevOps pull request that the run is for")),
  github_pull_request_id: nullable(field(Schema.Int, "Number of the GitHub pull request that the run is for")),
  gitlab_merge_request_id: nullable(field(Schema.Int, "Number of the GitLab merge request that the run is for")),
  non_native_pull_request_id: nullable(field(Schema.Int, "Number of the pull request on another git provider")),
};
