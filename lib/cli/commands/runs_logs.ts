/**
 * `dbtc runs logs`: what the steps of a run printed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as runs from "../../groups/runs.ts";
import { variable } from "../../client/config.ts";
import { clean, inert } from "../output/safe_text.ts";
import { print } from "../output/print.ts";
import { program } from "./program.ts";
import { write } from "../output/write_output.ts";

/** Where a CI system says that it reads along. */
const readers = ["CI", "GITHUB_ACTIONS", "TF_BUILD"] as const;

/** Prints the logs of a run: as text, in a pipe too, since that is what a log is; as data where a format is named. */
export const runsLogs = program(runs.logs, {
  flags: {},
  run: Effect.fnUntraced(function* ({ invocation, request }) {
    const logs = yield* runs.logs(request);
    const { fields, format, output } = invocation;
    if (Option.isSome(fields) || (Option.isSome(format) && format.value !== "table")) {
      return yield* print(logs, invocation, undefined);
    }
    const isRead = Option.isNone(output) &&
      (yield* Effect.forEach(readers, variable)).some((said) => said !== undefined);
    const texts = logs.map(({ step, log }) => {
      const title = logs.length > 1 ? `=== ${clean(step.name ?? `Step ${step.index}`)}\n` : "";
      const text = log === "" ? title : `${title}${clean(log, true).replace(/\n$/, "")}\n`;
      return isRead ? inert(text) : text;
    });
    yield* write(Stream.fromIterable(texts), Option.getOrUndefined(output));
  }),
});
