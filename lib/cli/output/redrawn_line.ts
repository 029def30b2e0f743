/**
 * One line of progress on stderr: how many rows of a list, files or bytes have arrived.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { eraseLine } from "./terminal.ts";
import { stderrWriter } from "./write_output.ts";

/** The shortest time between two drawings, in milliseconds. */
const redrawInterval = 100;

/**
 * A line of a terminal that is drawn over itself, at most every {@linkcode redrawInterval}, and erased at the end. The first
 * drawing is no earlier than `afterMillis`: what is quick needs none.
 */
export const makeRedrawnLine = Effect.fnUntraced(function* (isShown: boolean, afterMillis = 0) {
  const print = yield* stderrWriter;
  const begun = yield* Clock.currentTimeMillis;
  let drawnAt: number | undefined;
  return {
    draw: Effect.fnUntraced(function* (text: Effect.Effect<string>) {
      if (!isShown) return;
      const now = yield* Clock.currentTimeMillis;
      if (drawnAt === undefined ? now - begun < afterMillis : now - drawnAt < redrawInterval) return;
      drawnAt = now;
      yield* print(`${eraseLine}${yield* text}`);
    }),
    erase: Effect.suspend(() => {
      if (drawnAt === undefined) return Effect.void;
      drawnAt = undefined;
      return print(eraseLine);
    }),
  };
});
