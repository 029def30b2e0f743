/**
 * Kills workers with SIGKILL at random moments while deployments start, wait, are retried and cancelled; then counts the
 * runs of each key. `deno run -A tests/slow/kill_workers.ts kill DATABASE 200` is the long form;
 * `kill_workers_test.ts` is a short one. With `SIGSTOP` or `SIGKILL` in place of `kill`, it measures how long the take-over
 * takes. DATABASE is a file, or the URL of a PostgreSQL.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { DbtClient, paginate, runs } from "../../mod.ts";
import { begin } from "../../lib/durable/deploy.ts";
import { storage } from "../../lib/durable/deployments.ts";
import * as durable from "../../lib/durable/mod.ts";
import { storageOf } from "../support/deployment_processes.ts";

/** What came of it. */
export interface Result {
  /** How often a worker was killed. */
  readonly kills: number;
  /** Deployments by their state, and their reason if they failed. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Keys with more than one run that was triggered. */
  readonly twice: ReadonlyArray<string>;
  /** Keys without an outcome. */
  readonly open: ReadonlyArray<string>;
  /** Keys without a run that do not say that nobody knows. */
  readonly silent: ReadonlyArray<string>;
  /** Requests that cancel a run, by the run, where there is more than one. */
  readonly cancelledTwice: ReadonlyArray<string>;
  /** Seconds that it took. */
  readonly seconds: number;
}

const cli = new URL("../../cli.ts", import.meta.url).pathname;

/** Starts `dbtc` in a process of its own. */
export function dbtc(
  args: ReadonlyArray<string>,
  env: Record<string, string>,
  stdout: "piped" | "null",
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", cli, ...args],
    env,
    stdin: "null",
    stdout,
    stderr: "null",
  }).spawn();
}

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

/** A sandbox in a process of its own, whose answers to writes take their time: a signal hits a worker then. */
export async function startSandbox(speed = "60", delay = 0.4) {
  const slow = JSON.stringify({ fault: "slow", route: "POST *", seconds: delay });
  const child = dbtc(["sandbox", "--speed", speed, "--runs", "0", "--fault", slow], {}, "piped");
  let ready = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    ready += chunk;
    if (ready.includes("ACCOUNT_ID=1\n")) break;
  }
  const env = Object.fromEntries(
    [...ready.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  const host = env["DBT_CLOUD_HOST"] ?? "";
  const stop = async () => {
    child.kill();
    await child.status;
  };
  return { env, host, stop };
}

/** A process that asks for deployments, and runs none. */
export function asking(database: string, host: string) {
  const client = DbtClient.layerFetch({ token: Redacted.make("sandbox"), account_id: 1, host });
  return Layer.merge(storageOf(database, false).pipe(Layer.provideMerge(client)), Logger.layer([]));
}

/** A worker in a process of its own. */
function startWorker(database: string, env: Record<string, string>): Deno.ChildProcess {
  return dbtc(["worker", "--database", database, "--poll-interval", "1"], env, "null");
}

/** What came of a signal to one of two workers. */
export interface TakeOver {
  /** Seconds from the signal until all deployments of that worker had gone on. */
  readonly seconds: number;
  /** Requests that start a run, beyond one for each deployment. */
  readonly more: number;
}

/** Sends a signal to one of two workers while `count` deployments wait for runs that have ended. */
export async function takeOver(database: string, signal: "SIGKILL" | "SIGSTOP", count: number): Promise<TakeOver> {
  const { env, host, stop } = await startSandbox();
  const [first, second] = [startWorker(database, env), startWorker(database, env)];
  const starts = async (): Promise<number> =>
    (await (await fetch(`${host}/_sandbox/requests`)).json() as {
      readonly requests: ReadonlyArray<{ readonly verb: string; readonly path: string }>;
    }).requests.filter(({ path, verb }) => verb === "POST" && path.endsWith("/run/")).length;
  const program = Effect.gen(function* () {
    const self = yield* storage;
    // Each worker has its part of the shards by now.
    yield* Effect.sleep("12 seconds");
    for (let i = 0; i < count; i++) yield* begin(self, { job_id: 1, cause: `Deployment ${i}` }, { key: `key-${i}` });
    // No request that starts a run is under way.
    for (let i = 0; i < 300; i++) {
      const infos = yield* durable.list({ limit: count });
      if (infos.every(({ run_id }) => run_id !== null)) break;
      yield* Effect.sleep("200 millis");
    }
    const begun = performance.now();
    first.kill(signal);
    for (let i = 0; i < 600 && (yield* durable.list({ state: "open", limit: 1 })).length > 0; i++) {
      yield* Effect.sleep("100 millis");
    }
    const seconds = Math.round((performance.now() - begun) / 100) / 10;
    if (signal === "SIGSTOP") {
      first.kill("SIGCONT");
      yield* Effect.sleep("8 seconds");
    }
    return { seconds, more: (yield* Effect.promise(starts)) - count };
  });
  try {
    return await Effect.runPromise(Effect.provide(program, asking(database, host)));
  } finally {
    for (const worker of [first, second]) {
      try {
        worker.kill("SIGKILL");
      } catch {
        // It was killed before.
      }
      await worker.status;
    }
    await stop();
  }
}

/** Deploys `count` keys while workers are killed. `delay`: how long the answer to a write takes, in seconds. */
export async function killWorkers(
  database: string,
  count: number,
  workers: number,
  delay?: number,
): Promise<Result> {
  const begun = performance.now();
  const { env, host, stop } = await startSandbox("60", delay);

  let kills = 0;
  let killing = true;
  const lives = Array.from({ length: workers }, async () => {
    let worker = startWorker(database, env);
    while (killing) {
      await sleep(3000 + Math.random() * 9000);
      if (!killing) break;
      worker.kill("SIGKILL");
      await worker.status;
      kills++;
      worker = startWorker(database, env);
    }
    return worker;
  });

  const program = Effect.gen(function* () {
    const self = yield* storage;
    yield* Effect.forEach(Array.from({ length: count }, (_, i) => i), (i) =>
      Effect.gen(function* () {
        const key = `key-${i}`;
        // Every fourth one fails and is retried, every fifth one is cancelled.
        const job_id = i % 5 === 4 ? 3 : i % 4 === 3 ? 2 : 1;
        yield* begin(self, { job_id, cause: `Deployment ${i}` }, { key, retries: 1 });
        if (job_id === 3) {
          yield* Effect.forkScoped(
            Effect.delay(durable.cancel({ key }, { timeout: "1 second" }), 1000 + Math.random() * 5000),
          );
        }
        yield* Effect.sleep(Math.random() * 2400);
      }), { discard: true });
    yield* Effect.promise(() => sleep(10_000));
    killing = false;
    const last = yield* Effect.promise(() => Promise.all(lives));
    for (let i = 0; i < 300 && (yield* durable.list({ state: "open", limit: 1 })).length > 0; i++) {
      yield* Effect.sleep("1 second");
    }
    const infos = yield* durable.list({ limit: count });
    const all = yield* Stream.runCollect(
      paginate(runs.list, { include_related: ["trigger"], order_by: "id" }),
    );
    const requests = yield* Effect.promise(async () => await (await fetch(`${host}/_sandbox/requests`)).json());
    for (const worker of last) worker.kill("SIGKILL");
    return { infos, all, requests };
  });
  try {
    const { all, infos, requests } = await Effect.runPromise(
      Effect.scoped(program).pipe(Effect.provide(asking(database, host))),
    );
    const outcomes: Record<string, number> = {};
    for (const { reason, state } of infos) {
      const name = reason === null ? state : `${state} ${reason}`;
      outcomes[name] = (outcomes[name] ?? 0) + 1;
    }
    const runsOf = Map.groupBy(
      all.filter(({ retrying_run_id }) => !retrying_run_id),
      ({ trigger }) => /Deployment (\d+) /.exec(trigger?.cause ?? "")?.[1] ?? "",
    );
    const cancels = Map.groupBy(
      (requests.requests as ReadonlyArray<{ readonly verb: string; readonly path: string }>)
        .filter(({ path, verb }) => verb === "POST" && path.endsWith("/cancel/")),
      ({ path }) => path,
    );
    return {
      kills,
      outcomes,
      twice: [...runsOf].filter(([name, { length }]) => name !== "" && length > 1).map(([name]) => name),
      open: infos.filter(({ state }) => state === "open").map(({ key }) => key),
      silent: infos.filter(({ key, reason, state }) =>
        !runsOf.has(key.replace("key-", "")) && reason !== "Ambiguous" && state !== "cancelled"
      ).map(({ key }) => key),
      cancelledTwice: [...cancels].filter(([, { length }]) => length > 1).map(([path]) => path),
      seconds: Math.round((performance.now() - begun) / 1000),
    };
  } finally {
    killing = false;
    await stop();
  }
}

if (import.meta.main) {
  const [what = "kill", database = `${await Deno.makeTempDir()}/deployments.sqlite`, count = "200"] = Deno.args;
  console.log(
    what === "SIGKILL" || what === "SIGSTOP"
      ? await takeOver(database, what, Number(count))
      : await killWorkers(database, Number(count), database.startsWith("postgres") ? 2 : 1),
  );
}
