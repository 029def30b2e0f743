/**
 * Deployments in a database with a cluster of their own: the tables, Effect's cluster over them, and the service. The
 * layers in `sqlite_storage.ts` and `postgres_storage.ts` are made with it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as ClusterWorkflowEngine from "effect/cluster/ClusterWorkflowEngine";
import * as RunnerHealth from "effect/cluster/RunnerHealth";
import * as Runners from "effect/cluster/Runners";
import type { RunnerStorage } from "effect/cluster/RunnerStorage";
import * as Sharding from "effect/cluster/Sharding";
import * as ShardingConfig from "effect/cluster/ShardingConfig";
import * as SqlMessageStorage from "effect/cluster/SqlMessageStorage";
import * as Digest from "effect/crypto/Digest";
import type { SqlClient } from "effect/sql/SqlClient";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import type { DbtError } from "../error.ts";
import { databaseError } from "./database_error.ts";
import { migrate } from "./deployment_rows.ts";
import { Deployments } from "./deployments.ts";
import { makeStorage } from "./make_storage.ts";
import * as patientMessages from "./patient_messages.ts";

/** The tables of Effect's cluster begin with this: another cluster in the same database is not ours. */
export const prefix = "dbtc";

/** A database, with all that a deployment needs. */
export function clusterStorage<E, E2>({ config, database, runners, shared, sql }: {
  /** The file or the URL, without a password: for messages. */
  readonly database: string;
  /** Whether another process can run the deployments. */
  readonly shared: boolean;
  /** The client of the database. */
  readonly sql: Layer.Layer<SqlClient, E>;
  /** Which process has which shards. */
  readonly runners: Layer.Layer<RunnerStorage, E2, SqlClient | ShardingConfig.ShardingConfig>;
  /** The settings of the cluster. */
  readonly config: Parameters<typeof ShardingConfig.layer>[0];
}): Layer.Layer<Deployments | WorkflowEngine, DbtError> {
  const cluster = ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(
      // As `SingleRunner.layer`, which reads the environment: HOST and PORT there are for other programs.
      Sharding.layer.pipe(
        Layer.provideMerge(Runners.layerNoop),
        Layer.provideMerge(patientMessages.layer(SqlMessageStorage.layerWith({ prefix }))),
        Layer.provide([runners, RunnerHealth.layerNoop]),
        Layer.provide(ShardingConfig.layer({
          entityMessagePollInterval: "500 millis",
          simulateRemoteSerialization: false,
          ...config,
        })),
        Layer.provide(Digest.layerWebCrypto),
      ),
    ),
    Layer.provideMerge(Layer.effectDiscard(migrate).pipe(Layer.provideMerge(sql))),
  );
  return Layer.effect(Deployments, makeStorage({ database, shared })).pipe(
    Layer.provideMerge(cluster),
    Layer.catch((error) => Layer.effectContext(Effect.fail(databaseError(database, "deployments.open")(error)))),
  );
}
