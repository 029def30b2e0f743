/**
 * The numbers of docs/guarantees.md, as they are measured, and the tests that it names.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Result from "effect/Result";
import * as Schedule from "effect/Schedule";
import assert from "node:assert/strict";
import { triggerAndWait } from "../../mod.ts";
import { trigger } from "../../lib/workflows/trigger_and_wait.ts";
import { waitForRun } from "../../lib/workflows/wait_for_run.ts";
import { tagged } from "../../lib/workflows/run_tag.ts";
import { asked, cloud } from "../support/small_cloud.ts";
import { html, ok, refusal, session, transport, virtually } from "../support/fixtures.ts";

const page = await Deno.readTextFile(new URL("../../docs/guarantees.md", import.meta.url));
const bytes = (text: string) => new TextEncoder().encode(text).length;

/** What a run that nobody finds costs. */
async function lost() {
  const net = cloud({ trouble: (purpose) => purpose === "post" ? html(502) : undefined });
  const { result, seconds } = await virtually(Effect.provide(trigger(asked), session(net)));
  assert(Result.isFailure(result));
  const all = net.asked().map((text) => text.split(" ")[0]);
  return {
    before: all.indexOf("post"),
    posts: all.filter((purpose) => purpose === "post").length,
    looks: all.filter((purpose) => purpose === "look").length,
    seconds,
  };
}

/** The cause that a run is asked for with, where its words are too long for it. */
async function cause(options: { readonly key?: string }): Promise<string> {
  const net = cloud();
  await virtually(Effect.provide(trigger({ ...asked, cause: "x".repeat(300) }, options), session(net)));
  return net.made()[0]?.trigger.cause ?? "";
}

/** When a wait looks at a run that takes so many seconds. */
async function looks(takes: number): Promise<ReadonlyArray<number>> {
  const net = transport(({ at }) => ok({ id: 1, status: at < takes ? 3 : 10 }));
  await virtually(Effect.provide(waitForRun({ run_id: 1 }), session(net)));
  return net.sent.map(({ at }) => at);
}

/** The most seconds between two polls, of those gaps that begin within a time; to the millisecond. */
function longestGap(polls: ReadonlyArray<number>, from: number, to: number): number {
  const gaps = polls.slice(1).flatMap((at, index) =>
    polls[index]! >= from && polls[index]! < to ? at - polls[index]! : []
  );
  return Math.round(Math.max(...gaps) * 1000) / 1000;
}

/** The seconds that an interrupt takes while dbt Cloud answers nothing any more. */
async function cancelling(): Promise<number> {
  const net = cloud({ trouble: (_, __, { at }) => at > 20 ? "silence" : undefined, takes: 600 });
  const { seconds } = await virtually(Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.provide(triggerAndWait(asked), session(net)));
    yield* Effect.sleep("30 seconds");
    yield* Fiber.interrupt(fiber);
  }));
  return seconds - 30;
}

/** The second at which a wait gives up that polls every second, and sends no poll again. */
async function givesUp(reply: Parameters<typeof transport>[0], fresh: boolean): Promise<number> {
  const wait = waitForRun({ run_id: 1 }, { fresh, schedule: Schedule.spaced("1 second") });
  const { result, seconds } = await virtually(
    Effect.provide(wait, session(transport(reply), { retry: Schedule.recurs(0) })),
  );
  assert(Result.isFailure(result));
  return seconds;
}

Deno.test("docs/guarantees.md has the numbers that are measured", async () => {
  const rows = [...page.matchAll(/^\| (.*?) +\| (\d+) +\|$/gm)].map(([, what = "", is]) => [what, Number(is)] as const);
  const run = await lost();
  const [plain, keyed] = [await cause({}), await cause({ key: "k" })];
  const tag = (text: string) => bytes(/\[dbtc:.*\]$/.exec(text)?.[0] ?? "");
  const hours = await looks(7200);
  // Until the run has ended, no poll can depend on when it will end.
  const tenMinutes = hours.filter((at) => at < 620).length + 1;
  assert.equal((await looks(600)).length, hours.filter((at) => at < 600).length + 1);
  // A run that was seen, and then nothing but failures after 20 s.
  const failing = await givesUp(({ at }) => at < 20 ? ok({ id: 1, status: 3 }) : refusal(500), false) - 20;
  assert.equal(tagged("x".repeat(300), "[dbtc:0123456789]"), plain.replace(/\[.*/, "[dbtc:0123456789]"));
  assert.deepEqual(Object.fromEntries(rows), {
    "requests before a run is asked for": run.before,
    "requests that ask for a run": run.posts,
    "requests that look for a run whose answer was lost, at most": run.looks,
    "seconds of that search, at most": run.seconds,
    "bytes that dbt Cloud keeps of a cause": Math.max(bytes(plain), bytes(keyed)),
    "bytes of them that the tag takes": tag(plain),
    "bytes that it takes with a key": tag(keyed),
    "requests to wait for a run of ten minutes, at most": tenMinutes,
    "seconds between two of them in the first half hour, at most": longestGap(hours, 0, 1800),
    "seconds between two of them after that": longestGap(hours, 1800, 7200),
    "seconds from an interrupt to the end, where the run cannot be cancelled": await cancelling(),
    "seconds for which a run that was just started may not be found": await givesUp(() => refusal(404), true),
    "minutes of nothing but failures that pass, until a wait gives up": failing / 60,
  });
});

Deno.test("docs/guarantees.md names tests that there are, under each promise", async () => {
  const promises = page.split(/^## /m).slice(1);
  for (const promise of promises) {
    const named = [...promise.matchAll(/`(tests\/[\w/]+\.ts)`/g)].map(([, path]) => path);
    assert.notDeepEqual(named, [], promise);
    for (const path of named) await Deno.stat(new URL(`../../${path}`, import.meta.url));
  }
});
