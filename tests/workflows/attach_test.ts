/**
 * Attaching to a run that is there already, and taking one up again.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import assert from "node:assert/strict";
import type { runs } from "../../mod.ts";
import { keyHash } from "../../lib/workflows/run_tag.ts";
import {
  type StartOptions,
  trigger,
  triggerAndWait,
  type TriggerEvent,
  type TriggerOptions,
} from "../../lib/workflows/trigger_and_wait.ts";
import {
  acceptedThenLost,
  asked,
  type Behaviour,
  type Cloud,
  cloud,
  interrupted,
  type Kept,
  old,
} from "../support/small_cloud.ts";
import { fails, refusal, reset, session, succeeds, virtually } from "../support/fixtures.ts";

/** A run with a cause, in flight unless it is said how it ended. */
function kept(id: number, trigger: Omit<runs.RunTrigger, "id">, more: Partial<Kept> = {}): Kept {
  return { id, trigger: { id, cause_category: "api", ...trigger }, born: -100, takes: 1e6, end: 10, ...more };
}

const ended = (end: number): Partial<Kept> => ({ takes: 50, end });
const cause = (key: string) => `Deploy [dbtc:${keyHash(5, key)}.0123456789]`;

/** The run that one gets, and whether it was there already. */
async function got(before: ReadonlyArray<Kept>, options: StartOptions, request = asked): Promise<[number, boolean]> {
  const net = cloud({ before });
  const run = await succeeds(Effect.provide(trigger(request, options), session(net)));
  return [run.id, net.made().length === 0];
}

// ---- by key ---------------------------------------------------------------------------------------------------------

Deno.test("keyHash() tells keys and jobs apart, and is the same everywhere and always", () => {
  const hashes = new Set(
    [1, 2].flatMap((job) => Array.from({ length: 1000 }, (_, key) => keyHash(job, `build ${key}`))),
  );
  assert.equal(hashes.size, 2000);
  assert.equal(keyHash(5, "build 4711"), "2t1pjnnmxgdwz");
});

Deno.test("trigger() puts the key's hash into the tag, and draws the rest", async () => {
  const causes = new Set<string>();
  for (let time = 0; time < 2; time++) {
    const net = cloud();
    await succeeds(Effect.provide(trigger(asked, { key: "build 1" }), session(net)));
    assert.deepEqual(net.sent.map(({ path }) => path), [
      "/api/v2/accounts/7/runs/?job_definition_id=5&include_related=trigger&limit=100&order_by=-id",
      "/api/v2/accounts/7/jobs/5/run/",
    ]);
    const { cause } = net.made()[0]!.trigger;
    assert.match(cause ?? "", new RegExp(`^Deploy \\[dbtc:${keyHash(5, "build 1")}\\.[0-9a-z]{10}\\]$`));
    causes.add(cause ?? "");
  }
  assert.equal(causes.size, 2);
});

Deno.test("trigger() takes the key's run that is in flight or succeeded, and starts one otherwise", async () => {
  const key = "build 1";
  const mine = { cause: cause(key) };
  for (
    const [name, before, expected] of [
      ["in flight", [kept(41, mine)], [41, true]],
      ["succeeded", [kept(41, mine, ended(10))], [41, true]],
      ["failed", [kept(41, mine, ended(20))], [42, false]],
      ["cancelled", [kept(41, mine, ended(30))], [42, false]],
      ["failed, then started again", [kept(41, mine, ended(20)), kept(42, mine)], [42, true]],
      ["of two, the first", [kept(41, mine), kept(42, mine)], [41, true]],
      ["failed, and a retry is in flight", [
        kept(41, mine, ended(20)),
        kept(42, { cause: "Retry", cause_category: "rerun" }, { retrying_run_id: 41 }),
      ], [42, true]],
      ["failed, and so did its retry", [
        kept(41, mine, ended(20)),
        kept(42, { cause: "Retry", cause_category: "rerun" }, { retrying_run_id: 41, ...ended(20) }),
      ], [43, false]],
      ["another key", [kept(41, { cause: cause("build 2") })], [42, false]],
      ["no key", [kept(41, { cause: "Deploy [dbtc:0123456789]" })], [42, false]],
      ["the tag in the middle", [kept(41, { cause: `${cause(key)} and more` })], [42, false]],
      ["not started through the API", [kept(41, { ...mine, cause_category: "ui" })], [42, false]],
    ] as const
  ) assert.deepEqual(await got(before, { key }), expected, name);
});

Deno.test("trigger() looks for its key among the newest 100 runs", async () => {
  const others = (count: number) => Array.from({ length: count }, (_, index) => old(42 + index));
  const mine = kept(41, { cause: cause("build 1") });
  assert.deepEqual(await got([mine, ...others(99)], { key: "build 1" }), [41, true]);
  assert.deepEqual(await got([mine, ...others(100)], { key: "build 1" }), [142, false]);
});

Deno.test("trigger() finds the run of its own request, not another one with the same key", async () => {
  // Somebody with the same key asks at the same time; the own request comes to nothing.
  const net: Cloud = cloud({
    trouble: (purpose) => {
      if (purpose !== "post") return undefined;
      net.kept.push(kept(42, { cause: cause("build 1") }, { born: 0 }));
      return reset;
    },
  });
  const { reason } = await fails(Effect.provide(trigger(asked, { key: "build 1" }), session(net)));
  assert(reason._tag === "Ambiguous");
  assert.match(reason.remedy ?? "", /Or start it again with the same key: a run that came is found by it\.$/);
  // And so it is.
  assert.deepEqual(await got(net.kept, { key: "build 1" }), [42, true]);
});

// ---- what runs already ----------------------------------------------------------------------------------------------

Deno.test("trigger() reuses the newest run in flight that does the same, and starts one otherwise", async () => {
  const same = { git_sha: "abc", steps_override: ["dbt build"] };
  const scheduled = { cause: "Scheduled", cause_category: "scheduled" };
  for (
    const [name, request, before, expected] of [
      ["plain", {}, [kept(41, scheduled)], [41, true]],
      ["nulls", { git_sha: null }, [kept(41, { ...scheduled, threads_override: null })], [41, true]],
      ["equal", same, [kept(41, same)], [41, true]],
      ["the newest", same, [kept(41, same), kept(42, same)], [42, true]],
      ["behind another", same, [kept(41, same), kept(42, {})], [41, true]],
      ["ended", same, [kept(41, same, ended(10))], [42, false]],
      ["fewer overrides", same, [kept(41, { git_sha: "abc" })], [42, false]],
      ["more overrides", { git_sha: "abc" }, [kept(41, same)], [42, false]],
      ["other steps", same, [kept(41, { ...same, steps_override: ["dbt build", "dbt test"] })], [42, false]],
      ...(
        [
          { git_branch: "main" },
          { schema_override: "ci" },
          { dbt_version_override: "1.9" },
          { threads_override: 4 },
          { target_name_override: "ci" },
          { generate_docs_override: true },
          { timeout_seconds_override: 60 },
          { github_pull_request_id: 7 },
        ] as const
      ).map((other) => [Object.keys(other)[0] ?? "", {}, [kept(41, other)], [42, false]] as const),
      ["a run that takes up another", {}, [kept(41, {}, { retrying_run_id: 40 })], [42, false]],
    ] as const
  ) assert.deepEqual(await got(before, { reuseRunning: true }, { ...asked, ...request }), expected, name);
});

Deno.test("trigger() takes no run for the same whose trigger is not told", async () => {
  const hidden = { ...kept(41, {}), trigger: null as unknown as runs.RunTrigger }; // as where dbt Cloud leaves it out
  assert.deepEqual(await got([hidden], { reuseRunning: true }), [42, false]);
});

Deno.test("triggerAndWait() tells that it attached, waits, and never cancels that run", async () => {
  const before = [kept(41, { cause: cause("build 1") }, { born: 0, takes: 60 })];
  for (const attach of [{ key: "build 1" }, { reuseRunning: true }]) {
    const events: Array<TriggerEvent> = [];
    const onEvent = (event: TriggerEvent) => Effect.sync(() => void events.push(event));
    const net = cloud({ before });
    const run = await succeeds(Effect.provide(triggerAndWait(asked, { ...attach, onEvent }), session(net)));
    assert.deepEqual([run.id, run.status, events[0]?._tag], [41, 10, "Attached"]);
    const cut = cloud({ before });
    assert(Exit.hasInterrupts((await interrupted(cut, 20, triggerAndWait(asked, attach))).exit));
    const late = cloud({ before });
    const options: TriggerOptions = { ...attach, timeout: "20 seconds", onTimeout: "cancel" };
    const { reason } = await fails(Effect.provide(triggerAndWait(asked, options), session(late)));
    assert.equal(reason._tag, "WaitTimedOut");
    for (const each of [net, cut, late]) assert(each.sent.every(({ method }) => method === "GET"));
  }
});

// ---- taking it up again ---------------------------------------------------------------------------------------------

/** Waits for a run with retries: what came of it, and what was asked. */
async function retried(behaviour: Behaviour, options: TriggerOptions) {
  const net = cloud(behaviour);
  const told: Array<string> = [];
  const onEvent = ({ _tag, run }: TriggerEvent) => Effect.sync(() => void told.push(`${_tag} ${run.id} ${run.status}`));
  const { result, seconds } = await virtually(
    Effect.provide(triggerAndWait(asked, { ...options, onEvent }), session(net)),
  );
  const end = Result.isSuccess(result)
    ? [result.success.id, result.success.status]
    : ["run" in result.failure.reason ? result.failure.reason.run.id : undefined, result.failure.reason._tag];
  const made = net.made().map(({ id, retrying_run_id }) => [id, retrying_run_id]);
  return { end, made, net, seconds, told };
}

const failing = (times: number) => (nth: number) => nth < times ? 20 : 10;

Deno.test("triggerAndWait() takes up a failed run as often as it is told, and ends as the last one", async () => {
  for (
    const [retries, failures, end, made] of [
      [0, 1, [42, "RunFailed"], [[42, null]]],
      [1, 0, [42, 10], [[42, null]]],
      [1, 1, [43, 10], [[42, null], [43, 42]]],
      [1, 9, [43, "RunFailed"], [[42, null], [43, 42]]],
      [3, 9, [45, "RunFailed"], [[42, null], [43, 42], [44, 43], [45, 44]]],
    ] as const
  ) {
    const outcome = await retried({ end: failing(failures) }, { retries });
    assert.deepEqual([outcome.end, outcome.made], [end, made]);
  }
});

Deno.test("triggerAndWait() takes up no cancelled run", async () => {
  const { end, made } = await retried({ end: 30 }, { retries: 3 });
  assert.deepEqual([end, made], [[42, "RunCancelled"], [[42, null]]]);
});

Deno.test("triggerAndWait() looks at a retried run as often as at the first, and tells each", async () => {
  const { net, told } = await retried({ end: failing(1) }, { retries: 1, schedule: Schedule.spaced("20 seconds") });
  assert.deepEqual(net.asked().filter((ask) => ask.startsWith("get")).map((ask) => Number(ask.slice(4))), [
    ...[0, 20, 40, 60],
    // Which job the run is of, and whether it can be taken up.
    60,
    ...[60, 80, 100, 120],
  ]);
  assert.deepEqual(told.filter((line) => line.startsWith("Triggered")), ["Triggered 42 1", "Triggered 43 1"]);
});

Deno.test("triggerAndWait() has one timeout for a run and its retries", async () => {
  const { end, seconds } = await retried({ end: 20 }, { retries: 9, timeout: "100 seconds" });
  assert.deepEqual([end, seconds], [[43, "WaitTimedOut"], 100]);
});

Deno.test("triggerAndWait() ends as the run did where it cannot be retried", async () => {
  for (
    const trouble of [
      // Somebody else's run is the newest by then.
      (net: Cloud): Behaviour["trouble"] => (purpose) => {
        if (purpose === "get" && net.made().length === 1) net.kept.push({ ...old(60), born: 50 });
        return undefined;
      },
      (): Behaviour["trouble"] => (purpose) => purpose === "retry" ? refusal(400, "No.") : undefined,
      (): Behaviour["trouble"] => (purpose, nth) => purpose === "baseline" && nth > 0 ? refusal(403) : undefined,
    ]
  ) {
    const net: { trouble?: Behaviour["trouble"] } = {};
    const behaviour: Behaviour = { end: 20, trouble: (...request) => net.trouble?.(...request) };
    const of = cloud(behaviour);
    net.trouble = trouble(of);
    const { reason } = await fails(Effect.provide(triggerAndWait(asked, { retries: 2 }), session(of)));
    assert(reason._tag === "RunFailed" && reason.run.id === 42);
    assert(of.made().every(({ retrying_run_id }) => !retrying_run_id));
  }
});

Deno.test("triggerAndWait() finds a retry whose answer was lost, and is Ambiguous where none turns up", async () => {
  const found = await retried({
    end: failing(1),
    trouble: (purpose) => purpose === "retry" ? acceptedThenLost : undefined,
  }, { retries: 1 });
  assert.deepEqual([found.end, found.made], [[43, 10], [[42, null], [43, 42]]]);
  const lost = await retried({ end: 20, trouble: (purpose) => purpose === "retry" ? reset : undefined }, {
    retries: 3,
  });
  assert.deepEqual([lost.end, lost.made], [[undefined, "Ambiguous"], [[42, null]]]);
});

Deno.test("triggerAndWait() cancels the retry that goes on when it is interrupted", async () => {
  const net = cloud({ end: 20 });
  assert(Exit.hasInterrupts((await interrupted(net, 80, triggerAndWait(asked, { retries: 2 }))).exit));
  assert.deepEqual(net.made().map(({ id, cancelled }) => [id, cancelled]), [[42, undefined], [43, 80]]);
});
