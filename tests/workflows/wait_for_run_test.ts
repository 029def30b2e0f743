/**
 * Waiting for a run: what it sees, what it bears, and when it ends.
 *
 * @module
 */
import * as ByteSize from "effect/ByteSize";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import * as SchemaAST from "effect/SchemaAST";
import * as Stream from "effect/Stream";
import { MaxBodySize } from "effect/http/HttpIncomingMessage";
import assert from "node:assert/strict";
import { type Dbt, DbtClient, type DbtError, jobs, runs, triggerAndWait } from "../../mod.ts";
import { isTransient } from "../../lib/error.ts";
import { RunStep } from "../../lib/models/run.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { millisOf } from "../../lib/time.ts";
import type { RunEvent } from "../../lib/workflows/run_events.ts";
import { pace, waitForRun, type WaitOptions, watchRun } from "../../lib/workflows/wait_for_run.ts";
import {
  type Ended,
  fails,
  html,
  ok,
  refusal,
  refused,
  type Reply,
  reset,
  type Sent,
  session,
  succeeds,
  type Transport,
  transport,
  virtually,
} from "../support/fixtures.ts";

const id = 70_471_800_000_001;

/** A run that is queued, starts after 5 s, runs after 10 s, and ends after `seconds`. */
function runAt(at: number, seconds = 60, end = 10): runs.Run {
  return { id, status: at < 5 ? 1 : at < 10 ? 2 : at < seconds ? 3 : end };
}

/** A server on which a run takes `seconds`; a reply of `trouble` comes first. */
function server(
  trouble: (sent: Sent, index: number) => Reply | undefined = () => undefined,
  seconds = 60,
  end = 10,
): Transport {
  return transport((sent, index) => {
    assert.equal(sent.method, "GET", "waiting writes");
    return trouble(sent, index) ?? ok(runAt(sent.at, seconds, end));
  });
}

function waiting(net: Transport, options?: WaitOptions): Promise<Ended<runs.Run, DbtError>> {
  return virtually(Effect.provide(waitForRun({ run_id: id }, options), session(net)));
}

/** A session with a sandbox of its own. */
function inSandbox(): Layer.Layer<Dbt | sandbox.Sandbox, DbtError> {
  return DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" }).pipe(
    Layer.provideMerge(sandbox.layer()),
  );
}

// ---- how it ends ----------------------------------------------------------------------------------------------------

Deno.test("waitForRun() gives the run that ended in success", async () => {
  const net = server();
  const { result, seconds } = await waiting(net);
  assert.deepEqual(result, Result.succeed({ id, status: 10 }));
  assert(seconds >= 60 && seconds <= 75);
  assert(net.sent.every(({ path }) => path === `/api/v2/accounts/7/runs/${id}/`));
});

Deno.test("waitForRun() fails with the run that ended otherwise", async () => {
  for (
    const [end, _tag, message] of [
      [20, "RunFailed", `runs.get: Run ${id} ended in error.`],
      [30, "RunCancelled", `runs.get: Run ${id} was cancelled.`],
    ] as const
  ) {
    const { result } = await waiting(server(undefined, 60, end));
    assert(Result.isFailure(result));
    assert.deepEqual(result.failure.reason, { _tag, run: { id, status: end } });
    assert.equal(result.failure.message, message);
  }
});

Deno.test("waitForRun() gives a run that has ended already, at once", async () => {
  const net = server(() => ok({ id, status: 10 }));
  const { seconds } = await waiting(net);
  assert.equal(seconds, 0);
  assert.equal(net.sent.length, 1);
});

Deno.test("waitForRun() goes by the status alone", async () => {
  const misleading: ReadonlyArray<runs.Run> = [
    {
      id,
      status: 3,
      status_humanized: "Success",
      is_complete: true,
      is_success: true,
      finished_at: "2024-05-27 10:42:16",
    },
    { id, status: 3, status_humanized: "Error", status_message: "Database Error", is_error: true },
    { id, status: 3, run_steps: [{ id: 1, status: 20, logs: "ERROR" }] },
    { id, status: 99, status_humanized: "Paused" },
    { id, status: null },
    { id },
    { id, status: 10, is_complete: false, in_progress: true, run_steps: [{ id: 1, status: 3, logs: null }] },
  ];
  const net = server((_, index) => ok(misleading[index]));
  const { result } = await waiting(net);
  assert.deepEqual(result, Result.succeed(misleading.at(-1)));
  assert.equal(net.sent.length, misleading.length);
});

// ---- how often it looks ---------------------------------------------------------------------------------------------

/** How long it waited between two looks, of those within some seconds. */
function gapsOf(net: Transport, from: number, to: number): ReadonlyArray<number> {
  return net.sent.slice(1).map(({ at }, index) => ({ at, gap: at - net.sent[index]!.at }))
    .filter(({ at }) => at > from && at <= to).map(({ gap }) => Math.round(gap));
}

Deno.test("waitForRun() looks after 2 s, then more and more rarely", async () => {
  const net = server(undefined, 7200);
  await waiting(net);
  assert.deepEqual([...new Set(gapsOf(net, 0, 10))], [2]);
  const growing = gapsOf(net, 10, 100);
  assert.deepEqual(growing, growing.toSorted((a, b) => a - b));
  assert.deepEqual([...new Set(gapsOf(net, 130, 1800))], [25]);
  assert.deepEqual([...new Set(gapsOf(net, 1870, 7200))], [60]);
});

Deno.test("waitForRun() sees the end of a run within 25 s, and within 60 s after half an hour", async () => {
  // Until the run has ended, no poll can depend on when it will end: one long wait shows the polls of every shorter one.
  const long = server(undefined, 4100);
  await waiting(long);
  const polls = long.sent.map(({ at }) => at);
  const seenAt = (end: number) => polls.find((at) => at >= end) ?? NaN;
  for (let end = 10; end <= 4000; end++) {
    assert(seenAt(end) - end <= (end < 1800 ? 25 : 60), `${end} s: seen after ${seenAt(end)} s`);
  }
  for (let end = 590; end <= 620; end++) {
    assert(polls.filter((at) => at < end).length < 38, `a run of ten minutes, ${end} s, costs more than 38 requests`);
  }
  for (const end of [10, 47, 600, 1799, 1801, 4000]) {
    const net = server(undefined, end);
    const { seconds } = await waiting(net);
    assert.deepEqual([seconds, net.sent.map(({ at }) => at)], [seenAt(end), polls.slice(0, net.sent.length)]);
  }
});

Deno.test("triggerAndWait() of a run of ten minutes costs no more than 40 requests, and sees its end within 15 s", async () => {
  const program = Effect.gen(function* () {
    const { requests } = yield* sandbox.Sandbox;
    const { finished_at } = yield* triggerAndWait({ job_id: 3, cause: "Test" });
    const seen = yield* Clock.currentTimeMillis;
    return { sent: (yield* requests).length, late: seen - Number(millisOf(finished_at ?? null)) };
  });
  const { late, sent } = await succeeds(Effect.provide(program, inSandbox()));
  assert(sent <= 40, `${sent} requests`);
  assert(late >= 0 && late <= 15_000, `${late} ms late`);
});

Deno.test("watchRun() looks at least every 10 s where it tells logs", async () => {
  const net = server(undefined, 7200);
  await succeeds(Stream.runDrain(watchRun({ run_id: id }, { logs: true })).pipe(Effect.provide(session(net))));
  assert.deepEqual([...new Set(gapsOf(net, 0, 10))], [2]);
  assert.deepEqual([...new Set(gapsOf(net, 60, 7210))], [10]);
});

Deno.test("waitForRun() takes another schedule, feeds it with the run, and ends where it ends", async () => {
  const fed: Array<number | null | undefined> = [];
  const schedule = Schedule.max([Schedule.spaced("4 seconds"), Schedule.recurs(3)]).pipe(
    Schedule.setInputType<runs.Run | undefined>(),
    Schedule.tap(({ input }) => Effect.sync(() => fed.push(input?.status))),
  );
  const net = server();
  const { result } = await waiting(net, { schedule });
  assert(Result.isFailure(result));
  assert.deepEqual(result.failure.reason, { _tag: "WaitTimedOut", run: { id, status: 3 }, seconds: 12 });
  assert.deepEqual(net.sent.map(({ at }) => at), [0, 4, 8, 12]);
  assert.deepEqual(fed, [1, 1, 2]);
});

Deno.test("pace starts anew for each wait", async () => {
  for (let wait = 0; wait < 2; wait++) {
    const net = server(undefined, 11);
    await waiting(net, { schedule: pace });
    assert.deepEqual(net.sent.map(({ at }) => at), [0, 2, 4, 6, 8, 10, 12.5]);
  }
});

// ---- the deadline ---------------------------------------------------------------------------------------------------

Deno.test("waitForRun() gives up at the deadline, after one last look, and leaves the run", async () => {
  const net = server(undefined, 3600);
  const { result, seconds } = await waiting(net, { timeout: "17 minutes" });
  assert(Result.isFailure(result));
  assert.deepEqual(result.failure.reason, { _tag: "WaitTimedOut", run: { id, status: 3 }, seconds: 1020 });
  assert.equal(
    result.failure.message,
    `runs.get: Stopped waiting after 1020 s. Run ${id} has not ended, and was not cancelled.`,
  );
  assert.equal(seconds, 1020);
  assert.equal(Math.round(net.sent.at(-1)!.at), 1020);
});

Deno.test("waitForRun() sees at the deadline that the run has just ended", async () => {
  // Between 1,017 s and the deadline there is no look but the last.
  const { result, seconds } = await waiting(server(undefined, 1018), { timeout: "17 minutes" });
  assert.deepEqual(result, Result.succeed({ id, status: 10 }));
  assert.equal(seconds, 1020);
});

Deno.test("waitForRun() fails as the looks failed, where none saw the run before the deadline", async () => {
  const { result } = await waiting(server(() => refusal(503)), { timeout: "30 seconds" });
  assert(Result.isFailure(result));
  assert.equal(result.failure.reason._tag, "ServerFault");
});

Deno.test("waitForRun() ends within 5 s of its deadline, whatever the client would try again", async () => {
  for (const [name, reply] of Object.entries(blips)) {
    const unseen = await waiting(server(() => reply), { timeout: "10 seconds" });
    assert(Result.isFailure(unseen.result));
    assert(isTransient(unseen.result.failure), name);
    assert(unseen.seconds >= 10 && unseen.seconds <= 15, `${name}: ${unseen.seconds} s`);
    const seen = await waiting(server((_, index) => index === 0 ? undefined : reply), { timeout: "10 seconds" });
    // The run was seen, but not by the last poll: how it is by then is not known.
    assert(Result.isFailure(seen.result));
    assert(isTransient(seen.result.failure), name);
    assert(seen.seconds >= 10 && seen.seconds <= 15, `${name}: ${seen.seconds} s`);
  }
});

Deno.test("waitForRun() says why no look saw the run before the deadline", async () => {
  const reasonFor = async (reply: Reply) => {
    const { result } = await waiting(server(() => reply), { timeout: "10 seconds" });
    return Result.isFailure(result) ? result.failure.reason : undefined;
  };
  assert.deepEqual(await reasonFor(refusal(429)), { _tag: "RateLimited", status: 429 });
  assert.deepEqual(await reasonFor("silence"), {
    _tag: "Unreachable",
    host: "ab123.us1.dbt.com",
    detail: "no answer within 15 s",
    permanent: false,
  });
});

Deno.test("waitForRun() looks a last time at the deadline for no more than 5 s", async () => {
  const net = server(({ at }) => at > 20 ? "silence" : undefined, 3600);
  const { result, seconds } = await waiting(net, { timeout: "30 seconds", schedule: Schedule.spaced("20 seconds") });
  assert(Result.isFailure(result));
  assert.match(result.failure.message, /no answer within 5 s/);
  assert.equal(seconds, 35);
  assert.deepEqual(net.sent.map(({ at }) => at), [0, 20, 30]);
});

Deno.test("waitForRun() keeps its deadline when somebody sets the clock", async () => {
  const program = Effect.gen(function* () {
    const clock = yield* Clock.clockWith(Effect.succeed);
    // Whenever one looks at it, the wall clock is an hour further.
    let skew = 0;
    const currentTimeMillisUnsafe = () => clock.currentTimeMillisUnsafe() + 3_600_000 * skew++;
    const skewed: Clock.Clock = Object.assign(Object.create(clock), {
      currentTimeMillisUnsafe,
      currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
    });
    return yield* waitForRun({ run_id: id }, { timeout: "5 minutes" }).pipe(
      Effect.provide(session(server(() => ok({ id, status: 3 })))),
      Effect.provideService(Clock.Clock, skewed),
    );
  });
  const { result, seconds } = await virtually(program);
  assert(Result.isFailure(result) && result.failure.reason._tag === "WaitTimedOut");
  assert.equal(seconds, 300);
});

// ---- what it bears --------------------------------------------------------------------------------------------------

const blips: Readonly<Record<string, Reply>> = {
  "429": refusal(429),
  "500": refusal(500),
  "502 as HTML": html(502),
  "503": refusal(503),
  "504": html(504),
  "refused connections": refused,
  "broken connections": reset,
  "silence": "silence",
  "empty answers": { status: 200, body: "" },
  "cut answers": { status: 200, body: '{"status":' },
};

for (const [name, reply] of Object.entries(blips)) {
  Deno.test(`waitForRun() bears ${name} for minutes`, async () => {
    const during = (from: number, to: number) => ({ at }: Sent) => at >= from && at < to ? reply : undefined;
    const early = await waiting(server(during(0, 400)));
    assert.deepEqual(early.result, Result.succeed({ id, status: 10 }));
    const late = await waiting(server(during(100, 600), 200));
    assert.deepEqual(late.result, Result.succeed({ id, status: 10 }));
  });

  // A 429 it does.
  if (name === "429") continue;

  Deno.test(`waitForRun() does not bear ${name} for ever`, async () => {
    const { result, seconds } = await waiting(server(({ at }) => at >= 100 ? reply : undefined, 1e6));
    assert(Result.isFailure(result));
    const { _tag } = result.failure.reason;
    assert(["ServerFault", "Unreachable", "Undecodable"].includes(_tag), _tag);
    // Ten minutes, beside what the client itself waits before it fails.
    assert(seconds >= 700 && seconds <= 700 + 3 * 340, `${seconds}`);
  });
}

Deno.test("waitForRun() bears 429 however long, and begins to count anew after one", async () => {
  const hours = server(({ at }) => at >= 20 && at < 20_000 ? refusal(429) : undefined, 3600);
  assert.deepEqual((await waiting(hours, { patience: 0 })).result, Result.succeed({ id, status: 10 }));
  const unseen = server(({ at }) => at < 20_000 ? refusal(429) : undefined);
  assert.deepEqual((await waiting(unseen)).result, Result.succeed({ id, status: 10 }));
  // Between two 429 it is down for eight minutes.
  const down = server(({ at }) => at < 20 || at >= 7200 ? undefined : refusal(at % 1200 < 480 ? 500 : 429));
  assert.deepEqual((await waiting(down)).result, Result.succeed({ id, status: 10 }));
});

Deno.test("waitForRun() begins to count anew after each look that succeeds", async () => {
  const net = server(({ at }) => at % 500 < 350 ? refusal(500) : undefined, 2000);
  assert.deepEqual((await waiting(net)).result, Result.succeed({ id, status: 10 }));
});

Deno.test("waitForRun() bears failures as long as it is told", async () => {
  const { seconds } = await waiting(server(() => refusal(500)), { patience: 0 });
  assert(seconds <= 20);
});

const garbled: ReadonlyArray<Reply> = [html(200), ok({ id: "x" }), { status: 200, body: { data: null } }];

Deno.test("waitForRun() bears answers that it does not understand, once the run was seen", async () => {
  for (const reply of garbled) {
    const net = server(({ at }) => at >= 20 && at < 40 ? reply : undefined);
    assert.deepEqual((await waiting(net)).result, Result.succeed({ id, status: 10 }));
    const never = await waiting(server(({ at }) => at >= 20 ? reply : undefined));
    assert(Result.isFailure(never.result) && never.result.failure.reason._tag === "Undecodable");
    assert(never.seconds >= 620 && never.seconds <= 660, `${never.seconds}`);
  }
});

Deno.test("waitForRun() bears them of a fresh run from the beginning", async () => {
  for (const reply of garbled) {
    const net = server(({ at }) => at < 20 ? reply : undefined);
    assert.deepEqual((await waiting(net, { fresh: true })).result, Result.succeed({ id, status: 10 }));
  }
});

Deno.test("waitForRun() fails at once for what does not pass", async () => {
  for (
    const [reply, _tag] of [
      [refusal(401), "Unauthorized"],
      [refusal(403), "Forbidden"],
      [refusal(400), "Invalid"],
      [html(200), "Undecodable"],
      [ok({ id: "x" }), "Undecodable"],
      [refusal(404), "NotFound"],
    ] as const
  ) {
    const net = server(() => reply);
    const { result, seconds } = await waiting(net);
    assert(Result.isFailure(result));
    assert.equal(result.failure.reason._tag, _tag);
    assert.equal(seconds, 0);
    assert.equal(net.sent.length, 1);
  }
});

Deno.test("waitForRun() finds a fresh run within a minute, and no later", async () => {
  const { result } = await waiting(server(({ at }) => at < 55 ? refusal(404) : undefined), { fresh: true });
  assert.deepEqual(result, Result.succeed({ id, status: 10 }));
  const never = await waiting(server(() => refusal(404)), { fresh: true });
  assert(Result.isFailure(never.result) && never.result.failure.reason._tag === "NotFound");
  assert(never.seconds >= 60 && never.seconds <= 75);
});

Deno.test("waitForRun() bears that a run disappears five times in a row, and no more", async () => {
  for (const [times, _tag] of [[5, undefined], [6, "NotFound"]] as const) {
    const net = server((_, index) => index >= 3 && index < 3 + times ? refusal(404) : undefined);
    const { result } = await waiting(net);
    assert.equal(Result.isFailure(result) ? result.failure.reason._tag : undefined, _tag);
  }
});

Deno.test("waitForRun() leaves the run when it is interrupted", async () => {
  const net = server();
  await succeeds(
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(waitForRun({ run_id: id }));
      yield* Effect.sleep("30 seconds");
      yield* Fiber.interrupt(fiber);
      yield* Effect.sleep("1 hour");
    }).pipe(Effect.provide(session(net))),
  );
  assert(net.sent.at(-1)!.at < 30);
});

// ---- what it needs --------------------------------------------------------------------------------------------------

/** The members of a model, but for some. */
function membersOf(schema: Schema.Codec<runs.Run> | Schema.Codec<runs.RunStep>, ...without: ReadonlyArray<string>) {
  assert(SchemaAST.isObjects(schema.ast));
  return schema.ast.propertySignatures.map(({ name }) => String(name)).filter((name) => !without.includes(name));
}

/** Values of every type that JSON has; no member fits all of them. */
const odd: ReadonlyArray<unknown> = [null, true, 1.5, 7, "x", [], [null], [7], {}, { id: "x" }];

Deno.test("waitForRun() needs id and status: no other member of a run ends or silences it, whatever its type", async () => {
  for (const member of membersOf(runs.Run, "id", "status")) {
    for (const value of odd) {
      const net = server((_, index) => ok({ id, status: index < 2 ? 3 : 10, [member]: value }));
      const { result } = await waiting(net);
      assert.deepEqual(
        result,
        Result.succeed({ id, status: 10, [member]: value }),
        `${member}: ${Deno.inspect(value)}`,
      );
      assert.equal(net.sent.length, 3);
    }
  }
});

Deno.test("watchRun() tells of each step what fits, whatever the types of its other members", async () => {
  for (const member of membersOf(RunStep, "id", "status", "name")) {
    for (const value of odd) {
      const step = { id: 1, name: "dbt build", [member]: value };
      const net = server((_, index) => {
        const status = index < 2 ? 3 : 10;
        return ok({ id, status, run_steps: [null, { name: "no id" }, { ...step, status }] });
      });
      const events = await succeeds(watch.pipe(Effect.provide(session(net))));
      const what = `${member}: ${Deno.inspect(value)}`;
      assert.deepEqual(
        events.map(({ _tag }) => _tag),
        ["StatusChanged", "StepBegan", "StepEnded", "StatusChanged"],
        what,
      );
      for (const event of events) {
        if ("step" in event) assert(Schema.is(RunStep)(event.step) && event.step.name === "dbt build", what);
      }
      assert.deepEqual(events.at(-1)?.run.run_steps?.[2], { ...step, status: 10 }, "the run is not as it came");
    }
  }
});

Deno.test("waitForRun() bears a status that is no number, and does not say that the run has not ended", async () => {
  const { result, seconds } = await waiting(server((_, index) => index < 2 ? undefined : ok({ id, status: "10" })), {
    timeout: "1 minute",
  });
  assert(Result.isFailure(result));
  assert.equal(result.failure.reason._tag, "Undecodable");
  assert.doesNotMatch(result.failure.message, /has not ended/);
  assert.equal(Math.round(seconds), 60);
});

Deno.test("watchRun() goes on without steps where their logs are too large, and warns once", async () => {
  const warnings: Array<unknown> = [];
  const log = Logger.make<unknown, void>(({ message }) => void warnings.push(message));
  const net = server(({ at, url }) => {
    if (!url.searchParams.has("include_related")) return ok(runAt(at));
    return ok({ ...runAt(at), run_steps: [{ id: 1, status: 3, name: "dbt build", logs: "x".repeat(5000) }] });
  });
  const events = await succeeds(
    watch.pipe(
      Effect.provideService(MaxBodySize, ByteSize.bytes(4096)),
      Effect.provide(session(net)),
      Effect.provide(Logger.layer([log])),
    ),
  );
  assert.deepEqual(events.map(({ _tag, run }) => `${_tag} ${run.status}`), [
    "StatusChanged 1",
    "StatusChanged 2",
    "StatusChanged 3",
    "StatusChanged 10",
  ]);
  assert.equal(net.sent.filter(({ url }) => url.searchParams.has("include_related")).length, 2);
  assert.equal(warnings.length, 1);
  assert.match(
    String(warnings[0]),
    /^The steps of run 70471800000001 are not shown any more: .*longer than 4096 bytes/,
  );
});

Deno.test("a wait asks for no steps, and so for no logs, unless somebody gets events", async () => {
  const related = async (wait: Effect.Effect<unknown, DbtError, Dbt>) => {
    const net = server();
    await virtually(Effect.provide(wait, session(net)));
    return [...new Set(net.sent.map(({ url }) => url.searchParams.get("include_related")))];
  };
  assert.deepEqual(await related(waitForRun({ run_id: id })), [null]);
  assert.deepEqual(await related(Stream.runDrain(watchRun({ run_id: id }))), ["run_steps"]);
  assert.deepEqual(await related(Stream.runDrain(watchRun({ run_id: id }, { steps: false }))), [null]);
  assert.deepEqual(await related(Stream.runDrain(watchRun({ run_id: id }, { logs: true }))), ["run_steps"]);
});

// ---- what it sees ---------------------------------------------------------------------------------------------------

/** A run with steps that are named by letters: lower case while they run, upper case once they ended. */
function withSteps(status: number, steps = ""): runs.Run {
  return {
    id,
    status,
    run_steps: [...steps].map((name, index) => ({
      id: 900 + index,
      index: index + 1,
      name: name.toLowerCase(),
      status: name === name.toLowerCase() ? 3 : 10,
    })),
  };
}

function told(events: ReadonlyArray<RunEvent>): ReadonlyArray<string> {
  return events.map((event) =>
    `${event._tag} ${
      event._tag === "StatusChanged" ? event.run.status : event.step.name
    } ${event.run.run_steps?.length}`
  );
}

const watch: Effect.Effect<ReadonlyArray<RunEvent>, DbtError, Dbt> = watchRun({ run_id: id }, {
  schedule: Schedule.spaced("1 second"),
}).pipe(Stream.runCollect);

Deno.test("watchRun() tells each change once, and the end last", async () => {
  const seen = [
    withSteps(1),
    withSteps(1),
    withSteps(3, "a"),
    withSteps(3, "Ab"),
    withSteps(3, "Ab"),
    withSteps(3, "ABCd"),
    withSteps(10, "ABCDE"),
  ];
  const net = server((_, index) => ok(seen[index]));
  const events = await succeeds(Effect.provide(watch, session(net)));
  assert.deepEqual(told(events), [
    "StatusChanged 1 0",
    "StatusChanged 3 1",
    "StepBegan a 1",
    "StepEnded a 2",
    "StepBegan b 2",
    "StepEnded b 4",
    "StepBegan c 4",
    "StepEnded c 4",
    "StepBegan d 4",
    "StepEnded d 5",
    "StepBegan e 5",
    "StepEnded e 5",
    "StatusChanged 10 5",
  ]);
  assert.deepEqual(events.at(-1), { _tag: "StatusChanged", run: seen.at(-1) });
  assert.equal(net.sent.length, seen.length);
  assert(net.sent.every(({ url }) => url.searchParams.get("include_related") === "run_steps"));
});

Deno.test("watchRun() ends with the run, however it ended, and tells nothing twice over a blip", async () => {
  const replies = [
    ok(withSteps(3, "a")),
    html(502),
    html(502),
    refusal(404),
    ok(withSteps(3, "a")),
    ok(withSteps(20, "A")),
  ];
  const net = server((_, index) => replies[index]);
  const events = await succeeds(Effect.provide(watch, session(net)));
  assert.deepEqual(told(events), ["StatusChanged 3 1", "StepBegan a 1", "StepEnded a 1", "StatusChanged 20 1"]);
});

Deno.test("watchRun() tells a run that has ended already", async () => {
  const net = server(() => ok({ id, status: 30, run_steps: null }));
  const events = await succeeds(Effect.provide(watch, session(net)));
  assert.deepEqual(events, [{ _tag: "StatusChanged", run: { id, status: 30, run_steps: null } }]);
});

Deno.test("watchRun() fails after what it saw", async () => {
  const net = server((_, index) => index < 2 ? undefined : refusal(401));
  const seen: Array<RunEvent> = [];
  const error = await fails(
    watchRun({ run_id: id }).pipe(
      Stream.runForEach((event) => Effect.sync(() => seen.push(event))),
      Effect.provide(session(net)),
    ),
  );
  assert.equal(error.reason._tag, "Unauthorized");
  assert.deepEqual(told(seen), ["StatusChanged 1 undefined"]);
});

// ---- what it tells of logs ------------------------------------------------------------------------------------------

/** A run with steps that printed this so far; those before the last one have ended. */
function printing(status: number, ...logs: ReadonlyArray<string | null>): Reply {
  return ok({
    id,
    status,
    run_steps: logs.map((log, index) => ({
      id: 900 + index,
      index: index + 1,
      name: `step ${index + 1}`,
      status: index < logs.length - 1 ? 10 : status,
      logs: log,
    })),
  });
}

/** What is told where the looks see this: the lines of each step, and when a step begins and ends. */
async function tells(...seen: ReadonlyArray<Reply>): Promise<ReadonlyArray<string>> {
  const net = server((_, index) => seen[index]);
  const events = await succeeds(
    watchRun({ run_id: id }, { logs: true, schedule: Schedule.spaced("1 second") }).pipe(
      Stream.runCollect,
      Effect.provide(session(net)),
    ),
  );
  assert.equal(net.sent.length, seen.length);
  return events.flatMap((event) =>
    event._tag === "StatusChanged"
      ? []
      : [`${event._tag} ${event.step.index}${event._tag === "LogsGrew" ? ` ${event.text}` : ""}`]
  );
}

Deno.test("watchRun() tells each line of a log once, also of steps that ended between two looks", async () => {
  assert.deepEqual(
    await tells(
      printing(3, null),
      printing(3, "a\n"),
      printing(3, "a\nb\nc\n"),
      printing(3, "a\nb\nc\nd", "e", "f\n"),
      printing(20, "a\nb\nc\nd", "e", "f\ng\n\nh"),
    ),
    [
      "StepBegan 1",
      "LogsGrew 1 a",
      "LogsGrew 1 b\nc",
      "LogsGrew 1 d",
      "StepEnded 1",
      "StepBegan 2",
      "LogsGrew 2 e",
      "StepEnded 2",
      "StepBegan 3",
      "LogsGrew 3 f",
      "LogsGrew 3 g\n\nh",
      "StepEnded 3",
    ],
  );
});

Deno.test("watchRun() tells what a run had printed before it was first seen", async () => {
  assert.deepEqual(await tells(printing(10, "a\nb", "c")), [
    "StepBegan 1",
    "LogsGrew 1 a\nb",
    "StepEnded 1",
    "StepBegan 2",
    "LogsGrew 2 c",
    "StepEnded 2",
  ]);
});

Deno.test("watchRun() tells nothing of logs where nobody asks for it", async () => {
  const net = server((_, index) => [printing(3, "a\n"), printing(10, "a\nb\n")][index]);
  const events = await succeeds(Effect.provide(watch, session(net)));
  assert.deepEqual(events.filter(({ _tag }) => _tag === "LogsGrew"), []);
});

Deno.test("watchRun() tells every line of a run of the sandbox once, whenever it looks", async () => {
  for (const gap of ["0.7 seconds", "5 seconds", "31 seconds", "10 minutes"] as const) {
    const told = new Map<number | null | undefined, string>();
    const program = Effect.gen(function* () {
      const { id } = yield* jobs.trigger({ job_id: 1, cause: "Test" });
      yield* watchRun({ run_id: id }, { logs: true, schedule: Schedule.spaced(gap) }).pipe(
        Stream.runForEach((event) =>
          Effect.sync(() => {
            if (event._tag !== "LogsGrew") return;
            const before = told.get(event.step.id);
            told.set(event.step.id, before === undefined ? event.text : `${before}\n${event.text}`);
          })
        ),
      );
      return yield* runs.logs({ run_id: id });
    });
    const logs = await succeeds(Effect.provide(program, inSandbox()));
    assert.equal(logs.length, 5);
    assert.deepEqual(logs.map(({ step }) => told.get(step.id)), logs.map(({ log }) => log), gap);
  }
});
