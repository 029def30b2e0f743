/**
 * Which database a command keeps deployments in, and which clients it has for them. The commands for deployments use it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Redacted from "effect/Redacted";
import * as Scope from "effect/Scope";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { variable } from "../../client/environment_variables.ts";
import { fileProblem } from "../../client/file_error.ts";
import type { Dbt } from "../../dbt.ts";
import * as durable from "../../durable/mod.ts";
import type { DbtError } from "../../error.ts";
import { keyHash } from "../../workflows/run_tag.ts";
import { usage, type UsageError } from "../output/exit_code.ts";

/** The database that the command line or the environment names; undefined for a file for each key. */
export const namedDatabase: (given: string | undefined) => Effect.Effect<string | undefined, UsageError> = Effect
  .fnUntraced(function* (given) {
    const database = given ?? (yield* variable("DBTC_DATABASE"));
    // It may hold a password, which an error of SQLite would repeat as a file's name.
    if (database !== undefined && !isPostgres(database) && /:\/\/|\/\/[^/]*@/.test(database)) {
      return yield* usage("The database is neither a file nor a URL such as postgres://user@host:5432/name");
    }
    return database;
  });

/** Whether a database is PostgreSQL's. */
export function isPostgres(database: string): boolean {
  return /^postgres(ql)?:\/\//i.test(database);
}

/** How long a process that ends hands over its deployments, in seconds. */
const longestFarewell = "5 seconds";

/**
 * A layer that is given up where it does not close soon: the database is gone, or its disk is full. Another process takes
 * over then as after a crash.
 */
export function closingSoon<A, E, R>(layer: Layer.Layer<A, E, R>): Layer.Layer<A, E, R> {
  return Layer.effectContext(Effect.gen(function* () {
    const scope = yield* Scope.make();
    yield* Effect.addFinalizer((exit) =>
      Effect.flatMap(
        Effect.forkDetach(Scope.close(scope, exit)),
        (closing) => Effect.interruptible(Effect.timeoutOption(Fiber.await(closing), longestFarewell)),
      )
    );
    return yield* Layer.buildWithScope(layer, scope);
  }));
}

/** What deployments are kept in. `runs`: whether this process runs them. */
export function storageOf(
  database: string,
  runs: boolean,
): Layer.Layer<durable.Deployments | WorkflowEngine, DbtError> {
  return isPostgres(database)
    ? durable.layerPostgres(Redacted.make(database), { runs })
    : durable.layerSqlite(database, { runs });
}

/**
 * A database for a command that waits. A file is the command's own to work on; in PostgreSQL, workers run the deployments,
 * since a command that comes and goes would only move them about.
 */
export function waitingStorageOf(
  database: string,
): Layer.Layer<durable.Deployments | WorkflowEngine, DbtError, Dbt> {
  return isPostgres(database)
    ? storageOf(database, false)
    : closingSoon(Layer.provideMerge(durable.layer, storageOf(database, true)));
}

/** The folder of the files for each key: https://specifications.freedesktop.org/basedir-spec/latest/ */
const folder = Effect.gen(function* () {
  const path = yield* Path.Path;
  const state = yield* variable("XDG_STATE_HOME");
  const home = (yield* variable("HOME")) ?? (yield* variable("USERPROFILE"));
  if (state === undefined && home === undefined) {
    return yield* usage("There is no home folder for the deployments. Name a database with --database");
  }
  return path.join(state ?? path.join(home ?? "", ".local", "state"), "dbtc", "deployments");
});

/** The part of a file's name that tells its key to people. */
function readable(key: string): string {
  return key.replaceAll(/[^\w.-]+/g, "_").slice(0, 60);
}

/** The file of a key, in a folder that only its owner may read. */
export const fileOfKey = Effect.fnUntraced(function* (account: string, job_id: number, key: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const directory = yield* folder;
  yield* Effect.mapError(
    fs.makeDirectory(directory, { recursive: true, mode: 0o700 }),
    (error) => usage(`Cannot make ${directory}: ${fileProblem(error)}`),
  );
  return path.join(directory, `${readable(key)}.${keyHash(job_id, `${account} ${key}`)}.sqlite`);
});

/** The files of all keys, or of those that may be this one. */
export const filesOfKeys = Effect.fnUntraced(function* (key?: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const directory = yield* folder;
  const names = yield* Effect.orElseSucceed(fs.readDirectory(directory), (): Array<string> => []);
  return names.filter((name) => name.endsWith(".sqlite") && (key === undefined || name.startsWith(`${readable(key)}.`)))
    .toSorted().map((name) => path.join(directory, name));
});
