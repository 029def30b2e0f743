/**
 * A run as it is shown on a terminal.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Sink from "effect/Sink";
import * as Stdio from "effect/Stdio";
import * as Terminal from "effect/Terminal";
import { TerminalCapabilities } from "effect/cli/TerminalCapabilities";
import assert from "node:assert/strict";
import { makeRunProgress } from "../../../lib/cli/output/run_progress.ts";
import { succeeds } from "../../support/fixtures.ts";

Deno.test("makeRunProgress takes its spinner away as the last thing, also on a terminal that is slow", async () => {
  const written: Array<string> = [];
  const slow = Stdio.layerTest({
    stderrIsTerminal: Effect.succeed(true),
    stderr: () =>
      Sink.forEach((text: string | Uint8Array) =>
        Effect.andThen(Effect.sync(() => void written.push(String(text))), Effect.sleep("250 millis"))
      ),
  });
  const screen = Terminal.make({
    columns: Effect.succeed(80),
    rows: Effect.succeed(24),
    size: Effect.die("unused"),
    readInput: Effect.die("unused"),
    readLine: Effect.die("unused"),
    display: () => Effect.void,
  });
  const program = Effect.gen(function* () {
    const { showEvent } = yield* makeRunProgress;
    yield* showEvent({ _tag: "StatusChanged", run: { id: 1, status: 3, status_humanized: "Running" } });
    yield* Effect.sleep("1 second");
  });
  await succeeds(
    Effect.andThen(Effect.scoped(program), Effect.sleep("1 second")).pipe(Effect.provide(Layer.mergeAll(
      slow,
      Layer.succeed(Terminal.Terminal, screen),
      Layer.succeed(TerminalCapabilities, { canColor: false, canAnimate: true, canPrompt: true }),
    ))),
  );
  assert(written.some((text) => text.includes("Running")));
  assert.equal(written.at(-1), "\r\u001b[2K");
});
