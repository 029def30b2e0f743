/**
 * `dbtc runs logs`: prints the logs of a run's steps.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import { print } from "../output/print.ts";
import { clean, cleanLines } from "../output/safe_text.ts";
import { write } from "../output/write_output.ts";
import { program } from "./program.ts";

/** Prints text, in a pipe too, unless `--format` or `--fields` asks for data. */
export const runsLogs = program(runs.logs, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const logs = yield* runs.logs(request);
    const { fields, format, output } = invocation;
    if (fields !== undefined || (format !== undefined && format !== "table")) return yield* print(logs, invocation);
    const texts = logs.map(({ step, log }) => {
      const title = logs.length > 1 ? `=== ${clean(step.name ?? `Step ${step.index}`)}\n` : "";
      return log === "" ? title : `${title}${cleanLines(log).replace(/\n$/, "")}\n`;
    });
    yield* write(Stream.fromIterable(texts), output);
  }),
});
