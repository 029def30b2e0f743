/**
 * Starting a run: once, whatever becomes of the answer; and seeing it through.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import type { Dbt, DbtError, runs } from "../mod.ts";
import { tagged } from "../lib/once.ts";
import { restart, restartAndWait, trigger, triggerAndWait, type TriggerEvent } from "../lib/trigger.ts";
import { acceptedThenLost, type Cloud, cloud, old, type Trouble } from "./cloud.ts";
import {
  type Ended,
  html,
  ok,
  randomFrom,
  refusal,
  refused,
  type Reply,
  reset,
  session,
  succeeds,
  untrusted,
  virtually,
} from "./support.ts";

const asked = { job_id: 5, cause: "Deploy" };

function triggering(of: Cloud): Promise<Ended<runs.Run, DbtError>> {
  return virtually(Effect.provide(trigger(asked), session(of)));
}

/** Interrupts an effect after some seconds, and says how and when it ended. */
async function interrupted(
  of: Cloud,
  after: number,
  effect: Effect.Effect<runs.Run, DbtError, Dbt>,
): Promise<{ readonly exit: Exit.Exit<runs.Run, DbtError>; readonly took: number }> {
  const { result, seconds } = await virtually(
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(effect);
      yield* Effect.sleep(after * 1000);
      yield* Fiber.interrupt(fiber);
      return yield* Fiber.await(fiber);
    }).pipe(Effect.provide(session(of))),
  );
  return { exit: Result.getOrThrow(result), took: Math.round((seconds - after) * 10) / 10 };
}

// ---- the tag --------------------------------------------------------------------------------------------------------

const bytes = (text: string) => new TextEncoder().encode(text).length;
const tag = "[dbtc:0123456789]";

Deno.test("tagged() puts the tag at the end, and keeps the cause within 255 bytes of whole characters", () => {
  assert.equal(tagged("Deploy", tag), `Deploy ${tag}`);
  assert.equal(tagged("  \n", tag), tag);
  for (const character of ["a", "é", "漢", "👩", "\ud800"]) {
    for (let length = 0; length < 300; length++) {
      const cause = tagged(character.repeat(length), tag);
      const words = cause.slice(0, -tag.length).trimEnd();
      assert(cause.endsWith(tag));
      assert(bytes(cause) <= 255);
      assert.equal(words, character.toWellFormed().repeat(words.length / character.length));
      // No more is cut than must be.
      if (words.length < character.length * length) assert(bytes(cause) + bytes(character) > 255);
    }
  }
});

Deno.test("tagged() lets the user's words be no tag", () => {
  for (
    const [cause, words] of [
      ["Deploy [dbtc:aaaaaaaaaa]", "Deploy"],
      ["[dbtc:a] Deploy [dbtc:b] now", "Deploy now"],
      ["[db[dbtc:x]tc:y] Deploy", "Deploy"],
      ["[dbtc:[dbtc:x]y]", "y]"],
      ["[dbtc] Deploy", "[dbtc] Deploy"],
    ] as const
  ) assert.equal(tagged(cause, tag), `${words} ${tag}`);
});

// ---- once -----------------------------------------------------------------------------------------------------------

Deno.test("trigger() lists, then asks once, with a tag of its own", async () => {
  const causes = new Set<string>();
  for (let time = 0; time < 3; time++) {
    const net = cloud();
    const { result, seconds } = await triggering(net);
    assert.equal(Result.getOrThrow(result).id, 42);
    assert.equal(seconds, 0);
    assert.deepEqual(net.sent.map(({ method, path }) => `${method} ${path}`), [
      "GET /api/v2/accounts/7/runs/?job_definition_id=5&limit=1&order_by=-id",
      "POST /api/v2/accounts/7/jobs/5/run/",
    ]);
    const { cause } = net.sent[1]!.body as { cause: string };
    assert.match(cause, /^Deploy \[dbtc:[0-9a-z]{10}\]$/);
    causes.add(cause);
  }
  assert.equal(causes.size, 3);
});

Deno.test("trigger() sends the overrides as they are", async () => {
  const net = cloud();
  const overrides = { account_id: 8, job_id: 5, git_sha: "abc", steps_override: ["dbt build"], threads_override: null };
  await succeeds(Effect.provide(trigger({ ...overrides, cause: "" }), session(net)));
  const { cause: _, ...body } = net.sent[1]!.body as { cause: string };
  assert.deepEqual(body, { git_sha: "abc", steps_override: ["dbt build"], threads_override: null });
  assert(net.sent.every(({ path }) => path.startsWith("/api/v2/accounts/8/")));
});

const losses: Readonly<Record<string, Reply>> = {
  "408": refusal(408),
  "500": refusal(500),
  "502 as HTML": html(502),
  "503": refusal(503),
  "504": html(504),
  "a broken connection": reset,
  "silence": "silence",
  "an empty body": { status: 200, body: "" },
  "a cut body": { status: 200, body: '{"status": {' },
  "a body that breaks off": { status: 200, chunks: ["{", reset] },
  "HTML": html(200),
  "no run": ok(null),
  "a run without an id": ok({ status: 1 }),
  "an envelope that says 500": { status: 200, body: { status: { code: 500, is_success: false }, data: null } },
};

for (const [name, reply] of Object.entries(losses)) {
  Deno.test(`trigger() finds its run after ${name}`, async () => {
    const net = cloud({ trouble: (purpose) => purpose === "post" ? { accepted: reply } : undefined });
    const { result, seconds } = await triggering(net);
    const run = Result.getOrThrow(result);
    assert.equal(run.id, 42);
    assert.equal(net.made().length, 1);
    const lost = seconds - 1;
    assert.deepEqual(net.asked(), ["baseline 0", "post 0", `look ${lost + 1}`]);
    assert.equal(
      net.sent[2]!.path,
      "/api/v2/accounts/7/runs/?job_definition_id=5&id__gt=41&include_related=trigger&limit=100&order_by=-id",
    );
  });

  Deno.test(`trigger() is Ambiguous after ${name}, where no run turns up, and asks no second time`, async () => {
    const net = cloud({ trouble: (purpose) => purpose === "post" ? reply : undefined });
    const { result, seconds } = await triggering(net);
    assert(Result.isFailure(result));
    const { endpoint, reason } = result.failure;
    const lost = seconds - 30;
    assert.deepEqual(net.asked(), ["baseline 0", "post 0", ...[1, 2, 4, 8, 15, 30].map((at) => `look ${lost + at}`)]);
    const { cause } = net.sent[1]!.body as { cause: string };
    assert.equal(endpoint, "jobs.trigger");
    assert(reason._tag === "Ambiguous");
    assert.equal(
      reason.remedy,
      `No newer run of job 5 with the cause ${cause.slice("Deploy ".length)} was found. Look once more, at ` +
        "https://ab123.us1.dbt.com/deploy/7/projects/3/jobs/5, before you start it again.",
    );
  });
}

Deno.test("trigger() finds a run that turns up late, even where some looks fail", async () => {
  const net = cloud({
    trouble: (purpose, nth) =>
      purpose === "post" ? { accepted: reset, lands: 10 } : purpose === "look" && nth < 2 ? refusal(403) : undefined,
  });
  const { result } = await triggering(net);
  assert.equal(Result.getOrThrow(result).id, 42);
  assert.deepEqual(net.asked().slice(2), ["look 1", "look 2", "look 4", "look 8", "look 15"]);
});

Deno.test("trigger() takes no other run for its own, and of two the first", async () => {
  const net = cloud({
    before: [],
    trouble: (purpose, _, { body }) => {
      if (purpose !== "post") return undefined;
      const { cause } = body as { cause: string };
      const also = (id: number, trigger: Omit<runs.RunTrigger, "id">) =>
        net.kept.push({ ...old(id), born: 0, trigger: { id, ...trigger } });
      also(1, { cause: "Deploy [dbtc:zzzzzzzzzz]", cause_category: "api" });
      also(2, { cause: `${cause} and more`, cause_category: "api" });
      also(3, { cause, cause_category: "rerun" });
      also(4, { cause: null, cause_category: null });
      also(5, { cause, cause_category: "api" });
      also(6, { cause, cause_category: "api" });
      return reset;
    },
  });
  assert.equal(Result.getOrThrow((await triggering(net)).result).id, 5);
});

Deno.test("trigger() takes no run that was there before, though a server ignores id__gt", async () => {
  let cause = "";
  const net = cloud({
    trouble: (purpose, _, { body }) => {
      if (purpose === "look") return ok([{ id: 41, trigger: { id: 41, cause, cause_category: "api" } }]);
      if (purpose !== "post") return undefined;
      ({ cause } = body as { cause: string });
      return reset;
    },
  });
  const { result } = await triggering(net);
  assert(Result.isFailure(result) && result.failure.reason._tag === "Ambiguous");
});

const refusals: Readonly<Record<string, readonly [Reply, string]>> = {
  "400": [refusal(400), "Invalid"],
  "401": [refusal(401), "Unauthorized"],
  "403": [refusal(403), "Forbidden"],
  "404": [refusal(404), "NotFound"],
  "a redirect": [{ status: 308 }, "NotFound"],
  "429 for ever": [refusal(429), "RateLimited"],
  "501": [refusal(501), "ServerFault"],
  "503 with Retry-After for ever": [{ status: 503, headers: { "retry-after": "6" } }, "ServerFault"],
  "connections that are never made": [refused, "Unreachable"],
  "an untrusted host": [untrusted, "Unreachable"],
};

for (const [name, [reply, _tag]] of Object.entries(refusals)) {
  Deno.test(`trigger() fails with ${_tag} for ${name}, and looks for nothing`, async () => {
    const net = cloud({ trouble: (purpose) => purpose === "post" ? reply : undefined });
    const { result } = await triggering(net);
    assert(Result.isFailure(result));
    assert.equal(result.failure.reason._tag, _tag);
    assert(!net.asked().some((ask) => ask.startsWith("look")));
    assert.equal(net.made().length, 0);
  });
}

Deno.test("trigger() asks again after a sure refusal that passes", async () => {
  for (const reply of [refusal(429), { status: 503, headers: { "retry-after": "2" } }, refused]) {
    const net = cloud({ trouble: (purpose, nth) => purpose === "post" && nth < 2 ? reply : undefined });
    assert.equal(Result.getOrThrow((await triggering(net)).result).id, 42);
    assert.equal(net.asked().filter((ask) => ask.startsWith("post")).length, 3);
    const causes = net.sent.slice(1).map(({ body }) => (body as { cause: string }).cause);
    assert.equal(new Set(causes).size, 1);
  }
});

Deno.test("trigger() asks for nothing that it could not list", async () => {
  const net = cloud({ trouble: (purpose) => purpose === "baseline" ? refusal(404) : undefined });
  const { result } = await triggering(net);
  assert(Result.isFailure(result));
  assert.equal(result.failure.endpoint, "runs.list");
  assert.deepEqual(net.asked(), ["baseline 0"]);
});

Deno.test("trigger() of a read-only session asks for nothing", async () => {
  const net = cloud();
  const { result } = await virtually(Effect.provide(trigger(asked), session(net, { readonly: true })));
  assert(Result.isFailure(result) && result.failure.reason._tag === "Unsendable");
  assert.deepEqual(net.asked(), ["baseline 0"]);
});

// ---- interrupts -----------------------------------------------------------------------------------------------------

Deno.test("trigger() waits for a request that is under way when it is interrupted, and leaves the run", async () => {
  const net = cloud({
    trouble: (purpose) =>
      purpose === "post" ? { accepted: { ...ok({ id: 42 }) as { status: number }, after: 5 } } : undefined,
  });
  const { exit, took } = await interrupted(net, 2, trigger(asked));
  assert(Exit.hasInterrupts(exit));
  assert.equal(took, 3);
  assert.equal(net.made().length, 1);
  assert.deepEqual(net.asked(), ["baseline 0", "post 0"]);
});

Deno.test("trigger() ends at once when it is interrupted before, or between, requests", async () => {
  for (const purpose of ["baseline", "post"] as const) {
    const net = cloud({ trouble: (of) => of === purpose ? refusal(429) : undefined });
    const { exit, took } = await interrupted(net, 100, trigger(asked));
    assert(Exit.hasInterrupts(exit));
    assert.equal(took, 0);
    assert.equal(net.made().length, 0);
  }
});

Deno.test("trigger() looks a little longer for a lost run when it is interrupted", async () => {
  const net = cloud({ trouble: (purpose) => purpose === "post" ? reset : undefined });
  const { exit, took } = await interrupted(net, 5, trigger(asked));
  assert(Exit.hasInterrupts(exit));
  // Who interrupts still learns that there may be a run.
  assert.equal(Option.getOrThrow(Exit.findErrorOption(exit)).reason._tag, "Ambiguous");
  assert.equal(took, 3);
  assert.deepEqual(net.asked().slice(2), ["look 1", "look 2", "look 4", "look 5", "look 6", "look 8"]);
});

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

Deno.test("triggerAndWait() cancels no run that has ended", async () => {
  const net = cloud();
  const slow = (event: TriggerEvent) => event.run.status === 10 ? Effect.sleep("1 minute") : Effect.void;
  const { exit } = await interrupted(net, 100, triggerAndWait(asked, { onEvent: slow }));
  assert(Exit.hasInterrupts(exit));
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
  assert.equal(message, "runs.get: Run 42 goes on after 30 s. It was not cancelled.");
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
  assert.equal(message, "runs.get: Run 42 was cancelled after 30 s.");
  assert.deepEqual(told(events).slice(-2), ["Cancelling 42 3", "StatusChanged 42 30"]);
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

Deno.test("restart() sends nothing where the newest run did not fail", async () => {
  for (const before of [[], [old(40, 20), old(41)], [old(41, 30)]]) {
    const net = cloud({ before });
    const { result } = await virtually(Effect.provide(restart({ job_id: 5 }), session(net)));
    assert(Result.isFailure(result));
    assert.deepEqual(result.failure.reason, {
      _tag: "Unsendable",
      detail: "the newest run of job 5 did not fail: there is nothing to take up",
    });
    assert.equal(net.made().length, 0);
  }
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

// ---- whatever happens -----------------------------------------------------------------------------------------------

Deno.test("triggerAndWait() never starts two runs, and never leaves its own behind when it is interrupted", async () => {
  const nuisances: ReadonlyArray<Trouble> = [
    ...Object.values(losses),
    ...Object.values(losses).map((accepted) => ({ accepted })),
    ...[1, 6, 20, 40].map((lands) => ({ accepted: reset, lands })),
    ...Object.values(refusals).map(([reply]) => reply),
  ];
  for (let seed = 1; seed <= 400; seed++) {
    const random = randomFrom(seed);
    const often = random() * 0.6;
    const net = cloud({
      end: random() < 0.5 ? 10 : 20,
      trouble: () => random() < often ? nuisances[Math.floor(random() * nuisances.length)] : undefined,
    });
    // Half of them are left alone.
    const cut = random() < 0.5 ? 1e4 : random() * 100;
    const { exit } = await interrupted(net, cut, triggerAndWait(asked));
    const [made, ...more] = net.made();
    const did = (purpose: string) => net.asked().some((ask) => ask.startsWith(purpose));
    const message = `seed ${seed}, interrupted after ${cut} s: ${net.asked().join(", ")}`;
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
  }
});
