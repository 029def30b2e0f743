/**
 * `dbtc runs logs`: prints the logs of a run's steps.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import type { LogText } from "../../workflows/step_log.ts";
import { streamLogs } from "../../workflows/stream_logs.ts";
import { print } from "../output/print.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import { writePaged } from "../output/pager.ts";
import { program } from "./program.ts";

/** Prints text, in a pipe too, unless `--format` or `--fields` asks for data. Text is printed as it comes. */
export const runsLogs = program(runs.logs, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const { fields, format, output } = invocation;
    if (fields !== undefined || (format !== undefined && format !== "table")) {
      return yield* print(yield* runs.logs(request), invocation);
    }
    const text = streamLogs(request).pipe(Stream.mapArray(request.step === undefined ? titled() : textsOf));
    // Whole lines: an escape sequence or a CI command may be split between two parts.
    yield* writePaged(
      Stream.splitLines(text).pipe(Stream.mapArray((lines) => [cleanLines(lines.join("\n") + "\n")])),
      output,
    );
  }),
});

type Parts = readonly [LogText, ...Array<LogText>];

function textsOf(parts: Parts): readonly [string, ...Array<string>] {
  return [parts.map(({ text }) => text).join("")];
}

/** Puts a title before each step. */
function titled(): (parts: Parts) => readonly [string, ...Array<string>] {
  let [last, atStart]: [number | undefined, boolean] = [undefined, true];
  return (parts) => [
    parts.map(({ step, name, text }) => {
      const title = step === last ? "" : `${atStart ? "" : "\n"}=== ${clean(name ?? `Step ${step}`)}\n`;
      last = step;
      const part = title + text;
      atStart = part === "" ? atStart : part.endsWith("\n");
      return part;
    }).join(""),
  ];
}
