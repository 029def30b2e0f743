/**
 * The functions of deployments: `deploy`, `cancel`, `show`, `list` and `prune`.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import type * as jobs from "../api/jobs.ts";
import type { Run } from "../api/runs.ts";
import type { Dbt } from "../dbt.ts";
import { DbtError, unsendable } from "../error.ts";
import { RunStatus } from "../models/run.ts";
import { fitting } from "../workflows/lenient_run.ts";
import { hasTag } from "../workflows/run_tag.ts";
import {
  Deployment,
  type DeploymentInfo,
  type DeploymentPayload,
  executionIdOf,
  newestRuns,
  type OfDeployment,
  tagOf,
} from "./deployment_model.ts";
import {
  type DeploymentRow,
  errorOf,
  findDeployments,
  infoOf,
  insertDeployment,
  payloadOf,
  readDeployment,
  runOf,
} from "./deployment_rows.ts";
import { type Deployments, type Storage, withStorage } from "./deployments.ts";
import { differingOverrides } from "../workflows/start_tagged.ts";
import { payload, type PayloadOptions } from "./make_payload.ts";

/** How a deployment is started and waited for. */
export interface DeployOptions extends Omit<PayloadOptions, "attempt"> {
  /** Start another attempt where the last one failed or was cancelled (default: false). */
  readonly newAttempt?: boolean;
  /** Stop waiting after this long. The deployment goes on (default: no limit). */
  readonly timeout?: Duration.Input;
}

const call = "deployments.deploy";

/** Starts a deployment, or attaches to the one with the key. Gives its row. */
export const begin = Effect.fnUntraced(function* (
  storage: Storage,
  request: jobs.Trigger,
  { newAttempt = false, ...options }: DeployOptions,
): Effect.fn.Return<DeploymentRow, unknown, Dbt | WorkflowEngine> {
  const { sql } = storage;
  const first = yield* payload(request, options);
  const [last] = (yield* findDeployments(sql, keyOf(first))).filter(({ account }) => account === first.account);
  const restarts = newAttempt && (last === undefined || last.state === "failed" || last.state === "cancelled");
  if (last !== undefined) {
    const differing = differingOverrides(payloadOf(last), first);
    if (differing.length > 0) {
      return yield* unsendable(
        call,
        `key ${JSON.stringify(first.key)} of job ${first.job_id} is that of a deployment with another ` +
          `${differing.join(", ")}. Use another key`,
      );
    }
    if (!restarts) {
      // It may not have been stored in the cluster before its process ended. To execute it again does no harm.
      if (last.state === "open") yield* Deployment.execute(payloadOf(last), { discard: true });
      return last;
    }
  }
  const attempt = last !== undefined ? last.attempt + 1 : newAttempt ? 1 + (yield* lostAttempts(first)) : 1;
  const next = { ...first, attempt };
  const execution_id = yield* executionIdOf(next);
  yield* insertDeployment(sql, execution_id, next);
  yield* Deployment.execute(next, { discard: true });
  const row = yield* readDeployment(sql, execution_id);
  if (row === undefined) return yield* unsendable(call, `deployment ${next.key} was pruned`);
  return row;
});

/** The deployments with the key of a payload, whatever their attempt. */
function keyOf({ account_id, job_id, key }: DeploymentPayload): OfDeployment {
  return { account_id, job_id, key };
}

/** How many attempts have failed that the database does not know: it was lost. Their runs are found by their tags. */
const lostAttempts = Effect.fnUntraced(function* (first: DeploymentPayload) {
  const runs = yield* Stream.runCollect(Stream.take(newestRuns(first), 1000));
  let attempts = 0;
  for (;; attempts++) {
    const tag = tagOf(first, yield* executionIdOf({ ...first, attempt: attempts + 1 }));
    const run = runs.find((run) => hasTag(run, tag));
    if (run === undefined || (run.status !== RunStatus.error && run.status !== RunStatus.cancelled)) return attempts;
  }
});

/** Waits until a deployment is closed. */
const awaitClosed = Effect.fnUntraced(function* (
  storage: Storage,
  row: DeploymentRow,
  timeout: Duration.Input = Duration.infinity,
): Effect.fn.Return<DeploymentRow, unknown> {
  if (row.state !== "open") return row;
  const begun = yield* Clock.currentTimeMillis;
  return yield* storage.awaitClosed(row.execution_id).pipe(
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: Effect.fnUntraced(function* (): Effect.fn.Return<never, unknown> {
        const now = (yield* readDeployment(storage.sql, row.execution_id)) ?? row;
        return yield* timedOut(storage, now, Math.round(((yield* Clock.currentTimeMillis) - begun) / 1000));
      }),
    }),
  );
});

/** The failure of a wait whose time is up. */
export function timedOut({ database }: Storage, row: DeploymentRow, seconds: number): DbtError {
  const run = runOf(row);
  return new DbtError({
    endpoint: call,
    reason: run === undefined
      ? {
        _tag: "Unreachable",
        host: database,
        detail: `deployment ${row.deployment_key} has started no run within ${seconds} s` +
          (row.note === null ? "" : `. ${row.note}`),
        permanent: false,
      }
      : { _tag: "WaitTimedOut", run, seconds },
  });
}

/** The run of a closed deployment, or its failure. */
export function outcomeOf(row: DeploymentRow): Effect.Effect<Run, DbtError> {
  const run = runOf(row);
  const error = errorOf(row);
  if (error !== undefined) return Effect.fail(error);
  if (row.state === "succeeded" && run !== undefined) return Effect.succeed(run);
  if (row.state === "cancelled" && run !== undefined) {
    return Effect.fail(new DbtError({ endpoint: call, reason: { _tag: "RunCancelled", run: fitting(run) } }));
  }
  return Effect.fail(unsendable(
    call,
    row.state === "cancelled"
      ? `deployment ${row.deployment_key} was cancelled before it started a run`
      : `deployment ${row.deployment_key} has failed: ${row.note ?? "nobody knows why"}`,
  ));
}

/**
 * Starts a run of a job, at most once for its key, and waits until it has ended in success. It goes on where the process
 * does not: another process with the same database takes over.
 *
 * **When to use**
 *
 * Where a deployment has to survive its process: CI runners that are preempted, orchestrators, hundreds of jobs at once.
 * `triggerAndWait` needs no database.
 *
 * **Details**
 *
 * The same key again gives the same deployment: one that is open is attached to, and one that has ended gives its
 * outcome again. `newAttempt` starts another one where the last one failed or was cancelled.
 *
 * An interrupt ends the wait, and cancels nothing: {@linkcode cancel} does.
 *
 * Something has to run the deployments: `layer` in this process, or `dbtc worker` where the database is PostgreSQL.
 *
 * **Errors**
 *
 * `RunFailed` and `RunCancelled`, with the run as it ended. `Ambiguous` where the answer to the request was lost, and no
 * run appeared within 60 s. `WaitTimedOut` after `timeout`; `Unreachable` where no run had been started by then, or where
 * the database cannot be reached. `Unsendable` where the key is that of a deployment with other overrides, or the
 * database cannot be used. The errors of `trigger` where no run was started.
 *
 * @example
 * ```ts
 * import { DbtClient } from "@dbtc/dbtc";
 * import * as durable from "@dbtc/dbtc/durable";
 * import * as sandbox from "@dbtc/dbtc/sandbox";
 * import * as Effect from "effect/Effect";
 * import * as Layer from "effect/Layer";
 * import * as Redacted from "effect/Redacted";
 * import assert from "node:assert/strict";
 *
 * const client = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
 *   Layer.provide(sandbox.layer({ speed: 600 })),
 * );
 * const file = `${await Deno.makeTempDir()}/deployments.sqlite`;
 * const live = durable.layer.pipe(Layer.provideMerge(durable.layerSqlite(file)), Layer.provideMerge(client));
 *
 * const program = durable.deploy({ job_id: 1, cause: "Deploy" }, { key: "build-4711" });
 * const run = await Effect.runPromise(program.pipe(Effect.provide(live)));
 * assert.equal(run.status_humanized, "Success");
 *
 * // Another process, with the same database and the same key: no second run.
 * const again = await Effect.runPromise(program.pipe(Effect.provide(Layer.fresh(live))));
 * assert.equal(again.id, run.id);
 * ```
 */
export function deploy(
  request: jobs.Trigger,
  options: DeployOptions,
): Effect.Effect<Run, DbtError, Dbt | Deployments | WorkflowEngine> {
  return withStorage(call, (storage) =>
    Effect.gen(function* () {
      const row = yield* begin(storage, request, options);
      return yield* outcomeOf(yield* awaitClosed(storage, row, options.timeout));
    })).pipe(Effect.withSpan("deploy"));
}

/** The one deployment that is meant. */
const one = Effect.fnUntraced(function* (
  { sql }: Storage,
  endpoint: string,
  of: OfDeployment,
): Effect.fn.Return<DeploymentRow, unknown> {
  const rows = yield* findDeployments(sql, of);
  const [newest] = rows;
  if (newest === undefined) {
    return yield* unsendable(endpoint, `there is no deployment with key ${JSON.stringify(of.key)}`);
  }
  const others = new Map(rows.map((row) => [`job ${row.job_id} of account ${row.account}`, row]));
  if (others.size > 1) {
    return yield* unsendable(
      endpoint,
      `several deployments have key ${JSON.stringify(of.key)}: ${[...others.keys()].join(", ")}. Name the job`,
    );
  }
  return newest;
});

/**
 * Gets a deployment by its key: the last attempt, unless another one is named.
 *
 * **Errors**
 *
 * `Unsendable` where there is none, several fit, or the database cannot be used; `Unreachable` where it does not answer.
 */
export function show(of: OfDeployment): Effect.Effect<DeploymentInfo, DbtError, Deployments> {
  return withStorage("deployments.show", (storage) => Effect.map(one(storage, "deployments.show", of), infoOf));
}

/** Which deployments {@linkcode list} gives. */
export interface ListDeployments {
  /** Only those in this state. */
  readonly state?: DeploymentInfo["state"];
  /** Only those of this job. */
  readonly job_id?: number;
  /** At most this many, the newest first (default: 100). */
  readonly limit?: number;
}

/**
 * Lists deployments, the newest first.
 *
 * **Errors**
 *
 * `Unsendable` where the database cannot be used; `Unreachable` where it does not answer.
 */
export function list(
  { job_id, limit = 100, state }: ListDeployments = {},
): Effect.Effect<ReadonlyArray<DeploymentInfo>, DbtError, Deployments> {
  return withStorage("deployments.list", ({ sql }) =>
    Effect.map(
      sql<DeploymentRow>`SELECT * FROM dbtc_deployments WHERE ${
        sql.and([
          sql`1 = 1`,
          ...(state === undefined ? [] : [sql`state = ${state}`]),
          ...(job_id === undefined ? [] : [sql`job_id = ${job_id}`]),
        ])
      } ORDER BY created_at DESC, execution_id LIMIT ${limit}`,
      (rows) => rows.map(infoOf),
    ));
}

/**
 * Waits for a deployment as {@linkcode deploy} does, and starts nothing.
 *
 * **Errors**
 *
 * Those of {@linkcode deploy}, and of {@linkcode show}.
 */
export function wait(
  of: OfDeployment,
  options: Pick<DeployOptions, "timeout"> = {},
): Effect.Effect<Run, DbtError, Deployments> {
  return withStorage("deployments.wait", (storage) =>
    Effect.gen(function* () {
      const row = yield* one(storage, "deployments.wait", of);
      return yield* outcomeOf(yield* awaitClosed(storage, row, options.timeout));
    }));
}

/**
 * Cancels a deployment, and the run that it started. Gives the deployment as it is then.
 *
 * **Details**
 *
 * The process that runs the deployment sends one request to dbt Cloud, within two seconds. A run that the deployment
 * attached to, or that somebody else may have retried, is left. A deployment that has ended stays as it is. Waits up to
 * `timeout` (default: 30 s) for the deployment to be closed: if no process runs it, it is cancelled by the next one.
 *
 * **Errors**
 *
 * Those of {@linkcode show}.
 */
export function cancel(
  of: OfDeployment,
  options: Pick<DeployOptions, "timeout"> = {},
): Effect.Effect<DeploymentInfo, DbtError, Deployments | WorkflowEngine> {
  return withStorage("deployments.cancel", (storage) =>
    Effect.gen(function* () {
      const row = yield* one(storage, "deployments.cancel", of);
      if (row.state !== "open") return infoOf(row);
      // The process that asked for it may have ended before the workflow was stored: then there is nothing to interrupt.
      if (row.run_id === null) yield* Deployment.execute(payloadOf(row), { discard: true });
      yield* Deployment.interrupt(row.execution_id);
      yield* storage.awaitClosed(row.execution_id).pipe(Effect.timeoutOption(options.timeout ?? "30 seconds"));
      return infoOf((yield* readDeployment(storage.sql, row.execution_id)) ?? row);
    }));
}

/**
 * Deletes deployments that ended longer ago than `olderThan`, with all that the database has of them. Gives how many.
 *
 * **Details**
 *
 * A key that is deleted can be used again: then the run is found by its tag only where it is one of the job's newest 100,
 * or was created within the last seven days.
 *
 * **Errors**
 *
 * Those of {@linkcode list}.
 */
export function prune(
  { olderThan = "30 days" }: { readonly olderThan?: Duration.Input } = {},
): Effect.Effect<number, DbtError, Deployments> {
  return withStorage("deployments.prune", ({ messages, sharding, sql }) =>
    Effect.gen(function* () {
      const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(Duration.fromInputUnsafe(olderThan));
      const { addressesOf } = yield* Effect.promise(() => import("./execution_addresses.ts"));
      let pruned = 0;
      while (true) {
        const rows = yield* sql<Pick<DeploymentRow, "execution_id">>`
          SELECT execution_id FROM dbtc_deployments WHERE state <> 'open' AND closed_at <= ${before} LIMIT 100`;
        if (rows.length === 0) return pruned;
        for (const { execution_id } of rows) {
          for (const address of addressesOf(sharding, execution_id)) yield* messages.clearAddress(address);
          yield* sql`DELETE FROM dbtc_deployments WHERE execution_id = ${execution_id}`;
          pruned++;
        }
      }
    }));
}
