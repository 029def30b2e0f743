/**
 * What a deployment does: it looks for a run that is there already, starts one, waits, and retries. Each step is an
 * activity, whose result is stored: after a crash, the workflow is replayed up to the step that has no result.
 *
 * **The names of the activities, of the deferreds and of the clocks are stored in databases, and so is their order.**
 * Where they have to change, the workflow needs another name: a deployment that an older release began would break
 * otherwise. `tests/durable/fixture_test.ts` resumes one.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Activity from "effect/workflow/Activity";
import * as DurableClock from "effect/workflow/DurableClock";
import * as DurableDeferred from "effect/workflow/DurableDeferred";
import * as Workflow from "effect/workflow/Workflow";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { warn } from "../deliver_events.ts";
import { Dbt } from "../dbt.ts";
import { DbtError, isTransient } from "../error.ts";
import { DbtErrorSchema } from "../error_schema.ts";
import { fitting } from "../workflows/lenient_run.ts";
import { outcome } from "../workflows/wait_for_run.ts";
import { AccountClients } from "./account_clients.ts";
import {
  Deployment,
  type DeploymentPayload,
  PlanSchema,
  type Started,
  StartedSchema,
  stepResult,
  StoredRun,
  tagOf,
} from "./deployment_model.ts";
import { cancel, plan, retry, trigger } from "./deployment_requests.ts";
import { deleteWaits, insertDeployment, insertWait, updateDeployment } from "./deployment_rows.ts";
import { type Deployments, storage } from "./deployments.ts";
import { patient } from "./patience.ts";

/** How often a step is tried where dbt Cloud fails: an hour and a half with these pauses. A refused token is borne with. */
const mostFailures = 20;

/** How long a step is paused, in seconds: longer each time, at most five minutes. */
function pauseOf(round: number): number {
  return Math.min(300, 15 * 2 ** round);
}

/** The deferred that is completed with a run when it has ended. */
export const endOf = (run_id: number) =>
  DurableDeferred.make(`ended/${run_id}`, { success: StoredRun, error: DbtErrorSchema });

/**
 * Runs a step with the account's client. Where there is none, where its token is refused or dbt Cloud fails, the
 * workflow sleeps, without a process if need be, and tries the step again.
 */
const step = Effect.fnUntraced(function* <A, R>(
  name: string,
  payload: DeploymentPayload,
  executionId: string,
  success: Schema.Codec<A, unknown>,
  run: (name: string) => Effect.Effect<A, DbtError, R | Dbt>,
) {
  const { sql } = yield* storage;
  const clients = yield* AccountClients;
  for (let round = 0;; round++) {
    const named = `${name}/${round}`;
    const note = (text: string | null) => patient(updateDeployment(sql, executionId, { note: text }));
    const result = yield* Activity.make({
      name: named,
      success: stepResult(success),
      error: DbtErrorSchema,
      execute: Effect.gen(function* () {
        const client = yield* clients.find(payload);
        if (Result.isFailure(client)) {
          yield* note(`Paused: ${client.failure}`);
          return { _tag: "Paused" as const };
        }
        const value = yield* run(named).pipe(
          Effect.provideService(Dbt, client.success),
          Effect.map((value) => ({ _tag: "Done" as const, value })),
          Effect.catchIf(
            (error) => error.reason._tag === "Unauthorized" || (isTransient(error) && round < mostFailures),
            Effect.fnUntraced(function* (error) {
              if (error.reason._tag === "Unauthorized") yield* clients.refused(payload, error);
              yield* warn(`Deployment ${payload.key} is paused: ${error.message}`);
              yield* note(`Paused: ${error.message}`);
              return { _tag: "Paused" as const };
            }),
          ),
        );
        if (round > 0) yield* note(null);
        return value;
      }),
    });
    if (result._tag === "Done") return result.value;
    yield* DurableClock.sleep({ name: `pause/${named}`, duration: `${pauseOf(round)} seconds`, inMemoryThreshold: 0 });
  }
});

const Ended = Schema.Struct({ run: Schema.NullOr(StoredRun), note: Schema.NullOr(Schema.String) });

const deployment = Effect.fnUntraced(function* (payload: DeploymentPayload, executionId: string) {
  const { closed, since, sql } = yield* storage;
  const clients = yield* AccountClients;
  const { account, account_id } = payload;
  const tag = tagOf(payload, executionId);
  /** The run that is waited for, and whether it is this deployment's to cancel. */
  let current: Started | undefined;

  // Last of all: the outcome is written where `deploy` and `show` read it.
  yield* Workflow.addFinalizer((exit) => {
    // The scopes of earlier replays close with success and no value.
    if (Exit.isSuccess(exit) && exit.value === undefined) return Effect.void;
    const error = Option.getOrUndefined(Exit.findErrorOption(exit));
    const interrupted = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause);
    // A webhook may have said that it ended, before any poll saw it.
    const run = Exit.isSuccess(exit)
      ? exit.value as Run // what the workflow succeeds with
      : error instanceof DbtError && "run" in error.reason
      ? error.reason.run
      : undefined;
    const defect = Exit.isFailure(exit) && error === undefined && !interrupted ? Cause.pretty(exit.cause) : undefined;
    // No activity: where a cancel comes at the last moment, the engine runs none any more. To write it twice does no harm,
    // since a row that is closed stays as it is.
    return Effect.gen(function* () {
      yield* patient(deleteWaits(sql, executionId));
      yield* patient(updateDeployment(sql, executionId, {
        state: Exit.isSuccess(exit)
          ? "succeeded"
          : interrupted || (error instanceof DbtError && error.reason._tag === "RunCancelled")
          ? "cancelled"
          : "failed",
        ...(error instanceof DbtError ? { error } : {}),
        ...(run === undefined ? {} : { run: fitting(run) }),
        ...(defect === undefined ? {} : { note: `A defect in dbtc: ${defect}` }),
        ...(Exit.isSuccess(exit) ? { note: null } : {}),
      }));
      closed.openUnsafe();
    });
  });

  /** What happens to a run that this deployment started when the deployment is cancelled. */
  const cancels = (run_id: number) =>
    Activity.make({
      name: `cancel/${run_id}`,
      success: Ended,
      execute: Effect.gen(function* () {
        const client = yield* clients.find(payload);
        const asked = Result.isFailure(client) ? Result.fail(client.failure) : yield* cancel(payload, run_id).pipe(
          Effect.provideService(Dbt, client.success),
          Effect.mapError(({ message }) => message),
          Effect.result,
        );
        const ended = Result.isSuccess(asked)
          ? { run: asked.success, note: null }
          : { run: null, note: `Run ${run_id} could not be cancelled: ${asked.failure}` };
        if (ended.note !== null) yield* warn(ended.note);
        yield* patient(updateDeployment(sql, executionId, {
          note: ended.note,
          ...(ended.run === null ? {} : { run: fitting(ended.run) }),
        }));
        return ended;
      }),
    });

  /** Writes which run is waited for. */
  const begun = (run_id: number, all: ReadonlyArray<number>, run?: Run) =>
    patient(updateDeployment(sql, executionId, {
      run_id,
      runs: all,
      ...(run === undefined ? {} : { run: fitting(run) }),
    }));

  /** Waits for the end of a run, without a process if need be. */
  const awaitEnd = Effect.fnUntraced(function* (run_id: number) {
    const token = yield* DurableDeferred.token(endOf(run_id));
    yield* Activity.make({
      name: `wait/${run_id}`,
      execute: patient(insertWait(sql, { token, execution_id: executionId, account, account_id, run_id })),
    });
    return yield* DurableDeferred.await(endOf(run_id));
  });

  /** From here on, cancelling the deployment cancels this run, and no earlier one. */
  const register = (started: Started) =>
    started.ours
      ? Workflow.addFinalizer((exit) =>
        Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause) && current?.run_id === started.run_id
          ? Effect.asVoid(cancels(started.run_id))
          : Effect.void
      )
      : Effect.void;

  const planned = yield* step("plan", payload, executionId, PlanSchema, () =>
    Effect.gen(function* () {
      // Who executes the workflow by itself has not written the row.
      yield* patient(insertDeployment(sql, executionId, payload));
      const planned = yield* plan(payload, tag, since);
      const last = planned.attached?.runs.at(-1);
      if (last !== undefined) yield* begun(last, planned.attached?.runs ?? []);
      return planned;
    }));
  const { attached } = planned;
  const all: Array<number> = [...attached?.runs ?? []];
  const last = all.at(-1);
  if (attached !== undefined && last !== undefined) current = { run_id: last, ours: attached.ours };
  else {
    current = yield* step(
      "trigger",
      payload,
      executionId,
      StartedSchema,
      (name) =>
        trigger(payload, planned, tag, name).pipe(
          Effect.tap(({ run }) => begun(run.id, [run.id], run)),
          Effect.map(({ ours, run }): Started => ({ run_id: run.id, ours })),
        ),
    );
    all.push(current.run_id);
  }
  yield* register(current);
  let run = yield* awaitEnd(current.run_id);
  for (let left = payload.retries - (all.length - 1), tries = all.length; left > 0; left--, tries++) {
    if (run.status !== runs.RunStatus.error) break;
    const failed = run;
    const retried = yield* step(
      `retry/${tries}`,
      payload,
      executionId,
      Schema.NullOr(StartedSchema),
      (name) =>
        retry(payload, failed, name).pipe(
          Effect.tap(({ run }) => begun(run.id, [...all, run.id], run)),
          Effect.map(({ ours, run }): Started | null => ({ run_id: run.id, ours })),
          // What counts is that the run failed.
          Effect.catchIf(
            // dbt Cloud refuses it if another run of the job has come in between.
            ({ reason }) => reason._tag === "Unsendable" || reason._tag === "Invalid",
            (error) => Effect.as(warn(`Run ${failed.id} was not retried: ${error.message}`), null),
          ),
        ),
    );
    if (retried === null) break;
    current = retried;
    all.push(retried.run_id);
    yield* register(current);
    run = yield* awaitEnd(current.run_id);
  }
  return yield* Effect.mapError(outcome(run), (error) =>
    // The schema of an error reads runs in full.
    "run" in error.reason
      ? new DbtError({ endpoint: error.endpoint, reason: { ...error.reason, run: fitting(error.reason.run) } })
      : error);
});

/** Runs the deployments of the database in this process. */
// The public type of `Deployment` does not say what its schemas need, so an inferred layer would need `unknown`. They need
// nothing.
export const handler: Layer.Layer<never, never, WorkflowEngine | Deployments | AccountClients> = Deployment.toLayer(
  deployment,
) as Layer.Layer<never, never, WorkflowEngine | Deployments | AccountClients>;
