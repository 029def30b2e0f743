/**
 * What the steps of a deployment ask dbt Cloud: whether there is a run already, and to start, retry and cancel one.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as jobs from "../api/jobs.ts";
import * as runs from "../api/runs.ts";
import { listRuns, sendForRun } from "../workflows/lenient_run.ts";
import { hasEnded } from "../workflows/run_events.ts";
import { type DeploymentPayload, newestRuns, type Plan } from "./deployment_model.ts";
import { type Restore, startOnce } from "../workflows/start_at_most_once.ts";
import type { Run } from "../models/run.ts";
import { hasTag, keyHash, tagged } from "../workflows/run_tag.ts";
import { keyed, startFromFailure, triesOf } from "../workflows/start_tagged.ts";
import { millisOf } from "../time.ts";
import { overrides } from "../shared_fields.ts";
import { withTickets } from "./ticket.ts";
import type { Dbt } from "../dbt.ts";
import type { DbtError } from "../error.ts";

/** How far back runs are searched for that the database does not know of, in days. */
const searchedDays = 7;
/** How many of a job's newest runs are looked at in any case: a run may have been started with the key by another command. */
const reach = 100;
/** Looks for a run that is there already. `since` is when the database was made. */
export const plan = Effect.fnUntraced(function* (
  payload: DeploymentPayload,
  tag: string,
  since: number,
): Effect.fn.Return<Plan, DbtError, Dbt> {
  const { job_id, key } = payload;
  const now = yield* Clock.currentTimeMillis;
  const horizon = now - searchedDays * 86_400_000;
  // The database knows every deployment since it was made. What is older may be of one that is lost.
  const isNew = since > horizon;
  const hash = keyHash(job_id, key);
  const listed: Array<Run> = [];
  yield* newestRuns(payload).pipe(
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
  return {
    baseline: newest?.id ?? 0,
    ...(newest?.project_id ? { project_id: newest.project_id } : {}),
    ...(found === undefined ? {} : {
      attached: {
        runs: mine === undefined ? [found.id] : triesOf(listed, mine).map(({ id }) => id),
        ours: mine !== undefined,
      },
    }),
  };
});

/** Starts a run, or finds the one that an earlier process asked for. */
export const trigger = (payload: DeploymentPayload, { baseline, project_id }: Plan, tag: string, name: string) =>
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
export const retry = (payload: DeploymentPayload, run: Run, name: string) =>
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
export const cancel = Effect.fnUntraced(function* ({ account_id }: DeploymentPayload, run_id: number) {
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
