/**
 * The definition of an endpoint: its route, the fields of its request, and the schema of its answer. `endpoint.ts`
 * makes functions of definitions; client, command line, sandbox and documentation all read them.
 *
 * @module
 */
import * as Schema from "effect/Schema";
import { type Fields, nullable, optional, struct } from "./schema.ts";

/** The verbs that dbt Cloud uses. */
export type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Verb and path, exactly as dbt publishes them. `:name` stands for one segment, `:name*` for the rest, with slashes.
 */
export type Route = `${Verb} /api/${string}`;

// ---- answers --------------------------------------------------------------------------------------------------------

/** Where in the body an answer is, and its schema; see {@linkcode data}, {@linkcode page} and {@linkcode body}. */
export interface Answer<out A> {
  /**
   * `data` of the envelope; the envelope itself (`page`); the whole `body`; or `data` that may be missing (`maybe`).
   */
  readonly from: "data" | "page" | "body" | "maybe";
  /** The schema of the value at that place. */
  readonly schema: Schema.Codec<A>;
}

/** One page of a list: dbt's whole envelope, so that nothing in it is lost. */
export interface Page<A> {
  /** The rows. Where dbt Cloud sends null for an empty list, this is an empty array. */
  readonly data: ReadonlyArray<A>;
  /** The filters and the order of the list, and how many rows it has. */
  readonly extra?: Extra | null;
}

/** The rows that the server sent of pages that have fewer: undefined in place of each null that was left out. */
const sentRows = new WeakMap<object, ReadonlyArray<unknown>>();

/** Remembers what the server sent of a page. */
export function keepRowsSent<P extends object>(page: P, rows: ReadonlyArray<unknown>): P {
  sentRows.set(page, rows);
  return page;
}

/** The rows of a page at the places where the server sent them, with undefined for what is no row. */
export function rowsSent<A>(page: Page<A>): ReadonlyArray<A | undefined> {
  // What is kept of a page are its own rows.
  return sentRows.get(page) as ReadonlyArray<A | undefined> | undefined ?? page.data;
}

/** Filters, order and length of a list. */
export interface Extra {
  /** The filters, as the server understood them. */
  readonly filters?: { readonly [name: string]: unknown } | null;
  /** The order, as the server understood it. */
  readonly order_by?: string | ReadonlyArray<string> | null;
  /** How many rows the list has. */
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

/** An answer in the envelope's `data`. */
export function data<A>(schema: Schema.Codec<A>): Answer<A> {
  return { from: "data", schema };
}

/** An answer that is one {@linkcode Page} of rows. */
export function page<A>(item: Schema.Codec<A>): Answer<Page<A>> {
  return {
    from: "page",
    schema: struct({ data: Schema.Array(item), extra: optional(Schema.NullOr(extra)) }),
  };
}

/**
 * An answer that is the whole body, where dbt Cloud uses no envelope. If an envelope comes after all, the answer is its
 * `data`. An empty body is accepted where the schema allows `undefined`.
 */
export function body<A>(schema: Schema.Codec<A>): Answer<A> {
  return { from: "body", schema };
}

/** The answer of a delete: the deleted thing, as in recorded answers, or an empty body, as in the specification. */
export function maybe<A>(schema: Schema.Codec<A>): Answer<A | undefined> {
  return { from: "maybe", schema };
}

// ---- definitions ----------------------------------------------------------------------------------------------------

/** Metadata shared by endpoints, downloads and workflows. */
export interface Entry<in out Request> {
  /** One line of help: what the caller gets. */
  readonly summary: string;
  /** One schema for each field of the request. */
  readonly request: Fields<Request>;
  /** The method of Python dbtc that does the same, or several such methods. */
  readonly dbtc?: string | ReadonlyArray<string>;
  /** Marks an endpoint that dbt has deprecated, and names the command to use instead. The command line hides it. */
  readonly deprecated?: string;
}

/** A definition without its answer: what endpoints and downloads share. */
export interface Call<in out Request> extends Entry<Request> {
  /** Verb and path. Names in the path are filled from the request; all other fields are a GET's query, or the body. */
  readonly route: Route;
  /** The field that is the whole body: an array, a union, free JSON. */
  readonly payload?: keyof Request & string;
  /** Fields of the path that the body repeats: name in the body to field. */
  readonly repeats?: Readonly<Record<string, keyof Request & string>>;
  /** The fields that a write sends in its query. */
  readonly query?: ReadonlyArray<keyof Request & string>;
  /** The default order of a list on the command line: `-id` is newest first. */
  readonly order?: string;
  /** A write that resets the fields that it does not get: the command line reads the thing first, and merges. */
  readonly replaces?: boolean;
  /**
   * A thing as it may be sent: where dbt Cloud refuses, derives or writes otherwise what it answers itself. `named` has
   * the fields that the user named; they are sent as they are.
   */
  readonly sendable?: (
    thing: Readonly<Record<string, unknown>>,
    named: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** Marks an endpoint that dbt does not publish, and says who uses it. */
  readonly undocumented?: string;
}

/** The definition of an endpoint that returns JSON. */
export interface Definition<in out Request, out Success> extends Call<Request> {
  /** The answer: where in the body, and its schema. */
  readonly success: Answer<Success>;
}
