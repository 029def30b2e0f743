/**
 * Deployments that survive their process: a run of a job is started at most once for its key, and waited for in whichever
 * process there is. They are kept in a SQLite file, for the processes of one machine, or in PostgreSQL, for any number of
 * workers. Built on Effect's workflow engine and cluster.
 *
 * The command line has the same: `dbtc jobs trigger --durable --key K`, `dbtc worker`, `dbtc deployments`.
 *
 * @example
 * ```ts no-assert
 * import { DbtClient } from "@dbtc/dbtc";
 * import * as durable from "@dbtc/dbtc/durable";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 *
 * const client = DbtClient.layerFetch({ host: "ab123.us1.dbt.com", account_id: 7, token: Redacted.make("dbtc_…") });
 * const live = durable.layer.pipe(
 *   Layer.provideMerge(durable.layerSqlite("deployments.sqlite")),
 *   Layer.provideMerge(client),
 * );
 * const deployment = durable.deploy({ job_id: 1, cause: "Nightly" }, { key: "2026-01-31", retries: 1 });
 * export const program = deployment.pipe(Effect.provide(live));
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Redacted from "effect/Redacted";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";
import * as clients from "./account_clients.ts";
import type { Deployments } from "./deployments.ts";
import { webhookReceiver } from "./webhook_receiver.ts";
import { pollerState, workerLayer } from "./worker_layer.ts";

export { Deployments } from "./deployments.ts";
export {
  Deployment,
  type DeploymentInfo,
  type DeploymentPayload,
  type DeploymentState,
  type DeploymentWorkflow,
  type OfDeployment,
} from "./deployment_model.ts";
export { cancel, deploy, type DeployOptions, list, type ListDeployments, prune, show, wait } from "./deploy.ts";
export { payload, type PayloadOptions } from "./make_payload.ts";
export { PollInterval } from "./run_poller.ts";

/**
 * Runs the deployments of the database in this process, with the program's client.
 *
 * **When to use**
 *
 * In every process that is to run deployments. Without it, a process can ask for deployments, and another one has to run
 * them.
 *
 * **Details**
 *
 * One process at a time polls dbt Cloud, for all deployments: 100 runs a request, every 5 seconds, and at most 60
 * requests a minute to an account, beside one for each run that the list does not have. {@linkcode PollInterval} changes
 * it. A deployment of an account that the client is not for is left
 * alone, and so is one whose token is refused: it goes on once there is a token that is accepted.
 *
 * Where the layer's scope closes, the deployments are handed over, and nothing is cancelled.
 */
export const layer: Layer.Layer<never, never, Dbt | Deployments | WorkflowEngine> = workerLayer.pipe(
  Layer.provide([clients.layerDbt, pollerState]),
);

/**
 * Makes a receiver for dbt Cloud's webhooks, which ends the wait for a run within a second. It takes a web-standard
 * `Request`, as `Deno.serve` gives it, and returns the `Response`.
 *
 * **When to use**
 *
 * Where the next poll is too late. The poller stays: dbt Cloud sends no webhook for a run that is cancelled, and one may
 * be lost.
 *
 * **Details**
 *
 * `secret` is the `hmac_secret` of the webhook subscription, which has the events `job.run.completed` and
 * `job.run.errored`. The signature is checked, and then the run is asked for with one request. A webhook that comes
 * twice, late, or for a run that no deployment waits for changes nothing, and sends no request.
 *
 * **Errors**
 *
 * None. Answers 204 to a webhook, 401 where the signature is wrong, 400 where it is no webhook, 413 where it is larger than
 * 1 MiB, and 503 where the database or dbt Cloud fails: dbt Cloud then sends it again.
 *
 * @example
 * ```ts no-assert
 * import * as durable from "@dbtc/dbtc/durable";
 * import * as Effect from "effect/Effect";
 * import * as Redacted from "effect/Redacted";
 *
 * const receive = durable.webhook(Redacted.make("the subscription's secret"));
 * // Provide `durable.layerSqlite(…)` or `durable.layerPostgres(…)`, and a client.
 * export const server = Effect.map(Effect.context<Effect.Services<ReturnType<typeof receive>>>(), (services) =>
 *   Deno.serve({ port: 8080 }, (request) => Effect.runPromiseWith(services)(receive(request))));
 * ```
 */
export function webhook(
  secret: Redacted.Redacted<string>,
): (request: Request) => Effect.Effect<Response, never, Dbt | Deployments | WorkflowEngine> {
  const receive = webhookReceiver(secret);
  return (request) =>
    Effect.flatMap(Dbt, (dbt) => Effect.provideService(receive(request), clients.AccountClients, clients.ofDbt(dbt)));
}

/** Loads a storage after the modules of Effect's cluster, which must not read the environment. */
function lazily<R>(
  load: () => Promise<Layer.Layer<Deployments | WorkflowEngine, DbtError, R>>,
): Layer.Layer<Deployments | WorkflowEngine, DbtError, R> {
  return Layer.unwrap(Effect.promise(async () => {
    await import("./quiet_environment.ts");
    return await load();
  }));
}

/** How a process uses a database. */
export interface StorageOptions {
  /**
   * Whether this process runs deployments, with {@linkcode layer}. False if it only asks for them, and does not have that
   * layer (default: true).
   */
  readonly runs?: boolean;
}

/**
 * Keeps deployments in a SQLite file, which is made if it is missing.
 *
 * **When to use**
 *
 * For one machine. Several processes may have the same file: one of them runs the deployments, the others wait, and one
 * of them takes over when it ends.
 *
 * **Details**
 *
 * By `node:sqlite`, which Deno and Node have built in. Beside the file there are its `-wal`, `-shm` and `.lock`. It must
 * not be on a network file system.
 *
 * **Errors**
 *
 * `Unsendable` where the file cannot be used, or a newer release of dbtc wrote it.
 */
export function layerSqlite(
  file: string,
  { runs = true }: StorageOptions = {},
): Layer.Layer<Deployments | WorkflowEngine, DbtError> {
  return lazily(async () => (await import("./sqlite_storage.ts")).layer(file, runs));
}

/**
 * Keeps deployments in PostgreSQL, version 14 or newer.
 *
 * **When to use**
 *
 * For several machines. Workers need no port for each other: they share the database, and nothing else.
 *
 * **Details**
 *
 * By `@effect/sql-pg`. The tables begin with `dbtc_`, and are made if they are missing. If a worker ends without a word,
 * another one takes over its deployments within 15 seconds.
 *
 * **Errors**
 *
 * `Unreachable` where the database does not answer, `Unsendable` where it cannot be used, or a newer release of dbtc wrote
 * it.
 */
export function layerPostgres(
  url: Redacted.Redacted<string>,
  { runs = true }: StorageOptions = {},
): Layer.Layer<Deployments | WorkflowEngine, DbtError> {
  return lazily(async () => (await import("./postgres_storage.ts")).layer(url, runs));
}

/**
 * Keeps deployments in the database of the program's own cluster.
 *
 * **When to use**
 *
 * In a program that runs other workflows too, with `ClusterWorkflowEngine.layer` of Effect.
 *
 * **Details**
 *
 * The program's `WorkflowEngine` has to come with its `SqlClient`, `Sharding` and `MessageStorage`, as
 * `Layer.provideMerge` gives them. The tables of the deployments begin with `dbtc_`.
 *
 * **Errors**
 *
 * Those of {@linkcode layerPostgres}.
 */
export const layerCluster: Layer.Layer<Deployments, DbtError, WorkflowEngine> = Layer.unwrap(
  Effect.promise(async () => (await import("./own_cluster.ts")).layer),
);
