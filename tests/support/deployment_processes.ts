/**
 * Processes that share a database of deployments, over one sandbox: each is a set of layers of its own, in this process.
 * The tests of `lib/durable` use it.
 *
 * SQLite is always tested. PostgreSQL is tested where `DBTC_TEST_POSTGRES` names a server on which databases may be made:
 * `deno task durable` starts one.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import { identity } from "effect/Function";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as HttpClient from "effect/http/HttpClient";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { type Dbt, DbtClient, type DbtError, type Options } from "../../mod.ts";
import * as durable from "../../lib/durable/mod.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";

/** The server for tests; undefined where there is none. */
export const postgres: string | undefined = Deno.env.get("DBTC_TEST_POSTGRES") || undefined;

/** All that a test of deployments needs. */
export type Services = Dbt | durable.Deployments | WorkflowEngine;

/** A database, and a sandbox. */
export interface Bench extends sandbox.Handle {
  /** The file, or the URL. */
  readonly database: string;
  /** Runs something in a process of its own, which ends with it. */
  readonly process: <A, E>(
    body: Effect.Effect<A, E, Services | Scope.Scope>,
    options?: ProcessOptions,
  ) => Effect.Effect<A, E | DbtError>;
  /** How many requests of this verb and path dbt Cloud got. */
  readonly count: (verb: string, path: RegExp) => Effect.Effect<number>;
  /** Another database over the same sandbox: as after a loss. A new one unless it is named. */
  readonly withAnotherDatabase: (database?: string) => Promise<Bench>;
}

/** What a process is like. */
export interface ProcessOptions {
  /** Its client (default: that of the sandbox's account). */
  readonly client?: Partial<Options>;
  /** Whether it runs deployments (default: true). */
  readonly runs?: boolean;
  /** Changes what it sends and gets. */
  readonly transport?: (client: HttpClient.HttpClient) => HttpClient.HttpClient;
}

/** A way to keep deployments. */
interface StorageKind {
  readonly name: string;
  readonly make: () => Promise<string>;
}

const kinds: ReadonlyArray<StorageKind & { readonly ignore: boolean }> = [
  { name: "SQLite", ignore: false, make: async () => `${await Deno.makeTempDir()}/deployments.sqlite` },
  { name: "PostgreSQL", ignore: postgres === undefined, make: newDatabase },
];

/** Makes an empty database on the server for tests. */
export async function newDatabase(): Promise<string> {
  const name = `dbtc_${crypto.randomUUID().replaceAll("-", "")}`;
  const PgClient = await import("@effect/sql-pg/PgClient");
  await Effect.runPromise(
    PgClient.PgClient.use((sql) => sql`CREATE DATABASE ${sql(name)}`).pipe(
      Effect.provide(PgClient.layer({ url: Redacted.make(postgres ?? "") })),
    ),
  );
  const url = new URL(postgres ?? "");
  url.pathname = `/${name}`;
  return url.href;
}

/** The storage of a file or a URL. */
export function storageOf(database: string, runs = true) {
  return database.startsWith("postgres")
    ? durable.layerPostgres(Redacted.make(database), { runs })
    : durable.layerSqlite(database, { runs });
}

function benchOf(handle: sandbox.Handle, database: string, kind: StorageKind): Bench {
  return {
    ...handle,
    database,
    withAnotherDatabase: async (database) => benchOf(handle, database ?? await kind.make(), kind),
    count: (verb, path) =>
      Effect.map(
        handle.requests,
        (requests) => requests.filter((request) => request.verb === verb && path.test(request.path)).length,
      ),
    process: (body, { client = {}, runs = true, transport = identity } = {}) => {
      const dbt = DbtClient.layer({
        token: Redacted.make("sandbox"),
        account_id: 1,
        host: "http://127.0.0.1",
        ...client,
      }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, transport(handle.client))));
      const worker = runs ? durable.layer : Layer.empty;
      const live = worker.pipe(Layer.provideMerge(storageOf(database, runs)), Layer.provideMerge(dbt));
      return Effect.scoped(body).pipe(
        Effect.provide(Layer.fresh(live)),
        Effect.provideService(durable.PollInterval, Duration.millis(100)),
        Effect.provide(Logger.layer([])),
      );
    },
  };
}

/** A test on each storage. What `body` fails with fails the test. */
export function test(
  name: string,
  body: (bench: Bench) => Effect.Effect<void, unknown>,
  options: sandbox.Options = {},
): void {
  for (const kind of kinds) {
    Deno.test({
      name: `${name}, ${kind.name}${kind.ignore ? " (deno task durable runs it)" : ""}`,
      ignore: kind.ignore,
      // Pools of connections close a moment after their scope.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const handle = await Effect.runPromise(sandbox.make({ speed: 1200, ...options }));
        await Effect.runPromise(body(benchOf(handle, await kind.make(), kind)));
      },
    });
  }
}

/** The reason of an effect that has to fail. */
export function reasonOf<A, R>(
  effect: Effect.Effect<A, DbtError, R>,
): Effect.Effect<DbtError["reason"], never, R> {
  return Effect.map(Effect.result(effect), (result) => {
    if (Result.isSuccess(result)) throw new Error(`succeeds with ${Deno.inspect(result.success)}`);
    return result.failure.reason;
  });
}

/** Waits until something holds, at most 20 s. */
export const until = <E, R>(condition: Effect.Effect<boolean, E, R>): Effect.Effect<void, E, R> =>
  Effect.gen(function* () {
    for (let i = 0; i < 400; i++) {
      if (yield* condition) return;
      yield* Effect.sleep("50 millis");
    }
    return yield* Effect.die("it does not hold after 20 s");
  });
