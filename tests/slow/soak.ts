/**
 * Thousands of requests to a sandbox where everything goes wrong at times: nothing unexpected comes of it, no row is lost
 * or doubled, and no fiber is left. `soak_test.ts` makes some in this process; `deno task soak` makes them over a port.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Metric from "effect/Metric";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as HttpClient from "effect/http/HttpClient";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { type Dbt, DbtClient, type DbtError, jobs, paginate, projects, runs } from "../../mod.ts";

/** What goes wrong, each with its share of all requests. */
export const faults: ReadonlyArray<sandbox.Fault> = [
  { fault: "rate-limit", probability: 0.001 },
  { fault: "rate-limit", probability: 0.001, seconds: 3 },
  { fault: "server-error", probability: 0.02 },
  { fault: "bad-gateway-html", probability: 0.02 },
  { fault: "timeout", probability: 0.005 },
  { fault: "reset", probability: 0.02 },
  { fault: "accepted-then-lost", probability: 0.05 },
  { fault: "late-accept", probability: 0.02 },
  { fault: "empty-body", probability: 0.02 },
  { fault: "invalid-json", probability: 0.01 },
  { fault: "truncated-body", probability: 0.02 },
  { fault: "unknown-fields", probability: 0.05 },
  { fault: "slow", probability: 0.02, seconds: 5 },
  { fault: "redirect", probability: 0.002 },
  { fault: "token-revoked", probability: 0.002 },
];

/** What may become of any request, beside success. */
const refusals = ["Unauthorized", "NotFound", "RateLimited", "Unreachable"];
/** What may become of a read, after all attempts. */
const readEnds = [...refusals, "ServerFault", "Undecodable"];
/** What leaves open whether a write happened. */
const openEnds = ["Ambiguous", "Undecodable"];

/** What came of it. */
export interface Soaked {
  /** The requests that went out. */
  readonly requests: number;
  /** How often each call ended in which way. */
  readonly ends: Readonly<Record<string, number>>;
  /** Hours that passed on the virtual clock. */
  readonly hours: number;
}

/** Makes so many requests, all drawn from one seed, and fails where anything is not as it should be. */
export function soak(requests: number, seed: number): Promise<Soaked> {
  let [active, open, sent] = [0, 0, 0];
  const counting = {
    recordFiberStart: () => void active++,
    recordFiberEnd: () => void active--,
  };
  const program = Effect.gen(function* () {
    const box = yield* sandbox.make({ runs: 250, faults });
    const client = HttpClient.transform(box.client, (effect) =>
      Effect.acquireUseRelease(
        Effect.sync(() => [open, sent] = [open + 1, sent + 1]),
        () => effect,
        () => Effect.sync(() => open--),
      ));
    const session = DbtClient.layer({
      token: Redacted.make("sandbox"),
      host: "http://127.0.0.1",
      account_id: 1,
      requestsPerMinute: 5000,
    }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)));

    // The clock waits for a fiber that it woke until that one sleeps again, not for one that it did not wake.
    const all = Effect.andThen(
      Effect.sleep("1 second"),
      storm({ goesOn: () => sent < requests, heal: box.heal, workers: 16, writes: 0.4, settle: "10 minutes" }),
    );
    const fiber = yield* Effect.forkChild(Effect.provide(all, session));
    for (let hour = 0; hour < 720 && fiber.pollUnsafe() === undefined; hour++) yield* TestClock.adjust("1 hour");
    assert.notEqual(fiber.pollUnsafe(), undefined, "still runs after a virtual month");
    const { ends, hours } = yield* Fiber.join(fiber);
    assert.deepEqual([active, open], [0, 0], "fibers and requests that are left");
    const made = sent;
    yield* TestClock.adjust("1 day");
    assert.equal(sent, made, "requests after the end");
    return { requests: made, ends, hours };
  });
  return Effect.runPromise(program.pipe(
    Effect.provide(TestClock.layer({ warningDelay: "1 hour" })),
    Effect.provide(Logger.layer([])),
    Effect.provideService(Metric.FiberRuntimeMetrics, counting),
    Random.withSeed(seed),
  ));
}

/** What a storm is like. */
export interface Storm {
  /** Whether to make another call. */
  readonly goesOn: () => boolean;
  /** Ends all faults. */
  readonly heal: Effect.Effect<void>;
  /** How many fibers make calls at the same time. */
  readonly workers: number;
  /** The share of the calls that write. */
  readonly writes: number;
  /** After this long, writes that were accepted late have landed. */
  readonly settle: Duration.Input;
}

/** How each call ended, how often, and how many writes there were. */
export interface Ends {
  readonly ends: Readonly<Record<string, number>>;
  readonly hours: number;
  readonly writes: number;
}

/** Fibers that read, list, write and download until it is enough; then each acknowledged write must be there once. */
export const storm: (storm: Storm) => Effect.Effect<Ends, DbtError, Dbt> = Effect.fnUntraced(function* (
  { goesOn, heal, settle, workers, writes },
) {
  const begun = yield* Clock.currentTimeMillis;
  const ends: Record<string, number> = {};
  /** What was written: by name, whether it is there; undefined where nobody knows. */
  const written = { projects: new Map<string, boolean | undefined>(), runs: new Map<string, boolean | undefined>() };
  let names = 0;

  /** Notes how a call ended; it must be one of the ways that are known. */
  const end = Effect.fnUntraced(function* <A>(
    what: string,
    call: Effect.Effect<A, DbtError, Dbt>,
    known: ReadonlyArray<string>,
  ) {
    const result = yield* Effect.result(call);
    const how = Result.isSuccess(result) ? "done" : result.failure.reason._tag;
    ends[`${what}: ${how}`] = (ends[`${what}: ${how}`] ?? 0) + 1;
    assert(how === "done" || known.includes(how), `${what} ends as ${how}: ${result}`);
    return result;
  });
  const write = Effect.fnUntraced(function* (
    kind: keyof typeof written,
    call: (name: string) => Effect.Effect<unknown, DbtError, Dbt>,
  ) {
    const name = `${kind} ${names++}`;
    const result = yield* end(kind, call(name), [...refusals, ...openEnds]);
    const unknown = Result.isFailure(result) && openEnds.includes(result.failure.reason._tag);
    written[kind].set(name, unknown ? undefined : Result.isSuccess(result));
  });

  const ids = yield* Stream.runCollect(Stream.map(paginate(runs.list, {}), ({ id }) => id)).pipe(
    Effect.retry({ times: 20 }),
  );
  assert.equal(ids.length, 250);
  const any = Effect.map(Random.nextIntBetween(0, ids.length - 1), (index) => ids[index] ?? 0);

  const reads: ReadonlyArray<Effect.Effect<unknown, never, Dbt>> = [
    Effect.flatMap(any, (run_id) => end("get", runs.get({ run_id }), readEnds)),
    Effect.flatMap(any, (run_id) => {
      const file = runs.getArtifact({ run_id, path: "run_results.json" });
      // Of a file only its sender knows what is in it; but none comes in part.
      const whole = /^$|^{'status'|^{[^]*}\s*$/;
      const read = Effect.map(Stream.mkString(Stream.decodeText(file)), (text) => assert.match(text, whole));
      return end("file", read, readEnds);
    }),
    Effect.gen(function* () {
      const rows = Stream.runCollect(Stream.map(paginate(runs.list, { limit: 20 }), ({ id }) => id));
      const result = yield* end("list", rows, readEnds);
      // Rows that are there all the time come once and in order; new ones follow.
      if (Result.isSuccess(result)) {
        assert.deepEqual(result.success.slice(0, ids.length), ids);
        assert.equal(new Set(result.success).size, result.success.length);
      }
    }),
  ];
  const changes: ReadonlyArray<Effect.Effect<unknown, never, Dbt>> = [
    write("projects", (name) => projects.create({ name })),
    write("runs", (cause) => jobs.trigger({ job_id: 4, cause })),
  ];
  const worker = Effect.gen(function* () {
    while (goesOn()) {
      const acts = (yield* Random.next) < writes ? changes : reads;
      const index = yield* Random.nextIntBetween(0, acts.length - 1);
      yield* acts[index] ?? Effect.void;
    }
  });
  yield* Effect.all(Array.from({ length: workers }, () => worker), { concurrency: "unbounded", discard: true });

  yield* Effect.sleep(settle);
  yield* heal;
  const hours = ((yield* Clock.currentTimeMillis) - begun) / 3_600_000;
  const there = {
    projects: yield* Stream.runCollect(Stream.map(paginate(projects.list, {}), ({ name }) => name)),
    runs: yield* Stream.runCollect(
      Stream.map(paginate(runs.list, { include_related: ["trigger"] }), ({ trigger }) => trigger?.cause),
    ),
  };
  for (const kind of ["projects", "runs"] as const) {
    for (const [name, known] of written[kind]) {
      const times = there[kind].filter((other) => other === name).length;
      const right = known === undefined ? times <= 1 : times === Number(known);
      assert(right, `${name} is there ${times} times, after ${known === undefined ? "a lost answer" : known}`);
    }
  }
  return { ends, hours, writes: names };
});
