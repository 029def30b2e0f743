/**
 * Several jobs and several runs in one command line: `dbtc jobs trigger 1 3 "CI"`, `dbtc runs wait A B`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import type * as HttpClient from "effect/http/HttpClient";
import assert from "node:assert/strict";
import { ExitNotice } from "../../../lib/cli/output/exit_notice.ts";
import * as sandbox from "../../../lib/sandbox/mod.ts";
import { DbtClient, type TriggerEvent, watchSeveral } from "../../../mod.ts";
import { command, type Outcome, type Surroundings } from "../../support/command.ts";
import { ok, succeedsStepwise } from "../../support/fixtures.ts";
import { cloud } from "../../support/small_cloud.ts";

type Line = readonly [argv: ReadonlyArray<string>, surroundings?: Surroundings];

/** Runs command lines against one sandbox, on virtual time; gives what came of them, and the writes. */
function dbtc(options: sandbox.Options, ...lines: ReadonlyArray<Line>) {
  return succeedsStepwise(
    Effect.gen(function* () {
      const outcomes = yield* Effect.forEach(lines, ([argv, surroundings]) => command(argv, surroundings));
      const sent = yield* Effect.flatMap(sandbox.Sandbox, ({ requests }) => requests);
      return { outcomes, writes: sent.filter(({ verb }) => verb !== "GET").map(({ path }) => path) };
    }).pipe(Effect.provide(sandbox.layer(options))),
  );
}

const posts = (...jobs: ReadonlyArray<number>) => jobs.map((job) => `/api/v2/accounts/1/jobs/${job}/run/`);

interface Printed {
  readonly id: number;
  readonly status: number;
  readonly job_definition_id: number;
}

const printed = ({ stdout }: Outcome): ReadonlyArray<Printed> => JSON.parse(stdout);

Deno.test("jobs trigger starts several jobs once each, prints their runs in order, and exits 0 if all succeed", async () => {
  const { outcomes: [outcome], writes } = await dbtc({}, [["jobs", "trigger", "1", "3", "CI"]]);
  assert(outcome !== undefined);
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.deepEqual(writes.toSorted(), posts(1, 3, 4));
  assert.deepEqual(printed(outcome).map(({ job_definition_id, status }) => [job_definition_id, status]), [
    [1, 10],
    [3, 10],
    [4, 10],
  ]);
  for (const label of ["job 1:", "job 3:", 'job 4 "CI":']) {
    const lines = outcome.stderr.split("\n").filter((line) => line.startsWith(label));
    assert.match(lines[0] ?? "", /run \d+ — Ctrl-C cancels it/);
    assert.match(lines.at(-1) ?? "", /✓ Success in/);
  }
});

Deno.test("the exit code of several runs is the highest one, and every failure is explained", async () => {
  const { outcomes: [failed, gone], writes } = await dbtc(
    {},
    [["jobs", "trigger", "1", "2"]],
    // Job 99 does not exist: that is 3, which is higher than the 1 of a run that failed.
    [["jobs", "trigger", "2", "99", "1"]],
  );
  assert(failed !== undefined && gone !== undefined);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /model\.jaffle_shop\.customers {2}error/);
  assert.doesNotMatch(failed.stderr, /Compiled code/);
  assert.equal(gone.code, 3);
  assert.match(gone.stderr, /job 99: .*Not found/);
  assert.deepEqual(printed(gone).map(({ job_definition_id, status }) => [job_definition_id, status]), [[2, 20], [
    1,
    10,
  ]]);
  assert.deepEqual(writes.toSorted(), posts(1, 1, 2, 2, 99));
});

Deno.test("jobs trigger --no-wait starts several jobs and leaves them; --dry-run starts none", async () => {
  const { outcomes: [started, dry], writes } = await dbtc(
    {},
    [["jobs", "trigger", "1", "CI", "--no-wait", "--fields", "id,status"]],
    [["jobs", "trigger", "1", "CI", "--dry-run"]],
  );
  assert(started !== undefined && dry !== undefined);
  assert.equal(started.code, 0, started.stderr);
  assert.deepEqual(printed(started).map(({ status }) => status), [1, 1]);
  assert.deepEqual(writes.toSorted(), posts(1, 4));
  assert.deepEqual(dry.stdout.match(/^POST .*$/gm)?.map((line) => line.replace(/^.*8008/, "")), posts(1, 4));
});

const started = ["70471800000007", "70471800000008"];

Deno.test("runs wait follows several runs, by id and URL, and cancels none", async () => {
  const [first = "", second] = started;
  const url = `https://cloud.getdbt.com/deploy/1/projects/1/runs/${second}/`;
  const { outcomes: [, waited, people], writes } = await dbtc(
    {},
    [["jobs", "trigger", "1", "2", "--no-wait"]],
    [["runs", "wait", first, url]],
    [["runs", "wait", first, url], { terminal: true }],
  );
  assert(waited !== undefined && people !== undefined);
  assert.equal(waited.code, 1, waited.stderr);
  assert.deepEqual(printed(waited).map(({ status }) => status), [10, 20]);
  assert.match(waited.stderr, /attached to run \d+ — Ctrl-C leaves it/);
  assert.deepEqual(writes.toSorted(), posts(1, 2));
  assert.match(people.stdout, /^Run \d+: ✓ Success in .*\nRun \d+: ✗ Error in .*\n$/);
});

Deno.test("runs wait --timeout of several runs exits 6, and says which ones go on", async () => {
  const { outcomes: [, outcome] } = await dbtc(
    {},
    [["jobs", "trigger", "1", "3", "--no-wait"]],
    [["runs", "wait", ...started, "--timeout", "5s"]],
  );
  assert.equal(outcome?.code, 6);
  assert.equal(outcome?.stderr.match(/^Run \d+ continues: dbtc runs wait \d+$/gm)?.length, 2, outcome?.stderr);
});

Deno.test("an interrupt cancels all runs that the command started, at the same time, and no other", async () => {
  const exitNotice: ExitNotice = { text: undefined };
  const { last, outcome, statuses, took } = await succeedsStepwise(
    Effect.gen(function* () {
      let outcome: Outcome | undefined;
      const running: Effect.Effect<unknown, never, HttpClient.HttpClient> = Effect.tap(
        command(["jobs", "trigger", "1", "3", "CI"]),
        (ended) => Effect.sync(() => outcome = ended),
      );
      const fiber = yield* Effect.forkChild(
        Effect.uninterruptible(Effect.provideService(running, ExitNotice, exitNotice)),
      );
      yield* Effect.sleep("10 seconds");
      const { text: last } = exitNotice;
      const before = yield* Effect.clockWith((clock) => clock.currentTimeMillis);
      yield* Fiber.interrupt(fiber);
      const took = (yield* Effect.clockWith((clock) => clock.currentTimeMillis)) - before;
      const listed = yield* command(["runs", "list", "--limit", "3", "--fields", "status"]);
      return { last, outcome, statuses: printed(listed).map(({ status }) => status), took };
    }).pipe(Effect.provide(sandbox.layer())),
  );
  assert.equal(outcome?.code, 130);
  assert.deepEqual(statuses, [30, 30, 30]);
  assert.equal(last?.match(/^Run \d+ continues: dbtc runs wait \d+$/gm)?.length, 3, last ?? "no notice");
  assert.equal(exitNotice.text, undefined);
  assert.equal(outcome?.stderr.match(/^Run \d+ was cancelled$/gm)?.length, 3, outcome?.stderr);
  assert(took < 15_000, `${took} ms`);
});

Deno.test("a run is printed with every member of its steps, of whatever type, but their logs", async () => {
  const steps = [{ id: "x", name: 5, duration: 1.5, logs: "l", debug_logs: "d" }, null, 7];
  const printedSteps = [{ id: "x", name: 5, duration: 1.5 }, null, 7];
  const net = cloud({
    trouble: (purpose) => purpose === "get" ? ok({ id: 42, status: 10, run_steps: steps }) : undefined,
  });
  const outcome = await succeedsStepwise(Effect.provide(command(["jobs", "trigger", "5"]), net.layer));
  assert.deepEqual(JSON.parse(outcome.stdout).run_steps, printedSteps);
});

for (const jobs of [["5"], ["5", "6"]]) {
  Deno.test(`an interrupt while ${jobs.length} runs are asked for tells how to find them, if the answers are lost`, async () => {
    const net = cloud({ trouble: (purpose) => purpose === "post" ? { status: 502, after: 3 } : undefined });
    let outcome: Outcome | undefined;
    await succeedsStepwise(
      Effect.gen(function* () {
        const running: Effect.Effect<unknown, never, HttpClient.HttpClient> = Effect.tap(
          command(["jobs", "trigger", ...jobs]),
          (ended) => Effect.sync(() => outcome = ended),
        );
        const fiber = yield* Effect.forkChild(Effect.uninterruptible(running));
        yield* Effect.sleep("2 seconds");
        yield* Fiber.interrupt(fiber);
      }).pipe(Effect.provide(net.layer)),
    );
    assert.equal(outcome?.code, 130);
    const found = outcome.stderr.match(
      /^A run with trigger\.cause \[dbtc:\w+\] may have been started: dbtc runs list/gm,
    );
    assert.equal(found?.length, jobs.length, outcome.stderr);
  });
}

Deno.test("several runs do not go with --run-id-file, which holds one id", async () => {
  const { outcomes: [outcome], writes } = await dbtc({}, [["jobs", "trigger", "1", "3", "--run-id-file", "x"]]);
  assert.deepEqual([outcome?.code, writes], [2, []]);
  assert.match(outcome?.stderr ?? "", /--run-id-file holds one id/);
});

Deno.test("watchSeveral() of a stream without events is a typed error, and stops no other", async () => {
  const run = { id: 1, status: 10 };
  const watches = [
    ["empty", Stream.empty],
    ["ended", Stream.make<ReadonlyArray<TriggerEvent>>({ _tag: "Attached", run })],
  ] as const;
  const events = await Effect.runPromise(
    Stream.runCollect(watchSeveral(watches)).pipe(
      Effect.provide(DbtClient.layer({ token: Redacted.make("sandbox"), account_id: 1, host: "http://127.0.0.1" })),
      Effect.provide(sandbox.layer()),
    ),
  );
  const ends = events.flatMap((event) => event._tag === "Finished" ? [[event.key, event.result] as const] : []);
  const [[, empty] = []] = ends.filter(([key]) => key === "empty");
  const [[, ended] = []] = ends.filter(([key]) => key === "ended");
  assert(empty !== undefined && Result.isFailure(empty) && empty.failure.reason._tag === "Unsendable");
  assert(ended !== undefined && Result.isSuccess(ended));
});
