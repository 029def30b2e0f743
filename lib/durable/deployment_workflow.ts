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
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as Activity from "effect/workflow/Activity";
import * as DurableClock from "effect/workflow/DurableClock";
import * as DurableDeferred from "effect/workflow/DurableDeferred";
import * as Workflow from "effect/workflow/Workflow";
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine";
import * as jobs from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import type { Run } from "../api/runs.ts";
import { warn } from "../deliver_events.ts";
import { Dbt } from "../dbt.ts";
import { DbtError, isTransient } from "../error.ts";
import { DbtErrorSchema } from "../error_schema.ts";
import { paginate } from "../paginate.ts";
import { overrides } from "../shared_fields.ts";
import { millisOf } from "../time.ts";
import { fitting, listRuns, sendForRun } from "../workflows/lenient_run.ts";
import { hasTag, keyHash, tagged } from "../workflows/run_tag.ts";
import { type Restore, startOnce } from "../workflows/start_at_most_once.ts";
import { keyed, startFromFailure } from "../workflows/start_tagged.ts";
import { hasEnded, outcome } from "../workflows/wait_for_run.ts";
import { AccountClients } from "./account_clients.ts";
import {
  Deployment,
  type DeploymentPayload,
  lettersOf,
  type Plan,
  PlanSchema,
  type Started,
  StartedSchema,
  stepResult,
  StoredRun,
} from "./deployment_model.ts";
import { deleteWaits, insertDeployment, insertWait, updateDeployment } from "./deployment_rows.ts";
import { type Deployments, type Storage, storage } from "./deployments.ts";
import { withTickets } from "./ticket.ts";

/** How far back runs are searched for that the database does not know of, in days. */
const searchedDays = 7;
/** How many of a job's newest runs are looked at in any case: a run may have been started with the key by another command. */
const reach = 100;
/** How often a step is tried where dbt Cloud fails: an hour and a half with these pauses. A refused token is borne with. */
const mostFailures = 20;

/** How long a step is paused, in seconds: longer each time, at most five minutes. */
function pauseOf(round: number): number {
  return Math.min(300, 15 * 2 ** round);
}

/** The database may go away and come back: a step of the database is tried until it succeeds. */
const patient = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> =>
  effect.pipe(
    Effect.retry(Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])),
    Effect.orDie,
  );

/** The deferred that is completed with a run when it has ended. */
export const endOf = (run_id: number) =>
  DurableDeferred.make(`ended/${run_id}`, { success: StoredRun, error: DbtErrorSchema });

/** The tag of all runs that this execution starts. It follows from the payload: it is found also without the database. */
function tagOf({ job_id, key }: DeploymentPayload, executionId: string): string {
  return `[dbtc:${keyHash(job_id, key)}.${lettersOf(executionId)}]`;
}

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

/** Looks for a run that is there already. */
const plan = Effect.fnUntraced(function* (payload: DeploymentPayload, tag: string, storage: Storage) {
  const { account_id, job_id, key } = payload;
  const now = yield* Clock.currentTimeMillis;
  const horizon = now - searchedDays * 86_400_000;
  // The database knows every deployment since it was made. What is older may be of one that is lost.
  const isNew = storage.since > horizon;
  const hash = keyHash(job_id, key);
  const listed: Array<Run> = [];
  yield* paginate(listRuns, {
    account_id,
    job_definition_id: job_id,
    order_by: "-id",
    include_related: ["trigger"],
  }, { concurrency: 1 }).pipe(
    Stream.takeUntil((run) => {
      listed.push(run);
      const isOld = (millisOf(run.created_at) ?? now) < horizon;
      return hasTag(run, tag) || (listed.length >= reach && (!isNew || isOld));
    }),
    Stream.runDrain,
  );
  const [newest] = listed;
  const mine = listed.find((run) => hasTag(run, tag));
  const found = mine ?? keyed(listed, hash);
  const result: Plan = {
    baseline: newest?.id ?? 0,
    ...(newest?.project_id ? { project_id: newest.project_id } : {}),
    ...(found === undefined
      ? {}
      : { attached: { runs: mine === undefined ? [found.id] : retriesOf(listed, mine), ours: mine !== undefined } }),
  };
  return result;
});

/** A run, and those that retried it, the last one last. */
function retriesOf(listed: ReadonlyArray<Run>, run: Run): ReadonlyArray<number> {
  const next = listed.find(({ id, retrying_run_id }) => retrying_run_id === run.id && id > run.id);
  return next === undefined ? [run.id] : [run.id, ...retriesOf(listed, next)];
}

/** Starts a run, or finds the one that an earlier process asked for. */
const trigger = (payload: DeploymentPayload, { baseline, project_id }: Plan, tag: string, name: string) =>
  withTickets(
    name,
    Effect.uninterruptibleMask((restore) => {
      const { account_id, cause, job_id, resend } = payload;
      // The names of a payload's overrides are those of the request's.
      const given = Object.fromEntries(
        Object.keys(overrides).flatMap((name) => {
          const value = payload[name as keyof typeof overrides];
          return value === undefined ? [] : [[name, value]];
        }),
      );
      // `startOnce` reads nothing else of the newest run.
      const newest = baseline === 0 ? undefined : { id: baseline, project_id } as Run;
      return startOnce({ account_id, job_id }, newest, {
        ask: sendForRun(jobs.trigger, { account_id, job_id, cause: tagged(cause, tag), ...given }),
        mark: { field: "trigger.cause", value: tag },
        onAsk: undefined,
        trace: {
          isIt: (run) => hasTag(run, tag),
          proves: true,
          resend,
          otherwise: "Or deploy it again with the same key and --new-attempt: a run that came is found by it.",
        },
      }, restore);
    }),
  );

/** Retries a run from the point of failure, or finds the run that does; undefined where dbt Cloud cannot retry it. */
const retry = (payload: DeploymentPayload, run: Run, name: string) =>
  withTickets(
    name,
    Effect.uninterruptibleMask((restore: Restore) =>
      Effect.gen(function* () {
        const { account_id, job_id } = payload;
        const { data } = yield* restore(
          listRuns({ account_id, job_definition_id: job_id, order_by: "id", id__gt: run.id, limit: 100 }),
        );
        // An earlier process may have asked for it, and so may anybody else.
        const there = data.find(({ retrying_run_id }) => retrying_run_id === run.id);
        if (there !== undefined) return { run: there, ours: false };
        return yield* startFromFailure({ account_id, run_id: run.id }, {}, restore);
      })
    ),
  );

/** How long it is looked for the end of a run that was cancelled: dbt Cloud takes a moment. */
const cancelLooks = Schedule.spaced("400 millis").pipe(Schedule.upTo({ times: 3 }));

/** Cancels a run that this deployment started, with one request, and gives it as it is soon after. */
const cancel = Effect.fnUntraced(function* ({ account_id }: DeploymentPayload, run_id: number) {
  const look = sendForRun(runs.get, { account_id, run_id });
  const asked = yield* sendForRun(runs.cancel, { account_id, run_id }).pipe(
    // To cancel twice does no harm.
    Effect.retry({ times: 3, while: ({ reason }) => reason._tag === "Ambiguous" }),
    // It may have ended a moment before, or the answer cannot be read.
    Effect.catch((error) =>
      Effect.flatMap(
        Effect.catch(look, () => Effect.fail(error)),
        (run) => hasEnded(run) || error.reason._tag === "Undecodable" ? Effect.succeed(run) : Effect.fail(error),
      )
    ),
  );
  if (hasEnded(asked)) return asked;
  return yield* look.pipe(
    Effect.repeat({ schedule: cancelLooks, until: hasEnded }),
    Effect.orElseSucceed(() => asked),
  );
});

const Ended = Schema.Struct({ run: Schema.NullOr(StoredRun), note: Schema.NullOr(Schema.String) });

const deployment = Effect.fnUntraced(function* (payload: DeploymentPayload, executionId: string) {
  const { sql, closed } = yield* storage;
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

  const begun = (started: Started, all: ReadonlyArray<number>, run?: Run) =>
    patient(updateDeployment(sql, executionId, {
      run_id: started.run_id,
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

  const body = Effect.gen(function* () {
    const self = yield* storage;
    const planned = yield* step("plan", payload, executionId, PlanSchema, () =>
      Effect.gen(function* () {
        // Who executes the workflow by itself has not written the row.
        yield* patient(insertDeployment(sql, executionId, payload));
        const planned = yield* plan(payload, tag, self);
        const last = planned.attached?.runs.at(-1);
        if (last !== undefined) yield* begun({ run_id: last, ours: true }, planned.attached?.runs ?? []);
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
            Effect.tap(({ ours, run }) => begun({ run_id: run.id, ours }, [run.id], run)),
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
            Effect.tap((next) => begun({ run_id: next.run.id, ours: next.ours }, [...all, next.run.id], next.run)),
            Effect.map(({ ours, run }): Started | null => ({ run_id: run.id, ours })),
            // What counts is that the run failed.
            Effect.catchIf(
              ({ reason }) => reason._tag === "Unsendable",
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

  /** From here on, cancelling the deployment cancels this run, and no earlier one. */
  function register(started: Started) {
    return started.ours
      ? Workflow.addFinalizer((exit) =>
        Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause) && current?.run_id === started.run_id
          ? Effect.asVoid(cancels(started.run_id))
          : Effect.void
      )
      : Effect.void;
  }

  return yield* body;
});

/** Runs the deployments of the database in this process. */
// The public type of `Deployment` does not say what its schemas need, so an inferred layer would need `unknown`. They need
// nothing.
export const handler: Layer.Layer<never, never, WorkflowEngine | Deployments | AccountClients> = Deployment.toLayer(
  deployment,
) as Layer.Layer<never, never, WorkflowEngine | Deployments | AccountClients>;
