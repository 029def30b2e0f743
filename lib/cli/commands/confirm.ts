/**
 * Asks the user before a command deletes or cancels something.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Predicate from "effect/Predicate";
import type * as Stdio from "effect/Stdio";
import * as Terminal from "effect/Terminal";
import type { Endpoint } from "../../endpoint.ts";
import { kindOfField } from "../../groups/id_fields.ts";
import type { AnyRequest, Callable } from "../../groups/table_entry.ts";
import { canAsk } from "../input/ask_person.ts";
import { argumentFields } from "../input/field_flags.ts";
import { nameTyped } from "../input/id_references.ts";
import { usage, type UsageError } from "../output/exit_code.ts";
import type { Invocation } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { writeToStderr } from "../output/write_output.ts";
import { Dbt } from "../../dbt.ts";

/** Refuses a command of a read-only session before it asks anything. */
export const refuseReadOnly = Effect.gen(function* () {
  if ((yield* Dbt).readonly) return yield* usage("Nothing was sent: this session is read-only (DBTC_READONLY)");
});

/** Asks on a terminal. Fails unless the answer is yes; without a terminal, unless `--yes` is given. */
export const confirm = Effect.fnUntraced(function* (
  action: string,
  { yes }: Pick<Invocation, "yes">,
): Effect.fn.Return<void, UsageError, FileSystem.FileSystem | Stdio.Stdio | Terminal.Terminal> {
  if (yes) return;
  if (!(yield* canAsk)) {
    return yield* usage(
      `${action}?\nNothing was changed: this needs --yes, because dbtc cannot ask without a terminal`,
    );
  }
  yield* writeToStderr(`${action}? [y/N] `);
  const { readLine } = yield* Terminal.Terminal;
  const answer = yield* Effect.orElseSucceed(readLine, () => "");
  if (!/^\s*y(es)?\s*$/i.test(answer)) return yield* usage("Nothing was changed");
});

/**
 * What a call does, with the thing that it does it to: `Delete job 5 "Daily build"`. If there will be a question, `reader`
 * gets the thing before it, and fails if it does not exist.
 */
export const actionOf = Effect.fnUntraced(function* (
  call: Callable,
  request: AnyRequest,
  { yes }: Pick<Invocation, "yes">,
  reader?: Endpoint<AnyRequest, unknown>,
) {
  const summary = call.summary.replace(/, by .*$/, "");
  // The last id of the path, but the project's where the request names a thing in it.
  const field = "name" in call.request ? "name" : argumentFields(call).at(-1) ?? "name";
  const id = request[field];
  const noun = field.replace(/_id$/, "").replaceAll("_", " ");
  const typed = yield* nameTyped(kindOfField(field) ?? "", id);
  const name = typed !== undefined || reader === undefined || yes || !(yield* canAsk)
    ? typed
    : yield* currentName(reader, request);
  const thing = [clean(String(id)), ...name === undefined ? [] : [`"${clean(name)}"`]].join(" ");
  // A longer summary needs its article: "Clear the state-aware orchestration cache of an environment".
  const [, short] =
    /^Delete (?:an? )?((?:(?! of | that | with | for | in )[^,])+)(?: of a project| that .*)?$/.exec(summary) ?? [];
  return short === undefined ? `${summary} (${noun} ${thing})` : `Delete ${short} ${thing}`;
});

/** The name of the thing that a GET endpoint gives. Fails only if it does not exist: what cannot be read may still be deleted. */
const currentName = Effect.fnUntraced(function* (reader: Endpoint<AnyRequest, unknown>, request: AnyRequest) {
  const thing = yield* Effect.catchIf(
    reader(request),
    ({ reason }) => reason._tag !== "NotFound",
    () => Effect.succeed(undefined),
  );
  return Predicate.hasProperty(thing, "name") && typeof thing.name === "string" ? thing.name : undefined;
});
