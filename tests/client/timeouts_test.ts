/**
 * How long a call may take: until an answer begins, while it comes, and all in all.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { type Dbt, type DbtError, jobs, type Options, runs, trigger } from "../../mod.ts";
import { command } from "../support/command.ts";
import { ok, refusal, refused, type Reply, session, transport, virtually } from "../support/fixtures.ts";

const read: Effect.Effect<unknown, DbtError, Dbt> = jobs.get({ job_id: 5 });
const write: Effect.Effect<unknown, DbtError, Dbt> = jobs.trigger({ job_id: 5, cause: "test" });
const file: Effect.Effect<unknown, DbtError, Dbt> = Stream.mkString(
  Stream.decodeText(runs.getArtifact({ run_id: 1, path: "manifest.json" })),
);
const host = "ab123.us1.dbt.com";

/** How a call ends, after how many seconds, and after how many requests. */
async function ending(
  call: Effect.Effect<unknown, DbtError, Dbt>,
  options: Partial<Options>,
  reply: (index: number) => Reply,
) {
  const net = transport((_, index) => reply(index));
  const { result, seconds } = await virtually(Effect.provide(call, session(net, options)));
  return {
    ended: Result.match(result, { onFailure: ({ reason }) => reason, onSuccess: () => "done" }),
    seconds: Math.round(seconds * 10) / 10,
    sent: net.sent.length,
  };
}

const once = { retry: Schedule.recurs(0) };
const whole = JSON.stringify({ data: { id: 5 } });
/** An answer in pieces of one character, each `pause` seconds after the one before. */
const drip = (pause: number, text = whole): Reply => ({ status: 200, chunks: [...text], pause });
const late = (seconds: number) => `no answer within ${seconds} s`;
const unreachable = (detail: string) => ({ _tag: "Unreachable", host, detail, permanent: false });

Deno.test("timeout is how long an answer may take to begin", async () => {
  const options = { ...once, timeout: "10 seconds" } as const;
  const slow = (after: number): Reply => ({ ...ok({ id: 5 }) as { status: number }, after });
  assert.deepEqual(await ending(read, options, () => slow(9)), { ended: "done", seconds: 9, sent: 1 });
  assert.deepEqual(await ending(read, options, () => slow(11)), { ended: unreachable(late(10)), seconds: 10, sent: 1 });
  assert.deepEqual(await ending(write, options, () => slow(11)), {
    ended: { _tag: "Ambiguous", detail: late(10) },
    seconds: 10,
    sent: 1,
  });
});

Deno.test("idleTimeout is how long an answer may stand still, however long it takes", async () => {
  const options = { ...once, timeout: "1 second", idleTimeout: "10 seconds" } as const;
  for (const call of [read, write, file]) {
    assert.deepEqual(await ending(call, options, () => drip(9)), { ended: "done", seconds: 9 * whole.length, sent: 1 });
  }
  assert.deepEqual(await ending(read, options, () => drip(11)), { ended: unreachable(late(10)), seconds: 10, sent: 1 });
  assert.deepEqual(await ending(write, options, () => drip(11)), {
    ended: { _tag: "Ambiguous", detail: late(10) },
    seconds: 10,
    sent: 1,
  });
});

Deno.test("A file that takes an hour comes whole, with all that a session says of itself", async () => {
  const { ended, seconds, sent } = await ending(file, {}, () => drip(59, "x".repeat(62)));
  assert.deepEqual([ended, sent], ["done", 1]);
  assert(seconds > 3600);
});

Deno.test("A reader of a file may take its time", async () => {
  const slowly = Effect.map(
    Stream.runCollect(Stream.tap(runs.getArtifact({ run_id: 1, path: "a" }), () => Effect.sleep("1 hour"))),
    (chunks) => assert.equal(chunks.length, 3),
  );
  const { ended } = await ending(slowly, { idleTimeout: "1 second" }, () => ({ status: 200, chunks: ["a", "b", "c"] }));
  assert.equal(ended, "done");
});

Deno.test("requestTimeout is how long a call may take with all its attempts", async () => {
  const options = { requestTimeout: "5 seconds" } as const;
  // What failed last is said, where nothing is under way; a wait that would end too late is none.
  assert.deepEqual(await ending(read, options, () => refusal(429)), {
    ended: { _tag: "RateLimited", status: 429 },
    seconds: 2,
    sent: 2,
  });
  assert.deepEqual(await ending(write, options, () => refusal(429)), {
    ended: { _tag: "RateLimited", status: 429 },
    seconds: 2,
    sent: 2,
  });
  assert.deepEqual((await ending(write, options, () => refused)).ended, {
    _tag: "Unreachable",
    host,
    detail: "fetch failed: error sending request: client error (Connect): tcp connect error: Connection refused (os " +
      "error 111)",
    permanent: false,
  });
  // What is under way may have happened.
  for (const reply of ["silence", drip(1)] as const) {
    assert.deepEqual(await ending(read, options, () => reply), { ended: unreachable(late(5)), seconds: 5, sent: 1 });
    assert.deepEqual(await ending(write, options, (index) => index === 0 ? refusal(429) : reply), {
      ended: { _tag: "Ambiguous", detail: late(5) },
      seconds: 5,
      sent: 2,
    });
  }
});

Deno.test("requestTimeout of a file ends with its first byte", async () => {
  const options = { requestTimeout: "5 seconds" } as const;
  assert.deepEqual(await ending(file, options, () => drip(4, "abcdef")), { ended: "done", seconds: 24, sent: 1 });
  assert.deepEqual(await ending(file, options, () => drip(6, "abcdef")), {
    ended: unreachable(late(5)),
    seconds: 5,
    sent: 1,
  });
});

Deno.test("A write that only waited for its budget was not sent", async () => {
  const net = transport(() => ok({ id: 5 }));
  const { result } = await virtually(
    Effect.all([read, Effect.flip(write)]).pipe(
      Effect.provide(session(net, { requestsPerMinute: 1, requestTimeout: "5 seconds" })),
    ),
  );
  assert.deepEqual(Result.getOrThrow(result)[1].reason, unreachable("not sent within 5 s"));
  assert.equal(net.sent.length, 1);
});

Deno.test("requestTimeout keeps no interrupt from a wait of a run that is started", async () => {
  for (
    const options of [{ requestTimeout: "5 minutes" }, { requestTimeout: "5 minutes", requestsPerMinute: 1 }] as const
  ) {
    const net = transport(({ method }) => method === "POST" ? refusal(429) : ok([]));
    const { result, seconds } = await virtually(
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(trigger({ job_id: 5, cause: "test" }));
        yield* Effect.sleep("40 seconds");
        yield* Fiber.interrupt(fiber);
        return yield* Fiber.await(fiber);
      }).pipe(Effect.provide(session(net, options))),
    );
    assert(Exit.hasInterrupts(Result.getOrThrow(result)));
    assert.equal(seconds, 40);
  }
});

// ---- the command ----------------------------------------------------------------------------------------------------

const env = { DBT_CLOUD_HOST: host, DBT_CLOUD_SERVICE_TOKEN: "dbtc_s3cr3t-0123456789", DBT_CLOUD_ACCOUNT_ID: "7" };

/** What comes of a command over a dbt Cloud that always answers so. */
async function commanded(argv: ReadonlyArray<string>, reply: Reply, more: Readonly<Record<string, string>> = {}) {
  const net = transport(() => reply);
  const run = command(argv, { env: { ...env, ...more } }).pipe(Effect.provide(net.layer));
  const { result, seconds } = await virtually(run);
  const { code, stderr } = Result.getOrThrow(result);
  return { code, seconds: Math.round(seconds), sent: net.sent.length, stderr };
}

Deno.test("--http-retries and --no-http-retry say how often a request is tried again", async () => {
  const get = ["jobs", "get", "5"];
  for (
    const [flags, sent] of [[["--http-retries", "2"], 3], [["--no-http-retry"], 1], [["--http-retries=0"], 1]] as const
  ) {
    for (const reply of [refusal(500), refusal(429)]) {
      const ended = await commanded([...get, ...flags], reply);
      assert.deepEqual([ended.code, ended.sent], [7, sent]);
    }
  }
  assert.deepEqual((await commanded([...get, "--http-retries", "99"], refusal(429))).seconds, 330);
});

Deno.test("--request-timeout bounds a request", async () => {
  const { code, seconds, sent } = await commanded(["jobs", "get", "5", "--request-timeout", "1m"], "silence");
  assert.deepEqual([code, seconds, sent], [7, 60, 1]);
  const post = ["api", "POST", "/api/v2/accounts/7/jobs/5/run/", "--payload", "{}", "--request-timeout", "10s"];
  const ambiguous = await commanded(post, "silence");
  assert.deepEqual([ambiguous.code, ambiguous.seconds], [10, 10]);
});

Deno.test("Flags and variables of a session that say nothing are refused", async () => {
  for (
    const flags of [["--http-retries", "some"], ["--http-retries=-1"], ["--request-timeout", "soon"], [
      "--request-timeout",
      "0",
    ]]
  ) {
    const { code, sent, stderr } = await commanded(["jobs", "get", "5", ...flags], ok({ id: 5 }));
    assert.deepEqual([code, sent], [2, 0], stderr);
    assert(stderr.includes(flags[0]!.replace(/=.*/, "")), stderr);
  }
  for (const value of ["many", "0", "-5", "Infinity"]) {
    const { code, stderr } = await commanded(["jobs", "get", "5"], ok({ id: 5 }), { DBTC_REQUESTS_PER_MINUTE: value });
    assert.equal(code, 2);
    assert(stderr.includes(`DBTC_REQUESTS_PER_MINUTE is \\"${value}\\", which is no rate`), stderr);
  }
  assert.equal((await commanded(["jobs", "get", "5"], ok({ id: 5 }), { DBTC_REQUESTS_PER_MINUTE: "100" })).code, 0);
});
