/**
 * The model of `sources.json`, which dbt's freshness check writes. Explaining a run reads the file with it.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { nullable, struct } from "../schema.ts";

/** An age that is too old. */
export interface SourceAge {
  /** How many. */
  readonly count?: number | null;
  /** Of what: `minute`, `hour` or `day`. */
  readonly period?: string | null;
}

/** When a source is too old. */
export interface SourceCriteria {
  /** From here on it is warned of. */
  readonly warn_after?: SourceAge | null;
  /** From here on it is an error. */
  readonly error_after?: SourceAge | null;
}

/** How fresh one source is. */
export interface SourceResult {
  /** The source: `source.jaffle_shop.raw.orders`. */
  readonly unique_id: string;
  /** How it ended: `pass`, `warn`, `error`, `runtime error`. */
  readonly status?: string | null;
  /** Why nobody knows, where it is a `runtime error`. */
  readonly error?: string | number | null;
  /** When its newest row was loaded. */
  readonly max_loaded_at?: string | null;
  /** How many seconds ago that was. */
  readonly max_loaded_at_time_ago_in_s?: number | null;
  /** When it is too old. */
  readonly criteria?: SourceCriteria | null;
}

const age: Schema.Codec<SourceAge> = struct({ count: nullable(Schema.Int), period: nullable(Schema.String) });

const criteria: Schema.Codec<SourceCriteria> = struct({ warn_after: nullable(age), error_after: nullable(age) });

/** Reads a {@linkcode SourceResult}. */
export const SourceResult: Schema.Codec<SourceResult> = struct({
  unique_id: Schema.String,
  status: nullable(Schema.String),
  error: nullable(Schema.Union([Schema.String, Schema.Number])),
  max_loaded_at: nullable(Schema.String),
  max_loaded_at_time_ago_in_s: nullable(Schema.Number),
  criteria: nullable(criteria),
});
