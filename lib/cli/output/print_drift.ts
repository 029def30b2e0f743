/**
 * `--drift`: what a command's answers had that is not known, said on stderr when it is over.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Stdio from "effect/Stdio";
import { locate } from "../../client/response.ts";
import { type Difference, Drift, makeDriftLog } from "../../client/drift.ts";
import { parseRoute, type Placed } from "../../request.ts";
import { clean } from "./safe_text.ts";
import { note } from "./write_output.ts";

/** Runs a command, and says at its end, whichever it is, where answers differed. */
export const reportingDrift: <A, E, R>(
  command: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R | Stdio.Stdio> = Effect.fnUntraced(function* (command) {
  const log = makeDriftLog();
  const report = Effect.suspend(() => {
    const differences = log.differences();
    const count = log.answers === 1 ? "1 answer" : `${log.answers.toLocaleString("en-US")} answers`;
    const lines = differences.length > 0
      ? differences.map(say)
      : [log.answers === 0 ? "there was no answer that dbtc knows" : `no difference in ${count}`];
    return note(lines.map((line) => `drift: ${clean(line)}`).join("\n"));
  });
  return yield* command.pipe(Effect.provideService(Drift, log), Effect.ensuring(report));
});

function say({ endpoint, kind, path, seen, times }: Difference): string {
  const where = `${endpoint}: ${path === "" ? "the answer" : path}`;
  const often = times === 1 ? "" : `, ${times.toLocaleString("en-US")} times`;
  switch (kind) {
    case "unknown":
      return `${where} is not known (${seen.join(", ")})${often}`;
    case "missing":
      return `${where} never came${often}`;
    case "value":
      return `${where} has new values: ${seen.join(", ")}${often}`;
    case "type":
      return `${where} is of another type (${seen.join(", ")})${often}`;
  }
}

/** Looks at an answer that is printed as it came, where the table knows what was asked. */
export const observeRaw: (placed: Placed, text: string) => Effect.Effect<void> = Effect.fnUntraced(
  function* ({ method, path }, text) {
    const log = yield* Drift;
    if (log === undefined) return;
    // All groups, which no other command of this kind needs.
    const { table } = yield* Effect.promise(() => import("../../groups/table.ts"));
    const call = table.map(({ call }) => call).find((call) =>
      call.kind === "endpoint" && asks(call.route, method, path)
    );
    if (call?.kind !== "endpoint") return;
    // What is not JSON is printed as it is all the same.
    yield* Effect.ignore(
      Effect.try(() => log.observe(call.name, call.success, locate(call.success, JSON.parse(text)))),
    );
  },
);

/** Whether a route is the one of a verb and a path. */
function asks(route: string, method: string, path: string): boolean {
  const { method: verb, parts } = parseRoute(route);
  const pattern = parts.map((part) =>
    typeof part === "string" ? part.replaceAll(".", "\\.") : part.tail ? ".+" : "[^/]+"
  );
  return verb === method && new RegExp(`^${pattern.join("")}$`).test(path);
}
