/**
 * Starting a run: once, whatever becomes of the answer.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import assert from "node:assert/strict";
import { type DbtError, runs } from "../../mod.ts";
import { tagged } from "../../lib/workflows/run_tag.ts";
import { trigger } from "../../lib/workflows/trigger_and_wait.ts";
import {
  acceptedThenLost,
  asked,
  type Cloud,
  cloud,
  interrupted,
  losses,
  old,
  refusals,
} from "../support/small_cloud.ts";
import { type Ended, fails, ok, refusal, refused, reset, session, succeeds, virtually } from "../support/fixtures.ts";

function triggering(of: Cloud): Promise<Ended<runs.Run, DbtError>> {
  return virtually(Effect.provide(trigger(asked), session(of)));
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
      "/api/v2/accounts/7/runs/?job_definition_id=5&id__gt=41&include_related=trigger&limit=100&offset=0&order_by=id",
    );
  });

  Deno.test(`trigger() is Ambiguous after ${name}, where no run turns up, and asks no second time`, async () => {
    const net = cloud({ trouble: (purpose) => purpose === "post" ? reply : undefined });
    const { result, seconds } = await triggering(net);
    assert(Result.isFailure(result));
    const { endpoint, reason } = result.failure;
    const lost = seconds - 60;
    assert.deepEqual(net.asked(), ["baseline 0", "post 0", ...[1, 3, 7, 15, 30, 60].map((at) => `look ${lost + at}`)]);
    const { cause } = net.sent[1]!.body as { cause: string };
    assert.equal(endpoint, "jobs.trigger");
    assert(reason._tag === "Ambiguous");
    assert.equal(
      reason.remedy,
      `No newer run of job 5 with trigger.cause ${cause.slice("Deploy ".length)} turned up within 60 s. ` +
        "It may still come. Before you start it again, look at https://ab123.us1.dbt.com/deploy/7/projects/3/jobs/5 " +
        'or with "dbtc runs list --job-id 5 --include-related trigger --fields id,status_humanized,trigger.cause": ' +
        'if it is there, "dbtc runs wait RUN" waits for it.',
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
  assert.deepEqual(net.asked().slice(2), ["look 1", "look 3", "look 7", "look 15"]);
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

Deno.test("trigger() gives up a look that hangs when it is interrupted, and looks a little longer", async () => {
  const hanging = cloud({
    trouble: (purpose) => purpose === "post" ? reset : purpose === "look" ? "silence" : undefined,
  });
  const { exit, took } = await interrupted(hanging, 10, trigger(asked));
  assert.equal(Option.getOrThrow(Exit.findErrorOption(exit)).reason._tag, "Ambiguous");
  // Four looks of 5 s, and 6 s between them.
  assert.equal(took, 26);
  assert.deepEqual(hanging.asked().slice(2), ["look 1", "look 10", "look 16", "look 23", "look 31"]);
  const limited = cloud({
    trouble: (purpose, nth) =>
      purpose === "post" ? acceptedThenLost : purpose === "look" && nth < 3 ? refusal(429) : undefined,
  });
  const found = await interrupted(limited, 5, trigger(asked));
  assert(Exit.hasInterrupts(found.exit));
  // A cooldown holds these looks too.
  assert(found.took <= 10, `took ${found.took} s`);
});

Deno.test("trigger() searches for a lost run no longer than it said, and one look more, where every look hangs", async () => {
  const hanging = cloud({
    trouble: (purpose) => purpose === "post" ? reset : purpose === "look" ? "silence" : undefined,
  });
  const { seconds } = await virtually(Effect.flip(Effect.provide(trigger(asked), session(hanging))));
  assert(seconds > 60 && seconds <= 75, `${seconds} s`);
});

Deno.test("trigger() looks a little longer for a lost run when it is interrupted", async () => {
  const net = cloud({ trouble: (purpose) => purpose === "post" ? reset : undefined });
  const { exit, took } = await interrupted(net, 5, trigger(asked));
  assert(Exit.hasInterrupts(exit));
  // Who interrupts still learns that there may be a run.
  assert.equal(Option.getOrThrow(Exit.findErrorOption(exit)).reason._tag, "Ambiguous");
  assert.equal(took, 6);
  assert.deepEqual(net.asked().slice(2), ["look 1", "look 3", "look 5", "look 6", "look 8", "look 11"]);
});

// ---- without a tag --------------------------------------------------------------------------------------------------

Deno.test("trigger() without a tag leaves the cause alone, and lists nothing before", async () => {
  const net = cloud();
  const run = await succeeds(
    Effect.provide(trigger({ ...asked, cause: "By hand [dbtc:x]" }, { tag: false }), session(net)),
  );
  assert.equal(run.id, 42);
  assert.deepEqual(net.asked(), ["post 0"]);
  assert.deepEqual(net.sent[0]!.body, { cause: "By hand [dbtc:x]" });
});

Deno.test("trigger() without a tag is Ambiguous as soon as the answer is lost", async () => {
  for (const [name, reply] of Object.entries(losses)) {
    const net = cloud({ trouble: (purpose) => purpose === "post" ? { accepted: reply } : undefined });
    const { reason } = await fails(Effect.provide(trigger(asked, { tag: false }), session(net)));
    assert(reason._tag === "Ambiguous", name);
    assert.match(
      reason.remedy ?? "",
      /^Nothing marks the run: it cannot be told from others\. .*dbtc runs list --job-id 5/,
    );
    assert.deepEqual(net.asked(), ["post 0"], name);
  }
});

Deno.test("trigger() refuses what makes no sense together, and sends nothing", async () => {
  for (
    const [options, detail] of [
      [{ tag: false, key: "k" }, "without a tag, a key could find no run"],
      [{ tag: false, resend: true }, "without a tag, resend could find no run"],
      [{ key: " " }, "the key is empty"],
    ] as const
  ) {
    const net = cloud();
    const { endpoint, reason } = await fails(Effect.provide(trigger(asked, options), session(net)));
    assert.deepEqual([endpoint, reason], ["jobs.trigger", { _tag: "Unsendable", detail }]);
    assert.deepEqual(net.sent, []);
  }
});

// ---- asking twice ---------------------------------------------------------------------------------------------------

/** A run that is asked for twice. */
function twice(of: Cloud): Promise<Ended<runs.Run, DbtError>> {
  return virtually(Effect.provide(trigger(asked, { resend: true }), session(of)));
}

const looked = [1, 3, 7, 15, 30, 60].map((at) => `look ${at}`);

Deno.test("trigger() asks a second time with the same tag where no run turned up, if told so", async () => {
  const net = cloud({ trouble: (purpose, nth) => purpose === "post" && nth === 0 ? reset : undefined });
  const { result } = await twice(net);
  assert.equal(Result.getOrThrow(result).id, 42);
  assert.deepEqual(net.asked(), ["baseline 0", "post 0", ...looked, "post 60", "look 61", "look 63", "look 67"]);
  const causes = net.sent.filter(({ method }) => method === "POST").map(({ body }) =>
    (body as { cause: string }).cause
  );
  assert.equal(new Set(causes).size, 1);
});

Deno.test("trigger() asks no second time where a run turned up, or nobody waits any more", async () => {
  const found = cloud({ trouble: (purpose) => purpose === "post" ? { accepted: reset, lands: 50 } : undefined });
  assert.equal(Result.getOrThrow((await twice(found)).result).id, 42);
  const cut = cloud({ trouble: (purpose) => purpose === "post" ? reset : undefined });
  await interrupted(cut, 20, trigger(asked, { resend: true }));
  for (const net of [found, cut]) assert.equal(net.asked().filter((ask) => ask.startsWith("post")).length, 1);
});

Deno.test("trigger() keeps the first of two runs, and cancels the second in the queue", async () => {
  for (const lands of [60.5, 62]) {
    const net = cloud({
      takes: 600,
      trouble: (purpose, nth) => purpose === "post" && nth === 0 ? { accepted: reset, lands } : undefined,
    });
    // The first came late, but its id is the lower one.
    const { result } = await twice(net);
    assert.equal(Result.getOrThrow(result).id, 42);
    assert.deepEqual(net.made().map(({ id, cancelled }) => [id, cancelled !== undefined]), [[42, false], [43, true]]);
  }
});

Deno.test("trigger() leaves a second run that is running already", async () => {
  // Both answers are lost, and both runs are seen only when they run.
  const net = cloud({
    takes: 600,
    trouble: (purpose, _, { at }) =>
      purpose === "look" && at < 70 ? ok([]) : purpose === "post" ? { accepted: reset } : undefined,
  });
  assert.equal(Result.getOrThrow((await twice(net)).result).id, 42);
  assert.deepEqual(net.made().map(({ id, cancelled }) => [id, cancelled]), [[42, undefined], [43, undefined]]);
});

Deno.test("trigger() is Ambiguous where it asked twice in vain, and says what became of the second time", async () => {
  const net = cloud({ trouble: (purpose, nth) => purpose === "post" ? (nth === 0 ? reset : refusal(403)) : undefined });
  const { result } = await twice(net);
  assert(Result.isFailure(result) && result.failure.reason._tag === "Ambiguous");
  assert.match(
    result.failure.message,
    /connection closed before message completed.*Asked a second time: jobs\.trigger: The token may not do this/,
  );
  const lost = cloud({ trouble: (purpose) => purpose === "post" ? reset : undefined });
  const both = await twice(lost);
  assert(Result.isFailure(both.result) && both.result.failure.reason._tag === "Ambiguous");
  assert.equal(lost.asked().filter((ask) => ask.startsWith("post")).length, 2);
});

// ---- a wait for the limiter -----------------------------------------------------------------------------------------

Deno.test("trigger() ends at once when it is interrupted while it waits for the rate limiter", async () => {
  // A read that is limited cools the session down for 300 s; the POST would wait for that too.
  const net = cloud({
    trouble: (purpose) => purpose === "get" ? { status: 429, headers: { "retry-after": "300" } } : undefined,
  });
  const program = Effect.gen(function* () {
    yield* Effect.forkDetach(Effect.ignore(runs.get({ run_id: 41 })));
    yield* Effect.sleep("1 second");
    return yield* trigger(asked, { tag: false });
  });
  const { exit, took } = await interrupted(net, 100, program);
  assert(Exit.hasInterrupts(exit));
  assert.equal(took, 0);
  assert.deepEqual(net.asked().filter((ask) => ask.startsWith("post")), []);
});

Deno.test("trigger() does not say that no run turned up where none could be listed", async () => {
  const of = cloud({
    trouble: (purpose) => purpose === "post" ? reset : purpose === "look" ? refusal(401) : undefined,
  });
  const { message } = await fails(trigger(asked).pipe(Effect.provide(session(of))));
  assert.match(
    message,
    /The runs of job 5 could not be listed: whether one has trigger\.cause \[dbtc:\w+\] is not known\./,
  );
  assert.doesNotMatch(message, /turned up/);
});
