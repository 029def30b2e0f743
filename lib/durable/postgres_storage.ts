/**
 * Deployments in PostgreSQL, for any number of workers. The database is all that they share: no worker has a port for
 * the others. `mod.ts` loads this file when `layerPostgres` is built.
 *
 * @module
 */
import * as PgClient from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as RunnerAddress from "effect/cluster/RunnerAddress";
import * as SqlRunnerStorage from "effect/cluster/SqlRunnerStorage";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { type DbtError, unsendable } from "../error.ts";
import { clusterStorage, prefix } from "./cluster_storage.ts";
import type { Deployments } from "./deployments.ts";

/**
 * How long a worker may be silent before the others take over its deployments, in seconds. Effect's default, 35 s, is for
 * clusters that have more to lose by a false alarm: here, a ticket decides who may start a run.
 */
const lockExpiration = 9;

/** A database, with all that a deployment needs. `runs`: whether this process runs deployments, or only asks for them. */
export const layer = (
  url: Redacted.Redacted<string>,
  runs: boolean,
): Layer.Layer<Deployments | WorkflowEngine, DbtError> => {
  const name = withoutPassword(Redacted.value(url));
  if (name === undefined) {
    const error = unsendable("deployments.open", "the database is not a URL such as postgres://user@host:5432/name");
    return Layer.effectContext(Effect.fail(error));
  }
  return clusterStorage({
    database: name,
    shared: true,
    sql: PgClient.layer({
      url,
      applicationName: "dbtc",
      connectTimeout: "10 seconds",
      // A worker that is frozen within a transaction would keep its row locks, and hold up all others.
      startupParameters: { idle_in_transaction_session_timeout: String(lockExpiration * 1000) },
    }),
    runners: SqlRunnerStorage.layerWith({ prefix }),
    config: {
      // Only a name: nobody listens there.
      runnerAddress: runs ? Option.some(RunnerAddress.make(crypto.randomUUID(), 1)) : Option.none(),
      shardsPerGroup: 32,
      shardLockRefreshInterval: `${lockExpiration / 4} seconds`,
      shardLockExpiration: `${lockExpiration} seconds`,
    },
  });
};

/** A URL without its password and parameters; undefined where it is none. */
function withoutPassword(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, pathname, protocol, username } = new URL(text);
  return /^postgres(ql)?:$/i.test(protocol)
    ? `${protocol}//${username && `${username}@`}${host}${pathname}`
    : undefined;
}
