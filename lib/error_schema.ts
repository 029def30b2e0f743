/**
 * `DbtErrorSchema`, which writes a `DbtError` to JSON and reads it again. Programs use it where an error leaves the
 * process: over an RPC, or as the failure of a workflow's activity.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import * as SchemaGetter from "effect/SchemaGetter";
import {
  type Ambiguous,
  DbtError,
  type Forbidden,
  type GraphQLError,
  type Invalid,
  type NotFound,
  type QueryFailed,
  type RateLimited,
  type Reason,
  type RunCancelled,
  type RunFailed,
  type ServerFault,
  type Unauthorized,
  type Undecodable,
  type Unreachable,
  type Unsendable,
  type WaitTimedOut,
  type Words,
} from "./error.ts";
import { Run } from "./models/run.ts";
import { type Members, optional, struct } from "./schema.ts";

const graphqlError: Schema.Codec<GraphQLError> = struct({
  message: Schema.String,
  path: optional(Schema.Array(Schema.Union([Schema.String, Schema.Number]))),
  extensions: optional(Schema.Record(Schema.String, Schema.Unknown)),
});
const words: Members<Words> = {
  user_message: optional(Schema.String),
  developer_message: optional(Schema.String),
  data: optional(Schema.Unknown),
  errors: optional(Schema.Array(graphqlError)),
};
const status = Schema.Number;

const unsendable: Schema.Codec<Unsendable> = struct({ _tag: Schema.Literal("Unsendable"), detail: Schema.String });
const unauthorized: Schema.Codec<Unauthorized> = struct({
  _tag: Schema.Literal("Unauthorized"),
  status,
  host: Schema.String,
  ...words,
});
const forbidden: Schema.Codec<Forbidden> = struct({ _tag: Schema.Literal("Forbidden"), status, ...words });
const notFound: Schema.Codec<NotFound> = struct({
  _tag: Schema.Literal("NotFound"),
  status,
  enveloped: Schema.Boolean,
  host: Schema.String,
  path: optional(Schema.String),
  location: optional(Schema.String),
  detail: optional(Schema.String),
  ...words,
});
const invalid: Schema.Codec<Invalid> = struct({
  _tag: Schema.Literal("Invalid"),
  status,
  path: optional(Schema.String),
  ...words,
});
const rateLimited: Schema.Codec<RateLimited> = struct({
  _tag: Schema.Literal("RateLimited"),
  status,
  retry_after: optional(Schema.Number),
});
const serverFault: Schema.Codec<ServerFault> = struct({
  _tag: Schema.Literal("ServerFault"),
  status,
  retry_after: optional(Schema.Number),
  ...words,
});
const unreachable: Schema.Codec<Unreachable> = struct({
  _tag: Schema.Literal("Unreachable"),
  host: Schema.String,
  detail: Schema.String,
  permanent: Schema.Boolean,
});
const ambiguous: Schema.Codec<Ambiguous> = struct({
  _tag: Schema.Literal("Ambiguous"),
  status: optional(Schema.Number),
  detail: Schema.String,
  remedy: optional(Schema.String),
});
const undecodable: Schema.Codec<Undecodable> = struct({
  _tag: Schema.Literal("Undecodable"),
  status,
  detail: Schema.String,
  truncated: Schema.Boolean,
});
const queryFailed: Schema.Codec<QueryFailed> = struct({
  _tag: Schema.Literal("QueryFailed"),
  query_id: Schema.String,
  error: Schema.String,
  sql: optional(Schema.String),
});
const runFailed: Schema.Codec<RunFailed> = struct({ _tag: Schema.Literal("RunFailed"), run: Run });
const runCancelled: Schema.Codec<RunCancelled> = struct({ _tag: Schema.Literal("RunCancelled"), run: Run });
const waitTimedOut: Schema.Codec<WaitTimedOut> = struct({
  _tag: Schema.Literal("WaitTimedOut"),
  run: Run,
  seconds: Schema.Number,
  cancelled: optional(Schema.Boolean),
});

const reasons: Readonly<Record<Reason["_tag"], Schema.Codec<Reason>>> = {
  Unsendable: unsendable,
  Unauthorized: unauthorized,
  Forbidden: forbidden,
  NotFound: notFound,
  Invalid: invalid,
  RateLimited: rateLimited,
  ServerFault: serverFault,
  Unreachable: unreachable,
  Ambiguous: ambiguous,
  Undecodable: undecodable,
  QueryFailed: queryFailed,
  RunFailed: runFailed,
  RunCancelled: runCancelled,
  WaitTimedOut: waitTimedOut,
};

const isReason = Schema.is(Schema.Union(Object.values(reasons)));

/** A reason, checked and left as it is: a struct would drop what it does not know of a run, or of dbt Cloud's details. */
const reason: Schema.Codec<Reason, unknown> = Schema.Unknown.pipe(Schema.refine((value) => isReason(value)));

/** A `DbtError` as JSON. */
export interface DbtErrorJson {
  /** Always `DbtError`. */
  readonly _tag: "DbtError";
  /** What was called: `jobs.get`. */
  readonly endpoint: string;
  /** Why it failed: a {@linkcode Reason}. */
  readonly reason: unknown;
}

/**
 * The schema of a `DbtError`: reads JSON as an error, and writes an error as JSON.
 *
 * **When to use**
 *
 * As the error of an RPC, of a workflow's activity, or of anything else that a schema takes to another process.
 *
 * **Details**
 *
 * All reasons come back as they were, with the fields of runs and the details that only dbt Cloud knows. It loads the
 * models of runs; nothing else of the library needs it.
 *
 * @example
 * ```ts
 * import { DbtError, DbtErrorSchema } from "@dbtc/dbtc";
 * import * as Schema from "effect/Schema";
 * import assert from "node:assert/strict";
 *
 * const error = new DbtError({ endpoint: "jobs.get", reason: { _tag: "Forbidden", status: 403 } });
 * const json = JSON.stringify(Schema.encodeSync(DbtErrorSchema)(error));
 * const again = Schema.decodeUnknownSync(DbtErrorSchema)(JSON.parse(json));
 * assert(again instanceof DbtError);
 * assert.equal(again.message, error.message);
 * ```
 */
export const DbtErrorSchema: Schema.Codec<DbtError, DbtErrorJson> = Schema.Struct({
  _tag: Schema.Literal("DbtError"),
  endpoint: Schema.String,
  reason,
}).pipe(
  Schema.decodeTo(Schema.instanceOf(DbtError), {
    decode: SchemaGetter.transform(({ endpoint, reason }) => new DbtError({ endpoint, reason })),
    encode: SchemaGetter.transform(({ _tag, endpoint, reason }) => ({ _tag, endpoint, reason })),
  }),
);
