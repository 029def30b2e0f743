/**
 * `dbtc runs list --watch`.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import assert from "node:assert/strict";
import { command, type Outcome } from "../../support/command.ts";
import { ok, refusal, type Reply, transport } from "../../support/fixtures.ts";

/** What a command has printed after some virtual seconds, when it is interrupted. */
async function watched(argv: ReadonlyArray<string>, seconds: number, reply: (index: number) => Reply) {
  const net = transport((_, index) => reply(index));
  let outcome: Outcome | undefined;
  await Effect.runPromise(
    Effect.gen(function* () {
      const running = Effect.tap(
        command(argv, { terminal: true, columns: 80 }),
        (ended) => Effect.sync(() => outcome = ended),
      );
      // The command itself can be interrupted; what it printed is wanted still.
      const fiber = yield* Effect.forkChild(Effect.uninterruptible(running));
      // Its modules are loaded on first use, which takes real time.
      while (net.sent.length === 0) yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve)));
      yield* TestClock.adjust(seconds * 1000);
      fiber.interruptUnsafe();
      yield* Fiber.await(fiber);
    }).pipe(Effect.provide(net.layer), Effect.provide(TestClock.layer())),
  );
  assert(outcome !== undefined);
  return { outcome, sent: net.sent };
}

const run = (status_humanized: string, status: number) => ({ id: 5, status, status_humanized });

Deno.test("runs list --watch looks every 5 s, draws in place, and leaves the last table", async () => {
  const { outcome, sent } = await watched(
    ["runs", "list", "--watch"],
    11,
    (index) => ok([index === 0 ? run("Queued", 1) : index === 1 ? run("Running", 3) : run("Success", 10)]),
  );
  assert.equal(outcome.code, 130);
  assert.deepEqual(sent.map(({ at }) => at), [-1, 4, 9]);
  assert.equal(sent[0]?.url.searchParams.get("limit"), "37");
  // deno-lint-ignore no-control-regex
  const frames = outcome.stdout.split(/\r\u001b\[2A\u001b\[J/);
  assert.deepEqual(frames.map((frame) => /Queued|Running|Success/.exec(frame)?.[0]), ["Queued", "Running", "Success"]);
});

Deno.test("runs list --watch bears what passes, says that the table is old, and ends with what does not", async () => {
  const { outcome } = await watched(
    ["runs", "list", "--watch", "--no-http-retry"],
    21,
    (index) =>
      index === 0
        ? ok([run("Running", 3)])
        : index === 1
        ? refusal(503)
        : index === 2
        ? ok([run("Success", 10)])
        : refusal(401),
  );
  assert.match(outcome.stdout, /Running.*\nNot up to date: .*503/);
  assert.match(outcome.stdout, /Success/);
  assert.equal(outcome.code, 4);
});

Deno.test("runs list --watch needs a terminal and a table", async () => {
  const net = transport(() => ok([]));
  for (
    const [argv, terminal] of [
      [["runs", "list", "--watch"], false],
      [["runs", "list", "--watch", "--format", "json"], true],
      [["runs", "list", "--watch", "--all"], true],
    ] as const
  ) {
    const { code, stderr } = await Effect.runPromise(Effect.provide(command(argv, { terminal }), net.layer));
    assert.equal(code, 2);
    assert.match(stderr, /--watch/);
  }
  assert.deepEqual(net.sent, []);
});
