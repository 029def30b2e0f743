/**
 * `dbtc api`: sends any request and prints the answer as it came, for what no other command does.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import { Dbt } from "../../dbt.ts";
import type { Verb } from "../../endpoint.ts";
import type { Placed } from "../../request.ts";
import { many, one, spellingsOf, text, type ValueType } from "../input/flag_types.ts";
import { invocation } from "../input/global_flags.ts";
import { readJson } from "../input/request_input.ts";
import { usage } from "../output/exit_code.ts";
import { checkOutput } from "../output/print.ts";
import { Private, write } from "../output/write_output.ts";
import { confirm, printRequest } from "./call_endpoint.ts";
import type { BuiltCommand } from "./endpoint_command.ts";
import { withDbt } from "./with_dbt.ts";

const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const satisfies ReadonlyArray<Verb>;

const parameter: ValueType<readonly [name: string, value: string]> = {
  ...text("name=value"),
  read: (text) => {
    const equals = text.indexOf("=");
    return equals < 1 ? Option.none() : Option.some([text.slice(0, equals), text.slice(equals + 1)]);
  },
};

const flags = {
  query: many("query", parameter, "A query parameter", { short: "q" }),
  payload: one("payload", text("json"), "The body: JSON, @file or -", "d"),
};

/** The command. */
export function apiCommand(description: string): BuiltCommand {
  const command = Command.make("api", {
    ...flags,
    verb: Argument.String("verb"),
    path: Argument.String("path"),
  }, ({ path, payload, query, verb }) =>
    Effect.gen(function* () {
      const method = verbs.find((known) => known === verb.toUpperCase());
      if (method === undefined) return yield* usage(`"${verb}" is not a verb: ${verbs.join(", ")}`);
      const placed: Placed = {
        method,
        path: yield* filled(path),
        query,
        ...(payload === undefined ? {} : { body: yield* readJson(payload) }),
      };
      const said = yield* invocation;
      if (said.dryRun) return yield* printRequest(placed, said);
      yield* checkOutput(said);
      if (method === "DELETE") yield* confirm(`DELETE ${placed.path}`, said);
      const text = yield* Dbt.use((dbt) => dbt.execute("api", placed, ({ text }) => Result.succeed(text)));
      const { observeRaw } = yield* Effect.promise(() => import("../output/print_drift.ts"));
      yield* observeRaw(placed, text);
      yield* write(
        Stream.make(text.endsWith("\n") || text === "" ? text : `${text}\n`),
        Option.getOrUndefined(said.output),
      );
      // Only the caller can know whether the answer holds a secret.
    }).pipe(withDbt, Effect.provideService(Private, true))).pipe(
      Command.withDescription(description),
      Command.withExamples([{
        command: "dbtc api GET /api/v2/accounts/{account_id}/runs/ -q status__in='[20]'",
        description: "The failed runs of the session's account",
      }]),
    );
  return { command, spellings: spellingsOf(flags) };
}

/** The path, with the session's ids for `{account_id}` and the like. */
const filled = Effect.fnUntraced(function* (path: string) {
  const { defaults } = yield* Dbt;
  const ids = new Map<string, number>(Object.entries(defaults));
  const filled = path.replaceAll(/\{(\w+)\}/g, (name, id: string) => String(ids.get(id) ?? name));
  const missing = /\{\w+\}/.exec(filled)?.[0];
  if (missing !== undefined) return yield* usage(`The session has no ${missing} for ${path}`);
  if (!/^\/[^?#]*$/.test(filled) || filled.split("/").some((part) => part === "." || part === "..")) {
    return yield* usage(`"${path}" is not a path: /api/v2/…, with its query in --query`);
  }
  return filled;
});
