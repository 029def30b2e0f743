/**
 * Lines that are drawn again in place, read from a small screen.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Terminal from "effect/Terminal";
import assert from "node:assert/strict";
import { type LiveBlock, makeLiveBlock } from "../../../lib/cli/output/live_block.ts";
import { integer, testProperty } from "../../support/property.ts";

/** A terminal that knows line breaks, the cursor upward, and erasing to its end; lines wrap at its width. */
function makeScreen(width: number, height: number) {
  const size = { width, height };
  let rows: Array<string> = [""];
  const write = (text: string) => {
    // deno-lint-ignore no-control-regex
    for (const [, up, erase, character = ""] of text.matchAll(/\u001b\[(\d+)A|(\u001b\[J)|\u001b\[\d*m|([^])/g)) {
      if (up !== undefined) rows = rows.slice(0, Math.max(1, rows.length - Number(up)));
      else if (erase !== undefined) rows[rows.length - 1] = "";
      else if (character === "\n") rows.push("");
      else if (character !== "\r") {
        if ((rows.at(-1) ?? "").length === size.width) rows.push("");
        rows[rows.length - 1] += character;
      }
    }
  };
  const terminal = Layer.succeed(
    Terminal.Terminal,
    Terminal.make({
      columns: Effect.sync(() => size.width),
      rows: Effect.sync(() => size.height),
      size: Effect.die("unused"),
      readInput: Effect.die("unused"),
      readLine: Effect.die("unused"),
      display: () => Effect.void,
    }),
  );
  return {
    run: (use: (block: LiveBlock) => Effect.Effect<void>) =>
      Effect.runSync(
        makeLiveBlock((text) => Effect.sync(() => write(text))).pipe(Effect.flatMap(use), Effect.provide(terminal)),
      ),
    /** What it shows, without the row of the cursor. */
    lines: () => rows.slice(0, -1),
    resize: (width: number) => {
      // As terminals do: rows that do not fit any more are wrapped.
      rows = rows.flatMap((row) => row.match(new RegExp(`.{1,${width}}`, "g")) ?? [""]);
      size.width = width;
    },
  };
}

testProperty(
  "a live block shows its last lines, and above them all that was printed, whatever the size of the screen",
  Arbitrary.all([
    Arbitrary.array(Arbitrary.array(integer(0, 60), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 }),
    integer(10, 50),
    integer(10, 50),
  ]),
  ([frames, width, narrower]) => {
    const screen = makeScreen(width, 40);
    const text = (length: number) => "x".repeat(length);
    screen.run((block) =>
      Effect.gen(function* () {
        for (const [index, frame] of frames.entries()) {
          yield* block.draw(frame.map(text));
          if (index === 0) {
            yield* block.printAbove("above");
            if (narrower < width) screen.resize(narrower);
          }
        }
      })
    );
    const last = frames.at(-1)?.map((length) => text(length)) ?? [];
    const lines = screen.lines();
    assert.equal(lines[0], "above");
    if (frames.length > 1 || narrower >= width) {
      const now = Math.min(width, narrower);
      const shown = last.map((line) => line.length < (frames.length > 1 ? now : width) ? line : /^x*…$/);
      assert.equal(lines.length, shown.length + 1, lines.join("\n"));
      shown.forEach((line, index) => {
        const seen = lines[index + 1] ?? "";
        if (typeof line === "string") assert.equal(seen, line);
        else assert.match(seen, line);
      });
    }
  },
);

Deno.test("a live block is gone when it is erased, and stays within the screen", () => {
  const screen = makeScreen(40, 5);
  screen.run((block) =>
    Effect.gen(function* () {
      yield* block.draw(Array.from({ length: 9 }, (_, index) => `run ${index}`));
      assert.deepEqual(screen.lines(), ["run 0", "run 1", "run 2", "… 6 more"]);
      yield* block.erase;
      assert.deepEqual(screen.lines(), []);
      yield* block.erase;
    })
  );
});
