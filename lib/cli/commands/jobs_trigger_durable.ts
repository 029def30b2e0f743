/**
 * `dbtc jobs trigger --durable`: a deployment that survives this process. `jobs_trigger.ts` loads this file.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import type * as jobs from "../../api/jobs.ts";
import { begin } from "../../durable/deploy.ts";
import { databaseError } from "../../durable/database_error.ts";
import { payload } from "../../durable/make_payload.ts";
import { unsendable } from "../../error.ts";
import { PollInterval } from "../../durable/mod.ts";
import { type Storage, storage } from "../../durable/deployments.ts";
import { hasWorker, infoOf } from "../../durable/deployment_rows.ts";
import { firstRun, watchDeployment } from "../../durable/watch_deployment.ts";
import { usage } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import type { CommandEffect } from "./command_types.ts";
import { fileOfKey, isPostgres, namedDatabase, waitingStorageOf } from "./durable_database.ts";
import { followRun } from "./follow_run.ts";
import type { WaitPlan } from "./wait_options.ts";

/** The flags of `jobs trigger` that count, or that make no sense with `--durable`. */
export interface DurableFlags {
  readonly key: string | undefined;
  readonly database: string | undefined;
  readonly newAttempt: boolean;
  readonly resend: boolean;
  readonly interval: Duration.Duration | undefined;
  readonly reuseRunning: boolean;
  readonly tag: boolean;
  readonly logs: boolean;
  readonly onInterrupt: "cancel" | "leave" | undefined;
  readonly onTimeout: "cancel" | "leave" | undefined;
}

/** A flag that makes no sense here, if there is one. */
function useless({ logs, onInterrupt, onTimeout, reuseRunning, tag }: DurableFlags): string | undefined {
  const given: ReadonlyArray<readonly [string, boolean]> = [
    ["--reuse-running", reuseRunning],
    ["--no-tag", !tag],
    ["--logs", logs],
    ["--on-interrupt cancel", onInterrupt === "cancel"],
    ["--on-timeout cancel", onTimeout === "cancel"],
  ];
  return given.find(([, isGiven]) => isGiven)?.[0];
}

/** Starts a deployment or attaches to it, and follows its run as any other. */
export const triggerDurable: (
  request: jobs.Trigger,
  flags: DurableFlags,
  plan: WaitPlan,
  invocation: Invocation,
) => CommandEffect = Effect.fnUntraced(function* (request, flags, plan, invocation) {
  const { database: named, interval, key, newAttempt, resend } = flags;
  const wrong = useless(flags);
  if (wrong !== undefined) return yield* usage(`${wrong} does not go with --durable`);
  if (key === undefined) {
    return yield* usage("--durable needs --key: what the run is for, such as a date or a CI job");
  }
  const { retries = 0, timeout } = plan.options;
  const options = { key, newAttempt, resend, retries };
  const { account, job_id } = yield* payload(request, options);
  const database = (yield* namedDatabase(named)) ?? (yield* fileOfKey(account, job_id, key));
  const shared = isPostgres(database);
  const platform = yield* Effect.context<Stdio.Stdio>();
  const tell = (text: string) => Effect.provideContext(note(text), platform);
  const words = clean(key);
  // A URL may hold a password: it is not repeated.
  const where = shared || named === undefined ? "" : ` --database ${quoted(clean(named))}`;
  const again = `dbtc deployments wait ${quoted(words)}${where}`;
  const open = shared
    ? `Deployment ${words} goes on with the workers of the database: ${again}`
    : `Deployment ${words} is open, and goes on with the next process: ${again}`;

  yield* followRun(request, plan, invocation, (callbacks) =>
    Effect.gen(function* () {
      const self = yield* storage;
      const row = yield* Effect.mapError(
        begin(self, request, options),
        databaseError(self.database, "jobs.trigger"),
      );
      if (row.state !== "open") yield* tell(`Deployment ${words} has ended before: ${clean(infoOf(row).state)}`);
      callbacks.leaves(open);
      if (shared && row.state === "open") yield* Effect.forkScoped(tellMissingWorker(self, tell));
      const events = watchDeployment(self, row, {
        onNote: (text) => tell(clean(`Deployment ${words}: ${text}`)),
        timeout: plan.waits ? timeout : Duration.minutes(2),
      });
      if (plan.waits) return yield* callbacks.follow(events);
      const run = yield* firstRun(Stream.tap(events, callbacks.onEvent));
      return Option.isSome(run) ? run.value : yield* unsendable("jobs.trigger", `deployment ${words} has no run`);
    }).pipe(
      Effect.scoped,
      Effect.onInterrupt(() => tell(open)),
      Effect.provide(waitingStorageOf(database)),
      interval === undefined ? (self) => self : Effect.provideService(PollInterval, interval),
    ));
});

/** Says if no worker runs the deployments, and if one does after that. It may have ended without a word: so it looks again. */
const tellMissingWorker = Effect.fnUntraced(function* (storage: Storage, tell: (text: string) => Effect.Effect<void>) {
  let isMissing = false;
  while (true) {
    const works = yield* Effect.orElseSucceed(hasWorker(storage), () => !isMissing);
    if (!works && !isMissing) {
      yield* tell("No worker runs the deployments of the database. Start one: dbtc worker");
    }
    if (works && isMissing) yield* tell("A worker runs the deployments of the database now");
    isMissing = !works;
    yield* Effect.sleep("5 seconds");
  }
});

/** A word as a shell reads it. */
function quoted(text: string): string {
  return /^[\w.@:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
