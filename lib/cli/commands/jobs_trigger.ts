/**
 * `dbtc jobs trigger`: starts a run of a job, shows its progress, and exits with its result.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import { defined } from "../../defined.ts";
import * as jobs from "../../groups/jobs.ts";
import { Dbt } from "../../dbt.ts";
import type { DbtError } from "../../error.ts";
import { place } from "../../request.ts";
import { drawTag, keyHash, tagged } from "../../workflows/run_tag.ts";
import {
  type AskOptions,
  type StartOptions,
  trigger,
  triggerAndWatch,
  type TriggerEvent,
} from "../../workflows/trigger_and_wait.ts";
import { one, text, toggle } from "../input/flag_types.ts";
import { nameTyped } from "../input/id_references.ts";
import { usage } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { readCi } from "./ci_run.ts";
import { defaultCause } from "./default_cause.ts";
import { databaseFlag } from "./durable_flags.ts";
import { followRun } from "./follow_run.ts";
import { type FollowedRun, followRuns } from "./follow_runs.ts";
import { printRequest, requestMistake } from "./print_request.ts";
import { program } from "./program.ts";
import { startFlags, waitPlan } from "./wait_options.ts";

/** A dry run shows the cause with a tag, as a real one sends it. */
export const jobsTrigger = program(jobs.trigger, {
  flags: {
    key: one(
      "key",
      text(),
      "Idempotency key: attach to a run with this key that is queued, running or succeeded, among the job's newest 100 runs",
    ),
    reuseRunning: toggle(
      "reuse-running",
      false,
      "Attach to a queued or running run of the job that has the same overrides, if one exists",
    ),
    fromCi: toggle(
      "from-ci",
      false,
      "Take commit, branch, pull request and --key from the variables of GitHub Actions, GitLab CI or Azure Pipelines",
    ),
    tag: toggle(
      "tag",
      true,
      "End the cause with a tag (default); with --no-tag, dbtc cannot find the run if the response is lost",
    ),
    resend: toggle(
      "resend",
      false,
      "Send the request again if the response is lost and no run appears within 60 s; two runs may start",
    ),
    durable: toggle(
      "durable",
      false,
      "Keep the deployment in a database, so that another process can continue it; needs --key",
    ),
    database: databaseFlag,
    newAttempt: toggle(
      "new-attempt",
      false,
      "With --durable: start another run if the last deployment with this key failed or was cancelled",
    ),
    ...startFlags,
  },
  defaults: { cause: defaultCause },
  dryRun: Effect.fnUntraced(function* ({ flags: { fromCi, key: ownKey, tag }, invocation, request: typed, row }) {
    const { key, request } = yield* withCi(typed, { fromCi, key: ownKey, tag });
    const drawn = yield* drawTag(key === undefined ? undefined : keyHash(request.job_id, key));
    const { defaults } = yield* Dbt;
    const placed = place(jobs.trigger, tag ? { ...request, cause: tagged(request.cause, drawn) } : request, defaults);
    yield* Result.isSuccess(placed)
      ? printRequest(placed.success, invocation)
      : requestMistake(row.call, placed.failure);
  }),
  several: {
    field: "job_id",
    run: Effect.fnUntraced(function* ({ flags: typedFlags, invocation, requests: typed }) {
      const { fromCi, key: ownKey, resend, reuseRunning, tag, ...flags } = typedFlags;
      if (flags.durable) return yield* usage("--durable starts one job: each has a deployment and a key of its own");
      yield* needsDurable(flags);
      const plan = yield* waitPlan(flags);
      const [first] = typed;
      // The CI system says the same for every job.
      const ci = fromCi && first !== undefined ? yield* readCi(first) : undefined;
      const key = ownKey ?? (tag ? ci?.key : undefined);
      const requests = typed.map((request) => ({ ...request, ...ci?.fields }));
      const options: AskOptions = { ...defined({ key }), tag, resend, reuseRunning };
      const followed = yield* Effect.forEach(
        requests,
        (request) =>
          Effect.map(nameTyped("job", request.job_id), (name): FollowedRun => ({
            label: `job ${request.job_id}${name === undefined ? "" : ` "${clean(name)}"`}`,
            account_id: request.account_id,
            watch: (callbacks) =>
              plan.waits
                ? triggerAndWatch(request, { ...plan.options, ...options, ...callbacks })
                : startedRun(request, { ...options, ...callbacks }),
          })),
      );
      yield* followRuns(followed, plan, invocation);
    }),
  },
  run: Effect.fnUntraced(function* ({ flags: typedFlags, invocation, request: typed }) {
    const { fromCi, key: ownKey, resend, reuseRunning, tag, ...flags } = typedFlags;
    const plan = yield* waitPlan(flags);
    const { key, request } = yield* withCi(typed, { fromCi, key: ownKey, tag });
    if (flags.durable) {
      const { triggerDurable } = yield* Effect.promise(() => import("./jobs_trigger_durable.ts"));
      return yield* triggerDurable(request, { ...flags, key, resend, reuseRunning, tag }, plan, invocation);
    }
    yield* needsDurable(flags);
    const options: AskOptions = { ...defined({ key }), tag, resend, reuseRunning };
    yield* followRun(
      request,
      plan,
      invocation,
      (callbacks) =>
        plan.waits
          ? callbacks.follow(triggerAndWatch(request, { ...plan.options, ...options, ...callbacks }))
          : trigger(request, { ...options, ...callbacks }),
    );
  }),
});

/** The request and the key, with what the CI system says if it is asked. */
const withCi = Effect.fnUntraced(function* (
  request: jobs.Trigger,
  { fromCi, key, tag }: { readonly fromCi: boolean; readonly key: string | undefined; readonly tag: boolean },
) {
  const ci = fromCi ? yield* readCi(request) : undefined;
  // A key needs a tag.
  return { request: { ...request, ...ci?.fields }, key: key ?? (tag ? ci?.key : undefined) };
});

/** Refuses the flags of a deployment without `--durable`. */
const needsDurable = Effect.fnUntraced(function* (
  { database, newAttempt }: { readonly database: string | undefined; readonly newAttempt: boolean },
) {
  if (database !== undefined || newAttempt) {
    return yield* usage(`--${newAttempt ? "new-attempt" : "database"} needs --durable`);
  }
});

/** Starts a run and leaves it: the events until then. */
function startedRun(request: jobs.Trigger, options: StartOptions): Stream.Stream<TriggerEvent, DbtError, Dbt> {
  return Stream.unwrap(Effect.suspend(() => {
    const events: Array<TriggerEvent> = [];
    const onEvent = (event: TriggerEvent) => Effect.sync(() => void events.push(event));
    return Effect.map(trigger(request, { ...options, onEvent }), () => Stream.fromIterable(events));
  }));
}
