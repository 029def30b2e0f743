/**
 * What an endpoint of dbt Cloud says of itself: its route, what it asks for, what it answers.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Fields, nullable, optional, struct } from "./schema.ts";

/** The verbs that dbt Cloud uses. */
export type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Verb and path, copied exactly as published; `:name` is one segment, `:name*` a tail with slashes. */
export type Route = `${Verb} /api/${string}`;

// ---- answers --------------------------------------------------------------------------------------------------------

/** Where an answer lies, and its shape: see {@linkcode data}, {@linkcode page}, {@linkcode body}, {@linkcode maybe}. */
export interface Answer<out A> {
  /** In the envelope's `data`; in the envelope itself; in the whole body; or in `data` where there is a body at all. */
  readonly from: "data" | "page" | "body" | "maybe";
  /** The shape of what lies there. */
  readonly schema: Schema.Codec<A>;
}

/** One page of a list: dbt's envelope itself, so that nothing of it is lost. */
export interface Page<A> {
  /** The rows. dbt Cloud sends null for some empty lists; that comes as no rows. */
  readonly data: ReadonlyArray<A>;
  /** How the list was asked for, and how much of it there is. */
  readonly extra?: Extra | null;
}

/** What a list says about itself. */
export interface Extra {
  /** The filters, as the server understood them. */
  readonly filters?: { readonly [name: string]: unknown } | null;
  /** The order, as the server understood it. */
  readonly order_by?: string | ReadonlyArray<string> | null;
  /** How many rows there are. */
  readonly pagination?: Pagination | null;
}

/** How many rows a list has. */
export interface Pagination {
  /** The rows of this page. */
  readonly count?: number | null;
  /** The rows of all pages. */
  readonly total_count?: number | null;
}

const pagination: Schema.Codec<Pagination> = struct({ count: nullable(Schema.Int), total_count: nullable(Schema.Int) });

const extra: Schema.Codec<Extra> = struct({
  filters: nullable(Schema.Record(Schema.String, Schema.Unknown)),
  order_by: nullable(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  pagination: nullable(pagination),
});

/** One thing, in the envelope's `data`. */
export function data<A>(schema: Schema.Codec<A>): Answer<A> {
  return { from: "data", schema };
}

/** One {@linkcode Page} of things. */
export function page<A>(item: Schema.Codec<A>): Answer<Page<A>> {
  return {
    from: "page",
    schema: struct({ data: Schema.Array(item), extra: optional(Schema.NullOr(extra)) }),
  };
}

/**
 * The whole body, where dbt Cloud uses no envelope; or the envelope's `data`, should there be one after all. Nothing,
 * where the schema allows `undefined`.
 */
export function body<A>(schema: Schema.Codec<A>): Answer<A> {
  return { from: "body", schema };
}

/** What a delete answers: the thing as it was, or nothing. The specification says nothing, the recordings the thing. */
export function maybe<A>(schema: Schema.Codec<A>): Answer<A | undefined> {
  return { from: "maybe", schema };
}

// ---- definitions ----------------------------------------------------------------------------------------------------

/** What is said of everything in the table. */
export interface Entry<in out Request> {
  /** One line of help: what the caller gets. */
  readonly summary: string;
  /** One schema for each field of the request. */
  readonly request: Fields<Request>;
  /** The method of Python dbtc that does this; several, where it has several for the same. */
  readonly dbtc?: string | ReadonlyArray<string>;
  /** What to use instead. Marks an endpoint that dbt has deprecated; the command line hides it. */
  readonly deprecated?: string;
}

/** What is said of every call, whatever it answers. */
export interface Call<in out Request> extends Entry<Request> {
  /** Verb and path. Names in the path are filled from the request; the rest is a GET's query, or another verb's body. */
  readonly route: Route;
  /** The field that is the whole body: an array, a union, free JSON. */
  readonly payload?: keyof Request & string;
  /** Names that stand in the body although the path has them: body name to field. */
  readonly repeats?: Readonly<Record<string, keyof Request & string>>;
  /** The fields that a write sends as its query. */
  readonly query?: ReadonlyArray<keyof Request & string>;
  /** The order in which people want a list, where they name none: `-id` is newest first. */
  readonly order?: string;
  /** A write that resets what it is not given: the command line reads the thing first, and merges. */
  readonly replaces?: boolean;
  /** Answered by dbt Cloud, but not published. Says who is seen to use it. */
  readonly undocumented?: string;
}

/** A call that answers JSON. */
export interface Definition<in out Request, out Success> extends Call<Request> {
  /** What it answers. */
  readonly success: Answer<Success>;
}
