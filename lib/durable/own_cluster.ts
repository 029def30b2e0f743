/**
 * Deployments in a cluster of the program's own. `mod.ts` loads this file when `layerCluster` is built.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import { MessageStorage } from "effect/cluster/MessageStorage";
import { Sharding } from "effect/cluster/Sharding";
import { SqlClient } from "effect/sql/SqlClient";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { type DbtError, unsendable } from "../error.ts";
import { databaseError } from "./database_error.ts";
import { migrate } from "./deployment_rows.ts";
import { Deployments } from "./deployments.ts";
import { makeStorage } from "./make_storage.ts";

/** The database of the program's cluster. Its services are looked up, so that no public type has them. */
export const layer: Layer.Layer<Deployments, DbtError, WorkflowEngine> = Layer.effect(
  Deployments,
  Effect.gen(function* () {
    const sql = yield* Effect.serviceOption(SqlClient);
    const sharding = yield* Effect.serviceOption(Sharding);
    const messages = yield* Effect.serviceOption(MessageStorage);
    if (Option.isNone(sql) || Option.isNone(sharding) || Option.isNone(messages)) {
      return yield* unsendable(
        "deployments.open",
        "the program provides no SqlClient, Sharding and MessageStorage: build ClusterWorkflowEngine.layer with " +
          "Layer.provideMerge, or use layerSqlite or layerPostgres",
      );
    }
    return yield* Effect.andThen(migrate, makeStorage({ database: "the cluster's database", shared: true })).pipe(
      Effect.provideService(SqlClient, sql.value),
      Effect.provideService(Sharding, sharding.value),
      Effect.provideService(MessageStorage, messages.value),
      Effect.mapError(databaseError("of the cluster", "deployments.open")),
    );
  }),
);
