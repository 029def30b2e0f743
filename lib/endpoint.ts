/**
 * The constructors `endpoint`, `download`, `workflow` and `rowStream`: each makes a function that returns an `Effect` or a `Stream`,
 * with its definition as members. All files of `lib/api` and `lib/groups` are written with them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { Dbt } from "./dbt.ts";
import type { Call, Definition, Entry } from "./definition.ts";
import type { DbtError } from "./error.ts";
import type { Exact, Fields } from "./schema.ts";
import { defined } from "./defined.ts";

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

/** An endpoint that returns JSON. */
export interface Endpoint<in out Request, out Success> extends Definition<Request, Success> {
  /** Tells endpoints, downloads and workflows apart. */
  readonly kind: "endpoint";
  /** Sends a request and reads the answer. */
  (request: Request): Effect.Effect<Success, DbtError, Dbt>;
}

/** An endpoint that returns a file. */
export interface Download<in out Request> extends Call<Request> {
  /** Tells endpoints, downloads and workflows apart. */
  readonly kind: "download";
  /** Sends a request and streams the file's bytes. Retried only until the first byte has come. */
  (request: Request): Stream.Stream<Uint8Array, DbtError, Dbt>;
}

/** A composition of endpoints that is in the table, as endpoints are. */
export interface Workflow<in out Request, out Success> extends Entry<Request> {
  /** Tells endpoints, downloads and workflows apart. */
  readonly kind: "workflow";
  /** Runs it. */
  (request: Request): Effect.Effect<Success, DbtError, Dbt>;
}

/** A composition of requests whose answer is rows, which come one after the other. */
export interface RowStream<in out Request, out Row> extends Entry<Request> {
  /** Tells the kinds of calls apart. */
  readonly kind: "rows";
  /** Streams the rows. */
  (request: Request): Stream.Stream<Row, DbtError, Dbt>;
}

/** Makes an endpoint that returns JSON. `name` is group and export: `jobs.get`. */
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

/** Makes an endpoint that returns a file. `name` is group and export: `runs.getArtifact`. */
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

/** The function of a {@linkcode Workflow}. */
export type Run<Request, Success> = (request: Request) => Effect.Effect<Success, DbtError, Dbt>;

/**
 * Makes a workflow. `name` is group and export: `runs.explain`. The function is given as `run`; or, where it is in
 * another file, as `load`, which imports that file when the workflow runs.
 *
 * What it consists of comes from a function, and the call is marked `@__PURE__`: so a bundler leaves out the workflows
 * that a program does not use, with the files that they load.
 */
export function workflow<Request, Success, F extends Fields<Request> = Fields<Request>>(
  name: string,
  define: () =>
    & Entry<NoInfer<Request>>
    & { readonly request: F & Exact<NoInfer<Request>, NoInfer<F>> }
    & ({ readonly run: Run<Request, Success> } | { readonly load: () => Promise<Run<Request, Success>> }),
): Workflow<Request, Success> {
  const entry = define();
  const run: Run<Request, Success> = "run" in entry
    ? entry.run
    : (request) => Effect.flatMap(Effect.promise(entry.load), (run) => run(request));
  const { dbtc, deprecated, request, summary } = entry;
  return named(name, (request: Request) => run(request), {
    kind: "workflow" as const,
    summary,
    request,
    ...defined({ dbtc, deprecated }),
  });
}

/** Makes a composition of requests whose answer is rows. `name` is group and export: `sl.query`. */
export function rowStream<Request, Row, F extends Fields<Request> = Fields<Request>>(
  name: string,
  { stream, ...entry }: Entry<NoInfer<Request>> & {
    readonly request: F & Exact<NoInfer<Request>, NoInfer<F>>;
    readonly stream: (request: Request) => Stream.Stream<Row, DbtError, Dbt>;
  },
): RowStream<Request, Row> {
  return named(name, (request: Request) => stream(request), { ...entry, kind: "rows" as const });
}

/** Gives a function its name and its members. `name` of a function can be defined, but not assigned. */
function named<Call extends (request: never) => unknown, Members>(
  name: string,
  call: Call,
  members: Members,
): Call & Members {
  return Object.assign(Object.defineProperty(call, "name", { value: name }), members);
}
