/**
 * `--drift`: prints on stderr, when a command is over, where responses differed from what dbtc knows. `with_dbt.ts` wraps
 * commands in {@linkcode reportingDrift}.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Stdio from "effect/Stdio";
import { locate } from "../../client/response.ts";
import { type Difference, Drift, makeDriftLog } from "../../client/drift.ts";
import { parseRoute, type Placed } from "../../request.ts";
import { counted, grouped } from "./counted.ts";
import { clean } from "./safe_text.ts";
import { note } from "./write_output.ts";

/** Runs a command, and prints the differences at its end, whether it succeeds or fails. */
export const reportingDrift: <A, E, R>(
  command: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R | Stdio.Stdio> = Effect.fnUntraced(function* (command) {
  const log = makeDriftLog();
  const report = Effect.suspend(() => {
    const differences = log.differences();
    const count = counted(log.answers, "response");
    const lines = differences.length > 0
      ? differences.map(lineOf)
      : [log.answers === 0 ? "no response had a known schema" : `no difference in ${count}`];
    return note(lines.map((line) => `drift: ${clean(line)}`).join("\n"));
  });
  return yield* command.pipe(Effect.provideService(Drift, log), Effect.ensuring(report));
});

function lineOf({ endpoint, kind, path, seen, times }: Difference): string {
  const where = `${endpoint}: ${path === "" ? "the response" : path}`;
  const often = times === 1 ? "" : `, ${grouped(times)} times`;
  switch (kind) {
    case "unknown":
      return `${where} is unknown (${seen.join(", ")})${often}`;
    case "missing":
      return `${where} is missing${often}`;
    case "value":
      return `${where} has new values: ${seen.join(", ")}${often}`;
    case "type":
      return `${where} has another type (${seen.join(", ")})${often}`;
  }
}

/** Compares a response that is printed unread (`--raw`, `dbtc api`), if the table has an endpoint for its request. */
export const observeRaw: (placed: Placed, text: string) => Effect.Effect<void> = Effect.fnUntraced(
  function* ({ method, path }, text) {
    const log = yield* Drift;
    if (log === undefined) return;
    // Imported here: the table loads every group, which the command itself does not need.
    const { table } = yield* Effect.promise(() => import("../../groups/table.ts"));
    const call = table.map(({ call }) => call).find((call) =>
      call.kind === "endpoint" && routeMatches(call.route, method, path)
    );
    if (call?.kind !== "endpoint") return;
    // Text that is not JSON is printed all the same.
    yield* Effect.ignore(
      Effect.try(() => log.observe(call.name, call.success, locate(call.success, JSON.parse(text)))),
    );
  },
);

function routeMatches(route: string, method: string, path: string): boolean {
  const { method: verb, parts } = parseRoute(route);
  const pattern = parts.map((part) =>
    typeof part === "string" ? part.replaceAll(".", "\\.") : part.tail ? ".+" : "[^/]+"
  );
  return verb === method && new RegExp(`^${pattern.join("")}$`).test(path);
}
