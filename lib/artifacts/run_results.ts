/**
 * Models of `run_results.json`, as far as clients read it.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { nullable, struct } from "../schema.ts";

/** What dbt says of an artifact as a whole. */
export interface ArtifactMetadata {
  /** The version of its shape: `https://schemas.getdbt.com/dbt/run-results/v6.json`. */
  readonly dbt_schema_version?: string | null;
  /** The dbt version that wrote it. */
  readonly dbt_version?: string | null;
  /** When it was written. */
  readonly generated_at?: string | null;
  /** The invocation that wrote it. */
  readonly invocation_id?: string | null;
  /** When that invocation began. */
  readonly invocation_started_at?: string | null;
  /** dbt Cloud's names for where it ran: `DBT_CLOUD_RUN_ID`, `DBT_CLOUD_JOB_ID` … */
  readonly env?: { readonly [name: string]: unknown } | null;
}

/** Reads an {@linkcode ArtifactMetadata}. */
export const ArtifactMetadata: Schema.Codec<ArtifactMetadata> = struct({
  dbt_schema_version: nullable(Schema.String),
  dbt_version: nullable(Schema.String),
  generated_at: nullable(Schema.String),
  invocation_id: nullable(Schema.String),
  invocation_started_at: nullable(Schema.String),
  env: nullable(Schema.Record(Schema.String, Schema.Unknown)),
});

/** How long a part of a node's run took. */
export interface RunResultTiming {
  /** The part: `compile` or `execute`. */
  readonly name?: string | null;
  /** When it began. */
  readonly started_at?: string | null;
  /** When it ended. */
  readonly completed_at?: string | null;
}

const timing: Schema.Codec<RunResultTiming> = struct({
  name: nullable(Schema.String),
  started_at: nullable(Schema.String),
  completed_at: nullable(Schema.String),
});

/** The result of one node: a model, a test, a seed … */
export interface RunResult {
  /** The node: `model.jaffle_shop.customers`. */
  readonly unique_id: string;
  /** How it ended: `success`, `error`, `skipped`, `pass`, `fail`, `warn`, `runtime error` … */
  readonly status?: string | null;
  /** What the warehouse or dbt said. */
  readonly message?: string | null;
  /** How many rows failed a test. */
  readonly failures?: number | null;
  /** Seconds that it took, compiling included. */
  readonly execution_time?: number | null;
  /** When its parts began and ended; empty for a skipped node. */
  readonly timing?: ReadonlyArray<RunResultTiming> | null;
  /** The thread that ran it. */
  readonly thread_id?: string | null;
  /** What the warehouse's adapter said: it depends on the adapter. */
  readonly adapter_response?: { readonly [name: string]: unknown } | null;
  /** Whether it was compiled. */
  readonly compiled?: boolean | null;
  /** The SQL that ran. */
  readonly compiled_code?: string | null;
  /** Where it was built: `"db"."schema"."customers"`. */
  readonly relation_name?: string | null;
  /** The results of its batches, for a microbatch model. */
  readonly batch_results?: unknown;
}

/** Reads a {@linkcode RunResult}. */
export const RunResult: Schema.Codec<RunResult> = struct({
  unique_id: Schema.String,
  status: nullable(Schema.String),
  message: nullable(Schema.String),
  failures: nullable(Schema.Int),
  execution_time: nullable(Schema.Number),
  timing: nullable(Schema.Array(timing)),
  thread_id: nullable(Schema.String),
  adapter_response: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  compiled: nullable(Schema.Boolean),
  compiled_code: nullable(Schema.String),
  relation_name: nullable(Schema.String),
  batch_results: Schema.optionalKey(Schema.Unknown),
}, { columns: ["unique_id", "status", "execution_time", "message"] });

/** `run_results.json`: the results of one dbt command. Only the nodes that the command selected are in it. */
export interface RunResults {
  /** What dbt says of the file. */
  readonly metadata?: ArtifactMetadata | null;
  /** The result of each node. */
  readonly results: ReadonlyArray<RunResult>;
  /** Seconds that the command took. */
  readonly elapsed_time?: number | null;
  /** The command's flags; `which` is the command: `build`, `generate` … */
  readonly args?: { readonly [name: string]: unknown } | null;
}

/** Reads {@linkcode RunResults}. */
export const RunResults: Schema.Codec<RunResults> = struct({
  metadata: nullable(ArtifactMetadata),
  results: Schema.Array(RunResult),
  elapsed_time: nullable(Schema.Number),
  args: nullable(Schema.Record(Schema.String, Schema.Unknown)),
});
