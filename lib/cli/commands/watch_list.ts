/**
 * `dbtc runs list --watch`: keeps a list on the terminal, and draws it again in place. The last frame stays.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as Terminal from "effect/Terminal";
import type { Page } from "../../endpoint.ts";
import { type DbtError, isTransient } from "../../error.ts";
import type { AnyRequest } from "../../groups/table_entry.ts";
import { usage } from "../output/exit_code.ts";
import { makeLiveBlock } from "../output/live_block.ts";
import { fieldMistake, type Invocation, styleFor } from "../output/print.ts";
import { render } from "../output/render.ts";
import { clean } from "../output/safe_text.ts";
import { guarded } from "../output/write_output.ts";
import type { CommandServices } from "./command_types.ts";
import { tableNames } from "./table_names.ts";

/** The time between two requests: a page a poll, 12 a minute. */
const interval = "5 seconds";

/** Shows the first rows of a list, as many as the screen has room for, until it is interrupted. */
export const watchList = Effect.fnUntraced(function* (
  list: (request: AnyRequest) => Effect.Effect<Page<unknown>, DbtError, CommandServices>,
  request: AnyRequest & { readonly limit: number },
  columns: ReadonlyArray<string>,
  invocation: Invocation,
) {
  const stdio = yield* Stdio.Stdio;
  const { rows } = yield* Terminal.Terminal;
  const { format } = yield* styleFor(invocation, columns);
  if (format !== "table" || invocation.output !== undefined || !(yield* stdio.stdoutIsTerminal)) {
    return yield* usage("--watch draws a table on a terminal. In a pipe, repeat the command, or use dbtc runs wait");
  }
  const block = yield* makeLiveBlock((text) => Effect.ignore(Stream.run(guarded(Stream.make(text)), stdio.stdout())));
  /** The last table. */
  let lines: ReadonlyArray<string> = [];
  const look = Effect.gen(function* () {
    const height = yield* rows;
    const room = Math.max(1, (height > 0 ? height : 24) - 3);
    const { data } = yield* list({ ...request, limit: Math.min(request.limit, room) });
    // Width, and so the columns that fit, may have changed.
    const style = { ...yield* styleFor(invocation, columns), names: yield* tableNames(columns, data, request) };
    const mistake = fieldMistake(data, style);
    if (mistake !== undefined) return yield* usage(mistake);
    return data.length === 0 ? ["No rows"] : (yield* render(data, style)).trimEnd().split("\n");
  });
  return yield* look.pipe(
    Effect.tap((table) => Effect.andThen(Effect.sync(() => lines = table), block.draw(table))),
    // The client has tried for a while: the table stays, and says that it is old.
    Effect.catchIf(
      (error): error is DbtError => error._tag === "DbtError" && isTransient(error),
      ({ message }) => block.draw([...lines, `Not up to date: ${clean(message)}`]),
    ),
    Effect.andThen(Effect.sleep(interval)),
    Effect.forever,
  );
});
