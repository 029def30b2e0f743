/**
 * A run as a stream whose scope owns it, and callbacks that cannot touch it.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Logger from "effect/Logger";
import * as Option from "effect/Option";
import * as Random from "effect/Random";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import {
  type Dbt,
  DbtError,
  jobs,
  restartAndWatch,
  retryAndWatch,
  trigger,
  triggerAndWait,
  triggerAndWatch,
  type TriggerEvent,
  watchSeveral,
} from "../../mod.ts";
import { asked, type Behaviour, type Cloud, cloud, interrupted, old } from "../support/small_cloud.ts";
import { fails, ok, refusal, reset, session, succeeds, virtually } from "../support/fixtures.ts";

/** Runs an effect on virtual time, and collects the warnings that it logs. */
async function logged<A, E>(net: Cloud, effect: Effect.Effect<A, E, Dbt>) {
  const warnings: Array<string> = [];
  const log = Logger.make<unknown, void>(({ message }) => void warnings.push(String(message)));
  const ended = await virtually(
    Effect.exit(effect).pipe(
      Effect.provide(session(net)),
      Effect.provide(Logger.layer([log])),
      Effect.timeout("20 hours"),
    ),
  );
  assert(Result.isSuccess(ended.result), "hangs");
  return { exit: ended.result.success, seconds: ended.seconds, warnings };
}

const cancelled = (net: Cloud) => net.made().map(({ cancelled }) => cancelled);
const cancels = (net: Cloud) => net.asked().filter((ask) => ask.startsWith("cancel"));

// ---- the stream -----------------------------------------------------------------------------------------------------

Deno.test("triggerAndWatch() gives the run from its start to its end, and then ends, however the run did", async () => {
  for (const end of [10, 20, 30]) {
    const net = cloud({ end });
    const events = await succeeds(Effect.provide(Stream.runCollect(triggerAndWatch(asked)), session(net)));
    assert.deepEqual(events.map(({ _tag, run }) => `${_tag} ${run.id} ${run.status}`), [
      "Triggered 42 1",
      "StatusChanged 42 1",
      "StatusChanged 42 3",
      `StatusChanged 42 ${end}`,
    ]);
    assert.deepEqual(cancels(net), []);
  }
});

Deno.test("triggerAndWatch() goes on with each retry, and ends with the last", async () => {
  const net = cloud({ end: (nth) => nth === 0 ? 20 : 10 });
  const events = await succeeds(
    Effect.provide(Stream.runCollect(triggerAndWatch(asked, { retries: 2 })), session(net)),
  );
  assert.deepEqual(
    events.filter(({ _tag, run }) => _tag === "Triggered" || run.status === 10 || run.status === 20)
      .map(({ _tag, run }) => `${_tag} ${run.id}`),
    ["Triggered 42", "StatusChanged 42", "Triggered 43", "StatusChanged 43"],
  );
});

Deno.test("restartAndWatch() and retryAndWatch() give the run that retries another", async () => {
  for (const events of [restartAndWatch({ job_id: 5 }), retryAndWatch({ run_id: 41 })]) {
    const net = cloud({ before: [old(41, 20)] });
    const [first] = await succeeds(Effect.provide(Stream.runCollect(events), session(net)));
    assert.deepEqual([first?._tag, first?.run.retrying_run_id], ["Triggered", 41]);
  }
});

/** A consumer that stops while the run is in flight: what it does with the stream. */
type Consumer = (
  events: Stream.Stream<TriggerEvent, DbtError, Dbt>,
) => Effect.Effect<unknown, unknown, Dbt>;

const isRunning = ({ run }: TriggerEvent) => run.status === 3;

const consumers: Readonly<Record<string, Consumer>> = {
  "takes only some events": (events) => Stream.runDrain(Stream.takeUntil(events, isRunning)),
  fails: Stream.runForEach((event) => isRunning(event) ? Effect.fail("the consumer's") : Effect.void),
  dies: Stream.runForEach((event) => isRunning(event) ? Effect.die("the consumer's") : Effect.void),
  throws: Stream.runForEach((event) => {
    if (isRunning(event)) throw new Error("the consumer's");
    return Effect.void;
  }),
  "has no more time": (events) => Effect.timeout(Stream.runDrain(events), "20 seconds"),
  "loses a race": (events) => Effect.race(Stream.runDrain(events), Effect.sleep("20 seconds")),
  "is interrupted": Effect.fnUntraced(function* (events) {
    const fiber = yield* Effect.forkChild(Stream.runDrain(events));
    yield* Effect.sleep("20 seconds");
    yield* Fiber.interrupt(fiber);
  }),
  "hangs and is interrupted": (events) =>
    Effect.timeout(Stream.runForEach(events, (event) => isRunning(event) ? Effect.never : Effect.void), "20 seconds"),
};

for (const [what, stop] of Object.entries(consumers)) {
  Deno.test(`triggerAndWatch() cancels its run where the consumer ${what}, and leaves one that it attached to`, async () => {
    const own = cloud();
    const heard: Array<string> = [];
    const { exit } = await logged(
      own,
      stop(
        triggerAndWatch(asked, { onStop: ({ _tag, run }) => Effect.sync(() => heard.push(`${_tag} ${run.status}`)) }),
      ),
    );
    assert.notEqual(cancelled(own)[0], undefined, Deno.inspect(exit));
    assert.deepEqual(heard, ["Cancelling 3", "StatusChanged 30"]);

    const left = cloud();
    await logged(left, stop(triggerAndWatch(asked, { onInterrupt: "leave" })));
    assert.deepEqual([left.made().length, cancels(left)], [1, []]);

    const running = { ...old(41), trigger: { id: 41, cause_category: "scheduled" }, born: 0, takes: 600 };
    const theirs = cloud({ before: [running] });
    await logged(theirs, stop(triggerAndWatch(asked, { reuseRunning: true })));
    assert.deepEqual([theirs.made(), cancels(theirs)], [[], []]);
  });
}

Deno.test("triggerAndWatch() has cancelled its run before the stream behind it goes on", async () => {
  const net = cloud();
  const after = Stream.fromEffect(Effect.sync(() => cancelled(net)[0]));
  const seen = await succeeds(
    Stream.concat(Stream.drain(Stream.takeUntil(triggerAndWatch(asked), isRunning)), after).pipe(
      Stream.runCollect,
      Effect.provide(session(net)),
    ),
  );
  assert.notEqual(seen[0], undefined);
});

Deno.test("triggerAndWatch() leaves its run where dbt Cloud's answers end the stream", async () => {
  const net = cloud({ trouble: (purpose, nth) => purpose === "get" && nth > 2 ? refusal(401) : undefined });
  const { exit } = await logged(net, Stream.runDrain(triggerAndWatch(asked)));
  assert.equal(reasonOf(exit), "Unauthorized");
  assert.deepEqual(cancels(net), []);
});

Deno.test("triggerAndWatch() tells onStop of a run whose start was interrupted", async () => {
  const net = cloud({
    trouble: (purpose) =>
      purpose === "post" ? { accepted: { ...ok({ id: 42 }) as { status: number }, after: 5 } } : undefined,
  });
  const heard: Array<string> = [];
  const events = triggerAndWatch(asked, { onStop: ({ _tag }) => Effect.sync(() => heard.push(_tag)) });
  await logged(net, Effect.timeout(Stream.runDrain(events), "2 seconds"));
  assert.deepEqual(heard, ["Triggered", "Cancelling", "StatusChanged"]);
  assert.deepEqual(cancelled(net), [5]);
});

Deno.test("a run whose start is under way when other fibers close the stream is cancelled, and one that is not asked for is not started", async () => {
  const merges: ReadonlyArray<
    (one: Stream.Stream<TriggerEvent, DbtError, Dbt>) => Stream.Stream<unknown, unknown, Dbt>
  > = [
    (one) => Stream.mergeAll([one, one], { concurrency: "unbounded" }),
    (one) => Stream.merge(one, one),
    (one) => Stream.buffer(Stream.mergeAll([one, one], { concurrency: 2 }), { capacity: 2 }),
    (one) => watchSeveral([[1, one], [2, one]]),
  ];
  for (const merge of merges) {
    const posting = cloud({
      trouble: (purpose, nth) =>
        purpose === "post" ? { accepted: { ...ok({ id: 42 + nth }) as { status: number }, after: 5 } } : undefined,
    });
    await logged(posting, Effect.timeout(Stream.runDrain(merge(triggerAndWatch(asked))), "2 seconds"));
    assert.deepEqual(cancelled(posting).map((at) => at !== undefined), [true, true]);

    const listing = cloud({
      trouble: (purpose) => purpose === "baseline" ? { ...ok([]) as { status: number }, after: 5 } : undefined,
    });
    await logged(listing, Effect.timeout(Stream.runDrain(merge(triggerAndWatch(asked))), "2 seconds"));
    assert.deepEqual(listing.made(), []);
  }
});

function reasonOf(exit: Exit.Exit<unknown, unknown>): string | undefined {
  const error = Option.getOrUndefined(Exit.findErrorOption(exit));
  return error instanceof DbtError ? error.reason._tag : undefined;
}

// ---- a timeout ------------------------------------------------------------------------------------------------------

Deno.test("triggerAndWait() cancels after its timeout also where the last polls failed, if told so", async () => {
  // It is not known how the run is; that its time is up is known.
  for (const answers of [true, false]) {
    const net = cloud({
      takes: 600,
      trouble: (purpose, _, { at }) =>
        purpose === "get" && at > 10 || !answers && purpose === "cancel" ? refusal(500) : undefined,
    });
    const options = { timeout: "30 seconds", onTimeout: "cancel" } as const;
    const { exit } = await logged(net, triggerAndWait(asked, options));
    assert.equal(cancels(net).length > 0, true);
    assert.equal(reasonOf(exit), answers ? "WaitTimedOut" : "ServerFault");
  }
});

Deno.test("triggerAndWait() measures its timeout over all retries by monotonic time", async () => {
  for (const jump of [3_600_000, -3_600_000]) {
    let skew = 0;
    const net = cloud({
      end: 20,
      trouble: (purpose, nth) => {
        // Somebody sets the clock between the first run and its retry.
        if (purpose === "baseline" && nth === 1) skew = jump;
        return undefined;
      },
    });
    const program = Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed);
      const currentTimeMillisUnsafe = () => clock.currentTimeMillisUnsafe() + skew;
      const skewed: Clock.Clock = Object.assign(Object.create(clock), {
        currentTimeMillisUnsafe,
        currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
      });
      return yield* triggerAndWait(asked, { retries: 9, timeout: "100 seconds" }).pipe(
        Effect.provide(session(net)),
        Effect.provideService(Clock.Clock, skewed),
      );
    });
    const { result, seconds } = await virtually(program);
    assert(Result.isFailure(result));
    assert.equal(result.failure.reason._tag, "WaitTimedOut");
    assert.deepEqual([net.made().length, Math.round(seconds)], [2, 100]);
  }
});

// ---- callbacks ------------------------------------------------------------------------------------------------------

/** Callbacks that do what no callback should. */
const bad: Readonly<Record<string, (event: unknown) => Effect.Effect<unknown, string>>> = {
  "never ends": () => Effect.never,
  "never ends, and cannot be interrupted": () => Effect.uninterruptible(Effect.never),
  fails: () => Effect.fail("no"),
  dies: () => Effect.die("no"),
  "interrupts itself": () => Effect.interrupt,
  throws: () => {
    throw new Error("no");
  },
};

for (const [what, callback] of Object.entries(bad)) {
  const hangs = what.startsWith("never");

  Deno.test(`triggerAndWait() ends as the run does where onEvent ${what}, and warns once`, async () => {
    const whole = cloud();
    const { seconds } = await virtually(Effect.provide(triggerAndWait(asked), session(whole)));
    for (const end of [10, 20]) {
      const net = cloud({ end });
      const ended = await logged(net, triggerAndWait(asked, { onEvent: callback }));
      assert.equal(reasonOf(ended.exit), end === 10 ? undefined : "RunFailed");
      assert.equal(ended.warnings.length, 1, ended.warnings.join("\n"));
      assert.equal(Math.round(ended.seconds - seconds), hangs ? 5 : 0);
    }
  });

  Deno.test(`triggerAndWait() keeps both timeouts where onEvent ${what}, and cancels`, async () => {
    const inner = cloud({ takes: 600 });
    const options = { timeout: "30 seconds", onTimeout: "cancel", onEvent: callback } as const;
    const first = await logged(inner, triggerAndWait(asked, options));
    assert.equal(reasonOf(first.exit), "WaitTimedOut");
    const outer = cloud({ takes: 600 });
    const second = await logged(outer, Effect.timeout(triggerAndWait(asked, { onEvent: callback }), "30 seconds"));
    for (const [net, { seconds, exit }] of [[inner, first], [outer, second]] as const) {
      assert(Exit.isFailure(exit));
      assert.deepEqual(cancelled(net), [30]);
      // 2 s until the run is cancelled.
      assert.equal(Math.round(seconds), 32 + (hangs ? 5 : 0));
    }
  });

  Deno.test(`triggerAndWait() cancels its run where onEvent ${what} once it hears of the cancel`, async () => {
    const net = cloud();
    const onEvent = (event: TriggerEvent) => event._tag === "Cancelling" ? callback(event) : Effect.void;
    const { exit } = await interrupted(net, 20, triggerAndWait(asked, { onEvent }));
    assert(Exit.hasInterrupts(exit));
    assert.deepEqual(cancelled(net), [20]);
  });

  Deno.test(`triggerAndWatch() cancels its run where onStop ${what}`, async () => {
    const net = cloud();
    const events = triggerAndWatch(asked, { onStop: callback });
    const { seconds } = await logged(net, Effect.timeout(Stream.runDrain(events), "20 seconds"));
    assert.deepEqual(cancelled(net), [20]);
    assert.equal(Math.round(seconds), 22 + (hangs ? 5 : 0));
  });

  Deno.test(`trigger() starts its run where onAsk and onEvent ${what}`, async () => {
    const net = cloud();
    const ended = await logged(net, trigger(asked, { onAsk: callback, onEvent: callback }));
    assert(Exit.isSuccess(ended.exit));
    assert.deepEqual(net.asked(), ["baseline 0", `post ${hangs ? 5 : 0}`]);
    assert.equal(ended.warnings.length, 2);
  });
}

Deno.test("triggerAndWait() sends the cancel before anybody hears of it", async () => {
  const net = cloud();
  let sent: ReadonlyArray<string> = [];
  const onEvent = ({ _tag }: TriggerEvent) =>
    Effect.sync(() => {
      if (_tag === "Cancelling") sent = cancels(net);
    });
  await interrupted(net, 20, triggerAndWait(asked, { onEvent }));
  assert.deepEqual(sent, ["cancel 20"]);
});

Deno.test("triggerAndWait() gives a slow callback every event in order, while it waits", async () => {
  const net = cloud();
  const heard: Array<string> = [];
  const onEvent = ({ _tag, run }: TriggerEvent) =>
    Effect.delay(Effect.sync(() => heard.push(`${_tag} ${run.status}`)), "3 seconds");
  await logged(net, triggerAndWait(asked, { onEvent }));
  assert.deepEqual(heard, ["Triggered 1", "StatusChanged 1", "StatusChanged 3", "StatusChanged 10"]);
});

Deno.test("triggerAndWait() gives callbacks and schedules the services that they need", async () => {
  class Slack extends Context.Service<Slack, { readonly say: (text: string) => Effect.Effect<void, "down"> }>()(
    "tests/Slack",
  ) {}
  const said: Array<string> = [];
  const schedule = Schedule.spaced("10 seconds").pipe(
    Schedule.setInputType<unknown>(),
    Schedule.tap(() => Effect.ignore(Slack.use(({ say }) => say("poll")))),
  );
  const program: Effect.Effect<unknown, DbtError, Dbt | Slack> = triggerAndWait(asked, {
    schedule,
    onAsk: ({ field, job_id }) => Slack.use(({ say }) => say(`${field} of job ${job_id}`)),
    onEvent: ({ _tag }) => Slack.use(({ say }) => say(_tag)),
  });
  await succeeds(program.pipe(
    Effect.provide(session(cloud({ takes: 15 }))),
    Effect.provideService(Slack, { say: (text) => Effect.sync(() => void said.push(text)) }),
  ));
  assert.deepEqual(said, [
    "trigger.cause of job 5",
    "Triggered",
    "StatusChanged",
    "poll",
    "StatusChanged",
    "poll",
    "StatusChanged",
  ]);
});

// ---- one at a time --------------------------------------------------------------------------------------------------

/** Starts several runs at the same time; the ids of what is given. */
async function together(
  behaviour: Behaviour,
  ...starts: ReadonlyArray<Effect.Effect<{ readonly id: number }, DbtError, Dbt>>
) {
  const net = cloud(behaviour);
  const given = await succeeds(
    Effect.provide(Effect.all(starts, { concurrency: "unbounded" }), session(net)),
  );
  return { ids: given.map(({ id }) => id), made: net.made().length, net };
}

Deno.test("trigger() starts one run for a job and key, however many ask at the same time", async () => {
  const step = trigger(asked, { key: "build 1" });
  assert.deepEqual((await together({}, step, step, step)).ids, [42, 42, 42]);
  // An answer that is lost is searched for before the next one begins.
  const lost = await together(
    { trouble: (purpose, nth) => purpose === "post" && nth === 0 ? { accepted: reset, lands: 5 } : undefined },
    step,
    step,
  );
  assert.deepEqual([lost.ids, lost.made], [[42, 42], 1]);
  const waiting = triggerAndWait(asked, { key: "build 1" });
  assert.deepEqual((await together({}, waiting, waiting)).ids, [42, 42]);
});

Deno.test("trigger() finds the run of its key although dbt Cloud does not list it yet", async () => {
  const hidden: Behaviour = {
    trouble: (purpose, _, { at }) => purpose === "baseline" && at < 5 ? ok([{ id: 41, status: 10 }]) : undefined,
  };
  const step = trigger(asked, { key: "build 1" });
  assert.deepEqual((await together(hidden, step, step)).ids, [42, 42]);
});

Deno.test("trigger() starts one run where all reuse the one in flight", async () => {
  const reuse = trigger(asked, { reuseRunning: true });
  const keyed = trigger(asked, { reuseRunning: true, key: "build 1" });
  assert.deepEqual((await together({}, reuse, reuse, keyed)).ids, [42, 42, 42]);
});

Deno.test("trigger() starts a run for each key and job, side by side", async () => {
  const starts = [
    trigger(asked, { key: "build 1" }),
    trigger(asked, { key: "build 2" }),
    trigger(asked),
    trigger(asked),
  ];
  // An answer that takes long holds only its own key.
  const slow = { ...ok({ id: 42 }) as { status: number }, after: 50 };
  const { made, net } = await together({
    trouble: (purpose, nth) => purpose === "post" && nth === 0 ? { accepted: slow } : undefined,
  }, ...starts);
  assert.equal(made, 4);
  assert.equal(net.asked().filter((ask) => ask === "post 0").length, 4);
});

Deno.test("trigger() that waits for another of its key can be interrupted, and the next one still starts", async () => {
  const net = cloud({
    trouble: (purpose, nth) =>
      purpose === "post" && nth === 0 ? { ...refusal(400) as { status: number }, after: 30 } : undefined,
  });
  const step = trigger(asked, { key: "build 1" });
  const { seconds } = await virtually(Effect.provide(
    Effect.gen(function* () {
      const first = yield* Effect.forkChild(Effect.exit(step));
      yield* Effect.sleep("1 second");
      const second = yield* Effect.forkChild(step);
      yield* Effect.sleep("1 second");
      yield* Fiber.interrupt(second);
      assert.equal(yield* Effect.map(Clock.currentTimeMillis, (at) => at), 3000);
      yield* Fiber.join(first);
      assert.equal((yield* step).id, 42);
    }),
    session(net),
  ));
  assert.equal(seconds, 30);
});

Deno.test("trigger() draws its tags from no seed", async () => {
  const causes = new Set<string | null | undefined>();
  for (let time = 0; time < 20; time++) {
    const net = cloud();
    await succeeds(Effect.provide(trigger(asked), session(net)).pipe(Random.withSeed("ci")));
    causes.add(net.made()[0]?.trigger.cause);
  }
  assert.equal(causes.size, 20);
  assert([...causes].every((cause) => /^Deploy \[dbtc:[0-9a-z]{10}\]$/.test(cause ?? "")));
});

// ---- what a start needs ---------------------------------------------------------------------------------------------

Deno.test("triggerAndWait() needs of every answer the run's id and status, whatever the types of the rest", async () => {
  const odd = { job_definition_id: "5", duration: 1, trigger: { cause: 7 }, run_steps: "none", environment: [] };
  const net = cloud();
  // Only what marks the run, and what says that it can be retried, is left as it is.
  const program = triggerAndWait(asked).pipe(Effect.provide(session(net)));
  assert.equal((await succeeds(program)).status, 10);
  const strange = cloud({
    trouble: (purpose, _, { at }) =>
      purpose === "baseline"
        ? ok([null, { id: "x" }, { id: 41, status: 10, ...odd }])
        : purpose === "post" || purpose === "get" || purpose === "cancel"
        ? ok({ id: 42, status: purpose === "post" || at < 30 ? 3 : 10, ...odd })
        : undefined,
  });
  const run = await succeeds(Effect.provide(triggerAndWait(asked), session(strange)));
  assert.deepEqual(run, { id: 42, status: 10, ...odd });
  for (const status_message of [{ toString: 1, valueOf: 1 }, [1], 7]) {
    const ended = cloud({
      trouble: (purpose) => purpose === "get" ? ok({ id: 42, status: 20, status_message }) : undefined,
    });
    const failed = await logged(ended, triggerAndWait(asked));
    const error = Option.getOrUndefined(Exit.findErrorOption(failed.exit));
    assert.equal(error?.message, "runs.get: Run 42 ended in error.");
  }
  const cut = cloud({ trouble: (purpose) => purpose === "cancel" ? ok({ id: 42, status: 30, ...odd }) : undefined });
  const { exit } = await interrupted(cut, 20, triggerAndWait(asked));
  assert(Exit.hasInterrupts(exit));
});

Deno.test("jobs.trigger() itself checks every member", async () => {
  const net = cloud({ trouble: (purpose) => purpose === "post" ? ok({ id: 42, duration: 1 }) : undefined });
  const { reason } = await fails(Effect.provide(jobs.trigger(asked), session(net)));
  assert.equal(reason._tag, "Undecodable");
});
