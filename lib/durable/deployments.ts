/**
 * `Deployments`, the service that every function of `@dbtc/dbtc/durable` needs: the database of the deployments. The
 * layers in `sqlite_storage.ts` and `postgres_storage.ts` provide it.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Latch from "effect/Latch";
import type { MessageStorage } from "effect/cluster/MessageStorage";
import type { Sharding } from "effect/cluster/Sharding";
import type { SqlClient } from "effect/sql/SqlClient";
import type { DbtError } from "../error.ts";
import { databaseError } from "./database_error.ts";
import type { DeploymentRow } from "./deployment_rows.ts";

/** The database of the deployments. */
export interface Deployments {
  /** The file or the URL, without a password: for messages. */
  readonly database: string;
  /** Whether another process can run the deployments: true for PostgreSQL, where workers do. */
  readonly shared: boolean;
}

/** The key of the service. */
export const Deployments: Context.Service<Deployments, Deployments> = Context.Service<Deployments>(
  "@dbtc/dbtc/durable/deployments/Deployments",
);

/** What a `Deployments` is made of. No public type has it: the modules of Effect's cluster are unstable. */
export interface Storage extends Deployments {
  /** The database. */
  readonly sql: SqlClient;
  /** Effect's cluster, which says which process runs what. */
  readonly sharding: Sharding["Service"];
  /** The messages of the cluster, from which workflows are replayed. */
  readonly messages: MessageStorage["Service"];
  /** Waits until a deployment is closed, in whichever process. */
  readonly awaitClosed: (execution_id: string) => Effect.Effect<DeploymentRow>;
  /** Warns that the database fails, at most once a minute: what is tried again would be silent otherwise. */
  readonly tellFailure: (error: unknown) => Effect.Effect<void>;
  /** Opened where a deployment is closed in this process: who waits for one need not wait for the next poll. */
  readonly closed: Latch.Latch;
  /** When the database was made, in milliseconds: deployments before that are not in it. */
  readonly since: number;
}

/** The storage at hand. */
export const storage: Effect.Effect<Storage, never, Deployments> = Effect.map(
  Deployments,
  // `makeStorage` makes every `Deployments`, and it makes a `Storage`.
  (deployments) => deployments as Storage,
);

/** Runs something with the database, and gives its failures as `DbtError`s. */
export function withStorage<A, E, R>(
  call: string,
  use: (storage: Storage) => Effect.Effect<A, E, R>,
): Effect.Effect<A, DbtError, Deployments | R> {
  return Effect.flatMap(storage, (storage) => Effect.mapError(use(storage), databaseError(storage.database, call)));
}
