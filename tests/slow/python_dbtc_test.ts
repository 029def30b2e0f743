/**
 * What Python dbtc 0.11.7 does wrong with runs, one row for each: none of it happens here. A row names the place in its
 * sources.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Layer from "effect/Layer";
import * as Random from "effect/Random";
import * as Stream from "effect/Stream";
import type * as HttpClient from "effect/http/HttpClient";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { environments, jobs, restart, runs, triggerAndWait } from "../../mod.ts";
import * as sandbox from "../../lib/sandbox/mod.ts";
import { cloud, old } from "../support/small_cloud.ts";
import { command, type Outcome, sandboxEnv } from "../support/command.ts";
import { fails, html, ok, session, succeeds, transport } from "../support/fixtures.ts";

/** What came of a command, and of the sandbox that it was given. */
interface Seen extends Outcome {
  /** The requests that it sent. */
  readonly sent: ReadonlyArray<sandbox.Logged>;
  /** How many runs it started. */
  readonly started: number;
  /** Virtual seconds that it took. */
  readonly seconds: number;
}

/** Runs a command over a sandbox where this goes wrong, on virtual time. */
function dbtc(
  argv: ReadonlyArray<string>,
  faults: ReadonlyArray<sandbox.Fault> = [],
  token = "sandbox",
): Promise<Seen> {
  const program = Effect.gen(function* () {
    const { heal, requests } = yield* sandbox.Sandbox;
    const { seconds, ...outcome } = yield* passing(
      command(argv, { env: { ...sandboxEnv, DBT_CLOUD_SERVICE_TOKEN: token } }),
    );
    const sent = yield* requests;
    yield* heal;
    const { stdout } = yield* command(["runs", "list", "--all", "--format", "jsonl", "--fields", "id"]);
    return { ...outcome, sent, seconds, started: stdout.trim().split("\n").length - 6 };
  });
  return Effect.runPromise(
    program.pipe(
      Effect.provide(sandbox.layer({ faults })),
      Effect.provide(TestClock.layer({ warningDelay: "1 minute" })),
      Random.withSeed("trouble"),
    ),
  );
}

/** Runs a command over a transport that a test controls. */
function over(net: Layer.Layer<HttpClient.HttpClient>, argv: ReadonlyArray<string>): Promise<Outcome> {
  return Effect.runPromise(
    passing(command(argv)).pipe(Effect.provide(net), Effect.provide(TestClock.layer({ warningDelay: "1 minute" }))),
  );
}

/** Lets time pass, an hour at most, until an effect ends. The machine works in between: a command loads modules. */
const passing = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect);
  let seconds = 0;
  while (fiber.pollUnsafe() === undefined && seconds < 3600) {
    yield* Effect.promise(() => new Promise((done) => setTimeout(done, 0)));
    yield* TestClock.adjust("1 second");
    seconds++;
  }
  assert.notEqual(fiber.pollUnsafe(), undefined, "still runs after an hour");
  return { ...yield* Fiber.join(fiber), seconds };
});

const post = "POST */run/";
const look = "GET */runs/7*";
const newest = "70471800000004";

/** The gaps between looks at a run, in seconds. */
function gaps({ sent }: Seen): ReadonlyArray<number> {
  const looks = sent.filter(({ verb, path }) => verb === "GET" && /\/runs\/\d+\/$/.test(path));
  const times = looks.map(({ time }) => Date.parse(time) / 1000);
  return times.slice(1).map((time, index) => Math.round(time - times[index]!));
}

const rows: Readonly<Record<string, () => Promise<void>>> = {
  "break on a page of HTML (admin.py:61, JSONDecodeError)": async () => {
    const { code, stderr, stdout } = await dbtc(["runs", "get", newest], [{ fault: "bad-gateway-html" }]);
    const { error } = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
    assert.deepEqual([code, stdout, error.reason, error.endpoint, error.status], [
      7,
      "",
      "ServerFault",
      "runs.get",
      502,
    ]);
  },
  "break on an answer without a body (admin.py:61, JSONDecodeError)": async () => {
    const net = transport(() => ({ status: 204 }));
    const { code, stderr } = await over(net.layer, ["jobs", "delete", "1", "--yes"]);
    assert.deepEqual([code, stderr], [0, ""]);
  },
  "take the page of a blip for the end of a wait (admin.py:2059, JSONDecodeError)": async () => {
    const { code, started } = await dbtc(["jobs", "trigger", "1"], [{
      fault: "bad-gateway-html",
      route: look,
      times: 9,
    }]);
    assert.deepEqual([code, started], [0, 1]);
  },
  "break on data that is null while it waits (admin.py:2057, TypeError)": async () => {
    const net = cloud({ trouble: (purpose, nth) => purpose === "get" && nth < 3 ? ok(null) : undefined });
    const run = await succeeds(Effect.provide(triggerAndWait({ job_id: 5, cause: "x" }), session(net)));
    assert.deepEqual([run.id, run.status], [42, 10]);
  },
  "break on data that is null when it restarts a run (admin.py:2259, TypeError)": async () => {
    const net = cloud({
      before: [old(41, 20)],
      trouble: (purpose) => purpose === "retry" ? { accepted: ok(null) } : undefined,
    });
    assert.equal((await succeeds(Effect.provide(restart({ job_id: 5 }), session(net)))).id, 42);
    assert.equal(net.made().length, 1);
  },
  "go on after a trigger that was refused with status 200 (admin.py:2078)": async () => {
    const body = { status: { code: 400, is_success: false, user_message: "No." }, data: null };
    const net = cloud({ trouble: (purpose) => purpose === "post" ? { status: 200, body } : undefined });
    const { reason } = await fails(Effect.provide(triggerAndWait({ job_id: 5, cause: "x" }), session(net)));
    assert.deepEqual([reason._tag, net.made().length], ["Invalid", 0]);
    assert.equal(net.asked().filter((ask) => !ask.startsWith("baseline")).length, 1);
  },
  "break on a status that it does not know (admin.py:2063, ValueError)": async () => {
    const { code, started } = await dbtc(["jobs", "trigger", "1"], [{ fault: "unknown-status" }]);
    assert.deepEqual([code, started], [0, 1]);
  },
  "start an ordinary run where there is nothing to restart (admin.py:2250)": async () => {
    const { code, started, stderr } = await dbtc(["jobs", "rerun", "1"]);
    assert.deepEqual([code, started], [2, 0], stderr);
  },
  "give the words of an error for an artifact (admin.py:1784)": async () => {
    const { code, stdout } = await dbtc(["runs", "get-artifact", newest, "nothing.json"]);
    assert.deepEqual([code, stdout], [3, ""]);
  },
  "give an artifact now as text, now as an object, now as a list (admin.py:1660, 1721)": async () => {
    const { code, stdout } = await dbtc(["runs", "get-artifact", newest, "run_results.json"]);
    const [raw] = await Promise.all([
      dbtc(["api", "GET", `/api/v2/accounts/1/runs/${newest}/artifacts/run_results.json`]),
    ]);
    assert.deepEqual([code, raw.stdout], [0, `${stdout}\n`]);
  },
  "hold a whole artifact in memory before it gives its first byte (base.py)": async () => {
    const net = transport(() => ({ status: 200, chunks: ["first", null] }));
    const first = runs.getArtifact({ run_id: 1, path: "x.sql" }).pipe(
      Stream.take(1),
      Stream.decodeText(),
      Stream.mkString,
    );
    assert.equal(await succeeds(Effect.provide(first, session(net))), "first");
  },
  "exit with 0 where the run failed (cli.py:195)": async () => {
    const { code, started } = await dbtc(["jobs", "trigger", "2"]);
    assert.deepEqual([code, started], [1, 1]);
  },
  "exit with 0 where the API refused (cli.py:195)": async () => {
    const codes = await Promise.all([
      dbtc(["runs", "get", newest], [], "wrong"),
      dbtc(["jobs", "trigger", "1", "--no-wait"], [], "sandbox-readonly"),
      dbtc(["runs", "get", "1"]),
      dbtc(["models", "list", "--environment-id", "1"], [{ fault: "graphql-error" }]),
      dbtc(["runs", "list"], [{ fault: "rate-limit" }]),
      dbtc(["runs", "list"], [{ fault: "invalid-json" }]),
      dbtc(["runs", "cancel", newest], [{ fault: "server-error" }]),
    ]);
    assert.deepEqual(codes.map(({ code }) => code), [4, 3, 3, 9, 7, 8, 10]);
  },
  "give up a trigger that was surely refused for now (main.py:15)": async () => {
    const { code, started, stderr } = await dbtc(["jobs", "trigger", "1"], [{
      fault: "rate-limit",
      route: post,
      times: 3,
    }]);
    assert.deepEqual([code, started], [0, 1]);
    assert.match(stderr, /\brate\b/);
  },
  "start a run twice where the answer was lost (main.py:15, were it to retry a POST)": async () => {
    for (const fault of ["accepted-then-lost", "late-accept", "empty-body", "truncated-body"] as const) {
      const { code, started } = await dbtc(["jobs", "trigger", "1"], [{ fault, route: post }]);
      assert.deepEqual([fault, code, started], [fault, 0, 1]);
    }
  },
  "wait for ever for an answer (admin.py:73)": async () => {
    const { code, seconds } = await dbtc(["runs", "list"], [{ fault: "timeout" }]);
    assert.equal(code, 7);
    assert(seconds <= 300, `${seconds} s`);
  },
  "wait for ever for a run (admin.py:2059)": async () => {
    const { code, seconds, stdout } = await dbtc(["jobs", "trigger", "1", "--timeout", "10m"], [{
      fault: "stuck-queued",
    }]);
    assert.deepEqual([code, JSON.parse(stdout).status_humanized], [6, "Queued"]);
    assert(Math.abs(seconds - 600) <= 10, `${seconds} s`);
  },
  "forget the interval that it was told (admin.py:2311)": async () => {
    for (const argv of [["jobs", "trigger", "1"], ["jobs", "rerun", "2"]]) {
      const seen = await dbtc([...argv, "--poll-interval", "20"]);
      assert.equal(seen.code, 0, seen.stderr);
      assert.deepEqual(new Set(gaps(seen)), new Set([20]));
    }
  },
  "split what is related into letters, or send it where it is not asked for (admin.py:1617)": async () => {
    const related = async (...flags: ReadonlyArray<string>) =>
      (await dbtc(["runs", "get", newest, ...flags])).sent[0]?.query;
    assert.deepEqual(await related(), []);
    assert.deepEqual(await related("--include-related", "trigger"), [["include_related", "trigger"]]);
    assert.deepEqual(await related("--include-related", "trigger", "--include-related", "job"), [
      ["include_related", "trigger,job"],
    ]);
  },
  "send calls of two versions of the API to one of them (admin.py:34, shared state)": async () => {
    const net = transport(({ path }) => path.includes("/v3/") === path.includes("/environments/") ? ok([]) : html(404));
    const both = Effect.all(
      Array.from({ length: 50 }, () => [jobs.list({}), environments.list({ project_id: 3 })]).flat(),
      { concurrency: "unbounded" },
    );
    assert.equal((await succeeds(Effect.provide(both, session(net)))).length, 100);
  },
  "go by no name (base.py:37, headers lost)": async () => {
    const net = transport(() => ok([]));
    await succeeds(Effect.provide(jobs.list({}), session(net)));
    assert.match(net.sent[0]?.headers["user-agent"] ?? "", /^dbtc\/\d/);
  },
};

for (const [what, check] of Object.entries(rows)) Deno.test(`dbtc does not ${what}`, check);
