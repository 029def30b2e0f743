/**
 * What an endpoint of dbt Cloud is: a function that gives an `Effect`, and a value that says everything about it.
 *
 * Client, command line, sandbox, reference and table-wide tests all read the same value.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { Dbt } from "./dbt.ts";
import type { Call, Definition, Entry } from "./definition.ts";
import type { DbtError } from "./error.ts";
import type { Exact, Fields } from "./schema.ts";

export {
  type Answer,
  body,
  type Call,
  data,
  type Definition,
  type Entry,
  type Extra,
  maybe,
  type Page,
  page,
  type Pagination,
  type Route,
  type Verb,
} from "./definition.ts";

/** An endpoint that answers JSON. */
export interface Endpoint<in out Request, out Success> extends Definition<Request, Success> {
  /** Tells what this is. */
  readonly kind: "endpoint";
  /** Sends it and reads the answer. */
  (request: Request): Effect.Effect<Success, DbtError, Dbt>;
}

/** An endpoint that answers a file. */
export interface Download<in out Request> extends Call<Request> {
  /** Tells what this is. */
  readonly kind: "download";
  /** Sends it and streams the file's bytes; tried again until the first byte is there, never after. */
  (request: Request): Stream.Stream<Uint8Array, DbtError, Dbt>;
}

/** A composition of endpoints that has a place of its own in the table. */
export interface Workflow<in out Request, out Success> extends Entry<Request> {
  /** Tells what this is. */
  readonly kind: "workflow";
  /** Runs it. */
  (request: Request): Effect.Effect<Success, DbtError, Dbt>;
}

/** Makes a {@linkcode Definition} callable. */
export function endpoint<Request, Success, F extends Fields<Request> = Fields<Request>>(
  name: string,
  definition: Definition<NoInfer<Request>, NoInfer<Success>> & {
    readonly request: F & Exact<NoInfer<Request>, NoInfer<F>>;
  },
): Endpoint<Request, Success> {
  const self: Endpoint<Request, Success> = named(
    name,
    (request: Request) => Dbt.use((dbt) => dbt.send(self, request)),
    { ...definition, kind: "endpoint" as const },
  );
  return self;
}

/** Makes the {@linkcode Call} of a file callable. */
export function download<Request, F extends Fields<Request> = Fields<Request>>(
  name: string,
  call: Call<NoInfer<Request>> & { readonly request: F & Exact<NoInfer<Request>, NoInfer<F>> },
): Download<Request> {
  const self: Download<Request> = named(
    name,
    (request: Request) => Stream.unwrap(Dbt.useSync((dbt) => dbt.stream(self, request))),
    { ...call, kind: "download" as const },
  );
  return self;
}

/** What runs a composition of endpoints. */
export type Run<Request, Success> = (request: Request) => Effect.Effect<Success, DbtError, Dbt>;

/**
 * Gives a composition of endpoints its place in the table. One that stands elsewhere, and is built on the endpoints
 * itself, is loaded when it is first run.
 */
export function workflow<Request, Success, F extends Fields<Request> = Fields<Request>>(
  name: string,
  entry:
    & Entry<NoInfer<Request>>
    & { readonly request: F & Exact<NoInfer<Request>, NoInfer<F>> }
    & ({ readonly run: Run<Request, Success> } | { readonly load: () => Promise<Run<Request, Success>> }),
): Workflow<Request, Success> {
  const run: Run<Request, Success> = "run" in entry
    ? entry.run
    : (request) => Effect.flatMap(Effect.promise(entry.load), (run) => run(request));
  const { dbtc, deprecated, request, summary } = entry;
  return named(name, (request: Request) => run(request), {
    kind: "workflow" as const,
    summary,
    request,
    ...(dbtc === undefined ? {} : { dbtc }),
    ...(deprecated === undefined ? {} : { deprecated }),
  });
}

/** A function with the name that people know it by, and what is said of it. A function's own `name` cannot be assigned. */
function named<Call extends (request: never) => unknown, Said>(name: string, call: Call, said: Said): Call & Said {
  return Object.assign(Object.defineProperty(call, "name", { value: name }), said);
}
