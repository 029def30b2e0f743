/**
 * `dbtc deployments`: lists, shows, waits for, cancels and prunes the deployments of a database.
 *
 * @module
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Command from "effect/cli/Command";
import { defined } from "../../defined.ts";
import { storage } from "../../durable/deployments.ts";
import * as durable from "../../durable/mod.ts";
import { databaseError } from "../../durable/database_error.ts";
import { findDeployments } from "../../durable/deployment_rows.ts";
import { watchDeployment } from "../../durable/watch_deployment.ts";
import { argument, choice, count, duration, integer, one, spellingsOf, text } from "../input/flag_types.ts";
import { invocation } from "../input/global_flags.ts";
import { AbsentError, usage } from "../output/exit_code.ts";
import { print } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import type { BuiltCommand } from "./command_types.ts";
import { filesOfKeys, isPostgres, namedDatabase, storageOf, waitingStorageOf } from "./durable_database.ts";
import { databaseFlag } from "./durable_flags.ts";
import { withExamples } from "./examples.ts";
import { followRun } from "./follow_run.ts";
import { waitFlags, waitPlan } from "./wait_options.ts";
import { withDbt } from "./with_dbt.ts";

const states = ["open", "succeeded", "failed", "cancelled"] as const;
/** The columns of a table of deployments. */
const columns = ["key", "attempt", "state", "run_id", "job_id", "reason", "created_at"];

const ids = {
  job_id: one("job-id", integer("a job id", 1, Infinity), "The job, if deployments of several jobs have the key"),
  attempt: one("attempt", count("attempts"), "The attempt (default: the last one)"),
};
const flags = {
  list: {
    database: databaseFlag,
    state: one("state", choice(states), "Only deployments in this state"),
    job_id: one("job-id", integer("a job id", 1, Infinity), "Only deployments of this job"),
    limit: one("limit", count("deployments"), "At most this many of each database, the newest first (default: 100)"),
  },
  show: { database: databaseFlag, ...ids },
  wait: { database: databaseFlag, ...ids, timeout: waitFlags.timeout, report: waitFlags.report },
  cancel: { database: databaseFlag, ...ids },
  prune: {
    database: databaseFlag,
    olderThan: one("older-than", duration, "Delete deployments that ended longer ago than this (default: 30d)"),
  },
};

/** The key, as an argument. */
const key = argument("key", text("key"), "Idempotency key of the deployment");

/** The databases of a command: the one that is named, or the files of the keys. */
const databases = Effect.fnUntraced(function* (named: string | undefined, key?: string) {
  const database = yield* namedDatabase(named);
  if (database === undefined) return yield* filesOfKeys(key);
  if (
    isPostgres(database) || (yield* Effect.orElseSucceed((yield* FileSystem.FileSystem).exists(database), () => true))
  ) return [database];
  // To look into a file must not make it.
  yield* note(`${clean(database)} is no file yet: dbtc jobs trigger --durable makes it`);
  return [];
});

/** The database that has a deployment with this key. */
const databaseOf = Effect.fnUntraced(function* (
  named: string | undefined,
  key: string | undefined,
  command: string,
  of: Omit<durable.OfDeployment, "key">,
) {
  if (key === undefined) return yield* usage(`Which deployment? Try: dbtc deployments ${command} KEY`);
  const all = yield* databases(named, key);
  const found: Array<string> = [];
  for (const database of all) {
    const rows = yield* storage.pipe(
      Effect.flatMap(({ sql }) => findDeployments(sql, { key, ...of })),
      Effect.mapError(databaseError(database, `deployments.${command}`)),
      Effect.provide(storageOf(database, false)),
    );
    if (rows.length > 0) found.push(database);
  }
  const [database, ...others] = found;
  if (database === undefined) {
    const which = Object.entries(of).map(([name, value]) => `, ${name} ${value}`).join("");
    return yield* new AbsentError({
      message: `There is no deployment with key "${clean(key)}"${which}. Try: dbtc deployments list`,
    });
  }
  if (others.length > 0) return yield* usage(`Several databases have key "${clean(key)}": name one with --database`);
  return { database, key };
});

const list = Command.make("list", flags.list, ({ database: named, ...filter }) =>
  Effect.gen(function* () {
    const lists = yield* Effect.forEach(
      yield* databases(named),
      (database) => Effect.provide(durable.list(defined(filter)), storageOf(database, false)),
    );
    const all = lists.flat().toSorted((a, b) => b.created_at < a.created_at ? -1 : 1);
    yield* print(all, yield* invocation, { columns });
  })).pipe(Command.withDescription("List deployments, the newest first"));

const show = Command.make(
  "show",
  { ...flags.show, key },
  ({ database: named, key: typed, ...of }) =>
    Effect.gen(function* () {
      const { database, key } = yield* databaseOf(named, typed, "show", defined(of));
      const info = yield* Effect.provide(durable.show({ key, ...defined(of) }), storageOf(database, false));
      yield* print(info, yield* invocation);
    }),
).pipe(Command.withDescription("Show a deployment"));

const wait = Command.make(
  "wait",
  { ...flags.wait, key },
  ({ database: named, key: typed, report, timeout, ...of }) =>
    Effect.gen(function* () {
      const settings = yield* invocation;
      const plan = yield* waitPlan({ interval: undefined, timeout, logs: false, report, reportFile: undefined });
      const { database, key } = yield* databaseOf(named, typed, "wait", defined(of));
      yield* withDbt(
        followRun({}, plan, settings, ({ follow }) =>
          Effect.gen(function* () {
            const self = yield* storage;
            const fail = databaseError(self.database, "deployments.wait");
            const info = yield* durable.show({ key, ...defined(of) });
            const [row] = yield* Effect.mapError(
              findDeployments(self.sql, {
                key,
                job_id: info.job_id,
                account_id: info.account_id,
                attempt: info.attempt,
              }),
              fail,
            );
            if (row === undefined) return yield* fail(new Error("the deployment was pruned"));
            return yield* follow(watchDeployment(self, row, { onNote: () => Effect.void, timeout }));
          }).pipe(Effect.provide(waitingStorageOf(database)))),
      );
    }),
).pipe(
  Command.withDescription(
    "Show the progress of a deployment, and exit with its result; continue it if no other process does",
  ),
);

const cancel = Command.make(
  "cancel",
  { ...flags.cancel, key },
  ({ database: named, key: typed, ...of }) =>
    Effect.gen(function* () {
      const settings = yield* invocation;
      const { database, key } = yield* databaseOf(named, typed, "cancel", defined(of));
      const cancelling = durable.cancel({ key, ...defined(of) });
      // In PostgreSQL, a worker cancels it: this command needs no token.
      const info = isPostgres(database)
        ? yield* Effect.provide(cancelling, storageOf(database, false))
        : yield* withDbt(Effect.provide(cancelling, waitingStorageOf(database)));
      if (info.state === "open") {
        yield* note(`Deployment ${clean(key)} will be cancelled by the next worker: none has done so within 30 s`);
      } else if (info.state !== "cancelled") yield* note(`Deployment ${clean(key)} had ended: ${info.state}`);
      yield* print(info, settings, { afterWrite: true });
    }),
).pipe(Command.withDescription("Cancel a deployment and the run that it started"));

const prune = Command.make(
  "prune",
  flags.prune,
  ({ database: named, olderThan = Duration.days(30) }) =>
    Effect.gen(function* () {
      const isFileOfKey = (yield* namedDatabase(named)) === undefined;
      let pruned = 0;
      for (const database of yield* databases(named)) {
        const [count, left] = yield* Effect.provide(
          Effect.all([durable.prune({ olderThan }), durable.list({ limit: 1 })]),
          storageOf(database, false),
        );
        pruned += count;
        // The file of a key that is over.
        if (isFileOfKey && left.length === 0) {
          const { removeUnused } = yield* Effect.promise(() => import("../../durable/sqlite_storage.ts"));
          yield* removeUnused(database);
        }
      }
      yield* print({ pruned }, yield* invocation, { afterWrite: true });
    }),
).pipe(Command.withDescription("Delete deployments that ended some time ago"));

/** Makes the command. */
export function deploymentsCommand(description: string): BuiltCommand {
  const verbs = [list, show, wait, cancel, prune];
  const command = Command.make("deployments").pipe(
    Command.withDescription(description),
    Command.withSubcommands(verbs.map((verb) => withExamples(verb, `deployments.${verb.name}`))),
  );
  return { command, spellings: spellingsOf(flags) };
}
