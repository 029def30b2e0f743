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
import * as ClusterWorkflowEngine from "effect/cluster/ClusterWorkflowEngine";
import * as RunnerAddress from "effect/cluster/RunnerAddress";
import * as RunnerHealth from "effect/cluster/RunnerHealth";
import * as Runners from "effect/cluster/Runners";
import * as Sharding from "effect/cluster/Sharding";
import * as ShardingConfig from "effect/cluster/ShardingConfig";
import * as SqlMessageStorage from "effect/cluster/SqlMessageStorage";
import * as SqlRunnerStorage from "effect/cluster/SqlRunnerStorage";
import * as Digest from "effect/crypto/Digest";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { type DbtError, unsendable } from "../error.ts";
import { databaseError } from "./database_error.ts";
import { migrate } from "./deployment_rows.ts";
import { Deployments } from "./deployments.ts";
import { makeStorage } from "./make_storage.ts";
import * as patientMessages from "./patient_messages.ts";

/**
 * How long a worker may be silent before the others take over its deployments, in seconds. Effect's default, 35 s, is for
 * clusters that have more to lose by a false alarm: here, a ticket decides who may start a run.
 */
const lockExpiration = 9;

/** The tables of Effect's cluster begin with this: another cluster in the same database is not ours. */
const prefix = "dbtc";

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
  const client = PgClient.layer({
    url,
    applicationName: "dbtc",
    connectTimeout: "10 seconds",
    // A worker that is frozen within a transaction would keep its row locks, and hold up all others.
    startupParameters: { idle_in_transaction_session_timeout: String(lockExpiration * 1000) },
  });
  const cluster = ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(
      Sharding.layer.pipe(
        Layer.provideMerge(Runners.layerNoop),
        Layer.provideMerge(patientMessages.layer(SqlMessageStorage.layerWith({ prefix }))),
        Layer.provide([SqlRunnerStorage.layerWith({ prefix }), RunnerHealth.layerNoop]),
        Layer.provide(ShardingConfig.layer({
          // Only a name: nobody listens there.
          runnerAddress: runs ? Option.some(RunnerAddress.make(crypto.randomUUID(), 1)) : Option.none(),
          shardsPerGroup: 32,
          entityMessagePollInterval: "500 millis",
          shardLockRefreshInterval: `${lockExpiration / 4} seconds`,
          shardLockExpiration: `${lockExpiration} seconds`,
          simulateRemoteSerialization: false,
        })),
        Layer.provide(Digest.layerWebCrypto),
      ),
    ),
    Layer.provideMerge(Layer.effectDiscard(migrate).pipe(Layer.provideMerge(client))),
  );
  return Layer.effect(Deployments, makeStorage({ database: name, shared: true })).pipe(
    Layer.provideMerge(cluster),
    Layer.catch((error) => Layer.effectContext(Effect.fail(databaseError(name, "deployments.open")(error)))),
  );
};

/** A URL without its password and parameters; undefined where it is none. */
function withoutPassword(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, pathname, protocol, username } = new URL(text);
  return /^postgres(ql)?:$/i.test(protocol)
    ? `${protocol}//${username && `${username}@`}${host}${pathname}`
    : undefined;
}
