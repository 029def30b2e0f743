/**
 * What is sent again, what never is, and how long the client waits.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Logger from "effect/Logger";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { Dbt, type DbtError, jobs, retry as standard, runs } from "../../mod.ts";
import {
  fails,
  html,
  ok,
  refusal,
  refused,
  type Reply,
  reset,
  session,
  succeeds,
  transport,
  untrusted,
  virtually,
} from "../support/fixtures.ts";

const job = { id: 5, name: "Daily build" };
const run = { id: 70_471_800_000_001, status: 1 };

const read: Effect.Effect<unknown, DbtError, Dbt> = jobs.get({ job_id: 5 });
const write: Effect.Effect<unknown, DbtError, Dbt> = jobs.trigger({ job_id: 5, cause: "test" });

/** Answers as told, and with the last one from then on. */
function inTurn(...replies: ReadonlyArray<Reply>): (_: unknown, index: number) => Reply {
  return (_, index) => replies[Math.min(index, replies.length - 1)]!;
}

// ---- reads ----------------------------------------------------------------------------------------------------------

const blips: Readonly<Record<string, Reply>> = {
  "408": refusal(408),
  "429": refusal(429),
  "500": refusal(500),
  "502 as HTML": html(502),
  "503": refusal(503),
  "504": refusal(504),
  "a connection that is refused": refused,
  "a connection that breaks": reset,
  "silence": "silence",
  "an empty body": { status: 200, body: "" },
  "half a body": { status: 200, body: '{"status": {"code": 200}, "data": {"id"' },
  "a body that breaks off": { status: 200, chunks: ['{"data": ', reset] },
  "a body that stands still": { status: 200, chunks: ['{"data": ', null] },
};

for (const [name, reply] of Object.entries(blips)) {
  Deno.test(`A read is sent again after ${name}`, async () => {
    const net = transport(inTurn(reply, ok(job)));
    assert.deepEqual(await succeeds(Effect.provide(read, session(net))), job);
    assert.equal(net.sent.length, 2);
  });
}

for (const status of [501, 505]) {
  Deno.test(`A read is not sent again after ${status}`, async () => {
    const net = transport(() => refusal(status, "Not here."));
    const { reason } = await fails(Effect.provide(read, session(net)));
    assert.deepEqual(reason, { _tag: "ServerFault", status, user_message: "Not here." });
    assert.equal(net.sent.length, 1);
  });
}

Deno.test("A read that keeps failing ends after 20 seconds with the last failure", async () => {
  const net = transport((_, index) => refusal(index % 2 === 0 ? 500 : 503));
  const { result, seconds } = await virtually(Effect.provide(read, session(net)));
  assert(Result.isFailure(result) && result.failure.reason._tag === "ServerFault");
  assert(seconds <= 20, `took ${seconds} s`);
  assert(net.sent.length >= 4, `sent ${net.sent.length} times`);
});

Deno.test("A read says that it is tried again from the second failure on, and only where it is", async () => {
  const said = async (replies: ReadonlyArray<Reply>, retry?: Schedule.Schedule<unknown, DbtError>) => {
    const lines: Array<string> = [];
    const log = Logger.make<unknown, void>(({ message }) => void lines.push(String(message)));
    const over = session(transport(inTurn(...replies)), retry && { retry });
    await virtually(read.pipe(Effect.provide(over), Effect.provide(Logger.layer([log]))));
    return lines;
  };
  const again = "jobs.get: dbt Cloud fails (500: No). Trying again";
  assert.deepEqual(await said([refusal(500), ok(job)]), []);
  assert.deepEqual(await said([refusal(500), refusal(500), refusal(500), ok(job)]), [again]);
  assert.deepEqual(await said([refusal(500), refusal(404)]), []);
  assert.deepEqual(await said([refusal(500)], Schedule.max([standard, Schedule.recurs(1)])), []);
  assert.deepEqual(await said([refusal(500)], Schedule.max([standard, Schedule.recurs(2)])), [again]);
});

Deno.test("A host without an answer is given up after two timeouts", async () => {
  const net = transport(() => "silence");
  const { result, seconds } = await virtually(Effect.provide(read, session(net, { timeout: "30 seconds" })));
  assert(Result.isFailure(result));
  assert.deepEqual(result.failure.reason, {
    _tag: "Unreachable",
    host: "ab123.us1.dbt.com",
    detail: "no answer within 30 s",
    permanent: false,
  });
  assert.equal(net.sent.length, 2);
  assert(seconds >= 60 && seconds <= 61);
});

Deno.test("A certificate of another host is permanent, for reads and writes", async () => {
  for (const call of [read, write]) {
    const net = transport(() => untrusted);
    const { reason } = await fails(Effect.provide(call, session(net)));
    assert(reason._tag === "Unreachable" && reason.permanent);
    assert.equal(net.sent.length, 1);
  }
});

Deno.test("A certificate in a query is not taken for trouble with one", async () => {
  const broken = new TypeError("fetch failed", {
    cause: new Error(
      "error sending request from 10.0.0.1:4000 for https://ab123.us1.dbt.com/?name=certificate (10.0.0.2:443): " +
        "client error (SendRequest): connection closed",
    ),
  });
  const { reason } = await fails(Effect.provide(read, session(transport(() => broken))));
  assert.deepEqual(reason, {
    _tag: "Unreachable",
    host: "ab123.us1.dbt.com",
    detail: "fetch failed: error sending request: client error (SendRequest): connection closed",
    permanent: false,
  });
});

Deno.test("a port that fetch refuses is Unsendable, and not tried again", async () => {
  // As Deno and undici say it.
  for (const cause of ["Fetch failed: Requests to port 1 are blocked", "bad port"]) {
    const net = transport(() => new TypeError("fetch failed", { cause: new Error(cause) }));
    const { reason } = await fails(Effect.provide(jobs.delete({ job_id: 1 }), session(net)));
    assert.deepEqual([reason._tag, net.sent.length], ["Unsendable", 1]);
  }
});

// ---- writes ---------------------------------------------------------------------------------------------------------

const harmless: Readonly<Record<string, Reply>> = {
  "429": refusal(429),
  "503 with Retry-After": { ...refusal(503) as { status: number }, headers: { "retry-after": "3" } },
  "a connection that was never made": refused,
  "a name that was not found": new TypeError("fetch failed", {
    cause: new Error("error sending request: client error (Connect): dns error: failed to lookup address information"),
  }),
  "a connection that Node could not make": new TypeError("fetch failed", {
    cause: nodeError("connect", "ECONNREFUSED"),
  }),
  "a network that Node could not reach": new TypeError("fetch failed", { cause: nodeError("connect", "ENETUNREACH") }),
  "a host none of whose addresses Node could connect to": new TypeError("fetch failed", {
    cause: Object.assign(
      new AggregateError([nodeError("connect", "EHOSTUNREACH"), nodeError("connect", "ECONNREFUSED")]),
      { code: "EHOSTUNREACH" },
    ),
  }),
};

/** What Node says of a system call that failed. */
function nodeError(syscall: string, code: string): Error {
  return Object.assign(new Error(`${syscall} ${code} 10.0.0.2:443`), { code, syscall });
}

for (const [name, reply] of Object.entries(harmless)) {
  Deno.test(`A write is sent again after ${name}`, async () => {
    const net = transport(inTurn(reply, ok(run)));
    assert.deepEqual(await succeeds(Effect.provide(write, session(net))), run);
    assert.equal(net.sent.length, 2);
  });
}

const lost: Readonly<Record<string, readonly [Reply, { readonly status?: number; readonly detail: string }]>> = {
  "408": [refusal(408, "Slow."), { status: 408, detail: "408: Slow." }],
  "500": [refusal(500, "Oops."), { status: 500, detail: "500: Oops." }],
  "502 as HTML": [html(502), { status: 502, detail: "502" }],
  "503 without Retry-After": [refusal(503, "Busy."), { status: 503, detail: "503: Busy." }],
  "504": [html(504), { status: 504, detail: "504" }],
  "a connection that breaks": [reset, {
    detail:
      "fetch failed: error sending request: client error (SendRequest): connection closed before message completed",
  }],
  "a connection that Node lost while it read": [
    new TypeError("fetch failed", { cause: nodeError("read", "EHOSTUNREACH") }),
    { detail: "fetch failed: EHOSTUNREACH read EHOSTUNREACH 10.0.0.2:443" },
  ],
  "a connection that Node lost while it wrote": [
    new TypeError("fetch failed", { cause: nodeError("write", "ENETUNREACH") }),
    { detail: "fetch failed: ENETUNREACH write ENETUNREACH 10.0.0.2:443" },
  ],
  "silence": ["silence", { detail: "no answer within 60 s" }],
  "a body that breaks off": [{ status: 200, chunks: ["{", new TypeError("error reading a body from connection")] }, {
    detail: "error reading a body from connection",
  }],
  "a body that stands still": [{ status: 200, chunks: ["{", null] }, { detail: "no answer within 60 s" }],
};

for (const [name, [reply, expected]] of Object.entries(lost)) {
  Deno.test(`A write is sent once and is Ambiguous after ${name}`, async () => {
    const net = transport(inTurn(reply, ok(run)));
    const { reason } = await fails(Effect.provide(write, session(net)));
    assert.deepEqual(reason, { _tag: "Ambiguous", ...expected });
    assert.equal(net.sent.length, 1);
  });
}

Deno.test("A write is sent once when its answer is empty or cut", async () => {
  for (const body of ["", '{"status": {"code": 200}, "data": {"id"']) {
    const net = transport(() => ({ status: 200, body }));
    const { reason } = await fails(Effect.provide(write, session(net)));
    assert(reason._tag === "Undecodable" && !reason.truncated);
    assert.equal(net.sent.length, 1);
  }
});

// ---- how long -------------------------------------------------------------------------------------------------------

Deno.test("A 429 is waited out with 2, 4, 8, 16, 30, 30 … s, 330 s in all, and each wait is said", async () => {
  const said: Array<unknown> = [];
  const net = transport(() => refusal(429));
  const { result, seconds } = await virtually(
    read.pipe(
      Effect.provide(session(net)),
      Effect.provide(Logger.layer([Logger.make(({ message }) => said.push(message))])),
    ),
  );
  assert(Result.isFailure(result));
  assert.deepEqual(result.failure.reason, { _tag: "RateLimited", status: 429 });
  assert.deepEqual(net.sent.map(({ at }) => at), [0, 2, 6, 14, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]);
  assert.equal(seconds, 330);
  assert.equal(said.length, 14);
  assert.deepEqual(said[2], ["dbt Cloud limits the rate: trying again in 8 s"]);
});

Deno.test("A 429 among other failures has its own ladder", async () => {
  const net = transport(inTurn(refusal(429), refusal(429), refusal(500), refusal(429), ok(job)));
  await succeeds(Effect.provide(read, session(net)));
  const at = net.sent.map((sent) => Math.round(sent.at * 1000) / 1000);
  assert.deepEqual([at[1]! - at[0]!, at[2]! - at[1]!, Math.round(at[4]! - at[3]!)], [2, 4, 8]);
});

Deno.test("A cooldown takes none of the time that other failures have", async () => {
  const cooled = { ...refusal(429) as { status: number }, headers: { "retry-after": "60" } };
  const net = transport(inTurn(refusal(500), cooled, refusal(500), refusal(502), ok(job)));
  const { result, seconds } = await virtually(Effect.provide(read, session(net)));
  assert.deepEqual(result, Result.succeed(job));
  assert(seconds >= 60 && seconds < 65, `took ${seconds} s`);
});

Deno.test("Cooldowns among other failures end within the cooldown's bound", async () => {
  const net = transport((_, index) => refusal(index % 2 === 0 ? 429 : 500));
  const { result, seconds } = await virtually(Effect.provide(read, session(net)));
  assert(Result.isFailure(result));
  assert(seconds > 300 && seconds <= 350, `took ${seconds} s`);
});

Deno.test("Retry-After is waited for, in seconds and as a date", async () => {
  for (const asked of ["7", "Thu, 01 Jan 1970 00:00:08 GMT"]) {
    for (const status of [429, 503]) {
      const net = transport(
        inTurn({ ...refusal(status) as { status: number }, headers: { "retry-after": asked } }, ok(job)),
      );
      const { seconds } = await virtually(Effect.provide(read, session(net)));
      assert.equal(seconds, 7);
    }
  }
});

Deno.test("A Retry-After beyond the bound ends at once", async () => {
  for (const [status, asked, tag] of [[429, 400, "RateLimited"], [503, 400, "ServerFault"]] as const) {
    const net = transport(() => ({ status, headers: { "retry-after": String(asked) } }));
    const { result, seconds } = await virtually(Effect.provide(write, session(net)));
    assert(Result.isFailure(result));
    assert.deepEqual(result.failure.reason, { _tag: tag, status, retry_after: asked });
    assert.match(result.failure.message, /dbt Cloud asks to wait 400 s, longer than the 330 s that dbtc waits\./);
    assert.equal(seconds, 0);
  }
});

Deno.test("A Retry-After within the bound is waited for, of a 503 as of a 429, with every schedule", async () => {
  for (const status of [429, 503]) {
    for (const retry of [undefined, Schedule.spaced("1 second"), Schedule.recurs(1)]) {
      const net = transport(inTurn({ status, headers: { "retry-after": "300" } }, ok(job)));
      await succeeds(Effect.provide(read, session(net, retry && { retry })));
      assert.deepEqual(net.sent.map(({ at }) => at), [0, 300]);
    }
  }
});

Deno.test("A Retry-After beyond the bound is never sent again early, whatever the schedule", async () => {
  for (const status of [429, 503]) {
    const net = transport(inTurn({ status, headers: { "retry-after": "400" } }, ok(job)));
    await fails(Effect.provide(read, session(net, { retry: Schedule.spaced("1 second") })));
    assert.equal(net.sent.length, 1);
  }
});

Deno.test("Without cooldowns, only the schedule decides, and no other call waits", async () => {
  const spaced = { cooldowns: false, retry: Schedule.spaced("1 second") };
  for (const status of [429, 503]) {
    const net = transport(inTurn({ status, headers: { "retry-after": "400" } }, ok(job)));
    await succeeds(Effect.provide(read, session(net, spaced)));
    assert.deepEqual(net.sent.map(({ at }) => at), [0, 1]);
  }
  const net = transport(inTurn({ status: 429, headers: { "retry-after": "300" } }, ok(job)));
  const never = { cooldowns: false, retry: Schedule.recurs(0) };
  await succeeds(Effect.andThen(Effect.flip(read), read).pipe(Effect.provide(session(net, never))));
  assert.deepEqual(net.sent.map(({ at }) => at), [0, 0]);
});

Deno.test("One call can have another schedule, as an Effect and as a Stream, and a write is sent no more often", async () => {
  const twice = Dbt.withRetry(Schedule.max([Schedule.spaced("1 minute"), Schedule.recurs(1)]));
  const net = transport(() => refusal(500));
  await fails(read.pipe(twice, Effect.provide(session(net))));
  await fails(write.pipe(twice, Effect.provide(session(net))));
  await fails(runs.getArtifact({ run_id: 1, path: "a" }).pipe(twice, Stream.runDrain, Effect.provide(session(net))));
  assert.deepEqual(net.sent.map(({ at, method }) => [method, at]), [
    ["GET", 0],
    ["GET", 60],
    ["POST", 0],
    ["GET", 0],
    ["GET", 60],
  ]);
});

Deno.test("The waits can be replaced, what may be sent again cannot", async () => {
  const retry = Schedule.max([Schedule.spaced("1 minute"), Schedule.recurs(2)]);
  const gets = transport(() => refusal(500));
  await fails(Effect.provide(read, session(gets, { retry })));
  assert.deepEqual(gets.sent.map(({ at }) => at), [0, 60, 120]);
  const posts = transport(() => refusal(500));
  await fails(Effect.provide(write, session(posts, { retry })));
  assert.deepEqual(posts.sent.map(({ at }) => at), [0]);
});

// ---- the budget -----------------------------------------------------------------------------------------------------

Deno.test("A 429 holds back the account's other fibers, and no other account's", async () => {
  const net = transport(inTurn({ status: 429, headers: { "retry-after": "10" } }, ok(job)));
  await succeeds(
    Effect.gen(function* () {
      const first = yield* Effect.forkChild(read);
      yield* Effect.sleep("1 second");
      yield* Effect.all([read, read, jobs.get({ account_id: 8, job_id: 5 })], { concurrency: "unbounded" });
      yield* Fiber.join(first);
    }).pipe(Effect.provide(session(net))),
  );
  assert.deepEqual(net.sent.map(({ path, at }) => [path.split("/")[4], at]), [
    ["7", 0],
    ["8", 1],
    ["7", 10],
    ["7", 10],
    ["7", 10],
  ]);
});

Deno.test("requestsPerMinute holds for each account, over all fibers", async () => {
  const net = transport(() => ok(job));
  const calls = Array.from({ length: 63 }, (_, index) => jobs.get({ account_id: index < 62 ? 7 : 8, job_id: index }));
  await succeeds(Effect.all(calls, { concurrency: 10 }).pipe(Effect.provide(session(net, { requestsPerMinute: 60 }))));
  assert.deepEqual(net.sent.map(({ at }) => at), [...Array(61).fill(0), 60, 60]);
});

Deno.test("Waiting for the budget is no timeout", async () => {
  const net = transport(() => ok(run));
  const { result, seconds } = await virtually(
    Effect.all([write, write, write], { concurrency: "unbounded" }).pipe(
      Effect.provide(session(net, { requestsPerMinute: 1, timeout: "10 seconds" })),
    ),
  );
  assert.deepEqual(Result.getOrThrow(result), [run, run, run]);
  assert.equal(seconds, 120);
});

// ---- files ----------------------------------------------------------------------------------------------------------

const artifact = runs.getArtifact({ run_id: 1, path: "run_results.json" }).pipe(
  Stream.decodeText(),
  Stream.runFold(() => "", (all, text: string) => all + text),
);

Deno.test("runs.getArtifact() is sent again until the first byte is there", async () => {
  for (const reply of [refusal(503), refused, reset, { status: 200, chunks: [reset] }, "silence"] as const) {
    const net = transport(inTurn(reply, { status: 200, chunks: ["{", "}"] }));
    assert.equal(await succeeds(Effect.provide(artifact, session(net))), "{}");
    assert.equal(net.sent.length, 2);
  }
});

Deno.test("runs.getArtifact() is not sent again after the first byte", async () => {
  for (const last of [new TypeError("error reading a body from connection"), null]) {
    const net = transport(() => ({ status: 200, chunks: ["{", last] }));
    const { endpoint, reason } = await fails(Effect.provide(artifact, session(net)));
    assert.equal(endpoint, "runs.getArtifact");
    assert.deepEqual(reason, {
      _tag: "Unreachable",
      host: "ab123.us1.dbt.com",
      detail: last === null ? "no answer within 60 s" : "error reading a body from connection",
      permanent: false,
    });
    assert.equal(net.sent.length, 1);
  }
});

Deno.test("runs.getArtifact() streams an empty file, where it may be empty", async () => {
  const net = transport(() => ({ status: 200, chunks: [] }));
  const compiled = runs.getArtifact({ run_id: 1, path: "compiled/empty.sql" }).pipe(
    Stream.decodeText(),
    Stream.mkString,
  );
  assert.equal(await succeeds(Effect.provide(compiled, session(net))), "");
  assert.equal(net.sent.length, 1);
});

Deno.test("runs.getArtifact() takes no empty answer for JSON: it is sent again, and then fails", async () => {
  const once = transport(inTurn({ status: 200, chunks: [] }, { status: 200, chunks: ["{}"] }));
  assert.equal(await succeeds(Effect.provide(artifact, session(once))), "{}");
  const always = transport(() => ({ status: 200, chunks: [] }));
  const { reason } = await fails(Effect.provide(artifact, session(always)));
  assert.deepEqual(reason, { _tag: "Undecodable", status: 200, detail: "it is empty", truncated: true });
});

Deno.test("An interrupted call is not sent again", async () => {
  const net = transport(() => refusal(503));
  await succeeds(
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.exit(read));
      yield* Effect.yieldNow;
      yield* Fiber.interrupt(fiber);
      yield* TestClock.withLive(Effect.yieldNow);
    }).pipe(Effect.provide(session(net))),
  );
  assert.equal(net.sent.length, 1);
});
