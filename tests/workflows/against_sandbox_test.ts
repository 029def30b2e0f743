/**
 * Starting runs, waiting for them and reading long lists, against the sandbox and what it can do wrong.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Random from "effect/Random";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { type Dbt, DbtClient, type DbtError, runs } from "../../mod.ts";
import { paginate } from "../../lib/paginate.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { triggerAndWait, type TriggerOptions } from "../../lib/workflows/trigger_and_wait.ts";
import type { RunEvent } from "../../lib/workflows/run_events.ts";
import { watchRun } from "../../lib/workflows/wait_for_run.ts";
import { virtually } from "../support/fixtures.ts";

/** Runs an effect with a session over a sandbox, on virtual time; `check` sees the sandbox afterwards. */
async function over<A>(
  options: sandbox.Options,
  effect: Effect.Effect<A, DbtError, Dbt>,
  check?: (bench: Bench) => void,
): Promise<{ readonly result: Result.Result<A, DbtError>; readonly seconds: number }> {
  const session = DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
    Layer.provideMerge(sandbox.layer(options)),
  );
  const program = Effect.gen(function* () {
    const handle = yield* sandbox.Sandbox;
    const ended = yield* Effect.result(effect);
    const sent = yield* handle.requests;
    const asked = yield* Effect.orDie(handle.client.get("http://127.0.0.1/_sandbox/faults"));
    const { faults } = JSON.parse(yield* Effect.orDie(asked.text)) as { faults: ReadonlyArray<sandbox.Fault> };
    assert.deepEqual(
      faults.filter(({ times }) => times !== undefined),
      [],
      "this did not go wrong as often as it should",
    );
    yield* handle.heal;
    const { data } = yield* runs.list({ order_by: "-id", include_related: ["trigger"], limit: 20 });
    return { ended, bench: { sent, made: data.filter(({ trigger }) => trigger?.cause?.startsWith("Test")) } };
  });
  const { result, seconds } = await virtually(Effect.provide(program, session).pipe(Random.withSeed("trouble")));
  const { ended, bench } = Result.getOrThrow(result);
  check?.(bench);
  return { result: ended, seconds };
}

interface Bench {
  /** The requests that came in. */
  readonly sent: ReadonlyArray<sandbox.Logged>;
  /** The runs that a test started, newest first. */
  readonly made: ReadonlyArray<runs.Run>;
}

function start(job_id: number, options?: TriggerOptions): Effect.Effect<runs.Run, DbtError, Dbt> {
  return triggerAndWait({ job_id, cause: "Test" }, options);
}

function posts({ sent }: Bench, ending: string): number {
  return sent.filter(({ verb, path }) => verb === "POST" && path.endsWith(ending)).length;
}

const post = "POST */run/";
const look = "GET */runs/7*";

// ---- starting and waiting -------------------------------------------------------------------------------------------

const bearable: Readonly<Record<string, ReadonlyArray<sandbox.Fault>>> = {
  "nothing": [],
  "a lost answer": [{ fault: "accepted-then-lost", route: post }],
  "a late run": [{ fault: "late-accept", route: post, times: 1 }],
  "a run that is later still": [{ fault: "late-accept", route: post, times: 1, seconds: 20 }],
  "an empty answer": [{ fault: "empty-body", route: post }],
  "an answer that is no JSON": [{ fault: "invalid-json", route: post }],
  "half an answer": [{ fault: "truncated-body", route: post }],
  "a lost answer, and a run that no list shows at first": [
    { fault: "accepted-then-lost", route: post },
    { fault: "hidden-in-list", route: "GET */runs/", seconds: 12 },
  ],
  "a rate limit": [{ fault: "rate-limit", route: post, times: 5 }],
  "a run that is not found at first": [{ fault: "not-found-after-trigger", seconds: 45 }],
  "a rate limit while it waits": [{ fault: "rate-limit", route: look, times: 12 }],
  "server errors while it waits": [{ fault: "server-error", route: look, times: 50 }],
  "a bad gateway while it waits": [{ fault: "bad-gateway-html", route: look, times: 50 }],
  "timeouts while it waits": [{ fault: "timeout", route: look, times: 5 }],
  "resets while it waits": [{ fault: "reset", route: look, times: 50 }],
  "empty answers while it waits": [{ fault: "empty-body", route: look, times: 50 }],
  "half answers while it waits": [{ fault: "truncated-body", route: look, times: 50 }],
  "a status that nobody knows": [{ fault: "unknown-status" }],
  "fields that nobody knows": [{ fault: "unknown-fields" }],
  "nulls": [{ fault: "null-fields", route: look }],
  "slow answers": [{ fault: "slow" }],
  "all sorts of trouble": (["rate-limit", "server-error", "reset", "empty-body", "slow"] as const).map((fault) => ({
    fault,
    route: "GET *",
    probability: 0.08,
  })),
};

for (const [name, faults] of Object.entries(bearable)) {
  Deno.test(`triggerAndWait() runs a job of the sandbox once, in spite of ${name}`, async () => {
    const { result } = await over({ faults }, start(1), (bench) => {
      assert.equal(bench.made.length, 1);
      assert.equal(bench.made[0]?.status, 10);
      if (name !== "a rate limit") assert.equal(posts(bench, "/run/"), 1);
      assert.equal(posts(bench, "/cancel/"), 0);
    });
    assert.equal(Result.getOrThrow(result).status, 10);
  });
}

for (const fault of ["timeout", "reset", "server-error", "bad-gateway-html"] as const) {
  Deno.test(`triggerAndWait() is Ambiguous after ${fault}, and asks no second time`, async () => {
    const { result } = await over({ faults: [{ fault, route: post }] }, start(1), (bench) => {
      assert.equal(bench.made.length, 0);
      assert.equal(posts(bench, "/run/"), 1);
    });
    assert(Result.isFailure(result) && result.failure.reason._tag === "Ambiguous");
  });
}

Deno.test("triggerAndWait() ends at once when the token is revoked, and leaves the run", async () => {
  const { result } = await over({ faults: [{ fault: "token-revoked", route: look }] }, start(1), ({ made }) => {
    assert.equal(made[0]?.status, 1);
  });
  assert(Result.isFailure(result) && result.failure.reason._tag === "Unauthorized");
});

Deno.test("triggerAndWait() gives up a run that is stuck in the queue, after its timeout", async () => {
  const { result, seconds } = await over(
    { faults: [{ fault: "stuck-queued" }] },
    start(1, { timeout: "20 minutes" }),
    ({ made }) => assert.equal(made[0]?.status, 1),
  );
  assert(Result.isFailure(result) && result.failure.reason._tag === "WaitTimedOut");
  assert.equal(seconds, 1200);
});

/** Interrupts an effect after 20 s, and says how long that took. */
const cut = Effect.fnUntraced(function* (effect: Effect.Effect<runs.Run, DbtError, Dbt>) {
  const fiber = yield* Effect.forkChild(effect);
  yield* Effect.sleep("20 seconds");
  yield* Fiber.interrupt(fiber);
  const exit = yield* Fiber.await(fiber);
  assert(Exit.hasInterrupts(exit));
});

for (
  const [fault, took, status] of [
    [undefined, 2, 30],
    ["slow-cancel", 5, 3],
    ["cancel-refused", 5, 3],
    ["accepted-then-lost", 2, 30],
    ["timeout", 10, 3],
  ] as const
) {
  Deno.test(`triggerAndWait() cancels its run when it is interrupted, given ${fault ?? "no trouble"}`, async () => {
    const times = fault === "accepted-then-lost" ? { times: 1 } : {};
    const faults = fault === undefined ? [] : [{ fault, route: "POST */cancel/", ...times }];
    const { seconds } = await over({ faults }, cut(start(3)), (bench) => {
      assert.equal(bench.made[0]?.status, status);
      assert(posts(bench, "/cancel/") > 0);
    });
    assert.equal(Math.round(seconds - 20), took);
  });
}

Deno.test("triggerAndWait() cancels a run in the queue, and not the one before it", async () => {
  await over(
    {},
    Effect.gen(function* () {
      yield* Effect.forkDetach(start(3));
      yield* Effect.sleep("5 seconds");
      yield* cut(start(3));
    }),
    ({ made }) => assert.deepEqual(made.map(({ status }) => status), [30, 3]),
  );
});

// ---- watching -------------------------------------------------------------------------------------------------------

Deno.test("watchRun() tells the steps of a failing run, in order, and the end last", async () => {
  const told: Array<string> = [];
  const tell = (event: RunEvent) => told.push(`${event._tag} ${"step" in event ? event.step.name : event.run.status}`);
  await over(
    {},
    Effect.gen(function* () {
      const [run_id] = yield* runs.list({ limit: 1 }).pipe(Effect.map(({ data }) => data.map(({ id }) => id)));
      yield* watchRun({ run_id: run_id! }).pipe(Stream.runForEach((event) => Effect.sync(() => tell(event))));
    }),
  );
  assert.equal(told.filter((line) => line.startsWith("StatusChanged")).length, 1);
  assert.match(told.at(-1)!, /^StatusChanged \d0$/);
  assert.equal(told[0], "StepBegan Clone git repository");
  assert.equal(told[1], "StepEnded Clone git repository");
});

// ---- why it failed --------------------------------------------------------------------------------------------------

for (
  const [name, faults, nodes] of [
    ["nothing", [], 1],
    ["late artifacts", [{ fault: "late-artifact" }], 1],
    ["missing artifacts", [{ fault: "missing-artifact" }], 0],
  ] as const
) {
  Deno.test(`runs.explain() explains a run of the sandbox, in spite of ${name}`, async () => {
    const { result } = await over(
      { faults },
      start(2).pipe(
        Effect.andThen(Effect.die("job 2 fails")),
        Effect.catchReason("DbtError", "RunFailed", ({ run }) => runs.explain({ run_id: run.id })),
      ),
    );
    const { run, steps } = Result.getOrThrow(result);
    assert.equal(run.status, 20);
    assert.deepEqual(steps.map(({ failed }) => failed.length), [0, 0, 0, 0, nodes]);
    const failure = steps.at(-1);
    assert.match(failure?.step.name ?? "", /^Invoke dbt with `dbt build/);
    assert.deepEqual(failure?.counts, nodes > 0 ? { success: 14, pass: 21, error: 1, skipped: 3 } : {});
    assert.equal(failure?.unread === undefined, nodes > 0);
    assert.match(failure?.log ?? "", /ERROR=1/);
    for (const node of failure?.failed ?? []) {
      assert.equal(node.status, "error");
      assert.equal(node.file, "models/customers.sql");
      assert.match(node.message ?? "", /Database Error/);
      assert.match(node.compiled_code ?? "", /select/i);
    }
  });
}

// ---- long lists -----------------------------------------------------------------------------------------------------

Deno.test("paginate() reads 2,500 runs of the sandbox, once each and in order", async () => {
  const { result } = await over(
    { runs: 2500 },
    paginate(runs.list, {}).pipe(Stream.map(({ id }) => id), Stream.runCollect),
  );
  const ids = Result.getOrThrow(result);
  assert.equal(ids.length, 2500);
  assert.deepEqual(ids, ids.toSorted((a, b) => a - b));
  assert.equal(new Set(ids).size, 2500);
});

Deno.test("paginate() loses no run when others are deleted between pages", async () => {
  const faults: ReadonlyArray<sandbox.Fault> = [{ fault: "row-deleted-between-pages", route: "GET */runs/", times: 7 }];
  for (const order_by of ["id", "-id"]) {
    const all = await over(
      { runs: 1000 },
      paginate(runs.list, { order_by }).pipe(Stream.map(({ id }) => id), Stream.runCollect),
    );
    const { result } = await over(
      { runs: 1000, faults },
      Effect.gen(function* () {
        const came = yield* paginate(runs.list, { order_by }).pipe(Stream.map(({ id }) => id), Stream.runCollect);
        const left = yield* paginate(runs.list, { order_by, state: "active" }).pipe(
          Stream.map(({ id }) => id),
          Stream.runCollect,
        );
        return { came, left };
      }),
    );
    const { came, left } = Result.getOrThrow(result);
    assert.equal(left.length, 993);
    assert.equal(new Set(came).size, came.length);
    assert.deepEqual(came.filter((id) => left.includes(id)), left);
    assert(came.every((id) => Result.getOrThrow(all.result).includes(id)));
  }
});
