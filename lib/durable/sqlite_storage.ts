/**
 * Deployments in a SQLite file, for the processes of one machine. One of them runs the deployments; the others wait, and
 * take over when it ends. `mod.ts` loads this file when `layerSqlite` is built.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import * as MachineId from "effect/cluster/MachineId";
import * as Runner from "effect/cluster/Runner";
import * as RunnerAddress from "effect/cluster/RunnerAddress";
import * as RunnerStorage from "effect/cluster/RunnerStorage";
import type * as ShardId from "effect/cluster/ShardId";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { rm } from "node:fs/promises";
import type { SqlError } from "effect/sql/SqlError";
import { DatabaseSync } from "node:sqlite";
import type { DbtError } from "../error.ts";
import { clusterStorage } from "./cluster_storage.ts";
import type { Deployments } from "./deployments.ts";
import * as sqlite from "./sqlite_client.ts";

const here = RunnerAddress.make("this-process", 1);
const elsewhere = RunnerAddress.make("another-process", 1);

/**
 * A lock on a file: the function takes it, and says whether this process has it. It throws where the file cannot be used.
 * The system releases it when the process ends, however that is. It is a lock of SQLite on a database
 * of its own, since neither Node nor all releases of Deno can try to lock a file.
 */
const fileLock: (file: string) => Effect.Effect<() => boolean, never, Scope.Scope> = Effect.fnUntraced(
  function* (file) {
    let held: DatabaseSync | undefined;
    yield* Effect.addFinalizer(() => Effect.sync(() => held?.close()));
    return () => {
      if (held !== undefined) return true;
      let database: DatabaseSync | undefined;
      try {
        database = new DatabaseSync(file);
        database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
        held = database;
        return true;
      } catch (error) {
        database?.close();
        // SQLite's words where another process has the lock. Deno's errors do not have the code.
        if (error instanceof Error && error.message.includes("database is locked")) return false;
        throw error;
      }
    };
  },
);

/** Removes a database file that has nothing in it, and that no process works on. */
export const removeUnused: (file: string) => Effect.Effect<void> = Effect.fnUntraced(function* (file) {
  const lock = yield* fileLock(`${file}.lock`);
  if (!(yield* Effect.orElseSucceed(Effect.try(lock), () => false))) return;
  yield* Effect.forEach(
    ["", "-wal", "-shm", ".lock"],
    // What cannot be removed stays, and does no harm.
    (end) => Effect.ignore(Effect.tryPromise(() => rm(`${file}${end}`, { force: true }))),
  );
}, Effect.scoped);

/** One process has all shards: the one with the lock. */
const lockedRunners = (file: string, runs: boolean): Layer.Layer<RunnerStorage.RunnerStorage, SqlError> =>
  Layer.effect(
    RunnerStorage.RunnerStorage,
    Effect.gen(function* () {
      const take = yield* fileLock(`${file}.lock`);
      // Without a lock that works, the deployments would wait for a process that there is not.
      if (runs) yield* Effect.try({ try: take, catch: sqlite.sqlError });
      const lock = runs ? Effect.orElseSucceed(Effect.try(take), () => false) : Effect.succeed(false);
      const all = (shards: Iterable<ShardId.ShardId>) => Effect.map(lock, (isOurs) => isOurs ? [...shards] : []);
      return RunnerStorage.RunnerStorage.of({
        register: () => Effect.succeed(MachineId.make(crypto.getRandomValues(new Uint16Array(1))[0] ?? 0)),
        unregister: () => Effect.void,
        // Without the lock, messages go to the storage, where the process with the lock finds them.
        getRunners: Effect.map(lock, (isOurs) => [
          [Runner.make({ address: isOurs ? here : elsewhere, groups: ["default"], weight: 1 }), true],
        ]),
        setRunnerHealth: () => Effect.void,
        acquire: (_, shards) => all(shards),
        refresh: (_, shards) => all(shards),
        release: () => Effect.void,
        releaseAll: () => Effect.void,
      });
    }),
  );

/** A database file, with all that a deployment needs. `runs`: whether this process runs deployments, or only asks. */
export const layer = (file: string, runs: boolean): Layer.Layer<Deployments | WorkflowEngine, DbtError> =>
  clusterStorage({
    database: file,
    shared: false,
    sql: sqlite.layer(file),
    runners: lockedRunners(file, runs),
    config: {
      runnerAddress: runs ? Option.some(here) : Option.none(),
      shardsPerGroup: 8,
      refreshAssignmentsInterval: "1 second",
    },
  });
