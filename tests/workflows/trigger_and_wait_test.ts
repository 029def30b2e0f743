/**
 * Starting a run and seeing it through, whatever happens.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import * as Random from "effect/Random";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import type { Dbt, DbtError, runs } from "../../mod.ts";
import {
  restart,
  restartAndWait,
  retryAndWait,
  retryRun,
  trigger,
  triggerAndWait,
  type TriggerEvent,
} from "../../lib/workflows/trigger_and_wait.ts";
import {
  acceptedThenLost,
  asked,
  cloud,
  interrupted,
  type Kept,
  losses,
  old,
  refusals,
  type Trouble,
} from "../support/small_cloud.ts";
import { fails, ok, refusal, reset, session, succeeds, virtually } from "../support/fixtures.ts";
import { integer, oneOf, testProperty } from "../support/property.ts";

// ---- seeing it through ----------------------------------------------------------------------------------------------

function told(events: ReadonlyArray<TriggerEvent>): ReadonlyArray<string> {
  return events.map(({ _tag, run }) => `${_tag} ${run.id} ${run.status}`);
}

/** Collects events. */
function ears(): {
  readonly events: Array<TriggerEvent>;
  readonly onEvent: (event: TriggerEvent) => Effect.Effect<void>;
} {
  const events: Array<TriggerEvent> = [];
  return { events, onEvent: (event) => Effect.sync(() => void events.push(event)) };
}

Deno.test("triggerAndWait() tells the run from its start to its end, and gives it", async () => {
  const net = cloud();
  const { events, onEvent } = ears();
  const run = await succeeds(Effect.provide(triggerAndWait(asked, { onEvent }), session(net)));
  assert.deepEqual([run.id, run.status], [42, 10]);
  assert.deepEqual(told(events), ["Triggered 42 1", "StatusChanged 42 1", "StatusChanged 42 3", "StatusChanged 42 10"]);
  assert(!net.asked().some((ask) => ask.startsWith("cancel")));
});

Deno.test("triggerAndWait() fails with a run that ended otherwise, and leaves it", async () => {
  for (const [end, _tag] of [[20, "RunFailed"], [30, "RunCancelled"]] as const) {
    const net = cloud({ end });
    const { events, onEvent } = ears();
    const { result } = await virtually(Effect.provide(triggerAndWait(asked, { onEvent }), session(net)));
    assert(Result.isFailure(result));
    const { reason } = result.failure;
    assert(reason._tag === _tag && reason.run.id === 42);
    assert.deepEqual(told(events).at(-1), `StatusChanged 42 ${end}`);
    assert(!net.asked().some((ask) => ask.startsWith("cancel")));
  }
});

Deno.test("triggerAndWait() finds a run that dbt Cloud cannot find at first", async () => {
  const net = cloud({ trouble: (purpose, _, { at }) => purpose === "get" && at < 30 ? refusal(404) : undefined });
  assert.equal((await succeeds(Effect.provide(triggerAndWait(asked), session(net)))).status, 10);
});

Deno.test("triggerAndWait() cancels its run when it is interrupted, by whatever, and no other", async () => {
  const cut: ReadonlyArray<(effect: Effect.Effect<runs.Run, DbtError, Dbt>) => Effect.Effect<unknown, unknown, Dbt>> = [
    Effect.timeout("20 seconds"),
    (effect) => Effect.race(effect, Effect.sleep("20 seconds")),
    (effect) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(effect);
        yield* Effect.sleep("20 seconds");
        yield* Fiber.interrupt(fiber);
      }),
  ];
  for (const until of cut) {
    const net = cloud();
    const { events, onEvent } = ears();
    const { seconds } = await virtually(
      Effect.exit(until(triggerAndWait(asked, { onEvent }))).pipe(Effect.provide(session(net))),
    );
    assert.deepEqual(net.kept.map(({ id, cancelled }) => [id, cancelled]), [[41, undefined], [42, 20]]);
    assert.deepEqual(told(events).slice(-2), ["Cancelling 42 3", "StatusChanged 42 30"]);
    assert.equal(seconds, 22);
    assert.deepEqual(net.asked().slice(-4), ["cancel 20", "get 20", "get 21", "get 22"]);
  }
});

Deno.test("triggerAndWait() cancels a run that began while it was interrupted", async () => {
  const net = cloud({
    trouble: (purpose) =>
      purpose === "post" ? { accepted: { ...ok({ id: 42 }) as { status: number }, after: 5 } } : undefined,
  });
  const { exit, took } = await interrupted(net, 2, triggerAndWait(asked));
  assert(Exit.hasInterrupts(exit));
  assert.deepEqual(net.made().map(({ cancelled }) => cancelled), [5]);
  assert.equal(took, 5);
});

Deno.test("triggerAndWait() cancels a run that it found again while it was interrupted", async () => {
  const net = cloud({ trouble: (purpose) => purpose === "post" ? { accepted: reset, lands: 5.5 } : undefined });
  const { exit } = await interrupted(net, 5, triggerAndWait(asked));
  assert(Exit.hasInterrupts(exit));
  assert.deepEqual(net.made().map(({ cancelled }) => cancelled), [6]);
});

Deno.test("triggerAndWait() cancels a run that it found only after a look that hung", async () => {
  const net = cloud({
    trouble: (purpose, nth) =>
      purpose === "post" ? acceptedThenLost : purpose === "look" && nth === 0 ? "silence" : undefined,
  });
  const { exit, took } = await interrupted(net, 20, triggerAndWait(asked));
  assert(Exit.hasInterrupts(exit));
  assert.deepEqual(net.made().map(({ cancelled }) => cancelled), [20]);
  assert.equal(took, 2);
});

Deno.test("triggerAndWait() cancels no run that has ended", async () => {
  const whole = cloud();
  const { seconds } = await virtually(Effect.provide(triggerAndWait(asked), session(whole)));
  const net = cloud();
  const slow = (event: TriggerEvent) => event.run.status === 10 ? Effect.sleep("1 minute") : Effect.void;
  // The end was seen, and the callback has 5 s for it.
  const { took } = await interrupted(net, seconds + 1, triggerAndWait(asked, { onEvent: slow }));
  assert.equal(Math.round(took), 4);
  assert(!net.asked().some((ask) => ask.startsWith("cancel")));
});

Deno.test("triggerAndWait() leaves the run after its timeout", async () => {
  const net = cloud();
  const { result, seconds } = await virtually(
    Effect.provide(triggerAndWait(asked, { timeout: "30 seconds" }), session(net)),
  );
  assert(Result.isFailure(result));
  const { reason, message } = result.failure;
  assert(reason._tag === "WaitTimedOut" && reason.run.id === 42);
  assert.equal(message, "runs.get: Stopped waiting after 30 s. Run 42 has not ended, and was not cancelled.");
  assert.equal(seconds, 30);
  assert(!net.asked().some((ask) => ask.startsWith("cancel")));
});

Deno.test("triggerAndWait() cancels the run after its timeout, if told so", async () => {
  const net = cloud();
  const { events, onEvent } = ears();
  const { result } = await virtually(
    Effect.provide(triggerAndWait(asked, { timeout: "30 seconds", onTimeout: "cancel", onEvent }), session(net)),
  );
  assert(Result.isFailure(result));
  const { reason, message } = result.failure;
  assert(reason._tag === "WaitTimedOut" && reason.cancelled && reason.run.status === 30);
  assert.equal(message, "runs.get: Stopped waiting after 30 s. Run 42 was cancelled.");
  assert.deepEqual(told(events).slice(-2), ["Cancelling 42 3", "StatusChanged 42 30"]);
});

Deno.test("triggerAndWait() says that a run was cancelled only where it was", async () => {
  const net = cloud({ takes: 300, trouble: (purpose) => purpose === "cancel" ? refusal(403) : undefined });
  const { result } = await virtually(
    Effect.provide(triggerAndWait(asked, { timeout: "30 seconds", onTimeout: "cancel" }), session(net)),
  );
  assert(Result.isFailure(result));
  assert.equal(result.failure.message, "runs.get: Stopped waiting after 30 s. Run 42 was asked to stop.");
});

Deno.test("triggerAndWait() gives cancelling ten seconds, and tries again what was lost", async () => {
  const silent = cloud({ trouble: (purpose, _, { at }) => purpose === "cancel" || at > 20 ? "silence" : undefined });
  assert.equal((await interrupted(silent, 20.5, triggerAndWait(asked))).took, 10);
  const refusing = cloud({ trouble: (purpose) => purpose === "cancel" ? refusal(403) : undefined });
  assert.equal((await interrupted(refusing, 20.5, triggerAndWait(asked))).took, 5);
  const lossy = cloud({ trouble: (purpose, nth) => purpose === "cancel" && nth < 2 ? reset : undefined });
  await interrupted(lossy, 20.5, triggerAndWait(asked));
  assert.deepEqual(lossy.asked().filter((ask) => ask.startsWith("cancel")), [
    "cancel 20.5",
    "cancel 21.5",
    "cancel 22.5",
  ]);
  assert.equal(lossy.made()[0]!.cancelled, 22.5);
});

Deno.test("triggerAndWait() leaves its run when it is interrupted, if told so", async () => {
  const net = cloud();
  assert(Exit.hasInterrupts((await interrupted(net, 20, triggerAndWait(asked, { onInterrupt: "leave" }))).exit));
  assert.deepEqual(net.made().map(({ cancelled }) => cancelled), [undefined]);
  assert(!net.asked().some((ask) => ask.startsWith("cancel")));
});

Deno.test("triggerAndWait() tells whether the run is its own, and that it could not be cancelled", async () => {
  const net = cloud({ trouble: (purpose) => purpose === "cancel" ? refusal(403, "Not yours") : undefined });
  const { events, onEvent } = ears();
  await interrupted(net, 20, triggerAndWait(asked, { onEvent }));
  const [first] = events;
  assert(first?._tag === "Triggered" && first.ours);
  assert.deepEqual(told(events).slice(-2), ["Cancelling 42 3", "NotCancelled 42 3"]);
  const last = events.at(-1);
  assert(last?._tag === "NotCancelled");
  assert.match(last.detail, /^runs\.cancel: The token may not do this \(403: Not yours\)/);
});

Deno.test("trigger() tells what its run is known by before it asks, and the run also when it is interrupted", async () => {
  const net = cloud({
    trouble: (purpose) =>
      purpose === "post" ? { accepted: { ...ok({ id: 42 }) as { status: number }, after: 5 } } : undefined,
  });
  const { events, onEvent } = ears();
  const marks: Array<string> = [];
  const { exit } = await interrupted(
    net,
    2,
    trigger(asked, {
      onEvent,
      onAsk: ({ field, value }) => Effect.sync(() => void marks.push(`${net.sent.length} ${field} ${value}`)),
    }),
  );
  assert(Exit.hasInterrupts(exit));
  assert.deepEqual(told(events), ["Triggered 42 undefined"]);
  const { cause } = net.made()[0]!.trigger;
  assert.deepEqual(marks, [`1 trigger.cause ${cause?.slice("Deploy ".length)}`]);
});

// ---- from where it failed -------------------------------------------------------------------------------------------

Deno.test("restart() takes up the newest run where that failed", async () => {
  const net = cloud({ before: [old(40), old(41, 20)] });
  const run = await succeeds(Effect.provide(restart({ job_id: 5 }), session(net)));
  assert.deepEqual([run.id, run.retrying_run_id], [42, 41]);
  assert.deepEqual(net.sent.map(({ method, path, body }) => [method, path, body]), [
    ["GET", "/api/v2/accounts/7/runs/?job_definition_id=5&limit=1&order_by=-id", undefined],
    ["POST", "/api/v2/accounts/7/runs/41/retry/", undefined],
  ]);
});

Deno.test("restart() sends nothing where there is nothing to take up, and says why", async () => {
  const failed = (retry_not_supported_reason: string | null) => ({ ...old(41, 20), retry_not_supported_reason });
  const newest = "run 41, the newest of job 5, cannot be retried: ";
  const refused: ReadonlyArray<readonly [ReadonlyArray<Kept>, string]> = [
    [[], "job 5 cannot be retried: it has no run yet"],
    [[old(40, 20), old(41)], `${newest}it did not fail`],
    [[old(41, 30)], `${newest}it was cancelled`],
    [[{ ...old(41), born: 0 }], `${newest}it has not ended`],
    [[failed("RETRY_UNSUPPORTED_CMD")], `${newest}dbt cannot retry the command that failed`],
    [[failed("RETRY_UNSUPPORTED_VERSION")], `${newest}its dbt version cannot retry: 1.6 is the first that can`],
    [[failed("RETRY_NO_RUN_RESULTS")], `${newest}it left no run results that say where it failed`],
    [[failed("RETRY_NOT_LATEST_RUN")], `${newest}it is not the newest run of its job`],
    [[failed("RETRY_NEW_TOMORROW")], `${newest}dbt Cloud says RETRY_NEW_TOMORROW`],
  ];
  for (const [before, detail] of refused) {
    const net = cloud({ before });
    const { endpoint, reason } = await fails(Effect.provide(restart({ job_id: 5 }), session(net)));
    const ordinary = '. "dbtc jobs rerun 5 --or-run" starts an ordinary run';
    assert.deepEqual([endpoint, reason], ["runs.retry", { _tag: "Unsendable", detail: detail + ordinary }]);
    assert.equal(net.made().length, 0);
  }
});

Deno.test("restart() starts an ordinary run where there is nothing to take up, if told so", async () => {
  for (const before of [[], [old(41)], [{ ...old(41, 20), retry_not_supported_reason: "RETRY_UNSUPPORTED_CMD" }]]) {
    const net = cloud({ before });
    const orRun = { cause: "Nightly", git_branch: "main" };
    await succeeds(Effect.provide(restart({ job_id: 5 }, { orRun }), session(net)));
    const [{ trigger, retrying_run_id }] = net.made() as [Kept];
    assert.match(trigger.cause ?? "", /^Nightly \[dbtc:\w{10}\]$/);
    assert.deepEqual([trigger.git_branch, retrying_run_id], ["main", null]);
  }
  const failed = cloud({ before: [old(41, 20)] });
  await succeeds(Effect.provide(restart({ job_id: 5 }, { orRun: { cause: "Nightly" } }), session(failed)));
  assert.equal(failed.made()[0]?.retrying_run_id, 41);
});

Deno.test("retryRun() takes up the run that is named, once, also where the answer is lost", async () => {
  for (const trouble of [undefined, acceptedThenLost]) {
    const net = cloud({
      before: [old(40), old(41, 20)],
      trouble: (purpose) => purpose === "retry" ? trouble : undefined,
    });
    const run = await succeeds(Effect.provide(retryRun({ run_id: 41 }), session(net)));
    assert.deepEqual([run.id, run.retrying_run_id], [42, 41]);
    assert.deepEqual(
      net.asked(),
      trouble ? ["get 0", "baseline 0", "retry 0", "look 1"] : ["get 0", "baseline 0", "retry 0"],
    );
  }
});

Deno.test("retryRun() is Ambiguous where the answer is lost and no run turns up, and asks no second time", async () => {
  const net = cloud({ before: [old(41, 20)], trouble: (purpose) => purpose === "retry" ? reset : undefined });
  const { endpoint, reason } = await fails(Effect.provide(retryRun({ run_id: 41 }), session(net)));
  assert(reason._tag === "Ambiguous");
  assert.deepEqual([endpoint, net.asked().filter((ask) => ask.startsWith("retry"))], ["runs.retry", ["retry 0"]]);
  assert.match(
    reason.remedy ?? "",
    /^No newer run of job 5 with retrying_run_id 41 turned up within 60 s\. .*dbtc runs list --job-id 5 --fields id,status_humanized,retrying_run_id"/,
  );
});

Deno.test("retryRun() refuses a run that is not the newest of its job, or did not fail", async () => {
  for (
    const [run_id, why] of [
      [40, "it is not the newest run of its job, which is 41"],
      [41, "it did not fail"],
    ] as const
  ) {
    const net = cloud({ before: [old(40, 20), old(41)] });
    const { reason } = await fails(Effect.provide(retryRun({ run_id }), session(net)));
    const ordinary = '"dbtc jobs rerun 5 --or-run" starts an ordinary run';
    const detail = `run ${run_id} cannot be retried: ${why}. ${ordinary}`;
    assert.deepEqual(reason, { _tag: "Unsendable", detail });
    assert.equal(net.made().length, 0);
  }
});

Deno.test("retryAndWait() waits for the run that takes up another", async () => {
  const net = cloud({ before: [old(41, 20)] });
  const { events, onEvent } = ears();
  const run = await succeeds(Effect.provide(retryAndWait({ run_id: 41 }, { onEvent }), session(net)));
  assert.deepEqual([run.id, run.status], [42, 10]);
  assert.deepEqual(told(events).at(0), "Triggered 42 1");
});

Deno.test("restart() finds its run by the run that it takes up", async () => {
  const net = cloud({
    before: [old(41, 20)],
    trouble: (purpose) => purpose === "retry" ? acceptedThenLost : undefined,
  });
  const run = await succeeds(Effect.provide(restartAndWait({ job_id: 5 }), session(net)));
  assert.deepEqual([run.id, run.status], [42, 10]);
  assert.equal(net.asked().filter((ask) => ask.startsWith("retry")).length, 1);
});

Deno.test("restartAndWait() cancels the run that dbt Cloud answered with", async () => {
  const net = cloud({ before: [old(41, 20)] });
  const { exit } = await interrupted(net, 20, restartAndWait({ job_id: 5 }));
  assert(Exit.hasInterrupts(exit));
  assert.deepEqual(net.made().map(({ cancelled }) => cancelled), [20]);
});

Deno.test("restartAndWait() never cancels a run that another may have started", async () => {
  // The request comes to nothing, and meanwhile somebody else takes up the same run.
  const taken = () => {
    const net = cloud({
      before: [old(41, 20)],
      trouble: (purpose) => {
        if (purpose !== "retry") return undefined;
        net.kept.push({ ...old(42), retrying_run_id: 41, born: 0 });
        return reset;
      },
    });
    return net;
  };
  const cut = taken();
  assert(Exit.hasInterrupts((await interrupted(cut, 20, restartAndWait({ job_id: 5 }))).exit));
  const late = taken();
  const { result } = await virtually(
    Effect.provide(restartAndWait({ job_id: 5 }, { timeout: "20 seconds", onTimeout: "cancel" }), session(late)),
  );
  assert(Result.isFailure(result));
  assert.equal(
    result.failure.message,
    "runs.get: Stopped waiting after 20 s. Run 42 has not ended, and was not cancelled.",
  );
  for (const net of [cut, late]) {
    assert(net.asked().some((ask) => ask.startsWith("get")));
    assert(!net.asked().some((ask) => ask.startsWith("cancel")));
  }
});

// ---- whatever happens -----------------------------------------------------------------------------------------------

/** What may happen to any request, by name. */
const nuisances: ReadonlyMap<string, Trouble> = new Map<string, Trouble>([
  ...Object.entries(losses),
  ...Object.entries(losses).map(([name, accepted]) => [`${name}, but accepted`, { accepted }] as const),
  ...[1, 6, 20, 40].map((lands) => [`accepted after ${lands} s`, { accepted: reset, lands }] as const),
  ...Object.entries(refusals).map(([name, [reply]]) => [name, reply] as const),
]);

testProperty(
  "triggerAndWait() never starts two runs, and never leaves its own behind when it is interrupted",
  Arbitrary.all({
    // Of a hundred requests, how many have trouble.
    often: integer(0, 60),
    // Request by request, again and again.
    trouble: Arbitrary.array(Arbitrary.all({ chance: integer(0, 99), what: oneOf([...nuisances.keys()]) }), {
      minLength: 1,
    }),
    end: oneOf([10, 20]),
    // Half of them are left alone.
    cut: Arbitrary.all({ happens: oneOf([false, true]), millis: integer(0, 100_000) }),
  }),
  async ({ often, trouble, end, cut: { happens, millis } }) => {
    let asking = 0;
    const net = cloud({
      end,
      trouble: () => {
        const { chance, what } = trouble[asking++ % trouble.length]!;
        return chance < often ? nuisances.get(what) : undefined;
      },
    });
    const cut = happens ? millis / 1000 : 1e4;
    const { exit } = await interrupted(net, cut, Random.withSeed(triggerAndWait(asked), "a pause"));
    const [made, ...more] = net.made();
    const did = (purpose: string) => net.asked().some((ask) => ask.startsWith(purpose));
    const message = net.asked().join(", ");
    assert.equal(more.length, 0, message);
    assert.equal(net.kept[0]!.cancelled, undefined, message);
    if (Exit.isSuccess(exit)) assert.equal(made?.id, exit.value.id, message);
    if (Exit.hasInterrupts(exit) && made !== undefined) {
      const ended = made.born + made.takes <= cut;
      const neverFound = did("look") && !did("get");
      assert(did("cancel") || ended || neverFound, message);
    }
    if (Exit.isFailure(exit) && !Exit.hasInterrupts(exit)) {
      assert.equal(made?.cancelled, undefined, message);
      const { endpoint, reason } = Option.getOrThrow(Exit.findErrorOption(exit));
      if (endpoint === "jobs.trigger" && reason._tag !== "Ambiguous") assert.equal(made, undefined, message);
    }
  },
  { runs: 500, size: 60 },
);
