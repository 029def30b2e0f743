/**
 * The budget: how many requests go out, and what a 429 holds back.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Random from "effect/Random";
import * as RateLimiter from "effect/persistence/RateLimiter";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import assert from "node:assert/strict";
import { Dbt, jobs, paginate, scim } from "../../mod.ts";
import { fails, ok, refusal, session, succeeds, type Transport, transport, virtually } from "../support/fixtures.ts";

const get = jobs.get({ job_id: 5 });
const cooled = (seconds: number) => ({ status: 429, headers: { "retry-after": String(seconds) } });

/** When requests came, in whole seconds. */
function times({ sent }: Transport): ReadonlyArray<number> {
  return sent.map(({ at }) => Math.round(at));
}

/** How often each value is there. */
function counts(values: ReadonlyArray<number>): Readonly<Record<number, number>> {
  return Object.fromEntries([...new Set(values)].map((value) => [value, values.filter((one) => one === value).length]));
}

/** What is logged while an effect runs. */
function logged(into: Array<string>): Layer.Layer<never> {
  return Logger.layer([Logger.make(({ message }) => into.push(String(message)))]);
}

Deno.test("A session makes 2,500 requests a minute, over all fibers, and says once that it waits", async () => {
  const said: Array<string> = [];
  const net = transport(() => ok({ id: 5 }));
  const many = Effect.forEach(Array(2800), () => get, { concurrency: 100 });
  await succeeds(many.pipe(Effect.provide(session(net)), Effect.provide(logged(said))));
  const at = net.sent.map(({ at }) => at);
  assert.equal(at.filter((time) => time === 0).length, 2500);
  assert.deepEqual(counts(at.slice(2500)), { 60: 300 });
  assert.deepEqual(said, ["This session has made its 2,500 requests in 60 s: the next ones wait"]);
});

Deno.test("A session creates 10 SCIM users in 5 s, and reads as many as it likes", async () => {
  const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ada@example.com" };
  const net = transport(({ method }) => ({
    status: 200,
    body: method === "POST" ? { ...user, id: "1" } : { schemas: [], totalResults: 0, Resources: [] },
  }));
  const write = Dbt.use((dbt) =>
    dbt.execute("scim.createUser", {
      method: "POST",
      path: "/api/v3/accounts/7/scim/v2/Users",
      query: [],
      body: user,
    }, Result.succeed)
  );
  const read = Effect.exit(scim.listUsers({}));
  await succeeds(
    Effect.all([
      Effect.forEach(Array(20), () => write, { concurrency: "unbounded" }),
      Effect.forEach(Array(30), () => read, { concurrency: "unbounded" }),
    ], { concurrency: "unbounded" }).pipe(Effect.provide(session(net))),
  );
  const writes = net.sent.filter(({ method }) => method === "POST").map(({ at }) => at);
  assert.deepEqual(counts(writes), { 0: 10, 5: 10 });
  assert.deepEqual(counts(net.sent.filter(({ method }) => method === "GET").map(({ at }) => at)), { 0: 30 });
});

Deno.test("A 429 without Retry-After holds back every fiber, longer each time, and is said once each time", async () => {
  const said: Array<string> = [];
  // Ten fibers; the account is cooling down for a minute.
  const net: Transport = transport((sent) =>
    sent.at < 60 ? { ...refusal(429) as { status: number }, after: 0.01 } : ok({ id: 5 })
  );
  const { result } = await virtually(
    Effect.forEach(Array(10), () => get, { concurrency: "unbounded" }).pipe(
      Effect.provide(session(net)),
      Effect.provide(logged(said)),
    ),
  );
  assert(Result.isSuccess(result));
  assert.deepEqual(counts(times(net)), { 0: 10, 2: 10, 6: 10, 14: 10, 30: 10, 60: 10 });
  assert.deepEqual(said, [2, 4, 8, 16, 30].map((s) => `dbt Cloud limits the rate: trying again in ${s} s`));
});

Deno.test("A 429 holds back pages that were not asked for yet", async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => ({ id: index + 1 }));
  const net = transport(({ url, at }, index) => {
    if (at < 10 && index === 3) return cooled(10);
    const offset = Number(url.searchParams.get("offset"));
    const reply = ok(rows.slice(offset, offset + 100), { pagination: { total_count: 1000 } });
    return { ...reply as { status: number }, after: 1 };
  });
  const all = paginate(jobs.list, {}, { concurrency: 2 }).pipe(Stream.runCollect, Effect.provide(session(net)));
  assert.deepEqual(await succeeds(all), rows);
  const at = times(net);
  assert.deepEqual(at.filter((time) => time > 2 && time < 11), []);
});

Deno.test("A 429 holds back others also where its own call gives up", async () => {
  const said: Array<string> = [];
  const net = transport((_, index) => index === 0 ? cooled(20) : ok({ id: 5 }));
  await succeeds(
    Effect.gen(function* () {
      const first = yield* Effect.forkChild(Effect.flip(get));
      yield* Effect.sleep("1 second");
      yield* get;
      assert.equal((yield* Fiber.join(first)).reason._tag, "RateLimited");
    }).pipe(Effect.provide(session(net, { retry: Schedule.recurs(0) })), Effect.provide(logged(said))),
  );
  assert.deepEqual(times(net), [0, 20]);
  assert.deepEqual(said, ["dbt Cloud limits the rate: trying again in 19 s"]);
});

Deno.test("A Retry-After of a day holds back nobody for longer than a cooldown", async () => {
  const net = transport((_, index) => index === 0 ? cooled(86_400) : ok({ id: 5 }));
  await succeeds(Effect.andThen(Effect.flip(get), get).pipe(Effect.provide(session(net))));
  assert.deepEqual(times(net), [0, 330]);
});

Deno.test("A success ends what 429 made longer", async () => {
  const net = transport((_, index) => index === 2 ? ok({ id: 5 }) : index < 4 ? refusal(429) : ok({ id: 5 }));
  await succeeds(Effect.andThen(get, get).pipe(Effect.provide(session(net))));
  assert.deepEqual(times(net), [0, 2, 6, 6, 8]);
});

Deno.test("Sessions that are given one RateLimiter share budget and cooldown", async () => {
  const limiter = RateLimiter.layer.pipe(Layer.provide(RateLimiter.layerStoreMemory));
  const net = transport((_, index) => index === 60 ? cooled(30) : ok({ id: 5 }));
  const one = (requests: number) =>
    Effect.forEach(Array(requests), () => get, { concurrency: "unbounded" }).pipe(
      Effect.provide(Layer.fresh(session(net, { requestsPerMinute: 60 }))),
    );
  await succeeds(Effect.andThen(one(60), one(3)).pipe(Effect.provide(limiter)));
  assert.deepEqual(counts(times(net)), { 0: 60, 60: 1, 90: 3 });
});

Deno.test("requestsPerMinute is the most in any minute, also in the first, however the calls come", async () => {
  const net = transport(() => ok({ id: 5 }));
  const calls = Effect.forEach(
    Array.from({ length: 400 }),
    () => Effect.flatMap(Random.nextIntBetween(0, 200), (begin) => Effect.delay(get, begin * 1000)),
    { concurrency: "unbounded" },
  ).pipe(Random.withSeed("a minute"));
  await succeeds(Effect.provide(calls, session(net, { requestsPerMinute: 60 })));
  const at = net.sent.map((sent) => sent.at);
  assert.equal(at.length, 400);
  for (const begin of at) {
    const within = at.filter((time) => time >= begin && time < begin + 60).length;
    assert(within <= 60, `${within} requests in the minute from ${begin} s`);
  }
  assert(at.at(-1)! <= 7 * 60, `the last one at ${at.at(-1)} s`);
});

Deno.test("A wait that is given up costs nothing, and the others keep their order", async () => {
  const net = transport(() => ok({ id: 5 }));
  await succeeds(
    Effect.gen(function* () {
      const many = yield* Effect.forkChild(Effect.forEach(Array(600), () => get, { concurrency: "unbounded" }));
      const patient = yield* Effect.forkChild(Effect.delay(jobs.get({ job_id: 6 }), "500 millis"));
      yield* Effect.sleep("1 second");
      yield* Fiber.interrupt(many);
      yield* jobs.get({ job_id: 7 });
      yield* Fiber.join(patient);
    }).pipe(Effect.provide(session(net, { requestsPerMinute: 60 }))),
  );
  assert.deepEqual(counts(times(net)), { 0: 60, 60: 2 });
  assert.deepEqual(net.sent.slice(60).map(({ path }) => path.split("/").at(-2)), ["6", "7"]);
});

Deno.test("A wait that requestTimeout ends costs nothing", async () => {
  const net = transport(() => ok({ id: 5 }));
  await succeeds(
    Effect.gen(function* () {
      yield* Effect.forEach(Array(60), () => get, { concurrency: "unbounded" });
      yield* Effect.forEach(Array(100), () => Effect.flip(get), { concurrency: "unbounded" });
      yield* Effect.sleep("50 seconds");
      yield* get;
    }).pipe(Effect.provide(session(net, { requestsPerMinute: 60, requestTimeout: "20 seconds" }))),
  );
  assert.deepEqual(counts(times(net)), { 0: 60, 70: 1 });
});

Deno.test("A session of no requests is refused", async () => {
  for (const requestsPerMinute of [0, -1, 0.5, NaN]) {
    const error = await fails(get.pipe(Effect.provide(session(transport(() => ok({})), { requestsPerMinute }))));
    assert.deepEqual(error.reason, {
      _tag: "Unsendable",
      detail: `requestsPerMinute: ${requestsPerMinute} is not a number of requests, at least 1`,
    });
  }
});
