/**
 * Makes a {@linkcode Deployments} of a database and a cluster, and waits for deployments that are closed, for any number
 * of callers with one query a second. The storage layers use it.
 *
 * @module
 */
import * as Arr from "effect/Array";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Latch from "effect/Latch";
import type * as Scope from "effect/Scope";
import { MessageStorage } from "effect/cluster/MessageStorage";
import { Sharding } from "effect/cluster/Sharding";
import * as SqlClient from "effect/sql/SqlClient";
import type { SqlError } from "effect/sql/SqlError";
import { wordsOf } from "./database_error.ts";
import { type DeploymentRow, madeAt } from "./deployment_rows.ts";
import type { Storage } from "./deployments.ts";
import { makeRareWarning } from "./patience.ts";

/** How many deployments one query asks for. PostgreSQL and SQLite take more parameters. */
const atOnce = 500;

/** Makes the storage. Its query for closed deployments runs until the scope closes. */
export const makeStorage: (
  options: Pick<Storage, "database" | "shared">,
) => Effect.Effect<Storage, SqlError, SqlClient.SqlClient | Sharding | MessageStorage | Scope.Scope> = Effect
  .fnUntraced(
    function* (options) {
      const sql = yield* SqlClient.SqlClient;
      const waiting = new Map<string, Set<Deferred.Deferred<DeploymentRow>>>();
      const wake = Latch.makeUnsafe(false);

      const look: Effect.Effect<void, SqlError> = Effect.gen(function* () {
        for (const ids of Arr.chunksOf(waiting.keys(), atOnce)) {
          const rows = yield* sql<DeploymentRow>`SELECT * FROM dbtc_deployments WHERE ${
            sql.and([sql.in("execution_id", ids), sql`state <> 'open'`])
          }`;
          for (const row of rows) {
            for (const one of waiting.get(row.execution_id) ?? []) Deferred.doneUnsafe(one, Effect.succeed(row));
          }
        }
      });
      const warnRarely = makeRareWarning();
      const tellFailure = (error: unknown) =>
        warnRarely(`The database ${options.database} fails, and dbtc tries again: ${wordsOf(error)}`);
      yield* Effect.suspend(() => {
        wake.closeUnsafe();
        if (waiting.size === 0) return wake.await;
        // The database may come back.
        return Effect.andThen(Effect.catch(look, tellFailure), Effect.raceFirst(wake.await, Effect.sleep("1 second")));
      }).pipe(Effect.forever, Effect.forkScoped);

      return {
        ...options,
        sql,
        since: yield* madeAt,
        sharding: yield* Sharding,
        messages: yield* MessageStorage,
        closed: wake,
        tellFailure,
        awaitClosed: (id) =>
          Effect.suspend(() => {
            const one = Deferred.makeUnsafe<DeploymentRow>();
            const all = waiting.get(id) ?? new Set();
            waiting.set(id, all.add(one));
            wake.openUnsafe();
            return Deferred.await(one).pipe(
              Effect.ensuring(Effect.sync(() => {
                all.delete(one);
                if (all.size === 0) waiting.delete(id);
              })),
            );
          }),
      };
    },
  );
