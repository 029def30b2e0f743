/**
 * Ends the waits of all deployments: one poller in the cluster asks for 100 runs a request. A webhook ends a wait sooner;
 * the poller finds what no webhook says. It is also a watchdog: it wakes deployments whose run has ended, and that have
 * not gone on.
 *
 * @module
 */
import * as Arr from "effect/Array";
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import * as DurableDeferred from "effect/workflow/DurableDeferred";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { warn } from "../deliver_events.ts";
import { Dbt } from "../dbt.ts";
import { DbtError } from "../error.ts";
import { fitting, listRuns, sendForRun } from "../workflows/lenient_run.ts";
import { hasEnded } from "../workflows/run_events.ts";
import { AccountClients, type OfAccount } from "./account_clients.ts";
import { Deployment } from "./deployment_model.ts";
import { type DeploymentRow, payloadOf, updateDeployment, type WaitRow } from "./deployment_rows.ts";
import { endOf } from "./deployment_workflow.ts";
import { type Deployments, type Storage, storage } from "./deployments.ts";

/**
 * How long the poller waits between two polls (default: 5 s). With more than 500 runs of an account it waits longer: a second
 * for each request, so that an account gets no more than 60 requests a minute.
 */
export const PollInterval: Context.Reference<Duration.Duration> = Context.Reference<Duration.Duration>(
  "@dbtc/dbtc/durable/run_poller/PollInterval",
  { defaultValue: () => Duration.seconds(5) },
);

/** What a poller did, for `/metrics`. */
export interface PollerState {
  /** Requests for runs. */
  requests: number;
  /** When all waits of all accounts were last polled without a failure, in milliseconds; undefined before that. */
  lastGoodPoll: number | undefined;
  /** Waits whose deployment did not go on by itself. */
  woken: number;
  /** Accounts whose deployments are paused, and why. */
  readonly paused: Map<string, string>;
}

/** The state of this process's poller. */
export const PollerState: Context.Service<PollerState, PollerState> = Context.Service<PollerState>(
  "@dbtc/dbtc/durable/run_poller/PollerState",
);

/** The most runs that one request asks for: dbt Cloud's limit. */
const perRequest = 100;
/** A deployment that has not gone on so long after its run's end is woken, in milliseconds. */
const stalledAfter = 30_000;
/** A deployment without a run or a wait is begun again after this time, in milliseconds. */
const lostAfter = 120_000;
/** For how long a run may not be found that was triggered just now, in milliseconds. */
const freshness = 60_000;
/** How often in a row a run may not be found after that. */
const disappearances = 5;

/** Completes the waits for a run that has ended, or that cannot be waited for. To do so twice does no harm. */
export const completeWaits = Effect.fnUntraced(function* (
  { sql }: Storage,
  waits: ReadonlyArray<Pick<WaitRow, "token">>,
  end: Result.Result<Run, DbtError>,
) {
  const now = yield* Clock.currentTimeMillis;
  for (const { token } of waits) {
    // Tokens are written by `deployment_workflow.ts`, and by nobody else.
    const options = { token: token as DurableDeferred.Token };
    const deferred = endOf(0);
    yield* Result.isSuccess(end)
      ? DurableDeferred.succeed(deferred, { ...options, value: end.success })
      : DurableDeferred.fail(deferred, { ...options, error: end.failure });
    yield* sql`UPDATE dbtc_waits SET ended_at = ${now} WHERE token = ${token} AND ended_at IS NULL`;
  }
});

/** The waits for a run, in whichever account of this number. */
export function waitsFor(
  { sql }: Storage,
  { account_id, run_id }: { readonly account_id: number; readonly run_id: number },
) {
  return sql<WaitRow>`SELECT * FROM dbtc_waits WHERE run_id = ${run_id} AND account_id = ${account_id}`;
}

const poller = Effect.fnUntraced(function* (state: PollerState) {
  const self = yield* storage;
  const clients = yield* AccountClients;
  const interval = yield* PollInterval;
  const { sql } = self;
  /** The status of each run as last written. */
  const seen = new Map<number, number | null | undefined>();
  /** How often each run was not found. */
  const missing = new Map<number, number>();
  let isDown = false;

  /** What was seen of a run. */
  const take = Effect.fnUntraced(function* (run: Run, waits: ReadonlyArray<WaitRow>) {
    missing.delete(run.id);
    if (seen.get(run.id) !== run.status) {
      for (const { execution_id } of waits) yield* updateDeployment(sql, execution_id, { run: fitting(run) });
      seen.set(run.id, run.status);
    }
    if (!hasEnded(run)) return;
    yield* completeWaits(self, waits, Result.succeed(run));
    seen.delete(run.id);
  });

  /** A run that the list does not have is asked for by itself. */
  const find = Effect.fnUntraced(function* (account_id: number, run_id: number, waits: ReadonlyArray<WaitRow>) {
    state.requests++;
    const run = yield* Effect.result(sendForRun(runs.get, { account_id, run_id }));
    if (Result.isSuccess(run)) return yield* take(run.success, waits);
    if (run.failure.reason._tag !== "NotFound") return yield* run.failure;
    const now = yield* Clock.currentTimeMillis;
    if (waits.some(({ created_at }) => now - Number(created_at) < freshness)) return;
    const times = (missing.get(run_id) ?? 0) + 1;
    missing.set(run_id, times);
    if (times < disappearances) return;
    yield* completeWaits(self, waits, Result.fail(run.failure));
    missing.delete(run_id);
  });

  const pollAccount = Effect.fnUntraced(function* (of: OfAccount, waits: ReadonlyArray<WaitRow>) {
    const client = yield* clients.find(of);
    const pause = Effect.fnUntraced(function* (words: string) {
      if (state.paused.get(of.account) !== words) {
        yield* warn(`${waits.length} deployments of account ${of.account} are paused: ${words}`);
      }
      state.paused.set(of.account, words);
      return false;
    });
    if (Result.isFailure(client)) return yield* pause(client.failure);
    const byRun = Map.groupBy(waits, ({ run_id }) => Number(run_id));
    const polled = Effect.gen(function* () {
      for (const pk__in of Arr.chunksOf(byRun.keys(), perRequest)) {
        state.requests++;
        const { data } = yield* listRuns({ account_id: of.account_id, pk__in, limit: perRequest });
        const found = new Map(data.map((run) => [run.id, run]));
        for (const id of pk__in) {
          const run = found.get(id);
          const its = byRun.get(id) ?? [];
          yield* run === undefined ? find(of.account_id, id, its) : take(run, its);
        }
      }
    });
    const done = yield* Effect.result(Effect.provideService(polled, Dbt, client.success));
    if (Result.isSuccess(done)) {
      if (state.paused.delete(of.account)) yield* warn(`The deployments of account ${of.account} go on`);
      return true;
    }
    // A failure of the database is not the account's.
    if (!(done.failure instanceof DbtError)) return yield* Effect.fail(done.failure);
    if (done.failure.reason._tag === "Unauthorized") yield* clients.refused(of, done.failure);
    return yield* pause(done.failure.message);
  });

  const poll = Effect.gen(function* () {
    const waits = yield* sql<WaitRow>`SELECT * FROM dbtc_waits WHERE ended_at IS NULL`;
    const good = yield* Effect.forEach(
      Map.groupBy(waits, ({ account }) => account),
      ([account, its]) => pollAccount({ account, account_id: Number(its[0]?.account_id) }, its),
      { concurrency: 4 },
    );
    if (good.every((one) => one)) state.lastGoodPoll = yield* Clock.currentTimeMillis;
    if (waits.length === 0) {
      seen.clear();
      missing.clear();
      state.paused.clear();
    }
    return Math.max(...[...Map.groupBy(waits, ({ account }) => account).values()].map(({ length }) => length), 0);
  });

  /** Deployments that should have gone on: https://github.com/Effect-TS/effect/issues/8312 */
  const watch = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis;
    const stalled = yield* sql<WaitRow>`SELECT * FROM dbtc_waits WHERE ended_at < ${now - stalledAfter}`;
    for (const { execution_id, run_id } of stalled) {
      state.woken++;
      yield* warn(`Run ${run_id} has ended, and its deployment has not gone on: it is woken`);
      yield* Deployment.resume(execution_id);
    }
    // The process that asked for it may have ended before the workflow was stored.
    const lost = yield* sql<DeploymentRow>`SELECT d.* FROM dbtc_deployments d
      WHERE d.state = 'open' AND d.run_id IS NULL AND d.updated_at < ${now - lostAfter}`;
    for (const row of lost) {
      yield* Deployment.execute(payloadOf(row), { discard: true });
      yield* updateDeployment(sql, row.execution_id, {});
    }
  });

  return yield* Effect.gen(function* () {
    const waits = yield* Effect.andThen(watch, poll).pipe(
      Effect.tap(Effect.sync(() => isDown = false)),
      Effect.catchCause((cause) => {
        const says = isDown ? Effect.void : warn("The runs could not be polled", cause);
        isDown = true;
        return Effect.as(says, 0);
      }),
    );
    yield* Effect.sleep(Duration.max(interval, Duration.seconds(Math.ceil(waits / perRequest))));
  }).pipe(Effect.forever);
});

/** The poller: one of all processes of the database has it. */
export const layer: Layer.Layer<never, never, WorkflowEngine | Deployments | AccountClients | PollerState> = Layer
  .effectDiscard(Effect.gen(function* () {
    const { sharding } = yield* storage;
    const state = yield* PollerState;
    yield* sharding.registerSingleton("dbtc/poller", Effect.asVoid(poller(state)));
  }));
