/**
 * Answers of which dbt Cloud left out a part: the commands of GraphQL queries print the rest, say so, and exit with 13.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import { messagesOf } from "../../client/graphql_errors.ts";
import type { GraphQLError } from "../../error.ts";
import { OnPartialData } from "../../graphql/send_query.ts";
import { ExitCode, ExitWith } from "../output/exit_code.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";

/**
 * Runs a command. If a part of an answer is missing, one line at the end says so, however many answers lack something;
 * and a command that succeeds exits with 13.
 */
export const reportingPartialData = Effect.fnUntraced(function* <A, E, R>(command: Effect.Effect<A, E, R>) {
  const missing = new Map<string, GraphQLError>();
  const report = Effect.suspend(() =>
    missing.size === 0
      ? Effect.void
      : note(`dbtc: dbt Cloud left out a part of the answer: ${clean(messagesOf([...missing.values()]))}`)
  );
  const result = yield* command.pipe(
    Effect.provideService(OnPartialData, (_, errors) =>
      Effect.sync(() => {
        for (const error of errors) missing.set(error.message, error);
      })),
    Effect.ensuring(report),
  );
  if (missing.size > 0) return yield* new ExitWith({ code: ExitCode.partlyDone });
  return result;
});
